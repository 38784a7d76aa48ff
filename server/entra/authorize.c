#include "entra/authorize.h"

#include "base/error.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorization.h"
#include "entra/entra.h"
#include "exchange.h"

static bool read_v1(struct sign_in *sign_in, struct azb_error *err)
{
    return authorize_read(sign_in, true, err);
}

static bool read_v2(struct sign_in *sign_in, struct azb_error *err)
{
    return authorize_read(sign_in, false, err);
}

/* ---- The answer ------------------------------------------------------------------------------ */

struct code_work {
    struct authorization authorization;
    char *code;
};

static bool make_code(struct request *request, void *context, struct azb_error *err)
{
    struct code_work *work = context;
    return authorization_code_make(request, &work->authorization, &work->code, err);
}

static const char *string_or_null(struct sign_in *sign_in, struct text text)
{
    return text.at ? text_string(&sign_in->request->arena, text) : NULL;
}

static struct authorization authorization_of(struct sign_in *sign_in)
{
    const struct authorize *authorize = sign_in->detail;
    return (struct authorization){
        .client_app_id = sign_in->client_app_id,
        .user_id = sign_in->account->user.object_id,
        .scope = string_or_null(sign_in, authorize->scope.at ? authorize->scope : TEXT("")),
        .resource = string_or_null(sign_in, authorize->resource),
        .redirect_uri = authorize->redirect.is_given ? authorize->redirect.uri : NULL,
        .nonce = string_or_null(sign_in, authorize->nonce),
        .code_challenge = string_or_null(sign_in, authorize->challenge),
        .challenge_is_plain = authorize->challenge_is_plain,
        .signed_in = sign_in->account->signed_in,
        .session_id = sign_in->account->id,
    };
}

/* {"uid":...,"utid":...}: what MSAL makes home_account_id of. */
static const char *client_info_of(struct sign_in *sign_in)
{
    const struct user *user = &sign_in->account->user;
    const char *tenant = user->home_tenant_id ? user->home_tenant_id
                                              : directory_tenant_id(sign_in->request->service);
    const char *json = arena_format(
        &sign_in->request->arena, "{\"uid\":\"%s\",\"utid\":\"%s\"}", user->object_id, tenant);
    return json ? base64url_encode(&sign_in->request->arena, text_of(json)) : NULL;
}

static bool finish(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    const struct authorize *authorize = sign_in->detail;
    struct code_work work = {.authorization = authorization_of(sign_in)};
    if (sign_in->request->arena.failed)
        return fail_memory(err);
    if (!page_write(sign_in->request, make_code, &work, err))
        return false;
    const struct redirect_value values[] = {
        {"code", work.code},
        {"client_info", authorize->wants_client_info ? client_info_of(sign_in) : NULL},
        {"session_state", sign_in->account->id},
    };
    return redirect_reply(
        sign_in, &authorize->redirect, values, sizeof values / sizeof *values, reply, err);
}

static bool decline(struct sign_in *sign_in, struct reply *reply, const struct azb_error *why,
    struct azb_error *err)
{
    const struct authorize *authorize = sign_in->detail;
    return redirect_error(sign_in, &authorize->redirect, why, reply, err);
}

const struct purpose purpose_authorize_v1 = {
    .name = "authorize", .read = read_v1, .finish = finish, .decline = decline};
const struct purpose purpose_authorize_v2 = {
    .name = "authorize_v2", .read = read_v2, .finish = finish, .decline = decline};

/* ---- The endpoint ---------------------------------------------------------------------------- */

static void add_field(struct buffer *query, const struct form_field *field)
{
    if (query->length > 0)
        buffer_add_char(query, '&');
    buffer_add_encoded(query, field->name);
    buffer_add_char(query, '=');
    buffer_add_encoded(query, field->value);
}

/* OpenID Connect Core section 3.1.2.1: GET or POST. A POST from another site comes without our
 * cookie (SameSite=Lax), so it becomes a GET first. */
static bool become_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    scoped_buffer struct buffer query = {0};
    buffer_init(&query, 3 * FORM_BYTES_MAX); /* each byte may become "%20" */
    if (!form_parse(request, &form, err))
        return false;
    for (size_t i = 0; i < form.count; i++)
        add_field(&query, &form.fields[i]);
    if (query.length + request->path.length >= EXCHANGE_TARGET_MAX)
        return aadsts(err, 9002313,
            "Invalid request. Request is malformed or invalid. It is longer than the %d bytes that "
            "an address may have.",
            EXCHANGE_TARGET_MAX);
    /* Whole, because a path may begin with two slashes. */
    char *location = arena_format(&request->arena, "%s%.*s?%s", entra_base_url(request),
        TEXT_ARGS(request->path), query.at ? query.at : "");
    if (!location || query.failed || request->arena.failed)
        return fail_memory(err);
    reply->status = 303;
    reply->body = TEXT("");
    reply_header(reply, "Location", location);
    return true;
}

static bool serve(struct request *request, const struct purpose *purpose, struct reply *reply,
    struct azb_error *err)
{
    if (strcmp(request->method, "POST") == 0)
        return become_get(request, reply, err);
    const struct sign_in_place place = {request->values[0], request->query};
    return sign_in_begin(request, purpose, &place, reply, err);
}

bool authorize_serve_v1(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve(request, &purpose_authorize_v1, reply, err);
}

bool authorize_serve_v2(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve(request, &purpose_authorize_v2, reply, err);
}
