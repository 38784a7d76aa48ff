#include "cli/explanation_view.h"

#include "base/arena.h"
#include "cli/wrap.h"

#define NAME_COLUMNS 10

void explanation_line(FILE *to, const char *name, struct text text)
{
    if (!text.length)
        return;
    fprintf(to, "  %-*s", NAME_COLUMNS - 2, name);
    wrap_print(to, NAME_COLUMNS, NAME_COLUMNS, text);
}

/* Sentences are put together here; a long one is cut rather than lost. */
static void print_sentence(FILE *to, size_t indent, struct text sentence)
{
    fprintf(to, "%*s", (int)indent, "");
    wrap_print(to, indent + 2, indent, sentence);
}

static const char *kind_words(struct text kind)
{
    return text_is(kind, "dataAction") ? "data action" : "action";
}

/* ---- what was asked ------------------------------------------------------------------------ */

static void print_caller(FILE *to, const struct json *explanation)
{
    char line[512];
    struct text name = json_get_text(explanation, "callerName");
    int64_t groups = json_get_i64(explanation, "groupCount", 0);
    int length = snprintf(line, sizeof line, "%.*s%sobject id %.*s",
        TEXT_ARGS(text_slice(name, 0, 200)), name.length ? ", " : "",
        TEXT_ARGS(text_slice(json_get_text(explanation, "callerObjectId"), 0, 100)));
    if (groups > 0)
        snprintf(line + length, sizeof line - (size_t)length, ", in %lld group%s",
            (long long)groups, groups == 1 ? "" : "s");
    explanation_line(to, "caller", text_of(line));
}

static void print_question(FILE *to, const struct json *explanation, enum explanation_caller caller)
{
    char line[512];
    struct text operation = json_get_text(explanation, "operation");
    struct text missing = json_get_text(explanation, "missing");
    snprintf(line, sizeof line, "%s %.*s", kind_words(json_get_text(explanation, "kind")),
        TEXT_ARGS(text_slice(operation, 0, 400)));
    explanation_line(to, "asked", text_of(line));
    explanation_line(to, "scope", json_get_text(explanation, "scope"));
    if (caller == EXPLANATION_WITH_CALLER)
        print_caller(to, explanation);
    struct text rule = json_get_text(explanation, "rule");
    if (json_get_bool(explanation, "allowed", false) && !text_is(rule, "permission"))
        explanation_line(to, "by", rule);
    if (!missing.length || text_equal_nocase(missing, operation))
        return;
    snprintf(line, sizeof line, "%s %.*s (a job with an autopool needs it, too)",
        kind_words(json_get_text(explanation, "missingKind")),
        TEXT_ARGS(text_slice(missing, 0, 300)));
    explanation_line(to, "missing", text_of(line));
}

/* ---- the assignments ----------------------------------------------------------------------- */

/* A scope is one word, and mostly longer than a line: it is left to the terminal to break it. */
static void print_place(FILE *to, const struct json *item, struct text asked)
{
    struct text scope = json_get_text(item, "scope");
    fputs("    at ", to);
    print_clean(to, text_equal_nocase(scope, asked) ? TEXT("that very scope") : scope);
    if (json_get_bool(item, "throughGroup", false)) {
        fputs(", through the group ", to);
        print_clean(to, json_get_text(item, "principalId"));
    }
    fputc('\n', to);
}

static void print_assignment(FILE *to, const struct json *item, struct text asked)
{
    scoped_buffer struct buffer line = {0};
    struct text name = json_get_text(item, "roleName");
    buffer_init(&line, 64 * 1024);
    buffer_add_string(&line, "- ");
    buffer_add_text(&line, name.length ? name : json_get_text(item, "roleDefinitionId"));
    buffer_add_char(&line, ' ');
    buffer_add_text(&line, json_get_text(item, "sentence"));
    print_sentence(to, 2, buffer_text(&line));
    print_place(to, item, asked);
    struct text condition = json_get_text(item, "condition");
    if (condition.length) {
        fputs("    only if ", to);
        wrap_print(to, 6, 12, condition);
    }
}

static void print_assignments(FILE *to, const struct json *explanation)
{
    const struct json *items = json_get(explanation, "assignments");
    int64_t total = json_get_i64(explanation, "assignmentCount", 0);
    size_t count = items ? items->count : 0;
    if (total == 0 && count == 0) {
        fputs("\nNo role is assigned to the caller or its groups.\n", to);
        return;
    }
    fputs("\nRole assignments, nearest first:\n", to);
    for (const struct json *item = items ? items->first : NULL; item; item = item->next)
        print_assignment(to, item, json_get_text(explanation, "scope"));
    if (total > (int64_t)count)
        fprintf(to, "  and %lld more that are further off (--all lists them)\n",
            (long long)(total - (int64_t)count));
}

/* A deny assignment is told before all roles: none of them helps against it. */
static void print_denials(FILE *to, const struct json *explanation)
{
    const struct json *items = json_get(explanation, "denyAssignments");
    if (!items || !items->first)
        return;
    fputs("\nDeny assignments:\n", to);
    for (const struct json *item = items->first; item; item = item->next) {
        scoped_buffer struct buffer line = {0};
        buffer_init(&line, 64 * 1024);
        buffer_add_string(&line, "- ");
        buffer_add_text(&line, json_get_text(item, "denyAssignmentName"));
        buffer_add_char(&line, ' ');
        buffer_add_text(&line, json_get_text(item, "sentence"));
        print_sentence(to, 2, buffer_text(&line));
        print_place(to, item, json_get_text(explanation, "scope"));
    }
}

/* ---- what would do ------------------------------------------------------------------------- */

static void print_alternatives(FILE *to, const struct json *explanation)
{
    const struct json *items = json_get(explanation, "alternatives");
    if (!items || !items->first)
        return;
    fputs("\nWhat would allow it, too:\n", to);
    for (const struct json *item = items->first; item; item = item->next) {
        char line[512];
        snprintf(line, sizeof line, "- %.*s, which %.*s",
            TEXT_ARGS(text_slice(json_get_text(item, "operation"), 0, 200)),
            TEXT_ARGS(text_slice(json_get_text(item, "sentence"), 0, 200)));
        print_sentence(to, 2, text_of(line));
    }
}

/* The command stays on one line: it is there to be copied. */
static void print_suggestion(FILE *to, const struct json *explanation)
{
    const struct json *suggestion = json_get(explanation, "suggestion");
    struct text command = json_get_text(suggestion, "command");
    const struct json *denials = json_get(explanation, "denyAssignments");
    struct text none = json_get_text(explanation, "noSuggestion");
    if (!command.length && none.length) {
        fputc('\n', to);
        print_clean(to, none);
        fputc('\n', to);
        return;
    }
    if (!command.length) {
        fputs(denials && denials->first ? "\nNo role helps against a deny assignment.\n"
                                        : "\nNo built-in role allows it.\n",
            to);
        return;
    }
    fputs("\nThe smallest built-in role that allows it, at the narrowest scope:\n  ", to);
    print_clean(to, command);
    fputc('\n', to);
}

void explanation_print(FILE *to, const struct json *explanation, enum explanation_caller caller)
{
    print_question(to, explanation, caller);
    print_denials(to, explanation);
    print_assignments(to, explanation);
    if (json_get_bool(explanation, "allowed", false))
        return;
    print_alternatives(to, explanation);
    print_suggestion(to, explanation);
}
