#include "entra/state.h"

#include "base/error.h"
#include "directory/directory.h"
#include "entra/signing_certificate.h"
#include "service.h"

#define KEY_BITS 2048
#define PEM_MAX (16 * 1024)

/* ---- Making ------------------------------------------------------------------------------- */

static bool kid_of(struct text der, struct arena *arena, char kid[KID_TEXT], struct azb_error *err)
{
    struct certificate *certificate = certificate_from_der(der, err);
    if (!certificate)
        return false;
    unsigned char thumbprint[SHA1_BYTES];
    certificate_thumbprint_sha1(certificate, thumbprint);
    certificate_free(certificate);
    const char *text =
        base64url_encode(arena, (struct text){(const char *)thumbprint, sizeof thumbprint});
    if (!text)
        return fail_memory(err);
    snprintf(kid, KID_TEXT, "%s", text);
    return true;
}

static bool insert_key(struct store_connection *connection, const char *kid, struct text pem,
    struct text der, int64_t now, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO signing_key (kid, private_key, certificate, created) VALUES (?1, ?2, ?3, ?4)");
    statement_bind_string(&s, 1, kid);
    statement_bind_text(&s, 2, pem);
    statement_bind_blob(&s, 3, der);
    statement_bind_i64(&s, 4, now);
    return statement_run(&s, err) || fail_while(err, "signing key");
}

static bool store_key(struct store_connection *connection, const struct rsa_key *key, int64_t now,
    struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer pem = {0};
    arena_init(&arena, 0);
    buffer_init(&pem, PEM_MAX);
    struct text der;
    char kid[KID_TEXT];
    return rsa_private_pem(key, &pem, err) &&
           signing_certificate(buffer_text(&pem), now, &arena, &der, err) &&
           kid_of(der, &arena, kid, err) &&
           insert_key(connection, kid, buffer_text(&pem), der, now, err);
}

bool entra_make_key(struct store_connection *connection, int64_t now, struct azb_error *err)
{
    struct rsa_key *key = rsa_generate(KEY_BITS, err);
    if (!key)
        return false;
    bool stored = store_key(connection, key, now, err);
    rsa_free(key);
    return stored;
}

/* ---- Reading ------------------------------------------------------------------------------ */

static bool known(const struct entra *entra, struct text kid)
{
    for (size_t i = 0; i < entra->count; i++)
        if (text_is(kid, entra->keys[i].kid))
            return true;
    return false;
}

static bool fill_key(
    struct entra *entra, struct statement *s, struct signing_key *out, struct azb_error *err)
{
    struct text certificate = statement_borrow(s, 2);
    snprintf(out->kid, sizeof out->kid, "%.*s", TEXT_ARGS(statement_borrow(s, 0)));
    out->key = rsa_from_pem(statement_borrow(s, 1), err);
    if (!out->key)
        return fail_while(err, "signing key %s", out->kid);
    out->x5c = base64_encode(&entra->arena, certificate);
    if (out->x5c && rsa_to_jwk(out->key, &entra->arena, &out->n, &out->e))
        return true;
    rsa_free(out->key);
    return fail_memory(err);
}

bool entra_load_keys(
    struct entra *entra, struct store_connection *connection, struct azb_error *err)
{
    scoped_rwlock pthread_rwlock_t *lock = &entra->lock;
    pthread_rwlock_wrlock(lock);
    scoped_statement struct statement s =
        statement(connection, "SELECT kid, private_key, certificate FROM signing_key ORDER BY row");
    bool row;
    for (;;) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        if (known(entra, statement_borrow(&s, 0)))
            continue;
        if (entra->count == SIGNING_KEYS_MAX)
            return fail(
                err, AZB_ERROR_MEMORY, "the state has more than %d signing keys", SIGNING_KEYS_MAX);
        if (!fill_key(entra, &s, &entra->keys[entra->count], err))
            return false;
        entra->count++;
    }
    return entra->count > 0 || fail(err, AZB_ERROR_IO, "the state has no signing key");
}

static bool in_service(const struct signing_key *key)
{
    return !atomic_load(&key->retired);
}

const struct signing_key *entra_key(struct entra *entra, struct text kid)
{
    scoped_rwlock pthread_rwlock_t *lock = &entra->lock;
    pthread_rwlock_rdlock(lock);
    for (size_t i = entra->count; i-- > 0;)
        if (text_is(kid, entra->keys[i].kid))
            return in_service(&entra->keys[i]) ? &entra->keys[i] : NULL;
    return NULL;
}

size_t entra_keys(struct entra *entra, const struct signing_key **out, size_t room)
{
    size_t found = 0;
    scoped_rwlock pthread_rwlock_t *lock = &entra->lock;
    pthread_rwlock_rdlock(lock);
    for (size_t i = entra->count; i-- > 0 && found < room;)
        if (in_service(&entra->keys[i]))
            out[found++] = &entra->keys[i];
    return found;
}

size_t entra_key_room(struct entra *entra)
{
    scoped_rwlock pthread_rwlock_t *lock = &entra->lock;
    pthread_rwlock_rdlock(lock);
    return SIGNING_KEYS_MAX - entra->count;
}

const struct signing_key *entra_signing_key(struct entra *entra)
{
    const struct signing_key *newest;
    return entra_keys(entra, &newest, 1) ? newest : NULL;
}

/* ---- Retiring ----------------------------------------------------------------------------- */

static bool is_only_key(
    struct store_connection *connection, struct text kid, bool *only, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT EXISTS (SELECT 1 FROM signing_key WHERE kid = ?1)"
                              " AND NOT EXISTS (SELECT 1 FROM signing_key WHERE kid <> ?1)");
    statement_bind_text(&s, 1, kid);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *only = statement_i64(&s, 0) != 0;
    return true;
}

static bool delete_key(struct store_connection *connection, struct text kid, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM signing_key WHERE kid = ?1");
    statement_bind_text(&s, 1, kid);
    return statement_run(&s, err);
}

/* Nothing here can fail, so a committed retirement cannot be missed. */
static void retire(void *context)
{
    struct signing_key *key = context;
    atomic_store(&key->retired, true);
}

static struct signing_key *find_key(struct entra *entra, struct text kid)
{
    scoped_rwlock pthread_rwlock_t *lock = &entra->lock;
    pthread_rwlock_rdlock(lock);
    for (size_t i = 0; i < entra->count; i++)
        if (text_is(kid, entra->keys[i].kid))
            return &entra->keys[i];
    return NULL;
}

bool entra_retire_key(struct entra *entra, struct store_connection *connection, struct text kid,
    struct azb_error *err)
{
    bool only;
    if (!is_only_key(connection, kid, &only, err))
        return false;
    if (only)
        return fail(err, AZB_ERROR_CONFLICT,
            "signing key '%.*s' is the only one: make another before it is retired",
            TEXT_ARGS(text_slice(kid, 0, 80)));
    if (!delete_key(connection, kid, err))
        return false;
    if (store_changes(connection) == 0)
        return fail(err, AZB_ERROR_NOT_FOUND, "there is no signing key '%.*s'",
            TEXT_ARGS(text_slice(kid, 0, 80)));
    struct signing_key *key = find_key(entra, kid);
    if (key)
        store_after_commit(connection, retire, key);
    return true;
}

/* ---- Life --------------------------------------------------------------------------------- */

struct entra *entra_new(struct service *service, struct azb_error *err)
{
    struct store_connection *connection = store_reader(service->store, err);
    if (!connection)
        return NULL;
    struct entra *entra = memory_alloc(sizeof *entra);
    if (!entra) {
        fail_memory(err);
        return NULL;
    }
    entra->service = service;
    arena_init(&entra->arena, 0);
    pthread_rwlock_init(&entra->lock, NULL);
    entra->replay = replay_new(err);
    if (!entra->replay || !entra_load_keys(entra, connection, err) ||
        !identity_header_open(service, entra->identity_header, err)) {
        entra_free(entra);
        return NULL;
    }
    return entra;
}

void entra_free(struct entra *entra)
{
    if (!entra)
        return;
    for (size_t i = 0; i < entra->count; i++)
        rsa_free(entra->keys[i].key);
    replay_free(entra->replay);
    pthread_rwlock_destroy(&entra->lock);
    arena_free(&entra->arena);
    memory_free(entra);
}

void entra_set_token_lifetime(struct entra *entra, int64_t seconds)
{
    atomic_store(&entra->token_lifetime_s, seconds);
}

void entra_set_single_use_assertions(struct entra *entra, bool on)
{
    atomic_store(&entra->single_use_assertions, on);
}

int64_t entra_token_lifetime(struct entra *entra)
{
    return atomic_load(&entra->token_lifetime_s);
}

bool entra_single_use_assertions(struct entra *entra)
{
    return atomic_load(&entra->single_use_assertions);
}

void entra_set_refresh_mode(struct entra *entra, enum entra_refresh_mode mode)
{
    atomic_store(&entra->refresh_mode, mode);
}

enum entra_refresh_mode entra_refresh_mode(struct entra *entra)
{
    return atomic_load(&entra->refresh_mode);
}

void entra_set_cae_tokens(struct entra *entra, bool on)
{
    atomic_store(&entra->cae_tokens, on);
}

bool entra_cae_tokens(struct entra *entra)
{
    return atomic_load(&entra->cae_tokens);
}

void entra_set_slow_down(struct entra *entra, bool on)
{
    atomic_store(&entra->slow_down, on);
}

bool entra_slow_down(struct entra *entra)
{
    return atomic_load(&entra->slow_down);
}
