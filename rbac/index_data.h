/*
 * rbac/index_data.h - what is inside an index; for index, decide and explain only.
 */
#ifndef RBAC_INDEX_DATA_H
#define RBAC_INDEX_DATA_H

#include "rbac/compiled_role.h"
#include "rbac/decide.h"
#include "rbac/index.h"
#include "rbac/scope.h"

struct indexed_assignment {
    const char *id; /* or NULL */
    const char *role_id;
    uint32_t principal;               /* number in `principals` */
    const struct compiled_role *role; /* NULL when there is no such role */
    const char *condition;            /* or NULL; one with a condition grants nothing yet */
    struct scope scope;
    /* Where it acts: its own scope and, below a management group, what lies in it. */
    const struct scope *reach;
    size_t reach_count;
};

struct granted_role {
    const struct compiled_role *role;
    const struct granted_role *next;
};

/* All that one principal is granted at one scope. */
struct grant {
    const char *scope_key; /* NULL marks a free place of the table */
    uint32_t scope_length;
    uint32_t principal;
    uint64_t hash;
    struct operation_set known;
    const struct granted_role *roles; /* for operations that are not in the catalogue */
};

struct principal {
    const char *id; /* lower case */
    uint32_t length;
    uint64_t hash;
};

/* Open addressing; sizes are powers of two and at least twice the content. */
struct rbac_index {
    struct arena arena;
    struct compiled_role *roles; /* the built-in ones first */
    size_t role_count;
    uint32_t *role_ids; /* table by GUID: place in `roles` + 1 */
    size_t role_mask;
    struct indexed_assignment *assignments;
    size_t assignment_count;
    struct principal *principals; /* table: place is the principal's number */
    size_t principal_mask;
    struct grant *grants; /* table */
    size_t grant_mask;
    uint16_t *operations; /* table of row number + 1 */
    size_t operation_mask;
    const struct rbac_operation *list_keys, *account_read, *pools_write;
};

#define PRINCIPAL_NONE UINT32_MAX

/* The principal's number, PRINCIPAL_NONE when no assignment names it. */
uint32_t index_principal(const struct rbac_index *index, struct text id);
const struct grant *index_grant(const struct rbac_index *index, uint32_t principal,
    const char *scope_key, const struct scope_level *level);
/* The catalogue row, by hash; NULL when unknown. */
const struct rbac_operation *index_operation(
    const struct rbac_index *index, struct text name, enum rbac_kind kind);
/* True when the assignment acts at `scope`. */
bool assignment_applies(const struct indexed_assignment *assignment, const struct scope *scope);

#endif
