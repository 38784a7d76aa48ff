/*
 * A tiny HTTP/1.1 server on 127.0.0.1 for http.c: one thread, one connection at a time, answers by
 * path. It counts connections and requests.
 */
#ifndef TEST_BASE_HTTP_SERVER_H
#define TEST_BASE_HTTP_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_REQUEST_MAX 65536

struct server {
    int listener;
    int port;
    pthread_t thread;
    atomic_int connections;
    atomic_int requests;
    atomic_bool *flag_on_request; /* or NULL; set when "/silent" was asked for */
    char request[SERVER_REQUEST_MAX];
};

/* Reads one request with its body into server->request; false at the end of the connection. */
static bool server_read(struct server *server, int fd)
{
    size_t length = 0;
    size_t wanted = 0;
    while (!wanted || length < wanted) {
        ssize_t got = read(fd, server->request + length, SERVER_REQUEST_MAX - 1 - length);
        if (got <= 0)
            return false;
        length += (size_t)got;
        if (server->request[0] == 0x16) /* a TLS record */
            return false;
        server->request[length] = '\0';
        char *end = strstr(server->request, "\r\n\r\n");
        const char *body = strcasestr(server->request, "\r\nContent-Length:");
        if (end)
            wanted = (size_t)(end + 4 - server->request) +
                     (body && body < end ? strtoul(body + 17, NULL, 10) : 0);
    }
    return true;
}

static void server_write(int fd, const char *text)
{
    size_t length = strlen(text);
    while (length) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        length -= (size_t)sent;
    }
}

static void server_echo(const struct server *server, int fd)
{
    char head[200];
    snprintf(head, sizeof(head),
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Two:  a: b \r\nx-empty:\r\n"
        "Content-Length: %zu\r\n\r\n",
        strlen(server->request));
    server_write(fd, head);
    server_write(fd, server->request);
}

/* Until the client closes. */
static void server_stay_silent(const struct server *server, int fd)
{
    char byte;
    if (server->flag_on_request)
        atomic_store(server->flag_on_request, true);
    while (read(fd, &byte, 1) > 0)
        ;
}

/* What is sent for a path, letter by letter; a NULL answer closes the connection at once. */
static const struct {
    const char *path, *answer;
    bool close;
} server_answers[] = {
    {"/head", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: \"x\"\r\n\r\n", false},
    {"/none", "HTTP/1.1 204 No Content\r\n\r\n", false},
    {"/chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n",
        false},
    {"/continued",
        "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        false},
    {"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", false},
    {"/moved", "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n", false},
    {"/busy", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", false},
    {"/drop", NULL, true},
    {"/half", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", true},
    {"/not-http", "220 mail.example ESMTP\r\n\r\n", true},
};

/* False: the connection is to be closed. */
static bool server_answer(struct server *server, int fd)
{
    bool keep = !strstr(server->request, "\r\nConnection: close\r\n");
    char *path = strchr(server->request, ' ') + 1;
    size_t length = strcspn(path, " ?");
    atomic_fetch_add(&server->requests, 1);
    if (strncmp(path, "/silent", length) == 0) {
        server_stay_silent(server, fd);
        return false;
    }
    for (size_t i = 0; i < sizeof(server_answers) / sizeof(server_answers[0]); i++) {
        if (strlen(server_answers[i].path) != length ||
            strncmp(server_answers[i].path, path, length) != 0)
            continue;
        if (server_answers[i].answer)
            server_write(fd, server_answers[i].answer);
        return keep && !server_answers[i].close;
    }
    server_echo(server, fd);
    return keep;
}

static void *server_run(void *context)
{
    struct server *server = context;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        atomic_fetch_add(&server->connections, 1);
        while (server_read(server, fd) && server_answer(server, fd))
            ;
        close(fd);
    }
}

static int server_listen(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        abort();
    *port = ntohs(address.sin_port);
    return fd;
}

static void server_start(struct server *server)
{
    *server = (struct server){.listener = -1};
    server->listener = server_listen(&server->port);
    if (pthread_create(&server->thread, NULL, server_run, server) != 0)
        abort();
}

/* All clients must have closed their connections before. */
static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* ends accept */
    pthread_join(server->thread, NULL);
    close(server->listener);
}

#endif
