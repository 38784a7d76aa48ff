#include "entra/disk_cache_search.h"

#include "base/error.h"
#include "entra/cache.h"
#include "entra/disk_cache_entry.h"

#define ACCOUNTS_SHOWN 8

static bool is_account(
    const struct cache_entry *entry, struct text environment, struct text home_account_id)
{
    return entry->section == CACHE_ACCOUNT &&
           text_equal_nocase(entry->home_account_id, home_account_id) &&
           cache_environment_equal(entry->environment, environment);
}

/* Whether the account of a token goes by that name. */
static bool has_username(
    const struct cache_document *document, const struct cache_entry *token, const char *username)
{
    for (size_t i = 0; i < document->count; i++)
        if (is_account(&document->entries[i], token->environment, token->home_account_id) &&
            text_equal_nocase(document->entries[i].username, text_of(username)))
            return true;
    return false;
}

/* The account that the owner names, or any when it names none. */
static bool fits_account(const struct cache_document *document, const struct cache_owner *owner,
    const struct cache_entry *token)
{
    if (owner->home_account_id)
        return text_equal_nocase(token->home_account_id, text_of(owner->home_account_id));
    return !owner->username || has_username(document, token, owner->username);
}

static bool fits_client(const struct cache_owner *owner, const struct cache_entry *token)
{
    return text_equal_nocase(token->client_id, text_of(owner->client_id)) &&
           cache_environment_equal(token->environment, text_of(owner->environment));
}

static bool is_good(const struct cache_entry *token, int64_t now, int64_t min_valid_s)
{
    int64_t lifetime_s = token->cached_at != CACHE_NO_TIME && token->cached_at < token->expires_on
                             ? token->expires_on - token->cached_at
                             : 2 * CACHE_EARLY_EXPIRY_S;
    int64_t margin_s = min_valid_s > 0 ? min_valid_s : token_margin_s(lifetime_s);
    bool is_from_future =
        token->cached_at != CACHE_NO_TIME && token->cached_at - now > CACHE_CLOCK_BACK_S;
    return token->expires_on != CACHE_NO_TIME && token->expires_on > now && !is_from_future &&
           token->expires_on - now > margin_s;
}

static bool is_token(const struct cache_document *document, const struct cache_owner *owner,
    const struct cache_entry *entry)
{
    bool is_application = !owner->home_account_id && !owner->username;
    if (entry->section != CACHE_ACCESS_TOKEN || entry->is_bound || !entry->secret.length)
        return false;
    if (is_application ? entry->home_account_id.length > 0 : !fits_account(document, owner, entry))
        return false;
    return fits_client(owner, entry) &&
           (!owner->realm || text_equal_nocase(entry->realm, text_of(owner->realm)));
}

const struct cache_entry *cache_search_token(const struct cache_document *document,
    const struct cache_owner *owner, struct text scope, int64_t now, int64_t min_valid_s)
{
    const struct cache_entry *best = NULL;
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (is_token(document, owner, entry) && is_good(entry, now, min_valid_s) &&
            (!best || entry->expires_on > best->expires_on) &&
            cache_target_has(entry->target, scope))
            best = entry;
    }
    return best;
}

/* The family that the client itself belongs to, as Entra said when it gave it tokens. */
static struct text family_of(const struct cache_document *document, const struct cache_owner *owner)
{
    for (size_t i = 0; i < document->count; i++)
        if (document->entries[i].section == CACHE_APP_METADATA &&
            fits_client(owner, &document->entries[i]))
            return document->entries[i].family_id;
    return TEXT_NONE;
}

/* Another client's refresh token is not redeemed, unless both are of one family. */
static bool is_redeemable(
    const struct cache_owner *owner, struct text family, const struct cache_entry *entry)
{
    if (entry->section != CACHE_REFRESH_TOKEN || entry->is_bound || !entry->secret.length ||
        !entry->home_account_id.length)
        return false;
    bool is_family = family.length && text_equal(entry->family_id, family) &&
                     cache_environment_equal(entry->environment, text_of(owner->environment));
    return is_family || fits_client(owner, entry);
}

/* "ann@contoso.com", or the id itself when no entry tells the name. */
static struct text username_of(const struct cache_document *document, struct text home_account_id)
{
    for (size_t i = 0; i < document->count; i++)
        if (document->entries[i].section == CACHE_ACCOUNT && document->entries[i].username.length &&
            text_equal_nocase(document->entries[i].home_account_id, home_account_id))
            return document->entries[i].username;
    return home_account_id;
}

/* The accounts that fit, each once. */
struct accounts {
    struct text ids[ACCOUNTS_SHOWN];
    size_t count;
};

static void add_account(struct accounts *accounts, struct text id)
{
    for (size_t i = 0; i < accounts->count; i++)
        if (text_equal_nocase(accounts->ids[i], id))
            return;
    if (accounts->count < ACCOUNTS_SHOWN)
        accounts->ids[accounts->count++] = id;
}

/* One name may be in two directories: then the ids tell them apart. */
static bool name_is_shared(
    const struct cache_document *document, const struct accounts *accounts, struct text name)
{
    size_t same = 0;
    for (size_t i = 0; i < accounts->count; i++)
        same += text_equal_nocase(username_of(document, accounts->ids[i]), name);
    return same > 1;
}

static int fail_several(
    const struct cache_document *document, const struct accounts *accounts, struct azb_error *err)
{
    scoped_buffer struct buffer list = {0};
    buffer_init(&list, 800);
    for (size_t i = 0; i < accounts->count; i++) {
        struct text id = text_slice(accounts->ids[i], 0, 80);
        struct text name = text_slice(username_of(document, accounts->ids[i]), 0, 80);
        bool with_id = name_is_shared(document, accounts, name);
        buffer_format(&list, with_id ? "%s%.*s [%.*s]" : "%s%.*s", i > 0 ? ", " : "",
            TEXT_ARGS(name), TEXT_ARGS(id));
    }
    fail(err, AZB_ERROR_ARGUMENT,
        "more than one account is signed in: %.*s; say which one is meant",
        TEXT_ARGS(buffer_text(&list)));
    snprintf(err->code, sizeof(err->code), "multiple_accounts");
    return -1;
}

static bool tells_account(
    const struct cache_owner *owner, struct text family, const struct cache_entry *entry)
{
    return is_redeemable(owner, family, entry) ||
           (entry->section == CACHE_ACCESS_TOKEN && !entry->is_bound &&
               entry->home_account_id.length && fits_client(owner, entry));
}

int cache_search_account(const struct cache_document *document, const struct cache_owner *owner,
    struct text *home_account_id, struct azb_error *err)
{
    struct accounts accounts = {.count = 0};
    struct text family = family_of(document, owner);
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (tells_account(owner, family, entry) && fits_account(document, owner, entry))
            add_account(&accounts, entry->home_account_id);
    }
    if (accounts.count > 1)
        return fail_several(document, &accounts, err);
    *home_account_id = accounts.count ? accounts.ids[0] : TEXT_NONE;
    return (int)accounts.count;
}

int cache_search_refresh_token(const struct cache_document *document,
    const struct cache_owner *owner, const struct cache_entry **out, struct azb_error *err)
{
    struct accounts accounts = {.count = 0};
    struct text family = family_of(document, owner);
    *out = NULL;
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (!is_redeemable(owner, family, entry) || !fits_account(document, owner, entry))
            continue;
        add_account(&accounts, entry->home_account_id);
        if (!*out || entry->last_modification_time > (*out)->last_modification_time)
            *out = entry;
    }
    if (accounts.count > 1)
        return fail_several(document, &accounts, err);
    return *out != NULL;
}
