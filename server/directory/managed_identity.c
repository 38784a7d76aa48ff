#include "directory/managed_identity.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

#define SELECT                                                                                     \
    "SELECT m.client_id, p.object_id, m.name, m.resource_id, m.system_assigned"                    \
    " FROM managed_identity m JOIN service_principal p ON p.app_id = m.client_id"

static bool read_identity(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct managed_identity *identity = item;
    (void)err;
    *identity = (struct managed_identity){
        .client_id = statement_string(s, 0, arena),
        .object_id = statement_string(s, 1, arena),
        .name = statement_string(s, 2, arena),
        .resource_id = statement_string(s, 3, arena),
        .system_assigned = statement_i64(s, 4) != 0,
    };
    return true;
}

/* ---- Finding --------------------------------------------------------------------------------- */

static const struct {
    const char *sql;
    const char *what;
    const char *by;
} selectors[] = {
    [IDENTITY_SYSTEM_ASSIGNED] = {SELECT " WHERE m.system_assigned = 1 AND ?1 IS NULL",
        "system-assigned managed identity", NULL},
    [IDENTITY_BY_CLIENT_ID] = {SELECT " WHERE m.client_id = ?1", "managed identity", "client id"},
    [IDENTITY_BY_OBJECT_ID] = {SELECT " WHERE p.object_id = ?1", "managed identity", "object id"},
    [IDENTITY_BY_RESOURCE_ID] = {SELECT " WHERE m.resource_id = ?1", "managed identity",
        "resource id"},
};

bool managed_identity_find(struct store_connection *connection, enum identity_selector by,
    struct text value, struct arena *arena, struct managed_identity *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, selectors[by].sql);
    struct row_wanted wanted = {
        .what = selectors[by].what,
        .by = selectors[by].by,
        .value = by == IDENTITY_SYSTEM_ASSIGNED ? TEXT_NONE : value,
    };
    return row_find(&s, &wanted, read_identity, arena, out, err);
}

/* ---- Adding ---------------------------------------------------------------------------------- */

/* "/subscriptions/...": the rest is Azure's business. */
static bool resource_id_check(const char *id, struct azb_error *err)
{
    size_t length = id ? strlen(id) : 0;
    return (length > 1 && length <= 512 && id[0] == '/' && id[length - 1] != '/' &&
               text_valid_utf8(text_of(id))) ||
           fail(err, AZB_ERROR_ARGUMENT,
               "a managed identity's resource id must begin with '/', as in "
               "'/subscriptions/S/resourcegroups/G/providers/P/T/N'");
}

static bool insert_principal(struct store_connection *connection, const char *client_id,
    const char *object_id, const char *name, int64_t now, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO service_principal (object_id, app_id, display_name, created)"
        " VALUES (?1, ?2, ?3, ?4)");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, client_id);
    statement_bind_string(&s, 3, name);
    statement_bind_i64(&s, 4, now);
    return statement_run(&s, err);
}

static bool insert_identity(struct store_connection *connection, const char *client_id,
    const struct managed_identity *what, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO managed_identity (client_id, name, resource_id, system_assigned)"
        " VALUES (?1, ?2, ?3, ?4)");
    statement_bind_string(&s, 1, client_id);
    statement_bind_string(&s, 2, what->name);
    statement_bind_string(&s, 3, what->resource_id);
    statement_bind_i64(&s, 4, what->system_assigned);
    return statement_run(&s, err);
}

bool managed_identity_add(struct store_connection *connection, const struct managed_identity *what,
    int64_t now, struct arena *arena, struct managed_identity *out, struct azb_error *err)
{
    char client_id[GUID_TEXT], object_id[GUID_TEXT];
    if (!directory_name_check(what->name, "the managed identity's name", err) ||
        !resource_id_check(what->resource_id, err) ||
        !directory_id(what->client_id, "the managed identity's client id", client_id, err) ||
        !directory_id(what->object_id, "the managed identity's object id", object_id, err))
        return false;
    if (!insert_identity(connection, client_id, what, err) ||
        !insert_principal(connection, client_id, object_id, what->name, now, err))
        return fail_while(err, "managed identity '%.100s'", what->name);
    return managed_identity_find(
        connection, IDENTITY_BY_CLIENT_ID, text_of(client_id), arena, out, err);
}
