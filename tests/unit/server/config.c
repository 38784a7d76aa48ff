/* The configuration file: what a state holds after it, twice, and every mistake by its path. */
#include "../base/keys.h"
#include "planes_arm_graph.h"

#include "config.h"
#include "directory/federated_credential.h"
#include "directory/permission.h"
#include "directory/user.h"
#include "state.h"

#define SUB "/subscriptions/" SEED_SUBSCRIPTION
#define APP_ID "aaaaaaaa-1111-4111-8111-111111111111"
#define OBJECT_ID "aaaaaaaa-2222-4111-8111-111111111111"
#define PRINCIPAL_ID "aaaaaaaa-3333-4111-8111-111111111111"
#define TENANT "\"tenant\":{\"id\":\"" MADE_TENANT "\"}"

static void assert_starts(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        assert_string_equal(text, start);
}

/* ---- Mistakes that reading finds ---------------------------------------------------------------
 */

static void names_the_member(void **state)
{
    (void)state;
    const struct {
        const char *name, *json, *message;
    } cases[] = {
        {"not JSON", "{", "line 1"},
        {"a list", "[]", "the file: an object is expected"},
        {"an unknown member", "{\"tenent\":{}}", "tenent: there is no such member; allowed"},
        {"an unknown member inside", "{\"tenant\":{\"ID\":1}}", "tenant.ID: there is no such"},
        {"a member twice", "{\"tenant\":{},\"tenant\":{}}", "line 1"},
        {"a number for a string", "{\"account\":{\"name\":7}}", "account.name: a string is expec"},
        {"an empty string", "{\"account\":{\"name\":\"\"}}", "account.name: it is empty"},
        {"NUL in a string", "{\"account\":{\"name\":\"a\\u0000b\"}}", "account.name: it holds"},
        {"no GUID", "{\"tenant\":{\"id\":\"contoso\"}}", "tenant.id: a GUID is expected"},
        {"an object for a list", "{\"users\":{}}", "users: a list of objects is expected"},
        {"a string in a list of objects", "{\"users\":[\"ann\"]}", "users[0]: an object is expec"},
        {"a missing member", "{\"users\":[{\"displayName\":\"Ann\"}]}",
            "users[0].userPrincipalName: it is missing"},
        {"a number for a truth", "{\"applications\":[{\"displayName\":\"x\",\"publicClient\":1}]}",
            "applications[0].publicClient: true or false"},
        {"a time that is none",
            "{\"applications\":[{\"displayName\":\"x\"},{\"displayName\":\"y\",\"secrets\":[{"
            "\"value\":\"abc\",\"expires\":\"soon\"}]}]}",
            "applications[1].secrets[0].expires: a time is expected"},
        {"a number among strings", "{\"groups\":[{\"displayName\":\"g\",\"members\":[\"a\",2]}]}",
            "groups[0].members[1]: a string is expected"},
        {"a number for a role", "{\"roles\":[1]}", "roles[0]: a role definition or the path"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct config config;
        arena_init(&arena, 0);
        printf("  %s\n", cases[i].name);
        assert_false(config_parse(text_of(cases[i].json), "c.json", &arena, &config, &err));
        assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
        assert_starts(err.message, cases[i].message);
    }
}

/* ---- Applying ----------------------------------------------------------------------------------
 */

static struct service service;

/* The way of service_start() with a configuration; false: err says why. */
static bool start_with(const char *json, struct azb_error *err)
{
    struct arena arena;
    struct config config;
    char path[PATH_MAX + 16];
    arena_init(&arena, 0);
    snprintf(path, sizeof path, "%s/config.json", service.state);
    bool ok =
        file_replace(path, 0600, text_of(json), err) && config_load(path, &arena, &config, err);
    if (ok) {
        const struct seed seed = config_seed(&config);
        service.store = store_open(service.state, err);
        service.directory = service.store ? directory_open_seeded(&service, &seed, err) : NULL;
        ok = service.directory && config_apply(&service, &config, err);
    }
    if (ok) {
        service.entra = entra_new(&service, err);
        service.authorizer = authorizer_new(&service, err);
        service.router = router_new(err);
    }
    arena_wipe(&arena);
    return ok;
}

static void close_parts(void)
{
    router_free(service.router);
    authorizer_free(service.authorizer);
    entra_free(service.entra);
    store_close(service.store);
    directory_free(service.directory);
    service.router = NULL;
    service.authorizer = NULL;
    service.entra = NULL;
    service.store = NULL;
    service.directory = NULL;
}

static int make_folder(void **state)
{
    (void)state;
    service = (struct service){.port = MADE_PORT};
    snprintf(service.state, sizeof service.state, "/tmp/azb-test-XXXXXX");
    snprintf(service.base_url, sizeof service.base_url, "https://" MADE_HOST);
    return mkdtemp(service.state) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    close_parts();
    return nftw(service.state, made_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *name, const char *content)
{
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(state_write(&service, name, 0600, text_of(content), &err));
}

#define WHOLE(secret)                                                                              \
    "{" TENANT ",\"account\":{\"name\":\"mybatch\",\"location\":\"westus\"},"                      \
    "\"administrator\":{\"clientId\":\"" MADE_CLIENT "\",\"secret\":\"" MADE_SECRET "\"},"         \
    "\"users\":[{\"userPrincipalName\":\"ann@azb.onmicrosoft.com\",\"displayName\":\"Ann\"}],"     \
    "\"groups\":[{\"displayName\":\"team\",\"members\":[\"Ann\",\"ci\"]}],"                        \
    "\"applications\":[{\"displayName\":\"ci\",\"appId\":\"" APP_ID "\",\"id\":\"" OBJECT_ID       \
    "\",\"servicePrincipalId\":\"" PRINCIPAL_ID "\",\"redirectUris\":[\"http://localhost\"],"      \
    "\"secrets\":[{\"value\":\"" secret "\"},{\"value\":\"has-expired\",\"expires\":"              \
    "\"2020-01-01\"}],\"certificates\":[{\"path\":\"c.pem\"}]},{\"displayName\":\"by name\"}],"    \
    "\"roles\":[\"role.json\",{\"properties\":{\"roleName\":\"Watcher\",\"permissions\":[{"        \
    "\"actions\":[\"*/read\"]}],\"assignableScopes\":[\"" SUB "\"]}}],"                            \
    "\"roleAssignments\":[{\"principal\":\"ci\",\"role\":\"Submitter\"},{\"principal\":\"team\","  \
    "\"role\":\"watcher\",\"scope\":\"" SUB "\"},{\"principal\":\"" APP_ID                         \
    "\",\"role\":\"Reader\"}]}"

static int64_t count_rows(const char *sql)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_statement struct statement s = statement(store_reader(service.store, &err), sql);
    bool row;
    assert_true(statement_step(&s, &row, &err));
    return statement_i64(&s, 0);
}

static void check_whole(const char *secret)
{
    char token[ADMIN_TOKEN_MAX];
    struct made made;
    made_token(&service, APP_ID, secret, "https%3A%2F%2Fmanagement.azure.com", token);
    made_call(&made, &service, PLANE_ARM, token, "GET",
        SUB "/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts/mybatch"
            "?api-version=2024-07-01",
        NULL);
    assert_int_equal(made.reply.status, 200);
    made_free(&made);
    assert_int_equal(
        count_rows("SELECT count(*) FROM application WHERE home_tenant_id IS NULL"), 3);
    assert_int_equal(count_rows("SELECT count(*) FROM service_principal"), 3 + MADE_STRANGERS);
    assert_int_equal(count_rows("SELECT count(*) FROM client_secret"), 3);
    assert_int_equal(count_rows("SELECT count(*) FROM client_certificate"), 1);
    assert_int_equal(count_rows("SELECT count(*) FROM redirect_uri u JOIN application a"
                                " ON a.row = u.application WHERE a.home_tenant_id IS NULL"),
        2);
    assert_int_equal(count_rows("SELECT count(*) FROM user"), 2);
    assert_int_equal(count_rows("SELECT count(*) FROM group_member"), 2);
    assert_int_equal(count_rows("SELECT count(*) FROM role_definition"), 2);
    assert_int_equal(count_rows("SELECT count(*) FROM role_assignment"), 5);
    assert_int_equal(count_rows("SELECT count(*) FROM account"), 1);
}

/* Twice the same, then with another secret: it replaces the first. */
static void makes_a_state_and_keeps_it(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    write_file("c.pem", certificate_pem);
    write_file("role.json", "{\"Name\":\"Submitter\",\"Actions\":[\"Microsoft.Batch/*/read\"],"
                            "\"AssignableScopes\":[\"" SUB "\"]}");
    for (int i = 0; i < 2; i++) {
        start_with(WHOLE("the-first-secret"), &err);
        assert_string_equal(err.message, "");
        check_whole("the-first-secret");
        close_parts();
    }
    start_with(WHOLE("the-second-secret"), &err);
    assert_string_equal(err.message, "");
    check_whole("the-second-secret");
}

/* ---- People and other tenants: the example of the documentation ---------------------------------
 */

#define DOCUMENTATION TEST_SOURCE_DIR "/../docs/configuration.md"

/* The second block of JSON in docs/configuration.md. */
static void read_example(char out[16384])
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer text = {0};
    bool found;
    buffer_init(&text, 1 << 20);
    assert_true(file_read(DOCUMENTATION, &text, &found, &err) && found);
    const char *start = text.at;
    for (int i = 0; i < 2; i++) {
        start = strstr(start, "```json\n");
        assert_non_null(start);
        start += strlen("```json\n");
    }
    const char *end = strstr(start, "```");
    assert_non_null(end);
    snprintf(out, 16384, "%.*s", (int)(end - start), start);
}

static void write_jwks(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    char *n, *e;
    arena_init(&arena, 0);
    struct rsa_key *key = rsa_from_pem(text_of(key_pem), &err);
    assert_non_null(key);
    assert_true(rsa_to_jwk(key, &arena, &n, &e));
    rsa_free(key);
    write_file("github.jwks", arena_format(&arena,
                                  "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"n\":\"%s\","
                                  "\"e\":\"%s\"}]}",
                                  n, e));
}

static void check_user(const char *name, const char *password, const char *home)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct user user;
    enum password_verdict verdict;
    struct store_connection *reader = store_reader(service.store, &err);
    arena_init(&arena, 0);
    assert_true(user_by_name(reader, text_of(name), &arena, &user, &err));
    assert_true(password_check(reader, &user, text_of(password), 0, &verdict, &err));
    assert_int_equal(verdict, PASSWORD_RIGHT);
    if (home)
        assert_string_equal(user.home_tenant_id, home);
    else
        assert_null(user.home_tenant_id);
}

static void check_applications(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct resource_application api;
    struct application partner;
    const char *scopes;
    struct text jwks;
    struct store_connection *reader = store_reader(service.store, &err);
    arena_init(&arena, 0);
    assert_true(
        resource_application_find(&service, reader, TEXT("api://api/"), &arena, &api, &err));
    assert_int_equal(api.token_version, 2);
    assert_string_equal(api.permissions[0].value, "Jobs.Read");
    assert_true(consent_scopes(&service, reader, text_of(api.app_id), TEXT_NONE, TEXT(APP_ID_BATCH),
        &arena, &scopes, &err));
    assert_string_equal(scopes, "user_impersonation");
    assert_true(application_by_app_id(
        reader, TEXT("cccccccc-2222-4111-8111-111111111111"), &arena, &partner, &err));
    assert_int_equal(partner.audience, SIGN_IN_MULTIPLE_ORGS);
    assert_string_equal(partner.home_tenant_id, "cccccccc-1111-4111-8111-111111111111");
    assert_true(issuer_keys(
        reader, TEXT("https://token.actions.githubusercontent.com"), &arena, &jwks, &err));
}

static void the_example_of_the_documentation_holds(void **state)
{
    (void)state;
    char example[16384];
    struct azb_error err = AZB_ERROR_INIT;
    read_example(example);
    write_jwks();
    for (int i = 0; i < 2; i++) {
        start_with(example, &err);
        assert_string_equal(err.message, "");
        check_user("me@azb.onmicrosoft.com", "only for tests", NULL);
        check_user("ann@azb.onmicrosoft.com", "only for tests", NULL);
        check_user("bob_contoso.com#EXT#@azb.onmicrosoft.com", "only for tests",
            "cccccccc-1111-4111-8111-111111111111");
        check_applications();
        assert_int_equal(count_rows("SELECT count(*) FROM federated_credential"), 1);
        assert_int_equal(count_rows("SELECT count(*) FROM managed_identity"), 2);
        assert_int_equal(count_rows("SELECT count(*) FROM consent"), 1);
        /* Two of them are the administrator's own. */
        assert_int_equal(count_rows("SELECT count(*) FROM required_permission"), 6);
        assert_int_equal(count_rows("SELECT count(*) FROM role_assignment"), 4);
        close_parts();
    }
}

/* ---- Mistakes that applying finds ---------------------------------------------------------------
 */

#define APPLICATION(more) "{\"applications\":[{\"displayName\":\"x\"," more "}]}"
#define ASSIGNMENT(more) "{\"roleAssignments\":[{" more "}]}"

static void names_what_cannot_be(void **state)
{
    (void)state;
    const struct {
        const char *name, *json, *message;
    } cases[] = {
        {"another tenant", "{\"tenant\":{\"id\":\"" APP_ID "\"}}", "tenant.id: it is fixed"},
        {"another subscription", "{\"subscription\":{\"id\":\"" APP_ID "\"}}",
            "subscription.id: it is fixed"},
        {"another secret of the administrator",
            "{\"administrator\":{\"secret\":\"not-the-one-it-has\"}}",
            "administrator.secret: it is fixed"},
        {"an account name", "{\"account\":{\"name\":\"My_Batch\"}}", "account: Batch account name"},
        {"a key that is no base64", "{\"account\":{\"primaryKey\":\"?\"}}", "account: a Batch"},
        {"a short secret", APPLICATION("\"secrets\":[{\"value\":\"ab\"}]"),
            "applications[0].secrets[0]: a client secret must"},
        {"an end before the start",
            APPLICATION("\"secrets\":[{\"value\":\"abcd\",\"starts\":\"2030-01-01\","
                        "\"expires\":\"2029-01-01\"}]"),
            "applications[0].secrets[0].expires: it must be later"},
        {"a redirect URI", APPLICATION("\"webRedirectUris\":[\"http://example.com\"]"),
            "applications[0].webRedirectUris[0]: Invalid value"},
        {"no certificate", APPLICATION("\"certificates\":[{}]"),
            "applications[0].certificates[0]: either path or pem"},
        {"no such file", APPLICATION("\"certificates\":[{\"path\":\"none.pem\"}]"),
            "applications[0].certificates[0].path: "},
        {"no PEM", APPLICATION("\"certificates\":[{\"pem\":\"x\"}]"),
            "applications[0].certificates[0]: "},
        {"another user", "{\"user\":{\"userPrincipalName\":\"me@azb\"}}",
            "user.userPrincipalName: it is fixed"},
        {"another password of the user", "{\"user\":{\"password\":\"not the one it has\"}}",
            "user.password: it is fixed"},
        {"another identity", "{\"account\":{\"identityClientId\":\"" APP_ID "\"}}",
            "account.identityClientId: it is fixed"},
        {"a short password",
            "{\"users\":[{\"userPrincipalName\":\"a@b\",\"displayName\":\"A\",\"password\":\"x\"}]"
            "}",
            "users[0].password: a password must have"},
        {"no user name", "{\"users\":[{\"userPrincipalName\":\"a\",\"displayName\":\"A\"}]}",
            "users[0]: the user principal name 'a'"},
        {"an audience", APPLICATION("\"signInAudience\":\"everybody\""),
            "applications[0].signInAudience: AzureADMyOrg or"},
        {"a token version", APPLICATION("\"requestedAccessTokenVersion\":\"3\""),
            "applications[0].requestedAccessTokenVersion: \"1\" or"},
        {"a stranger without id", APPLICATION("\"homeTenant\":\"" APP_ID "\""),
            "applications[0].appId: an application of another tenant"},
        {"an identifier URI", APPLICATION("\"identifierUris\":[\"x\"]"),
            "applications[0]: an identifier URI 'x' is not"},
        {"a scope with a space", APPLICATION("\"scopes\":[{\"value\":\"a b\"}]"),
            "applications[0].scopes[0]: a permission's value"},
        {"a scope twice", APPLICATION("\"scopes\":[{\"value\":\"a\"},{\"value\":\"a\"}]"),
            "applications[0].scopes[1]: permission 'a': it exists"},
        {"no such resource",
            APPLICATION("\"permissions\":[{\"resource\":\"none\",\"scopes\":[\"a\"]}]"),
            "applications[0].permissions[0].resource: not exactly one"},
        {"no such permission",
            APPLICATION("\"permissions\":[{\"resource\":\"Microsoft Graph\",\"scopes\":[\"a\"]}]"),
            "applications[0].permissions[0].scopes[0]: Microsoft Graph offers no"},
        {"a consent of nobody",
            APPLICATION("\"consents\":[{\"resource\":\"Microsoft Graph\",\"user\":\"nobody\","
                        "\"scopes\":[\"User.Read\"]}]"),
            "applications[0].consents[0]: there is no application, user"},
        {"an issuer without https",
            APPLICATION("\"federatedCredentials\":[{\"name\":\"abc\",\"issuer\":\"x\","
                        "\"subject\":\"y\"}]"),
            "applications[0].federatedCredentials[0]: the issuer 'x' is not"},
        {"no keys", "{\"issuers\":[{\"issuer\":\"https://i\"}]}",
            "issuers[0]: either jwks or path"},
        {"keys of another kind",
            "{\"issuers\":[{\"issuer\":\"https://i\",\"jwks\":{\"keys\":[{\"kty\":\"EC\"}]}}]}",
            "issuers[0]: the JWKS has no RSA key"},
        {"no file of keys", "{\"issuers\":[{\"issuer\":\"https://i\",\"path\":\"none.jwks\"}]}",
            "issuers[0].path: "},
        {"an identity's resource",
            "{\"managedIdentities\":[{\"name\":\"n\",\"resourceId\":\"n\"}]}",
            "managedIdentities[0]: a managed identity's resource id"},
        {"no such member", "{\"groups\":[{\"displayName\":\"g\",\"members\":[\"nobody\"]}]}",
            "groups[0].members[0]: there is no application"},
        {"no such role file", "{\"roles\":[\"none.json\"]}", "roles[0]: "},
        {"a role without scope",
            "{\"roles\":[{\"Name\":\"R\",\"Actions\":[\"*\"],\"AssignableScopes\":[]}]}",
            "roles[0]: "},
        {"a role of another subscription",
            "{\"roles\":[{\"Name\":\"R\",\"Actions\":[\"*\"],\"AssignableScopes\":["
            "\"/subscriptions/" APP_ID "\"]}]}",
            "roles[0].assignableScopes[0]: The subscription"},
        {"no such principal", ASSIGNMENT("\"principal\":\"nobody\",\"role\":\"Reader\""),
            "roleAssignments[0].principal: there is no"},
        {"no such role", ASSIGNMENT("\"principal\":\"azb administrator\",\"role\":\"King\""),
            "roleAssignments[0].role: there is no role"},
        {"no such scope",
            ASSIGNMENT("\"principal\":\"azb administrator\",\"role\":\"Reader\",\"scope\":\"" SUB
                       "/resourceGroups/none\""),
            "roleAssignments[0].scope: Resource group"},
        {"a scope that is none",
            ASSIGNMENT(
                "\"principal\":\"azb administrator\",\"role\":\"Reader\",\"scope\":\"" SUB "/..\""),
            "roleAssignments[0].scope: "},
        {"a condition that is none",
            ASSIGNMENT(
                "\"principal\":\"azb administrator\",\"role\":\"Reader\",\"condition\":\"x\""),
            "roleAssignments[0]: "},
        {"a management group's id", "{\"managementGroups\":[{\"id\":\"a/b\"}]}",
            "managementGroups[0].id: 'a/b' is not the id"},
        {"no such parent", "{\"managementGroups\":[{\"id\":\"a\",\"parent\":\"b\"}]}",
            "managementGroups[0].parent: there is no management group 'b'"},
        {"groups in a circle",
            "{\"managementGroups\":[{\"id\":\"a\",\"parent\":\"b\"},"
            "{\"id\":\"b\",\"parent\":\"a\"}]}",
            "managementGroups[1].parent: 'b' would lie in itself"},
        {"no such subscription",
            "{\"managementGroups\":[{\"id\":\"a\",\"subscriptions\":[\"" APP_ID "\"]}]}",
            "managementGroups[0].subscriptions[0]: there is no subscription"},
        {"a subscription in no group",
            "{\"subscriptions\":[{\"id\":\"" APP_ID "\",\"managementGroup\":\"none\"}]}",
            "subscriptions[0].managementGroup: there is no"},
        {"no such region", "{\"resourceGroups\":[{\"name\":\"g\",\"location\":\"mars\"}]}",
            "resourceGroups[0]: location: there is no region"},
        {"a group's name", "{\"resourceGroups\":[{\"name\":\"g.\"}]}",
            "resourceGroups[0]: The provided resource group name"},
        {"a group of nobody's subscription",
            "{\"resourceGroups\":[{\"name\":\"g\",\"subscription\":\"" APP_ID "\"}]}",
            "resourceGroups[0]: subscription: there is none"},
        {"a denial of nobody",
            "{\"denyAssignments\":[{\"name\":\"d\",\"principals\":[\"nobody\"],\"actions\":[\"*\"]}"
            "]}",
            "denyAssignments[0].principals[0]: there is no"},
        {"a denial of nothing", "{\"denyAssignments\":[{\"name\":\"d\",\"principals\":[\"*\"]}]}",
            "denyAssignments[0]: permissions[0]: it names no actions"},
    };
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(start_with("{" TENANT "}", &err));
    close_parts();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char start[PATH_MAX + 40];
        printf("  %s\n", cases[i].name);
        assert_false(start_with(cases[i].json, &err));
        int length = snprintf(start, sizeof start, "--config %s/config.json: ", service.state);
        assert_starts(err.message, start);
        assert_starts(err.message + length, cases[i].message);
        close_parts();
        err = (struct azb_error)AZB_ERROR_INIT;
    }
}

static void there_must_be_a_file(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct config config;
    arena_init(&arena, 0);
    assert_false(config_load("/nowhere/c.json", &arena, &config, &err));
    assert_string_equal(err.message, "--config /nowhere/c.json: there is no such file");
}

/* The schema is JSON and has every member that the whole configuration uses. */
static void prints_its_schema(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer text = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    buffer_init(&text, 1 << 20);
    config_print_schema(&text);
    const struct json *schema = json_parse(buffer_text(&text), &arena, &err);
    assert_non_null(schema);
    const struct json *whole = json_parse(TEXT(WHOLE("abc")), &arena, &err);
    for (const struct json *member = whole->first; member; member = member->next) {
        char name[40];
        snprintf(name, sizeof name, "%.*s", TEXT_ARGS(member->name));
        assert_non_null(json_get(json_get(schema, "properties"), name));
    }
    assert_false(json_get_bool(schema, "additionalProperties", true));
    made_text_equal(json_text(json_path(schema, "properties.tenant.properties.id.format")), "uuid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_member),
        cmocka_unit_test_setup_teardown(makes_a_state_and_keeps_it, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            the_example_of_the_documentation_holds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(names_what_cannot_be, make_folder, remove_folder),
        cmocka_unit_test(there_must_be_a_file),
        cmocka_unit_test(prints_its_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
