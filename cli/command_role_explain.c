/* azb role explain: why azbd refused, or allowed, a request. */
#include <stdio.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/decision.h"
#include "cli/explanation_view.h"
#include "cli/output.h"
#include "cli/wrap.h"

static const struct option_row options[] = {
    {"ID", OPTION_POSITIONAL, false,
        "The decision: what the header azb-decision-id says, or the link of the error.", 0},
    {"last", OPTION_FLAG, false, "The refusal that azb met last.", 0},
};

static const char *id_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *given = argument(arguments, "ID");
    bool last = argument_flag(arguments, "last");
    if (!given == !last) {
        fail(err, AZB_ERROR_ARGUMENT, "say the ID of a decision, or --last");
        return NULL;
    }
    if (!last)
        return decision_id_read(given, &session->arena, err);
    const char *base = session_url(session, ENDPOINT_ARM, err);
    return base ? decision_last(base, &session->arena, err) : NULL;
}

/* ---- for a terminal ------------------------------------------------------------------------ */

static void print_request(const struct json *decision)
{
    char line[1024];
    struct text method = json_get_text(decision, "method");
    int64_t status = json_get_i64(decision, "status", 0);
    int length = snprintf(line, sizeof line, "%.*s %.*s", TEXT_ARGS(text_slice(method, 0, 20)),
        TEXT_ARGS(text_slice(json_get_text(decision, "path"), 0, 800)));
    if (status)
        snprintf(line + length, sizeof line - (size_t)length, " -> %lld", (long long)status);
    if (method.length)
        explanation_line(stdout, "request", text_of(line));
}

static void print_principal(const struct json *principal)
{
    char line[512];
    struct text name = json_get_text(principal, "name");
    struct text type = json_get_text(principal, "type");
    struct text client = json_get_text(principal, "clientId");
    int length = snprintf(line, sizeof line, "%.*s%s%.*s%sobject id %.*s",
        TEXT_ARGS(text_slice(name, 0, 200)), name.length ? " (" : "",
        TEXT_ARGS(text_slice(type, 0, 40)), name.length ? "), " : " ",
        TEXT_ARGS(text_slice(json_get_text(principal, "objectId"), 0, 64)));
    if (client.length)
        snprintf(line + length, sizeof line - (size_t)length, ", client id %.*s",
            TEXT_ARGS(text_slice(client, 0, 64)));
    explanation_line(stdout, "who", text_of(line));
}

static void print_groups(const struct json *groups)
{
    char line[64];
    if (!groups || groups->type != JSON_ARRAY || !groups->count)
        return;
    snprintf(line, sizeof line, "%zu", groups->count);
    explanation_line(stdout, "groups", text_of(line));
}

static const char *verdict_of(const struct json *decision)
{
    if (json_get_bool(decision, "wouldDeny", false))
        return "allowed, as azbd is in audit mode; without it, denied";
    return json_get_bool(decision, "allowed", false) ? "allowed" : "denied";
}

/* Roles were never asked: what is told of the token, or of the request, is all there is. */
static void print_problem(const struct json *decision)
{
    static const char *const names[][2] = {{"tokenProblem", "token"}, {"refusal", "reason"}};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct json *problem = json_get(decision, names[i][0]);
        explanation_line(stdout, names[i][1], json_get_text(problem, "reason"));
        explanation_line(stdout, "", json_get_text(problem, "detail"));
    }
}

static void print_decision(const struct json *decision)
{
    const struct json *explanation = json_get(decision, "explanation");
    const struct json *principal = json_get(decision, "principal");
    puts(verdict_of(decision));
    explanation_line(stdout, "when", json_get_text(decision, "time"));
    print_request(decision);
    if (principal && json_get_text(principal, "objectId").length)
        print_principal(principal);
    print_groups(json_get(principal, "groups"));
    print_problem(decision);
    if (explanation) {
        explanation_print(stdout, explanation, EXPLANATION_WITHOUT_CALLER);
        return;
    }
    explanation_line(stdout, "asked", json_get_text(decision, "action"));
    explanation_line(stdout, "scope", json_get_text(decision, "scope"));
    explanation_line(stdout, "by", json_get_text(decision, "rule"));
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *decision;
    const char *id = id_of(session, arguments, &err);
    (void)command;
    if (!id || !decision_get(session, id, &decision, &err))
        return session_fail(session, &err);
    if (session->format == OUTPUT_TABLE)
        print_decision(decision);
    else
        output(session, decision, NULL);
    return EXIT_OK;
}

const struct command command_role_explain = {"role explain",
    "Explains a decision that azbd made, by its id.",
    "azbd gives each refusal an id (the header azb-decision-id, and a link in the error), and azb "
    "names it when it is refused. Whoever has the id may read the decision; no other right is "
    "needed. Azure keeps no such log: ask `azb role can-i` there.\n"
    "  azb role explain --last\n"
    "  azb role explain 1f0c2a9e-...",
    options, COUNT(options), run};
