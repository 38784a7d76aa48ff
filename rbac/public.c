/*
 * The part of this room that programs may use (azb/rbac.h): collects roles and assignments, and
 * builds an index when the first question comes after a change.
 */
#include <azb/rbac.h>

#include "base/error.h"
#include "base/time.h"
#include "rbac/explain.h"

struct azb_rbac {
    struct arena arena; /* all strings */
    struct rbac_role *roles;
    size_t role_count, role_capacity;
    struct rbac_assignment *assignments;
    size_t assignment_count, assignment_capacity;
    struct rbac_deny_assignment *denials;
    size_t denial_count, denial_capacity;
    struct rbac_index *index; /* NULL after a change */
};

struct azb_rbac *azb_rbac_new(struct azb_error *err)
{
    struct azb_rbac *rbac = memory_alloc(sizeof(*rbac));
    if (!rbac)
        fail_memory(err);
    else
        arena_init(&rbac->arena, 0);
    return rbac;
}

void azb_rbac_free(struct azb_rbac *rbac)
{
    if (!rbac)
        return;
    rbac_index_free(rbac->index);
    memory_free(rbac->roles);
    memory_free(rbac->assignments);
    memory_free(rbac->denials);
    arena_free(&rbac->arena);
    memory_free(rbac);
}

/* Room for one more element; the array itself stays when there is no memory. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size, struct azb_error *err)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? 2 * *capacity : 16;
    void *larger = memory_resize(*array, wanted * size);
    if (!larger)
        return fail_memory(err);
    *array = larger;
    *capacity = wanted;
    return true;
}

static void forget_index(struct azb_rbac *rbac)
{
    rbac_index_free(rbac->index);
    rbac->index = NULL;
}

/* By name, GUID or definition id. Built-in roles come first, as in the index. */
static const struct rbac_role *find_role(const struct azb_rbac *rbac, struct text role)
{
    struct text guid = role_guid_of(role);
    const struct rbac_role *found = rbac_builtin_role(guid.at ? guid : role);
    for (size_t i = 0; !found && i < rbac->role_count; i++)
        if (text_equal_nocase(text_of(rbac->roles[i].name), role) ||
            (guid.at && text_equal_nocase(text_of(rbac->roles[i].id), guid)))
            found = &rbac->roles[i];
    return found;
}

static bool check_new_role(
    const struct azb_rbac *rbac, const struct rbac_role *role, struct azb_error *err)
{
    if (find_role(rbac, text_of(role->name)))
        return fail(err, AZB_ERROR_ARGUMENT, "role definition: there is a role named \"%.200s\"",
            role->name);
    if (*role->id && find_role(rbac, text_of(role->id)))
        return fail(
            err, AZB_ERROR_ARGUMENT, "role definition: there is a role with the id %s", role->id);
    return role->type == ROLE_BUILT_IN || role_check_custom(role, err);
}

bool azb_rbac_add_role(
    struct azb_rbac *rbac, const char *json, size_t length, struct azb_error *err)
{
    scoped_arena struct arena scratch = {0};
    arena_init(&scratch, 0);
    const struct rbac_role *role = role_parse((struct text){json, length}, &scratch, NULL, err);
    void *roles = rbac->roles;
    if (!role || !check_new_role(rbac, role, err) ||
        !grow(&roles, rbac->role_count, &rbac->role_capacity, sizeof(*rbac->roles), err))
        return false;
    rbac->roles = roles;
    struct rbac_role *to = &rbac->roles[rbac->role_count];
    if (!role_copy(role, &rbac->arena, to))
        return fail_memory(err);
    if (!*to->id) /* assignments refer to roles by id */
        to->id = arena_format(&rbac->arena, "00000000-0000-0000-0000-%012zu", rbac->role_count);
    if (!to->id)
        return fail_memory(err);
    rbac->role_count++;
    forget_index(rbac);
    return true;
}

static bool check_scope(const char *member, const char *text, struct azb_error *err)
{
    scoped_arena struct arena scratch = {0};
    struct scope scope;
    arena_init(&scratch, 0);
    if (!text)
        return fail(err, AZB_ERROR_ARGUMENT, "%s: it is missing", member);
    return scope_parse(text_of(text), &scratch, &scope, err);
}

static bool check_condition(const char *text, struct azb_error *err)
{
    scoped_arena struct arena scratch = {0};
    arena_init(&scratch, 0);
    return !text || condition_parse(text_of(text), &scratch, err);
}

bool azb_rbac_assign(struct azb_rbac *rbac, const char *principal_id, const char *role,
    const char *scope, struct azb_error *err)
{
    return azb_rbac_assign_with_condition(rbac, principal_id, role, scope, NULL, err);
}

bool azb_rbac_assign_with_condition(struct azb_rbac *rbac, const char *principal_id,
    const char *role, const char *scope, const char *condition, struct azb_error *err)
{
    if (!principal_id || !*principal_id)
        return fail(err, AZB_ERROR_ARGUMENT, "principal_id: it is missing");
    const struct rbac_role *found = role ? find_role(rbac, text_of(role)) : NULL;
    if (!found)
        return fail(err, AZB_ERROR_ARGUMENT,
            "role: there is none with the name or id \"%.200s\", neither built in nor added",
            role ? role : "");
    void *assignments = rbac->assignments;
    if (!check_scope("scope", scope, err) || !check_condition(condition, err) ||
        !grow(&assignments, rbac->assignment_count, &rbac->assignment_capacity,
            sizeof(*rbac->assignments), err))
        return false;
    rbac->assignments = assignments;
    struct rbac_assignment assignment = {
        .principal_id = arena_string(&rbac->arena, principal_id),
        .role_id = arena_string(&rbac->arena, found->id),
        .scope = arena_string(&rbac->arena, scope),
        .condition = arena_string(&rbac->arena, condition),
    };
    if (!assignment.principal_id || !assignment.role_id || !assignment.scope ||
        (condition && !assignment.condition))
        return fail_memory(err);
    rbac->assignments[rbac->assignment_count++] = assignment;
    forget_index(rbac);
    return true;
}

/* ---- deny assignments ---- */

static bool check_denial(const struct azb_rbac_deny_assignment *denial, struct azb_error *err)
{
    if (!denial->name || !*denial->name)
        return fail(err, AZB_ERROR_ARGUMENT, "denial.name: it is missing");
    if (denial->action_count + denial->data_action_count == 0)
        return fail(err, AZB_ERROR_ARGUMENT,
            "denial.actions: at least one action or data action is required");
    return check_scope("denial.scope", denial->scope, err) &&
           check_condition(denial->condition, err);
}

/* Entries are never empty: an id or pattern that a program forgot must not be passed over. */
static bool copy_names(struct azb_rbac *rbac, const char *member, const char *const *from,
    size_t count, struct rbac_names *out, struct azb_error *err)
{
    const char **names = arena_array(&rbac->arena, count + 1, sizeof(*names));
    if (!names)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!from || !from[i] || !*from[i])
            return fail(err, AZB_ERROR_ARGUMENT, "denial.%s[%zu]: it is missing", member, i);
        names[i] = arena_string(&rbac->arena, from[i]);
        if (!names[i])
            return fail_memory(err);
    }
    *out = (struct rbac_names){names, count};
    return true;
}

static bool copy_denied(struct azb_rbac *rbac, const struct azb_rbac_deny_assignment *from,
    struct rbac_permission *to, struct azb_error *err)
{
    return copy_names(rbac, "actions", from->actions, from->action_count, &to->actions, err) &&
           copy_names(rbac, "not_actions", from->not_actions, from->not_action_count,
               &to->not_actions, err) &&
           copy_names(rbac, "data_actions", from->data_actions, from->data_action_count,
               &to->data_actions, err) &&
           copy_names(rbac, "not_data_actions", from->not_data_actions, from->not_data_action_count,
               &to->not_data_actions, err);
}

static bool copy_denial(struct azb_rbac *rbac, const struct azb_rbac_deny_assignment *from,
    struct rbac_deny_assignment *to, struct azb_error *err)
{
    static const char *const everybody[] = {RBAC_EVERYBODY};
    struct rbac_permission *permission = arena_alloc(&rbac->arena, sizeof(*permission));
    *to = (struct rbac_deny_assignment){.name = arena_string(&rbac->arena, from->name),
        .scope = arena_string(&rbac->arena, from->scope),
        .condition = arena_string(&rbac->arena, from->condition),
        .permissions = permission,
        .permission_count = 1,
        .does_not_apply_to_child_scopes = from->does_not_apply_to_child_scopes};
    if (!permission || !to->name || !to->scope || (from->condition && !to->condition))
        return fail_memory(err);
    return copy_names(rbac, "principal_ids", from->principal_ids ? from->principal_ids : everybody,
               from->principal_ids ? from->principal_count : 1, &to->principal_ids, err) &&
           copy_names(rbac, "excluded_ids", from->excluded_ids, from->excluded_count,
               &to->exclude_principal_ids, err) &&
           copy_denied(rbac, from, permission, err);
}

bool azb_rbac_deny(
    struct azb_rbac *rbac, const struct azb_rbac_deny_assignment *given, struct azb_error *err)
{
    struct azb_rbac_deny_assignment denial = AZB_RBAC_DENY_ASSIGNMENT_INIT;
    void *denials = rbac->denials;
    if (given->size == 0)
        return fail(
            err, AZB_ERROR_ARGUMENT, "denial: it was not made with AZB_RBAC_DENY_ASSIGNMENT_INIT");
    memcpy(&denial, given, given->size < sizeof(denial) ? given->size : sizeof(denial));
    if (denial.principal_ids && denial.principal_count == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "denial.principal_count: it is 0; everybody is NULL");
    if (!check_denial(&denial, err) ||
        !grow(&denials, rbac->denial_count, &rbac->denial_capacity, sizeof(*rbac->denials), err))
        return false;
    rbac->denials = denials;
    if (!copy_denial(rbac, &denial, &rbac->denials[rbac->denial_count], err))
        return false;
    rbac->denial_count++;
    forget_index(rbac);
    return true;
}

/* ---- questions ---- */

struct prepared {
    struct arena arena;
    struct scope scope;
    struct rbac_caller caller;
    struct rbac_request request;
    enum rbac_rules rules;
};

static bool build_index(struct azb_rbac *rbac, struct azb_error *err)
{
    struct rbac_index_input input = {.roles = rbac->roles,
        .role_count = rbac->role_count,
        .assignments = rbac->assignments,
        .assignment_count = rbac->assignment_count,
        .denials = rbac->denials,
        .denial_count = rbac->denial_count};
    if (!rbac->index)
        rbac->index = rbac_index_new(&input, err);
    return rbac->index != NULL;
}

static bool take_attributes(
    const struct azb_rbac_query *query, struct prepared *out, struct azb_error *err)
{
    static const enum condition_source sources[] = {
        [AZB_RBAC_REQUEST] = CONDITION_REQUEST,
        [AZB_RBAC_RESOURCE] = CONDITION_RESOURCE,
        [AZB_RBAC_PRINCIPAL] = CONDITION_PRINCIPAL,
        [AZB_RBAC_ENVIRONMENT] = CONDITION_ENVIRONMENT,
    };
    size_t count = query->attributes ? query->attribute_count : 0;
    struct condition_attribute *attributes =
        arena_array(&out->arena, count + 1, sizeof(*attributes));
    if (!attributes)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct azb_rbac_attribute *from = &query->attributes[i];
        if (!from->name || (size_t)from->source >= sizeof(sources) / sizeof(sources[0]))
            return fail(err, AZB_ERROR_ARGUMENT,
                "query.attributes[%zu]: its name is missing, or its source is none", i);
        attributes[i] = (struct condition_attribute){.source = sources[from->source],
            .name = from->name,
            .values = from->values,
            .value_count = from->values ? from->value_count : 0};
    }
    out->request.attributes = attributes;
    out->request.attribute_count = count;
    out->request.now = query->now ? query->now * TICKS_PER_SECOND : clock_ticks(NULL);
    return true;
}

static bool prepare(const struct azb_rbac_query *given, struct prepared *out, struct azb_error *err)
{
    struct azb_rbac_query known = AZB_RBAC_QUERY_INIT;
    const struct azb_rbac_query *query = &known;
    if (given->size == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "query: it was not made with AZB_RBAC_QUERY_INIT");
    memcpy(&known, given, given->size < sizeof(known) ? given->size : sizeof(known));
    if (!query->object_id || !*query->object_id)
        return fail(err, AZB_ERROR_ARGUMENT, "query.object_id: it is missing");
    if (!query->operation || !*query->operation)
        return fail(err, AZB_ERROR_ARGUMENT, "query.operation: it is missing");
    if (!query->scope)
        return fail(err, AZB_ERROR_ARGUMENT, "query.scope: it is missing");
    if (!scope_parse(text_of(query->scope), &out->arena, &out->scope, err))
        return fail_while(err, "query.scope");
    out->caller = (struct rbac_caller){.object_id = query->object_id,
        .group_ids = query->group_ids,
        .group_count = query->group_ids ? query->group_count : 0,
        .app_id = query->app_id};
    out->request = (struct rbac_request){.caller = &out->caller,
        .scope = &out->scope,
        .action = query->operation,
        .kind = query->is_data_action ? RBAC_DATA_ACTION : RBAC_ACTION,
        .is_read = query->is_read,
        .needs_autopool = query->needs_autopool};
    out->rules = query->is_batch ? RBAC_RULES_BATCH : RBAC_RULES_ARM;
    return take_attributes(query, out, err);
}

bool azb_rbac_allows(
    struct azb_rbac *rbac, const struct azb_rbac_query *query, bool *allowed, struct azb_error *err)
{
    struct prepared prepared;
    struct rbac_decision decision;
    arena_init(&prepared.arena, 0);
    bool ready = build_index(rbac, err) && prepare(query, &prepared, err);
    if (ready)
        *allowed = prepared.rules == RBAC_RULES_BATCH
                       ? rbac_decide_batch(rbac->index, &prepared.request, &decision)
                       : rbac_check(rbac->index, &prepared.request);
    arena_free(&prepared.arena);
    return ready;
}

static void print_json(const struct rbac_explanation *explanation, struct buffer *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out, 2);
    rbac_explain_json(explanation, &writer);
}

static char *print(const struct rbac_explanation *explanation, enum azb_rbac_format format)
{
    scoped_buffer struct buffer out = {0};
    char text[RBAC_SHORT_MAX + 1];
    buffer_init(&out, 1 << 20);
    rbac_explain_short(explanation, text);
    if (format == AZB_RBAC_SHORT)
        buffer_add_string(&out, text);
    else if (format == AZB_RBAC_TEXT)
        rbac_explain_text(explanation, &out);
    else
        print_json(explanation, &out);
    return out.failed ? NULL : memory_string(out.at);
}

char *azb_rbac_explain(struct azb_rbac *rbac, const struct azb_rbac_query *query,
    enum azb_rbac_format format, struct azb_error *err)
{
    struct prepared prepared;
    char *text = NULL;
    arena_init(&prepared.arena, 0);
    if (build_index(rbac, err) && prepare(query, &prepared, err)) {
        const struct rbac_explanation *explanation =
            rbac_explain(rbac->index, &prepared.request, prepared.rules, &prepared.arena, err);
        text = explanation ? print(explanation, format) : NULL;
        if (explanation && !text)
            fail_memory(err);
    }
    arena_free(&prepared.arena);
    return text;
}

void azb_rbac_free_text(char *text)
{
    memory_free(text);
}
