/*
 * rbac/index_data.h - what is inside an index; for index, decide and explain only.
 */
#ifndef RBAC_INDEX_DATA_H
#define RBAC_INDEX_DATA_H

#include "rbac/compiled_role.h"
#include "rbac/decide.h"
#include "rbac/index.h"
#include "rbac/reach.h"
#include "rbac/scope.h"

struct indexed_assignment {
    const char *id; /* or NULL */
    const char *role_id;
    const char *principal_id;         /* lower case */
    uint32_t principal;               /* number in `principals` */
    const struct compiled_role *role; /* NULL when there is no such role */
    struct compiled_condition condition;
    struct scope scope;
    /* Where it acts: its own scope and, below a management group, what lies in it. */
    const struct scope *reach;
    size_t reach_count;
};

struct indexed_denial {
    const char *id; /* or NULL */
    const char *name;
    struct rbac_role role;     /* its permission objects, as those of a role */
    struct compiled_role what; /* the same, compiled: what it takes away */
    struct compiled_condition condition;
    const uint32_t *principals; /* numbers */
    size_t principal_count;
    const uint32_t *excluded;
    size_t excluded_count;
    bool own_scope_only;
    struct scope scope;
    const struct scope *reach; /* as an assignment's */
    size_t reach_count;
};

struct granted_role {
    const struct compiled_role *role;
    const struct granted_role *next;
};

/* An assignment that grants by conditions only, or more by them. */
struct conditional_grant {
    const struct indexed_assignment *assignment;
    const struct conditional_grant *next;
};

struct placed_denial {
    const struct indexed_denial *denial;
    const struct placed_denial *next;
};

/* What most places do not have, so that the others stay small. */
struct grant_extras {
    const struct conditional_grant *conditional;
    const struct placed_denial *denials;
};

/* All that one principal is granted, and denied, at one scope. */
struct grant {
    const char *scope_key; /* NULL marks a free place of the table */
    uint32_t scope_length;
    uint32_t principal;
    uint64_t hash;
    struct operation_set known;       /* without asking any condition */
    const struct granted_role *roles; /* for operations that are not in the catalogue */
    struct grant_extras *extras;      /* or NULL */
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
    struct indexed_denial *denials;
    size_t denial_count;
    uint32_t everybody; /* the number of RBAC_EVERYBODY; PRINCIPAL_NONE when nothing names it */
    struct principal *principals; /* table: place is the principal's number */
    size_t principal_mask;
    struct grant *grants; /* table */
    size_t grant_mask;
    uint16_t *operations; /* table of row number + 1 */
    size_t operation_mask;
    struct text *operation_names; /* in lower case, by row number */
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
bool denial_applies(const struct indexed_denial *denial, const struct scope *scope);

/* For building: the number of a principal, new or not; the place for what it has at a scope, and
 * the extras of the place. False or NULL and err without memory. */
bool index_add_principal(
    struct rbac_index *index, const char *id, uint32_t *out, struct azb_error *err);
struct grant *index_add_place(
    struct rbac_index *index, uint32_t principal, const struct scope *scope);
struct grant_extras *index_add_extras(
    struct rbac_index *index, struct grant *grant, struct azb_error *err);

/* index_denials.c: reads the deny assignments, then puts them where their principals have them. */
bool index_add_denials(struct rbac_index *index, const struct rbac_index_input *input,
    const struct reach_map *map, struct azb_error *err);
bool index_place_denials(struct rbac_index *index, struct azb_error *err);

#endif
