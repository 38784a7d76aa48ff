#include "request.h"

#include <assert.h>

const char *request_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (string_equal_nocase(request->headers[i].name, name))
            return request->headers[i].value;
    return NULL;
}

/* Clients write "$filter" and "%24filter", "timeOut" and "timeout". */
static bool name_is(struct arena *arena, struct text raw, const char *name)
{
    if (!memchr(raw.at, '%', raw.length))
        return text_equal_nocase(raw, text_of(name));
    struct text decoded;
    return text_percent_decode(arena, raw, true, &decoded) &&
           text_equal_nocase(decoded, text_of(name));
}

struct text request_query(struct request *request, const char *name)
{
    struct text rest = request->query, pair, key, value;
    while (text_cut(&rest, '&', &pair)) {
        value = pair;
        text_cut(&value, '=', &key);
        if (key.length == 0 || !name_is(&request->arena, key, name))
            continue;
        struct text decoded;
        if (!text_percent_decode(&request->arena, value, true, &decoded))
            return TEXT_NONE;
        return decoded;
    }
    return TEXT_NONE;
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
    assert(reply->header_count < REPLY_HEADERS_MAX);
    if (!value || reply->header_count == REPLY_HEADERS_MAX)
        return;
    reply->headers[reply->header_count++] = (struct http_header){name, value};
}

void reply_json(struct reply *reply, int status, struct text body)
{
    reply->status = status;
    reply->body = body;
    reply_header(reply, "Content-Type", "application/json; charset=utf-8");
}
