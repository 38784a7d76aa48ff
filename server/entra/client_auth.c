#include "entra/token.h"

#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"

/* What the request brought, before anything is believed. */
struct presented {
    struct text client_id;
    struct text secret;     /* as the body or Basic (form-decoded) has it */
    struct text raw_secret; /* of Basic, not decoded: some clients do not encode */
    struct text assertion;
    bool basic;
};

static bool bad_request(struct azb_error *err, const char *why)
{
    return aadsts(err, 9002313, "Invalid request. Request is malformed or invalid. %s", why);
}

/* ---- HTTP Basic (RFC 6749 section 2.3.1: both parts are form-urlencoded) -------------------- */

static struct text decoded_or_raw(struct request *request, struct text raw)
{
    struct text decoded;
    return text_percent_decode(&request->arena, raw, true, &decoded) ? decoded : raw;
}

static bool read_basic(struct request *request, struct presented *out, struct azb_error *err)
{
    struct text header = text_of(request_header(request, "Authorization")), scheme, pair, id;
    if (!header.at)
        return true;
    text_cut(&header, ' ', &scheme);
    if (!text_equal_nocase(scheme, TEXT("Basic")))
        return true; /* another scheme is nothing to this endpoint */
    if (!header.at || !base64_decode(&request->arena, text_trim(header), &pair) ||
        !memchr(pair.at ? pair.at : "", ':', pair.length))
        return bad_request(err, "The Authorization header is not 'Basic' and base64 of id:secret.");
    text_cut(&pair, ':', &id);
    out->basic = true;
    out->client_id = decoded_or_raw(request, id);
    if (!pair.length)
        return true; /* an empty secret is none: a public client that says who it is (oidc-agent) */
    out->raw_secret = pair;
    out->secret = decoded_or_raw(request, pair);
    return true;
}

/* ---- What was presented --------------------------------------------------------------------- */

/* oidc-agent sends its secret both ways; the same secret twice is one method. */
static bool add_body_secret(
    const struct token_request *token, struct presented *out, struct azb_error *err)
{
    struct text secret = form_get(&token->form, "client_secret");
    if (!secret.at)
        return true;
    if (out->basic && !secret_equal(secret, out->secret) && !secret_equal(secret, out->raw_secret))
        return bad_request(err, "The Authorization header and the body hold different secrets.");
    out->secret = secret;
    return true;
}

static bool add_client_id(struct token_request *token, struct presented *out, struct azb_error *err)
{
    struct text id = form_get(&token->form, "client_id");
    if (id.at && out->client_id.at && !text_equal_nocase(id, out->client_id))
        return bad_request(err, "The Authorization header and the body name different clients.");
    if (id.at)
        out->client_id = id;
    if (!out->client_id.at && out->assertion.at)
        return assertion_client_id(token, &out->client_id, err);
    if (!out->client_id.at || !out->client_id.length)
        return form_need(&token->form, "client_id", &out->client_id, err);
    return true;
}

static bool collect(struct token_request *token, struct presented *out, struct azb_error *err)
{
    *out = (struct presented){.assertion = form_get(&token->form, "client_assertion")};
    if (!read_basic(token->request, out, err) || !add_body_secret(token, out, err) ||
        !add_client_id(token, out, err))
        return false;
    if (out->secret.at && out->assertion.at)
        return bad_request(
            err, "A client authenticates by one method: client_secret or client_assertion.");
    return true;
}

/* ---- Finding the application ---------------------------------------------------------------- */

static bool no_application(struct request *request, struct text client_id, struct azb_error *err)
{
    return aadsts(err, 700016,
        "Application with identifier '%.*s' was not found in the directory '%s'. This can happen "
        "if the application has not been installed by the administrator of the tenant or consented "
        "to by any user in the tenant. You may have sent your authentication request to the wrong "
        "tenant.",
        TEXT_ARGS(text_slice(client_id, 0, 80)), directory_tenant_name(request->service));
}

static bool find(struct request *request, const struct presented *presented, struct text secret,
    struct client *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (client_find(request->service, request->store, presented->client_id, secret, request->now,
            &request->arena, out, &why))
        return true;
    if (why.kind == AZB_ERROR_NOT_FOUND)
        return no_application(request, presented->client_id, err);
    *err = why;
    return false;
}

static bool may_sign_in(struct request *request, const struct client *client, struct azb_error *err)
{
    if (!client->object_id)
        return aadsts(err, 7000229,
            "The client application %s is missing service principal in the tenant %s. See "
            "instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
            client->app_id, directory_tenant_id(request->service));
    if (!client->enabled)
        return aadsts(err, 7000112, "Application '%s'(%s) is disabled.", client->app_id,
            client->display_name);
    return true;
}

/* ---- The methods ---------------------------------------------------------------------------- */

static bool refuse_secret(const struct client *client, struct azb_error *err)
{
    if (client->secret == SECRET_EXPIRED)
        return aadsts(err, 7000222,
            "The provided client secret keys for app '%s' are expired. Visit the Azure portal to "
            "create new keys for your app: https://aka.ms/NewClientSecret, or consider using "
            "certificate credentials for added security: https://aka.ms/certCreds.",
            client->app_id);
    if (client->public_client && client->secret_count == 0)
        return aadsts(err, 700025,
            "Client is public so neither 'client_assertion' nor 'client_secret' should be "
            "presented.");
    return aadsts(err, 7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app '%s'.",
        client->app_id);
}

static bool by_secret(struct request *request, const struct presented *presented,
    struct client *client, struct azb_error *err)
{
    bool retry = client->secret != SECRET_RIGHT && presented->basic &&
                 !text_equal(presented->secret, presented->raw_secret);
    if (retry && !find(request, presented, presented->raw_secret, client, err))
        return false;
    return client->secret == SECRET_RIGHT || refuse_secret(client, err);
}

bool identify_client(struct token_request *token, struct token_client *out, struct azb_error *err)
{
    struct request *request = token->request;
    struct presented presented;
    if (!collect(token, &presented, err) ||
        !find(request, &presented, presented.secret, &out->client, err) ||
        !may_sign_in(request, &out->client, err))
        return false;
    out->by_certificate = presented.assertion.at != NULL;
    if (presented.assertion.at)
        return assertion_check(token, &out->client, err);
    if (presented.secret.at)
        return by_secret(request, &presented, &out->client, err);
    out->is_public = true;
    return true;
}

static bool proved_nothing(struct azb_error *err)
{
    return aadsts(err, 7000218,
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'.");
}

bool authenticate_client(
    struct token_request *token, struct token_client *out, struct azb_error *err)
{
    return identify_client(token, out, err) && (!out->is_public || proved_nothing(err));
}

/* ---- Public clients ------------------------------------------------------------------------- */

/* RFC 8252 section 2.1: what a browser hands to a program on a person's machine, or to a script, is
 * a public client's, whatever else the application has; what it hands to a web server is not. */
bool client_may_be_public(
    struct token_request *token, const char *redirect_uri, struct azb_error *err)
{
    const struct client *client = &token->who.client;
    struct request *request = token->request;
    struct application application;
    struct redirect redirect;
    struct azb_error why = AZB_ERROR_INIT;
    if (!token->who.is_public)
        return true;
    if (!redirect_uri)
        return client->public_client || proved_nothing(err);
    if (!application_by_app_id(
            request->store, text_of(client->app_id), &request->arena, &application, err))
        return false;
    if (redirect_match(&application, text_of(redirect_uri), &request->arena, &redirect, &why))
        return redirect.kind != REDIRECT_WEB || proved_nothing(err);
    azb_error_free(&why); /* it is not registered any more */
    return proved_nothing(err);
}
