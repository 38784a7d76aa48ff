/* What a user allowed, in the store. One row type; three tables differ in what redeems it. */
#include "entra/authorization.h"

#include "base/error.h"

#define VALUE_BYTES 48
#define KEPT_S (24LL * 3600) /* after their end, so that a replay is told from an unknown code */
#define SWEEP_ROWS "64"      /* of old ones, for each new one */

/* The columns of struct authorization, in the order of bind_ and read_authorization(). */
#define COLUMNS                                                                                    \
    "client_app_id, user_id, scope, resource, redirect_uri, nonce, code_challenge,"                \
    " challenge_is_plain, signed_in, session_id"
#define COLUMN_COUNT 10

/* ---- Values --------------------------------------------------------------------------------- */

/* Entra's begin like this; what begins otherwise is malformed rather than unknown. */
#define CODE_PREFIX "0."
#define REFRESH_PREFIX "1."
#define DEVICE_PREFIX "D"

static char *make_value(struct request *request, const char *prefix, struct azb_error *err)
{
    const char *random = random_token(&request->arena, VALUE_BYTES);
    char *value = random ? arena_format(&request->arena, "%s%s", prefix, random) : NULL;
    if (!value)
        fail(err, AZB_ERROR_IO, "no memory or randomness for a new code");
    return value;
}

/* Of 384 random bits no slow hash is needed. The prefix keeps the kinds apart. */
static struct text hash_value(struct text value, unsigned char hash[SHA256_BYTES])
{
    sha256(value, hash);
    return (struct text){(const char *)hash, SHA256_BYTES};
}

/* ---- The common columns --------------------------------------------------------------------- */

static void bind_authorization(
    struct statement *s, int at, const struct authorization *authorization)
{
    statement_bind_string(s, at, authorization->client_app_id);
    statement_bind_string(s, at + 1, authorization->user_id);
    statement_bind_string(s, at + 2, authorization->scope ? authorization->scope : "");
    statement_bind_string(s, at + 3, authorization->resource);
    statement_bind_string(s, at + 4, authorization->redirect_uri);
    statement_bind_string(s, at + 5, authorization->nonce);
    statement_bind_string(s, at + 6, authorization->code_challenge);
    statement_bind_i64(s, at + 7, authorization->challenge_is_plain);
    statement_bind_i64(s, at + 8, authorization->signed_in);
    statement_bind_string(s, at + 9, authorization->session_id);
}

static void read_authorization(
    struct statement *s, struct arena *arena, struct authorization *authorization)
{
    *authorization = (struct authorization){
        .client_app_id = statement_string(s, 0, arena),
        .user_id = statement_string(s, 1, arena),
        .scope = statement_string(s, 2, arena),
        .resource = statement_string(s, 3, arena),
        .redirect_uri = statement_string(s, 4, arena),
        .nonce = statement_string(s, 5, arena),
        .code_challenge = statement_string(s, 6, arena),
        .challenge_is_plain = statement_i64(s, 7) != 0,
        .signed_in = statement_i64(s, 8),
        .session_id = statement_string(s, 9, arena),
    };
}

/* Steps to the one row that `s` looks for. */
static bool find_one(struct statement *s, const char *what, struct azb_error *err)
{
    bool row;
    if (!statement_step(s, &row, err))
        return false;
    return row || fail(err, AZB_ERROR_NOT_FOUND, "there is no such %s", what);
}

/* The statement has ?1 for the time before which rows may go. */
static bool sweep(struct request *request, const char *sql, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store, sql);
    statement_bind_i64(&s, 1, request->now - KEPT_S * TICKS_PER_SECOND);
    return statement_run(&s, err);
}

static bool run_won(struct request *request, struct statement *s, bool *won, struct azb_error *err)
{
    if (!statement_run(s, err))
        return false;
    *won = store_changes(request->store) == 1;
    return true;
}

/* ---- Authorization codes -------------------------------------------------------------------- */

bool authorization_code_make(struct request *request, const struct authorization *authorization,
    char **code, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    char *value = make_value(request, CODE_PREFIX, err);
    if (!value ||
        !sweep(request,
            "DELETE FROM authorization_code WHERE hash IN (SELECT hash FROM authorization_code"
            " WHERE expires < ?1 LIMIT " SWEEP_ROWS ")",
            err))
        return false;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO authorization_code (hash, created, expires, " COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    statement_bind_blob(&s, 1, hash_value(text_of(value), hash));
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, request->now + CODE_LIFETIME_S * TICKS_PER_SECOND);
    bind_authorization(&s, 4, authorization);
    if (!statement_run(&s, err))
        return false;
    *code = value;
    return true;
}

bool authorization_code_read(struct request *request, struct text code,
    struct authorization_code *out, struct azb_error *err)
{
    struct text hash = hash_value(code, out->hash);
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS ", expires, family FROM authorization_code WHERE hash = ?1");
    statement_bind_blob(&s, 1, hash);
    if (!find_one(&s, "authorization code", err))
        return false;
    read_authorization(&s, &request->arena, &out->authorization);
    out->expires = statement_i64(&s, COLUMN_COUNT);
    out->family = statement_string(&s, COLUMN_COUNT + 1, &request->arena);
    return request->arena.failed ? fail_memory(err) : true;
}

bool authorization_code_redeem(struct request *request, const struct authorization_code *code,
    const char *family, bool *won, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE authorization_code SET redeemed_at = ?2, family = ?3"
                                  " WHERE hash = ?1 AND redeemed_at IS NULL");
    statement_bind_blob(&s, 1, (struct text){(const char *)code->hash, sizeof code->hash});
    statement_bind_i64(&s, 2, request->now);
    statement_bind_string(&s, 3, family);
    return run_won(request, &s, won, err);
}

/* ---- Device codes --------------------------------------------------------------------------- */

/* RFC 8628 section 6.1: consonants only, so that no word comes out, and none like another. */
static bool make_user_code(char out[USER_CODE_TEXT])
{
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
    const size_t count = sizeof letters - 1;
    unsigned char byte;
    for (size_t i = 0; i < USER_CODE_TEXT - 1; i++) {
        do
            if (!random_bytes(&byte, 1))
                return false;
        while (byte >= 256 / count * count); /* or the first letters came more often */
        out[i] = letters[byte % count];
    }
    out[USER_CODE_TEXT - 1] = '\0';
    return true;
}

bool device_code_make(struct request *request, const struct authorization *authorization,
    struct device_codes *out, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    out->device_code = make_value(request, DEVICE_PREFIX, err);
    if (!out->device_code)
        return false;
    if (!make_user_code(out->user_code))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    if (!sweep(request,
            "DELETE FROM device_code WHERE row IN (SELECT row FROM device_code"
            " WHERE expires < ?1 LIMIT " SWEEP_ROWS ")",
            err))
        return false;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO device_code (hash, user_code, created, expires, interval_s, " COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
    statement_bind_blob(&s, 1, hash_value(text_of(out->device_code), hash));
    statement_bind_string(&s, 2, out->user_code);
    statement_bind_i64(&s, 3, request->now);
    statement_bind_i64(&s, 4, request->now + DEVICE_CODE_LIFETIME_S * TICKS_PER_SECOND);
    statement_bind_i64(&s, 5, DEVICE_CODE_INTERVAL_S);
    bind_authorization(&s, 6, authorization);
    return statement_run(&s, err);
}

#define DEVICE_COLUMNS COLUMNS ", row, user_code, expires, answered, redeemed_at"

static bool read_device_code(
    struct request *request, struct statement *s, struct device_code *out, struct azb_error *err)
{
    if (!find_one(s, "device code", err))
        return false;
    read_authorization(s, &request->arena, &out->authorization);
    out->row = statement_i64(s, COLUMN_COUNT);
    out->user_code = statement_string(s, COLUMN_COUNT + 1, &request->arena);
    out->expires = statement_i64(s, COLUMN_COUNT + 2);
    out->answered = statement_i64(s, COLUMN_COUNT + 3) != 0;
    out->redeemed = !statement_is_null(s, COLUMN_COUNT + 4);
    return request->arena.failed ? fail_memory(err) : true;
}

bool device_code_read(struct request *request, struct text device_code, struct device_code *out,
    struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    scoped_statement struct statement s =
        statement(request->store, "SELECT " DEVICE_COLUMNS " FROM device_code WHERE hash = ?1");
    statement_bind_blob(&s, 1, hash_value(device_code, hash));
    return read_device_code(request, &s, out, err);
}

bool device_code_redeem(
    struct request *request, const struct device_code *code, bool *won, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE device_code SET redeemed_at = ?2"
                                  " WHERE row = ?1 AND answered = 1 AND redeemed_at IS NULL");
    statement_bind_i64(&s, 1, code->row);
    statement_bind_i64(&s, 2, request->now);
    return run_won(request, &s, won, err);
}

/* People write the code as they like it: in groups, in small letters. */
static struct text plain_user_code(struct arena *arena, struct text typed)
{
    char *plain = arena_alloc(arena, USER_CODE_TEXT);
    size_t length = 0;
    for (size_t i = 0; plain && i < typed.length; i++) {
        if (strchr("- \t\r\n", typed.at[i]))
            continue;
        if (length == USER_CODE_TEXT - 1)
            return TEXT_NONE;
        plain[length++] = typed.at[i];
    }
    return plain ? (struct text){plain, length} : TEXT_NONE;
}

static bool unknown_code(struct azb_error *err)
{
    return fail_status(err, 400, "AADSTS70018",
        "That code didn't work. Check the code on your device and try again.");
}

bool device_code_find(
    struct request *request, struct text user_code, struct device_code *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct text plain = plain_user_code(&request->arena, user_code);
    scoped_statement struct statement s = statement(
        request->store, "SELECT " DEVICE_COLUMNS " FROM device_code WHERE user_code = ?1");
    statement_bind_text(&s, 1, plain);
    if (!read_device_code(request, &s, out, &why)) {
        if (why.kind == AZB_ERROR_NOT_FOUND)
            unknown_code(&why);
        *err = why;
        err->kind = AZB_ERROR_NOT_FOUND;
        return false;
    }
    bool expired = request->now >= out->expires;
    if (!expired && !out->answered)
        return true;
    unknown_code(err);
    if (expired)
        fail_status(err, 400, "AADSTS70019", "That code has expired. Ask your device for another.");
    err->kind = AZB_ERROR_NOT_FOUND;
    return false;
}

bool device_code_answer(struct request *request, int64_t row, const char *user_id,
    const char *session_id, struct azb_error *err)
{
    bool won;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE device_code SET answered = 1, user_id = ?2, session_id = ?3, signed_in = ?4"
        " WHERE row = ?1 AND answered = 0 AND expires > ?4");
    statement_bind_i64(&s, 1, row);
    statement_bind_string(&s, 2, user_id);
    statement_bind_string(&s, 3, session_id);
    statement_bind_i64(&s, 4, request->now);
    if (!run_won(request, &s, &won, err))
        return false;
    return won || unknown_code(err);
}

/* ---- Refresh tokens ------------------------------------------------------------------------- */

char *refresh_token_value(struct request *request, struct azb_error *err)
{
    return make_value(request, REFRESH_PREFIX, err);
}

bool refresh_token_add(struct request *request, const struct new_refresh_token *what,
    const struct authorization *authorization, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    if (!sweep(request,
            "DELETE FROM refresh_token WHERE hash IN (SELECT hash FROM refresh_token"
            " WHERE expires < ?1 LIMIT " SWEEP_ROWS ")",
            err))
        return false;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO refresh_token (hash, family, created, expires, " COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    statement_bind_blob(&s, 1, hash_value(what->value, hash));
    statement_bind_string(&s, 2, what->family);
    statement_bind_i64(&s, 3, request->now);
    statement_bind_i64(
        &s, 4, what->end ? what->end : request->now + REFRESH_TOKEN_LIFETIME_S * TICKS_PER_SECOND);
    bind_authorization(&s, 5, authorization);
    return statement_run(&s, err);
}

bool refresh_token_read(
    struct request *request, struct text value, struct refresh_token *out, struct azb_error *err)
{
    struct text hash = hash_value(value, out->hash);
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS ", family, expires, revoked FROM refresh_token WHERE hash = ?1");
    statement_bind_blob(&s, 1, hash);
    if (!find_one(&s, "refresh token", err))
        return false;
    read_authorization(&s, &request->arena, &out->authorization);
    out->family = statement_string(&s, COLUMN_COUNT, &request->arena);
    out->expires = statement_i64(&s, COLUMN_COUNT + 1);
    out->state = (enum refresh_state)statement_i64(&s, COLUMN_COUNT + 2);
    return request->arena.failed ? fail_memory(err) : true;
}

bool refresh_token_rotate(
    struct request *request, const struct refresh_token *token, bool *won, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        request->store, "UPDATE refresh_token SET revoked = ?2 WHERE hash = ?1 AND revoked = 0");
    statement_bind_blob(&s, 1, (struct text){(const char *)token->hash, sizeof token->hash});
    statement_bind_i64(&s, 2, REFRESH_ROTATED);
    return run_won(request, &s, won, err);
}

bool refresh_family_revoke(struct request *request, const char *family, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE refresh_token SET revoked = ?2 WHERE family = ?1");
    statement_bind_string(&s, 1, family);
    statement_bind_i64(&s, 2, REFRESH_REVOKED);
    return statement_run(&s, err);
}
