/* Permissions: what resources offer, what applications ask for, what was consented to. */
#include "made_service.h"

#include "directory/microsoft.h"
#include "directory/permission.h"

#define ANN "dddddddd-0000-4000-8000-000000000001"
#define BOB "dddddddd-0000-4000-8000-000000000002"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"

static struct service service;
static struct made_application desktop = {.name = "desktop"}, api = {.name = "api"};

static struct store_connection *reader(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service.store, &err);
    assert_non_null(connection);
    return connection;
}

static bool api_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    static const char *const uris[] = {"api://api", "https://api.example/"};
    static const struct permission permission = {.value = "Jobs.Read", .display_name = "Read jobs"};
    scoped_arena struct arena arena = {0};
    struct application application;
    (void)context;
    arena_init(&arena, 0);
    if (!application_by_app_id(connection, text_of(api.app_id), &arena, &application, err))
        return false;
    application.identifier_uris = uris;
    application.identifier_uri_count = 2;
    application.token_version = 2;
    return application_update(connection, &application, err) &&
           exposed_permission_add(connection, api.row, &permission, err);
}

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &desktop);
    made_application_add(&service, &api);
    made_write(&service, api_work, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Resources ------------------------------------------------------------------------------- */

static void resources_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *identifier, *app_id; /* NULL: api's, "": none */
        int version;
    } cases[] = {
        {"https://batch.core.windows.net", APP_ID_BATCH, 1},
        {"https://batch.core.windows.net/", APP_ID_BATCH, 1},
        {"HTTPS://Batch.Core.Windows.Net/", APP_ID_BATCH, 1},
        {"https://batch.core.windows.net//", "", 0},
        {"DDBF3205-c6bd-46ae-8127-60eb93363864", APP_ID_BATCH, 1},
        {"https://graph.microsoft.com", APP_ID_GRAPH, 1},
        {"https://management.core.windows.net/", APP_ID_ARM, 1},
        {"https://storage.azure.com/", APP_ID_STORAGE, 1},
        {APP_ID_AZURE_CLI, APP_ID_AZURE_CLI, 1},
        {"api://api", NULL, 2},
        {"API://api/", NULL, 2},
        {"https://api.example", NULL, 2},
        {"https://api.example/", NULL, 2},
        {"https://api.example/x", "", 0},
        {"", "", 0},
        {"/", "", 0},
        {UNKNOWN_ID, "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct resource_application found;
        arena_init(&arena, 0);
        print_message("  '%s'\n", cases[i].identifier);
        bool is = resource_application_find(
            &service, reader(), text_of(cases[i].identifier), &arena, &found, &err);
        const char *expected = cases[i].app_id ? cases[i].app_id : api.app_id;
        assert_int_equal(is, *expected != '\0');
        if (!is) {
            assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
            continue;
        }
        assert_string_equal(found.app_id, expected);
        assert_int_equal(found.token_version, cases[i].version);
        assert_true(text_is_guid(text_of(found.object_id)));
        assert_int_equal(found.microsoft, cases[i].app_id && found.permission_count > 0);
    }
}

/* Ids and values are what requests name: none may be there twice. */
static void microsofts_permissions_are_told_apart(void **state)
{
    (void)state;
    static const char *const all[] = {APP_ID_BATCH, APP_ID_GRAPH, APP_ID_ARM, APP_ID_STORAGE};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct microsoft_application *resource = microsoft_application(text_of(all[i]));
        for (size_t a = 0; a < resource->permission_count; a++) {
            assert_true(text_is_guid(text_of(resource->permissions[a].id)));
            for (size_t b = 0; b < a; b++) {
                assert_string_not_equal(resource->permissions[a].id, resource->permissions[b].id);
                assert_string_not_equal(
                    resource->permissions[a].value, resource->permissions[b].value);
            }
        }
    }
}

/* ---- What is asked for ----------------------------------------------------------------------- */

static bool ask_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const char *const *ids = context;
    return required_permission_add(connection, desktop.row, ids[0], ids[1], err);
}

static void permissions_are_resolved(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct required_permission *list;
    size_t count;
    const char *unknown[] = {APP_ID_BATCH, UNKNOWN_ID}, *stranger[] = {UNKNOWN_ID, UNKNOWN_ID};
    arena_init(&arena, 0);
    made_write(&service, ask_work, unknown);
    made_write(&service, ask_work, stranger);
    assert_false(store_write_wait(service.store, ask_work, unknown, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
    azb_error_free(&err);
    assert_true(
        required_permission_list(&service, reader(), desktop.row, &arena, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[0].resource_app_id, APP_ID_GRAPH); /* by the resource's id */
    assert_string_equal(list[0].value, "User.Read");
    assert_string_equal(list[0].display_name, "Sign in and read user profile");
    assert_null(list[1].value);
    assert_null(list[2].value);
}

/* ---- Consent --------------------------------------------------------------------------------- */

struct saying {
    const char *resource, *user, *scopes;
};

static bool consent_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct saying *saying = context;
    return consent_add(connection, desktop.app_id, saying->resource, saying->user,
        text_of(saying->scopes), 1, err);
}

static void assert_consent(
    const char *client, const char *user, const char *resource, const char *expected)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const char *scopes;
    arena_init(&arena, 0);
    assert_true(consent_scopes(&service, reader(), text_of(client), text_of(user),
        text_of(resource), &arena, &scopes, &err));
    assert_string_equal(scopes, expected);
}

static bool remove_consent_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    return consent_remove(connection, text_of(context), err);
}

static void consents_add_up(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct consent *list;
    size_t count;
    struct saying sayings[] = {
        {APP_ID_GRAPH, ANN, "User.Read openid"},
        {APP_ID_GRAPH, ANN, "openid  profile"},
        {APP_ID_GRAPH, NULL, "email openid"},
        {APP_ID_BATCH, BOB, "user_impersonation"},
    };
    arena_init(&arena, 0);
    assert_consent(desktop.app_id, ANN, APP_ID_GRAPH, "");
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
        made_write(&service, consent_work, &sayings[i]);
    assert_consent(desktop.app_id, ANN, APP_ID_GRAPH, "User.Read openid profile email");
    assert_consent(desktop.app_id, BOB, APP_ID_GRAPH, "email openid");
    assert_consent(desktop.app_id, BOB, APP_ID_BATCH, "user_impersonation");
    assert_consent(desktop.app_id, ANN, APP_ID_BATCH, "");
    assert_consent(api.app_id, ANN, APP_ID_GRAPH, "");
    assert_true(consent_list(reader(), text_of(desktop.app_id), &arena, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[0].scopes, "User.Read openid profile");
    made_write(&service, remove_consent_work, text_string(&arena, text_of(list[0].id)));
    assert_consent(desktop.app_id, ANN, APP_ID_GRAPH, "email openid");
}

static void microsofts_clients_are_not_asked(void **state)
{
    (void)state;
    assert_consent(APP_ID_AZURE_CLI, ANN, APP_ID_BATCH, "user_impersonation");
    assert_consent(APP_ID_AZURE_CLI, ANN, APP_ID_ARM, "user_impersonation");
    assert_consent(APP_ID_AZURE_CLI, ANN, api.app_id, "");
}

static void values_are_whole(void **state)
{
    (void)state;
    static const struct {
        const char *scopes, *value;
        bool hold;
    } cases[] = {
        {"User.Read", "User.Read", true},
        {"openid User.Read", "User.Read", true},
        {"User.Read.All", "User.Read", false},
        {"User.Read", "User.Read.All", false},
        {"", "User.Read", false},
        {"user.read", "User.Read", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            scopes_hold(text_of(cases[i].scopes), text_of(cases[i].value)), cases[i].hold);
}

/* ---- No memory ------------------------------------------------------------------------------- */

static void out_of_memory(void **state)
{
    (void)state;
    long n = 1;
    for (bool done = false; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct resource_application resource;
        struct required_permission *required;
        struct consent *consents;
        const char *scopes;
        size_t count;
        struct store_connection *connection = reader();
        arena_init(&arena, 0);
        memory_fail_after(n);
        done = resource_application_find(
                   &service, connection, TEXT("api://api"), &arena, &resource, &err) &&
               required_permission_list(
                   &service, connection, desktop.row, &arena, &required, &count, &err) &&
               consent_scopes(&service, connection, text_of(desktop.app_id), TEXT(ANN),
                   TEXT(APP_ID_GRAPH), &arena, &scopes, &err) &&
               consent_list(connection, TEXT_NONE, &arena, &consents, &count, &err);
        memory_fail_after(0);
        assert_true(done || err.kind == AZB_ERROR_MEMORY);
        azb_error_free(&err);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_found),
        cmocka_unit_test(microsofts_permissions_are_told_apart),
        cmocka_unit_test(permissions_are_resolved),
        cmocka_unit_test(consents_add_up),
        cmocka_unit_test(microsofts_clients_are_not_asked),
        cmocka_unit_test(values_are_whole),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("server/permission", tests, start, stop);
}
