/* Access as it would be after a change, and what is wrong with a token before roles are asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/crypto.h"
#include "cli/access_change.h"
#include "cli/access_token.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SUBSCRIPTION "/subscriptions/88888888-8888-8888-8888-888888888888"
#define GROUP SUBSCRIPTION "/resourceGroups/rg"
#define ANN "aaaaaaaa-0000-4000-8000-000000000001"
#define BOB "bbbbbbbb-0000-4000-8000-000000000002"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define CUSTOM "12345678-0000-4000-8000-00000000abcd"
#define JOBS "Microsoft.Batch/batchAccounts/jobs/"

/* ---- a small subscription ------------------------------------------------------------------ */

#define DEFINITION(id, name, type, scope, actions)                                                 \
    "{\"name\":\"" id "\",\"properties\":{\"roleName\":\"" name "\",\"type\":\"" type "\","        \
    "\"assignableScopes\":[\"" scope "\"],\"permissions\":[" actions "]}}"

static const char definitions[] = "[" DEFINITION(
    READER, "Reader", "BuiltInRole", "/", "{\"actions\":[\"*/read\"]}") "," DEFINITION(CUSTOM,
    "Jobs", "CustomRole", GROUP, "{\"dataActions\":[\"" JOBS "*\"]}") "]";

struct world {
    struct session session;
    struct access access;
};

static void setup(struct world *world)
{
    static const struct rbac_assignment assignments[] = {
        {.id = "1", .principal_id = ANN, .role_id = CUSTOM, .scope = GROUP},
        {.id = "2", .principal_id = ANN, .role_id = READER, .scope = SUBSCRIPTION},
        {.id = "3", .principal_id = BOB, .role_id = CUSTOM, .scope = GROUP},
    };
    struct azb_error err = AZB_ERROR_INIT;
    *world = (struct world){.access = {.read_at = SUBSCRIPTION}};
    arena_init(&world->session.arena, 0);
    struct arena *arena = &world->session.arena;
    world->access.definitions = json_parse(TEXT(definitions), arena, &err);
    assert_non_null(world->access.definitions);
    struct rbac_role *roles = arena_array(arena, 1, sizeof *roles);
    *roles = *access_role(&world->session, &world->access, "Jobs", &err);
    world->access.roles = roles;
    world->access.role_count = world->access.role_capacity = 1;
    for (size_t i = 0; i < COUNT(assignments); i++)
        assert_true(access_assign(&world->session, &world->access, &assignments[i], NULL, &err));
}

static struct scope scope_of_text(struct world *world, const char *text)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope;
    assert_true(scope_parse(text_of(text), &world->session.arena, &scope, &err));
    return scope;
}

static bool may(const struct access *access, struct world *world, const char *who,
    const char *permission, const char *at)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct scope scope = scope_of_text(world, at);
    const struct rbac_caller caller = {.object_id = who};
    const struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .operation = rbac_batch_operation(permission, RBAC_DATA_ACTION)};
    struct rbac_index *index = access_index(access, &err);
    assert_non_null(index);
    bool allowed = rbac_check(index, &request);
    rbac_index_free(index);
    return allowed;
}

/* ---- assignments --------------------------------------------------------------------------- */

static const struct {
    const char *name, *who, *role, *scope;
    bool adds; /* else it removes */
    const char *refused, *unchanged;
    size_t touched;
} assignments[] = {
    {"add what is new", BOB, "Reader", SUBSCRIPTION, true, NULL, NULL, 1},
    {"add by GUID", BOB, READER, GROUP, true, NULL, NULL, 1},
    {"add what is there", ANN, "jobs", GROUP "/", true, NULL, "is there already: 1", 1},
    {"add no role", ANN, "Nobody", GROUP, true, "there is no role 'Nobody'", NULL, 0},
    {"add above the assignable scope", ANN, "Jobs", SUBSCRIPTION, true, "cannot be assigned at",
        NULL, 0},
    {"add beside the assignable scope", ANN, "Jobs", GROUP "1", true, "its assignable scope is",
        NULL, 0},
    {"remove one", ANN, "Jobs", GROUP, false, NULL, NULL, 1},
    {"remove whatever is there", ANN, NULL, GROUP, false, NULL, NULL, 1},
    {"remove what is further up", ANN, "Reader", GROUP, false, "no assignment of the role 'Reader'",
        NULL, 0},
    {"remove a stranger's", CUSTOM, NULL, GROUP, false, "has no assignment exactly at", NULL, 0},
};

static void of_assignments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(assignments); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct world world;
        struct access_change change;
        print_message("%s\n", assignments[i].name);
        setup(&world);
        const struct access_principal who = {.object_id = assignments[i].who, .type = "User"};
        const struct scope scope = scope_of_text(&world, assignments[i].scope);
        bool done = assignments[i].adds ? access_change_add(&world.session, &world.access, &who,
                                              assignments[i].role, &scope, &change, &err)
                                        : access_change_remove(&world.session, &world.access, &who,
                                              assignments[i].role, &scope, &change, &err);
        assert_int_equal(done, assignments[i].refused == NULL);
        if (!done)
            assert_non_null(strstr(err.message, assignments[i].refused));
        if (done)
            assert_int_equal(change.touched_count, assignments[i].touched);
        if (done && assignments[i].unchanged)
            assert_non_null(strstr(change.unchanged, assignments[i].unchanged));
        assert_int_equal(world.access.count, 3);
        assert_true(may(&world.access, &world, ANN, "jobs/write", GROUP));
        arena_free(&world.session.arena);
    }
}

static void before_stays_before(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct world world;
    struct access_change change;
    setup(&world);
    const struct access_principal who = {.object_id = ANN};
    const struct scope scope = scope_of_text(&world, GROUP);
    assert_true(
        access_change_remove(&world.session, &world.access, &who, "Jobs", &scope, &change, &err));
    assert_true(may(&change.before, &world, ANN, "jobs/write", GROUP));
    assert_false(may(&change.after, &world, ANN, "jobs/write", GROUP));
    assert_true(may(&change.after, &world, BOB, "jobs/write", GROUP));
    arena_free(&world.session.arena);
}

/* ---- definitions --------------------------------------------------------------------------- */

static const struct rbac_role *role_of(struct world *world, const char *id, const char *name)
{
    struct azb_error err = AZB_ERROR_INIT;
    char json[512];
    snprintf(json, sizeof json,
        "{\"Name\":\"%s\",\"AssignableScopes\":[\"" GROUP "\"],\"DataActions\":[\"" JOBS "read\"]}",
        name);
    struct rbac_role *role = arena_alloc(&world->session.arena, sizeof *role);
    const struct rbac_role *read = role_parse(text_of(json), &world->session.arena, NULL, &err);
    assert_non_null(read);
    *role = *read;
    role->id = id;
    return role;
}

static void of_definitions(void **state)
{
    (void)state;
    static const char *const ids[] = {"", CUSTOM};
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct world world;
        struct access_change change;
        setup(&world);
        const struct rbac_role *role = role_of(&world, ids[i], *ids[i] ? "Renamed" : "Jobs");
        assert_true(access_change_role(&world.session, &world.access, role, &change, &err));
        assert_null(change.unchanged);
        assert_int_equal(change.touched_count, 2);
        assert_true(may(&change.before, &world, BOB, "jobs/write", GROUP));
        assert_false(may(&change.after, &world, BOB, "jobs/write", GROUP));
        assert_true(may(&change.after, &world, BOB, "jobs/read", GROUP));
        arena_free(&world.session.arena);
    }
}

static void that_change_nothing_or_nobody_can(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct world world;
    struct access_change change;
    setup(&world);
    assert_true(access_change_role(
        &world.session, &world.access, role_of(&world, "", "New"), &change, &err));
    assert_non_null(strstr(change.unchanged, "'New' is new"));
    assert_false(access_change_role(
        &world.session, &world.access, role_of(&world, "", "Reader"), &change, &err));
    assert_non_null(strstr(err.message, "built-in"));
    azb_error_free(&err);
    assert_false(access_change_delete_role(&world.session, &world.access, "Reader", &change, &err));
    azb_error_free(&err);
    assert_true(access_change_delete_role(&world.session, &world.access, "Jobs", &change, &err));
    assert_non_null(strstr(change.would_refuse, "2 assignments would have to go first"));
    assert_false(may(&change.after, &world, BOB, "jobs/read", GROUP));
    arena_free(&world.session.arena);
}

/* ---- tokens -------------------------------------------------------------------------------- */

#define NOW 1000000
#define GOOD                                                                                       \
    "\"aud\":\"https://batch.core.windows.net/\",\"tid\":\"t\",\"exp\":1003600,\"nbf\":999000"

static const struct {
    const char *claims, *reason; /* NULL: nothing is wrong */
    enum endpoint endpoint;
} tokens[] = {
    {"{" GOOD "}", NULL, ENDPOINT_BATCH},
    {"{" GOOD ",\"scp\":\"openid user_impersonation\"}", NULL, ENDPOINT_BATCH},
    {"{" GOOD ",\"scp\":\"openid\"}", "kind", ENDPOINT_BATCH},
    {"{" GOOD "}", "audience", ENDPOINT_ARM},
    {"{\"aud\":\"https://batch.core.windows.net\",\"tid\":\"t\",\"exp\":1003600}", "audience",
        ENDPOINT_BATCH},
    {"{\"aud\":\"https://management.azure.com\",\"tid\":\"t\",\"exp\":1003600}", NULL,
        ENDPOINT_ARM},
    {"{\"aud\":\"https://batch.core.windows.net/\",\"tid\":\"other\",\"exp\":1003600}", "tenant",
        ENDPOINT_BATCH},
    {"{\"aud\":\"https://batch.core.windows.net/\",\"tid\":\"T\",\"exp\":1000000}", "expired",
        ENDPOINT_BATCH},
    {"{\"aud\":\"https://batch.core.windows.net/\",\"nbf\":1000301,\"exp\":1003600}", "notYet",
        ENDPOINT_BATCH},
    {"{}", "audience", ENDPOINT_BATCH},
};

static void what_is_wrong_with_a_token(void **state)
{
    (void)state;
    unsetenv("AZURE_AUTHORITY_HOST");
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    for (size_t i = 0; i < COUNT(tokens); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct session session = {.as = "environment"};
        struct token_problem problem;
        arena_init(&session.arena, 0);
        print_message("%s\n", tokens[i].claims);
        const struct json *claims = json_parse(text_of(tokens[i].claims), &session.arena, &err);
        assert_non_null(claims);
        assert_true(
            access_token_check(&session, claims, tokens[i].endpoint, "t", NOW, &problem, &err));
        if (tokens[i].reason)
            assert_string_equal(problem.reason, tokens[i].reason);
        else
            assert_null(problem.reason);
        assert_int_equal(problem.detail != NULL, tokens[i].reason != NULL);
        arena_free(&session.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_assignments),
        cmocka_unit_test(before_stays_before),
        cmocka_unit_test(of_definitions),
        cmocka_unit_test(that_change_nothing_or_nobody_can),
        cmocka_unit_test(what_is_wrong_with_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
