#include "rbac/gather.h"

enum { WANTED_MAX = 4 };

/* One walk over the caller's principals and the ancestors of the scope. */
struct walk {
    const struct rbac_index *index;
    const struct rbac_request *request;
    const struct question *question;
    const struct rbac_operation *wanted[WANTED_MAX]; /* known operations that the rules ask for */
    size_t wanted_count;
    struct gathered *out;
};

static size_t number_of(const struct rbac_operation *operation)
{
    return (size_t)(operation - rbac_operations(NULL));
}

static bool number_in(const uint32_t *numbers, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* ---- conditions ---- */

static bool assignment_grants(const struct indexed_assignment *assignment,
    const struct rbac_request *request, struct text name, enum rbac_kind kind, const char *action)
{
    return compiled_role_result(assignment->role, request, name, kind, action) == CONDITION_TRUE &&
           condition_result(&assignment->condition, request, action, NULL) == CONDITION_TRUE;
}

static void add_conditional(struct walk *walk, const struct indexed_assignment *assignment)
{
    const struct question *question = walk->question;
    for (size_t i = 0; i < walk->wanted_count; i++) {
        const struct rbac_operation *operation = walk->wanted[i];
        size_t number = number_of(operation);
        if (operation_set_has(&assignment->role->possible, number) &&
            !operation_set_has(&walk->out->granted, number) &&
            assignment_grants(assignment, walk->request, walk->index->operation_names[number],
                operation->kind, operation->name))
            operation_set_add(&walk->out->granted, number);
    }
    if (question->name.at && !walk->out->name_granted)
        walk->out->name_granted = assignment_grants(
            assignment, walk->request, question->name, question->kind, question->action);
}

/* ---- deny assignments ---- */

bool denial_means(const struct rbac_index *index, const struct indexed_denial *denial,
    const struct rbac_caller *caller)
{
    uint32_t own = index_principal(index, text_of(caller->object_id));
    bool meant = number_in(denial->principals, denial->principal_count, own) ||
                 (index->everybody != PRINCIPAL_NONE &&
                     number_in(denial->principals, denial->principal_count, index->everybody));
    if (number_in(denial->excluded, denial->excluded_count, own))
        return false;
    for (size_t i = 0; i < caller->group_count; i++) {
        uint32_t group = index_principal(index, text_of(caller->group_ids[i]));
        if (number_in(denial->excluded, denial->excluded_count, group))
            return false;
        meant = meant || number_in(denial->principals, denial->principal_count, group);
    }
    return meant;
}

enum condition_result denial_result(const struct indexed_denial *denial,
    const struct rbac_request *request, struct text name, enum rbac_kind kind, const char *action)
{
    return condition_and(compiled_role_result(&denial->what, request, name, kind, action),
        condition_result(&denial->condition, request, action, NULL));
}

/* True when it might take something away that the rules ask for: most do not, and cost no more. */
static bool matters(const struct walk *walk, const struct indexed_denial *denial)
{
    if (walk->question->name.at && !walk->out->name_denied)
        return true;
    for (size_t i = 0; i < walk->wanted_count; i++)
        if (operation_set_has(&denial->what.possible, number_of(walk->wanted[i])))
            return true;
    return false;
}

static void add_denial(struct walk *walk, const struct indexed_denial *denial)
{
    const struct question *question = walk->question;
    if (!matters(walk, denial) || !denial_means(walk->index, denial, walk->request->caller))
        return;
    for (size_t i = 0; i < walk->wanted_count; i++) {
        const struct rbac_operation *operation = walk->wanted[i];
        size_t number = number_of(operation);
        if (operation_set_has(&denial->what.possible, number) &&
            !operation_set_has(&walk->out->denied, number) &&
            denial_result(denial, walk->request, walk->index->operation_names[number],
                operation->kind, operation->name) != CONDITION_FALSE)
            operation_set_add(&walk->out->denied, number);
    }
    if (question->name.at && !walk->out->name_denied)
        walk->out->name_denied = denial_result(denial, walk->request, question->name,
                                     question->kind, question->action) != CONDITION_FALSE;
}

static void add_denials(struct walk *walk, const struct placed_denial *denials, bool own_scope)
{
    for (const struct placed_denial *at = denials; at; at = at->next)
        if (own_scope || !at->denial->own_scope_only)
            add_denial(walk, at->denial);
}

/* ---- the walk ---- */

static void add_roles(struct walk *walk, const struct granted_role *roles)
{
    const struct question *question = walk->question;
    for (const struct granted_role *at = roles; at && !walk->out->name_granted; at = at->next)
        walk->out->name_granted = compiled_role_grants(at->role, question->name, question->kind);
}

static void add_extras(struct walk *walk, const struct grant_extras *extras, bool own_scope)
{
    for (const struct conditional_grant *at = extras->conditional; at; at = at->next)
        add_conditional(walk, at->assignment);
    add_denials(walk, extras->denials, own_scope);
}

static void walk_principal(struct walk *walk, const char *id)
{
    const struct scope *scope = walk->request->scope;
    uint32_t principal = index_principal(walk->index, text_of(id));
    if (principal == PRINCIPAL_NONE)
        return;
    for (size_t i = 0; i < scope->level_count; i++) {
        const struct grant *grant =
            index_grant(walk->index, principal, scope->key, &scope->levels[i]);
        if (!grant)
            continue;
        operation_set_unite(&walk->out->granted, &grant->known);
        if (walk->question->name.at)
            add_roles(walk, grant->roles);
        if (grant->extras)
            add_extras(walk, grant->extras, i + 1 == scope->level_count);
    }
}

/* Only deny assignments are for everybody. */
static void walk_everybody(struct walk *walk)
{
    const struct scope *scope = walk->request->scope;
    for (size_t i = 0; i < scope->level_count; i++) {
        const struct grant *grant =
            index_grant(walk->index, walk->index->everybody, scope->key, &scope->levels[i]);
        if (grant && grant->extras)
            add_denials(walk, grant->extras->denials, i + 1 == scope->level_count);
    }
}

static void want(struct walk *walk, const struct rbac_operation *operation)
{
    if (operation)
        walk->wanted[walk->wanted_count++] = operation;
}

void gather(const struct rbac_index *index, const struct rbac_request *request,
    const struct question *question, enum rbac_rules rules, struct gathered *out)
{
    struct walk walk;
    const struct rbac_caller *caller = request->caller;
    walk.index = index;
    walk.request = request;
    walk.question = question;
    walk.wanted_count = 0;
    walk.out = out;
    *out = (struct gathered){.name_granted = false};
    want(&walk, question->operation);
    if (rules == RBAC_RULES_BATCH) {
        want(&walk, index->list_keys);
        want(&walk, index->account_read);
        want(&walk, index->pools_write);
    }
    walk_principal(&walk, caller->object_id);
    for (size_t i = 0; i < caller->group_count; i++)
        walk_principal(&walk, caller->group_ids[i]);
    if (index->everybody != PRINCIPAL_NONE)
        walk_everybody(&walk);
}

struct operation_set gathered_rest(const struct gathered *gathered)
{
    struct operation_set rest = gathered->granted;
    operation_set_subtract(&rest, &gathered->denied);
    return rest;
}

bool gathered_allows(const struct gathered *gathered, const struct question *question)
{
    if (!question->operation)
        return gathered->name_granted && !gathered->name_denied;
    size_t number = question_number(question);
    return operation_set_has(&gathered->granted, number) &&
           !operation_set_has(&gathered->denied, number);
}
