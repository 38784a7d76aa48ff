/*
 * arm/arm.h - what the files of the ARM plane share: the call, prepared from the route's row, and
 * the serve functions that the rows name.
 */
#ifndef SERVER_ARM_ARM_H
#define SERVER_ARM_ARM_H

#include "base/json.h"
#include "directory/account.h"
#include "rbac/scope.h"
#include "route.h"
#include "store/store.h"

/* What the path of a route names. */
enum arm_target {
    ARM_ANYBODY,          /* nothing; no token either */
    ARM_TENANT,           /* nothing: any caller of the tenant may */
    ARM_SCOPE,            /* {scope*}: any scope */
    ARM_UNSEEN_SCOPE,     /* {scope*}: whether it is there is for `serve` to ask */
    ARM_MANAGEMENT_GROUP, /* {groupId} */
    ARM_SUBSCRIPTION,     /* {subscriptionId} */
    ARM_GROUP,            /* {subscriptionId}, {resourceGroup} */
    ARM_ACCOUNT,          /* {subscriptionId}, {resourceGroup}, {account} */
    ARM_NEW_GROUP,        /* as ARM_GROUP, and it need not be there: what PUT makes */
    ARM_NEW_ACCOUNT,      /* as ARM_ACCOUNT, and it need not be there: call->account is NULL then */
};

/* In place of an action, where the scope alone does not say it: may the caller? False: 403. Called
 * before anything below the subscription is looked up, with request->prepared, body included. */
typedef bool arm_ask_fn(struct request *request, const struct scope *scope, struct azb_error *err);

/* The row of a route. */
struct arm_operation {
    enum arm_target target;
    const char *action; /* that the caller needs at the target; NULL: `ask`, or nothing */
    bool has_body;      /* a JSON object is required */
    arm_ask_fn *ask;    /* or NULL */
    bool may_be_empty;  /* of has_body: without one it is {} */
};

/* For the tables of routes. */
#define ARM_ROW(target, action)                                                                    \
    &(const struct arm_operation)                                                                  \
    {                                                                                              \
        target, action, false, NULL, false                                                         \
    }
#define ARM_ROW_BODY(target, action)                                                               \
    &(const struct arm_operation)                                                                  \
    {                                                                                              \
        target, action, true, NULL, false                                                          \
    }
/* A body is not required: an empty one is {}. */
#define ARM_ROW_OPTIONAL(target, action)                                                           \
    &(const struct arm_operation)                                                                  \
    {                                                                                              \
        target, action, true, NULL, true                                                           \
    }

/* Each group of files gives its rows. */
extern const struct route_table arm_authorization_routes, arm_resource_routes, /* routes.c */
    arm_batch_routes;                                                          /* batch_routes.c */

struct assignment; /* arm/roles.h */

/* request->prepared: the target is there and the caller may. */
struct arm_call {
    struct scope scope;                  /* of the target */
    const struct account *account;       /* of ARM_ACCOUNT, ARM_NEW_ACCOUNT */
    const struct json *body;             /* of has_body */
    const struct assignment *assignment; /* that `ask` was about, or NULL */
};

const struct arm_call *arm_call(const struct request *request);

/*
 * The scope `text` is well-formed, its subscription is there (404 SubscriptionNotFound), the caller
 * may do `action` there (NULL: not asked), and its resource group and resource are there (404
 * ResourceGroupNotFound, ResourceNotFound). In this order, so that names tell nothing to those who
 * may not see them.
 */
bool arm_check_scope(struct request *request, struct text text, const char *action,
    struct scope *out, struct azb_error *err);

/* The same as a row asks it: for its kind of target, with its `ask`. */
bool arm_check_target(struct request *request, struct text text,
    const struct arm_operation *operation, struct scope *out, struct azb_error *err);

/* "/subscriptions/S" of a scope below one, else "". In the arena. */
const char *arm_subscription_of(const struct scope *scope, struct arena *arena);

/* Microsoft.Authorization. */
extern serve_fn arm_list_role_definitions, arm_get_role_definition, arm_put_role_definition,
    arm_delete_role_definition, arm_list_role_assignments, arm_get_role_assignment,
    arm_put_role_assignment, arm_delete_role_assignment, arm_get_role_assignment_usage,
    arm_list_permissions, arm_list_deny_assignments, arm_get_deny_assignment,
    arm_list_provider_operations, arm_get_provider_operations, arm_list_operations,
    arm_list_classic_administrators;
extern arm_ask_fn arm_ask_role_definitions, arm_ask_write_assignment, arm_ask_delete_assignment;

/* Microsoft.Resources, Microsoft.Management. */
extern serve_fn arm_get_endpoints, arm_list_tenants, arm_list_subscriptions, arm_get_subscription,
    arm_list_locations, arm_list_groups, arm_get_group, arm_is_there, arm_put_group,
    arm_patch_group, arm_delete_group, arm_list_resources, arm_list_tenant_providers,
    arm_get_tenant_provider, arm_list_providers, arm_get_provider, arm_register_provider,
    arm_unregister_provider, arm_list_management_groups, arm_get_management_group;
extern arm_ask_fn arm_ask_register, arm_ask_unregister;

/* What is not served (refused.c). */
extern serve_fn arm_unserved, arm_refuse_privileged, arm_refuse_deployment,
    arm_refuse_management_group, arm_refuse_deny_assignment;

#endif
