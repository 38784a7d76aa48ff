/* azb control: the test controls of a local azbd (docs/controls.md). */
#include "base/error.h"
#include "cli/commands.h"
#include "cli/management.h"

#define BODY_MAX (256 * 1024)
#define MEMBERS_MAX 8

enum member_kind {
    MEMBER_TEXT,
    MEMBER_NUMBER,
    MEMBER_JSON,
};

/* An option that becomes a member of the request's body. */
struct member {
    const char *option;
    const char *name;
    enum member_kind kind;
};

/* What a command asks azbd. `path` may end in an option's value. Without any of its options a
 * command with `reads_without_options` asks with GET. */
struct control {
    const struct command *command;
    const char *method;
    const char *path;
    const char *path_option; /* or NULL */
    bool reads_without_options;
    struct member members[MEMBERS_MAX];
};

static const struct control *control_of(const struct command *command);

static bool add_member(struct json_writer *writer, const struct member *member, const char *value,
    struct session *session, struct azb_error *err)
{
    struct text text = text_of(value);
    struct azb_error why = AZB_ERROR_INIT;
    if (member->kind == MEMBER_TEXT) {
        json_member(writer, member->name, value);
        return true;
    }
    if (member->kind == MEMBER_NUMBER && json_number_length(text) != text.length)
        return fail(err, AZB_ERROR_ARGUMENT, "--%s '%.80s' is not a number", member->option, value);
    if (member->kind == MEMBER_JSON && *value != '{' &&
        !read_input(&session->arena, value, &text, err))
        return false;
    if (member->kind == MEMBER_JSON && !json_parse(text, &session->arena, &why))
        return error_move(err, &why) || fail_while(err, "--%s", member->option);
    json_name(writer, member->name);
    json_write_raw(writer, text);
    return true;
}

/* *given false: none of the options is there. */
static bool write_body(struct session *session, const struct control *control,
    const struct arguments *arguments, struct buffer *body, bool *given, struct azb_error *err)
{
    struct json_writer writer;
    json_writer_init(&writer, body, 0);
    json_begin_object(&writer);
    *given = false;
    for (size_t i = 0; i < MEMBERS_MAX && control->members[i].option; i++) {
        const struct member *member = &control->members[i];
        const char *value = argument(arguments, member->option);
        if (value && !add_member(&writer, member, value, session, err))
            return false;
        *given = *given || value;
    }
    json_end_object(&writer);
    return !body->failed || fail_memory(err);
}

static const char *write_path(
    const struct control *control, const struct arguments *arguments, struct buffer *path)
{
    buffer_add_string(path, control->path);
    if (control->path_option) {
        buffer_add_char(path, '/');
        buffer_add_encoded(path, text_of(argument(arguments, control->path_option)));
    }
    return path->failed ? NULL : path->at;
}

/* A list is shown as its items, anything else as it is. */
static int ask(struct session *session, const struct control *control, const char *path,
    struct text body, bool given)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *answer;
    bool reads = control->reads_without_options && !given;
    bool posts = !reads && strcmp(control->method, "POST") == 0;
    if (!manage(session, ENDPOINT_ARM, reads ? "GET" : control->method, path,
            posts ? body : TEXT_NONE, &answer, &err))
        return session_fail(session, &err);
    const struct json *items = json_get(answer, "value");
    if (answer)
        output(session, items ? items : answer, NULL);
    return EXIT_OK;
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct control *control = control_of(command);
    scoped_buffer struct buffer body = {0}, path = {0};
    bool given;
    buffer_init(&body, BODY_MAX);
    buffer_init(&path, BODY_MAX);
    if (!write_body(session, control, arguments, &body, &given, &err))
        return session_fail(session, &err);
    return ask(session, control, write_path(control, arguments, &path), buffer_text(&body), given);
}

/* ---- The commands -------------------------------------------------------------------------- */

#define NEEDS                                                                                      \
    "Test controls need azbd --test-controls and the administrator's application (azb env)."

static const struct option_row clock_options[] = {
    {"move", OPTION_TEXT, false, "By how much: P30D, PT10M, -PT1H.", 0},
};
const struct command command_control_clock = {"control clock", "Shows or moves azbd's clock.",
    "Tokens, secrets and certificates expire by it; this machine's clock is not changed. " NEEDS,
    clock_options, COUNT(clock_options), run};

static const struct option_row lifetime_options[] = {
    {"set", OPTION_TEXT, false, "How long new tokens live: PT10M; PT0S is Entra's own way again.",
        0},
};
const struct command command_control_token_lifetime = {"control token-lifetime",
    "Shows or sets how long new access tokens live.", NEEDS, lifetime_options,
    COUNT(lifetime_options), run};

static const struct option_row propagation_options[] = {
    {"delay", OPTION_TEXT, false, "How long a change takes: PT5M; PT0S is at once.", 0},
};
const struct command command_control_propagation = {"control propagation",
    "Shows or sets how long changes of roles take to act.",
    "Assignments, definitions, deny assignments and members of groups act once azbd's clock has "
    "gone on by so much, as in Azure. " NEEDS,
    propagation_options, COUNT(propagation_options), run};

static const struct option_row operation_options[] = {
    {"duration", OPTION_TEXT, false,
        "How long operations take at least: PT10S; PT0S is as long as the work.", 0},
    {"outcome", OPTION_TEXT, false, "succeeded, or failed: their end.", 0},
};
const struct command command_control_operations = {"control operations",
    "Shows or sets how long operations of Resource Manager take, and how they end.",
    "For those that begin from now on: Batch accounts that are made or deleted, resource groups "
    "that are deleted. " NEEDS,
    operation_options, COUNT(operation_options), run};

static const struct option_row switch_options[] = {
    {"single-use-assertions", OPTION_TEXT, false,
        "on: a client assertion is good for one token. off, as in Entra: until it expires.", 0},
    {"refresh-tokens", OPTION_TEXT, false,
        "strict: a refresh token is good for one use. entra: it may be used again.", 0},
    {"cae-tokens", OPTION_TEXT, false,
        "on: access tokens of 20 to 28 hours for clients that say cp1. off: of 60 to 90 minutes.",
        0},
    {"slow-down", OPTION_TEXT, false,
        "on: who polls for a device code is told slow_down. off, as in Entra: it is not said.", 0},
    {"access", OPTION_TEXT, false,
        "audit: what roles refuse is allowed, and logged. enforce, as in Azure: it is refused.", 0},
};
const struct command command_control_switches = {"control switches",
    "Shows or sets how azbd differs from Entra.", NEEDS, switch_options, COUNT(switch_options),
    run};

const struct command command_control_keys_list = {"control keys list",
    "Lists the signing keys in service, the one that signs first.", NEEDS, NULL, 0, run};
const struct command command_control_keys_rotate = {"control keys rotate",
    "Makes a new key that signs from now on.",
    "The older ones stay published and accepted until they are retired. " NEEDS, NULL, 0, run};
static const struct option_row retire_options[] = {
    {"kid", OPTION_TEXT, true,
        "The key's id (azb control keys list); --kid=KID for one that begins with a dash.", 0},
};
const struct command command_control_keys_retire = {"control keys retire",
    "Takes a key out of service: what it signed is refused from now on.", NEEDS, retire_options,
    COUNT(retire_options), run};

static const struct option_row issuer_options[] = {
    {"issuer", OPTION_TEXT, true, "The issuer, as its tokens have it.", 0},
    {"jwks", OPTION_TEXT, true, "Its keys (RFC 7517): @FILE, - for standard input, or the text.",
        0},
};
const struct command command_control_issuers_set = {"control issuers set",
    "Sets the keys of an issuer whose tokens are federated credentials.", NEEDS, issuer_options,
    COUNT(issuer_options), run};

static const struct option_row denial_options[] = {
    {"properties", OPTION_TEXT, true,
        "What Resource Manager shows as its properties: @FILE, - for standard input, or the text.",
        0},
    {"id", OPTION_TEXT, false, "Its id (at random); one that is there is replaced.", 0},
};
const struct command command_control_denials_set = {"control deny-assignments set",
    "Makes a deny assignment, as in Azure only the system does.",
    "It takes away what roles give: {\"denyAssignmentName\": \"...\", \"scope\": "
    "\"/subscriptions/...\", \"permissions\": [{\"actions\": [\"...\"]}], \"principals\": "
    "[{\"id\": \"OBJECT-ID\"}]}; the id "
    "00000000-0000-0000-0000-000000000000 is everybody. " NEEDS,
    denial_options, COUNT(denial_options), run};
static const struct option_row denial_id_options[] = {
    {"id", OPTION_TEXT, true, "The deny assignment's id.", 0},
};
const struct command command_control_denials_remove = {"control deny-assignments remove",
    "Removes a deny assignment.", NEEDS, denial_id_options, COUNT(denial_id_options), run};

static const struct option_row failure_options[] = {
    {"plane", OPTION_TEXT, true, "entra, arm, graph, batch or any.", 0},
    {"failure", OPTION_TEXT, true, "429, 500, 502, 503, 504, or reset (no answer at all).", 0},
    {"method", OPTION_TEXT, false, "Only requests with this method.", 0},
    {"path", OPTION_TEXT, false, "Only requests whose path begins with this: /jobs.", 0},
    {"count", OPTION_TEXT, false, "So many requests fail; without it, without end.", 0},
    {"share", OPTION_TEXT, false, "This share of them fails: 0.25 is every fourth.", 0},
    {"retry-after", OPTION_TEXT, false, "Retry-After of the answer: PT5S, or 0 seconds as PT0S.",
        0},
};
const struct command command_control_failures_add = {"control failures add",
    "Makes requests to azbd fail.", NEEDS, failure_options, COUNT(failure_options), run};
const struct command command_control_failures_list = {
    "control failures list", "Lists what fails, and how often it did.", NEEDS, NULL, 0, run};
const struct command command_control_failures_clear = {
    "control failures clear", "Ends all failures.", NEEDS, NULL, 0, run};
static const struct option_row failure_id_options[] = {
    {"id", OPTION_TEXT, true, "The failure's number (azb control failures list).", 0},
};
const struct command command_control_failures_remove = {"control failures remove",
    "Ends one failure.", NEEDS, failure_id_options, COUNT(failure_id_options), run};

static const struct option_row challenge_options[] = {
    {"client-id", OPTION_TEXT, true, "The application whose Batch requests are challenged.", 0},
    {"claims", OPTION_TEXT, false,
        "What its tokens must have, as JSON; without it: a token that is issued from now on.", 0},
};
const struct command command_control_challenges_add = {"control challenges add",
    "Answers an application's Batch requests with a claims challenge.",
    "Until it shows a token that has the claims. " NEEDS, challenge_options,
    COUNT(challenge_options), run};
const struct command command_control_challenges_list = {"control challenges list",
    "Lists who is challenged, and how often it was.", NEEDS, NULL, 0, run};
const struct command command_control_challenges_clear = {
    "control challenges clear", "Ends all claims challenges.", NEEDS, NULL, 0, run};

static const struct control controls[] = {
    {&command_control_clock, "POST", "/_azb/clock", NULL, true, {{"move", "move", MEMBER_TEXT}}},
    {&command_control_token_lifetime, "POST", "/_azb/tokenLifetime", NULL, true,
        {{"set", "lifetime", MEMBER_TEXT}}},
    {&command_control_operations, "POST", "/_azb/operations", NULL, true,
        {{"duration", "duration", MEMBER_TEXT}, {"outcome", "outcome", MEMBER_TEXT}}},
    {&command_control_switches, "POST", "/_azb/switches", NULL, true,
        {{"single-use-assertions", "singleUseAssertions", MEMBER_TEXT},
            {"refresh-tokens", "refreshTokens", MEMBER_TEXT},
            {"cae-tokens", "caeTokens", MEMBER_TEXT}, {"slow-down", "slowDown", MEMBER_TEXT},
            {"access", "access", MEMBER_TEXT}}},
    {&command_control_propagation, "POST", "/_azb/propagation", NULL, true,
        {{"delay", "delay", MEMBER_TEXT}}},
    {&command_control_keys_list, "GET", "/_azb/keys", NULL, true, {{0}}},
    {&command_control_keys_rotate, "POST", "/_azb/keys", NULL, false, {{0}}},
    {&command_control_keys_retire, "DELETE", "/_azb/keys", "kid", false, {{0}}},
    {&command_control_issuers_set, "POST", "/_azb/issuers", NULL, false,
        {{"issuer", "issuer", MEMBER_TEXT}, {"jwks", "jwks", MEMBER_JSON}}},
    {&command_control_denials_set, "POST", "/_azb/denyAssignments", NULL, false,
        {{"id", "id", MEMBER_TEXT}, {"properties", "properties", MEMBER_JSON}}},
    {&command_control_denials_remove, "DELETE", "/_azb/denyAssignments", "id", false, {{0}}},
    {&command_control_failures_list, "GET", "/_azb/failures", NULL, true, {{0}}},
    {&command_control_failures_add, "POST", "/_azb/failures", NULL, false,
        {
            {"plane", "plane", MEMBER_TEXT},
            {"failure", "failure", MEMBER_TEXT},
            {"method", "method", MEMBER_TEXT},
            {"path", "path", MEMBER_TEXT},
            {"count", "count", MEMBER_NUMBER},
            {"share", "share", MEMBER_NUMBER},
            {"retry-after", "retryAfter", MEMBER_TEXT},
        }},
    {&command_control_failures_clear, "DELETE", "/_azb/failures", NULL, false, {{0}}},
    {&command_control_failures_remove, "DELETE", "/_azb/failures", "id", false, {{0}}},
    {&command_control_challenges_list, "GET", "/_azb/challenges", NULL, true, {{0}}},
    {&command_control_challenges_add, "POST", "/_azb/challenges", NULL, false,
        {{"client-id", "clientId", MEMBER_TEXT}, {"claims", "claims", MEMBER_JSON}}},
    {&command_control_challenges_clear, "DELETE", "/_azb/challenges", NULL, false, {{0}}},
};

static const struct control *control_of(const struct command *command)
{
    const struct control *control = controls;
    while (strcmp(control->command->name, command->name) != 0)
        control++;
    return control;
}
