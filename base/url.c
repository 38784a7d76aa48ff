/*
 * http and https URLs (RFC 3986), taken apart strictly: what two parsers could read differently
 * (user names, backslashes, percent escapes in host names) is refused.
 */
#include "base/http.h"

#define HOST_MAX 253 /* RFC 1035 section 2.3.4, in text form */

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* Labels of letters, digits, '-' and '_', none empty. */
static bool is_name(struct text host)
{
    bool label = false;
    for (size_t i = 0; i < host.length; i++) {
        bool dot = host.at[i] == '.';
        if (dot ? !label : !is_host_char(host.at[i]))
            return false;
        label = !dot;
    }
    return label;
}

/* "[...]" with what an IPv6 address is written with; zones are not for URLs we call. */
static bool is_ipv6(struct text host)
{
    if (host.length < 4 || host.at[host.length - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < host.length; i++)
        if (!strchr("0123456789abcdefABCDEF:.", host.at[i]) || !host.at[i])
            return false;
    return true;
}

static bool is_host(struct text host)
{
    if (!host.length || host.length > HOST_MAX)
        return false;
    return host.at[0] == '[' ? is_ipv6(host) : is_name(host);
}

static bool cut_scheme(struct text *rest, struct url *url)
{
    static const struct {
        struct text prefix, scheme;
        int port;
    } schemes[] = {
        {{"https://", 8}, {"https", 5}, 443},
        {{"http://", 7}, {"http", 4}, 80},
    };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        struct text start = text_slice(*rest, 0, schemes[i].prefix.length);
        if (!text_equal_nocase(start, schemes[i].prefix))
            continue;
        url->scheme = schemes[i].scheme;
        url->port = schemes[i].port;
        *rest = text_slice(*rest, schemes[i].prefix.length, rest->length);
        return true;
    }
    return false;
}

/* Where the first of `stops` is, or the end. */
static size_t find(struct text text, const char *stops)
{
    size_t at = 0;
    while (at < text.length && !strchr(stops, text.at[at]))
        at++;
    return at;
}

static bool parse_authority(struct text authority, struct url *url)
{
    uint64_t port;
    size_t from = 0;
    if (authority.length && authority.at[0] == '[')
        from = find(authority, "]");
    size_t colon = from + find(text_slice(authority, from, authority.length), ":");
    url->host = text_slice(authority, 0, colon);
    if (!is_host(url->host))
        return false;
    if (colon == authority.length)
        return true;
    if (!text_to_u64(text_slice(authority, colon + 1, authority.length), 65535, &port) || !port)
        return false;
    url->port = (int)port;
    return true;
}

/* Printable ASCII only; curly brackets and bars are tolerated since services write them. */
static bool is_clean(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("\"<>\\", text.at[i]))
            return false;
    return true;
}

bool url_parse(struct text text, struct url *out)
{
    struct url url = {.path = TEXT_NONE};
    struct text rest = text;
    if (!text.length || !is_clean(text) || !cut_scheme(&rest, &url))
        return false;
    size_t end = find(rest, "/?#");
    if (!parse_authority(text_slice(rest, 0, end), &url))
        return false;
    rest = text_slice(rest, end, find(rest, "#")); /* a fragment stays with the client */
    size_t question = find(rest, "?");
    url.path = text_slice(rest, 0, question);
    if (question < rest.length)
        url.query = text_slice(rest, question + 1, rest.length);
    *out = url;
    return true;
}
