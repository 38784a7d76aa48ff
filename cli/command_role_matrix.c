/* azb role matrix: which role grants which operation. */
#include <stdio.h>

#include "base/error.h"
#include "cli/access.h"
#include "cli/commands.h"
#include "cli/management.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "cli/wrap.h"
#include "rbac/matrix.h"
#include "rbac/pattern.h"

#define BATCH "Microsoft.Batch/batchAccounts/"

static const struct option_row options[] = {
    {"role", OPTION_LIST, false,
        "Only these roles, by name or GUID (all custom roles, and the built-in ones that matter to "
        "Batch).",
        0},
    {"action", OPTION_LIST, false,
        "Only operations that one of these patterns covers, such as '*/pools/*'.", 0},
    {"scope", OPTION_TEXT, false, "Whose custom roles: a resource id (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false,
        "A resource group of the subscription, in place of --scope.", 'g'},
    {"built-in", OPTION_FLAG, false, "Only the built-in roles that azb knows; asks no service.", 0},
};

struct table {
    struct session *session;
    const struct arguments *arguments;
    struct rbac_role *roles;
    size_t role_count;
    struct pattern *patterns;
    size_t pattern_count;
    struct role_matrix matrix;
};

/* ---- which roles --------------------------------------------------------------------------- */

static bool is_named(const struct option_value *names, const struct rbac_role *role)
{
    for (size_t i = 0; i < names->count; i++) {
        struct text name = text_of(names->values[i]);
        struct text guid = role_guid_of(name);
        if (text_equal_nocase(text_of(role->name), name) ||
            (guid.at && text_equal_nocase(text_of(role->id), guid)))
            return true;
    }
    return false;
}

/* Azure has hundreds of built-in roles; those of this room's table matter to Batch. */
static bool is_wanted(const struct table *table, const struct rbac_role *role)
{
    const struct option_value *names = argument_list(table->arguments, "role");
    if (names)
        return is_named(names, role);
    return role->type == ROLE_CUSTOM || rbac_builtin_role(text_of(role->id));
}

static void take(struct table *table, const struct rbac_role *role)
{
    if (is_wanted(table, role))
        table->roles[table->role_count++] = *role;
}

static bool room_for(struct table *table, size_t count, struct azb_error *err)
{
    table->roles = arena_array(&table->session->arena, count + 1, sizeof *table->roles);
    return table->roles ? true : fail_memory(err);
}

static bool take_built_in(struct table *table, struct azb_error *err)
{
    size_t count;
    const struct rbac_role *roles = rbac_builtin_roles(&count);
    if (!room_for(table, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        take(table, &roles[i]);
    return true;
}

static bool take_offered(struct table *table, struct azb_error *err)
{
    struct scope scope;
    const struct json *items;
    if (!access_scope(table->session, table->arguments, &scope, err) ||
        !access_definitions(table->session, scope.text, &items, err) ||
        !room_for(table, items->count, err))
        return false;
    for (const struct json *item = items->first; item; item = item->next) {
        const struct rbac_role *role = role_from_json(item, &table->session->arena, NULL, err);
        if (!role)
            return fail_while(err, "a role definition of the answer");
        take(table, role);
    }
    return true;
}

static bool no_such_role(const struct table *table, const char *name, struct azb_error *err)
{
    struct suggestion near = {.word = name};
    size_t count;
    const struct rbac_role *roles = rbac_builtin_roles(&count);
    for (size_t i = 0; i < count; i++)
        suggestion_offer(&near, roles[i].name);
    bool offline = argument_flag(table->arguments, "built-in");
    if (near.best)
        return fail(err, AZB_ERROR_NOT_FOUND, "there is no role '%s'%s; did you mean '%s'?", name,
            offline ? " among the built-in ones that azb knows" : "", near.best);
    return fail(err, AZB_ERROR_NOT_FOUND, "there is no role '%s'%s", name,
        offline ? " among the built-in ones that azb knows"
                : " (azb role definition list shows them)");
}

/* A role that was named and is not there must not be missed in a table that looks complete. */
static bool check_names(const struct table *table, struct azb_error *err)
{
    const struct option_value *names = argument_list(table->arguments, "role");
    for (size_t i = 0; names && i < names->count; i++) {
        struct option_value one = {.values = {names->values[i]}, .count = 1};
        bool found = false;
        for (size_t j = 0; !found && j < table->role_count; j++)
            found = is_named(&one, &table->roles[j]);
        if (!found)
            return no_such_role(table, names->values[i], err);
    }
    return true;
}

/* ---- which operations ---------------------------------------------------------------------- */

static bool read_patterns(struct table *table, struct azb_error *err)
{
    const struct option_value *given = argument_list(table->arguments, "action");
    struct arena *arena = &table->session->arena;
    size_t count = given ? given->count : 0;
    table->patterns = arena_array(arena, count + 1, sizeof *table->patterns);
    if (!table->patterns)
        return fail_memory(err);
    for (; table->pattern_count < count; table->pattern_count++) {
        const char *source = given->values[table->pattern_count];
        if (!pattern_compile(source, arena, &table->patterns[table->pattern_count]))
            return fail_memory(err);
    }
    return true;
}

/* Patterns may leave out what all of Batch's have in front. */
static bool is_shown(const struct table *table, const struct rbac_operation *operation)
{
    char lower[ROLE_STRING_MAX];
    size_t length = 0;
    for (; operation->name[length] && length < sizeof lower; length++)
        lower[length] = operation->name[length] >= 'A' && operation->name[length] <= 'Z'
                            ? (char)(operation->name[length] + ('a' - 'A'))
                            : operation->name[length];
    struct text whole = {lower, length};
    struct text rest = text_starts(text_of(operation->name), BATCH)
                           ? text_slice(whole, strlen(BATCH), length)
                           : whole;
    bool shown = table->pattern_count == 0;
    for (size_t i = 0; !shown && i < table->pattern_count; i++)
        shown = pattern_matches(&table->patterns[i], whole) ||
                pattern_matches(&table->patterns[i], rest);
    return shown;
}

/* ---- printing ------------------------------------------------------------------------------ */

static const char *list_word(const struct rbac_operation *operation)
{
    return operation->kind == RBAC_DATA_ACTION ? "dataAction" : "action";
}

static void print_columns(const struct table *table)
{
    puts("Roles:");
    for (size_t i = 0; i < table->role_count; i++) {
        printf("  %2zu  ", i + 1);
        wrap_print(stdout, 6, 6, text_of(table->roles[i].name));
    }
    puts("\n+ granted, * allowed by the rule of the Batch data plane only, . neither\n");
}

/* The numbers of the columns: tens above ones, as far as there are tens. */
static void print_numbers(const struct table *table, const char *gap)
{
    for (size_t tens = table->role_count > 9 ? 10 : 1; tens > 0; tens /= 10) {
        for (size_t i = 1; i <= table->role_count; i++) {
            bool blank = tens == 10 && i < 10;
            printf("%s%c", i == 1 ? "" : gap, blank ? ' ' : (char)('0' + i / tens % 10));
        }
        putchar('\n');
    }
}

/* Names stand below what they begin with: the provider, and for most of Batch the account, too. */
static size_t prefix_of(const char *name)
{
    return text_starts(text_of(name), BATCH) ? strlen(BATCH) : strcspn(name, "/") + 1;
}

/* Blanks between the columns, as long as the lines fit. */
static const char *gap_of(const struct table *table)
{
    size_t count, longest = 0;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        size_t length = rows[i].length - prefix_of(rows[i].name);
        if (is_shown(table, &rows[i]) && length > longest)
            longest = length;
    }
    return 2 * table->role_count + sizeof " data  " + longest > WRAP_COLUMNS_MAX ? "" : " ";
}

static void print_table(const struct table *table)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    const char *gap = gap_of(table), *heading = "";
    print_columns(table);
    print_numbers(table, gap);
    for (size_t i = 0; i < count; i++) {
        size_t prefix = prefix_of(rows[i].name);
        if (!is_shown(table, &rows[i]))
            continue;
        if (strlen(heading) < prefix || prefix_of(heading) != prefix ||
            strncmp(heading, rows[i].name, prefix) != 0)
            printf("below %.*s:\n", (int)prefix, rows[i].name);
        heading = rows[i].name;
        for (size_t j = 0; j < table->role_count; j++)
            printf("%c%s", matrix_mark_sign(role_matrix_at(&table->matrix, i, j)), gap);
        printf(
            " %s  %s\n", rows[i].kind == RBAC_DATA_ACTION ? "data" : "    ", rows[i].name + prefix);
    }
}

static void print_tsv(const struct table *table)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        if (!is_shown(table, &rows[i]))
            continue;
        printf("%s\t%s", rows[i].name, list_word(&rows[i]));
        for (size_t j = 0; j < table->role_count; j++)
            printf("\t%c", matrix_mark_sign(role_matrix_at(&table->matrix, i, j)));
        putchar('\n');
    }
}

static void write_row(const struct table *table, size_t number, struct json_writer *writer)
{
    const struct rbac_operation *row = &rbac_operations(NULL)[number];
    json_begin_object(writer);
    json_member(writer, "operation", row->name);
    json_member(writer, "kind", list_word(row));
    json_member(writer, "description", row->description);
    json_name(writer, "roles");
    json_begin_object(writer);
    for (size_t j = 0; j < table->role_count; j++)
        json_member(writer, table->roles[j].name,
            matrix_mark_text(role_matrix_at(&table->matrix, number, j)));
    json_end_object(writer);
    json_end_object(writer);
}

static void print_json(const struct table *table)
{
    size_t count;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 << 20);
    json_writer_init(&writer, &text, 2);
    rbac_operations(&count);
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        if (is_shown(table, &rbac_operations(NULL)[i]))
            write_row(table, i, &writer);
    json_end_array(&writer);
    puts(text.at);
}

static bool fill(struct table *table, struct azb_error *err)
{
    bool offline = argument_flag(table->arguments, "built-in");
    return (offline ? take_built_in(table, err) : take_offered(table, err)) &&
           check_names(table, err) && read_patterns(table, err) &&
           role_matrix_fill(
               table->roles, table->role_count, &table->session->arena, &table->matrix, err);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    static void (*const printers[])(const struct table *) = {
        [OUTPUT_JSON] = print_json, [OUTPUT_TABLE] = print_table, [OUTPUT_TSV] = print_tsv};
    struct azb_error err = AZB_ERROR_INIT;
    struct table table = {.session = session, .arguments = arguments};
    (void)command;
    if (!fill(&table, &err))
        return session_fail(session, &err);
    printers[session->format](&table);
    return EXIT_OK;
}

const struct command command_role_matrix = {"role matrix",
    "Shows which role grants which operation.",
    "A table of roles by operations. An operation with * is not granted by the role, but the Batch "
    "data plane allows it: batchAccounts/read covers every read there, and listKeys/action all of "
    "it.\n"
    "  azb role matrix --built-in\n"
    "  azb role matrix --role Reader 'Azure Batch Job Submitter' --action 'jobs/*'",
    options, COUNT(options), run};
