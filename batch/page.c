#include "batch/client.h"
#include "batch/service_error.h"

#include "base/error.h"

/* The token must not follow a link to somebody else's host. */
bool own_host(const struct azb_batch *batch, const char *link, struct azb_error *err)
{
    struct url own, other;
    if (url_parse(text_of(batch->account_url), &own) && url_parse(text_of(link), &other) &&
        text_equal_nocase(own.scheme, other.scheme) && text_equal_nocase(own.host, other.host) &&
        own.port == other.port)
        return true;
    return fail(err, AZB_ERROR_PROTOCOL,
        "the link leads away from the own host %s; no token is sent there", batch->host);
}

static bool get_page(
    struct azb_batch *batch, const char *link, struct azb_reply *page, struct azb_error *err)
{
    const struct call call = {.operation = operation_at((size_t)page->operation)};
    struct azb_reply next = AZB_REPLY_INIT;
    struct arena *arena = reply_arena(&next);
    if (!arena)
        return fail_memory(err);
    struct http_request request;
    struct http_response response;
    http_request_init(&request, "GET", link);
    bool read = client_send(batch, &request, &call, arena, &response, err) &&
                (response.status == call.operation->status
                        ? reply_read(call.operation, &response, &next, err)
                        : service_error(&response, err));
    if (!read) {
        azb_reply_free(&next);
        return false;
    }
    azb_reply_free(page);
    *page = next;
    return true;
}

bool azb_next_page(struct azb_batch *batch, struct azb_reply *page, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    if (page->next_link && own_host(batch, page->next_link, &problem) &&
        get_page(batch, page->next_link, page, &problem))
        return true;
    azb_reply_free(page);
    return error_move(err, &problem); /* NONE at the end, whatever an earlier call left there */
}
