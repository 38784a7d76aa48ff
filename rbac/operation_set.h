/*
 * rbac/operation_set.h - a set of catalogue operations, one bit each.
 */
#ifndef RBAC_OPERATION_SET_H
#define RBAC_OPERATION_SET_H

#include <stdbool.h>
#include <stdint.h>
#include "rbac/operation.h"

enum {
#define ACTION(name, display_name, description) +1
#define DATA_ACTION(name, display_name, description) +1
    OPERATION_COUNT = 0
#include "rbac/operations.def"
#undef ACTION
#undef DATA_ACTION
    ,
    OPERATION_WORDS = (OPERATION_COUNT + 63) / 64
};

struct operation_set {
    uint64_t words[OPERATION_WORDS];
};

static inline void operation_set_add(struct operation_set *set, size_t number)
{
    set->words[number / 64] |= UINT64_C(1) << number % 64;
}

static inline bool operation_set_has(const struct operation_set *set, size_t number)
{
    return (set->words[number / 64] >> number % 64) & 1;
}

static inline void operation_set_unite(struct operation_set *set, const struct operation_set *more)
{
    for (size_t i = 0; i < OPERATION_WORDS; i++)
        set->words[i] |= more->words[i];
}

static inline void operation_set_subtract(
    struct operation_set *set, const struct operation_set *less)
{
    for (size_t i = 0; i < OPERATION_WORDS; i++)
        set->words[i] &= ~less->words[i];
}

#endif
