/* Changes of roles that act after a delay: in order, by the service's clock, however many. */
#include "made_token.h"

#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define SCOPE "/subscriptions/" SEED_SUBSCRIPTION
#define ACTION "Microsoft.Batch/batchAccounts/read"
#define MINUTES (60LL * TICKS_PER_SECOND)
#define MINUTES_MS (60LL * 1000)

static struct service service;
static struct made_application holder = {.name = "holder"};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &holder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static bool assign_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const char *id = context;
    struct request request = {.service = &service, .store = connection};
    authorize_roles_changed(&request);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id, created)"
        " VALUES (?1, '" SCOPE "', ?2, 'ServicePrincipal', '" READER "', 0)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, holder.object_id);
    return statement_run(&s, err);
}

static bool remove_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct request request = {.service = &service, .store = connection};
    (void)context;
    authorize_roles_changed(&request);
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM role_assignment WHERE principal_id = ?1");
    statement_bind_string(&s, 1, holder.object_id);
    return statement_run(&s, err);
}

static void assign(const char *id)
{
    made_write(&service, assign_work, (void *)(uintptr_t)id);
}

static void take_away(void)
{
    made_write(&service, remove_work, NULL);
}

/* "" or what the refusal says of a change that waits; NULL when it was allowed. */
static const char *ask(char out[400], char explanation[400])
{
    struct made made;
    made_request(&made, &service, PLANE_ARM, "GET", "/");
    made.request.caller.kind = CALLER_APPLICATION;
    snprintf(made.request.caller.object_id, GUID_TEXT, "%s", holder.object_id);
    bool allowed = authorize_arm(&made.request, ACTION, TEXT(SCOPE), &made.err);
    out[0] = explanation[0] = '\0';
    for (size_t i = 0; i < made.err.value_count; i++)
        if (strcmp(made.err.values[i].key, "Propagation") == 0)
            snprintf(out, 400, "%s", made.err.values[i].value);
        else if (strcmp(made.err.values[i].key, "Explanation") == 0)
            snprintf(explanation, 400, "%s", made.err.values[i].value);
    made_free(&made);
    return allowed ? NULL : out;
}

/* What is on its way is not proposed once more. */
static void expect(const char *sentence)
{
    char said[400], explanation[400];
    const char *found = ask(said, explanation);
    if (!sentence) {
        assert_null(found);
        return;
    }
    assert_string_equal(found ? found : "allowed", sentence);
    assert_non_null(strstr(explanation, *sentence ? sentence : " Try: azb role assignment create"));
    assert_true(!*sentence || !strstr(explanation, " Try:"));
}

static size_t pending(void)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct pending_roles *changes;
    size_t count;
    arena_init(&arena, 0);
    assert_true(authorizer_pending(service.authorizer, &arena, &changes, &count, &err));
    for (size_t i = 1; i < count; i++)
        assert_true(changes[i].acts >= changes[i - 1].acts);
    return count;
}

static void at_once_without_it(void **state)
{
    (void)state;
    expect("");
    assign("a");
    expect(NULL);
    take_away();
    expect("");
    assert_int_equal(pending(), 0);
}

/* The clock is moved by whole minutes, and no test takes one: the seconds are not to be seen. */
static void given_and_taken_later(void **state)
{
    (void)state;
    authorizer_set_propagation(service.authorizer, 5 * MINUTES);
    assign("b");
    clock_move(&service.clock, 2 * MINUTES_MS);
    expect("The change of roles that allows it was made 2 minutes ago and acts in 3 minutes.");
    take_away();
    assert_int_equal(pending(), 2);
    clock_move(&service.clock, 3 * MINUTES_MS);
    expect(NULL); /* it was given; that it was taken is still on its way */
    assert_int_equal(pending(), 1);
    clock_move(&service.clock, 2 * MINUTES_MS);
    expect("");
    assert_int_equal(pending(), 0);
    authorizer_set_propagation(service.authorizer, 0);
}

/* A change never acts before an earlier one, and is not said to. */
static void in_their_order(void **state)
{
    (void)state;
    authorizer_set_propagation(service.authorizer, 5 * MINUTES);
    assign("e");
    take_away();
    clock_move(&service.clock, -10 * MINUTES_MS);
    assign("f");
    assert_int_equal(pending(), 3);
    expect("The change of roles that allows it was made 0 seconds ago and acts in 15 minutes.");
    authorizer_set_propagation(service.authorizer, 1 * MINUTES);
    take_away();
    assert_int_equal(pending(), 4);
    clock_move(&service.clock, 16 * MINUTES_MS);
    expect("");
    assert_int_equal(pending(), 0);
    authorizer_set_propagation(service.authorizer, 0);
    clock_move(&service.clock, -6 * MINUTES_MS);
}

static void switched_off(void **state)
{
    (void)state;
    authorizer_set_propagation(service.authorizer, 5 * MINUTES);
    take_away();
    assign("c");
    assert_int_equal(pending(), 2);
    authorizer_set_propagation(service.authorizer, 0);
    assert_int_equal(pending(), 0);
    expect(NULL);
    take_away();
    expect("");
}

static void many_changes_in_a_row(void **state)
{
    (void)state;
    authorizer_set_propagation(service.authorizer, 5 * MINUTES);
    for (int i = 0; i < 150; i++) {
        assign("d");
        take_away();
    }
    assign("d");
    assert_true(pending() <= 256);
    clock_move(&service.clock, 6 * MINUTES_MS);
    expect(NULL);
    assert_int_equal(pending(), 0);
    authorizer_set_propagation(service.authorizer, 0);
    take_away();
}

/* A change that cannot be queued must not be lost: nothing is allowed until it is read again. */
static void without_memory(void **state)
{
    char said[400], explanation[400];
    (void)state;
    assign("e");
    authorizer_set_propagation(service.authorizer, 5 * MINUTES);
    expect(NULL);
    for (int n = 1; n < 400; n += 7) {
        struct azb_error err = AZB_ERROR_INIT;
        memory_fail_after(n);
        bool loaded =
            authorizer_load_roles(service.authorizer, store_reader(service.store, &err), &err);
        memory_fail_after(0);
        if (!loaded)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
        assert_null(ask(said, explanation));
    }
    authorizer_set_propagation(service.authorizer, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_once_without_it),
        cmocka_unit_test(given_and_taken_later),
        cmocka_unit_test(in_their_order),
        cmocka_unit_test(switched_off),
        cmocka_unit_test(many_changes_in_a_row),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("server/propagation", tests, start, stop);
}
