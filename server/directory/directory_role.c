/* Entra's own roles, by template id: who administrates the directory. Not Azure RBAC. */
#include "base/error.h"
#include "directory/group.h"
#include "directory/state.h"

/* https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
const struct directory_role directory_roles[] = {
    {DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, "Global Administrator", "May change everything."},
    {DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR, "Privileged Role Administrator",
        "Gives directory roles, and application permissions of Microsoft Graph."},
    {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR, "Application Administrator",
        "Changes applications and service principals, and consents for everybody."},
    {DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR, "Cloud Application Administrator",
        "As Application Administrator, without the application proxy."},
    {DIRECTORY_ROLE_USER_ADMINISTRATOR, "User Administrator", "Changes users and groups."},
    {DIRECTORY_ROLE_GROUPS_ADMINISTRATOR, "Groups Administrator", "Changes groups."},
};
const size_t directory_role_count = sizeof directory_roles / sizeof *directory_roles;

const struct directory_role *directory_role_find(struct text id)
{
    for (size_t i = 0; i < directory_role_count; i++)
        if (text_equal_nocase(id, text_of(directory_roles[i].id)))
            return &directory_roles[i];
    return NULL;
}

bool directory_role_add(struct store_connection *connection, const char *role_id,
    const char *principal_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT OR IGNORE INTO directory_role_member (role_id, principal_id) VALUES (?1, ?2)");
    statement_bind_string(&s, 1, role_id);
    statement_bind_string(&s, 2, principal_id);
    return statement_run(&s, err);
}

bool directory_role_has(struct store_connection *connection, const char *role_id,
    const char *principal_id, bool *has, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "SELECT 1 FROM directory_role_member WHERE role_id = ?1 AND principal_id = ?2");
    statement_bind_string(&s, 1, role_id);
    statement_bind_string(&s, 2, principal_id);
    return statement_step(&s, has, err);
}

bool directory_role_members(struct store_connection *connection, const char *role_id,
    struct arena *arena, struct principal **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        PRINCIPALS_OF("WITH found(id) AS"
                      " (SELECT principal_id FROM directory_role_member WHERE role_id = ?1)"));
    statement_bind_string(&s, 1, role_id);
    return principals_read(&s, arena, out, count, err);
}

bool directory_role_remove(struct store_connection *connection, const char *role_id,
    const char *principal_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "DELETE FROM directory_role_member WHERE role_id = ?1 AND principal_id = ?2");
    statement_bind_string(&s, 1, role_id);
    statement_bind_string(&s, 2, principal_id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "'%s' does not have the directory role", principal_id);
}
