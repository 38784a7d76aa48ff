#include "cli/output.h"

#include <stdio.h>

#include "cli/wrap.h"

/* Ids of Batch have at most 64 characters; they are never cut. */
#define CELL_MAX 64
#define LAST_CELL_MAX 160
#define LAST_CELL_MIN 20 /* a last column that has less room left is no column */
#define COLUMNS_MAX 16

static const struct json *find(const struct json *item, const char *path)
{
    const struct json *flat = json_get(item, path); /* "odata.type" has a dot of its own */
    return flat ? flat : json_path(item, path);
}

/* What a terminal must not obey, and what would break a line of tsv, is shown as an escape. C1
 * controls are two bytes in UTF-8: C2 80 to C2 9F. */
static void add_escaped(struct text text, struct buffer *out)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        unsigned char next = i + 1 < text.length ? (unsigned char)text.at[i + 1] : 0;
        if (c == '\n')
            buffer_add_string(out, "\\n");
        else if (c == '\t')
            buffer_add_string(out, "\\t");
        else if (c < 0x20 || c == 0x7f)
            buffer_format(out, "\\x%02x", c);
        else if (c == 0xC2 && next >= 0x80 && next < 0xA0)
            buffer_format(out, "\\x%02x", (unsigned char)text.at[++i]);
        else
            buffer_add_char(out, text.at[i]);
    }
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
        add_escaped(value->text, out);
}

/* At most `maximum` characters; what is cut ends with three dots. */
static void cut(struct buffer *text, size_t maximum)
{
    size_t bytes = 0;
    if (text_columns(buffer_text(text)) <= maximum)
        return;
    for (size_t columns = 0; columns < maximum - 3; columns++) {
        size_t length = text_utf8_length(text_slice(buffer_text(text), bytes, text->length));
        bytes += length ? length : 1;
    }
    text->length = bytes;
    buffer_add_string(text, "...");
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
    size_t last_maximum; /* characters of a cell of the last column */
};

static void each_cell(
    const struct table *table, const struct json *item, size_t column, struct buffer *out)
{
    buffer_reset(out);
    cell(find(item, table->names[column]), out);
}

/* The last column ends the line and pushes nothing aside: it may be longer. */
static void table_cell(
    const struct table *table, const struct json *item, size_t column, struct buffer *out)
{
    each_cell(table, item, column, out);
    cut(out, column + 1 == table->count ? table->last_maximum : CELL_MAX);
}

static void measure(struct table *table, const struct json *items, struct buffer *text)
{
    for (size_t c = 0; c < table->count; c++) {
        table->widths[c] = text_columns(text_of(heading(table->names[c])));
        for (const struct json *item = items; item; item = item->next) {
            table_cell(table, item, c, text);
            size_t width = text_columns(buffer_text(text));
            if (width > table->widths[c])
                table->widths[c] = width;
        }
    }
}

static void print_cell(const struct table *table, size_t column, struct text text)
{
    fwrite(text.at, 1, text.length, stdout);
    if (column + 1 == table->count)
        putchar('\n');
    else
        printf("%*s", (int)(table->widths[column] + 2 - text_columns(text)), "");
}

static void print_heading(const struct table *table)
{
    static const char dashes[] =
        "--------------------------------------------------------------------------------"
        "--------------------------------------------------------------------------------";
    for (size_t c = 0; c < table->count; c++)
        print_cell(table, c, text_of(heading(table->names[c])));
    for (size_t c = 0; c < table->count; c++)
        print_cell(table, c, text_slice(TEXT(dashes), 0, table->widths[c]));
}

static void print_tsv(const struct table *table, const struct json *items)
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 16 << 20);
    for (const struct json *item = items; item; item = item->next)
        for (size_t c = 0; c < table->count; c++) {
            each_cell(table, item, c, &text);
            printf("%s%c", text.length ? text.at : "", c + 1 == table->count ? '\n' : '\t');
        }
}

static void print_json(const struct json *value)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, (size_t)1 << 30);
    json_writer_init(&writer, &text, 2);
    json_write_tree(&writer, value);
    printf("%s\n", text.length ? text.at : "");
}

/* One object: a line a member, and nothing is cut (secrets and keys come this way). */
static void print_members(const struct table *table, const struct json *item)
{
    scoped_buffer struct buffer text = {0};
    size_t width = 0;
    buffer_init(&text, 16 << 20);
    for (size_t c = 0; c < table->count; c++) {
        size_t own = text_columns(text_of(heading(table->names[c])));
        width = own > width ? own : width;
    }
    for (size_t c = 0; c < table->count; c++) {
        struct text name = text_of(heading(table->names[c]));
        each_cell(table, item, c, &text);
        printf("%.*s%*s%s\n", TEXT_ARGS(name), (int)(width + 2 - text_columns(name)), "",
            text.length ? text.at : "");
    }
}

/* A sentence or a command may be cut; an id or a path would be of no use then. */
static bool may_cut_last(
    const struct table *table, const struct json *items, size_t room, struct buffer *text)
{
    for (const struct json *item = items; item; item = item->next) {
        each_cell(table, item, table->count - 1, text);
        if (text_columns(buffer_text(text)) > room && !memchr(text->at, ' ', text->length))
            return false;
    }
    return true;
}

/* Does the table fit the terminal, perhaps with a shorter last column? */
static bool fit(struct table *table, const struct json *items, struct buffer *text)
{
    size_t wide = terminal_columns(stdout), before = 0;
    size_t last = table->count - 1;
    for (size_t c = 0; c < last; c++)
        before += table->widths[c] + 2;
    if (!wide || before + table->widths[last] <= wide)
        return true;
    if (before + LAST_CELL_MIN > wide || !may_cut_last(table, items, wide - before, text))
        return false;
    table->last_maximum = wide - before;
    table->widths[last] = wide - before;
    return true;
}

/* What is too wide for a table is a line a member, with a blank line between two items. */
static void print_table(struct table *table, const struct json *items)
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 16 << 20);
    table->last_maximum = LAST_CELL_MAX;
    measure(table, items, &text);
    if (!fit(table, items, &text)) {
        for (const struct json *item = items; item; item = item->next) {
            print_members(table, item);
            if (item->next)
                putchar('\n');
        }
        return;
    }
    print_heading(table);
    for (const struct json *item = items; item; item = item->next)
        for (size_t c = 0; c < table->count; c++) {
            table_cell(table, item, c, &text);
            print_cell(table, c, buffer_text(&text));
        }
}

void output(const struct session *session, const struct json *value, column_paths columns)
{
    scoped_arena struct arena arena = {0};
    struct table table = {.count = 0};
    arena_init(&arena, 0);
    if (session->format == OUTPUT_JSON) {
        print_json(value);
        return;
    }
    struct json single = *value;
    single.next = NULL;
    bool list = value->type == JSON_ARRAY;
    const struct json *items = list ? value->first : &single;
    if (!items)
        return;
    table.count = column_names(columns, items, table.names, &arena);
    if (!table.count)
        return;
    if (session->format == OUTPUT_TSV)
        print_tsv(&table, items);
    else if (list)
        print_table(&table, items);
    else
        print_members(&table, items);
}
