/* Scopes that somebody means to slip through: each with the error that Resource Manager gives. */
#include "arm_steps.h"

#include "directory/management_group.h"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

#define OTHER_SUB "/subscriptions/" UNKNOWN_ID
#define MG "/providers/Microsoft.Management/managementGroups/"

/* Another subscription in which the administrator has no role, with a group of the same name. */
static bool seed_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    const struct management_group group = {"top", "Top", NULL};
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO subscription (id, tenant_id, display_name) VALUES (?1, ?2, 'other')");
    scoped_statement struct statement g =
        statement(connection, "INSERT INTO resource_group (subscription_id, name, location) VALUES "
                              "(?1, 'azb', 'eastus')");
    statement_bind_string(&s, 1, UNKNOWN_ID);
    statement_bind_string(&s, 2, MADE_TENANT);
    statement_bind_string(&g, 1, UNKNOWN_ID);
    return statement_run(&s, err) && statement_run(&g, err) &&
           management_group_put(connection, &group, err);
}

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &guest);
    made_write(&service, seed_work, NULL);
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

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name, *scope;
        int status;
        const char *code; /* "" when it is a scope of the administrator's */
    } cases[] = {
        {"as it is", GROUP, 200, ""},
        {"in another case", "/SUBSCRIPTIONS/" SEED_SUBSCRIPTION "/resourcegroups/AZB", 200, ""},
        {"resource types in another case", GROUP "/PROVIDERS/microsoft.batch/BATCHACCOUNTS/AZB",
            200, ""},
        {"several slashes before it", "//" SUB, 200, ""},
        {"an empty parent of a resource", GROUP "/providers/Microsoft.Batch//batchAccounts/azb",
            200, ""},
        {"two empty parents", GROUP "/providers/Microsoft.Batch///batchAccounts/azb", 400,
            "InvalidScope"},
        {"an empty segment elsewhere", SUB "//resourceGroups/azb", 400, "InvalidScope"},
        {"an empty name", SUB "/resourceGroups//", 400, "InvalidScope"},
        {"..", SUB "/resourceGroups/..", 400, "InvalidScope"},
        {".. to another subscription", SUB "/../../" OTHER_SUB, 400, "InvalidScope"},
        {"encoded ..", SUB "/resourceGroups/%2e%2E", 400, "InvalidScope"},
        {"twice encoded ..", SUB "/resourceGroups/%252e%252e", 400, "InvalidScope"},
        {"a dot", SUB "/resourceGroups/.", 400, "InvalidScope"},
        {"an encoded slash that makes another scope", SUB "%2FresourceGroups%2Fazb", 200, ""},
        {"an encoded slash and ..", SUB "/resourceGroups/azb%2F..", 400, "InvalidScope"},
        {"a backslash", SUB "/resourceGroups/azb%5Cx", 400, "InvalidScope"},
        {"an encoded NUL", SUB "/resourceGroups/azb%00", 400, "BadRequest"},
        {"half an escape", SUB "/resourceGroups/azb%2", 400, "BadRequest"},
        {"bytes that are no UTF-8", SUB "/resourceGroups/%ff", 400, "BadRequest"},
        {"a question mark", SUB "/resourceGroups/azb%3Fx", 400, "InvalidScope"},
        {"a wildcard", SUB "/resourceGroups/*", 400, "InvalidScope"},
        {"a new line", SUB "/resourceGroups/azb%0A", 400, "InvalidScope"},
        {"no GUID", "/subscriptions/mine", 400, "InvalidSubscriptionId"},
        {"a GUID and more", SUB "0", 400, "InvalidSubscriptionId"},
        {"a GUID in braces", "/subscriptions/%7B" SEED_SUBSCRIPTION "%7D", 400,
            "InvalidSubscriptionId"},
        {"a subscription that is there, of others", OTHER_SUB, 403, "AuthorizationFailed"},
        {"its group", OTHER_SUB "/resourceGroups/azb", 403, "AuthorizationFailed"},
        {"its group that is not there", OTHER_SUB "/resourceGroups/none", 403,
            "AuthorizationFailed"},
        {"a subscription that is not there", "/subscriptions/" NEW_ID, 404, "SubscriptionNotFound"},
        {"a group whose name begins as one", SUB "/resourceGroups/azb1", 404,
            "ResourceGroupNotFound"},
        {"a group by the beginning of its name", SUB "/resourceGroups/az", 404,
            "ResourceGroupNotFound"},
        {"an account in no group", SUB "/providers/Microsoft.Batch/batchAccounts/azb", 404,
            "ResourceNotFound"},
        {"an account of another provider", GROUP "/providers/Microsoft.Storage/batchAccounts/azb",
            404, "ResourceNotFound"},
        {"something in an account", ACCOUNT "/pools/none", 404, "ResourceNotFound"},
        {"a type without a name", GROUP "/providers/Microsoft.Batch/batchAccounts", 400,
            "InvalidScope"},
        {"half a subscription", "/subscriptions", 400, "InvalidScope"},
        {"a word that is none", "/subscription/" SEED_SUBSCRIPTION, 400, "InvalidScope"},
        {"the root", "", 403, "AuthorizationFailed"},
        {"the root group", MG MADE_TENANT, 403, "AuthorizationFailed"},
        {"a management group", MG "top", 403, "AuthorizationFailed"},
        {"a management group that is not there", MG "none", 403, "AuthorizationFailed"},
        {"something in a management group", MG "top/x/y", 403, "AuthorizationFailed"},
        {"a management group's ..", MG "..", 400, "InvalidScope"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s" AUTH "roleAssignments" V, cases[i].scope);
        const struct step step = {
            cases[i].name, admin, "GET", path, NULL, cases[i].status, cases[i].code};
        play(&service, &step, 1);
    }
}

/* Who has no role hears the same of what is there and of what is not. */
static void tells_nothing(void **state)
{
    (void)state;
    static const char *const lists[] = {"roleAssignments", "roleDefinitions", "denyAssignments",
        "roleAssignments/" NEW_ID, "roleDefinitions/" READER, "denyAssignments/" NEW_ID};
    static const char *const scopes[] = {GROUP, SUB "/resourceGroups/none", ACCOUNT,
        GROUP "/providers/Microsoft.Batch/batchAccounts/none", MG "top", MG "none"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; k < sizeof scopes / sizeof *scopes; k++) {
            char path[600];
            snprintf(path, sizeof path, "%s" AUTH "%s" V, scopes[k], lists[i]);
            const struct step step = {path, visitor, "GET", path, NULL, 403, "AuthorizationFailed"};
            play(&service, &step, 1);
        }
    for (size_t k = 0; k < sizeof scopes / sizeof *scopes; k++) {
        char path[600];
        snprintf(path, sizeof path, "%s" AUTH "permissions" V, scopes[k]);
        assert_int_equal(count_of(&service, visitor, path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(tells_nothing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
