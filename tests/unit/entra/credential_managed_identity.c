/* Managed identities: the exact request of each source, what is refused, and Azure Arc's key. */
#include "fake_entra.h"

#include <sys/stat.h>
#include <unistd.h>

#include "entra/chain.h"
#include "entra/managed_identity.h"

#define EXPIRES_IN                                                                                 \
    "{\"access_token\":\"token-1\",\"expires_in\":\"3600\",\"token_type\":\"Bearer\"}"
#define RESOURCE "resource=https%3A%2F%2Fbatch.core.windows.net%2F"
#define THUMBPRINT "0123456789abcdefABCDEF0123456789abcdef01"
#define VARIABLES_MAX 6

struct variable {
    const char *name, *value;
};

static const struct variable *variables; /* of the case that runs, up to a name of NULL */

static const char *look_up(const char *name)
{
    for (const struct variable *variable = variables; variable && variable->name; variable++)
        if (strcmp(variable->name, name) == 0)
            return variable->value;
    return NULL;
}

/* What fake_entra.h's transport does not see or say. */
struct wire {
    struct fake fake;
    const char *challenge; /* of each 401 */
    int64_t timeout_ms[FAKE_REQUESTS_MAX], connect_ms[FAKE_REQUESTS_MAX];
    bool no_proxy[FAKE_REQUESTS_MAX];
    const char *thumbprint; /* of the last request */
};

static bool transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct wire *wire = context;
    size_t n = wire->fake.requests;
    wire->timeout_ms[n] = timeout_ms;
    wire->connect_ms[n] = request->connect_timeout_ms;
    wire->no_proxy[n] = request->no_proxy;
    wire->thumbprint = request->peer_thumbprint;
    if (!fake_transport(&wire->fake, request, timeout_ms, arena, response, err))
        return false;
    if (response->status != 401 || !wire->challenge)
        return true;
    response->headers = arena_array(arena, 1, sizeof(*response->headers));
    if (!response->headers)
        return fail_memory(err);
    response->headers[0] = (struct http_header){"WWW-Authenticate", wire->challenge};
    response->header_count = 1;
    return true;
}

static struct wire *wire_with(const struct answer *answers, size_t count)
{
    static struct wire wire;
    memset(&wire, 0, sizeof(wire));
    fake_init(&wire.fake, answers, count);
    return &wire;
}

static char root[] = "/tmp/azb-test-XXXXXX"; /* before Azure Arc's paths */

static struct entra_environment world_of(struct wire *wire)
{
    struct entra_environment world = fake_world(&wire->fake);
    world.http.transport = transport;
    world.http.transport_context = wire;
    world.variable = look_up;
    world.root = root;
    return world;
}

static struct azb_credential *credential_of(struct wire *wire,
    const struct azb_managed_identity_options *options, enum managed_identity_use use)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_managed_identity_options none = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    struct entra_environment world = world_of(wire);
    struct azb_credential *credential =
        managed_identity_make(options ? options : &none, use, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

/* ---- Requests ---- */

#define SERVICE_FABRIC                                                                             \
    {"IDENTITY_ENDPOINT", "https://localhost:2377/metadata/identity/oauth2/token"},                \
        {"IDENTITY_HEADER", "sf-secret"},                                                          \
    {                                                                                              \
        "IDENTITY_SERVER_THUMBPRINT", THUMBPRINT                                                   \
    }
#define APP_SERVICE                                                                                \
    {"IDENTITY_ENDPOINT", "http://127.0.0.1:4141/msi/token"},                                      \
    {                                                                                              \
        "IDENTITY_HEADER", "as-secret"                                                             \
    }
#define AZURE_ML                                                                                   \
    {"MSI_ENDPOINT", "http://127.0.0.1:4142/ml?x=1"},                                              \
    {                                                                                              \
        "MSI_SECRET", "ml-secret"                                                                  \
    }
#define CLOUD_SHELL                                                                                \
    {                                                                                              \
        "MSI_ENDPOINT", "http://localhost:50342/oauth2/token"                                      \
    }
#define ARC                                                                                        \
    {"IDENTITY_ENDPOINT", "http://localhost:40342/metadata/identity/oauth2/token"},                \
    {                                                                                              \
        "IMDS_ENDPOINT", "http://localhost:40342"                                                  \
    }
#define IMDS_URL "http://169.254.169.254/metadata/identity/oauth2/token"

enum { CLIENT_NAME, OBJECT_NAME, RESOURCE_NAME, NO_NAME };

// clang-format off
static const struct {
    const char *name;
    struct variable variables[VARIABLES_MAX];
    int named;
    const char *method, *url, *body, *header;
} requests[] = {
    {"Service Fabric", {SERVICE_FABRIC}, NO_NAME, "GET",
        "https://localhost:2377/metadata/identity/oauth2/token?api-version=2019-07-01-preview&"
        RESOURCE "&xms_cc=cp1", "", "Secret: sf-secret\n"},
    {"App Service", {APP_SERVICE}, NO_NAME, "GET",
        "http://127.0.0.1:4141/msi/token?api-version=2019-08-01&" RESOURCE "&xms_cc=cp1",
        "",
        "X-IDENTITY-HEADER: as-secret\n"},
    {"App Service, client id", {APP_SERVICE}, CLIENT_NAME, "GET",
        "http://127.0.0.1:4141/msi/token?api-version=2019-08-01&" RESOURCE "&client_id=a%2Fb&xms_cc=cp1",
        "",
        "X-IDENTITY-HEADER: as-secret\n"},
    {"App Service, object id", {APP_SERVICE}, OBJECT_NAME, "GET",
        "http://127.0.0.1:4141/msi/token?api-version=2019-08-01&" RESOURCE "&object_id=a%2Fb&xms_cc=cp1",
        "",
        "X-IDENTITY-HEADER: as-secret\n"},
    {"App Service, resource id", {APP_SERVICE}, RESOURCE_NAME, "GET",
        "http://127.0.0.1:4141/msi/token?api-version=2019-08-01&" RESOURCE "&mi_res_id=a%2Fb&xms_cc=cp1",
        "",
        "X-IDENTITY-HEADER: as-secret\n"},
    {"Azure ML", {AZURE_ML}, NO_NAME, "GET",
        "http://127.0.0.1:4142/ml?x=1&api-version=2017-09-01&" RESOURCE, "", "secret: ml-secret\n"},
    {"Azure ML, client id", {AZURE_ML}, CLIENT_NAME, "GET",
        "http://127.0.0.1:4142/ml?x=1&api-version=2017-09-01&" RESOURCE "&clientid=a%2Fb", "",
        "secret: ml-secret\n"},
    {"Azure ML, its default", {AZURE_ML, {"DEFAULT_IDENTITY_CLIENT_ID", CLIENT}}, NO_NAME, "GET",
        "http://127.0.0.1:4142/ml?x=1&api-version=2017-09-01&" RESOURCE "&clientid=" CLIENT, "",
        "secret: ml-secret\n"},
    {"Cloud Shell", {CLOUD_SHELL}, NO_NAME, "POST", "http://localhost:50342/oauth2/token",
        RESOURCE, "Metadata: true\nContent-Type: application/x-www-form-urlencoded\n"},
    {"Azure Arc", {ARC}, NO_NAME, "GET",
        "http://localhost:40342/metadata/identity/oauth2/token?api-version=2020-06-01&" RESOURCE,
        "", "Metadata: true\n"},
    {"IMDS", {{NULL, NULL}}, NO_NAME, "GET", IMDS_URL "?api-version=2018-02-01&" RESOURCE, "",
        "Metadata: true\n"},
    {"IMDS, client id", {{NULL, NULL}}, CLIENT_NAME, "GET",
        IMDS_URL "?api-version=2018-02-01&" RESOURCE "&client_id=a%2Fb", "", "Metadata: true\n"},
    {"IMDS, object id", {{NULL, NULL}}, OBJECT_NAME, "GET",
        IMDS_URL "?api-version=2018-02-01&" RESOURCE "&object_id=a%2Fb", "", "Metadata: true\n"},
    {"IMDS, resource id", {{NULL, NULL}}, RESOURCE_NAME, "GET",
        IMDS_URL "?api-version=2018-02-01&" RESOURCE "&msi_res_id=a%2Fb", "", "Metadata: true\n"},
    {"IMDS elsewhere", {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", "https://localhost:9443/"}}, NO_NAME,
        "GET", "https://localhost:9443/metadata/identity/oauth2/token?api-version=2018-02-01&"
        RESOURCE, "", "Metadata: true\n"},
    {"an endpoint alone is none", {{"IDENTITY_ENDPOINT", "http://127.0.0.1:1/"}}, NO_NAME, "GET",
        IMDS_URL "?api-version=2018-02-01&" RESOURCE, "", "Metadata: true\n"},
};
// clang-format on

static struct azb_managed_identity_options options_named(int named, const char *id)
{
    struct azb_managed_identity_options options = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    options.client_id = named == CLIENT_NAME ? id : NULL;
    options.object_id = named == OBJECT_NAME ? id : NULL;
    options.resource_id = named == RESOURCE_NAME ? id : NULL;
    return options;
}

static void test_requests(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, EXPIRES_IN, NULL}};
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct wire *wire = wire_with(answers, COUNT(answers));
        struct azb_managed_identity_options options = options_named(requests[i].named, "a/b");
        struct azb_token_request request = batch_request();
        variables = requests[i].variables;
        print_message("  %s\n", requests[i].name);
        struct azb_credential *credential = credential_of(wire, &options, MANAGED_IDENTITY_ALONE);
        expect_token(credential, &request, "token-1");
        assert_string_equal(wire->fake.method[0], requests[i].method);
        assert_string_equal(wire->fake.url[0], requests[i].url);
        assert_string_equal(wire->fake.body[0], requests[i].body);
        assert_string_equal(wire->fake.headers[0], requests[i].header);
        assert_true(wire->no_proxy[0]);
        assert_int_equal(wire->connect_ms[0], 2000);
        assert_int_equal(wire->thumbprint != NULL, i == 0);
        azb_credential_free(credential);
    }
}

/* Two sources know of revoked tokens: they hear which one it was. */
static const struct {
    const char *name;
    struct variable variables[VARIABLES_MAX];
    const char *plain, *challenged; /* the end of the query */
} revocations[] = {
    {"App Service", {APP_SERVICE}, RESOURCE "&xms_cc=cp1",
        RESOURCE "&xms_cc=cp1&token_sha256_to_refresh="
                 "3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9"},
    {"Service Fabric", {SERVICE_FABRIC}, RESOURCE "&xms_cc=cp1",
        RESOURCE "&xms_cc=cp1&token_sha256_to_refresh="
                 "3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9"},
    {"without the capability", {APP_SERVICE, {"AZURE_IDENTITY_DISABLE_CP1", "true"}}, RESOURCE,
        RESOURCE},
    {"IMDS", {{NULL, NULL}}, RESOURCE, RESOURCE},
};

static void test_revoked(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, EXPIRES_IN, NULL}};
    for (size_t i = 0; i < COUNT(revocations); i++) {
        struct wire *wire = wire_with(answers, COUNT(answers));
        struct azb_token_request request = batch_request();
        variables = revocations[i].variables;
        print_message("  %s\n", revocations[i].name);
        struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
        expect_token(credential, &request, "token-1");
        request.claims = "{}";
        expect_token(credential, &request, "token-1");
        assert_int_equal(wire->fake.requests, 2);
        assert_true(text_ends(text_of(wire->fake.url[0]), revocations[i].plain));
        assert_true(text_ends(text_of(wire->fake.url[1]), revocations[i].challenged));
        azb_credential_free(credential);
    }
}

static void test_names(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, EXPIRES_IN, NULL}};
    struct wire *wire = wire_with(answers, COUNT(answers));
    variables = NULL;
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    assert_string_equal(azb_credential_kind(credential), "managed_identity");
    assert_string_equal(azb_credential_tenant_id(credential), "");
    request.scope = "a/.default b/.default";
    expect_error(credential, &request, AZB_ERROR_ARGUMENT, "one resource at a time");
    request.scope = "https://host/scope";
    expect_token(credential, &request, "token-1");
    assert_non_null(strstr(wire->fake.url[0], "&resource=https%3A%2F%2Fhost%2Fscope"));
    azb_credential_free(credential);
}

// clang-format off
static const struct {
    const char *name;
    struct variable variables[VARIABLES_MAX];
    const char *client_id, *object_id;
    enum azb_error_kind kind;
    const char *part;
} refusals[] = {
    {"two ids", {{NULL, NULL}}, "a", "b", AZB_ERROR_ARGUMENT, "at most one of client_id"},
    {"an empty id", {{NULL, NULL}}, "", NULL, AZB_ERROR_ARGUMENT, "not an empty one"},
    {"Service Fabric, user-assigned", {SERVICE_FABRIC}, "a", NULL, AZB_ERROR_CONFIGURATION,
        "Service Fabric (the source of managed identities here) knows the system-assigned"},
    {"Cloud Shell, user-assigned", {CLOUD_SHELL}, NULL, "a", AZB_ERROR_CONFIGURATION,
        "Cloud Shell (the source of managed identities here) knows the system-assigned"},
    {"Azure Arc, user-assigned", {ARC}, "a", NULL, AZB_ERROR_CONFIGURATION,
        "Azure Arc (the source of managed identities here) knows the system-assigned"},
    {"Azure ML, object id", {AZURE_ML}, NULL, "a", AZB_ERROR_CONFIGURATION, "by client_id only"},
    {"no URL", {{"MSI_ENDPOINT", "localhost:1"}}, NULL, NULL, AZB_ERROR_CONFIGURATION,
        "MSI_ENDPOINT is no URL of http or https"},
    {"no host", {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", "ftp://x"}}, NULL, NULL,
        AZB_ERROR_CONFIGURATION, "AZURE_POD_IDENTITY_AUTHORITY_HOST is no URL"},
    {"http to Service Fabric", {{"IDENTITY_ENDPOINT", "http://localhost:2377/"},
        {"IDENTITY_HEADER", "x"}, {"IDENTITY_SERVER_THUMBPRINT", THUMBPRINT}}, NULL, NULL,
        AZB_ERROR_CONFIGURATION, "IDENTITY_ENDPOINT must be https"},
    {"no thumbprint", {{"IDENTITY_ENDPOINT", "https://localhost:2377/"}, {"IDENTITY_HEADER", "x"},
        {"IDENTITY_SERVER_THUMBPRINT", "12:34"}}, NULL, NULL, AZB_ERROR_CONFIGURATION,
        "IDENTITY_SERVER_THUMBPRINT is no SHA-1 thumbprint: 40 hexadecimal digits"},
};
// clang-format on

static void test_refusals(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_managed_identity_options options = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
        struct entra_environment world = world_of(wire_with(NULL, 0));
        options.client_id = refusals[i].client_id;
        options.object_id = refusals[i].object_id;
        variables = refusals[i].variables;
        print_message("  %s\n", refusals[i].name);
        assert_null(managed_identity_new(&options, &world, &err));
        if (err.kind != refusals[i].kind || !strstr(err.message, refusals[i].part))
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    }
}

/* ---- Answers ---- */

#define TOKEN_WITH(rest) "{\"access_token\":\"t\",\"token_type\":\"Bearer\"," rest "}"
#define NOW 1790000000 /* 2026-09-21T14:13:20Z */

static const struct {
    const char *name, *body;
    int64_t expires_in, refresh_in; /* expires_in 0: refused */
} replies[] = {
    {"IMDS",
        "{\"access_token\":\"t\",\"refresh_token\":\"\",\"expires_in\":\"86399\","
        "\"expires_on\":\"1790086399\",\"not_before\":\"1\",\"resource\":\"r\","
        "\"token_type\":\"Bearer\"}",
        86399, 43199},
    {"number", TOKEN_WITH("\"expires_in\":7199"), 7199, 0},
    {"two hours", TOKEN_WITH("\"expires_in\":7200"), 7200, 3600},
    {"date as a string", TOKEN_WITH("\"expires_on\":\"1790003600\""), 3600, 0},
    {"date as a number", TOKEN_WITH("\"expires_on\":1790003600"), 3600, 0},
    {"in words", TOKEN_WITH("\"expires_on\":\"09/21/2026 15:13:20 +00:00\""), 3600, 0},
    {"in words, PM", TOKEN_WITH("\"expires_on\":\"9/21/2026 3:13:20 PM +00:00\""), 3600, 0},
    {"in words, midnight", TOKEN_WITH("\"expires_on\":\"9/22/2026 12:0:0 AM +00:00\""), 35200,
        17600},
    {"seconds win over a date of another clock",
        TOKEN_WITH("\"expires_in\":3600,\"expires_on\":\"5\""), 3600, 0},
    {"no type", "{\"access_token\":\"t\",\"expires_in\":3600}", 3600, 0},
    {"longer than anything", TOKEN_WITH("\"expires_in\":9000000000"), LIFETIME_MAX_S,
        LIFETIME_MAX_S / 2},

    {"expired", TOKEN_WITH("\"expires_on\":1789999999"), 0, 0},
    {"no end", TOKEN_WITH("\"x\":1"), 0, 0},
    {"another zone", TOKEN_WITH("\"expires_on\":\"09/21/2026 15:13:20 +02:00\""), 0, 0},
    {"no such month", TOKEN_WITH("\"expires_on\":\"13/21/2026 15:13:20 +00:00\""), 0, 0},
    {"no such hour", TOKEN_WITH("\"expires_on\":\"9/21/2026 13:13:20 PM +00:00\""), 0, 0},
    {"another type", "{\"access_token\":\"t\",\"expires_in\":3600,\"token_type\":\"pop\"}", 0, 0},
    {"no token", "{\"expires_in\":3600}", 0, 0},
    {"a token with a line break", "{\"access_token\":\"a\\nb\",\"expires_in\":3600}", 0, 0},
    {"not JSON", "<html>", 0, 0},
    {"an array", "[]", 0, 0},
    {"nothing", "", 0, 0},
};

static void test_replies(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(replies); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct token_reply reply = {0};
        arena_init(&arena, 0);
        print_message("  %s\n", replies[i].name);
        bool read =
            managed_identity_reply_read(text_of(replies[i].body), NOW, &arena, &reply, &err);
        assert_int_equal(read, replies[i].expires_in != 0);
        assert_int_equal(err.kind, read ? AZB_ERROR_NONE : AZB_ERROR_PROTOCOL);
        assert_int_equal(reply.expires_in, replies[i].expires_in);
        assert_int_equal(reply.refresh_in, replies[i].refresh_in);
    }
}

static const struct {
    const char *name;
    struct variable variables[VARIABLES_MAX];
    struct answer answer;
    enum azb_error_kind kind;
    const char *code, *part;
} errors[] = {
    {"IMDS", {{NULL, NULL}},
        {400,
            "{\"error\":\"invalid_request\",\"error_description\":\"Identity not "
            "found\"}",
            NULL},
        AZB_ERROR_AUTHENTICATION, AZB_CODE_UNAVAILABLE,
        "IMDS refused to give a token (HTTP 400): Identity not found"},
    {"IMDS, forbidden", {{NULL, NULL}}, {403, "{\"error\":\"no\"}", NULL}, AZB_ERROR_AUTHENTICATION,
        "no", "(HTTP 403): no"},
    {"IMDS, Docker's", {{NULL, NULL}},
        {403, "{\"error_description\":\"connecting: network is unreachable\"}", NULL},
        AZB_ERROR_AUTHENTICATION, AZB_CODE_UNAVAILABLE, "unreachable"},
    {"not IMDS", {{NULL, NULL}}, {403, "<html>", NULL}, AZB_ERROR_AUTHENTICATION,
        AZB_CODE_UNAVAILABLE, "not one of a managed identity"},
    {"App Service", {APP_SERVICE},
        {400, "{\"statusCode\":400,\"message\":\"No User Assigned\\nx\"}", NULL},
        AZB_ERROR_AUTHENTICATION, "", "App Service refused to give a token (HTTP 400): No User"},
    {"Service Fabric", {SERVICE_FABRIC},
        {404,
            "{\"error\":{\"code\":\"ManagedIdentityNotFound\",\"message\":\"no such\","
            "\"correlationId\":\"x\"}}",
            NULL},
        AZB_ERROR_AUTHENTICATION, "ManagedIdentityNotFound", "(HTTP 404): no such"},
    {"Cloud Shell", {CLOUD_SHELL}, {500, "{\"error\":{\"code\":\"a b\",\"message\":\"m\"}}", NULL},
        AZB_ERROR_SERVICE, "", "(HTTP 500): m"},
};

static void test_errors(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_token_request request = batch_request();
        struct wire *wire = wire_with(&errors[i].answer, 1);
        variables = errors[i].variables;
        print_message("  %s\n", errors[i].name);
        struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
        assert_false(azb_credential_get_token(credential, &request, &token, &err));
        if (err.kind != errors[i].kind || !strstr(err.message, errors[i].part))
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
        assert_string_equal(err.code, errors[i].code);
        assert_null(strstr(err.message, "secret"));
        azb_credential_free(credential);
    }
}

/* ---- Patience ---- */

static const struct {
    const char *name;
    struct answer answers[9];
    size_t requests;
    int64_t waited_ms;
} waits[] = {
    {"404", {{404, "", NULL}, {404, "", NULL}, {404, "", NULL}, {200, EXPIRES_IN, NULL}}, 4, 7000},
    {"404 for ever", {{404, "", NULL}, {404, "", NULL}, {404, "", NULL}, {404, "", NULL}}, 4, 7000},
    {"429", {{429, "", "5"}, {200, EXPIRES_IN, NULL}}, 2, 5000},
    {"503", {{503, "", NULL}, {200, EXPIRES_IN, NULL}}, 2, 1000},
    {"410, an update of 70 seconds",
        {{410, "", NULL}, {410, "", NULL}, {410, "", NULL}, {410, "", NULL}, {410, "", NULL},
            {410, "", NULL}, {410, "", NULL}, {200, EXPIRES_IN, NULL}},
        8, 70000},
    {"400", {{400, "{\"error\":\"x\"}", NULL}}, 1, 0},
};

static void test_waits(void **unused)
{
    (void)unused;
    variables = NULL;
    for (size_t i = 0; i < COUNT(waits); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_token_request request = batch_request();
        struct wire *wire = wire_with(waits[i].answers, COUNT(waits[i].answers));
        request.timeout_ms = 90000;
        print_message("  %s\n", waits[i].name);
        struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
        bool got = azb_credential_get_token(credential, &request, &token, &err);
        assert_int_equal(got, waits[i].answers[waits[i].requests - 1].status == 200);
        assert_int_equal(wire->fake.requests, waits[i].requests);
        assert_int_equal(wire->fake.waited_ms, waits[i].waited_ms);
        azb_token_free(&token);
        azb_credential_free(credential);
    }
}

static void test_half_of_a_long_life(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, "{\"access_token\":\"old\",\"expires_in\":86400}", NULL},
        {200, "{\"access_token\":\"new\",\"expires_in\":86400}", NULL},
    };
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct wire *wire = wire_with(answers, COUNT(answers));
    variables = NULL;
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
    int64_t now = clock_seconds(&wire->fake.clock);
    assert_true(azb_credential_get_token(credential, &request, &token, &err));
    assert_in_range(token.refresh_on, now + 43200, now + 43205);
    assert_in_range(token.expires_on, now + 86400, now + 86405);
    azb_token_free(&token);
    azb_credential_free(credential);
}

/* ---- Is there one at all? ---- */

static void test_probe(void **unused)
{
    (void)unused;
    static const struct answer absent[] = {{0, NULL, NULL}};
    static const struct answer present[] = {{400, "{}", NULL}, {200, EXPIRES_IN, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    variables = NULL;
    struct wire *wire = wire_with(absent, COUNT(absent));
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_IN_CHAIN);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_true(is_unavailable(&err));
    assert_non_null(strstr(err.message, "IMDS does not answer"));
    assert_int_equal(wire->fake.requests, 1);
    assert_int_equal(wire->fake.waited_ms, 0);
    assert_true(wire->timeout_ms[0] <= 1000 && wire->connect_ms[0] == 1000);
    azb_credential_free(credential);

    wire = wire_with(present, COUNT(present));
    credential = credential_of(wire, NULL, MANAGED_IDENTITY_IN_CHAIN);
    expect_token(credential, &request, "token-1");
    assert_string_equal(wire->fake.url[0], IMDS_URL);
    assert_string_equal(wire->fake.headers[0], ""); /* so it is refused, and costs nothing */
    request.force = true;
    expect_token(credential, &request, "token-1");
    assert_int_equal(wire->fake.requests, 3); /* looked for once */
    azb_credential_free(credential);
}

/* What the environment names is there: a failure of it is not to be passed over. */
static void test_no_probe(void **unused)
{
    (void)unused;
    static const struct variable app_service[] = {APP_SERVICE, {NULL, NULL}};
    static const struct answer absent[] = {{0, NULL, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct wire *wire = wire_with(absent, COUNT(absent));
    variables = app_service;
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_IN_CHAIN);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_false(is_unavailable(&err));
    assert_int_equal(err.kind, AZB_ERROR_NETWORK);
    assert_non_null(strstr(err.message, "App Service: no connection"));
    azb_credential_free(credential);
}

static void test_cancelled_is_no_absence(void **unused)
{
    (void)unused;
    static const struct answer absent[] = {{0, NULL, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    azb_cancel_flag cancel = true;
    variables = NULL;
    request.cancel = &cancel;
    struct wire *wire = wire_with(absent, COUNT(absent));
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_IN_CHAIN);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_CANCELLED);
    assert_false(is_unavailable(&err));
    azb_credential_free(credential);
}

/* ---- Azure Arc ---- */

#define KEYS "/var/opt/azcmagent/tokens/"

static void write_key(const char *name, const char *text, size_t length)
{
    char path[256];
    snprintf(path, sizeof(path), "%s" KEYS "%s", root, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

static int make_root(void **unused)
{
    (void)unused;
    static const char *const folders[] = {
        "/var", "/var/opt", "/var/opt/azcmagent", "/var/opt/azcmagent/tokens"};
    static char large[4097];
    char path[256];
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < COUNT(folders); i++) {
        snprintf(path, sizeof(path), "%s%s", root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    memset(large, 'a', sizeof(large));
    write_key("good.key", "arc-key\n", 8);
    write_key("largest.key", large, 4096);
    write_key("large.key", large, 4097);
    write_key("empty.key", "", 0);
    write_key("lines.key", "a\nb", 3);
    write_key("other.txt", "x", 1);
    snprintf(path, sizeof(path), "%s" KEYS "link.key", root);
    assert_int_equal(symlink("good.key", path), 0);
    snprintf(path, sizeof(path), "%s" KEYS "folder.key", root);
    assert_int_equal(mkdir(path, 0700), 0);
    return 0;
}

static int remove_root(void **unused)
{
    (void)unused;
    static const char *const files[] = {KEYS "good.key", KEYS "largest.key", KEYS "large.key",
        KEYS "empty.key", KEYS "lines.key", KEYS "other.txt", KEYS "link.key", KEYS "folder.key",
        KEYS, "/var/opt/azcmagent", "/var/opt", "/var", ""};
    char path[256];
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s%s", root, files[i]);
        remove(path);
    }
    return 0;
}

static void test_arc(void **unused)
{
    (void)unused;
    static const struct variable arc[] = {ARC, {NULL, NULL}};
    static const struct answer answers[] = {{401, "", NULL}, {200, EXPIRES_IN, NULL}};
    struct azb_token_request request = batch_request();
    struct wire *wire = wire_with(answers, COUNT(answers));
    variables = arc;
    wire->challenge = "Basic realm=" KEYS "good.key";
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
    expect_token(credential, &request, "token-1");
    assert_int_equal(wire->fake.requests, 2);
    assert_string_equal(wire->fake.url[1], wire->fake.url[0]);
    assert_string_equal(wire->fake.headers[0], "Metadata: true\n");
    assert_string_equal(wire->fake.headers[1], "Metadata: true\nAuthorization: Basic arc-key\n");
    azb_credential_free(credential);
}

/* Its agent's program shows it as well as variables do. */
static void test_arc_by_its_file(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, EXPIRES_IN, NULL}};
    struct azb_token_request request = batch_request();
    struct wire *wire = wire_with(answers, COUNT(answers));
    char folder[256], file[300];
    snprintf(folder, sizeof(folder), "%s/var/opt/azcmagent/bin", root);
    snprintf(file, sizeof(file), "%s/himds", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    fclose(fopen(file, "w"));
    variables = NULL;
    struct azb_credential *credential = credential_of(wire, NULL, MANAGED_IDENTITY_ALONE);
    unlink(file);
    rmdir(folder);
    expect_token(credential, &request, "token-1");
    assert_string_equal(wire->fake.url[0],
        "http://localhost:40342/metadata/identity/oauth2/token?api-version=2020-06-01&" RESOURCE);
    azb_credential_free(credential);
}

static const struct {
    const char *name, *challenge;
    const char *part; /* NULL: the key is read */
} challenges[] = {
    {"good", "Basic realm=" KEYS "good.key", NULL},
    {"quoted", "basic realm=\"" KEYS "good.key\"", NULL},
    {"as large as allowed", "Basic realm=" KEYS "largest.key", NULL},
    {"none", NULL, "has no WWW-Authenticate"},
    {"another scheme", "Bearer realm=" KEYS "good.key", "has no WWW-Authenticate"},
    {"no path", "Basic realm=", "not one of its keys"},
    {"elsewhere", "Basic realm=/etc/passwd.key", "not one of its keys"},
    {"up", "Basic realm=" KEYS "../../../../etc/x.key", "not one of its keys"},
    {"up and back", "Basic realm=" KEYS "../tokens/good.key", "not one of its keys"},
    {"below", "Basic realm=" KEYS "a/good.key", "not one of its keys"},
    {"another suffix", "Basic realm=" KEYS "other.txt", "not one of its keys"},
    {"a suffix alone", "Basic realm=" KEYS ".key", "not one of its keys"},
    {"relative", "Basic realm=good.key", "not one of its keys"},
    {"too large", "Basic realm=" KEYS "large.key", "too large (4096 bytes are allowed)"},
    {"empty", "Basic realm=" KEYS "empty.key", "holds no key"},
    {"several lines", "Basic realm=" KEYS "lines.key", "holds no key"},
    {"a link", "Basic realm=" KEYS "link.key", "not a regular file"},
    {"a folder", "Basic realm=" KEYS "folder.key", "not a regular file"},
    {"not there", "Basic realm=" KEYS "gone.key", "cannot be opened: No such file"},
};

static void test_challenges(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(challenges); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        char *key = NULL;
        arena_init(&arena, 0);
        print_message("  %s\n", challenges[i].name);
        bool read = arc_key_read(root, challenges[i].challenge, &arena, &key, &err);
        assert_int_equal(read, challenges[i].part == NULL);
        if (!read && !strstr(err.message, challenges[i].part))
            fail_test("%s", err.message);
    }
}

/* ---- Memory ---- */

static bool one_life(struct wire *wire)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_managed_identity_options options = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    struct entra_environment world = world_of(wire);
    wire->challenge = "Basic realm=" KEYS "good.key";
    struct azb_credential *credential = managed_identity_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    /* A buffer that has no memory cannot tell from one that is full. */
    if (!got && err.kind != AZB_ERROR_MEMORY && !strstr(err.message, "or memory is out"))
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    static const struct variable arc[] = {ARC, {NULL, NULL}};
    static const struct answer answers[] = {{401, "", NULL}, {200, EXPIRES_IN, NULL}};
    int failed = 0, in_a_row = 0;
    variables = arc;
    for (long n = 1; in_a_row < 20; n++) {
        struct wire *wire = wire_with(answers, COUNT(answers));
        memory_fail_after(n);
        bool got = one_life(wire);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_half_of_a_long_life),
        cmocka_unit_test(test_probe),
        cmocka_unit_test(test_no_probe),
        cmocka_unit_test(test_cancelled_is_no_absence),
        cmocka_unit_test(test_arc),
        cmocka_unit_test(test_arc_by_its_file),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
