#include "directory/permission.h"

#include "base/error.h"
#include "directory/app_role.h"
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
        .is_role = statement_i64(s, 2) != 0,
    };
    return true;
}

/* An app role without a value stands in no token, but has a name. */
static bool resolve_role(struct store_connection *connection, struct arena *arena,
    const char *resource_app_id, struct required_permission *required, struct azb_error *err)
{
    struct application application;
    struct app_role *roles;
    size_t count;
    if (!application_by_app_id(connection, text_of(resource_app_id), arena, &application, err) ||
        !app_role_list(connection, application.row, arena, &roles, &count, err))
        return false;
    const struct app_role *found = app_role_find(roles, count, text_of(required->permission_id));
    required->value = found ? found->value : NULL;
    required->display_name = found ? found->display_name : NULL;
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
    if (required->is_role)
        return resolve_role(connection, arena, resource.app_id, required, err);
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
        "SELECT resource_app_id, permission_id, is_role FROM required_permission"
        " WHERE application = ?1"
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

enum required_kind {
    REQUIRED_SCOPE,
    REQUIRED_ROLE,
};

static bool add_required(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *permission_id, enum required_kind kind,
    struct azb_error *err)
{
    char resource[GUID_TEXT], permission[GUID_TEXT];
    if (!directory_id(resource_app_id, "the resource's client id", resource, err) ||
        !directory_id(permission_id, "the permission's id", permission, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO required_permission (application, resource_app_id, permission_id, is_role)"
        " VALUES (?1, ?2, ?3, ?4)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, resource);
    statement_bind_string(&s, 3, permission);
    statement_bind_i64(&s, 4, kind == REQUIRED_ROLE);
    return statement_run(&s, err) || fail_while(err, "permission %s", permission);
}

bool required_permission_add(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *permission_id, struct azb_error *err)
{
    return add_required(
        connection, application_row, resource_app_id, permission_id, REQUIRED_SCOPE, err);
}

bool required_role_add(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *role_id, struct azb_error *err)
{
    return add_required(connection, application_row, resource_app_id, role_id, REQUIRED_ROLE, err);
}

bool required_permission_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM required_permission WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    return statement_run(&s, err);
}

/* ---- Clients that are trusted ---------------------------------------------------------------- */

static bool read_trusted(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct pre_authorized *trusted = item;
    (void)err;
    *trusted = (struct pre_authorized){
        .client_app_id = statement_string(s, 0, arena),
        .permission_id = statement_string(s, 1, arena),
    };
    return true;
}

bool pre_authorized_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct pre_authorized **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT client_app_id, permission_id FROM pre_authorized WHERE application = ?1"
        " AND permission_id IN (SELECT id FROM exposed_permission WHERE application = ?1)"
        " ORDER BY 1, 2");
    statement_bind_i64(&s, 1, application_row);
    struct pre_authorized *list = rows_read(&s, sizeof *list, read_trusted, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool pre_authorized_add(struct store_connection *connection, int64_t application_row,
    const struct pre_authorized *what, struct azb_error *err)
{
    char client[GUID_TEXT], permission[GUID_TEXT];
    if (!directory_id(what->client_app_id, "the trusted client's id", client, err) ||
        !directory_id(what->permission_id, "the permission's id", permission, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO pre_authorized (application, client_app_id, permission_id)"
        " SELECT ?1, ?2, id FROM exposed_permission WHERE application = ?1 AND id = ?3"
        " ON CONFLICT DO UPDATE SET permission_id = excluded.permission_id");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, client);
    statement_bind_string(&s, 3, permission);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "the application offers no permission with the id '%s'",
               permission);
}

bool pre_authorized_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM pre_authorized WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    return statement_run(&s, err);
}
