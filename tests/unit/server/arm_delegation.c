/* Conditions of role assignments: refused when they make no sense, and what they leave of a role.
 */
#include "arm_steps.h"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static struct made_application other = {.name = "other", .secret = "a-secret-of-the-other"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

#define RBAC_ADMINISTRATOR "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
#define CONTRIBUTOR "b24988ac-6180-42a0-ab88-20f7382dd24c"
#define TYPE "Microsoft.Authorization/roleAssignments"
/* As the portal writes it: only this role may be given and taken away, only to applications. */
#define ONLY(verb, source)                                                                         \
    "((!(ActionMatches{'" TYPE "/" verb "'})) OR (@" source "[" TYPE                               \
    ":RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" READER "} AND @" source "[" TYPE           \
    ":PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
#define DELEGATION ONLY("write", "Request") " AND " ONLY("delete", "Resource")
#define GIVE(role, principal, more)                                                                \
    "{\"properties\":{\"roleDefinitionId\":\"" SUB AUTH "roleDefinitions/" role                    \
    "\",\"principalId\":\"" principal "\"" more "}}"
#define AT(name) ACCOUNT AUTH "roleAssignments/" name V

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &guest);
    made_application_add(&service, &other);
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
    const struct step steps[] = {
        {"no version", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT, ",\"condition\":\"@Resource[a:b] StringEquals 'c'\""), 400,
            "InvalidRoleAssignmentConditionVersion"},
        {"another version", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT,
                ",\"condition\":\"@Resource[a:b] StringEquals 'c'\",\"conditionVersion\":\"1.0\""),
            400, "InvalidRoleAssignmentConditionVersion"},
        {"half a condition", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT,
                ",\"condition\":\"@Resource[a:b] StringEquals\",\"conditionVersion\":\"2.0\""),
            400, "InvalidRoleAssignmentCondition"},
        {"no operator", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT,
                ",\"condition\":\"@Resource[a:b] Like 'c'\",\"conditionVersion\":\"2.0\""),
            400, "InvalidRoleAssignmentCondition"},
        {"a number", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT, ",\"condition\":1,\"conditionVersion\":\"2.0\""), 400,
            "InvalidCreateRoleAssignmentRequest"},
        {"nothing was made", admin, "GET", AT(NEW_ID), NULL, 404, "RoleAssignmentNotFound"},
        {"an empty one is none", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT, ",\"condition\":\"\",\"conditionVersion\":null"), 201, ""},
        {"gone", admin, "DELETE", AT(NEW_ID), NULL, 200, ""},
    };
    PLAY(&service, steps);
}

/* Somebody may give and take away one role, to applications only, and nothing else. */
static void delegates(void **state)
{
    (void)state;
    char given[2000], reader[400], contributor[400];
    char text[400];
    snprintf(given, sizeof given,
        GIVE(RBAC_ADMINISTRATOR, "%s",
            ",\"condition\":\"" DELEGATION "\",\"conditionVersion\":\"2.0\""),
        guest.object_id);
    snprintf(reader, sizeof reader, GIVE(READER, "%s", ""), other.object_id);
    snprintf(contributor, sizeof contributor, GIVE(CONTRIBUTOR, "%s", ""), other.object_id);
    const struct step steps[] = {
        {"nothing yet", visitor, "PUT", AT(OTHER_ID), reader, 403, "AuthorizationFailed"},
        {"delegated", admin, "PUT", AT(NEW_ID), given, 201, ""},
        {"the role that it may", visitor, "PUT", AT(OTHER_ID), reader, 201, ""},
        {"again", visitor, "PUT", AT(OTHER_ID), reader, 200, ""},
        {"another role", visitor, "PUT", AT(ROLE_ID), contributor, 403, "AuthorizationFailed"},
        {"a role that says nothing", visitor, "PUT", AT(ROLE_ID), "{\"properties\":{}}", 403,
            "AuthorizationFailed"},
        {"another's assignment", visitor, "DELETE", AT(NEW_ID), NULL, 403, "AuthorizationFailed"},
        {"of what is not there", visitor, "DELETE", AT(ROLE_ID), NULL, 403, "AuthorizationFailed"},
        {"its own", visitor, "DELETE", AT(OTHER_ID), NULL, 200, ""},
        {"reads as before", visitor, "GET", AT(NEW_ID), NULL, 200, ""},
    };
    PLAY(&service, steps);
    text_at(&service, admin, AT(NEW_ID), "properties.conditionVersion", text);
    assert_string_equal(text, "2.0");
    const struct step taken[] = {
        {"taken away", admin, "DELETE", AT(NEW_ID), NULL, 200, ""},
        {"nothing again", visitor, "PUT", AT(OTHER_ID), reader, 403, "AuthorizationFailed"},
    };
    PLAY(&service, taken);
}

/* A PUT on one that is there replaces description and condition, and says when. */
static void replaces(void **state)
{
    (void)state;
    char text[400];
    const struct step steps[] = {
        {"made", admin, "PUT", AT(NEW_ID), GIVE(READER, MADE_OBJECT, ",\"description\":\"one\""),
            201, ""},
        {"replaced", admin, "PUT", AT(NEW_ID),
            GIVE(READER, MADE_OBJECT,
                ",\"condition\":\"@Resource[a:b] StringEquals 'c'\",\"conditionVersion\":\"2.0\""),
            200, ""},
    };
    PLAY(&service, steps);
    text_at(&service, admin, AT(NEW_ID), "properties.description", text);
    assert_string_equal(text, "");
    text_at(&service, admin, AT(NEW_ID), "properties.condition", text);
    assert_string_equal(text, "@Resource[a:b] StringEquals 'c'");
    text_at(&service, admin, AT(NEW_ID), "properties.updatedBy", text);
    assert_string_equal(text, MADE_OBJECT);
    const struct step gone[] = {{"gone", admin, "DELETE", AT(NEW_ID), NULL, 200, ""}};
    PLAY(&service, gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(delegates),
        cmocka_unit_test(replaces),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
