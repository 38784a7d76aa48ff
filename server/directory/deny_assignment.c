#include "directory/deny_assignment.h"

#include "base/error.h"
#include "base/time.h"
#include "directory/directory.h"
#include "rbac/condition.h"
#include "store/rows.h"

/* ---- Reading --------------------------------------------------------------------------------- */

struct member {
    const char *name;
    bool (*read)(const struct json *value, struct arena *arena, void *to, struct azb_error *err);
    size_t at; /* offset in the target */
};

static bool bad(const char *wanted, struct azb_error *err)
{
    return fail(err, AZB_ERROR_ARGUMENT, "%s is expected", wanted);
}

static bool read_string(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    if (value->type != JSON_STRING || value->text.length > ROLE_STRING_MAX * 4)
        return bad("a string of at most 8192 bytes", err);
    *(const char **)to = text_string(arena, value->text);
    return *(const char **)to ? true : fail_memory(err);
}

static bool read_bool(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    (void)arena;
    if (value->type != JSON_BOOL)
        return bad("true or false", err);
    *(bool *)to = value->boolean;
    return true;
}

static bool read_names(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    size_t count = 0;
    if (value->type != JSON_ARRAY || value->count > ROLE_ACTIONS_MAX)
        return bad("a list of strings", err);
    const char **names = arena_array(arena, value->count + 1, sizeof *names);
    if (!names)
        return fail_memory(err);
    for (const struct json *entry = value->first; entry; entry = entry->next, count++)
        if (!read_string(entry, arena, &names[count], err))
            return fail_while(err, "[%zu]", count);
    *(struct rbac_names *)to = (struct rbac_names){names, count};
    return true;
}

/* Members that are shown and not read. */
static bool pass_over(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    (void)value, (void)arena, (void)to, (void)err;
    return true;
}

static bool read_members(const struct json *object, const struct member *members, size_t count,
    struct arena *arena, void *to, struct azb_error *err)
{
    if (!object || object->type != JSON_OBJECT)
        return bad("an object", err);
    for (const struct json *value = object->first; value; value = value->next) {
        size_t i = 0;
        while (i < count && !text_is(value->name, members[i].name))
            i++;
        if (i == count)
            return fail(err, AZB_ERROR_ARGUMENT, "'%.*s' is not a member of this object",
                TEXT_ARGS(text_slice(value->name, 0, 100)));
        if (value->type != JSON_NULL &&
            !members[i].read(value, arena, (char *)to + members[i].at, err))
            return fail_while(err, "%s", members[i].name);
    }
    return true;
}

static const struct member permission_members[] = {
    {"actions", read_names, offsetof(struct rbac_permission, actions)},
    {"notActions", read_names, offsetof(struct rbac_permission, not_actions)},
    {"dataActions", read_names, offsetof(struct rbac_permission, data_actions)},
    {"notDataActions", read_names, offsetof(struct rbac_permission, not_data_actions)},
    {"condition", read_string, offsetof(struct rbac_permission, condition)},
    {"conditionVersion", pass_over, 0},
};

static bool read_permissions(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    struct rbac_deny_assignment *out = to;
    if (value->type != JSON_ARRAY || value->count > ROLE_PERMISSIONS_MAX)
        return bad("a list of permission objects", err);
    struct rbac_permission *all = arena_array(arena, value->count + 1, sizeof *all);
    if (!all)
        return fail_memory(err);
    for (const struct json *entry = value->first; entry; entry = entry->next)
        if (!read_members(entry, permission_members,
                sizeof permission_members / sizeof *permission_members, arena,
                &all[out->permission_count++], err))
            return fail_while(err, "[%zu]", out->permission_count - 1);
    out->permissions = all;
    return true;
}

static const struct member principal_members[] = {
    {"id", read_string, 0},
    {"type", pass_over, 0},
    {"displayName", pass_over, 0},
    {"email", pass_over, 0},
};

static bool read_principals(
    const struct json *value, struct arena *arena, void *to, struct azb_error *err)
{
    size_t count = 0;
    if (value->type != JSON_ARRAY || value->count > ROLE_ACTIONS_MAX)
        return bad("a list of objects with an id", err);
    const char **ids = arena_array(arena, value->count + 1, sizeof *ids);
    if (!ids)
        return fail_memory(err);
    for (const struct json *entry = value->first; entry; entry = entry->next, count++) {
        if (!read_members(entry, principal_members,
                sizeof principal_members / sizeof *principal_members, arena, &ids[count], err))
            return fail_while(err, "[%zu]", count);
        if (!ids[count])
            return fail(err, AZB_ERROR_ARGUMENT, "[%zu]: its id is missing", count);
    }
    *(struct rbac_names *)to = (struct rbac_names){ids, count};
    return true;
}

static const struct member property_members[] = {
    {"denyAssignmentName", read_string, offsetof(struct rbac_deny_assignment, name)},
    {"scope", read_string, offsetof(struct rbac_deny_assignment, scope)},
    {"permissions", read_permissions, 0},
    {"principals", read_principals, offsetof(struct rbac_deny_assignment, principal_ids)},
    {"excludePrincipals", read_principals,
        offsetof(struct rbac_deny_assignment, exclude_principal_ids)},
    {"doNotApplyToChildScopes", read_bool,
        offsetof(struct rbac_deny_assignment, does_not_apply_to_child_scopes)},
    {"condition", read_string, offsetof(struct rbac_deny_assignment, condition)},
    {"conditionVersion", pass_over, 0},
    {"description", pass_over, 0},
    {"isSystemProtected", pass_over, 0},
    {"createdOn", pass_over, 0},
    {"updatedOn", pass_over, 0},
    {"createdBy", pass_over, 0},
    {"updatedBy", pass_over, 0},
};

bool deny_assignment_read(const struct json *properties, struct arena *arena,
    struct rbac_deny_assignment *out, struct azb_error *err)
{
    *out = (struct rbac_deny_assignment){0};
    return read_members(properties, property_members,
        sizeof property_members / sizeof *property_members, arena, out, err);
}

static bool read_row(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct rbac_deny_assignment *out = item;
    const char *id = statement_string(s, 0, arena);
    const struct json *properties = json_parse(statement_text(s, 1, arena), arena, err);
    if (!properties || !deny_assignment_read(properties, arena, out, err))
        return fail_while(err, "deny assignment %s", id ? id : "");
    out->id = id;
    return true;
}

bool deny_assignments_load(struct store_connection *connection, struct arena *arena,
    const struct rbac_deny_assignment **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT id, body FROM deny_assignment ORDER BY row");
    *out = rows_read(&s, sizeof **out, read_row, arena, count, err);
    return *out != NULL;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static bool check_condition(const char *condition, struct arena *arena, struct azb_error *err)
{
    return !condition || condition_parse(text_of(condition), arena, err) ||
           fail_while(err, "condition");
}

static bool check_permission(
    const struct rbac_permission *permission, struct arena *arena, struct azb_error *err)
{
    if (permission->actions.count == 0 && permission->data_actions.count == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "it names no actions and no dataActions");
    return check_condition(permission->condition, arena, err);
}

static bool check_count(struct store_connection *connection, const char *id, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s =
        statement(connection, "SELECT count(*) FROM deny_assignment WHERE id <> ?1");
    statement_bind_string(&s, 1, id);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < DENY_ASSIGNMENTS_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "there are %d deny assignments, and no more are allowed",
               DENY_ASSIGNMENTS_MAX);
}

static bool check(struct store_connection *connection, const struct rbac_deny_assignment *what,
    struct arena *arena, struct azb_error *err)
{
    if (!what->name || !*what->name)
        return fail(err, AZB_ERROR_ARGUMENT, "denyAssignmentName: it is missing");
    if (what->principal_ids.count == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "principals: there is none");
    if (what->permission_count == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "permissions: there is none");
    for (size_t i = 0; i < what->permission_count; i++)
        if (!check_permission(&what->permissions[i], arena, err))
            return fail_while(err, "permissions[%zu]", i);
    return check_condition(what->condition, arena, err) && check_count(connection, what->id, err);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_permissions(struct json_writer *writer, const struct rbac_deny_assignment *what)
{
    json_name(writer, "permissions");
    json_begin_array(writer);
    for (size_t i = 0; i < what->permission_count; i++)
        rbac_permission_write(writer, &what->permissions[i]);
    json_end_array(writer);
}

static bool write_principal(struct store_connection *connection, struct json_writer *writer,
    const char *id, struct arena *arena, struct azb_error *err)
{
    struct principal principal;
    bool everybody = string_equal_nocase(id, RBAC_EVERYBODY);
    if (!everybody && !principal_by_object_id(connection, text_of(id), arena, &principal, err))
        return false;
    json_begin_object(writer);
    json_member(writer, "id", id);
    json_member(writer, "type", everybody ? "SystemDefined" : principal_kind_text(principal.kind));
    json_member(writer, "displayName", everybody ? "All Principals" : principal.display_name);
    json_end_object(writer);
    return true;
}

/* A principal of whom nobody knows is the caller's mistake, not something that is gone. */
static bool write_principals(struct store_connection *connection, struct json_writer *writer,
    const char *member, const struct rbac_names *ids, struct arena *arena, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    json_name(writer, member);
    json_begin_array(writer);
    for (size_t i = 0; i < ids->count; i++) {
        if (write_principal(connection, writer, ids->at[i], arena, &why))
            continue;
        if (why.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &why);
        azb_error_free(&why);
        return fail(err, AZB_ERROR_ARGUMENT,
            "%s[%zu]: '%.100s' is not the object id of a user, group or service principal, nor "
            "%s for everybody",
            member, i, ids->at[i], RBAC_EVERYBODY);
    }
    json_end_array(writer);
    return true;
}

static bool write_body(struct store_connection *connection, struct json_writer *writer,
    const struct rbac_deny_assignment *what, const char *description, int64_t now,
    struct arena *arena, struct azb_error *err)
{
    char time[TIME_TEXT_MAX];
    time_iso8601(now, time);
    json_begin_object(writer);
    json_member(writer, "denyAssignmentName", what->name);
    json_member(writer, "description", description);
    write_permissions(writer, what);
    json_member(writer, "scope", what->scope);
    json_member_bool(writer, "doNotApplyToChildScopes", what->does_not_apply_to_child_scopes);
    if (!write_principals(connection, writer, "principals", &what->principal_ids, arena, err) ||
        !write_principals(
            connection, writer, "excludePrincipals", &what->exclude_principal_ids, arena, err))
        return false;
    json_member_bool(writer, "isSystemProtected", true);
    json_member(writer, "condition", what->condition);
    json_member(writer, "conditionVersion", what->condition ? CONDITION_VERSION : NULL);
    json_member(writer, "createdOn", time);
    json_member(writer, "updatedOn", time);
    json_end_object(writer);
    return true;
}

bool deny_assignment_put(struct store_connection *connection,
    const struct rbac_deny_assignment *what, const char *description, int64_t now,
    struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, DENY_ASSIGNMENT_JSON_MAX);
    json_writer_init(&writer, &body, 0);
    if (!check(connection, what, arena, err) ||
        !write_body(connection, &writer, what, description, now, arena, err))
        return false;
    if (body.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "the deny assignment has more than %zu bytes as JSON",
            DENY_ASSIGNMENT_JSON_MAX);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO deny_assignment (id, scope, name, body) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, name = excluded.name,"
        " body = excluded.body");
    statement_bind_string(&s, 1, what->id);
    statement_bind_string(&s, 2, what->scope);
    statement_bind_string(&s, 3, what->name);
    statement_bind_text(&s, 4, buffer_text(&body));
    return statement_run(&s, err);
}

bool deny_assignment_remove(
    struct store_connection *connection, struct text id, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM deny_assignment WHERE id = ?1");
    statement_bind_text(&s, 1, id);
    if (!statement_run(&s, err))
        return false;
    *found = store_changes(connection) > 0;
    return true;
}
