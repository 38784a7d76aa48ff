#include "directory/federated_credential.h"

#include "base/error.h"
#include "base/json.h"
#include "directory/state.h"
#include "store/rows.h"

#define NAME_MIN 3
#define NAME_MAX_BYTES 120
#define VALUE_MAX 600
#define RSA_BYTES_MIN 256
#define JWKS_MAX (64 * 1024)

/* ---- What a credential must look like -------------------------------------------------------- */

static bool name_check(const char *name, struct azb_error *err)
{
    size_t length = name ? strlen(name) : 0;
    bool good = length >= NAME_MIN && length <= NAME_MAX_BYTES;
    for (size_t i = 0; good && i < length; i++) {
        bool word = (name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'z') ||
                    (name[i] >= 'A' && name[i] <= 'Z');
        good = word || (i > 0 && strchr("-_", name[i]));
    }
    return good || fail(err, AZB_ERROR_ARGUMENT,
                       "a federated credential's name must have %d to %d letters, digits, '-' and "
                       "'_' and begin with a letter or digit",
                       NAME_MIN, NAME_MAX_BYTES);
}

static bool value_check(const char *value, const char *what, struct azb_error *err)
{
    size_t length = value ? strlen(value) : 0;
    if (length == 0 || length > VALUE_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "%s must have 1 to %d bytes", what, VALUE_MAX);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < 0x20)
            return fail(err, AZB_ERROR_ARGUMENT, "%s holds a control character", what);
    return text_valid_utf8(text_of(value)) ||
           fail(err, AZB_ERROR_ARGUMENT, "%s is not UTF-8", what);
}

static bool issuer_check(const char *issuer, struct azb_error *err)
{
    if (!value_check(issuer, "the issuer", err))
        return false;
    return (text_starts(text_of(issuer), "https://") && issuer[8]) ||
           fail(err, AZB_ERROR_ARGUMENT, "the issuer '%.200s' is not an https URL", issuer);
}

static bool check(const struct federated_credential *what, struct azb_error *err)
{
    if (what->description && strlen(what->description) > VALUE_MAX)
        return fail(
            err, AZB_ERROR_ARGUMENT, "the description must have at most %d bytes", VALUE_MAX);
    return name_check(what->name, err) && issuer_check(what->issuer, err) &&
           value_check(what->subject, "the subject", err) &&
           value_check(what->audience, "the audience", err);
}

/* ---- Credentials ----------------------------------------------------------------------------- */

static bool count_credentials(struct store_connection *connection, int64_t application_row,
    size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT count(*) FROM federated_credential WHERE application = ?1");
    statement_bind_i64(&s, 1, application_row);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *count = (size_t)statement_i64(&s, 0);
    return true;
}

static bool room_for_one(
    struct store_connection *connection, int64_t application_row, struct azb_error *err)
{
    size_t count;
    if (!count_credentials(connection, application_row, &count, err))
        return false;
    return count < FEDERATED_CREDENTIALS_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "an application has at most %d federated credentials",
               FEDERATED_CREDENTIALS_MAX);
}

static bool insert_credential(struct store_connection *connection, int64_t application_row,
    const struct federated_credential *what, const char *id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO federated_credential"
                              " (application, id, name, issuer, subject, audience, description)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, id);
    statement_bind_string(&s, 3, what->name);
    statement_bind_string(&s, 4, what->issuer);
    statement_bind_string(&s, 5, what->subject);
    statement_bind_string(&s, 6, what->audience);
    statement_bind_string(&s, 7, what->description);
    return statement_run(&s, err) || fail_while(err, "federated credential '%s'", what->name);
}

bool federated_credential_add(struct store_connection *connection, int64_t application_row,
    const struct federated_credential *what, struct arena *arena, struct federated_credential *out,
    struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!check(what, err) || !room_for_one(connection, application_row, err) ||
        !directory_id(what->id, "the federated credential's id", id, err) ||
        !insert_credential(connection, application_row, what, id, err))
        return false;
    struct federated_credential added = {
        .id = arena_string(arena, id),
        .name = arena_string(arena, what->name),
        .issuer = arena_string(arena, what->issuer),
        .subject = arena_string(arena, what->subject),
        .audience = arena_string(arena, what->audience),
        .description = arena_string(arena, what->description),
    };
    if (arena->failed)
        return fail_memory(err);
    *out = added;
    return true;
}

static bool read_credential(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct federated_credential *credential = item;
    (void)err;
    *credential = (struct federated_credential){
        .id = statement_string(s, 0, arena),
        .name = statement_string(s, 1, arena),
        .issuer = statement_string(s, 2, arena),
        .subject = statement_string(s, 3, arena),
        .audience = statement_string(s, 4, arena),
        .description = statement_string(s, 5, arena),
    };
    return true;
}

bool federated_credential_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct federated_credential **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT id, name, issuer, subject, audience, description FROM federated_credential"
        " WHERE application = ?1 ORDER BY row");
    statement_bind_i64(&s, 1, application_row);
    struct federated_credential *list =
        rows_read(&s, sizeof *list, read_credential, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

bool federated_credential_remove(struct store_connection *connection, int64_t application_row,
    struct text id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "DELETE FROM federated_credential WHERE application = ?1 AND (id = ?2 OR name = ?2)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_text(&s, 2, id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND,
               "the application has no federated credential with the id or name '%.*s'",
               TEXT_ARGS(text_slice(id, 0, 120)));
}

/* ---- Issuers --------------------------------------------------------------------------------- */

bool issuer_keys(struct store_connection *connection, struct text issuer, struct arena *arena,
    struct text *jwks, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT jwks FROM issuer WHERE issuer = ?1");
    statement_bind_text(&s, 1, issuer);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail(err, AZB_ERROR_NOT_FOUND, "nobody gave the keys of the issuer '%.*s'",
            TEXT_ARGS(text_slice(issuer, 0, 200)));
    struct text found = statement_text(&s, 0, arena);
    if (!found.at)
        return fail_memory(err);
    *jwks = found;
    return true;
}

/* True for a key that is good, or not for us: another kind, or for encryption (RFC 7517 section 5
 * says to ignore what is not understood). `*usable` counts the good ones. */
static bool check_key(
    const struct json *key, size_t at, struct arena *arena, size_t *usable, struct azb_error *err)
{
    struct text kind = json_get_text(key, "kty"), use = json_get_text(key, "use"), modulus;
    if (key->type != JSON_OBJECT || !kind.at)
        return fail(
            err, AZB_ERROR_ARGUMENT, "keys[%zu] of the JWKS is not a key: it has no kty", at);
    if (!text_is(kind, "RSA") || (use.at && !text_is(use, "sig")))
        return true;
    if (!base64url_decode(arena, json_get_text(key, "n"), &modulus))
        return fail(err, AZB_ERROR_ARGUMENT, "keys[%zu].n of the JWKS is not base64url", at);
    if (modulus.length < RSA_BYTES_MIN)
        return fail(err, AZB_ERROR_ARGUMENT,
            "keys[%zu] of the JWKS has %zu bits; an RSA key must have 2048 or more", at,
            8 * modulus.length);
    struct rsa_key *rsa = rsa_from_jwk(json_get_text(key, "n"), json_get_text(key, "e"), err);
    if (!rsa)
        return fail_while(err, "keys[%zu] of the JWKS", at);
    rsa_free(rsa);
    ++*usable;
    return true;
}

bool issuer_keys_check(struct text jwks, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    size_t at = 0, usable = 0;
    arena_init(&arena, 0);
    if (jwks.length > JWKS_MAX)
        return fail(
            err, AZB_ERROR_ARGUMENT, "the JWKS has %zu bytes, more than %d", jwks.length, JWKS_MAX);
    const struct json *json = json_parse(jwks, &arena, err);
    if (!json)
        return fail_while(err, "the JWKS");
    const struct json *keys = json_get(json, "keys");
    if (!keys || keys->type != JSON_ARRAY)
        return fail(err, AZB_ERROR_ARGUMENT, "the JWKS must be an object with an array 'keys'");
    for (const struct json *key = keys->first; key; key = key->next)
        if (!check_key(key, at++, &arena, &usable, err))
            return false;
    return usable > 0 ||
           fail(err, AZB_ERROR_ARGUMENT, "the JWKS has no RSA key that signatures are made with");
}

bool issuer_set_keys(struct store_connection *connection, const char *issuer, struct text jwks,
    struct azb_error *err)
{
    if (!issuer_check(issuer, err) || !issuer_keys_check(jwks, err))
        return false;
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO issuer (issuer, jwks) VALUES (?1, ?2)"
                              " ON CONFLICT (issuer) DO UPDATE SET jwks = excluded.jwks");
    statement_bind_string(&s, 1, issuer);
    statement_bind_text(&s, 2, jwks);
    return statement_run(&s, err);
}
