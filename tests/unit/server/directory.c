/* The directory: first start, applications, credentials, accounts, groups; and what roles allow. */
#include "made_service.h"

#include "authorize/decision_log.h"

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static struct store_connection *reader(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service.store, &err);
    assert_non_null(connection);
    return connection;
}

/* ---- First start ----------------------------------------------------------------------------- */

static void test_administrator(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct administrator administrator;
    struct azb_error err = AZB_ERROR_INIT;
    bool has;
    arena_init(&arena, 0);
    assert_true(directory_administrator(&service, &arena, &administrator, &err));
    assert_string_equal(administrator.tenant_id, MADE_TENANT);
    assert_string_equal(administrator.client_id, MADE_CLIENT);
    assert_string_equal(administrator.object_id, MADE_OBJECT);
    assert_string_equal(administrator.subscription_id, SEED_SUBSCRIPTION);
    assert_int_equal(strlen(administrator.account_key), 88);
    assert_true(directory_role_has(
        reader(), DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR, MADE_OBJECT, &has, &err));
    assert_true(has);
    assert_true(
        directory_role_has(reader(), DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, MADE_OBJECT, &has, &err));
    assert_false(has);
}

static bool has_secret(const char *value)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool has = false;
    assert_true(directory_administrator_has_secret(&service, value, &has, &err));
    return has;
}

/* A made secret takes the place of the one made before, not of the seed's. */
static void test_administrator_secret(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const char *first, *second;
    arena_init(&arena, 0);
    assert_true(has_secret(MADE_SECRET));
    assert_false(has_secret(MADE_SECRET "x"));
    assert_false(has_secret(""));
    assert_true(directory_administrator_new_secret(&service, &arena, &first, &err));
    assert_true(has_secret(first));
    assert_true(directory_administrator_new_secret(&service, &arena, &second, &err));
    assert_false(has_secret(first));
    assert_true(has_secret(second));
    assert_true(has_secret(MADE_SECRET));
}

/* Everything that identifies a state is the same after a restart, and nothing is made twice. */
static void test_restart(void **state)
{
    (void)state;
    struct service again = {.port = MADE_PORT, .router = service.router};
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct application *list;
    size_t count;
    char kid[KID_TEXT], state_folder[sizeof again.state];
    arena_init(&arena, 0);
    snprintf(kid, sizeof kid, "%s", entra_signing_key(service.entra)->kid);
    snprintf(state_folder, sizeof state_folder, "%s", service.state);
    authorizer_free(service.authorizer);
    entra_free(service.entra);
    store_close(service.store);
    directory_free(service.directory);
    service = again;
    snprintf(service.state, sizeof service.state, "%s", state_folder);
    made_open(&service, NULL);
    assert_string_equal(entra_signing_key(service.entra)->kid, kid);
    assert_string_equal(directory_tenant_id(&service), MADE_TENANT);
    assert_true(application_list(reader(), &arena, &list, &count, &err));
    assert_int_equal(count, 1);
}

static void test_defaults_are_random(void **state)
{
    (void)state;
    char tenants[2][GUID_TEXT];
    for (int i = 0; i < 2; i++) {
        struct service fresh = {.port = MADE_PORT};
        snprintf(fresh.state, sizeof fresh.state, "/tmp/azb-test-XXXXXX");
        assert_non_null(mkdtemp(fresh.state));
        made_open(&fresh, NULL);
        snprintf(tenants[i], GUID_TEXT, "%s", directory_tenant_id(&fresh));
        assert_true(text_is_guid(text_of(tenants[i])));
        assert_string_equal(account_default(&fresh)->name, "azb");
        made_stop(&fresh);
    }
    assert_string_not_equal(tenants[0], tenants[1]);
}

static void test_bad_seeds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct seed seed;
        const char *part;
    } seeds[] = {
        {"tenant id", {.tenant_id = "x"}, "the tenant id 'x' is not a GUID"},
        {"account name", {.account_name = "My-Batch"}, "'My-Batch' must have 3 to 24"},
        {"account key", {.account_primary_key = "!"}, "must be base64"},
        {"subscription", {.subscription_id = "s"}, "the subscription id"},
        {"secret", {.administrator_secret = "ab"}, "3 to 512 characters"},
    };
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        struct service fresh = {.port = MADE_PORT};
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", seeds[i].name);
        snprintf(fresh.state, sizeof fresh.state, "/tmp/azb-test-XXXXXX");
        assert_non_null(mkdtemp(fresh.state));
        fresh.store = store_open(fresh.state, &err);
        assert_null(directory_open_seeded(&fresh, &seeds[i].seed, &err));
        if (!strstr(err.message, seeds[i].part))
            fail_msg("'%s' is not in '%s'", seeds[i].part, err.message);
        made_stop(&fresh);
    }
}

static void test_tenant_names(void **state)
{
    (void)state;
    assert_true(directory_is_tenant(&service, TEXT(MADE_TENANT)));
    assert_true(directory_is_tenant(&service, TEXT("AZB.OnMicrosoft.com")));
    assert_true(directory_is_tenant(&service, TEXT("adfs")));
    assert_false(directory_is_tenant(&service, TEXT("")));
    assert_false(directory_is_tenant(&service, TEXT("azb")));
}

/* ---- Applications ---------------------------------------------------------------------------- */

static const struct redirect_uri uris[] = {
    {REDIRECT_PUBLIC, "http://localhost"}, {REDIRECT_WEB, "https://example.com/cb"}};

static bool add_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct new_application *what = context;
    scoped_arena struct arena arena = {0};
    struct application added;
    arena_init(&arena, 0);
    return application_add(connection, what, &arena, &added, err);
}

static void test_application(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct application found;
    struct azb_error err = AZB_ERROR_INIT;
    struct new_application what = {.app_id = "ABCDEF00-0000-4000-8000-000000000001",
        .display_name = "Zürich",
        .redirect_uris = uris,
        .redirect_uri_count = 2,
        .now = 7};
    arena_init(&arena, 0);
    made_write(&service, add_work, &what);
    assert_true(application_by_app_id(
        reader(), TEXT("abcdef00-0000-4000-8000-000000000001"), &arena, &found, &err));
    assert_string_equal(found.display_name, "Zürich");
    assert_string_equal(found.app_id, "abcdef00-0000-4000-8000-000000000001");
    assert_int_equal(found.redirect_uri_count, 2);
    assert_int_equal(found.redirect_uris[1].kind, REDIRECT_WEB);
    assert_string_equal(found.redirect_uris[1].uri, "https://example.com/cb");
    assert_false(store_write_wait(service.store, add_work, &what, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
}

static const struct {
    const char *name;
    struct new_application what;
    const char *part;
} bad_applications[] = {
    {"no name", {.display_name = ""}, "1 to 256 characters"},
    {"control character", {.display_name = "a\nb"}, "control character"},
    {"not UTF-8", {.display_name = "a\xff"}, "not UTF-8"},
    {"client id", {.display_name = "a", .app_id = "1"}, "is not a GUID"},
    {"relative redirect",
        {.display_name = "a",
            .redirect_uris = &(struct redirect_uri){REDIRECT_WEB, "/cb"},
            .redirect_uri_count = 1},
        "not an absolute URI"},
    {"fragment",
        {.display_name = "a",
            .redirect_uris = &(struct redirect_uri){REDIRECT_WEB, "https://a/#b"},
            .redirect_uri_count = 1},
        "fragment"},
    {"script",
        {.display_name = "a",
            .redirect_uris = &(struct redirect_uri){REDIRECT_PUBLIC, "JavaScript:alert(1)"},
            .redirect_uri_count = 1},
        "must lead to the application"},
    {"a file",
        {.display_name = "a",
            .redirect_uris = &(struct redirect_uri){REDIRECT_PUBLIC, "file:///x"},
            .redirect_uri_count = 1},
        "must lead to the application"},
};

static void test_bad_applications(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_applications / sizeof *bad_applications; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct new_application what = bad_applications[i].what;
        print_message("  %s\n", bad_applications[i].name);
        assert_false(store_write_wait(service.store, add_work, &what, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, bad_applications[i].part))
            fail_msg("'%s' is not in '%s'", bad_applications[i].part, err.message);
    }
}

/* ---- Secrets --------------------------------------------------------------------------------- */

static struct made_application holder = {.name = "holder"};
static char made_values[2][SECRET_LENGTH + 1], made_keys[2][GUID_TEXT];
static char made_hints[2][8];

static bool two_secrets_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    for (int i = 0; i < 2; i++) {
        scoped_arena struct arena arena = {0};
        struct client_secret secret;
        char *value;
        const struct new_secret what = {.display_name = "one of two", .start = 0, .end = INT64_MAX};
        arena_init(&arena, 0);
        if (!secret_add(&service, connection, holder.row, &what, &arena, &secret, &value, err))
            return false;
        snprintf(made_values[i], sizeof made_values[i], "%s", value);
        snprintf(made_keys[i], GUID_TEXT, "%s", secret.key_id);
        snprintf(made_hints[i], sizeof made_hints[i], "%s", secret.hint);
    }
    return true;
}

static bool remove_secret_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    return secret_remove(connection, holder.row, text_of(context), err);
}

static enum secret_match match(const char *value)
{
    scoped_arena struct arena arena = {0};
    struct client client;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    assert_true(client_find(&service, reader(), text_of(holder.app_id), text_of(value),
        clock_ticks(NULL), &arena, &client, &err));
    return client.secret;
}

static void test_secrets(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct client_secret *list;
    size_t count;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    made_application_add(&service, &holder);
    made_write(&service, two_secrets_work, NULL);
    assert_int_equal(strlen(made_values[0]), 40);
    assert_int_equal(strlen(made_hints[0]), 3);
    assert_memory_equal(made_hints[0], made_values[0], 3);
    assert_string_not_equal(made_values[0], made_values[1]);
    assert_int_equal(match(made_values[0]), SECRET_RIGHT);
    assert_int_equal(match(made_values[1]), SECRET_RIGHT);
    assert_int_equal(match("x"), SECRET_WRONG);
    assert_int_equal(match(""), SECRET_WRONG);
    assert_true(secret_list(reader(), holder.row, &arena, &list, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].key_id, made_keys[0]);
    made_write(&service, remove_secret_work, made_keys[0]);
    assert_int_equal(match(made_values[0]), SECRET_WRONG);
    assert_int_equal(match(made_values[1]), SECRET_RIGHT);
    assert_false(store_write_wait(service.store, remove_secret_work, made_keys[0], &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
}

/* Neither in the database nor in its log. (The administrator's is there on purpose.) */
static void test_secret_is_not_stored(void **state)
{
    (void)state;
    const char *const files[] = {"azb.db", "azb.db-wal"};
    for (int i = 0; i < 2; i++) {
        char path[PATH_MAX + 16];
        snprintf(path, sizeof path, "%s/%s", service.state, files[i]);
        FILE *file = fopen(path, "rb");
        if (!file)
            continue;
        static char bytes[8 * 1024 * 1024];
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        assert_true(length < sizeof bytes);
        assert_null(memmem(bytes, length, made_values[1], SECRET_LENGTH));
    }
}

/* ---- Accounts -------------------------------------------------------------------------------- */

static const struct {
    const char *host;
    bool known;
} hosts[] = {
    {"localhost:8443", true},
    {"LOCALHOST", true},
    {"127.0.0.1:8443", true},
    {"[::1]:8443", true},
    {"azb.eastus.batch.azure.com", true},
    {"AZB.EastUS.batch.azure.com:443", true},
    {"azb.westus.batch.azure.com", false},
    {"other.eastus.batch.azure.com", false},
    {"azb.eastus.batch.azure.com.evil.example", false},
    {"azb.batch.azure.com", false},
    {"example.com", false},
    {"", false},
};

static void test_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        print_message("  %s\n", hosts[i].host);
        const struct account *account = account_of_host(&service, text_of(hosts[i].host));
        assert_int_equal(account != NULL, hosts[i].known);
    }
}

static bool new_keys_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct account *account = context;
    account_changed(&service, connection);
    return account_set_keys(connection, account->row, "YWJj", "ZGVm", err);
}

static void test_new_keys(void **state)
{
    (void)state;
    struct account old = *account_default(&service);
    made_write(&service, new_keys_work, &old);
    assert_string_equal(account_default(&service)->primary_key, "YWJj");
    assert_string_equal(account_default(&service)->secondary_key, "ZGVm");
    assert_int_equal(strlen(old.primary_key), 88); /* the old answer is still readable */
}

/* ---- Roles ----------------------------------------------------------------------------------- */

struct assignment {
    const char *principal, *role, *scope;
};

#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define GROUP_A "aaaaaaaa-0000-4000-8000-000000000001"
#define GROUP_B "aaaaaaaa-0000-4000-8000-000000000002"

static bool assign_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct assignment *assignment = context;
    char id[GUID_TEXT];
    assert_true(random_guid(id));
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id, created)"
        " VALUES (?1, ?2, ?3, 'ServicePrincipal', ?4, 0)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, assignment->scope);
    statement_bind_string(&s, 3, assignment->principal);
    statement_bind_string(&s, 4, assignment->role);
    struct request request = {.service = &service, .store = connection};
    authorize_roles_changed(&request);
    return statement_run(&s, err);
}

static bool may(const char *object_id, enum permission_kind kind, const char *permission,
    bool is_read, struct azb_error *err)
{
    struct made made;
    made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
    made.request.caller.kind = CALLER_APPLICATION;
    snprintf(made.request.caller.object_id, GUID_TEXT, "%s", object_id);
    snprintf(made.request.caller.client_id, GUID_TEXT, "%s", holder.app_id);
    bool allowed = authorize_batch(
        &made.request, account_default(&service), kind, permission, is_read, false, err);
    const struct decision_filter its = {.principal = text_of(object_id)};
    struct azb_error failed = AZB_ERROR_INIT;
    struct decision_list list;
    assert_true(decision_log_list(
        authorizer_log(service.authorizer), &its, &made.request.arena, &list, &failed));
    const struct decision *last = &list.at[list.count - 1];
    assert_int_equal(last->outcome, allowed ? DECISION_ALLOWED : DECISION_DENIED);
    assert_string_equal(last->object_id, object_id);
    assert_non_null(strstr(last->action, permission));
    assert_int_equal(made.request.decision_id[0] != 0, !allowed);
    made_free(&made);
    return allowed;
}

static void test_owner(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(may(MADE_OBJECT, PERMISSION_DATA, "jobs/write", false, &err));
    assert_true(may(MADE_OBJECT, PERMISSION_ACTION, "pools/delete", false, &err));
}

static void test_reader(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct assignment assignment = {holder.object_id, READER, "/subscriptions/" SEED_SUBSCRIPTION};
    assert_false(may(holder.object_id, PERMISSION_DATA, "jobs/read", true, &err));
    assert_int_equal(err.http_status, 403);
    assert_string_equal(err.code, "PermissionDenied");
    assert_string_equal(err.values[0].key, "Explanation");
    assert_true(strlen(err.values[0].value) > 20);
    made_write(&service, assign_work, &assignment);
    assert_true(may(holder.object_id, PERMISSION_DATA, "jobs/read", true, &err));
    assert_false(may(holder.object_id, PERMISSION_DATA, "jobs/write", false, &err));
}

static bool groups_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const char *member = context;
    struct request request = {.service = &service, .store = connection};
    authorize_roles_changed(&request);
    return group_add(connection, GROUP_A, "a", 0, err) &&
           group_add(connection, GROUP_B, "b", 0, err) &&
           group_add_member(connection, GROUP_A, member, err) &&
           group_add_member(connection, GROUP_B, GROUP_A, err) &&
           group_add_member(connection, GROUP_A, GROUP_B, err); /* a circle */
}

static void test_groups(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct made_application member = {.name = "member"};
    struct assignment assignment = {GROUP_B, READER, "/subscriptions/" SEED_SUBSCRIPTION};
    made_application_add(&service, &member);
    made_write(&service, groups_work, member.object_id);
    assert_false(may(member.object_id, PERMISSION_DATA, "jobs/read", true, &err));
    made_write(&service, assign_work, &assignment);
    assert_true(may(member.object_id, PERMISSION_DATA, "jobs/read", true, &err));
}

static void test_arm(void **state)
{
    (void)state;
    struct made made;
    made_request(&made, &service, PLANE_ARM, "GET", "/subscriptions");
    made.request.caller.kind = CALLER_APPLICATION;
    snprintf(made.request.caller.object_id, GUID_TEXT, "%s", MADE_OBJECT);
    snprintf(made.request.caller.client_id, GUID_TEXT, "%s", MADE_CLIENT);
    const char *action = "Microsoft.Authorization/roleAssignments/write";
    assert_true(
        authorize_arm(&made.request, action, TEXT("/subscriptions/" SEED_SUBSCRIPTION), &made.err));
    assert_false(authorize_arm(&made.request, action,
        TEXT("/subscriptions/99999999-9999-4999-8999-999999999999"), &made.err));
    assert_string_equal(made.err.code, "AuthorizationFailed");
    assert_int_equal(made.err.http_status, 403);
    assert_string_equal(made.err.message,
        "The client '" MADE_CLIENT "' with object id '" MADE_OBJECT
        "' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/99999999-9999-4999-8999-999999999999' or the scope is invalid. If access "
        "was recently granted, please refresh your credentials.");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_administrator),
        cmocka_unit_test(test_administrator_secret),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_defaults_are_random),
        cmocka_unit_test(test_bad_seeds),
        cmocka_unit_test(test_tenant_names),
        cmocka_unit_test(test_application),
        cmocka_unit_test(test_bad_applications),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_secret_is_not_stored),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_new_keys),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_arm),
    };
    return cmocka_run_group_tests_name("server/directory", tests, start, stop);
}
