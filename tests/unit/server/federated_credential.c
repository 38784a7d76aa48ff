/* Federated credentials, issuers' keys, and managed identities. */
#include "../base/keys.h"
#include "made_service.h"

#include "directory/federated_credential.h"
#include "directory/managed_identity.h"

#define ISSUER_URL "https://issuer.example"
#define IDENTITY_RESOURCE "/subscriptions/s/resourceGroups/g/providers/p/t/nodes"

static struct service service;
static struct made_application worker = {.name = "worker"};

static struct store_connection *reader(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service.store, &err);
    assert_non_null(connection);
    return connection;
}

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &worker);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Credentials ----------------------------------------------------------------------------- */

static bool add_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct federated_credential added;
    arena_init(&arena, 0);
    return federated_credential_add(connection, worker.row, context, &arena, &added, err);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct federated_credential what;
        const char *part;
    } cases[] = {
        {"no name", {.issuer = ISSUER_URL, .subject = "s", .audience = "a"}, "name must have"},
        {"a short name", {.name = "ab", .issuer = ISSUER_URL, .subject = "s", .audience = "a"},
            "name must have"},
        {"a name with a space",
            {.name = "a b c", .issuer = ISSUER_URL, .subject = "s", .audience = "a"},
            "name must have"},
        {"a name that begins with -",
            {.name = "-abc", .issuer = ISSUER_URL, .subject = "s", .audience = "a"},
            "name must have"},
        {"no issuer", {.name = "abc", .subject = "s", .audience = "a"}, "the issuer must have"},
        {"http", {.name = "abc", .issuer = "http://i", .subject = "s", .audience = "a"},
            "not an https URL"},
        {"https alone", {.name = "abc", .issuer = "https://", .subject = "s", .audience = "a"},
            "not an https URL"},
        {"no subject", {.name = "abc", .issuer = ISSUER_URL, .subject = "", .audience = "a"},
            "the subject must have"},
        {"a line in the subject",
            {.name = "abc", .issuer = ISSUER_URL, .subject = "a\nb", .audience = "a"},
            "control character"},
        {"no UTF-8", {.name = "abc", .issuer = ISSUER_URL, .subject = "a\xff", .audience = "a"},
            "not UTF-8"},
        {"no audience", {.name = "abc", .issuer = ISSUER_URL, .subject = "s"},
            "the audience must have"},
        {"an id", {.id = "1", .name = "abc", .issuer = ISSUER_URL, .subject = "s", .audience = "a"},
            "is not a GUID"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct federated_credential what = cases[i].what;
        print_message("  %s\n", cases[i].name);
        assert_false(store_write_wait(service.store, add_work, &what, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, cases[i].part))
            fail_msg("'%s' is not in '%s'", cases[i].part, err.message);
    }
}

static bool remove_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return federated_credential_remove(connection, worker.row, text_of(context), err);
}

static void twenty_are_enough(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct federated_credential *list;
    size_t count;
    char name[20], subject[20];
    struct federated_credential what = {
        .name = name, .issuer = ISSUER_URL, .subject = subject, .audience = FEDERATED_AUDIENCE};
    arena_init(&arena, 0);
    for (int i = 0; i < FEDERATED_CREDENTIALS_MAX; i++) {
        snprintf(name, sizeof name, "name%d", i);
        snprintf(subject, sizeof subject, "subject%d", i);
        made_write(&service, add_work, &what);
    }
    snprintf(name, sizeof name, "one-more");
    snprintf(subject, sizeof subject, "one-more");
    assert_false(store_write_wait(service.store, add_work, &what, &err));
    assert_non_null(strstr(err.message, "at most 20"));
    assert_true(federated_credential_list(reader(), worker.row, &arena, &list, &count, &err));
    assert_int_equal(count, FEDERATED_CREDENTIALS_MAX);
    assert_string_equal(list[19].subject, "subject19");
    made_write(&service, remove_work, text_string(&arena, text_of(list[3].id)));
    snprintf(name, sizeof name, "NAME4"); /* by name, in any case */
    made_write(&service, remove_work, name);
    azb_error_free(&err);
    assert_false(store_write_wait(service.store, remove_work, name, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    snprintf(name, sizeof name, "another");
    snprintf(subject, sizeof subject, "subject5");
    azb_error_free(&err);
    assert_false(store_write_wait(service.store, add_work, &what, &err)); /* same subject */
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
}

/* ---- Issuers --------------------------------------------------------------------------------- */

static bool keys_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return issuer_set_keys(connection, ISSUER_URL, text_of(context), err);
}

static char *jwks(struct arena *arena, const char *format)
{
    char *json = arena_format(
        arena, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"%s}]}", key_modulus, format);
    assert_non_null(json);
    return json;
}

static void keys_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *name, *jwks, *part;
    } cases[] = {
        {"no JSON", "{", "the JWKS: line 1"},
        {"a list", "[]", "an object with an array 'keys'"},
        {"no list", "{\"keys\":{}}", "an object with an array 'keys'"},
        {"none", "{\"keys\":[]}", "no RSA key"},
        {"a string", "{\"keys\":[\"a\"]}", "keys[0] of the JWKS is not a key"},
        {"no kind", "{\"keys\":[{}]}", "keys[0] of the JWKS is not a key"},
        {"another kind alone", "{\"keys\":[{\"kty\":\"EC\"}]}", "no RSA key"},
        {"for encryption alone", "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"enc\"}]}", "no RSA key"},
        {"no modulus", "{\"keys\":[{\"kty\":\"RSA\"}]}", "keys[0]"},
        {"no base64url", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"?\",\"e\":\"AQAB\"}]}",
            "keys[0].n of the JWKS is not base64url"},
        {"a small one", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
            "has 24 bits"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", cases[i].name);
        assert_false(issuer_keys_check(text_of(cases[i].jwks), &err));
        assert_true(err.kind == AZB_ERROR_ARGUMENT || err.kind == AZB_ERROR_PROTOCOL);
        if (!strstr(err.message, cases[i].part))
            fail_msg("'%s' is not in '%s'", cases[i].part, err.message);
    }
}

static void keys_are_kept_as_given(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text kept;
    arena_init(&arena, 0);
    assert_false(issuer_keys(reader(), TEXT(ISSUER_URL), &arena, &kept, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    azb_error_free(&err);
    made_write(&service, keys_work, jwks(&arena, ",\"kid\":\"old\""));
    made_write(&service, keys_work, jwks(&arena, ",\"kid\":\"new\""));
    assert_true(issuer_keys(reader(), TEXT(ISSUER_URL), &arena, &kept, &err));
    made_text_equal(kept, jwks(&arena, ",\"kid\":\"new\""));
    assert_false(issuer_keys(reader(), TEXT(ISSUER_URL "/"), &arena, &kept, &err)); /* exactly */
    azb_error_free(&err);
}

/* ---- Managed identities ---------------------------------------------------------------------- */

static bool identity_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct managed_identity added;
    arena_init(&arena, 0);
    return managed_identity_add(connection, context, 1, &arena, &added, err);
}

static void identities_are_found(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct managed_identity nodes, found,
        what = {.name = "nodes", .resource_id = IDENTITY_RESOURCE};
    struct principal principal;
    arena_init(&arena, 0);
    made_write(&service, identity_work, &what);
    assert_true(managed_identity_find(reader(), IDENTITY_BY_RESOURCE_ID,
        TEXT("/SUBSCRIPTIONS/s/resourcegroups/g/providers/p/t/Nodes"), &arena, &nodes, &err));
    assert_false(nodes.system_assigned);
    assert_true(managed_identity_find(
        reader(), IDENTITY_BY_CLIENT_ID, text_of(nodes.client_id), &arena, &found, &err));
    assert_string_equal(found.object_id, nodes.object_id);
    assert_true(managed_identity_find(
        reader(), IDENTITY_BY_OBJECT_ID, text_of(nodes.object_id), &arena, &found, &err));
    assert_string_equal(found.name, "nodes");
    assert_true(
        managed_identity_find(reader(), IDENTITY_SYSTEM_ASSIGNED, TEXT_NONE, &arena, &found, &err));
    assert_string_equal(found.name, "azb");
    assert_true(
        principal_by_object_id(reader(), text_of(nodes.object_id), &arena, &principal, &err));
    assert_string_equal(principal.display_name, "nodes");
    assert_int_equal(principal.kind, PRINCIPAL_SERVICE_PRINCIPAL);
    assert_false(store_write_wait(service.store, identity_work, &what, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
    azb_error_free(&err);
    what.resource_id = "nodes";
    assert_false(store_write_wait(service.store, identity_work, &what, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    azb_error_free(&err);
    for (int by = IDENTITY_BY_CLIENT_ID; by <= IDENTITY_BY_RESOURCE_ID; by++) {
        assert_false(managed_identity_find(
            reader(), (enum identity_selector)by, TEXT("/none"), &arena, &found, &err));
        assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
        azb_error_free(&err);
    }
}

/* ---- No memory ------------------------------------------------------------------------------- */

static void out_of_memory(void **state)
{
    (void)state;
    long n = 1;
    for (bool done = false; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct federated_credential *credentials;
        struct managed_identity identity;
        struct text kept;
        size_t count;
        struct store_connection *connection = reader();
        arena_init(&arena, 0);
        memory_fail_after(n);
        done =
            federated_credential_list(connection, worker.row, &arena, &credentials, &count, &err) &&
            issuer_keys(connection, TEXT(ISSUER_URL), &arena, &kept, &err) &&
            managed_identity_find(
                connection, IDENTITY_SYSTEM_ASSIGNED, TEXT_NONE, &arena, &identity, &err);
        memory_fail_after(0);
        if (!done && err.kind != AZB_ERROR_MEMORY)
            fail_msg("allocation %ld: '%s'", n, err.message);
        azb_error_free(&err);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(twenty_are_enough),
        cmocka_unit_test(keys_are_checked),
        cmocka_unit_test(keys_are_kept_as_given),
        cmocka_unit_test(identities_are_found),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("server/federated_credential", tests, start, stop);
}
