/*
 * batch/pool.h - pools and nodes as they are kept.
 */
#ifndef SERVER_BATCH_POOL_H
#define SERVER_BATCH_POOL_H

#include "batch/batch.h"

struct pool_row {
    int64_t row;
    int64_t modified;
    int state;            /* enum azb_pool_state_value */
    int allocation_state; /* enum azb_allocation_state_value */
    int64_t target_dedicated, target_low;
    struct azb_pool shown; /* what the service moves */
    struct azb_resize_error resize_error;
    struct text document;
};

/* The pool of the request's first path variable. False: 404 PoolNotFound. */
bool pool_find(struct request *request, struct pool_row *out, struct azb_error *err);
/* The same, for a change: 409 PoolBeingDeleted. */
bool pool_find_open(struct request *request, struct pool_row *out, struct azb_error *err);

/* 400 when the pool asks for what is not done here. */
bool pool_check_supported(const struct azb_pool *pool, struct azb_error *err);

#endif
