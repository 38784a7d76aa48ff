#include "rbac/decide.h"

#include "rbac/index_data.h"
#include "rbac/question.h"

static void unite_principal(const struct rbac_index *index, const char *id,
    const struct scope *scope, struct operation_set *out)
{
    uint32_t principal = index_principal(index, text_of(id));
    if (principal == PRINCIPAL_NONE)
        return;
    for (size_t i = 0; i < scope->level_count; i++) {
        const struct grant *grant = index_grant(index, principal, scope->key, &scope->levels[i]);
        if (grant)
            operation_set_unite(out, &grant->known);
    }
}

/* All known operations that the caller is granted at the scope. Deny assignments belong here. */
static struct operation_set granted_operations(
    const struct rbac_index *index, const struct rbac_caller *caller, const struct scope *scope)
{
    struct operation_set set = {{0}};
    unite_principal(index, caller->object_id, scope, &set);
    for (size_t i = 0; i < caller->group_count; i++)
        unite_principal(index, caller->group_ids[i], scope, &set);
    return set;
}

static bool principal_granted_name(const struct rbac_index *index, const char *id,
    const struct scope *scope, const struct question *question)
{
    uint32_t principal = index_principal(index, text_of(id));
    if (principal == PRINCIPAL_NONE)
        return false;
    for (size_t i = 0; i < scope->level_count; i++) {
        const struct grant *grant = index_grant(index, principal, scope->key, &scope->levels[i]);
        if (!grant)
            continue;
        for (const struct granted_role *at = grant->roles; at; at = at->next)
            if (compiled_role_grants(at->role, question->name, question->kind))
                return true;
    }
    return false;
}

/* An operation that the catalogue does not have. Deny assignments belong here too. */
static bool granted_name(const struct rbac_index *index, const struct rbac_request *request,
    const struct question *question)
{
    const struct rbac_caller *caller = request->caller;
    if (!question->name.at)
        return false;
    if (principal_granted_name(index, caller->object_id, request->scope, question))
        return true;
    for (size_t i = 0; i < caller->group_count; i++)
        if (principal_granted_name(index, caller->group_ids[i], request->scope, question))
            return true;
    return false;
}

bool rbac_check(const struct rbac_index *index, const struct rbac_request *request)
{
    struct question question;
    question_of(index, request, &question);
    if (!question.operation)
        return granted_name(index, request, &question);
    struct operation_set set = granted_operations(index, request->caller, request->scope);
    return operation_set_has(&set, question_number(&question));
}

static size_t row_number(const struct rbac_operation *operation)
{
    return (size_t)(operation - rbac_operations(NULL));
}

bool batch_rule(const struct rbac_index *index, const struct rbac_request *request,
    const struct question *question, const struct operation_set *set, bool granted,
    struct rbac_decision *out)
{
    *out = (struct rbac_decision){.allowed = true, .rule = RBAC_RULE_PERMISSION};
    bool autopool_ok =
        !request->needs_autopool || operation_set_has(set, row_number(index->pools_write));
    if (granted && autopool_ok)
        return true;
    out->rule = RBAC_RULE_ACCOUNT_READ;
    if (request->is_read && operation_set_has(set, row_number(index->account_read)))
        return true;
    out->rule = RBAC_RULE_LIST_KEYS;
    if (operation_set_has(set, row_number(index->list_keys)))
        return true;
    *out = (struct rbac_decision){
        .missing = granted ? index->pools_write->name : question->action,
        .missing_kind = granted ? RBAC_ACTION : question->kind,
    };
    return false;
}

bool rbac_decide_batch(
    const struct rbac_index *index, const struct rbac_request *request, struct rbac_decision *out)
{
    struct question question;
    question_of(index, request, &question);
    struct operation_set set = granted_operations(index, request->caller, request->scope);
    bool granted = question.operation ? operation_set_has(&set, question_number(&question))
                                      : granted_name(index, request, &question);
    return batch_rule(index, request, &question, &set, granted, out);
}

const char *rbac_rule_text(enum rbac_rule rule)
{
    static const char *const texts[] = {
        [RBAC_RULE_NONE] = "none",
        [RBAC_RULE_PERMISSION] = "permission",
        [RBAC_RULE_ACCOUNT_READ] = "batchAccounts/read",
        [RBAC_RULE_LIST_KEYS] = "batchAccounts/listKeys/action",
    };
    return texts[rule];
}
