/* States of older versions: what they become is what a new one is, and nothing in them is lost. */
#include "made_service.h"

#include <sqlite3.h>

#include "directory/managed_identity.h"
#include "directory/permission.h"
#include "directory/user.h"

#define OLD_TENANT "76eb45e4-ce21-496a-86aa-493218194c16"
#define OLD_CLIENT "22d0c547-71bf-4c0d-a72a-50f2a80222cb"
#define OLD_USER "dddddddd-0000-4000-8000-00000000000a"
#define LISTING_MAX 65536

static void make_folder(struct service *service)
{
    *service = (struct service){.port = MADE_PORT};
    snprintf(service->state, sizeof service->state, "/tmp/azb-test-XXXXXX");
    assert_non_null(mkdtemp(service->state));
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, LISTING_MAX);
    assert_true(fread(text, 1, LISTING_MAX - 1, file) > 0);
    fclose(file);
    return text;
}

/* A state folder as azbd of that version left it. */
static void make_old(struct service *service, const char *dump)
{
    char path[PATH_MAX + 16];
    sqlite3 *db;
    make_folder(service);
    snprintf(path, sizeof path, "%s/azb.db", service->state);
    char *sql = read_file(dump);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(sql);
}

/* Each table and index with its SQL, by name. */
static void list_tables(struct service *service, char out[LISTING_MAX])
{
    char path[PATH_MAX + 16];
    sqlite3 *db;
    sqlite3_stmt *list;
    size_t at = 0;
    snprintf(path, sizeof path, "%s/azb.db", service->state);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
            "SELECT type, name, sql FROM sqlite_schema UNION ALL"
            " SELECT 'version', user_version, NULL FROM pragma_user_version ORDER BY 1, 2",
            -1, &list, NULL),
        SQLITE_OK);
    while (sqlite3_step(list) == SQLITE_ROW)
        at += (size_t)snprintf(out + at, LISTING_MAX - at, "%s %s: %s\n",
            sqlite3_column_text(list, 0), sqlite3_column_text(list, 1),
            sqlite3_column_text(list, 2) ? (const char *)sqlite3_column_text(list, 2) : "");
    assert_true(at < LISTING_MAX);
    sqlite3_finalize(list);
    sqlite3_close(db);
}

static void open_and_close(struct service *service)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store *store = store_open(service->state, &err);
    assert_string_equal(err.message, "");
    store_close(store);
}

static void remove_folder(struct service *service)
{
    nftw(service->state, made_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void an_old_state_becomes_a_new_one(void **state)
{
    (void)state;
    static const char *const dumps[] = {
        TEST_SOURCE_DIR "/unit/server/states/version_1.sql",
    };
    static char fresh[LISTING_MAX], before[LISTING_MAX], after[LISTING_MAX];
    struct service service;
    make_folder(&service);
    open_and_close(&service);
    list_tables(&service, fresh);
    remove_folder(&service);
    assert_non_null(strstr(fresh, "version 3"));
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        print_message("  %s\n", dumps[i]);
        make_old(&service, dumps[i]);
        list_tables(&service, before);
        open_and_close(&service);
        list_tables(&service, after);
        remove_folder(&service);
        assert_string_not_equal(before, fresh);
        assert_string_equal(after, fresh);
    }
}

static struct store_connection *reader_of(struct service *service)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service->store, &err);
    assert_non_null(connection);
    return connection;
}

static void check_kept(struct service *service, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct administrator administrator;
    struct user user;
    assert_string_equal(directory_tenant_id(service), OLD_TENANT);
    assert_true(directory_administrator(service, arena, &administrator, &err));
    assert_string_equal(administrator.client_id, OLD_CLIENT);
    assert_true(
        user_by_name(reader_of(service), TEXT("ann@AZB.onmicrosoft.com"), arena, &user, &err));
    assert_string_equal(user.object_id, OLD_USER);
    assert_true(user.enabled);
    assert_false(user.has_password);
    assert_int_equal(user.locked_until, 0);
}

/* What a new state begins with is there, too. */
static void check_completed(struct service *service, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *reader = reader_of(service);
    struct application application;
    struct required_permission *required;
    struct managed_identity identity;
    const char *name;
    size_t count;
    assert_true(directory_first_user(service, arena, &name, &err));
    assert_string_equal(name, "user@azb.onmicrosoft.com");
    assert_true(application_by_app_id(reader, TEXT(OLD_CLIENT), arena, &application, &err));
    assert_true(application.public_client);
    assert_int_equal(application.redirect_uri_count, 1);
    assert_string_equal(application.redirect_uris[0].uri, "http://localhost");
    assert_int_equal(application.redirect_uris[0].kind, REDIRECT_PUBLIC);
    assert_true(
        required_permission_list(service, reader, application.row, arena, &required, &count, &err));
    assert_int_equal(count, 3); /* with Batch and Resource Manager */
    assert_string_equal(required[0].value, "User.Read");
    assert_true(application_by_app_id(reader, TEXT(APP_ID_AZURE_CLI), arena, &application, &err));
    assert_true(
        managed_identity_find(reader, IDENTITY_SYSTEM_ASSIGNED, TEXT_NONE, arena, &identity, &err));
    assert_string_equal(identity.name, "azb");
}

static bool remove_user_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_arena struct arena arena = {0};
    struct user user;
    arena_init(&arena, 0);
    return user_by_name(connection, TEXT("user@azb.onmicrosoft.com"), &arena, &user, err) &&
           user_remove(connection, user.row, err);
}

/* What was deleted does not come again. */
static void reopen_without_user(struct service *service)
{
    struct service again = {.port = MADE_PORT};
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    const char *name;
    arena_init(&arena, 0);
    made_write(service, remove_user_work, NULL);
    snprintf(again.state, sizeof again.state, "%s", service->state);
    authorizer_free(service->authorizer);
    entra_free(service->entra);
    store_close(service->store);
    directory_free(service->directory);
    *service = again;
    made_open(service, NULL);
    assert_false(directory_first_user(service, &arena, &name, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    azb_error_free(&err);
}

static void an_old_state_goes_on(void **state)
{
    (void)state;
    struct service service;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    make_old(&service, TEST_SOURCE_DIR "/unit/server/states/version_1.sql");
    made_open(&service, NULL);
    check_kept(&service, &arena);
    check_completed(&service, &arena);
    reopen_without_user(&service);
    made_stop(&service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_state_becomes_a_new_one),
        cmocka_unit_test(an_old_state_goes_on),
    };
    return cmocka_run_group_tests_name("server/migrate", tests, NULL, NULL);
}
