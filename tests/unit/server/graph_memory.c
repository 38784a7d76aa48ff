/* The Graph plane when memory is short: each allocation of a call fails once. The call is refused
 * or done, nothing leaks, and the next one goes well. */
#include "planes_arm_graph.h"

#include "base/arena.h"

#define TRIES 80 /* more than any call allocates */
#define FILTERED "/v1.0/groups?$filter=startswith(displayName,'g')+and+not(displayName+eq+'x')"

static struct service service;
static char admin[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

struct step {
    const char *name, *method, *path, *body;
    int status;
};

/* True: it was done, though allocation number `n` failed (0: none does). */
static bool call_failing(const struct step *step, long n)
{
    struct made made;
    made_request(&made, &service, PLANE_GRAPH, step->method, step->path);
    made.request.body = text_of(step->body);
    made_header(&made, "Authorization", admin);
    made_header(&made, "ConsistencyLevel", "eventual");
    bool ok = made_call_failing(&made, n);
    if (ok)
        assert_int_equal(made.reply.status, step->status);
    made_free(&made);
    return ok;
}

static void survives(void **state)
{
    (void)state;
    static const struct step calls[] = {
        {"group", "POST", "/v1.0/groups",
            "{\"displayName\":\"g\",\"mailNickname\":\"g\",\"mailEnabled\":false,"
            "\"securityEnabled\":true,\"members@odata.bind\":[\"https://graph.microsoft.com/v1.0/"
            "directoryObjects/" MADE_OBJECT "\"]}",
            201},
        {"groups", "GET", FILTERED "&$count=true&$orderby=displayName", NULL, 200},
        {"search", "GET", "/v1.0/groups?$search=%22displayName:g%22", NULL, 200},
        {"memberships", "GET", "/v1.0/servicePrincipals/" MADE_OBJECT "/transitiveMemberOf", NULL,
            200},
        {"questions", "POST", "/v1.0/servicePrincipals/" MADE_OBJECT "/getMemberObjects", "{}",
            200},
        {"objects", "POST", "/v1.0/directoryObjects/getByIds", "{\"ids\":[\"" MADE_OBJECT "\"]}",
            200},
        {"application", "PATCH", "/v1.0/applications(appId='" MADE_CLIENT "')",
            "{\"tags\":[\"a\"],\"web\":{\"homePageUrl\":\"https://x\"}}", 204},
        {"principal", "PATCH", "/v1.0/servicePrincipals(appId='" MADE_CLIENT "')",
            "{\"tags\":[\"a\"]}", 204},
        {"secret", "POST", "/v1.0/servicePrincipals(appId='" MADE_CLIENT "')/addPassword", "{}",
            200},
        {"roles", "GET", "/v1.0/directoryRoles", NULL, 200},
        {"owned", "GET", "/v1.0/servicePrincipals/" MADE_OBJECT "/ownedObjects", NULL, 200},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        int refused = 0;
        for (long n = 1; n <= TRIES; n++)
            refused += !call_failing(&calls[i], n);
        printf("  %s: %d of %d refused\n", calls[i].name, refused, TRIES);
        assert_true(refused > 0);
        assert_true(call_failing(&calls[i], 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
