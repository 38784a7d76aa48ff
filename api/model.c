#include "api/model.h"

/* The shape column of models.def. */
enum {
    C = SHAPE_LEGAL(SHAPE_CREATE),
    R = SHAPE_LEGAL(SHAPE_READ),
    P = SHAPE_LEGAL(SHAPE_PATCH),
    U = SHAPE_LEGAL(SHAPE_PUT),
    CC = C | SHAPE_REQUIRED(SHAPE_CREATE),
    RR = R | SHAPE_REQUIRED(SHAPE_READ),
    PP = P | SHAPE_REQUIRED(SHAPE_PATCH),
    UU = U | SHAPE_REQUIRED(SHAPE_PUT),
    ALL = C | R | P | U,
    MUST = CC | RR | PP | UU,
};

/* words.def, twice: the words, then their constants. */
#define WORDS(word_set, words_help) static const char *const words_of_##word_set[] = {
#define WORD(constant, word) word,
#define END_WORDS(word_set)                                                                        \
    }                                                                                              \
    ;
#include "api/words.def"
#undef WORDS
#undef WORD
#undef END_WORDS

#define WORDS(word_set, words_help) static const char *const constants_of_##word_set[] = {
#define WORD(constant, word) #constant,
#define END_WORDS(word_set)                                                                        \
    }                                                                                              \
    ;
#include "api/words.def"
#undef WORDS
#undef WORD
#undef END_WORDS

enum words_id {
#define WORDS(word_set, words_help) WORDS_##word_set,
#define WORD(constant, word)
#define END_WORDS(word_set)
#include "api/words.def"
#undef WORDS
    WORDS_COUNT
};

static const struct words all_words[] = {
#define WORDS(word_set, words_help)                                                                \
    {.name = #word_set,                                                                            \
        .help = words_help,                                                                        \
        .words = words_of_##word_set,                                                              \
        .constants = constants_of_##word_set,                                                      \
        .count = sizeof words_of_##word_set / sizeof *words_of_##word_set},
#include "api/words.def"
};
#undef WORDS
#undef WORD
#undef END_WORDS

/* What the engine sees of the printed types. */
#define WORDS(word_set, words_help)                                                                \
    _Static_assert(sizeof(struct azb_##word_set) == sizeof(struct any_enum) &&                     \
                       offsetof(struct azb_##word_set, text) == offsetof(struct any_enum, text),   \
        "azb_" #word_set " has another layout");
#define WORD(constant, word)
#define END_WORDS(word_set)
#include "api/words.def"
#undef WORDS
#undef WORD
#undef END_WORDS

#define SAME_AS_ANY_LIST(type)                                                                     \
    (sizeof(type) == sizeof(struct any_list) &&                                                    \
        offsetof(type, items) == offsetof(struct any_list, items) &&                               \
        offsetof(type, count) == offsetof(struct any_list, count))
_Static_assert(SAME_AS_ANY_LIST(struct azb_job_list), "lists have another layout");
_Static_assert(SAME_AS_ANY_LIST(struct azb_string_list), "string lists have another layout");
_Static_assert(SAME_AS_ANY_LIST(struct azb_string_map), "maps have another layout");

/*
 * models.def: each model is a function that holds its own rows, so that rows need not repeat the
 * model's name. A wrong member type does not compile (_Generic has no branch for it).
 */
#define KIND_OF(member, type, field_kind) .kind = _Generic(((self *)0)->member, type : field_kind)
#define ROW(member, json, field_shape, sentence)                                                   \
    .name = #member, .json_name = json, .json_length = sizeof(json) - 1,                           \
    .offset = offsetof(self, member), .shapes = (field_shape), .help = sentence

#define MODEL(model_name, json, sentence)                                                          \
    const struct model *model_##model_name(void)                                                   \
    {                                                                                              \
        typedef struct azb_##model_name self;                                                      \
        static const char json_name_of[] = json;                                                   \
        static const char help_of[] = sentence;                                                    \
        static const struct field rows[] = {
#define STR(member, json, field_shape, field_rule, sentence)                                       \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, const char *, FIELD_STRING),        \
        .rule = RULE_##field_rule},
#define I32(member, json, field_shape, field_rule, sentence)                                       \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_i32, FIELD_I32),         \
        .rule = RULE_##field_rule},
#define I64(member, json, field_shape, sentence)                                                   \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_i64, FIELD_I64)},
#define DOUBLE(member, json, field_shape, sentence)                                                \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_double, FIELD_DOUBLE)},
#define BOOL(member, json, field_shape, sentence)                                                  \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_bool, FIELD_BOOL)},
#define ENUM(member, json, field_shape, word_set, sentence)                                        \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_##word_set, FIELD_ENUM), \
        .words = &all_words[WORDS_##word_set]},
#define ONE(member, json, field_shape, other, sentence)                                            \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_##other *, FIELD_ONE),   \
        .model = model_##other},
#define LIST(member, json, field_shape, other, sentence)                                           \
    {ROW(member, json, field_shape, sentence),                                                     \
        KIND_OF(member, struct azb_##other##_list, FIELD_LIST), .model = model_##other},
#define STRS(member, json, field_shape, sentence)                                                  \
    {ROW(member, json, field_shape, sentence),                                                     \
        KIND_OF(member, struct azb_string_list, FIELD_STRINGS)},
#define MAP(member, json, field_shape, sentence)                                                   \
    {ROW(member, json, field_shape, sentence), KIND_OF(member, struct azb_string_map, FIELD_MAP)},
#define END(model_name)                                                                            \
    }                                                                                              \
    ;                                                                                              \
    static const struct model model = {.name = #model_name,                                        \
        .json_name = json_name_of,                                                                 \
        .size = sizeof(self),                                                                      \
        .fields = rows,                                                                            \
        .field_count = sizeof rows / sizeof *rows,                                                 \
        .help = help_of};                                                                          \
    _Static_assert(sizeof rows / sizeof *rows <= FIELDS_MAX, "a set of fields is 64 bits");        \
    _Static_assert(sizeof(self) <= API_MODEL_SIZE_MAX, "api_cleared must be as large");            \
    return &model;                                                                                 \
    }

#define API_MODEL_SIZE_MAX 1024
const uint64_t api_cleared[API_MODEL_SIZE_MAX / sizeof(uint64_t)];

#include "api/models.def"
#include "api/models_end.h"

static const struct model *(*const all_models[])(void) = {
#define MODEL(model_name, json, sentence) model_##model_name,
#define STR(...)
#define I32(...)
#define I64(...)
#define DOUBLE(...)
#define BOOL(...)
#define ENUM(...)
#define ONE(...)
#define LIST(...)
#define STRS(...)
#define MAP(...)
#define END(model_name)
#include "api/models.def"
#include "api/models_end.h"
};

const struct model *model_at(size_t index)
{
    return index < sizeof all_models / sizeof *all_models ? all_models[index]() : NULL;
}

const struct model *model_find(const char *name)
{
    const struct model *model;
    for (size_t i = 0; (model = model_at(i)) != NULL; i++)
        if (strcmp(model->name, name) == 0)
            return model;
    return NULL;
}

const struct words *words_at(size_t index)
{
    return index < WORDS_COUNT ? &all_words[index] : NULL;
}

int words_value(const struct words *words, struct text word)
{
    for (size_t i = 0; i < words->count; i++)
        if (text_equal_nocase(text_of(words->words[i]), word))
            return (int)i + 1;
    return -1;
}

void words_allowed(const struct words *words, struct buffer *out)
{
    for (size_t i = 0; i < words->count; i++) {
        if (i > 0)
            buffer_add_string(out, i + 1 == words->count ? " or " : ", ");
        buffer_add_string(out, words->words[i]);
    }
}

static bool has_name(const struct field *field, struct text json_name)
{
    return field->json_length == json_name.length &&
           memcmp(field->json_name, json_name.at, json_name.length) == 0;
}

const struct field *model_field(const struct model *model, struct text json_name, size_t hint)
{
    size_t count = model->field_count;
    for (size_t i = 0, at = hint < count ? hint : 0; i < count; i++) {
        if (has_name(&model->fields[at], json_name))
            return &model->fields[at];
        at = at + 1 == count ? 0 : at + 1;
    }
    return NULL;
}

const struct field *model_field_named(const struct model *model, const char *json_name)
{
    return model_field(model, text_of(json_name), 0);
}

bool field_present(const struct field *field, const void *from)
{
    const void *at = field_in(field, from);
    switch (field->kind) {
    case FIELD_I32:
        return ((const struct azb_i32 *)at)->set;
    case FIELD_I64:
        return ((const struct azb_i64 *)at)->set;
    case FIELD_DOUBLE:
        return ((const struct azb_double *)at)->set;
    case FIELD_BOOL:
        return ((const struct azb_bool *)at)->set;
    case FIELD_ENUM:
        return ((const struct any_enum *)at)->value != 0;
    case FIELD_STRING:
    case FIELD_ONE:
    case FIELD_LIST:
    case FIELD_STRINGS:
    case FIELD_MAP:
        break;
    }
    return *(const void *const *)at != NULL;
}

bool field_cleared(const struct field *field, const void *from)
{
    if (field->kind == FIELD_STRING || field->kind == FIELD_ONE)
        return *(const void *const *)field_in(field, from) == (const void *)api_cleared;
    return false;
}

size_t field_size(enum field_kind kind)
{
    static const size_t sizes[] = {
        [FIELD_STRING] = sizeof(char *),
        [FIELD_I32] = sizeof(struct azb_i32),
        [FIELD_I64] = sizeof(struct azb_i64),
        [FIELD_DOUBLE] = sizeof(struct azb_double),
        [FIELD_BOOL] = sizeof(struct azb_bool),
        [FIELD_ENUM] = sizeof(struct any_enum),
        [FIELD_ONE] = sizeof(void *),
        [FIELD_LIST] = sizeof(struct any_list),
        [FIELD_STRINGS] = sizeof(struct azb_string_list),
        [FIELD_MAP] = sizeof(struct azb_string_map),
    };
    return sizes[kind];
}
