/* Many writers at once: one name, one thing to give, a principal that goes away meanwhile. */
#include <pthread.h>
#include <stdatomic.h>

#include "arm_steps.h"

#define WRITERS 100

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static char admin[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &guest);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, admin);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* What the writers got. */
struct outcome {
    atomic_int status[600];
    atomic_int exists; /* RoleAssignmentExists */
    atomic_int gone;   /* PrincipalNotFound */
};

struct writer {
    pthread_t thread;
    struct outcome *outcome;
    const char *method;
    char path[300], body[400];
};

static void *write_once(void *context)
{
    struct writer *writer = context;
    struct made made;
    char code[80];
    made_call(&made, &service, PLANE_ARM, admin, writer->method, writer->path, writer->body);
    made_code(&made, code);
    atomic_fetch_add(&writer->outcome->status[made.reply.status], 1);
    atomic_fetch_add(&writer->outcome->exists, strcmp(code, "RoleAssignmentExists") == 0);
    atomic_fetch_add(&writer->outcome->gone, strcmp(code, "PrincipalNotFound") == 0);
    made_free(&made);
    return NULL;
}

/* `names`: each writer has a name of its own; else all write the same. */
static void race(struct writer *writers, struct outcome *outcome, size_t names)
{
    for (size_t i = 0; i < WRITERS; i++) {
        struct writer *writer = &writers[i];
        writer->outcome = outcome;
        writer->method = "PUT";
        snprintf(writer->path, sizeof writer->path,
            ACCOUNT AUTH "roleAssignments/66666666-6666-4666-8666-%012zu" V, i % names);
        snprintf(writer->body, sizeof writer->body,
            "{\"properties\":{\"roleDefinitionId\":\"" SUB AUTH "roleDefinitions/" READER
            "\",\"principalId\":\"%s\"}}",
            guest.object_id);
    }
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_once, &writers[i]), 0);
    for (size_t i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
}

static void remove_all(void)
{
    for (size_t i = 0; i < WRITERS; i++) {
        struct made made;
        char path[300];
        snprintf(
            path, sizeof path, ACCOUNT AUTH "roleAssignments/66666666-6666-4666-8666-%012zu" V, i);
        made_call(&made, &service, PLANE_ARM, admin, "DELETE", path, NULL);
        assert_true(made.reply.status == 200 || made.reply.status == 204);
        made_free(&made);
    }
}

static size_t assignments(void)
{
    char path[300];
    snprintf(path, sizeof path,
        ACCOUNT AUTH "roleAssignments" V "&$filter=principalId%%20eq%%20'%s'", guest.object_id);
    return count_of(&service, admin, path);
}

static void one_name(void **state)
{
    (void)state;
    static struct writer writers[WRITERS];
    static struct outcome outcome;
    race(writers, &outcome, 1);
    assert_int_equal(outcome.status[201], 1);
    assert_int_equal(outcome.status[200], WRITERS - 1);
    assert_int_equal(assignments(), 1);
    remove_all();
}

static void one_principal_role_and_scope(void **state)
{
    (void)state;
    static struct writer writers[WRITERS];
    static struct outcome outcome;
    race(writers, &outcome, WRITERS);
    assert_int_equal(outcome.status[201], 1);
    assert_int_equal(outcome.status[409], WRITERS - 1);
    assert_int_equal(outcome.exists, WRITERS - 1);
    assert_int_equal(assignments(), 1);
    remove_all();
}

/* ---- A principal that goes away -------------------------------------------------------------- */

static void *remove_principal(void *context)
{
    struct made made;
    char path[200];
    snprintf(path, sizeof path, "/v1.0/servicePrincipals/%s", guest.object_id);
    made_call(&made, &service, PLANE_GRAPH, context, "DELETE", path, NULL);
    assert_int_equal(made.reply.status, 204);
    made_free(&made);
    return NULL;
}

/* Each writer hears that it was made (or was there), or that there is no such principal. What the
 * principal had gives its token nothing in the end. */
static void a_principal_goes_away(void **state)
{
    (void)state;
    static struct writer writers[WRITERS];
    static struct outcome outcome;
    pthread_t remover;
    char token[ADMIN_TOKEN_MAX], graph[ADMIN_TOKEN_MAX];
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, graph);
    made_token(&service, guest.app_id, guest.secret, RESOURCE_MANAGEMENT, token);
    assert_int_equal(pthread_create(&remover, NULL, remove_principal, graph), 0);
    race(writers, &outcome, 1);
    pthread_join(remover, NULL);
    assert_int_equal(outcome.status[200] + outcome.status[201] + outcome.gone, WRITERS);
    const struct step steps[] = {
        {"no more", admin, "PUT", writers[0].path, writers[0].body, 400, "PrincipalNotFound"},
        {"its token", token, "GET", ACCOUNT V, NULL, 403, "AuthorizationFailed"},
    };
    PLAY(&service, steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name),
        cmocka_unit_test(one_principal_role_and_scope),
        cmocka_unit_test(a_principal_goes_away),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
