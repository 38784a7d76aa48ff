#include "api/decode.h"

#include <stdio.h>

#include "base/error.h"

#include "api/retired.h"
#include "api/validate.h"

/* What stays the same while one document is read. */
struct decoder {
    enum api_shape shape;
    enum api_manner manner;
    struct json_reader *reader;
    const struct api_version *version;
    struct azb_error *err;
};

static bool decode_model(
    struct decoder *d, const struct model *model, void *out, const struct api_path *path);

/* The text is not JSON, or memory ran out. */
static bool fail_syntax(struct decoder *d)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (d->reader->arena->failed)
        return fail_memory(d->err);
    if (!json_read_failed(d->reader, &why))
        fail(&why, AZB_ERROR_PROTOCOL, "the document ends too early");
    if (d->manner == API_LENIENT)
        return fail(d->err, AZB_ERROR_PROTOCOL, "the answer is not JSON: %s", why.message);
    fail_status(d->err, 400, "InvalidRequestBody",
        "The specified request body is not syntactically valid. %s", why.message);
    error_add_value(d->err, "Reason", "%s", why.message);
    return false;
}

static bool fail_value(struct decoder *d, const char *code, const struct api_path *path,
    const char *value, const char *reason)
{
    char name[256];
    if (d->manner == API_STRICT)
        return api_fail_property(d->err, code, path, value, reason);
    api_path_print(path, name, sizeof name);
    return fail(d->err, AZB_ERROR_PROTOCOL, "in the answer, %s%s%s: %s", name, value ? " is " : "",
        value ? value : "", reason);
}

/* The next value has the wrong type, or is a number that does not fit. Shows it as written. */
static bool fail_type(struct decoder *d, const struct api_path *path, const char *wanted)
{
    char value[128], reason[200];
    struct text raw;
    enum json_type type;
    if (!json_peek(d->reader, &type) || !json_read_raw(d->reader, &raw))
        return fail_syntax(d);
    snprintf(value, sizeof value, "%.*s%s", raw.length > 100 ? 100 : (int)raw.length, raw.at,
        raw.length > 100 ? "..." : "");
    snprintf(reason, sizeof reason, "The value must be %s, not %s.", wanted, json_type_text(type));
    if (!path && d->manner == API_STRICT) {
        fail_status(d->err, 400, "InvalidRequestBody",
            "The specified request body is not valid. %s", reason);
        error_add_value(d->err, "Reason", "%s", reason);
        return false;
    }
    return fail_value(d, "InvalidPropertyValue", path, value, reason);
}

static bool next_is(
    struct decoder *d, enum json_type wanted, const char *words, const struct api_path *path)
{
    enum json_type type;
    if (!json_peek(d->reader, &type))
        return fail_syntax(d);
    return type == wanted || fail_type(d, path, words);
}

/* A string, NUL-terminated in the arena. A NUL inside would cut it silently, so it is refused. */
static bool read_string(struct decoder *d, const char **out, const struct api_path *path)
{
    struct text text;
    if (!next_is(d, JSON_STRING, "a string", path))
        return false;
    if (!json_read_string(d->reader, &text))
        return fail_syntax(d);
    if (text.length > 0 && memchr(text.at, '\0', text.length))
        return fail_value(
            d, "InvalidPropertyValue", path, NULL, "The value must not hold the character U+0000.");
    *out = arena_copy(d->reader->arena, text.at, text.length);
    return *out || fail_memory(d->err);
}

static bool decode_string(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    return read_string(d, at, path);
}

/* As written, or as a string of digits: so do 64-bit numbers travel, and az sends whatever was
 * typed for a number as a string. */
static bool read_integer(struct decoder *d, int64_t least, int64_t most, const char *words,
    int64_t *out, const struct api_path *path)
{
    struct text number;
    enum json_type type;
    struct json_reader before = *d->reader;
    if (!json_peek(d->reader, &type))
        return fail_syntax(d);
    if (type != JSON_STRING && !next_is(d, JSON_NUMBER, words, path))
        return false;
    if (!(type == JSON_STRING ? json_read_string : json_read_number)(d->reader, &number))
        return fail_syntax(d);
    if (json_number_to_i64(number, out) && *out >= least && *out <= most)
        return true;
    *d->reader = before;
    return fail_type(d, path, words);
}

static bool decode_i32(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    int64_t number;
    if (!read_integer(d, INT32_MIN, INT32_MAX, "a whole number of 32 bits", &number, path))
        return false;
    *(struct azb_i32 *)at = (struct azb_i32){true, (int32_t)number};
    return true;
}

static bool decode_i64(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    int64_t number;
    if (!read_integer(d, INT64_MIN, INT64_MAX, "a whole number of 64 bits, as a string of digits",
            &number, path))
        return false;
    *(struct azb_i64 *)at = (struct azb_i64){true, number};
    return true;
}

static bool decode_double(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    struct text number;
    struct azb_double *out = at;
    struct json_reader before = *d->reader;
    if (!next_is(d, JSON_NUMBER, "a number", path))
        return false;
    if (!json_read_number(d->reader, &number))
        return fail_syntax(d);
    out->set = json_number_to_double(number, &out->value);
    if (out->set)
        return true;
    *d->reader = before;
    return fail_type(d, path, "a number that fits a double");
}

static bool decode_bool(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    struct azb_bool *out = at;
    if (!next_is(d, JSON_BOOL, "true or false", path))
        return false;
    out->set = json_read_bool(d->reader, &out->value);
    return out->set || fail_syntax(d);
}

static bool fail_word(
    struct decoder *d, const struct field *field, const char *word, const struct api_path *path)
{
    struct buffer allowed;
    buffer_init(&allowed, 1024);
    buffer_add_string(&allowed, "The value must be ");
    words_allowed(field->words, &allowed);
    buffer_add_char(&allowed, '.');
    fail_value(d, "InvalidPropertyValue", path, word, allowed.failed ? "" : allowed.at);
    buffer_free(&allowed);
    return false;
}

static bool decode_enum(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    struct any_enum *out = at;
    struct text word;
    if (!next_is(d, JSON_STRING, "a string", path))
        return false;
    if (!json_read_string(d->reader, &word))
        return fail_syntax(d);
    out->value = words_value(field->words, word);
    if (out->value > 0) {
        out->text = field->words->words[out->value - 1];
        return true;
    }
    out->text = arena_copy(d->reader->arena, word.at, word.length);
    if (!out->text)
        return fail_memory(d->err);
    return d->manner == API_LENIENT || fail_word(d, field, out->text, path);
}

static bool decode_one(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    const struct model *model = field->model();
    void *value = arena_alloc(d->reader->arena, model->size);
    if (!value)
        return fail_memory(d->err);
    *(void **)at = value;
    return decode_model(d, model, value, path);
}

/* A list that is being read: doubles in the arena. Never NULL, so that an empty list is not absent.
 */
struct growing {
    char *items;
    size_t count, capacity, size;
};

static void *grow(struct decoder *d, struct growing *list)
{
    if (list->count == list->capacity || !list->items) {
        size_t capacity = list->capacity ? 2 * list->capacity : 4;
        char *items = arena_array(d->reader->arena, capacity, list->size);
        if (!items)
            return NULL;
        if (list->count > 0)
            memcpy(items, list->items, list->count * list->size);
        list->items = items;
        list->capacity = capacity;
    }
    return list->items + list->count * list->size;
}

typedef bool (*element_reader)(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path);

static bool decode_array(struct decoder *d, const struct field *field, size_t size,
    element_reader read, struct any_list *out, const struct api_path *path)
{
    struct growing list = {NULL, 0, 0, size};
    struct api_path element = *path;
    if (!next_is(d, JSON_ARRAY, "an array", path))
        return false;
    if (!grow(d, &list))
        return fail_memory(d->err);
    json_enter_array(d->reader);
    while (json_next_element(d->reader)) {
        void *item = grow(d, &list);
        if (!item)
            return fail_memory(d->err);
        element.index = ++list.count;
        if (!read(d, field, item, &element))
            return false;
    }
    *out = (struct any_list){list.items, list.count};
    return !d->reader->problem || fail_syntax(d);
}

static bool read_element(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    return decode_model(d, field->model(), at, path);
}

static bool decode_list(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    return decode_array(d, field, field->model()->size, read_element, at, path);
}

static bool decode_strings(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    return decode_array(d, field, sizeof(char *), decode_string, at, path);
}

static bool decode_map(
    struct decoder *d, const struct field *field, void *at, const struct api_path *path)
{
    (void)field;
    struct growing list = {NULL, 0, 0, sizeof(struct azb_string_pair)};
    struct text name;
    if (!next_is(d, JSON_OBJECT, "an object", path))
        return false;
    if (!grow(d, &list))
        return fail_memory(d->err);
    json_enter_object(d->reader);
    while (json_next_member(d->reader, &name)) {
        struct azb_string_pair *pair = grow(d, &list);
        if (pair)
            pair->name = arena_copy(d->reader->arena, name.at, name.length);
        if (!pair || !pair->name)
            return fail_memory(d->err);
        const struct api_path here = {path, pair->name, 0};
        if (!read_string(d, &pair->value, &here))
            return false;
        list.count++;
    }
    *(struct any_list *)at = (struct any_list){list.items, list.count};
    return !d->reader->problem || fail_syntax(d);
}

static const element_reader readers[] = {
    [FIELD_STRING] = decode_string,
    [FIELD_I32] = decode_i32,
    [FIELD_I64] = decode_i64,
    [FIELD_DOUBLE] = decode_double,
    [FIELD_BOOL] = decode_bool,
    [FIELD_ENUM] = decode_enum,
    [FIELD_ONE] = decode_one,
    [FIELD_LIST] = decode_list,
    [FIELD_STRINGS] = decode_strings,
    [FIELD_MAP] = decode_map,
};

/* Null is absent, and in a patch clears what can be cleared (see api_cleared). */
static void take_null(struct decoder *d, const struct field *field, void *out)
{
    void *at = field_at(field, out), *cleared = (void *)(uintptr_t)api_cleared;
    if (d->shape != SHAPE_PATCH)
        return;
    if (field->kind == FIELD_STRING || field->kind == FIELD_ONE)
        *(void **)at = cleared;
    else if (field->kind == FIELD_LIST || field->kind == FIELD_STRINGS || field->kind == FIELD_MAP)
        *(struct any_list *)at = (struct any_list){cleared, 0};
}

static bool decode_field(
    struct decoder *d, const struct field *field, void *out, const struct api_path *path)
{
    enum json_type type;
    if (!json_peek(d->reader, &type))
        return fail_syntax(d);
    if (type == JSON_NULL) {
        take_null(d, field, out);
        return json_read_null(d->reader) || fail_syntax(d);
    }
    if (field_legal(field, d->shape) || d->manner == API_LENIENT)
        return readers[field->kind](d, field, field_at(field, out), path);
    if (d->shape == SHAPE_PUT)
        return json_skip(d->reader) || fail_syntax(d);
    return fail_value(d, "UnsupportedProperty", path, NULL,
        d->shape == SHAPE_PATCH ? "The property cannot be changed." : "The property is read-only.");
}

static bool is_annotation(struct text name)
{
    return text_starts(name, "odata.") ||
           (name.length > 0 && memmem(name.at, name.length, "@odata.", 7));
}

/* A member that the model does not have. */
static bool decode_other(
    struct decoder *d, const struct model *model, struct text name, const struct api_path *up)
{
    enum json_type type;
    const struct retired *retired = retired_find(model, name);
    if (!json_peek(d->reader, &type))
        return fail_syntax(d);
    bool accepted = retired && (type == JSON_NULL || retired_ignored(retired, d->version));
    if (accepted || d->manner == API_LENIENT || is_annotation(name))
        return json_skip(d->reader) || fail_syntax(d);
    char shown[128];
    snprintf(shown, sizeof shown, "%.*s", TEXT_ARGS(name));
    const struct api_path path = {up, shown, 0};
    return fail_value(d, "UnsupportedProperty", &path, NULL,
        retired ? retired->why : "There is no such property here.");
}

static bool fail_twice(struct decoder *d, const struct api_path *path)
{
    return fail_value(d, "InvalidPropertyValue", path, NULL, "The property is there twice.");
}

static bool decode_model(
    struct decoder *d, const struct model *model, void *out, const struct api_path *path)
{
    struct text name;
    uint64_t seen = 0;
    size_t next = 0; /* members come mostly in the order of the rows */
    if (!next_is(d, JSON_OBJECT, "an object", path))
        return false;
    json_enter_object(d->reader);
    while (json_next_member(d->reader, &name)) {
        const struct field *field = model_field(model, name, next);
        if (!field) {
            if (!decode_other(d, model, name, path))
                return false;
            continue;
        }
        size_t index = (size_t)(field - model->fields);
        const struct api_path here = {path, field->json_name, 0};
        if (seen & (UINT64_C(1) << index))
            return fail_twice(d, &here);
        seen |= UINT64_C(1) << index;
        next = index + 1;
        if (!decode_field(d, field, out, &here))
            return false;
    }
    return !d->reader->problem || fail_syntax(d);
}

bool api_decode_value(const struct model *model, enum api_shape shape, enum api_manner manner,
    struct json_reader *reader, const struct api_version *version, void *out, struct azb_error *err)
{
    struct decoder d = {shape, manner, reader, version, err};
    memset(out, 0, model->size);
    return decode_model(&d, model, out, NULL);
}

bool api_decode(const struct model *model, enum api_shape shape, enum api_manner manner,
    struct text json, const struct api_version *version, struct arena *arena, void *out,
    struct azb_error *err)
{
    struct json_reader reader;
    json_reader_init(&reader, json, arena);
    struct decoder d = {shape, manner, &reader, version, err};
    memset(out, 0, model->size);
    if (!decode_model(&d, model, out, NULL))
        return false;
    return json_reader_end(&reader) || fail_syntax(&d);
}
