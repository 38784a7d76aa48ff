/*
 * batch/client.h - what the files of this room share about a client.
 */
#ifndef BATCH_CLIENT_H
#define BATCH_CLIENT_H

#include <azb/batch.h>
#include "api/operation.h"
#include "base/http.h"

struct azb_batch {
    struct http_client *http;
    char *account_url; /* without a final slash */
    char *host;        /* "account.region.batch.azure.com", with a port if the URL has one */
    char *resource;
    char *api_version;
    char *account_name; /* shared key, or NULL */
    char *account_key;  /* the decoded key */
    size_t account_key_length;
    struct azb_token_provider provider;
};

/* What is the same in all azb_<operation>_args, in the order of their members. */
struct call {
    const struct operation *operation;
    const char *const *paths;
    const void *body;
    const union call_query *queries;
    const char *const *headers;
    const char *const
        *conditions; /* If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since */
    bool (*sink)(void *context, const void *bytes, size_t length);
    void *sink_context;
    int64_t timeout_ms;  /* as given: 0 is HTTP_TIMEOUT_DEFAULT_MS */
    int64_t deadline_ms; /* of monotonic_ms; set by client_send() */
    const azb_cancel_flag *cancel;
};

/* A query option: text, or a number where operation_query_type() says so (1 is true of a flag);
 * NULL and 0 are absent. */
union call_query {
    const char *text;
    int64_t number;
};

/* azb_batch_open() with a transport of the test's own instead of libcurl (base/http.h); NULL is
 * libcurl. */
struct azb_batch *batch_open(const struct azb_batch_options *options, http_transport_fn *transport,
    void *transport_context, struct azb_error *err);

/* What every public operation does. */
bool batch_call(struct azb_batch *batch, const struct operation *operation, const void *args,
    struct azb_reply *reply, struct azb_error *err);

/* Takes the args of an operation apart. False: a member that is required is missing (err names it).
 */
bool call_of_args(
    const struct operation *operation, const void *args, struct call *call, struct azb_error *err);

/* Sends `request` with authorization and common headers; a 401 is answered once with a new token.
 */
bool client_send(struct azb_batch *batch, struct http_request *request, const struct call *call,
    struct arena *arena, struct http_response *response, struct azb_error *err);

/*
 * Any request at all to the client's host, for the command line: `path` with its query, headers and
 * body as they are. True for any answer, whatever its status. `request` is made by the caller with
 * http_request_init; its url must be on the client's host.
 */
bool batch_send(struct azb_batch *batch, struct http_request *request, struct arena *arena,
    struct http_response *response, struct azb_error *err);

/* Is the URL on the client's own host? err says where it leads otherwise. */
bool own_host(const struct azb_batch *batch, const char *url, struct azb_error *err);

/* Fills reply from the answer to a good call. */
bool reply_read(const struct operation *operation, const struct http_response *response,
    struct azb_reply *reply, struct azb_error *err);

/* A fresh arena inside `reply`, freeing what was there; NULL when out of memory. */
struct arena *reply_arena(struct azb_reply *reply);

#endif
