/* The page of an error: what happened, what to do, and what to quote to whoever helps. */
#include "base/error.h"
#include "document.h"
#include "entra/aadsts.h"
#include "entra/page.h"

/* What the person who sees the page can do about it; the rest is for whoever made the application.
 */
static const struct {
    int number;
    const char *advice;
} advices[] = {
    {50011, "Register this address for the application (azb app create or update "
            "--redirect-uri), or have the application ask with a registered one."},
    {50194, "Have the application use the tenant's own address instead of /common or "
            "/organizations."},
    {90002, "Check the tenant in the address: azb env prints the one of this azbd as "
            "AZURE_TENANT_ID."},
    {700016, "Check the client ID: azb app list shows the applications of this directory."},
    {7000112, "An administrator has to enable the application again."},
    {70018, "Start again in your program or on your device, and type the new code."},
    {70019, "Start again in your program or on your device, and type the new code."},
};

static const char *advice_of(int number)
{
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (advices[i].number == number)
            return advices[i].advice;
    return "Go back to the application and try again. If it stays, tell whoever made the "
           "application what stands below.";
}

static void write_facts(struct page *page, const struct azb_error *err)
{
    struct request *request = page->request;
    char timestamp[TIME_TEXT_MAX];
    time_entra(request->now, timestamp);
    page_format(page, "<dl>\n");
    if (*err->code)
        page_format(page, "<dt>Error code</dt><dd>%s</dd>\n", err->code);
    page_format(page,
        "<dt>Trace ID</dt><dd>%s</dd>\n<dt>Correlation ID</dt><dd>%s</dd>\n"
        "<dt>Timestamp</dt><dd>%s</dd>\n</dl>\n",
        request->request_id, entra_correlation_id(request), timestamp);
}

static bool show(struct request *request, struct reply *reply, const struct azb_error *err)
{
    struct azb_error failed = AZB_ERROR_INIT;
    scoped_page struct page page = {0};
    page_open(&page, request, "Sorry, that did not work");
    page_format(&page,
        "<h1>Sorry, that did not work</h1>\n"
        "<p class=\"problem\" role=\"alert\">%s%s%s</p>\n<p>%s</p>\n",
        err->code, *err->code ? ": " : "", err->message, advice_of(aadsts_number(err)));
    write_facts(&page, err);
    bool done = page_reply(&page, reply, refusal_status(err), &failed);
    azb_error_free(&failed);
    return done;
}

void page_error(struct request *request, struct reply *reply, const struct azb_error *err)
{
    struct azb_error told = AZB_ERROR_INIT;
    entra_translate(request, err, &told);
    if (show(request, reply, &told))
        return;
    reply->status = 500;
    reply->body = TEXT("azbd has not enough memory to show this page.\n");
    reply_header(reply, "Content-Type", "text/plain; charset=utf-8");
}
