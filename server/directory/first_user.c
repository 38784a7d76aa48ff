/* The user that a state begins with. The password is in the clear in STATE/env only; the hash is
 * with the user. */
#include "base/error.h"
#include "directory/directory.h"
#include "directory/state.h"
#include "directory/user.h"
#include "service.h"

/* 24 characters of base64url: 144 bits. */
#define PASSWORD_BYTES 18

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

bool directory_first_user_has_password(
    struct service *service, const char *password, bool *has, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct user user;
    enum password_verdict verdict;
    struct store_connection *connection = store_reader(service->store, err);
    arena_init(&arena, 0);
    if (!connection || !find(connection, &arena, &user, err))
        return false;
    user.locked_until = 0; /* whether it is right does not depend on other people's tries */
    if (!password_check(connection, &user, text_of(password), 0, &verdict, err))
        return false;
    *has = verdict == PASSWORD_RIGHT;
    return true;
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
