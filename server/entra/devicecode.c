#include "entra/devicecode.h"

#include "base/error.h"
#include "base/json.h"
#include "entra/aadsts.h"
#include "entra/entra.h"
#include "entra/token.h"

#define REPLY_MAX 4096

/* ---- The request ---------------------------------------------------------------------------- */

/* Whatever is asked for must make sense now: the person at the browser could not mend it. */
static bool read_scope(
    struct token_request *token, struct authorization *out, struct azb_error *err)
{
    struct request *request = token->request;
    struct scopes scopes;
    struct text scope = form_get(&token->form, "scope");
    struct text resource = form_get(&token->form, "resource");
    if (token->version == TOKEN_V2 && resource.at)
        return aadsts(err, 901002, "The 'resource' request parameter is not supported.");
    if (token->adfs && !resource.at)
        token->version = TOKEN_V2;
    if (token->version == TOKEN_V1) {
        out->resource = text_string(&request->arena, resource);
        return form_need(&token->form, "resource", &resource, err) &&
               scopes_of_resource(request, resource, &scopes, err);
    }
    out->scope = text_string(&request->arena, scope);
    return form_need(&token->form, "scope", &scope, err) &&
           scopes_parse(request, scope, &scopes, err);
}

static bool prepare(struct request *request, enum token_version version, struct azb_error *err)
{
    struct token_request *token = arena_alloc(&request->arena, sizeof *token);
    struct authorization *authorization = arena_alloc(&request->arena, sizeof *authorization);
    if (!token || !authorization)
        return fail_memory(err);
    *token = (struct token_request){
        .request = request,
        .version = version,
        .tenant = request->values[0],
        .adfs = text_equal_nocase(request->values[0], TEXT("adfs")),
        .consumed = authorization,
    };
    request->prepared = token;
    request->writes = true;
    if (!form_parse(request, &token->form, err) ||
        !tenant_check_for(request, token->tenant, SHARED_TENANT_MULTI_TENANT,
            form_get(&token->form, "client_id"), err) ||
        !identify_client(token, &token->who, err) || !read_scope(token, authorization, err))
        return false;
    authorization->client_app_id = token->who.client.app_id;
    return true;
}

bool devicecode_prepare_v1(struct request *request, struct azb_error *err)
{
    return prepare(request, TOKEN_V1, err);
}

bool devicecode_prepare_v2(struct request *request, struct azb_error *err)
{
    return prepare(request, TOKEN_V2, err);
}

/* ---- The reply ------------------------------------------------------------------------------ */

static void member_number(struct request *request, struct json_writer *writer,
    enum token_version version, const char *name, int number)
{
    if (version == TOKEN_V1)
        json_member(writer, name, arena_format(&request->arena, "%d", number));
    else
        json_member_i64(writer, name, number);
}

/* Scripts cut the address and the code out of the sentence: its shape is Entra's. */
static void write_codes(
    struct token_request *token, struct json_writer *writer, const struct device_codes *codes)
{
    struct request *request = token->request;
    bool v1 = token->version == TOKEN_V1;
    const char *base = entra_base_url(request);
    const char *page = base ? arena_format(&request->arena, "%s" DEVICE_PAGE_PATH, base) : NULL;
    json_begin_object(writer);
    json_member(writer, "user_code", codes->user_code);
    json_member(writer, "device_code", codes->device_code);
    json_member(writer, v1 ? "verification_url" : "verification_uri", page);
    member_number(request, writer, token->version, "expires_in", DEVICE_CODE_LIFETIME_S);
    member_number(request, writer, token->version, "interval", DEVICE_CODE_INTERVAL_S);
    json_member(writer, "message",
        arena_format(&request->arena,
            "To sign in, use a web browser to open the page %s and enter the code %s to "
            "authenticate.",
            page ? page : "", codes->user_code));
    json_end_object(writer);
}

bool devicecode_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct token_request *token = request->prepared;
    struct device_codes codes;
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, REPLY_MAX);
    json_writer_init(&writer, &body, 0);
    if (!device_code_make(request, token->consumed, &codes, err))
        return false;
    write_codes(token, &writer, &codes);
    char *copy = body.failed ? NULL : arena_copy(&request->arena, body.at, body.length);
    if (!copy || request->arena.failed)
        return fail_memory(err);
    reply_json(reply, 200, (struct text){copy, body.length});
    return true;
}
