#include "entra/aadsts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "entra/entra.h"

#define BODY_MAX (16 * 1024)
#define WORD "error"        /* key of the value that holds the OAuth word */
#define SUBERROR "suberror" /* and of the one that holds Entra's finer word */

// clang-format off
static const struct aadsts_row {
    int number;
    int status;
    const char *word;
    const char *suberror; /* or NULL */
} rows[] = {
    {16000, 400, "interaction_required", NULL},
    {28000, 400, "invalid_scope", NULL}, /* several resources in one token request */
    {28002, 400, "invalid_scope", NULL},
    {28003, 400, "invalid_scope", NULL},
    {50001, 400, "invalid_resource", NULL},
    {50011, 400, "invalid_request", NULL}, /* redirect_uri */
    {50012, 401, "invalid_client", NULL},
    {50013, 400, "invalid_grant", NULL},        /* assertion of on-behalf-of */
    {50027, 401, "invalid_client", NULL},       /* malformed assertion */
    {50034, 400, "invalid_grant", "bad_token"}, /* no such user */
    {50048, 401, "invalid_client", NULL},       /* assertion: sub is not iss */
    {50049, 400, "invalid_instance", NULL},     /* instance discovery: unknown host */
    {50053, 400, "invalid_grant", NULL},
    {50055, 400, "invalid_grant", "user_password_expired"},
    {50056, 400, "invalid_grant", NULL},
    {50057, 400, "invalid_grant", NULL},
    {50058, 400, "login_required", NULL},
    {50074, 400, "invalid_grant", "basic_action"},
    {50076, 400, "invalid_grant", "basic_action"},
    {50079, 400, "invalid_grant", "basic_action"},
    {50105, 400, "invalid_grant", NULL},
    {50126, 400, "invalid_grant", NULL},
    {50147, 400, "invalid_request", NULL}, /* code challenge: form */
    {50173, 400, "invalid_grant", NULL},   /* refresh token was revoked */
    {50194, 400, "invalid_request", NULL}, /* /common for a single-tenant application */
    {50196, 400, "invalid_grant", NULL},
    {53003, 400, "invalid_grant", "message_only"},
    {54005, 400, "invalid_grant", NULL}, /* code was redeemed */
    {65001, 400, "invalid_grant", "consent_required"},
    {65004, 400, "access_denied", NULL},
    {70000, 400, "invalid_grant", NULL},
    {70002, 401, "invalid_client", NULL},
    {70003, 400, "unsupported_grant_type", NULL},
    {70005, 400, "unsupported_response_type", NULL},
    {70007, 400, "unsupported_response_type", NULL},
    {70008, 400, "invalid_grant", NULL}, /* expired */
    {70011, 400, "invalid_scope", NULL},
    {70016, 400, "authorization_pending", NULL},
    {70018, 400, "bad_verification_code", NULL},
    {70019, 400, "expired_token", NULL}, /* user code */
    {70020, 400, "expired_token", NULL}, /* device code */
    {70043, 400, "invalid_grant", NULL},
    {90002, 400, "invalid_request", NULL}, /* unknown tenant; invalid_tenant on discovery */
    {90019, 400, "invalid_request", NULL},
    {90023, 400, "invalid_request", NULL},
    {90033, 503, "temporarily_unavailable", NULL},
    {90055, 429, "temporarily_unavailable", NULL}, /* too many wrong device codes */
    {90093, 400, "access_denied", NULL},           /* only an administrator consents for all */
    {90094, 400, "access_denied", NULL},           /* only an administrator may consent */
    {500011, 400, "invalid_resource", NULL},
    {500112, 400, "invalid_grant", NULL}, /* redirect_uri is not that of the code */
    {500133, 400, "invalid_grant", NULL}, /* assertion of on-behalf-of: expired */
    {501051, 400, "invalid_grant", NULL}, /* an application without a role that it needs */
    {501481, 400, "invalid_grant", NULL}, /* code verifier does not match */
    {501491, 400, "invalid_grant", NULL}, /* code challenge or verifier: size */
    {650053, 400, "invalid_client", NULL}, /* a scope that the resource does not offer */
    {650056, 400, "invalid_client", NULL}, /* no permission is registered */
    {650057, 400, "invalid_resource", NULL},
    {700005, 400, "invalid_grant", NULL},
    {700009, 400, "invalid_request", NULL},
    {700016, 400, "unauthorized_client", NULL},
    {700021, 401, "invalid_client", NULL}, /* assertion: iss is not client_id */
    {700022, 400, "invalid_scope", NULL},
    {700023, 401, "invalid_client", NULL}, /* assertion: aud */
    {700024, 401, "invalid_client", NULL}, /* assertion: time range */
    {700025, 401, "invalid_client", NULL},
    {700027, 401, "invalid_client", NULL}, /* assertion: key or signature */
    {700030, 401, "invalid_client", NULL},
    {700054, 400, "unsupported_response_type", NULL},
    {700082, 400, "invalid_grant", NULL},   /* refresh token: inactive for too long */
    {700084, 400, "invalid_grant", NULL},   /* refresh token of a SPA: over 24 h */
    {700211, 401, "invalid_client", NULL},  /* federated: issuer */
    {700212, 401, "invalid_client", NULL},  /* federated: audience */
    {700213, 401, "invalid_client", NULL},  /* federated: subject */
    {700229, 400, "invalid_request", NULL}, /* federated: Entra's token of a user */
    {900023, 400, "invalid_request", NULL},
    {900144, 400, "invalid_request", NULL},
    {900561, 405, "invalid_request", NULL},
    {901002, 400, "invalid_request", NULL},
    {1002012, 400, "invalid_scope", NULL},
    {7000112, 401, "unauthorized_client", NULL},
    {7000114, 400, "invalid_grant", NULL}, /* on-behalf-of with an app-only token */
    {7000215, 401, "invalid_client", NULL},
    {7000218, 401, "invalid_client", NULL},
    {7000222, 401, "invalid_client", NULL},
    {7000229, 401, "unauthorized_client", NULL}, /* no service principal in the tenant */
    {9001023, 400, "invalid_request", NULL},     /* /common for this grant */
    {9002331, 400, "invalid_request", NULL},     /* /consumers */
    {9002313, 400, "invalid_request", NULL},
    {9002326, 400, "invalid_request", NULL}, /* across origins, but not for a SPA */
    {9002327, 400, "invalid_request", NULL}, /* for a SPA, but not across origins */
    {9002325, 400, "invalid_request", NULL}, /* a SPA without PKCE */
};
// clang-format on

static const struct aadsts_row *find_row(int number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

__attribute__((format(printf, 4, 0))) static bool fill(struct azb_error *err,
    const struct aadsts_row *row, const char *word, const char *format, va_list arguments)
{
    char sentence[sizeof err->message];
    char code[24];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    snprintf(code, sizeof code, "AADSTS%d", row->number);
    fail_status(err, row->status, code, "%s", sentence);
    error_add_value(err, WORD, "%s", word);
    if (row->suberror)
        error_add_value(err, SUBERROR, "%s", row->suberror);
    return false;
}

bool aadsts(struct azb_error *err, int number, const char *format, ...)
{
    const struct aadsts_row *row = find_row(number);
    assert(row && "an AADSTS number that is not in the table");
    va_list arguments;
    va_start(arguments, format);
    fill(err, row, row->word, format, arguments);
    va_end(arguments);
    return false;
}

bool aadsts_as(struct azb_error *err, int number, const char *word, const char *format, ...)
{
    const struct aadsts_row *row = find_row(number);
    assert(row && "an AADSTS number that is not in the table");
    va_list arguments;
    va_start(arguments, format);
    fill(err, row, word, format, arguments);
    va_end(arguments);
    return false;
}

bool oauth_refuse(struct azb_error *err, const char *word, const char *sentence)
{
    fail_status(err, 400, "", "%s", sentence);
    error_add_value(err, WORD, "%s", word);
    return false;
}

int aadsts_number(const struct azb_error *err)
{
    uint64_t number;
    struct text code = text_of(err->code);
    if (!text_starts(code, "AADSTS") ||
        !text_to_u64(text_slice(code, 6, code.length), INT32_MAX, &number))
        return 0;
    return (int)number;
}

const char *entra_correlation_id(struct request *request)
{
    struct text id = text_of(request_header(request, "client-request-id"));
    if (!text_is_guid(id))
        id = request_query(request, "client-request-id");
    if (!text_is_guid(id))
        return request->request_id;
    const char *copy = text_string(&request->arena, id);
    return copy ? copy : request->request_id;
}

/* ---- The body ----------------------------------------------------------------------------- */

void entra_translate(
    const struct request *request, const struct azb_error *from, struct azb_error *to)
{
    bool get = strcmp(request->method, "GET") == 0;
    if (from->http_status == 405)
        aadsts(to, 900561, "The endpoint only accepts %s requests. Received a %s request.",
            get ? "POST" : "GET", request->method);
    else if (from->http_status >= 400 && from->http_status < 500)
        *to = *from;
    else
        aadsts(to, 90033, "A transient error has occurred. Please try again.");
}

static const char *value_of(const struct azb_error *err, const char *key, const char *fallback)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, key) == 0)
            return err->values[i].value;
    return fallback;
}

const char *aadsts_word(const struct azb_error *err)
{
    return value_of(err, WORD, "invalid_request");
}

const char *entra_error_description(struct request *request, const struct azb_error *err)
{
    char timestamp[TIME_TEXT_MAX];
    time_entra(request->now, timestamp);
    const char *description = arena_format(&request->arena,
        "%s%s%s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", err->code,
        *err->code ? ": " : "", err->message, request->request_id, entra_correlation_id(request),
        timestamp);
    return description ? description : err->message;
}

const char *entra_error_uri(struct request *request, const struct azb_error *err)
{
    const char *base = entra_base_url(request);
    int number = aadsts_number(err);
    return number && base ? arena_format(&request->arena, "%s/common/error?code=%d", base, number)
                          : NULL;
}

static void write_codes(struct json_writer *writer, int number)
{
    json_name(writer, "error_codes");
    json_begin_array(writer);
    if (number)
        json_write_i64(writer, number);
    json_end_array(writer);
}

static void write_body(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    char timestamp[TIME_TEXT_MAX];
    time_entra(request->now, timestamp);
    json_begin_object(writer);
    json_member(writer, "error", aadsts_word(err));
    json_member(writer, "error_description", entra_error_description(request, err));
    write_codes(writer, aadsts_number(err));
    json_member(writer, "timestamp", timestamp);
    json_member(writer, "trace_id", request->request_id);
    json_member(writer, "correlation_id", entra_correlation_id(request));
    json_member(writer, "error_uri", entra_error_uri(request, err));
    json_member(writer, SUBERROR, value_of(err, SUBERROR, NULL));
    json_member(writer, "claims", err->claims);
    json_end_object(writer);
}

void entra_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    struct azb_error told = AZB_ERROR_INIT;
    if (aadsts_number(err))
        told = *err;
    else
        entra_translate(request, err, &told);
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, BODY_MAX);
    json_writer_init(&writer, &body, 0);
    write_body(request, &writer, &told);
    char *copy = body.failed ? NULL : arena_copy(&request->arena, body.at, body.length);
    struct text text =
        copy ? (struct text){copy, body.length} : TEXT("{\"error\":\"server_error\"}");
    reply_json(reply, told.http_status ? told.http_status : 500, text);
    reply_header(
        reply, "x-ms-clitelem", arena_format(&request->arena, "1,%d,0,,", aadsts_number(&told)));
}
