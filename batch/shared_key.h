/*
 * batch/shared_key.h - the SharedKey scheme of Batch.
 * Source: REST API documentation, "Authenticate requests to the Azure Batch service".
 */
#ifndef BATCH_SHARED_KEY_H
#define BATCH_SHARED_KEY_H

#include "base/http.h"

/*
 * What is signed: method, eleven standard headers, the ocp-* headers, and "/account" with path and
 * query. `path` is raw, as it goes out; `query` is raw without '?'.
 */
bool shared_key_string_to_sign(const struct http_request *request, const char *account,
    struct text path, struct text query, struct arena *arena, struct buffer *out);

/* "SharedKey account:signature" in the arena; NULL when out of memory. */
char *shared_key_authorization(const struct http_request *request, const char *account,
    struct text key, struct text path, struct text query, struct arena *arena);

#endif
