/*
 * rbac/hash.h - the hash of ids and scopes: ASCII case does not matter, eight bytes a step.
 *
 * Not meant to resist chosen keys: whoever may write role assignments owns the table anyway, and
 * tables are built whole, with their final size.
 */
#ifndef RBAC_HASH_H
#define RBAC_HASH_H

#include <stdint.h>
#include "base/text.h"

static inline uint64_t hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

/* Sets the bit that tells 'a' from 'A' in every byte: equal texts in any case hash alike. */
static inline uint64_t hash_text(struct text text)
{
    const uint64_t fold = 0x2020202020202020u;
    uint64_t hash = text.length;
    size_t at = 0;
    for (; at + 8 <= text.length; at += 8) {
        uint64_t word;
        memcpy(&word, text.at + at, 8);
        hash = hash_mix(hash, word | fold);
    }
    if (at < text.length) {
        uint64_t word = 0;
        memcpy(&word, text.at + at, text.length - at);
        hash = hash_mix(hash, word | fold);
    }
    return hash_mix(hash, text.length);
}

#endif
