/*
 * rbac/matrix.h - which role grants which known operation, as a table.
 */
#ifndef RBAC_MATRIX_H
#define RBAC_MATRIX_H

#include "rbac/operation.h"
#include "rbac/role.h"

enum matrix_mark {
    MATRIX_NONE,       /* neither */
    MATRIX_BATCH_RULE, /* not granted as such, but allowed on the Batch data plane */
    MATRIX_GRANTED,
};

struct role_matrix {
    const struct rbac_role *roles; /* columns; the caller's */
    size_t role_count;
    unsigned char *marks; /* enum matrix_mark, row after row in catalogue order */
};

/* The roles (with their ids) must outlive the matrix, which lives in the arena. False and err: a
 * role without a GUID, memory. */
bool role_matrix_fill(const struct rbac_role *roles, size_t count, struct arena *arena,
    struct role_matrix *out, struct azb_error *err) AZB_MUST_CHECK;

/* `operation`: its number in the catalogue; `role`: its place in `roles`. */
enum matrix_mark role_matrix_at(const struct role_matrix *matrix, size_t operation, size_t role);

/* '+', '*' or '.'; and what it says in JSON: "granted", "batchRule", "none". */
char matrix_mark_sign(enum matrix_mark mark);
const char *matrix_mark_text(enum matrix_mark mark);

#endif
