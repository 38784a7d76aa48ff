/*
 * A person signs in on another device, with a code that is typed there (RFC 8628).
 */
#include "entra/user_credential.h"

#include "base/error.h"
#include "base/json.h"

#define EXPIRES_DEFAULT_S 900
#define INTERVAL_DEFAULT_S 5 /* RFC 8628 section 3.5 */
#define INTERVAL_MAX_S 300
#define SLOW_DOWN_S 5
#define USER_CODE_MAX 64

/* The device authorization response (RFC 8628 section 3.2). */
struct device_code {
    char *device_code, *user_code, *url;
    int64_t expires_in_s, interval_s;
};

/* What is shown to the person: no surprise for the terminal. */
static bool is_showable(const char *code)
{
    size_t length = 0;
    while (code[length] > ' ' && code[length] < 0x7f)
        length++;
    return length > 0 && length <= USER_CODE_MAX && !code[length];
}

static int64_t seconds_of(const struct json *answer, const char *name, int64_t fallback)
{
    const struct json *value = json_get(answer, name);
    uint64_t digits = 0;
    if (value && value->type == JSON_STRING && text_to_u64(value->text, INT32_MAX, &digits))
        return (int64_t)digits;
    return json_get_i64(answer, name, fallback);
}

static bool read_device_code(
    const struct json *answer, struct arena *arena, struct device_code *out, struct azb_error *err)
{
    struct url url;
    out->device_code = json_get_string(answer, "device_code", arena);
    out->user_code = json_get_string(answer, "user_code", arena);
    out->url = json_get_string(answer, "verification_uri", arena);
    if (!out->url) /* v1, and drafts of the RFC */
        out->url = json_get_string(answer, "verification_url", arena);
    out->expires_in_s = seconds_of(answer, "expires_in", EXPIRES_DEFAULT_S);
    out->interval_s = seconds_of(answer, "interval", INTERVAL_DEFAULT_S);
    if (arena->failed)
        return fail_memory(err);
    if (!out->device_code || !out->device_code[0] || !out->user_code || !out->url)
        return fail(err, AZB_ERROR_PROTOCOL,
            "the device answer lacks device_code, user_code or verification_uri");
    if (!is_showable(out->user_code) || !url_parse(text_of(out->url), &url) ||
        !text_equal_nocase(url.scheme, TEXT("https")))
        return fail(err, AZB_ERROR_PROTOCOL,
            "the device answer's user_code or verification_uri cannot be shown to anybody");
    if (out->expires_in_s < 1 || out->interval_s < 1 || out->interval_s > INTERVAL_MAX_S)
        return fail(err, AZB_ERROR_PROTOCOL,
            "the device answer's expires_in or interval is no usable number of seconds");
    return true;
}

/* Entra has been seen to answer errors with status 200 here. */
static bool read_device_answer(const struct http_response *response, const char *correlation_id,
    struct arena *arena, struct device_code *out, struct azb_error *err)
{
    struct http_response refusal = *response;
    if (response->status != 200)
        return token_response_fail(response, correlation_id, arena, err);
    const struct json *answer = json_parse(response->body, arena, err);
    if (!answer)
        return fail_while(err, "the device answer is not JSON");
    if (!json_get_text(answer, "error").length)
        return read_device_code(answer, arena, out, err);
    refusal.status = 400;
    return token_response_fail(&refusal, correlation_id, arena, err);
}

static bool ask_for_code(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct device_code *out, struct azb_error *err)
{
    const struct authority_endpoints *endpoints = NULL;
    struct http_response response;
    char correlation_id[GUID_TEXT];
    if (!authority_find_endpoints(
            credential->authority, credential->http, ask->patience, &endpoints, err))
        return false;
    if (!endpoints->device)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the authority has no device authorization endpoint: sign in with a browser");
    struct token_request request = {.endpoint = endpoints->device,
        .client_id = credential->client_id,
        .ask = ask,
        .is_capable = credential->is_capable};
    return token_request_post(&request, credential->http, arena, &response, correlation_id, err) &&
           read_device_answer(&response, correlation_id, arena, out, err);
}

static bool tell(const struct user_credential *state, const struct device_code *code,
    struct arena *arena, struct azb_error *err)
{
    const char *message =
        arena_format(arena, "To sign in, open %s in a browser on any device and enter the code %s.",
            code->url, code->user_code);
    if (!message)
        return fail_memory(err);
    struct azb_user_prompt prompt = {
        sizeof(prompt), message, code->url, code->user_code, code->expires_in_s};
    user_tell(state, &prompt);
    return true;
}

/* ---- Polling ---- */

static bool poll_once(struct azb_credential *credential, const struct token_ask *ask,
    const struct device_code *code, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct token_request request;
    if (!user_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("urn:ietf:params:oauth:grant-type:device_code"));
    token_request_add(&request, "device_code", text_of(code->device_code));
    return token_request_send(&request, credential->http, arena, reply, err);
}

/* What is to be done after an answer that is no token (RFC 8628 section 3.5). */
enum next {
    POLL_END,
    POLL_AGAIN,
    POLL_SLOWER,
};

static const struct {
    const char *error;
    enum next next;
    const char *meaning; /* of an end, put before what the service says */
} answers[] = {
    {"authorization_pending", POLL_AGAIN, NULL},
    {"slow_down", POLL_SLOWER, NULL},
    {"authorization_declined", POLL_END, "the person declined the sign-in"},
    {"access_denied", POLL_END, "the person declined the sign-in"},
    {"expired_token", POLL_END, "the code was not used in time"},
    {"code_expired", POLL_END, "the code was not used in time"},
};

static enum next next_after(struct azb_error *problem)
{
    const char *word = "";
    for (size_t i = 0; i < problem->value_count; i++)
        if (strcmp(problem->values[i].key, "error") == 0)
            word = problem->values[i].value;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strcmp(answers[i].error, word) != 0)
            continue;
        if (answers[i].meaning)
            fail_while(problem, "%s", answers[i].meaning);
        return answers[i].next;
    }
    /* A lost connection is no answer: the person may still be typing. */
    return problem->kind == AZB_ERROR_NETWORK || problem->retryable ? POLL_SLOWER : POLL_END;
}

static bool expired(const struct device_code *code, struct azb_error *err)
{
    fail(err, AZB_ERROR_AUTHENTICATION,
        "the code was not used within %lld seconds: ask for a new one",
        (long long)code->expires_in_s);
    if (err)
        snprintf(err->code, sizeof(err->code), "expired_token");
    return false;
}

static bool poll_for_token(struct azb_credential *credential, const struct token_ask *ask,
    const struct device_code *code, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct token_ask own = *ask; /* its patience shrinks with the waiting */
    int64_t interval_s = code->interval_s;
    for (int64_t waited_s = interval_s; waited_s < code->expires_in_s; waited_s += interval_s) {
        struct azb_error problem = AZB_ERROR_INIT;
        if (!credential_wait(credential, interval_s * 1000, &own.patience, err))
            return fail_while(err, "waiting for the code to be entered");
        if (poll_once(credential, &own, code, arena, reply, &problem))
            return true;
        enum next next = next_after(&problem);
        if (next == POLL_END)
            return error_move(err, &problem);
        azb_error_free(&problem);
        if (next == POLL_SLOWER)
            interval_s += SLOW_DOWN_S;
    }
    return expired(code, err);
}

static bool sign_in(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct device_code code = {0};
    return ask_for_code(credential, ask, arena, &code, err) &&
           tell(credential->state, &code, arena, err) &&
           poll_for_token(credential, ask, &code, arena, reply, err);
}

static const struct credential_kind device_code_kind = USER_KIND("device_code");

struct azb_credential *device_code_new(const struct azb_user_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct user_credential *state = user_state_new(options, sign_in, err);
    return state ? user_credential_new(&device_code_kind, state, world, err) : NULL;
}

struct azb_credential *azb_credential_device_code(
    const struct azb_user_options *options, struct azb_error *err)
{
    return device_code_new(options, NULL, err);
}
