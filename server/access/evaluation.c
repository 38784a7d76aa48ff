/*
 * OpenID AuthZEN, Authorization API 1.0, on Azure's roles: the subject is a principal of the
 * directory by object id or client id, the action's name an Azure operation, the resource's id a
 * scope. sections 6 (evaluation), 7 (evaluations), 9 (metadata).
 */
#include "access/access.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"

#define EVALUATIONS_MAX 100
#define PREFIX_MAX 40

/* ---- Reading --------------------------------------------------------------------------------- */

static const struct {
    const char *type;
    enum principal_kind kind;
} subject_types[] = {
    {"user", PRINCIPAL_USER}, {"group", PRINCIPAL_GROUP},
    {"service_principal", PRINCIPAL_SERVICE_PRINCIPAL},
    {"identity", PRINCIPAL_SERVICE_PRINCIPAL}, /* managed identities are service principals */
};
#define SUBJECT_TYPES (sizeof subject_types / sizeof *subject_types)

/* Where Batch itself decides, its own rules hold; everywhere else Azure's. */
static const struct {
    const char *type;
    enum rbac_rules rules;
} resource_types[] = {
    {"scope", RBAC_RULES_ARM},
    {"batch_account", RBAC_RULES_BATCH},
};
#define RESOURCE_TYPES (sizeof resource_types / sizeof *resource_types)

/* One question on its way. `from` is the request's object, `defaults` that of all evaluations. */
struct asking {
    struct request *request;
    const struct json *from, *defaults;
    char prefix[PREFIX_MAX]; /* "evaluations[3]." in messages */
    struct scope scope;
    struct evaluation evaluation;
};

static const struct json *part(const struct asking *asking, const char *name, struct azb_error *err)
{
    const struct json *value = json_get(asking->from, name);
    if (!value && asking->defaults)
        value = json_get(asking->defaults, name);
    if (value && value->type == JSON_OBJECT)
        return value;
    access_bad(err, "'%s%s' %s: an object is expected", asking->prefix, name,
        value ? "is no object" : "is missing");
    return NULL;
}

static bool read_string(const struct asking *asking, const struct json *object, const char *where,
    const char *name, struct text *out, struct azb_error *err)
{
    *out = json_get_text(object, name);
    return out->length > 0 || access_bad(err, "'%s%s.%s' is missing: a string is expected",
                                  asking->prefix, where, name);
}

/* ---- The subject ----------------------------------------------------------------------------- */

static bool subject_kind(
    const struct asking *asking, struct text type, enum principal_kind *kind, struct azb_error *err)
{
    for (size_t i = 0; i < SUBJECT_TYPES; i++)
        if (text_is(type, subject_types[i].type)) {
            *kind = subject_types[i].kind;
            return true;
        }
    return access_bad(err,
        "'%ssubject.type' must be user, group, service_principal or identity, not '%.*s'",
        asking->prefix, TEXT_ARGS(text_slice(type, 0, 100)));
}

static bool by_client_id(
    const struct asking *asking, struct text id, struct principal *out, struct azb_error *err)
{
    struct request *request = asking->request;
    struct service_principal principal;
    if (!service_principal_by_app_id(request->store, id, &request->arena, &principal, err))
        return false;
    *out = (struct principal){
        PRINCIPAL_SERVICE_PRINCIPAL, principal.object_id, principal.display_name, principal.app_id};
    return true;
}

static bool find_subject(
    const struct asking *asking, struct text id, struct principal *out, struct azb_error *err)
{
    struct request *request = asking->request;
    struct azb_error why = AZB_ERROR_INIT;
    if (principal_by_object_id(request->store, id, &request->arena, out, &why) ||
        (why.kind == AZB_ERROR_NOT_FOUND && by_client_id(asking, id, out, &why)))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    return access_bad(err,
        "'%ssubject.id': the directory has no principal with the object id or client id '%.*s'",
        asking->prefix, TEXT_ARGS(text_slice(id, 0, 100)));
}

static bool read_subject(struct asking *asking, struct azb_error *err)
{
    struct text type, id;
    enum principal_kind kind = PRINCIPAL_USER;
    struct principal principal;
    const struct json *subject = part(asking, "subject", err);
    if (!subject || !read_string(asking, subject, "subject", "type", &type, err) ||
        !read_string(asking, subject, "subject", "id", &id, err) ||
        !subject_kind(asking, type, &kind, err) || !find_subject(asking, id, &principal, err))
        return false;
    if (principal.kind != kind)
        return access_bad(err, "'%ssubject.type' is %.*s, but '%.*s' is a %s", asking->prefix,
            TEXT_ARGS(type), TEXT_ARGS(id), principal_kind_text(principal.kind));
    asking->evaluation.object_id = principal.object_id;
    asking->evaluation.client_id = principal.app_id;
    return true;
}

/* ---- Action and resource --------------------------------------------------------------------- */

/* Data action or action: as the catalogue has it, or as "dataAction" among the properties says for
 * an operation that it does not have. */
static bool action_kind(const struct asking *asking, struct text name, const struct json *action,
    enum rbac_kind *kind, struct azb_error *err)
{
    const struct json *said = json_path(action, "properties.dataAction");
    if (said && said->type != JSON_BOOL)
        return access_bad(
            err, "'%saction.properties.dataAction' must be true or false", asking->prefix);
    if (said)
        *kind = said->boolean ? RBAC_DATA_ACTION : RBAC_ACTION;
    else
        *kind =
            !rbac_operation_find(name, RBAC_ACTION) && rbac_operation_find(name, RBAC_DATA_ACTION)
                ? RBAC_DATA_ACTION
                : RBAC_ACTION;
    return true;
}

/* "Microsoft.Batch/batchAccounts/read": a provider, a type, a verb; no pattern. */
static bool is_operation_name(struct text name)
{
    const char *slash = memchr(name.at, '/', name.length);
    const char *dot = memchr(name.at, '.', name.length);
    return slash && dot && dot < slash && !memchr(name.at, '*', name.length) &&
           name.length <= ROLE_STRING_MAX && text_is_printable(name);
}

static bool read_action(struct asking *asking, struct azb_error *err)
{
    struct text name;
    struct arena *arena = &asking->request->arena;
    struct evaluation *evaluation = &asking->evaluation;
    const struct json *action = part(asking, "action", err);
    if (!action || !read_string(asking, action, "action", "name", &name, err))
        return false;
    if (!is_operation_name(name))
        return access_bad(err,
            "'%saction.name' must be an Azure operation, such as "
            "Microsoft.Batch/batchAccounts/jobs/write, not '%.*s'",
            asking->prefix, TEXT_ARGS(text_slice(name, 0, 200)));
    evaluation->action = text_string(arena, name);
    evaluation->needs_autopool = json_get_bool(json_get(action, "properties"), "autopool", false);
    return (evaluation->action || fail_memory(err)) &&
           action_kind(asking, name, action, &evaluation->kind, err);
}

static bool resource_rules(
    const struct asking *asking, struct text type, enum rbac_rules *rules, struct azb_error *err)
{
    for (size_t i = 0; i < RESOURCE_TYPES; i++)
        if (text_is(type, resource_types[i].type)) {
            *rules = resource_types[i].rules;
            return true;
        }
    return access_bad(err,
        "'%sresource.type' must be scope (Azure's rules) or batch_account (the rules of Batch), "
        "not '%.*s'",
        asking->prefix, TEXT_ARGS(text_slice(type, 0, 100)));
}

static bool read_resource(struct asking *asking, struct azb_error *err)
{
    struct text type, id;
    struct azb_error why = AZB_ERROR_INIT;
    const struct json *resource = part(asking, "resource", err);
    if (!resource || !read_string(asking, resource, "resource", "type", &type, err) ||
        !read_string(asking, resource, "resource", "id", &id, err) ||
        !resource_rules(asking, type, &asking->evaluation.rules, err))
        return false;
    asking->evaluation.scope = &asking->scope;
    if (scope_parse(id, &asking->request->arena, &asking->scope, &why))
        return true;
    if (why.kind == AZB_ERROR_MEMORY)
        return error_move(err, &why);
    access_bad(err, "'%sresource.id' is not a scope: %s", asking->prefix, why.message);
    azb_error_free(&why);
    return false;
}

static bool read_question(struct asking *asking, struct azb_error *err)
{
    return read_subject(asking, err) && read_action(asking, err) && read_resource(asking, err);
}

/* ---- Answering ------------------------------------------------------------------------------- */

static void write_answer(
    struct json_writer *writer, const char *id, const struct evaluation_result *result)
{
    json_begin_object(writer);
    json_member_bool(writer, "decision", result->allowed);
    json_name(writer, "context");
    json_begin_object(writer);
    json_member(writer, "id", id);
    json_member(writer, "rule", result->rule);
    json_member(writer, "reason", result->reason ? result->reason : "noAssignment");
    json_member(writer, "sentence", result->sentence);
    json_name(writer, "explanation");
    json_write_raw(writer, result->explanation);
    json_end_object(writer);
    json_end_object(writer);
}

/* Who may not ask about others is told so for the whole request: AuthZEN section 7.2.1. */
static bool answer(
    struct asking *asking, struct json_writer *writer, bool *allowed, struct azb_error *err)
{
    struct evaluation_result result;
    struct request *request = asking->request;
    char id[GUID_TEXT];
    if (!read_question(asking, err) ||
        !access_may_ask(request, text_of(asking->evaluation.object_id), asking->scope.text, err) ||
        !authorize_evaluate(request, &asking->evaluation, &result, err))
        return false;
    if (!random_guid(id))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    write_answer(writer, id, &result);
    *allowed = result.allowed;
    return true;
}

bool access_evaluate(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct asking asking = {.request = request};
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    bool allowed;
    asking.from = request_document(request, "InvalidRequest", err);
    if (!asking.from)
        return false;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    return answer(&asking, &writer, &allowed, err) &&
           reply_document(request, reply, 200, &text, err);
}

/* ---- Many ------------------------------------------------------------------------------------ */

enum semantic { EXECUTE_ALL, DENY_ON_FIRST_DENY, PERMIT_ON_FIRST_PERMIT };

static bool read_semantic(const struct json *body, enum semantic *out, struct azb_error *err)
{
    static const char *const names[] = {
        "execute_all", "deny_on_first_deny", "permit_on_first_permit"};
    const struct json *given = json_path(body, "options.evaluations_semantic");
    *out = EXECUTE_ALL;
    if (!given)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(json_text(given), names[i])) {
            *out = (enum semantic)i;
            return true;
        }
    return access_bad(err,
        "'options.evaluations_semantic' must be execute_all, deny_on_first_deny or "
        "permit_on_first_permit");
}

static bool ends(enum semantic semantic, bool allowed)
{
    return (semantic == DENY_ON_FIRST_DENY && !allowed) ||
           (semantic == PERMIT_ON_FIRST_PERMIT && allowed);
}

/* An error of one question is its answer: denied, with the error in its context. */
static bool answer_error(struct json_writer *writer, const struct azb_error *why)
{
    int status = refusal_status(why);
    if (status >= 500)
        return false;
    json_begin_object(writer);
    json_member_bool(writer, "decision", false);
    json_name(writer, "context");
    json_begin_object(writer);
    json_name(writer, "error");
    json_begin_object(writer);
    json_member_i64(writer, "status", status);
    json_member(writer, "message", why->message);
    json_end_object(writer);
    json_end_object(writer);
    json_end_object(writer);
    return true;
}

static bool answer_one(
    struct asking *asking, struct json_writer *writer, bool *allowed, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *allowed = false;
    if (answer(asking, writer, allowed, &why))
        return true;
    bool told = answer_error(writer, &why);
    if (told)
        azb_error_free(&why);
    return told || error_move(err, &why);
}

static bool answer_all(struct request *request, const struct json *body,
    const struct json *evaluations, struct json_writer *writer, struct azb_error *err)
{
    enum semantic semantic;
    bool allowed;
    size_t number = 0;
    if (!read_semantic(body, &semantic, err))
        return false;
    json_begin_object(writer);
    json_name(writer, "evaluations");
    json_begin_array(writer);
    for (const struct json *one = evaluations->first; one; one = one->next) {
        struct asking asking = {.request = request, .from = one, .defaults = body};
        snprintf(asking.prefix, sizeof asking.prefix, "evaluations[%zu].", number++);
        if (!answer_one(&asking, writer, &allowed, err))
            return false;
        if (ends(semantic, allowed))
            break;
    }
    json_end_array(writer);
    json_end_object(writer);
    return true;
}

static bool check_evaluations(const struct json *evaluations, struct azb_error *err)
{
    if (evaluations->type != JSON_ARRAY)
        return access_bad(err, "'evaluations' must be an array");
    if (evaluations->count > EVALUATIONS_MAX)
        return access_bad(err, "'evaluations' has %zu elements; at most %d are allowed",
            evaluations->count, EVALUATIONS_MAX);
    return true;
}

/* Without (or with an empty) "evaluations" it is a single one: section 7.1. */
bool access_evaluate_all(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct json *body = request_document(request, "InvalidRequest", err);
    const struct json *evaluations = json_get(body, "evaluations");
    if (!body)
        return false;
    if (!evaluations || (evaluations->type == JSON_ARRAY && evaluations->count == 0))
        return access_evaluate(request, reply, err);
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    return check_evaluations(evaluations, err) &&
           answer_all(request, body, evaluations, &writer, err) &&
           reply_document(request, reply, 200, &text, err);
}

/* ---- Metadata -------------------------------------------------------------------------------- */

bool access_get_configuration(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const struct {
        const char *name, *path;
    } endpoints[] = {{"policy_decision_point", ""},
        {"access_evaluation_endpoint", "/access/v1/evaluation"},
        {"access_evaluations_endpoint", "/access/v1/evaluations"}};
    const char *base = decision_base(request);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 4096);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    for (size_t i = 0; base && i < sizeof endpoints / sizeof *endpoints; i++)
        json_member(&writer, endpoints[i].name,
            arena_format(&request->arena, "%s%s", base, endpoints[i].path));
    json_end_object(&writer);
    return base ? reply_document(request, reply, 200, &text, err) : fail_memory(err);
}
