#include "directory/app_role.h"

#include "base/error.h"
#include "directory/permission.h"
#include "directory/state.h"
#include "store/rows.h"

#define ROLE_DESCRIPTION_MAX 1024

/* ---- What an application defines ------------------------------------------------------------- */

static bool read_role(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct app_role *role = item;
    (void)err;
    *role = (struct app_role){
        .id = statement_string(s, 0, arena),
        .value = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .description = statement_string(s, 3, arena),
        .members = (int)statement_i64(s, 4),
        .disabled = statement_i64(s, 5) == 0,
    };
    return true;
}

bool app_role_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct app_role **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT id, value, display_name, description, members, enabled FROM app_role"
        " WHERE application = ?1 ORDER BY row");
    statement_bind_i64(&s, 1, application_row);
    *out = rows_read(&s, sizeof **out, read_role, arena, count, err);
    if (!*out)
        return false;
    return arena->failed ? fail_memory(err) : true;
}

static bool check_role(const struct app_role *what, struct azb_error *err)
{
    if (what->members == 0)
        return fail(err, AZB_ERROR_ARGUMENT,
            "an app role must be for users, for applications or for both (allowedMemberTypes)");
    if (what->description && strlen(what->description) > ROLE_DESCRIPTION_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "an app role's description has at most %d bytes",
            ROLE_DESCRIPTION_MAX);
    return (!what->value || permission_value_check(what->value, err)) &&
           directory_name_check(what->display_name, "the app role's display name", err);
}

static bool check_room(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT count(*) FROM app_role WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < APP_ROLES_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "an application has at most %d app roles", APP_ROLES_MAX);
}

bool app_role_add(struct store_connection *connection, int64_t application_row,
    const struct app_role *what, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(what->id, "the app role's id", id, err) || !check_role(what, err) ||
        !check_room(connection, application_row, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO app_role"
        " (application, id, value, display_name, description, members, enabled)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, id);
    statement_bind_string(&s, 3, what->value);
    statement_bind_string(&s, 4, what->display_name);
    statement_bind_string(&s, 5, what->description);
    statement_bind_i64(&s, 6, what->members);
    statement_bind_i64(&s, 7, !what->disabled);
    return statement_run(&s, err) || fail_while(err, "app role '%.120s'", what->display_name);
}

bool app_role_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM app_role WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    return statement_run(&s, err);
}

bool app_role_forget_removed(struct store_connection *connection,
    const struct application *application, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "DELETE FROM app_role_assignment WHERE role_id <> '" APP_ROLE_DEFAULT_ACCESS "'"
        " AND resource_id = (SELECT object_id FROM service_principal WHERE app_id = ?2)"
        " AND role_id NOT IN (SELECT id FROM app_role WHERE application = ?1)");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_string(&s, 2, application->app_id);
    return statement_run(&s, err);
}

const struct app_role *app_role_find(
    const struct app_role *roles, size_t count, struct text id_or_value)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(id_or_value, text_of(roles[i].id)) ||
            (roles[i].value && text_equal(id_or_value, text_of(roles[i].value))))
            return &roles[i];
    return NULL;
}

/* ---- Who has one ----------------------------------------------------------------------------- */

/* Column 5 is enum principal_kind. */
#define SELECT                                                                                     \
    "SELECT x.id, x.resource_id, coalesce(p.display_name, a.display_name), x.role_id,"             \
    " x.principal_id, CASE WHEN u.row THEN 0 WHEN g.row THEN 1 ELSE 2 END,"                        \
    " coalesce(u.display_name, g.display_name, q.display_name, b.display_name), x.created"         \
    " FROM app_role_assignment x JOIN service_principal p ON p.object_id = x.resource_id"          \
    " LEFT JOIN application a ON a.app_id = p.app_id"                                              \
    " LEFT JOIN user u ON u.object_id = x.principal_id"                                            \
    " LEFT JOIN directory_group g ON g.object_id = x.principal_id"                                 \
    " LEFT JOIN service_principal q ON q.object_id = x.principal_id"                               \
    " LEFT JOIN application b ON b.app_id = q.app_id"

static bool read_assignment(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct app_role_assignment *assignment = item;
    (void)err;
    *assignment = (struct app_role_assignment){
        .id = statement_string(s, 0, arena),
        .resource_id = statement_string(s, 1, arena),
        .resource_name = statement_string(s, 2, arena),
        .role_id = statement_string(s, 3, arena),
        .principal =
            {
                .kind = (enum principal_kind)statement_i64(s, 5),
                .object_id = statement_string(s, 4, arena),
                .display_name = statement_string(s, 6, arena),
            },
        .created = statement_i64(s, 7),
    };
    return true;
}

static const char *const of_side[] = {
    [APP_ROLES_OF_RESOURCE] = SELECT " WHERE x.resource_id = ?1 ORDER BY x.row",
    [APP_ROLES_OF_PRINCIPAL] = SELECT " WHERE x.principal_id = ?1 ORDER BY x.row",
};

bool app_role_assignment_list(struct store_connection *connection, enum app_role_side side,
    struct text object_id, struct arena *arena, struct app_role_assignment **out, size_t *count,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, of_side[side]);
    statement_bind_text(&s, 1, object_id);
    *out = rows_read(&s, sizeof **out, read_assignment, arena, count, err);
    if (!*out)
        return false;
    return arena->failed ? fail_memory(err) : true;
}

static bool not_found(struct text id, struct azb_error *err)
{
    return fail(err, AZB_ERROR_NOT_FOUND, "no app role assignment has the id '%.*s'",
        TEXT_ARGS(text_slice(id, 0, 80)));
}

bool app_role_assignment_find(struct store_connection *connection, struct text id,
    struct arena *arena, struct app_role_assignment *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE x.id = ?1");
    const struct row_wanted wanted = {"app role assignment", "id", id};
    if (!row_find(&s, &wanted, read_assignment, arena, out, err))
        return false;
    return arena->failed ? fail_memory(err) : true;
}

bool app_role_assignment_remove(
    struct store_connection *connection, struct text id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM app_role_assignment WHERE id = ?1");
    statement_bind_text(&s, 1, id);
    return statement_run(&s, err) && (store_changes(connection) > 0 || not_found(id, err));
}

/* ---- Giving one ------------------------------------------------------------------------------ */

static bool is_default_access(struct text role_id)
{
    return text_is(role_id, APP_ROLE_DEFAULT_ACCESS);
}

static bool check_members(
    const struct app_role *role, const struct principal *principal, struct azb_error *err)
{
    int needed =
        principal->kind == PRINCIPAL_SERVICE_PRINCIPAL ? APP_ROLE_APPLICATIONS : APP_ROLE_USERS;
    if (role->disabled)
        return fail(err, AZB_ERROR_ARGUMENT, "the app role '%s' is disabled", role->display_name);
    return (role->members & needed) ||
           fail(err, AZB_ERROR_ARGUMENT,
               "the app role '%s' is not for %s (its allowedMemberTypes do not hold '%s')",
               role->display_name, needed == APP_ROLE_USERS ? "users and groups" : "applications",
               needed == APP_ROLE_USERS ? "User" : "Application");
}

static bool check_role_of(struct store_connection *connection,
    const struct service_principal *resource, const struct principal *principal,
    struct text role_id, struct arena *arena, struct azb_error *err)
{
    struct application application;
    struct app_role *roles;
    size_t count;
    if (is_default_access(role_id))
        return true;
    if (!application_by_app_id(connection, text_of(resource->app_id), arena, &application, err) ||
        !app_role_list(connection, application.row, arena, &roles, &count, err))
        return false;
    const struct app_role *role = app_role_find(roles, count, role_id);
    return role ? check_members(role, principal, err)
                : fail(err, AZB_ERROR_NOT_FOUND, "'%s' has no app role with the id '%.*s'",
                      resource->display_name, TEXT_ARGS(text_slice(role_id, 0, 80)));
}

bool app_role_assign(struct store_connection *connection, struct text resource_id,
    struct text principal_id, struct text role_id, int64_t now, struct arena *arena,
    const char **id, struct azb_error *err)
{
    struct service_principal resource;
    struct principal principal;
    char made[GUID_TEXT];
    if (!service_principal_by_object_id(connection, resource_id, arena, &resource, err) ||
        !principal_by_object_id(connection, principal_id, arena, &principal, err) ||
        !check_role_of(connection, &resource, &principal, role_id, arena, err) ||
        !directory_id(NULL, "the assignment's id", made, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO app_role_assignment (id, resource_id, principal_id, role_id, created)"
        " VALUES (?1, ?2, ?3, ?4, ?5)");
    statement_bind_string(&s, 1, made);
    statement_bind_string(&s, 2, resource.object_id);
    statement_bind_string(&s, 3, principal.object_id);
    statement_bind_text(&s, 4, role_id);
    statement_bind_i64(&s, 5, now);
    if (!statement_run(&s, err))
        return fail_while(err, "app role of '%.100s'", resource.display_name);
    *id = arena_string(arena, made);
    return *id ? true : fail_memory(err);
}

/* ---- What stands in a token ------------------------------------------------------------------ */

static bool read_required(struct store_connection *connection, const char *resource_app_id,
    bool *required, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "SELECT assignment_required FROM service_principal WHERE app_id = ?1");
    statement_bind_string(&s, 1, resource_app_id);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *required = row && statement_i64(&s, 0) != 0;
    return true;
}

/* A row without a value says that the principal is assigned. */
static const char roles_sql[] =
    "SELECT DISTINCT r.value FROM service_principal p"
    " JOIN app_role_assignment x ON x.resource_id = p.object_id"
    " LEFT JOIN application a ON a.app_id = p.app_id"
    " LEFT JOIN app_role r ON r.application = a.row AND r.id = x.role_id AND r.enabled"
    " WHERE p.app_id = ?1 AND (x.principal_id = ?2 OR x.principal_id IN"
    " (SELECT m.group_id FROM group_member m JOIN user u ON u.object_id = m.member_id"
    " WHERE m.member_id = ?2)) ORDER BY 1 LIMIT ?3";

bool app_roles_of(struct store_connection *connection, const char *resource_app_id,
    const char *principal_id, struct arena *arena, struct app_roles *out, struct azb_error *err)
{
    const size_t room = APP_ROLES_MAX + 1;
    const char **values = arena_array(arena, room, sizeof *values);
    struct app_roles roles = {.values = values};
    if (!values)
        return fail_memory(err);
    if (!read_required(connection, resource_app_id, &roles.required, err))
        return false;
    scoped_statement struct statement s = statement(connection, roles_sql);
    statement_bind_string(&s, 1, resource_app_id);
    statement_bind_string(&s, 2, principal_id);
    statement_bind_i64(&s, 3, (int64_t)room);
    bool row;
    for (size_t i = 0; i < room; i++) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        roles.assigned = true;
        const char *value = statement_string(&s, 0, arena);
        if (value)
            values[roles.count++] = value;
    }
    *out = roles;
    return arena->failed ? fail_memory(err) : true;
}
