/* azb role can-i: may somebody do something somewhere, and why not. */
#include <stdio.h>

#include "base/error.h"
#include "base/time.h"
#include "cli/access.h"
#include "cli/access_action.h"
#include "cli/access_others.h"
#include "cli/access_token.h"
#include "cli/commands.h"
#include "cli/explanation_view.h"
#include "cli/management.h"
#include "cli/output.h"
#include "cli/wrap.h"

static const struct option_row options[] = {
    {"ACTION", OPTION_POSITIONAL, true,
        "jobs/write, a full name such as Microsoft.Batch/batchAccounts/jobs/write, or the words of "
        "a command: job create.",
        0},
    {"[WORD]", OPTION_POSITIONAL, false, "More words of a command.", 0},
    {"[WORD...]", OPTION_POSITIONAL, false, "More words of a command.", 0},
    {"as", OPTION_TEXT, false,
        "Whom it is about: client id, object id, user principal name or display name (azb itself). "
        "Who asks is chosen by AZB_LOGIN or the current login.",
        0},
    {"assignee", OPTION_TEXT, false, "The same, as the other role commands call it.", 0},
    {"scope", OPTION_TEXT, false, "Where: a resource id (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false,
        "A resource group of the subscription, in place of --scope.", 'g'},
    {"autopool", OPTION_FLAG, false, "The job brings a pool of its own (autoPoolSpecification).",
        0},
    {"all", OPTION_FLAG, false,
        "Every assignment that can be seen, also those of others and far-off ones.", 0},
    {"token", OPTION_TEXT, false,
        "Whose access token: a file, or - for standard input. What is wrong with it is told "
        "first.",
        0},
    {"quiet", OPTION_FLAG, false, "No output; the exit code is the answer.", 'q'},
};

struct can_i {
    struct session *session;
    const struct arguments *arguments;
    struct access_action action;
    struct scope scope;
    struct access_principal who;
    enum access_asker asker;
    struct token_problem problem;
    struct access access;
    const struct json *explanation;
    bool allowed;
};

/* ---- what, where --------------------------------------------------------------------------- */

static bool read_action(struct can_i *ask, struct azb_error *err)
{
    static const char *const places[] = {"ACTION", "[WORD]", "[WORD...]"};
    scoped_buffer struct buffer words = {0};
    buffer_init(&words, ROLE_STRING_MAX);
    for (size_t i = 0; i < COUNT(places) && argument(ask->arguments, places[i]); i++)
        buffer_format(&words, "%s%s", i ? " " : "", argument(ask->arguments, places[i]));
    if (words.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "ACTION is longer than %d bytes", ROLE_STRING_MAX);
    if (!access_action_read(words.at, &ask->session->arena, &ask->action, err))
        return false;
    if (argument_flag(ask->arguments, "autopool") && ask->action.rules != RBAC_RULES_BATCH)
        return fail(err, AZB_ERROR_ARGUMENT,
            "--autopool goes with what the Batch data plane asks for, such as jobs/write; '%s' is "
            "asked by Resource Manager",
            ask->action.name);
    return true;
}

static enum endpoint endpoint_asked(const struct can_i *ask)
{
    return ask->action.rules == RBAC_RULES_BATCH ? ENDPOINT_BATCH : ENDPOINT_ARM;
}

/* ---- who ----------------------------------------------------------------------------------- */

/* The tenant of the subscription, when the caller may see it. */
static const char *tenant_of(struct can_i *ask)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *subscription = NULL;
    if (ask->scope.kind < SCOPE_SUBSCRIPTION)
        return NULL;
    char *path = arena_format(&ask->session->arena, "%.*s?" SUBSCRIPTIONS_VERSION,
        TEXT_ARGS(text_slice(text_of(ask->scope.text), 0, ask->scope.levels[1].length)));
    if (path)
        manage(ask->session, ENDPOINT_ARM, "GET", path, TEXT_NONE, &subscription, &ignored);
    azb_error_free(&ignored);
    return json_get_string(subscription, "tenantId", &ask->session->arena);
}

static bool look_at_token(struct can_i *ask, const struct json *claims, struct azb_error *err)
{
    return access_token_check(ask->session, claims, endpoint_asked(ask), tenant_of(ask),
               clock_seconds(NULL), &ask->problem, err) &&
           access_principal_of_claims(ask->session, claims, &ask->who, err);
}

static bool find_who(struct can_i *ask, struct azb_error *err)
{
    static const char *const names[] = {"as", "assignee", "token"};
    const char *given = NULL, *by = NULL;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = argument(ask->arguments, names[i]);
        if (value && given)
            return fail(
                err, AZB_ERROR_ARGUMENT, "--%s and --%s both say who: give one", by, names[i]);
        given = value ? value : given;
        by = value ? names[i] : by;
    }
    ask->asker = given ? ACCESS_FOR_ANOTHER : ACCESS_FOR_ONESELF;
    if (given && strcmp(by, "token") != 0)
        return access_principal_find(ask->session, given, &ask->who, err);
    const struct json *claims = given ? access_token_read(ask->session, given, err)
                                      : access_token_own(ask->session, endpoint_asked(ask), err);
    return claims && look_at_token(ask, claims, err);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static const struct json *tree_of(
    struct session *session, const struct rbac_explanation *explanation, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 4 << 20);
    json_writer_init(&writer, &text, 0);
    rbac_explain_json(explanation, &writer);
    return json_written(&text, &session->arena, err);
}

static bool decide(struct can_i *ask, struct azb_error *err)
{
    const struct rbac_caller caller = access_caller(&ask->who);
    const struct rbac_request request = {.caller = &caller,
        .scope = &ask->scope,
        .operation = ask->action.operation,
        .action = ask->action.name,
        .kind = ask->action.kind,
        .is_read = ask->action.is_read,
        .needs_autopool = argument_flag(ask->arguments, "autopool"),
        .now = clock_ticks(NULL)};
    struct rbac_index *index = access_index(&ask->access, err);
    if (!index)
        return false;
    const struct rbac_explanation *explanation =
        rbac_explain(index, &request, ask->action.rules, &ask->session->arena, err);
    ask->allowed = explanation && explanation->allowed;
    ask->explanation = explanation ? tree_of(ask->session, explanation, err) : NULL;
    rbac_index_free(index);
    if (!ask->explanation || !argument_flag(ask->arguments, "all"))
        return ask->explanation != NULL;
    ask->explanation = access_add_others(
        ask->session, &ask->access, &ask->who, &request, ask->action.rules, ask->explanation, err);
    return ask->explanation != NULL;
}

/* An answer that may be wrong says what it does not know. */
static void tell_gaps(const struct can_i *ask)
{
    if (ask->access.own_only)
        session_note("%s is missing at %s, so the role assignments cannot be shown: this is what "
                     "Resource Manager says of the caller's own permissions there.",
            ask->access.own_only, ask->scope.text);
    if (ask->who.groups_gap && !ask->access.own_only)
        session_note("%s: what is assigned to groups is not counted.", ask->who.groups_gap);
    if (ask->access.denials_gap)
        session_note("the deny assignments could not be read (%s): they are not counted.",
            ask->access.denials_gap);
}

/* ---- printing ------------------------------------------------------------------------------ */

static bool says_yes(const struct can_i *ask)
{
    return ask->allowed && !ask->problem.reason;
}

/* {"reason":..., "detail":...} at the end of the explanation. */
static const struct json *with_problem(const struct can_i *ask)
{
    struct arena *arena = &ask->session->arena;
    if (!ask->problem.reason)
        return ask->explanation;
    struct json *all = arena_alloc(arena, sizeof *all), *problem = arena_alloc(arena, sizeof *all),
                *reason = arena_alloc(arena, sizeof *all),
                *detail = arena_alloc(arena, sizeof *all);
    if (!all || !problem || !reason || !detail)
        return ask->explanation;
    *detail = (struct json){
        .type = JSON_STRING, .name = TEXT("detail"), .text = text_of(ask->problem.detail)};
    *reason = (struct json){.type = JSON_STRING,
        .name = TEXT("reason"),
        .text = text_of(ask->problem.reason),
        .next = detail};
    *problem = (struct json){
        .type = JSON_OBJECT, .name = TEXT("tokenProblem"), .first = reason, .count = 2};
    *all = *ask->explanation;
    problem->next = all->first;
    all->first = problem;
    all->count++;
    return all;
}

static void print_problem(const struct can_i *ask)
{
    if (!ask->problem.reason)
        return;
    fputs("The token would be refused before any role is asked:\n  ", stdout);
    wrap_print(stdout, 2, 2, text_of(ask->problem.detail));
    fputs(ask->allowed ? "Its roles would allow it:\n" : "Its roles would not allow it, either:\n",
        stdout);
}

static void print(const struct can_i *ask)
{
    static const char *const columns[] = {
        "reason", "roleName", "scope", "principalId", "sentence", NULL};
    if (ask->session->format == OUTPUT_JSON) {
        output(ask->session, with_problem(ask), NULL);
        return;
    }
    puts(says_yes(ask) ? "yes" : "no");
    if (ask->session->format == OUTPUT_TSV) {
        output(ask->session, json_get(ask->explanation, "assignments"), columns);
        return;
    }
    print_problem(ask);
    explanation_print(stdout, ask->explanation, EXPLANATION_WITH_CALLER);
}

static bool answer(struct can_i *ask, struct azb_error *err)
{
    bool all = argument_flag(ask->arguments, "all");
    return read_action(ask, err) && access_scope(ask->session, ask->arguments, &ask->scope, err) &&
           find_who(ask, err) &&
           access_read(ask->session, &ask->scope, all ? ACCESS_OF_EVERYBODY : ACCESS_OF_ONE,
               ask->asker, &ask->who, &ask->access, err) &&
           decide(ask, err);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct can_i ask = {.session = session, .arguments = arguments};
    (void)command;
    if (!answer(&ask, &err))
        return session_fail(session, &err);
    if (!argument_flag(arguments, "quiet")) {
        tell_gaps(&ask);
        print(&ask);
    }
    return says_yes(&ask) ? EXIT_OK : EXIT_PERMISSION;
}

const struct command command_role_can_i = {"role can-i",
    "Asks whether somebody may do something, and why not.",
    "Says yes or no first, then each role assignment that was considered with the first reason why "
    "it did not help, what came nearest, and the smallest built-in role that would do. It reads "
    "role assignments, definitions and groups from Resource Manager and Graph and decides here, "
    "by Azure's rules and Batch's own on top, so it works with Azure as with azbd.\n"
    "  azb role can-i jobs/write\n"
    "  azb role can-i job create --as ann@example.com --autopool\n"
    "  azb role can-i Microsoft.Batch/batchAccounts/listKeys/action --as APPLICATION --all\n"
    "Ends with 0 for yes and 5 for no.",
    options, COUNT(options), run};
