/*
 * rbac/scope.h - Azure scope ids, parsed once and compared by segment.
 *
 *     /                                                                      root
 *     /providers/Microsoft.Management/managementGroups/{id}                  management group
 *     /subscriptions/{id}                                                    subscription
 *     /subscriptions/{id}/resourceGroups/{name}                              resource group
 *     ... /providers/{namespace}/{type}/{name}[/{type}/{name}...]            resource
 *
 * Comparison is case-insensitive (ASCII) and by whole segments: rg1 is not above rg10. One trailing
 * slash is tolerated. Empty segments, "." and "..", '%', '\', '?', '#', '*' and control characters
 * are refused: a scope id is never percent-encoded by the time it gets here.
 */
#ifndef RBAC_SCOPE_H
#define RBAC_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define SCOPE_LENGTH_MAX 1024
#define SCOPE_LEVELS_MAX 10 /* root, subscription, resource group and seven nested resources */

enum scope_kind {
    SCOPE_ROOT,
    SCOPE_MANAGEMENT_GROUP,
    SCOPE_SUBSCRIPTION,
    SCOPE_RESOURCE_GROUP,
    SCOPE_RESOURCE,
};

/* One scope on the way from the root to this one: the first `length` bytes of `key`. */
struct scope_level {
    uint32_t length;
    uint64_t hash;
};

/* Read only after scope_parse(). Level 0 is the root, the last level is the scope itself. */
struct scope {
    enum scope_kind kind;
    const char *text; /* as written, without a trailing slash; "/" for the root */
    const char *key;  /* the same in lower case; "" for the root */
    size_t level_count;
    struct scope_level levels[SCOPE_LEVELS_MAX];
};

/* Checks and normalises. Texts live in the arena. AZB_ERROR_ARGUMENT names what was wrong. */
bool scope_parse(
    struct text text, struct arena *arena, struct scope *out, struct azb_error *err) AZB_MUST_CHECK;

/* True when `above` is `below` or one of its ancestors by path. Which management group a
 * subscription belongs to is not in its path: struct rbac_parent of rbac/index.h says that. */
bool scope_contains(const struct scope *above, const struct scope *below);
bool scope_equal(const struct scope *a, const struct scope *b);

/* The last segment: the name of the group, account, ...; "/" for the root. */
const char *scope_name(const struct scope *scope);

#endif
