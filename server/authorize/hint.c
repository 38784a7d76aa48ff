#include "authorize/hint.h"

#include "base/error.h"
#include "store/rows.h"

#define SPAN_MAX 40

static bool is_allowed(
    const struct roles *roles, const struct rbac_request *asked, enum rbac_rules rules)
{
    struct rbac_decision decision;
    return rules == RBAC_RULES_BATCH ? rbac_decide_batch(roles->index, asked, &decision)
                                     : rbac_check(roles->index, asked);
}

/* ---- Not yet --------------------------------------------------------------------------------- */

struct wish {
    struct request *request;
    const struct rbac_request *asked;
    enum rbac_rules rules;
};

static bool allows(const struct roles *roles, void *context)
{
    const struct wish *wish = context;
    struct rbac_caller caller = *wish->asked->caller;
    struct rbac_request asked = *wish->asked;
    struct azb_error ignored = AZB_ERROR_INIT;
    asked.caller = &caller;
    asked.pending = NULL;
    return roles_groups(roles, caller.object_id, &wish->request->arena, &caller.group_ids,
               &caller.group_count, &ignored) &&
           is_allowed(roles, &asked, wish->rules);
}

/* "2 minutes", as people say it. Less than nothing, after the clock was moved back, is nothing. */
static void say_span(int64_t ticks, char out[SPAN_MAX])
{
    ticks = ticks > 0 ? ticks : 0;
    long long seconds = (ticks + TICKS_PER_SECOND - 1) / TICKS_PER_SECOND;
    long long number = seconds < 120 ? seconds : (seconds + 30) / 60;
    snprintf(out, SPAN_MAX, "%lld %s%s", number, seconds < 120 ? "second" : "minute",
        number == 1 ? "" : "s");
}

static const char *say_pending(struct wish *wish)
{
    struct request *request = wish->request;
    struct pending_roles change;
    char ago[SPAN_MAX], left[SPAN_MAX];
    if (!propagation_find(request->service->authorizer, allows, wish, &change))
        return NULL;
    say_span(request->now - change.made, ago);
    say_span(change.acts - request->now, left);
    return arena_format(&request->arena,
        "The change of roles that allows it was made %s ago and acts in %s.", ago, left);
}

/* ---- Not a member ---------------------------------------------------------------------------- */

struct group {
    const char *id, *name;
};

static bool read_group(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct group *group = item;
    (void)err;
    *group = (struct group){statement_string(s, 0, arena), statement_string(s, 1, arena)};
    return true;
}

/* As if the caller were in this group, and only there: it has no role so far. */
static bool would_do(const struct roles *roles, const struct wish *wish, const struct group *group)
{
    struct rbac_caller caller = *wish->asked->caller;
    struct rbac_request asked = *wish->asked;
    caller.group_ids = &group->id;
    caller.group_count = 1;
    asked.caller = &caller;
    return group->id && is_allowed(roles, &asked, wish->rules);
}

static const char *say_membership(const struct roles *roles, const struct wish *wish)
{
    struct request *request = wish->request;
    struct azb_error ignored = AZB_ERROR_INIT;
    size_t count = 0;
    if (!request->store)
        return NULL;
    scoped_statement struct statement s = statement(request->store,
        "SELECT DISTINCT g.object_id, g.display_name FROM role_assignment a"
        " JOIN directory_group g ON g.object_id = a.principal_id ORDER BY g.display_name LIMIT ?1");
    statement_bind_i64(&s, 1, HINT_GROUPS_MAX);
    const struct group *groups =
        rows_read(&s, sizeof *groups, read_group, &request->arena, &count, &ignored);
    for (size_t i = 0; groups && i < count; i++)
        if (would_do(roles, wish, &groups[i]))
            return arena_format(&request->arena,
                "The group \"%.100s\" (%s) has a role that allows it; the caller is not in it.",
                groups[i].name, groups[i].id);
    return NULL;
}

void hints_find(struct request *request, const struct roles *roles,
    const struct rbac_request *asked, enum rbac_rules rules,
    const struct rbac_explanation *explanation, struct hints *out)
{
    struct wish wish = {request, asked, rules};
    out->propagation = say_pending(&wish);
    out->membership = explanation->considered_total == 0 ? say_membership(roles, &wish) : NULL;
}
