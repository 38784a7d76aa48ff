/*
 * rbac/index.h - role definitions and assignments, made ready for decisions.
 *
 * An index is immutable: after a change build a new one and swap it in; any number of threads may
 * read it. Grants are merged per principal and scope into bitsets over the operation catalogue, so
 * that a decision asks a hash table once for each (principal, ancestor scope) and does not depend
 * on how many assignments there are.
 */
#ifndef RBAC_INDEX_H
#define RBAC_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <azb/error.h>
#include "rbac/role.h"

/* One assignment. It helps only where its condition is true. */
struct rbac_assignment {
    const char *id;           /* the assignment's own GUID or full id; may be NULL */
    const char *principal_id; /* object id of a user, group or service principal */
    const char *role_id;      /* GUID, or a definition id that ends with it */
    const char *scope;
    const char *condition; /* version 2.0 (rbac/condition.h); NULL when there is none */
};

/*
 * One deny assignment: what its permission objects cover is taken away from the principals,
 * whatever grants it. A caller is meant when it or one of its groups is among the principals and
 * neither it nor one of its groups is excluded.
 */
struct rbac_deny_assignment {
    const char *id; /* its own GUID or full id; may be NULL */
    const char *name;
    const char *scope;
    struct rbac_names principal_ids; /* RBAC_EVERYBODY is all principals */
    struct rbac_names exclude_principal_ids;
    const struct rbac_permission *permissions;
    size_t permission_count;
    bool does_not_apply_to_child_scopes;
    const char *condition; /* as an assignment's */
};

/* Stands for every user, group, service principal and managed identity in a deny assignment. */
#define RBAC_EVERYBODY "00000000-0000-0000-0000-000000000000"

/* A subscription or management group lies in a management group. */
struct rbac_parent {
    const char *child;  /* "/subscriptions/S" or a management group's scope */
    const char *parent; /* a management group's scope */
};

struct rbac_index_input {
    const struct rbac_role *roles; /* custom roles; the built-in ones are always there */
    size_t role_count;
    const struct rbac_assignment *assignments;
    size_t assignment_count;
    const struct rbac_deny_assignment *denials;
    size_t denial_count;
    const struct rbac_parent *parents; /* may be NULL */
    size_t parent_count;
};

struct rbac_index;

/*
 * Copies what it needs; the input may go afterwards. An assignment whose role is not known stays
 * in (explanations name it) and grants nothing. NULL and err: a scope that does not parse, a
 * principal that is missing, a circle of management groups, memory.
 */
struct rbac_index *rbac_index_new(
    const struct rbac_index_input *input, struct azb_error *err) AZB_MUST_CHECK;
void rbac_index_free(struct rbac_index *index); /* NULL is legal */

#endif
