/* Custom roles and role assignments of a configuration. */
#include "arm/arm.h"
#include "arm/roles.h"
#include "base/error.h"
#include "config_apply.h"
#include "directory/directory.h"
#include "state.h"

/* ---- Who ------------------------------------------------------------------------------------- */

static bool no_principal(const char *name, struct azb_error *err)
{
    return fail(err, AZB_ERROR_CONFIGURATION,
        "there is no application, user or group '%.200s' (a name, a client id or an object id)",
        name);
}

/* By the ids and names of everything that roles bind; ?1 is compared without case but in display
 * names. */
bool config_principal(
    struct applying *applying, const char *name, const char **object_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(applying->request.store,
        "SELECT p.object_id FROM service_principal p"
        "  LEFT JOIN application a ON a.app_id = p.app_id WHERE p.object_id = ?1 OR p.app_id = ?1"
        "  OR a.object_id = ?1 OR coalesce(p.display_name, a.display_name) = ?1"
        " UNION SELECT object_id FROM user"
        "  WHERE object_id = ?1 OR user_principal_name = ?1 OR display_name = ?1"
        " UNION SELECT object_id FROM directory_group WHERE object_id = ?1 OR display_name = ?1"
        " LIMIT 2");
    statement_bind_string(&s, 1, name);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return no_principal(name, err);
    *object_id = statement_string(&s, 0, &applying->request.arena);
    if (!*object_id)
        return fail_memory(err);
    if (!statement_step(&s, &row, err))
        return false;
    return !row ||
           fail(err, AZB_ERROR_CONFIGURATION,
               "more than one application, user or group is called '%.200s': give an id", name);
}

/* ---- Roles ----------------------------------------------------------------------------------- */

static bool custom_role_id(
    struct applying *applying, const char *name, const char **id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(applying->request.store, "SELECT id FROM role_definition WHERE name = ?1");
    statement_bind_string(&s, 1, name);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *id = row ? statement_string(&s, 0, &applying->request.arena) : NULL;
    return row && !*id ? fail_memory(err) : true;
}

static const struct rbac_role *read_file(
    struct applying *applying, struct text path, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    bool found;
    struct arena *arena = &applying->request.arena;
    buffer_init(&text, ROLE_JSON_MAX);
    char *whole = arena_format(
        arena, "%s%.*s", text_starts(path, "/") ? "" : applying->config->folder, TEXT_ARGS(path));
    if (!whole) {
        fail_memory(err);
        return NULL;
    }
    if (!file_read(whole, &text, &found, err))
        return NULL;
    if (!found) {
        fail(err, AZB_ERROR_CONFIGURATION, "%s: there is no such file", whole);
        return NULL;
    }
    const struct rbac_role *role = role_parse(buffer_text(&text), arena, NULL, err);
    if (!role)
        fail_while(err, "%s", whole);
    return role;
}

/* A role without an id is the one of its name, or a new one. */
static bool give_id(struct applying *applying, struct rbac_role *role, struct azb_error *err)
{
    char made[GUID_TEXT];
    if (*role->id)
        return true;
    if (!custom_role_id(applying, role->name, &role->id, err))
        return false;
    if (role->id)
        return true;
    if (!config_made_id("role", role->name, "", made))
        return fail_memory(err);
    role->id = arena_string(&applying->request.arena, made);
    return role->id ? true : fail_memory(err);
}

static bool check_scopes(
    struct applying *applying, const struct rbac_role *role, struct azb_error *err)
{
    struct scope scope;
    for (size_t i = 0; i < role->assignable_scopes.count; i++) {
        size_t mark = config_at(applying, "assignableScopes[%zu]", i);
        if (!arm_check_scope(
                &applying->request, text_of(role->assignable_scopes.at[i]), NULL, &scope, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool apply_role(
    struct applying *applying, const struct config_role_entry *entry, struct azb_error *err)
{
    struct rbac_role copy, made;
    struct arena *arena = &applying->request.arena;
    const struct rbac_role *role = entry->document->type == JSON_STRING
                                       ? read_file(applying, entry->document->text, err)
                                       : role_from_json(entry->document, arena, NULL, err);
    if (!role)
        return false;
    copy = *role;
    return role_check_custom(&copy, err) && give_id(applying, &copy, err) &&
           check_scopes(applying, &copy, err) &&
           role_put(applying->request.store, &copy, applying->now, NULL, arena, &made, err);
}

/* ---- Assignments ----------------------------------------------------------------------------- */

static bool find_role(
    struct applying *applying, const char *name, const char **id, struct azb_error *err)
{
    const struct rbac_role *builtin = rbac_builtin_role(text_of(name));
    struct text guid = role_guid_of(text_of(name));
    struct rbac_role role;
    bool found = false;
    *id = builtin ? builtin->id : NULL;
    if (builtin)
        return true;
    if (guid.at &&
        !role_find(applying->request.store, guid, &applying->request.arena, &role, &found, err))
        return false;
    if (found)
        *id = role.id;
    else if (!custom_role_id(applying, name, id, err))
        return false;
    return *id || fail(err, AZB_ERROR_CONFIGURATION,
                      "there is no role '%.200s' (a name or GUID, built-in or of 'roles')", name);
}

bool config_scope(
    struct applying *applying, const char *given, const char **out, struct azb_error *err)
{
    struct scope scope;
    const struct config *config = applying->config;
    struct service *service = applying->request.service;
    const struct account *account = account_default(service);
    const char *group = config->resource_group.name;
    if (account && config->account.name)
        account = account_by_name(service, text_of(account->subscription_id),
            text_of(group ? group : account->resource_group), text_of(config->account.name));
    if (!given && !account)
        return fail(err, AZB_ERROR_CONFIGURATION, "there is no such account for the scope");
    if (!arm_check_scope(
            &applying->request, text_of(given ? given : account->resource_id), NULL, &scope, err))
        return false;
    *out = scope.text;
    return true;
}

/* The same one under another name is as good. */
static bool is_there(struct azb_error *err)
{
    if (strcmp(err->code, "RoleAssignmentExists") != 0)
        return false;
    azb_error_free(err);
    return true;
}

static bool apply_assignment(
    struct applying *applying, const struct config_assignment *given, struct azb_error *err)
{
    char made[GUID_TEXT];
    bool is_new;
    struct assignment out, what = {
                               .id = given->id,
                               .created = applying->now,
                               .description = given->description,
                               .condition = given->condition,
                           };
    size_t mark = config_at(applying, "principal");
    if (!config_principal(applying, given->principal, &what.principal_id, err))
        return false;
    config_back(applying, mark);
    config_at(applying, "role");
    if (!find_role(applying, given->role, &what.role_id, err))
        return false;
    config_back(applying, mark);
    config_at(applying, "scope");
    if (!config_scope(applying, given->scope, &what.scope, err))
        return false;
    config_back(applying, mark);
    if (!given->id) {
        if (!config_made_id(what.scope, what.principal_id, what.role_id, made))
            return fail_memory(err);
        what.id = made;
    }
    return assignment_put(
               applying->request.store, &what, &applying->request.arena, &out, &is_new, err) ||
           is_there(err);
}

bool config_apply_roles(struct applying *applying, struct azb_error *err)
{
    const struct config_role_entry *roles = applying->config->roles.at;
    const struct config_assignment *assignments = applying->config->role_assignments.at;
    for (size_t i = 0; i < applying->config->roles.count; i++) {
        size_t mark = config_at(applying, "roles[%zu]", i);
        if (!apply_role(applying, &roles[i], err))
            return false;
        config_back(applying, mark);
    }
    for (size_t i = 0; i < applying->config->role_assignments.count; i++) {
        size_t mark = config_at(applying, "roleAssignments[%zu]", i);
        if (!apply_assignment(applying, &assignments[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}
