/* What was consented to: oauth2PermissionGrants. */
#include "base/error.h"
#include "directory/microsoft.h"
#include "directory/permission.h"
#include "directory/state.h"
#include "store/rows.h"

#define SCOPES_MAX (16 * 1024)
#define SELECT "SELECT id, client_app_id, resource_app_id, user_id, scopes FROM consent"

bool scopes_hold(struct text scopes, struct text value)
{
    struct text piece;
    while (text_cut(&scopes, ' ', &piece))
        if (text_equal(piece, value))
            return true;
    return false;
}

/* Adds those of `more` that are not there yet. */
static void add_scopes(struct buffer *out, struct text more)
{
    struct text piece;
    while (text_cut(&more, ' ', &piece)) {
        if (piece.length == 0 || scopes_hold(buffer_text(out), piece))
            continue;
        if (out->length > 0)
            buffer_add_char(out, ' ');
        buffer_add_text(out, piece);
    }
}

static bool keep(
    const struct buffer *scopes, struct arena *arena, const char **out, struct azb_error *err)
{
    const char *copy =
        scopes->failed ? NULL : arena_copy(arena, buffer_text(scopes).at, scopes->length);
    if (!copy)
        return fail_memory(err);
    *out = copy;
    return true;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void add_all_of(struct buffer *out, const struct microsoft_application *resource)
{
    for (size_t i = 0; i < resource->permission_count; i++)
        add_scopes(out, text_of(resource->permissions[i].value));
}

static bool add_stored(struct store_connection *connection, struct text client_app_id,
    struct text user_id, struct text resource_app_id, struct buffer *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT scopes FROM consent WHERE client_app_id = ?1 AND resource_app_id = ?2"
        " AND (user_id IS NULL OR user_id = ?3) ORDER BY row");
    statement_bind_text(&s, 1, client_app_id);
    statement_bind_text(&s, 2, resource_app_id);
    statement_bind_text(&s, 3, user_id);
    for (bool row;;) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            return true;
        add_scopes(out, statement_borrow(&s, 0));
    }
}

/* What the resource itself lets the client have. */
static bool add_trusted(struct store_connection *connection, struct text client_app_id,
    struct text resource_app_id, struct buffer *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT e.value FROM pre_authorized t JOIN application a ON a.row = t.application"
        " JOIN exposed_permission e ON e.application = a.row AND e.id = t.permission_id"
        " WHERE t.client_app_id = ?1 AND a.app_id = ?2 AND e.enabled ORDER BY e.row");
    statement_bind_text(&s, 1, client_app_id);
    statement_bind_text(&s, 2, resource_app_id);
    for (bool row;;) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            return true;
        add_scopes(out, statement_borrow(&s, 0));
    }
}

bool consent_scopes(struct service *service, struct store_connection *connection,
    struct text client_app_id, struct text user_id, struct text resource_app_id,
    struct arena *arena, const char **scopes, struct azb_error *err)
{
    (void)service;
    scoped_buffer struct buffer found = {0};
    buffer_init(&found, SCOPES_MAX);
    const struct microsoft_application *client = microsoft_application(client_app_id);
    const struct microsoft_application *resource = microsoft_application(resource_app_id);
    if (client && resource)
        add_all_of(&found, resource);
    return add_stored(connection, client_app_id, user_id, resource_app_id, &found, err) &&
           add_trusted(connection, client_app_id, resource_app_id, &found, err) &&
           keep(&found, arena, scopes, err);
}

static bool read_consent(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct consent *consent = item;
    (void)err;
    *consent = (struct consent){
        .id = statement_string(s, 0, arena),
        .client_app_id = statement_string(s, 1, arena),
        .resource_app_id = statement_string(s, 2, arena),
        .user_id = statement_string(s, 3, arena),
        .scopes = statement_string(s, 4, arena),
    };
    return true;
}

bool consent_list(struct store_connection *connection, struct text client_app_id,
    struct arena *arena, struct consent **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, SELECT " WHERE ?1 IS NULL OR client_app_id = ?1 ORDER BY row");
    statement_bind_text(&s, 1, client_app_id);
    struct consent *list = rows_read(&s, sizeof *list, read_consent, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool consent_find(struct store_connection *connection, struct text id, struct arena *arena,
    struct consent *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE id = ?1");
    struct row_wanted wanted = {"permission grant", "id", id};
    return row_find(&s, &wanted, read_consent, arena, out, err);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static bool read_scopes(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *user_id, struct buffer *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT scopes FROM consent"
        " WHERE client_app_id = ?1 AND resource_app_id = ?2 AND user_id IS ?3");
    statement_bind_string(&s, 1, client_app_id);
    statement_bind_string(&s, 2, resource_app_id);
    statement_bind_string(&s, 3, user_id);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (row)
        add_scopes(out, statement_borrow(&s, 0));
    return true;
}

static bool write_scopes(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *user_id, struct text scopes, int64_t now,
    struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(NULL, "the consent", id, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO consent (id, client_app_id, resource_app_id, user_id, scopes, created)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT"
        " (client_app_id, resource_app_id, coalesce(user_id, '') COLLATE NOCASE)"
        " DO UPDATE SET scopes = excluded.scopes");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, client_app_id);
    statement_bind_string(&s, 3, resource_app_id);
    statement_bind_string(&s, 4, user_id);
    statement_bind_text(&s, 5, scopes);
    statement_bind_i64(&s, 6, now);
    return statement_run(&s, err);
}

bool consent_add(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *user_id, struct text scopes, int64_t now,
    struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    buffer_init(&all, SCOPES_MAX);
    if (!read_scopes(connection, client_app_id, resource_app_id, user_id, &all, err))
        return false;
    add_scopes(&all, scopes);
    if (all.failed)
        return fail_memory(err);
    if (all.length == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "a consent must name a permission");
    return write_scopes(
        connection, client_app_id, resource_app_id, user_id, buffer_text(&all), now, err);
}

static bool no_consent(struct text id, struct azb_error *err)
{
    return fail(err, AZB_ERROR_NOT_FOUND, "no permission grant has the id '%.*s'",
        TEXT_ARGS(text_slice(id, 0, 80)));
}

bool consent_set_scopes(
    struct store_connection *connection, struct text id, struct text scopes, struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    buffer_init(&all, SCOPES_MAX);
    add_scopes(&all, scopes);
    if (all.failed)
        return fail_memory(err);
    scoped_statement struct statement s =
        statement(connection, "UPDATE consent SET scopes = ?2 WHERE id = ?1");
    statement_bind_text(&s, 1, id);
    statement_bind_text(&s, 2, buffer_text(&all));
    return statement_run(&s, err) && (store_changes(connection) > 0 || no_consent(id, err));
}

bool consent_remove(struct store_connection *connection, struct text id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM consent WHERE id = ?1");
    statement_bind_text(&s, 1, id);
    return statement_run(&s, err) && (store_changes(connection) > 0 || no_consent(id, err));
}
