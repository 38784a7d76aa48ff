/*
 * azb/rbac.h - Azure role definitions and assignments, evaluated here: may they do that, and why
 * not? Nothing is sent anywhere; the roles are those that the program puts in, and the built-in
 * ones.
 *
 *     struct azb_rbac *rbac = azb_rbac_new(&err);
 *     azb_rbac_add_role(rbac, json, strlen(json), &err);        // as az and ARM write them
 *     azb_rbac_assign(rbac, object_id, "Azure Batch Job Submitter", account_scope, &err);
 *     struct azb_rbac_query query = AZB_RBAC_QUERY_INIT;
 *     query.object_id = object_id;
 *     query.scope = account_scope;
 *     query.operation = "Microsoft.Batch/batchAccounts/jobs/write";
 *     query.is_data_action = query.is_batch = true;
 *     azb_rbac_allows(rbac, &query, &allowed, &err);
 *
 * All strings are UTF-8, NUL-terminated and copied. A `struct azb_rbac` is used by one thread at a
 * time. Conditions (version 2.0) and deny assignments count as they do in Azure; a condition that
 * asks for an attribute that the question does not give neither grants nor spares.
 */
#ifndef AZB_RBAC_H
#define AZB_RBAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct azb_rbac;

/* Holds the built-in roles and no assignment. NULL and err: out of memory. */
AZB_API AZB_MUST_CHECK struct azb_rbac *azb_rbac_new(struct azb_error *err);
AZB_API void azb_rbac_free(struct azb_rbac *rbac); /* NULL is legal */

/*
 * Adds a role definition from JSON: the ARM form ({"properties":{...}}), what `az role definition
 * list` prints for one role, or what `az role definition create` reads ({"Name":...,
 * "Actions":[...]}). ARGUMENT names the member that is missing, unknown or wrong, or says that the
 * name or id is taken.
 */
AZB_API AZB_MUST_CHECK bool azb_rbac_add_role(
    struct azb_rbac *rbac, const char *json, size_t length, struct azb_error *err);

/*
 * Assigns a role (its name in any case, its GUID, or a definition id) to a user, group or service
 * principal (its object id) at a scope ("/subscriptions/..."). ARGUMENT: no such role, no scope.
 */
AZB_API AZB_MUST_CHECK bool azb_rbac_assign(struct azb_rbac *rbac, const char *principal_id,
    const char *role, const char *scope, struct azb_error *err);

/* The same with a condition, such as "@Environment[UtcNow] DateTimeLessThan
 * '2027-01-01T00:00:00Z'". ARGUMENT also: it is malformed; the message says where and what is
 * allowed. */
AZB_API AZB_MUST_CHECK bool azb_rbac_assign_with_condition(struct azb_rbac *rbac,
    const char *principal_id, const char *role, const char *scope, const char *condition,
    struct azb_error *err);

/*
 * A deny assignment: takes away what assignments grant, from its principals and not from those that
 * are excluded (object ids of users, groups, service principals). Make it with
 * AZB_RBAC_DENY_ASSIGNMENT_INIT; what is NULL, 0 or false is left out.
 */
struct azb_rbac_deny_assignment {
    size_t size;
    const char *name;                 /* for explanations; required */
    const char *scope;                /* required */
    const char *const *principal_ids; /* NULL is everybody */
    size_t principal_count;
    const char *const *excluded_ids;
    size_t excluded_count;
    const char *const *actions; /* at least one action or data action is required */
    size_t action_count;
    const char *const *not_actions;
    size_t not_action_count;
    const char *const *data_actions;
    size_t data_action_count;
    const char *const *not_data_actions;
    size_t not_data_action_count;
    bool does_not_apply_to_child_scopes;
    const char *condition;
};

#define AZB_RBAC_DENY_ASSIGNMENT_INIT                                                              \
    {                                                                                              \
        sizeof(struct azb_rbac_deny_assignment), NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0,   \
            NULL, 0, NULL, 0, false, NULL                                                          \
    }

/* ARGUMENT names the member that is missing or wrong. */
AZB_API AZB_MUST_CHECK bool azb_rbac_deny(
    struct azb_rbac *rbac, const struct azb_rbac_deny_assignment *denial, struct azb_error *err);

/* Where a condition finds an attribute: @Request[...], @Resource[...], ... */
enum azb_rbac_source {
    AZB_RBAC_REQUEST,
    AZB_RBAC_RESOURCE,
    AZB_RBAC_PRINCIPAL,
    AZB_RBAC_ENVIRONMENT,
};

/* What is known of a question, for conditions. */
struct azb_rbac_attribute {
    enum azb_rbac_source source;
    const char *name;          /* "Microsoft.Authorization/roleAssignments:PrincipalType" */
    const char *const *values; /* texts, GUIDs, integers, "true", ISO 8601 times */
    size_t value_count;        /* 0: known not to be there */
};

/* A question. Make it with AZB_RBAC_QUERY_INIT. */
struct azb_rbac_query {
    size_t size;
    const char *object_id;        /* of the caller; required */
    const char *const *group_ids; /* every group that it is in, also indirectly; may be NULL */
    size_t group_count;
    const char *app_id;    /* client id of the caller, for better explanations; may be NULL */
    const char *scope;     /* what is to be touched; for Batch the account; required */
    const char *operation; /* "Microsoft.Batch/batchAccounts/jobs/read"; required */
    bool is_data_action;   /* true for Batch's jobs/... and jobSchedules/... */
    /* Batch's own rule on top, for calls to a Batch account: listKeys/action covers everything,
     * batchAccounts/read covers every read. */
    bool is_batch;
    bool is_read;        /* with is_batch: the call only reads */
    bool needs_autopool; /* with is_batch: the job brings an autopool, so pools/write is needed */
    const struct azb_rbac_attribute *attributes; /* for conditions; may be NULL */
    size_t attribute_count;
    int64_t now; /* @Environment[UtcNow], seconds since 1970-01-01 UTC; 0 is the present */
};

#define AZB_RBAC_QUERY_INIT                                                                        \
    {                                                                                              \
        sizeof(struct azb_rbac_query), NULL, NULL, 0, NULL, NULL, NULL, false, false, false,       \
            false, NULL, 0, 0                                                                      \
    }

/* False and err only when the question cannot be answered (ARGUMENT names the member); "no" is
 * true with *allowed false. */
AZB_API AZB_MUST_CHECK bool azb_rbac_allows(struct azb_rbac *rbac,
    const struct azb_rbac_query *query, bool *allowed, struct azb_error *err);

enum azb_rbac_format {
    AZB_RBAC_SHORT, /* a sentence or three, at most 380 bytes */
    AZB_RBAC_TEXT,  /* some lines for a terminal */
    AZB_RBAC_JSON,
};

/* Why: each assignment and the first reason why it did not help, the deny assignments that take the
 * operation away, the smallest built-in role that would do. Free with azb_rbac_free_text(). NULL
 * and err as azb_rbac_allows(). */
AZB_API AZB_MUST_CHECK char *azb_rbac_explain(struct azb_rbac *rbac,
    const struct azb_rbac_query *query, enum azb_rbac_format format, struct azb_error *err);
AZB_API void azb_rbac_free_text(char *text); /* NULL is legal */

#ifdef __cplusplus
}
#endif
#endif
