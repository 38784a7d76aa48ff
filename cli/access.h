/*
 * cli/access.h - what decides who may do what, read from Resource Manager with ordinary requests:
 * role assignments, the definitions that they name, deny assignments. So the commands that explain
 * access work against Azure as against azbd; rbac/ decides here.
 */
#ifndef CLI_ACCESS_H
#define CLI_ACCESS_H

#include "cli/access_principal.h"
#include "cli/roles.h"

struct access {
    struct scope scope;  /* what is asked about */
    const char *read_at; /* whose lists were read: the subscription, or further below */
    struct rbac_assignment *assignments;
    const struct json **items; /* Resource Manager's own words of each; NULL: made here */
    size_t count, capacity;
    struct rbac_role *roles; /* those that the assignments name */
    size_t role_count, role_capacity;
    struct rbac_deny_assignment *denials;
    size_t denial_count;
    const char *denials_gap;     /* why deny assignments could not be read, or NULL */
    struct rbac_parent *parents; /* from the management groups that were seen to act */
    size_t parent_count;
    const struct json *definitions; /* all that are offered at read_at; a list */
    /* The caller may not read role assignments: this is what is missing, and the one assignment is
     * of a role made of the permissions that Resource Manager says the caller has. Else NULL. */
    const char *own_only;
};

/* --scope or --resource-group, checked, else the Batch account of the environment. False: err. */
AZB_MUST_CHECK bool access_scope(struct session *session, const struct arguments *arguments,
    struct scope *out, struct azb_error *err);

enum access_whose {
    ACCESS_OF_ONE,      /* what concerns `who`, and what was meant for it */
    ACCESS_OF_EVERYBODY /* all that the caller may see */
};

/*
 * Reads what decides at the scope, at what is below it, and beside it in its subscription. `who`
 * gets the groups that Resource Manager knows. ACCESS_FOR_ONESELF: `who` is the caller, whose own
 * permissions may be read in place of the assignments that it may not read (out->own_only).
 */
enum access_asker { ACCESS_FOR_ANOTHER, ACCESS_FOR_ONESELF };
AZB_MUST_CHECK bool access_read(struct session *session, const struct scope *scope,
    enum access_whose whose, enum access_asker asker, struct access_principal *who,
    struct access *out, struct azb_error *err);

/* All role definitions that may be assigned at the scope or somewhere below it. */
AZB_MUST_CHECK bool access_definitions(
    struct session *session, const char *scope, const struct json **items, struct azb_error *err);

/* The definition of this name, GUID or id; NULL and err: not there, or not understood. */
const struct rbac_role *access_role(struct session *session, const struct access *access,
    const char *name_or_id, struct azb_error *err);

/* Adds an assignment, as if Resource Manager had listed it; strings are borrowed. False: out of
 * memory. */
AZB_MUST_CHECK bool access_assign(struct session *session, struct access *access,
    const struct rbac_assignment *assignment, const struct json *item, struct azb_error *err);

/* The index of all that. NULL and err; free it with rbac_index_free(). */
struct rbac_index *access_index(const struct access *access, struct azb_error *err) AZB_MUST_CHECK;

#endif
