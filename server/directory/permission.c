#include "directory/permission.h"

#include "base/error.h"
#include "directory/microsoft.h"
#include "directory/state.h"
#include "store/rows.h"

/* ---- What a resource offers ------------------------------------------------------------------ */

static bool read_exposed(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct permission *permission = item;
    (void)err;
    *permission = (struct permission){
        .id = statement_string(s, 0, arena),
        .value = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .admin_only = statement_i64(s, 3) != 0,
        .description = statement_string(s, 4, arena),
        .disabled = statement_i64(s, 5) == 0,
    };
    return true;
}

bool exposed_permission_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct permission **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT id, value, display_name, admin_only, description, enabled FROM exposed_permission"
        " WHERE application = ?1 ORDER BY row");
    statement_bind_i64(&s, 1, application_row);
    struct permission *list = rows_read(&s, sizeof *list, read_exposed, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool permission_value_check(const char *value, struct azb_error *err)
{
    size_t length = value ? strlen(value) : 0;
    bool good = length > 0 && length <= 120 && value[0] != '.';
    for (size_t i = 0; good && i < length; i++)
        good = (unsigned char)value[i] > 0x20 && (unsigned char)value[i] < 0x7f &&
               !strchr("\"\\/", value[i]);
    return good || fail(err, AZB_ERROR_ARGUMENT,
                       "a permission's value must have 1 to 120 printable characters without "
                       "space, '/', '\"' and '\\', and no '.' in front");
}

static bool insert_exposed(struct store_connection *connection, int64_t application_row,
    const struct permission *what, const char *id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO exposed_permission"
        " (application, id, value, display_name, description, admin_only, enabled)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, id);
    statement_bind_string(&s, 3, what->value);
    statement_bind_string(&s, 4, what->display_name);
    statement_bind_string(&s, 5, what->description);
    statement_bind_i64(&s, 6, what->admin_only);
    statement_bind_i64(&s, 7, !what->disabled);
    return statement_run(&s, err) || fail_while(err, "permission '%.120s'", what->value);
}

bool exposed_permission_add(struct store_connection *connection, int64_t application_row,
    const struct permission *what, struct azb_error *err)
{
    char id[GUID_TEXT];
    return directory_id(what->id, "the permission's id", id, err) &&
           permission_value_check(what->value, err) &&
           directory_name_check(what->display_name, "the permission's display name", err) &&
           insert_exposed(connection, application_row, what, id, err);
}

bool exposed_permission_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM exposed_permission WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    return statement_run(&s, err);
}

/* ---- Resources ------------------------------------------------------------------------------- */

static bool find_own(struct store_connection *connection, struct text identifier,
    struct arena *arena, struct application *out, struct azb_error *err)
{
    struct text other = identifier;
    if (text_ends(identifier, "/"))
        other.length--;
    scoped_statement struct statement s = statement(connection,
        "SELECT app_id FROM application WHERE app_id = ?1 UNION ALL"
        " SELECT a.app_id FROM identifier_uri u JOIN application a ON a.row = u.application"
        " WHERE u.uri IN (?1, ?2, ?2 || '/') LIMIT 1");
    statement_bind_text(&s, 1, identifier);
    statement_bind_text(&s, 2, other);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail(err, AZB_ERROR_NOT_FOUND, "no application is known as '%.*s'",
            TEXT_ARGS(text_slice(identifier, 0, 200)));
    struct text app_id = statement_text(&s, 0, arena);
    return app_id.at ? application_by_app_id(connection, app_id, arena, out, err)
                     : fail_memory(err);
}

/* NULL when it has none here: then nobody gets a token for it. */
static bool read_principal(struct store_connection *connection, const char *app_id,
    struct arena *arena, const char **object_id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT object_id FROM service_principal WHERE app_id = ?1");
    statement_bind_string(&s, 1, app_id);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *object_id = row ? statement_string(&s, 0, arena) : NULL;
    return arena->failed ? fail_memory(err) : true;
}

static bool read_own(struct store_connection *connection, const struct application *application,
    struct arena *arena, struct resource_application *out, struct azb_error *err)
{
    struct permission *permissions;
    if (!exposed_permission_list(
            connection, application->row, arena, &permissions, &out->permission_count, err))
        return false;
    out->app_id = application->app_id;
    out->display_name = application->display_name;
    out->permissions = permissions;
    out->token_version = application->token_version == 2 ? 2 : 1;
    return true;
}

bool resource_application_find(struct service *service, struct store_connection *connection,
    struct text identifier, struct arena *arena, struct resource_application *out,
    struct azb_error *err)
{
    (void)service;
    struct resource_application found = {0};
    const struct microsoft_application *microsoft = microsoft_resource(identifier);
    struct application own;
    if (microsoft)
        found = (struct resource_application){
            .app_id = microsoft->app_id,
            .display_name = microsoft->display_name,
            .permissions = microsoft->permissions,
            .permission_count = microsoft->permission_count,
            .microsoft = true,
            .token_version = 1,
        };
    else if (!find_own(connection, identifier, arena, &own, err) ||
             !read_own(connection, &own, arena, &found, err))
        return false;
    if (!read_principal(connection, found.app_id, arena, &found.object_id, err))
        return false;
    *out = found;
    return true;
}

const struct permission *resource_permission(
    const struct resource_application *resource, struct text id_or_value)
{
    for (size_t i = 0; i < resource->permission_count; i++)
        if (text_equal_nocase(id_or_value, text_of(resource->permissions[i].id)) ||
            text_equal(id_or_value, text_of(resource->permissions[i].value)))
            return &resource->permissions[i];
    return NULL;
}

/* ---- What an application asks for ------------------------------------------------------------ */

static bool read_required(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct required_permission *required = item;
    (void)err;
    *required = (struct required_permission){
        .resource_app_id = statement_string(s, 0, arena),
        .permission_id = statement_string(s, 1, arena),
    };
    return true;
}

static bool resolve(struct service *service, struct store_connection *connection,
    struct arena *arena, struct required_permission *required, struct azb_error *err)
{
    struct resource_application resource;
    struct azb_error why = AZB_ERROR_INIT;
    if (!resource_application_find(
            service, connection, text_of(required->resource_app_id), arena, &resource, &why)) {
        if (why.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &why);
        azb_error_free(&why);
        return true;
    }
    const struct permission *found =
        resource_permission(&resource, text_of(required->permission_id));
    required->value = found ? found->value : NULL;
    required->display_name = found ? found->display_name : NULL;
    return true;
}

bool required_permission_list(struct service *service, struct store_connection *connection,
    int64_t application_row, struct arena *arena, struct required_permission **out, size_t *count,
    struct azb_error *err)
{
    size_t found;
    scoped_statement struct statement s = statement(connection,
        "SELECT resource_app_id, permission_id FROM required_permission WHERE application = ?1"
        " ORDER BY resource_app_id, row");
    statement_bind_i64(&s, 1, application_row);
    struct required_permission *list =
        rows_read(&s, sizeof *list, read_required, arena, &found, err);
    if (!list)
        return false;
    for (size_t i = 0; i < found; i++)
        if (!resolve(service, connection, arena, &list[i], err))
            return false;
    *out = list;
    *count = found;
    return true;
}

bool required_permission_add(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *permission_id, struct azb_error *err)
{
    char resource[GUID_TEXT], permission[GUID_TEXT];
    if (!directory_id(resource_app_id, "the resource's client id", resource, err) ||
        !directory_id(permission_id, "the permission's id", permission, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO required_permission (application, resource_app_id, permission_id)"
        " VALUES (?1, ?2, ?3)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, resource);
    statement_bind_string(&s, 3, permission);
    return statement_run(&s, err) || fail_while(err, "permission %s", permission);
}

bool required_permission_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM required_permission WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    return statement_run(&s, err);
}
