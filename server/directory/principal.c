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

bool group_add(struct store_connection *connection, const char *object_id, const char *display_name,
    int64_t now, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(object_id, "the group's object id", id, err) ||
        !directory_name_check(display_name, "the group's display name", err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO directory_group (object_id, display_name, created) VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, display_name);
    statement_bind_i64(&s, 3, now);
    return statement_run(&s, err) || fail_while(err, "group '%.100s'", display_name);
}

bool group_add_member(struct store_connection *connection, const char *group_id,
    const char *member_id, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct principal group, member;
    if (!principal_by_object_id(connection, text_of(group_id), &arena, &group, err) ||
        !principal_by_object_id(connection, text_of(member_id), &arena, &member, err))
        return false;
    if (group.kind != PRINCIPAL_GROUP)
        return fail(err, AZB_ERROR_ARGUMENT, "'%s' is a %s, not a group", group_id,
            principal_kind_text(group.kind));
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO group_member (group_id, member_id) VALUES (?1, ?2)");
    statement_bind_string(&s, 1, group.object_id);
    statement_bind_string(&s, 2, member.object_id);
    return statement_run(&s, err) || fail_while(err, "member of '%.100s'", group.display_name);
}

bool group_remove_member(struct store_connection *connection, const char *group_id,
    const char *member_id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM group_member WHERE group_id = ?1 AND member_id = ?2");
    statement_bind_string(&s, 1, group_id);
    statement_bind_string(&s, 2, member_id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "'%s' is not a member of the group '%s'", member_id,
               group_id);
}

bool directory_role_add(struct store_connection *connection, const char *role_id,
    const char *principal_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT OR IGNORE INTO directory_role_member (role_id, principal_id) VALUES (?1, ?2)");
    statement_bind_string(&s, 1, role_id);
    statement_bind_string(&s, 2, principal_id);
    return statement_run(&s, err);
}

bool directory_role_has(struct store_connection *connection, const char *role_id,
    const char *principal_id, bool *has, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "SELECT 1 FROM directory_role_member WHERE role_id = ?1 AND principal_id = ?2");
    statement_bind_string(&s, 1, role_id);
    statement_bind_string(&s, 2, principal_id);
    return statement_step(&s, has, err);
}
