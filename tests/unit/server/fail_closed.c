/* A change that was committed but cannot be read back: what it took away must not go on working. */
#include "made_token.h"

#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define OWNER_SCOPE "/subscriptions/" SEED_SUBSCRIPTION

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

static bool run(struct store_connection *connection, const char *sql, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, sql);
    return statement_run(&s, err);
}

static bool asked_arm(struct made *made)
{
    made_request(made, &service, PLANE_ARM, "GET", "/");
    made->request.caller = (struct caller){.kind = CALLER_APPLICATION};
    snprintf(made->request.caller.object_id, GUID_TEXT, "%s", MADE_OBJECT);
    return authorize_arm(
        &made->request, "Microsoft.Batch/batchAccounts/read", TEXT(OWNER_SCOPE), &made->err);
}

static void expect_arm(int status)
{
    struct made made;
    bool allowed = asked_arm(&made);
    assert_int_equal(allowed, status == 0);
    assert_int_equal(made.err.http_status, status);
    made_free(&made);
}

/* The owner's assignment goes, and a role comes that no index can be made of. */
static bool take_away(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    struct request request = {.service = &service, .store = connection};
    authorize_roles_changed(&request);
    return run(connection, "DELETE FROM role_assignment", err) &&
           run(connection,
               "INSERT INTO role_definition (id, name, body) VALUES ('" READER "', 'broken', '{')",
               err);
}

/* A decision on the writer's thread sees what may yet be rolled back: it must not read it. */
static bool ask_while_writing(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    if (!run(connection, "DELETE FROM role_definition", err))
        return false;
    expect_arm(503);
    return run(connection, "INSERT INTO role_definition (id) VALUES (NULL)", err); /* rolls back */
}

static bool mend_roles(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context; /* nobody says that roles changed: the next decision finds out by itself */
    return run(connection, "DELETE FROM role_definition", err);
}

static void test_roles(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    expect_arm(0);
    made_write(&service, take_away, NULL);
    expect_arm(503);
    assert_false(store_write_wait(service.store, ask_while_writing, NULL, &err));
    azb_error_free(&err);
    expect_arm(503);
    made_write(&service, mend_roles, NULL);
    expect_arm(403);
}

static bool break_account(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    account_changed(&service, connection);
    return run(connection, "UPDATE account SET primary_key = 'bmV3', resource_group = 'a//b'", err);
}

static bool mend_account(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    return run(connection, "UPDATE account SET resource_group = 'azb'", err);
}

static void test_accounts(void **state)
{
    (void)state;
    assert_non_null(account_default(&service));
    made_write(&service, break_account, NULL);
    assert_null(account_default(&service));
    assert_null(account_of_host(&service, TEXT(MADE_HOST)));
    assert_null(account_by_name(&service, TEXT(SEED_SUBSCRIPTION), TEXT("azb"), TEXT("azb")));
    made_write(&service, mend_account, NULL);
    assert_non_null(account_of_host(&service, TEXT(MADE_HOST)));
    assert_string_equal(account_default(&service)->primary_key, "bmV3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_accounts),
    };
    return cmocka_run_group_tests_name("server/fail_closed", tests, start, stop);
}
