#include "rbac/role.h"

#include "base/error.h"
#include "rbac/condition.h"
#include "rbac/scope.h"

void rbac_names_write(
    struct json_writer *writer, const char *member, const struct rbac_names *names)
{
    json_name(writer, member);
    json_begin_array(writer);
    for (size_t i = 0; i < names->count; i++)
        json_write_string(writer, names->at[i]);
    json_end_array(writer);
}

void rbac_permission_write(struct json_writer *writer, const struct rbac_permission *permission)
{
    json_begin_object(writer);
    rbac_names_write(writer, "actions", &permission->actions);
    rbac_names_write(writer, "notActions", &permission->not_actions);
    rbac_names_write(writer, "dataActions", &permission->data_actions);
    rbac_names_write(writer, "notDataActions", &permission->not_data_actions);
    json_member(writer, "condition", permission->condition);
    json_member(writer, "conditionVersion", permission->condition ? CONDITION_VERSION : NULL);
    json_end_object(writer);
}

static void write_permissions(struct json_writer *writer, const struct rbac_role *role)
{
    json_name(writer, "permissions");
    json_begin_array(writer);
    for (size_t i = 0; i < role->permission_count; i++)
        rbac_permission_write(writer, &role->permissions[i]);
    json_end_array(writer);
}

static void write_id(struct json_writer *writer, const struct rbac_role *role, const char *id_scope)
{
    char id[SCOPE_LENGTH_MAX + sizeof(ROLE_DEFINITION_PATH) + 64];
    int length = snprintf(id, sizeof(id), "%s" ROLE_DEFINITION_PATH "%s",
        strcmp(id_scope, "/") == 0 ? "" : id_scope, role->id);
    if (length < 0 || (size_t)length >= sizeof(id))
        return;
    json_member(writer, "id", id);
}

static void write_history(struct json_writer *writer, const struct rbac_role *role)
{
    json_member(writer, "createdOn", role->created_on);
    json_member(writer, "updatedOn", role->updated_on);
    json_member(writer, "createdBy", role->created_by);
    json_member(writer, "updatedBy", role->updated_by);
}

static void write_identity(
    struct json_writer *writer, const struct rbac_role *role, const char *id_scope)
{
    if (!*role->id)
        return;
    write_id(writer, role, id_scope);
    json_member(writer, "name", role->id);
}

void role_write_arm(struct json_writer *writer, const struct rbac_role *role, const char *id_scope)
{
    json_begin_object(writer);
    write_identity(writer, role, id_scope);
    json_member(writer, "type", ROLE_DEFINITION_TYPE);
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "roleName", role->name);
    json_member(writer, "type", role_type_text(role->type));
    json_member(writer, "description", role->description);
    rbac_names_write(writer, "assignableScopes", &role->assignable_scopes);
    write_permissions(writer, role);
    write_history(writer, role);
    json_end_object(writer);
    json_end_object(writer);
}

void role_write_cli_output(
    struct json_writer *writer, const struct rbac_role *role, const char *id_scope)
{
    json_begin_object(writer);
    rbac_names_write(writer, "assignableScopes", &role->assignable_scopes);
    write_history(writer, role);
    json_member(writer, "description", role->description);
    write_identity(writer, role, id_scope);
    write_permissions(writer, role);
    json_member(writer, "roleName", role->name);
    json_member(writer, "roleType", role_type_text(role->type));
    json_member(writer, "type", ROLE_DEFINITION_TYPE);
    json_end_object(writer);
}

/* The one permission object of a form that holds one. NULL and err: there are several. */
static const struct rbac_permission *only_permission(
    const struct rbac_role *role, const char *form, struct azb_error *err)
{
    static const struct rbac_permission none;
    if (role->permission_count == 0)
        return &none;
    if (role->permission_count == 1)
        return &role->permissions[0];
    fail(err, AZB_ERROR_ARGUMENT, "role \"%.200s\" has %zu permission objects; %s holds one",
        role->name, role->permission_count, form);
    return NULL;
}

static void write_flat(struct json_writer *writer, const struct rbac_role *role,
    const struct rbac_permission *permission)
{
    json_member_bool(writer, "IsCustom", role->type == ROLE_CUSTOM);
    json_member(writer, "Description", role->description);
    rbac_names_write(writer, "Actions", &permission->actions);
    rbac_names_write(writer, "NotActions", &permission->not_actions);
    rbac_names_write(writer, "DataActions", &permission->data_actions);
    rbac_names_write(writer, "NotDataActions", &permission->not_data_actions);
    rbac_names_write(writer, "AssignableScopes", &role->assignable_scopes);
}

bool role_write_cli_input(
    struct json_writer *writer, const struct rbac_role *role, struct azb_error *err)
{
    const struct rbac_permission *permission =
        only_permission(role, "the input form of the Azure CLI", err);
    if (!permission)
        return false;
    if (permission->condition)
        return fail(err, AZB_ERROR_ARGUMENT,
            "role \"%.200s\" has a condition; the input form of the Azure CLI has no place for it",
            role->name);
    json_begin_object(writer);
    json_member(writer, "Name", role->name);
    write_flat(writer, role, permission);
    json_end_object(writer);
    return true;
}

bool role_write_powershell(
    struct json_writer *writer, const struct rbac_role *role, struct azb_error *err)
{
    const struct rbac_permission *permission = only_permission(role, "the form of PowerShell", err);
    if (!permission)
        return false;
    json_begin_object(writer);
    json_member(writer, "Name", role->name);
    json_name(writer, "Id");
    json_write_string(writer, *role->id ? role->id : NULL);
    write_flat(writer, role, permission);
    json_name(writer, "Condition");
    json_write_string(writer, permission->condition);
    json_name(writer, "ConditionVersion");
    json_write_string(writer, permission->condition ? CONDITION_VERSION : NULL);
    json_end_object(writer);
    return true;
}

bool role_write(struct json_writer *writer, const struct rbac_role *role, enum role_form form,
    const char *id_scope, struct azb_error *err)
{
    switch (form) {
    case ROLE_FORM_ARM:
        role_write_arm(writer, role, id_scope);
        return true;
    case ROLE_FORM_CLI_OUTPUT:
        role_write_cli_output(writer, role, id_scope);
        return true;
    case ROLE_FORM_CLI_INPUT:
        return role_write_cli_input(writer, role, err);
    case ROLE_FORM_POWERSHELL:
        return role_write_powershell(writer, role, err);
    }
    return false;
}
