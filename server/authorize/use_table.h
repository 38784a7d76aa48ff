/*
 * authorize/use_table.h - who used what, aggregated: the part of the decision log that one thread
 * writes. Not locked: the log's shard is.
 *
 * At most USES_MAX uses; a new one then takes the place of the one whose last time is longest ago.
 */
#ifndef SERVER_AUTHORIZE_USE_TABLE_H
#define SERVER_AUTHORIZE_USE_TABLE_H

#include "authorize/decision_log.h"

#define USE_BUCKETS 512

/* A use that the table, and decisions that are remembered, refer to. */
struct counted_use {
    struct counted_use *next; /* of its bucket */
    uint64_t hash;
    const struct rbac_operation *operation;
    struct use use;  /* its ids and texts are below */
    const char *key; /* the scope in lower case: what is compared */
    size_t scope_length;
    unsigned references; /* the table's, and one of each remembered decision */
    char object_id[GUID_TEXT], client_id[GUID_TEXT];
    char texts[]; /* action, scope, key */
};

struct use_table {
    struct counted_use **buckets; /* made with the first use */
    size_t count;
    int64_t forgotten_at; /* the latest last time of a use that is gone; 0: all are there */
};

/* The use of this caller, question and plane, made when it is new; NULL without memory. */
struct counted_use *use_table_find(struct use_table *table, const struct request *request,
    const struct decision_question *question);
void use_release(struct counted_use *use); /* NULL is legal */
void use_table_free(struct use_table *table);

#endif
