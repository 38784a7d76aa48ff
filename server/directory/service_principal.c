#include "directory/directory.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

#define SELECT                                                                                     \
    "SELECT p.row, p.object_id, p.app_id, coalesce(p.display_name, a.display_name), p.enabled,"    \
    " p.created, a.row IS NULL, a.home_tenant_id, p.assignment_required, p.properties"             \
    " FROM service_principal p LEFT JOIN application a ON a.app_id = p.app_id"

static bool read_principal(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct service_principal *principal = item;
    (void)err;
    *principal = (struct service_principal){
        .row = statement_i64(s, 0),
        .object_id = statement_string(s, 1, arena),
        .app_id = statement_string(s, 2, arena),
        .display_name = statement_string(s, 3, arena),
        .enabled = statement_i64(s, 4) != 0,
        .created = statement_i64(s, 5),
        .managed_identity = statement_i64(s, 6) != 0,
        .home_tenant_id = statement_string(s, 7, arena),
        .assignment_required = statement_i64(s, 8) != 0,
        .properties = statement_string(s, 9, arena),
    };
    return true;
}

bool service_principal_by_app_id(struct store_connection *connection, struct text app_id,
    struct arena *arena, struct service_principal *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE p.app_id = ?1");
    struct row_wanted wanted = {"service principal", "client id", app_id};
    return row_find(&s, &wanted, read_principal, arena, out, err);
}

bool service_principal_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct service_principal *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE p.object_id = ?1");
    struct row_wanted wanted = {"service principal", "object id", object_id};
    return row_find(&s, &wanted, read_principal, arena, out, err);
}

bool service_principal_list(struct store_connection *connection, struct arena *arena,
    struct service_principal **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, SELECT " ORDER BY 4 COLLATE NOCASE, p.row");
    struct service_principal *list = rows_read(&s, sizeof *list, read_principal, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool service_principal_add(struct store_connection *connection, struct text app_id,
    const char *object_id, int64_t now, struct arena *arena, struct service_principal *out,
    struct azb_error *err)
{
    struct application application;
    char id[GUID_TEXT];
    if (!application_by_app_id(connection, app_id, arena, &application, err) ||
        !directory_id(object_id, "the service principal's object id", id, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO service_principal (object_id, app_id, created) VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, application.app_id);
    statement_bind_i64(&s, 3, now);
    if (!statement_run(&s, err))
        return fail_while(err, "service principal of '%.100s'", application.display_name);
    return service_principal_by_object_id(connection, text_of(id), arena, out, err);
}

bool service_principal_enable(
    struct store_connection *connection, int64_t row, bool enabled, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "UPDATE service_principal SET enabled = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_i64(&s, 2, enabled);
    return statement_run(&s, err);
}

bool service_principal_require_assignment(
    struct store_connection *connection, int64_t row, bool required, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "UPDATE service_principal SET assignment_required = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_i64(&s, 2, required);
    return statement_run(&s, err);
}

bool service_principal_set_properties(
    struct store_connection *connection, int64_t row, const char *properties, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "UPDATE service_principal SET properties = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_string(&s, 2, properties);
    return statement_run(&s, err);
}

bool service_principal_remove(
    struct store_connection *connection, int64_t row, struct azb_error *err)
{
#define APP_ID "(SELECT app_id FROM service_principal WHERE row = ?1)"
#define APPLICATION "(SELECT row FROM application WHERE app_id = " APP_ID ")"
#define PRINCIPAL "(SELECT object_id FROM service_principal WHERE row = ?1)"
    static const char *const steps[] = {
        "DELETE FROM group_member WHERE member_id = " PRINCIPAL,
        "DELETE FROM directory_role_member WHERE principal_id = " PRINCIPAL,
        "DELETE FROM app_role_assignment WHERE principal_id = " PRINCIPAL
        " OR resource_id = " PRINCIPAL,
        "DELETE FROM consent WHERE client_app_id = " APP_ID " OR resource_app_id = " APP_ID,
        "DELETE FROM owner WHERE object_id = " PRINCIPAL " OR owner_id = " PRINCIPAL,
        "DELETE FROM client_secret WHERE of_principal AND application = " APPLICATION,
        "DELETE FROM client_certificate WHERE of_principal AND application = " APPLICATION,
        "DELETE FROM managed_identity WHERE client_id = " APP_ID,
        "DELETE FROM service_principal WHERE row = ?1",
    };
#undef PRINCIPAL
#undef APPLICATION
#undef APP_ID
    return directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err);
}
