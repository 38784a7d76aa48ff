/*
 * directory/state.h - what directory/ keeps in memory; for its own files only.
 */
#ifndef SERVER_DIRECTORY_STATE_H
#define SERVER_DIRECTORY_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "directory/account.h"
#include "directory/directory.h"

#define SECRET_HASH_KEY_BYTES 32
/* 9999-12-31T23:59:59Z, the last date that the clients can show. */
#define SECRET_NEVER_ENDS (253402300799LL * TICKS_PER_SECOND)

/* The whole table `account` as it was at one moment. Never changed, freed with the directory. */
struct accounts {
    struct arena arena;
    struct account *at;
    size_t count;
    struct accounts *older;
};

struct directory {
    struct arena arena; /* of the strings below */
    const char *tenant_id;
    const char *tenant_domain;
    const char *tenant_name;
    unsigned char secret_hash_key[SECRET_HASH_KEY_BYTES];
    _Atomic(struct accounts *) accounts; /* newest */
    atomic_bool accounts_stale;          /* a committed change could not be read: none is used */
    pthread_mutex_t load_lock;           /* one load at a time: an older one must not come last */
};

/* Reads all accounts and makes them the newest. False: none is found until it succeeds; each
 * look-up tries again. */
bool accounts_load(
    struct directory *directory, struct store_connection *connection, struct azb_error *err);
void accounts_free(struct directory *directory);

/* Single values of the table directory_value. NOT_FOUND when there is none. */
bool directory_value_get(struct store_connection *connection, const char *name, struct arena *arena,
    struct text *out, struct azb_error *err);
bool directory_value_set(struct store_connection *connection, const char *name, struct text value,
    struct azb_error *err);

/* A copy of `id` in lower case, or a new GUID when it is NULL. ARGUMENT when it is not a GUID;
 * `what` names it in the message. */
bool directory_id(const char *id, const char *what, char out[GUID_TEXT], struct azb_error *err);
/* Runs statements that give no rows, one after the other, with `row` as ?1 of each. */
bool directory_run_steps(struct store_connection *connection, int64_t row, const char *const *steps,
    size_t count, struct azb_error *err);
/* The statement that reads principals; `found` is a table of their ids, in a WITH clause, and ?1 is
 * not among what it gives. For principals_read(). The first column is enum principal_kind. */
#define PRINCIPALS_OF(found)                                                                       \
    found " SELECT CASE WHEN u.row IS NOT NULL THEN 0 WHEN g.row IS NOT NULL THEN 1 ELSE 2 END,"   \
          " found.id, coalesce(u.display_name, g.display_name, p.display_name, a.display_name),"   \
          " p.app_id FROM found LEFT JOIN user u ON u.object_id = found.id"                        \
          " LEFT JOIN directory_group g ON g.object_id = found.id"                                 \
          " LEFT JOIN service_principal p ON p.object_id = found.id"                               \
          " LEFT JOIN application a ON a.app_id = p.app_id"                                        \
          " WHERE coalesce(u.row, g.row, p.row) IS NOT NULL AND found.id <> ?1 COLLATE NOCASE"     \
          " ORDER BY 3 COLLATE NOCASE, 2"
bool principals_read(struct statement *s, struct arena *arena, struct principal **out,
    size_t *count, struct azb_error *err);
/* 1 to 256 characters of UTF-8 without control characters. */
bool directory_name_check(const char *name, const char *what, struct azb_error *err);
/* The secret's keyed hash, as the table client_secret has it. */
void secret_hash(const unsigned char key[SECRET_HASH_KEY_BYTES], struct text value,
    unsigned char out[SHA256_BYTES]);

#endif
