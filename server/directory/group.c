#include "directory/group.h"

#include <ctype.h>

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

#define COLUMNS "row, object_id, display_name, mail_nickname, description, created"

static bool read_group(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct group *group = item;
    (void)err;
    *group = (struct group){
        .row = statement_i64(s, 0),
        .object_id = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .mail_nickname = statement_string(s, 3, arena),
        .description = statement_string(s, 4, arena),
        .created = statement_i64(s, 5),
    };
    return true;
}

bool group_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct group *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT " COLUMNS " FROM directory_group WHERE object_id = ?1");
    struct row_wanted wanted = {"group", "object id", object_id};
    return row_find(&s, &wanted, read_group, arena, out, err);
}

bool group_list(struct store_connection *connection, struct arena *arena, struct group **out,
    size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT " COLUMNS " FROM directory_group"
                              " ORDER BY display_name COLLATE NOCASE, row");
    struct group *list = rows_read(&s, sizeof *list, read_group, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

/* ---- Changes ----------------------------------------------------------------------------- */

/* What may stand before the '@' of a mail address, as Entra has it. */
static bool is_nickname_character(char c)
{
    return (unsigned char)c > 0x20 && (unsigned char)c < 0x7f && !strchr("@()\\[]\";:<>,", c);
}

static bool nickname_check(const char *name, struct azb_error *err)
{
    size_t length = strlen(name);
    bool good = length > 0 && length <= MAIL_NICKNAME_MAX;
    for (size_t i = 0; good && i < length; i++)
        good = is_nickname_character(name[i]);
    return good || fail(err, AZB_ERROR_ARGUMENT,
                       "the group's mailNickname must have 1 to %d characters of ASCII without "
                       "space and @()\\[]\";:<>,",
                       MAIL_NICKNAME_MAX);
}

static bool group_check(const char *display_name, const char *mail_nickname,
    const char *description, struct azb_error *err)
{
    if (description && strlen(description) > GROUP_DESCRIPTION_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "the group's description has at most %d bytes",
            GROUP_DESCRIPTION_MAX);
    return directory_name_check(display_name, "the group's display name", err) &&
           (!mail_nickname || nickname_check(mail_nickname, err));
}

/* Of a name that people gave, what a nickname may hold. */
static void make_nickname(const char *display_name, char out[MAIL_NICKNAME_MAX + 1])
{
    size_t length = 0;
    for (const char *at = display_name; *at && length < MAIL_NICKNAME_MAX; at++)
        if (is_nickname_character(*at))
            out[length++] = *at;
    out[length] = '\0';
    if (length == 0)
        snprintf(out, MAIL_NICKNAME_MAX + 1, "group");
}

static bool insert_group(struct store_connection *connection, const char *object_id,
    const struct new_group *what, struct azb_error *err)
{
    char made[MAIL_NICKNAME_MAX + 1];
    make_nickname(what->display_name, made);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO directory_group (object_id, display_name, mail_nickname, description, created)"
        " VALUES (?1, ?2, ?3, ?4, ?5)");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, what->display_name);
    statement_bind_string(&s, 3, what->mail_nickname ? what->mail_nickname : made);
    statement_bind_string(&s, 4, what->description);
    statement_bind_i64(&s, 5, what->now);
    return statement_run(&s, err) || fail_while(err, "group '%.100s'", what->display_name);
}

bool group_create(struct store_connection *connection, const struct new_group *what,
    struct arena *arena, struct group *out, struct azb_error *err)
{
    char id[GUID_TEXT];
    return directory_id(what->object_id, "the group's object id", id, err) &&
           group_check(what->display_name, what->mail_nickname, what->description, err) &&
           insert_group(connection, id, what, err) &&
           group_by_object_id(connection, text_of(id), arena, out, err);
}

bool group_add(struct store_connection *connection, const char *object_id, const char *display_name,
    int64_t now, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct new_group what = {
        .object_id = object_id,
        .display_name = display_name,
        .now = now,
    };
    struct group added;
    return group_create(connection, &what, &arena, &added, err);
}

bool group_update(
    struct store_connection *connection, const struct group *group, struct azb_error *err)
{
    if (!group_check(group->display_name, group->mail_nickname, group->description, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "UPDATE directory_group SET display_name = ?2, mail_nickname = ?3, description = ?4"
        " WHERE row = ?1");
    statement_bind_i64(&s, 1, group->row);
    statement_bind_string(&s, 2, group->display_name);
    statement_bind_string(&s, 3, group->mail_nickname);
    statement_bind_string(&s, 4, group->description);
    return statement_run(&s, err) || fail_while(err, "group '%.100s'", group->display_name);
}

bool group_remove(struct store_connection *connection, int64_t row, struct azb_error *err)
{
#define GROUP "(SELECT object_id FROM directory_group WHERE row = ?1)"
    static const char *const steps[] = {
        "DELETE FROM group_member WHERE group_id = " GROUP " OR member_id = " GROUP,
        "DELETE FROM owner WHERE object_id = " GROUP,
        "DELETE FROM directory_role_member WHERE principal_id = " GROUP,
        "DELETE FROM app_role_assignment WHERE principal_id = " GROUP,
        "DELETE FROM directory_group WHERE row = ?1",
    };
#undef GROUP
    return directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err);
}

/* ---- Members ----------------------------------------------------------------------------- */

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
    if (string_equal_nocase(group.object_id, member.object_id))
        return fail(
            err, AZB_ERROR_ARGUMENT, "the group '%s' cannot be a member of itself", group_id);
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

/* UNION, not UNION ALL: a group that was seen is not gone through again. */
static const char *const of_membership[] = {
    [MEMBERS] =
        PRINCIPALS_OF("WITH found(id) AS (SELECT member_id FROM group_member WHERE group_id = ?1)"),
    [MEMBERS_TRANSITIVE] = PRINCIPALS_OF(
        "WITH RECURSIVE found(id) AS (SELECT member_id FROM group_member WHERE group_id = ?1"
        " UNION SELECT m.member_id FROM group_member m JOIN found ON m.group_id = found.id)"),
    [MEMBER_OF] =
        PRINCIPALS_OF("WITH found(id) AS (SELECT group_id FROM group_member WHERE member_id = ?1)"),
    [MEMBER_OF_TRANSITIVE] = PRINCIPALS_OF(
        "WITH RECURSIVE found(id) AS (SELECT group_id FROM group_member WHERE member_id = ?1"
        " UNION SELECT m.group_id FROM group_member m JOIN found ON m.member_id = found.id)"),
};

bool membership_list(struct store_connection *connection, enum membership which,
    struct text object_id, struct arena *arena, struct principal **out, size_t *count,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, of_membership[which]);
    statement_bind_text(&s, 1, object_id);
    return principals_read(&s, arena, out, count, err);
}
