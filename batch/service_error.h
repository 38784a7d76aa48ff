/*
 * batch/service_error.h - the error bodies of Batch, Resource Manager and Graph as one error value.
 */
#ifndef BATCH_SERVICE_ERROR_H
#define BATCH_SERVICE_ERROR_H

#include "base/http.h"

/*
 * Fills err from an answer that is not a success. Understood: Batch's {code, message{value},
 * values}, ARM's and Graph's {error{code, message}}; anything else becomes a sentence with the
 * status. Returns false.
 */
bool service_error(const struct http_response *response, struct azb_error *err);

/* The claims that the answer's challenges ask for (batch/challenge.h), in the arena; NULL when
 * there are none. service_error() puts them into err->claims. */
char *service_claims(const struct http_response *response, struct arena *arena);

#endif
