/* May the caller do it: asks rbac/, keeps the decision, explains a denial. */
#include "authorize/state.h"
#include "base/error.h"
#include "directory/account.h"
#include "directory/directory.h"
#include "rbac/decide.h"
#include "rbac/explain.h"

#define BATCH_PREFIX "Microsoft.Batch/batchAccounts/"

/* One question on its way. */
struct question {
    struct request *request;
    const struct scope *scope;
    struct rbac_caller caller;
    struct rbac_request asked;
    const char *action; /* full name */
    enum rbac_rules rules;
};

/* The lock is held while the groups and the index are in use. */
static inline void unlock_roles(pthread_rwlock_t **lock)
{
    pthread_rwlock_unlock(*lock);
}
#define scoped_roles __attribute__((cleanup(unlock_roles)))

static bool begin(struct question *question, const struct roles *roles, const struct scope *scope,
    struct azb_error *err)
{
    struct request *request = question->request;
    question->caller.object_id = request->caller.object_id;
    question->caller.app_id = request->caller.client_id;
    question->asked.caller = &question->caller;
    question->asked.scope = question->scope = scope;
    return roles_groups(roles, request->caller.object_id, &request->arena,
        &question->caller.group_ids, &question->caller.group_count, err);
}

/* ---- Keeping --------------------------------------------------------------------------------- */

static void copy_cut(char *out, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

static void keep(struct question *question, const char *scope, bool allowed, const char *rule,
    const char *explanation)
{
    struct request *request = question->request;
    struct decision decision = {.at = request->now, .allowed = allowed, .rule = rule};
    memcpy(decision.object_id, request->caller.object_id, GUID_TEXT);
    memcpy(decision.client_id, request->caller.client_id, GUID_TEXT);
    copy_cut(decision.action, sizeof decision.action, question->action);
    copy_cut(decision.scope, sizeof decision.scope, scope);
    copy_cut(decision.explanation, sizeof decision.explanation, explanation);
    decision_keep(request, &decision);
}

/* ---- Explaining ------------------------------------------------------------------------------ */

/* Names make explanations better; that they cannot be found does not matter. */
static void name_caller(struct question *question)
{
    struct request *request = question->request;
    struct application application;
    struct azb_error ignored = AZB_ERROR_INIT;
    if (!request->store ||
        !application_by_app_id(request->store, text_of(request->caller.client_id), &request->arena,
            &application, &ignored))
        return;
    question->caller.application_object_id = application.object_id;
    question->caller.name = application.display_name;
}

static bool explain(struct question *question, const struct roles *roles,
    char out[RBAC_SHORT_MAX + 1], struct azb_error *err)
{
    name_caller(question);
    const struct rbac_explanation *explanation = rbac_explain(
        roles->index, &question->asked, question->rules, &question->request->arena, err);
    if (!explanation)
        return false;
    rbac_explain_short(explanation, out);
    return true;
}

static bool deny(struct question *question, const struct roles *roles, const char *code,
    const char *missing, struct azb_error *err)
{
    char explanation[RBAC_SHORT_MAX + 1];
    const struct caller *caller = &question->request->caller;
    if (!explain(question, roles, explanation, err))
        return false;
    keep(question, question->scope->text, false, rbac_rule_text(RBAC_RULE_NONE), explanation);
    fail_status(err, 403, code,
        "The client '%s' with object id '%s' does not have authorization to perform action '%s' "
        "over scope '%.500s' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials.",
        caller->client_id, caller->object_id, missing, question->scope->text);
    error_add_value(err, "Explanation", "%s", explanation);
    return false;
}

/* ---- Batch ----------------------------------------------------------------------------------- */

static bool ask_batch(struct question *question, const struct account *account,
    const struct roles *roles, struct azb_error *err)
{
    struct rbac_decision decision;
    if (!begin(question, roles, &account->scope, err))
        return false;
    if (!rbac_decide_batch(roles->index, &question->asked, &decision))
        return deny(question, roles, "PermissionDenied",
            decision.missing ? decision.missing : question->action, err);
    keep(question, question->scope->text, true, rbac_rule_text(decision.rule), "");
    return true;
}

bool authorize_batch(struct request *request, const struct account *account,
    enum permission_kind kind, const char *permission, bool is_read, bool needs_autopool,
    struct azb_error *err)
{
    enum rbac_kind rbac_kind = kind == PERMISSION_DATA ? RBAC_DATA_ACTION : RBAC_ACTION;
    const struct rbac_operation *operation = rbac_batch_operation(permission, rbac_kind);
    struct question question = {
        .request = request,
        .action = operation ? operation->name
                            : arena_format(&request->arena, BATCH_PREFIX "%s", permission),
        .rules = RBAC_RULES_BATCH,
        .asked = {.operation = operation,
            .kind = rbac_kind,
            .is_read = is_read,
            .needs_autopool = needs_autopool},
    };
    if (!question.action)
        return fail_memory(err);
    question.asked.action = question.action;
    if (request->caller.kind == CALLER_SHARED_KEY) {
        keep(&question, account->resource_id, true, "account key", "");
        return true;
    }
    if (!roles_current(request, err))
        return false;
    scoped_roles pthread_rwlock_t *lock = &request->service->authorizer->roles_lock;
    pthread_rwlock_rdlock(lock);
    return ask_batch(&question, account, request->service->authorizer->roles, err);
}

/* ---- Azure Resource Manager ------------------------------------------------------------------ */

static bool ask_arm(
    struct question *question, struct text text, const struct roles *roles, struct azb_error *err)
{
    struct scope scope;
    if (!scope_parse(text, &question->request->arena, &scope, err) ||
        !begin(question, roles, &scope, err))
        return false;
    if (!rbac_check(roles->index, &question->asked))
        return deny(question, roles, "AuthorizationFailed", question->action, err);
    keep(question, question->scope->text, true, rbac_rule_text(RBAC_RULE_PERMISSION), "");
    return true;
}

bool authorize_arm(
    struct request *request, const char *action, struct text scope, struct azb_error *err)
{
    struct question question = {
        .request = request,
        .action = action,
        .rules = RBAC_RULES_ARM,
        .asked = {.action = action,
            .kind = RBAC_ACTION,
            .operation = rbac_operation_find(text_of(action), RBAC_ACTION)},
    };
    if (!roles_current(request, err))
        return false;
    scoped_roles pthread_rwlock_t *lock = &request->service->authorizer->roles_lock;
    pthread_rwlock_rdlock(lock);
    return ask_arm(&question, scope, request->service->authorizer->roles, err);
}
