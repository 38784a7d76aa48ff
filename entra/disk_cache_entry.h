/*
 * entra/disk_cache_entry.h - one entry of a token cache: which fields it has, when two are the
 * same, and the key that MSAL Python would give it.
 */
#ifndef ENTRA_DISK_CACHE_ENTRY_H
#define ENTRA_DISK_CACHE_ENTRY_H

#include "entra/disk_cache_document.h"

/* "AccessToken", ...: also what credential_type says. */
const char *cache_section_name(enum cache_section section);

/* All of its fields; what is no object has none. */
void cache_entry_read(
    struct cache_entry *entry, enum cache_section section, const struct json *json);

/* One of them stands for the other: whose it is, of which client, tenant and scopes. */
bool cache_entry_same(const struct cache_entry *a, const struct cache_entry *b);

void cache_entry_key(const struct cache_entry *entry, struct buffer *out);

/* Name and object. `old` is NULL or what it replaces: its fields that are not known here stay, and
 * of an account also those that are not known any more. */
void cache_entry_write(
    struct json_writer *writer, const struct cache_entry *entry, const struct cache_entry *old);

/* Every word of `words` is one of `target`. Words are separated by spaces. */
bool cache_target_has(struct text target, struct text words);

#endif
