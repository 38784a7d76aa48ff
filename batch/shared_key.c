#include "batch/shared_key.h"

#include "base/crypto.h"

static const char *const signed_headers[] = {
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Unmodified-Since",
    "Range",
};

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (string_equal_nocase(request->headers[i].name, name))
            return request->headers[i].value;
    return "";
}

static bool has_body_method(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* As it goes over the wire: libcurl sends it for every body and a 0 for POST, PUT and PATCH. */
static void add_content_length(const struct http_request *request, struct buffer *out)
{
    if (request->body.at)
        buffer_format(out, "%zu", request->body.length);
    else if (has_body_method(request->method) && strcmp(request->method, "DELETE") != 0)
        buffer_add_char(out, '0');
}

struct pair {
    struct text name, value;
};

static int by_name(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    size_t shorter =
        left->name.length < right->name.length ? left->name.length : right->name.length;
    int order = memcmp(left->name.at, right->name.at, shorter);
    return order ? order : (int)left->name.length - (int)right->name.length;
}

#define PAIRS_MAX 32

static void add_ocp_headers(const struct http_request *request, struct buffer *out)
{
    struct pair pairs[PAIRS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < request->header_count && count < PAIRS_MAX; i++)
        if (strncmp(request->headers[i].name, "ocp-", 4) == 0)
            pairs[count++] = (struct pair){
                text_of(request->headers[i].name), text_of(request->headers[i].value)};
    qsort(pairs, count, sizeof *pairs, by_name);
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%.*s:%.*s\n", TEXT_ARGS(pairs[i].name), TEXT_ARGS(pairs[i].value));
}

static bool add_query(struct text query, struct arena *arena, struct buffer *out)
{
    struct pair pairs[PAIRS_MAX];
    size_t count = 0;
    struct text piece;
    while (query.length && text_cut(&query, '&', &piece)) {
        struct text name = TEXT_NONE, decoded;
        text_cut(&piece, '=', &name);
        if (count == PAIRS_MAX || !text_percent_decode(arena, name, false, &decoded))
            return false;
        pairs[count].name = decoded;
        if (!text_percent_decode(arena, piece, false, &pairs[count].value))
            return false;
        count++;
    }
    qsort(pairs, count, sizeof *pairs, by_name);
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "\n%.*s:%.*s", TEXT_ARGS(pairs[i].name), TEXT_ARGS(pairs[i].value));
    return true;
}

bool shared_key_string_to_sign(const struct http_request *request, const char *account,
    struct text path, struct text query, struct arena *arena, struct buffer *out)
{
    buffer_format(out, "%s\n", request->method);
    for (size_t i = 0; i < sizeof signed_headers / sizeof *signed_headers; i++) {
        if (strcmp(signed_headers[i], "Content-Length") == 0)
            add_content_length(request, out);
        else
            buffer_add_string(out, header_of(request, signed_headers[i]));
        buffer_add_char(out, '\n');
    }
    add_ocp_headers(request, out);
    buffer_format(out, "/%s%.*s", account, TEXT_ARGS(path));
    return add_query(query, arena, out) && !out->failed;
}

char *shared_key_authorization(const struct http_request *request, const char *account,
    struct text key, struct text path, struct text query, struct arena *arena)
{
    scoped_buffer struct buffer string = {0};
    buffer_init(&string, 64 * 1024);
    if (!shared_key_string_to_sign(request, account, path, query, arena, &string))
        return NULL;
    unsigned char mac[SHA256_BYTES];
    hmac_sha256(key, buffer_text(&string), mac);
    char *signature = base64_encode(arena, (struct text){(const char *)mac, sizeof mac});
    return signature ? arena_format(arena, "SharedKey %s:%s", account, signature) : NULL;
}
