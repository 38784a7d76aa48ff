#include "rbac/decide.h"

#include "rbac/gather.h"

bool rbac_check(const struct rbac_index *index, const struct rbac_request *request)
{
    struct question question;
    struct gathered gathered;
    question_of(index, request, &question);
    gather(index, request, &question, RBAC_RULES_ARM, &gathered);
    return gathered_allows(&gathered, &question);
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
    struct gathered gathered;
    question_of(index, request, &question);
    gather(index, request, &question, RBAC_RULES_BATCH, &gathered);
    struct operation_set rest = gathered_rest(&gathered);
    return batch_rule(index, request, &question, &rest, gathered_allows(&gathered, &question), out);
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
