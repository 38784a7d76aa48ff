/* Resource Manager when memory is short: each allocation of a call fails once. The call is refused
 * or done, nothing leaks, and the next one goes well. */
#include "arm_steps.h"

#include "base/arena.h"

static struct service service;
static char admin[ADMIN_TOKEN_MAX];

#define TRIES 80 /* more than any call allocates */

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, admin);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* True: it was done, though allocation number `n` failed (0: none does). */
static bool call_failing(const struct step *step, long n)
{
    struct made made;
    made_request(&made, &service, PLANE_ARM, step->method, step->path);
    made.request.body = text_of(step->body);
    made_header(&made, "Authorization", admin);
    bool ok = made_call_failing(&made, n);
    if (ok)
        assert_true(made.reply.status == step->status || made.reply.status == 200);
    made_free(&made);
    return ok;
}

/* A call whose cache could not be filled, or whose like was done before, succeeds all the same. */
static void survives(void **state)
{
    (void)state;
    static const struct step calls[] = {
        {"roles", NULL, "GET",
            SUB AUTH "roleDefinitions" V "&$top=3&$filter=type%20eq%20'BuiltInRole'", NULL, 200,
            ""},
        {"assignments", NULL, "GET",
            ACCOUNT AUTH "roleAssignments" V "&$filter=atScope()%20and%20assignedTo('" MADE_OBJECT
                         "')",
            NULL, 200, ""},
        {"permissions", NULL, "GET", ACCOUNT AUTH "permissions" V, NULL, 200, ""},
        {"denials", NULL, "GET", ACCOUNT AUTH "denyAssignments" V, NULL, 200, ""},
        {"operations", NULL, "GET",
            AUTH "providerOperations/Microsoft.Batch" V "&$expand=resourceTypes", NULL, 200, ""},
        {"groups", NULL, "GET", SUB "/resourceGroups" V "&$top=1", NULL, 200, ""},
        {"resources", NULL, "GET", SUB "/resources" V, NULL, 200, ""},
        {"provider", NULL, "GET", SUB "/providers/Microsoft.Batch" V, NULL, 200, ""},
        {"assignment", NULL, "PUT", ACCOUNT AUTH "roleAssignments/" NEW_ID V,
            "{\"properties\":{\"roleDefinitionId\":\"" READER "\",\"principalId\":\"" MADE_OBJECT
            "\",\"condition\":\"@Resource[a:b] StringEquals 'c'\",\"conditionVersion\":\"2.0\"}}",
            201, ""},
        {"group", NULL, "PUT", SUB "/resourceGroups/new" V,
            "{\"location\":\"eastus\",\"tags\":{\"a\":\"1\"}}", 201, ""},
        {"account", NULL, "GET", ACCOUNT V, NULL, 200, ""},
        {"accounts", NULL, "GET", SUB "/providers/Microsoft.Batch/batchAccounts" V, NULL, 200, ""},
        {"a new account", NULL, "PUT", GROUP "/providers/Microsoft.Batch/batchAccounts/short" V,
            "{\"location\":\"West Europe\",\"tags\":{\"a\":\"b\"},\"identity\":{\"type\":"
            "\"SystemAssigned\"},\"properties\":{\"allowedAuthenticationModes\":[\"AAD\"]}}",
            202, ""},
        {"its keys", NULL, "POST", ACCOUNT "/regenerateKeys" V, "{\"keyName\":\"Primary\"}", 200,
            ""},
        {"a change of it", NULL, "PATCH", ACCOUNT V,
            "{\"tags\":{\"a\":\"b\"},\"properties\":{\"publicNetworkAccess\":\"Disabled\"}}", 200,
            ""},
        {"an application", NULL, "PUT", ACCOUNT "/applications/app" V,
            "{\"properties\":{\"displayName\":\"App\"}}", 200, ""},
        {"a package", NULL, "PUT", ACCOUNT "/applications/app/versions/1" V, NULL, 200, ""},
        {"a pool", NULL, "PUT", ACCOUNT "/pools/p" V,
            "{\"properties\":{\"vmSize\":\"a\",\"deploymentConfiguration\":"
            "{\"virtualMachineConfiguration\":{\"imageReference\":{\"publisher\":\"p\",\"offer\":"
            "\"o\",\"sku\":\"s\"},\"nodeAgentSkuId\":\"x\"}},\"metadata\":[{\"name\":\"a\","
            "\"value\":"
            "\"b\"}]}}",
            200, ""},
        {"pools", NULL, "GET", ACCOUNT "/pools" V, NULL, 200, ""},
        {"sizes", NULL, "GET",
            SUB "/providers/Microsoft.Batch/locations/eastus/virtualMachineSkus" V, NULL, 200, ""},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        int refused = 0;
        for (long n = 1; n <= TRIES; n++)
            refused += !call_failing(&calls[i], n);
        printf("  %s: %d of %d refused\n", calls[i].name, refused, TRIES);
        assert_true(refused > 0);
        assert_true(call_failing(&calls[i], 0));
    }
    const struct step after[] = {
        {"there", admin, "GET", ACCOUNT AUTH "roleAssignments/" NEW_ID V, NULL, 200, ""},
        {"decisions go on", admin, "GET", SUB "/resourceGroups/new" V, NULL, 200, ""},
    };
    PLAY(&service, after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
