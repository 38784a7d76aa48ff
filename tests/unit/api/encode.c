/* Encoding, and that every model decodes what it encodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/decode.h"
#include "api/encode.h"
#include "api/odata.h"

static void fill_model(const struct model *model, struct arena *arena, void *out);

static void *filled(const struct model *model, struct arena *arena, size_t count)
{
    char *items = arena_array(arena, count, model->size);
    for (size_t i = 0; i < count; i++)
        fill_model(model, arena, items + i * model->size);
    return items;
}

static void fill_strings(struct azb_string_list *list, struct arena *arena)
{
    const char **items = arena_array(arena, 2, sizeof *items);
    items[0] = "one \"quoted\"";
    items[1] = "";
    *list = (struct azb_string_list){items, 2};
}

static void fill_map(struct azb_string_map *map, struct arena *arena)
{
    struct azb_string_pair *pair = arena_alloc(arena, sizeof *pair);
    *pair = (struct azb_string_pair){"key", "value\n"};
    *map = (struct azb_string_map){pair, 1};
}

/* A value that differs from field to field. */
static void fill_field(const struct field *field, size_t seed, struct arena *arena, void *at)
{
    switch (field->kind) {
    case FIELD_STRING:
        *(const char **)at = arena_format(arena, "%s-%zu \xc3\xa9", field->name, seed);
        return;
    case FIELD_I32:
        *(struct azb_i32 *)at = AZB_I32(INT32_MIN + (int32_t)seed);
        return;
    case FIELD_I64:
        *(struct azb_i64 *)at = AZB_I64(INT64_MAX - (int64_t)seed);
        return;
    case FIELD_DOUBLE:
        *(struct azb_double *)at = AZB_DOUBLE(0.1 + (double)seed);
        return;
    case FIELD_BOOL:
        *(struct azb_bool *)at = AZB_BOOL(seed % 2 == 0);
        return;
    case FIELD_ENUM:
        ((struct any_enum *)at)->value = (int)(seed % field->words->count) + 1;
        return;
    case FIELD_ONE:
        *(void **)at = filled(field->model(), arena, 1);
        return;
    case FIELD_LIST:
        *(struct any_list *)at = (struct any_list){filled(field->model(), arena, 2), 2};
        return;
    case FIELD_STRINGS:
        fill_strings(at, arena);
        return;
    case FIELD_MAP:
        fill_map(at, arena);
        return;
    }
}

static void fill_model(const struct model *model, struct arena *arena, void *out)
{
    for (size_t i = 0; i < model->field_count; i++)
        fill_field(&model->fields[i], i, arena, field_at(&model->fields[i], out));
}

static void encode(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, struct buffer *out)
{
    struct json_writer writer;
    buffer_init(out, 1 << 24);
    json_writer_init(&writer, out, 0);
    api_encode(model, shape, value, select, &writer);
    assert_false(out->failed);
}

static void test_round_trip(void **state)
{
    (void)state;
    const struct model *model;
    for (size_t i = 0; (model = model_at(i)) != NULL; i++) {
        struct arena arena;
        struct buffer first, second;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", model->name);
        arena_init(&arena, 0);
        void *value = filled(model, &arena, 1), *again = arena_alloc(&arena, model->size);
        encode(model, SHAPE_ANY, value, NULL, &first);
        if (!api_decode(
                model, SHAPE_ANY, API_STRICT, buffer_text(&first), NULL, &arena, again, &err))
            fail_msg("%s", err.message);
        for (size_t at = 0; at < model->field_count; at++)
            assert_true(field_present(&model->fields[at], again));
        encode(model, SHAPE_ANY, again, NULL, &second);
        assert_string_equal(first.at, second.at);
        buffer_free(&first);
        buffer_free(&second);
        arena_free(&arena);
    }
}

static void assert_encoded(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, const char *expected)
{
    struct buffer out;
    encode(model, shape, value, select, &out);
    assert_string_equal(out.at, expected);
    buffer_free(&out);
}

static void test_shapes(void **state)
{
    (void)state;
    struct azb_pool_info pool = {.pool_id = "p"};
    struct azb_job job = {.id = "a",
        .state = {AZB_JOB_STATE_ACTIVE, NULL},
        .priority = AZB_I32(0),
        .metadata = {(struct azb_metadata_item[]){{"n", "v"}}, 1},
        .pool_info = &pool};
    assert_encoded(model_job(), SHAPE_CREATE, &job, NULL,
        "{\"id\":\"a\",\"priority\":0,\"poolInfo\":{\"poolId\":\"p\"},"
        "\"metadata\":[{\"name\":\"n\",\"value\":\"v\"}]}");
    assert_encoded(model_job(), SHAPE_PUT, &job, NULL,
        "{\"priority\":0,\"poolInfo\":{\"poolId\":\"p\"},"
        "\"metadata\":[{\"name\":\"n\",\"value\":\"v\"}]}");
    struct azb_user_account account = {.name = "u", .password = "secret"};
    assert_encoded(model_user_account(), SHAPE_CREATE, &account, NULL,
        "{\"name\":\"u\",\"password\":\"secret\"}");
    assert_encoded(model_user_account(), SHAPE_READ, &account, NULL, "{\"name\":\"u\"}");
}

static void test_words_and_numbers(void **state)
{
    (void)state;
    struct azb_file_properties file = {.content_length = AZB_I64(9007199254740993)};
    assert_encoded(model_file_properties(), SHAPE_READ, &file, NULL,
        "{\"contentLength\":\"9007199254740993\"}");
    struct azb_task_scheduling_policy policy = {
        .node_fill_type = {AZB_NODE_FILL_TYPE_SPREAD, NULL}};
    assert_encoded(
        model_task_scheduling_policy(), SHAPE_READ, &policy, NULL, "{\"nodeFillType\":\"Spread\"}");
    policy.node_fill_type.value = -1;
    policy.node_fill_type.text = "sideways";
    assert_encoded(model_task_scheduling_policy(), SHAPE_READ, &policy, NULL,
        "{\"nodeFillType\":\"sideways\"}");
    struct azb_task_dependencies empty = {.task_ids = {(const char *[]){""}, 0}};
    assert_encoded(model_task_dependencies(), SHAPE_CREATE, &empty, NULL, "{\"taskIds\":[]}");
}

static void test_select(void **state)
{
    (void)state;
    struct azb_job_statistics stats = {.url = "u"};
    struct azb_job job = {.id = "a", .url = "x", .stats = &stats};
    struct api_select select;
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(api_select_parse(model_job(), TEXT(" id , stats"), TEXT_NONE, &select, &err));
    assert_encoded(model_job(), SHAPE_READ, &job, &select, "{\"id\":\"a\"}");
    assert_true(api_select_parse(model_job(), TEXT("id,stats"), TEXT("stats"), &select, &err));
    assert_encoded(
        model_job(), SHAPE_READ, &job, &select, "{\"id\":\"a\",\"stats\":{\"url\":\"u\"}}");
    assert_true(api_select_parse(model_job(), TEXT_NONE, TEXT_NONE, &select, &err));
    assert_encoded(model_job(), SHAPE_READ, &job, &select, "{\"id\":\"a\",\"url\":\"x\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_words_and_numbers),
        cmocka_unit_test(test_select),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
