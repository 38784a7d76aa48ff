/* "Authorization: SharedKey ACCOUNT:SIGNATURE" of Azure Batch. */
#include <stdlib.h>

#include "authorize/state.h"
#include "base/error.h"
#include "directory/account.h"

#define SKEW_TICKS (15 * 60 * TICKS_PER_SECOND)
#define STRING_MAX (128 * 1024)
#define PAIRS_MAX 128

#define MESSAGE                                                                                    \
    "Server failed to authenticate the request. Make sure the value of Authorization header is "   \
    "formed correctly."

/* Documented as 403, while a missing or bad bearer token is 401. */
static bool refuse(struct azb_error *err, const char *detail)
{
    fail_status(err, 403, "AuthenticationFailed", MESSAGE);
    error_add_value(err, "AuthenticationErrorDetail", "%s", detail);
    return false;
}

/* ---- The string to sign ---------------------------------------------------------------------- */

struct pair {
    struct text name, value;
};

static int compare_bytes(struct text a, struct text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    if (order)
        return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = compare_bytes(x->name, y->name);
    return order ? order : compare_bytes(x->value, y->value);
}

/* With ocp-date the line of Date is empty, whatever Date says. */
static void add_headers(const struct request *request, struct buffer *out)
{
    static const char *const names[] = {"Content-Encoding", "Content-Language", "Content-Length",
        "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match",
        "If-Unmodified-Since", "Range"};
    bool ocp_date = request_header(request, "ocp-date") != NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = request_header(request, names[i]);
        bool skip = !value || (ocp_date && strcmp(names[i], "Date") == 0);
        buffer_format(out, "%s\n", skip ? "" : value);
    }
}

static char *lower(struct arena *arena, const char *name)
{
    char *copy = arena_string(arena, name);
    for (char *c = copy; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    return copy;
}

static bool add_ocp_headers(struct request *request, struct buffer *out)
{
    struct pair pairs[PAIRS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        char *name = lower(&request->arena, request->headers[i].name);
        if (!name || !text_starts(text_of(name), "ocp-"))
            continue;
        if (count == PAIRS_MAX)
            return false;
        pairs[count++] =
            (struct pair){text_of(name), text_trim(text_of(request->headers[i].value))};
    }
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%.*s:%.*s\n", TEXT_ARGS(pairs[i].name), TEXT_ARGS(pairs[i].value));
    return true;
}

static bool read_query(
    struct request *request, bool plus_is_space, struct pair *pairs, size_t *count)
{
    struct text rest = request->query, piece;
    *count = 0;
    while (rest.at && text_cut(&rest, '&', &piece)) {
        struct pair pair = {TEXT_NONE, piece};
        struct text name;
        if (!piece.length)
            continue;
        text_cut(&pair.value, '=', &name);
        struct text value = pair.value.at ? pair.value : TEXT("");
        if (*count == PAIRS_MAX ||
            !text_percent_decode(&request->arena, name, plus_is_space, &pair.name) ||
            !text_percent_decode(&request->arena, value, plus_is_space, &pair.value))
            return false;
        pairs[(*count)++] = pair;
    }
    qsort(pairs, *count, sizeof *pairs, compare_pairs);
    return true;
}

static bool add_resource(
    struct request *request, struct text account, bool plus_is_space, struct buffer *out)
{
    struct pair pairs[PAIRS_MAX];
    size_t count;
    if (!read_query(request, plus_is_space, pairs, &count))
        return false;
    buffer_format(out, "/%.*s%.*s%.*s", TEXT_ARGS(account), TEXT_ARGS(request->base),
        TEXT_ARGS(request->path));
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "\n%.*s:%.*s", TEXT_ARGS(pairs[i].name), TEXT_ARGS(pairs[i].value));
    return true;
}

static bool string_to_sign(
    struct request *request, struct text account, bool plus_is_space, struct buffer *out)
{
    buffer_format(out, "%s\n", request->method);
    add_headers(request, out);
    return add_ocp_headers(request, out) && add_resource(request, account, plus_is_space, out) &&
           !out->failed;
}

/* ---- The signature --------------------------------------------------------------------------- */

static bool signed_with(
    struct request *request, const char *key, struct text string, struct text signature)
{
    struct text bytes;
    unsigned char mac[SHA256_BYTES];
    if (!base64_decode(&request->arena, text_of(key), &bytes))
        return false;
    hmac_sha256(bytes, string, mac);
    return secret_equal(signature, (struct text){(const char *)mac, sizeof mac});
}

static bool signed_with_either(struct request *request, const struct account *account,
    struct text string, struct text signature)
{
    bool primary = signed_with(request, account->primary_key, string, signature);
    bool secondary = signed_with(request, account->secondary_key, string, signature);
    return primary || secondary;
}

static bool wrong_signature(
    struct request *request, const struct buffer *string, struct azb_error *err)
{
    const char *shown = string->at ? string->at : "";
    char *copy = arena_string(&request->arena, shown);
    for (char *c = copy; c && *c; c++)
        if (*c == '\n')
            *c = '|';
    fail_status(err, 403, "AuthenticationFailed", MESSAGE);
    error_add_value(err, "AuthenticationErrorDetail",
        "The MAC signature found in the HTTP request is not the same as any computed signature. "
        "Server used following string to sign, with | for each line end: '%.230s'.",
        copy ? copy : "");
    return false;
}

/* What "+" in a query means differs between clients; both readings of the same bytes are tried. */
static bool check_signature(struct request *request, const struct account *account,
    struct text name, struct text signature, struct azb_error *err)
{
    bool plus = request->query.at && memchr(request->query.at, '+', request->query.length);
    scoped_buffer struct buffer string = {0};
    buffer_init(&string, STRING_MAX);
    for (int reading = plus; reading >= 0; reading--) {
        buffer_reset(&string);
        if (!string_to_sign(request, name, reading == 1, &string))
            return refuse(err, "The request's query or headers cannot be read.");
        if (signed_with_either(request, account, buffer_text(&string), signature))
            return true;
    }
    return wrong_signature(request, &string, err);
}

/* ---- Header and date ------------------------------------------------------------------------- */

static bool read_header(struct request *request, const struct account *account, struct text *name,
    struct text *signature, struct azb_error *err)
{
    struct text rest = text_trim(text_of(request_header(request, "Authorization"))), scheme;
    text_cut(&rest, ' ', &scheme);
    rest = text_trim(rest);
    if (!text_is(scheme, "SharedKey") || !text_cut(&rest, ':', name) || !name->length)
        return refuse(err, "The Authorization header is not 'SharedKey ACCOUNT:SIGNATURE'.");
    if (!base64_decode(&request->arena, rest, signature) || signature->length != SHA256_BYTES)
        return refuse(err, "The signature is not the base64 of 32 bytes.");
    if (!text_equal_nocase(*name, text_of(account->name)))
        return refuse(err, "The Authorization header names another account than the host does.");
    return true;
}

static bool check_date(const struct request *request, struct azb_error *err)
{
    const char *value = request_header(request, "ocp-date");
    int64_t date;
    if (!value)
        value = request_header(request, "Date");
    if (!value)
        return refuse(err, "The request has neither an ocp-date nor a Date header.");
    if (!time_parse_http(text_of(value), &date))
        return refuse(err, "The request's date is not an HTTP date.");
    if (date < request->now - SKEW_TICKS || date > request->now + SKEW_TICKS)
        return refuse(err, "The request's date is more than 15 minutes away from the server's "
                           "time.");
    return true;
}

bool authorize_shared_key(
    struct request *request, const struct account *account, struct azb_error *err)
{
    struct text name, signature;
    if (!account->shared_key_allowed)
        return refuse(
            err, "The specified type of authentication SharedKey is not allowed for this account.");
    if (!read_header(request, account, &name, &signature, err) || !check_date(request, err) ||
        !check_signature(request, account, name, signature, err))
        return false;
    request->caller = (struct caller){.kind = CALLER_SHARED_KEY};
    snprintf(request->caller.tenant_id, GUID_TEXT, "%s", account->tenant_id);
    return true;
}
