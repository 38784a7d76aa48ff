/* A decision for people: what was asked, by whom, why it was refused, and what would allow it. The
 * JSON form of the explanation is what it is written from. */
#include "access/access.h"
#include "base/error.h"
#include "entra/page.h"

static void fact(struct page *page, const char *name, struct text value)
{
    if (value.length)
        page_format(page, "<dt>%s</dt><dd>%.*s</dd>\n", name, TEXT_ARGS(value));
}

/* ---- What was decided ------------------------------------------------------------------------ */

static const char *const headings[] = {
    [DECISION_ALLOWED] = "Allowed",
    [DECISION_WOULD_DENY] = "Allowed in audit mode; it would be denied",
    [DECISION_DENIED] = "Access denied",
    [DECISION_REFUSED] = "Not signed in as anybody who may",
};

/* What each tokenProblem means for whoever reads the page. */
static const struct {
    const char *reason, *sentence;
} problems[] = {
    {"expired", "The token's time is over: get a new one and repeat the request."},
    {"notYet", "The token is not valid yet: compare the clocks."},
    {"audience", "The token is for another service: ask for one with this service's audience."},
    {"tenant", "The token is from another tenant: sign in to the tenant of the subscription."},
    {"issuer", "The token is from an issuer that is not trusted here."},
    {"signature", "The token was not signed with a key of this tenant, or was changed since."},
    {"malformed", "What was sent is not an access token."},
    {"missing", "No token was sent."},
    {"kind", "The token is neither an application's, nor has it the permission a user's needs."},
    {"sharedKey", "The account key did not prove right."},
    {"directoryPermission",
        "The directory role, or the permission of the application, is missing."},
    {"claimsChallenge", "The service asks for a token with other claims: get a new one."},
};

static const char *sentence_of(struct text reason)
{
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        if (text_is(reason, problems[i].reason))
            return problems[i].sentence;
    return "The request was refused.";
}

static void write_groups(struct page *page, const struct json *groups)
{
    for (const struct json *at = groups ? groups->first : NULL; at; at = at->next) {
        struct text name = json_get_text(at, "displayName");
        fact(page, "In group", name.length ? name : json_get_text(at, "id"));
    }
}

static void write_facts(
    struct page *page, const struct decision *decision, const struct json *principal)
{
    char time[TIME_TEXT_MAX];
    time_entra(decision->at, time);
    page_format(page, "<dl>\n");
    fact(page, "Who", json_get_text(principal, "name"));
    fact(page, "Object ID", json_get_text(principal, "objectId"));
    fact(page, "Client ID", json_get_text(principal, "clientId"));
    write_groups(page, json_get(principal, "groups"));
    fact(page, "Operation", text_of(decision->action));
    if (*decision->action)
        fact(page, "Kind", text_of(rbac_kind_text(decision->kind)));
    fact(page, "Scope", text_of(decision->scope));
    page_format(page, "<dt>Request</dt><dd>%s %s</dd>\n", decision->method, decision->path);
    fact(page, "Time", text_of(time));
    fact(page, "Decision ID", text_of(decision->id));
    page_format(page, "</dl>\n");
}

/* ---- Why ------------------------------------------------------------------------------------- */

static void write_assignment(struct page *page, const struct json *assignment)
{
    struct text name = json_get_text(assignment, "roleName");
    if (!name.length)
        name = json_get_text(assignment, "roleDefinitionId");
    page_format(page,
        "<li><strong>%.*s</strong> %.*s. <span class=\"soft\">At %.*s%s</span></li>\n",
        TEXT_ARGS(name), TEXT_ARGS(json_get_text(assignment, "sentence")),
        TEXT_ARGS(json_get_text(assignment, "scope")),
        json_get_bool(assignment, "throughGroup", false) ? ", through a group" : "");
}

static void write_assignments(struct page *page, const struct json *explanation)
{
    const struct json *assignments = json_get(explanation, "assignments");
    const struct json *first = assignments ? assignments->first : NULL;
    page_format(page, "<h2>Role assignments, nearest first</h2>\n");
    if (!first) {
        page_format(page, "<p>No role is assigned to the caller or its groups.</p>\n");
        return;
    }
    page_format(page, "<ul class=\"reasons\">\n");
    for (const struct json *at = first; at; at = at->next)
        write_assignment(page, at);
    page_format(page, "</ul>\n");
}

static void write_denials(struct page *page, const struct json *explanation)
{
    const struct json *denials = json_get(explanation, "denyAssignments");
    for (const struct json *at = denials ? denials->first : NULL; at; at = at->next)
        page_format(page, "<p class=\"problem\">Deny assignment \"%.*s\" %.*s</p>\n",
            TEXT_ARGS(json_get_text(at, "denyAssignmentName")),
            TEXT_ARGS(json_get_text(at, "sentence")));
}

static void write_ways(struct page *page, const struct json *explanation)
{
    const struct json *ways = json_get(explanation, "alternatives");
    struct text command = json_get_text(json_get(explanation, "suggestion"), "command");
    page_format(page, "<h2>What would allow it</h2>\n");
    if (command.length)
        page_format(page,
            "<p>The smallest built-in role, at the narrowest scope:</p>\n"
            "<pre tabindex=\"0\">%.*s</pre>\n",
            TEXT_ARGS(command));
    else
        page_format(page, "<p>%.*s</p>\n", TEXT_ARGS(json_get_text(explanation, "noSuggestion")));
    if (!ways || !ways->first)
        return;
    page_format(page, "<p>Any of these operations would, too:</p>\n<ul class=\"reasons\">\n");
    for (const struct json *at = ways->first; at; at = at->next)
        page_format(page, "<li>%.*s, which %.*s</li>\n", TEXT_ARGS(json_get_text(at, "operation")),
            TEXT_ARGS(json_get_text(at, "sentence")));
    page_format(page, "</ul>\n");
}

static void write_explanation(struct page *page, const struct json *explanation)
{
    struct text missing = json_get_text(explanation, "missing");
    struct text propagation = json_get_text(explanation, "propagation");
    struct text membership = json_get_text(explanation, "membership");
    bool data = text_is(json_get_text(explanation, "missingKind"), "dataAction");
    if (missing.length)
        page_format(page, "<p class=\"problem\">Missing: the %s %.*s</p>\n",
            data ? "data action" : "action", TEXT_ARGS(missing));
    if (propagation.length)
        page_format(page, "<p class=\"who\">%.*s</p>\n", TEXT_ARGS(propagation));
    if (membership.length)
        page_format(page, "<p class=\"who\">%.*s</p>\n", TEXT_ARGS(membership));
    write_denials(page, explanation);
    write_assignments(page, explanation);
    write_ways(page, explanation);
}

static void write_problem(struct page *page, const struct json *problem)
{
    page_format(page, "<p class=\"problem\">%s</p>\n<p>%.*s</p>\n",
        sentence_of(json_get_text(problem, "reason")), TEXT_ARGS(json_get_text(problem, "detail")));
}

static void write_why(struct page *page, const struct decision *decision, const struct json *why)
{
    if (decision->outcome == DECISION_ALLOWED)
        page_format(page, "<p>The rule that allowed it: %s.</p>\n", decision->rule);
    else if (decision->why_name && strcmp(decision->why_name, "explanation") == 0)
        write_explanation(page, why);
    else
        write_problem(page, why);
}

/* ---- The page -------------------------------------------------------------------------------- */

/* False: no memory. Absent text gives NULL, which all readers take. */
static bool parse(
    struct text text, struct arena *arena, const struct json **out, struct azb_error *err)
{
    *out = NULL;
    if (!text.length)
        return true;
    *out = json_parse(text, arena, err);
    return *out != NULL;
}

bool decision_page(struct request *request, struct reply *reply, const struct decision *decision,
    struct azb_error *err)
{
    scoped_page struct page page = {0};
    const struct json *principal, *why;
    const char *heading = headings[decision->outcome];
    if (!parse(decision->principal, &request->arena, &principal, err) ||
        !parse(decision->why, &request->arena, &why, err))
        return false;
    page_open_wide(&page, request, heading);
    page_format(&page, "<h1>%s</h1>\n", heading);
    write_why(&page, decision, why);
    page_format(&page, "<h2>The request</h2>\n");
    write_facts(&page, decision, principal);
    return page_reply(&page, reply, 200, err);
}
