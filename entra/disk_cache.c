/*
 * A cache from being opened to being freed, and what credentials ask of it.
 */
#include "entra/disk_cache.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/authority.h"
#include "entra/credential.h"
#include "entra/disk_cache_entry.h"
#include "entra/disk_cache_search.h"
#include "entra/disk_cache_storage.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ENTRIES_OF_REPLY 5
#define SCOPES_MAX 128

/* ---- Opening ----------------------------------------------------------------------------- */

static char *path_of(const char *given, struct arena *arena, struct azb_error *err)
{
    char *path = NULL;
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (given && given[0])
        path = arena_string(arena, given);
    else if (data && data[0] == '/') /* a relative one is to be ignored: XDG base directories */
        path = arena_format(arena, "%s/azb/tokens.json", data);
    else if (home && home[0] == '/')
        path = arena_format(arena, "%s/.local/share/azb/tokens.json", home);
    else {
        fail(err, AZB_ERROR_CONFIGURATION,
            "there is no place for the token cache: neither XDG_DATA_HOME nor HOME is set, and no "
            "path was given");
        return NULL;
    }
    if (!path)
        fail_memory(err);
    return path;
}

/* The keyring, when it is wanted and there. AUTO says why there is none and goes on. */
static bool protect(struct azb_cache *cache, const struct azb_cache_options *options,
    const char *path, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    char notice[1024];
    if (options->protection == AZB_CACHE_FILE)
        return true;
    cache->keyring = keyring_open(path, &problem);
    if (cache->keyring)
        return true;
    if (options->protection == AZB_CACHE_KEYRING || problem.kind == AZB_ERROR_MEMORY)
        return error_move(err, &problem);
    snprintf(notice, sizeof(notice),
        "%.400s; the tokens are kept in the file '%.300s', which only you can read",
        problem.message, path);
    if (options->warning)
        options->warning(options->warning_context, notice);
    return true;
}

static bool name_files(struct azb_cache *cache, const char *path, struct arena *arena)
{
    char *file = arena_format(arena, "%s%s", path, cache->keyring ? ".sig" : "");
    char *lock = file ? arena_format(arena, "%s.lockfile", file) : NULL;
    cache->path = lock ? memory_string(file) : NULL;
    cache->lock_path = lock ? memory_string(lock) : NULL;
    return cache->path && cache->lock_path;
}

static bool fill(
    struct azb_cache *cache, const struct azb_cache_options *options, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    if ((unsigned)options->protection > AZB_CACHE_AUTO)
        return fail(err, AZB_ERROR_ARGUMENT, "protection %d is none of FILE, KEYRING, AUTO",
            (int)options->protection);
    char *path = path_of(options->path, &arena, err);
    if (!path || !disk_cache_folder_make(path, err) || !protect(cache, options, path, err))
        return false;
    return name_files(cache, path, &arena) || fail_memory(err);
}

struct azb_cache *disk_cache_new(const struct azb_cache_options *given,
    const struct disk_cache_wait *wait, int64_t lock_timeout_ms, struct azb_error *err)
{
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    if (given && !options_read(&options, sizeof(options), given, err))
        return NULL;
    struct azb_cache *cache = memory_alloc(sizeof(*cache));
    if (!cache) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&cache->reading, NULL);
    pthread_mutex_init(&cache->writing, NULL);
    cache_document_init(&cache->document);
    cache->warning = options.warning;
    cache->warning_context = options.warning_context;
    cache->wait = wait ? *wait : (struct disk_cache_wait){NULL, NULL};
    cache->lock_timeout_ms = lock_timeout_ms > 0 ? lock_timeout_ms : DISK_CACHE_LOCK_TIMEOUT_MS;
    if (fill(cache, &options, err))
        return cache;
    azb_cache_free(cache);
    return NULL;
}

struct azb_cache *azb_cache_open(const struct azb_cache_options *options, struct azb_error *err)
{
    return disk_cache_new(options, NULL, 0, err);
}

void azb_cache_free(struct azb_cache *cache)
{
    if (!cache)
        return;
    cache_document_free(&cache->document);
    keyring_free(cache->keyring);
    pthread_mutex_destroy(&cache->reading);
    pthread_mutex_destroy(&cache->writing);
    memory_free(cache->lock_path);
    memory_free(cache->path);
    memory_free(cache);
}

/* ---- Finding ----------------------------------------------------------------------------- */

static int give_token(const struct cache_entry *entry, struct azb_token *out, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    char *secret = text_string(&arena, entry->secret);
    bool given = secret ? azb_token_set(out, secret, entry->expires_on, err) : fail_memory(err);
    secret_wipe_string(secret);
    if (!given)
        return -1;
    if (entry->refresh_on > 0 && entry->refresh_on < entry->expires_on)
        out->refresh_on = entry->refresh_on;
    return 1;
}

int disk_cache_find_token(struct azb_cache *cache, const struct cache_owner *owner,
    const char *scope, int64_t now, int64_t min_valid_s, struct azb_token *out,
    struct azb_error *err)
{
    if (!cache_enter(cache, err))
        return -1;
    const struct cache_entry *entry =
        cache_search_token(&cache->document, owner, text_of(scope), now, min_valid_s);
    int result = entry ? give_token(entry, out, err) : 0;
    cache_leave(cache);
    return result;
}

int disk_cache_find_account(struct azb_cache *cache, const struct cache_owner *owner,
    struct arena *arena, char **home_account_id, struct azb_error *err)
{
    struct text found;
    if (!cache_enter(cache, err))
        return -1;
    int result = cache_search_account(&cache->document, owner, &found, err);
    char *copy = result > 0 ? text_string(arena, found) : NULL;
    cache_leave(cache);
    if (result > 0 && !copy) {
        fail_memory(err);
        return -1;
    }
    if (result > 0)
        *home_account_id = copy;
    return result;
}

int disk_cache_find_refresh_token(struct azb_cache *cache, const struct cache_owner *owner,
    struct arena *arena, char **refresh_token, char **home_account_id, struct azb_error *err)
{
    const struct cache_entry *entry = NULL;
    if (!cache_enter(cache, err))
        return -1;
    int result = cache_search_refresh_token(&cache->document, owner, &entry, err);
    char *secret = result > 0 ? text_string(arena, entry->secret) : NULL;
    char *account = result > 0 ? text_string(arena, entry->home_account_id) : NULL;
    cache_leave(cache);
    if (result > 0 && (!secret || !account)) {
        secret_wipe_string(secret);
        fail_memory(err);
        return -1;
    }
    if (result > 0) {
        *refresh_token = secret;
        *home_account_id = account;
    }
    return result;
}

/* ---- Keeping ----------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b)
{
    const struct text *left = a, *right = b;
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->at, right->at, shorter);
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

struct words {
    struct text at[SCOPES_MAX];
    size_t count;
};

static bool add_words(struct words *words, struct text text)
{
    struct text word;
    while (text_cut(&text, ' ', &word)) {
        if (word.length == 0)
            continue;
        if (words->count == SCOPES_MAX)
            return false;
        words->at[words->count++] = word;
    }
    return true;
}

/* What was asked for when the endpoint does not say what it granted; else what it granted, and the
 * ".default" that was asked for, which stands for it. */
static bool add_granted(struct words *words, struct text asked, struct text granted)
{
    struct text word;
    if (!granted.length)
        return add_words(words, asked);
    while (text_cut(&asked, ' ', &word))
        if (text_ends(word, "/.default") && !add_words(words, word))
            return false;
    return add_words(words, granted);
}

/* Sorted, each once, one space between: what MSAL Python compares with. */
static char *target_of(struct arena *arena, const char *asked, const char *granted)
{
    struct words words = {.count = 0};
    scoped_buffer struct buffer target = {0};
    buffer_init(&target, 64 << 10);
    if (!add_granted(&words, text_of(asked), text_of(granted)))
        return NULL;
    qsort(words.at, words.count, sizeof(words.at[0]), compare_words);
    for (size_t i = 0; i < words.count; i++) {
        if (i > 0 && text_equal(words.at[i], words.at[i - 1]))
            continue;
        if (target.length)
            buffer_add_char(&target, ' ');
        buffer_add_text(&target, words.at[i]);
    }
    return target.failed ? NULL : text_string(arena, buffer_text(&target));
}

/* The name of the cloud, or of any other host in lower case: what MSAL Python looks for. */
static struct text environment_of(struct arena *arena, const char *host)
{
    const char *cloud = authority_cloud_host(text_of(host));
    char *name = arena_string(arena, cloud ? cloud : host);
    for (char *c = name; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return text_of(name);
}

static struct text first_of(const char *a, const char *b)
{
    return a && a[0] ? text_of(a) : b && b[0] ? text_of(b) : TEXT_NONE;
}

/* What all entries of one reply have in common. */
struct cause {
    const struct token_reply *reply;
    struct cache_entry base;
    int64_t asked_on;
};

static struct cache_entry access_token_of(const struct cause *cause)
{
    struct cache_entry entry = cause->base;
    entry.section = CACHE_ACCESS_TOKEN;
    entry.secret = text_of(cause->reply->access_token);
    entry.token_type = TEXT("Bearer");
    entry.cached_at = cause->asked_on;
    entry.expires_on = entry.extended_expires_on = cause->asked_on + cause->reply->expires_in;
    entry.refresh_on =
        cause->reply->refresh_in > 0 ? cause->asked_on + cause->reply->refresh_in : CACHE_NO_TIME;
    return entry;
}

static struct cache_entry refresh_token_of(const struct cause *cause)
{
    struct cache_entry entry = cause->base;
    entry.section = CACHE_REFRESH_TOKEN;
    entry.secret = text_of(cause->reply->refresh_token);
    entry.last_modification_time = cause->asked_on;
    entry.family_id = first_of(cause->reply->family_id, NULL);
    return entry;
}

static struct cache_entry account_of(const struct cause *cause)
{
    struct cache_entry entry = cause->base;
    entry.section = CACHE_ACCOUNT;
    entry.username = text_of(cause->reply->username);
    entry.name = first_of(cause->reply->name, NULL);
    entry.local_account_id = text_of(cause->reply->object_id);
    entry.authority_type = text_is(entry.realm, "adfs") ? TEXT("ADFS") : TEXT("MSSTS");
    return entry;
}

static struct cache_entry other_of(
    const struct cause *cause, enum cache_section section, const char *secret)
{
    struct cache_entry entry = cause->base;
    entry.section = section;
    entry.secret = text_of(secret);
    entry.family_id =
        section == CACHE_APP_METADATA ? first_of(cause->reply->family_id, NULL) : TEXT_NONE;
    if (section == CACHE_APP_METADATA)
        entry.home_account_id = TEXT_NONE;
    return entry;
}

/* Never half an entry: one whose account or tenant is not known is left out. */
static size_t entries_of(const struct cause *cause, struct cache_entry entries[ENTRIES_OF_REPLY])
{
    size_t count = 0;
    const struct token_reply *reply = cause->reply;
    bool has_realm = cause->base.realm.length > 0;
    bool has_account = cause->base.home_account_id.length > 0;
    if (has_realm && reply->access_token)
        entries[count++] = access_token_of(cause);
    if (has_account && reply->refresh_token)
        entries[count++] = refresh_token_of(cause);
    if (has_account && has_realm && reply->id_token) {
        entries[count++] = other_of(cause, CACHE_ID_TOKEN, reply->id_token);
        entries[count++] = account_of(cause);
    }
    if (count > 0)
        entries[count++] = other_of(cause, CACHE_APP_METADATA, NULL);
    return count;
}

static bool is_expired(const void *context, const struct cache_entry *entry)
{
    const int64_t *now = context;
    return entry->section == CACHE_ACCESS_TOKEN && entry->json->type == JSON_OBJECT &&
           entry->expires_on <= *now; /* one without a time is no use, and stops MSAL Python */
}

bool disk_cache_save(struct azb_cache *cache, const struct cache_owner *owner, const char *scope,
    const struct token_reply *reply, int64_t asked_on, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct cause cause = {.reply = reply, .asked_on = asked_on};
    struct cache_entry entries[ENTRIES_OF_REPLY];
    arena_init(&arena, 0);
    char *target = target_of(&arena, scope, reply->scope);
    cause.base.environment = environment_of(&arena, owner->environment);
    if (!target || !cause.base.environment.at)
        return fail_memory(err);
    cause.base.target = text_of(target);
    cause.base.client_id = text_of(owner->client_id);
    cause.base.realm = first_of(reply->tenant_id, owner->realm);
    cause.base.home_account_id = first_of(reply->home_account_id, owner->home_account_id);
    struct cache_change change = {.put = entries, .put_count = entries_of(&cause, entries)};
    change.drops = is_expired;
    change.context = &asked_on;
    return cache_update(cache, &change, err);
}

/* ---- Forgetting -------------------------------------------------------------------------- */

struct refused {
    const struct cache_owner *owner;
    struct text refresh_token;
};

static bool is_refused(const void *context, const struct cache_entry *entry)
{
    const struct refused *refused = context;
    return entry->section == CACHE_REFRESH_TOKEN &&
           cache_environment_equal(entry->environment, text_of(refused->owner->environment)) &&
           secret_equal(entry->secret, refused->refresh_token);
}

bool disk_cache_drop_refresh_token(struct azb_cache *cache, const struct cache_owner *owner,
    const char *refresh_token, struct azb_error *err)
{
    struct refused refused = {owner, text_of(refresh_token)};
    struct cache_change change = {.drops = is_refused, .context = &refused};
    return cache_update(cache, &change, err);
}

static bool is_of_application(const void *context, const struct cache_entry *entry)
{
    const struct cache_owner *owner = context;
    return entry->section == CACHE_ACCESS_TOKEN && entry->home_account_id.length == 0 &&
           cache_environment_equal(entry->environment, text_of(owner->environment)) &&
           text_equal_nocase(entry->client_id, text_of(owner->client_id)) &&
           text_equal_nocase(entry->realm, text_of(owner->realm));
}

bool disk_cache_drop_application(
    struct azb_cache *cache, const struct cache_owner *owner, struct azb_error *err)
{
    struct cache_change change = {.drops = is_of_application, .context = owner};
    return cache_update(cache, &change, err);
}

static bool is_of_account(const void *context, const struct cache_entry *entry)
{
    const char *home_account_id = context;
    return text_equal_nocase(entry->home_account_id, text_of(home_account_id));
}

bool azb_cache_remove_account(
    struct azb_cache *cache, const char *home_account_id, struct azb_error *err)
{
    if (!home_account_id || !home_account_id[0])
        return fail(err, AZB_ERROR_ARGUMENT, "home_account_id is missing: which account goes?");
    struct cache_change change = {.drops = is_of_account, .context = home_account_id};
    return cache_update(cache, &change, err);
}
