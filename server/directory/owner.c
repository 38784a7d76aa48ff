/* Owners of applications, service principals and groups. */
#include "base/error.h"
#include "directory/group.h"
#include "directory/state.h"
#include "store/rows.h"

bool owner_add(struct store_connection *connection, const char *object_id, const char *owner_id,
    struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO owner (object_id, owner_id) VALUES (?1, ?2)");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, owner_id);
    return statement_run(&s, err) || fail_while(err, "owner '%.80s'", owner_id);
}

bool owner_remove(struct store_connection *connection, struct text object_id, struct text owner_id,
    struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM owner WHERE object_id = ?1 AND owner_id = ?2");
    statement_bind_text(&s, 1, object_id);
    statement_bind_text(&s, 2, owner_id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "'%.*s' is not an owner of '%.*s'",
               TEXT_ARGS(text_slice(owner_id, 0, 80)), TEXT_ARGS(text_slice(object_id, 0, 80)));
}

bool owner_list(struct store_connection *connection, struct text object_id, struct arena *arena,
    struct principal **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        PRINCIPALS_OF("WITH found(id) AS (SELECT owner_id FROM owner WHERE object_id = ?1)"));
    statement_bind_text(&s, 1, object_id);
    return principals_read(&s, arena, out, count, err);
}

bool owner_is(struct store_connection *connection, const char *object_id, const char *owner_id,
    bool *is, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM owner WHERE object_id = ?1 AND owner_id = ?2");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, owner_id);
    return statement_step(&s, is, err);
}

static bool read_id(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    const char **id = item;
    (void)err;
    *id = statement_string(s, 0, arena);
    return true;
}

bool owned_list(struct store_connection *connection, struct text owner_id, struct arena *arena,
    const char ***out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT object_id FROM owner WHERE owner_id = ?1 ORDER BY 1");
    statement_bind_text(&s, 1, owner_id);
    const char **list = rows_read(&s, sizeof *list, read_id, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}
