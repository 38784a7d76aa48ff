/*
 * base/http.h - the HTTP client: libcurl, loaded by dlopen at the first request, so that a process
 * that needs no network does not pay for it.
 *
 * Retries (408, 429, 5xx, lost connections for idempotent requests) with Retry-After or exponential
 * backoff inside the deadline. Proxy and CA come from the environment as curl takes them
 * (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE) unless options say otherwise. Redirects are not followed.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"

struct http_header {
    const char *name;
    const char *value;
};

#define HTTP_HEADERS_MAX 24
#define HTTP_BODY_MAX_DEFAULT (16 * 1024 * 1024)
#define HTTP_TIMEOUT_DEFAULT_MS 60000
#define HTTP_TIMEOUT_MAX_MS INT32_MAX /* what curl takes */

/* A status that is worth another try: in place of 408, 429 and 5xx with growing waits. */
struct http_retry_rule {
    int from, to;     /* statuses, both included */
    int tries;        /* further tries after the first */
    int64_t first_ms; /* to wait before the second try, unless Retry-After says so */
    int factor;       /* each further wait is so many times as long; 1: as long */
};

/* Takes a piece of a body as it arrives (downloads). False stops the transfer. */
typedef bool http_sink_fn(void *context, const void *bytes, size_t length);

struct http_request {
    const char *method;
    const char *url;
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    struct text body;    /* sent with Content-Length; {NULL,0} sends none */
    int64_t timeout_ms;  /* all tries together; 0 is HTTP_TIMEOUT_DEFAULT_MS, with a sink
                            no limit but stall_ms */
    int64_t stall_ms;    /* with a sink: so long without a byte (in whole seconds) is a time-out;
                            0 is HTTP_TIMEOUT_DEFAULT_MS */
    size_t body_maximum; /* of the answer; 0 is HTTP_BODY_MAX_DEFAULT */
    int retries;         /* further tries after the first; 0 is the default of 3, -1 none */
    const struct http_retry_rule *retry_rules; /* which statuses, and how often; NULL: the usual */
    size_t retry_rule_count;
    int64_t connect_timeout_ms; /* until the connection is there; 0: no limit of its own */
    bool idempotent;            /* may be sent again when the connection was lost mid-way */
    bool no_proxy;              /* go straight (metadata services) */
    /* NULL, or 40 hexadecimal digits, the SHA-1 of the server's certificate: it alone is trusted,
     * whoever issued it and whatever name it bears. Only with https. */
    const char *peer_thumbprint;
    const atomic_bool *cancel; /* or NULL; when it turns true the call ends within a second */
    http_sink_fn *sink;        /* or NULL; gets the body of a 2xx answer instead of `body` */
    void *sink_context;
};

/* What came back. `body` and the headers live in the arena given to http_send. */
struct http_response {
    int status;
    struct text body;
    struct http_header *headers;
    size_t header_count;
    int tries;
};

void http_request_init(struct http_request *request, const char *method, const char *url);
/* The value must outlive the request; more than HTTP_HEADERS_MAX is a caller's bug. */
void http_add_header(struct http_request *request, const char *name, const char *value);
/* First header of that name, any case; NULL when absent. */
const char *http_header(const struct http_response *response, const char *name);

/* One try, without retries: what tests put in libcurl's place. In an error of kind NETWORK it sets
 * `retryable` when the server cannot have seen the request (any method may then be sent again), and
 * a `code` when another try at once is no use: "TlsNotTrusted", "ProxyRefused",
 * "ConnectionRefused". */
typedef bool http_transport_fn(void *context, const struct http_request *request,
    int64_t timeout_ms, struct arena *arena, struct http_response *response, struct azb_error *err);

struct http_options {
    const char *ca_file;          /* PEM bundle; NULL takes the environment's or the system's */
    const char *user_agent;       /* NULL is "azb/VERSION" */
    http_transport_fn *transport; /* NULL is libcurl */
    void *transport_context;
    void (*wait)(void *context, int64_t ms); /* between tries; NULL really waits */
    void *wait_context;
    /* NULL, or called after each try with method, URL without query, and status (0: no answer). */
    void (*trace)(void *context, const char *method, const char *url, int status, int64_t ms);
    void *trace_context;
};

/* A pool of kept-alive connections; safe to share between threads. */
struct http_client;

struct http_client *http_client_new(const struct http_options *options, struct azb_error *err);
void http_client_free(struct http_client *client);

/* True for any answer, whatever its status; false (err: network, timeout, cancelled, memory) when
 * there was none. */
AZB_MUST_CHECK bool http_send(struct http_client *client, const struct http_request *request,
    struct arena *arena, struct http_response *response, struct azb_error *err);

/* Lets `ms` pass as between two tries: through the options' `wait`, or really, and then not longer
 * than until `cancel` (or NULL) turns true. True when the clock has moved, too. */
bool http_wait(struct http_client *client, int64_t ms, const atomic_bool *cancel);

/* When a call with this timeout_ms must end, of monotonic_ms(); 0 and less is the default, more
 * than HTTP_TIMEOUT_MAX_MS is as much. */
int64_t http_deadline_ms(int64_t timeout_ms);

/* The same for a request: a download may take as long as it goes on. */
int64_t http_request_deadline_ms(const struct http_request *request);

/* Retry-After in seconds or as a date; 0 when absent or unusable. At most one hour. */
int64_t http_retry_after_ms(const struct http_response *response);

/* scheme "https", host (without port), port (443 by default), path ("/..." or "") of a URL. */
struct url {
    struct text scheme, host, path, query;
    int port;
};
bool url_parse(struct text text, struct url *out);

#endif
