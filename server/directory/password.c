/*
 * Passwords: slow hashes of them, and what happens after wrong ones.
 *
 * A hash is kept as "$scrypt$ln=15,r=8,p=1$SALT$HASH" (base64), so that another cost can be chosen
 * later without losing anybody.
 */
#include "base/error.h"
#include "base/time.h"
#include "directory/user.h"

#define SALT_BYTES 16
#define HASH_BYTES 32
#define PREFIX "$scrypt$"

/* 32 MB and some 50 ms, https://www.rfc-editor.org/rfc/rfc7914 section 2. */
static const struct scrypt_cost cost_now = {.ln = 15, .r = 8, .p = 1};

struct parsed_hash {
    struct scrypt_cost cost;
    struct text salt, hash;
};

static struct text bytes(const void *at, size_t length)
{
    return (struct text){at, length};
}

bool password_check_form(struct text password, struct azb_error *err)
{
    if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "a password must have %d to %d bytes, not %zu",
            PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX, password.length);
    if (memchr(password.at, 0, password.length) || !text_valid_utf8(password))
        return fail(err, AZB_ERROR_ARGUMENT, "a password must be UTF-8 without NUL");
    return true;
}

bool password_hash(
    struct text password, struct arena *arena, struct text *out, struct azb_error *err)
{
    unsigned char salt[SALT_BYTES], hash[HASH_BYTES];
    if (!password_check_form(password, err))
        return false;
    if (!random_bytes(salt, sizeof salt))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers for a password");
    if (!scrypt_hash(password, bytes(salt, sizeof salt), &cost_now, hash, sizeof hash))
        return fail_memory(err);
    const char *salt_text = base64_encode(arena, bytes(salt, sizeof salt));
    const char *hash_text = base64_encode(arena, bytes(hash, sizeof hash));
    const char *text = arena_format(arena, PREFIX "ln=%u,r=%u,p=%u$%s$%s", cost_now.ln, cost_now.r,
        cost_now.p, salt_text ? salt_text : "", hash_text ? hash_text : "");
    if (arena->failed)
        return fail_memory(err);
    *out = text_of(text);
    return true;
}

/* ---- Reading a hash -------------------------------------------------------------------------- */

static bool read_cost(struct text text, const char *name, unsigned *out)
{
    uint64_t value;
    if (!text_starts(text, name) ||
        !text_to_u64(text_slice(text, strlen(name), text.length), 1024, &value))
        return false;
    *out = (unsigned)value;
    return true;
}

static bool parse_cost(struct text text, struct scrypt_cost *out)
{
    struct text ln, r, p;
    return text_cut(&text, ',', &ln) && text_cut(&text, ',', &r) && text_cut(&text, ',', &p) &&
           read_cost(ln, "ln=", &out->ln) && read_cost(r, "r=", &out->r) &&
           read_cost(p, "p=", &out->p);
}

static bool parse_hash(struct text text, struct arena *arena, struct parsed_hash *out)
{
    struct text cost, salt, hash;
    if (!text_starts(text, PREFIX))
        return false;
    text = text_slice(text, sizeof PREFIX - 1, text.length);
    return text_cut(&text, '$', &cost) && text_cut(&text, '$', &salt) &&
           text_cut(&text, '$', &hash) && parse_cost(cost, &out->cost) &&
           base64_decode(arena, salt, &out->salt) && base64_decode(arena, hash, &out->hash) &&
           out->hash.length == HASH_BYTES;
}

static bool matches(struct text password, const struct parsed_hash *stored, bool *same)
{
    unsigned char hash[HASH_BYTES];
    if (!scrypt_hash(password, stored->salt, &stored->cost, hash, sizeof hash))
        return false;
    *same = secret_equal(bytes(hash, sizeof hash), stored->hash);
    secret_wipe(hash, sizeof hash);
    return true;
}

/* ---- Checking -------------------------------------------------------------------------------- */

static bool read_hash(struct store_connection *connection, int64_t row, struct arena *arena,
    struct text *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT password_hash FROM user WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    bool found;
    if (!statement_step(&s, &found, err))
        return false;
    *out = found ? statement_text(&s, 0, arena) : TEXT_NONE;
    return arena->failed ? fail_memory(err) : true;
}

/* As long as a real comparison takes: the time must not tell who is there. */
static bool take_as_long(struct text password, struct azb_error *err)
{
    unsigned char hash[HASH_BYTES];
    return scrypt_hash(password, TEXT("0123456789abcdef"), &cost_now, hash, sizeof hash) ||
           fail_memory(err);
}

static bool compare(struct store_connection *connection, int64_t row, struct text password,
    enum password_verdict *verdict, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct text stored;
    struct parsed_hash parsed;
    bool same;
    arena_init(&arena, 0);
    if (!read_hash(connection, row, &arena, &stored, err))
        return false;
    if (!stored.at) {
        *verdict = PASSWORD_NONE;
        return take_as_long(password, err);
    }
    if (!parse_hash(stored, &arena, &parsed))
        return arena.failed
                   ? fail_memory(err)
                   : fail(err, AZB_ERROR_IO, "the user's password in the state is damaged");
    if (!matches(password, &parsed, &same))
        return fail_memory(err);
    *verdict = same ? PASSWORD_RIGHT : PASSWORD_WRONG;
    return true;
}

bool password_check(struct store_connection *connection, const struct user *user,
    struct text password, int64_t now, enum password_verdict *verdict, struct azb_error *err)
{
    if (user && user->locked_until > now) {
        *verdict = PASSWORD_LOCKED;
        return true;
    }
    if (user && password.length <= PASSWORD_LENGTH_MAX)
        return compare(connection, user->row, password, verdict, err);
    *verdict = PASSWORD_WRONG;
    return take_as_long(text_slice(password, 0, PASSWORD_LENGTH_MAX), err);
}

/* ---- Afterwards ------------------------------------------------------------------------------ */

/* The count stays when the account opens again: one more wrong password closes it at once. */
static bool note_wrong(
    struct store_connection *connection, int64_t row, int64_t now, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE user SET wrong_passwords = wrong_passwords + 1, locked_until ="
        " CASE WHEN wrong_passwords + 1 >= ?2 THEN ?3 ELSE locked_until END WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_i64(&s, 2, LOCKOUT_TRIES);
    statement_bind_i64(&s, 3, now + LOCKOUT_S * TICKS_PER_SECOND);
    return statement_run(&s, err);
}

static bool note_right(struct store_connection *connection, int64_t row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "UPDATE user SET wrong_passwords = 0, locked_until = 0"
                              " WHERE row = ?1 AND (wrong_passwords > 0 OR locked_until > 0)");
    statement_bind_i64(&s, 1, row);
    return statement_run(&s, err);
}

bool password_note(struct store_connection *connection, int64_t user_row,
    enum password_verdict verdict, int64_t now, struct azb_error *err)
{
    switch (verdict) {
    case PASSWORD_WRONG:
        return note_wrong(connection, user_row, now, err);
    case PASSWORD_RIGHT:
        return note_right(connection, user_row, err);
    case PASSWORD_LOCKED:
    case PASSWORD_NONE:
        break;
    }
    return true;
}
