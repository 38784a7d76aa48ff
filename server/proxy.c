#include "proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "listen.h"
#include "proxy_head.h"

#define BACKLOG 128
/* Connections whose head is not complete. When all are taken the oldest one goes. */
#define WAITING_MAX 128
#define HEAD_TIMEOUT_MS 10000
#define NO_ROOM_MS 100
#define EVENTS_MAX 32

/* A connection that has not said yet what it wants; fd -1 is a free place. */
struct waiting {
    int fd;
    int64_t deadline_ms;
    uint64_t number; /* grows with each connection: says which one is older */
    struct sockaddr_storage address;
    socklen_t length;
};

struct proxy {
    struct service *service;
    struct listen_sockets sockets;
    int epoll;
    int stop; /* eventfd */
    pthread_t thread;
    bool has_thread;
    uint64_t accepted;
    struct waiting waiting[WAITING_MAX];
};

static void drop(struct waiting *waiting)
{
    if (waiting->fd >= 0)
        close(waiting->fd);
    waiting->fd = -1;
}

/* Answers. The socket is new and these are short: they fit its buffer. */

static void answer(struct waiting *waiting, const char *status, const char *message)
{
    char reply[512];
    int length = snprintf(reply, sizeof(reply),
        "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
        "Connection: close\r\n\r\n%s",
        status, strlen(message), message);
    send(waiting->fd, reply, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(waiting->fd, SHUT_WR);
    drop(waiting);
}

static void refuse(struct waiting *waiting, const struct proxy_head *head)
{
    char message[256];
    struct text host = text_slice(head->host, 0, 120);
    snprintf(message, sizeof(message),
        "azbd's proxy leads to azbd and to the Azure names that it stands for, not to %.*s:%d\n",
        TEXT_ARGS(host), head->port);
    answer(waiting, "403 Forbidden", message);
}

static void hand_over(struct proxy *proxy, struct waiting *waiting, enum listener_entry entry)
{
    int fd = waiting->fd;
    epoll_ctl(proxy->epoll, EPOLL_CTL_DEL, fd, NULL);
    waiting->fd = -1;
    listener_add_socket(proxy->service->listener, entry, fd,
        (const struct sockaddr *)&waiting->address, waiting->length);
}

static void open_tunnel(struct proxy *proxy, struct waiting *waiting)
{
    static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    ssize_t length = (ssize_t)sizeof(established) - 1;
    if (send(waiting->fd, established, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) == length)
        hand_over(proxy, waiting, LISTENER_TLS);
    else
        drop(waiting);
}

/* Takes the head out of the socket, to the byte: what follows belongs to TLS. */
static void take_head(struct waiting *waiting, size_t length)
{
    char head[PROXY_HEAD_MAX];
    if (recv(waiting->fd, head, length, MSG_DONTWAIT) != (ssize_t)length)
        drop(waiting);
}

static void judge(struct proxy *proxy, struct waiting *waiting, struct text bytes)
{
    struct proxy_head head;
    enum proxy_verdict verdict = proxy_head_read(bytes, proxy->service->port, &head);
    if (verdict == PROXY_TUNNEL || verdict == PROXY_REFUSE)
        take_head(waiting, head.length);
    if (waiting->fd < 0)
        return;
    switch (verdict) {
    case PROXY_WAIT:
        return;
    case PROXY_CLEAR:
        hand_over(proxy, waiting, LISTENER_CLEAR);
        return;
    case PROXY_TUNNEL:
        open_tunnel(proxy, waiting);
        return;
    case PROXY_REFUSE:
        refuse(waiting, &head);
        return;
    case PROXY_BAD:
        answer(waiting, "400 Bad Request", "CONNECT needs host:port\n");
        return;
    case PROXY_TOO_LONG:
        answer(waiting, "431 Request Header Fields Too Large", "the request is too long\n");
        return;
    }
}

/* The epoll is edge-triggered: looking without taking does not wake us again for the same bytes. */
static void look(struct proxy *proxy, struct waiting *waiting)
{
    char bytes[PROXY_HEAD_MAX];
    ssize_t length = recv(waiting->fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
    if (length > 0)
        judge(proxy, waiting, (struct text){bytes, (size_t)length});
    else if (length == 0 || (errno != EAGAIN && errno != EINTR))
        drop(waiting);
}

/* Accepting */

/* NULL: none is waiting. */
static struct waiting *oldest_waiting(struct proxy *proxy)
{
    struct waiting *oldest = NULL;
    for (size_t i = 0; i < WAITING_MAX; i++) {
        struct waiting *waiting = &proxy->waiting[i];
        if (waiting->fd >= 0 && (!oldest || waiting->number < oldest->number))
            oldest = waiting;
    }
    return oldest;
}

static struct waiting *free_place(struct proxy *proxy)
{
    for (size_t i = 0; i < WAITING_MAX; i++)
        if (proxy->waiting[i].fd < 0)
            return &proxy->waiting[i];
    struct waiting *oldest = oldest_waiting(proxy);
    drop(oldest);
    return oldest;
}

/* Without a free descriptor the oldest connection goes here, too. When all descriptors are held by
 * others there is nothing to do but to wait: the sockets stay readable. True: try again. */
static bool make_room(struct proxy *proxy)
{
    struct waiting *oldest = oldest_waiting(proxy);
    if (errno != EMFILE && errno != ENFILE)
        return false;
    if (oldest)
        drop(oldest);
    else
        poll(NULL, 0, NO_ROOM_MS);
    return oldest != NULL;
}

static bool accept_one(struct proxy *proxy, int listening)
{
    struct waiting new = {.length = sizeof(new.address)};
    new.fd = accept4(
        listening, (struct sockaddr *)&new.address, &new.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (new.fd < 0)
        return make_room(proxy);
    new.deadline_ms = monotonic_ms() + HEAD_TIMEOUT_MS;
    new.number = ++proxy->accepted;
    struct waiting *waiting = free_place(proxy);
    *waiting = new;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = waiting};
    if (epoll_ctl(proxy->epoll, EPOLL_CTL_ADD, new.fd, &event) != 0)
        drop(waiting);
    return true;
}

static void accept_all(struct proxy *proxy)
{
    for (int i = 0; i < proxy->sockets.count; i++)
        while (accept_one(proxy, proxy->sockets.fds[i]))
            ;
}

/* Ends what is too slow; the answer is how long to wait for the next event. */
static int end_slow(struct proxy *proxy)
{
    int64_t now = monotonic_ms(), next = -1;
    for (size_t i = 0; i < WAITING_MAX; i++) {
        struct waiting *waiting = &proxy->waiting[i];
        if (waiting->fd < 0)
            continue;
        int64_t left = waiting->deadline_ms - now;
        if (left <= 0)
            answer(waiting, "408 Request Timeout", "the request took too long\n");
        else if (next < 0 || left < next)
            next = left;
    }
    return (int)next;
}

static bool is_ours(const struct proxy *proxy, const void *at)
{
    return at >= (const void *)proxy->waiting && at < (const void *)(proxy->waiting + WAITING_MAX);
}

/* False: stop. A place may have been freed by an earlier event of the same batch. */
static bool handle(struct proxy *proxy, const struct epoll_event *event)
{
    if (event->data.ptr == &proxy->stop)
        return false;
    if (!is_ours(proxy, event->data.ptr)) {
        accept_all(proxy);
        return true;
    }
    struct waiting *waiting = event->data.ptr;
    if (waiting->fd >= 0)
        look(proxy, waiting);
    return true;
}

static void *proxy_main(void *context)
{
    struct proxy *proxy = context;
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int count = epoll_wait(proxy->epoll, events, EVENTS_MAX, end_slow(proxy));
        for (int i = 0; i < count; i++)
            if (!handle(proxy, &events[i]))
                return NULL;
    }
}

/* Life */

static bool watch(struct proxy *proxy, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    return epoll_ctl(proxy->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool start_thread(struct proxy *proxy)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    proxy->has_thread = pthread_create(&proxy->thread, NULL, proxy_main, proxy) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return proxy->has_thread;
}

static bool start(struct proxy *proxy)
{
    proxy->epoll = epoll_create1(EPOLL_CLOEXEC);
    proxy->stop = eventfd(0, EFD_CLOEXEC);
    if (proxy->epoll < 0 || proxy->stop < 0 || !watch(proxy, proxy->stop, &proxy->stop))
        return false;
    for (int i = 0; i < proxy->sockets.count; i++)
        if (listen(proxy->sockets.fds[i], BACKLOG) != 0 ||
            !watch(proxy, proxy->sockets.fds[i], &proxy->sockets))
            return false;
    return start_thread(proxy);
}

struct proxy *proxy_new(
    struct service *service, struct listen_sockets *sockets, struct azb_error *err)
{
    struct proxy *proxy = memory_alloc(sizeof(*proxy));
    if (!proxy) {
        listen_sockets_close(sockets);
        fail_memory(err);
        return NULL;
    }
    proxy->service = service;
    proxy->sockets = *sockets;
    sockets->count = 0;
    for (size_t i = 0; i < WAITING_MAX; i++)
        proxy->waiting[i].fd = -1;
    if (start(proxy))
        return proxy;
    fail(err, AZB_ERROR_IO, "the proxy could not be started: %s", strerror(errno));
    proxy_free(proxy);
    return NULL;
}

static void stop_thread(struct proxy *proxy)
{
    if (!proxy->has_thread)
        return;
    eventfd_write(proxy->stop, 1);
    pthread_join(proxy->thread, NULL);
}

void proxy_free(struct proxy *proxy)
{
    if (!proxy)
        return;
    stop_thread(proxy);
    for (size_t i = 0; i < WAITING_MAX; i++)
        drop(&proxy->waiting[i]);
    listen_sockets_close(&proxy->sockets);
    if (proxy->epoll >= 0)
        close(proxy->epoll);
    if (proxy->stop >= 0)
        close(proxy->stop);
    memory_free(proxy);
}
