/* May the caller do it: asks rbac/, keeps the decision, explains a denial. */
#include "authorize/hint.h"
#include "authorize/state.h"
#include "base/error.h"
#include "directory/account.h"
#include "directory/directory.h"
#include "rbac/decide.h"
#include "rbac/explain.h"

#define BATCH_PREFIX "Microsoft.Batch/batchAccounts/"
#define EXPLANATION_MAX (256 * 1024)

/* One question on its way. */
struct question {
    struct request *request;
    const struct scope *scope;
    struct rbac_caller caller;
    struct rbac_request asked;
    const char *action; /* full name */
    enum rbac_rules rules;
    bool quiet; /* about the log itself: kept only when refused, in audit mode as well */
    struct hints hints;
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

static struct decision_question decided(const struct question *question)
{
    return (struct decision_question){
        .operation = question->asked.operation,
        .action = question->action,
        .kind = question->asked.kind,
        .scope = question->scope,
        .is_read = question->asked.is_read,
        .needs_autopool = question->asked.needs_autopool,
    };
}

static void keep_allowed(const struct question *question, const char *rule)
{
    const struct decision_question what = decided(question);
    decision_log_allow(question->request->service->authorizer->log, question->request, &what, rule);
}

static void add_hint(struct buffer *out, const char *name, const char *sentence)
{
    struct json_writer writer;
    if (!sentence)
        return;
    buffer_format(out, ",\"%s\":", name);
    json_writer_init(&writer, out, 0);
    json_write_string(&writer, sentence);
}

/* The evaluator's JSON, and what it cannot know. */
static void write_explanation(
    const struct question *question, const struct rbac_explanation *explanation, struct buffer *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out, 0);
    rbac_explain_json(explanation, &writer);
    if (out->failed)
        return;
    out->length--; /* its closing brace comes after the hints */
    add_hint(out, "propagation", question->hints.propagation);
    add_hint(out, "membership", question->hints.membership);
    buffer_add_char(out, '}');
}

static void keep_denied(const struct question *question, const struct roles *roles,
    const struct rbac_explanation *explanation, enum decision_outcome outcome)
{
    struct request *request = question->request;
    const struct decision_question what = decided(question);
    scoped_buffer struct buffer why = {0};
    buffer_init(&why, EXPLANATION_MAX);
    write_explanation(question, explanation, &why);
    const struct refusal refusal = {.outcome = outcome,
        .status = outcome == DECISION_WOULD_DENY ? 0 : 403,
        .caller = &request->caller,
        .roles = roles,
        .why_name = "explanation",
        .why = why.failed ? TEXT("null") : buffer_text(&why)};
    refusal_keep(request, &what, &refusal);
}

/* ---- Explaining ------------------------------------------------------------------------------ */

/* Names make explanations better; that they cannot be found does not matter. */
static void name_caller(struct question *question)
{
    struct request *request = question->request;
    struct principal principal;
    struct application application;
    struct azb_error ignored = AZB_ERROR_INIT;
    if (!request->store)
        return;
    if (principal_by_object_id(request->store, text_of(question->caller.object_id), &request->arena,
            &principal, &ignored))
        question->caller.name = principal.display_name;
    if (application_by_app_id(request->store, text_of(question->caller.app_id), &request->arena,
            &application, &ignored))
        question->caller.application_object_id = application.object_id;
}

static const struct rbac_explanation *explain(
    struct question *question, const struct roles *roles, struct azb_error *err)
{
    name_caller(question);
    question->asked.pending = propagation_pending(question->request->service->authorizer);
    return rbac_explain(
        roles->index, &question->asked, question->rules, &question->request->arena, err);
}

static bool refuse(const struct question *question, const struct rbac_explanation *explanation,
    const char *code, const char *missing, struct azb_error *err)
{
    char text[RBAC_SHORT_MAX + 1];
    const struct caller *caller = &question->request->caller;
    rbac_explain_short(explanation, text);
    fail_status(err, 403, code,
        "The client '%s' with object id '%s' does not have authorization to perform action '%s' "
        "over scope '%.500s' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials.",
        caller->client_id, caller->object_id, missing, question->scope->text);
    error_add_value(err, "Explanation", "%s", text);
    if (question->hints.propagation)
        error_add_value(err, "Propagation", "%s", question->hints.propagation);
    if (question->hints.membership)
        error_add_value(err, "Membership", "%s", question->hints.membership);
    return false;
}

/* What is on its way need not be given once more. */
static struct rbac_explanation told(
    const struct rbac_explanation *explanation, const struct hints *hints)
{
    struct rbac_explanation out = *explanation;
    out.on_its_way = hints->propagation;
    out.has_suggestion = explanation->has_suggestion && !hints->propagation;
    return out;
}

/* True in audit mode: what the roles refuse is kept, and goes on. */
static bool deny(struct question *question, const struct roles *roles, const char *code,
    const char *missing, struct azb_error *err)
{
    bool audit = !question->quiet && atomic_load(&question->request->service->authorizer->audit);
    const struct rbac_explanation *explanation = explain(question, roles, err);
    if (!explanation)
        return false;
    hints_find(
        question->request, roles, &question->asked, question->rules, explanation, &question->hints);
    const struct rbac_explanation all = told(explanation, &question->hints);
    keep_denied(question, roles, &all, audit ? DECISION_WOULD_DENY : DECISION_DENIED);
    return audit || refuse(question, &all, code, missing, err);
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
    keep_allowed(question, rbac_rule_text(decision.rule));
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
            .needs_autopool = needs_autopool,
            .now = request->now},
    };
    if (!question.action)
        return fail_memory(err);
    question.asked.action = question.action;
    if (request->caller.kind == CALLER_SHARED_KEY) {
        question.scope = &account->scope;
        keep_allowed(&question, "account key");
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
    if (!question->quiet)
        keep_allowed(question, rbac_rule_text(RBAC_RULE_PERMISSION));
    return true;
}

static bool ask_current(struct question *question, struct text scope, struct azb_error *err)
{
    struct authorizer *authorizer = question->request->service->authorizer;
    if (!roles_current(question->request, err))
        return false;
    scoped_roles pthread_rwlock_t *lock = &authorizer->roles_lock;
    pthread_rwlock_rdlock(lock);
    return ask_arm(question, scope, authorizer->roles, err);
}

static struct question arm_question(struct request *request, const char *action)
{
    return (struct question){
        .request = request,
        .action = action,
        .rules = RBAC_RULES_ARM,
        .asked = {.action = action,
            .kind = RBAC_ACTION,
            .operation = rbac_operation_find(text_of(action), RBAC_ACTION),
            .now = request->now},
    };
}

bool authorize_arm(
    struct request *request, const char *action, struct text scope, struct azb_error *err)
{
    struct question question = arm_question(request, action);
    return ask_current(&question, scope, err);
}

bool authorize_arm_about(struct request *request, const char *action, struct text scope,
    const struct condition_attribute *attributes, size_t count, struct azb_error *err)
{
    struct question question = arm_question(request, action);
    question.asked.attributes = attributes;
    question.asked.attribute_count = count;
    return ask_current(&question, scope, err);
}

bool authorize_arm_quietly(
    struct request *request, const char *action, struct text scope, struct azb_error *err)
{
    struct question question = arm_question(request, action);
    question.quiet = true;
    return ask_current(&question, scope, err);
}

/* ---- About anybody --------------------------------------------------------------------------- */

static bool fill_result(struct question *question, const struct rbac_explanation *explanation,
    struct evaluation_result *out, struct azb_error *err)
{
    struct arena *arena = &question->request->arena;
    scoped_buffer struct buffer json = {0};
    struct json_writer writer;
    buffer_init(&json, EXPLANATION_MAX);
    json_writer_init(&writer, &json, 0);
    rbac_explain_json(explanation, &writer);
    rbac_explain_short(explanation, out->sentence);
    out->allowed = explanation->allowed;
    out->rule = rbac_rule_text(explanation->rule);
    out->reason = explanation->nearest ? rbac_reason_text(explanation->nearest->reason) : NULL;
    out->explanation = (struct text){arena_copy(arena, json.at, json.length), json.length};
    return (out->explanation.at && !json.failed) || fail_memory(err);
}

static bool evaluate(struct question *question, const struct evaluation *evaluation,
    const struct roles *roles, struct evaluation_result *out, struct azb_error *err)
{
    question->caller.object_id = evaluation->object_id;
    question->caller.app_id = evaluation->client_id;
    question->asked.caller = &question->caller;
    question->asked.scope = question->scope = evaluation->scope;
    question->asked.now = question->request->now;
    if (!roles_groups(roles, evaluation->object_id, &question->request->arena,
            &question->caller.group_ids, &question->caller.group_count, err))
        return false;
    const struct rbac_explanation *explanation = explain(question, roles, err);
    return explanation && fill_result(question, explanation, out, err);
}

bool authorize_evaluate(struct request *request, const struct evaluation *evaluation,
    struct evaluation_result *out, struct azb_error *err)
{
    struct question question = arm_question(request, evaluation->action);
    struct rbac_request *asked = &question.asked;
    question.rules = evaluation->rules;
    asked->kind = evaluation->kind;
    asked->operation = rbac_operation_find(text_of(evaluation->action), evaluation->kind);
    asked->is_read = asked->operation && rbac_operation_is_read(asked->operation);
    asked->needs_autopool = evaluation->needs_autopool;
    if (!roles_current(request, err))
        return false;
    scoped_roles pthread_rwlock_t *lock = &request->service->authorizer->roles_lock;
    pthread_rwlock_rdlock(lock);
    return evaluate(&question, evaluation, request->service->authorizer->roles, out, err);
}
