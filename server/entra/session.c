#include "entra/session.h"

#include "base/error.h"
#include "entra/entra.h"

#define COOKIE_BYTES 32
#define COOKIE_LENGTH 43 /* of 32 bytes as base64url */

/* ---- The cookie ----------------------------------------------------------------------------- */

/* "__Host-": only over TLS, from this host alone, for every path (RFC 6265bis section 4.1.3.2). */
static const char *cookie_name(struct request *request)
{
    return arena_format(&request->arena, "__Host-azbd-%d", request->service->port);
}

/* RFC 6265 section 5.4: "a=1; b=2". */
static struct text find_cookie(struct request *request, struct text name)
{
    struct text rest = text_of(request_header(request, "Cookie")), pair, key;
    while (text_cut(&rest, ';', &pair)) {
        struct text value = text_trim(pair);
        text_cut(&value, '=', &key);
        if (value.at && text_equal(key, name))
            return value;
    }
    return TEXT_NONE;
}

static bool looks_like_ours(struct request *request, struct text value)
{
    struct text bytes;
    return value.length == COOKIE_LENGTH && base64url_decode(&request->arena, value, &bytes);
}

static bool make_cookie(struct request *request, struct session *session, struct azb_error *err)
{
    session->cookie = random_token(&request->arena, COOKIE_BYTES);
    session->is_new = true;
    return session->cookie || fail_memory(err);
}

static bool read_cookie(struct request *request, struct session *session, struct azb_error *err)
{
    const char *name = cookie_name(request);
    if (!name)
        return fail_memory(err);
    struct text value = find_cookie(request, text_of(name));
    if (!looks_like_ours(request, value))
        return make_cookie(request, session, err);
    session->cookie = text_string(&request->arena, value);
    return session->cookie || fail_memory(err);
}

void session_reply(struct request *request, const struct session *session, struct reply *reply)
{
    if (session->is_new)
        reply_header(reply, "Set-Cookie",
            arena_format(&request->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax",
                cookie_name(request), session->cookie));
}

/* ---- The accounts --------------------------------------------------------------------------- */

static struct text hash_of(const char *cookie, unsigned char hash[SHA256_BYTES])
{
    sha256(text_of(cookie), hash);
    return (struct text){(const char *)hash, SHA256_BYTES};
}

/* The user may be gone, or not be allowed to sign in any more: then so is the account. */
static bool add_account(struct request *request, struct session *session,
    struct session_account account, struct text user_id, struct azb_error *err)
{
    struct azb_error missing = AZB_ERROR_INIT;
    if (!user_by_object_id(request->store, user_id, &request->arena, &account.user, &missing))
        return missing.kind == AZB_ERROR_NOT_FOUND || error_move(err, &missing);
    if (account.user.enabled)
        session->accounts[session->count++] = account;
    return true;
}

static bool read_accounts(struct request *request, struct session *session, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    scoped_statement struct statement s = statement(request->store,
        "SELECT id, user_id, signed_in FROM session WHERE hash = ?1 AND expires > ?2"
        " ORDER BY signed_in DESC, row DESC");
    statement_bind_blob(&s, 1, hash_of(session->cookie, hash));
    statement_bind_i64(&s, 2, request->now);
    bool row;
    while (session->count < SESSION_ACCOUNTS_MAX) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            return true;
        const struct session_account account = {
            .id = statement_string(&s, 0, &request->arena),
            .signed_in = statement_i64(&s, 2),
        };
        struct text user_id = statement_text(&s, 1, &request->arena);
        if (!account.id || !user_id.at)
            return fail_memory(err);
        if (!add_account(request, session, account, user_id, err))
            return false;
    }
    return true;
}

bool session_read(struct request *request, struct session *out, struct azb_error *err)
{
    *out = (struct session){0};
    if (!read_cookie(request, out, err))
        return false;
    return out->is_new || read_accounts(request, out, err);
}

const struct session_account *session_find(const struct session *session, struct text id)
{
    for (size_t i = 0; i < session->count; i++)
        if (text_is(id, session->accounts[i].id))
            return &session->accounts[i];
    return NULL;
}

const struct session_account *session_find_user(
    const struct session *session, struct text user_principal_name)
{
    for (size_t i = 0; i < session->count; i++)
        if (text_equal_nocase(
                user_principal_name, text_of(session->accounts[i].user.user_principal_name)))
            return &session->accounts[i];
    return NULL;
}

/* ---- Changes -------------------------------------------------------------------------------- */

/* The browser's other accounts go with it to the new cookie. */
static bool move_accounts(
    struct request *request, const char *from, const char *to, struct azb_error *err)
{
    unsigned char old_hash[SHA256_BYTES], new_hash[SHA256_BYTES];
    scoped_statement struct statement s =
        statement(request->store, "UPDATE session SET hash = ?2 WHERE hash = ?1");
    statement_bind_blob(&s, 1, hash_of(from, old_hash));
    statement_bind_blob(&s, 2, hash_of(to, new_hash));
    return statement_run(&s, err);
}

static bool insert_account(struct request *request, const struct session *session,
    const struct session_account *account, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES];
    scoped_statement struct statement s =
        statement(request->store, "INSERT INTO session (id, hash, user_id, signed_in, expires)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5)");
    statement_bind_string(&s, 1, account->id);
    statement_bind_blob(&s, 2, hash_of(session->cookie, hash));
    statement_bind_string(&s, 3, account->user.object_id);
    statement_bind_i64(&s, 4, account->signed_in);
    statement_bind_i64(&s, 5, account->signed_in + SESSION_LIFETIME_S * TICKS_PER_SECOND);
    return statement_run(&s, err);
}

static bool delete_account(struct request *request, const char *id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM session WHERE id = ?1");
    statement_bind_string(&s, 1, id);
    return statement_run(&s, err);
}

static bool delete_expired(struct request *request, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM session WHERE expires <= ?1");
    statement_bind_i64(&s, 1, request->now);
    return statement_run(&s, err);
}

/* Takes the account out of the list, which keeps its order. */
static void forget(struct session *session, const struct session_account *account)
{
    size_t at = (size_t)(account - session->accounts);
    memmove(&session->accounts[at], &session->accounts[at + 1],
        (--session->count - at) * sizeof *account);
}

/* Makes room for the user: their own account, or the oldest one when all places are taken. `id`
 * gets that of their own. */
static bool leave_place(struct request *request, struct session *session, const struct user *user,
    const char **id, struct azb_error *err)
{
    const struct session_account *old =
        session_find_user(session, text_of(user->user_principal_name));
    if (old)
        *id = old->id;
    else if (session->count == SESSION_ACCOUNTS_MAX)
        old = &session->accounts[session->count - 1];
    if (!old)
        return true;
    if (!delete_account(request, old->id, err))
        return false;
    forget(session, old);
    return true;
}

static const char *new_id(struct request *request)
{
    char id[GUID_TEXT];
    return random_guid(id) ? arena_string(&request->arena, id) : NULL;
}

bool session_sign_in(struct request *request, struct session *session, const struct user *user,
    struct azb_error *err)
{
    struct session_account account = {.user = *user, .signed_in = request->now};
    const char *old_cookie = session->cookie;
    if (!delete_expired(request, err) || !leave_place(request, session, user, &account.id, err))
        return false;
    if (!account.id)
        account.id = new_id(request);
    if (!account.id)
        return fail_memory(err);
    if (!make_cookie(request, session, err) ||
        !move_accounts(request, old_cookie, session->cookie, err) ||
        !insert_account(request, session, &account, err))
        return false;
    memmove(&session->accounts[1], &session->accounts[0], session->count * sizeof account);
    session->accounts[0] = account;
    session->count++;
    return true;
}

bool session_sign_out(struct request *request, struct session *session,
    const struct session_account *account, struct azb_error *err)
{
    if (account) {
        if (!delete_account(request, account->id, err))
            return false;
        forget(session, account);
        return true;
    }
    while (session->count > 0) {
        if (!delete_account(request, session->accounts[0].id, err))
            return false;
        forget(session, &session->accounts[0]);
    }
    return true;
}

/* ---- Forms ---------------------------------------------------------------------------------- */

const char *session_form_token(struct request *request, const struct session *session)
{
    unsigned char mac[SHA256_BYTES];
    hmac_sha256(text_of(session->cookie), TEXT("form"), mac);
    return base64url_encode(&request->arena, (struct text){(const char *)mac, sizeof mac});
}

/* Our pages are sent with Referrer-Policy no-referrer, for which browsers write "Origin: null" on
 * forms (Fetch, "append a request Origin header"); Sec-Fetch-Site tells those from other sites. */
static bool is_own_origin(struct request *request)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    const char *origin = request_header(request, "Origin");
    if (site && strcmp(site, "same-origin") != 0)
        return false;
    if (!origin || strcmp(origin, "null") == 0)
        return true;
    const char *own = entra_base_url(request);
    return own && strcmp(origin, own) == 0;
}

bool session_owns_form(
    struct request *request, const struct session *session, const struct form *form)
{
    const char *token = session_form_token(request, session);
    return token && !session->is_new && is_own_origin(request) &&
           secret_equal(form_get(form, "token"), text_of(token));
}
