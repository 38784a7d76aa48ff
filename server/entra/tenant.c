#include "entra/aadsts.h"

#include <ctype.h>

#include "base/error.h"
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

/* ---- Tenants that are left open -------------------------------------------------------------- */

static bool is_shared_tenant(struct text tenant)
{
    return text_equal_nocase(tenant, TEXT("common")) ||
           text_equal_nocase(tenant, TEXT("organizations")) ||
           text_equal_nocase(tenant, TEXT("consumers"));
}

static bool single_tenant(struct text tenant, struct text client_id, struct azb_error *err)
{
    return aadsts(err, 50194,
        "Application '%.*s' is not configured as a multi-tenant application. Usage of the /%.*s "
        "endpoint is not supported for such apps. Use a tenant-specific endpoint or configure the "
        "application to be multi-tenant.",
        TEXT_ARGS(text_slice(client_id, 0, 80)), TEXT_ARGS(tenant));
}

static bool is_multi_tenant(
    struct request *request, struct text client_id, bool *multi, struct azb_error *err)
{
    struct application application;
    struct azb_error why = AZB_ERROR_INIT;
    *multi = false;
    if (application_by_app_id(request->store, client_id, &request->arena, &application, &why)) {
        *multi = application.audience == SIGN_IN_MULTIPLE_ORGS;
        return true;
    }
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return true;
}

bool tenant_check_for(struct request *request, struct text tenant, enum shared_tenant use,
    struct text client_id, struct azb_error *err)
{
    bool multi = false;
    if (!is_shared_tenant(tenant))
        return tenant_check(request, tenant, "invalid_request", err);
    if (!is_multi_tenant(request, client_id, &multi, err))
        return false;
    if (!multi)
        return single_tenant(tenant, client_id, err);
    if (text_equal_nocase(tenant, TEXT("consumers")))
        return aadsts(err, 9002331,
            "Application '%.*s' is configured for use by Azure Active Directory users only. Please "
            "do not use the /consumers endpoint to serve this request.",
            TEXT_ARGS(text_slice(client_id, 0, 80)));
    return use == SHARED_TENANT_MULTI_TENANT ||
           aadsts(err, 9001023,
               "The grant type is not supported over the /common or /consumers endpoints. Please "
               "use the /organizations or tenant-specific endpoint.");
}
