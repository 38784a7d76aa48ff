#include "arm/page.h"

#include "base/crypto.h"
#include "base/error.h"
#include "document.h"
#include "route.h"

/* ---- The request ----------------------------------------------------------------------------- */

static bool read_top(struct arm_page *page, struct azb_error *err)
{
    uint64_t top;
    struct text given = request_query(page->request, "$top");
    page->top = ARM_PAGE_MAX;
    if (!given.at)
        return true;
    if (!text_to_u64(given, INT32_MAX, &top) || top == 0)
        return fail_status(err, 400, "InvalidQueryParameter",
            "The value '%.*s' of $top is invalid. It is a whole number of 1 or more.",
            TEXT_ARGS(text_slice(given, 0, 40)));
    if (top < page->top)
        page->top = (size_t)top;
    return true;
}

/* The token holds the pattern of its list's path, a line feed and the key, and is not for clients
 * to read: base64url. */
static bool read_token(struct arm_page *page, struct azb_error *err)
{
    struct text given = request_query(page->request, "$skiptoken"), inside, list;
    if (!given.at)
        return true;
    if (base64url_decode(&page->request->arena, given, &inside) && text_cut(&inside, '\n', &list) &&
        text_is(list, page->request->route->path) && inside.length > 0 && text_valid_utf8(inside) &&
        !memchr(inside.at, '\0', inside.length)) {
        page->after = inside;
        return true;
    }
    if (page->request->arena.failed)
        return fail_memory(err);
    return fail_status(err, 400, "InvalidSkipToken",
        "The $skiptoken '%.*s' is invalid. It is part of the nextLink of this list, and not made "
        "by hand.",
        TEXT_ARGS(text_slice(given, 0, 100)));
}

bool arm_page_begin(
    struct arm_page *page, struct request *request, struct buffer *out, struct azb_error *err)
{
    *page = (struct arm_page){.request = request, .out = out};
    buffer_init(out, DOCUMENT_MAX);
    if (!read_top(page, err) || !read_token(page, err))
        return false;
    json_writer_init(&page->writer, out, 0);
    json_begin_object(&page->writer);
    json_name(&page->writer, "value");
    json_begin_array(&page->writer);
    return true;
}

/* ---- The reply ------------------------------------------------------------------------------- */

bool arm_page_passed(const struct arm_page *page, struct text key)
{
    struct text after = page->after;
    if (!after.at)
        return false;
    int order = memcmp(key.at, after.at, key.length < after.length ? key.length : after.length);
    return order < 0 || (order == 0 && key.length <= after.length);
}

bool arm_page_wants(struct arm_page *page, struct text key)
{
    if (page->count == page->top) {
        page->more = true;
        return false;
    }
    page->count++;
    page->last = text_string(&page->request->arena, key);
    return true;
}

static bool is_token(struct text pair)
{
    struct text name = TEXT_NONE;
    text_cut(&pair, '=', &name);
    return text_equal_nocase(name, TEXT("$skiptoken")) ||
           text_equal_nocase(name, TEXT("%24skiptoken"));
}

/* The same query, with the token in place of an earlier one. */
static char *next_link(struct arm_page *page)
{
    struct request *request = page->request;
    struct text rest = request->query, pair;
    scoped_buffer struct buffer url = {0};
    char *inside = arena_format(&request->arena, "%s\n%s", request->route->path, page->last);
    char *token = inside ? base64url_encode(&request->arena, text_of(inside)) : NULL;
    if (!token)
        return NULL;
    buffer_init(&url, 64 * 1024);
    buffer_format(&url, "https://%.*s%.*s?", TEXT_ARGS(request->host), TEXT_ARGS(request->path));
    while (text_cut(&rest, '&', &pair))
        if (pair.length && !is_token(pair))
            buffer_format(&url, "%.*s&", TEXT_ARGS(pair));
    buffer_format(&url, "$skiptoken=%s", token);
    return url.failed ? NULL : arena_string(&request->arena, url.at);
}

bool arm_page_end(struct arm_page *page, struct reply *reply, struct azb_error *err)
{
    json_end_array(&page->writer);
    if (page->more) {
        const char *link = next_link(page);
        if (!link)
            return fail_memory(err);
        json_member(&page->writer, "nextLink", link);
    }
    json_end_object(&page->writer);
    return reply_document(page->request, reply, 200, page->out, err);
}
