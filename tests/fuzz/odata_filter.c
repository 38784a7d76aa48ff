/* Any text as a $filter: the first byte picks the list. What parses is evaluated. */
#include <stdint.h>
#include <stdlib.h>

#include "api/decode.h"
#include "api/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Members that the tables name; each model takes those that it has. */
static const char sample[] =
    "{\"id\":\"Job-7\",\"name\":\"wd/x\",\"poolId\":\"p\",\"state\":\"active\","
    "\"creationTime\":\"2020-03-01T09:59:59.1234567Z\",\"lastModified\":\"no time\","
    "\"executionInfo\":{\"startTime\":\"2020-03-01T10:00:00Z\",\"poolId\":\"p\",\"exitCode\":-1},"
    "\"nodeInfo\":{\"nodeId\":\"tvm\"},\"enableAutoScale\":true,\"osType\":\"linux\","
    "\"startTaskInfo\":{\"state\":\"frozen\",\"exitCode\":0}}";

static void evaluate(const struct filter_table *table, const struct filter *filter)
{
    const struct model *model = table->model();
    struct azb_error err = AZB_ERROR_INIT;
    struct arena arena;
    arena_init(&arena, 0);
    void *empty = arena_alloc(&arena, model->size), *value = arena_alloc(&arena, model->size);
    if (!empty || !value ||
        !api_decode(model, SHAPE_ANY, API_LENIENT, text_of(sample), NULL, &arena, value, &err))
        abort();
    (void)api_filter_matches(filter, empty);
    (void)api_filter_matches(filter, value);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t tables = 0;
    while (filter_table_at(tables))
        tables++;
    if (size == 0)
        return 0;
    const struct filter_table *table = filter_table_at(data[0] % tables);
    struct azb_error err = AZB_ERROR_INIT;
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct text text = {(const char *)data + 1, size - 1};
    const struct filter *filter = api_filter_parse(table, text, &arena, &err);
    if (filter)
        evaluate(table, filter);
    else if (err.message[0] == '\0')
        abort();
    arena_free(&arena);
    return 0;
}
