/*
 * service.h - one azbd: its options, its state folder, and what it owns. main.c makes one.
 *
 * Threads: the listener's workers read (each with its own store connection); one writer thread does
 * every change (store/store.h); the engine has a thread that waits for tasks. What is shared
 * between them says in its own header how it is locked.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <azb/error.h>
#include "base/time.h"

struct store;
struct directory;
struct entra;
struct authorizer;
struct engine;
struct listener;
struct router;
struct proxy;
struct failures;
struct challenges;
struct waiting_room;

struct service_options {
    const char *state;        /* folder; NULL is $XDG_STATE_HOME/azb or ~/.local/state/azb */
    const char *listen;       /* "127.0.0.1:8443" by default; port 0 picks a free one */
    const char *proxy_listen; /* "127.0.0.1:8444" by default; "none" switches it off */
    const char *config;       /* seed file (JSON) or NULL */
    const char *access;       /* "enforce" (or NULL), "audit": what roles refuse is allowed */
    const char *ready_file;   /* gets "https://localhost:PORT\n" when serving, or NULL */
    bool test_controls;
    bool allow_remote; /* listen on an address that is not loopback */
    int threads;       /* listener workers; 0 is 2, or 1 on one CPU */
};

struct service {
    struct service_options options;
    bool strict_refresh_tokens, cae_tokens; /* of the configuration: what entra begins with */
    char state[PATH_MAX];                   /* absolute */
    int state_lock;                         /* fd; held while the process lives */
    struct clock clock;                     /* moved by the test controls only */
    int64_t started;                        /* monotonic ms */
    int port;
    int proxy_port;
    char base_url[64]; /* "https://localhost:8443" */

    struct store *store;               /* store/store.h */
    struct directory *directory;       /* directory/directory.h */
    struct entra *entra;               /* entra/entra.h: signing keys, assertion replay cache */
    struct authorizer *authorizer;     /* authorize/authorize.h: verified tokens, role index */
    struct engine *engine;             /* engine/engine.h */
    struct router *router;             /* route.h */
    struct slow_lane *slow_lane;       /* slow_lane.h; NULL in tests: slow requests run at once */
    struct waiting_room *waiting_room; /* waiting_room.h; NULL in tests: nobody waits */
    struct listener *listener;         /* listen.h */
    struct proxy *proxy;               /* proxy.h */

    /* Of the test controls; NULL without them. */
    struct failures *failures;     /* failure.h */
    struct challenges *challenges; /* challenge.h */
    atomic_llong operation_ms;     /* arm/operation_status.h: how long operations take at least */
    atomic_bool operations_fail;
};

/* Opens or creates the state, starts all parts in order and serves. False: nothing runs. */
bool service_start(
    struct service *service, const struct service_options *options, struct azb_error *err);
/* Stops accepting, finishes what runs, leaves tasks running for the next start; frees all. */
void service_stop(struct service *service);

/* A line on stderr: time, area, message. Never a secret, a token or a body. */
void service_log(const char *area, const char *format, ...) AZB_PRINTF(2, 3);

#endif
