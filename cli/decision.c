#include "cli/decision.h"

#include "base/error.h"
#include "batch/service_error.h"
#include "cli/batch_verb.h"
#include "cli/private_file.h"

#define DECISIONS "/access/v1/decisions/"

/* ---- ids ----------------------------------------------------------------------------------- */

static bool is_id(struct text text)
{
    if (!text.length || text.length > DECISION_ID_MAX)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_'))
            return false;
    }
    return true;
}

const char *decision_id_read(const char *given, struct arena *arena, struct azb_error *err)
{
    const char *place = strstr(given, DECISIONS);
    struct text id = text_of(place ? place + strlen(DECISIONS) : given);
    if (!is_id(id)) {
        fail(err, AZB_ERROR_ARGUMENT,
            "'%.200s' is no id of a decision: give the value of the header azb-decision-id, or the "
            "link (https://..." DECISIONS "ID)",
            given);
        return NULL;
    }
    const char *copy = text_string(arena, id);
    if (!copy)
        fail_memory(err);
    return copy;
}

const char *decision_id_of(const struct http_response *response, struct arena *arena)
{
    const char *id = http_header(response, "azb-decision-id");
    bool refused = response->status == 401 || response->status == 403;
    return refused && id && is_id(text_of(id)) ? arena_string(arena, id) : NULL;
}

/* ---- the last one -------------------------------------------------------------------------- */

#define LAST_MAX 1024 /* the file holds a link, or nothing when the last refusal had no id */

static char *last_path(struct arena *arena, char **folder, struct azb_error *err)
{
    *folder = private_folder_path("XDG_CACHE_HOME", ".cache", arena, err);
    if (!*folder)
        return NULL;
    char *path = arena_format(arena, "%s/last-decision", *folder);
    if (!path)
        fail_memory(err);
    return path;
}

/* Only the azbd that refused knows the decision: another one would say that there is none. */
static bool is_of(const char *link, const char *base, struct azb_error *err)
{
    const char *place = strstr(link, DECISIONS);
    size_t length = place ? (size_t)(place - link) : 0;
    if (place && strlen(base) == length && memcmp(link, base, length) == 0)
        return true;
    return fail(err, AZB_ERROR_NOT_FOUND,
        "the last refusal was of %.*s, and the environment leads to %s: go back there (eval "
        "\"$(azb "
        "env --state DIR)\"), or give an id",
        (int)(length ? length : strlen("another azbd")), length ? link : "another azbd", base);
}

const char *decision_last(const char *base, struct arena *arena, struct azb_error *err)
{
    struct text text;
    char *folder, *path = last_path(arena, &folder, err);
    if (!path || !private_file_read(path, PRIVACY_SECRET, LAST_MAX, arena, &text, err))
        return NULL;
    if (!text.at) {
        fail(err, AZB_ERROR_NOT_FOUND,
            "azb has not been refused by an azbd yet, so there is no last decision: give its id");
        return NULL;
    }
    if (!text_trim(text).length) {
        fail(err, AZB_ERROR_NOT_FOUND,
            "the last refusal had no id (azbd's Batch, Resource Manager and Graph give one, Azure "
            "does not): ask `azb role can-i ACTION`, or give the id of an earlier one");
        return NULL;
    }
    char *link = text_string(arena, text_trim(text));
    if (!link)
        return fail_memory(err), NULL;
    return is_of(link, base, err) ? decision_id_read(link, arena, err) : NULL;
}

void decision_remember(const char *base, const char *id)
{
    scoped_arena struct arena arena = {0};
    struct azb_error ignored = AZB_ERROR_INIT;
    char *folder;
    arena_init(&arena, 0);
    char *path = last_path(&arena, &folder, &ignored);
    char *link =
        id ? arena_format(&arena, "%s" DECISIONS "%s", base, id) : arena_string(&arena, "");
    if (path && link && private_folder_make(folder, &ignored))
        (void)!private_file_write(path, text_of(link), &ignored);
    azb_error_free(&ignored);
}

/* ---- asking -------------------------------------------------------------------------------- */

static void trace(void *context, const char *method, const char *url, int status, int64_t ms)
{
    (void)context;
    fprintf(stderr, "azb: %s %s -> %d (%lld ms)\n", method, url, status, (long long)ms);
}

static bool send_without_token(
    struct session *session, const char *url, struct http_response *response, struct azb_error *err)
{
    struct http_request request;
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct identity *identity = session_identity(session, &ignored);
    azb_error_free(&ignored);
    const struct http_options options = {
        .ca_file = identity ? identity->ca_file : environment("AZB_CA_FILE"),
        .trace = session->verbose ? trace : NULL};
    struct http_client *client = http_client_new(&options, err);
    if (!client)
        return false;
    http_request_init(&request, "GET", url);
    http_add_header(&request, "Accept", "application/json");
    request.idempotent = true;
    bool answered = http_send(client, &request, &session->arena, response, err);
    http_client_free(client);
    return answered;
}

/* A service that has no such path, or wants a token first, keeps no decisions. */
static bool not_there(const struct http_response *response, const char *base, struct azb_error *err)
{
    (void)!service_error(response, err);
    bool known = strcmp(err->code, "DecisionNotFound") == 0;
    if (known || response->status < 400 || response->status >= 500)
        return fail_while(err, "%s", base);
    azb_error_free(err);
    return fail(err, AZB_ERROR_CONFIGURATION,
        "%s keeps no decisions; azbd does, and Azure does not (there, `azb role can-i` answers)",
        base);
}

bool decision_get(
    struct session *session, const char *id, const struct json **out, struct azb_error *err)
{
    struct http_response response = {0};
    const char *base = session_url(session, ENDPOINT_ARM, err);
    if (!base)
        return false;
    char *url = arena_format(&session->arena, "%s" DECISIONS "%s", base, id);
    if (!url)
        return fail_memory(err);
    if (!send_without_token(session, url, &response, err))
        return false;
    if (response.status != 200)
        return not_there(&response, base, err);
    *out = json_parse(response.body, &session->arena, err);
    return *out || fail_while(err, "the decision of %s", base);
}

/* ---- what to ask next ---------------------------------------------------------------------- */

/* What stands between `before` and the next quote; only what a shell takes as it is. */
static struct text quoted_after(const char *message, const char *before)
{
    const char *at = strstr(message, before);
    if (!at)
        return TEXT_NONE;
    at += strlen(before);
    size_t length =
        strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-");
    return at[length] == '\'' && length ? (struct text){at, length} : TEXT_NONE;
}

const char *decision_next_step(
    const char *id, const char *command, const struct azb_error *err, struct arena *arena)
{
    if (id)
        return arena_format(arena, "azb role explain %s", id);
    if (err->kind != AZB_ERROR_PERMISSION || err->http_status != 403)
        return NULL;
    /* Resource Manager's own sentence: "... perform action 'X' over scope 'Y' ...". */
    struct text action = quoted_after(err->message, "perform action '");
    struct text scope = quoted_after(err->message, "over scope '");
    if (action.length)
        return arena_format(arena, "azb role can-i %.*s%s%.*s", TEXT_ARGS(action),
            scope.length ? " --scope " : "", TEXT_ARGS(scope));
    bool known = command && batch_verb_operation(command);
    return known ? arena_format(arena, "azb role can-i %s", command) : NULL;
}
