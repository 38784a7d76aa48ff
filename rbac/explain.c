#include "rbac/explain.h"

#include "base/error.h"
#include "rbac/examine.h"
#include "rbac/suggest.h"

/* What it turned on; what was asked is granted and yet denied only for want of the autopool's
 * pools/write. */
static const struct rbac_operation *target_of(
    const struct search *search, const struct rbac_decision *decision, bool granted)
{
    const struct rbac_index *index = search->index;
    if (!decision->allowed)
        return granted ? index->pools_write : search->asked.operation;
    if (decision->rule == RBAC_RULE_ACCOUNT_READ)
        return index->account_read;
    return decision->rule == RBAC_RULE_LIST_KEYS ? index->list_keys : search->asked.operation;
}

/* The decision, and the operation that it turned on. */
static void decide(struct search *search, struct rbac_explanation *out)
{
    struct rbac_decision decision = {.rule = RBAC_RULE_PERMISSION};
    const struct rbac_index *index = search->index;
    question_of(index, search->request, &search->asked);
    search->target = search->asked;
    gather(index, search->request, &search->asked, search->rules, &search->gathered);
    struct operation_set rest = gathered_rest(&search->gathered);
    bool granted = gathered_allows(&search->gathered, &search->asked);
    decision.allowed = granted;
    if (search->rules == RBAC_RULES_BATCH)
        batch_rule(index, search->request, &search->asked, &rest, granted, &decision);
    search->target.operation = target_of(search, &decision, granted);
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
        if (!describe_finding(search, &search->nearest[i], arena, &considered[i]))
            return false;
    out->considered = considered;
    out->considered_count = search->kept;
    out->considered_total = search->total;
    out->nearest = search->kept > 0 ? &considered[0] : NULL;
    return true;
}

static bool add_denials(
    const struct search *search, struct arena *arena, struct rbac_explanation *out)
{
    const struct rbac_index *index = search->index;
    if (out->allowed || !search->denial)
        return true;
    struct rbac_denial *denials = arena_array(arena, index->denial_count, sizeof(*denials));
    if (!denials)
        return false;
    out->denials = denials;
    for (size_t i = 0; i < index->denial_count; i++)
        if (denial_takes(search, &index->denials[i]) &&
            !describe_denial(search, &index->denials[i], arena, &denials[out->denial_count++]))
            return false;
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
    if (!examine_all(search, arena) || !add_texts(search, arena, out))
        return false;
    add_alternatives(search, out);
    if (!add_considered(search, arena, out) || !add_denials(search, arena, out))
        return false;
    bool on_its_way = out->nearest && out->nearest->reason == RBAC_NOT_IN_EFFECT;
    return out->allowed || on_its_way || suggest_role(search, arena, out);
}

const struct rbac_explanation *rbac_explain(const struct rbac_index *index,
    const struct rbac_request *request, enum rbac_rules rules, struct arena *arena,
    struct azb_error *err)
{
    struct search search;
    search.index = index;
    search.request = request;
    search.rules = rules;
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
