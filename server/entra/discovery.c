#include "entra/discovery.h"

#include "base/error.h"
#include "base/json.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/entra.h"

#define DOCUMENT_MAX (512 * 1024)

/* The paths below BASE/TENANT in which the two versions differ. */
struct shape {
    const char *authorize, *token, *device, *logout, *keys;
};

static const struct shape shape_v1 = {
    "oauth2/authorize", "oauth2/token", "oauth2/devicecode", "oauth2/logout", "discovery/keys"};
static const struct shape shape_v2 = {"oauth2/v2.0/authorize", "oauth2/v2.0/token",
    "oauth2/v2.0/devicecode", "oauth2/v2.0/logout", "discovery/v2.0/keys"};

static bool is_shared(struct text tenant)
{
    return text_equal_nocase(tenant, TEXT("common")) ||
           text_equal_nocase(tenant, TEXT("organizations"));
}

void discovery_headers(struct reply *reply)
{
    reply_header(reply, "Access-Control-Allow-Origin", "*");
    reply_header(reply, "Access-Control-Allow-Methods", "GET, OPTIONS");
}

static bool reply_document(struct request *request, struct reply *reply,
    const struct buffer *document, struct azb_error *err)
{
    char *copy =
        document->failed ? NULL : arena_copy(&request->arena, document->at, document->length);
    if (!copy || request->arena.failed)
        return fail_memory(err);
    reply_json(reply, 200, (struct text){copy, document->length});
    reply_header(reply, "Cache-Control", "max-age=86400, private");
    discovery_headers(reply);
    return true;
}

/* ---- OpenID configuration -------------------------------------------------------------------- */

struct place {
    struct request *request;
    const char *base;   /* "https://HOST" */
    const char *tenant; /* as it stands in the URLs: the GUID, "common", "organizations", "adfs" */
    struct json_writer writer;
};

static void write_url(struct place *place, const char *name, const char *path)
{
    json_member(&place->writer, name,
        arena_format(&place->request->arena, "%s/%s/%s", place->base, place->tenant, path));
}

static void write_list(struct place *place, const char *name, const char *const *words)
{
    json_name(&place->writer, name);
    json_begin_array(&place->writer);
    for (; *words; words++)
        json_write_string(&place->writer, *words);
    json_end_array(&place->writer);
}

static void write_endpoints(struct place *place, const struct shape *shape)
{
    write_url(place, "token_endpoint", shape->token);
    write_url(place, "jwks_uri", shape->keys);
    write_url(place, "userinfo_endpoint", "openid/userinfo");
    write_url(place, "authorization_endpoint", shape->authorize);
    write_url(place, "device_authorization_endpoint", shape->device);
    write_url(place, "end_session_endpoint", shape->logout);
}

static void write_abilities(struct place *place)
{
    static const struct {
        const char *name;
        const char *const words[16];
    } lists[] = {
        {"token_endpoint_auth_methods_supported",
            {"client_secret_post", "private_key_jwt", "client_secret_basic"}},
        {"response_modes_supported", {"query", "fragment", "form_post"}},
        {"subject_types_supported", {"pairwise"}},
        {"id_token_signing_alg_values_supported", {"RS256"}},
        {"response_types_supported", {"code", "id_token", "code id_token", "id_token token"}},
        {"scopes_supported", {"openid", "profile", "email", "offline_access"}},
        {"code_challenge_methods_supported", {"S256", "plain"}},
        {"claims_supported", {"sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
                                 "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
                                 "auth_time", "acr", "nonce", "preferred_username", "name", "tid"}},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        write_list(place, lists[i].name, lists[i].words);
    json_member_bool(&place->writer, "request_uri_parameter_supported", false);
    json_member_bool(&place->writer, "authorization_response_iss_parameter_supported", true);
    json_member_bool(&place->writer, "http_logout_supported", true);
    json_member_bool(&place->writer, "frontchannel_logout_supported", true);
}

static void write_cloud(struct place *place)
{
    json_member(&place->writer, "tenant_region_scope", "NA");
    json_member(&place->writer, "cloud_instance_name", "microsoftonline.com");
    json_member(&place->writer, "cloud_graph_host_name", "graph.windows.net");
    json_member(&place->writer, "msgraph_host", "graph.microsoft.com");
    json_member(&place->writer, "rbac_url", "https://pas.windows.net");
}

static bool find_place(struct request *request, struct place *place, struct azb_error *err)
{
    struct text tenant = request->values[0];
    *place = (struct place){.request = request, .base = entra_base_url(request)};
    if (!place->base)
        return fail_memory(err);
    if (text_equal_nocase(tenant, TEXT("adfs")))
        place->tenant = "adfs";
    else if (is_shared(tenant))
        place->tenant = text_equal_nocase(tenant, TEXT("common")) ? "common" : "organizations";
    else if (tenant_check(request, tenant, "invalid_tenant", err))
        place->tenant = directory_tenant_id(request->service);
    return place->tenant != NULL;
}

/* "{tenantid}" stands for every tenant, in the documents that belong to none. */
static const char *issuer_tenant(const struct place *place)
{
    return is_shared(text_of(place->tenant)) ? "{tenantid}" : place->tenant;
}

static const char *issuer_v2(const struct place *place)
{
    return arena_format(&place->request->arena, "%s/%s/v2.0", place->base, issuer_tenant(place));
}

static const char *issuer_v1(const struct place *place)
{
    if (strcmp(place->tenant, "adfs") == 0)
        return arena_format(&place->request->arena, "%s/adfs", place->base);
    return arena_format(
        &place->request->arena, "https://sts.windows.net/%s/", issuer_tenant(place));
}

static bool serve_configuration(struct request *request, struct reply *reply,
    const struct shape *shape, const char *(*issuer)(const struct place *place),
    struct azb_error *err)
{
    struct place place;
    scoped_buffer struct buffer document = {0};
    buffer_init(&document, DOCUMENT_MAX);
    if (!find_place(request, &place, err))
        return false;
    json_writer_init(&place.writer, &document, 0);
    json_begin_object(&place.writer);
    json_member(&place.writer, "issuer", issuer(&place));
    write_endpoints(&place, shape);
    write_abilities(&place);
    write_cloud(&place);
    json_end_object(&place.writer);
    return reply_document(request, reply, &document, err);
}

bool discovery_serve_v1(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_configuration(request, reply, &shape_v1, issuer_v1, err);
}

bool discovery_serve_v2(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_configuration(request, reply, &shape_v2, issuer_v2, err);
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static void write_key(struct json_writer *writer, const struct signing_key *key, const char *issuer)
{
    json_begin_object(writer);
    json_member(writer, "kty", "RSA");
    json_member(writer, "use", "sig");
    json_member(writer, "kid", key->kid);
    json_member(writer, "x5t", key->kid);
    json_member(writer, "n", key->n);
    json_member(writer, "e", key->e);
    json_name(writer, "x5c");
    json_begin_array(writer);
    json_write_string(writer, key->x5c);
    json_end_array(writer);
    json_member(writer, "issuer", issuer);
    json_end_object(writer);
}

/* `issuer` NULL: the keys of v1 do not name one. */
static bool serve_keys(struct request *request, struct reply *reply, const struct place *place,
    const char *issuer, struct azb_error *err)
{
    const struct signing_key *keys[SIGNING_KEYS_MAX];
    size_t count = entra_keys(place->request->service->entra, keys, SIGNING_KEYS_MAX);
    scoped_buffer struct buffer document = {0};
    struct json_writer writer;
    buffer_init(&document, DOCUMENT_MAX);
    json_writer_init(&writer, &document, 0);
    json_begin_object(&writer);
    json_name(&writer, "keys");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        write_key(&writer, keys[i], issuer);
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, &document, err);
}

bool discovery_serve_keys_v1(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct place place;
    return find_place(request, &place, err) && serve_keys(request, reply, &place, NULL, err);
}

bool discovery_serve_keys_v2(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct place place;
    return find_place(request, &place, err) &&
           serve_keys(request, reply, &place, issuer_v2(&place), err);
}

bool discovery_serve_options(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request;
    (void)err;
    reply->status = 200;
    reply->body = TEXT("");
    discovery_headers(reply);
    reply_header(reply, "Access-Control-Allow-Headers",
        "client-request-id, return-client-request-id, "
        "x-client-sku, x-client-ver, x-client-os, x-client-cpu, content-type");
    reply_header(reply, "Access-Control-Max-Age", "86400");
    return true;
}
