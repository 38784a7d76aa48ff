/* The endpoints of managed identities: what each source needs, answers and refuses. */
#include "made_service.h"

#include "entra/managed_identity.h"
#include "entra/state.h"

#define IMDS "/metadata/identity/oauth2/token?api-version=2018-02-01"
#define APP_SERVICE "/msi/token?api-version=2019-08-01"
#define AZURE_ML "/msi/token?api-version=2017-09-01"
#define BATCH "&resource=https://batch.core.windows.net/"
#define SECRET "the state's own" /* stands for the identity header */
#define NOBODY "00000000-0000-4000-8000-000000000000"

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

static const struct {
    const char *name;
    serve_fn *serve;
    const char *method, *target, *body, *header, *value;
    int status;
    const char *reply; /* part of it */
} cases[] = {
    {"IMDS", identity_serve_imds, "GET", IMDS BATCH, NULL, "Metadata", "true", 200,
        "\"expires_in\":\"86400\",\"ext_expires_in\":\"86400\",\"expires_on\":\""},
    {"IMDS, Metadata in another case", identity_serve_imds, "GET", IMDS BATCH, NULL, "metadata",
        "True", 200, "\"token_type\":\"Bearer\""},
    {"IMDS without Metadata", identity_serve_imds, "GET", IMDS BATCH, NULL, "Accept", "*/*", 400,
        "{\"error\":\"bad_request_102\",\"error_description\":\"Required metadata header not "
        "specified\"}"},
    {"IMDS, Metadata: false", identity_serve_imds, "GET", IMDS BATCH, NULL, "Metadata", "false",
        400, "bad_request_102"},
    {"IMDS, another version", identity_serve_imds, "GET",
        "/metadata/identity/oauth2/token?api-version=2017-01-01" BATCH, NULL, "Metadata", "true",
        400, "'2017-01-01' is not served; '2018-02-01' is"},
    {"IMDS, an empty resource", identity_serve_imds, "GET", IMDS "&resource=", NULL, "Metadata",
        "true", 400, "'resource' is missing"},
    {"IMDS, nobody's client id", identity_serve_imds, "GET", IMDS BATCH "&client_id=" NOBODY, NULL,
        "Metadata", "true", 400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity"},
    {"IMDS, two ids", identity_serve_imds, "GET",
        IMDS BATCH "&client_id=" NOBODY "&mi_res_id=/subscriptions/s", NULL, "Metadata", "true",
        400, "'client_id' and 'mi_res_id' name an identity; one of them may"},
    {"IMDS, Azure ML's parameter", identity_serve_imds, "GET", IMDS BATCH "&clientid=" NOBODY, NULL,
        "Metadata", "true", 400, "IMDS does not take the parameter 'clientid'"},
    {"App Service", identity_serve_app_service, "GET", APP_SERVICE BATCH, NULL, "X-IDENTITY-HEADER",
        SECRET, 200, "\"client_id\":\""},
    {"App Service, another secret", identity_serve_app_service, "GET", APP_SERVICE BATCH, NULL,
        "X-IDENTITY-HEADER", "x", 401, "{\"statusCode\":401,\"message\":\""},
    {"App Service, an empty secret", identity_serve_app_service, "GET", APP_SERVICE BATCH, NULL,
        "X-IDENTITY-HEADER", "", 401, "is not the one of this azbd"},
    {"App Service, the other header", identity_serve_app_service, "GET", APP_SERVICE BATCH, NULL,
        "secret", SECRET, 401, "the header X-IDENTITY-HEADER is missing"},
    {"App Service without a version", identity_serve_app_service, "GET", "/msi/token?x=" BATCH,
        NULL, "X-IDENTITY-HEADER", SECRET, 400, "'api-version' is missing"},
    {"Azure ML", identity_serve_app_service, "GET", AZURE_ML BATCH, NULL, "secret", SECRET, 200,
        "\"resource\":\"https://batch.core.windows.net/\""},
    {"Azure ML, App Service's header", identity_serve_app_service, "GET", AZURE_ML BATCH, NULL,
        "X-IDENTITY-HEADER", SECRET, 401, "the header secret is missing"},
    {"Cloud Shell", identity_serve_cloud_shell, "POST", "/msi/token",
        "resource=https%3A%2F%2Fstorage.azure.com", "Metadata", "true", 200,
        "\"resource\":\"https://storage.azure.com\""},
    {"Cloud Shell, an id", identity_serve_cloud_shell, "POST", "/msi/token",
        "resource=https://storage.azure.com&mi_res_id=x", "Metadata", "true", 400,
        "{\"error\":{\"code\":\"invalid_request\",\"message\":\"Cloud Shell does not take the"},
    {"Cloud Shell, an unknown resource", identity_serve_cloud_shell, "POST", "/msi/token",
        "resource=https://storage.azure.org", "Metadata", "true", 400,
        "{\"error\":{\"code\":\"invalid_resource\",\"message\":\"AADSTS500011: "},
    {"Cloud Shell, not a form", identity_serve_cloud_shell, "POST", "/msi/token", "resource=%ZZ",
        "Metadata", "true", 400, "{\"error\":{\"code\":\"AADSTS9002313\""},
};

static void ask(struct made *made, size_t i)
{
    made_request(made, &service, PLANE_ENTRA, cases[i].method, cases[i].target);
    const char *value = cases[i].value;
    made_header(
        made, cases[i].header, strcmp(value, SECRET) == 0 ? service.entra->identity_header : value);
    if (cases[i].body) {
        made_header(made, "Content-Type", "application/x-www-form-urlencoded");
        made->request.body = text_of(cases[i].body);
    }
}

static void each_source_has_its_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        print_message("%s\n", cases[i].name);
        ask(&made, i);
        made_serve(&made, cases[i].serve, entra_plane());
        const char *body = text_string(&made.request.arena, made.reply.body);
        assert_int_equal(made.reply.status, cases[i].status);
        if (!strstr(body, cases[i].reply))
            fail_msg("%s", body);
        assert_string_equal(made_reply_header(&made, "Cache-Control"), "no-store, no-cache");
        made_free(&made);
    }
}

static const struct {
    const char *name, *host, *header;
    bool remote;
    const char *source; /* "secret": App Service, else IMDS */
    int status;
} places[] = {
    {"localhost", "localhost:8443", NULL, false, "", 200},
    {"a loopback address", "127.0.0.1:8443", NULL, false, "", 200},
    {"the metadata address", "169.254.169.254", NULL, false, "", 200},
    {"somebody's name for it", "azbd.example:8443", NULL, false, "", 403},
    {"a host of Entra", "login.microsoftonline.com", NULL, false, "", 403},
    {"forwarded", "localhost:8443", "X-Forwarded-For", false, "", 400},
    {"a web page", "localhost:8443", "Origin", false, "", 403},
    {"a web page that knows the secret", "localhost:8443", "Origin", false, "secret", 403},
    {"remote, without a secret", "localhost:8443", NULL, true, "", 403},
    {"remote, with one", "localhost:8443", NULL, true, "secret", 200},
};

static void only_this_machine_is_served(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct made made;
        bool secret = *places[i].source != '\0';
        print_message("%s\n", places[i].name);
        made_request(&made, &service, PLANE_ENTRA, "GET", secret ? APP_SERVICE BATCH : IMDS BATCH);
        made.request.host = text_of(places[i].host);
        made_header(&made, "Metadata", "true");
        made_header(&made, "X-IDENTITY-HEADER", service.entra->identity_header);
        if (places[i].header)
            made_header(&made, places[i].header, "10.0.0.1");
        service.options.allow_remote = places[i].remote;
        made_serve(&made, secret ? identity_serve_app_service : identity_serve_imds, entra_plane());
        service.options.allow_remote = false;
        assert_int_equal(made.reply.status, places[i].status);
        made_free(&made);
    }
}

/* A file that was cut is made anew; a good one stays. */
static void the_secret_is_the_states(void **state)
{
    char first[IDENTITY_HEADER_TEXT], again[IDENTITY_HEADER_TEXT], path[PATH_MAX + 32];
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_true(identity_header_open(&service, first, &err));
    assert_string_equal(first, service.entra->identity_header);
    snprintf(path, sizeof path, "%s/identity-header", service.state);
    assert_int_equal(truncate(path, 0), 0);
    assert_true(identity_header_open(&service, again, &err));
    assert_string_not_equal(first, again);
    assert_int_equal(strlen(again), IDENTITY_HEADER_TEXT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_source_has_its_form),
        cmocka_unit_test(only_this_machine_is_served),
        cmocka_unit_test(the_secret_is_the_states),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
