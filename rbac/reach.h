/*
 * rbac/reach.h - where an assignment acts: the subscriptions and groups below a management group.
 *
 * The path of a subscription does not say in which management group it lies, so an assignment to a
 * management group is spread over all that lies in it when the index is built.
 */
#ifndef RBAC_REACH_H
#define RBAC_REACH_H

#include "rbac/index.h"
#include "rbac/scope.h"

struct reach_edge {
    struct scope child;
    struct scope parent;
};

struct reach_map {
    struct reach_edge *edges;
    size_t count;
};

/* Err: a scope that does not parse, a parent that is no management group, a child that is neither
 * subscription nor management group, a child with two parents, a circle. */
bool reach_map_build(const struct rbac_parent *parents, size_t count, struct arena *arena,
    struct reach_map *out, struct azb_error *err);

/* `scope` and everything that lies in it; false when out of memory. */
bool reach_of(const struct reach_map *map, const struct scope *scope, struct arena *arena,
    const struct scope **reach, size_t *reach_count, struct azb_error *err);

#endif
