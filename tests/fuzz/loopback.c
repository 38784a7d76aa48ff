/*
 * What a connection to the listener of a browser sign-in sends: the first line is a redirect URI,
 * the rest the bytes, given in two pieces as the network may cut them. Nothing without the right
 * state ends the wait, and what does is fit to be shown and sent on.
 */
#include <stdint.h>

#include "entra/loopback.h"

#define STATE "state-1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(struct text bytes, const struct loopback_answer *answer)
{
    require(memmem(bytes.at, bytes.length, "state", 5) || memchr(bytes.at, '%', bytes.length));
    require(!answer->code != !answer->error);
    for (const char *c = answer->error; c && *c; c++)
        require(*c > ' ' && *c < 0x7f && !strchr("<>&\"'", *c));
    for (const char *c = answer->description; c && *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
    require(!answer->description || text_valid_utf8(text_of(answer->description)));
}

/* A verdict does not depend on how the bytes were cut, unless they were refused early. */
static void read_bytes(
    const struct loopback_address *address, struct text bytes, struct arena *arena)
{
    struct loopback_answer first = {0}, whole = {0};
    const char *host = arena_format(arena, "%s:%d", address->host, address->port);
    struct loopback_expected expected = {host, address->path, STATE};
    if (!host)
        return;
    enum loopback_verdict half =
        loopback_read(&expected, text_slice(bytes, 0, bytes.length / 2), arena, &first);
    enum loopback_verdict all = loopback_read(&expected, bytes, arena, &whole);
    if (all == LOOPBACK_ARRIVED)
        check(bytes, &whole);
    if (all == LOOPBACK_REFUSED)
        require(whole.status >= 400 && whole.status <= 500);
    if (half == LOOPBACK_ARRIVED)
        require(all == LOOPBACK_ARRIVED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct text rest = {(const char *)data, size};
    struct text uri = TEXT_NONE;
    struct loopback_address address;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 16 << 20);
    if (size == 0 || !text_cut(&rest, '\n', &uri) || !rest.at)
        return 0;
    const char *string = text_string(&arena, uri);
    if (!loopback_address_read(string, &arena, &address, &err)) {
        require(err.kind == AZB_ERROR_ARGUMENT && err.message[0]);
        return 0;
    }
    require(address.port >= 0 && address.port <= 65535);
    require(!address.path[0] || address.path[0] == '/');
    read_bytes(&address, rest, &arena);
    return 0;
}
