/* Subscriptions, management groups, resource groups and deny assignments of a configuration. */
#include "arm/providers.h"
#include "arm/resource_group.h"
#include "base/error.h"
#include "config_apply.h"
#include "directory/account.h"
#include "directory/deny_assignment.h"
#include "directory/directory.h"
#include "directory/management_group.h"

/* ---- Subscriptions and management groups ----------------------------------------------------- */

static bool add_subscription(
    struct applying *applying, const struct config_more_subscription *given, struct azb_error *err)
{
    scoped_statement struct statement s = statement(applying->request.store,
        "INSERT INTO subscription (id, tenant_id, display_name) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name");
    statement_bind_string(&s, 1, given->id);
    statement_bind_string(&s, 2, directory_tenant_id(applying->request.service));
    statement_bind_string(&s, 3, given->name ? given->name : given->id);
    return statement_run(&s, err);
}

static bool apply_subscriptions(struct applying *applying, struct azb_error *err)
{
    const struct config_more_subscription *all = applying->config->subscriptions.at;
    for (size_t i = 0; i < applying->config->subscriptions.count; i++) {
        size_t mark = config_at(applying, "subscriptions[%zu]", i);
        if (!add_subscription(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool put_group(struct applying *applying, const struct config_management_group *given,
    const char *parent, struct azb_error *err)
{
    const struct management_group what = {given->id, given->display_name, parent};
    return management_group_put(applying->request.store, &what, err);
}

/* First without a parent, so that the file may name them in any order. */
static bool make_groups(struct applying *applying, struct azb_error *err)
{
    const struct config_management_group *all = applying->config->management_groups.at;
    for (size_t i = 0; i < applying->config->management_groups.count; i++) {
        size_t mark = config_at(applying, "managementGroups[%zu].id", i);
        if (!put_group(applying, &all[i], NULL, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool fill_group(
    struct applying *applying, const struct config_management_group *given, struct azb_error *err)
{
    size_t mark = config_at(applying, "parent");
    if (!put_group(applying, given, given->parent, err))
        return false;
    config_back(applying, mark);
    for (size_t i = 0; i < given->subscriptions.count; i++) {
        config_at(applying, "subscriptions[%zu]", i);
        if (!management_group_adopt(
                applying->request.store, given->subscriptions.at[i], given->id, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool fill_groups(struct applying *applying, struct azb_error *err)
{
    const struct config_management_group *all = applying->config->management_groups.at;
    for (size_t i = 0; i < applying->config->management_groups.count; i++) {
        size_t mark = config_at(applying, "managementGroups[%zu]", i);
        if (!fill_group(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool place_subscriptions(struct applying *applying, struct azb_error *err)
{
    const struct config_more_subscription *all = applying->config->subscriptions.at;
    for (size_t i = 0; i < applying->config->subscriptions.count; i++) {
        size_t mark = config_at(applying, "subscriptions[%zu].managementGroup", i);
        if (all[i].management_group && !management_group_adopt(applying->request.store, all[i].id,
                                           all[i].management_group, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- Resource groups ------------------------------------------------------------------------- */

static bool has_subscription(
    struct applying *applying, const char *id, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(applying->request.store, "SELECT 1 FROM subscription WHERE id = ?1");
    statement_bind_string(&s, 1, id);
    return statement_step(&s, found, err);
}

static bool add_group(struct applying *applying, const struct config_more_group *given,
    const char *subscription, const char *location, struct azb_error *err)
{
    scoped_statement struct statement s = statement(applying->request.store,
        "INSERT OR IGNORE INTO resource_group (subscription_id, name, location)"
        " VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, subscription);
    statement_bind_string(&s, 2, given->name);
    statement_bind_string(&s, 3, location);
    return statement_run(&s, err);
}

static bool apply_group(
    struct applying *applying, const struct config_more_group *given, struct azb_error *err)
{
    struct administrator kept;
    bool found;
    if (!resource_group_check_name(text_of(given->name), err) ||
        !directory_administrator(applying->request.service, &applying->request.arena, &kept, err))
        return false;
    const char *subscription = given->subscription ? given->subscription : kept.subscription_id;
    const struct location *location =
        location_find(text_of(given->location ? given->location : "eastus"));
    if (!location)
        return fail(
            err, AZB_ERROR_CONFIGURATION, "location: there is no region '%.60s'", given->location);
    if (!has_subscription(applying, subscription, &found, err))
        return false;
    if (!found)
        return fail(err, AZB_ERROR_CONFIGURATION, "subscription: there is none with the id %s",
            subscription);
    return add_group(applying, given, subscription, location->name, err);
}

static bool apply_groups(struct applying *applying, struct azb_error *err)
{
    const struct config_more_group *all = applying->config->resource_groups.at;
    for (size_t i = 0; i < applying->config->resource_groups.count; i++) {
        size_t mark = config_at(applying, "resourceGroups[%zu]", i);
        if (!apply_group(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

bool config_apply_management(struct applying *applying, struct azb_error *err)
{
    return apply_subscriptions(applying, err) && make_groups(applying, err) &&
           fill_groups(applying, err) && place_subscriptions(applying, err) &&
           apply_groups(applying, err);
}

/* ---- Deny assignments ------------------------------------------------------------------------ */

static struct rbac_names names_of(const struct config_strings *strings)
{
    return (struct rbac_names){strings->at, strings->count};
}

static bool find_principals(struct applying *applying, const char *member,
    const struct config_strings *given, struct rbac_names *out, struct azb_error *err)
{
    const char **ids = arena_array(&applying->request.arena, given->count + 1, sizeof *ids);
    if (!ids)
        return fail_memory(err);
    for (size_t i = 0; i < given->count; i++) {
        size_t mark = config_at(applying, "%s[%zu]", member, i);
        ids[i] = RBAC_EVERYBODY;
        if (strcmp(given->at[i], "*") != 0 &&
            !config_principal(applying, given->at[i], &ids[i], err))
            return false;
        config_back(applying, mark);
    }
    *out = (struct rbac_names){ids, given->count};
    return true;
}

static bool give_id(const struct config_deny_assignment *given, struct rbac_deny_assignment *what,
    char made[GUID_TEXT], struct azb_error *err)
{
    if (!given->id && !config_made_id("deny assignment", what->scope, given->name, made))
        return fail_memory(err);
    what->id = given->id ? given->id : made;
    return true;
}

static bool apply_denial(
    struct applying *applying, const struct config_deny_assignment *given, struct azb_error *err)
{
    char made[GUID_TEXT];
    const struct rbac_permission permission = {
        .actions = names_of(&given->actions),
        .not_actions = names_of(&given->not_actions),
        .data_actions = names_of(&given->data_actions),
        .not_data_actions = names_of(&given->not_data_actions),
    };
    struct rbac_deny_assignment what = {
        .name = given->name,
        .permissions = &permission,
        .permission_count = 1,
        .does_not_apply_to_child_scopes = given->does_not_apply_to_child_scopes,
        .condition = given->condition,
    };
    size_t mark = config_at(applying, "scope");
    if (!config_scope(applying, given->scope, &what.scope, err))
        return false;
    config_back(applying, mark);
    return find_principals(applying, "principals", &given->principals, &what.principal_ids, err) &&
           find_principals(applying, "excludePrincipals", &given->exclude_principals,
               &what.exclude_principal_ids, err) &&
           give_id(given, &what, made, err) &&
           deny_assignment_put(applying->request.store, &what, given->description, applying->now,
               &applying->request.arena, err);
}

bool config_apply_denials(struct applying *applying, struct azb_error *err)
{
    const struct config_deny_assignment *all = applying->config->deny_assignments.at;
    for (size_t i = 0; i < applying->config->deny_assignments.count; i++) {
        size_t mark = config_at(applying, "denyAssignments[%zu]", i);
        if (!apply_denial(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}
