/* The Graph plane: applications, their credentials, service principals, and every refusal. */
#include "../base/keys.h"
#include "planes_arm_graph.h"

#define APPS "/v1.0/applications"
#define PRINCIPALS "/v1.0/servicePrincipals"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"
#define LONG_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct service service;
static struct made_application guest = {.name = "guest", .secret = "a-secret-of-the-guest"};
static struct made_application it = {.name = "it's", .no_principal = true};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX], arm[ADMIN_TOKEN_MAX];
static char own[128]; /* "/v1.0/applications/{object id of `it`}" */

static const struct json *call(
    struct made *made, const char *method, const char *path, const char *body)
{
    made_call(made, &service, PLANE_GRAPH, admin, method, path, body);
    return made->reply.body.length ? made_reply_json(made) : NULL;
}

static int start(void **state)
{
    (void)state;
    struct made made;
    made_start(&service);
    made_application_add(&service, &guest);
    made_application_add(&service, &it);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    made_token(&service, guest.app_id, guest.secret, RESOURCE_GRAPH, visitor);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, arm);
    const struct json *found = call(&made, "GET", APPS "?$filter=displayName+eq+'it''s'", NULL);
    snprintf(own, sizeof own, APPS "/%.*s",
        TEXT_ARGS(json_get_text(json_get(found, "value")->first, "id")));
    made_free(&made);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Refusals -------------------------------------------------------------------------------- */

#define URI(member, uri) "{\"displayName\":\"x\",\"" member "\":{\"redirectUris\":[\"" uri "\"]}}"

static void refuses(void **state)
{
    (void)state;
    char patch[160], add[160], removal[160];
    snprintf(patch, sizeof patch, "%s", own);
    snprintf(add, sizeof add, "%s/addPassword", own);
    snprintf(removal, sizeof removal, "%s/removePassword", own);
    const char *bad = "Request_BadRequest", *query = "Request_UnsupportedQuery";
    const struct {
        const char *name, *token, *method, *path, *body;
        int status;
        const char *code;
    } cases[] = {
        {"no token", NULL, "GET", APPS, NULL, 401, "InvalidAuthenticationToken"},
        {"a token for ARM", arm, "GET", APPS, NULL, 401, "InvalidAuthenticationToken"},
        {"nothing there", admin, "GET", "/v1.0/nothing", NULL, 404, "ResourceNotFound"},
        {"not served", admin, "POST", "/v1.0/$batch", "{}", 501, "NotImplemented"},
        {"no administrator", visitor, "POST", APPS, "{\"displayName\":\"x\"}", 403,
            "Authorization_RequestDenied"},
        {"no administrator: its own secret", visitor, "POST", add, "{}", 403,
            "Authorization_RequestDenied"},
        {"no body", admin, "POST", APPS, NULL, 400, "BadRequest"},
        {"not JSON", admin, "POST", APPS, "{\"displayName\":", 400, "BadRequest"},
        {"no name", admin, "POST", APPS, "{}", 400, bad},
        {"an empty name", admin, "POST", APPS, "{\"displayName\":\" \"}", 400, bad},
        {"a name with a NUL", admin, "POST", APPS, "{\"displayName\":\"a\\u0000b\"}", 400,
            "BadRequest"},
        {"a NUL further in", admin, "POST", add,
            "{\"passwordCredential\":{\"displayName\":\"a\\u0000b\"}}", 400, "BadRequest"},
        {"a number for a name", admin, "POST", APPS, "{\"displayName\":1}", 400, bad},
        {"a name of 257 characters", admin, "POST", APPS,
            "{\"displayName\":\"" LONG_64 LONG_64 LONG_64 LONG_64 "a\"}", 400, bad},
        {"a property that is not known", admin, "POST", APPS,
            "{\"displayName\":\"x\",\"colour\":\"red\"}", 400, bad},
        {"a trusted client that is none", admin, "POST", APPS,
            "{\"displayName\":\"x\",\"api\":{\"preAuthorizedApplications\":[{}]}}", 400, bad},
        {"a list for a text", admin, "POST", APPS, "{\"displayName\":\"x\",\"notes\":[]}", 400,
            bad},
        {"a number among tags", admin, "POST", APPS, "{\"displayName\":\"x\",\"tags\":[1]}", 400,
            bad},
        {"an unknown member of web", admin, "POST", APPS,
            "{\"displayName\":\"x\",\"web\":{\"colour\":\"red\"}}", 400, bad},
        {"secrets in the body", admin, "POST", APPS,
            "{\"displayName\":\"x\",\"passwordCredentials\":[{}]}", 400, bad},
        {"http for the web", admin, "POST", APPS, URI("web", "http://example.com/"), 400, bad},
        {"http for a public client", admin, "POST", APPS, URI("publicClient", "HTTP://example.com"),
            400, bad},
        {"a host that begins like localhost", admin, "POST", APPS,
            URI("web", "http://localhost.example.com/"), 400, bad},
        {"a fragment", admin, "POST", APPS, URI("web", "https://example.com/#x"), 400, bad},
        {"a wildcard", admin, "POST", APPS, URI("web", "https://*.example.com/"), 400, bad},
        {"a scheme of its own for the web", admin, "POST", APPS, URI("spa", "myapp://x"), 400, bad},
        {"an object for redirect URIs", admin, "POST", APPS,
            "{\"displayName\":\"x\",\"web\":{\"redirectUris\":{}}}", 400, bad},
        {"unknown application", admin, "GET", APPS "/" UNKNOWN_ID, NULL, 404,
            "Request_ResourceNotFound"},
        {"unknown client id", admin, "GET", APPS "(appId='" UNKNOWN_ID "')", NULL, 404,
            "Request_ResourceNotFound"},
        {"an end that is no time", admin, "POST", add,
            "{\"passwordCredential\":{\"endDateTime\":\"soon\"}}", 400, bad},
        {"an end that is no string", admin, "POST", add,
            "{\"passwordCredential\":{\"endDateTime\":2027}}", 400, bad},
        {"an end before the start", admin, "POST", add,
            "{\"passwordCredential\":{\"endDateTime\":\"2020-01-01T00:00:00Z\"}}", 400, bad},
        {"a credential that is no object", admin, "POST", add, "{\"passwordCredential\":[]}", 400,
            bad},
        {"an unknown secret", admin, "POST", removal, "{\"keyId\":\"" UNKNOWN_ID "\"}", 400, bad},
        {"a secret without id", admin, "POST", removal, "{}", 400, bad},
        {"certificates that are no list", admin, "PATCH", patch, "{\"keyCredentials\":{}}", 400,
            bad},
        {"a key that is no base64", admin, "PATCH", patch, "{\"keyCredentials\":[{\"key\":\"?\"}]}",
            400, bad},
        {"a key that is no certificate", admin, "PATCH", patch,
            "{\"keyCredentials\":[{\"key\":\"AAAA\"}]}", 400, bad},
        {"a key that is not there", admin, "PATCH", patch,
            "{\"keyCredentials\":[{\"keyId\":\"" UNKNOWN_ID "\",\"key\":null}]}", 400, bad},
        {"a symmetric key", admin, "PATCH", patch,
            "{\"keyCredentials\":[{\"type\":\"Symmetric\",\"key\":\"AAAA\"}]}", 400, bad},
        {"principal without appId", admin, "POST", PRINCIPALS, "{}", 400, bad},
        {"principal of no application", admin, "POST", PRINCIPALS, "{\"appId\":\"" UNKNOWN_ID "\"}",
            400, "NoBackingApplicationObject"},
        {"a second principal", admin, "POST", PRINCIPALS, "{\"appId\":\"" MADE_CLIENT "\"}", 409,
            "Request_MultipleObjectsWithSameKeyValue"},
        {"filter: a property", admin, "GET", APPS "?$filter=colour+eq+'red'", NULL, 400, query},
        {"filter: an operator", admin, "GET", APPS "?$filter=appId+ne+'x'", NULL, 400, query},
        {"filter: no quote", admin, "GET", APPS "?$filter=appId+eq+'x", NULL, 400, query},
        {"filter: an open bracket", admin, "GET", APPS "?$filter=(id+eq+'x'", NULL, 400, query},
        {"filter: not without the header", admin, "GET", APPS "?$filter=not(id+eq+'x')", NULL, 400,
            query},
        {"filter: a truth for a text", admin, "GET", APPS "?$filter=displayName+eq+true", NULL, 400,
            query},
        {"filter: in without an end", admin, "GET", APPS "?$filter=id+in+('x','y'", NULL, 400,
            query},
        {"$orderby of nothing", admin, "GET", APPS "?$orderby=colour", NULL, 400, query},
        {"$expand", admin, "GET", APPS "?$expand=owners", NULL, 400, query},
        {"$count that is none", admin, "GET", APPS "?$count=maybe", NULL, 400, query},
        {"filter: half", admin, "GET", APPS "?$filter=id+eq+'x'+and", NULL, 400, query},
        {"$top of none", admin, "GET", APPS "?$top=0", NULL, 400, query},
        {"$search without quotes", admin, "GET", APPS "?$search=x", NULL, 400, query},
        {"$search without the header", admin, "GET", APPS "?$search=%22displayName:x%22", NULL, 400,
            query},
        {"me without a user", admin, "GET", "/v1.0/me", NULL, 400, "BadRequest"},
        {"ids that are none", admin, "POST", "/v1.0/directoryObjects/getByIds", "{\"ids\":[1]}",
            400, bad},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char code[80];
        printf("  %s\n", cases[i].name);
        made_call(&made, &service, PLANE_GRAPH, cases[i].token, cases[i].method, cases[i].path,
            cases[i].body);
        made_code(&made, code);
        assert_string_equal(code, cases[i].code);
        assert_int_equal(made.reply.status, cases[i].status);
        assert_non_null(json_path(made_reply_json(&made), "error.innerError.request-id"));
        made_free(&made);
    }
}

/* ---- Lists ----------------------------------------------------------------------------------- */

static void filters(void **state)
{
    (void)state;
    char by_principal[200];
    snprintf(by_principal, sizeof by_principal,
        PRINCIPALS "?$filter=servicePrincipalNames/any(c:c%%20eq%%20'%s')", guest.app_id);
    const struct {
        const char *name, *path;
        size_t count;
    } cases[] = {
        {"all applications", APPS, 3},
        {"by client id", APPS "?$filter=appId+eq+'" MADE_CLIENT "'", 1},
        {"by nobody's client id", APPS "?$filter=appId+eq+'" UNKNOWN_ID "'", 0},
        {"by name, any case", APPS "?$filter=displayName+eq+'GUEST'", 1},
        {"a quote in a name", APPS "?$filter=displayName+eq+'it''s'", 1},
        {"by the beginning of the name", APPS "?$filter=startswith(displayName,'gu')", 1},
        {"one or the other", APPS "?$filter=displayName+eq+'guest'+or+displayName+eq+'it''s'", 2},
        {"one and the other", APPS "?$filter=displayName+eq+'guest'+and+displayName+eq+'x'", 0},
        {"one of", APPS "?$filter=displayName+in+('guest',+'it''s',+'nobody')", 2},
        {"one of, by client id", APPS "?$filter=appId+in+('" MADE_CLIENT "','" UNKNOWN_ID "')", 1},
        {"and before or",
            APPS "?$filter=displayName+eq+'guest'+or+displayName+eq+'it''s'+and+displayName+eq+'x'",
            1},
        {"brackets",
            APPS
            "?$filter=(displayName+eq+'guest'+or+displayName+eq+'it''s')+and+displayName+eq+'x'",
            0},
        {"those that are enabled", PRINCIPALS "?$filter=accountEnabled+eq+false", 0},
        {"by one of Microsoft's names",
            PRINCIPALS
            "?$filter=servicePrincipalNames/any(c:c+eq+'https://batch.core.windows.net')",
            1},
        {"principals", PRINCIPALS, 2 + MADE_STRANGERS},
        {"principals by one of their names", by_principal, 1},
        {"users", "/v1.0/users?$filter=userPrincipalName+eq+'ann'", 0},
        {"groups", "/v1.0/groups", 0},
        {"the organization", "/v1.0/organization", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        printf("  %s\n", cases[i].name);
        const struct json *answer = call(&made, "GET", cases[i].path, NULL);
        assert_int_equal(made.reply.status, 200);
        assert_int_equal(json_get(answer, "value")->count, cases[i].count);
        made_free(&made);
    }
}

/* Every application is on exactly one of the pages. */
static void pages(void **state)
{
    (void)state;
    char path[300] = APPS "?$top=1&$select=id";
    size_t seen = 0;
    while (*path) {
        struct made made;
        const struct json *answer = call(&made, "GET", path, NULL);
        const struct json *value = json_get(answer, "value");
        assert_int_equal(value->count, 1);
        assert_int_equal(value->first->count, 1); /* the id and nothing else */
        struct text next = json_get_text(answer, "@odata.nextLink");
        struct text rest = text_slice(next, strlen("https://" MADE_HOST), next.length);
        snprintf(path, sizeof path, "%.*s", TEXT_ARGS(rest));
        seen++;
        made_free(&made);
    }
    assert_int_equal(seen, 3);
}

/* ---- The life of an application -------------------------------------------------------------- */

static void lives(void **state)
{
    (void)state;
    struct made made, got, gone;
    char path[160], principal[200];
    const struct json *app = call(&made, "POST", APPS,
        "{\"displayName\":\"life\",\"publicClient\":{\"redirectUris\":[\"http://localhost\","
        "\"myapp://back\"]},\"web\":{\"redirectUris\":[\"https://example.com/back\"]}}");
    assert_int_equal(made.reply.status, 201);
    assert_int_equal(json_path(app, "publicClient.redirectUris")->count, 2);
    snprintf(path, sizeof path, APPS "/%.*s", TEXT_ARGS(json_get_text(app, "id")));
    snprintf(principal, sizeof principal, "{\"appId\":\"%.*s\",\"accountEnabled\":true}",
        TEXT_ARGS(json_get_text(app, "appId")));
    call(&got, "POST", PRINCIPALS, principal);
    assert_int_equal(got.reply.status, 201);
    made_free(&got);
    call(&got, "PATCH", path, "{\"displayName\":\"lived\",\"web\":{\"redirectUris\":[]}}");
    assert_int_equal(got.reply.status, 204);
    made_free(&got);
    app = call(&got, "GET", path, NULL);
    made_text_equal(json_get_text(app, "displayName"), "lived");
    assert_int_equal(json_path(app, "publicClient.redirectUris")->count, 2); /* left alone */
    assert_int_equal(json_path(app, "web.redirectUris")->count, 0);
    made_free(&got);
    call(&gone, "DELETE", path, NULL);
    assert_int_equal(gone.reply.status, 204);
    made_free(&gone);
    call(&gone, "GET", path, NULL);
    assert_int_equal(gone.reply.status, 404);
    made_free(&gone);
    made_free(&made);
}

static bool promote(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct made_application *made = context;
    char team[GUID_TEXT];
    return random_guid(team) && group_add(connection, team, "team", 1, err) &&
           group_add_member(connection, team, made->object_id, err) &&
           directory_role_add(
               connection, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR, made->object_id, err);
}

static int64_t count_places(const char *sql, const char *object_id)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_statement struct statement s = statement(store_reader(service.store, &err), sql);
    bool row;
    statement_bind_string(&s, 1, object_id);
    assert_true(statement_step(&s, &row, &err));
    return statement_i64(&s, 0);
}

static void expect_places(const char *object_id, int64_t count)
{
    assert_int_equal(
        count_places("SELECT count(*) FROM group_member WHERE member_id = ?1", object_id), count);
    assert_int_equal(
        count_places(
            "SELECT count(*) FROM directory_role_member WHERE principal_id = ?1", object_id),
        count);
}

/* The token of a deleted administrator is believed until it expires, but it administrates nothing:
 * deleting takes it out of directory roles and groups. */
static void deleted_is_nobody(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path;
    } ways[] = {
        {"application", APPS},
        {"service principal", PRINCIPALS},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct made_application boss = {.name = "boss", .secret = "a-secret-of-the-boss"};
        struct made made;
        char token[ADMIN_TOKEN_MAX], path[160];
        const char *const body = "{\"displayName\":\"by the boss\"}";
        printf("  %s\n", ways[i].name);
        made_application_add(&service, &boss);
        made_write(&service, promote, &boss);
        expect_places(boss.object_id, 1);
        made_token(&service, boss.app_id, boss.secret, RESOURCE_GRAPH, token);
        made_call(&made, &service, PLANE_GRAPH, token, "POST", APPS, body);
        assert_int_equal(made.reply.status, 201);
        made_free(&made);
        snprintf(path, sizeof path, "%s(appId='%s')", ways[i].path, boss.app_id);
        call(&made, "DELETE", path, NULL);
        assert_int_equal(made.reply.status, 204);
        made_free(&made);
        made_call(&made, &service, PLANE_GRAPH, token, "POST", APPS, body);
        assert_int_equal(made.reply.status, 403);
        made_free(&made);
        expect_places(boss.object_id, 0);
    }
}

/* A secret is shown once, works, and is gone when removed; one that has expired can be made. */
static void keeps_secrets(void **state)
{
    (void)state;
    struct made made, shown;
    char path[160], body[120];
    snprintf(path, sizeof path, "%s/addPassword", own);
    const struct json *secret = call(&made, "POST", path,
        "{\"passwordCredential\":{\"displayName\":\"ci\",\"startDateTime\":\"2019-01-01T00:00:00Z\""
        ",\"endDateTime\":\"2020-01-01T00:00:00Z\"}}");
    assert_int_equal(made.reply.status, 200);
    assert_int_equal(json_get_text(secret, "secretText").length, SECRET_LENGTH);
    made_text_equal(json_get_text(secret, "endDateTime"), "2020-01-01T00:00:00Z");
    const struct json *listed = json_get(call(&shown, "GET", own, NULL), "passwordCredentials");
    assert_int_equal(listed->count, 1);
    assert_int_equal(json_get(listed->first, "secretText")->type, JSON_NULL);
    assert_int_equal(json_get_text(listed->first, "hint").length, 3);
    snprintf(body, sizeof body, "{\"keyId\":\"%.*s\"}", TEXT_ARGS(json_get_text(secret, "keyId")));
    made_free(&shown);
    snprintf(path, sizeof path, "%s/removePassword", own);
    call(&shown, "POST", path, body);
    assert_int_equal(shown.reply.status, 204);
    made_free(&shown);
    assert_int_equal(json_get(call(&shown, "GET", own, NULL), "passwordCredentials")->count, 0);
    made_free(&shown);
    made_free(&made);
}

/* ---- Certificates ---------------------------------------------------------------------------- */

/* The base64 of the certificate, with its line breaks as JSON writes them. */
static void read_certificate(char out[4096])
{
    const char *at = strchr(strstr(certificate_pem, "BEGIN CERTIFICATE"), '\n') + 1;
    size_t length = 0;
    while (*at != '-') {
        int line = (int)strcspn(at, "\n");
        length += (size_t)snprintf(out + length, 4096 - length, "%.*s\\n", line, at);
        at += line + 1;
    }
}

static size_t count_keys(char key_id[GUID_TEXT])
{
    struct made made;
    const struct json *keys = json_get(call(&made, "GET", own, NULL), "keyCredentials");
    size_t count = keys->count;
    if (count) {
        snprintf(key_id, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(keys->first, "keyId")));
        assert_int_equal(json_get(keys->first, "key")->type, JSON_NULL);
        assert_int_equal(json_get_text(keys->first, "customKeyIdentifier").length, 40);
    }
    made_free(&made);
    return count;
}

static void patch_keys(const char *entries, int status)
{
    struct made made;
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 32 * 1024);
    buffer_format(&text, "{\"keyCredentials\":[%s]}", entries);
    call(&made, "PATCH", own, text.at);
    assert_int_equal(made.reply.status, status);
    made_free(&made);
}

#define PART_END "2027-01-02T03:04:05Z"

static void expect_span(const char *end)
{
    struct made made;
    const struct json *keys = json_get(call(&made, "GET", own, NULL), "keyCredentials");
    assert_int_equal(keys->count, 1);
    made_text_equal(json_get_text(keys->first, "endDateTime"), end);
    assert_int_not_equal(strncmp(json_get_text(keys->first, "startDateTime").at, "2001", 4), 0);
    made_free(&made);
}

static void keeps_certificates(void **state)
{
    (void)state;
    char base64[4096], entry[5000], key_id[GUID_TEXT] = "", same[GUID_TEXT] = "";
    read_certificate(base64);
    snprintf(entry, sizeof entry,
        "{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\","
        "\"key\":\"%s\"}",
        base64);
    patch_keys(entry, 204);
    assert_int_equal(count_keys(key_id), 1);
    snprintf(entry, sizeof entry, "{\"keyId\":\"%s\",\"key\":null}", key_id);
    patch_keys(entry, 204);
    assert_int_equal(count_keys(same), 1);
    assert_string_equal(same, key_id); /* kept, not made anew */
    snprintf(entry, sizeof entry,
        "{\"keyId\":\"%s\",\"key\":null},{\"endDateTime\":\"9999-01-01T00:00:00Z\",\"key\":\"%s\"}",
        key_id, base64);
    patch_keys(entry, 400);
    assert_int_equal(count_keys(same), 1);
    patch_keys("", 204);
    assert_int_equal(count_keys(same), 0);
    snprintf(
        entry, sizeof entry, "{\"endDateTime\":\"2001-01-01T00:00:00Z\",\"key\":\"%s\"}", base64);
    patch_keys(entry, 400); /* before its start */
    snprintf(entry, sizeof entry,
        "{\"startDateTime\":\"2001-01-01T00:00:00Z\",\"endDateTime\":\"" PART_END "\","
        "\"key\":\"%s\"}",
        base64);
    patch_keys(entry, 204); /* a part of its certificate's time: later begin, earlier end */
    expect_span(PART_END);
    patch_keys("", 204);
}

static void gets_by_ids(void **state)
{
    (void)state;
    struct made made;
    char body[300];
    snprintf(body, sizeof body, "{\"ids\":[\"%s\",\"%s\",\"" UNKNOWN_ID "\"],\"types\":[]}",
        MADE_OBJECT, own + strlen(APPS "/"));
    const struct json *value =
        json_get(call(&made, "POST", "/v1.0/directoryObjects/getByIds", body), "value");
    assert_int_equal(value->count, 2);
    made_text_equal(
        json_get_text(value->first, "@odata.type"), "#microsoft.graph.servicePrincipal");
    made_text_equal(
        json_get_text(value->first->next, "@odata.type"), "#microsoft.graph.application");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(filters),
        cmocka_unit_test(pages),
        cmocka_unit_test(lives),
        cmocka_unit_test(keeps_secrets),
        cmocka_unit_test(keeps_certificates),
        cmocka_unit_test(gets_by_ids),
        cmocka_unit_test(deleted_is_nobody),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
