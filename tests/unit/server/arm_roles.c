/* The ARM plane: role definitions, role assignments, accounts, and every refusal on the way. */
#include <stdlib.h>

#include "arm_steps.h"

#include "arm/roles.h"

#define DEFINITION SUB AUTH "roleDefinitions/" ROLE_ID V
#define PERMISSIONS "\"permissions\":[{\"actions\":[\"Microsoft.Batch/batchAccounts/read\"]}]"
#define ROLE(name, scope)                                                                          \
    "{\"properties\":{\"roleName\":\"" name "\",\"type\":\"CustomRole\","                          \
    "\"assignableScopes\":[\"" scope "\"]," PERMISSIONS "}}"
#define ASSIGN(role, principal)                                                                    \
    "{\"properties\":{\"roleDefinitionId\":\"" SUB AUTH "roleDefinitions/" role                    \
    "\",\"principalId\":\"" principal "\"}}"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX], batch[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &guest);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, admin);
    made_token(&service, guest.app_id, guest.secret, RESOURCE_MANAGEMENT, visitor);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_BATCH, batch);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- One table: call after call on the same state ---------------------------------------------
 */

static void refuses(void **state)
{
    (void)state;
    const struct step steps[] = {
        {"no token", NULL, "GET", "/subscriptions" V, NULL, 401, "AuthenticationFailed"},
        {"a token for Batch", batch, "GET", "/subscriptions" V, NULL, 401,
            "InvalidAuthenticationTokenAudience"},
        {"no version", admin, "GET", "/subscriptions", NULL, 400, "MissingApiVersionParameter"},
        {"no date for a version", admin, "GET", "/subscriptions?api-version=1", NULL, 400,
            "InvalidApiVersionParameter"},
        {"nothing there", admin, "GET", "/subscriptions/x/y/z" V, NULL, 404, "NotFound"},
        {"a method it does not take", admin, "PUT", "/subscriptions" V, "{}", 405,
            "MethodNotAllowed"},
        {"no GUID for a subscription", admin, "GET", "/subscriptions/nine" V, NULL, 400,
            "InvalidSubscriptionId"},
        {"another subscription", admin, "GET", "/subscriptions/" UNKNOWN_ID V, NULL, 404,
            "SubscriptionNotFound"},
        {"another group", admin, "GET", SUB "/resourceGroups/none" V, NULL, 404,
            "ResourceGroupNotFound"},
        {"another account", admin, "GET", GROUP "/providers/Microsoft.Batch/batchAccounts/none" V,
            NULL, 404, "ResourceNotFound"},
        {"an encoded slash in a name", admin, "GET", "/subscriptions/a%2Fb" V, NULL, 400,
            "InvalidResourceId"},
        {"dots in a scope", admin, "GET", SUB "/resourceGroups/../x" AUTH "roleDefinitions" V, NULL,
            400, "InvalidScope"},
        {"encoded dots in a scope", admin, "GET",
            SUB "/resourceGroups/%2e%2e/x" AUTH "roleDefinitions" V, NULL, 400, "InvalidScope"},
        {"an empty segment in a scope", admin, "GET",
            SUB "//resourceGroups/x" AUTH "roleDefinitions" V, NULL, 400, "InvalidScope"},
        {"an unknown resource for a scope", admin, "GET",
            GROUP "/providers/Microsoft.Storage/storageAccounts/s" AUTH "roleAssignments" V, NULL,
            404, "ResourceNotFound"},
        {"a management group that is not there", admin, "GET",
            "/providers/Microsoft.Management/managementGroups/m" AUTH "roleAssignments" V, NULL,
            403, "AuthorizationFailed"},
        {"no role: an account", visitor, "GET", ACCOUNT V, NULL, 403, "AuthorizationFailed"},
        {"no role: names are not told apart", visitor, "GET", SUB "/resourceGroups/none" V, NULL,
            403, "AuthorizationFailed"},
        {"no role: keys", visitor, "POST", ACCOUNT "/listKeys" V, NULL, 403, "AuthorizationFailed"},
        {"no role: an assignment", visitor, "PUT", SUB AUTH "roleAssignments/" NEW_ID V,
            ASSIGN(READER, MADE_OBJECT), 403, "AuthorizationFailed"},
        {"no role: a definition", visitor, "PUT", DEFINITION, ROLE("R", SUB), 403,
            "AuthorizationFailed"},
        {"no role: a list of definitions", visitor, "GET", SUB AUTH "roleDefinitions" V, NULL, 403,
            "AuthorizationFailed"},
        {"no role: a list of assignments", visitor, "GET", SUB AUTH "roleAssignments" V, NULL, 403,
            "AuthorizationFailed"},
        {"a filter that is not known", admin, "GET",
            SUB AUTH "roleDefinitions" V "&$filter=color%20eq%20'red'", NULL, 400, "InvalidFilter"},
        {"or between assignments", admin, "GET",
            SUB AUTH "roleAssignments" V "&$filter=atScope()%20or%20principalId%20eq%20'x'", NULL,
            400, "InvalidFilter"},
    };
    PLAY(&service, steps);
}

#define ROLE_OF(LISTS)                                                                             \
    "{\"properties\":{\"roleName\":\"R\",\"permissions\":[{" LISTS                                 \
    "}],\"assignableScopes\":[\"" SUB "\"]}}"

static void keeps_role_definitions(void **state)
{
    (void)state;
    const struct step steps[] = {
        {"no GUID", admin, "PUT", SUB AUTH "roleDefinitions/r" V, ROLE("R", SUB), 400,
            "InvalidRoleDefinitionId"},
        {"no body", admin, "PUT", DEFINITION, NULL, 400, "InvalidRequestContent"},
        {"not JSON", admin, "PUT", DEFINITION, "{", 400, "InvalidRequestContent"},
        {"a list", admin, "PUT", DEFINITION, "[]", 400, "InvalidRequestContent"},
        {"no properties", admin, "PUT", DEFINITION, "{\"Name\":\"R\"}", 400,
            "InvalidRequestContent"},
        {"a member that is not known", admin, "PUT", DEFINITION,
            "{\"properties\":{\"roleName\":\"R\",\"notaction\":[]}}", 400, "InvalidRoleDefinition"},
        {"another id in the body", admin, "PUT", DEFINITION,
            "{\"name\":\"" NEW_ID "\",\"properties\":{\"roleName\":\"R\"," PERMISSIONS
            ",\"assignableScopes\":[\"" SUB "\"]}}",
            400, "InvalidRoleDefinitionId"},
        {"the root for a scope", admin, "PUT", DEFINITION, ROLE("R", "/"), 400,
            "InvalidRoleDefinition"},
        {"an operation that there is not", admin, "PUT", DEFINITION,
            ROLE_OF("\"dataActions\":[\"Microsoft.Batch/batchAccounts/jobs/rea\"]"), 400,
            "InvalidDataActionOrNotDataAction"},
        {"a data action as an action", admin, "PUT", DEFINITION,
            ROLE_OF(
                "\"notActions\":[\"microsoft.batch/batchaccounts/jobs/read\"],\"actions\":[\"*\"]"),
            400, "InvalidActionOrNotAction"},
        {"an action as a data action", admin, "PUT", DEFINITION,
            ROLE_OF("\"dataActions\":[\"Microsoft.Batch/batchAccounts/pools/read\"]"), 400,
            "InvalidDataActionOrNotDataAction"},
        {"a scope of somebody else", admin, "PUT", DEFINITION,
            ROLE("R", "/subscriptions/" UNKNOWN_ID), 404, "SubscriptionNotFound"},
        {"a built-in role", admin, "PUT", SUB AUTH "roleDefinitions/" READER V, ROLE("R", SUB), 400,
            "CannotChangeBuiltInRole"},
        {"the name of a built-in role", admin, "PUT", DEFINITION, ROLE("reader", SUB), 409,
            "RoleDefinitionWithSameNameExists"},
        {"made", admin, "PUT", DEFINITION, ROLE("R", GROUP), 201, ""},
        {"the name again", admin, "PUT", SUB AUTH "roleDefinitions/" NEW_ID V, ROLE("r", SUB), 409,
            "RoleDefinitionWithSameNameExists"},
        {"replaced", admin, "PUT", DEFINITION, ROLE("R2", GROUP), 201, ""},
        {"there", admin, "GET", DEFINITION, NULL, 200, ""},
        {"there by its tenant-wide id", admin, "GET", AUTH "roleDefinitions/" ROLE_ID V, NULL, 200,
            ""},
        {"not to be seen by others", visitor, "GET", AUTH "roleDefinitions/" ROLE_ID V, NULL, 403,
            "AuthorizationFailed"},
        {"built-in ones are for everybody", visitor, "GET", AUTH "roleDefinitions/" READER V, NULL,
            200, ""},
        {"assigned", admin, "PUT", GROUP AUTH "roleAssignments/" NEW_ID V,
            ASSIGN(ROLE_ID, MADE_OBJECT), 201, ""},
        {"not above its scopes", admin, "PUT", SUB AUTH "roleAssignments/" OTHER_ID V,
            ASSIGN(ROLE_ID, MADE_OBJECT), 400, "RoleAssignmentScopeNotAssignableToRoleDefinition"},
        {"in use", admin, "DELETE", DEFINITION, NULL, 400, "RoleDefinitionHasAssignments"},
        {"no longer assigned", admin, "DELETE", GROUP AUTH "roleAssignments/" NEW_ID V, NULL, 200,
            ""},
        {"gone", admin, "DELETE", DEFINITION, NULL, 200, ""},
        {"gone already", admin, "DELETE", DEFINITION, NULL, 204, ""},
        {"not there", admin, "GET", DEFINITION, NULL, 404, "RoleDefinitionDoesNotExist"},
        {"a built-in role goes nowhere", admin, "DELETE", SUB AUTH "roleDefinitions/" READER V,
            NULL, 400, "CannotChangeBuiltInRole"},
    };
    PLAY(&service, steps);
}

#define CONDITION                                                                                  \
    "{\"properties\":{\"roleDefinitionId\":\"" READER "\",\"principalId\":\"" MADE_OBJECT          \
    "\",\"condition\":\"@Resource[x] == 'y'\"}}"
#define TYPED(type)                                                                                \
    "{\"properties\":{\"roleDefinitionId\":\"" READER "\",\"principalId\":\"" MADE_OBJECT          \
    "\",\"principalType\":\"" type "\"}}"
#define ELSEWHERE                                                                                  \
    "{\"properties\":{\"roleDefinitionId\":\"" READER "\",\"principalId\":\"" MADE_OBJECT          \
    "\",\"scope\":\"/subscriptions/" UNKNOWN_ID "\"}}"

static void keeps_role_assignments(void **state)
{
    (void)state;
    const char *at = ACCOUNT AUTH "roleAssignments/" NEW_ID V;
    const struct step steps[] = {
        {"no GUID", admin, "PUT", ACCOUNT AUTH "roleAssignments/a" V, TYPED("User"), 400,
            "InvalidRoleAssignmentId"},
        {"no properties", admin, "PUT", at, "{}", 400, "InvalidRequestContent"},
        {"no role", admin, "PUT", at, "{\"properties\":{\"principalId\":\"" MADE_OBJECT "\"}}", 400,
            "InvalidCreateRoleAssignmentRequest"},
        {"a role that is no id", admin, "PUT", at, ASSIGN("Reader", MADE_OBJECT), 400,
            "InvalidCreateRoleAssignmentRequest"},
        {"a role that is not there", admin, "PUT", at, ASSIGN(UNKNOWN_ID, MADE_OBJECT), 400,
            "RoleDefinitionDoesNotExist"},
        {"a principal that is no id", admin, "PUT", at, ASSIGN(READER, "me"), 400,
            "InvalidCreateRoleAssignmentRequest"},
        {"a principal that is not there", admin, "PUT", at, ASSIGN(READER, UNKNOWN_ID), 400,
            "PrincipalNotFound"},
        {"a client id for a principal", admin, "PUT", at, ASSIGN(READER, MADE_CLIENT), 400,
            "PrincipalNotFound"},
        {"another type", admin, "PUT", at, TYPED("User"), 400, "UnmatchedPrincipalType"},
        {"a condition without its version", admin, "PUT", at, CONDITION, 400,
            "InvalidRoleAssignmentConditionVersion"},
        {"another scope", admin, "PUT", at, ELSEWHERE, 400, "InvalidCreateRoleAssignmentRequest"},
        {"not there", admin, "GET", at, NULL, 404, "RoleAssignmentNotFound"},
        {"made", admin, "PUT", at, TYPED("ServicePrincipal"), 201, ""},
        {"again", admin, "PUT", at, TYPED("ServicePrincipal"), 200, ""},
        {"another role under its name", admin, "PUT", at,
            ASSIGN("b24988ac-6180-42a0-ab88-20f7382dd24c", MADE_OBJECT), 400,
            "RoleAssignmentUpdateNotPermitted"},
        {"the same under another name", admin, "PUT", ACCOUNT AUTH "roleAssignments/" OTHER_ID V,
            TYPED("ServicePrincipal"), 409, "RoleAssignmentExists"},
        {"there", admin, "GET", at, NULL, 200, ""},
        {"not at another scope", admin, "GET", GROUP AUTH "roleAssignments/" NEW_ID V, NULL, 404,
            "RoleAssignmentNotFound"},
        {"gone", admin, "DELETE", at, NULL, 200, ""},
        {"gone already", admin, "DELETE", at, NULL, 204, ""},
    };
    PLAY(&service, steps);
}

/* A role that is given acts at once, and no longer when it is taken away. */
static void acts_at_once(void **state)
{
    (void)state;
    char body[512];
    const char *at = ACCOUNT AUTH "roleAssignments/" NEW_ID V;
    snprintf(body, sizeof body,
        "{\"properties\":{\"roleDefinitionId\":\"" READER "\",\"principalId\":\"%s\"}}",
        guest.object_id);
    const struct step steps[] = {
        {"nothing yet", visitor, "GET", ACCOUNT V, NULL, 403, "AuthorizationFailed"},
        {"given", admin, "PUT", at, body, 201, ""},
        {"may read", visitor, "GET", ACCOUNT V, NULL, 200, ""},
        {"may not have keys", visitor, "POST", ACCOUNT "/listKeys" V, NULL, 403,
            "AuthorizationFailed"},
        {"taken away", admin, "DELETE", at, NULL, 200, ""},
        {"nothing again", visitor, "GET", ACCOUNT V, NULL, 403, "AuthorizationFailed"},
    };
    PLAY(&service, steps);
}

/* Roles are read back as a whole: one that is stored and cannot be read would end all decisions. */
static void stores_what_it_can_read(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    const size_t entries = 900, length = 1900;
    char *action = malloc(length + 1);
    assert_non_null(action);
    memset(action, 'x', length);
    action[length] = '\0';
    scoped_buffer struct buffer body = {0};
    buffer_init(&body, 4 * ROLE_JSON_MAX);
    buffer_format(&body,
        "{\"properties\":{\"roleName\":\"huge\",\"assignableScopes\":[\"" SUB "\"],"
        "\"permissions\":[{\"actions\":[\"Contoso.Example/0\"");
    for (size_t i = 0; i < entries; i++)
        buffer_format(&body, ",\"Contoso.Example/%zu%s\"", i, action);
    buffer_format(&body, "]}]}}");
    free(action);
    assert_false(body.failed);
    const struct step steps[] = {
        {"a huge role", admin, "PUT", DEFINITION, body.at, 400, "InvalidRoleDefinition"},
        {"decisions go on", admin, "GET", ACCOUNT V, NULL, 200, ""},
    };
    PLAY(&service, steps);
    assert_true(authorizer_load_roles(service.authorizer, store_reader(service.store, &err), &err));
}

/* ---- Limits ---------------------------------------------------------------------------------- */

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
#define FILLER "printf('00000000-0000-4000-8000-%012d', i)"

static bool fill_assignments(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        NUMBERS " INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id,"
                " created) SELECT " FILLER ", '" GROUP "',"
                " printf('10000000-0000-4000-8000-%012d', i), 'User', '" READER "', 1 FROM n");
    statement_bind_i64(&s, 1, *(const int64_t *)context);
    return statement_run(&s, err);
}

static bool fill_definitions(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        NUMBERS " INSERT INTO role_definition (id, name, body) SELECT " FILLER ", 'filler ' || i,"
                " json_object('properties', json_object('roleName', 'filler ' || i,"
                " 'assignableScopes', json_array('" SUB "'), 'permissions',"
                " json_array(json_object('actions', json_array('*/read'))))) FROM n");
    statement_bind_i64(&s, 1, *(const int64_t *)context);
    return statement_run(&s, err);
}

static bool empty_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement a = statement(
        connection, "DELETE FROM role_assignment WHERE id LIKE '00000000-0000-4000-8000-%'");
    scoped_statement struct statement d = statement(
        connection, "DELETE FROM role_definition WHERE id LIKE '00000000-0000-4000-8000-%'");
    return statement_run(&a, err) && statement_run(&d, err);
}

static void keeps_to_limits(void **state)
{
    (void)state;
    const char *usage = SUB AUTH "roleAssignmentsUsageMetrics?api-version=2019-08-01-preview";
    /* A state begins with assignments of its own in the subscription. */
    int64_t assignments =
        ROLE_ASSIGNMENTS_MAX - 1 - (int64_t)count_of(&service, admin, SUB AUTH "roleAssignments" V);
    int64_t definitions = CUSTOM_ROLES_MAX - 1;
    made_write(&service, fill_assignments, &assignments);
    made_write(&service, fill_definitions, &definitions);
    const struct step steps[] = {
        {"the last assignment", admin, "PUT", ACCOUNT AUTH "roleAssignments/" NEW_ID V,
            ASSIGN(READER, MADE_OBJECT), 201, ""},
        {"one more", admin, "PUT", GROUP AUTH "roleAssignments/" OTHER_ID V,
            ASSIGN(READER, MADE_OBJECT), 400, "RoleAssignmentLimitExceeded"},
        {"one more in another case", admin, "PUT",
            "/SUBSCRIPTIONS/" SEED_SUBSCRIPTION AUTH "roleAssignments/" OTHER_ID V,
            ASSIGN(READER, MADE_OBJECT), 400, "RoleAssignmentLimitExceeded"},
        {"a change of one", admin, "PUT", ACCOUNT AUTH "roleAssignments/" NEW_ID V,
            ASSIGN(READER, MADE_OBJECT), 200, ""},
        {"the last role", admin, "PUT", DEFINITION, ROLE("last", SUB), 201, ""},
        {"one more role", admin, "PUT", SUB AUTH "roleDefinitions/" NEW_ID V, ROLE("more", SUB),
            400, "RoleDefinitionLimitExceeded"},
        {"a change of one role", admin, "PUT", DEFINITION, ROLE("last one", SUB), 201, ""},
        {"usage", admin, "GET", usage, NULL, 200, ""},
        {"gone", admin, "DELETE", ACCOUNT AUTH "roleAssignments/" NEW_ID V, NULL, 200, ""},
    };
    PLAY(&service, steps);
    made_write(&service, empty_work, NULL);
    const struct step after[] = {{"gone, too", admin, "DELETE", DEFINITION, NULL, 200, ""}};
    PLAY(&service, after);
}

/* ---- Scopes that are gone ------------------------------------------------------------------- */

static bool forget_group(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM resource_group WHERE name = 'soon'");
    return statement_run(&s, err);
}

/* A role may outlive a group that it can be assigned in: it is still its owner's to change and to
 * delete, but not to be given such a scope anew. */
static void outlives_its_scopes(void **state)
{
    (void)state;
    const struct step before[] = {
        {"a group", admin, "PUT", SUB "/resourceGroups/soon" V, "{\"location\":\"eastus\"}", 201,
            ""},
        {"a role", admin, "PUT", DEFINITION, ROLE("R", SUB "/resourceGroups/soon"), 201, ""},
    };
    const struct step after[] = {
        {"the same again", admin, "PUT", DEFINITION, ROLE("R", SUB "/resourceGroups/soon"), 404,
            "ResourceGroupNotFound"},
        {"not by others", visitor, "PUT", DEFINITION, ROLE("R", SUB), 403, "AuthorizationFailed"},
        {"other scopes", admin, "PUT", DEFINITION, ROLE("R", SUB), 201, ""},
        {"gone", admin, "DELETE", DEFINITION, NULL, 200, ""},
    };
    const struct step deleted[] = {
        {"not by others", visitor, "DELETE", DEFINITION, NULL, 403, "AuthorizationFailed"},
        {"gone", admin, "DELETE", DEFINITION, NULL, 200, ""},
    };
    PLAY(&service, before);
    made_write(&service, forget_group, NULL);
    PLAY(&service, after);
    PLAY(&service, before);
    made_write(&service, forget_group, NULL);
    PLAY(&service, deleted);
}

/* ---- Lists ----------------------------------------------------------------------------------- */

static void lists(void **state)
{
    (void)state;
    const struct step made[] = {
        {"a role below", admin, "PUT", DEFINITION, ROLE("Below", GROUP), 201, ""},
        {"an assignment below", admin, "PUT", GROUP AUTH "roleAssignments/" NEW_ID V,
            ASSIGN(READER, MADE_OBJECT), 201, ""},
    };
    PLAY(&service, made);
    size_t builtin;
    rbac_builtin_roles(&builtin);
    const struct {
        const char *name, *path;
        size_t count;
    } cases[] = {
        {"roles at the root", AUTH "roleDefinitions" V, builtin},
        {"roles of the subscription", SUB AUTH "roleDefinitions" V, builtin},
        {"and below", SUB AUTH "roleDefinitions" V "&$filter=atScopeAndBelow()", builtin + 1},
        {"roles of the account", ACCOUNT AUTH "roleDefinitions" V, builtin + 1},
        {"by name", ACCOUNT AUTH "roleDefinitions" V "&$filter=roleName%20eq%20'below'", 1},
        {"by type", ACCOUNT AUTH "roleDefinitions" V "&$filter=type%20eq%20'CustomRole'", 1},
        {"by type and below",
            SUB AUTH "roleDefinitions" V "&$filter=atScopeAndBelow()+and+type+eq+'BuiltInRole'",
            builtin},
        {"assignments of the subscription", SUB AUTH "roleAssignments" V, 3},
        {"at the subscription", SUB AUTH "roleAssignments" V "&$filter=atScope()", 1},
        {"at the account", ACCOUNT AUTH "roleAssignments" V "&$filter=atScope()", 3},
        {"of a principal",
            SUB AUTH "roleAssignments" V "&$filter=principalId%20eq%20'" MADE_OBJECT "'", 2},
        {"of nobody", SUB AUTH "roleAssignments" V "&$filter=principalId%20eq%20'" UNKNOWN_ID "'",
            0},
        {"assigned to", SUB AUTH "roleAssignments" V "&$filter=assignedTo('" MADE_OBJECT "')", 2},
        {"subscriptions", "/subscriptions" V, 1},
        {"tenants", "/tenants" V, 1},
        {"resource groups", SUB "/resourceGroups" V, 1},
        {"accounts of the subscription", SUB "/providers/Microsoft.Batch/batchAccounts" V, 1},
        {"accounts of the group", GROUP "/providers/Microsoft.Batch/batchAccounts" V, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        printf("  %s\n", cases[i].name);
        assert_int_equal(count_of(&service, admin, cases[i].path), cases[i].count);
    }
    assert_int_equal(count_of(&service, visitor, "/subscriptions" V), 0);
}

static void regenerates_one_key(void **state)
{
    (void)state;
    struct made before, after, listed;
    made_call(&before, &service, PLANE_ARM, admin, "POST", ACCOUNT "/listKeys" V, NULL);
    made_call(&after, &service, PLANE_ARM, admin, "POST", ACCOUNT "/regenerateKeys" V,
        "{\"keyName\":\"Primary\"}");
    assert_int_equal(after.reply.status, 200);
    const struct json *old = made_reply_json(&before), *new = made_reply_json(&after);
    assert_false(text_equal(json_get_text(old, "primary"), json_get_text(new, "primary")));
    assert_true(text_equal(json_get_text(old, "secondary"), json_get_text(new, "secondary")));
    made_call(&listed, &service, PLANE_ARM, admin, "POST", ACCOUNT "/listKeys" V, NULL);
    assert_true(text_equal(
        json_get_text(made_reply_json(&listed), "primary"), json_get_text(new, "primary")));
    made_free(&before);
    made_free(&after);
    made_free(&listed);
    const struct step steps[] = {{"no such key", admin, "POST", ACCOUNT "/regenerateKeys" V,
        "{\"keyName\":\"Third\"}", 400, "InvalidPropertyValue"}};
    PLAY(&service, steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(keeps_role_definitions),
        cmocka_unit_test(keeps_role_assignments),
        cmocka_unit_test(acts_at_once),
        cmocka_unit_test(stores_what_it_can_read),
        cmocka_unit_test(keeps_to_limits),
        cmocka_unit_test(outlives_its_scopes),
        cmocka_unit_test(lists),
        cmocka_unit_test(regenerates_one_key),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
