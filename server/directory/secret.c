#include "directory/directory.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"
#include "service.h"

/* What Entra's own secrets are made of: URL-safe, and telling them from GUIDs is easy. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~_.-";
#define ALPHABET_SIZE ((unsigned)(sizeof alphabet - 1))
#define ALPHABET_ALNUM 62U
#define HINT_LENGTH 3

void secret_hash(const unsigned char key[SECRET_HASH_KEY_BYTES], struct text value,
    unsigned char out[SHA256_BYTES])
{
    struct text key_text = {(const char *)key, SECRET_HASH_KEY_BYTES};
    hmac_sha256(key_text, value, out);
}

void directory_sign(
    struct service *service, const char *purpose, struct text text, unsigned char out[SHA256_BYTES])
{
    unsigned char key[SHA256_BYTES];
    secret_hash(service->directory->secret_hash_key, text_of(purpose), key);
    hmac_sha256((struct text){(const char *)key, sizeof key}, text, out);
    secret_wipe(key, sizeof key);
}

/* One character of the first `size` of the alphabet, each equally likely. */
static bool random_character(unsigned size, char *out)
{
    unsigned limit = 256 / size * size;
    unsigned char byte;
    do {
        if (!random_bytes(&byte, 1))
            return false;
    } while (byte >= limit);
    *out = alphabet[byte % size];
    return true;
}

/* Begins with a letter or digit, so that no shell or option parser takes it for something else. */
static bool make_value(struct arena *arena, char **out, struct azb_error *err)
{
    char *value = arena_alloc(arena, SECRET_LENGTH + 1);
    if (!value)
        return fail_memory(err);
    for (size_t i = 0; i < SECRET_LENGTH; i++)
        if (!random_character(i == 0 ? ALPHABET_ALNUM : ALPHABET_SIZE, &value[i]))
            return fail(err, AZB_ERROR_IO, "the system gives no random numbers for a secret");
    *out = value;
    return true;
}

static bool check_new_secret(const struct new_secret *what, struct azb_error *err)
{
    size_t length = what->value ? strlen(what->value) : SECRET_LENGTH;
    if (length < HINT_LENGTH || length > SECRET_LENGTH_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "a client secret must have %d to %d characters",
            HINT_LENGTH, SECRET_LENGTH_MAX);
    if (what->display_name &&
        !directory_name_check(what->display_name, "the secret's display name", err))
        return false;
    if (what->end <= what->start)
        return fail(err, AZB_ERROR_ARGUMENT, "a client secret must end after it starts");
    return true;
}

static bool insert_secret(struct store_connection *connection, int64_t application_row,
    const struct client_secret *secret, struct text hash, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO client_secret"
        " (application, key_id, display_name, hash, hint, not_before, not_after, of_principal)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, secret->key_id);
    statement_bind_string(&s, 3, secret->display_name);
    statement_bind_blob(&s, 4, hash);
    statement_bind_string(&s, 5, secret->hint);
    statement_bind_i64(&s, 6, secret->start);
    statement_bind_i64(&s, 7, secret->end);
    statement_bind_i64(&s, 8, secret->of_principal);
    return statement_run(&s, err);
}

/* The keyed hash needs the key even while the first start is under way, when service->directory
 * is not there yet. */
static bool hash_key(struct service *service, struct store_connection *connection,
    struct arena *arena, unsigned char out[SECRET_HASH_KEY_BYTES], struct azb_error *err)
{
    if (service->directory) {
        memcpy(out, service->directory->secret_hash_key, SECRET_HASH_KEY_BYTES);
        return true;
    }
    struct text key;
    if (!directory_value_get(connection, "secret_hash_key", arena, &key, err))
        return false;
    if (key.length != SECRET_HASH_KEY_BYTES)
        return fail(err, AZB_ERROR_IO, "the state's key for secrets is damaged");
    memcpy(out, key.at, SECRET_HASH_KEY_BYTES);
    return true;
}

bool secret_add(struct service *service, struct store_connection *connection,
    int64_t application_row, const struct new_secret *what, struct arena *arena,
    struct client_secret *out, char **value, struct azb_error *err)
{
    unsigned char key[SECRET_HASH_KEY_BYTES], hash[SHA256_BYTES];
    char key_id[GUID_TEXT];
    char *clear = arena_string(arena, what->value);
    if (!check_new_secret(what, err) || !directory_id(what->key_id, "the key id", key_id, err) ||
        (!what->value && !make_value(arena, &clear, err)) ||
        !hash_key(service, connection, arena, key, err))
        return false;
    secret_hash(key, text_of(clear), hash);
    secret_wipe(key, sizeof key);
    struct client_secret secret = {
        .key_id = arena_string(arena, key_id),
        .display_name = arena_string(arena, what->display_name),
        .hint = arena_copy(arena, clear, HINT_LENGTH),
        .start = what->start,
        .end = what->end,
        .of_principal = what->of_principal,
    };
    if (arena->failed)
        return fail_memory(err);
    struct text hash_text = {(const char *)hash, sizeof hash};
    if (!insert_secret(connection, application_row, &secret, hash_text, err))
        return false;
    *out = secret;
    *value = clear;
    return true;
}

static bool read_secret(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct client_secret *secret = item;
    (void)err;
    *secret = (struct client_secret){
        .key_id = statement_string(s, 0, arena),
        .display_name = statement_string(s, 1, arena),
        .hint = statement_string(s, 2, arena),
        .start = statement_i64(s, 3),
        .end = statement_i64(s, 4),
        .of_principal = statement_i64(s, 5) != 0,
    };
    return true;
}

bool secret_list(struct store_connection *connection, int64_t application_row, struct arena *arena,
    struct client_secret **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT key_id, display_name, hint, not_before, not_after, of_principal FROM client_secret"
        " WHERE application = ?1 ORDER BY row");
    statement_bind_i64(&s, 1, application_row);
    struct client_secret *list = rows_read(&s, sizeof *list, read_secret, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool secret_remove(struct store_connection *connection, int64_t application_row, struct text key_id,
    struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM client_secret WHERE application = ?1 AND key_id = ?2");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_text(&s, 2, key_id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "the application has no secret with the key id '%.*s'",
               TEXT_ARGS(text_slice(key_id, 0, 80)));
}
