/*
 * cli/access_change.h - access as it would be after a change that is only thought of.
 */
#ifndef CLI_ACCESS_CHANGE_H
#define CLI_ACCESS_CHANGE_H

#include "cli/access.h"

struct access_change {
    struct access before, after;
    /* The assignments that the change touches; of `before`, or the new one. */
    struct rbac_assignment *touched;
    size_t touched_count;
    const char *role_name;    /* of the role that it is about; NULL: of several */
    const char *unchanged;    /* why it changes nothing, where that is known at once; or NULL */
    const char *would_refuse; /* why Resource Manager would refuse it as it stands; or NULL */
};

/* Each fills the change from what was read; in the session's arena. `scope` is where the assignment
 * is (was) made. False and err: no such role or assignment, not assignable there, built in. */
AZB_MUST_CHECK bool access_change_add(struct session *session, const struct access *access,
    const struct access_principal *who, const char *role, const struct scope *scope,
    struct access_change *out, struct azb_error *err);
/* `role` NULL: whichever the principal has exactly there. */
AZB_MUST_CHECK bool access_change_remove(struct session *session, const struct access *access,
    const struct access_principal *who, const char *role, const struct scope *scope,
    struct access_change *out, struct azb_error *err);
/* `role` replaces the definition of its id, else of its name. */
AZB_MUST_CHECK bool access_change_role(struct session *session, const struct access *access,
    const struct rbac_role *role, struct access_change *out, struct azb_error *err);
AZB_MUST_CHECK bool access_change_delete_role(struct session *session, const struct access *access,
    const char *role, struct access_change *out, struct azb_error *err);

#endif
