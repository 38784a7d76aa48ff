/* Which plane, which route, which values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include "hosts.h"
#include "planes.h"

static bool test_prepare(struct request *request, struct azb_error *err)
{
    (void)request, (void)err;
    return true;
}

static void test_finish(struct request *request, struct reply *reply)
{
    (void)request, (void)reply;
}

static void test_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    (void)request, (void)reply, (void)err;
}

#define ROW(method, path)                                                                          \
    {                                                                                              \
        method, path, ROUTE_READS, NULL, NULL                                                      \
    }

static const struct route entra_routes[] = {
    ROW("POST", "/{tenant}/oauth2/v2.0/token"),
    ROW("GET", "/{tenant}/v2.0/.well-known/openid-configuration"),
    ROW("GET", "/common/discovery/instance"),
};
static const struct route arm_routes[] = {
    ROW("GET", "/subscriptions"),
    ROW("GET", "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Batch/"
               "batchAccounts/{account}"),
    ROW("GET", "/{scope*}/providers/Microsoft.Authorization/roleAssignments"),
    ROW("PUT", "/{scope*}/providers/Microsoft.Authorization/roleAssignments/{name}"),
};
static const struct route graph_routes[] = {
    ROW("GET", "/v1.0/applications/{id}"),
    ROW("GET", "/v1.0/applications(appId='{appId}')"),
    ROW("POST", "/v1.0/{any}/{id}/addPassword"),
};
static const struct route batch_routes[] = {
    ROW("GET", "/jobs"),
    ROW("POST", "/jobs"),
    ROW("GET", "/jobs/{jobId}"),
    ROW("PATCH", "/jobs/{jobId}"),
    ROW("DELETE", "/jobs/{jobId}"),
    ROW("GET", "/jobs/latest"),
    ROW("GET", "/jobs/{jobId}/tasks/{taskId}/files/{filePath}"),
    ROW("HEAD", "/pools/{poolId}"),
};
static const struct route control_routes[] = {ROW("GET", "/_azb/health")};
static const struct route access_routes[] = {ROW("GET", "/access/v1/decisions")};
static const struct route package_routes[] = {ROW("PUT", "/packages/{packageId}")};

PLANE(entra_plane, "entra", entra_routes)
PLANE(arm_plane, "arm", arm_routes)
PLANE(graph_plane, "graph", graph_routes)
PLANE(batch_plane, "batch", batch_routes)
PLANE(control_plane, "control", control_routes)
PLANE(access_plane, "access", access_routes)
PLANE(package_plane, "package", package_routes)

/* Planes */

static const struct plane_case {
    const char *host, *path;
    enum plane plane;
} plane_cases[] = {
    {"login.microsoftonline.com", "/anything", PLANE_ENTRA},
    {"LOGIN.Microsoftonline.us:443", "/jobs", PLANE_ENTRA},
    {"login.chinacloudapi.cn", "/", PLANE_ENTRA},
    {"management.azure.com", "/jobs", PLANE_ARM},
    {"graph.microsoft.com", "/", PLANE_GRAPH},
    {"mybatch.eastus.batch.azure.com", "/subscriptions", PLANE_BATCH},
    {"a.usgovvirginia.batch.usgovcloudapi.net", "/x", PLANE_BATCH},
    {"169.254.169.254", "/metadata/identity/oauth2/token", PLANE_ENTRA},
    {"localhost:8443", "/tenant.example/oauth2/v2.0/token", PLANE_ENTRA},
    {"localhost:8443", "/adfs/oauth2/token", PLANE_ENTRA},
    {"localhost:8443", "/common/discovery/instance", PLANE_ENTRA},
    {"localhost:8443", "/8f1e/.well-known/openid-configuration", PLANE_ENTRA},
    {"localhost:8443", "/metadata/identity/oauth2/token/", PLANE_ENTRA},
    {"localhost:8443", "/msi/token", PLANE_ENTRA},
    {"localhost:8443", "/metadata/endpoints", PLANE_ARM},
    {"127.0.0.1:8443", "/subscriptions", PLANE_ARM},
    {"[::1]:8443", "//Subscriptions/s", PLANE_ARM},
    {"localhost", "/providers/Microsoft.Authorization/roleDefinitions", PLANE_ARM},
    {"localhost", "/v1.0/users", PLANE_GRAPH},
    {"localhost", "/graph/v1.0/users", PLANE_GRAPH},
    {"localhost", "/_azb/health", PLANE_CONTROL},
    {"localhost", "/access/v1/decisions", PLANE_ACCESS},
    {"localhost", "/.well-known/authzen-configuration", PLANE_ACCESS},
    {"management.azure.com", "/access/v1/decisions", PLANE_ARM},
    {"localhost", "/jobs/oauth2", PLANE_BATCH},
    {"localhost", "/pools/discovery/nodes", PLANE_BATCH},
    {"localhost", "/packages/a/1/id", PLANE_PACKAGE},
    {"localhost", "/nothing", PLANE_BATCH},
    {"localhost", "/", PLANE_BATCH},
    {"", "/subscriptions", PLANE_ARM},
};

static void planes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(plane_cases) / sizeof(plane_cases[0]); i++) {
        const struct plane_case *c = &plane_cases[i];
        print_message("%s%s\n", c->host, c->path);
        assert_int_equal(route_plane(text_of(c->host), text_of(c->path)), c->plane);
    }
}

static void paths(void **state)
{
    static const struct {
        enum plane plane;
        const char *path, *rows;
    } cases[] = {
        {PLANE_GRAPH, "/graph/v1.0/users", "/v1.0/users"},
        {PLANE_GRAPH, "/Graph/v1.0/users", "/v1.0/users"},
        {PLANE_GRAPH, "/v1.0/graph/users", "/v1.0/graph/users"},
        {PLANE_GRAPH, "/graphs/v1.0", "/graphs/v1.0"},
        {PLANE_GRAPH, "/graph", "/graph"},
        {PLANE_BATCH, "/graph/jobs", "/graph/jobs"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].path);
        struct text path = route_path(cases[i].plane, text_of(cases[i].path));
        assert_true(text_is(path, cases[i].rows));
    }
}

/* Routes */

static const struct route_case {
    const char *method, *path;
    enum plane plane;
    int status;         /* 0: found */
    const char *row;    /* the path of the route */
    const char *values; /* joined by '|' */
} route_cases[] = {
    {"GET", "/jobs", PLANE_BATCH, 0, "/jobs", ""},
    {"GET", "/jobs/", PLANE_BATCH, 0, "/jobs", ""},
    {"GET", "//Jobs/a", PLANE_BATCH, 0, "/jobs/{jobId}", "a"},
    {"GET", "/jobs/latest", PLANE_BATCH, 0, "/jobs/latest", ""},
    {"PATCH", "/jobs/latest", PLANE_BATCH, 0, "/jobs/{jobId}", "latest"},
    {"HEAD", "/jobs/a", PLANE_BATCH, 0, "/jobs/{jobId}", "a"},
    {"GET", "/jobs/a%2Fb%20c", PLANE_BATCH, 0, "/jobs/{jobId}", "a/b c"},
    {"GET", "/jobs/a+b", PLANE_BATCH, 0, "/jobs/{jobId}", "a+b"},
    {"GET", "/jobs/%2e%2e", PLANE_BATCH, 0, "/jobs/{jobId}", ".."},
    {"GET", "/jobs/j/tasks/t/files/wd%2Fa%20b%2B%C3%BC.txt", PLANE_BATCH, 0,
        "/jobs/{jobId}/tasks/{taskId}/files/{filePath}", "j|t|wd/a b+\xc3\xbc.txt"},
    {"GET", "/jobs/j/tasks/t/files/wd/a%20b/c", PLANE_BATCH, 0,
        "/jobs/{jobId}/tasks/{taskId}/files/{filePath}", "j|t|wd/a b/c"},
    {"GET", "/jobs/j/tasks/t/files/a//b", PLANE_BATCH, 0,
        "/jobs/{jobId}/tasks/{taskId}/files/{filePath}", "j|t|a//b"},
    {"GET", "/jobs/j/tasks/t/other/a/b", PLANE_BATCH, 404, NULL, NULL},
    {"POST", "/jobs/j/tasks/t/files/a/b", PLANE_BATCH, 405, NULL, NULL},
    {"GET", "/jobs/%ff", PLANE_BATCH, 400, NULL, NULL},
    {"GET", "/jobs/%zz", PLANE_BATCH, 400, NULL, NULL},
    {"GET", "/jobs/a/tasks", PLANE_BATCH, 404, NULL, NULL},
    {"GET", "/jobs//", PLANE_BATCH, 404, NULL, NULL},
    {"GET", "jobs", PLANE_BATCH, 404, NULL, NULL},
    {"GET", "*", PLANE_BATCH, 404, NULL, NULL},
    {"GET", "/", PLANE_BATCH, 404, NULL, NULL},
    {"GET", "/subscriptions", PLANE_BATCH, 404, NULL, NULL},
    {"PUT", "/jobs", PLANE_BATCH, 405, NULL, NULL},
    {"BREW", "/jobs", PLANE_BATCH, 405, NULL, NULL},
    {"GET", "/pools/p", PLANE_BATCH, 405, NULL, NULL},
    {"POST", "/contoso.com/oauth2/v2.0/token", PLANE_ENTRA, 0, "/{tenant}/oauth2/v2.0/token",
        "contoso.com"},
    {"GET", "/common/discovery/instance", PLANE_ENTRA, 0, "/common/discovery/instance", ""},
    {"GET", "/subscriptions/S/resourcegroups/G/providers/microsoft.batch/batchAccounts/A",
        PLANE_ARM, 0,
        "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Batch/"
        "batchAccounts/{account}",
        "S|G|A"},
    {"PUT", "/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/N", PLANE_ARM, 0,
        "/{scope*}/providers/Microsoft.Authorization/roleAssignments/{name}", "/subscriptions/S|N"},
    {"GET", "//subscriptions/S%20T/providers/Microsoft.Authorization/roleAssignments", PLANE_ARM, 0,
        "/{scope*}/providers/Microsoft.Authorization/roleAssignments", "/subscriptions/S T"},
    {"GET", "/providers/Microsoft.Authorization/roleAssignments", PLANE_ARM, 0,
        "/{scope*}/providers/Microsoft.Authorization/roleAssignments", "/"},
    {"DELETE", "/x/providers/Microsoft.Authorization/roleAssignments", PLANE_ARM, 405, NULL, NULL},
    {"POST", "/v1.0//applications//i/addPassword", PLANE_GRAPH, 0, "/v1.0/{any}/{id}/addPassword",
        "applications|i"},
    {"GET", "/v1.0/applications(appId='42')", PLANE_GRAPH, 0, "/v1.0/applications(appId='{appId}')",
        "42"},
    {"GET", "/v1.0/applications(appId='')", PLANE_GRAPH, 404, NULL, NULL},
    {"POST", "/v1.0/applications/i/addPassword", PLANE_GRAPH, 0, "/v1.0/{any}/{id}/addPassword",
        "applications|i"},
};

static void assert_values(const struct request *request, const char *expected)
{
    struct text rest = text_of(expected), piece;
    for (size_t i = 0; rest.length > 0; i++) {
        assert_true(text_cut(&rest, '|', &piece));
        assert_int_equal(request->values[i].length, piece.length);
        assert_memory_equal(request->values[i].at, piece.at, piece.length);
    }
}

static void try_route(struct service *service, const struct route_case *c)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct request request = {
        .service = service, .plane = c->plane, .method = c->method, .path = text_of(c->path)};
    print_message("%s %s\n", c->method, c->path);
    arena_init(&request.arena, 0);
    bool found = route_find(&request, &err);
    assert_int_equal(err.http_status, c->status);
    assert_int_equal(found, c->status == 0);
    if (found) {
        assert_string_equal(request.route->path, c->row);
        assert_values(&request, c->values);
    }
    azb_error_free(&err);
    arena_free(&request.arena);
}

static void routes(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct service service = {.router = router_new(&err)};
    assert_non_null(service.router);
    for (size_t i = 0; i < sizeof(route_cases) / sizeof(route_cases[0]); i++)
        try_route(&service, &route_cases[i]);
    router_free(service.router);
}

static void a_405_says_what_is_allowed(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct service service = {.router = router_new(&err)};
    struct request request = {
        .service = &service, .plane = PLANE_BATCH, .method = "PUT", .path = TEXT("/jobs/a")};
    arena_init(&request.arena, 0);
    assert_string_equal(route_allow(&request), "GET, HEAD, PATCH, DELETE");
    request.path = TEXT("/pools/a");
    assert_string_equal(route_allow(&request), "HEAD");
    request.path = TEXT("/nothing");
    assert_null(route_allow(&request));
    arena_free(&request.arena);
    router_free(service.router);
}

/* On localhost a path may begin with the public name of an account. */
static void bases(void **state)
{
    static const struct {
        const char *host, *path, *base, *rest;
    } cases[] = {
        {"localhost:8443", "/a.eastus.batch.azure.com/jobs/j", "/a.eastus.batch.azure.com",
            "/jobs/j"},
        {"127.0.0.1:8443", "/A.EastUS.batch.azure.com", "/A.EastUS.batch.azure.com", "/"},
        {"localhost", "/jobs/a.eastus.batch.azure.com", "", "/jobs/a.eastus.batch.azure.com"},
        {"localhost", "/batch.azure.com/jobs", "", "/batch.azure.com/jobs"},
        {"localhost", "/management.azure.com/jobs", "", "/management.azure.com/jobs"},
        {"localhost", "//a.eastus.batch.azure.com/jobs", "", "//a.eastus.batch.azure.com/jobs"},
        {"b.eastus.batch.azure.com", "/a.eastus.batch.azure.com/jobs", "",
            "/a.eastus.batch.azure.com/jobs"},
        {"localhost", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {.host = text_of(cases[i].host), .path = text_of(cases[i].path)};
        printf("%s%s\n", cases[i].host, cases[i].path);
        assert_int_equal(route_cut_base(&request), *cases[i].base != '\0');
        assert_int_equal(request.base.length, strlen(cases[i].base));
        assert_true(text_is(request.path, cases[i].rest));
    }
}

static void the_snapshot_has_every_row_sorted(void **state)
{
    (void)state;
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 65536);
    route_print(&out);
    assert_false(out.failed);
    assert_true(text_starts(buffer_text(&out), "access   GET    /access/v1/decisions\n"));
    assert_non_null(strstr(out.at, "\nbatch    HEAD   /pools/{poolId}\n"));
    struct text rest = buffer_text(&out), line;
    int lines = 0;
    while (text_cut(&rest, '\n', &line))
        lines += line.length > 0;
    assert_int_equal(lines, 3 + 4 + 3 + 8 + 1 + 1 + 1);
}

/* Queries */

static void a_query_parameter(struct request *request, const char *name, const char *expected)
{
    struct text found = request_query(request, name);
    print_message("%s\n", name);
    if (!expected) {
        assert_null(found.at);
        return;
    }
    assert_non_null(found.at);
    assert_int_equal(found.length, strlen(expected));
    assert_memory_equal(found.at, expected, found.length);
}

static void query_parameters(void **state)
{
    (void)state;
    struct request request = {
        .query = TEXT("timeOut=30&%24filter=a%20eq+%27b%27&empty=&flag&twice=1&twice=2&&=x")};
    arena_init(&request.arena, 0);
    a_query_parameter(&request, "timeout", "30");
    a_query_parameter(&request, "$filter", "a eq 'b'");
    a_query_parameter(&request, "empty", "");
    a_query_parameter(&request, "flag", "");
    a_query_parameter(&request, "twice", "1");
    a_query_parameter(&request, "time", NULL);
    a_query_parameter(&request, "$select", NULL);
    arena_free(&request.arena);
}

/* Hosts */

static const struct host_case {
    const char *host, *name;
    int port;
    bool is_local, is_public;
} host_cases[] = {
    {"localhost", "localhost", 0, true, false},
    {"LocalHost:8443", "LocalHost", 8443, true, false},
    {"127.0.0.53:1", "127.0.0.53", 1, true, false},
    {"[::1]:8443", "::1", 8443, true, false},
    {"[::1]", "::1", 0, true, false},
    {"128.0.0.1", "128.0.0.1", 0, false, false},
    {"localhost.evil.example", "localhost.evil.example", 0, false, false},
    {"127.0.0.1.evil.example", "127.0.0.1.evil.example", 0, false, false},
    {"a.b.batch.azure.com", "a.b.batch.azure.com", 0, false, true},
    {".batch.azure.com", ".batch.azure.com", 0, false, false},
    {"batch.azure.com", "batch.azure.com", 0, false, false},
    {"evilbatch.azure.com", "evilbatch.azure.com", 0, false, false},
    {"login.microsoftonline.com.evil.example", "login.microsoftonline.com.evil.example", 0, false,
        false},
    {"", NULL, 0, false, false},
    {":443", NULL, 0, false, false},
    {"a:", NULL, 0, false, false},
    {"a:0", NULL, 0, false, false},
    {"a:65536", NULL, 0, false, false},
    {"a:1:2", NULL, 0, false, false},
    {"[::1", NULL, 0, false, false},
    {"[]:1", NULL, 0, false, false},
    {"[::1]8443", NULL, 0, false, false},
};

static void hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(host_cases) / sizeof(host_cases[0]); i++) {
        const struct host_case *c = &host_cases[i];
        struct text name;
        int port;
        print_message("%s\n", c->host);
        assert_int_equal(host_split(text_of(c->host), &name, &port), c->name != NULL);
        if (!c->name)
            continue;
        assert_true(text_is(name, c->name));
        assert_int_equal(port, c->port);
        assert_int_equal(host_is_local(name), c->is_local);
        assert_int_equal(host_find(name) != NULL, c->is_public);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes),
        cmocka_unit_test(paths),
        cmocka_unit_test(routes),
        cmocka_unit_test(a_405_says_what_is_allowed),
        cmocka_unit_test(bases),
        cmocka_unit_test(the_snapshot_has_every_row_sorted),
        cmocka_unit_test(query_parameters),
        cmocka_unit_test(hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
