#include "authorize/state.h"
#include "base/error.h"
#include "directory/account.h"
#include "hosts.h"

/* The one audience that Batch takes, by cloud: exact, with the slash. */
static const struct {
    const char *domain;
    const char *audiences[2];
} clouds[] = {
    {".batch.usgovcloudapi.net", {"https://batch.core.usgovcloudapi.net/", NULL}},
    {".batch.chinacloudapi.cn", {"https://batch.chinacloudapi.cn/", NULL}},
    {"", {"https://batch.core.windows.net/", NULL}}, /* public, and localhost */
};

static const char *const *audiences_of(struct text host)
{
    struct text name = host;
    int port;
    host_split(host, &name, &port);
    size_t i = 0;
    while (*clouds[i].domain && !text_ends(name, clouds[i].domain))
        i++;
    return clouds[i].audiences;
}

static bool authorize_token(
    struct request *request, const struct account *account, struct azb_error *err)
{
    if (!account->entra_allowed)
        return bearer_refuse(request, BEARER_SCHEME,
            "The specified type of authentication AAD is not allowed for this account.", err);
    if (!authorize_bearer(request, audiences_of(request->host), err))
        return false;
    if (string_equal_nocase(request->caller.tenant_id, account->tenant_id))
        return true;
    return bearer_refuse(request, BEARER_TENANT,
        "The access token is from another tenant than the account's subscription.", err);
}

bool authorize_batch_caller(
    struct request *request, const struct account *account, struct azb_error *err)
{
    struct text header = text_trim(text_of(request_header(request, "Authorization")));
    if (text_starts(header, "SharedKey ") || text_is(header, "SharedKey"))
        return authorize_shared_key(request, account, err);
    return authorize_token(request, account, err);
}
