#include "cli/access.h"

#include "base/error.h"
#include "cli/access_denial.h"

#define DENIALS "/providers/Microsoft.Authorization/denyAssignments"
#define PERMISSIONS "/providers/Microsoft.Authorization/permissions"
/* Names the role that stands for what GET permissions says; no definition has it. */
#define OWN_ROLE "00000000-0000-0000-0000-000000000001"

/* ---- where --------------------------------------------------------------------------------- */

bool access_scope(struct session *session, const struct arguments *arguments, struct scope *out,
    struct azb_error *err)
{
    const char *text = scope_id_of(session, arguments, err);
    if (!text)
        return false;
    return scope_parse(text_of(text), &session->arena, out, err) || fail_while(err, "the scope");
}

/* "PATH/providers/...?api-version=...&$filter=..."; `filter` may be NULL. */
static char *list_path(struct session *session, const char *at, const char *collection,
    const char *filter, struct azb_error *err)
{
    scoped_buffer struct buffer path = {0};
    const char *scope = path_of_scope(session, at, err);
    if (!scope)
        return NULL;
    buffer_init(&path, 64 * 1024);
    buffer_format(&path, "%s%s?" ROLES_VERSION, scope, collection);
    if (filter) {
        buffer_add_string(&path, "&$filter=");
        buffer_add_encoded(&path, text_of(filter));
    }
    char *out = path.failed ? NULL : arena_string(&session->arena, path.at);
    if (!out)
        fail_memory(err);
    return out;
}

/* ---- lists that grow ----------------------------------------------------------------------- */

/* A longer copy of an array of the session's arena. NULL: out of memory. */
static void *longer(struct session *session, const void *array, size_t count, size_t capacity,
    size_t size, struct azb_error *err)
{
    void *copy = arena_array(&session->arena, capacity, size);
    if (!copy)
        fail_memory(err);
    else if (count)
        memcpy(copy, array, count * size);
    return copy;
}

bool access_assign(struct session *session, struct access *access,
    const struct rbac_assignment *assignment, const struct json *item, struct azb_error *err)
{
    if (access->count == access->capacity) {
        size_t capacity = 2 * access->count + 32;
        void *assignments = longer(session, access->assignments, access->count, capacity,
            sizeof *access->assignments, err);
        void *items =
            longer(session, access->items, access->count, capacity, sizeof *access->items, err);
        if (!assignments || !items)
            return false;
        access->assignments = assignments;
        access->items = items;
        access->capacity = capacity;
    }
    access->assignments[access->count] = *assignment;
    access->items[access->count++] = item;
    return true;
}

static bool add_role(struct session *session, struct access *access, const struct rbac_role *role,
    struct azb_error *err)
{
    if (access->role_count == access->role_capacity) {
        size_t capacity = 2 * access->role_count + 16;
        void *roles = longer(
            session, access->roles, access->role_count, capacity, sizeof *access->roles, err);
        if (!roles)
            return false;
        access->roles = roles;
        access->role_capacity = capacity;
    }
    access->roles[access->role_count++] = *role;
    return true;
}

/* ---- assignments --------------------------------------------------------------------------- */

static bool is_known(const struct access *access, const char *id)
{
    for (size_t i = 0; i < access->count; i++)
        if (access->assignments[i].id && string_equal_nocase(access->assignments[i].id, id))
            return true;
    return false;
}

/* An empty one is none. */
static const char *condition_of(const struct json *properties, struct arena *arena)
{
    const char *condition = json_get_string(properties, "condition", arena);
    return condition && *condition ? condition : NULL;
}

static bool add_item(
    struct session *session, struct access *access, const struct json *item, struct azb_error *err)
{
    const struct json *properties = json_get(item, "properties");
    struct arena *arena = &session->arena;
    const struct rbac_assignment assignment = {
        .id = json_get_string(item, "id", arena),
        .principal_id = json_get_string(properties, "principalId", arena),
        .role_id = json_get_string(properties, "roleDefinitionId", arena),
        .scope = json_get_string(properties, "scope", arena),
        .condition = condition_of(properties, arena),
    };
    if (!assignment.id || !assignment.principal_id || !assignment.role_id || !assignment.scope)
        return fail(err, AZB_ERROR_PROTOCOL,
            "a role assignment of the answer lacks its id, principalId, roleDefinitionId or scope");
    return is_known(access, assignment.id) ||
           access_assign(session, access, &assignment, item, err);
}

static bool list(struct session *session, struct access *access, const char *filter,
    const struct json **items, struct azb_error *err)
{
    char *path = list_path(session, access->read_at, ASSIGNMENTS, filter, err);
    return path && manage_list(session, ENDPOINT_ARM, path, items, err);
}

static bool add_listed(
    struct session *session, struct access *access, const char *filter, struct azb_error *err)
{
    const struct json *items;
    if (!list(session, access, filter, &items, err))
        return false;
    for (const struct json *item = items->first; item; item = item->next)
        if (!add_item(session, access, item, err))
            return false;
    return true;
}

/* assignedTo() knows the groups: whoever else its answer names is one of them. */
static bool add_groups(struct session *session, struct access *access, struct access_principal *who,
    struct azb_error *err)
{
    const struct json *items;
    char *filter = arena_format(&session->arena, "assignedTo('%s')", who->object_id);
    if (!filter)
        return fail_memory(err);
    if (!list(session, access, filter, &items, err))
        return false;
    for (const struct json *item = items->first; item; item = item->next) {
        const char *id =
            json_get_string(json_get(item, "properties"), "principalId", &session->arena);
        bool another = id && !string_equal_nocase(id, who->object_id);
        if (!add_item(session, access, item, err) ||
            (another && !access_principal_join(session, who, id, err)))
            return false;
    }
    who->groups_gap = NULL;
    return true;
}

static bool add_meant_for(
    struct session *session, struct access *access, const char *id, struct azb_error *err)
{
    char *filter = id ? arena_format(&session->arena, "principalId eq '%s'", id) : NULL;
    if (!id)
        return true;
    return filter ? add_listed(session, access, filter, err) : fail_memory(err);
}

static bool read_assignments(struct session *session, enum access_whose whose,
    struct access_principal *who, struct access *access, struct azb_error *err)
{
    if (who && !add_groups(session, access, who, err))
        return false;
    if (whose == ACCESS_OF_EVERYBODY || !who)
        return add_listed(session, access, NULL, err);
    return add_meant_for(session, access, who->client_id, err) &&
           add_meant_for(session, access, who->application_id, err);
}

/* ---- deny assignments ---------------------------------------------------------------------- */

static bool keep_denials(
    struct session *session, struct access *access, const struct json *items, struct azb_error *err)
{
    access->denials = arena_array(&session->arena, items->count + 1, sizeof *access->denials);
    if (!access->denials)
        return fail_memory(err);
    for (const struct json *item = items->first; item; item = item->next)
        if (!denial_read(item, &session->arena, &access->denials[access->denial_count++], err))
            return false;
    return true;
}

/* Not everybody may read them: an answer without them may be wrong, and says so. */
static bool read_denials(struct session *session, struct access *access, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    const struct json *items;
    char *path = list_path(session, access->read_at, DENIALS, NULL, err);
    if (!path)
        return false;
    if (manage_list(session, ENDPOINT_ARM, path, &items, &why))
        return keep_denials(session, access, items, err);
    bool unanswered = why.http_status == 0;
    if (unanswered)
        return error_move(err, &why);
    access->denials_gap = arena_format(
        &session->arena, "%s", *why.code ? why.code : "the service did not answer with a list");
    azb_error_free(&why);
    return access->denials_gap ? true : fail_memory(err);
}

/* ---- management groups --------------------------------------------------------------------- */

/* Resource Manager lists what acts in a subscription: the management groups of such assignments
 * are above it, in whatever order. */
static bool find_parents(struct session *session, struct access *access, struct azb_error *err)
{
    size_t count = access->count + access->denial_count;
    struct rbac_parent *parents = arena_array(&session->arena, count + 1, sizeof *parents);
    const char *below = access->scope.kind >= SCOPE_SUBSCRIPTION
                            ? text_string(&session->arena, text_slice(text_of(access->scope.text),
                                                               0, access->scope.levels[1].length))
                            : NULL;
    if (!parents)
        return fail_memory(err);
    access->parents = parents;
    for (size_t i = 0; below && i < count; i++) {
        struct scope own;
        const char *at = i < access->count ? access->assignments[i].scope
                                           : access->denials[i - access->count].scope;
        if (!scope_parse(text_of(at), &session->arena, &own, err))
            return fail_while(err, "the scope of an assignment");
        bool seen = own.kind != SCOPE_MANAGEMENT_GROUP;
        for (size_t j = 0; !seen && j < access->parent_count; j++)
            seen = string_equal_nocase(parents[j].parent, own.text);
        if (seen)
            continue;
        parents[access->parent_count++] = (struct rbac_parent){below, own.text};
        below = own.text;
    }
    return true;
}

/* ---- definitions --------------------------------------------------------------------------- */

static const struct json *definition_listed(const struct access *access, struct text guid)
{
    const struct json *item = access->definitions ? access->definitions->first : NULL;
    while (item && !text_equal_nocase(json_get_text(item, "name"), guid))
        item = item->next;
    return item;
}

/* A role of a scope further below is not among those that are offered above it. *out is NULL when
 * the definition is gone. */
static bool fetch_definition(struct session *session, const struct rbac_assignment *assignment,
    const struct json **out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct text guid = role_guid_of(text_of(assignment->role_id));
    const char *scope = path_of_scope(session, assignment->scope, err);
    *out = NULL;
    if (!scope)
        return false;
    char *path = arena_format(
        &session->arena, "%s" DEFINITIONS "/%.*s?" ROLES_VERSION, scope, TEXT_ARGS(guid));
    if (manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return true;
}

static const struct rbac_role *role_read_already(const struct access *access, struct text guid)
{
    for (size_t i = 0; i < access->role_count; i++)
        if (text_equal_nocase(text_of(access->roles[i].id), guid))
            return &access->roles[i];
    return NULL;
}

static bool read_role_of(struct session *session, struct access *access,
    const struct rbac_assignment *assignment, struct azb_error *err)
{
    struct text guid = role_guid_of(text_of(assignment->role_id));
    if (!guid.at || role_read_already(access, guid))
        return true;
    const struct json *item = definition_listed(access, guid);
    if (!item && !fetch_definition(session, assignment, &item, err))
        return false;
    const struct rbac_role *role = item ? role_from_json(item, &session->arena, NULL, err) : NULL;
    if (!item)
        return true;
    return role ? add_role(session, access, role, err)
                : fail_while(err, "the role '%.*s'", TEXT_ARGS(guid));
}

bool access_definitions(
    struct session *session, const char *scope, const struct json **items, struct azb_error *err)
{
    char *path = list_path(session, scope, DEFINITIONS, "atScopeAndBelow()", err);
    return path && manage_list(session, ENDPOINT_ARM, path, items, err);
}

static bool read_roles(struct session *session, struct access *access, struct azb_error *err)
{
    if (!access_definitions(session, access->read_at, &access->definitions, err))
        return false;
    for (size_t i = 0; i < access->count; i++)
        if (!read_role_of(session, access, &access->assignments[i], err))
            return false;
    return true;
}

const struct rbac_role *access_role(struct session *session, const struct access *access,
    const char *name_or_id, struct azb_error *err)
{
    struct text guid = role_guid_of(text_of(name_or_id));
    const struct json *item = access->definitions ? access->definitions->first : NULL;
    for (; item; item = item->next) {
        struct text name = json_text(json_path(item, "properties.roleName"));
        if (text_equal_nocase(name, text_of(name_or_id)) ||
            (guid.at && text_equal_nocase(json_get_text(item, "name"), guid)))
            return role_from_json(item, &session->arena, NULL, err);
    }
    fail(err, AZB_ERROR_NOT_FOUND,
        "there is no role '%s' at %s (azb role definition list shows them)", name_or_id,
        access->read_at);
    return NULL;
}

/* ---- the caller's own permissions ---------------------------------------------------------- */

static bool read_own(struct session *session, const struct access_principal *who,
    struct access *access, struct azb_error *err)
{
    const struct json *permissions;
    char *path = list_path(session, access->scope.text, PERMISSIONS, NULL, err);
    if (!path || !manage_list(session, ENDPOINT_ARM, path, &permissions, err))
        return false;
    access->read_at = access->scope.text;
    if (!permissions->count)
        return true;
    const struct rbac_role *role = permissions_role(
        permissions, "All of the caller's roles together", OWN_ROLE, &session->arena, err);
    const struct rbac_assignment assignment = {
        .principal_id = who->object_id, .role_id = OWN_ROLE, .scope = access->scope.text};
    return role && add_role(session, access, role, err) &&
           access_assign(session, access, &assignment, NULL, err);
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Who may not read at the subscription may perhaps read at the group, or the account. */
static bool read_somewhere(struct session *session, enum access_whose whose,
    struct access_principal *who, struct access *access, struct azb_error *err)
{
    const struct scope *scope = &access->scope;
    size_t last = scope->level_count - 1;
    for (size_t level = last ? 1 : 0; level <= last; level++) {
        struct text at = text_slice(text_of(scope->text), 0, scope->levels[level].length);
        access->read_at = level ? text_string(&session->arena, at) : "";
        if (!access->read_at)
            return fail_memory(err);
        azb_error_free(err);
        if (read_assignments(session, whose, who, access, err))
            return true;
        if (err->kind != AZB_ERROR_PERMISSION)
            return false;
    }
    return false;
}

bool access_read(struct session *session, const struct scope *scope, enum access_whose whose,
    enum access_asker asker, struct access_principal *who, struct access *out,
    struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *out = (struct access){.scope = *scope};
    if (read_somewhere(session, whose, who, out, &why))
        return read_roles(session, out, err) && read_denials(session, out, err) &&
               find_parents(session, out, err);
    if (why.kind != AZB_ERROR_PERMISSION || asker != ACCESS_FOR_ONESELF)
        return error_move(err, &why) || fail_while(err, "reading the role assignments");
    azb_error_free(&why);
    out->count = 0;
    out->own_only = "Microsoft.Authorization/roleAssignments/read";
    return read_own(session, who, out, err);
}

struct rbac_index *access_index(const struct access *access, struct azb_error *err)
{
    const struct rbac_index_input input = {.roles = access->roles,
        .role_count = access->role_count,
        .assignments = access->assignments,
        .assignment_count = access->count,
        .denials = access->denials,
        .denial_count = access->denial_count,
        .parents = access->parents,
        .parent_count = access->parent_count};
    return rbac_index_new(&input, err);
}
