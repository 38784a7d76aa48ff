/*
 * The files of tokens and accounts: libazb's own, az's profile and its list of service principals.
 * The first byte chooses. Of a cache: whatever could be read is written again as the same document,
 * and a new token in it is found.
 */
#include <stdint.h>

#include "base/error.h"
#include "entra/disk_cache_entry.h"
#include "entra/disk_cache_search.h"
#include "entra/foreign_cache.h"

#define HOST "login.microsoftonline.com"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool read_text(struct cache_document *document, struct text text)
{
    struct azb_error err = AZB_ERROR_INIT;
    cache_document_init(document);
    buffer_add_text(&document->body, text);
    bool read = cache_document_read(document, &err);
    require(read || err.message[0]);
    return read;
}

static void write_text(
    const struct cache_document *document, const struct cache_change *change, struct buffer *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    buffer_init(out, 64 << 20);
    require(cache_document_write(document, change, out, &err));
}

/* Written without a change and read again, it is written as the same bytes. */
static void write_unchanged(const struct cache_document *document)
{
    struct cache_change nothing = {.put_count = 0};
    struct cache_document again;
    struct buffer first, second;
    write_text(document, &nothing, &first);
    require(read_text(&again, buffer_text(&first)));
    require(again.count == document->count);
    write_text(&again, &nothing, &second);
    require(text_equal(buffer_text(&first), buffer_text(&second)));
    buffer_free(&first);
    buffer_free(&second);
    cache_document_free(&again);
}

/* The token takes the place of at least none and at most all that were there. */
static void write_token(const struct cache_document *document)
{
    struct cache_owner owner = {HOST, "client", "tenant", NULL, NULL};
    struct cache_entry entry = {.section = CACHE_ACCESS_TOKEN,
        .secret = TEXT("new"),
        .environment = TEXT(HOST),
        .client_id = TEXT("client"),
        .realm = TEXT("tenant"),
        .target = TEXT("scope"),
        .token_type = TEXT("Bearer"),
        .cached_at = 1,
        .expires_on = INT64_MAX,
        .refresh_on = CACHE_NO_TIME};
    struct cache_change change = {.put = &entry, .put_count = 1};
    struct cache_document again;
    struct buffer out;
    write_text(document, &change, &out);
    require(read_text(&again, buffer_text(&out)));
    const struct cache_entry *found = cache_search_token(&again, &owner, TEXT("scope"), 1000, 0);
    require(found && found->expires_on == INT64_MAX && again.count <= document->count + 1);
    buffer_free(&out);
    cache_document_free(&again);
}

static void search(const struct cache_document *document)
{
    struct text account;
    const struct cache_entry *entry;
    struct azb_error err = AZB_ERROR_INIT;
    struct cache_owner owner = {HOST, "client", NULL, NULL, NULL};
    if (cache_search_refresh_token(document, &owner, &entry, &err) == 1)
        require(entry->secret.length > 0 && entry->home_account_id.length > 0);
    if (cache_search_account(document, &owner, &account, &err) < 0)
        require(strcmp(err.code, "multiple_accounts") == 0 && err.message[0]);
}

static void cache(struct text text)
{
    struct cache_document document;
    if (read_text(&document, text)) {
        search(&document);
        write_unchanged(&document);
        write_token(&document);
    }
    cache_document_free(&document);
}

static void accounts(struct text text, bool (*read)(struct text body, struct arena *arena,
                                           struct foreign_accounts *out, struct azb_error *err))
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct foreign_accounts found = {NULL, 0, NULL};
    arena_init(&arena, 64 << 20);
    require(read(text, &arena, &found, &err) || err.message[0]);
    for (size_t i = 0; i < found.count; i++)
        require(found.at[i].username && found.at[i].source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct text text = {(const char *)data + 1, size - 1};
    switch (data[0] % 3) {
    case 0:
        cache(text);
        break;
    case 1:
        accounts(text, foreign_profile_read);
        break;
    default:
        accounts(text, foreign_principals_read);
    }
    return 0;
}
