#include "cli/body.h"

#include <ctype.h>

#include "base/error.h"
#include "cli/session.h"

enum form { VALUE, PAIRS, IMAGE, IDS };

struct flag {
    const char *model, *name;
    enum form form;
    const char *path, *help;
};

static const struct flag flags[] = {
#define FLAG(model, name, form, path, help) {#model, name, form, path, help},
#include "cli/flags.def"
#undef FLAG
};

#define FLAG_COUNT (sizeof flags / sizeof *flags)

/* ---- which options there are --------------------------------------------------------------- */

static bool simple(const struct field *field, enum api_shape shape)
{
    return (field->shapes & SHAPE_LEGAL(shape)) && field->kind <= FIELD_ENUM;
}

/* "maxParallelTasks" to "max-parallel-tasks". */
static char *kebab(const char *json_name, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 256);
    for (const char *at = json_name; *at; at++) {
        if (isupper((unsigned char)*at) && at > json_name)
            buffer_add_char(&out, '-');
        buffer_add_char(&out, (char)tolower((unsigned char)*at));
    }
    return arena_string(arena, out.at);
}

/* A task's id is --task-id, as az has it. */
static bool replaced(const struct model *model, const struct field *field)
{
    return strcmp(model->name, "task") == 0 && strcmp(field->json_name, "id") == 0;
}

/* The help of a field; an enumeration's words are what may be said. */
static const char *help_of(const struct field *field, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 1024);
    buffer_add_string(&out, field->help);
    if (field->kind != FIELD_ENUM)
        return field->help;
    for (size_t i = 0; i < field->words->count; i++)
        buffer_format(&out, "%s%s", i ? ", " : " One of ", field->words->words[i]);
    buffer_add_char(&out, '.');
    return arena_string(arena, out.at);
}

struct option_list {
    struct option_row *rows;
    size_t count, maximum;
    struct arena *arena;
};

static void add_option(
    struct option_list *list, const char *name, enum option_kind kind, const char *help)
{
    if (list->count < list->maximum)
        list->rows[list->count++] = (struct option_row){name, kind, false, help, 0};
}

static void add_field(struct option_list *list, const struct model *model,
    const struct field *field, enum api_shape shape)
{
    if (simple(field, shape) && !replaced(model, field))
        add_option(list, kebab(field->json_name, list->arena),
            field->kind == FIELD_BOOL ? OPTION_BOOL : OPTION_TEXT, help_of(field, list->arena));
}

static void add_flag(struct option_list *list, const struct model *model, const struct flag *flag,
    enum api_shape shape)
{
    struct text rest = text_of(flag->path), first;
    text_cut(&rest, '.', &first);
    const struct field *field = model_field(model, first, 0);
    bool one = flag->form == VALUE || flag->form == IMAGE;
    if (strcmp(flag->model, model->name) == 0 && field && field_legal(field, shape))
        add_option(list, flag->name, one ? OPTION_TEXT : OPTION_LIST, flag->help);
}

static bool is_id(const struct field *field)
{
    return strcmp(field->json_name, "id") == 0;
}

size_t body_options(const struct model *model, enum api_shape shape, struct option_row *out,
    size_t maximum, struct arena *arena)
{
    struct option_list list = {out, 0, maximum, arena};
    for (size_t i = 0; i < model->field_count; i++)
        if (is_id(&model->fields[i]))
            add_field(&list, model, &model->fields[i], shape);
    for (size_t i = 0; i < FLAG_COUNT; i++)
        add_flag(&list, model, &flags[i], shape);
    for (size_t i = 0; i < model->field_count; i++)
        if (!is_id(&model->fields[i]))
            add_field(&list, model, &model->fields[i], shape);
    add_option(&list, "json-file", OPTION_TEXT,
        "The body as JSON: a file, or - for standard input; flags are laid over it.");
    return list.count;
}

/* ---- a tree that grows --------------------------------------------------------------------- */

static struct json *node(struct arena *arena, enum json_type type, struct text text)
{
    struct json *value = arena_alloc(arena, sizeof *value);
    if (value) {
        value->type = type;
        value->text = text;
    }
    return value;
}

static void append(struct json *parent, struct json *child)
{
    struct json **end = &parent->first;
    while (*end)
        end = &(*end)->next;
    *end = child;
    parent->count++;
}

static struct json *member(struct json *object, struct text name)
{
    for (struct json *child = object->first; child; child = child->next)
        if (text_equal(child->name, name))
            return child;
    return NULL;
}

/* Puts the value at "a.b.c", making the objects on the way; what was there is replaced. */
static bool set_path(struct json *object, const char *path, struct json *value, struct arena *arena)
{
    struct text rest = text_of(path), name = TEXT_NONE;
    while (value && text_cut(&rest, '.', &name) && rest.at) {
        struct json *next = member(object, name);
        if (!next) {
            next = node(arena, JSON_OBJECT, TEXT_NONE);
            if (!next)
                return false;
            next->name = name;
            append(object, next);
        }
        object = next;
    }
    if (!value)
        return false;
    struct json *old = member(object, name);
    if (old) {
        struct json *following = old->next;
        *old = *value;
        old->next = following;
        old->name = name;
        return true;
    }
    value->name = name;
    append(object, value);
    return true;
}

/* ---- one flag's value ---------------------------------------------------------------------- */

static const struct field *field_at_path(const struct model *model, const char *path)
{
    const struct field *field = NULL;
    struct text rest = text_of(path), name;
    while (model && text_cut(&rest, '.', &name)) {
        field = model_field(model, name, 0);
        model = field && field->kind == FIELD_ONE ? field->model() : NULL;
    }
    return field;
}

static struct json *scalar(const struct field *field, const char *flag, const char *text,
    struct arena *arena, struct azb_error *err)
{
    int64_t number;
    double real;
    struct text value = text_of(text);
    enum field_kind kind = field ? field->kind : FIELD_STRING;
    bool is_true = strcmp(text, "true") == 0;
    const char *problem = NULL;
    if (kind == FIELD_I32 && !json_number_to_i64(value, &number))
        problem = "not a whole number";
    if (kind == FIELD_DOUBLE && !json_number_to_double(value, &real))
        problem = "not a number";
    if (kind == FIELD_BOOL && !is_true && strcmp(text, "false") != 0)
        problem = "neither true nor false";
    if (problem) {
        fail(err, AZB_ERROR_ARGUMENT, "--%s '%s' is %s", flag, text, problem);
        return NULL;
    }
    bool numeric = kind == FIELD_I32 || kind == FIELD_DOUBLE;
    enum json_type type = kind == FIELD_BOOL ? JSON_BOOL : numeric ? JSON_NUMBER : JSON_STRING;
    struct json *json = node(arena, type, value);
    if (!json)
        fail_memory(err);
    else
        json->boolean = is_true;
    return json;
}

static bool pair(struct json *list, const char *flag, const char *text, struct arena *arena,
    struct azb_error *err)
{
    struct text rest = text_of(text), name;
    struct json *item = node(arena, JSON_OBJECT, TEXT_NONE);
    text_cut(&rest, '=', &name);
    if (!rest.at || name.length == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "--%s '%s' is not NAME=VALUE", flag, text);
    if (!item || !set_path(item, "name", node(arena, JSON_STRING, name), arena) ||
        !set_path(item, "value", node(arena, JSON_STRING, rest), arena))
        return fail_memory(err);
    append(list, item);
    return true;
}

static struct json *list_value(const struct flag *flag, const struct option_value *given,
    struct arena *arena, struct azb_error *err)
{
    struct json *list = node(arena, JSON_ARRAY, TEXT_NONE);
    for (size_t i = 0; list && i < given->count; i++) {
        if (flag->form == PAIRS && !pair(list, flag->name, given->values[i], arena, err))
            return NULL;
        struct json *text =
            flag->form == IDS ? node(arena, JSON_STRING, text_of(given->values[i])) : NULL;
        if (text)
            append(list, text);
    }
    if (!list)
        fail_memory(err);
    return list;
}

static struct json *image_value(const char *text, struct arena *arena, struct azb_error *err)
{
    static const char *const parts[] = {"publisher", "offer", "sku", "version"};
    struct json *image = node(arena, JSON_OBJECT, TEXT_NONE);
    struct text rest = text_of(text), part;
    size_t count = 0;
    if (image && text[0] == '/')
        return set_path(image, "virtualMachineImageId", node(arena, JSON_STRING, rest), arena)
                   ? image
                   : NULL;
    while (image && count < 4 && text_cut(&rest, ':', &part))
        if (!set_path(image, parts[count++], node(arena, JSON_STRING, part), arena))
            return NULL;
    if (count >= 3 && !rest.at)
        return image;
    fail(err, AZB_ERROR_ARGUMENT,
        "--image '%s' is neither PUBLISHER:OFFER:SKU[:VERSION] nor an image's resource id", text);
    return NULL;
}

static bool apply_flag(const struct model *model, const struct flag *flag,
    const struct option_value *given, struct json *body, struct arena *arena, struct azb_error *err)
{
    struct json *value;
    const char *last = given->values[given->count - 1];
    if (flag->form == VALUE)
        value = scalar(field_at_path(model, flag->path), flag->name, last, arena, err);
    else if (flag->form == IMAGE)
        value = image_value(last, arena, err);
    else
        value = list_value(flag, given, arena, err);
    if (!value)
        return false;
    return set_path(body, flag->path, value, arena) ? true : fail_memory(err);
}

static bool apply_fields(const struct model *model, enum api_shape shape,
    const struct arguments *arguments, struct json *body, struct arena *arena,
    struct azb_error *err)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];
        const char *flag = simple(field, shape) ? kebab(field->json_name, arena) : NULL;
        const char *text = flag && !replaced(model, field) ? argument(arguments, flag) : NULL;
        if (!text)
            continue;
        struct json *value = scalar(field, flag, text, arena, err);
        if (!value)
            return false;
        if (!set_path(body, field->json_name, value, arena))
            return fail_memory(err);
    }
    return true;
}

static struct json *from_file(
    const struct arguments *arguments, struct arena *arena, struct azb_error *err)
{
    struct text text;
    const char *path = argument(arguments, "json-file");
    if (!path)
        return node(arena, JSON_OBJECT, TEXT_NONE);
    if (!read_input(arena, path, &text, err))
        return NULL;
    const struct json *parsed = json_parse(text, arena, err);
    struct json *body = parsed ? arena_alloc(arena, sizeof *body) : NULL;
    if (!parsed) {
        fail_while(err, "--json-file %s", path);
        err->kind = AZB_ERROR_ARGUMENT;
    } else if (body) {
        *body = *parsed;
    }
    return body;
}

static bool apply_all(const struct model *model, enum api_shape shape,
    const struct arguments *arguments, struct json *body, struct arena *arena,
    struct azb_error *err)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const struct option_value *given = strcmp(flags[i].model, model->name) == 0
                                               ? argument_list(arguments, flags[i].name)
                                               : NULL;
        if (given && !apply_flag(model, &flags[i], given, body, arena, err))
            return false;
    }
    return apply_fields(model, shape, arguments, body, arena, err);
}

struct json *body_build(const struct model *model, enum api_shape shape,
    const struct arguments *arguments, struct arena *arena, struct azb_error *err)
{
    struct json *body = from_file(arguments, arena, err);
    struct json nothing = {.type = JSON_OBJECT};
    if (!body)
        return NULL;
    if (body->type == JSON_OBJECT)
        return apply_all(model, shape, arguments, body, arena, err) ? body : NULL;
    if (body->type == JSON_ARRAY && !apply_all(model, shape, arguments, &nothing, arena, err))
        return NULL;
    if (body->type == JSON_ARRAY && !nothing.first)
        return body;
    fail(err, AZB_ERROR_ARGUMENT, "--json-file %s: %s", argument(arguments, "json-file"),
        body->type == JSON_ARRAY ? "the file holds a list, and flags are for one object"
                                 : "the file holds neither an object nor a list");
    return NULL;
}

struct text body_text(const struct json *body, struct arena *arena)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, (size_t)256 << 20);
    json_writer_init(&writer, &text, 0);
    json_write_tree(&writer, body);
    return (struct text){arena_copy(arena, text.at, text.length), text.length};
}
