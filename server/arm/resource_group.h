/*
 * arm/resource_group.h - resource groups in the store.
 */
#ifndef SERVER_ARM_RESOURCE_GROUP_H
#define SERVER_ARM_RESOURCE_GROUP_H

#include "arm/operation_status.h"

#define RESOURCE_GROUP_NAME_MAX 90 /* characters */

struct resource_group {
    const char *name;     /* as it was first written */
    const char *location; /* "eastus" */
    struct text tags;     /* a JSON object; absent: none */
    bool deleting;
    int64_t row;
};

/* By name in any case; *found. The texts live in the arena. */
bool resource_group_find(struct store_connection *connection, struct text subscription,
    struct text name, struct arena *arena, struct resource_group *out, bool *found,
    struct azb_error *err);

/* 400 InvalidResourceGroupName: what it may be made of. */
bool resource_group_check_name(struct text name, struct azb_error *err);
/* 409 ResourceGroupBeingDeleted: nothing is made or changed in it any more. */
bool resource_group_check(const struct resource_group *group, struct azb_error *err);

/* Goes on with OPERATION_GROUP_DELETE (resource_group_delete.c). */
extern operation_advance_fn resource_group_delete_advance;

#endif
