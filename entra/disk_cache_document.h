/*
 * entra/disk_cache_document.h - the JSON document of a token cache in the schema that the MSAL
 * libraries share: sections of entries, read into fields and written back with a change.
 *
 * The libraries differ in their keys, so an entry is what its fields say. Whatever is not known
 * here (members of the root, sections, fields) is written as it was read, numbers and order
 * included.
 */
#ifndef ENTRA_DISK_CACHE_DOCUMENT_H
#define ENTRA_DISK_CACHE_DOCUMENT_H

#include "base/arena.h"
#include "base/json.h"

enum cache_section {
    CACHE_ACCESS_TOKEN,
    CACHE_REFRESH_TOKEN,
    CACHE_ID_TOKEN,
    CACHE_ACCOUNT,
    CACHE_APP_METADATA,
    CACHE_SECTIONS
};

#define CACHE_NO_TIME (-1)

/* One entry. Absent and null texts are TEXT_NONE, times that are absent or unreadable are
 * CACHE_NO_TIME. Read ones live as long as their document. */
struct cache_entry {
    enum cache_section section;
    const struct json *json; /* as it was read; NULL of a new one */
    struct text secret, home_account_id, environment, client_id, realm, target, token_type;
    struct text family_id, local_account_id, username, name, authority_type;
    int64_t cached_at, expires_on, extended_expires_on, refresh_on, last_modification_time;
    bool is_bound; /* to a key, an assertion, further parameters: not simply a Bearer token */
};

struct cache_document {
    struct buffer body; /* what was read */
    struct arena arena;
    const struct json *root; /* NULL: empty */
    struct cache_entry *entries;
    size_t count;
};

/* What is to become of a document. */
struct cache_change {
    const struct cache_entry *put; /* each takes the place of the entry that is the same */
    size_t put_count;
    /* NULL, or whether an entry that is not replaced goes. */
    bool (*drops)(const void *context, const struct cache_entry *entry);
    const void *context;
};

void cache_document_init(struct cache_document *document);
void cache_document_free(struct cache_document *document); /* overwrites what it held */

/* Reads `document->body`, which is filled already; nothing but white space is an empty document.
 * False and err: PROTOCOL when it cannot be understood. */
AZB_MUST_CHECK bool cache_document_read(struct cache_document *document, struct azb_error *err);

/* Two names of one cloud's login host, or the same host in whatever case. */
bool cache_environment_equal(struct text a, struct text b);

/* Appends the document with the change. False: out of memory, or too large. */
AZB_MUST_CHECK bool cache_document_write(const struct cache_document *document,
    const struct cache_change *change, struct buffer *out, struct azb_error *err);

#endif
