#include "entra/token_response.h"

#include "base/error.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/jwt.h"

#define DESCRIPTION_MAX 600
#define NAME_MAX 256
#define REFRESH_IN_MIN_S 60 /* a service that says 1 is not asked every second */

bool token_seconds(const struct json *value, int64_t *seconds)
{
    int64_t number = -1;
    uint64_t digits = 0;
    if (!value)
        return false;
    if (value->type == JSON_STRING && text_to_u64(value->text, INT64_MAX, &digits))
        number = (int64_t)digits;
    if (value->type == JSON_NUMBER && !json_number_to_i64(value->text, &number))
        return false;
    if (number < 0)
        return false;
    *seconds = number;
    return true;
}

bool token_is_bearer(struct text token)
{
    for (size_t i = 0; i < token.length; i++)
        if (token.at[i] <= ' ' || token.at[i] >= 0x7f)
            return false;
    return token.length > 0;
}

static bool read_lifetime(
    const struct json *answer, struct token_reply *reply, struct azb_error *err)
{
    int64_t expires_in = 0;
    int64_t refresh_in = 0;
    if (!token_seconds(json_get(answer, "expires_in"), &expires_in) || expires_in == 0)
        return fail(err, AZB_ERROR_PROTOCOL,
            "the token answer has no usable expires_in: seconds, more than 0, are expected");
    if (token_seconds(json_get(answer, "refresh_in"), &refresh_in) && refresh_in > 0 &&
        refresh_in < REFRESH_IN_MIN_S)
        refresh_in = REFRESH_IN_MIN_S;
    reply->expires_in = expires_in < LIFETIME_MAX_S ? expires_in : LIFETIME_MAX_S;
    reply->refresh_in = refresh_in < reply->expires_in ? refresh_in : reply->expires_in;
    return true;
}

/* ---- What an answer says of a user: whatever cannot be used is as good as absent ---- */

/* For people's eyes, on one line. */
static char *display_string(const struct json *from, const char *member, struct arena *arena)
{
    struct text text = json_get_text(from, member);
    if (!text.length || text.length > NAME_MAX)
        return NULL;
    return text_is_printable(text) ? text_string(arena, text) : NULL;
}

/* RFC 6749 appendix A.17, and A.4 for scopes: printable ASCII. */
static char *printable_string(const struct json *from, const char *member, struct arena *arena)
{
    struct text text = json_get_text(from, member);
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] < ' ' || text.at[i] >= 0x7f)
            return NULL;
    return text.length ? text_string(arena, text) : NULL;
}

/* The first of `members` that is there. */
static char *first_string(const struct json *from, const char *const *members, struct arena *arena)
{
    char *found = NULL;
    for (; *members && !found; members++)
        found = display_string(from, *members, arena);
    return found;
}

static char *account_id(const char *user, const char *tenant, struct arena *arena)
{
    return user && tenant ? arena_format(arena, "%s.%s", user, tenant) : NULL;
}

/* {"uid":"...","utid":"..."} as base64url. */
static char *read_client_info(const struct json *answer, struct arena *arena)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct text decoded = TEXT_NONE;
    struct text encoded = json_get_text(answer, "client_info");
    if (!encoded.length || !base64url_decode(arena, encoded, &decoded))
        return NULL;
    const struct json *info = json_parse(decoded, arena, &ignored);
    return account_id(
        display_string(info, "uid", arena), display_string(info, "utid", arena), arena);
}

static void read_id_token(const struct json *answer, struct arena *arena, struct token_reply *reply)
{
    static const char *const usernames[] = {
        "preferred_username", "upn", "unique_name", "email", NULL};
    struct azb_error ignored = AZB_ERROR_INIT;
    struct jwt jwt;
    struct text token = json_get_text(answer, "id_token");
    if (!token.length || !jwt_parse(token, JWT_ALLOW_PADDING, arena, &jwt, &ignored))
        return;
    reply->id_token = text_string(arena, token);
    reply->username = first_string(jwt.payload, usernames, arena);
    reply->name = display_string(jwt.payload, "name", arena);
    reply->object_id = display_string(jwt.payload, "oid", arena);
    reply->tenant_id = display_string(jwt.payload, "tid", arena);
    reply->nonce = display_string(jwt.payload, "nonce", arena);
    reply->home_account_id = account_id(reply->object_id, reply->tenant_id, arena);
    if (!reply->home_account_id) /* AD FS and other OpenID providers */
        reply->home_account_id = display_string(jwt.payload, "sub", arena);
}

static bool read_user(const struct json *answer, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    reply->refresh_token = printable_string(answer, "refresh_token", arena);
    reply->scope = printable_string(answer, "scope", arena);
    reply->family_id = printable_string(answer, "foci", arena);
    read_id_token(answer, arena, reply);
    char *from_client_info = read_client_info(answer, arena);
    if (from_client_info)
        reply->home_account_id = from_client_info;
    return !arena->failed || fail_memory(err);
}

bool token_response_read(
    struct text body, struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct json *answer = json_parse(body, arena, err);
    if (!answer)
        return fail_while(err, "the token answer is not JSON");
    if (answer->type != JSON_OBJECT)
        return fail(err, AZB_ERROR_PROTOCOL, "the token answer is %s; an object is expected",
            json_type_text(answer->type));
    if (!text_equal_nocase(json_get_text(answer, "token_type"), TEXT("Bearer")))
        return fail(err, AZB_ERROR_PROTOCOL, "the token answer's token_type is not Bearer");
    struct text token = json_get_text(answer, "access_token");
    if (!token_is_bearer(token))
        return fail(err, AZB_ERROR_PROTOCOL, "the token answer has no usable access_token");
    struct token_reply read = {.access_token = text_string(arena, token)};
    if (!read.access_token)
        return fail_memory(err);
    if (!read_lifetime(answer, &read, err) || !read_user(answer, arena, &read, err))
        return false;
    *reply = read;
    return true;
}

char *token_first_line(struct text description, struct arena *arena)
{
    size_t length = 0;
    while (length < description.length && length < DESCRIPTION_MAX &&
           description.at[length] != '\r' && description.at[length] != '\n')
        length++;
    length = text_whole_length(text_slice(description, 0, length));
    char *line = arena_copy(arena, description.at ? description.at : "", length);
    if (line)
        text_make_printable(line);
    return line;
}

/* error_codes[0], or else the number in "AADSTS7000215: ...". 0 when there is neither. */
static int64_t code_of(const struct json *answer, struct text description)
{
    const struct json *codes = json_get(answer, "error_codes");
    int64_t code = 0;
    if (codes && codes->type == JSON_ARRAY && codes->first && token_seconds(codes->first, &code) &&
        code > 0)
        return code;
    if (!text_starts(description, "AADSTS"))
        return 0;
    size_t end = 6;
    while (end < description.length && description.at[end] >= '0' && description.at[end] <= '9')
        end++;
    uint64_t digits = 0;
    return text_to_u64(text_slice(description, 6, end), INT64_MAX, &digits) ? (int64_t)digits : 0;
}

/* OAuth's own words (RFC 6749 section 5.2) are lower case, digits and underscores. */
static struct text word_of(const struct json *answer, const char *member)
{
    struct text word = json_get_text(answer, member);
    for (size_t i = 0; i < word.length; i++)
        if (!(word.at[i] >= 'a' && word.at[i] <= 'z') && word.at[i] != '_' &&
            !(word.at[i] >= '0' && word.at[i] <= '9'))
            return TEXT_NONE;
    return word.length < 64 ? word : TEXT_NONE;
}

static void add_details(const struct json *answer, const char *correlation_id,
    const struct http_response *response, struct azb_error *err)
{
    struct text id = json_get_text(answer, "correlation_id");
    if (!text_is_guid(id))
        id = text_of(correlation_id);
    snprintf(err->correlation_id, sizeof(err->correlation_id), "%.*s", TEXT_ARGS(id));
    struct text word = word_of(answer, "error");
    if (word.length)
        error_add_value(err, "error", "%.*s", TEXT_ARGS(word));
    struct text suberror = word_of(answer, "suberror");
    if (suberror.length)
        error_add_value(err, "suberror", "%.*s", TEXT_ARGS(suberror));
    if (text_is(word, "temporarily_unavailable") || text_is(word, "server_error"))
        err->retryable = true;
    err->retry_after_ms = (unsigned)http_retry_after_ms(response);
}

/* No token could be had, whatever the status says, unless it is the service that has a problem. */
static void set_kind(int status, struct azb_error *err)
{
    if (status >= 400 && status < 500 && status != 408 && status != 429)
        err->kind = AZB_ERROR_AUTHENTICATION;
}

static bool fail_unreadable(
    const struct http_response *response, const char *correlation_id, struct azb_error *err)
{
    fail_status(err, response->status, "",
        "the answer (HTTP %d) is not one of Entra's: a proxy, or the wrong host, may have answered",
        response->status);
    set_kind(response->status, err);
    add_details(NULL, correlation_id, response, err);
    return false;
}

bool token_response_fail(const struct http_response *response, const char *correlation_id,
    struct arena *arena, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *answer = json_parse(response->body, arena, &ignored);
    struct text word = word_of(answer, "error");
    struct text description = text_trim(json_get_text(answer, "error_description"));
    if (ignored.kind == AZB_ERROR_MEMORY)
        return fail_memory(err);
    if (!word.length && !description.length)
        return fail_unreadable(response, correlation_id, err);
    int64_t number = code_of(answer, description);
    const char *code =
        number ? arena_format(arena, "AADSTS%lld", (long long)number) : text_string(arena, word);
    const char *line = token_first_line(description.length ? description : word, arena);
    if (!code || !line)
        return fail_memory(err);
    const char *advice = token_advice(number);
    fail_status(
        err, response->status, code, "%s%s%s", line, advice ? " " : "", advice ? advice : "");
    set_kind(response->status, err);
    add_details(answer, correlation_id, response, err);
    char *claims = json_get_string(answer, "claims", arena);
    if (claims)
        err->claims = memory_string(claims);
    return false;
}
