/* Batch accounts, applications and pools of the ARM plane: operations from their beginning to their
 * end, and every body that is refused. */
#include "arm_steps.h"

#include "arm/operation_status.h"
#include "arm/package.h"

#define ACCOUNTS GROUP "/providers/Microsoft.Batch/batchAccounts"
#define LOCATION SUB "/providers/Microsoft.Batch/locations/westeurope/"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    made_start(&service);
    assert_true(packages_open(&service, &err));
    made_application_add(&service, &guest);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, admin);
    made_token(&service, guest.app_id, guest.secret, RESOURCE_MANAGEMENT, visitor);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Calls ----------------------------------------------------------------------------------- */

/* What a pass of the engine does at its end. */
static bool look(struct store_connection *connection, void *context, struct azb_error *err)
{
    return operations_advance(&service, connection, context, err);
}

static int64_t advance(void)
{
    int64_t next = 0;
    made_write(&service, look, &next);
    return next;
}

/* The path that a header of the reply leads to; GET and the query come with it. */
static char *address(const struct made *made, const char *header, char out[512])
{
    const char *url = made_reply_header(made, header);
    assert_non_null(url);
    assert_true(text_starts(text_of(url), "https://" MADE_HOST "/"));
    snprintf(out, 512, "%s", url + strlen("https://" MADE_HOST));
    return out;
}

static void status_is(const char *path, const char *status)
{
    struct made made;
    made_call(&made, &service, PLANE_ARM, admin, "GET", path, NULL);
    assert_int_equal(made.reply.status, 200);
    made_text_equal(json_get_text(made_reply_json(&made), "status"), status);
    made_free(&made);
}

static void result_is(const char *path, const char *token, int status)
{
    struct made made;
    made_call(&made, &service, PLANE_ARM, token, "GET", path, NULL);
    assert_int_equal(made.reply.status, status);
    if (status == 202)
        assert_non_null(made_reply_header(&made, "Retry-After"));
    made_free(&made);
}

/* ---- Operations ------------------------------------------------------------------------------ */

static void an_operation_has_a_life(void **state)
{
    (void)state;
    struct made made;
    char results[512], statuses[512];
    atomic_store(&service.operation_ms, 60 * 1000);
    made_call(&made, &service, PLANE_ARM, admin, "PUT", ACCOUNTS "/life" V,
        "{\"location\":\"West Europe\"}");
    assert_int_equal(made.reply.status, 202);
    assert_string_equal(made_reply_header(&made, "Retry-After"), "1");
    address(&made, "Location", results);
    address(&made, "Azure-AsyncOperation", statuses);
    made_free(&made);
    atomic_store(&service.operation_ms, 0);

    assert_true(advance() > 0); /* it wants to be looked at when its time has come */
    status_is(statuses, "InProgress");
    result_is(results, admin, 202);
    result_is(results, visitor, 403);
    clock_move(&service.clock, 61 * 1000);
    assert_int_equal(advance(), 0);
    status_is(statuses, "Succeeded");
    result_is(results, admin, 200);
    result_is(results, visitor, 403);

    made_call(&made, &service, PLANE_ARM, admin, "DELETE", ACCOUNTS "/life" V, NULL);
    address(&made, "Azure-AsyncOperation", statuses);
    made_free(&made);
    advance();
    status_is(statuses, "Succeeded");
    const struct step steps[] = {
        {"it is gone", admin, "GET", ACCOUNTS "/life" V, NULL, 404, "ResourceNotFound"},
        {"and goes once", admin, "DELETE", ACCOUNTS "/life" V, NULL, 204, ""},
        {"no such operation", admin, "GET", LOCATION "operationStatuses/" UNKNOWN_ID V, NULL, 404,
            "ResourceNotFound"},
        {"no such result", admin, "GET", LOCATION "accountOperationResults/x" V, NULL, 404,
            "ResourceNotFound"},
    };
    PLAY(&service, steps);
    clock_move(&service.clock, -61 * 1000);
}

static void an_operation_may_fail(void **state)
{
    (void)state;
    struct made made;
    char results[512], statuses[512];
    atomic_store(&service.operations_fail, true);
    made_call(&made, &service, PLANE_ARM, admin, "PUT", ACCOUNTS "/luckless" V,
        "{\"location\":\"westeurope\"}");
    address(&made, "Location", results);
    address(&made, "Azure-AsyncOperation", statuses);
    made_free(&made);
    atomic_store(&service.operations_fail, false);
    advance();
    status_is(statuses, "Failed");
    result_is(results, admin, 409);
    const struct step steps[] = {
        {"it is made again", admin, "PUT", ACCOUNTS "/luckless" V, "{\"location\":\"westeurope\"}",
            202, ""},
    };
    PLAY(&service, steps);
    advance();
    made_call(&made, &service, PLANE_ARM, admin, "DELETE", ACCOUNTS "/luckless" V, NULL);
    made_free(&made);
    advance();
}

/* ---- Bodies ---------------------------------------------------------------------------------- */

static void refuses_accounts(void **state)
{
    (void)state;
#define PUT(name, account, body, status, code)                                                     \
    {                                                                                              \
        name, admin, "PUT", ACCOUNTS "/" account V, body, status, code                             \
    }
#define IN_PROPERTIES(json) "{\"location\":\"eastus\",\"properties\":{" json "}}"
#define BAD(name, json) PUT(name, "fresh", IN_PROPERTIES(json), 400, "InvalidPropertyValue")
    const struct step steps[] = {
        PUT("no body", "fresh", "", 400, "InvalidRequestContent"),
        PUT("no object", "fresh", "[]", 400, "InvalidRequestContent"),
        PUT("no location", "fresh", "{}", 400, "LocationRequired"),
        PUT("a location of no kind", "fresh", "{\"location\":7}", 400, "LocationRequired"),
        PUT("no such region", "fresh", "{\"location\":\"mars\"}", 400,
            "LocationNotAvailableForResourceType"),
        PUT("a region that never ends", "fresh",
            "{\"location\":\"eastuseastuseastuseastuseastuseastuseastuseastuseastuseastuseastus\"}",
            400, "LocationNotAvailableForResourceType"),
        PUT("a short name", "ab", "{\"location\":\"eastus\"}", 400, "InvalidAccountName"),
        PUT("a long name", "abcdefghijklmnopqrstuvwxy", "{\"location\":\"eastus\"}", 400,
            "InvalidAccountName"),
        PUT("capitals", "Fresh", "{\"location\":\"eastus\"}", 400, "InvalidAccountName"),
        PUT("a dash", "fre-sh", "{\"location\":\"eastus\"}", 400, "InvalidAccountName"),
        PUT("look-alikes", "fr%D0%B5sh", "{\"location\":\"eastus\"}", 400, "InvalidAccountName"),
        PUT("another region for one that is there", "azb", "{\"location\":\"westus\"}", 409,
            "InvalidResourceLocation"),
        PUT("unknown members", "fresh", "{\"location\":\"eastus\",\"colour\":1}", 400,
            "InvalidPropertyValue"),
        PUT("tags of no kind", "fresh", "{\"location\":\"eastus\",\"tags\":[]}", 400,
            "InvalidPropertyValue"),
        PUT("a tag of no kind", "fresh", "{\"location\":\"eastus\",\"tags\":{\"a\":1}}", 400,
            "InvalidPropertyValue"),
        PUT("identity without a type", "fresh", "{\"location\":\"eastus\",\"identity\":{}}", 400,
            "MissingRequiredProperty"),
        PUT("an identity that is not there", "fresh",
            "{\"location\":\"eastus\",\"identity\":{\"type\":\"UserAssigned\","
            "\"userAssignedIdentities\":{\"/subscriptions/x\":{}}}}",
            404, "ResourceNotFound"),
        PUT("no identity of them", "fresh",
            "{\"location\":\"eastus\",\"identity\":{\"type\":\"UserAssigned\"}}", 400,
            "InvalidPropertyValue"),
        PUT("properties of no kind", "fresh", "{\"location\":\"eastus\",\"properties\":1}", 400,
            "InvalidPropertyValue"),
        BAD("no mode", "\"allowedAuthenticationModes\":[]"),
        BAD("an unknown mode", "\"allowedAuthenticationModes\":[\"Magic\"]"),
        BAD("modes of no kind", "\"allowedAuthenticationModes\":\"AAD\""),
        BAD("a mode of no kind", "\"allowedAuthenticationModes\":[1]"),
        BAD("network access", "\"publicNetworkAccess\":\"Sometimes\""),
        BAD("storage of no kind", "\"autoStorage\":\"store\""),
        BAD("storage by its name", "\"autoStorage\":{\"storageAccountId\":\"store\"}"),
        BAD("storage of another type",
            "\"autoStorage\":{\"storageAccountId\":\"/subscriptions/s/resourceGroups/g/providers/"
            "Microsoft.Sql/servers/x\"}"),
        BAD("a storage mode without identity",
            "\"autoStorage\":{\"storageAccountId\":\"/subscriptions/s/resourceGroups/g/providers/"
            "Microsoft.Storage/storageAccounts/x\",\"authenticationMode\":"
            "\"BatchAccountManagedIdentity\"}"),
        PUT("no storage account", "fresh", IN_PROPERTIES("\"autoStorage\":{}"), 400,
            "MissingRequiredProperty"),
        BAD("a key source", "\"encryption\":{\"keySource\":\"Mine\"}"),
        BAD("a vault without a key", "\"encryption\":{\"keySource\":\"Microsoft.KeyVault\"}"),
        BAD("a key that is no URL",
            "\"encryption\":{\"keySource\":\"Microsoft.KeyVault\",\"keyVaultProperties\":"
            "{\"keyIdentifier\":\"k\"}}"),
        BAD("a rule of no kind",
            "\"networkProfile\":{\"accountAccess\":{\"defaultAction\":\"Deny\",\"ipRules\":"
            "[{\"action\":\"Deny\",\"value\":\"1.2.3.4\"}]}}"),
        PUT("nodes of a subscription", "fresh",
            IN_PROPERTIES("\"poolAllocationMode\":\"UserSubscription\""), 400,
            "UserSubscriptionNotSupported"),
        {"another group", admin, "PUT",
            SUB "/resourceGroups/none/providers/Microsoft.Batch/batchAccounts/fresh" V,
            "{\"location\":\"eastus\"}", 404, "ResourceGroupNotFound"},
        {"no role: made", visitor, "PUT", ACCOUNTS "/fresh" V, "{\"location\":\"eastus\"}", 403,
            "AuthorizationFailed"},
        {"no role: deleted", visitor, "DELETE", ACCOUNTS "/azb" V, NULL, 403,
            "AuthorizationFailed"},
        {"no role: changed", visitor, "PATCH", ACCOUNTS "/azb" V, "{}", 403, "AuthorizationFailed"},
        {"none of these made it", admin, "GET", ACCOUNTS "/fresh" V, NULL, 404, "ResourceNotFound"},
        {"nothing to synchronize", admin, "POST", ACCOUNTS "/azb/syncAutoStorageKeys" V, NULL, 409,
            "AutoStorageNotConfigured"},
    };
    PLAY(&service, steps);
}

static void refuses_below_accounts(void **state)
{
    (void)state;
#define AT(name, method, below, body, status, code)                                                \
    {                                                                                              \
        name, admin, method, ACCOUNTS "/azb/" below V, body, status, code                          \
    }
    const struct step steps[] = {
        AT("a pool without a size", "PUT", "pools/p", "{\"properties\":{}}", 400,
            "MissingRequiredProperty"),
        AT("a pool of a bad name", "PUT", "pools/a%20b",
            "{\"properties\":{\"vmSize\":\"a\",\"deploymentConfiguration\":"
            "{\"virtualMachineConfiguration\":{\"imageReference\":{},\"nodeAgentSkuId\":\"x\"}}}}",
            400, "InvalidPropertyValue"),
        AT("a pool without machines", "PUT", "pools/p", "{\"properties\":{\"vmSize\":\"a\"}}", 400,
            "MissingRequiredProperty"),
        AT("a machine of no kind", "PUT", "pools/p",
            "{\"properties\":{\"vmSize\":\"a\",\"deploymentConfiguration\":"
            "{\"virtualMachineConfiguration\":7}}}",
            400, "InvalidPropertyValue"),
        AT("too many nodes", "PUT", "pools/p",
            "{\"properties\":{\"vmSize\":\"a\",\"scaleSettings\":{\"fixedScale\":"
            "{\"targetDedicatedNodes\":99999999999}}}}",
            400, "InvalidPropertyValue"),
        AT("half a node", "PUT", "pools/p",
            "{\"properties\":{\"scaleSettings\":{\"fixedScale\":{\"targetDedicatedNodes\":0.5}}}}",
            400, "InvalidPropertyValue"),
        AT("a cloud service", "PUT", "pools/p",
            "{\"properties\":{\"vmSize\":\"a\",\"deploymentConfiguration\":"
            "{\"cloudServiceConfiguration\":{\"osFamily\":\"5\"}}}}",
            400, "UnsupportedProperty"),
        AT("no such pool", "PATCH", "pools/none", "{}", 404, "PoolNotFound"),
        AT("nothing to stop", "POST", "pools/none/stopResize", NULL, 404, "PoolNotFound"),
        AT("a pool that is gone already", "DELETE", "pools/none", NULL, 204, ""),
        AT("maxresults", "GET", "pools", NULL, 200, ""),
        AT("an application of a bad name", "PUT", "applications/a.b", NULL, 400,
            "InvalidPropertyValue"),
        AT("an application", "PUT", "applications/app", NULL, 200, ""),
        AT("a version of a bad name", "PUT", "applications/app/versions/a%20b", NULL, 400,
            "InvalidPropertyValue"),
        AT("a version of no application", "PUT", "applications/none/versions/1", NULL, 404,
            "ApplicationNotFound"),
        AT("no such default", "PATCH", "applications/app",
            "{\"properties\":{\"defaultVersion\":\"1\"}}", 400, "InvalidPropertyValue"),
        AT("a version", "PUT", "applications/app/versions/1", NULL, 200, ""),
        AT("another case is the same version", "GET", "applications/APP/versions/1", NULL, 200, ""),
        AT("a format", "POST", "applications/app/versions/1/activate", "{\"format\":\"tar\"}", 400,
            "InvalidPropertyValue"),
        AT("nothing uploaded", "POST", "applications/app/versions/1/activate",
            "{\"format\":\"zip\"}", 409, "ApplicationPackageNotUploaded"),
        AT("packages in it", "DELETE", "applications/app", NULL, 409, "ApplicationHasPackages"),
        AT("its version goes", "DELETE", "applications/app/versions/1", NULL, 200, ""),
        AT("and once", "DELETE", "applications/app/versions/1", NULL, 204, ""),
        AT("it goes", "DELETE", "applications/app", NULL, 200, ""),
        AT("certificates", "GET", "certificates", NULL, 410, "FeatureRetired"),
        AT("a detector", "GET", "detectors/x", NULL, 404, "ResourceNotFound"),
        AT("detectors", "GET", "detectors", NULL, 200, ""),
        AT("a private link", "GET", "privateLinkResources/BatchAccount", NULL, 200, ""),
        AT("no such private link", "GET", "privateLinkResources/x", NULL, 404, "ResourceNotFound"),
        {"quotas", admin, "GET", LOCATION "quotas" V, NULL, 200, ""},
        {"quotas of nowhere", admin, "GET",
            SUB "/providers/Microsoft.Batch/locations/mars/quotas" V, NULL, 400,
            "LocationNotAvailableForResourceType"},
        {"sizes by another filter", admin, "GET",
            LOCATION "virtualMachineSkus" V "&$filter=colour%20eq%20'red'", NULL, 400,
            "InvalidFilter"},
        {"no results", admin, "GET", LOCATION "virtualMachineSkus" V "&maxresults=0", NULL, 400,
            "InvalidQueryParameter"},
        {"a name of another type", admin, "POST", LOCATION "checkNameAvailability" V,
            "{\"name\":\"abc\",\"type\":\"Microsoft.Sql/servers\"}", 400, "InvalidPropertyValue"},
    };
    PLAY(&service, steps);
}

/* ---- Packages -------------------------------------------------------------------------------- */

/* The path of `storageUrl` in what Resource Manager answers about the version 1 of "signed". */
static void url_of(const char *method, char path[512])
{
    struct made made;
    made_call(&made, &service, PLANE_ARM, admin, method,
        ACCOUNTS "/azb/applications/signed/versions/1" V, NULL);
    struct text url = json_text(json_path(made_reply_json(&made), "properties.storageUrl"));
    snprintf(
        path, 512, "%.*s", TEXT_ARGS(text_slice(url, strlen("https://" MADE_HOST), url.length)));
    made_free(&made);
}

static void urls_are_signed(void **state)
{
    (void)state;
    struct made made;
    char path[512], seen[512];
    const struct step steps[] = {
        {"an application", admin, "PUT", ACCOUNTS "/azb/applications/signed" V, NULL, 200, ""}};
    PLAY(&service, steps);
    url_of("PUT", path);
    url_of("GET", seen);

    /* Who only may see the version gets no URL that writes what others will activate and run. */
    made_call(&made, &service, PLANE_PACKAGE, NULL, "PUT", seen, "PK\x05\x06");
    assert_int_equal(made.reply.status, 403);
    made_free(&made);
    made_call(&made, &service, PLANE_PACKAGE, NULL, "GET", seen, NULL);
    assert_int_equal(made.reply.status, 404);
    made_free(&made);

    /* Each byte of the signed parts counts. */
    char *query = strchr(path, '?');
    assert_non_null(query);
    for (char *at = strstr(query, "se="); *at; at++) {
        char kept = *at;
        if (kept == '&' || kept == '=' || kept == '%')
            continue;
        *at = kept == '1' ? '2' : '1';
        made_call(&made, &service, PLANE_PACKAGE, NULL, "PUT", path, "PK");
        assert_int_equal(made.reply.status, 403);
        made_free(&made);
        *at = kept;
    }
    made_call(&made, &service, PLANE_PACKAGE, NULL, "GET", path, NULL);
    assert_int_equal(made.reply.status, 404);
    made_free(&made);
    made_call(&made, &service, PLANE_PACKAGE, NULL, "PUT", path, "PK\x05\x06");
    assert_int_equal(made.reply.status, 201);
    made_free(&made);
    const struct step later[] = {
        {"activated", admin, "POST", ACCOUNTS "/azb/applications/signed/versions/1/activate" V,
            "{\"format\":\"zip\"}", 200, ""}};
    PLAY(&service, later);
    made_call(&made, &service, PLANE_PACKAGE, NULL, "PUT", path, "PK\x05\x06");
    assert_int_equal(made.reply.status, 409);
    made_free(&made);
    clock_move(&service.clock, 5LL * 3600 * 1000);
    made_call(&made, &service, PLANE_PACKAGE, NULL, "GET", path, NULL);
    assert_int_equal(made.reply.status, 403);
    made_free(&made);
    clock_move(&service.clock, -5LL * 3600 * 1000);
}

/* ---- Quota ----------------------------------------------------------------------------------- */

static void a_region_has_a_quota(void **state)
{
    (void)state;
    int made_ones = 0, status = 202;
    for (; status == 202; made_ones++) {
        struct made made;
        char path[512];
        snprintf(path, sizeof path, ACCOUNTS "/quota%d" V, made_ones);
        made_call(&made, &service, PLANE_ARM, admin, "PUT", path, "{\"location\":\"uksouth\"}");
        status = made.reply.status;
        made_free(&made);
    }
    assert_int_equal(status, 409);
    assert_int_equal(made_ones, 50 + 1);
    advance();
    struct made made;
    made_call(&made, &service, PLANE_ARM, admin, "GET", ACCOUNTS V "&$top=20", NULL);
    const struct json *page = made_reply_json(&made);
    assert_int_equal(json_get(page, "value")->count, 20);
    assert_non_null(json_get_text(page, "nextLink").at);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_has_a_life),
        cmocka_unit_test(an_operation_may_fail),
        cmocka_unit_test(refuses_accounts),
        cmocka_unit_test(refuses_below_accounts),
        cmocka_unit_test(urls_are_signed),
        cmocka_unit_test(a_region_has_a_quota),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
