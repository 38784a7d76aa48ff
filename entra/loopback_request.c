/*
 * The parser: no sockets here (see loopback.c). RFC 9112 as far as browsers use it for a form.
 */
#include "entra/loopback.h"

#include "base/crypto.h"
#include "base/error.h"
#include "base/http.h"

#define TARGET_MAX ((size_t)12 * 1024)
#define DESCRIPTION_MAX 600

/* A request taken apart, nothing of it believed yet. */
struct request {
    struct text method, target, path, query;
    struct text host, content_type;
    size_t hosts, lengths;
    uint64_t length;
    bool chunked;
};

bool loopback_address_read(const char *redirect_uri, struct arena *arena,
    struct loopback_address *out, struct azb_error *err)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *uri = redirect_uri ? redirect_uri : "http://localhost";
    struct url url = {0};
    const char *host = NULL;
    bool read = url_parse(text_of(uri), &url) && text_equal_nocase(url.scheme, TEXT("http"));
    for (size_t i = 0; read && i < sizeof(hosts) / sizeof(hosts[0]); i++)
        if (text_equal_nocase(url.host, text_of(hosts[i])))
            host = hosts[i];
    if (!host || url.query.at || strchr(uri, '#'))
        return fail(err, AZB_ERROR_ARGUMENT,
            "redirect_uri '%.200s' must be http://localhost or http://127.0.0.1, perhaps with a "
            "port and a path, as it is registered",
            uri);
    out->host = arena_string(arena, host);
    out->port = url.host.at[url.host.length] == ':' ? url.port : 0;
    out->path = text_string(arena, url.path);
    return (out->host && out->path) || fail_memory(err);
}

/* ---- The head ---- */

static bool cut_line(struct text *rest, struct text *line)
{
    const char *end = rest->length ? memmem(rest->at, rest->length, "\r\n", 2) : NULL;
    if (!end)
        return false;
    *line = (struct text){rest->at, (size_t)(end - rest->at)};
    *rest = text_slice(*rest, line->length + 2, rest->length);
    return true;
}

/* "POST /path?query HTTP/1.1" */
static bool read_request_line(struct text line, struct request *request)
{
    struct text version = TEXT_NONE;
    if (!text_cut(&line, ' ', &request->method) || !text_cut(&line, ' ', &request->target) ||
        !text_cut(&line, ' ', &version) || line.at)
        return false;
    for (size_t i = 0; i < request->target.length; i++)
        if (request->target.at[i] <= ' ' || request->target.at[i] >= 0x7f)
            return false;
    struct text rest = request->target;
    text_cut(&rest, '?', &request->path);
    request->query = rest;
    return request->method.length && text_starts(request->target, "/") &&
           (text_is(version, "HTTP/1.1") || text_is(version, "HTTP/1.0"));
}

/* False: a header that no honest browser sends. */
static bool read_header(struct text line, struct request *request)
{
    struct text name = TEXT_NONE;
    struct text value = line;
    if (!text_cut(&value, ':', &name) || !value.at || !name.length ||
        memchr(name.at, ' ', name.length) || memchr(name.at, '\t', name.length))
        return false;
    value = text_trim(value);
    if (text_equal_nocase(name, TEXT("host"))) {
        request->host = value;
        return request->hosts++ == 0;
    }
    if (text_equal_nocase(name, TEXT("content-type")))
        request->content_type = value;
    if (text_equal_nocase(name, TEXT("transfer-encoding")))
        request->chunked = true;
    if (!text_equal_nocase(name, TEXT("content-length")))
        return true;
    return request->lengths++ == 0 && text_to_u64(value, INT64_MAX, &request->length);
}

/* Status of the refusal; 0 when it is well formed. */
static int read_head(struct text head, struct request *request)
{
    struct text line = TEXT_NONE;
    if (!cut_line(&head, &line) || !read_request_line(line, request))
        return 400;
    if (request->target.length > TARGET_MAX)
        return 414;
    while (cut_line(&head, &line))
        if (!read_header(line, request))
            return 400;
    return request->hosts == 1 ? 0 : 400;
}

/* ---- Is it the one? ---- */

static int check_target(const struct request *request, const struct loopback_expected *expected)
{
    const char *path = expected->path[0] ? expected->path : "/";
    if (!text_equal_nocase(request->host, text_of(expected->host)))
        return 400; /* another name that leads here (DNS rebinding) */
    if (!text_is(request->path, path))
        return 404;
    if (!text_is(request->method, "POST") && !text_is(request->method, "GET"))
        return 405;
    return 0;
}

static int check_body(const struct request *request)
{
    struct text type = request->content_type;
    struct text essence = TEXT_NONE;
    text_cut(&type, ';', &essence);
    if (request->chunked || !request->lengths)
        return 411;
    if (request->length > LOOPBACK_BODY_MAX)
        return 413;
    return text_equal_nocase(text_trim(essence), TEXT("application/x-www-form-urlencoded")) ? 0
                                                                                            : 400;
}

static bool get_string(struct arena *arena, struct text form, const char *name, char **out)
{
    struct text value = TEXT_NONE;
    int found = text_form_get(arena, form, name, &value);
    *out = found == 1 && value.length ? text_string(arena, value) : NULL;
    return found == 0 || *out;
}

/* RFC 6749 appendix A.7: what else it is, is not shown to anybody. */
static bool is_word(const char *word)
{
    size_t length =
        strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    return length > 0 && length < 64 && !word[length];
}

/* The first line, without what could move a cursor. */
static void clean(char *description)
{
    size_t length = strcspn(description, "\r\n");
    if (length > DESCRIPTION_MAX)
        length = DESCRIPTION_MAX;
    description[text_whole_length((struct text){description, length})] = '\0';
    text_make_printable(description);
}

static bool read_answer(const struct loopback_expected *expected, struct text form,
    struct arena *arena, struct loopback_answer *out)
{
    struct text state = TEXT_NONE;
    char *code = NULL, *error = NULL, *description = NULL;
    if (text_form_get(arena, form, "state", &state) != 1 ||
        !secret_equal(state, text_of(expected->state)))
        return false;
    if (!get_string(arena, form, "code", &code) || !get_string(arena, form, "error", &error) ||
        !get_string(arena, form, "error_description", &description))
        return false;
    if (!code == !error || (error && !is_word(error)))
        return false;
    if (description && text_valid_utf8(text_of(description)))
        clean(description);
    else
        description = NULL;
    *out = (struct loopback_answer){.code = code, .error = error, .description = description};
    return true;
}

static enum loopback_verdict refuse(struct loopback_answer *out, int status)
{
    *out = (struct loopback_answer){.status = status};
    return LOOPBACK_REFUSED;
}

static enum loopback_verdict judge(const struct loopback_expected *expected, struct text form,
    struct arena *arena, struct loopback_answer *out)
{
    if (read_answer(expected, form, arena, out))
        return LOOPBACK_ARRIVED;
    return refuse(out, arena->failed ? 500 : 400);
}

enum loopback_verdict loopback_read(const struct loopback_expected *expected, struct text bytes,
    struct arena *arena, struct loopback_answer *out)
{
    struct request request = {0};
    const char *end = bytes.length ? memmem(bytes.at, bytes.length, "\r\n\r\n", 4) : NULL;
    size_t head = end ? (size_t)(end - bytes.at) + 2 : bytes.length;
    if (head > LOOPBACK_HEAD_MAX)
        return refuse(out, 413);
    if (!end)
        return LOOPBACK_MORE;
    int status = read_head(text_slice(bytes, 0, head), &request);
    if (!status)
        status = check_target(&request, expected);
    if (status)
        return refuse(out, status);
    if (text_is(request.method, "GET"))
        return judge(expected, request.query, arena, out);
    status = check_body(&request);
    if (status)
        return refuse(out, status);
    struct text body = text_slice(bytes, head + 2, bytes.length);
    if (body.length < request.length)
        return LOOPBACK_MORE;
    return judge(expected, text_slice(body, 0, request.length), arena, out);
}
