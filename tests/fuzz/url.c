/*
 * url_parse on any bytes. What must hold: the pieces lie inside the input in order, and the URL put
 * together from them is read the same again.
 */
#include <stdlib.h>
#include "base/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void read_again(const struct url *url)
{
    scoped_buffer struct buffer buffer = {0};
    struct url again;
    buffer_init(&buffer, 1 << 20);
    buffer_format(
        &buffer, "%.*s://%.*s:%d", TEXT_ARGS(url->scheme), TEXT_ARGS(url->host), url->port);
    buffer_add_text(&buffer, url->path);
    buffer_add_string(&buffer, url->query.at ? "?" : "");
    buffer_add_text(&buffer, url->query);
    require(url_parse(buffer_text(&buffer), &again));
    require(text_equal(again.scheme, url->scheme) && text_equal(again.host, url->host));
    require(text_equal(again.path, url->path) && text_equal(again.query, url->query));
    require(again.port == url->port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url url;
    struct text text = {(const char *)data, size};
    if (size > 1 << 18 || !url_parse(text, &url))
        return 0;
    require(text_is(url.scheme, "https") || text_is(url.scheme, "http"));
    require(url.host.length && url.host.at >= text.at);
    require(
        !memchr(url.host.at, '@', url.host.length) && !memchr(url.host.at, '/', url.host.length));
    require(url.port > 0 && url.port <= 65535);
    require(!url.path.length || url.path.at[0] == '/');
    require(!url.query.at || url.query.at + url.query.length <= text.at + text.length);
    read_again(&url);
    return 0;
}
