/*
 * base/http_curl.h - the transport of http.c: one try of one request through libcurl.
 */
#ifndef BASE_HTTP_CURL_H
#define BASE_HTTP_CURL_H

#include "base/http.h"

struct curl_pool;

/* Loads nothing yet. `ca_file` NULL takes curl's own default. NULL: out of memory. */
struct curl_pool *curl_pool_new(const char *ca_file, const char *user_agent);
void curl_pool_free(struct curl_pool *pool);
/* In a child process after fork: frees the memory, leaves the parent's connections alone. */
void curl_pool_abandon(struct curl_pool *pool);

/* An http_transport_fn; `context` is the pool. */
bool curl_transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err);

#endif
