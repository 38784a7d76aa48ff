#include "listen.h"

#include <microhttpd.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/error.h"
#include "exchange.h"

#define THREADS_DEFAULT 2 /* on one CPU it is 1: two would only take turns */
#define CONNECTIONS_MAX 2000U
#define CONNECTION_TIMEOUT_S 120U
/* Of one connection: target and headers in, headers out; libmicrohttpd overwrites all of it after
 * each request, so it is not larger than it must be. Larger heads get libmicrohttpd's own 431,
 * those between EXCHANGE_HEAD_MAX and this the plane's. */
#define CONNECTION_MEMORY ((size_t)24 * 1024)
#define SPARE_EXCHANGES 256
#define BACKLOG 512
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define DAEMONS_MAX (LISTEN_SOCKETS_MAX + 1)

/* What a daemon's callbacks get. */
struct entry {
    struct listener *listener;
    enum listener_entry kind;
    struct MHD_Daemon *daemon;
};

struct listener {
    struct service *service;
    struct entry entries[DAEMONS_MAX]; /* one for each socket; the last one is for clear text */
    size_t entry_count;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t idle;
    struct exchange *spare;
    size_t spare_count;
    size_t waiting; /* suspended connections */
    bool stopping;
};

/* Exchanges, kept to be used again */

static struct exchange *take_exchange(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    struct exchange *exchange = listener->spare;
    if (exchange) {
        listener->spare = exchange->next;
        listener->spare_count--;
    }
    pthread_mutex_unlock(&listener->lock);
    return exchange ? exchange : memory_alloc(sizeof(*exchange));
}

static void give_back(struct listener *listener, struct exchange *exchange)
{
    exchange_reset(exchange);
    pthread_mutex_lock(&listener->lock);
    bool keep = listener->spare_count < SPARE_EXCHANGES;
    if (keep) {
        exchange->next = listener->spare;
        listener->spare = exchange;
        listener->spare_count++;
    }
    pthread_mutex_unlock(&listener->lock);
    if (!keep)
        exchange_free(exchange);
}

/* Requests that are queued elsewhere */

static bool begin_wait(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    bool ok = !listener->stopping;
    listener->waiting += ok;
    pthread_mutex_unlock(&listener->lock);
    return ok;
}

struct suspended {
    struct listener *listener;
    struct MHD_Connection *connection;
};

/* On the writer's or the slow lane's thread. The connection may be gone for good right after the
 * resume. */
static void resume(void *context)
{
    struct suspended suspended = *(struct suspended *)context;
    MHD_resume_connection(suspended.connection);
    struct listener *listener = suspended.listener;
    pthread_mutex_lock(&listener->lock);
    if (--listener->waiting == 0)
        pthread_cond_broadcast(&listener->idle);
    pthread_mutex_unlock(&listener->lock);
}

/* Replies */

static struct MHD_Response *make_response(struct reply *reply)
{
    if (reply->file < 0)
        return MHD_create_response_from_buffer(
            reply->body.length, (void *)(uintptr_t)reply->body.at, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(
        (uint64_t)reply->file_length, reply->file, (uint64_t)reply->file_from);
    if (response)
        reply->file = -1; /* closed with the response */
    return response;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    if (exchange->reset)
        return MHD_NO;
    exchange_finish(exchange);
    struct MHD_Response *response = make_response(reply);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Connections */

/* What a connection is busy with. libmicrohttpd forgets a request that it gives up while it reads
 * the head (more cookies than it has room for) without a call of on_end(). */
struct visit {
    struct exchange *exchange;
};

static struct visit *visit_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Visit NULL: there was no memory for it. */
static void keep_in_visit(struct listener *listener, struct visit *visit, struct exchange *exchange)
{
    if (visit && visit->exchange)
        give_back(listener, visit->exchange);
    if (visit)
        visit->exchange = exchange;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
    enum MHD_ConnectionNotificationCode what)
{
    struct entry *entry = context;
    (void)connection;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = memory_alloc(sizeof(struct visit));
        return;
    }
    keep_in_visit(entry->listener, *socket_context, NULL);
    memory_free(*socket_context);
    *socket_context = NULL;
}

/* Requests: libmicrohttpd calls in this order */

static void *on_target(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct entry *entry = context;
    struct exchange *exchange = take_exchange(entry->listener);
    keep_in_visit(entry->listener, visit_of(connection), exchange);
    if (!exchange)
        return NULL;
    exchange_start(exchange, entry->listener->service, uri);
    exchange->from_proxy = entry->kind == LISTENER_CLEAR;
    return exchange;
}

static enum MHD_Result on_header(
    void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    exchange_add_header(context, name, value);
    return MHD_YES;
}

static enum MHD_Result on_head(
    struct MHD_Connection *connection, struct exchange *exchange, const char *method)
{
    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, exchange);
    exchange_begin(exchange, method);
    return exchange_refuses_body(exchange) ? send_reply(connection, exchange) : MHD_YES;
}

/* False: azbd ends, or memory is out; err says so. */
static bool queue(
    struct listener *listener, struct MHD_Connection *connection, struct exchange *exchange)
{
    struct suspended *suspended = arena_alloc(&exchange->request.arena, sizeof(*suspended));
    if (!suspended)
        return fail_memory(&exchange->err);
    if (!begin_wait(listener))
        return fail_status(&exchange->err, 503, "ServerBusy", "azbd is ending");
    *suspended = (struct suspended){listener, connection};
    MHD_suspend_connection(connection);
    exchange_queue(exchange, resume, suspended);
    return true;
}

static enum MHD_Result on_whole(
    struct listener *listener, struct MHD_Connection *connection, struct exchange *exchange)
{
    if (exchange_dispatch(exchange) && queue(listener, connection, exchange))
        return MHD_YES;
    return send_reply(connection, exchange);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size, void **state)
{
    struct entry *entry = context;
    struct exchange *exchange = *state;
    (void)url;
    (void)version;
    if (!exchange)
        return MHD_NO;
    if (exchange->state == EXCHANGE_NEW)
        return on_head(connection, exchange, method);
    if (exchange->state == EXCHANGE_READY)
        return send_reply(connection, exchange);
    if (*upload_size == 0)
        return on_whole(entry->listener, connection, exchange);
    exchange_add_body(exchange, upload, *upload_size);
    *upload_size = 0;
    return exchange->discarded > EXCHANGE_DISCARD_MAX ? MHD_NO : MHD_YES;
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
    struct entry *entry = context;
    struct visit *visit = visit_of(connection);
    (void)why;
    if (visit)
        visit->exchange = NULL;
    if (*state)
        give_back(entry->listener, *state);
    *state = NULL;
}

/* Everything is decoded after the path is split: libmicrohttpd must leave escapes alone. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Daemons */

/* What libmicrohttpd and GnuTLS say, in words that help. */
static const struct {
    const char *said, *means;
} explanations[] = {
    {"handshake message out of context",
        "a client ended the TLS handshake; does it trust the CA that `azb env` names?"},
};

static const char *explain(const char *line)
{
    for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
        if (strstr(line, explanations[i].said))
            return explanations[i].means;
    return line;
}

AZB_PRINTF(2, 0) static void on_log(void *context, const char *format, va_list args)
{
    char line[512];
    (void)context;
    vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\r\n")] = '\0';
    service_log("http", "%s", explain(line));
}

static unsigned thread_count(const struct listener *listener)
{
    cpu_set_t cpus;
    int threads = listener->service->options.threads;
    if (threads > 0)
        return (unsigned)threads;
    bool one = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) == 1;
    return one ? 1 : THREADS_DEFAULT;
}

static struct MHD_Daemon *start_daemon(
    struct entry *entry, unsigned flags, unsigned threads, const struct MHD_OptionItem *more)
{
    flags |= MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL}, {MHD_OPTION_END, 0, NULL}};
    if (threads == 1)
        pool[0].option = MHD_OPTION_END;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, entry, MHD_OPTION_EXTERNAL_LOGGER,
        on_log, NULL, MHD_OPTION_ARRAY, more, MHD_OPTION_ARRAY, pool, MHD_OPTION_URI_LOG_CALLBACK,
        on_target, entry, MHD_OPTION_NOTIFY_COMPLETED, on_end, entry, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, entry, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
        CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_TIMEOUT_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static struct entry *add_entry(struct listener *listener, enum listener_entry kind)
{
    struct entry *entry = &listener->entries[listener->entry_count++];
    *entry = (struct entry){.listener = listener, .kind = kind};
    return entry;
}

static bool start_tls(
    struct listener *listener, int fd, char *certificate, char *key, struct azb_error *err)
{
    struct entry *entry = add_entry(listener, LISTENER_TLS);
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    if (listen(fd, BACKLOG) == 0)
        entry->daemon = start_daemon(entry, MHD_USE_TLS, thread_count(listener), options);
    return entry->daemon || fail(err, AZB_ERROR_IO, "the HTTPS listener could not be started");
}

static bool start_clear(struct listener *listener, struct azb_error *err)
{
    struct entry *entry = add_entry(listener, LISTENER_CLEAR);
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    entry->daemon = start_daemon(entry, MHD_USE_NO_LISTEN_SOCKET, 1, none);
    return entry->daemon || fail(err, AZB_ERROR_IO, "the proxy's listener could not be started");
}

static bool start_all(struct listener *listener, struct listen_sockets *sockets, char *certificate,
    char *key, struct azb_error *err)
{
    if (!certificate || !key)
        return fail_memory(err);
    for (int i = 0; i < sockets->count; i++) {
        int fd = sockets->fds[i];
        sockets->fds[i] = -1;
        if (!start_tls(listener, fd, certificate, key, err)) {
            close(fd);
            return false;
        }
    }
    return start_clear(listener, err);
}

struct listener *listener_new(struct service *service, struct listen_sockets *sockets,
    struct text certificate, struct text key, struct azb_error *err)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct listener *listener = memory_alloc(sizeof(*listener));
    bool ok = listener || fail_memory(err);
    if (ok) {
        listener->service = service;
        pthread_mutex_init(&listener->lock, NULL);
        pthread_cond_init(&listener->idle, NULL);
        ok = start_all(
            listener, sockets, text_string(&arena, certificate), text_string(&arena, key), err);
    }
    arena_wipe(&arena);
    listen_sockets_close(sockets);
    if (ok)
        return listener;
    listener_free(listener);
    return NULL;
}

/* Suspended connections must be resumed before a daemon may be stopped. */
static void drain(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    listener->stopping = true;
    while (listener->waiting > 0)
        pthread_cond_wait(&listener->idle, &listener->lock);
    pthread_mutex_unlock(&listener->lock);
}

static void free_spare(struct exchange *exchange)
{
    for (struct exchange *next; exchange; exchange = next) {
        next = exchange->next;
        exchange_free(exchange);
    }
}

void listener_free(struct listener *listener)
{
    if (!listener)
        return;
    drain(listener);
    for (size_t i = 0; i < listener->entry_count; i++)
        if (listener->entries[i].daemon)
            MHD_stop_daemon(listener->entries[i].daemon);
    free_spare(listener->spare);
    pthread_cond_destroy(&listener->idle);
    pthread_mutex_destroy(&listener->lock);
    memory_free(listener);
}

bool listener_add_socket(struct listener *listener, enum listener_entry kind, int fd,
    const struct sockaddr *address, socklen_t length)
{
    for (size_t i = 0; i < listener->entry_count; i++)
        if (listener->entries[i].kind == kind)
            return MHD_add_connection(listener->entries[i].daemon, fd, address, length) == MHD_YES;
    close(fd);
    return false;
}
