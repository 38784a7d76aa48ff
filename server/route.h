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
    ROUTE_SLOW = 2,   /* `serve` runs on the slow lane's thread (slow_lane.h); it may read */
};

struct route {
    const char *method;
    /* "/jobs/{jobId}": one segment each; "{scope*}" at the start takes any number of segments,
     * "{filePath}" at the end one or more. */
    const char *path;
    enum route_flags flags;
    serve_fn *serve;
    const void *row; /* the plane's own: an operation row, ... */
};

/* Rows that one file gives to its plane. */
struct route_table {
    const struct route *routes;
    size_t count;
};

/* What a plane supplies. Every function may be NULL but `refuse`. */
struct plane_rows {
    const char *name;
    const struct route *routes;
    size_t count;
    const struct route_table *const *tables; /* NULL, or more rows; ends with NULL */
    /* Who is calling, may they, is the request well-formed. On a listener thread. */
    bool (*prepare)(struct request *request, struct azb_error *err);
    /* On the writer's thread, before `serve` changes anything: is what `prepare` found still so? */
    bool (*recheck)(struct request *request, struct azb_error *err);
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
const struct plane_rows *access_plane(void);
const struct plane_rows *package_plane(void);

/* The rows of a plane, by its number. */
const struct plane_rows *route_rows(enum plane plane);

/* A plane's rows from 0, those of its tables behind its own; NULL behind the last one. */
const struct route *route_row(const struct plane_rows *rows, size_t at);

/* All rows, indexed: service->router. Nothing in it changes once it is made. */
struct router *router_new(struct azb_error *err);
void router_free(struct router *router); /* NULL is legal */

/* The plane of a request, by Host (with or without port) and raw path. */
enum plane route_plane(struct text host, struct text path);
/* On localhost a path may begin with the public name of a Batch account: moves it from path to
 * base. True: it did; the request is for Batch, then. */
bool route_cut_base(struct request *request);
/* The path as the plane's rows have it: without the "/graph" that Graph's base URL on localhost may
 * end with, so that clients which ask for tokens by base URL ask for Graph's. */
struct text route_path(enum plane plane, struct text path);

/*
 * Finds the row for method, plane and path; fills route and values (decoded, in the pattern's
 * order; a "{scope*}" begins with '/'). Literals match in any case, a literal goes before a
 * variable, HEAD falls back to GET. One slash at the end and several at the start do not matter,
 * and to Graph not several anywhere. False: err has 404, 405 when another method would fit, or 400
 * for a bad escape.
 */
bool route_find(struct request *request, struct azb_error *err);
/* The methods that the request's path takes, "GET, PUT": the Allow header of a 405. */
char *route_allow(struct request *request);
/* All rows as text, one a line, sorted: the routes snapshot. */
void route_print(struct buffer *out);

#endif
