/*
 * route.h - method and path to the function that serves it: rows for all planes.
 */
#ifndef SERVER_ROUTE_H
#define SERVER_ROUTE_H

#include "request.h"

/* True: reply is filled. False: err is, and the plane's `refuse` makes the reply. */
typedef bool serve_fn(struct request *request, struct reply *reply, struct azb_error *err);

enum route_flags {
    ROUTE_READS = 0,
    ROUTE_WRITES = 1, /* `serve` runs on the writer thread, in a savepoint of the open group */
};

struct route {
    const char *method;
    /* "/jobs/{jobId}": one segment each; "{scope*}" at the start takes any number of segments. */
    const char *path;
    enum route_flags flags;
    serve_fn *serve;
    const void *row; /* the plane's own: an operation row, ... */
};

/* What a plane supplies. Every function may be NULL but `refuse`. */
struct plane_rows {
    const char *name;
    const struct route *routes;
    size_t count;
    /* Who is calling, may they, is the request well-formed. On a listener thread. */
    bool (*prepare)(struct request *request, struct azb_error *err);
    /* Adds the headers that all replies of the plane carry. */
    void (*finish)(struct request *request, struct reply *reply);
    /* The plane's error body for err (also for 404 and 405 of the router: kind NOT_FOUND with
     * code "" and http_status 404, or http_status 405). */
    void (*refuse)(struct request *request, struct reply *reply, const struct azb_error *err);
};

const struct plane_rows *entra_plane(void);
const struct plane_rows *arm_plane(void);
const struct plane_rows *graph_plane(void);
const struct plane_rows *batch_plane(void);
const struct plane_rows *control_plane(void);

/* The plane of a request, by Host and path. */
enum plane route_plane(struct text host, struct text path);
/* Fills route and values. False: err has 404, or 405 when another method would fit. */
bool route_find(struct request *request, struct azb_error *err);
/* All rows as text, one a line, sorted: the routes snapshot. */
void route_print(struct buffer *out);

#endif
