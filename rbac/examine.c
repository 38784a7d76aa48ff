#include "rbac/examine.h"

#include "rbac/suggest.h"

/* ---- who ---- */

static void relate(struct search *search, const char *id, enum relation relation)
{
    uint32_t principal = index_principal(search->index, text_of(id));
    if (principal != PRINCIPAL_NONE && search->relations[principal] == RELATION_NONE)
        search->relations[principal] = (unsigned char)relation;
}

static bool prepare(struct search *search, struct arena *arena)
{
    const struct rbac_caller *caller = search->request->caller;
    search->relations = arena_alloc(arena, search->index->principal_mask + 1);
    search->role_answers = arena_alloc(arena, search->index->role_count);
    if (!search->relations || !search->role_answers)
        return false;
    relate(search, caller->object_id, RELATION_SELF);
    for (size_t i = 0; i < caller->group_count; i++)
        relate(search, caller->group_ids[i], RELATION_GROUP);
    relate(search, caller->app_id, RELATION_APP);
    relate(search, caller->application_object_id, RELATION_APP);
    return true;
}

/* ---- where ---- */

/* Scopes of one depth whose difference is at most two characters: rg1 and rg10, a typing error. */
static bool looks_alike(const struct scope *above, const struct scope *below)
{
    if (above->level_count > below->level_count || above->kind == SCOPE_ROOT)
        return false;
    size_t length = below->levels[above->level_count - 1].length;
    size_t own = above->levels[above->level_count - 1].length;
    size_t shorter = own < length ? own : length;
    if (own > length + 2 || length > own + 2)
        return false;
    size_t start = 0;
    size_t end = 0;
    while (start < shorter && above->key[start] == below->key[start])
        start++;
    while (end < shorter - start && above->key[own - 1 - end] == below->key[length - 1 - end])
        end++;
    return own - start - end <= 2 && length - start - end <= 2;
}

static enum rbac_reason scope_reason(
    const struct indexed_assignment *assignment, const struct scope *scope)
{
    if (scope_contains(scope, &assignment->scope))
        return RBAC_SCOPE_BELOW;
    return looks_alike(&assignment->scope, scope) ? RBAC_SCOPE_LOOKS_ALIKE : RBAC_SCOPE_ELSEWHERE;
}

/* ---- deny assignments ---- */

bool denial_takes(const struct search *search, const struct indexed_denial *denial)
{
    const struct question *target = &search->target;
    return target->name.at && denial_applies(denial, search->request->scope) &&
           denial_means(search->index, denial, search->request->caller) &&
           denial_result(denial, search->request, target->name, target->kind, target->action) !=
               CONDITION_FALSE;
}

static const struct indexed_denial *first_denial(const struct search *search)
{
    for (size_t i = 0; i < search->index->denial_count; i++)
        if (denial_takes(search, &search->index->denials[i]))
            return &search->index->denials[i];
    return NULL;
}

/* ---- what ---- */

/* How far each reason is from helping, when the role is the right one. */
static const unsigned distances[] = {
    [RBAC_GRANTS] = 0,
    [RBAC_NOT_IN_EFFECT] = 10,
    [RBAC_DENIED] = 20,
    [RBAC_CONDITION] = 30,
    [RBAC_PRINCIPAL_IS_APP] = 50,
    [RBAC_SUBTRACTED] = 100,
    [RBAC_GRANTED_AS_ACTION] = 200,
    [RBAC_GRANTED_AS_DATA_ACTION] = 200,
    [RBAC_SCOPE_LOOKS_ALIKE] = 300,
    [RBAC_SCOPE_BELOW] = 350,
    [RBAC_SCOPE_ELSEWHERE] = 400,
    [RBAC_NOT_LISTED] = 600,
    [RBAC_ROLE_GONE] = 900,
};

static enum rbac_reason condition_reason(
    const struct search *search, const struct compiled_condition *condition)
{
    enum condition_result result =
        condition_result(condition, search->request, search->target.action, NULL);
    return result == CONDITION_TRUE ? RBAC_GRANTS : RBAC_CONDITION;
}

/* Compares one permission object with the target; keeps what came nearest so far. */
static void examine_permission(
    const struct search *search, const struct compiled_permission *permission, struct finding *out)
{
    const struct question *target = &search->target;
    enum rbac_kind other = target->kind == RBAC_ACTION ? RBAC_DATA_ACTION : RBAC_ACTION;
    const struct pattern *found =
        pattern_list_find(&permission->granted[target->kind], target->name);
    enum rbac_reason reason = RBAC_GRANTS;
    if (found) {
        const struct pattern *taken =
            pattern_list_find(&permission->taken[target->kind], target->name);
        reason = taken ? RBAC_SUBTRACTED : condition_reason(search, &permission->condition);
        found = taken ? taken : found;
    } else {
        found = pattern_list_find(&permission->granted[other], target->name);
        if (found && pattern_list_find(&permission->taken[other], target->name))
            found = NULL;
        reason = other == RBAC_ACTION ? RBAC_GRANTED_AS_ACTION : RBAC_GRANTED_AS_DATA_ACTION;
    }
    if (found && reason < out->reason) {
        out->reason = reason;
        out->pattern = found;
        out->condition = reason == RBAC_CONDITION ? &permission->condition : NULL;
    }
}

/* The pattern that came nearest to the name that no pattern covers. */
static size_t nearest_pattern(
    const struct search *search, const struct compiled_role *role, const struct pattern **out)
{
    size_t best = 0;
    for (size_t i = 0; i < role->role->permission_count; i++) {
        const struct pattern_list *list = &role->permissions[i].granted[search->target.kind];
        for (size_t j = 0; j < list->count; j++) {
            size_t nearness = pattern_nearness(&list->at[j], search->target.name);
            if (*out && nearness <= best)
                continue;
            best = nearness;
            *out = &list->at[j];
        }
    }
    return best;
}

/* What stands in the way of a role that grants it. */
static void examine_obstacles(const struct search *search, struct finding *finding)
{
    const struct compiled_condition *condition = &finding->assignment->condition;
    if (finding->reason != RBAC_GRANTS)
        return;
    finding->reason = condition_reason(search, condition);
    if (finding->reason == RBAC_CONDITION)
        finding->condition = condition;
    else if (search->denial)
        finding->reason = RBAC_DENIED;
}

static void examine_role(const struct search *search, struct finding *finding)
{
    const struct compiled_role *role = finding->assignment->role;
    finding->reason = RBAC_NOT_LISTED;
    finding->distance = distances[RBAC_NOT_LISTED];
    if (!search->target.name.at)
        return;
    for (size_t i = 0; i < role->role->permission_count; i++)
        examine_permission(search, &role->permissions[i], finding);
    examine_obstacles(search, finding);
    if (finding->reason != RBAC_NOT_LISTED) {
        finding->distance = distances[finding->reason];
        return;
    }
    size_t nearness = nearest_pattern(search, role, &finding->pattern);
    finding->distance -= nearness < 99 ? (unsigned)nearness : 99;
}

enum { DISTANCE_WRONG_ROLE = 400 };

enum { NOT_ASKED, WOULD_GRANT, WOULD_NOT };

/* Many assignments have few roles: each is asked once. */
static bool would_grant(const struct search *search, const struct compiled_role *role)
{
    unsigned char *answer = &search->role_answers[role - search->index->roles];
    if (*answer == NOT_ASKED)
        *answer = role_allows(search->index, role, search->request, &search->asked, search->rules,
                      &search->gathered)
                      ? WOULD_GRANT
                      : WOULD_NOT;
    return *answer == WOULD_GRANT;
}

/* False when the assignment has nothing to do with the caller. */
static bool examine(
    const struct search *search, const struct indexed_assignment *assignment, struct finding *out)
{
    enum relation relation = search->relations[assignment->principal];
    if (relation == RELATION_NONE)
        return false;
    *out = (struct finding){.assignment = assignment, .relation = relation};
    out->would_grant = assignment->role && would_grant(search, assignment->role);
    bool applies = assignment_applies(assignment, search->request->scope);
    if (relation == RELATION_APP) {
        out->reason = RBAC_PRINCIPAL_IS_APP;
        out->distance = distances[out->reason];
        return applies && out->would_grant;
    }
    if (applies && assignment->role) {
        examine_role(search, out);
        return true;
    }
    out->reason = applies ? RBAC_ROLE_GONE : scope_reason(assignment, search->request->scope);
    out->distance = distances[out->reason];
    if (!applies && !out->would_grant)
        out->distance += DISTANCE_WRONG_ROLE;
    return true;
}

/* Keeps the nearest ones, in order; equals stay in the order of the index. */
static void keep(struct search *search, const struct finding *finding)
{
    search->total++;
    size_t at = search->kept;
    while (at > 0 && search->nearest[at - 1].distance > finding->distance)
        at--;
    if (at == RBAC_CONSIDERED_MAX)
        return;
    size_t last = search->kept < RBAC_CONSIDERED_MAX ? search->kept : RBAC_CONSIDERED_MAX - 1;
    memmove(
        &search->nearest[at + 1], &search->nearest[at], (last - at) * sizeof(search->nearest[0]));
    search->nearest[at] = *finding;
    search->kept = last + 1;
}

/* ---- changes that have not taken effect ---- */

static bool same_text(const char *a, const char *b)
{
    return text_equal_nocase(text_of(a), text_of(b));
}

/* An assignment is known by its id; without one by all that it says. */
static bool is_same(const struct indexed_assignment *a, const struct indexed_assignment *b)
{
    if (a->id && b->id)
        return same_text(a->id, b->id);
    return same_text(a->principal_id, b->principal_id) && same_text(a->role_id, b->role_id) &&
           scope_equal(&a->scope, &b->scope);
}

static bool is_in(const struct rbac_index *index, const struct indexed_assignment *assignment)
{
    for (size_t i = 0; i < index->assignment_count; i++)
        if (is_same(&index->assignments[i], assignment))
            return true;
    return false;
}

/* What will grant the target: the same pass over the index as it will be. */
static bool examine_pending(struct search *search, struct arena *arena)
{
    const struct rbac_index *pending = search->request->pending;
    struct search later;
    later.index = pending;
    later.request = search->request;
    later.rules = search->rules;
    later.target = search->target;
    question_of(pending, search->request, &later.asked);
    gather(pending, search->request, &later.asked, search->rules, &later.gathered);
    later.denial = first_denial(&later);
    if (!prepare(&later, arena))
        return false;
    for (size_t i = 0; i < pending->assignment_count; i++) {
        struct finding finding;
        if (!examine(&later, &pending->assignments[i], &finding) || finding.reason != RBAC_GRANTS)
            continue;
        finding.reason = RBAC_NOT_IN_EFFECT;
        finding.distance = distances[RBAC_NOT_IN_EFFECT];
        finding.is_change = is_in(search->index, finding.assignment);
        keep(search, &finding);
    }
    return true;
}

/* True when it was found as one that will grant once it has changed. */
static bool is_changing(const struct search *search, const struct indexed_assignment *assignment)
{
    for (size_t i = 0; i < search->kept; i++)
        if (search->nearest[i].is_change && is_same(search->nearest[i].assignment, assignment))
            return true;
    return false;
}

/* ---- all of them ---- */

bool examine_all(struct search *search, struct arena *arena)
{
    const struct rbac_index *index = search->index;
    bool missing = !gathered_allows(&search->gathered, &search->target);
    search->kept = 0;
    search->total = 0;
    search->denial = first_denial(search);
    if (!prepare(search, arena))
        return false;
    if (search->request->pending && missing && !examine_pending(search, arena))
        return false;
    bool changing = search->kept > 0;
    for (size_t i = 0; i < index->assignment_count; i++) {
        struct finding finding;
        if (examine(search, &index->assignments[i], &finding) &&
            !(changing && is_changing(search, &index->assignments[i])))
            keep(search, &finding);
    }
    return true;
}
