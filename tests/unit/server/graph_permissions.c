/* The Graph plane: what applications offer, ask for and were allowed; federated credentials. */
#include "graph_calls.h"

#include "directory/federated_credential.h"
#include "directory/permission.h"

#define APPS "/v1.0/applications"
#define GRANTS "/v1.0/oauth2PermissionGrants"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"
#define SCOPE_ID "eeeeeeee-0000-4000-8000-000000000001"
#define USER_READ "e1fe6dd8-ba31-4d61-89e7-88639da4683d"

static struct made_application api = {.name = "api", .secret = "a-secret-of-the-api"};
static char admin[ADMIN_TOKEN_MAX], visitor[ADMIN_TOKEN_MAX];
static char own[128]; /* "/v1.0/applications/{object id of `api`}" */
static char graph_id[GUID_TEXT], user_id[GUID_TEXT];

static void first_id(const char *path, char out[GUID_TEXT])
{
    struct made made;
    const struct json *found = call_as(&made, admin, "GET", path, NULL, 200);
    snprintf(
        out, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(json_get(found, "value")->first, "id")));
    made_free(&made);
}

static int start(void **state)
{
    (void)state;
    char id[GUID_TEXT];
    made_start(&service);
    made_application_add(&service, &api);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    made_token(&service, api.app_id, api.secret, RESOURCE_GRAPH, visitor);
    first_id(APPS "?$filter=displayName+eq+'api'", id);
    snprintf(own, sizeof own, APPS "/%s", id);
    first_id("/v1.0/servicePrincipals?$filter=appId+eq+'" APP_ID_GRAPH "'", graph_id);
    first_id("/v1.0/users", user_id);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- What an application is ------------------------------------------------------------------ */

static void asks_for_user_read_by_itself(void **state)
{
    (void)state;
    struct made made;
    const struct json *app = call_as(&made, admin, "GET", own, NULL, 200);
    const struct json *list = json_get(app, "requiredResourceAccess");
    assert_int_equal(list->count, 1);
    made_text_equal(json_get_text(list->first, "resourceAppId"), APP_ID_GRAPH);
    const struct json *access = json_get(list->first, "resourceAccess")->first;
    made_text_equal(json_get_text(access, "id"), USER_READ);
    made_text_equal(json_get_text(access, "type"), "Scope");
    made_free(&made);
}

static void a_patch_merges(void **state)
{
    (void)state;
    struct made made;
    do_it(admin, "PATCH", own,
        "{\"signInAudience\":\"AzureADMultipleOrgs\",\"identifierUris\":[\"api://api\"],"
        "\"api\":{\"requestedAccessTokenVersion\":2,\"oauth2PermissionScopes\":[{\"id\":\"" SCOPE_ID
        "\",\"value\":\"Jobs.Read\",\"type\":\"Admin\",\"adminConsentDisplayName\":\"Read jobs\","
        "\"adminConsentDescription\":\"All of them\",\"isEnabled\":true}]}}",
        204);
    do_it(admin, "PATCH", own, "{\"displayName\":\"the api\",\"api\":{}}", 204);
    const struct json *app = call_as(
        &made, admin, "GET", APPS "?$filter=identifierUris/any(s:s+eq+'api://API')", NULL, 200);
    app = json_get(app, "value")->first;
    made_text_equal(json_get_text(app, "displayName"), "the api");
    made_text_equal(json_get_text(app, "signInAudience"), "AzureADMultipleOrgs");
    made_text_equal(json_text(json_get(app, "identifierUris")->first), "api://api");
    assert_int_equal(json_get_i64(json_get(app, "api"), "requestedAccessTokenVersion", 0), 2);
    const struct json *scope = json_path(app, "api.oauth2PermissionScopes")->first;
    made_text_equal(json_get_text(scope, "value"), "Jobs.Read");
    made_text_equal(json_get_text(scope, "type"), "Admin");
    made_text_equal(json_get_text(scope, "adminConsentDescription"), "All of them");
    made_free(&made);
    assert_int_equal(json_get(call_as(&made, admin, "GET",
                                  APPS "?$filter=identifierUris/any(s:s+eq+'api://x')", NULL, 200),
                         "value")
                         ->count,
        0);
    made_free(&made);
}

/* az sends the whole list: what is there, and one more. */
static void permissions_are_replaced(void **state)
{
    (void)state;
    struct made made;
    do_it(admin, "PATCH", own,
        "{\"requiredResourceAccess\":[{\"resourceAppId\":\"" APP_ID_BATCH
        "\",\"resourceAccess\":[{\"id\":\"" UNKNOWN_ID "\",\"type\":\"Scope\"}]},"
        "{\"resourceAppId\":\"" APP_ID_GRAPH "\",\"resourceAccess\":[{\"id\":\"" USER_READ
        "\",\"type\":\"Scope\"},{\"id\":\"" SCOPE_ID "\",\"type\":\"Scope\"}]}]}",
        204);
    const struct json *list =
        json_get(call_as(&made, admin, "GET", own, NULL, 200), "requiredResourceAccess");
    assert_int_equal(list->count, 2);
    assert_int_equal(json_get(list->first, "resourceAccess")->count, 2);
    assert_int_equal(json_get(list->first->next, "resourceAccess")->count, 1);
    made_free(&made);
    do_it(admin, "PATCH", own, "{\"requiredResourceAccess\":[]}", 204);
    assert_int_equal(
        json_get(call_as(&made, admin, "GET", own, NULL, 200), "requiredResourceAccess")->count, 0);
    made_free(&made);
}

/* ---- Service principals ---------------------------------------------------------------------- */

static void microsofts_resources_say_what_they_offer(void **state)
{
    (void)state;
    static const struct {
        const char *app_id, *name, *value;
    } cases[] = {
        {APP_ID_BATCH, "Microsoft Azure Batch", "user_impersonation"},
        {APP_ID_GRAPH, "Microsoft Graph", "User.Read"},
        {APP_ID_ARM, "Windows Azure Service Management API", "user_impersonation"},
        {APP_ID_STORAGE, "Azure Storage", "user_impersonation"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char path[160];
        print_message("  %s\n", cases[i].name);
        snprintf(path, sizeof path, "/v1.0/servicePrincipals(appId='%s')", cases[i].app_id);
        const struct json *found = call_as(&made, admin, "GET", path, NULL, 200);
        made_text_equal(json_get_text(found, "displayName"), cases[i].name);
        made_text_equal(
            json_get_text(found, "appOwnerOrganizationId"), "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
        made_text_equal(json_get_text(json_get(found, "oauth2PermissionScopes")->first, "value"),
            cases[i].value);
        made_free(&made);
    }
}

static void a_managed_identity_is_one(void **state)
{
    (void)state;
    struct made made;
    const struct json *found = call_as(&made, admin, "GET",
        "/v1.0/servicePrincipals?$filter=servicePrincipalType+eq+'ManagedIdentity'", NULL, 200);
    found = json_get(found, "value");
    assert_int_equal(found->count, 1);
    made_text_equal(json_get_text(found->first, "displayName"), "azb");
    made_text_equal(json_text(json_get(found->first, "alternativeNames")->first->next),
        "/subscriptions/" SEED_SUBSCRIPTION
        "/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts/azb");
    made_free(&made);
}

/* ---- Grants ---------------------------------------------------------------------------------- */

static void grants_come_and_go(void **state)
{
    (void)state;
    struct made made;
    char body[400], path[120];
    snprintf(body, sizeof body,
        "{\"clientId\":\"%s\",\"consentType\":\"Principal\",\"principalId\":\"%s\","
        "\"resourceId\":\"%s\",\"scope\":\"User.Read  openid User.Read\"}",
        api.object_id, user_id, graph_id);
    const struct json *grant = call_as(&made, admin, "POST", GRANTS, body, 201);
    made_text_equal(json_get_text(grant, "scope"), "User.Read openid");
    made_text_equal(json_get_text(grant, "principalId"), user_id);
    snprintf(path, sizeof path, GRANTS "/%.*s", TEXT_ARGS(json_get_text(grant, "id")));
    made_free(&made);
    do_it(admin, "POST", GRANTS, body, 409);
    snprintf(body, sizeof body,
        "{\"clientId\":\"%s\",\"consentType\":\"AllPrincipals\",\"principalId\":null,"
        "\"resourceId\":\"%s\",\"scope\":\"profile\"}",
        api.object_id, graph_id);
    do_it(admin, "POST", GRANTS, body, 201);
    do_it(admin, "PATCH", path, "{\"scope\":\"email\"}", 204);
    snprintf(body, sizeof body, GRANTS "?$filter=clientId+eq+'%s'", api.object_id);
    const struct json *list = json_get(call_as(&made, admin, "GET", body, NULL, 200), "value");
    assert_int_equal(list->count, 2);
    made_text_equal(json_get_text(list->first, "scope"), "email");
    made_free(&made);
    do_it(admin, "DELETE", path, NULL, 204);
    do_it(admin, "GET", path, NULL, 404);
}

/* ---- Federated credentials ------------------------------------------------------------------- */

#define FEDERATED(name, issuer, subject, audiences)                                                \
    "{\"name\":\"" name "\",\"issuer\":\"" issuer "\",\"subject\":\"" subject                      \
    "\",\"audiences\":" audiences ",\"description\":\"for a test\"}"

static void federated_credentials_come_and_go(void **state)
{
    (void)state;
    struct made made;
    char list[200], one[220];
    snprintf(list, sizeof list, "%s/federatedIdentityCredentials", own);
    snprintf(one, sizeof one, "%s/main", list);
    const char *body =
        FEDERATED("main", "https://issuer.example", "repo", "[\"" FEDERATED_AUDIENCE "\"]");
    const struct json *made_one = call_as(&made, admin, "POST", list, body, 201);
    assert_true(text_is_guid(json_get_text(made_one, "id")));
    made_free(&made);
    do_it(admin, "POST", list, body, 409);
    do_it(admin, "POST", list,
        FEDERATED("other", "https://issuer.example", "repo", "[\"" FEDERATED_AUDIENCE "\"]"), 409);
    made_one = call_as(&made, admin, "GET", one, NULL, 200);
    made_text_equal(json_get_text(made_one, "subject"), "repo");
    made_text_equal(json_text(json_get(made_one, "audiences")->first), FEDERATED_AUDIENCE);
    made_free(&made);
    assert_int_equal(json_get(call_as(&made, admin, "GET", list, NULL, 200), "value")->count, 1);
    made_free(&made);
    do_it(admin, "DELETE", one, NULL, 204);
    do_it(admin, "DELETE", one, NULL, 404);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static void refuses(void **state)
{
    (void)state;
    char federated[200], microsoft[200], grant[2][300];
    const char *bad = "Request_BadRequest";
    snprintf(federated, sizeof federated, "%s/federatedIdentityCredentials", own);
    snprintf(microsoft, sizeof microsoft, APPS "(appId='" APP_ID_BATCH "')");
    snprintf(grant[0], sizeof grant[0],
        "{\"clientId\":\"%s\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"%s\","
        "\"scope\":\"Fly.High\"}",
        api.object_id, graph_id);
    snprintf(grant[1], sizeof grant[1],
        "{\"clientId\":\"%s\",\"consentType\":\"Principal\",\"resourceId\":\"%s\","
        "\"scope\":\"User.Read\"}",
        api.object_id, graph_id);
    const struct {
        const char *name, *token, *method, *path, *body, *code, *part;
    } cases[] = {
        {"Microsoft's application", admin, "PATCH", microsoft, "{\"displayName\":\"mine\"}",
            "Request_ResourceNotFound", APP_ID_BATCH},
        {"an audience", admin, "PATCH", own, "{\"signInAudience\":\"x\"}", bad, "signInAudience"},
        {"personal accounts", admin, "PATCH", own,
            "{\"signInAudience\":\"PersonalMicrosoftAccount\"}", "NotImplemented", "personal"},
        {"an identifier URI", admin, "PATCH", own, "{\"identifierUris\":[\"x y\"]}", bad,
            "identifier URI 'x y'"},
        {"identifier URIs that are no list", admin, "PATCH", own, "{\"identifierUris\":\"x\"}", bad,
            "identifierUris: a list"},
        {"a token version", admin, "PATCH", own, "{\"api\":{\"requestedAccessTokenVersion\":3}}",
            bad, "api.requestedAccessTokenVersion"},
        {"a member of api", admin, "PATCH", own, "{\"api\":{\"x\":1}}", bad, "'x'"},
        {"a scope without id", admin, "PATCH", own,
            "{\"api\":{\"oauth2PermissionScopes\":[{\"value\":\"a\"}]}}", bad,
            "api.oauth2PermissionScopes[0]: id"},
        {"a scope's value", admin, "PATCH", own,
            "{\"api\":{\"oauth2PermissionScopes\":[{\"id\":\"" SCOPE_ID
            "\",\"value\":\"a b\",\"adminConsentDisplayName\":\"x\"}]}}",
            bad, "api.oauth2PermissionScopes[0]: a permission's value"},
        {"a resource", admin, "PATCH", own,
            "{\"requiredResourceAccess\":[{\"resourceAppId\":\"x\",\"resourceAccess\":[]}]}", bad,
            "requiredResourceAccess[0].resourceAppId"},
        {"a permission", admin, "PATCH", own,
            "{\"requiredResourceAccess\":[{\"resourceAppId\":\"" APP_ID_GRAPH
            "\",\"resourceAccess\":[{\"id\":\"x\",\"type\":\"Scope\"}]}]}",
            bad, "requiredResourceAccess[0].resourceAccess[0].id"},
        {"neither scope nor role", admin, "PATCH", own,
            "{\"requiredResourceAccess\":[{\"resourceAppId\":\"" APP_ID_GRAPH
            "\",\"resourceAccess\":[{\"id\":\"" USER_READ "\",\"type\":\"Both\"}]}]}",
            bad, "resourceAccess[0].type"},
        {"a grant of nobody", admin, "POST", GRANTS, "{}", bad, "clientId"},
        {"a grant of what is not offered", admin, "POST", GRANTS, grant[0], bad,
            "scope: Microsoft Graph offers no permission 'Fly.High'"},
        {"a grant of one without the one", admin, "POST", GRANTS, grant[1], bad, "principalId"},
        {"a grant by a visitor", visitor, "POST", GRANTS, grant[1], "Authorization_RequestDenied",
            "not an application administrator"},
        {"an unknown grant", admin, "DELETE", GRANTS "/" UNKNOWN_ID, NULL,
            "Request_ResourceNotFound", UNKNOWN_ID},
        {"no audience", admin, "POST", federated, FEDERATED("main", "https://i", "s", "[]"), bad,
            "audiences"},
        {"an issuer", admin, "POST", federated, FEDERATED("main", "http://i", "s", "[\"a\"]"), bad,
            "the issuer 'http://i'"},
        {"a name", admin, "POST", federated, FEDERATED("a", "https://i", "s", "[\"a\"]"), bad,
            "name must have"},
        {"no subject", admin, "POST", federated, FEDERATED("main", "https://i", "", "[\"a\"]"), bad,
            "the subject"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char code[80];
        print_message("  %s\n", cases[i].name);
        made_call(&made, &service, PLANE_GRAPH, cases[i].token, cases[i].method, cases[i].path,
            cases[i].body);
        made_code(&made, code);
        assert_string_equal(code, cases[i].code);
        struct text message = json_text(json_path(made_reply_json(&made), "error.message"));
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_user_read_by_itself),
        cmocka_unit_test(a_patch_merges),
        cmocka_unit_test(permissions_are_replaced),
        cmocka_unit_test(microsofts_resources_say_what_they_offer),
        cmocka_unit_test(a_managed_identity_is_one),
        cmocka_unit_test(grants_come_and_go),
        cmocka_unit_test(federated_credentials_come_and_go),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("server/graph_permissions", tests, start, stop);
}
