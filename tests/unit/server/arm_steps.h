/* Calls to Resource Manager, one after the other on the same state, as a table. */
#ifndef TESTS_SERVER_ARM_STEPS_H
#define TESTS_SERVER_ARM_STEPS_H

#include "planes_arm_graph.h"

#define SUB "/subscriptions/" SEED_SUBSCRIPTION
#define GROUP SUB "/resourceGroups/azb"
#define ACCOUNT GROUP "/providers/Microsoft.Batch/batchAccounts/azb"
#define AUTH "/providers/Microsoft.Authorization/"
#define V "?api-version=2022-04-01"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define OWNER "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
#define ROLE_ID "77777777-7777-4777-8777-777777777777"
#define NEW_ID "66666666-6666-4666-8666-666666666666"
#define OTHER_ID "55555555-5555-4555-8555-555555555555"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"

struct step {
    const char *name, *token, *method, *path, *body;
    int status;
    const char *code; /* "" for a success */
};

MADE void play(struct service *service, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct made made;
        char code[80];
        printf("  %s\n", steps[i].name);
        made_call(&made, service, PLANE_ARM, steps[i].token, steps[i].method, steps[i].path,
            steps[i].body);
        made_code(&made, code);
        assert_string_equal(code, steps[i].code);
        assert_int_equal(made.reply.status, steps[i].status);
        assert_non_null(made_reply_header(&made, "x-ms-request-id"));
        made_free(&made);
    }
}

#define PLAY(service, steps) play((service), steps, sizeof(steps) / sizeof *(steps))

/* Items of the list's first page. */
MADE size_t count_of(struct service *service, const char *token, const char *path)
{
    struct made made;
    made_call(&made, service, PLANE_ARM, token, "GET", path, NULL);
    assert_int_equal(made.reply.status, 200);
    const struct json *value = json_get(made_reply_json(&made), "value");
    assert_non_null(value);
    size_t count = value->count;
    made_free(&made);
    return count;
}

/* The string at "a.b.c" of the reply to a GET; "" when there is none. */
MADE void text_at(
    struct service *service, const char *token, const char *path, const char *member, char out[400])
{
    struct made made;
    made_call(&made, service, PLANE_ARM, token, "GET", path, NULL);
    assert_int_equal(made.reply.status, 200);
    snprintf(out, 400, "%.*s", TEXT_ARGS(json_text(json_path(made_reply_json(&made), member))));
    made_free(&made);
}

#endif
