#include "api/encode.h"

#include <inttypes.h>
#include <stdio.h>

static void encode_enum(
    const struct field *field, const struct any_enum *word, struct json_writer *writer)
{
    bool known = word->value > 0 && (size_t)word->value <= field->words->count;
    json_write_string(
        writer, known ? field->words->words[word->value - 1] : (word->text ? word->text : ""));
}

static void encode_i64(int64_t number, struct json_writer *writer)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    json_write_string(writer, digits);
}

static void encode_list(const struct field *field, enum api_shape shape,
    const struct any_list *list, struct json_writer *writer)
{
    const struct model *model = field->model();
    json_begin_array(writer);
    for (size_t i = 0; i < list->count; i++)
        api_encode(model, shape, (const char *)list->items + i * model->size, NULL, writer);
    json_end_array(writer);
}

static void encode_strings(const struct azb_string_list *list, struct json_writer *writer)
{
    json_begin_array(writer);
    for (size_t i = 0; i < list->count; i++)
        json_write_string(writer, list->items[i]);
    json_end_array(writer);
}

static void encode_map(const struct azb_string_map *map, struct json_writer *writer)
{
    json_begin_object(writer);
    for (size_t i = 0; i < map->count; i++)
        json_member(writer, map->items[i].name, map->items[i].value);
    json_end_object(writer);
}

void api_encode_field(
    const struct field *field, enum api_shape shape, const void *from, struct json_writer *writer)
{
    const void *at = field_in(field, from);
    switch (field->kind) {
    case FIELD_STRING:
        json_write_string(writer, *(const char *const *)at);
        return;
    case FIELD_I32:
        json_write_i64(writer, ((const struct azb_i32 *)at)->value);
        return;
    case FIELD_I64:
        encode_i64(((const struct azb_i64 *)at)->value, writer);
        return;
    case FIELD_DOUBLE:
        json_write_double(writer, ((const struct azb_double *)at)->value);
        return;
    case FIELD_BOOL:
        json_write_bool(writer, ((const struct azb_bool *)at)->value);
        return;
    case FIELD_ENUM:
        encode_enum(field, at, writer);
        return;
    case FIELD_ONE:
        api_encode(field->model(), shape, *(const void *const *)at, NULL, writer);
        return;
    case FIELD_LIST:
        encode_list(field, shape, at, writer);
        return;
    case FIELD_STRINGS:
        encode_strings(at, writer);
        return;
    case FIELD_MAP:
        encode_map(at, writer);
        return;
    }
}

void api_encode_members(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, struct json_writer *writer)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];
        bool wanted = !select || (select->fields & (UINT64_C(1) << i));
        if (!wanted || !field_legal(field, shape) || !field_present(field, value))
            continue;
        json_name(writer, field->json_name);
        if (field_cleared(field, value))
            json_write_null(writer);
        else
            api_encode_field(field, shape, value, writer);
    }
}

void api_encode(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, struct json_writer *writer)
{
    json_begin_object(writer);
    api_encode_members(model, shape, value, select, writer);
    json_end_object(writer);
}
