/*
 * arm/batch_pool_body.h - a pool as Resource Manager writes it, and as the Batch API does: the same
 * pool in other words.
 */
#ifndef SERVER_ARM_BATCH_POOL_BODY_H
#define SERVER_ARM_BATCH_POOL_BODY_H

#include "api/model.h"
#include "arm/batch_account.h"
#include "batch/pool.h"

/* Reads the call's body as a pool of the Batch API: SHAPE_CREATE, or SHAPE_PATCH for a change. `id`
 * is for SHAPE_CREATE. In the arena; NULL and 400 that names the property. */
struct azb_pool *pool_body_read(
    struct request *request, enum api_shape shape, const char *id, struct azb_error *err);

/* The targets of fixedScale, when the body has any; *given. */
bool pool_body_read_scale(struct request *request, struct azb_pool_resize_options *out, bool *given,
    struct azb_error *err);

/* The pool, an object. */
bool pool_body_write(struct request *request, const struct account *account,
    const struct pool_row *row, struct json_writer *writer, struct azb_error *err);

#endif
