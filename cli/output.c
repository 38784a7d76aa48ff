#include "cli/output.h"

#include <stdio.h>

#define CELL_MAX 60
#define COLUMNS_MAX 16

static const struct json *find(const struct json *item, const char *path)
{
    const struct json *flat = json_get(item, path); /* "odata.type" has a dot of its own */
    return flat ? flat : json_path(item, path);
}

/* A scalar as text; lists as their number of items; objects not at all. */
static void cell(const struct json *value, struct buffer *out)
{
    if (!value || value->type == JSON_NULL || value->type == JSON_OBJECT)
        return;
    if (value->type == JSON_BOOL)
        buffer_add_string(out, value->boolean ? "true" : "false");
    else if (value->type == JSON_ARRAY)
        buffer_format(out, "[%zu]", value->count);
    else
        buffer_add_text(out, value->text);
}

/* What a terminal must not obey. */
static void make_printable(struct buffer *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((unsigned char)text->at[i] < 0x20 || text->at[i] == 0x7f)
            text->at[i] = ' ';
}

static size_t own_columns(const struct json *item, const char **names, struct arena *arena)
{
    size_t count = 0;
    for (const struct json *member = item ? item->first : NULL; member && count < COLUMNS_MAX;
         member = member->next)
        if (member->type != JSON_OBJECT && member->type != JSON_ARRAY)
            names[count++] = text_string(arena, member->name);
    return count;
}

static size_t column_names(
    column_paths wanted, const struct json *first, const char **names, struct arena *arena)
{
    size_t count = 0;
    if (!wanted)
        return own_columns(first, names, arena);
    while (wanted[count] && count < COLUMNS_MAX) {
        names[count] = wanted[count];
        count++;
    }
    return count;
}

static const char *heading(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

struct table {
    const char *names[COLUMNS_MAX];
    size_t widths[COLUMNS_MAX];
    size_t count;
};

static void each_cell(const struct table *table, const struct json *item, size_t column,
    size_t maximum, struct buffer *out)
{
    buffer_reset(out);
    cell(find(item, table->names[column]), out);
    make_printable(out);
    if (out->length > maximum && maximum > 3) {
        out->length = maximum - 3;
        buffer_add_string(out, "...");
    }
}

static void measure(struct table *table, const struct json *items, struct buffer *text)
{
    for (size_t c = 0; c < table->count; c++) {
        table->widths[c] = strlen(heading(table->names[c]));
        for (const struct json *item = items; item; item = item->next) {
            each_cell(table, item, c, CELL_MAX, text);
            if (text->length > table->widths[c])
                table->widths[c] = text->length;
        }
    }
}

static void print_cell(const char *text, size_t width, bool last)
{
    if (last)
        printf("%s\n", text);
    else
        printf("%-*s  ", (int)width, text);
}

static void print_table(struct table *table, const struct json *items)
{
    scoped_buffer struct buffer text;
    static const char dashes[CELL_MAX + 1] =
        "------------------------------------------------------------";
    buffer_init(&text, 1 << 20);
    measure(table, items, &text);
    for (size_t c = 0; c < table->count; c++)
        print_cell(heading(table->names[c]), table->widths[c], c + 1 == table->count);
    for (size_t c = 0; c < table->count; c++) {
        char line[CELL_MAX + 1];
        size_t width = table->widths[c] < CELL_MAX ? table->widths[c] : CELL_MAX;
        snprintf(line, sizeof line, "%.*s", (int)width, dashes);
        print_cell(line, table->widths[c], c + 1 == table->count);
    }
    for (const struct json *item = items; item; item = item->next)
        for (size_t c = 0; c < table->count; c++) {
            each_cell(table, item, c, CELL_MAX, &text);
            print_cell(text.length ? text.at : "", table->widths[c], c + 1 == table->count);
        }
}

static void print_tsv(const struct table *table, const struct json *items)
{
    scoped_buffer struct buffer text;
    buffer_init(&text, 16 << 20);
    for (const struct json *item = items; item; item = item->next)
        for (size_t c = 0; c < table->count; c++) {
            each_cell(table, item, c, SIZE_MAX, &text);
            printf("%s%c", text.length ? text.at : "", c + 1 == table->count ? '\n' : '\t');
        }
}

static void print_json(const struct json *value)
{
    scoped_buffer struct buffer text;
    struct json_writer writer;
    buffer_init(&text, (size_t)1 << 30);
    json_writer_init(&writer, &text, 2);
    json_write_tree(&writer, value);
    printf("%s\n", text.length ? text.at : "");
}

void output(const struct session *session, const struct json *value, column_paths columns)
{
    scoped_arena struct arena arena;
    struct table table = {.count = 0};
    arena_init(&arena, 0);
    if (session->format == OUTPUT_JSON) {
        print_json(value);
        return;
    }
    struct json single = *value;
    single.next = NULL;
    const struct json *items = value->type == JSON_ARRAY ? value->first : &single;
    if (!items)
        return;
    table.count = column_names(columns, items, table.names, &arena);
    if (table.count && session->format == OUTPUT_TABLE)
        print_table(&table, items);
    else if (table.count)
        print_tsv(&table, items);
}
