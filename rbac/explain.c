/*
 * Explanations: one pass over the assignments that are the caller's, each with its first reason.
 *
 * The pass must stay cheap with thousands of assignments (figures: 100 us): patterns are compared
 * only for assignments that act at the scope, sentences are made only for the ones that are shown.
 */
#include "rbac/explain.h"

#include "base/error.h"
#include "rbac/index_data.h"
#include "rbac/question.h"
#include "rbac/suggest.h"

/* Whose a principal of the index is. */
enum relation { RELATION_NONE, RELATION_SELF, RELATION_GROUP, RELATION_APP };

struct finding {
    const struct indexed_assignment *assignment;
    enum rbac_reason reason;
    enum relation relation;
    bool would_grant;
    const struct pattern *pattern;
    unsigned distance; /* smaller is nearer */
};

struct search {
    const struct rbac_index *index;
    const struct rbac_request *request;
    enum rbac_rules rules;
    struct question asked;
    struct question target;   /* the operation that was missing, or that allowed it */
    unsigned char *relations; /* by number of principal */
    struct finding nearest[RBAC_CONSIDERED_MAX];
    size_t kept;
    size_t total;
};

/* ---- who ---- */

static void relate(struct search *search, const char *id, enum relation relation)
{
    uint32_t principal = index_principal(search->index, text_of(id));
    if (principal != PRINCIPAL_NONE && search->relations[principal] == RELATION_NONE)
        search->relations[principal] = (unsigned char)relation;
}

static bool relate_principals(struct search *search, struct arena *arena)
{
    const struct rbac_caller *caller = search->request->caller;
    search->relations = arena_alloc(arena, search->index->principal_mask + 1);
    if (!search->relations)
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

/* ---- what ---- */

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
        reason = taken ? RBAC_SUBTRACTED : RBAC_GRANTS;
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

static void examine_role(const struct search *search, struct finding *finding)
{
    const struct compiled_role *role = finding->assignment->role;
    finding->reason = RBAC_NOT_LISTED;
    finding->distance = 600;
    if (!search->target.name.at)
        return;
    for (size_t i = 0; i < role->role->permission_count; i++)
        examine_permission(search, &role->permissions[i], finding);
    if (finding->reason != RBAC_NOT_LISTED)
        return;
    size_t nearness = nearest_pattern(search, role, &finding->pattern);
    finding->distance -= nearness < 99 ? (unsigned)nearness : 99;
}

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

enum { DISTANCE_WRONG_ROLE = 400 };

/* False when the assignment has nothing to do with the caller. */
static bool examine(
    const struct search *search, const struct indexed_assignment *assignment, struct finding *out)
{
    enum relation relation = search->relations[assignment->principal];
    if (relation == RELATION_NONE)
        return false;
    *out = (struct finding){.assignment = assignment, .relation = relation};
    out->would_grant = assignment->role && role_allows(search->index, assignment->role,
                                               search->request, &search->asked, search->rules);
    bool applies = assignment_applies(assignment, search->request->scope);
    if (relation == RELATION_APP) {
        out->reason = RBAC_PRINCIPAL_IS_APP;
        out->distance = distances[out->reason];
        return applies && out->would_grant;
    }
    if (applies && assignment->role) {
        examine_role(search, out);
        if (out->reason == RBAC_GRANTS && assignment->condition)
            out->reason = RBAC_CONDITION;
        if (out->reason != RBAC_NOT_LISTED)
            out->distance = distances[out->reason];
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

static void examine_all(struct search *search)
{
    for (size_t i = 0; i < search->index->assignment_count; i++) {
        struct finding finding;
        if (examine(search, &search->index->assignments[i], &finding))
            keep(search, &finding);
    }
}

/* ---- sentences ---- */

static const char *list_name(enum rbac_kind kind, bool taken)
{
    if (kind == RBAC_DATA_ACTION)
        return taken ? "notDataActions" : "dataActions";
    return taken ? "notActions" : "actions";
}

/* What granted, subtracted or came nearest, as the role has it. */
static const char *source_of(const struct finding *finding)
{
    return finding->pattern ? finding->pattern->source : "";
}

static const char *not_listed(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    const char *list = list_name(search->target.kind, false);
    if (!finding->pattern)
        return arena_format(arena, "has no %s", list);
    return arena_format(
        arena, "does not list it in %s; \"%s\" comes nearest", list, finding->pattern->source);
}

static const char *wrong_kind(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    enum rbac_kind needed = search->target.kind;
    return arena_format(arena, "has \"%s\" in %s, but it is %s and must be in %s",
        source_of(finding),
        list_name(needed == RBAC_ACTION ? RBAC_DATA_ACTION : RBAC_ACTION, false),
        needed == RBAC_ACTION ? "an action" : "a data action", list_name(needed, false));
}

static const char *sentence_of(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    switch (finding->reason) {
    case RBAC_GRANTS:
        return arena_format(arena, "grants it by \"%s\"", source_of(finding));
    case RBAC_NOT_IN_EFFECT:
        return "will allow it once the change has taken effect";
    case RBAC_DENIED:
        return "grants it, but a deny assignment takes it away";
    case RBAC_CONDITION:
        return "has a condition that is not true here";
    case RBAC_SUBTRACTED:
        return arena_format(arena, "takes it away by \"%s\" in %s", source_of(finding),
            list_name(search->target.kind, true));
    case RBAC_GRANTED_AS_ACTION:
    case RBAC_GRANTED_AS_DATA_ACTION:
        return wrong_kind(search, finding, arena);
    case RBAC_PRINCIPAL_IS_APP:
        return "would allow it, but is assigned to the application's id; roles go to the object id "
               "of the service principal";
    case RBAC_SCOPE_LOOKS_ALIKE:
        return finding->would_grant
                   ? "would allow it, but is assigned at a scope that only looks alike"
                   : "is assigned at a scope that only looks alike";
    case RBAC_SCOPE_BELOW:
        return finding->would_grant ? "would allow it, but is assigned further below"
                                    : "is assigned further below";
    case RBAC_SCOPE_ELSEWHERE:
        return finding->would_grant ? "would allow it, but is assigned at another scope"
                                    : "is assigned at another scope";
    case RBAC_NOT_LISTED:
        return not_listed(search, finding, arena);
    case RBAC_ROLE_GONE:
        return "does not exist any more";
    }
    return "";
}

static bool describe(const struct search *search, const struct finding *finding,
    struct arena *arena, struct rbac_considered *out)
{
    const struct indexed_assignment *assignment = finding->assignment;
    *out = (struct rbac_considered){
        .assignment_id = arena_string(arena, assignment->id),
        .role_id = arena_string(arena, assignment->role_id),
        .role_name = arena_string(arena, assignment->role ? assignment->role->role->name : ""),
        .scope = arena_string(arena, assignment->scope.text),
        .principal_id = arena_string(arena, search->index->principals[assignment->principal].id),
        .through_group = finding->relation == RELATION_GROUP,
        .reason = finding->reason,
        .role_would_grant = finding->would_grant,
        .pattern = finding->pattern ? arena_string(arena, finding->pattern->source) : NULL,
        .sentence = sentence_of(search, finding, arena),
    };
    return !arena->failed;
}

/* ---- putting it together ---- */

/* The decision, and the operation that it turned on. */
static void decide(struct search *search, struct rbac_explanation *out)
{
    struct rbac_decision decision = {.rule = RBAC_RULE_PERMISSION};
    const struct rbac_index *index = search->index;
    question_of(index, search->request, &search->asked);
    search->target = search->asked;
    if (search->rules == RBAC_RULES_BATCH)
        rbac_decide_batch(index, search->request, &decision);
    else
        decision.allowed = rbac_check(index, search->request);
    if (decision.allowed && decision.rule == RBAC_RULE_ACCOUNT_READ)
        search->target.operation = index->account_read;
    if (decision.allowed && decision.rule == RBAC_RULE_LIST_KEYS)
        search->target.operation = index->list_keys;
    if (decision.missing == index->pools_write->name)
        search->target.operation = index->pools_write;
    if (search->target.operation) {
        search->target.action = search->target.operation->name;
        search->target.kind = search->target.operation->kind;
    }
    out->allowed = decision.allowed;
    out->rule = decision.allowed ? decision.rule : RBAC_RULE_NONE;
    question_spell(&search->target);
}

static void add_alternative(struct rbac_explanation *out, const struct rbac_operation *operation,
    enum rbac_rule rule, const char *sentence)
{
    if (out->allowed && out->rule == rule)
        return;
    out->alternatives[out->alternative_count++] = (struct rbac_alternative){
        .action = operation->name, .kind = operation->kind, .rule = rule, .sentence = sentence};
}

static void add_alternatives(const struct search *search, struct rbac_explanation *out)
{
    if (search->rules != RBAC_RULES_BATCH)
        return;
    if (search->request->is_read)
        add_alternative(out, search->index->account_read, RBAC_RULE_ACCOUNT_READ,
            "covers every read of the Batch data plane");
    add_alternative(out, search->index->list_keys, RBAC_RULE_LIST_KEYS,
        "covers every operation of the Batch data plane");
}

static bool add_considered(
    const struct search *search, struct arena *arena, struct rbac_explanation *out)
{
    struct rbac_considered *considered = arena_array(arena, search->kept + 1, sizeof(*considered));
    if (!considered)
        return false;
    for (size_t i = 0; i < search->kept; i++)
        if (!describe(search, &search->nearest[i], arena, &considered[i]))
            return false;
    out->considered = considered;
    out->considered_count = search->kept;
    out->considered_total = search->total;
    out->nearest = search->kept > 0 ? &considered[0] : NULL;
    return true;
}

static bool add_texts(
    const struct search *search, struct arena *arena, struct rbac_explanation *out)
{
    const struct rbac_caller *caller = search->request->caller;
    out->rules = search->rules;
    out->action = arena_string(arena, search->asked.action);
    out->kind = search->asked.kind;
    out->needs_autopool = search->rules == RBAC_RULES_BATCH && search->request->needs_autopool;
    out->scope = arena_string(arena, search->request->scope->text);
    out->caller_object_id = arena_string(arena, caller->object_id ? caller->object_id : "");
    out->caller_name = arena_string(arena, caller->name);
    out->group_count = caller->group_count;
    if (out->allowed)
        return !arena->failed;
    out->missing = arena_string(arena, search->target.action);
    out->missing_kind = search->target.kind;
    return !arena->failed;
}

static bool explain(struct search *search, struct arena *arena, struct rbac_explanation *out)
{
    decide(search, out);
    if (!relate_principals(search, arena) || !add_texts(search, arena, out))
        return false;
    examine_all(search);
    add_alternatives(search, out);
    if (!add_considered(search, arena, out))
        return false;
    return out->allowed || suggest_role(search->index, search->request, search->rules, arena, out);
}

const struct rbac_explanation *rbac_explain(const struct rbac_index *index,
    const struct rbac_request *request, enum rbac_rules rules, struct arena *arena,
    struct azb_error *err)
{
    struct search search;
    search.index = index;
    search.request = request;
    search.rules = rules;
    search.kept = 0;
    search.total = 0;
    struct rbac_explanation *out = arena_alloc(arena, sizeof(*out));
    if (out && explain(&search, arena, out))
        return out;
    fail_memory(err);
    return NULL;
}

const char *rbac_reason_text(enum rbac_reason reason)
{
    static const char *const texts[] = {
        [RBAC_GRANTS] = "grants",
        [RBAC_NOT_IN_EFFECT] = "notInEffect",
        [RBAC_DENIED] = "denied",
        [RBAC_CONDITION] = "condition",
        [RBAC_SUBTRACTED] = "subtracted",
        [RBAC_GRANTED_AS_ACTION] = "grantedAsAction",
        [RBAC_GRANTED_AS_DATA_ACTION] = "grantedAsDataAction",
        [RBAC_PRINCIPAL_IS_APP] = "principalIsApplication",
        [RBAC_SCOPE_LOOKS_ALIKE] = "scopeLooksAlike",
        [RBAC_SCOPE_BELOW] = "scopeBelow",
        [RBAC_SCOPE_ELSEWHERE] = "scopeElsewhere",
        [RBAC_NOT_LISTED] = "notListed",
        [RBAC_ROLE_GONE] = "roleGone",
    };
    return texts[reason];
}
