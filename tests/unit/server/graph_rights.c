/* The Graph plane: who may do what - directory roles, ownership, delegated permissions of users,
 * application permissions of programs. */
#include "made_token.h"
#include "graph_calls.h"

#include "directory/group.h"
#include "directory/permission.h"
#include "directory/user.h"

#define GRAPH "https://graph.microsoft.com"
#define SCOPED_GRAPH RESOURCE_GRAPH
#define APPS "/v1.0/applications"
#define PRINCIPALS "/v1.0/servicePrincipals"
#define GROUP_BODY                                                                                 \
    "{\"displayName\":\"g\",\"mailNickname\":\"g\",\"mailEnabled\":false,\"securityEnabled\":"     \
    "true}"
#define USER_BODY                                                                                  \
    "{\"displayName\":\"U\",\"userPrincipalName\":\"u@azb.onmicrosoft.com\",\"passwordProfile\":"  \
    "{\"password\":\"a password\"}}"

static struct made_application other = {.name = "other", .secret = "a-secret-of-the-other"};
static char admin[ADMIN_TOKEN_MAX];
static char graph_id[GUID_TEXT], ann_id[GUID_TEXT], team[GUID_TEXT];

static void delegated(const char *object_id, const char *scopes, char out[ADMIN_TOKEN_MAX])
{
    scoped_arena struct arena arena = {0};
    struct claims claims = GOOD_CLAIMS;
    arena_init(&arena, 0);
    claims.aud = QUOTED(GRAPH);
    claims.oid = arena_format(&arena, "\"%s\"", object_id);
    claims.sub = QUOTED("somebody");
    claims.idtyp = QUOTED("user");
    claims.scp = arena_format(&arena, "\"%s\"", scopes);
    snprintf(out, ADMIN_TOKEN_MAX, "Bearer %s", sign_for(&service, &arena, &claims));
}

/* A new program whose token has this application permission (NULL: none), given by way of Graph. */
static void program(const char *permission, char out[ADMIN_TOKEN_MAX])
{
    struct made made;
    struct made_application it = {.name = "program", .secret = "a-secret-of-the-program"};
    made_application_add(&service, &it);
    if (permission) {
        const struct json *graph =
            call_as(&made, admin, "GET", format(PRINCIPALS "/%s", graph_id), NULL, 200);
        struct text role = TEXT_NONE;
        const struct json *roles = json_get(graph, "appRoles");
        for (const struct json *one = roles->first; one; one = one->next)
            if (text_is(json_get_text(one, "value"), permission))
                role = json_get_text(one, "id");
        assert_non_null(role.at);
        const char *body =
            format("{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%.*s\"}",
                it.object_id, graph_id, TEXT_ARGS(role));
        do_it(admin, "POST", format(PRINCIPALS "/%s/appRoleAssignments", it.object_id), body, 201);
        made_free(&made);
    }
    made_token(&service, it.app_id, it.secret, SCOPED_GRAPH, out);
}

static int start(void **state)
{
    (void)state;
    struct made made;
    made_start(&service);
    made_application_add(&service, &other);
    made_token(&service, MADE_CLIENT, MADE_SECRET, SCOPED_GRAPH, admin);
    const struct json *graph =
        call_as(&made, admin, "GET", PRINCIPALS "(appId='" APP_ID_GRAPH "')", NULL, 200);
    snprintf(graph_id, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(graph, "id")));
    made_free(&made);
    make(admin, "/v1.0/users",
        "{\"displayName\":\"Ann\",\"userPrincipalName\":\"ann@azb.onmicrosoft.com\","
        "\"passwordProfile\":{\"password\":\"a password\"}}",
        ann_id);
    make(admin, "/v1.0/groups",
        "{\"displayName\":\"team\",\"mailNickname\":\"team\",\"mailEnabled\":false,"
        "\"securityEnabled\":true}",
        team);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Programs -------------------------------------------------------------------------------- */

static void programs_have_what_stands_in_roles(void **state)
{
    (void)state;
    char of_other[160], members[160], group[160], reference[160];
    snprintf(of_other, sizeof of_other, APPS "(appId='%s')", other.app_id);
    snprintf(members, sizeof members, "/v1.0/groups/%s/members/$ref", team);
    snprintf(group, sizeof group, "/v1.0/groups/%s", team);
    snprintf(reference, sizeof reference,
        "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}", ann_id);
    const struct {
        const char *permission, *method, *path, *body;
        int status;
    } cases[] = {
        {NULL, "GET", APPS, NULL, 403},
        {NULL, "GET", "/v1.0/users", NULL, 403},
        {NULL, "GET", "/v1.0/groups", NULL, 403},
        {NULL, "POST", APPS, "{\"displayName\":\"x\"}", 403},
        {"Directory.Read.All", "GET", APPS, NULL, 200},
        {"Directory.Read.All", "GET", "/v1.0/users", NULL, 200},
        {"Directory.Read.All", "GET", "/v1.0/groups", NULL, 200},
        {"Directory.Read.All", "POST", APPS, "{\"displayName\":\"x\"}", 403},
        {"Directory.Read.All", "DELETE", group, NULL, 403},
        {"User.Read.All", "GET", "/v1.0/users", NULL, 200},
        {"User.Read.All", "GET", APPS, NULL, 403},
        {"User.Read.All", "POST", "/v1.0/users", USER_BODY, 403},
        {"User.ReadWrite.All", "POST", "/v1.0/users", USER_BODY, 201},
        {"Group.Create", "POST", "/v1.0/groups", GROUP_BODY, 201},
        {"Group.Create", "PATCH", group, "{\"description\":\"x\"}", 403},
        {"GroupMember.ReadWrite.All", "PATCH", group, "{\"description\":\"x\"}", 403},
        {"GroupMember.ReadWrite.All", "POST", members, reference, 204},
        {"Group.ReadWrite.All", "PATCH", group, "{\"description\":\"x\"}", 204},
        {"Application.ReadWrite.All", "PATCH", of_other, "{\"tags\":[\"x\"]}", 204},
        {"Application.ReadWrite.OwnedBy", "PATCH", of_other, "{\"tags\":[\"x\"]}", 403},
        {"Application.ReadWrite.OwnedBy", "GET", APPS, NULL, 200},
        {"Application.ReadWrite.All", "POST",
            "/v1.0/directoryRoles/" DIRECTORY_ROLE_USER_ADMINISTRATOR "/members/$ref", reference,
            403},
        {"RoleManagement.ReadWrite.Directory", "POST",
            "/v1.0/directoryRoles/" DIRECTORY_ROLE_GROUPS_ADMINISTRATOR "/members/$ref", reference,
            204},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char token[ADMIN_TOKEN_MAX];
        print_message("  %s: %s %s\n", cases[i].permission ? cases[i].permission : "(none)",
            cases[i].method, cases[i].path);
        program(cases[i].permission, token);
        do_it(token, cases[i].method, cases[i].path, cases[i].body, cases[i].status);
    }
}

/* What it made is its own, and nothing else. */
static void owned_by_is_owned_by(void **state)
{
    (void)state;
    char token[ADMIN_TOKEN_MAX], id[GUID_TEXT];
    struct made made;
    program("Application.ReadWrite.OwnedBy", token);
    make(token, APPS, "{\"displayName\":\"its own\"}", id);
    do_it(token, "PATCH", format(APPS "/%s", id), "{\"notes\":\"mine\"}", 204);
    do_it(token, "POST", format(APPS "/%s/addPassword", id), "{}", 200);
    const struct json *app = call_as(&made, token, "GET", format(APPS "/%s", id), NULL, 200);
    const char *body = format("{\"appId\":\"%.*s\"}", TEXT_ARGS(json_get_text(app, "appId")));
    do_it(token, "POST", PRINCIPALS, body, 201);
    made_free(&made);
    do_it(token, "POST", format(APPS "(appId='%s')/addPassword", other.app_id), "{}", 403);
    do_it(token, "DELETE", format(PRINCIPALS "(appId='%s')", other.app_id), NULL, 403);
    do_it(token, "DELETE", format(APPS "/%s", id), NULL, 204);
}

/* ---- Users ----------------------------------------------------------------------------------- */

static void users_register_and_own(void **state)
{
    (void)state;
    char ann[ADMIN_TOKEN_MAX], reads[ADMIN_TOKEN_MAX], id[GUID_TEXT];
    struct made made;
    delegated(ann_id, "Application.ReadWrite.All", ann);
    delegated(ann_id, "Application.Read.All", reads);
    do_it(reads, "POST", APPS, "{\"displayName\":\"hers\"}", 403);
    make(ann, APPS, "{\"displayName\":\"hers\"}", id);
    const struct json *owners =
        call_as(&made, ann, "GET", format(APPS "/%s/owners", id), NULL, 200);
    made_text_equal(json_get_text(json_get(owners, "value")->first, "id"), ann_id);
    made_free(&made);
    do_it(ann, "POST", format(APPS "/%s/addPassword", id), "{}", 200);
    do_it(reads, "POST", format(APPS "/%s/addPassword", id), "{}", 403);
    do_it(ann, "POST", format(APPS "(appId='%s')/addPassword", other.app_id), "{}", 403);
    do_it(ann, "POST", format(PRINCIPALS "(appId='%s')/addPassword", other.app_id), "{}", 403);
    do_it(ann, "POST", PRINCIPALS, "{\"appId\":\"" MADE_CLIENT "\"}", 403);
    do_it(ann, "DELETE", format(APPS "/%s/owners/%s/$ref", id, ann_id), NULL, 204);
    do_it(ann, "DELETE", format(APPS "/%s", id), NULL, 403);
    do_it(admin, "DELETE", format(APPS "/%s", id), NULL, 204);
}

#define GRAPH_ROLE "7ab1d382-f21e-4acd-a863-ba3e13f7da61" /* Directory.Read.All */

/* An application administrator changes all applications, and does not give what would make more of
 * it than an application administrator. */
static void application_administrators_stay_that(void **state)
{
    (void)state;
    static const char *const roles[] = {DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR,
        DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR};
    char ann[ADMIN_TOKEN_MAX];
    char reference[160];
    const char *of_other = format(APPS "(appId='%s')", other.app_id);
    const char *gives = format(PRINCIPALS "/%s/appRoleAssignments", other.object_id);
    const char *body =
        format("{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"" GRAPH_ROLE "\"}",
            other.object_id, graph_id);
    snprintf(reference, sizeof reference,
        "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}", ann_id);
    delegated(ann_id, "Directory.AccessAsUser.All", ann);
    do_it(ann, "PATCH", of_other, "{\"notes\":\"x\"}", 403);
    do_it(admin, "POST", format("/v1.0/directoryRoles/%s/members/$ref", roles[0]), reference, 204);
    do_it(ann, "PATCH", of_other, "{\"notes\":\"x\"}", 204);
    do_it(ann, "POST", gives, body, 403);
    do_it(ann, "POST", format("/v1.0/directoryRoles/%s/members/$ref", roles[1]), reference, 403);
    do_it(admin, "POST", format("/v1.0/directoryRoles/%s/members/$ref", roles[1]), reference, 204);
    do_it(ann, "POST", gives, body, 201);
}

/* The refusal says what is missing. */
static void refusals_name_what_is_missing(void **state)
{
    (void)state;
    struct made made;
    char token[ADMIN_TOKEN_MAX];
    program(NULL, token);
    const struct json *answer = call_as(&made, token, "POST", "/v1.0/groups", GROUP_BODY, 403);
    made_text_equal(json_text(json_path(answer, "error.code")), "Authorization_RequestDenied");
    const struct json *inner = json_path(answer, "error.innerError");
    made_text_equal(json_get_text(inner, "requiredPermission"), "Group.Create");
    made_text_equal(json_get_text(inner, "requiredRole"), "Groups Administrator");
    made_free(&made);
}

/* ---- Credentials of service principals ------------------------------------------------------- */

static size_t count_secrets(const char *path)
{
    struct made made;
    size_t count =
        json_get(call_as(&made, admin, "GET", path, NULL, 200), "passwordCredentials")->count;
    made_free(&made);
    return count;
}

/* They sign in the same, are listed apart, and go with the principal. */
static void principals_have_secrets_of_their_own(void **state)
{
    (void)state;
    struct made made;
    const char *principal = format(PRINCIPALS "(appId='%s')", other.app_id);
    const char *application = format(APPS "(appId='%s')", other.app_id);
    char value[SECRET_LENGTH + 1], key_id[GUID_TEXT], bearer[ADMIN_TOKEN_MAX];
    size_t before = count_secrets(application);
    const struct json *secret =
        call_as(&made, admin, "POST", format("%s/addPassword", principal), "{}", 200);
    snprintf(value, sizeof value, "%.*s", TEXT_ARGS(json_get_text(secret, "secretText")));
    snprintf(key_id, sizeof key_id, "%.*s", TEXT_ARGS(json_get_text(secret, "keyId")));
    made_free(&made);
    assert_int_equal(count_secrets(principal), 1);
    assert_int_equal(count_secrets(application), before);
    made_token(&service, other.app_id, value, SCOPED_GRAPH, bearer);
    do_it(admin, "POST", format("%s/removePassword", application),
        format("{\"keyId\":\"%s\"}", key_id), 400);
    do_it(admin, "POST", format("%s/removePassword", principal),
        format("{\"keyId\":\"%s\"}", key_id), 204);
    assert_int_equal(count_secrets(principal), 0);
}

/* What is kept is what was written, and what was not written stays. */
static void properties_are_kept(void **state)
{
    (void)state;
    struct made made;
    const char *path = format(APPS "(appId='%s')", other.app_id);
    do_it(admin, "PATCH", path,
        "{\"tags\":[\"a\",\"b\"],\"serviceManagementReference\":\"ref\",\"web\":{\"homePageUrl\":"
        "\"https://home.example\",\"implicitGrantSettings\":{\"enableIdTokenIssuance\":true}},"
        "\"optionalClaims\":{\"idToken\":[{\"name\":\"auth_time\"}]}}",
        204);
    do_it(admin, "PATCH", path, "{\"tags\":[\"c\"],\"serviceManagementReference\":null}", 204);
    const struct json *app = call_as(&made, admin, "GET", path, NULL, 200);
    made_text_equal(json_text(json_get(app, "tags")->first), "c");
    assert_int_equal(json_get(app, "serviceManagementReference")->type, JSON_NULL);
    made_text_equal(json_text(json_path(app, "web.homePageUrl")), "https://home.example");
    assert_true(
        json_get_bool(json_path(app, "web.implicitGrantSettings"), "enableIdTokenIssuance", false));
    assert_int_equal(json_path(app, "optionalClaims.idToken")->count, 1);
    made_free(&made);
    path = format(PRINCIPALS "(appId='%s')", other.app_id);
    do_it(admin, "PATCH", path, "{\"tags\":[\"x\"],\"alternativeNames\":[\"y\"]}", 204);
    do_it(admin, "PATCH", path, "{\"servicePrincipalNames\":[\"api://x\"]}", 400);
    app = call_as(&made, admin, "GET", path, NULL, 200);
    made_text_equal(json_text(json_get(app, "alternativeNames")->first), "y");
    made_free(&made);
    do_it(admin, "PATCH", "/v1.0/users/u@azb.onmicrosoft.com",
        "{\"jobTitle\":\"operator\",\"businessPhones\":[\"1\"]}", 204);
    app = call_as(&made, admin, "GET", "/v1.0/users/u@azb.onmicrosoft.com", NULL, 200);
    made_text_equal(json_get_text(app, "jobTitle"), "operator");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_have_what_stands_in_roles),
        cmocka_unit_test(owned_by_is_owned_by),
        cmocka_unit_test(users_register_and_own),
        cmocka_unit_test(application_administrators_stay_that),
        cmocka_unit_test(refusals_name_what_is_missing),
        cmocka_unit_test(principals_have_secrets_of_their_own),
        cmocka_unit_test(properties_are_kept),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
