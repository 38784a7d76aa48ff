/*
 * What the tests of users' credentials have in common: options, answers with an ID token, and the
 * prompt that was shown.
 */
#ifndef FAKE_USER_H
#define FAKE_USER_H

#include "fake_entra.h"

#define USERNAME "ann@contoso.com"
#define ACCOUNT "ann-id." TENANT
#define AUTHORITY_URL "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0"

/* The person's side. */
struct fake_person {
    int prompts;
    char message[4096], url[4096], code[64];
    int64_t expires_in_s;
};

static __attribute__((unused)) void fake_prompt(void *context, const struct azb_user_prompt *prompt)
{
    struct fake_person *person = context;
    person->prompts++;
    snprintf(person->message, sizeof(person->message), "%s", prompt->message);
    snprintf(person->url, sizeof(person->url), "%s", prompt->url);
    snprintf(person->code, sizeof(person->code), "%s", prompt->user_code ? prompt->user_code : "");
    person->expires_in_s = prompt->expires_in_s;
}

static __attribute__((unused)) struct azb_user_options user_options(struct fake_person *person)
{
    struct azb_user_options options = AZB_USER_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.user_prompt = fake_prompt;
    options.user_prompt_context = person;
    memset(person, 0, sizeof(*person));
    return options;
}

/* A token answer of ann's, with `nonce` (or NULL) in the ID token, into `out`. */
static __attribute__((unused)) void write_user_answer(char *out, size_t size, const char *username,
    const char *access_token, const char *refresh_token, const char *nonce)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *claims = arena_format(&arena,
        "{\"oid\":\"%.3s-id\",\"tid\":\"" TENANT
        "\",\"preferred_username\":\"%s\",\"name\":\"Ann\"%s%s%s}",
        username, username, nonce ? ",\"nonce\":\"" : "", nonce ? nonce : "", nonce ? "\"" : "");
    assert_non_null(claims);
    const char *header = base64url_encode(&arena, TEXT("{\"alg\":\"RS256\"}"));
    const char *payload = base64url_encode(&arena, text_of(claims));
    snprintf(out, size,
        "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"%s\","
        "\"refresh_token\":\"%s\",\"id_token\":\"%s.%s.c2ln\"}",
        access_token, refresh_token, header, payload);
}

/* The first half of the tests' life ends here: an error with its code, or a token. */
static __attribute__((unused)) void expect_code(struct azb_credential *credential,
    const struct azb_token_request *request, const char *code, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    assert_false(azb_credential_get_token(credential, request, &token, &err));
    if (strcmp(err.code, code) != 0 || !strstr(err.message, part))
        fail_test("%s %s", err.code, err.message);
    azb_error_free(&err);
}

static __attribute__((unused)) void expect_account(
    struct azb_credential *credential, const char *id, const char *username)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_account_list list = {NULL, 0, NULL};
    if (!azb_credential_account(credential, &list, &err))
        fail_test("%s", err.message);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.accounts[0].home_account_id, id);
    assert_string_equal(list.accounts[0].username, username);
    assert_string_equal(list.accounts[0].tenant_id, TENANT);
    assert_string_equal(list.accounts[0].environment, "login.microsoftonline.com");
    assert_string_equal(list.accounts[0].client_id, CLIENT);
    azb_account_list_free(&list);
}

#endif
