/*
 * Explanations in words: what goes on after a role's or a deny assignment's name.
 */
#include "rbac/examine.h"

/* ---- assignments ---- */

static const char *list_name(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "dataActions" : "actions";
}

/* What granted, subtracted or came nearest, as the role has it. */
static const char *source_of(const struct finding *finding)
{
    return finding->pattern ? finding->pattern->source : "";
}

static const char *not_listed(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    const char *list = list_name(search->target.kind);
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
        source_of(finding), list_name(needed == RBAC_ACTION ? RBAC_DATA_ACTION : RBAC_ACTION),
        needed == RBAC_ACTION ? "an action" : "a data action", list_name(needed));
}

/* What is not true, or not known, cut to a length that a line of a terminal bears. */
static const char *condition_reason(
    const struct search *search, const struct compiled_condition *condition, struct arena *arena)
{
    enum { PART_MAX = 200 };
    const char *missing = NULL;
    const char *action = search->target.action;
    if (!condition->condition)
        return arena_format(arena, "cannot be read (%s)", condition->problem);
    if (condition_result(condition, search->request, action, &missing) == CONDITION_UNKNOWN)
        return arena_format(
            arena, "asks for %s, which is not known for this request", missing ? missing : "");
    struct text part = condition_part(condition, search->request, action);
    struct text cut = text_slice(part, 0, PART_MAX);
    cut.length = text_whole_length(cut);
    return arena_format(
        arena, "is not true: %.*s%s", TEXT_ARGS(cut), cut.length < part.length ? "..." : "");
}

static const char *condition_sentence(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    const struct compiled_condition *own = &finding->assignment->condition;
    bool of_role = finding->condition && finding->condition != own;
    const char *reason = condition_reason(search, of_role ? finding->condition : own, arena);
    return reason ? arena_format(arena, "lists it by \"%s\", but %s condition %s",
                        source_of(finding), of_role ? "the role's" : "the assignment's", reason)
                  : NULL;
}

static const char *scope_sentence(
    const struct finding *finding, const char *where, struct arena *arena)
{
    return arena_format(
        arena, "%sis %s", finding->would_grant ? "would allow it, but " : "", where);
}

/* The same without what makes it long, for where there is little room. */
static const char *condition_brief(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    enum { NAME_MAX_SHOWN = 100 };
    const char *missing = NULL, *action = search->target.action;
    const struct compiled_condition *own = &finding->assignment->condition;
    bool of_role = finding->condition && finding->condition != own;
    const struct compiled_condition *condition = of_role ? finding->condition : own;
    const char *whose = of_role ? "the role's" : "the assignment's";
    if (!condition->condition)
        return arena_format(arena, "lists it, but %s condition cannot be read", whose);
    if (condition_result(condition, search->request, action, &missing) != CONDITION_UNKNOWN)
        return arena_format(arena, "lists it, but %s condition is not true", whose);
    struct text name = text_slice(text_of(missing ? missing : ""), 0, NAME_MAX_SHOWN);
    name.length = text_whole_length(name);
    return arena_format(arena, "lists it, but %s condition asks for %.*s, which is not known",
        whose, TEXT_ARGS(name));
}

static const char *sentence_of(
    const struct search *search, const struct finding *finding, struct arena *arena)
{
    switch (finding->reason) {
    case RBAC_GRANTS:
        return arena_format(arena, "grants it by \"%s\"", source_of(finding));
    case RBAC_NOT_IN_EFFECT:
        return finding->is_change
                   ? "will grant it once the change of it or of its role has taken effect"
                   : "will grant it once the assignment has taken effect";
    case RBAC_DENIED:
        return arena_format(arena,
            "grants it by \"%s\", but the deny assignment \"%s\" takes it away", source_of(finding),
            search->denial->name);
    case RBAC_CONDITION:
        return condition_sentence(search, finding, arena);
    case RBAC_SUBTRACTED:
        return arena_format(arena, "takes it away by \"%s\" in %s", source_of(finding),
            search->target.kind == RBAC_DATA_ACTION ? "notDataActions" : "notActions");
    case RBAC_GRANTED_AS_ACTION:
    case RBAC_GRANTED_AS_DATA_ACTION:
        return wrong_kind(search, finding, arena);
    case RBAC_PRINCIPAL_IS_APP:
        return "would allow it, but is assigned to the application's id; roles go to the object id "
               "of the service principal";
    case RBAC_SCOPE_LOOKS_ALIKE:
        return scope_sentence(finding, "assigned at a scope that only looks alike", arena);
    case RBAC_SCOPE_BELOW:
        return scope_sentence(finding, "assigned further below", arena);
    case RBAC_SCOPE_ELSEWHERE:
        return scope_sentence(finding, "assigned at another scope", arena);
    case RBAC_NOT_LISTED:
        return not_listed(search, finding, arena);
    case RBAC_ROLE_GONE:
        return "does not exist any more";
    }
    return "";
}

bool describe_finding(const struct search *search, const struct finding *finding,
    struct arena *arena, struct rbac_considered *out)
{
    const struct indexed_assignment *assignment = finding->assignment;
    *out = (struct rbac_considered){
        .assignment_id = arena_string(arena, assignment->id),
        .role_id = arena_string(arena, assignment->role_id),
        .role_name = arena_string(arena, assignment->role ? assignment->role->role->name : ""),
        .scope = arena_string(arena, assignment->scope.text),
        .principal_id = arena_string(arena, assignment->principal_id),
        .through_group = finding->relation == RELATION_GROUP,
        .reason = finding->reason,
        .role_would_grant = finding->would_grant,
        .pattern = finding->pattern ? arena_string(arena, finding->pattern->source) : NULL,
        .condition = finding->condition ? arena_string(arena, finding->condition->text) : NULL,
        .sentence = sentence_of(search, finding, arena),
        .brief = finding->reason == RBAC_CONDITION ? condition_brief(search, finding, arena) : NULL,
    };
    return !arena->failed;
}

/* ---- deny assignments ---- */

static const struct pattern *denying_pattern(
    const struct search *search, const struct indexed_denial *denial)
{
    const struct question *target = &search->target;
    for (size_t i = 0; i < denial->what.role->permission_count; i++) {
        const struct compiled_permission *permission = &denial->what.permissions[i];
        const struct pattern *found =
            pattern_list_find(&permission->granted[target->kind], target->name);
        if (found && !pattern_list_find(&permission->taken[target->kind], target->name))
            return found;
    }
    return NULL;
}

bool describe_denial(const struct search *search, const struct indexed_denial *denial,
    struct arena *arena, struct rbac_denial *out)
{
    const struct pattern *pattern = denying_pattern(search, denial);
    const struct question *target = &search->target;
    bool undecided = denial_result(denial, search->request, target->name, target->kind,
                         target->action) == CONDITION_UNKNOWN;
    const char *source = pattern ? pattern->source : "";
    *out = (struct rbac_denial){
        .id = arena_string(arena, denial->id),
        .name = arena_string(arena, denial->name),
        .scope = arena_string(arena, denial->scope.text),
        .pattern = arena_string(arena, source),
        .sentence = arena_format(arena, "takes it away by \"%s\"%s", source,
            undecided ? "; its condition cannot be decided and counts as true" : ""),
    };
    return !arena->failed;
}
