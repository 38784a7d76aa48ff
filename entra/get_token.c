/*
 * Getting a token: memory, disk, network, and the renewal of a token that is still good.
 */
#include "entra/credential.h"

#include "base/crypto.h"
#include "base/error.h"

#define FLIGHT_KEY_MAX ((size_t)1024 * 1024) /* with claims */

/* Where everything about one call of azb_credential_get_token() is. */
struct call {
    struct azb_credential *credential;
    struct azb_token_request request;
    struct patience patience;
    const char *scope;
    struct text key;
    int64_t now; /* of the last look into the cache, in seconds */
    bool in_background;
    char text[CREDENTIAL_KEY_MAX]; /* tenant, client, scope: the key; its end is the scope */
};

/* What the request names, as far as making the key needs it. */
static bool name_check(
    const struct azb_token_request *request, struct text *name, struct azb_error *err)
{
    if (!request->resource == !request->scope)
        return fail(err, AZB_ERROR_ARGUMENT,
            "a token request names either a resource or a scope: %s",
            request->scope ? "both are set" : "neither is set");
    const char *value = request->resource ? request->resource : request->scope;
    *name = (struct text){value, strlen(value)};
    if (name->length == 0 || name->length > CREDENTIAL_SCOPE_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s has %zu characters; 1 to %d are allowed",
            request->resource ? "resource" : "scope", name->length, CREDENTIAL_SCOPE_MAX);
    return true;
}

/* Only before a request is sent: what is not right never gets into the cache. */
static bool characters_check(const struct azb_token_request *request, struct azb_error *err)
{
    const char *name = request->resource ? "resource" : "scope";
    const char *value = request->resource ? request->resource : request->scope;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || (request->resource && *c == ' '))
            return fail(err, AZB_ERROR_ARGUMENT,
                "the %s holds a space or control character at position %td", name, c - value + 1);
    return true;
}

static void write_key(struct call *call, struct text name)
{
    const struct azb_credential *credential = call->credential;
    struct text suffix = call->request.resource ? TEXT("/.default") : TEXT("");
    char *at = call->text;
    memcpy(at, credential->key_prefix, credential->key_prefix_length);
    at += credential->key_prefix_length;
    call->scope = at;
    memcpy(at, name.at, name.length);
    at += name.length;
    memcpy(at, suffix.at, suffix.length + 1);
    call->key = (struct text){call->text, (size_t)(at - call->text) + suffix.length};
}

static bool call_begin(struct call *call, struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_error *err)
{
    struct text name = TEXT("");
    call->credential = credential;
    call->in_background = false;
    call->request = (struct azb_token_request){0};
    call->key = TEXT_NONE;
    if (!options_read(&call->request, sizeof(call->request), request, err) ||
        !name_check(&call->request, &name, err))
        return false;
    if (call->request.timeout_ms < 0 || call->request.min_valid_s < 0)
        return fail(err, AZB_ERROR_ARGUMENT, "timeout_ms and min_valid_s cannot be negative");
    write_key(call, name);
    return true;
}

static int find(
    struct call *call, int64_t min_valid_s, struct azb_token *token, struct azb_error *err)
{
    const struct azb_credential *credential = call->credential;
    call->now = clock_seconds(credential->clock);
    return token_cache_find(credential->cache, call->key, call->now, min_valid_s, token, err);
}

/* The times of a new token. `asked_on` is from before the request: what the network took is gone.
 */
static bool keep(struct call *call, const struct token_reply *reply, int64_t asked_on,
    struct azb_token *fresh, struct azb_error *err)
{
    if (!azb_token_set(fresh, reply->access_token, asked_on + reply->expires_in, err))
        return false;
    fresh->refresh_on = reply->refresh_in ? asked_on + reply->refresh_in
                                          : fresh->expires_on - token_margin_s(reply->expires_in);
    token_cache_put(call->credential->cache, call->key, asked_on, fresh);
    return true;
}

/* ---- Tokens on disk ---- */

static int find_owner(struct azb_credential *credential, struct arena *arena,
    struct cache_owner *owner, struct azb_error *err)
{
    if (credential->kind->owner)
        return credential->kind->owner(credential, arena, owner, err);
    if (!credential->kind->is_application)
        return 0;
    credential_owner(credential, owner);
    return 1;
}

/* As find(), and what is found goes into memory. */
static int find_on_disk(struct call *call, struct azb_token *token, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct azb_credential *credential = call->credential;
    struct cache_owner owner;
    arena_init(&arena, 0);
    if (!credential->disk)
        return 0;
    int known = find_owner(credential, &arena, &owner, err);
    if (known <= 0)
        return known;
    int found = disk_cache_find_token(
        credential->disk, &owner, call->scope, call->now, call->request.min_valid_s, token, err);
    if (found > 0)
        token_cache_put(credential->cache, call->key, call->now, token);
    return found;
}

/* An application's token can be had again at any time; a user's new refresh token cannot, so that
 * not keeping it is an error. The token itself is in memory then: the next call gives it. */
static bool keep_on_disk(
    struct call *call, const struct token_reply *reply, int64_t asked_on, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct azb_error problem = AZB_ERROR_INIT;
    struct azb_credential *credential = call->credential;
    struct cache_owner owner;
    arena_init(&arena, 0);
    if (!credential->disk)
        return true;
    int known = find_owner(credential, &arena, &owner, &problem);
    bool kept = known == 0 || (known > 0 && disk_cache_save(credential->disk, &owner, call->scope,
                                                reply, asked_on, &problem));
    if (kept || credential->kind->is_application) {
        azb_error_free(&problem);
        return true;
    }
    error_move(err, &problem);
    return fail_while(err, "there is a token, but it could not be kept on disk");
}

/* ---- A new token ---- */

static int64_t clock_ms(const struct azb_credential *credential)
{
    return clock_ticks(credential->clock) / TICKS_PER_MS;
}

/* A challenge is about the token that was given out last. Without memory for it: NULL. */
static const char *find_refused(struct call *call, struct arena *arena)
{
    struct azb_token last = AZB_TOKEN_INIT;
    if (!call->request.claims || find(call, 1, &last, NULL) <= 0)
        return NULL;
    const char *copy = arena_string(arena, last.token);
    azb_token_free(&last);
    return copy;
}

static bool acquire(struct call *call, struct azb_token *token, struct azb_error *err)
{
    scoped_secret_arena struct arena arena = {0};
    struct azb_credential *credential = call->credential;
    arena_init(&arena, 0);
    struct token_ask ask = {.scope = call->scope,
        .claims = call->request.claims,
        .refused = find_refused(call, &arena),
        .min_valid_s = call->request.min_valid_s,
        .force = call->request.force,
        .patience = call->patience,
        .in_background = call->in_background};
    struct token_reply reply = {0};
    int64_t asked_on = clock_seconds(credential->clock);
    if (!outage_check(&credential->outage, clock_ms(credential), err))
        return false;
    if (!credential->kind->acquire(credential, &ask, &arena, &reply, err)) {
        outage_note(&credential->outage, clock_ms(credential), err);
        return false;
    }
    struct azb_token fresh = AZB_TOKEN_INIT;
    bool kept =
        keep(call, &reply, asked_on, &fresh, err) && keep_on_disk(call, &reply, asked_on, err);
    azb_token_free(kept ? token : &fresh);
    if (kept)
        *token = fresh;
    return kept;
}

static bool may_use_cache(const struct call *call)
{
    return !call->request.force && !call->request.claims;
}

/* While the service is away, a token in its last minutes is better than none. */
static bool make_do(struct call *call, const struct azb_error *problem, struct azb_token *token)
{
    return may_use_cache(call) && !call->in_background && call->request.min_valid_s == 0 &&
           outage_is(problem) && find(call, 1, token, NULL) > 0;
}

static bool is_refused(const struct call *call, const struct azb_token *token)
{
    const char *refused = call->request.refused_token;
    return refused && secret_equal(text_of(token->token), text_of(refused));
}

/* As find(), but not the token that the service has refused: what is in memory instead of that one
 * is newer. */
static int find_other(
    struct call *call, int64_t min_valid_s, struct azb_token *token, struct azb_error *err)
{
    struct azb_token other = AZB_TOKEN_INIT;
    int found = find(call, min_valid_s, &other, err);
    if (found > 0 && is_refused(call, &other))
        found = 0;
    azb_token_free(found > 0 ? token : &other);
    if (found > 0)
        *token = other;
    return found;
}

/* Has another caller got what this one needs? */
static int find_in_memory(struct call *call, struct azb_token *token, struct azb_error *err)
{
    bool other_will_do = call->request.refused_token && !call->request.claims;
    return may_use_cache(call) || other_will_do
               ? find_other(call, call->request.min_valid_s, token, err)
               : 0;
}

static bool look_and_acquire(struct call *call, struct azb_token *token, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    int found = find_in_memory(call, token, err);
    if (found == 0 && may_use_cache(call))
        found = find_on_disk(call, token, err);
    if (found)
        return found > 0;
    if (acquire(call, token, &problem))
        return true;
    if (!make_do(call, &problem, token))
        return error_move(err, &problem);
    azb_error_free(&problem);
    return true;
}

/* Between the look into the cache and taking the lead, another leader may have landed. */
static bool lead(
    struct call *call, struct flight *mine, struct azb_token *token, struct azb_error *err)
{
    bool got = look_and_acquire(call, token, err);
    flight_land(&call->credential->flights, mine, got ? NULL : err);
    return got;
}

/* A challenge has a flight of its own: its token answers nobody else's question. */
static bool write_flight_key(const struct call *call, struct buffer *key, struct azb_error *err)
{
    buffer_init(key, FLIGHT_KEY_MAX);
    buffer_add_text(key, call->key);
    if (call->request.claims) {
        buffer_add_char(key, '\n');
        buffer_add_string(key, call->request.claims);
    }
    return !key->failed || fail_memory(err);
}

static bool get_from_network(struct call *call, struct azb_token *token, struct azb_error *err)
{
    scoped_buffer struct buffer key = {0};
    if (!write_flight_key(call, &key, err))
        return false;
    for (;;) {
        struct flight *mine = NULL;
        enum flight_outcome outcome =
            flight_board(&call->credential->flights, buffer_text(&key), call->patience, &mine, err);
        if (outcome == FLIGHT_LEAD)
            return lead(call, mine, token, err);
        if (outcome == FLIGHT_FAILED)
            return false;
        /* What has just landed is as new as it gets: any life left in it will do. (Of a flight that
         * was content with the cache it may be the refused one.) */
        int found = outcome == FLIGHT_DONE ? find_other(call, 1, token, err) : 0;
        if (found)
            return found > 0;
    }
}

static bool get_slowly(struct call *call, struct azb_token *token, struct azb_error *err)
{
    if (!characters_check(&call->request, err))
        return false;
    struct azb_error own = AZB_ERROR_INIT; /* for callers who do not want to know */
    int64_t timeout_ms =
        call->request.timeout_ms ? call->request.timeout_ms : call->credential->kind->timeout_ms;
    call->patience = (struct patience){http_deadline_ms(timeout_ms), call->request.cancel};
    bool got = get_from_network(call, token, err ? err : &own);
    azb_error_free(&own);
    return got;
}

/* ---- Renewing in the background ---- */

/* What the thread works with: the call without its caller. */
static void *renew(void *context)
{
    struct call *call = context;
    struct azb_credential *credential = call->credential;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    call->patience = (struct patience){http_deadline_ms(0), &credential->background.stop};
    bool got = get_from_network(call, &token, &err);
    int64_t pause_s = got ? 0 : BACKGROUND_PAUSE_S + (int64_t)err.retry_after_ms / 1000;
    azb_token_free(&token);
    azb_error_free(&err);
    memory_free(call);
    background_rest(&credential->background, clock_seconds(credential->clock) + pause_s);
    return NULL;
}

/* What it cannot do now, for want of memory or threads, it may do at the next call. */
static void renew_in_background(const struct call *call)
{
    struct background *background = &call->credential->background;
    if (!background_is_due(background, call->now))
        return;
    struct call *own = memory_alloc(sizeof(*own));
    if (!own)
        return;
    *own = *call;
    own->scope = own->text + (call->scope - call->text);
    own->key.at = own->text;
    own->request = (struct azb_token_request){.size = sizeof(own->request), .force = true};
    own->in_background = true;
    if (!background_start(background, call->now, renew, own))
        memory_free(own);
}

bool azb_credential_get_token(struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_token *token, struct azb_error *err)
{
    struct call call;
    if (!credential || !token)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s is NULL", credential ? "token" : "credential");
    if (!*credential->not_forked)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "this credential was made before fork(): make a new one in the child process");
    if (!call_begin(&call, credential, request, err))
        return false;
    int found = may_use_cache(&call) ? find(&call, call.request.min_valid_s, token, err) : 0;
    if (!found)
        return get_slowly(&call, token, err);
    if (found > 0 && call.now >= token->refresh_on)
        renew_in_background(&call);
    return found > 0;
}

static bool provide(void *context, const struct azb_token_request *request, struct azb_token *token,
    struct azb_error *err)
{
    return azb_credential_get_token(context, request, token, err);
}

struct azb_token_provider azb_credential_provider(struct azb_credential *credential)
{
    return (struct azb_token_provider){provide, credential};
}
