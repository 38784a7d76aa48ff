/*
 * batch/node.h - a node as it is kept.
 */
#ifndef SERVER_BATCH_NODE_H
#define SERVER_BATCH_NODE_H

#include "batch/pool.h"

struct node_row {
    int64_t row;
    struct azb_node shown;
};

/* The node of the request's two path variables. False: 404 PoolNotFound, NodeNotFound. */
bool node_find(
    struct request *request, struct pool_row *pool, struct node_row *out, struct azb_error *err);

#endif
