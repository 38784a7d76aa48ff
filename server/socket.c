#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#define FREE_PORT_TRIES 16

static bool split_address(struct text text, struct text *host, struct text *port)
{
    const char *colon = memrchr(text.at, ':', text.length);
    if (!colon)
        return false;
    *host = text_slice(text, 0, (size_t)(colon - text.at));
    *port = text_slice(text, host->length + 1, text.length);
    if (text_starts(*host, "[") && text_ends(*host, "]"))
        *host = text_slice(*host, 1, host->length - 1);
    return host->length > 0;
}

static void set_v4(struct listen_address *out, struct in_addr v4, int port)
{
    struct sockaddr_in *address = (struct sockaddr_in *)&out->address;
    *address = (struct sockaddr_in){AF_INET, htons((uint16_t)port), v4, {0}};
    out->length = sizeof(*address);
    out->is_loopback = ntohl(v4.s_addr) >> 24 == 127;
}

static void set_v6(struct listen_address *out, struct in6_addr v6, int port)
{
    struct sockaddr_in6 *address = (struct sockaddr_in6 *)&out->address;
    *address = (struct sockaddr_in6){
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = v6};
    out->length = sizeof(*address);
    out->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool set_host(struct listen_address *out, struct text host, int port)
{
    char name[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    if (text_equal_nocase(host, TEXT("localhost")))
        host = TEXT("127.0.0.1");
    if (host.length >= sizeof(name))
        return false;
    memcpy(name, host.at, host.length);
    name[host.length] = '\0';
    if (inet_pton(AF_INET, name, &v4) == 1) {
        set_v4(out, v4, port);
        return true;
    }
    if (inet_pton(AF_INET6, name, &v6) != 1)
        return false;
    set_v6(out, v6, port);
    return true;
}

bool listen_address_parse(
    const char *text, const char *option, struct listen_address *out, struct azb_error *err)
{
    struct text host, digits;
    uint64_t port;
    *out = (struct listen_address){0};
    if (!split_address(text_of(text), &host, &digits) || !text_to_u64(digits, 65535, &port) ||
        !set_host(out, host, (int)port))
        return fail(err, AZB_ERROR_ARGUMENT,
            "%s: \"%s\" is not an address and a port, such as 127.0.0.1:8443, [::1]:8443 or "
            "localhost:0",
            option, text);
    out->port = (int)port;
    return true;
}

static const char *address_text(
    const struct sockaddr *address, socklen_t length, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";
    (void)length;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
        snprintf(out, size, "%s:%d", host, ntohs(v4->sin_port));
    } else {
        const struct sockaddr_in6 *v6 = (const void *)address;
        inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
        snprintf(out, size, "[%s]:%d", host, ntohs(v6->sin6_port));
    }
    return out;
}

/* The socket, or -1 and errno. */
static int bind_one(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, address, length) == 0)
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t length = sizeof(address);
    memset(&address, 0, sizeof(address));
    if (getsockname(fd, &address.any, &length) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

static bool fail_bind(const struct listen_address *address, int problem, struct azb_error *err)
{
    char text[80];
    address_text((const struct sockaddr *)&address->address, address->length, text, sizeof(text));
    if (problem == EADDRINUSE)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s is in use by another program; choose another port, or 0 for a free one", text);
    return fail(err, AZB_ERROR_CONFIGURATION, "cannot listen on %s: %s", text, strerror(problem));
}

/* The same port on the loopback address of the other family. */
static struct listen_address twin_of(const struct listen_address *address, int port)
{
    struct listen_address twin = {.port = port};
    if (address->address.ss_family == AF_INET)
        set_v6(&twin, in6addr_loopback, port);
    else
        set_v4(&twin, (struct in_addr){htonl(INADDR_LOOPBACK)}, port);
    return twin;
}

static bool is_missing_family(int problem)
{
    return problem == EAFNOSUPPORT || problem == EADDRNOTAVAIL;
}

/* 0: done. Otherwise errno, and *failed says where. */
static int bind_all(
    const struct listen_address *address, struct listen_sockets *out, struct listen_address *failed)
{
    *failed = *address;
    int fd = bind_one((const struct sockaddr *)&address->address, address->length);
    if (fd < 0)
        return errno;
    out->fds[out->count++] = fd;
    out->port = port_of(fd);
    if (!address->is_loopback)
        return 0;
    *failed = twin_of(address, out->port);
    fd = bind_one((const struct sockaddr *)&failed->address, failed->length);
    if (fd < 0)
        return is_missing_family(errno) ? 0 : errno;
    out->fds[out->count++] = fd;
    return 0;
}

bool listen_sockets_bind(
    const struct listen_address *address, struct listen_sockets *out, struct azb_error *err)
{
    /* A port that is free on 127.0.0.1 may be taken on ::1: when any will do, try others. */
    int tries = address->port == 0 ? FREE_PORT_TRIES : 1;
    struct listen_address failed;
    int problem;
    do {
        *out = (struct listen_sockets){0};
        problem = bind_all(address, out, &failed);
        if (problem)
            listen_sockets_close(out);
    } while (problem == EADDRINUSE && --tries > 0);
    return problem == 0 || fail_bind(&failed, problem, err);
}

void listen_sockets_close(struct listen_sockets *sockets)
{
    for (int i = 0; i < sockets->count; i++)
        close(sockets->fds[i]);
    sockets->count = 0;
}
