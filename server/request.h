/*
 * request.h - one HTTP request on its way through the service, and its reply.
 *
 * Life: listen.c receives it whole -> route.c finds plane and route -> the plane's `prepare` (who
 * is calling, api-version, body; on a listener thread) -> the route's `serve` (on the same thread
 * when it only reads; on the store's writer thread, inside the group's transaction, when the route
 * writes or `prepare` says so) -> the plane's `finish` (common headers) -> the reply goes out,
 * after the commit. A false anywhere becomes the plane's own error body through `refuse`.
 */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <sys/types.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/crypto.h"
#include "base/http.h"
#include "base/text.h"
#include "service.h"

#define REQUEST_BODY_MAX (4 * 1024 * 1024) /* ARM and Graph; Batch's own limit is 1 MiB */
#define REQUEST_MEMORY_MAX (256 * 1024 * 1024)
#define ROUTE_VALUES_MAX 8
#define REPLY_HEADERS_MAX 24

enum plane {
    PLANE_ENTRA,
    PLANE_ARM,
    PLANE_GRAPH,
    PLANE_BATCH,
    PLANE_CONTROL, /* /_azb/ */
    PLANE_ACCESS,  /* /access/v1/ */
    PLANE_PACKAGE, /* /packages/: files of applications, by signed URLs */
    PLANES
};

enum caller_kind {
    CALLER_NOBODY,
    CALLER_APPLICATION, /* app-only token: a service principal */
    CALLER_USER,        /* delegated token */
    CALLER_SHARED_KEY,  /* Batch account key: roles are not consulted */
};

#define CALLER_SCOPES_MAX 1024

/* Who is calling, as authorize/ established it. */
struct caller {
    enum caller_kind kind;
    char tenant_id[GUID_TEXT];
    char object_id[GUID_TEXT]; /* of the service principal or user: what roles bind */
    char client_id[GUID_TEXT]; /* the application */
    int64_t expires_on;        /* of the token, unix seconds */
    /* Delegated permissions (scp) of a user, application permissions (roles) of an application:
     * those that have room. */
    char scopes[CALLER_SCOPES_MAX];
};

struct route;
struct store_connection;

struct request {
    struct arena arena;
    struct service *service;
    enum plane plane;
    const struct route *route;
    const char *method;
    struct text target; /* as on the request line */
    struct text base;   /* "/NAME.REGION.batch.azure.com": what was before `path` (plane.c) */
    struct text path;   /* raw: still percent-encoded */
    struct text query;  /* raw, without '?' */
    struct text host;   /* Host header, with port if it had one */
    struct text body;
    const struct http_header *headers;
    size_t header_count;
    struct text values[ROUTE_VALUES_MAX]; /* the route's {variables}, decoded, in order */
    struct caller caller;
    char request_id[GUID_TEXT];
    char decision_id[GUID_TEXT];       /* "", or the id of the refusal (authorize/decision_log.h) */
    bool would_deny;                   /* audit mode: decision_id names what was let through */
    int token_problem;                 /* of a 401: enum bearer_problem of authorize/state.h */
    const struct caller *token_holder; /* whose token was refused though its signature is good */
    int64_t now;                       /* ticks, one instant for the whole request */
    struct store_connection *store;    /* valid in prepare and serve; the thread's own */
    void *prepared;                    /* what prepare left for serve (decoded body, account) */
    /* prepare found that there is nothing to answer yet: `serve` waits for `ready`, at most so long
     * (waiting_room.h). */
    int64_t wait_ms;
    bool (*ready)(struct request *request);
    bool writes; /* prepare found that `serve` changes the store, though its route only reads */
};

struct reply {
    int status;
    struct http_header headers[REPLY_HEADERS_MAX];
    size_t header_count;
    struct text body; /* in the request's arena, or static */
    int file;         /* -1, or an open file that is sent instead of `body` and then closed */
    off_t file_from;
    off_t file_length;
};

/* First header of that name in any case, or NULL. */
const char *request_header(const struct request *request, const char *name);
/* A query parameter, decoded; TEXT_NONE when absent. Name in any case (`timeOut`, `timeout`). */
struct text request_query(struct request *request, const char *name);

void reply_header(struct reply *reply, const char *name, const char *value);
/* Status, "application/json; charset=utf-8" and a body. */
void reply_json(struct reply *reply, int status, struct text body);

#endif
