#include "arm/roles.h"

#include <ctype.h>

#include "arm/arm.h"
#include "base/error.h"
#include "base/time.h"
#include "document.h"

/* ---- Reading --------------------------------------------------------------------------------- */

/* role_from_json takes no times from a document: in one that a client sends they are not its to
 * say. In the store they are ours. */
bool role_from_body(
    struct text body, struct arena *arena, struct rbac_role *out, struct azb_error *err)
{
    const struct json *document = json_parse(body, arena, err);
    const struct rbac_role *role = document ? role_from_json(document, arena, NULL, err) : NULL;
    if (!role)
        return fail_while(err, "a role definition in the state");
    const struct json *properties = json_get(document, "properties");
    *out = *role;
    out->created_on = json_get_string(properties, "createdOn", arena);
    out->updated_on = json_get_string(properties, "updatedOn", arena);
    out->created_by = json_get_string(properties, "createdBy", arena);
    out->updated_by = json_get_string(properties, "updatedBy", arena);
    return true;
}

static bool find_custom(struct store_connection *connection, struct text guid, struct arena *arena,
    struct rbac_role *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT body FROM role_definition WHERE id = ?1");
    statement_bind_text(&s, 1, guid);
    if (!statement_step(&s, found, err))
        return false;
    return !*found || role_from_body(statement_text(&s, 0, arena), arena, out, err);
}

bool role_find(struct store_connection *connection, struct text guid, struct arena *arena,
    struct rbac_role *out, bool *found, struct azb_error *err)
{
    const struct rbac_role *builtin = text_is_guid(guid) ? rbac_builtin_role(guid) : NULL;
    if (!builtin)
        return find_custom(connection, guid, arena, out, found, err);
    *out = *builtin;
    *found = true;
    return true;
}

static struct text without_slash(struct text scope)
{
    if (scope.length > 1 && text_ends(scope, "/"))
        scope.length--;
    return scope;
}

bool role_assignable_at(
    const struct management_tree *tree, const struct rbac_role *role, struct text scope)
{
    if (role->type == ROLE_BUILT_IN)
        return true;
    for (size_t i = 0; i < role->assignable_scopes.count; i++)
        if (management_tree_within(
                tree, scope, without_slash(text_of(role->assignable_scopes.at[i]))))
            return true;
    return false;
}

/* ---- Changing a role ------------------------------------------------------------------------- */

static bool check_name(
    struct store_connection *connection, const struct rbac_role *role, struct azb_error *err)
{
    bool taken = rbac_builtin_role(text_of(role->name)) != NULL;
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM role_definition WHERE name = ?1 AND id != ?2");
    statement_bind_string(&s, 1, role->name);
    statement_bind_string(&s, 2, role->id);
    if (!taken && !statement_step(&s, &taken, err))
        return false;
    return !taken || fail_status(err, 409, "RoleDefinitionWithSameNameExists",
                         "A role with the name '%.200s' already exists in this directory. Use a "
                         "different name.",
                         role->name);
}

static bool check_count(
    struct store_connection *connection, const struct rbac_role *role, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s =
        statement(connection, "SELECT count(*) FROM role_definition WHERE id != ?1");
    statement_bind_string(&s, 1, role->id);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < CUSTOM_ROLES_MAX ||
           fail_status(err, 400, "RoleDefinitionLimitExceeded",
               "Role definition limit exceeded. No more than %d custom roles can be created.",
               CUSTOM_ROLES_MAX);
}

static bool check_role(
    struct store_connection *connection, const struct rbac_role *role, struct azb_error *err)
{
    const struct rbac_role *builtin = rbac_builtin_role(text_of(role->id));
    if (builtin)
        return fail_status(err, 400, "CannotChangeBuiltInRole",
            "'%s' is the built-in role '%s'; built-in roles cannot be created or changed.",
            role->id, builtin->name);
    if (!role_check_custom(role, err))
        return refuse_as(err, "InvalidRoleDefinition");
    return role_check_operations(role, err) && check_name(connection, role, err) &&
           check_count(connection, role, err);
}

static bool store_role(
    struct store_connection *connection, const struct rbac_role *role, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, 4 * ROLE_JSON_MAX);
    json_writer_init(&writer, &body, 0);
    role_write_arm(&writer, role, "");
    if (body.failed)
        return fail_memory(err);
    if (body.length > ROLE_JSON_MAX) /* role_parse() would not read it again */
        return fail_status(err, 400, "InvalidRoleDefinition",
            "The role definition is %zu bytes long as JSON; at most %zu are allowed.", body.length,
            ROLE_JSON_MAX);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO role_definition (id, name, body) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body");
    statement_bind_string(&s, 1, role->id);
    statement_bind_string(&s, 2, role->name);
    statement_bind_text(&s, 3, buffer_text(&body));
    return statement_run(&s, err);
}

bool role_put(struct store_connection *connection, const struct rbac_role *role, int64_t now,
    const char *by, struct arena *arena, struct rbac_role *out, struct azb_error *err)
{
    struct rbac_role old = {0}, changed = *role;
    bool found = false;
    char time[TIME_TEXT_MAX];
    if (!check_role(connection, role, err) ||
        !find_custom(connection, text_of(role->id), arena, &old, &found, err))
        return false;
    time_iso8601(now, time);
    changed.updated_on = arena_string(arena, time);
    changed.created_on = found && old.created_on ? old.created_on : changed.updated_on;
    changed.updated_by = by;
    changed.created_by = found ? old.created_by : by;
    if (!changed.updated_on)
        return fail_memory(err);
    if (!store_role(connection, &changed, err))
        return false;
    *out = changed;
    return true;
}

bool role_remove(struct store_connection *connection, const char *guid, struct azb_error *err)
{
    bool assigned;
    scoped_statement struct statement used =
        statement(connection, "SELECT 1 FROM role_assignment WHERE role_id = ?1 LIMIT 1");
    statement_bind_string(&used, 1, guid);
    if (!statement_step(&used, &assigned, err))
        return false;
    if (assigned)
        return fail_status(err, 400, "RoleDefinitionHasAssignments",
            "There are existing role assignments referencing role (code: "
            "RoleDefinitionHasAssignments). Delete them first.");
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM role_definition WHERE id = ?1");
    statement_bind_string(&s, 1, guid);
    return statement_run(&s, err);
}
