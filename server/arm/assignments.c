/* Role assignments in the store: what Azure checks before it gives somebody a role. */
#include "arm/arm.h"
#include "arm/roles.h"
#include "base/error.h"
#include "directory/directory.h"

void assignment_read(struct statement *s, struct arena *arena, struct assignment *out)
{
    *out = (struct assignment){
        .id = statement_string(s, 0, arena),
        .scope = statement_string(s, 1, arena),
        .principal_id = statement_string(s, 2, arena),
        .principal_type = statement_string(s, 3, arena),
        .role_id = statement_string(s, 4, arena),
        .created = statement_i64(s, 5),
        .created_by = statement_string(s, 6, arena),
        .description = statement_string(s, 7, arena),
    };
}

bool assignment_find(struct store_connection *connection, struct text scope, struct text id,
    struct arena *arena, struct assignment *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT " ASSIGNMENT_COLUMNS " FROM role_assignment WHERE scope = ?1 AND id = ?2");
    statement_bind_text(&s, 1, scope);
    statement_bind_text(&s, 2, id);
    if (!statement_step(&s, found, err))
        return false;
    if (*found)
        assignment_read(&s, arena, out);
    return arena->failed ? fail_memory(err) : true;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static bool check_role(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, struct azb_error *err)
{
    struct rbac_role role;
    bool found;
    if (!role_find(connection, text_of(what->role_id), arena, &role, &found, err))
        return false;
    if (!found)
        return fail_status(err, 400, "RoleDefinitionDoesNotExist",
            "The specified role definition with ID '%s' does not exist.", what->role_id);
    return role_assignable_at(&role, text_of(what->scope)) ||
           fail_status(err, 400, "RoleAssignmentScopeNotAssignableToRoleDefinition",
               "The role assignment scope '%.400s' is not assignable to the role definition '%s' "
               "('%.100s'): none of its assignable scopes is that one or above it.",
               what->scope, role.id, role.name);
}

static bool check_principal(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, const char **type, struct azb_error *err)
{
    struct principal principal;
    struct azb_error why = AZB_ERROR_INIT;
    if (!principal_by_object_id(connection, text_of(what->principal_id), arena, &principal, &why)) {
        if (why.kind != AZB_ERROR_NOT_FOUND) {
            *err = why;
            return false;
        }
        return fail_status(err, 400, "PrincipalNotFound",
            "Principal %s does not exist in the directory. Check that you have the correct "
            "principal ID: it is the object id of the service principal, user or group, not the "
            "client id of an application.",
            what->principal_id);
    }
    *type = principal_kind_text(principal.kind);
    if (!what->principal_type || string_equal_nocase(what->principal_type, *type))
        return true;
    return fail_status(err, 400, "UnmatchedPrincipalType",
        "The PrincipalId '%s' has type '%s', which is different from the specified PrincipalType "
        "'%.40s'.",
        what->principal_id, *type, what->principal_type);
}

/* The same principal, role and scope under another name. */
static bool check_same(
    struct store_connection *connection, const struct assignment *what, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s = statement(connection,
        "SELECT id FROM role_assignment WHERE scope = ?1 AND principal_id = ?2 AND role_id = ?3");
    statement_bind_string(&s, 1, what->scope);
    statement_bind_string(&s, 2, what->principal_id);
    statement_bind_string(&s, 3, what->role_id);
    if (!statement_step(&s, &row, err))
        return false;
    return !row || fail_status(err, 409, "RoleAssignmentExists",
                       "The role assignment already exists. The ID of the existing role "
                       "assignment is %.*s.",
                       TEXT_ARGS(statement_borrow(&s, 0)));
}

static bool check_count(
    struct store_connection *connection, const struct assignment *what, struct azb_error *err)
{
    bool row;
    struct text subscription = text_slice(text_of(what->scope), 0, strlen("/subscriptions/") + 36);
    scoped_statement struct statement s = statement(connection,
        "SELECT count(*) FROM role_assignment WHERE scope = ?1 OR scope LIKE ?1 || '/%'");
    statement_bind_text(&s, 1, subscription);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < ROLE_ASSIGNMENTS_MAX ||
           fail_status(err, 400, "RoleAssignmentLimitExceeded",
               "The number of role assignments has reached the limit of %d of a subscription.",
               ROLE_ASSIGNMENTS_MAX);
}

static bool check_description(const char *description, struct azb_error *err)
{
    return !description || strlen(description) <= ASSIGNMENT_TEXT_MAX ||
           fail_status(err, 400, "InvalidCreateRoleAssignmentRequest",
               "description: it is longer than %d characters.", ASSIGNMENT_TEXT_MAX);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static bool insert(
    struct store_connection *connection, const struct assignment *what, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO role_assignment (" ASSIGNMENT_COLUMNS ")"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    statement_bind_string(&s, 1, what->id);
    statement_bind_string(&s, 2, what->scope);
    statement_bind_string(&s, 3, what->principal_id);
    statement_bind_string(&s, 4, what->principal_type);
    statement_bind_string(&s, 5, what->role_id);
    statement_bind_i64(&s, 6, what->created);
    statement_bind_string(&s, 7, what->created_by);
    statement_bind_string(&s, 8, what->description);
    return statement_run(&s, err);
}

static bool update(struct store_connection *connection, const struct assignment *old,
    const struct assignment *what, struct assignment *out, struct azb_error *err)
{
    if (!string_equal_nocase(old->principal_id, what->principal_id) ||
        !string_equal_nocase(old->role_id, what->role_id))
        return fail_status(err, 400, "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.");
    *out = *old;
    if (what->description)
        out->description = what->description;
    scoped_statement struct statement s = statement(
        connection, "UPDATE role_assignment SET description = ?3 WHERE scope = ?1 AND id = ?2");
    statement_bind_string(&s, 1, old->scope);
    statement_bind_string(&s, 2, old->id);
    statement_bind_string(&s, 3, out->description);
    return statement_run(&s, err);
}

bool assignment_put(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, struct assignment *out, struct azb_error *err)
{
    struct assignment old, made = *what;
    bool found;
    if (!check_description(what->description, err) ||
        !assignment_find(
            connection, text_of(what->scope), text_of(what->id), arena, &old, &found, err))
        return false;
    if (found)
        return update(connection, &old, what, out, err);
    if (!check_role(connection, what, arena, err) ||
        !check_principal(connection, what, arena, &made.principal_type, err) ||
        !check_same(connection, what, err) || !check_count(connection, what, err) ||
        !insert(connection, &made, err))
        return false;
    *out = made;
    return true;
}

bool assignment_remove(
    struct store_connection *connection, const struct assignment *assignment, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM role_assignment WHERE scope = ?1 AND id = ?2");
    statement_bind_string(&s, 1, assignment->scope);
    statement_bind_string(&s, 2, assignment->id);
    return statement_run(&s, err);
}
