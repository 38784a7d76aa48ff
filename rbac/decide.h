/*
 * rbac/decide.h - may this caller do that? Azure RBAC's rule, and Batch's data-plane rule on top.
 *
 * Granted is the union over every assignment at the scope or an ancestor, to the caller or one of
 * its groups, whose condition is true; deny assignments are subtracted from that union
 * (rbac/gather.c). A condition that cannot be decided, because an attribute is not known, does not
 * grant; that of a deny assignment then denies.
 */
#ifndef RBAC_DECIDE_H
#define RBAC_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include "rbac/condition.h"
#include "rbac/index.h"
#include "rbac/operation.h"
#include "rbac/scope.h"

/* Who asks. Only object_id and the groups decide; the rest makes explanations better. */
struct rbac_caller {
    const char *object_id;        /* RBAC knows principals by this one */
    const char *const *group_ids; /* transitive, from the directory; may be NULL */
    size_t group_count;
    const char *app_id;                /* client id, or NULL */
    const char *application_object_id; /* of the application (not service principal), or NULL */
    const char *name;                  /* for people, or NULL */
};

/*
 * One question. `operation` is the quick way; when NULL, `action` (a full name) is looked up, and
 * matched by pattern if the catalogue does not have it.
 */
struct rbac_request {
    const struct rbac_caller *caller;
    const struct scope *scope;              /* Batch: the account's */
    const struct rbac_operation *operation; /* or NULL */
    const char *action;                     /* read when operation is NULL */
    enum rbac_kind kind;                    /* read when operation is NULL */
    /* For the Batch rule only: */
    bool is_read;        /* the data-plane operation is a read */
    bool needs_autopool; /* the job or schedule brings an autoPoolSpecification */
    /* For conditions: what is known besides the operation, and the time (ticks). */
    const struct condition_attribute *attributes; /* may be NULL */
    size_t attribute_count;
    int64_t now;
    /* For explanations: the index as it will be once every change has taken effect; may be NULL. */
    const struct rbac_index *pending;
};

/* By whose rules a request is decided. */
enum rbac_rules {
    RBAC_RULES_ARM,   /* as rbac_check */
    RBAC_RULES_BATCH, /* as rbac_decide_batch */
};

/* Which rule allowed it. */
enum rbac_rule {
    RBAC_RULE_NONE,         /* denied */
    RBAC_RULE_PERMISSION,   /* the permission itself is granted */
    RBAC_RULE_ACCOUNT_READ, /* a read, and batchAccounts/read is granted */
    RBAC_RULE_LIST_KEYS,    /* batchAccounts/listKeys/action is granted: covers any operation */
};

struct rbac_decision {
    bool allowed;
    enum rbac_rule rule;
    /* When denied: the operation (with its kind) that was missing, for one-line messages. With an
     * autopool this is pools/write once the job permission itself is there. */
    const char *missing;
    enum rbac_kind missing_kind;
};

/* Azure RBAC as such: what ARM asks. */
bool rbac_check(const struct rbac_index *index, const struct rbac_request *request);

/*
 * What the Batch data plane asks. Allowed when one of these holds: listKeys/action is granted; the
 * operation is a read and batchAccounts/read is granted; the permission itself is granted (as
 * action for pools, applications, certificates, as data action for jobs and jobSchedules), and
 * pools/write too when an autopool is needed. Granted is what deny assignments leave. Returns
 * out->allowed.
 */
bool rbac_decide_batch(
    const struct rbac_index *index, const struct rbac_request *request, struct rbac_decision *out);

/* "permission", "batchAccounts/read", "batchAccounts/listKeys/action", "none": for logs. */
const char *rbac_rule_text(enum rbac_rule rule);

#endif
