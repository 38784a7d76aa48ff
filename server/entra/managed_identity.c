#include "entra/managed_identity.h"

#include <ctype.h>

#include "base/error.h"
#include "base/json.h"
#include "directory/managed_identity.h"
#include "document.h"
#include "entra/claim_roles.h"
#include "entra/form.h"
#include "entra/resource.h"
#include "entra/state.h"
#include "hosts.h"

#define LIFETIME_S (24 * 3600)
#define BACKDATED_S 300
#define REPLY_MAX (16 * 1024)
#define VALUE_MAX 400 /* of an id that is looked for */

/* ---- The four sources ---------------------------------------------------------------------- */

/* How a source writes its answer: numbers are strings everywhere. */
enum reply_members {
    REPLY_EXPIRES_IN = 1,    /* expires_in, ext_expires_in */
    REPLY_NOT_BEFORE = 2,    /* not_before */
    REPLY_CLIENT_ID = 4,     /* client_id */
    REPLY_REFRESH_TOKEN = 8, /* refresh_token, always empty */
};

struct id_parameter {
    const char *name;
    enum identity_selector by;
};

#define ID_PARAMETERS_MAX 6

struct source {
    const char *name;
    const char *api_version; /* of the query; NULL: none is asked for */
    const char *header;      /* that must be there: the secret, or "Metadata" */
    bool has_secret;
    int members; /* enum reply_members */
    struct id_parameter ids[ID_PARAMETERS_MAX];
    void (*write_error)(struct request *request, struct json_writer *writer, int status,
        const char *code, const char *message);
};

/* {"error":"invalid_request","error_description":"..."} */
static void write_oauth_error(struct request *request, struct json_writer *writer, int status,
    const char *code, const char *message)
{
    (void)request;
    (void)status;
    json_member(writer, "error", code);
    json_member(writer, "error_description", message);
}

/* {"statusCode":400,"message":"...","correlationId":"..."} */
static void write_app_service_error(struct request *request, struct json_writer *writer, int status,
    const char *code, const char *message)
{
    (void)code;
    json_member_i64(writer, "statusCode", status);
    json_member(writer, "message", message);
    json_member(writer, "correlationId", request->request_id);
}

/* {"error":{"code":"...","message":"..."}} */
static void write_cloud_shell_error(struct request *request, struct json_writer *writer, int status,
    const char *code, const char *message)
{
    (void)request;
    (void)status;
    json_name(writer, "error");
    json_begin_object(writer);
    json_member(writer, "code", code);
    json_member(writer, "message", message);
    json_end_object(writer);
}

static const struct source imds = {
    .name = "IMDS",
    .api_version = "2018-02-01",
    .header = "Metadata",
    .members = REPLY_EXPIRES_IN | REPLY_NOT_BEFORE | REPLY_CLIENT_ID | REPLY_REFRESH_TOKEN,
    .ids = {{"client_id", IDENTITY_BY_CLIENT_ID}, {"object_id", IDENTITY_BY_OBJECT_ID},
        {"principal_id", IDENTITY_BY_OBJECT_ID}, {"msi_res_id", IDENTITY_BY_RESOURCE_ID},
        {"mi_res_id", IDENTITY_BY_RESOURCE_ID}},
    .write_error = write_oauth_error,
};

static const struct source app_service = {
    .name = "App Service",
    .api_version = "2019-08-01",
    .header = "X-IDENTITY-HEADER",
    .has_secret = true,
    .members = REPLY_NOT_BEFORE | REPLY_CLIENT_ID,
    .ids = {{"client_id", IDENTITY_BY_CLIENT_ID}, {"object_id", IDENTITY_BY_OBJECT_ID},
        {"principal_id", IDENTITY_BY_OBJECT_ID}, {"mi_res_id", IDENTITY_BY_RESOURCE_ID}},
    .write_error = write_app_service_error,
};

static const struct source azure_ml = {
    .name = "Azure ML",
    .api_version = "2017-09-01",
    .header = "secret",
    .has_secret = true,
    .members = REPLY_NOT_BEFORE | REPLY_CLIENT_ID,
    .ids = {{"clientid", IDENTITY_BY_CLIENT_ID}},
    .write_error = write_app_service_error,
};

/* Azure's gives the token of the user who opened the shell; there is none here, so it is the
 * system-assigned identity's. An id is refused, as there. */
static const struct source cloud_shell = {
    .name = "Cloud Shell",
    .header = "Metadata",
    .members = REPLY_EXPIRES_IN | REPLY_NOT_BEFORE | REPLY_REFRESH_TOKEN,
    .write_error = write_cloud_shell_error,
};

/* ---- Refusing ------------------------------------------------------------------------------ */

/* One request for a token. */
struct identity_ask {
    struct request *request;
    const struct source *source;
    struct form form; /* of a POST, else empty */
};

static struct text parameter(struct identity_ask *ask, const char *name)
{
    if (strcmp(ask->request->method, "POST") == 0)
        return form_get(&ask->form, name);
    struct text value = request_query(ask->request, name);
    return value.length ? value : TEXT_NONE;
}

static bool missing(const struct identity_ask *ask, const char *name, struct azb_error *err)
{
    return fail_status(
        err, 400, "invalid_request", "%s: the parameter '%s' is missing", ask->source->name, name);
}

/* Names of this machine: others may be somebody else's DNS for it. */
static bool check_place(const struct identity_ask *ask, struct azb_error *err)
{
    struct text name;
    int port;
    const struct request *request = ask->request;
    bool local = host_split(request->host, &name, &port) &&
                 (host_is_local(name) || text_is(name, HOST_METADATA));
    if (!local)
        return fail_status(err, 403, "access_denied",
            "managed identities are for this machine: localhost, loopback addresses, and "
            "169.254.169.254 through the proxy");
    if (request->service->options.allow_remote && !ask->source->has_secret)
        return fail_status(err, 403, "access_denied",
            "azbd with --allow-remote has no %s endpoint, which asks for no secret: App Service's "
            "does",
            ask->source->name);
    if (request_header(request, "Origin"))
        return fail_status(err, 403, "access_denied", "managed identities are not for web pages");
    /* As IMDS does: the request was sent here by somebody else than who made it. */
    if (request_header(request, "X-Forwarded-For"))
        return fail_status(err, 400, "invalid_request",
            "a request that was forwarded (X-Forwarded-For) gets no token");
    return true;
}

static bool check_header(const struct identity_ask *ask, struct azb_error *err)
{
    const struct source *source = ask->source;
    const struct entra *entra = ask->request->service->entra;
    const char *given = request_header(ask->request, source->header);
    if (source->has_secret && !given)
        return fail_status(
            err, 401, "unauthorized_client", "the header %s is missing", source->header);
    if (source->has_secret)
        return secret_equal(text_of(given), text_of(entra->identity_header)) ||
               fail_status(err, 401, "unauthorized_client",
                   "the header %s is not the one of this azbd (azb env --identity)",
                   source->header);
    return (given && string_equal_nocase(given, "true")) ||
           fail_status(err, 400, "bad_request_102", "Required metadata header not specified");
}

static bool check_api_version(struct identity_ask *ask, struct azb_error *err)
{
    const char *wanted = ask->source->api_version;
    if (!wanted)
        return true;
    struct text version = parameter(ask, "api-version");
    if (!version.at)
        return missing(ask, "api-version", err);
    return text_is(version, wanted) ||
           fail_status(err, 400, "invalid_request",
               "%s: the api-version '%.*s' is not served; '%s' is", ask->source->name,
               TEXT_ARGS(text_slice(version, 0, 40)), wanted);
}

/* ---- Which identity, for what -------------------------------------------------------------- */

static bool choose_id(
    struct identity_ask *ask, enum identity_selector *by, struct text *value, struct azb_error *err)
{
    const char *chosen = NULL;
    *by = IDENTITY_SYSTEM_ASSIGNED;
    *value = TEXT_NONE;
    for (size_t i = 0; i < ID_PARAMETERS_MAX && ask->source->ids[i].name; i++) {
        struct text found = parameter(ask, ask->source->ids[i].name);
        if (!found.at)
            continue;
        if (chosen)
            return fail_status(err, 400, "invalid_request",
                "%s: '%s' and '%s' name an identity; one of them may", ask->source->name, chosen,
                ask->source->ids[i].name);
        chosen = ask->source->ids[i].name;
        *by = ask->source->ids[i].by;
        *value = found;
    }
    return true;
}

/* A source that takes no id must not give another identity than the one that was asked for. */
static bool refuse_unknown_ids(struct identity_ask *ask, struct azb_error *err)
{
    static const char *const all[] = {
        "client_id", "clientid", "object_id", "principal_id", "msi_res_id", "mi_res_id"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool known = false;
        for (size_t at = 0; at < ID_PARAMETERS_MAX && ask->source->ids[at].name; at++)
            known = known || strcmp(all[i], ask->source->ids[at].name) == 0;
        if (!known && parameter(ask, all[i]).at)
            return fail_status(err, 400, "invalid_request", "%s does not take the parameter '%s'",
                ask->source->name, all[i]);
    }
    return true;
}

static struct text lower(struct request *request, struct text value)
{
    char *copy = arena_copy(&request->arena, value.at, value.length);
    for (size_t i = 0; copy && i < value.length; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return (struct text){copy, copy ? value.length : 0};
}

static bool find_identity(
    struct identity_ask *ask, struct managed_identity *out, struct azb_error *err)
{
    struct request *request = ask->request;
    enum identity_selector by;
    struct text value;
    struct azb_error why = AZB_ERROR_INIT;
    if (!refuse_unknown_ids(ask, err) || !choose_id(ask, &by, &value, err))
        return false;
    if (by == IDENTITY_BY_CLIENT_ID || by == IDENTITY_BY_OBJECT_ID)
        value = lower(request, text_slice(value, 0, VALUE_MAX));
    if (managed_identity_find(request->store, by, value, &request->arena, out, &why))
        return true;
    if (why.kind == AZB_ERROR_NOT_FOUND)
        return fail_status(err, 400, "invalid_request", "Identity not found: %s", why.message);
    return error_move(err, &why);
}

static bool check_enabled(
    struct identity_ask *ask, const struct managed_identity *identity, struct azb_error *err)
{
    struct request *request = ask->request;
    struct service_principal principal;
    return service_principal_by_object_id(
               request->store, text_of(identity->object_id), &request->arena, &principal, err) &&
           (principal.enabled ||
               fail_status(err, 400, "unauthorized_client",
                   "the service principal of managed identity '%s' is disabled", identity->name));
}

/* Resource ids here, never a scope. */
static bool find_audience(struct identity_ask *ask, struct text *out, struct azb_error *err)
{
    struct text resource = parameter(ask, "resource");
    if (!resource.at)
        return missing(ask, "resource", err);
    if (resource_audience(ask->request, resource, out, err))
        return true;
    char message[sizeof err->message];
    snprintf(message, sizeof message, "%s: %s", err->code, err->message);
    azb_error_free(err);
    return fail_status(err, 400, "invalid_resource", "%s", message);
}

/* ---- The answer ---------------------------------------------------------------------------- */

struct identity_answer {
    struct managed_identity identity;
    struct text audience;
    const char *access_token;
    int64_t expires_in;
};

static void member_number(
    struct identity_ask *ask, struct json_writer *writer, const char *name, int64_t number)
{
    json_member(writer, name, arena_format(&ask->request->arena, "%lld", (long long)number));
}

static void write_answer(
    struct identity_ask *ask, struct json_writer *writer, const struct identity_answer *answer)
{
    int members = ask->source->members;
    int64_t now_s = ask->request->now / TICKS_PER_SECOND;
    json_begin_object(writer);
    json_member(writer, "access_token", answer->access_token);
    if (members & REPLY_REFRESH_TOKEN)
        json_member(writer, "refresh_token", "");
    if (members & REPLY_CLIENT_ID)
        json_member(writer, "client_id", answer->identity.client_id);
    if (members & REPLY_EXPIRES_IN) {
        member_number(ask, writer, "expires_in", answer->expires_in);
        member_number(ask, writer, "ext_expires_in", answer->expires_in);
    }
    member_number(ask, writer, "expires_on", now_s + answer->expires_in);
    if (members & REPLY_NOT_BEFORE)
        member_number(ask, writer, "not_before", now_s - BACKDATED_S);
    json_member_text(writer, "resource", answer->audience);
    json_member(writer, "token_type", "Bearer");
    json_end_object(writer);
}

/* What an application of this directory wants in tokens for it: version and roles. */
static bool ask_resource(struct identity_ask *ask, const struct identity_answer *answer,
    struct token_grant *grant, struct app_roles *roles, struct azb_error *err)
{
    const struct managed_identity *identity = &answer->identity;
    const struct role_bearer who = {identity->client_id, identity->name, identity->object_id};
    struct resource_application resource;
    bool is_own;
    grant->version = 1;
    if (!resource_own(ask->request, grant->audience, &resource, &is_own, err))
        return false;
    if (!is_own)
        return true;
    grant->version = resource.token_version;
    grant->roles = roles;
    return claim_roles_of_application(ask->request, &resource, &who, roles, err);
}

static bool issue(struct identity_ask *ask, struct identity_answer *answer, struct azb_error *err)
{
    if (!find_audience(ask, &answer->audience, err) ||
        !find_identity(ask, &answer->identity, err) || !check_enabled(ask, &answer->identity, err))
        return false;
    struct app_roles roles;
    struct token_grant grant = {
        .app_id = answer->identity.client_id,
        .object_id = answer->identity.object_id,
        .audience = answer->audience,
        .by_certificate = true, /* appidacr "2": a certificate that the platform has */
        .lifetime_s = LIFETIME_S,
        .resource_id = answer->identity.resource_id,
    };
    if (!ask_resource(ask, answer, &grant, &roles, err))
        return false;
    answer->access_token = entra_issue(ask->request, &grant, &answer->expires_in, err);
    return answer->access_token != NULL;
}

/* xms_cc and token_sha256_to_refresh (continuous access evaluation) are taken and change nothing:
 * every answer is a new token. */
static bool answer(struct identity_ask *ask, struct reply *reply, struct azb_error *err)
{
    struct identity_answer made = {0};
    struct request *request = ask->request;
    bool is_form = strcmp(request->method, "POST") == 0;
    if (!check_place(ask, err) || !check_header(ask, err) ||
        (is_form && !form_parse(request, &ask->form, err)) || !check_api_version(ask, err) ||
        !issue(ask, &made, err))
        return false;
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, REPLY_MAX);
    json_writer_init(&writer, &out, 0);
    write_answer(ask, &writer, &made);
    return reply_document(request, reply, 200, &out, err);
}

/* Clients read the source's own form; what went wrong inside is a 500 of it. */
static bool reply_error(struct identity_ask *ask, struct reply *reply, const struct azb_error *why,
    struct azb_error *err)
{
    int status = refusal_status(why);
    const char *code = why->http_status ? why->code : "server_error";
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, REPLY_MAX);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    ask->source->write_error(ask->request, &writer, status, code, why->message);
    json_end_object(&writer);
    return reply_document(ask->request, reply, status, &out, err);
}

static bool serve(struct request *request, const struct source *source, struct reply *reply,
    struct azb_error *err)
{
    struct identity_ask ask = {.request = request, .source = source};
    struct azb_error why = AZB_ERROR_INIT;
    if (answer(&ask, reply, &why))
        return true;
    bool replied = reply_error(&ask, reply, &why, err);
    azb_error_free(&why);
    return replied;
}

bool identity_serve_imds(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve(request, &imds, reply, err);
}

bool identity_serve_app_service(struct request *request, struct reply *reply, struct azb_error *err)
{
    bool old = text_is(request_query(request, "api-version"), azure_ml.api_version);
    return serve(request, old ? &azure_ml : &app_service, reply, err);
}

bool identity_serve_cloud_shell(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve(request, &cloud_shell, reply, err);
}
