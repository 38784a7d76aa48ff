#include "directory/directory.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

const char *principal_kind_text(enum principal_kind kind)
{
    static const char *const words[] = {
        [PRINCIPAL_USER] = "User",
        [PRINCIPAL_GROUP] = "Group",
        [PRINCIPAL_SERVICE_PRINCIPAL] = "ServicePrincipal",
    };
    return words[kind];
}

static bool read_principal(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct principal *principal = item;
    (void)err;
    *principal = (struct principal){
        .kind = (enum principal_kind)statement_i64(s, 0),
        .object_id = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .app_id = statement_string(s, 3, arena),
    };
    return true;
}

bool principal_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct principal *out, struct azb_error *err)
{
    /* The first column is enum principal_kind. */
    scoped_statement struct statement s = statement(connection,
        "SELECT 2, p.object_id, coalesce(p.display_name, a.display_name), p.app_id"
        " FROM service_principal p LEFT JOIN application a ON a.app_id = p.app_id"
        " WHERE p.object_id = ?1"
        " UNION ALL SELECT 0, object_id, display_name, NULL FROM user WHERE object_id = ?1"
        " UNION ALL SELECT 1, object_id, display_name, NULL FROM directory_group"
        " WHERE object_id = ?1");
    struct row_wanted wanted = {"user, group or service principal", "object id", object_id};
    return row_find(&s, &wanted, read_principal, arena, out, err);
}

bool principals_read(struct statement *s, struct arena *arena, struct principal **out,
    size_t *count, struct azb_error *err)
{
    struct principal *list = rows_read(s, sizeof *list, read_principal, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}
