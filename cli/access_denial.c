#include "cli/access_denial.h"

#include "base/error.h"

/* {"name":..., "properties":{"roleName":..., "permissions":[...]}}: what role_from_json() reads. */
const struct rbac_role *permissions_role(const struct json *permissions, const char *name,
    const char *id, struct arena *arena, struct azb_error *err)
{
    if (!permissions || permissions->type != JSON_ARRAY) {
        fail(err, AZB_ERROR_ARGUMENT, "permissions: a list is expected");
        return NULL;
    }
    struct json list = *permissions;
    struct json role_name = {
        .type = JSON_STRING, .name = TEXT("roleName"), .text = text_of(name), .next = &list};
    struct json properties = {
        .type = JSON_OBJECT, .name = TEXT("properties"), .first = &role_name, .count = 2};
    struct json role_id = {
        .type = JSON_STRING, .name = TEXT("name"), .text = text_of(id), .next = &properties};
    const struct json document = {.type = JSON_OBJECT, .first = &role_id, .count = 2};
    list.name = TEXT("permissions");
    list.next = NULL;
    return role_from_json(&document, arena, NULL, err);
}

/* [{"id":...,"type":...}]: the ids. */
static bool read_ids(const struct json *principals, struct arena *arena, struct rbac_names *out,
    struct azb_error *err)
{
    *out = (struct rbac_names){0};
    if (!principals || principals->type != JSON_ARRAY || !principals->count)
        return true;
    const char **ids = arena_array(arena, principals->count, sizeof *ids);
    if (!ids)
        return fail_memory(err);
    for (const struct json *item = principals->first; item; item = item->next) {
        ids[out->count] = json_get_string(item, "id", arena);
        if (!ids[out->count++])
            return fail(err, AZB_ERROR_PROTOCOL, "a principal has no id");
    }
    out->at = ids;
    return true;
}

static bool read_permissions(const struct json *permissions, struct arena *arena,
    struct rbac_deny_assignment *out, struct azb_error *err)
{
    if (!permissions || !permissions->count)
        return true;
    const struct rbac_role *role = permissions_role(
        permissions, out->name, "00000000-0000-0000-0000-000000000000", arena, err);
    if (!role)
        return false;
    out->permissions = role->permissions;
    out->permission_count = role->permission_count;
    return true;
}

bool denial_read(const struct json *item, struct arena *arena, struct rbac_deny_assignment *out,
    struct azb_error *err)
{
    const struct json *properties = json_get(item, "properties");
    *out = (struct rbac_deny_assignment){
        .id = json_get_string(item, "id", arena),
        .name = json_get_string(properties, "denyAssignmentName", arena),
        .scope = json_get_string(properties, "scope", arena),
        .condition = json_get_string(properties, "condition", arena),
        .does_not_apply_to_child_scopes =
            json_get_bool(properties, "doNotApplyToChildScopes", false),
    };
    if (out->condition && !*out->condition)
        out->condition = NULL;
    if (!out->id || !out->name || !out->scope)
        return fail(err, AZB_ERROR_PROTOCOL,
            "a deny assignment of the answer lacks its id, denyAssignmentName or scope");
    return (read_ids(json_get(properties, "principals"), arena, &out->principal_ids, err) &&
               read_ids(json_get(properties, "excludePrincipals"), arena,
                   &out->exclude_principal_ids, err) &&
               read_permissions(json_get(properties, "permissions"), arena, out, err)) ||
           fail_while(err, "the deny assignment '%s'", out->name);
}
