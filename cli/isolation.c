#include "cli/isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define BACKLOG 128

static bool not_allowed(struct azb_error *err, const char *step)
{
    return fail(err, AZB_ERROR_CONFIGURATION,
        "this system does not let the command have a network of its own (%s: %s); with "
        "--no-isolation it runs without one, and a program that ignores HTTPS_PROXY may then "
        "reach the real Azure",
        step, strerror(errno));
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return written;
}

/* user_namespaces(7): one's own ids may be mapped to themselves; groups only when setgroups, which
 * could drop a group that denies access, is given up. */
static bool map_ids(uid_t user, gid_t group, struct azb_error *err)
{
    char users[48], groups[48];
    snprintf(users, sizeof users, "%u %u 1", (unsigned)user, (unsigned)user);
    snprintf(groups, sizeof groups, "%u %u 1", (unsigned)group, (unsigned)group);
    if (!write_file("/proc/self/setgroups", "deny"))
        return not_allowed(err, "/proc/self/setgroups");
    if (!write_file("/proc/self/uid_map", users))
        return not_allowed(err, "/proc/self/uid_map");
    if (!write_file("/proc/self/gid_map", groups))
        return not_allowed(err, "/proc/self/gid_map");
    return true;
}

/* Root needs no user namespace; without one the command can still change users and reads the files
 * of all of them, as root expects. */
static bool leave_network(struct azb_error *err)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(CLONE_NEWNET) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return not_allowed(err, "unshare");
    return map_ids(user, group, err);
}

static bool raise_loopback(struct azb_error *err)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool raised = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (!raised)
        not_allowed(err, "loopback");
    if (fd >= 0)
        close(fd);
    return raised;
}

bool isolation_enter(struct azb_error *err)
{
    return leave_network(err) && raise_loopback(err);
}

/* One IPv6 socket takes IPv4 as well. In here "any address" is the loopback alone. */
static bool bind_any(int fd, int port)
{
    const int off = 0;
    const struct sockaddr_in6 any = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_any};
    return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
           bind(fd, (const struct sockaddr *)&any, sizeof any) == 0;
}

static bool bind_four(int fd, int port)
{
    const struct sockaddr_in loopback = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return bind(fd, (const struct sockaddr *)&loopback, sizeof loopback) == 0;
}

static int bound_socket(int family, bool (*bind_to)(int fd, int port), int port)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (bind_to(fd, port) && listen(fd, BACKLOG) == 0))
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

int isolation_listen(int port, struct azb_error *err)
{
    int fd = bound_socket(AF_INET6, bind_any, port);
    if (fd < 0)
        fd = bound_socket(AF_INET, bind_four, port);
    if (fd < 0)
        fail(err, AZB_ERROR_IO, "cannot listen on port %d inside: %s", port, strerror(errno));
    return fd;
}

/* ---- messages with file descriptors -------------------------------------------------------- */

union control {
    struct cmsghdr header; /* for its alignment */
    char bytes[CMSG_SPACE(ISOLATION_FDS_MAX * sizeof(int))];
};

bool isolation_send(int to, const void *bytes, size_t length, const int *fds, size_t fd_count)
{
    char copy[4096];
    union control control = {.bytes = {0}};
    if (length > sizeof copy || fd_count > ISOLATION_FDS_MAX)
        return false;
    memcpy(copy, bytes, length);
    struct iovec piece = {copy, length};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (fd_count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    return sendmsg(to, &message, MSG_NOSIGNAL) == (ssize_t)length;
}

long isolation_receive(int from, void *bytes, size_t maximum, int *fds, size_t *fd_count)
{
    union control control = {.bytes = {0}};
    struct iovec piece = {bytes, maximum};
    struct msghdr message = {.msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    ssize_t length;
    *fd_count = 0;
    do
        length = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    const struct cmsghdr *header = length < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        *fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(header), *fd_count * sizeof(int));
    }
    return (long)length;
}
