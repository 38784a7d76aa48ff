#include "cli/access_change.h"

#include "base/error.h"

/* ---- what all changes share ---------------------------------------------------------------- */

static bool begin(struct session *session, const struct access *access, size_t touched,
    struct access_change *out, struct azb_error *err)
{
    *out = (struct access_change){.before = *access, .after = *access};
    out->touched = arena_array(&session->arena, touched + 1, sizeof *out->touched);
    return out->touched ? true : fail_memory(err);
}

static bool is_role(const struct rbac_assignment *assignment, const struct rbac_role *role)
{
    return text_equal_nocase(role_guid_of(text_of(assignment->role_id)), text_of(role->id));
}

static bool is_at(
    struct session *session, const struct rbac_assignment *assignment, const struct scope *scope)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct scope own;
    bool parsed = scope_parse(text_of(assignment->scope), &session->arena, &own, &ignored);
    azb_error_free(&ignored);
    return parsed && scope_equal(&own, scope);
}

static bool has_role(const struct access *access, const struct rbac_role *role)
{
    for (size_t i = 0; i < access->role_count; i++)
        if (text_equal_nocase(text_of(access->roles[i].id), text_of(role->id)))
            return true;
    return false;
}

/* A longer copy of the roles; the ones that were read stay as they are. */
static bool copy_roles(struct session *session, struct access *access, struct azb_error *err)
{
    struct rbac_role *roles = arena_array(&session->arena, access->role_count + 1, sizeof *roles);
    if (!roles)
        return fail_memory(err);
    if (access->role_count)
        memcpy(roles, access->roles, access->role_count * sizeof *roles);
    access->roles = roles;
    access->role_capacity = access->role_count + 1;
    return true;
}

/* ---- assignments --------------------------------------------------------------------------- */

static bool check_assignable(struct session *session, const struct rbac_role *role,
    const struct scope *scope, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    for (size_t i = 0; i < role->assignable_scopes.count; i++) {
        struct scope own;
        bool parsed =
            scope_parse(text_of(role->assignable_scopes.at[i]), &session->arena, &own, &ignored);
        /* Whether a subscription lies in a management group only Resource Manager knows. */
        if (parsed && (own.kind == SCOPE_MANAGEMENT_GROUP || scope_contains(&own, scope)))
            return true;
        azb_error_free(&ignored);
    }
    return fail(err, AZB_ERROR_ARGUMENT,
        "the role '%s' cannot be assigned at %s: its assignable scope is %s", role->name,
        scope->text, role->assignable_scopes.count ? role->assignable_scopes.at[0] : "missing");
}

bool access_change_add(struct session *session, const struct access *access,
    const struct access_principal *who, const char *role_name, const struct scope *scope,
    struct access_change *out, struct azb_error *err)
{
    const struct rbac_role *role = access_role(session, access, role_name, err);
    if (!role || !check_assignable(session, role, scope, err) ||
        !begin(session, access, 1, out, err))
        return false;
    const struct rbac_assignment assignment = {
        .principal_id = who->object_id, .role_id = role->id, .scope = scope->text};
    out->role_name = role->name;
    out->touched[out->touched_count++] = assignment;
    for (size_t i = 0; i < access->count; i++)
        if (string_equal_nocase(access->assignments[i].principal_id, who->object_id) &&
            is_role(&access->assignments[i], role) &&
            is_at(session, &access->assignments[i], scope))
            out->unchanged = arena_format(&session->arena,
                "this very assignment is there already: %s", access->assignments[i].id);
    if (!has_role(access, role)) {
        if (!copy_roles(session, &out->after, err))
            return false;
        out->after.roles[out->after.role_count++] = *role;
    }
    return out->unchanged || access_assign(session, &out->after, &assignment, NULL, err);
}

bool access_change_remove(struct session *session, const struct access *access,
    const struct access_principal *who, const char *role_name, const struct scope *scope,
    struct access_change *out, struct azb_error *err)
{
    const struct rbac_role *role = role_name ? access_role(session, access, role_name, err) : NULL;
    if ((role_name && !role) || !begin(session, access, access->count, out, err))
        return false;
    out->role_name = role ? role->name : NULL;
    out->after.count = out->after.capacity = 0;
    out->after.assignments = NULL;
    out->after.items = NULL;
    for (size_t i = 0; i < access->count; i++) {
        const struct rbac_assignment *at = &access->assignments[i];
        bool goes = string_equal_nocase(at->principal_id, who->object_id) &&
                    (!role || is_role(at, role)) && is_at(session, at, scope);
        if (goes)
            out->touched[out->touched_count++] = *at;
        else if (!access_assign(session, &out->after, at, access->items[i], err))
            return false;
    }
    return out->touched_count > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND,
               "%s has no assignment%s%s%s exactly at %s (azb role can-i --as ... --all shows "
               "them)",
               access_principal_text(session, who), role ? " of the role '" : "",
               role ? role->name : "", role ? "'" : "", scope->text);
}

/* ---- definitions --------------------------------------------------------------------------- */

static bool touch_role(
    const struct access *access, const struct rbac_role *role, struct access_change *out)
{
    for (size_t i = 0; i < access->count; i++)
        if (is_role(&access->assignments[i], role))
            out->touched[out->touched_count++] = access->assignments[i];
    return out->touched_count > 0;
}

static const struct rbac_role *existing(
    struct session *session, const struct access *access, const struct rbac_role *role)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct rbac_role *found =
        *role->id ? access_role(session, access, role->id, &ignored) : NULL;
    azb_error_free(&ignored);
    if (!found)
        found = access_role(session, access, role->name, &ignored);
    azb_error_free(&ignored);
    return found;
}

bool access_change_role(struct session *session, const struct access *access,
    const struct rbac_role *role, struct access_change *out, struct azb_error *err)
{
    const struct rbac_role *old = existing(session, access, role);
    if (!begin(session, access, access->count, out, err))
        return false;
    out->role_name = role->name;
    if (!old) {
        out->unchanged =
            arena_format(&session->arena, "the role '%s' is new, so nobody has it yet", role->name);
        return out->unchanged ? true : fail_memory(err);
    }
    if (old->type == ROLE_BUILT_IN)
        return fail(err, AZB_ERROR_ARGUMENT,
            "'%s' is a built-in role, which nobody can change: give the definition another name",
            old->name);
    if (!touch_role(access, old, out))
        out->unchanged = arena_format(
            &session->arena, "nobody that can be seen here has the role '%s'", old->name);
    if (!copy_roles(session, &out->after, err))
        return false;
    for (size_t i = 0; i < out->after.role_count; i++)
        if (text_equal_nocase(text_of(out->after.roles[i].id), text_of(old->id))) {
            out->after.roles[i] = *role;
            out->after.roles[i].id = old->id;
        }
    return true;
}

bool access_change_delete_role(struct session *session, const struct access *access,
    const char *name, struct access_change *out, struct azb_error *err)
{
    const struct rbac_role *role = access_role(session, access, name, err);
    if (!role || !begin(session, access, access->count, out, err))
        return false;
    if (role->type == ROLE_BUILT_IN)
        return fail(err, AZB_ERROR_ARGUMENT, "'%s' is a built-in role, which nobody can delete",
            role->name);
    out->role_name = role->name;
    if (!touch_role(access, role, out))
        out->unchanged = arena_format(
            &session->arena, "nobody that can be seen here has the role '%s'", role->name);
    else
        out->would_refuse = arena_format(&session->arena,
            "Resource Manager deletes no role that somebody has: %zu assignment%s would have to go "
            "first",
            out->touched_count, out->touched_count == 1 ? "" : "s");
    if (!copy_roles(session, &out->after, err))
        return false;
    out->after.role_count = 0;
    for (size_t i = 0; i < access->role_count; i++)
        if (!text_equal_nocase(text_of(access->roles[i].id), text_of(role->id)))
            out->after.roles[out->after.role_count++] = access->roles[i];
    return true;
}
