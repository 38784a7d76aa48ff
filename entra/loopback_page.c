#include "entra/loopback_page.h"

#define BODY_MAX ((size_t)8 * 1024)

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Internal Server Error";
}

static void add_escaped(struct buffer *out, const char *string)
{
    for (; *string; string++)
        if (strchr("&<>\"'", *string))
            buffer_format(out, "&#%d;", *string);
        else
            buffer_add_char(out, *string);
}

/* Nothing may be loaded, framed, kept, or told to others (the query may have held the code). */
static void write_answer(int status, struct text body, struct buffer *out)
{
    buffer_format(out, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
    buffer_add_string(out, "Content-Type: text/html; charset=utf-8\r\n"
                           "Content-Security-Policy: default-src 'none'; base-uri 'none'; "
                           "form-action 'none'; frame-ancestors 'none'\r\n"
                           "X-Content-Type-Options: nosniff\r\n"
                           "Referrer-Policy: no-referrer\r\n"
                           "Cache-Control: no-store\r\n"
                           "Connection: close\r\n");
    if (status == 405)
        buffer_add_string(out, "Allow: GET, POST\r\n");
    buffer_format(out, "Content-Length: %zu\r\n\r\n", body.length);
    buffer_add_text(out, body);
}

static void begin(struct buffer *body, const char *title)
{
    buffer_format(body,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>%s</title>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n<p>",
        title, title);
}

static void end(struct buffer *body)
{
    buffer_add_string(body, "</p>\n</main>\n</body>\n</html>\n");
}

void loopback_page_end(const struct azb_error *failure, struct buffer *out)
{
    scoped_buffer struct buffer body = {0};
    buffer_init(&body, BODY_MAX);
    begin(&body, failure ? "You are not signed in" : "You are signed in");
    if (failure) {
        add_escaped(&body, failure->message);
        if (failure->code[0]) {
            buffer_add_string(&body, "</p>\n<p>Code: ");
            add_escaped(&body, failure->code);
        }
        buffer_add_string(&body, "</p>\n<p>The program that asked knows of it. ");
    }
    buffer_add_string(&body, "You can close this page.");
    end(&body);
    out->failed = out->failed || body.failed;
    write_answer(failure ? 400 : 200, buffer_text(&body), out);
}

void loopback_page_refusal(int status, struct buffer *out)
{
    scoped_buffer struct buffer body = {0};
    buffer_init(&body, BODY_MAX);
    begin(&body, reason_of(status));
    buffer_add_string(&body, "A program on this computer waits here for a sign-in, and this is "
                             "not its answer.");
    end(&body);
    out->failed = out->failed || body.failed;
    write_answer(status, buffer_text(&body), out);
}
