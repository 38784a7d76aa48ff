/*
 * The tree: built with the pull reader, all of it in the reader's arena.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Members; beyond, they are sorted to find a name that comes twice. A token has fewer. */
#define COMPARE_ALL_UP_TO 24

static struct json *read_value(struct json_reader *reader, struct azb_error *err);

static struct json *append(struct json *parent, struct json **last, struct json *child)
{
    if (*last)
        (*last)->next = child;
    else
        parent->first = child;
    *last = child;
    parent->count++;
    return child;
}

static int compare_names(struct text a, struct text b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return a.length ? memcmp(a.at, b.at, a.length) : 0;
}

static int compare_members(const void *a, const void *b)
{
    const struct json *const *left = a;
    const struct json *const *right = b;
    return compare_names((*left)->name, (*right)->name);
}

/* 0 when the name held an escape and so lies in the arena. */
static size_t place_of_name(const struct json_reader *reader, struct text name)
{
    uintptr_t input = (uintptr_t)reader->input.at;
    uintptr_t at = (uintptr_t)name.at;
    return at > input && at < input + reader->input.length ? at - input - 1 : 0;
}

static bool fail_twice(struct json_reader *reader, const struct json *a, const struct json *b)
{
    size_t first = place_of_name(reader, a->name);
    size_t second = place_of_name(reader, b->name);
    int shown = a->name.length > 100 ? 100 : (int)a->name.length;
    reader->problem = arena_format(
        reader->arena, "the member \"%.*s\" is there twice in one object", shown, a->name.at);
    if (!reader->problem)
        reader->problem = "a member is there twice in one object";
    reader->problem_at = first > second ? first : second;
    if (reader->problem_at == 0)
        reader->problem_at = reader->at - 1; /* the end of the object */
    return false;
}

static bool unique_by_comparing(struct json_reader *reader, const struct json *object)
{
    for (const struct json *a = object->first; a; a = a->next)
        for (const struct json *b = a->next; b; b = b->next)
            if (compare_names(a->name, b->name) == 0)
                return fail_twice(reader, a, b);
    return true;
}

static bool unique_by_sorting(
    struct json_reader *reader, const struct json *object, struct azb_error *err)
{
    size_t count = 0;
    bool unique = true;
    const struct json **members = memory_resize(NULL, object->count * sizeof(*members));
    if (!members)
        return fail_memory(err);
    for (const struct json *member = object->first; member; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof(*members), compare_members);
    for (size_t i = 1; unique && i < count; i++)
        if (compare_names(members[i - 1]->name, members[i]->name) == 0)
            unique = fail_twice(reader, members[i - 1], members[i]);
    memory_free(members);
    return unique;
}

static bool names_are_unique(
    struct json_reader *reader, const struct json *object, struct azb_error *err)
{
    return object->count <= COMPARE_ALL_UP_TO ? unique_by_comparing(reader, object)
                                              : unique_by_sorting(reader, object, err);
}

static bool read_array(struct json_reader *reader, struct json *array, struct azb_error *err)
{
    struct json *last = NULL;
    if (!json_enter_array(reader))
        return false;
    while (json_next_element(reader)) {
        struct json *child = read_value(reader, err);
        if (!child)
            return false;
        append(array, &last, child);
    }
    return !reader->problem;
}

static bool read_object(struct json_reader *reader, struct json *object, struct azb_error *err)
{
    struct text name;
    struct json *last = NULL;
    if (!json_enter_object(reader))
        return false;
    while (json_next_member(reader, &name)) {
        struct json *child = read_value(reader, err);
        if (!child)
            return false;
        append(object, &last, child)->name = name;
    }
    return !reader->problem && names_are_unique(reader, object, err);
}

static bool fill_value(struct json_reader *reader, struct json *value, struct azb_error *err)
{
    switch (value->type) {
    case JSON_NULL:
        return json_read_null(reader);
    case JSON_BOOL:
        return json_read_bool(reader, &value->boolean);
    case JSON_NUMBER:
        return json_read_number(reader, &value->text);
    case JSON_STRING:
        return json_read_string(reader, &value->text);
    case JSON_ARRAY:
        return read_array(reader, value, err);
    case JSON_OBJECT:
        return read_object(reader, value, err);
    }
    return false;
}

/* NULL when something was wrong: either the reader knows it, or `err` is set. */
static struct json *read_value(struct json_reader *reader, struct azb_error *err)
{
    enum json_type type;
    if (!json_peek(reader, &type))
        return NULL;
    struct json *value = arena_alloc(reader->arena, sizeof(*value));
    if (!value) {
        fail_memory(err);
        return NULL;
    }
    value->type = type;
    return fill_value(reader, value, err) ? value : NULL;
}

const struct json *json_parse(struct text input, struct arena *arena, struct azb_error *err)
{
    struct json_reader reader;
    json_reader_init(&reader, input, arena);
    const struct json *value = read_value(&reader, err);
    if (value && json_reader_end(&reader))
        return value;
    json_read_failed(&reader, err);
    return NULL;
}

const struct json *json_written(
    const struct buffer *text, struct arena *arena, struct azb_error *err)
{
    char *copy = text->failed ? NULL : arena_copy(arena, text->at, text->length);
    if (copy)
        return json_parse((struct text){copy, text->length}, arena, err);
    fail_memory(err);
    return NULL;
}

static const struct json *find_member(
    const struct json *object, struct text name, bool (*equal)(struct text, struct text))
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json *member = object->first; member; member = member->next)
        if (equal(member->name, name))
            return member;
    return NULL;
}

const struct json *json_get(const struct json *object, const char *name)
{
    return find_member(object, text_of(name), text_equal);
}

const struct json *json_get_nocase(const struct json *object, const char *name)
{
    return find_member(object, text_of(name), text_equal_nocase);
}

const struct json *json_path(const struct json *from, const char *path)
{
    struct text rest = text_of(path);
    struct text name;
    while (from && text_cut(&rest, '.', &name))
        from = find_member(from, name, text_equal);
    return from;
}

struct text json_text(const struct json *value)
{
    return value && value->type == JSON_STRING ? value->text : TEXT_NONE;
}

struct text json_get_text(const struct json *object, const char *name)
{
    return json_text(json_get(object, name));
}

bool json_get_bool(const struct json *object, const char *name, bool fallback)
{
    const struct json *value = json_get(object, name);
    return value && value->type == JSON_BOOL ? value->boolean : fallback;
}

int64_t json_get_i64(const struct json *object, const char *name, int64_t fallback)
{
    int64_t number;
    const struct json *value = json_get(object, name);
    if (!value || value->type != JSON_NUMBER || !json_number_to_i64(value->text, &number))
        return fallback;
    return number;
}

char *json_get_string(const struct json *object, const char *name, struct arena *arena)
{
    struct text text = json_get_text(object, name);
    /* A C string would end at a NUL and say something else than the document. */
    if (!text.at || (text.length > 0 && memchr(text.at, '\0', text.length)))
        return NULL;
    return text_string(arena, text);
}
