/*
 * directory/managed_identity.h - managed identities: service principals without an application,
 * which whoever runs on this machine may be. System-assigned: that of the local Batch account.
 *
 * None has a role by default.
 */
#ifndef SERVER_DIRECTORY_MANAGED_IDENTITY_H
#define SERVER_DIRECTORY_MANAGED_IDENTITY_H

#include "directory/directory.h"

struct managed_identity {
    const char *client_id;
    const char *object_id; /* of its service principal: what roles bind */
    const char *name;
    const char *resource_id; /* "/subscriptions/S/resourcegroups/G/providers/..." */
    bool system_assigned;
};

enum identity_selector {
    IDENTITY_SYSTEM_ASSIGNED,
    IDENTITY_BY_CLIENT_ID,
    IDENTITY_BY_OBJECT_ID,
    IDENTITY_BY_RESOURCE_ID,
};

/* NOT_FOUND when there is none. */
bool managed_identity_find(struct store_connection *connection, enum identity_selector by,
    struct text value, struct arena *arena, struct managed_identity *out, struct azb_error *err);
/* Ids NULL are made, resource_id is needed. CONFLICT for a second one of that name or resource. Its
 * service principal is made, too. */
bool managed_identity_add(struct store_connection *connection, const struct managed_identity *what,
    int64_t now, struct arena *arena, struct managed_identity *out, struct azb_error *err);

#endif
