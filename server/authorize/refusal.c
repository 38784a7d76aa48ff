/* How each plane words a 401, and the challenge that goes with it. */
#include <stdio.h>

#include "authorize/state.h"
#include "base/error.h"
#include "directory/directory.h"
#include "hosts.h"

#define DETAIL "AuthenticationErrorDetail"
#define BATCH_RESOURCE "https://batch.core.windows.net/"
#define DESCRIPTION_MAX 400

#define BATCH_MESSAGE                                                                              \
    "Server failed to authenticate the request. Make sure the value of Authorization header is "   \
    "formed correctly."

/* ARM's code; NULL message: the detail itself. */
static const struct {
    const char *code, *message;
} arm_words[] = {
    [BEARER_MISSING] = {"AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing."},
    [BEARER_SCHEME] = {"AuthenticationFailedInvalidHeader",
        "Authentication failed. The 'Authorization' header is provided in an invalid format."},
    [BEARER_MALFORMED] = {"InvalidAuthenticationToken", "The access token is invalid."},
    [BEARER_SIGNATURE] = {"InvalidAuthenticationToken", "The access token is invalid."},
    [BEARER_ISSUER] = {"InvalidAuthenticationTokenTenant", NULL},
    [BEARER_TENANT] = {"InvalidAuthenticationTokenTenant", NULL},
    [BEARER_AUDIENCE] = {"InvalidAuthenticationTokenAudience", NULL},
    [BEARER_NOT_YET] = {"InvalidAuthenticationToken", NULL},
    [BEARER_EXPIRED] = {"ExpiredAuthenticationToken", NULL},
    [BEARER_KIND] = {"InvalidAuthenticationToken", NULL},
};

static const char *const graph_messages[] = {
    [BEARER_MISSING] = "Access token is empty.",
    [BEARER_SCHEME] = "Access token is empty.",
    [BEARER_MALFORMED] = "IDX14100: JWT is not well formed.",
    [BEARER_SIGNATURE] = "Invalid signature: signing key or signature is invalid.",
    [BEARER_ISSUER] = "Access token validation failure. Invalid issuer.",
    [BEARER_TENANT] = "Access token validation failure. Invalid issuer.",
    [BEARER_AUDIENCE] = "Access token validation failure. Invalid audience.",
    [BEARER_NOT_YET] = "Lifetime validation failed, the token is not yet valid.",
    [BEARER_EXPIRED] = "Lifetime validation failed, the token is expired.",
    [BEARER_KIND] = "Access token validation failure. The token carries no permission.",
};

static bool refuse_arm(enum bearer_problem problem, const char *detail, struct azb_error *err)
{
    const char *message = arm_words[problem].message;
    return fail_status(err, 401, arm_words[problem].code, "%s", message ? message : detail);
}

bool bearer_refuse(
    struct request *request, enum bearer_problem problem, const char *detail, struct azb_error *err)
{
    if (request->plane == PLANE_BATCH)
        fail_status(err, 401, "AuthenticationFailed", BATCH_MESSAGE);
    else if (request->plane == PLANE_GRAPH)
        fail_status(err, 401, "InvalidAuthenticationToken", "%s", graph_messages[problem]);
    else
        refuse_arm(problem, detail, err);
    error_add_value(err, DETAIL, "%s", detail);
    request->token_problem = (int)problem;
    return false;
}

/* ---- WWW-Authenticate ------------------------------------------------------------------------ */

const char *refusal_detail(const struct azb_error *err)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, DETAIL) == 0)
            return err->values[i].value;
    return err->message;
}

/* A quoted-string cannot hold everything that a token's claims may (RFC 9110 section 5.6.4). */
static void quote(const char *from, char out[DESCRIPTION_MAX])
{
    size_t length = 0;
    for (; *from && length + 1 < DESCRIPTION_MAX; from++) {
        unsigned char c = (unsigned char)*from;
        out[length++] = c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '_' : (char)c;
    }
    out[length] = '\0';
}

/* Where to get a token: the public login host for who came by a public name, else this service. */
static const char *authority(struct request *request)
{
    struct text name;
    int port;
    bool public = host_split(request->host, &name, &port) && host_find(name);
    return public ? "https://login.microsoftonline.com" : request->service->base_url;
}

/* Microsoft identity platform, "Claims challenges, claims requests, and client capabilities". */
static const char *claims_challenge(struct request *request, const char *claims)
{
    const char *encoded = base64_encode(&request->arena, text_of(claims));
    return arena_format(&request->arena,
        "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", "
        "error=\"insufficient_claims\", claims=\"%s\"",
        authority(request), encoded ? encoded : "");
}

void authorize_challenge(struct request *request, struct reply *reply, const struct azb_error *err)
{
    if (err->http_status != 401)
        return;
    if (err->claims) {
        reply_header(reply, "WWW-Authenticate", claims_challenge(request, err->claims));
        return;
    }
    char description[DESCRIPTION_MAX];
    quote(refusal_detail(err), description);
    const char *resource =
        request->plane == PLANE_BATCH ? ", resource_id=\"" BATCH_RESOURCE "\"" : "";
    reply_header(reply, "WWW-Authenticate",
        arena_format(&request->arena,
            "Bearer authorization_uri=\"%s/%s\", error=\"invalid_token\", "
            "error_description=\"%s\"%s",
            authority(request), directory_tenant_id(request->service), description, resource));
    if (request->plane == PLANE_ARM)
        reply_header(reply, "x-ms-failure-cause", "gateway");
}
