/* App roles: Graph, and what of them stands in tokens of applications, users and identities. */
#include "planes_arm_graph.h"

#include "made_people.h"

#include "directory/app_role.h"

#define ROLE_SUBMIT "eeeeeeee-0000-4000-8000-000000000001"
#define ROLE_READ "eeeeeeee-0000-4000-8000-000000000002"
#define GROUP "eeeeeeee-0000-4000-8000-000000000003"
#define OUTER "eeeeeeee-0000-4000-8000-000000000004"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"
#define PRINCIPALS "/v1.0/servicePrincipals"
#define ROLES                                                                                      \
    "{\"appRoles\":[{\"allowedMemberTypes\":[\"Application\",\"User\"],\"displayName\":"           \
    "\"Submit\",\"description\":\"Submits jobs\",\"id\":\"" ROLE_SUBMIT                            \
    "\",\"isEnabled\":true,\"value\":\"Jobs.Submit\"},{\"allowedMemberTypes\":[\"User\"],"         \
    "\"displayName\":\"Read\",\"id\":\"" ROLE_READ "\",\"value\":\"Jobs.Read\"}]}"

static struct service service;
static struct people people;
static char admin[ADMIN_TOKEN_MAX];
static char api_object[GUID_TEXT], web_object[GUID_TEXT]; /* of service principals */

static const struct json *call(
    struct made *made, const char *method, const char *path, const char *body, int status)
{
    made_call(made, &service, PLANE_GRAPH, admin, method, path, body);
    if (made->reply.status != status)
        fail_msg("%s %s: %d: %.*s", method, path, made->reply.status, TEXT_ARGS(made->reply.body));
    return made->reply.body.length ? made_reply_json(made) : NULL;
}

static void do_it(const char *method, const char *path, const char *body, int status)
{
    struct made made;
    call(&made, method, path, body, status);
    made_free(&made);
}

static bool groups_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    return group_add(connection, GROUP, "submitters", 1, err) &&
           group_add(connection, OUTER, "everybody", 1, err) &&
           group_add_member(connection, OUTER, GROUP, err) &&
           group_add_member(connection, GROUP, people.ann, err) &&
           group_add_member(connection, GROUP, web_object, err);
}

static void object_of(const char *app_id, char out[GUID_TEXT])
{
    struct made made;
    char path[200];
    snprintf(path, sizeof path, PRINCIPALS "(appId='%s')", app_id);
    struct text id = json_get_text(call(&made, "GET", path, NULL, 200), "id");
    snprintf(out, GUID_TEXT, "%.*s", TEXT_ARGS(id));
    made_free(&made);
}

static int start(void **state)
{
    (void)state;
    made_start(&service);
    people_add(&service, &people);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    object_of(people.api, api_object);
    object_of(people.web, web_object);
    made_write(&service, groups_work, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* The roles that are there, and nobody who has one; everybody may come. */
static int make_roles(void **state)
{
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "/v1.0/applications(appId='%s')", people.api);
    do_it("PATCH", path, "{\"appRoles\":[]}", 204);
    do_it("PATCH", path, ROLES, 204);
    snprintf(path, sizeof path, PRINCIPALS "/%s", api_object);
    do_it("PATCH", path, "{\"appRoleAssignmentRequired\":false}", 204);
    return 0;
}

static void require_assignment(void)
{
    char path[200];
    struct made made;
    snprintf(path, sizeof path, PRINCIPALS "/%s", api_object);
    do_it("PATCH", path, "{\"appRoleAssignmentRequired\":true}", 204);
    const struct json *read = call(&made, "GET", path, NULL, 200);
    assert_true(json_get_bool(read, "appRoleAssignmentRequired", false));
    made_free(&made);
}

/* Gives the role; `id` (may be NULL) gets the assignment's. */
static void assign(const char *principal, const char *role, char id[GUID_TEXT])
{
    char path[200], body[300];
    struct made made;
    snprintf(path, sizeof path, PRINCIPALS "/%s/appRoleAssignedTo", api_object);
    snprintf(body, sizeof body,
        "{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}", principal,
        api_object, role);
    const struct json *made_one = call(&made, "POST", path, body, 201);
    made_text_equal(json_get_text(made_one, "resourceDisplayName"), "Middle tier");
    made_text_equal(json_get_text(made_one, "principalId"), principal);
    if (id)
        snprintf(id, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(made_one, "id")));
    made_free(&made);
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

/* "a b", or "-" without the claim. */
static void check_roles(const struct json *claims, const char *expected)
{
    char found[200] = "-";
    const struct json *roles = json_get(claims, "roles");
    size_t at = 0;
    for (const struct json *role = roles ? roles->first : NULL; role; role = role->next)
        at += (size_t)snprintf(
            found + at, sizeof found - at, "%s%.*s", at ? " " : "", TEXT_ARGS(json_text(role)));
    assert_string_equal(found, expected);
}

/* `web` asks in its own name. */
static void ask_as_application(struct made *made, const char *scope)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct form_value values[] = {{"scope", scope}};
    char *body = fill_form(&arena, &people,
        "grant_type=client_credentials&client_id={web}&client_secret=" WEB_SECRET "&scope={scope}",
        values, 1);
    post_form(made, &service, TOKEN_V2_ROW, MADE_TENANT, body);
}

static void check_application(const char *scope, const char *expected)
{
    struct made made;
    ask_as_application(&made, scope);
    assert_int_equal(made.reply.status, 200);
    check_roles(reply_claims(&made, "access_token"), expected);
    made_free(&made);
}

static int64_t application_number(void)
{
    struct made made;
    ask_as_application(&made, API_URI "/.default");
    int64_t number = reply_number(&made);
    made_free(&made);
    return number;
}

/* Ann signs in to `client` for `scope`. */
static void ask_as_ann(struct made *made, const char *scope)
{
    scoped_arena struct arena arena = {0};
    char code[128];
    const struct authorization authorization = {
        .client_app_id = people.native,
        .user_id = people.ann,
        .scope = scope,
        .redirect_uri = NATIVE_REDIRECT,
        .code_challenge = CHALLENGE,
    };
    arena_init(&arena, 0);
    page_code(&service, &authorization, code);
    const struct form_value values[] = {{"code", code}, {"redirect", NATIVE_REDIRECT}};
    char *body = fill_form(&arena, &people,
        "grant_type=authorization_code&client_id={native}&code={code}&redirect_uri={redirect}"
        "&code_verifier=" VERIFIER,
        values, 2);
    post_form(made, &service, TOKEN_V2_ROW, MADE_TENANT, body);
}

static void check_ann(const char *scope, const char *expected)
{
    struct made made;
    ask_as_ann(&made, scope);
    if (made.reply.status != 200)
        fail_msg("%.*s", TEXT_ARGS(made.reply.body));
    check_roles(reply_claims(&made, "access_token"), expected);
    made_free(&made);
}

static int64_t ann_number(void)
{
    struct made made;
    ask_as_ann(&made, API_URI "/access");
    int64_t number = reply_number(&made);
    made_free(&made);
    return number;
}

/* ---- Tests ----------------------------------------------------------------------------------- */

static void an_application_has_its_roles(void **state)
{
    (void)state;
    char id[GUID_TEXT], path[200];
    check_application(API_URI "/.default", "-");
    assign(web_object, ROLE_SUBMIT, id);
    check_application(API_URI "/.default", "Jobs.Submit");
    check_application("https://batch.core.windows.net//.default", "-");
    check_application("https://management.azure.com//.default", "-");
    snprintf(path, sizeof path, PRINCIPALS "/%s/appRoleAssignedTo/%s", api_object, id);
    do_it("GET", path, NULL, 200);
    do_it("DELETE", path, NULL, 204);
    do_it("DELETE", path, NULL, 404);
    check_application(API_URI "/.default", "-");
}

static void an_application_has_none_of_its_group(void **state)
{
    (void)state;
    assign(GROUP, ROLE_SUBMIT, NULL);
    check_application(API_URI "/.default", "-");
}

static void a_user_has_roles_of_a_group(void **state)
{
    (void)state;
    check_ann(API_URI "/access", "-");
    assign(GROUP, ROLE_SUBMIT, NULL);
    check_ann(API_URI "/access", "Jobs.Submit");
    assign(people.ann, ROLE_READ, NULL);
    assign(people.ann, ROLE_SUBMIT, NULL);
    check_ann(API_URI "/access", "Jobs.Read Jobs.Submit");
    check_ann(BATCH_SCOPE, "-");
}

static void a_user_has_none_of_a_group_around_the_group(void **state)
{
    (void)state;
    assign(OUTER, ROLE_SUBMIT, NULL);
    check_ann(API_URI "/access", "-");
}

static void who_is_not_assigned_gets_no_token(void **state)
{
    (void)state;
    require_assignment();
    assert_int_equal(application_number(), 501051);
    assert_int_equal(ann_number(), 50105);
    check_ann(BATCH_SCOPE, "-");
    assign(web_object, APP_ROLE_DEFAULT_ACCESS, NULL);
    check_application(API_URI "/.default", "-");
    assert_int_equal(ann_number(), 50105);
    assign(GROUP, ROLE_READ, NULL);
    check_ann(API_URI "/access", "Jobs.Read");
}

/* The client lets in only some: nobody else signs in to it, whatever for. */
static void a_client_may_require_assignment(void **state)
{
    (void)state;
    char path[200], object[GUID_TEXT];
    struct made made;
    object_of(people.native, object);
    snprintf(path, sizeof path, PRINCIPALS "/%s", object);
    do_it("PATCH", path, "{\"appRoleAssignmentRequired\":true}", 204);
    ask_as_ann(&made, BATCH_SCOPE);
    assert_int_equal(reply_number(&made), 50105);
    made_free(&made);
    do_it("PATCH", path, "{\"appRoleAssignmentRequired\":false}", 204);
    check_ann(BATCH_SCOPE, "-");
}

static void a_role_that_is_gone_is_nobodys(void **state)
{
    (void)state;
    char path[200];
    struct made made;
    assign(web_object, ROLE_SUBMIT, NULL);
    snprintf(path, sizeof path, "/v1.0/applications(appId='%s')", people.api);
    do_it("PATCH", path, "{\"appRoles\":[]}", 204);
    do_it("PATCH", path, ROLES, 204);
    check_application(API_URI "/.default", "-");
    snprintf(path, sizeof path,
        PRINCIPALS "/%s/appRoleAssignments?$filter=appRoleId+eq+'" ROLE_SUBMIT "'", web_object);
    assert_int_equal(json_get(call(&made, "GET", path, NULL, 200), "value")->count, 0);
    made_free(&made);
}

static void graph_shows_roles_and_assignments(void **state)
{
    (void)state;
    char path[200];
    struct made made;
    snprintf(path, sizeof path, PRINCIPALS "/%s", api_object);
    const struct json *role = json_get(call(&made, "GET", path, NULL, 200), "appRoles")->first;
    made_text_equal(json_get_text(role, "value"), "Jobs.Submit");
    made_text_equal(json_get_text(role, "description"), "Submits jobs");
    assert_int_equal(json_get(role, "allowedMemberTypes")->count, 2);
    assert_true(json_get_bool(role, "isEnabled", false));
    made_free(&made);
    assign(people.ann, ROLE_READ, NULL);
    snprintf(path, sizeof path, "/v1.0/users/ann@azb.onmicrosoft.com/appRoleAssignments");
    const struct json *one = json_get(call(&made, "GET", path, NULL, 200), "value")->first;
    made_text_equal(json_get_text(one, "principalType"), "User");
    made_text_equal(json_get_text(one, "principalDisplayName"), "Ann Example");
    made_text_equal(json_get_text(one, "appRoleId"), ROLE_READ);
    made_free(&made);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name, *principal, *role, *code, *part; /* "ann", "web" or an id */
    } cases[] = {
        {"a role for users alone", "web", ROLE_READ, "Request_BadRequest", "'Application'"},
        {"no such role", "web", UNKNOWN_ID, "Request_ResourceNotFound", "no app role"},
        {"no such principal", UNKNOWN_ID, ROLE_READ, "Request_ResourceNotFound", UNKNOWN_ID},
        {"twice", "ann", ROLE_SUBMIT, "Request_BadRequest", "already exists"},
        {"no GUID", "ann", "Jobs.Read", "Request_BadRequest", "appRoleId"},
    };
    assign(people.ann, ROLE_SUBMIT, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char code[80], path[200], body[300];
        const char *who = cases[i].principal;
        who = strcmp(who, "ann") == 0 ? people.ann : strcmp(who, "web") == 0 ? web_object : who;
        print_message("  %s\n", cases[i].name);
        snprintf(path, sizeof path, PRINCIPALS "/%s/appRoleAssignedTo", api_object);
        snprintf(body, sizeof body,
            "{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}", who, api_object,
            cases[i].role);
        made_call(&made, &service, PLANE_GRAPH, admin, "POST", path, body);
        made_code(&made, code);
        assert_string_equal(code, cases[i].code);
        struct text message = json_text(json_path(made_reply_json(&made), "error.message"));
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
}

static void refuses_bad_roles(void **state)
{
    (void)state;
    static const struct {
        const char *roles, *part;
    } cases[] = {
        {"{}", "appRoles: a list"},
        {"[7]", "appRoles[0]"},
        {"[{\"id\":\"" ROLE_READ "\",\"displayName\":\"x\"}]", "allowedMemberTypes"},
        {"[{\"id\":\"" ROLE_READ "\",\"displayName\":\"x\",\"allowedMemberTypes\":[\"Robot\"]}]",
            "'User' and 'Application'"},
        {"[{\"displayName\":\"x\",\"allowedMemberTypes\":[\"User\"]}]", "id: a GUID"},
        {"[{\"id\":\"" ROLE_READ "\",\"allowedMemberTypes\":[\"User\"]}]", "displayName"},
        {"[{\"id\":\"" ROLE_READ
         "\",\"displayName\":\"x\",\"value\":\"a b\",\"allowedMemberTypes\":"
         "[\"User\"]}]",
            "printable"},
        {"[{\"id\":\"" ROLE_READ "\",\"displayName\":\"x\",\"allowedMemberTypes\":[\"User\"]},"
         "{\"id\":\"" ROLE_READ "\",\"displayName\":\"y\",\"allowedMemberTypes\":[\"User\"]}]",
            "appRoles[1]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char path[200], body[600];
        print_message("  %s\n", cases[i].part);
        snprintf(path, sizeof path, "/v1.0/applications(appId='%s')", people.api);
        snprintf(body, sizeof body, "{\"appRoles\":%s}", cases[i].roles);
        made_call(&made, &service, PLANE_GRAPH, admin, "PATCH", path, body);
        assert_in_range(made.reply.status, 400, 409);
        struct text message = json_text(json_path(made_reply_json(&made), "error.message"));
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_application_has_its_roles, make_roles),
        cmocka_unit_test_setup(an_application_has_none_of_its_group, make_roles),
        cmocka_unit_test_setup(a_user_has_roles_of_a_group, make_roles),
        cmocka_unit_test_setup(a_user_has_none_of_a_group_around_the_group, make_roles),
        cmocka_unit_test_setup(who_is_not_assigned_gets_no_token, make_roles),
        cmocka_unit_test_setup(a_client_may_require_assignment, make_roles),
        cmocka_unit_test_setup(a_role_that_is_gone_is_nobodys, make_roles),
        cmocka_unit_test_setup(graph_shows_roles_and_assignments, make_roles),
        cmocka_unit_test_setup(refuses, make_roles),
        cmocka_unit_test_setup(refuses_bad_roles, make_roles),
    };
    return cmocka_run_group_tests_name("server/app_role", tests, start, stop);
}
