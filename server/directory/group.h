/*
 * directory/group.h - groups and who is in them, owners, directory roles.
 *
 * Groups may be members of groups, and in a circle: every question about members ends all the same.
 */
#ifndef SERVER_DIRECTORY_GROUP_H
#define SERVER_DIRECTORY_GROUP_H

#include "directory/directory.h"

#define GROUP_DESCRIPTION_MAX 1024
#define MAIL_NICKNAME_MAX 64

struct group {
    int64_t row;
    const char *object_id;
    const char *display_name;
    const char *mail_nickname; /* NULL: of a state that had none */
    const char *description;   /* or NULL */
    int64_t created;           /* ticks */
};

/* object_id NULL makes one; mail_nickname NULL is made from the display name. */
struct new_group {
    const char *object_id;
    const char *display_name, *mail_nickname, *description;
    int64_t now; /* ticks */
};

/* ARGUMENT: a name that is too long or that no mail address could have. */
bool group_create(struct store_connection *connection, const struct new_group *what,
    struct arena *arena, struct group *out, struct azb_error *err);
bool group_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct group *out, struct azb_error *err);
/* By display name. */
bool group_list(struct store_connection *connection, struct arena *arena, struct group **out,
    size_t *count, struct azb_error *err);
/* All but id and time become what `group` holds. */
bool group_update(
    struct store_connection *connection, const struct group *group, struct azb_error *err);
/* With its places in other groups: call authorize_roles_changed(). As in Azure, role assignments
 * stay. Members are added and removed by the functions of directory.h. */
bool group_remove(struct store_connection *connection, int64_t row, struct azb_error *err);

enum membership {
    MEMBERS,
    MEMBERS_TRANSITIVE,
    MEMBER_OF,
    MEMBER_OF_TRANSITIVE, /* without itself, also in a circle */
};

/* The members of a group, or the groups of a principal, by display name. Whoever is not there has
 * none. */
bool membership_list(struct store_connection *connection, enum membership which,
    struct text object_id, struct arena *arena, struct principal **out, size_t *count,
    struct azb_error *err);

/* ---- Owners of applications, service principals and groups ------------------------------------
 */

/* `object_id` and `owner_id` must be there. CONFLICT: it is one already. */
bool owner_add(struct store_connection *connection, const char *object_id, const char *owner_id,
    struct azb_error *err);
bool owner_remove(struct store_connection *connection, struct text object_id, struct text owner_id,
    struct azb_error *err);
bool owner_list(struct store_connection *connection, struct text object_id, struct arena *arena,
    struct principal **out, size_t *count, struct azb_error *err);
/* True and *is. */
bool owner_is(struct store_connection *connection, const char *object_id, const char *owner_id,
    bool *is, struct azb_error *err);
/* The object ids of what it owns. */
bool owned_list(struct store_connection *connection, struct text owner_id, struct arena *arena,
    const char ***out, size_t *count, struct azb_error *err);

/* ---- Directory roles --------------------------------------------------------------------------
 */

#define DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR "158c047a-c907-4556-b7ef-446551a6b5f7"
#define DIRECTORY_ROLE_GROUPS_ADMINISTRATOR "fdd7a751-b60b-444a-984c-02652fe8fa1c"
#define DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR "e8611ab8-c189-46e8-94e1-60213ab1f814"

/* One of Entra's own roles that azbd acts on. */
struct directory_role {
    const char *id; /* of its template; here the role's own, too */
    const char *display_name;
    const char *description;
};

extern const struct directory_role directory_roles[];
extern const size_t directory_role_count;

/* NULL: not one of them. */
const struct directory_role *directory_role_find(struct text id);
bool directory_role_members(struct store_connection *connection, const char *role_id,
    struct arena *arena, struct principal **out, size_t *count, struct azb_error *err);
/* NOT_FOUND: it does not have the role. */
bool directory_role_remove(struct store_connection *connection, const char *role_id,
    const char *principal_id, struct azb_error *err);

#endif
