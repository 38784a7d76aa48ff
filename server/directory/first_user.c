/* The user that a state begins with. The password is in the clear in STATE/env only; the hash is
 * with the user. */
#include "base/error.h"
#include "directory/directory.h"
#include "directory/state.h"
#include "directory/user.h"
#include "service.h"

/* 24 characters of base64url: 144 bits. */
#define PASSWORD_BYTES 18
#define MARK "user_password_mark"
#define MARKED_MAX 1024

static bool find(struct store_connection *connection, struct arena *arena, struct user *out,
    struct azb_error *err)
{
    struct text id;
    return directory_value_get(connection, "user_object_id", arena, &id, err) &&
           user_by_object_id(connection, id, arena, out, err);
}

bool directory_first_user(
    struct service *service, struct arena *arena, const char **name, struct azb_error *err)
{
    struct user user;
    struct store_connection *connection = store_reader(service->store, err);
    if (!connection || !find(connection, arena, &user, err))
        return false;
    *name = user.user_principal_name;
    return true;
}

/* The password and its slow hash under the directory's key: whether STATE/env is still right must
 * not cost every start a slow hash. Who reads it in the database reads the signing keys, too. */
struct mark {
    unsigned char bytes[SHA256_BYTES];
};

static bool mark_of(struct service *service, struct store_connection *connection, int64_t user_row,
    const char *password, struct mark *out, struct azb_error *err)
{
    scoped_buffer struct buffer both = {0};
    scoped_statement struct statement s =
        statement(connection, "SELECT password_hash FROM user WHERE row = ?1");
    bool row = false;
    buffer_init(&both, MARKED_MAX);
    statement_bind_i64(&s, 1, user_row);
    if (!statement_step(&s, &row, err))
        return false;
    if (row)
        buffer_add_text(&both, statement_borrow(&s, 0));
    buffer_add_string(&both, password);
    if (both.failed)
        return fail_memory(err);
    secret_hash(service->directory->secret_hash_key, buffer_text(&both), out->bytes);
    return true;
}

static bool is_marked(struct store_connection *connection, const struct mark *mark,
    struct arena *arena, bool *marked, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct text known = TEXT_NONE;
    if (!directory_value_get(connection, MARK, arena, &known, &why) &&
        why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    *marked = secret_equal(known, (struct text){(const char *)mark->bytes, sizeof mark->bytes});
    return true;
}

static bool set_mark(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct mark *mark = context;
    struct text value = {(const char *)mark->bytes, sizeof mark->bytes};
    return directory_value_set(connection, MARK, value, err);
}

/* Slowly; what is right is found fast the next time. */
static bool check(struct service *service, struct store_connection *connection, struct user *user,
    const char *password, struct mark *mark, bool *has, struct azb_error *err)
{
    enum password_verdict verdict;
    user->locked_until = 0; /* whether it is right does not depend on other people's tries */
    if (!password_check(connection, user, text_of(password), 0, &verdict, err))
        return false;
    *has = verdict == PASSWORD_RIGHT;
    return !*has || store_write_wait(service->store, set_mark, mark, err);
}

bool directory_first_user_has_password(
    struct service *service, const char *password, bool *has, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct user user;
    struct mark mark;
    struct store_connection *connection = store_reader(service->store, err);
    arena_init(&arena, 0);
    return connection && find(connection, &arena, &user, err) &&
           mark_of(service, connection, user.row, password, &mark, err) &&
           is_marked(connection, &mark, &arena, has, err) &&
           (*has || check(service, connection, &user, password, &mark, has, err));
}

struct setting {
    int64_t row;
    struct text hash;
};

static bool set_hash(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct setting *setting = context;
    return user_set_password_hash(connection, setting->row, setting->hash, err);
}

bool directory_first_user_new_password(
    struct service *service, struct arena *arena, const char **password, struct azb_error *err)
{
    struct user user;
    struct setting setting;
    struct store_connection *connection = store_reader(service->store, err);
    if (!connection || !find(connection, arena, &user, err))
        return false;
    const char *made = random_token(arena, PASSWORD_BYTES);
    if (!made)
        return fail(err, AZB_ERROR_IO, "no memory or random numbers for a password");
    setting.row = user.row;
    if (!password_hash(text_of(made), arena, &setting.hash, err) ||
        !store_write_wait(service->store, set_hash, &setting, err))
        return fail_while(err, "the user's password");
    *password = made;
    return true;
}
