#include "cli/roles.h"

#include "base/error.h"
#include "cli/commands.h"

const char *path_of_scope(struct session *session, const char *scope, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct text rest = text_of(strcmp(scope, "/") == 0 ? "" : scope), segment;
    buffer_init(&out, 16 * 1024);
    for (bool first = true; text_cut(&rest, '/', &segment); first = false) {
        if (!first)
            buffer_add_char(&out, '/');
        buffer_add_encoded(&out, segment);
    }
    char *path = out.failed ? NULL : arena_string(&session->arena, out.at ? out.at : "");
    if (!path)
        fail_memory(err);
    return path;
}

const char *subscription_scope(struct session *session, struct azb_error *err)
{
    const char *subscription = environment("AZURE_SUBSCRIPTION_ID");
    if (!subscription) {
        fail(err, AZB_ERROR_CONFIGURATION,
            "AZURE_SUBSCRIPTION_ID is not set: say --scope, or set it (for a local azbd: eval "
            "\"$(azb env)\")");
        return NULL;
    }
    char *scope = arena_format(&session->arena, "/subscriptions/%s", subscription);
    if (!scope)
        fail_memory(err);
    return scope;
}

static const char *group_scope(struct session *session, const char *group, struct azb_error *err)
{
    const char *subscription = subscription_scope(session, err);
    if (!subscription)
        return NULL;
    char *scope = arena_format(&session->arena, "%s/resourceGroups/%s", subscription, group);
    if (!scope)
        fail_memory(err);
    return scope;
}

const char *scope_id_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *scope = argument(arguments, "scope");
    const char *group = argument(arguments, "resource-group");
    if (scope && group) {
        fail(err, AZB_ERROR_ARGUMENT, "say --scope or --resource-group, one of them");
        return NULL;
    }
    if (group)
        return group_scope(session, group, err);
    if (!scope)
        return account_scope(session, err);
    if (scope[0] == '/')
        return scope;
    fail(err, AZB_ERROR_ARGUMENT,
        "--scope '%s' is not a resource id: it begins with /subscriptions/...", scope);
    return NULL;
}

const char *scope_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *scope = scope_id_of(session, arguments, err);
    return scope ? path_of_scope(session, scope, err) : NULL;
}

/* ---- definitions --------------------------------------------------------------------------- */

bool list_definitions_at(struct session *session, const char *scope, const char *name,
    const struct json **items, struct azb_error *err)
{
    char *collection = arena_format(&session->arena, "%s" DEFINITIONS, scope);
    if (!collection)
        return fail_memory(err);
    if (name)
        return find_by(
            session, ENDPOINT_ARM, collection, "roleName", name, ROLES_VERSION, items, err);
    char *path = arena_format(&session->arena, "%s?" ROLES_VERSION, collection);
    return manage_list(session, ENDPOINT_ARM, path, items, err);
}

const struct json *find_definition(
    struct session *session, const char *scope, const char *role, struct azb_error *err)
{
    const struct json *items, *found;
    struct text guid = role_guid_of(text_of(role));
    if (guid.at) {
        char *path = arena_format(
            &session->arena, "%s" DEFINITIONS "/%.*s?" ROLES_VERSION, scope, TEXT_ARGS(guid));
        return manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, &found, err) ? found : NULL;
    }
    if (!list_definitions_at(session, scope, role, &items, err))
        return NULL;
    if (items->count == 1)
        return items->first;
    fail(err, AZB_ERROR_NOT_FOUND,
        "there is no role '%s' at %s (azb role definition list shows them)", role,
        *scope ? scope : "/");
    return NULL;
}

/* ---- forms --------------------------------------------------------------------------------- */

bool role_form_of(const char *name, enum role_form *form, struct azb_error *err)
{
    static const char *const names[] = {
        [ROLE_FORM_ARM] = "arm",
        [ROLE_FORM_CLI_OUTPUT] = "az",
        [ROLE_FORM_CLI_INPUT] = "az-input",
        [ROLE_FORM_POWERSHELL] = "powershell",
    };
    for (enum role_form i = ROLE_FORM_ARM; i <= ROLE_FORM_POWERSHELL; i++)
        if (strcmp(name, names[i]) == 0) {
            *form = i;
            return true;
        }
    return fail(
        err, AZB_ERROR_ARGUMENT, "--form '%s' is none of arm, az, az-input, powershell", name);
}

const struct json *role_in_form(struct session *session, const struct rbac_role *role,
    enum role_form form, const char *id_scope, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 16 << 20);
    json_writer_init(&writer, &text, 0);
    if (!role_write(&writer, role, form, id_scope, err))
        return NULL;
    return json_written(&text, &session->arena, err);
}
