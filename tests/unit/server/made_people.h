/*
 * made_people.h - a made service with a user, a guest, and applications that users sign in to; and
 * what a page would leave in the store after one did.
 */
#ifndef TESTS_SERVER_MADE_PEOPLE_H
#define TESTS_SERVER_MADE_PEOPLE_H

#include "made_service.h"

#include "base/jwt.h"
#include "directory/permission.h"
#include "directory/user.h"
#include "entra/authorization.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define TOKEN_V2_ROW "/{tenant}/oauth2/v2.0/token"
#define TOKEN_V1_ROW "/{tenant}/oauth2/token"
#define BATCH_RESOURCE "https://batch.core.windows.net/"
#define BATCH_SCOPE BATCH_RESOURCE "/user_impersonation"
#define NATIVE_REDIRECT "http://localhost:4321"
#define WEB_REDIRECT "https://web.example/callback"
#define WEB_SECRET "web-secret"
#define API_URI "api://middle-tier"
/* RFC 7636 appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

/* The ids are made. */
struct people {
    struct service *service;
    char ann[GUID_TEXT], guest[GUID_TEXT], disabled[GUID_TEXT];
    char native[GUID_TEXT]; /* public; consents: Batch, Graph's User.Read */
    char web[GUID_TEXT];    /* WEB_SECRET, a web redirect; consent: Batch */
    char api[GUID_TEXT];    /* API_URI, secret WEB_SECRET, tokens of version 2; consent: Batch */
    char other[GUID_TEXT];  /* public, multi-tenant, no consent */
    int64_t api_row, web_row;
};

MADE bool people_user(struct store_connection *connection, const struct new_user *what,
    char out[GUID_TEXT], int64_t *row, struct azb_error *err)
{
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    if (!user_create(connection, what, &arena, &user, err))
        return false;
    snprintf(out, GUID_TEXT, "%s", user.object_id);
    *row = user.row;
    return true;
}

MADE bool people_application(struct service *service, struct store_connection *connection,
    const struct new_application *what, const char *secret, char out[GUID_TEXT], int64_t *row,
    struct azb_error *err)
{
    struct application application;
    struct service_principal principal;
    struct client_secret added;
    char *value;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct new_secret made = {.value = secret, .start = 0, .end = INT64_MAX};
    if (!application_add(connection, what, &arena, &application, err) ||
        !service_principal_add(
            connection, text_of(application.app_id), NULL, 1, &arena, &principal, err))
        return false;
    snprintf(out, GUID_TEXT, "%s", application.app_id);
    *row = application.row;
    return !secret ||
           secret_add(service, connection, application.row, &made, &arena, &added, &value, err);
}

MADE bool people_add_users(
    struct store_connection *connection, struct people *people, struct azb_error *err)
{
    int64_t row;
    const struct new_user ann = {.user_principal_name = "ann@azb.onmicrosoft.com",
        .display_name = "Ann Example",
        .given_name = "Ann",
        .surname = "Example",
        .now = 1};
    const struct new_user guest = {.user_principal_name = "gus@contoso.com",
        .display_name = "Gus",
        .home_tenant_id = "77777777-7777-4777-8777-777777777777",
        .now = 1};
    const struct new_user disabled = {
        .user_principal_name = "dis@azb.onmicrosoft.com", .display_name = "Disabled", .now = 1};
    return people_user(connection, &ann, people->ann, &row, err) &&
           people_user(connection, &guest, people->guest, &row, err) &&
           people_user(connection, &disabled, people->disabled, &row, err) &&
           user_set_enabled(connection, row, false, err);
}

MADE bool people_add_applications(
    struct store_connection *connection, struct people *people, struct azb_error *err)
{
    struct service *service = people->service;
    int64_t row;
    static const struct redirect_uri loopback[] = {{REDIRECT_PUBLIC, "http://localhost"}};
    static const struct redirect_uri callback[] = {{REDIRECT_WEB, WEB_REDIRECT}};
    static const char *const api_uris[] = {API_URI};
    const struct new_application native = {.display_name = "Native",
        .public_client = true,
        .redirect_uris = loopback,
        .redirect_uri_count = 1,
        .now = 1};
    const struct new_application web = {
        .display_name = "Web", .redirect_uris = callback, .redirect_uri_count = 1, .now = 1};
    const struct new_application api = {.display_name = "Middle tier",
        .token_version = 2,
        .identifier_uris = api_uris,
        .identifier_uri_count = 1,
        .now = 1};
    const struct new_application other = {.display_name = "Other",
        .public_client = true,
        .audience = SIGN_IN_MULTIPLE_ORGS,
        .redirect_uris = loopback,
        .redirect_uri_count = 1,
        .now = 1};
    return people_application(service, connection, &native, NULL, people->native, &row, err) &&
           people_application(
               service, connection, &web, WEB_SECRET, people->web, &people->web_row, err) &&
           people_application(
               service, connection, &api, WEB_SECRET, people->api, &people->api_row, err) &&
           people_application(service, connection, &other, NULL, people->other, &row, err);
}

MADE bool people_add_consents(
    struct store_connection *connection, struct people *people, struct azb_error *err)
{
    const struct permission access = {.value = "access", .display_name = "Access the middle tier"};
    struct text batch = TEXT("user_impersonation");
    return exposed_permission_add(connection, people->api_row, &access, err) &&
           consent_add(connection, people->native, APP_ID_BATCH, NULL, batch, 1, err) &&
           consent_add(connection, people->native, APP_ID_GRAPH, NULL, TEXT("User.Read"), 1, err) &&
           consent_add(connection, people->native, people->api, NULL, TEXT("access"), 1, err) &&
           consent_add(connection, people->web, APP_ID_BATCH, NULL, batch, 1, err) &&
           consent_add(connection, people->api, APP_ID_BATCH, people->ann, batch, 1, err);
}

MADE bool people_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct people *people = context;
    return people_add_users(connection, people, err) &&
           people_add_applications(connection, people, err) &&
           people_add_consents(connection, people, err);
}

MADE void people_add(struct service *service, struct people *people)
{
    people->service = service;
    made_write(service, people_work, people);
}

/* ---- What a page does ------------------------------------------------------------------------ */

/* A work that needs a request of its own, as pages have. */
struct page_work {
    struct made made;
    const struct authorization *authorization;
    char code[128];
    struct device_codes codes;
    const char *user_id; /* the answer to a device code */
};

MADE bool page_code_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct page_work *work = context;
    char *code = NULL;
    work->made.request.store = connection;
    if (!authorization_code_make(&work->made.request, work->authorization, &code, err))
        return false;
    snprintf(work->code, sizeof work->code, "%s", code);
    return true;
}

/* What the redirect after a sign-in carries. */
MADE void page_code(
    struct service *service, const struct authorization *authorization, char out[128])
{
    struct page_work work = {.authorization = authorization};
    made_request(&work.made, service, PLANE_ENTRA, "GET", "/");
    made_write(service, page_code_work, &work);
    snprintf(out, 128, "%s", work.code);
    made_free(&work.made);
}

MADE bool page_answer_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    struct page_work *work = context;
    struct device_code found;
    work->made.request.store = connection;
    return device_code_find(&work->made.request, text_of(work->code), &found, err) &&
           device_code_answer(&work->made.request, found.row, work->user_id, "sid", err);
}

/* user_id NULL declines. */
MADE void page_answer(struct service *service, struct text user_code, const char *user_id)
{
    struct page_work work = {.user_id = user_id};
    snprintf(work.code, sizeof work.code, "%.*s", TEXT_ARGS(user_code));
    made_request(&work.made, service, PLANE_ENTRA, "GET", "/");
    made_write(service, page_answer_work, &work);
    made_free(&work.made);
}

/* ---- Forms ----------------------------------------------------------------------------------- */

/* "{name}" in `form` becomes the id of that application, or a value. */
struct form_value {
    const char *name, *value;
};

MADE char *fill_form(struct arena *arena, const struct people *people, const char *form,
    const struct form_value *values, size_t count)
{
    const struct form_value ids[] = {{"native", people->native}, {"web", people->web},
        {"api", people->api}, {"other", people->other}};
    struct buffer out;
    buffer_init(&out, 64 * 1024);
    while (*form) {
        size_t plain = strcspn(form, "{"), length = strcspn(form + plain, "}");
        const char *value = NULL;
        buffer_add(&out, form, plain);
        form += plain;
        if (!*form)
            break;
        struct text name = {form + 1, length - 1};
        for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
            value = text_is(name, ids[i].name) ? ids[i].value : value;
        for (size_t i = 0; i < count; i++)
            value = text_is(name, values[i].name) ? values[i].value : value;
        if (!value)
            fail_msg("no value for %.*s", TEXT_ARGS(name));
        buffer_add_encoded(&out, text_of(value));
        form += length + 1;
    }
    char *copy = arena_copy(arena, buffer_text(&out).at, out.length);
    buffer_free(&out);
    assert_non_null(copy);
    return copy;
}

MADE void post_form(struct made *made, struct service *service, const char *row, const char *tenant,
    const char *body)
{
    made_request(made, service, PLANE_ENTRA, "POST", row);
    made->request.values[0] = text_of(tenant);
    made->request.body = text_of(body);
    made_header(made, "Content-Type", FORM_TYPE);
    made_run(made, entra_plane(), row);
}

/* The AADSTS number of the reply, 0 when it is none. */
MADE int64_t reply_number(struct made *made)
{
    const struct json *codes = json_get(made_reply_json(made), "error_codes");
    int64_t number = 0;
    if (codes && codes->first)
        assert_true(json_number_to_i64(codes->first->text, &number));
    return number;
}

MADE struct text reply_text(struct made *made, const char *name)
{
    return json_get_text(made_reply_json(made), name);
}

/* The payload of a member that is a token of ours. */
MADE const struct json *reply_claims(struct made *made, const char *name)
{
    struct jwt jwt;
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(jwt_parse(reply_text(made, name), JWT_STRICT, &made->request.arena, &jwt, &err));
    const struct signing_key *key =
        entra_key(made->request.service->entra, json_get_text(jwt.header, "kid"));
    assert_non_null(key);
    assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, key->key));
    return jwt.payload;
}

#endif
