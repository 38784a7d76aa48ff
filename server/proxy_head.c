#include "proxy_head.h"

#include "hosts.h"

#define HTTPS_PORT 443

static const struct text connect_word = {"CONNECT ", 8};

static bool leads_to_us(const struct proxy_head *head, int own_port)
{
    if (host_is_local(head->host))
        return head->port == own_port;
    return head->port == HTTPS_PORT && host_find(head->host);
}

/* "CONNECT host:port HTTP/1.1", RFC 9112 section 3.2.3. */
static bool read_line(struct text line, struct proxy_head *out)
{
    struct text target;
    line = text_slice(line, connect_word.length, line.length);
    if (!text_cut(&line, ' ', &target) || !text_starts(line, "HTTP/1."))
        return false;
    return line.length == sizeof("HTTP/1.1") - 1 && host_split(target, &out->host, &out->port) &&
           out->port != 0;
}

/* Bytes up to and with the empty line; 0: it is not there yet. Bare LF ends lines, too (RFC 9112
 * section 2.2). */
static size_t head_length(struct text bytes)
{
    bool empty = false;
    for (size_t at = 0; at < bytes.length; at++) {
        if (bytes.at[at] == '\n' && empty)
            return at + 1;
        if (bytes.at[at] == '\n')
            empty = true;
        else if (bytes.at[at] != '\r')
            empty = false;
    }
    return 0;
}

static struct text first_line(struct text bytes)
{
    struct text line;
    text_cut(&bytes, '\n', &line);
    return text_ends(line, "\r") ? text_slice(line, 0, line.length - 1) : line;
}

enum proxy_verdict proxy_head_read(struct text bytes, int own_port, struct proxy_head *out)
{
    if (bytes.length == 0)
        return PROXY_WAIT;
    struct text start = text_slice(bytes, 0, connect_word.length);
    if (!text_equal(start, text_slice(connect_word, 0, start.length)))
        return PROXY_CLEAR;
    *out = (struct proxy_head){.length = head_length(bytes)};
    if (out->length == 0)
        return bytes.length >= PROXY_HEAD_MAX ? PROXY_TOO_LONG : PROXY_WAIT;
    if (!read_line(first_line(bytes), out))
        return PROXY_BAD;
    return leads_to_us(out, own_port) ? PROXY_TUNNEL : PROXY_REFUSE;
}
