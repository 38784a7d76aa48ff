#include "entra/aadsts.h"

#include <ctype.h>

#include "directory/directory.h"

/* A GUID, or a name with a dot in it as domains have. */
static bool looks_like_tenant(struct text tenant)
{
    bool dot = false;
    for (size_t i = 0; i < tenant.length; i++) {
        unsigned char c = (unsigned char)tenant.at[i];
        dot = dot || c == '.';
        if (!isalnum(c) && c != '-' && c != '.')
            return false;
    }
    return dot || text_is_guid(tenant);
}

bool tenant_check(
    struct request *request, struct text tenant, const char *word, struct azb_error *err)
{
    if (directory_is_tenant(request->service, tenant))
        return true;
    if (!looks_like_tenant(tenant))
        return aadsts(err, 900023,
            "Specified tenant identifier '%.*s' is neither a valid DNS name, nor a valid external "
            "domain.",
            TEXT_ARGS(text_slice(tenant, 0, 80)));
    return aadsts_as(err, 90002, word,
        "Tenant '%.*s' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant.",
        TEXT_ARGS(text_slice(tenant, 0, 80)));
}
