/* The Graph plane: users, and what a user may whom a program acts for. */
#include "made_token.h"
#include "graph_calls.h"

#include "directory/user.h"

#define USERS "/v1.0/users"
#define ANN "ann@azb.onmicrosoft.com"
#define PASSWORD "a password of ann"
#define GRAPH "https://graph.microsoft.com"

static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &guest);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    made_token(&service, guest.app_id, guest.secret, RESOURCE_GRAPH, visitor);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static enum password_verdict check_password(const char *password)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct user user;
    enum password_verdict verdict;
    struct store_connection *reader = store_reader(service.store, &err);
    arena_init(&arena, 0);
    assert_true(user_by_name(reader, TEXT(ANN), &arena, &user, &err));
    assert_true(password_check(reader, &user, text_of(password), 0, &verdict, &err));
    return verdict;
}

/* A token that the user named gave a program. */
static void delegated(const char *name, const char *scopes, char out[ADMIN_TOKEN_MAX])
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct user user;
    struct claims claims = GOOD_CLAIMS;
    arena_init(&arena, 0);
    assert_true(
        user_by_name(store_reader(service.store, &err), text_of(name), &arena, &user, &err));
    claims.aud = QUOTED(GRAPH);
    claims.oid = arena_format(&arena, "\"%s\"", user.object_id);
    claims.sub = QUOTED("somebody");
    claims.idtyp = QUOTED("user");
    claims.scp = arena_format(&arena, "\"%s\"", scopes);
    snprintf(out, ADMIN_TOKEN_MAX, "Bearer %s", sign_for(&service, &arena, &claims));
}

/* ---- Users ----------------------------------------------------------------------------------- */

#define NEW_USER                                                                                   \
    "{\"accountEnabled\":true,\"displayName\":\"Ann\",\"mailNickname\":\"ann\","                   \
    "\"givenName\":\"Ann\",\"userPrincipalName\":\"" ANN                                           \
    "\",\"passwordProfile\":{\"password\":\"" PASSWORD                                             \
    "\",\"forceChangePasswordNextSignIn\":false}}"

static void users_come(void **state)
{
    (void)state;
    struct made made;
    const struct json *user = call_as(&made, admin, "POST", USERS, NEW_USER, 201);
    made_text_equal(json_get_text(user, "userPrincipalName"), ANN);
    made_text_equal(json_get_text(user, "userType"), "Member");
    assert_null(memmem(made.reply.body.at, made.reply.body.length, PASSWORD, strlen(PASSWORD)));
    made_free(&made);
    assert_int_equal(check_password(PASSWORD), PASSWORD_RIGHT);
    do_it(admin, "POST", USERS, NEW_USER, 409);
    user = call_as(&made, admin, "GET", USERS "/ANN@azb.onmicrosoft.com", NULL, 200);
    made_text_equal(json_get_text(user, "givenName"), "Ann");
    assert_int_equal(json_get(user, "surname")->type, JSON_NULL);
    made_free(&made);
    do_it(visitor, "GET", USERS, NULL, 403); /* it has no permission, and no role */
    user = call_as(&made, admin, "GET", USERS "?$filter=userPrincipalName+eq+'" ANN "'", NULL, 200);
    assert_int_equal(json_get(user, "value")->count, 1);
    made_free(&made);
}

static void users_change(void **state)
{
    (void)state;
    struct made made;
    do_it(admin, "PATCH", USERS "/" ANN,
        "{\"surname\":\"Archer\",\"givenName\":null,\"passwordProfile\":{\"password\":"
        "\"another password\"}}",
        204);
    const struct json *user = call_as(&made, admin, "GET", USERS "/" ANN, NULL, 200);
    made_text_equal(json_get_text(user, "surname"), "Archer");
    made_text_equal(json_get_text(user, "displayName"), "Ann");
    assert_int_equal(json_get(user, "givenName")->type, JSON_NULL);
    assert_true(json_get_bool(user, "accountEnabled", false));
    made_free(&made);
    assert_int_equal(check_password(PASSWORD), PASSWORD_WRONG);
    assert_int_equal(check_password("another password"), PASSWORD_RIGHT);
}

static void who_is_me(void **state)
{
    (void)state;
    struct made made;
    char ann[ADMIN_TOKEN_MAX];
    delegated(ANN, "User.Read", ann);
    const struct json *me = call_as(&made, ann, "GET", "/v1.0/me", NULL, 200);
    made_text_equal(json_get_text(me, "userPrincipalName"), ANN);
    made_free(&made);
    do_it(ann, "PATCH", USERS "/" ANN, "{\"surname\":\"x\"}", 403);
}

/* Both are needed: what the user may, and what the user lets the program do. */
static void programs_may_what_was_allowed(void **state)
{
    (void)state;
    static const char *const own = "user@azb.onmicrosoft.com", *const app = "/v1.0/applications";
    static const struct {
        const char *name, *user, *scopes, *method, *path, *body;
        int status;
    } cases[] = {
        {"me without a permission", ANN, "user_impersonation", "GET", "/v1.0/me", NULL, 403},
        {"me by openid", ANN, "profile openid", "GET", "/v1.0/me", NULL, 200},
        {"others by User.Read", ANN, "User.Read", "GET", USERS, NULL, 403},
        {"a part of a permission", ANN, "User.Read.Al", "GET", USERS, NULL, 403},
        {"others", ANN, "User.Read User.ReadBasic.All", "GET", USERS, NULL, 200},
        {"an administrator's program", "", "User.Read", "POST", "", "{\"displayName\":\"p\"}", 403},
        {"an administrator's administration", "", "Application.ReadWrite.All", "POST", "",
            "{\"displayName\":\"p\"}", 201},
        {"a registration by nobody special", ANN, "Application.ReadWrite.All", "POST", "",
            "{\"displayName\":\"p\"}", 201},
        {"users by another permission", "", "Application.ReadWrite.All", "DELETE", USERS "/" ANN,
            NULL, 403},
        {"as the user", "", "Directory.AccessAsUser.All", "PATCH", USERS "/" ANN,
            "{\"surname\":\"A\"}", 204},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char token[ADMIN_TOKEN_MAX];
        print_message("  %s\n", cases[i].name);
        delegated(*cases[i].user ? cases[i].user : own, cases[i].scopes, token);
        do_it(token, cases[i].method, *cases[i].path ? cases[i].path : app, cases[i].body,
            cases[i].status);
    }
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static void refuses(void **state)
{
    (void)state;
    const char *bad = "Request_BadRequest", *denied = "Authorization_RequestDenied";
    const char *own = USERS "/user@azb.onmicrosoft.com", *ann = USERS "/" ANN;
    const struct {
        const char *name, *token, *method, *path, *body, *code, *part;
    } cases[] = {
        {"by a visitor", visitor, "POST", USERS, NEW_USER, denied, "not a user administrator"},
        {"no name", admin, "POST", USERS, "{\"userPrincipalName\":\"b@azb.onmicrosoft.com\"}", bad,
            "'displayName'"},
        {"no password", admin, "POST", USERS,
            "{\"displayName\":\"B\",\"userPrincipalName\":\"b@azb.onmicrosoft.com\"}", bad,
            "'passwordProfile'"},
        {"a domain", admin, "PATCH", ann, "{\"userPrincipalName\":\"b@contoso.com\"}", bad,
            "userPrincipalName: the domain 'contoso.com'"},
        {"a name without domain", admin, "PATCH", ann, "{\"userPrincipalName\":\"b\"}", bad,
            "must look like"},
        {"a short password", admin, "PATCH", ann, "{\"passwordProfile\":{\"password\":\"x\"}}", bad,
            "8 to 256"},
        {"a password to change", admin, "PATCH", ann,
            "{\"passwordProfile\":{\"password\":\"a long one\","
            "\"forceChangePasswordNextSignIn\":true}}",
            "NotImplemented", "forceChangePasswordNextSignIn"},
        {"a member", admin, "PATCH", ann, "{\"shoeSize\":1}", bad, "'shoeSize'"},
        {"a number for a name", admin, "PATCH", ann, "{\"surname\":1}", bad, "surname: a string"},
        {"no display name", admin, "PATCH", ann, "{\"displayName\":null}", bad, "display name"},
        {"a global administrator's password", admin, "PATCH", own,
            "{\"passwordProfile\":{\"password\":\"a long one\"}}", denied, "global administrator"},
        {"a global administrator", admin, "DELETE", own, NULL, denied, "global administrator"},
        {"nobody", admin, "DELETE", USERS "/nobody@azb.onmicrosoft.com", NULL,
            "Request_ResourceNotFound", "nobody@"},
        {"me of an application", admin, "GET", "/v1.0/me", NULL, "BadRequest", "delegated"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char code[80];
        print_message("  %s\n", cases[i].name);
        made_call(&made, &service, PLANE_GRAPH, cases[i].token, cases[i].method, cases[i].path,
            cases[i].body);
        made_code(&made, code);
        assert_string_equal(code, cases[i].code);
        struct text message = json_text(json_path(made_reply_json(&made), "error.message"));
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
}

#define KEEPER "keeper@azb.onmicrosoft.com"

static bool make_keeper(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct new_user what = {
        .user_principal_name = KEEPER, .display_name = "Keeper", .password = PASSWORD, .now = 1};
    return user_create(connection, &what, &arena, &user, err) &&
           directory_role_add(
               connection, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR, user.object_id, err);
}

/* Who administrates users does not get the applications, too, by a new password. */
static void nobody_climbs(void **state)
{
    (void)state;
    made_write(&service, make_keeper, NULL);
    do_it(admin, "PATCH", USERS "/" KEEPER,
        "{\"passwordProfile\":{\"password\":\"a long one\","
        "\"forceChangePasswordNextSignIn\":false}}",
        403);
    do_it(admin, "PATCH", USERS "/" KEEPER, "{\"accountEnabled\":false}", 403);
    do_it(admin, "DELETE", USERS "/" KEEPER, NULL, 403);
}

static void users_go(void **state)
{
    (void)state;
    do_it(admin, "DELETE", USERS "/" ANN, NULL, 204);
    do_it(admin, "GET", USERS "/" ANN, NULL, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_come),
        cmocka_unit_test(users_change),
        cmocka_unit_test(who_is_me),
        cmocka_unit_test(programs_may_what_was_allowed),
        cmocka_unit_test(refuses),
        cmocka_unit_test(nobody_climbs),
        cmocka_unit_test(users_go),
    };
    return cmocka_run_group_tests_name("server/graph_users", tests, start, stop);
}
