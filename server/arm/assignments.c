/* Role assignments in the store: what Azure checks before it gives somebody a role. */
#include "arm/arm.h"
#include "arm/roles.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"
#include "rbac/condition.h"
#include "store/rows.h"

#define SUBSCRIPTIONS "/subscriptions/"

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
        .condition = statement_string(s, 8, arena),
        .updated = statement_i64(s, statement_is_null(s, 9) ? 5 : 9),
        .updated_by = statement_string(s, statement_is_null(s, 9) ? 6 : 10, arena),
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

static bool read_principal(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)err;
    *(const char **)item = statement_string(s, 0, arena);
    return true;
}

bool assignment_principals(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct rbac_names *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.group_id FROM own"
        "  JOIN group_member m ON m.member_id = own.id) SELECT id FROM own");
    statement_bind_text(&s, 1, object_id);
    out->at = rows_read(&s, sizeof *out->at, read_principal, arena, &out->count, err);
    return out->at != NULL;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static bool check_role(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, struct azb_error *err)
{
    struct rbac_role role;
    struct management_tree tree;
    bool found;
    if (!management_tree_load(connection, arena, &tree, err) ||
        !role_find(connection, text_of(what->role_id), arena, &role, &found, err))
        return false;
    if (!found)
        return fail_status(err, 400, "RoleDefinitionDoesNotExist",
            "The specified role definition with ID '%s' does not exist.", what->role_id);
    return role_assignable_at(&tree, &role, text_of(what->scope)) ||
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

bool scope_in_subscription(struct text scope)
{
    return text_equal_nocase(text_slice(scope, 0, sizeof SUBSCRIPTIONS - 1), TEXT(SUBSCRIPTIONS));
}

/* A subscription counts what lies in it; management groups and the root only what is theirs. */
bool assignment_count(
    struct store_connection *connection, const char *scope, int64_t *out, struct azb_error *err)
{
    bool row;
    struct text whole = text_of(scope);
    bool in_subscription = scope_in_subscription(whole);
    scoped_statement struct statement s = statement(connection,
        "SELECT count(*) FROM role_assignment WHERE scope = ?1 OR (?2 AND scope LIKE ?1 || '/%')");
    statement_bind_text(&s, 1,
        in_subscription ? text_slice(whole, 0, strlen(SUBSCRIPTIONS) + GUID_TEXT - 1) : whole);
    statement_bind_i64(&s, 2, in_subscription);
    if (!statement_step(&s, &row, err))
        return false;
    *out = statement_i64(&s, 0);
    return true;
}

static bool check_count(
    struct store_connection *connection, const struct assignment *what, struct azb_error *err)
{
    int64_t count;
    bool in_subscription = scope_in_subscription(text_of(what->scope));
    int maximum = in_subscription ? ROLE_ASSIGNMENTS_MAX : ROLE_ASSIGNMENTS_GROUP_MAX;
    if (!assignment_count(connection, what->scope, &count, err))
        return false;
    return count < maximum ||
           fail_status(err, 400, "RoleAssignmentLimitExceeded",
               "The role assignment limit is exceeded. No more than %d role assignments can be "
               "created in this %s.",
               maximum, in_subscription ? "subscription" : "management group");
}

static bool check_description(const char *description, struct azb_error *err)
{
    return !description || strlen(description) <= ASSIGNMENT_TEXT_MAX ||
           fail_status(err, 400, "InvalidCreateRoleAssignmentRequest",
               "description: it is longer than %d bytes.", ASSIGNMENT_TEXT_MAX);
}

/* A condition that cannot be evaluated would be an assignment that nobody understands. */
static bool check_condition(const char *condition, struct arena *arena, struct azb_error *err)
{
    if (!condition || condition_parse(text_of(condition), arena, err))
        return true;
    return refuse_as(err, "InvalidRoleAssignmentCondition");
}

/* ---- Changes --------------------------------------------------------------------------------- */

static bool insert(
    struct store_connection *connection, const struct assignment *what, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO role_assignment (" ASSIGNMENT_COLUMNS ")"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?6, ?7)");
    statement_bind_string(&s, 1, what->id);
    statement_bind_string(&s, 2, what->scope);
    statement_bind_string(&s, 3, what->principal_id);
    statement_bind_string(&s, 4, what->principal_type);
    statement_bind_string(&s, 5, what->role_id);
    statement_bind_i64(&s, 6, what->created);
    statement_bind_string(&s, 7, what->created_by);
    statement_bind_string(&s, 8, what->description);
    statement_bind_string(&s, 9, what->condition);
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
    out->description = what->description;
    out->condition = what->condition;
    out->updated = what->created;
    out->updated_by = what->created_by;
    scoped_statement struct statement s = statement(connection,
        "UPDATE role_assignment SET description = ?3, condition = ?4, updated = ?5,"
        " updated_by = ?6 WHERE scope = ?1 AND id = ?2");
    statement_bind_string(&s, 1, old->scope);
    statement_bind_string(&s, 2, old->id);
    statement_bind_string(&s, 3, out->description);
    statement_bind_string(&s, 4, out->condition);
    statement_bind_i64(&s, 5, out->updated);
    statement_bind_string(&s, 6, out->updated_by);
    return statement_run(&s, err);
}

static bool check_new(struct store_connection *connection, struct assignment *new,
    struct arena *arena, struct azb_error *err)
{
    const char *type;
    if (!check_role(connection, new, arena, err) ||
        !check_principal(connection, new, arena, &type, err) || !check_same(connection, new, err) ||
        !check_count(connection, new, err))
        return false;
    new->principal_type = type;
    return true;
}

bool assignment_put(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, struct assignment *out, bool *made, struct azb_error *err)
{
    struct assignment old, new = *what;
    bool found;
    new.updated = new.created;
    new.updated_by = new.created_by;
    if (!check_description(what->description, err) ||
        !check_condition(what->condition, arena, err) ||
        !assignment_find(
            connection, text_of(what->scope), text_of(what->id), arena, &old, &found, err))
        return false;
    *made = !found;
    if (!check_principal(connection, what, arena, &new.principal_type, err))
        return false;
    if (found)
        return update(connection, &old, what, out, err);
    if (!check_new(connection, &new, arena, err) || !insert(connection, &new, err))
        return false;
    *out = new;
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

bool assignments_remove_below(
    struct store_connection *connection, const char *scope, struct azb_error *err)
{
    scoped_statement struct statement roles = statement(connection,
        "DELETE FROM role_assignment WHERE scope = ?1 OR substr(scope, 1, length(?1) + 1) ="
        " ?1 || '/' COLLATE NOCASE");
    scoped_statement struct statement denials = statement(connection,
        "DELETE FROM deny_assignment WHERE scope = ?1 OR substr(scope, 1, length(?1) + 1) ="
        " ?1 || '/' COLLATE NOCASE");
    statement_bind_string(&roles, 1, scope);
    statement_bind_string(&denials, 1, scope);
    return statement_run(&roles, err) && statement_run(&denials, err);
}
