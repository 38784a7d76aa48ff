/* Where the answer may go, and how it gets there. */
#include <ctype.h>

#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"

#define ANSWER_MAX (64 * 1024)

/* ---- Which places are registered ------------------------------------------------------------- */

/* "http://localhost:1234/path" without its port; TEXT_NONE when it is not a loopback address. IPv6
 * is not one: Entra does not take it. */
struct loopback {
    struct text host; /* "http://localhost" */
    struct text path; /* "" is "/" */
};

static struct text cut_port(struct text rest)
{
    size_t digits = 0;
    uint64_t port;
    if (rest.length == 0 || *rest.at != ':')
        return rest;
    while (digits + 1 < rest.length && isdigit((unsigned char)rest.at[digits + 1]))
        digits++;
    bool is_port = text_to_u64(text_slice(rest, 1, digits + 1), 65535, &port) && port > 0;
    return is_port ? text_slice(rest, digits + 1, rest.length) : TEXT_NONE;
}

static bool parse_loopback(struct text uri, struct loopback *out)
{
    static const char *const hosts[] = {"http://localhost", "http://127.0.0.1"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (!text_starts(uri, hosts[i]))
            continue;
        out->host = text_of(hosts[i]);
        out->path = cut_port(text_slice(uri, out->host.length, uri.length));
        if (!out->path.at || (out->path.length > 0 && *out->path.at != '/'))
            continue;
        if (out->path.length == 0)
            out->path = TEXT("/");
        return true;
    }
    return false;
}

static bool is_match(struct text registered, struct text asked)
{
    struct loopback a, b;
    if (text_equal(registered, asked))
        return true;
    return parse_loopback(registered, &a) && parse_loopback(asked, &b) &&
           text_equal(a.host, b.host) && text_equal(a.path, b.path);
}

/* What a browser would run instead of go to, or a header could not hold, whoever registered it. */
static bool is_safe(struct text uri)
{
    for (size_t i = 0; i < uri.length; i++)
        if ((unsigned char)uri.at[i] <= ' ' || uri.at[i] == 0x7f || uri.at[i] == '#')
            return false;
    return uri.length > 0 && !redirect_uri_is_script(uri);
}

static bool refuse_uri(
    const struct application *application, struct text asked, struct azb_error *err)
{
    return aadsts(err, 50011,
        "The redirect URI '%.*s' specified in the request does not match the redirect URIs "
        "configured for the application '%s'. Make sure the redirect URI sent in the request "
        "matches one added to your application.",
        TEXT_ARGS(text_slice(asked, 0, 120)), application->app_id);
}

static bool take_only_one(
    const struct application *application, struct redirect *out, struct azb_error *err)
{
    if (application->redirect_uri_count != 1)
        return aadsts(err, 900144,
            "The request must contain the following parameter: 'redirect_uri'. It may be missing "
            "only when the application has exactly one registered; this one has %zu.",
            application->redirect_uri_count);
    out->uri = application->redirect_uris[0].uri;
    out->kind = application->redirect_uris[0].kind;
    return is_safe(text_of(out->uri)) || refuse_uri(application, text_of(out->uri), err);
}

bool redirect_match(const struct application *application, struct text asked, struct arena *arena,
    struct redirect *out, struct azb_error *err)
{
    if (!asked.length)
        return take_only_one(application, out, err);
    for (size_t i = 0; i < application->redirect_uri_count; i++) {
        const struct redirect_uri *registered = &application->redirect_uris[i];
        if (!is_match(text_of(registered->uri), asked) || !is_safe(asked))
            continue;
        out->uri = text_string(arena, asked);
        out->is_given = true;
        out->kind = registered->kind;
        return out->uri || fail_memory(err);
    }
    return refuse_uri(application, asked, err);
}

/* Browsers hold form-action against every redirect that follows a form, the application's own ones
 * too: so any https address and the loopback, but no other clear-text host and no script. */
const char *redirect_csp_source(const struct redirect *redirect, struct arena *arena)
{
    static const char everywhere[] = "https: http://localhost:* http://127.0.0.1:*";
    struct text rest = text_of(redirect->uri), scheme;
    text_cut(&rest, ':', &scheme);
    for (size_t i = 0; i < scheme.length; i++)
        if (!isalnum((unsigned char)scheme.at[i]) && !strchr("+-.", scheme.at[i]))
            return everywhere;
    if (!rest.at || text_is(scheme, "https") || text_is(scheme, "http"))
        return everywhere;
    return arena_format(arena, "%s %.*s:", everywhere, TEXT_ARGS(scheme));
}

/* ---- The answer ------------------------------------------------------------------------------ */

static void add_value(struct buffer *out, const char *name, const char *value)
{
    if (value)
        buffer_add_form(out, name, text_of(value));
}

static void add_values(struct buffer *out, const struct redirect *redirect,
    const struct redirect_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_value(out, values[i].name, values[i].value);
    if (redirect->state.at)
        buffer_add_form(out, "state", redirect->state);
    add_value(out, "iss", redirect->iss);
}

/* Entra writes the slash of an address that has no path. */
static bool has_no_path(struct text uri)
{
    struct text rest = uri, scheme;
    text_cut(&rest, ':', &scheme);
    bool is_web = text_is(scheme, "http") || text_is(scheme, "https");
    rest = text_slice(rest, 2, rest.length);
    return is_web && rest.length > 0 && !memchr(rest.at, '/', rest.length) &&
           !memchr(rest.at, '?', rest.length);
}

static char separator_of(const struct redirect *redirect)
{
    if (redirect->mode == RESPONSE_FRAGMENT)
        return '#';
    return strchr(redirect->uri, '?') ? '&' : '?';
}

static bool send_location(struct sign_in *sign_in, const struct redirect *redirect,
    const struct redirect_value *values, size_t count, struct reply *reply, struct azb_error *err)
{
    struct request *request = sign_in->request;
    scoped_buffer struct buffer answer = {0};
    buffer_init(&answer, ANSWER_MAX);
    add_values(&answer, redirect, values, count);
    if (answer.failed)
        return fail_memory(err);
    char *location = arena_format(&request->arena, "%s%s%c%s", redirect->uri,
        has_no_path(text_of(redirect->uri)) ? "/" : "", separator_of(redirect),
        answer.at ? answer.at : "");
    if (!location)
        return fail_memory(err);
    reply->status = strcmp(request->method, "POST") == 0 ? 303 : 302; /* RFC 9700 section 4.12 */
    reply->body = TEXT("");
    reply_header(reply, "Location", location);
    reply_header(reply, "Referrer-Policy", "no-referrer");
    return true;
}

static bool send_form(struct sign_in *sign_in, const struct redirect *redirect,
    const struct redirect_value *values, size_t count, struct reply *reply, struct azb_error *err)
{
    scoped_page struct page page = {0};
    sign_in_page(sign_in, &page, "Back to the application");
    page_format(&page, "<h1>Back to %s</h1>\n<form method=\"post\" action=\"%s\">\n",
        sign_in->client_name, redirect->uri);
    for (size_t i = 0; i < count; i++)
        if (values[i].value)
            page_hidden(&page, values[i].name, text_of(values[i].value));
    if (redirect->state.at)
        page_hidden(&page, "state", redirect->state);
    if (redirect->iss)
        page_hidden(&page, "iss", text_of(redirect->iss));
    page_format(&page,
        "<noscript><p>Your browser runs no scripts, so the last step is yours.</p>"
        "<div class=\"buttons\"><button>Continue</button></div></noscript>\n</form>\n");
    page_submit_form(&page);
    return sign_in_reply(sign_in, &page, reply, err);
}

bool redirect_reply(struct sign_in *sign_in, const struct redirect *redirect,
    const struct redirect_value *values, size_t count, struct reply *reply, struct azb_error *err)
{
    if (redirect->mode == RESPONSE_FORM_POST)
        return send_form(sign_in, redirect, values, count, reply, err);
    return send_location(sign_in, redirect, values, count, reply, err);
}

bool redirect_error(struct sign_in *sign_in, const struct redirect *redirect,
    const struct azb_error *why, struct reply *reply, struct azb_error *err)
{
    struct request *request = sign_in->request;
    const struct redirect_value values[] = {
        {"error", aadsts_word(why)},
        {"error_description", entra_error_description(request, why)},
        {"error_uri", entra_error_uri(request, why)},
    };
    return redirect_reply(sign_in, redirect, values, sizeof values / sizeof *values, reply, err);
}
