/* Resource groups, providers, regions, operations, and lists in pages. */
#include "arm_steps.h"

#include "arm/operation_status.h"
#include "arm/page.h"
#include "arm/providers.h"
#include "hosts.h"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

#define NEW_GROUP SUB "/resourceGroups/new"
#define OTHER_SUB "/subscriptions/" UNKNOWN_ID

static int start(void **state)
{
    (void)state;
    made_start(&service);
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

/* ---- Resource groups ------------------------------------------------------------------------- */

/* What the engine's thread does in azbd. */
static bool advance_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    int64_t next = 0;
    (void)context;
    return operations_advance(&service, connection, &next, err);
}

static void resource_groups(void **state)
{
    (void)state;
    char text[400];
    const struct step steps[] = {
        {"none yet", admin, "HEAD", NEW_GROUP V, NULL, 404, "ResourceGroupNotFound"},
        {"no location", admin, "PUT", NEW_GROUP V, "{}", 400, "LocationRequired"},
        {"nowhere", admin, "PUT", NEW_GROUP V, "{\"location\":\"atlantis\"}", 400,
            "LocationNotAvailableForResourceGroup"},
        {"a dot at its end", admin, "PUT", SUB "/resourceGroups/new." V,
            "{\"location\":\"eastus\"}", 400, "InvalidResourceGroupName"},
        {"a character that is none", admin, "PUT", SUB "/resourceGroups/a%24b" V,
            "{\"location\":\"eastus\"}", 400, "InvalidResourceGroupName"},
        {"tags that are no object", admin, "PUT", NEW_GROUP V,
            "{\"location\":\"eastus\",\"tags\":[]}", 400, "InvalidTag"},
        {"a tag that is no string", admin, "PUT", NEW_GROUP V,
            "{\"location\":\"eastus\",\"tags\":{\"a\":1}}", 400, "InvalidTag"},
        {"a tag's name with a slash", admin, "PUT", NEW_GROUP V,
            "{\"location\":\"eastus\",\"tags\":{\"a/b\":\"\"}}", 400, "InvalidTag"},
        {"no role: not made", visitor, "PUT", NEW_GROUP V, "{\"location\":\"eastus\"}", 403,
            "AuthorizationFailed"},
        {"made", admin, "PUT", NEW_GROUP V, "{\"location\":\"West Europe\",\"tags\":{\"a\":\"1\"}}",
            201, ""},
        {"there", admin, "HEAD", SUB "/resourcegroups/NEW" V, NULL, 204, ""},
        {"no role: names are not told apart", visitor, "HEAD", NEW_GROUP V, NULL, 403,
            "AuthorizationFailed"},
        {"elsewhere", admin, "PUT", NEW_GROUP V, "{\"location\":\"eastus\"}", 409,
            "InvalidResourceGroupLocation"},
        {"patched with nothing", admin, "PATCH", NEW_GROUP V, "{}", 200, ""},
        {"letters of other scripts", admin, "PUT", SUB "/resourceGroups/gr%C3%BCn" V,
            "{\"location\":\"eastus\"}", 201, ""},
        {"a filter it does not take", admin, "GET",
            SUB "/resourceGroups" V "&$filter=name%20eq%20'x'", NULL, 400,
            "InvalidFilterInQueryString"},
        {"a value without a name", admin, "GET",
            SUB "/resourceGroups" V "&$filter=tagValue%20eq%20'x'", NULL, 400,
            "InvalidFilterInQueryString"},
    };
    PLAY(&service, steps);
    text_at(&service, admin, NEW_GROUP V, "tags.a", text);
    assert_string_equal(text, "1");
    text_at(&service, admin, NEW_GROUP V, "location", text);
    assert_string_equal(text, "westeurope");
    assert_int_equal(count_of(&service, admin,
                         SUB "/resourceGroups" V "&$filter=tagName%20eq%20'A'%20and%20tagValue%20"
                             "eq%20'1'"),
        1);
    const struct step replaced[] = {
        {"replaced without tags", admin, "PUT", NEW_GROUP V, "{\"location\":\"westeurope\"}", 200,
            ""},
    };
    PLAY(&service, replaced);
    text_at(&service, admin, NEW_GROUP V, "tags.a", text);
    assert_string_equal(text, "");
}

static bool finished(const char *location)
{
    struct made made;
    const char *path = strstr(location, "/subscriptions/");
    assert_non_null(path);
    made_call(&made, &service, PLANE_ARM, admin, "GET", path, NULL);
    int status = made.reply.status;
    made_free(&made);
    return status == 200;
}

/* With what is in it, and with the roles given at it; until it is gone nothing is made in it. */
static void deletes_a_group(void **state)
{
    (void)state;
    struct made made;
    char location[400];
    const struct step before[] = {
        {"a role at it", admin, "PUT", NEW_GROUP AUTH "roleAssignments/" NEW_ID V,
            "{\"properties\":{\"roleDefinitionId\":\"" AUTH "roleDefinitions/" READER
            "\",\"principalId\":\"" MADE_OBJECT "\"}}",
            201, ""},
        {"an account in it", admin, "PUT",
            NEW_GROUP "/providers/Microsoft.Batch/batchAccounts/going" V,
            "{\"location\":\"westeurope\"}", 202, ""},
        {"no role", visitor, "DELETE", NEW_GROUP V, NULL, 403, "AuthorizationFailed"},
    };
    PLAY(&service, before);
    made_write(&service, advance_work, NULL);
    made_call(&made, &service, PLANE_ARM, admin, "DELETE", NEW_GROUP V, NULL);
    assert_int_equal(made.reply.status, 202);
    assert_non_null(made_reply_header(&made, "Retry-After"));
    assert_non_null(made_reply_header(&made, "Azure-AsyncOperation"));
    snprintf(location, sizeof location, "%s", made_reply_header(&made, "Location"));
    made_free(&made);
    const struct step meanwhile[] = {
        {"another account", admin, "PUT",
            NEW_GROUP "/providers/Microsoft.Batch/batchAccounts/coming" V,
            "{\"location\":\"westeurope\"}", 409, "ResourceGroupBeingDeleted"},
        {"a change", admin, "PUT", NEW_GROUP V, "{\"location\":\"westeurope\"}", 409,
            "ResourceGroupBeingDeleted"},
        {"again", admin, "DELETE", NEW_GROUP V, NULL, 202, ""},
    };
    PLAY(&service, meanwhile);
    for (int i = 0; i < 20 && !finished(location); i++)
        made_write(&service, advance_work, NULL);
    assert_true(finished(location));
    const struct step after[] = {
        {"gone", admin, "GET", NEW_GROUP V, NULL, 404, "ResourceGroupNotFound"},
        {"gone already", admin, "DELETE", NEW_GROUP V, NULL, 404, "ResourceGroupNotFound"},
        {"made anew", admin, "PUT", NEW_GROUP V, "{\"location\":\"eastus\"}", 201, ""},
        {"nobody has the old role", admin, "GET", NEW_GROUP AUTH "roleAssignments/" NEW_ID V, NULL,
            404, "RoleAssignmentNotFound"},
        {"nor is there the account", admin, "GET",
            NEW_GROUP "/providers/Microsoft.Batch/batchAccounts/going" V, NULL, 404,
            "ResourceNotFound"},
    };
    PLAY(&service, after);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

/* Follows nextLink to the end; the names in `out`, separated by commas. */
static size_t walk(const char *path, char *out, size_t size)
{
    char next[2000];
    size_t pages = 0, length = 0;
    snprintf(next, sizeof next, "%s", path);
    while (next[0]) {
        struct made made;
        made_call(&made, &service, PLANE_ARM, admin, "GET", next, NULL);
        assert_int_equal(made.reply.status, 200);
        const struct json *page = made_reply_json(&made);
        for (const struct json *item = json_get(page, "value")->first; item; item = item->next)
            length += (size_t)snprintf(
                out + length, size - length, "%.*s,", TEXT_ARGS(json_get_text(item, "name")));
        struct text link = json_get_text(page, "nextLink");
        assert_true(!link.at || text_starts(link, "https://" MADE_HOST "/"));
        link = text_slice(link, strlen("https://" MADE_HOST), link.length);
        snprintf(next, sizeof next, "%.*s", TEXT_ARGS(link));
        made_free(&made);
        assert_true(++pages < 500);
    }
    return pages;
}

static void pages(void **state)
{
    (void)state;
    static const char *const lists[] = {AUTH "roleDefinitions" V, SUB AUTH "roleDefinitions" V,
        SUB AUTH "roleAssignments" V, SUB "/resourceGroups" V, SUB "/locations" V,
        AUTH "providerOperations" V, "/providers/Microsoft.Batch/operations" V, SUB "/resources" V};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        static char whole[200000], pieces[200000];
        char path[400];
        printf("  %s\n", lists[i]);
        whole[0] = pieces[0] = '\0';
        assert_int_equal(walk(lists[i], whole, sizeof whole), 1);
        snprintf(path, sizeof path, "%s&$top=2", lists[i]);
        walk(path, pieces, sizeof pieces);
        assert_string_equal(pieces, whole);
    }
}

static void refuses_pages(void **state)
{
    (void)state;
    const struct step steps[] = {
        {"no number", admin, "GET", SUB "/resourceGroups" V "&$top=x", NULL, 400,
            "InvalidQueryParameter"},
        {"none", admin, "GET", SUB "/resourceGroups" V "&$top=0", NULL, 400,
            "InvalidQueryParameter"},
        {"less than none", admin, "GET", SUB "/resourceGroups" V "&$top=-1", NULL, 400,
            "InvalidQueryParameter"},
        {"more than there can be", admin, "GET", SUB "/resourceGroups" V "&$top=100000", NULL, 200,
            ""},
        {"a token made by hand", admin, "GET", SUB "/resourceGroups" V "&$skiptoken=azb", NULL, 400,
            "InvalidSkipToken"},
        {"an empty one", admin, "GET", SUB "/resourceGroups" V "&$skiptoken=", NULL, 400,
            "InvalidSkipToken"},
        /* base64url of "/{scope*}/providers/Microsoft.Authorization/roleAssignments\n1" */
        {"one of another list", admin, "GET",
            SUB "/resourceGroups" V
                "&$skiptoken=L3tzY29wZSp9L3Byb3ZpZGVycy9NaWNyb3NvZnQuQXV0aG9yaXphdGlvbi9yb2xl"
                "QXNzaWdubWVudHMKMQ",
            NULL, 400, "InvalidSkipToken"},
        {"its own list's", admin, "GET",
            SUB AUTH "roleAssignments" V
                     "&$skiptoken=L3tzY29wZSp9L3Byb3ZpZGVycy9NaWNyb3NvZnQuQXV0aG9yaXphdGlvbi9yb2xl"
                     "QXNzaWdubWVudHMKMQ",
            NULL, 200, ""},
    };
    PLAY(&service, steps);
}

/* ---- Providers ------------------------------------------------------------------------------- */

/* Whether accounts have hosts there, in any of the clouds. */
static bool is_region(const char *name)
{
    for (size_t i = 0; i < public_host_count; i++)
        for (const char *const *at = public_hosts[i].regions; at && *at; at++)
            if (strcmp(*at, name) == 0)
                return true;
    return false;
}

static void providers_and_regions(void **state)
{
    (void)state;
    char text[400];
    const struct step steps[] = {
        {"no such provider", admin, "GET", SUB "/providers/Microsoft.Nothing" V, NULL, 404,
            "InvalidResourceNamespace"},
        {"always registered", admin, "POST", SUB "/providers/Microsoft.Resources/unregister" V,
            NULL, 409, "CannotUnregisterProvider"},
        {"in use", admin, "POST", SUB "/providers/Microsoft.Batch/unregister" V, NULL, 409,
            "CannotUnregisterProvider"},
        {"no role", visitor, "POST", SUB "/providers/Microsoft.Batch/register" V, NULL, 403,
            "AuthorizationFailed"},
        {"registered", admin, "POST", SUB "/providers/microsoft.batch/register" V, NULL, 200, ""},
        {"the tenant's, for everybody", visitor, "GET", "/providers/Microsoft.Batch" V, NULL, 200,
            ""},
        {"a wrong version", admin, "GET", SUB "/resourceGroups?api-version=2022-4-1", NULL, 400,
            "InvalidApiVersionParameter"},
        {"one that nobody knows", admin, "GET", SUB "/resourceGroups?api-version=2099-01-01", NULL,
            200, ""},
        {"operations of nobody", admin, "GET", AUTH "providerOperations/Microsoft.Nothing" V, NULL,
            404, "ProviderNotFound"},
        {"PIM", admin, "GET", SUB AUTH "roleEligibilitySchedules" V, NULL, 501, "NotImplemented"},
        {"deployments", admin, "PUT", GROUP "/providers/Microsoft.Resources/deployments/d" V, "{}",
            501, "NotImplemented"},
    };
    PLAY(&service, steps);
    text_at(&service, admin, SUB "/providers/Microsoft.Batch" V, "registrationState", text);
    assert_string_equal(text, "Registered");
    assert_string_equal(
        provider_type_of_route("/subscriptions/{s}/resourceGroups/{g}")->name, "resourceGroups");
    assert_string_equal(
        provider_type_of_route("/{scope*}/providers/Microsoft.Authorization/roleDefinitions/{r}")
            ->name,
        "roleDefinitions");
    assert_string_equal(
        provider_type_of_route("/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Batch/"
                               "batchAccounts/{a}/pools/{p}")
            ->name,
        "batchAccounts/pools");
    /* The regions in which an account may be are the regions in which a group may be. */
    size_t count;
    const struct location *all = locations(&count);
    for (size_t i = 0; i < count; i++)
        assert_true(is_region(all[i].name));
    assert_ptr_equal(location_find(TEXT("West Europe")), location_find(TEXT("westeurope")));
    assert_null(location_find(TEXT("westeurop")));
    assert_null(location_find(TEXT("")));
}

/* A subscription with a resource group, of which the administrator is Owner. */
static bool subscribe_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    static const char *const steps[] = {
        "INSERT INTO subscription (id, tenant_id, display_name)"
        " VALUES ('" UNKNOWN_ID "', '" MADE_TENANT "', 'other')",
        "INSERT INTO resource_group (subscription_id, name, location)"
        " VALUES ('" UNKNOWN_ID "', 'azb', 'eastus')",
        "INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id, created)"
        " VALUES ('" OTHER_ID "', '" OTHER_SUB "', '" MADE_OBJECT "', 'ServicePrincipal', '" OWNER
        "', 1)",
    };
    struct request request = {.service = context, .store = connection};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        scoped_statement struct statement s = statement(connection, steps[i]);
        if (!statement_run(&s, err))
            return false;
    }
    authorize_roles_changed(&request);
    return true;
}

static void registers_providers(void **state)
{
    (void)state;
    const char *account =
        OTHER_SUB "/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts/b1b" V;
    made_write(&service, subscribe_work, &service);
    const struct step steps[] = {
        {"unregistered", admin, "POST", OTHER_SUB "/providers/Microsoft.Batch/unregister" V, NULL,
            200, ""},
        {"no accounts then", admin, "PUT", account, "{\"location\":\"eastus\"}", 409,
            "MissingSubscriptionRegistration"},
        {"registered again", admin, "POST", OTHER_SUB "/providers/Microsoft.Batch/register" V, NULL,
            200, ""},
        {"an account", admin, "PUT", account, "{\"location\":\"eastus\"}", 202, ""},
        {"in use", admin, "POST", OTHER_SUB "/providers/Microsoft.Batch/unregister" V, NULL, 409,
            "CannotUnregisterProvider"},
    };
    PLAY(&service, steps);
    assert_int_equal(count_of(&service, admin, "/subscriptions" V), 2);
    assert_int_equal(count_of(&service, admin, OTHER_SUB "/resources" V), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resource_groups),
        cmocka_unit_test(deletes_a_group),
        cmocka_unit_test(pages),
        cmocka_unit_test(refuses_pages),
        cmocka_unit_test(providers_and_regions),
        cmocka_unit_test(registers_providers),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
