#include "rbac/reach.h"

#include "base/error.h"

static const struct scope *parent_of(const struct reach_map *map, const struct scope *child)
{
    for (size_t i = 0; i < map->count; i++)
        if (scope_equal(&map->edges[i].child, child))
            return &map->edges[i].parent;
    return NULL;
}

/* True when `scope` is `group` or lies in it; at most `count` steps, so that a circle ends. */
static bool lies_in(
    const struct reach_map *map, const struct scope *scope, const struct scope *group)
{
    for (size_t steps = 0; scope && steps <= map->count; steps++) {
        if (scope_equal(scope, group))
            return true;
        scope = parent_of(map, scope);
    }
    return false;
}

static bool read_edge(const struct rbac_parent *from, struct arena *arena, struct reach_edge *edge,
    struct azb_error *err)
{
    if (!scope_parse(text_of(from->child), arena, &edge->child, err) ||
        !scope_parse(text_of(from->parent), arena, &edge->parent, err))
        return false;
    if (edge->parent.kind != SCOPE_MANAGEMENT_GROUP)
        return fail(err, AZB_ERROR_ARGUMENT, "%s is no management group; it cannot hold %s",
            edge->parent.text, edge->child.text);
    if (edge->child.kind != SCOPE_MANAGEMENT_GROUP && edge->child.kind != SCOPE_SUBSCRIPTION)
        return fail(err, AZB_ERROR_ARGUMENT,
            "%s: only a subscription or a management group lies in a management group",
            edge->child.text);
    return true;
}

bool reach_map_build(const struct rbac_parent *parents, size_t count, struct arena *arena,
    struct reach_map *out, struct azb_error *err)
{
    *out = (struct reach_map){.edges = arena_array(arena, count + 1, sizeof(*out->edges))};
    if (!out->edges)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct reach_edge *edge = &out->edges[i];
        if (!read_edge(&parents[i], arena, edge, err))
            return false;
        if (parent_of(out, &edge->child))
            return fail(err, AZB_ERROR_ARGUMENT, "%s has two management groups", edge->child.text);
        if (lies_in(out, &edge->parent, &edge->child))
            return fail(err, AZB_ERROR_ARGUMENT, "the management group %s would lie in itself",
                edge->parent.text);
        out->count++;
    }
    return true;
}

bool reach_of(const struct reach_map *map, const struct scope *scope, struct arena *arena,
    const struct scope **reach, size_t *reach_count, struct azb_error *err)
{
    *reach = scope;
    *reach_count = 1;
    if (scope->kind != SCOPE_MANAGEMENT_GROUP)
        return true;
    struct scope *all = arena_array(arena, map->count + 1, sizeof(*all));
    if (!all)
        return fail_memory(err);
    size_t count = 0;
    all[count++] = *scope;
    for (size_t i = 0; i < map->count; i++)
        if (lies_in(map, &map->edges[i].parent, scope))
            all[count++] = map->edges[i].child;
    *reach = all;
    *reach_count = count;
    return true;
}
