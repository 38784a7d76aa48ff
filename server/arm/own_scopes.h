/*
 * arm/own_scopes.h - where the caller has any role: what lists of subscriptions and management
 * groups show, to whom no permission could be asked for one by one.
 */
#ifndef SERVER_ARM_OWN_SCOPES_H
#define SERVER_ARM_OWN_SCOPES_H

#include "directory/management_group.h"
#include "request.h"

struct arm_own_scopes {
    struct rbac_names scopes; /* of the assignments to the caller and to groups that it is in */
    struct management_tree tree;
};

bool arm_own_scopes_load(
    struct request *request, struct arm_own_scopes *out, struct azb_error *err);
/* The caller has a role on it, above it, or on something in it. */
bool arm_own_scopes_touch(const struct arm_own_scopes *own, struct text scope);
/* On it or above it. */
bool arm_own_scopes_cover(const struct arm_own_scopes *own, struct text scope);

#endif
