#include "directory/managed_identity.h"

#include "base/error.h"
#include "directory/state.h"

#define SELECT                                                                                     \
    "SELECT m.client_id, p.object_id, m.name, m.resource_id, m.system_assigned"                    \
    " FROM managed_identity m JOIN service_principal p ON p.app_id = m.client_id"

static void read_identity(
    struct statement *s, struct arena *arena, struct managed_identity *identity)
{
    *identity = (struct managed_identity){
        .client_id = statement_string(s, 0, arena),
        .object_id = statement_string(s, 1, arena),
        .name = statement_string(s, 2, arena),
        .resource_id = statement_string(s, 3, arena),
        .system_assigned = statement_i64(s, 4) != 0,
    };
}

/* ---- Finding --------------------------------------------------------------------------------- */

static const struct {
    const char *sql;
    const char *what;
} selectors[] = {
    [IDENTITY_SYSTEM_ASSIGNED] = {SELECT " WHERE m.system_assigned = 1 AND ?1 IS NULL",
        "system-assigned"},
    [IDENTITY_BY_CLIENT_ID] = {SELECT " WHERE m.client_id = ?1", "client id"},
    [IDENTITY_BY_OBJECT_ID] = {SELECT " WHERE p.object_id = ?1", "object id"},
    [IDENTITY_BY_RESOURCE_ID] = {SELECT " WHERE m.resource_id = ?1", "resource id"},
};

bool managed_identity_find(struct store_connection *connection, enum identity_selector by,
    struct text value, struct arena *arena, struct managed_identity *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, selectors[by].sql);
    statement_bind_text(&s, 1, by == IDENTITY_SYSTEM_ASSIGNED ? TEXT_NONE : value);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row && by == IDENTITY_SYSTEM_ASSIGNED)
        return fail(err, AZB_ERROR_NOT_FOUND, "there is no system-assigned managed identity");
    if (!row)
        return fail(err, AZB_ERROR_NOT_FOUND, "no managed identity has the %s '%.*s'",
            selectors[by].what, TEXT_ARGS(text_slice(value, 0, 200)));
    struct managed_identity found;
    read_identity(&s, arena, &found);
    if (arena->failed)
        return fail_memory(err);
    *out = found;
    return true;
}

static bool count_identities(
    struct store_connection *connection, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT count(*) FROM managed_identity");
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *count = (size_t)statement_i64(&s, 0);
    return true;
}

bool managed_identity_list(struct store_connection *connection, struct arena *arena,
    struct managed_identity **out, size_t *count, struct azb_error *err)
{
    size_t room;
    if (!count_identities(connection, &room, err))
        return false;
    struct managed_identity *list = arena_array(arena, room ? room : 1, sizeof *list);
    if (!list)
        return fail_memory(err);
    scoped_statement struct statement s =
        statement(connection, SELECT " ORDER BY m.system_assigned DESC, m.row LIMIT ?1");
    statement_bind_i64(&s, 1, (int64_t)room);
    size_t at = 0;
    bool row;
    while (at < room) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        read_identity(&s, arena, &list[at++]);
    }
    *out = list;
    *count = at;
    return arena->failed ? fail_memory(err) : true;
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
