#include "cli/what_if_view.h"

#include "cli/output.h"
#include "cli/wrap.h"

#define BATCH "Microsoft.Batch/batchAccounts/"

/* ---- rows ---------------------------------------------------------------------------------- */

static const char *word_of(const struct difference *difference)
{
    return difference->gained ? "gained" : "lost";
}

static void write_groups(struct json_writer *writer, const struct access_principal *who)
{
    json_name(writer, "groups");
    json_begin_array(writer);
    for (size_t i = 0; i < who->group_count; i++)
        json_write_string(writer, who->groups[i]);
    json_end_array(writer);
}

static void write_row(struct json_writer *writer, const struct what_if_block *block,
    const struct difference *difference)
{
    json_begin_object(writer);
    json_member(writer, "change", word_of(difference));
    json_member(writer, "principalId", block->who->object_id);
    json_member(writer, "principalType", block->who->type);
    json_member(writer, "principalName", block->who->name);
    write_groups(writer, block->who);
    json_member(writer, "operation", difference->operation->name);
    json_member(
        writer, "kind", difference->operation->kind == RBAC_DATA_ACTION ? "dataAction" : "action");
    json_member(writer, "scope", difference->scope);
    json_end_object(writer);
}

static void print_rows(struct session *session, const struct what_if *result)
{
    static const char *const columns[] = {
        "change", "principalName", "principalId", "operation", "kind", "scope", NULL};
    scoped_buffer struct buffer text = {0};
    struct azb_error ignored = AZB_ERROR_INIT;
    struct json_writer writer;
    buffer_init(&text, 256 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_array(&writer);
    for (size_t i = 0; i < result->count; i++)
        for (size_t j = 0; j < result->blocks[i].count; j++)
            write_row(&writer, &result->blocks[i], &result->blocks[i].first[j]);
    json_end_array(&writer);
    const struct json *rows = json_parse(buffer_text(&text), &session->arena, &ignored);
    if (rows)
        output(session, rows, columns);
    azb_error_free(&ignored);
}

/* ---- for people ---------------------------------------------------------------------------- */

/* Members of one group mostly change alike: they are told together. */
static bool alike(const struct what_if_block *a, const struct what_if_block *b)
{
    if (a->count != b->count || !string_equal_nocase(a->first->scope, b->first->scope))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->first[i].operation != b->first[i].operation ||
            a->first[i].gained != b->first[i].gained)
            return false;
    return true;
}

static bool told_before(const struct what_if *result, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (alike(&result->blocks[i], &result->blocks[at]))
            return true;
    return false;
}

static void print_who(struct session *session, const struct what_if *result, size_t at)
{
    scoped_buffer struct buffer line = {0};
    size_t others = 0;
    buffer_init(&line, 1 << 20);
    for (size_t i = at; i < result->count; i++) {
        if (!alike(&result->blocks[i], &result->blocks[at]))
            continue;
        const char *name = access_principal_text(session, result->blocks[i].who);
        buffer_format(&line, "%s%s", others++ ? ", " : "", name ? name : "");
    }
    if (line.length && line.at[0] == 't')
        line.at[0] = 'T';
    wrap_print(stdout, 2, 0, buffer_text(&line));
}

enum direction { LOST, GAINED };

/* "+ data actions below Microsoft.Batch/batchAccounts/: jobs/read, jobs/write". */
static void print_list(const struct what_if_block *block, const char *prefix, enum rbac_kind kind,
    enum direction direction)
{
    scoped_buffer struct buffer line = {0};
    size_t count = 0;
    buffer_init(&line, 1 << 20);
    buffer_format(&line, "%c %s%s%s:", direction == GAINED ? '+' : '-',
        kind == RBAC_DATA_ACTION ? "data actions" : "actions", *prefix ? " below " : "", prefix);
    for (size_t i = 0; i < block->count; i++) {
        const struct rbac_operation *operation = block->first[i].operation;
        bool below = text_starts(text_of(operation->name), BATCH);
        if (operation->kind != kind || block->first[i].gained != (direction == GAINED) ||
            below != (*prefix != 0))
            continue;
        buffer_format(&line, "%s %s", count++ ? "," : "", operation->name + strlen(prefix));
    }
    if (!count)
        return;
    fputs("  ", stdout);
    wrap_print(stdout, 4, 2, buffer_text(&line));
}

static void print_block(const struct what_if_block *block)
{
    static const struct {
        const char *prefix;
        enum rbac_kind kind;
    } lists[] = {
        {BATCH, RBAC_DATA_ACTION}, {BATCH, RBAC_ACTION}, {"", RBAC_DATA_ACTION}, {"", RBAC_ACTION}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        print_list(block, lists[i].prefix, lists[i].kind, GAINED);
        print_list(block, lists[i].prefix, lists[i].kind, LOST);
    }
}

static void print_blocks(struct session *session, const struct what_if *result)
{
    for (size_t i = 0; i < result->count; i++) {
        if (told_before(result, i))
            continue;
        print_who(session, result, i);
        fputs("  at ", stdout);
        print_clean(stdout, text_of(result->blocks[i].first->scope));
        fputc('\n', stdout);
        print_block(&result->blocks[i]);
    }
}

void what_if_print(struct session *session, const struct what_if *result)
{
    if (session->format == OUTPUT_TABLE)
        print_blocks(session, result);
    else
        print_rows(session, result);
}
