/*
 * directory/management_group.h - management groups, and what lies in which.
 *
 * Every tenant has a root group whose name is the tenant's id; it is not stored. A group or
 * subscription without a parent lies in it.
 */
#ifndef SERVER_DIRECTORY_MANAGEMENT_GROUP_H
#define SERVER_DIRECTORY_MANAGEMENT_GROUP_H

#include "rbac/index.h"
#include "store/store.h"

#define MANAGEMENT_GROUP_PATH "/providers/Microsoft.Management/managementGroups/"
#define MANAGEMENT_GROUP_ID_MAX 90 /* characters: letters, digits, - _ ( ) . */
#define MANAGEMENT_GROUP_DEPTH_MAX 6

struct management_group {
    const char *id; /* the name in its scope */
    const char *display_name;
    const char *parent_id; /* NULL: none; only the root group has none */
};

/* By name, in any case; the root group, too. */
bool management_group_find(struct store_connection *connection, struct text id, struct arena *arena,
    struct management_group *out, bool *found, struct azb_error *err);

/* All groups, the root group first, then by name. */
bool management_group_list(struct store_connection *connection, struct arena *arena,
    const struct management_group **out, size_t *count, struct azb_error *err);

/* Makes the group or changes its name and parent (NULL: the root group). AZB_ERROR_ARGUMENT: an id
 * that is none, the root group, a circle, too deep; AZB_ERROR_NOT_FOUND: no such parent. In work
 * that writes; the roles changed then, too. */
bool management_group_put(struct store_connection *connection, const struct management_group *what,
    struct azb_error *err);

/* Puts a subscription into a group (NULL: the root group), under the same conditions. */
bool management_group_adopt(struct store_connection *connection, const char *subscription_id,
    const char *group_id, struct azb_error *err);

/* What lies in what, as the index of roles takes it: every subscription and group but the root. */
struct management_tree {
    const struct rbac_parent *parents;
    size_t count;
};
bool management_tree_load(struct store_connection *connection, struct arena *arena,
    struct management_tree *out, struct azb_error *err);

/* True when the scope is `above`, or lies below it: by segment of its path, and then by what its
 * subscription or management group lies in. Texts without a final slash, "/" for the root. */
bool management_tree_within(
    const struct management_tree *tree, struct text scope, struct text above);

#endif
