/* azb role what-if: who would gain and who would lose which operation, without changing anything.
 */
#include "base/error.h"
#include "cli/access_change.h"
#include "cli/commands.h"
#include "cli/management.h"
#include "cli/what_if_view.h"
#include "rbac/explain.h"

static const struct option_row options[] = {
    {"add", OPTION_FLAG, false, "If --assignee got --role at --scope.", 0},
    {"remove", OPTION_FLAG, false,
        "If --assignee lost --role (or every role) that it has exactly at --scope.", 0},
    {"role-definition", OPTION_TEXT, false,
        "If a custom role were as in this JSON: @FILE, - for standard input, or the text itself. "
        "Its id, else its name, says which.",
        0},
    {"delete-role", OPTION_TEXT, false, "If the custom role of this name or GUID went.", 0},
    {"assignee", OPTION_TEXT, false, "Who: client id, object id or name, looked up in Graph.", 0},
    {"role", OPTION_TEXT, false, "The role's name or GUID.", 0},
    {"scope", OPTION_TEXT, false, "Where: a resource id (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false,
        "A resource group of the subscription, in place of --scope.", 'g'},
};

struct asking {
    struct session *session;
    const struct arguments *arguments;
    struct scope scope;
    struct access_principal who; /* object_id NULL: nobody in particular */
    struct access access;
    struct access_change change;
    struct access_people people;
    struct rbac_index *before, *after;
    struct what_if result;
};

/* ---- the change ---------------------------------------------------------------------------- */

static bool think_add(struct asking *ask, struct azb_error *err)
{
    const char *role = argument(ask->arguments, "role");
    return role ? access_change_add(
                      ask->session, &ask->access, &ask->who, role, &ask->scope, &ask->change, err)
                : fail(err, AZB_ERROR_ARGUMENT, "--add needs --role");
}

static bool think_remove(struct asking *ask, struct azb_error *err)
{
    return access_change_remove(ask->session, &ask->access, &ask->who,
        argument(ask->arguments, "role"), &ask->scope, &ask->change, err);
}

static bool think_role(struct asking *ask, struct azb_error *err)
{
    const char *given = argument(ask->arguments, "role-definition");
    struct text text = text_of(given);
    if (given[0] != '{' && !read_input(&ask->session->arena, given, &text, err))
        return false;
    const struct rbac_role *role = role_parse(text, &ask->session->arena, NULL, err);
    if (!role || !role_check_custom(role, err))
        return fail_while(err, "%s", input_name(given));
    return access_change_role(ask->session, &ask->access, role, &ask->change, err);
}

static bool think_delete(struct asking *ask, struct azb_error *err)
{
    return access_change_delete_role(
        ask->session, &ask->access, argument(ask->arguments, "delete-role"), &ask->change, err);
}

static const struct thought {
    const char *option;
    bool needs_assignee;
    bool (*think)(struct asking *ask, struct azb_error *err);
} thoughts[] = {
    {"add", true, think_add},
    {"remove", true, think_remove},
    {"role-definition", false, think_role},
    {"delete-role", false, think_delete},
};

static const struct thought *thought_of(const struct arguments *arguments, struct azb_error *err)
{
    const struct thought *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < COUNT(thoughts); i++)
        if (argument_flag(arguments, thoughts[i].option)) {
            found = &thoughts[i];
            count++;
        }
    bool assignee = argument(arguments, "assignee") != NULL;
    if (count != 1) {
        fail(err, AZB_ERROR_ARGUMENT,
            "say one of --add, --remove, --role-definition and --delete-role");
        return NULL;
    }
    if (found->needs_assignee == assignee)
        return found;
    fail(err, AZB_ERROR_ARGUMENT, "--%s %s --assignee", found->option,
        assignee ? "takes no" : "needs");
    return NULL;
}

/* ---- what differs -------------------------------------------------------------------------- */

/* Does an assignment of the change reach this principal, directly or through a group? */
static bool is_reached(const struct access_change *change, const struct access_principal *person)
{
    for (size_t i = 0; i < change->touched_count; i++) {
        const char *id = change->touched[i].principal_id;
        bool reached = string_equal_nocase(id, person->object_id);
        for (size_t j = 0; !reached && j < person->group_count; j++)
            reached = string_equal_nocase(id, person->groups[j]);
        if (reached)
            return true;
    }
    return false;
}

/* The scopes of the assignments, each once, the upper ones first. */
static bool scopes_of(struct asking *ask, struct scope **out, size_t *count, struct azb_error *err)
{
    const struct access_change *change = &ask->change;
    struct scope *scopes =
        arena_array(&ask->session->arena, change->touched_count + 1, sizeof *scopes);
    if (!scopes)
        return fail_memory(err);
    *out = scopes;
    *count = 0;
    for (size_t i = 0; i < change->touched_count; i++) {
        struct scope own;
        if (!scope_parse(text_of(change->touched[i].scope), &ask->session->arena, &own, err))
            return false;
        size_t at = *count;
        while (at > 0 && scopes[at - 1].level_count > own.level_count)
            at--;
        bool known = false;
        for (size_t j = 0; !known && j < *count; j++)
            known = scope_equal(&scopes[j], &own);
        if (known)
            continue;
        memmove(&scopes[at + 1], &scopes[at], (*count - at) * sizeof *scopes);
        scopes[at] = own;
        ++*count;
    }
    return true;
}

/* What differs above differs below, too, and is told once. */
static bool told_above(const struct difference *all, size_t from, size_t at, struct arena *arena)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct scope below, above;
    bool told = false;
    if (!scope_parse(text_of(all[at].scope), arena, &below, &ignored))
        return false;
    for (size_t i = from; !told && i < at; i++)
        told = all[i].operation == all[at].operation && all[i].gained == all[at].gained &&
               !string_equal_nocase(all[i].scope, all[at].scope) &&
               scope_parse(text_of(all[i].scope), arena, &above, &ignored) &&
               scope_contains(&above, &below);
    azb_error_free(&ignored);
    return told;
}

/* One principal's differences as blocks, one a scope. */
static bool add_blocks(struct asking *ask, const struct access_principal *person,
    const struct scope *scopes, size_t scope_count, struct azb_error *err)
{
    struct arena *arena = &ask->session->arena;
    const struct rbac_caller caller = access_caller(person);
    size_t count, kept = 0;
    const struct difference *all = rbac_differences(
        ask->before, ask->after, &caller, 1, scopes, scope_count, arena, &count, err);
    struct difference *own = all ? arena_array(arena, count + 1, sizeof *own) : NULL;
    if (!own)
        return all ? fail_memory(err) : false;
    for (size_t i = 0; i < count; i++)
        if (!told_above(all, 0, i, arena))
            own[kept++] = all[i];
    struct what_if_block *block = NULL;
    for (size_t i = 0; i < kept; i++)
        if (block && strcmp(own[i].scope, block->first->scope) == 0) {
            block->count++;
        } else {
            block = &ask->result.blocks[ask->result.count++];
            *block = (struct what_if_block){person, &own[i], 1};
        }
    return true;
}

static bool compare(struct asking *ask, struct azb_error *err)
{
    struct scope *scopes = NULL;
    size_t scope_count = 0;
    if (!scopes_of(ask, &scopes, &scope_count, err))
        return false;
    ask->result.blocks = arena_array(
        &ask->session->arena, ask->people.count * scope_count + 1, sizeof *ask->result.blocks);
    if (!ask->result.blocks)
        return fail_memory(err);
    for (size_t i = 0; i < ask->people.count; i++)
        if (is_reached(&ask->change, &ask->people.at[i]) &&
            !add_blocks(ask, &ask->people.at[i], scopes, scope_count, err))
            return false;
    return true;
}

/* ---- nothing changes: why ------------------------------------------------------------------ */

/* What the role would grant, and what decides about it now. */
static const struct rbac_explanation *explain_first(struct asking *ask, struct azb_error *err)
{
    const struct rbac_assignment *touched = &ask->change.touched[0];
    struct rbac_caller caller = ask->who.object_id
                                    ? access_caller(&ask->who)
                                    : (struct rbac_caller){.object_id = touched->principal_id};
    struct scope scope;
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    if (!scope_parse(text_of(touched->scope), &ask->session->arena, &scope, err))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct rbac_request request = {
            .caller = &caller, .scope = &scope, .operation = &rows[i]};
        const struct rbac_explanation *explanation =
            rbac_explain(ask->after, &request, RBAC_RULES_ARM, &ask->session->arena, err);
        if (!explanation)
            return NULL;
        /* Of the two assignments that grant it, one is the change's own. */
        if (explanation->allowed ||
            (explanation->nearest && (explanation->nearest->reason == RBAC_DENIED ||
                                         explanation->nearest->reason == RBAC_CONDITION)))
            return explanation;
    }
    return NULL;
}

static void tell_who_grants(const struct rbac_explanation *explanation)
{
    for (size_t i = 0; i < explanation->considered_count; i++) {
        const struct rbac_considered *considered = &explanation->considered[i];
        bool another = considered->assignment_id && considered->reason == RBAC_GRANTS;
        if (another)
            session_note("%s at %s%s%s grants the same.", considered->role_name, considered->scope,
                considered->through_group ? ", through the group " : "",
                considered->through_group ? considered->principal_id : "");
    }
}

static bool tell_unchanged(struct asking *ask, struct azb_error *err)
{
    if (ask->change.unchanged) {
        session_note("nothing changes: %s.", ask->change.unchanged);
        return true;
    }
    const struct rbac_explanation *explanation = explain_first(ask, err);
    if (!explanation && err->kind != AZB_ERROR_NONE)
        return false;
    if (!explanation)
        session_note("nothing changes: the role grants no operation that azb knows.");
    else if (explanation->allowed)
        session_note("nothing changes: everything is granted otherwise.");
    else
        session_note("nothing changes: %s %s.", explanation->nearest->role_name,
            explanation->nearest->sentence);
    if (explanation && explanation->allowed)
        tell_who_grants(explanation);
    return true;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static bool changes_operation(const struct what_if *result, const char *permission)
{
    const struct rbac_operation *wanted = rbac_batch_operation(permission, RBAC_ACTION);
    for (size_t i = 0; i < result->count; i++)
        for (size_t j = 0; j < result->blocks[i].count; j++)
            if (result->blocks[i].first[j].operation == wanted)
                return true;
    return false;
}

static void tell_more(const struct asking *ask)
{
    if (ask->change.would_refuse)
        session_note("%s.", ask->change.would_refuse);
    if (ask->people.gap)
        session_note("%s: they are missing here.", ask->people.gap);
    if (ask->access.denials_gap)
        session_note("the deny assignments could not be read (%s): they are not counted.",
            ask->access.denials_gap);
    if (changes_operation(&ask->result, "listKeys/action"))
        session_note("listKeys/action is among them: the Batch data plane takes it for every "
                     "operation.");
    else if (changes_operation(&ask->result, "read"))
        session_note("batchAccounts/read is among them: the Batch data plane takes it for every "
                     "read.");
}

static bool ask_about(struct asking *ask, struct azb_error *err)
{
    const struct thought *thought = thought_of(ask->arguments, err);
    const char *assignee = argument(ask->arguments, "assignee");
    if (!thought || !access_scope(ask->session, ask->arguments, &ask->scope, err) ||
        (assignee && !access_principal_find(ask->session, assignee, &ask->who, err)) ||
        !access_read(ask->session, &ask->scope, ACCESS_OF_EVERYBODY, ACCESS_FOR_ANOTHER,
            assignee ? &ask->who : NULL, &ask->access, err) ||
        !thought->think(ask, err) ||
        !access_people_read(
            ask->session, &ask->change.after, assignee ? &ask->who : NULL, &ask->people, err))
        return false;
    ask->before = access_index(&ask->change.before, err);
    ask->after = ask->before ? access_index(&ask->change.after, err) : NULL;
    if (!ask->after || !compare(ask, err))
        return false;
    what_if_print(ask->session, &ask->result);
    tell_more(ask);
    return ask->result.count || tell_unchanged(ask, err);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct asking ask = {.session = session, .arguments = arguments};
    (void)command;
    bool done = ask_about(&ask, &err);
    rbac_index_free(ask.before);
    rbac_index_free(ask.after);
    return done ? EXIT_OK : session_fail(session, &err);
}

const struct command command_role_what_if = {"role what-if",
    "Shows who would gain or lose which operation by a change.",
    "Nothing is changed. Members of groups are told by name, those of nested groups, too, and what "
    "somebody keeps by another assignment is not lost. Where nothing would change, it says why.\n"
    "  azb role what-if --add --assignee ann@example.com --role Reader\n"
    "  azb role what-if --remove --assignee APPLICATION\n"
    "  azb role what-if --role-definition @role.json\n"
    "  azb role what-if --delete-role 'Job Starter'",
    options, COUNT(options), run};
