#include "directory/user.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

#define SELECT                                                                                     \
    "SELECT row, object_id, user_principal_name, display_name, given_name, surname,"               \
    " home_tenant_id, enabled, password_hash IS NOT NULL, locked_until, created, properties FROM " \
    "user"

static bool read_user(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct user *user = item;
    (void)err;
    *user = (struct user){
        .row = statement_i64(s, 0),
        .object_id = statement_string(s, 1, arena),
        .user_principal_name = statement_string(s, 2, arena),
        .display_name = statement_string(s, 3, arena),
        .given_name = statement_string(s, 4, arena),
        .surname = statement_string(s, 5, arena),
        .home_tenant_id = statement_string(s, 6, arena),
        .enabled = statement_i64(s, 7) != 0,
        .has_password = statement_i64(s, 8) != 0,
        .locked_until = statement_i64(s, 9),
        .created = statement_i64(s, 10),
        .properties = statement_string(s, 11, arena),
    };
    return true;
}

bool user_by_name(struct store_connection *connection, struct text user_principal_name,
    struct arena *arena, struct user *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, SELECT " WHERE user_principal_name = ?1");
    struct row_wanted wanted = {"user", "user principal name", user_principal_name};
    return row_find(&s, &wanted, read_user, arena, out, err);
}

bool user_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct user *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE object_id = ?1");
    struct row_wanted wanted = {"user", "object id", object_id};
    return row_find(&s, &wanted, read_user, arena, out, err);
}

bool user_list(struct store_connection *connection, struct arena *arena, struct user **out,
    size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, SELECT " ORDER BY display_name COLLATE NOCASE, row");
    struct user *list = rows_read(&s, sizeof *list, read_user, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

/* ---- Changes --------------------------------------------------------------------------------- */

/* "ann@azb.onmicrosoft.com": a guest's may hold '#' ("ann_contoso.com#EXT#@azb.onmicrosoft.com").
 */
static bool name_check(const char *name, struct azb_error *err)
{
    if (!directory_name_check(name, "the user principal name", err))
        return false;
    const char *at = strchr(name, '@');
    if (!at || at == name || !at[1] || strchr(at + 1, '@') || strpbrk(name, " \t/?\"<>"))
        return fail(err, AZB_ERROR_ARGUMENT,
            "the user principal name '%.120s' must look like 'ann@azb.onmicrosoft.com'", name);
    return true;
}

static bool optional_name_check(const char *name, const char *what, struct azb_error *err)
{
    return !name || directory_name_check(name, what, err);
}

static bool check_new_user(const struct new_user *what, struct azb_error *err)
{
    if (what->home_tenant_id && !text_is_guid(text_of(what->home_tenant_id)))
        return fail(err, AZB_ERROR_ARGUMENT, "the guest's home tenant '%.80s' is not a GUID",
            what->home_tenant_id);
    return name_check(what->user_principal_name, err) &&
           directory_name_check(what->display_name, "the user's display name", err) &&
           optional_name_check(what->given_name, "the user's given name", err) &&
           optional_name_check(what->surname, "the user's surname", err);
}

static bool insert_user(struct store_connection *connection, const char *object_id,
    const struct new_user *what, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO user (object_id, user_principal_name, display_name, given_name, surname,"
        " home_tenant_id, created, properties, password_hash)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, '{}'), ?9)");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, what->user_principal_name);
    statement_bind_string(&s, 3, what->display_name);
    statement_bind_string(&s, 4, what->given_name);
    statement_bind_string(&s, 5, what->surname);
    statement_bind_string(&s, 6, what->home_tenant_id);
    statement_bind_i64(&s, 7, what->now);
    statement_bind_string(&s, 8, what->properties);
    statement_bind_text(&s, 9, what->password_hash);
    return statement_run(&s, err) || fail_while(err, "user '%.100s'", what->user_principal_name);
}

bool user_create(struct store_connection *connection, const struct new_user *what,
    struct arena *arena, struct user *out, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!check_new_user(what, err) ||
        !directory_id(what->object_id, "the user's object id", id, err) ||
        !insert_user(connection, id, what, err))
        return false;
    int64_t row = store_last_row(connection);
    if (what->password && !user_set_password(connection, row, text_of(what->password), err))
        return false;
    return user_by_object_id(connection, text_of(id), arena, out, err);
}

bool user_update(
    struct store_connection *connection, const struct user *user, struct azb_error *err)
{
    const struct new_user what = {
        .user_principal_name = user->user_principal_name,
        .display_name = user->display_name,
        .given_name = user->given_name,
        .surname = user->surname,
        .home_tenant_id = user->home_tenant_id,
    };
    if (!check_new_user(&what, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "UPDATE user SET user_principal_name = ?2, display_name = ?3, given_name = ?4,"
        " surname = ?5, home_tenant_id = ?6, enabled = ?7, properties = coalesce(?8, properties) "
        "WHERE row = ?1");
    statement_bind_i64(&s, 1, user->row);
    statement_bind_string(&s, 2, user->user_principal_name);
    statement_bind_string(&s, 3, user->display_name);
    statement_bind_string(&s, 4, user->given_name);
    statement_bind_string(&s, 5, user->surname);
    statement_bind_string(&s, 6, user->home_tenant_id);
    statement_bind_i64(&s, 7, user->enabled);
    statement_bind_string(&s, 8, user->properties);
    return statement_run(&s, err) || fail_while(err, "user '%.100s'", user->user_principal_name);
}

/* What `row` of the table user is called elsewhere. */
#define USER "(SELECT object_id FROM user WHERE row = ?1)"

/* Whoever came in with the old password is out: AADSTS50173 tells a program so that still has a
 * refresh token (1 is REFRESH_REVOKED). Redeemed codes stay, to tell a replay. */
static bool sign_out_everywhere(
    struct store_connection *connection, int64_t row, struct azb_error *err)
{
    static const char *const steps[] = {
        "UPDATE refresh_token SET revoked = 1 WHERE user_id = " USER,
        "DELETE FROM authorization_code WHERE redeemed_at IS NULL AND user_id = " USER,
        "DELETE FROM device_code WHERE redeemed_at IS NULL AND user_id = " USER,
        "DELETE FROM session WHERE user_id = " USER,
    };
    return directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err);
}

bool user_set_password_hash(
    struct store_connection *connection, int64_t row, struct text hash, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE user SET password_hash = ?2, wrong_passwords = 0, locked_until = 0 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_text(&s, 2, hash);
    return statement_run(&s, err) && sign_out_everywhere(connection, row, err);
}

bool user_set_password(
    struct store_connection *connection, int64_t row, struct text password, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct text hash;
    arena_init(&arena, 0);
    return password_hash(password, &arena, &hash, err) &&
           user_set_password_hash(connection, row, hash, err);
}

bool user_set_enabled(
    struct store_connection *connection, int64_t row, bool enabled, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "UPDATE user SET enabled = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_i64(&s, 2, enabled);
    return statement_run(&s, err);
}

bool user_remove(struct store_connection *connection, int64_t row, struct azb_error *err)
{
    static const char *const steps[] = {
        "DELETE FROM group_member WHERE member_id = " USER,
        "DELETE FROM directory_role_member WHERE principal_id = " USER,
        "DELETE FROM owner WHERE owner_id = " USER,
        "DELETE FROM app_role_assignment WHERE principal_id = " USER,
        "DELETE FROM consent WHERE user_id = " USER,
        "DELETE FROM authorization_code WHERE user_id = " USER,
        "DELETE FROM refresh_token WHERE user_id = " USER,
        "DELETE FROM device_code WHERE user_id = " USER,
        "DELETE FROM session WHERE user_id = " USER,
        "DELETE FROM user WHERE row = ?1",
    };
    return directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err);
}
