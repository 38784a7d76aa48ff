/* Resource groups, providers, regions, management groups, denials, operations, and lists in pages.
 */
#include "arm_steps.h"

#include "arm/operation_status.h"
#include "arm/page.h"
#include "arm/providers.h"
#include "directory/deny_assignment.h"
#include "directory/management_group.h"
#include "hosts.h"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

#define NEW_GROUP SUB "/resourceGroups/new"
#define MG "/providers/Microsoft.Management/managementGroups/"
#define OTHER_SUB "/subscriptions/" UNKNOWN_ID

static int start(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    made_start(&service);
    service.router = router_new(&err);
    made_application_add(&service, &guest);
    made_token(&service, MADE_CLIENT, MADE_SECRET, "https%3A%2F%2Fmanagement.azure.com", admin);
    made_token(&service, guest.app_id, guest.secret, "https%3A%2F%2Fmanagement.azure.com", visitor);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    router_free(service.router);
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
        assert_non_null(host_region(text_of(all[i].name)));
    assert_ptr_equal(location_find(TEXT("West Europe")), location_find(TEXT("westeurope")));
    assert_null(location_find(TEXT("westeurop")));
    assert_null(location_find(TEXT("")));
}

/* ---- Management groups ----------------------------------------------------------------------- */

struct groups {
    struct management_group what;
    const char *message; /* a part of it; NULL when it is made */
};

static bool put_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct groups *group = context;
    return management_group_put(connection, &group->what, err);
}

static void keeps_management_groups(void **state)
{
    (void)state;
    struct groups groups[] = {
        {{"a", "A", NULL}, NULL},
        {{"b", "B", "a"}, NULL},
        {{"c", "C", "B"}, NULL},
        {{"", "none", NULL}, "not the id"},
        {{"x/y", "slash", NULL}, "not the id"},
        {{"dot.", "dot", NULL}, "not the id"},
        {{"d", "D", "none"}, "no management group 'none'"},
        {{"a", "A", "c"}, "would lie in itself"},
        {{"a", "A", "a"}, "would lie in itself"},
        {{MADE_TENANT, "root", NULL}, "root group"},
        {{"d", "D", "c"}, NULL},
        {{"e", "E", "d"}, NULL},
        {{"f", "F", "e"}, NULL},
        {{"g", "G", "f"}, "too deep"},
        {{"A", "renamed", NULL}, NULL},
    };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        bool made = store_write_wait(service.store, put_work, &groups[i], &err);
        printf("  %s: %s\n", groups[i].what.id, err.message);
        assert_int_equal(made, groups[i].message == NULL);
        if (groups[i].message)
            assert_non_null(strstr(err.message, groups[i].message));
        azb_error_free(&err);
    }
    assert_int_equal(
        count_of(&service, admin, "/providers/Microsoft.Management/managementGroups" V), 0);
}

static bool adopt_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return management_group_adopt(connection, SEED_SUBSCRIPTION, context, err);
}

static void lies_within(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct management_tree tree;
    struct arena arena;
    char group[] = "c";
    made_write(&service, adopt_work, group);
    arena_init(&arena, 0);
    assert_true(management_tree_load(store_reader(service.store, &err), &arena, &tree, &err));
    static const struct {
        const char *scope, *above;
        bool within;
    } cases[] = {
        {ACCOUNT, "/", true},
        {ACCOUNT, SUB, true},
        {SUB, SUB "/", false},
        {SUB, ACCOUNT, false},
        {GROUP "1", GROUP, false},
        {ACCOUNT, MG "c", true},
        {ACCOUNT, MG "A", true},
        {SUB, MG MADE_TENANT, true},
        {MG "c", MG "b", true},
        {MG "b", MG "c", false},
        {SUB, MG "d", false},
        {OTHER_SUB, MG MADE_TENANT, false},
        {SUB "0", MG "c", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        printf("  %s in %s\n", cases[i].scope, cases[i].above);
        assert_int_equal(
            management_tree_within(&tree, text_of(cases[i].scope), text_of(cases[i].above)),
            cases[i].within);
    }
    arena_free(&arena);
}

/* ---- Denials --------------------------------------------------------------------------------- */

struct denial {
    const char *name, *properties, *message; /* message NULL: it is made */
};

static bool deny_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct denial *denial = context;
    struct rbac_deny_assignment what;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct json *json = json_parse(text_of(denial->properties), &arena, err);
    if (!json || !deny_assignment_read(json, &arena, &what, err))
        return false;
    what.id = NEW_ID;
    return deny_assignment_put(connection, &what, "why", 1, &arena, err);
}

#define DENY(principals, more)                                                                     \
    "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB "\",\"principals\":[" principals "],"         \
    "\"permissions\":[{\"actions\":[\"*/read\"]" more "}]}"

static void keeps_denials(void **state)
{
    (void)state;
    char text[400];
    struct denial denials[] = {
        {"an unknown member", "{\"deny\":1}", "'deny' is not a member"},
        {"no name", "{\"scope\":\"" SUB "\"}", "denyAssignmentName: it is missing"},
        {"a number for a name", "{\"denyAssignmentName\":1}", "denyAssignmentName: a string"},
        {"nobody", DENY("", ""), "principals: there is none"},
        {"a principal without id", DENY("{}", ""), "principals: [0]: its id is missing"},
        {"a principal of nobody", DENY("{\"id\":\"" UNKNOWN_ID "\"}", ""), "not the object id"},
        {"a condition that is none", DENY("{\"id\":\"" MADE_OBJECT "\"}", ",\"condition\":\"x\""),
            "condition"},
        {"no permissions",
            "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB
            "\",\"permissions\":[],\"principals\":[{\"id\":\"" MADE_OBJECT "\"}]}",
            "permissions: there is none"},
        {"empty permissions",
            "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB
            "\",\"permissions\":[{}],\"principals\":[{\"id\":\"" MADE_OBJECT "\"}]}",
            "permissions[0]: it names no actions"},
        {"made", DENY("{\"id\":\"" MADE_OBJECT "\",\"type\":\"User\"}", ""), NULL},
    };
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        bool made = store_write_wait(service.store, deny_work, &denials[i], &err);
        printf("  %s: %s\n", denials[i].name, err.message);
        assert_int_equal(made, denials[i].message == NULL);
        if (denials[i].message)
            assert_non_null(strstr(err.message, denials[i].message));
        azb_error_free(&err);
    }
    const char *list = SUB AUTH "denyAssignments" V;
    assert_int_equal(count_of(&service, admin, list), 1);
    assert_int_equal(count_of(&service, admin, ACCOUNT AUTH "denyAssignments" V), 1);
    assert_int_equal(count_of(&service, admin,
                         SUB AUTH "denyAssignments" V "&$filter=assignedTo('" MADE_OBJECT "')"),
        1);
    assert_int_equal(
        count_of(&service, admin,
            SUB AUTH "denyAssignments" V "&$filter=principalId%20eq%20'" UNKNOWN_ID "'"),
        0);
    text_at(&service, admin, SUB AUTH "denyAssignments/" NEW_ID V, "properties.description", text);
    assert_string_equal(text, "why");
    const struct step steps[] = {
        {"nobody makes one", admin, "PUT", SUB AUTH "denyAssignments/" OTHER_ID V, "{}", 405,
            "DenyAssignmentsAreSystemProtected"},
        {"nobody removes one", admin, "DELETE", SUB AUTH "denyAssignments/" NEW_ID V, NULL, 405,
            "DenyAssignmentsAreSystemProtected"},
        {"not at another scope", admin, "GET", GROUP AUTH "denyAssignments/" NEW_ID V, NULL, 404,
            "DenyAssignmentNotFound"},
    };
    PLAY(&service, steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resource_groups),
        cmocka_unit_test(deletes_a_group),
        cmocka_unit_test(pages),
        cmocka_unit_test(refuses_pages),
        cmocka_unit_test(providers_and_regions),
        cmocka_unit_test(keeps_management_groups),
        cmocka_unit_test(lies_within),
        cmocka_unit_test(keeps_denials),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
