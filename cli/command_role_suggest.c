/* azb role suggest: the least custom role for what somebody really did. */
#include <stdio.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/access.h"
#include "cli/access_log.h"
#include "cli/access_token.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/roles.h"
#include "rbac/least_role.h"

static const struct option_row options[] = {
    {"app", OPTION_TEXT, false,
        "Who did it: an application's client id, object id or name, or a user's (azb itself).", 0},
    {"since", OPTION_TEXT, false,
        "How far back: 30m, 1h, 7d, or a time such as 2026-11-28T10:00:00Z (1h).", 0},
    {"name", OPTION_TEXT, false, "The role's name (\"Least role of APP\").", 0},
    {"scope", OPTION_LIST, false,
        "Where it may be assigned (the narrowest group or subscription that holds all uses).", 0},
    {"form", OPTION_TEXT, false, "Prints it as " ROLE_FORMS_HELP " (az-input).", 0},
    {"include-denied", OPTION_FLAG, false, "What was refused is in the role, too.", 0},
    {"create", OPTION_FLAG, false, "Create the role at once.", 0},
};

struct suggesting {
    struct session *session;
    const struct arguments *arguments;
    struct access_log_principal who;
    const struct json *uses;
    struct used_operation *used;
    size_t used_count;
    size_t denied_only;     /* operations that were only refused, and are left out */
    const char *uses_scope; /* where all of them happened */
    struct rbac_names scopes;
    const struct rbac_role *role;
};

/* ---- what was used ------------------------------------------------------------------------- */

static bool read_who(struct suggesting *suggest, struct azb_error *err)
{
    const char *app = argument(suggest->arguments, "app");
    if (app)
        return access_log_principal(suggest->session, app, &suggest->who, err);
    const struct json *claims = access_token_own(suggest->session, ENDPOINT_ARM, err);
    if (!claims)
        return false;
    suggest->who.id = json_get_string(claims, "oid", &suggest->session->arena);
    suggest->who.name = suggest->who.id;
    return suggest->who.id || fail(err, AZB_ERROR_PROTOCOL, "azb's own token has no object id");
}

static bool read_uses(struct suggesting *suggest, struct azb_error *err)
{
    const char *given = argument(suggest->arguments, "since");
    const struct json *answer;
    const char *since = access_since("since", given ? given : "1h", &suggest->session->arena, err);
    scoped_buffer struct buffer path = {0};
    if (!since)
        return false;
    buffer_init(&path, 4096);
    buffer_add_form(&path, "principal", text_of(suggest->who.id));
    buffer_add_form(&path, "since", text_of(since));
    char *whole = path.failed ? NULL : arena_format(&suggest->session->arena, "usage?%s", path.at);
    if (!whole)
        return fail_memory(err);
    if (!access_log_get(suggest->session, whole, &answer, err))
        return false;
    suggest->uses = json_get(answer, "value");
    if (!json_get_bool(answer, "complete", true))
        session_note("the log does not reach back so far: it knows everything since %.*s.",
            TEXT_ARGS(json_get_text(answer, "since")));
    return true;
}

static struct used_operation *find_used(
    struct suggesting *suggest, const char *name, enum rbac_kind kind)
{
    for (size_t i = 0; i < suggest->used_count; i++)
        if (suggest->used[i].kind == kind && string_equal_nocase(suggest->used[i].name, name))
            return &suggest->used[i];
    struct used_operation *added = &suggest->used[suggest->used_count++];
    *added = (struct used_operation){.name = name, .kind = kind};
    return added;
}

/* A scope that holds both: what their paths have in common, by whole segments. */
static const char *common_scope(struct suggesting *suggest, const char *a, const char *b)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct scope one, other;
    size_t level = 0;
    bool parsed = scope_parse(text_of(a), &suggest->session->arena, &one, &ignored) &&
                  scope_parse(text_of(b), &suggest->session->arena, &other, &ignored);
    azb_error_free(&ignored);
    if (!parsed)
        return a;
    while (level < one.level_count && level < other.level_count &&
           one.levels[level].length == other.levels[level].length &&
           memcmp(one.key, other.key, one.levels[level].length) == 0)
        level++;
    struct text common = text_slice(text_of(one.text), 0, level ? one.levels[level - 1].length : 0);
    const char *copy = text_string(&suggest->session->arena, common);
    return copy && *copy ? copy : "/";
}

static bool add_use(struct suggesting *suggest, const struct json *use, struct azb_error *err)
{
    struct arena *arena = &suggest->session->arena;
    const char *name = json_get_string(use, "operation", arena);
    const char *scope = json_get_string(use, "scope", arena);
    enum rbac_kind kind =
        text_is(json_get_text(use, "kind"), "dataAction") ? RBAC_DATA_ACTION : RBAC_ACTION;
    bool allowed = json_get_i64(use, "count", 0) > 0;
    bool wanted = allowed || argument_flag(suggest->arguments, "include-denied");
    if (!name || !scope)
        return fail(err, AZB_ERROR_PROTOCOL, "a use of the log lacks its operation or its scope");
    suggest->denied_only += !wanted;
    if (!wanted)
        return true;
    find_used(suggest, name, kind)->needs_autopool |= json_get_bool(use, "needsAutopool", false);
    suggest->uses_scope =
        suggest->uses_scope ? common_scope(suggest, suggest->uses_scope, scope) : scope;
    return true;
}

static bool collect(struct suggesting *suggest, struct azb_error *err)
{
    suggest->used =
        arena_array(&suggest->session->arena, suggest->uses->count + 1, sizeof *suggest->used);
    if (!suggest->used)
        return fail_memory(err);
    for (const struct json *use = suggest->uses->first; use; use = use->next)
        if (!add_use(suggest, use, err))
            return false;
    if (suggest->used_count)
        return true;
    if (suggest->denied_only)
        return fail(err, AZB_ERROR_NOT_FOUND,
            "'%s' was refused %zu operation%s in that time and allowed none: --include-denied "
            "takes what was refused",
            suggest->who.name, suggest->denied_only, suggest->denied_only == 1 ? "" : "s");
    return fail(err, AZB_ERROR_NOT_FOUND,
        "'%s' used nothing in that time: let the program run against azbd first, or say --since",
        suggest->who.name);
}

/* ---- the role ------------------------------------------------------------------------------ */

/* Custom roles are assignable at groups and above, not at single resources. */
static const char *group_of(struct suggesting *suggest, struct azb_error *err)
{
    struct scope scope;
    if (!scope_parse(text_of(suggest->uses_scope), &suggest->session->arena, &scope, err))
        return NULL;
    if (scope.kind == SCOPE_ROOT) {
        fail(err, AZB_ERROR_ARGUMENT,
            "the uses have no subscription in common: say --scope, which may name several");
        return NULL;
    }
    size_t level =
        scope.kind == SCOPE_RESOURCE && scope.level_count > 2 ? 2 : scope.level_count - 1;
    const char *group = text_string(
        &suggest->session->arena, text_slice(text_of(scope.text), 0, scope.levels[level].length));
    if (!group)
        fail_memory(err);
    return group;
}

static bool choose_scopes(struct suggesting *suggest, struct azb_error *err)
{
    const struct option_value *given = argument_list(suggest->arguments, "scope");
    const char **scopes = arena_array(&suggest->session->arena, VALUES_MAX, sizeof *scopes);
    if (!scopes)
        return fail_memory(err);
    suggest->scopes = (struct rbac_names){scopes, given ? given->count : 1};
    for (size_t i = 0; given && i < given->count; i++)
        scopes[i] = given->values[i];
    if (!given)
        scopes[0] = group_of(suggest, err);
    return scopes[0] != NULL;
}

static bool make_role(struct suggesting *suggest, struct azb_error *err)
{
    struct arena *arena = &suggest->session->arena;
    const char *name = argument(suggest->arguments, "name");
    if (!name)
        name = arena_format(arena, "Least role of %s", suggest->who.name);
    if (!name)
        return fail_memory(err);
    suggest->role = least_role(name, suggest->used, suggest->used_count, suggest->scopes.at,
        suggest->scopes.count, arena, err);
    return suggest->role && role_check_custom(suggest->role, err);
}

/* By the evaluator itself: a role that was written wrongly is worse than none. */
static bool check_role(struct suggesting *suggest, struct azb_error *err)
{
    struct rbac_names missing, extra;
    if (!role_compare_used(suggest->role, suggest->used, suggest->used_count,
            &suggest->session->arena, &missing, &extra, err))
        return false;
    if (missing.count)
        return fail(
            err, AZB_ERROR_PROTOCOL, "the role would not allow %s, which was used", missing.at[0]);
    if (extra.count)
        return fail(
            err, AZB_ERROR_PROTOCOL, "the role would allow %s, which was not used", extra.at[0]);
    session_note("checked: the role allows exactly the %zu operation%s that '%s' used%s.",
        suggest->used_count, suggest->used_count == 1 ? "" : "s", suggest->who.name,
        argument_flag(suggest->arguments, "include-denied") ? " or was refused" : "");
    if (suggest->denied_only)
        session_note("%zu operation%s that %s only refused %s left out (--include-denied).",
            suggest->denied_only, suggest->denied_only == 1 ? "" : "s",
            suggest->denied_only == 1 ? "was" : "were", suggest->denied_only == 1 ? "is" : "are");
    return true;
}

/* ---- giving it out ------------------------------------------------------------------------- */

static bool print_role(const struct suggesting *suggest, enum role_form form, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 4 << 20);
    json_writer_init(&writer, &text, 2);
    if (!role_write(&writer, suggest->role, form, suggest->scopes.at[0], err))
        return false;
    if (text.failed)
        return fail_memory(err);
    puts(text.at);
    return true;
}

static bool create_role(struct suggesting *suggest, struct azb_error *err)
{
    char guid[GUID_TEXT];
    const struct json *made;
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    struct rbac_role role = *suggest->role;
    const char *scope = path_of_scope(suggest->session, suggest->scopes.at[0], err);
    if (!scope)
        return false;
    if (!random_guid(guid))
        return fail(err, AZB_ERROR_IO, "the system has no randomness");
    role.id = guid;
    buffer_init(&body, 4 << 20);
    json_writer_init(&writer, &body, 0);
    role_write_arm(&writer, &role, suggest->scopes.at[0]);
    char *path =
        arena_format(&suggest->session->arena, "%s" DEFINITIONS "/%s?" ROLES_VERSION, scope, guid);
    if (!manage(suggest->session, ENDPOINT_ARM, "PUT", path, buffer_text(&body), &made, err))
        return false;
    output(suggest->session, made, columns_of(COLUMNS_ROLE_DEFINITION));
    session_note("it is there now; to give it: azb role assignment create --assignee %s --role %s "
                 "--scope %s",
        suggest->who.id, guid, suggest->uses_scope);
    return true;
}

static bool answer(struct suggesting *suggest, struct azb_error *err)
{
    enum role_form form = ROLE_FORM_CLI_INPUT;
    const char *given = argument(suggest->arguments, "form");
    if ((given && !role_form_of(given, &form, err)) || !read_who(suggest, err) ||
        !read_uses(suggest, err) || !collect(suggest, err) || !choose_scopes(suggest, err) ||
        !make_role(suggest, err) || !check_role(suggest, err))
        return false;
    return argument_flag(suggest->arguments, "create") ? create_role(suggest, err)
                                                       : print_role(suggest, form, err);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct suggesting suggest = {.session = session, .arguments = arguments};
    (void)command;
    return answer(&suggest, &err) ? EXIT_OK : session_fail(session, &err);
}

const struct command command_role_suggest = {"role suggest",
    "Writes the least custom role for what an application really did.",
    "Let the program run against azbd with a role that is large enough (or with azbd in audit "
    "mode), then ask: the log of azbd knows which operations it used. The role grants these, "
    "without wildcards, and that it does is checked.\n"
    "  azb role suggest --app APPLICATION --since 1h > role.json\n"
    "  azb role suggest --app APPLICATION | azb role definition create --role-definition -\n"
    "  azb role suggest --app APPLICATION --name 'Job Starter' --create",
    options, COUNT(options), run};
