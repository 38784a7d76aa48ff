/* May the caller: directory roles, delegated permissions, application permissions, ownership. */
#include "base/error.h"
#include "graph/graph.h"

#define NAMES_MAX 8

/* Who may it besides. */
enum {
    OWNERS = 1,    /* of the object in the path */
    EVERYBODY = 2, /* users, as the tenant's default has it: they will own it */
    ANY_ROLE = 4,  /* whatever directory role a program has, it may read with it */
    PROGRAMS = 8,  /* without any permission: whoever serves asks for something else */
};

/* https://learn.microsoft.com/graph/permissions-reference and, for the roles,
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
static const struct right {
    const char *role_name;         /* in the message */
    const char *roles[NAMES_MAX];  /* any one; a global administrator has all rights */
    const char *scopes[NAMES_MAX]; /* delegated permissions, any one: the user's rights within it */
    const char *permissions[NAMES_MAX]; /* application permissions, any one */
    const char *of_owned;               /* an application permission for what the program owns */
    unsigned besides;
} rights[] = {
    [GRAPH_READS_SELF] = {.scopes = {"User.Read", "openid", "User.ReadBasic.All", "User.Read.All",
                              "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All",
                              "Directory.AccessAsUser.All"},
        .besides = EVERYBODY | PROGRAMS},
    [GRAPH_READS_APPLICATIONS] = {.scopes = {"Application.Read.All", "Application.ReadWrite.All",
                                      "Directory.Read.All", "Directory.ReadWrite.All",
                                      "Directory.AccessAsUser.All"},
        .permissions = {"Application.Read.All", "Application.ReadWrite.All",
            "Application.ReadWrite.OwnedBy", "Directory.Read.All", "Directory.ReadWrite.All"},
        .besides = EVERYBODY | ANY_ROLE},
    [GRAPH_READS_USERS] = {.scopes = {"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All",
                               "Directory.Read.All", "Directory.ReadWrite.All",
                               "Directory.AccessAsUser.All"},
        .permissions = {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
            "Directory.ReadWrite.All"},
        .besides = EVERYBODY | ANY_ROLE},
    [GRAPH_READS_GROUPS] = {.scopes = {"GroupMember.Read.All", "GroupMember.ReadWrite.All",
                                "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All",
                                "Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All",
            "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
        .besides = EVERYBODY | ANY_ROLE},
    [GRAPH_READS_DIRECTORY] = {.scopes = {"Directory.Read.All", "Directory.ReadWrite.All",
                                   "Directory.AccessAsUser.All", "User.Read.All",
                                   "User.ReadWrite.All", "Application.ReadWrite.All",
                                   "RoleManagement.Read.Directory",
                                   "RoleManagement.ReadWrite.Directory"},
        .permissions = {"Directory.Read.All", "Directory.ReadWrite.All", "User.Read.All",
            "User.ReadWrite.All", "Application.Read.All", "Application.ReadWrite.All",
            "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"},
        .besides = EVERYBODY | ANY_ROLE},
    [GRAPH_REGISTERS] = {.role_name = "an application administrator",
        .roles = {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR},
        .scopes = {"Application.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"},
        .besides = EVERYBODY},
    [GRAPH_APPLICATIONS] = {.role_name = "an application administrator",
        .roles = {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR},
        .scopes = {"Application.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"Application.ReadWrite.All"},
        .of_owned = "Application.ReadWrite.OwnedBy",
        .besides = OWNERS},
    [GRAPH_ROLLS_KEYS] = {.scopes = {"Application.ReadWrite.All", "Directory.AccessAsUser.All"},
        .besides = EVERYBODY | PROGRAMS},
    [GRAPH_CONSENTS] = {.role_name = "an application administrator",
        .roles = {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR},
        .scopes = {"DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All",
            "Application.ReadWrite.All", "Directory.AccessAsUser.All", "user_impersonation"},
        .permissions = {"DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"}},
    [GRAPH_GIVES_ROLES] = {.role_name = "an application administrator",
        .roles = {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR,
            DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR},
        .scopes = {"AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All",
            "Directory.AccessAsUser.All"},
        .permissions = {"AppRoleAssignment.ReadWrite.All"}},
    [GRAPH_GIVES_GRAPH_ROLES] = {.role_name = "a privileged role administrator",
        .roles = {DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR},
        .scopes = {"AppRoleAssignment.ReadWrite.All", "Directory.AccessAsUser.All",
            "user_impersonation"},
        .permissions = {"AppRoleAssignment.ReadWrite.All"}},
    [GRAPH_CREATES_USERS] = {.role_name = "a user administrator",
        .roles = {DIRECTORY_ROLE_USER_ADMINISTRATOR},
        .scopes = {"User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"User.ReadWrite.All", "Directory.ReadWrite.All"}},
    [GRAPH_USERS] = {.role_name = "a user administrator",
        .roles = {DIRECTORY_ROLE_USER_ADMINISTRATOR},
        .scopes = {"User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"User.ReadWrite.All"}},
    [GRAPH_CREATES_GROUPS] = {.role_name = "a groups administrator",
        .roles = {DIRECTORY_ROLE_GROUPS_ADMINISTRATOR, DIRECTORY_ROLE_USER_ADMINISTRATOR},
        .scopes = {"Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"},
        .besides = EVERYBODY},
    [GRAPH_GROUPS] = {.role_name = "a groups administrator",
        .roles = {DIRECTORY_ROLE_GROUPS_ADMINISTRATOR, DIRECTORY_ROLE_USER_ADMINISTRATOR},
        .scopes = {"Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
        .permissions = {"Group.ReadWrite.All", "Directory.ReadWrite.All"},
        .besides = OWNERS},
    [GRAPH_MEMBERS] = {.role_name = "a groups administrator",
        .roles = {DIRECTORY_ROLE_GROUPS_ADMINISTRATOR, DIRECTORY_ROLE_USER_ADMINISTRATOR},
        .scopes = {"GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All"},
        .permissions = {"GroupMember.ReadWrite.All", "Group.ReadWrite.All",
            "Directory.ReadWrite.All"},
        .besides = OWNERS},
    [GRAPH_DIRECTORY_ROLES] = {.role_name = "a privileged role administrator",
        .roles = {DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR},
        .scopes = {"RoleManagement.ReadWrite.Directory", "Directory.AccessAsUser.All"},
        .permissions = {"RoleManagement.ReadWrite.Directory"}},
};

/* ---- What the caller has --------------------------------------------------------------------- */

/* The token's `scp` of a user, its `roles` of a program. */
static bool holds_one(const struct request *request, const char *const *names)
{
    for (size_t i = 0; i < NAMES_MAX && names[i]; i++)
        if (scopes_hold(text_of(request->caller.scopes), text_of(names[i])))
            return true;
    return false;
}

static bool has_role(struct request *request, const char *role, bool *has, struct azb_error *err)
{
    return directory_role_has(request->store, role, request->caller.object_id, has, err);
}

static bool has_one_role(
    struct request *request, const struct right *right, bool *has, struct azb_error *err)
{
    if (!has_role(request, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, has, err))
        return false;
    for (size_t i = 0; i < NAMES_MAX && right->roles[i] && !*has; i++)
        if (!has_role(request, right->roles[i], has, err))
            return false;
    for (size_t i = 0; i < directory_role_count && right->besides & ANY_ROLE && !*has; i++)
        if (!has_role(request, directory_roles[i].id, has, err))
            return false;
    return true;
}

static bool owns_subject(struct request *request, bool *owns, struct azb_error *err)
{
    struct graph_subject subject;
    return graph_find_subject(request, &subject, err) &&
           owner_is(request->store, subject.object_id, request->caller.object_id, owns, err);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

#define INSUFFICIENT "Insufficient privileges to complete the operation. "

static bool lacks_scope(
    const struct request *request, const struct right *right, struct azb_error *err)
{
    fail_status(err, 403, "Authorization_RequestDenied",
        INSUFFICIENT "The token has the delegated permissions '%.200s'; one such as '%s' is "
                     "needed.",
        request->caller.scopes, right->scopes[0]);
    error_add_value(err, "requiredPermission", "%s", right->scopes[0]);
    return false;
}

static bool lacks_role(
    const struct request *request, const struct right *right, struct azb_error *err)
{
    const char *permission = right->permissions[0];
    bool program = request->caller.kind == CALLER_APPLICATION;
    if (program && right->role_name)
        fail_status(err, 403, "Authorization_RequestDenied",
            INSUFFICIENT
            "The application '%s' is not %s of the directory, and its token does not have "
            "the application permission '%s'.",
            request->caller.client_id, right->role_name, permission);
    else if (program)
        fail_status(err, 403, "Authorization_RequestDenied",
            INSUFFICIENT
            "The token of the application '%s' does not have the application permission "
            "'%s' (claim roles), and it has no role of the directory.",
            request->caller.client_id, permission);
    else
        fail_status(err, 403, "Authorization_RequestDenied",
            INSUFFICIENT "The caller '%s' is not %s of the directory%s.", request->caller.object_id,
            right->role_name, right->besides & OWNERS ? " and does not own the object" : "");
    if (right->role_name)
        error_add_value(
            err, "requiredRole", "%s", directory_role_find(text_of(right->roles[0]))->display_name);
    if (program)
        error_add_value(err, "requiredPermission", "%s", permission);
    return false;
}

/* ---- The decision ---------------------------------------------------------------------------- */

static bool decide_program(
    struct request *request, const struct right *right, bool *may, struct azb_error *err)
{
    *may = holds_one(request, right->permissions);
    if (!*may && !has_one_role(request, right, may, err))
        return false;
    const char *const owned[NAMES_MAX] = {right->of_owned};
    return *may || !right->of_owned || !holds_one(request, owned) ||
           owns_subject(request, may, err);
}

static bool decide_user(
    struct request *request, const struct right *right, bool *may, struct azb_error *err)
{
    *may = right->besides & EVERYBODY;
    if (!*may && !has_one_role(request, right, may, err))
        return false;
    return *may || !(right->besides & OWNERS) || owns_subject(request, may, err);
}

bool graph_require_right(struct request *request, enum graph_right which, struct azb_error *err)
{
    const struct right *right = &rights[which];
    bool may = false;
    if (request->caller.kind == CALLER_USER) {
        if (!holds_one(request, right->scopes))
            return lacks_scope(request, right, err);
        return decide_user(request, right, &may, err) && (may || lacks_role(request, right, err));
    }
    if (right->besides & PROGRAMS)
        return true;
    return decide_program(request, right, &may, err) && (may || lacks_role(request, right, err));
}

bool graph_administrates(
    struct request *request, enum graph_right right, bool *does, struct azb_error *err)
{
    *does =
        request->caller.kind == CALLER_APPLICATION && holds_one(request, rights[right].permissions);
    return *does || has_one_role(request, &rights[right], does, err);
}

bool graph_make_owner(struct request *request, const char *object_id, struct azb_error *err)
{
    return owner_add(request->store, object_id, request->caller.object_id, err);
}
