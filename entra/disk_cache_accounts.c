/*
 * Who is signed in, by what the cache tells: the tokens say for which client, the accounts by which
 * name.
 */
#include "base/crypto.h"
#include "base/error.h"
#include "entra/disk_cache_search.h"
#include "entra/disk_cache_storage.h"

#define LIST_MEMORY_MAX (64 << 20)

/* The entry of the account in its own tenant ("uid.utid"), else in any. */
static const struct cache_entry *account_of(
    const struct cache_document *document, const struct cache_entry *token)
{
    const struct cache_entry *any = NULL;
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (entry->section != CACHE_ACCOUNT ||
            !text_equal_nocase(entry->home_account_id, token->home_account_id) ||
            !cache_environment_equal(entry->environment, token->environment))
            continue;
        struct text home_tenant = entry->home_account_id, uid;
        text_cut(&home_tenant, '.', &uid);
        if (!any || text_equal_nocase(entry->realm, home_tenant))
            any = entry;
    }
    return any;
}

static bool is_listed(
    const struct azb_account_list *list, const struct cache_entry *entry, struct text client_id)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct azb_account *account = &list->accounts[i];
        bool same_client =
            !client_id.length || text_equal_nocase(text_of(account->client_id), client_id);
        if (same_client &&
            text_equal_nocase(text_of(account->home_account_id), entry->home_account_id) &&
            cache_environment_equal(text_of(account->environment), entry->environment))
            return true;
    }
    return false;
}

static bool add(struct azb_account_list *list, struct arena *arena,
    const struct cache_document *document, const struct cache_entry *entry)
{
    struct azb_account *account = &list->accounts[list->count];
    struct cache_entry empty = {.section = CACHE_ACCOUNT};
    const struct cache_entry *known = account_of(document, entry);
    if (!known)
        known = &empty;
    account->home_account_id = text_string(arena, entry->home_account_id);
    account->environment = text_string(arena, entry->environment);
    account->username = text_string(arena, known->username.at ? known->username : TEXT(""));
    account->name = known->name.length ? text_string(arena, known->name) : NULL;
    account->tenant_id = text_string(arena, known->realm.length ? known->realm
                                            : entry->realm.at   ? entry->realm
                                                                : TEXT(""));
    account->client_id = entry->client_id.length ? text_string(arena, entry->client_id) : NULL;
    list->count++;
    return !arena->failed;
}

static bool is_users(const struct cache_entry *entry)
{
    return entry->home_account_id.length > 0 && !entry->is_bound &&
           entry->section != CACHE_APP_METADATA;
}

/* Tokens first, because they know the client; then the accounts that no token is left of. */
static bool list_entries(
    struct azb_account_list *list, struct arena *arena, const struct cache_document *document)
{
    static const enum cache_section order[] = {
        CACHE_REFRESH_TOKEN, CACHE_ID_TOKEN, CACHE_ACCESS_TOKEN, CACHE_ACCOUNT};
    list->accounts = arena_array(arena, document->count + 1, sizeof(*list->accounts));
    if (!list->accounts)
        return false;
    for (size_t section = 0; section < sizeof(order) / sizeof(order[0]); section++)
        for (size_t i = 0; i < document->count; i++) {
            const struct cache_entry *entry = &document->entries[i];
            if (entry->section == order[section] && is_users(entry) &&
                !is_listed(list, entry, entry->client_id) && !add(list, arena, document, entry))
                return false;
        }
    return true;
}

bool azb_cache_accounts(
    struct azb_cache *cache, struct azb_account_list *out, struct azb_error *err)
{
    struct azb_account_list list = {NULL, 0, NULL};
    struct arena *arena = memory_alloc(sizeof(*arena));
    *out = list; /* may be freed also after a failure */
    if (!arena)
        return fail_memory(err);
    arena_init(arena, LIST_MEMORY_MAX);
    list.memory = arena;
    bool listed = cache_enter(cache, err);
    if (listed) {
        listed = list_entries(&list, arena, &cache->document) || fail_memory(err);
        cache_leave(cache);
    }
    if (!listed) {
        azb_account_list_free(&list);
        return false;
    }
    *out = list;
    return true;
}

void azb_account_list_free(struct azb_account_list *list)
{
    if (!list)
        return;
    struct arena *arena = list->memory;
    if (arena)
        arena_free(arena);
    memory_free(arena);
    *list = (struct azb_account_list){NULL, 0, NULL};
}
