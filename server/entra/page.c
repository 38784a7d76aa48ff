#include "entra/page.h"

#include <assert.h>
#include <stdio.h>

#include "base/error.h"
#include "directory/directory.h"

/* The only script: sends the only form of the page it is on (response_mode=form_post). */
static const char script[] = "document.forms[0].submit()";

/* ---- Escaping ------------------------------------------------------------------------------- */

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

void page_text(struct page *page, struct text value)
{
    while (value.length > 0) {
        size_t length = text_utf8_length(value);
        const char *entity = entity_of(*value.at);
        if (length == 0 || is_control((unsigned char)*value.at))
            buffer_add_string(&page->html, "\xEF\xBF\xBD"); /* U+FFFD */
        else if (entity)
            buffer_add_string(&page->html, entity);
        else
            buffer_add(&page->html, value.at, length);
        value = text_slice(value, length ? length : 1, value.length);
    }
}

void page_format(struct page *page, const char *markup, ...)
{
    va_list values;
    va_start(values, markup);
    for (const char *mark; (mark = strchr(markup, '%')); markup = mark) {
        buffer_add(&page->html, markup, (size_t)(mark - markup));
        bool counted = strncmp(mark, "%.*s", 4) == 0;
        assert(counted || mark[1] == 's');
        if (counted) {
            int length = va_arg(values, int);
            page_text(page, (struct text){va_arg(values, const char *), (size_t)length});
        } else {
            page_text(page, text_of(va_arg(values, const char *)));
        }
        mark += counted ? 4 : 2;
    }
    buffer_add_string(&page->html, markup);
    va_end(values);
}

void page_hidden(struct page *page, const char *name, struct text value)
{
    page_format(
        page, "<input type=\"hidden\" name=\"%s\" value=\"%.*s\">\n", name, TEXT_ARGS(value));
}

void page_problem(struct page *page, const char *sentence)
{
    if (sentence)
        page_format(page, "<p class=\"problem\" id=\"problem\" role=\"alert\">%s</p>\n", sentence);
}

void page_submit_form(struct page *page)
{
    page->submits_itself = true;
    page_format(page, "<script>");
    buffer_add_string(&page->html, script);
    page_format(page, "</script>\n");
}

/* ---- The frame ------------------------------------------------------------------------------ */

static void open_frame(
    struct page *page, struct request *request, const char *title, const char *body_class)
{
    *page = (struct page){.request = request};
    buffer_init(&page->html, PAGE_MAX);
    page_format(page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>%s - azbd</title>\n<style>",
        title);
    buffer_add_string(&page->html, page_style);
    page_format(page,
        "</style>\n</head>\n<body class=\"%s\">\n<header><span class=\"brand\">azbd</span> "
        "<span>%s</span></header>\n<main>\n",
        body_class, directory_tenant_name(request->service));
}

void page_open(struct page *page, struct request *request, const char *title)
{
    open_frame(page, request, title, "form");
}

void page_open_wide(struct page *page, struct request *request, const char *title)
{
    open_frame(page, request, title, "wide");
}

void page_free(struct page *page)
{
    buffer_free(&page->html);
}

static void end_frame(struct page *page)
{
    page_format(page,
        "</main>\n<footer><p>This is azbd, a service on your own computer that stands in for "
        "Microsoft Entra ID in tests. It is not Microsoft: enter only names and passwords of "
        "the directory %s.</p></footer>\n</body>\n</html>\n",
        directory_tenant_domain(page->request->service));
}

/* ---- Headers -------------------------------------------------------------------------------- */

/* "'sha256-...'": CSP3 section 2.3.1, of the text between the tags. */
static const char *hash_source(struct arena *arena, const char *inline_text)
{
    unsigned char hash[SHA256_BYTES];
    sha256(text_of(inline_text), hash);
    const char *encoded = base64_encode(arena, (struct text){(const char *)hash, sizeof hash});
    return encoded ? arena_format(arena, "'sha256-%s'", encoded) : NULL;
}

static const char *security_policy(const struct page *page)
{
    struct arena *arena = &page->request->arena;
    const char *style = hash_source(arena, page_style);
    const char *code = page->submits_itself ? hash_source(arena, script) : "'none'";
    if (!style || !code)
        return NULL;
    return arena_format(arena,
        "default-src 'none'; style-src %s; script-src %s; img-src data:; form-action 'self'%s%s; "
        "base-uri 'none'; frame-ancestors 'none'",
        style, code, page->form_target ? " " : "", page->form_target ? page->form_target : "");
}

/* All of the plane's replies are no-store and nosniff besides (entra/routes.c). */
static void add_headers(struct reply *reply, const char *policy)
{
    reply_header(reply, "Content-Type", "text/html; charset=utf-8");
    reply_header(reply, "Content-Security-Policy", policy);
    reply_header(reply, "X-Frame-Options", "DENY");
    reply_header(reply, "Referrer-Policy", "no-referrer");
}

bool page_reply(struct page *page, struct reply *reply, int status, struct azb_error *err)
{
    end_frame(page);
    const char *policy = security_policy(page);
    char *body = page->html.failed
                     ? NULL
                     : arena_copy(&page->request->arena, page->html.at, page->html.length);
    if (!policy || !body)
        return fail_memory(err);
    reply->status = status;
    reply->body = (struct text){body, page->html.length};
    add_headers(reply, policy);
    return true;
}

bool page_notice(struct request *request, struct reply *reply, const char *heading,
    const char *paragraph, struct azb_error *err)
{
    scoped_page struct page page = {0};
    page_open(&page, request, heading);
    page_format(&page, "<h1>%s</h1>\n<p>%s</p>\n", heading, paragraph);
    return page_reply(&page, reply, 200, err);
}

/* ---- Around pages ---------------------------------------------------------------------------- */

bool page_is_wanted(const struct request *request)
{
    const char *accept = request_header(request, "Accept");
    return accept && strstr(accept, "text/html") != NULL;
}

struct page_work {
    struct request *request;
    page_work_fn *work;
    void *context;
};

static bool run_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct page_work *work = context;
    struct store_connection *reader = work->request->store;
    work->request->store = connection;
    bool done = work->work(work->request, work->context, err);
    work->request->store = reader;
    return done;
}

bool page_write(struct request *request, page_work_fn *work, void *context, struct azb_error *err)
{
    struct page_work what = {request, work, context};
    return store_write_wait(request->service->store, run_work, &what, err);
}
