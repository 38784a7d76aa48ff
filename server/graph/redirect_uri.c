#include "base/http.h"
#include "graph/graph.h"

#define REDIRECT_URI_MAX 256 /* characters, as Entra has it */

static bool is_loopback(struct text host)
{
    return text_equal_nocase(host, TEXT("localhost")) || text_is(host, "127.0.0.1") ||
           text_is(host, "::1") || text_is(host, "[::1]");
}

/* "http" and "https" with a host; anything else is a scheme of the program's own. */
static bool check_web(struct text uri, const char *what, struct azb_error *err)
{
    struct url url;
    if (!url_parse(uri, &url))
        return graph_bad(err, "Invalid value for %s: '%.*s' is not a URL.", what, TEXT_ARGS(uri));
    if (text_equal_nocase(url.scheme, TEXT("https")) || is_loopback(url.host))
        return true;
    return graph_bad(err,
        "Invalid value for %s: '%.*s' must start with https, or with http on localhost or "
        "127.0.0.1.",
        what, TEXT_ARGS(uri));
}

bool graph_check_redirect_uri(
    enum redirect_kind kind, struct text uri, const char *what, struct azb_error *err)
{
    bool web = text_equal_nocase(text_slice(uri, 0, 5), TEXT("http:")) ||
               text_equal_nocase(text_slice(uri, 0, 6), TEXT("https:"));
    if (uri.length == 0 || uri.length > REDIRECT_URI_MAX)
        return graph_bad(
            err, "Invalid value for %s: a URI has 1 to %d characters.", what, REDIRECT_URI_MAX);
    if (memchr(uri.at, '#', uri.length) || memchr(uri.at, '*', uri.length))
        return graph_bad(err,
            "Invalid value for %s: '%.*s' has a fragment (#) or a wildcard (*), which are not "
            "allowed.",
            what, TEXT_ARGS(uri));
    if (web || kind != REDIRECT_PUBLIC)
        return check_web(uri, what, err);
    return true; /* application_add() sees to the rest: an absolute URI */
}
