/* Lint: where a role may be assigned. */
#include "rbac/lint_state.h"
#include "rbac/scope.h"

struct scopes {
    struct lint *lint;
    struct scope *at;
    bool *good; /* whether at[i] may be one of this role */
    size_t count;
};

static const char *member_of(const struct lint *lint)
{
    static const char *const names[] = {
        [ROLE_FORM_ARM] = "properties.assignableScopes",
        [ROLE_FORM_CLI_OUTPUT] = "assignableScopes",
        [ROLE_FORM_CLI_INPUT] = "AssignableScopes",
        [ROLE_FORM_POWERSHELL] = "AssignableScopes",
    };
    return names[lint->form];
}

static struct lint_finding place(
    const struct scopes *scopes, size_t number, enum lint_level level, const char *code)
{
    struct arena *arena = scopes->lint->findings.arena;
    const char *value = scopes->lint->role->assignable_scopes.at[number];
    return (struct lint_finding){.level = level,
        .code = code,
        .where = arena_format(arena, "%s[%zu]", member_of(scopes->lint), number),
        .value = arena_string(arena, value)};
}

/* The second segment of "/subscriptions/{id}/..."; absent when it is something else. */
static struct text subscription_of(const struct scope *scope)
{
    struct text rest = text_of(scope->key), segment = TEXT_NONE;
    if (!text_starts(rest, "/subscriptions/"))
        return TEXT_NONE;
    for (int i = 0; i < 3; i++)
        text_cut(&rest, '/', &segment);
    return segment;
}

static void check_one(struct scopes *scopes, size_t number, const char *text)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct findings *findings = &scopes->lint->findings;
    if (!*text) /* the reader has its finding */
        return;
    if (!scope_parse(text_of(text), findings->arena, &scopes->at[number], &err)) {
        bool wild = strchr(text, '*') != NULL;
        finding_add(findings,
            place(scopes, number, LINT_ERROR, wild ? "scope-wildcard" : "scope-malformed"), "%s",
            err.message);
        return;
    }
    const struct scope *scope = &scopes->at[number];
    struct text subscription = subscription_of(scope);
    if (subscription.at && !text_is_guid(subscription))
        finding_add(findings, place(scopes, number, LINT_ERROR, "scope-malformed"),
            "\"%.*s\" is no subscription id, which is a GUID", TEXT_ARGS(subscription));
    else if (scope->kind == SCOPE_ROOT && scopes->lint->role->type == ROLE_CUSTOM)
        finding_add(findings, place(scopes, number, LINT_ERROR, "scope-root"),
            "\"/\" is for built-in roles only; name a management group, subscription, resource "
            "group or resource");
    else
        scopes->good[number] = true;
}

static bool has_data_actions(const struct rbac_role *role)
{
    for (size_t i = 0; i < role->permission_count; i++)
        if (role->permissions[i].data_actions.count > 0)
            return true;
    return false;
}

static void check_groups(const struct scopes *scopes)
{
    size_t groups = 0;
    for (size_t i = 0; i < scopes->count; i++) {
        if (!scopes->good[i] || scopes->at[i].kind != SCOPE_MANAGEMENT_GROUP)
            continue;
        if (++groups > 1)
            finding_add(&scopes->lint->findings, place(scopes, i, LINT_ERROR, "scope-groups"),
                "a custom role may have one management group, this is one too many");
        else if (has_data_actions(scopes->lint->role))
            finding_add(&scopes->lint->findings,
                place(scopes, i, LINT_WARNING, "scope-data-actions"),
                "a role with data actions may not be assignable to a management group; name the "
                "subscriptions");
    }
}

static void check_repeated(const struct scopes *scopes, size_t number)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (i == number || !scopes->good[i] || !scope_contains(&scopes->at[i], &scopes->at[number]))
            continue;
        bool equal = scope_equal(&scopes->at[i], &scopes->at[number]);
        if (equal && i > number)
            continue;
        finding_add(&scopes->lint->findings,
            place(scopes, number, LINT_WARNING, equal ? "duplicate" : "covered"),
            equal ? "it is there already, as \"%s\"" : "\"%s\" has it in it", scopes->at[i].text);
        return;
    }
}

/* What lies in a management group is not written in the scopes: then nobody knows. */
static bool may_lie_in(const struct scopes *scopes, const struct scope *scope)
{
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->good[i] &&
            (scope_contains(&scopes->at[i], scope) || scopes->at[i].kind == SCOPE_MANAGEMENT_GROUP))
            return true;
    return false;
}

static void check_target(const struct scopes *scopes, const char *text)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope;
    struct findings *findings = &scopes->lint->findings;
    struct lint_finding finding = {.level = LINT_ERROR,
        .code = "scope-malformed",
        .where = member_of(scopes->lint),
        .value = arena_string(findings->arena, text)};
    if (!scope_parse(text_of(text), findings->arena, &scope, &err)) {
        finding_add(findings, finding, "%s", err.message);
        return;
    }
    if (may_lie_in(scopes, &scope))
        return;
    finding.code = "scope-outside";
    finding.fix = scope.text;
    finding_add(findings, finding,
        "the role cannot be assigned at %s: none of its assignable scopes has that in it",
        scope.text);
}

void lint_scopes(struct lint *lint, const char *scope)
{
    const struct rbac_names *names = &lint->role->assignable_scopes;
    struct scopes scopes = {.lint = lint, .count = names->count};
    scopes.at = arena_array(lint->findings.arena, names->count + 1, sizeof(*scopes.at));
    scopes.good = arena_array(lint->findings.arena, names->count + 1, sizeof(*scopes.good));
    if (!scopes.at || !scopes.good)
        return;
    if (names->count == 0)
        finding_add(&lint->findings,
            (struct lint_finding){.level = LINT_ERROR,
                .code = "scope-missing",
                .where = member_of(lint),
                .fix = scope ? arena_string(lint->findings.arena, scope) : NULL},
            "at least one assignable scope is required, such as \"/subscriptions/{id}\"");
    for (size_t i = 0; i < names->count; i++)
        check_one(&scopes, i, names->at[i]);
    check_groups(&scopes);
    for (size_t i = 0; i < names->count; i++)
        if (scopes.good[i])
            check_repeated(&scopes, i);
    if (scope && names->count > 0)
        check_target(&scopes, scope);
}
