/* azb role lint: what is wrong, or probably not meant, in a role file. Offline. */
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/wrap.h"
#include "rbac/lint.h"
#include "rbac/scope.h"

static const struct option_row options[] = {
    {"FILE", OPTION_POSITIONAL, true,
        "The role definition, or a list of them, in any form; - for standard input.", 0},
    {"scope", OPTION_TEXT, false, "Where it shall be assigned: the role must allow that.", 0},
};

struct linting {
    const char *file; /* as shown */
    const struct lint_finding *findings;
    size_t count;
};

static size_t count_of(const struct linting *linting, enum lint_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < linting->count; i++)
        count += linting->findings[i].level == level;
    return count;
}

/* ---- JSON and tsv -------------------------------------------------------------------------- */

/* Null when it is of no one place. */
static void write_number(struct json_writer *writer, const char *name, size_t number)
{
    json_name(writer, name);
    if (number > 0)
        json_write_i64(writer, (int64_t)number);
    else
        json_write_null(writer);
}

static void write_finding(
    struct json_writer *writer, const char *file, const struct lint_finding *finding)
{
    json_begin_object(writer);
    json_member(writer, "file", file);
    json_member(writer, "level", lint_level_text(finding->level));
    json_member(writer, "code", finding->code);
    json_member(writer, "where", finding->where);
    write_number(writer, "line", finding->line);
    write_number(writer, "column", finding->column);
    json_member(writer, "value", finding->value);
    json_member(writer, "message", finding->message);
    json_name(writer, "fix");
    json_write_string(writer, finding->fix);
    json_end_object(writer);
}

static bool print_findings(
    struct session *session, const struct linting *linting, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_array(&writer);
    for (size_t i = 0; i < linting->count; i++)
        write_finding(&writer, linting->file, &linting->findings[i]);
    json_end_array(&writer);
    const struct json *tree = json_written(&text, &session->arena, err);
    if (tree)
        output(session, tree, columns_of(COLUMNS_LINT));
    return tree != NULL;
}

/* ---- for people ---------------------------------------------------------------------------- */

/* "role.json:3:5: error: Actions[0] "...": sentence [code]", and what to write instead below it. */
static bool print_line(const char *file, const struct lint_finding *finding, struct azb_error *err)
{
    scoped_buffer struct buffer line = {0};
    buffer_init(&line, 1 << 20);
    buffer_add_string(&line, file);
    if (finding->line > 0)
        buffer_format(&line, ":%zu:%zu", finding->line, finding->column);
    buffer_format(&line, ": %s: ", lint_level_text(finding->level));
    if (*finding->where)
        buffer_add_string(&line, finding->where);
    if (*finding->value)
        buffer_format(&line, " \"%.200s\"", finding->value);
    buffer_format(&line, "%s%s [%s]", *finding->where ? ": " : "", finding->message, finding->code);
    if (line.failed)
        return fail_memory(err);
    wrap_print(stdout, 4, 0, buffer_text(&line));
    if (!finding->fix)
        return true;
    fputs("    -> ", stdout);
    wrap_print(stdout, 7, 7, text_of(finding->fix));
    return true;
}

static void print_sum(const struct linting *linting)
{
    static const char *const forms[][2] = {
        {"error", "errors"}, {"warning", "warnings"}, {"hint", "hints"}};
    bool first = true;
    printf("%s: ", linting->file);
    for (enum lint_level level = LINT_ERROR; level <= LINT_HINT; level++) {
        size_t count = count_of(linting, level);
        if (count == 0)
            continue;
        printf("%s%zu %s", first ? "" : ", ", count, forms[level][count > 1]);
        first = false;
    }
    puts(first ? "nothing to find" : "");
}

static bool print_lines(const struct linting *linting, struct azb_error *err)
{
    for (size_t i = 0; i < linting->count; i++)
        if (!print_line(linting->file, &linting->findings[i], err))
            return false;
    print_sum(linting);
    return true;
}

/* -------------------------------------------------------------------------------------------- */

static bool check_scope(struct session *session, const char *scope, struct azb_error *err)
{
    struct scope parsed;
    return !scope || scope_parse(text_of(scope), &session->arena, &parsed, err);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text text;
    const char *file = argument(arguments, "FILE"), *scope = argument(arguments, "scope");
    struct linting linting = {.file = strcmp(file, "-") == 0 ? "standard input" : file};
    (void)command;
    if (!check_scope(session, scope, &err) || !read_input(&session->arena, file, &text, &err))
        return session_fail(session, &err);
    linting.findings = role_lint_text(text, scope, &session->arena, &linting.count, &err);
    bool printed = linting.findings &&
                   (session->format == OUTPUT_TABLE ? print_lines(&linting, &err)
                                                    : print_findings(session, &linting, &err));
    if (!printed)
        return session_fail(session, &err);
    return count_of(&linting, LINT_ERROR) ? EXIT_FAILED : EXIT_OK;
}

const struct command command_role_lint = {"role lint",
    "Finds what is wrong, or hardly meant, in a role file.",
    "Operations in the wrong list, misspelt ones with the nearest that there is, wildcards that "
    "grant nothing or the account keys, notActions that take nothing away, scopes where the role "
    "cannot be assigned, and more; also in files that are not quite a role definition. Nothing is "
    "asked of a service. Ends with 1 when there are errors; warnings and hints end with 0.\n"
    "  azb role lint role.json\n"
    "  azb role lint - --scope /subscriptions/S/resourceGroups/rg -o json < role.json",
    options, COUNT(options), run};
