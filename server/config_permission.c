/* What the applications of a configuration offer, ask for and were allowed; federated credentials
 * and their issuers; managed identities. */
#include "base/error.h"
#include "config_apply.h"
#include "directory/account.h"
#include "directory/federated_credential.h"
#include "directory/managed_identity.h"
#include "directory/permission.h"

/* ---- What an application offers -------------------------------------------------------------- */

static bool put_scope(struct applying *applying, const struct config_scope *given,
    const struct application *application, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!config_made_id("scope", application->app_id, given->value, id))
        return fail_memory(err);
    const struct permission what = {
        .id = given->id ? given->id : id,
        .value = given->value,
        .display_name = given->display_name ? given->display_name : given->value,
        .description = given->description,
        .admin_only = given->admin_only,
    };
    return exposed_permission_add(applying->request.store, application->row, &what, err);
}

static bool put_scopes(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_scope *scopes = given->scopes.at;
    if (given->scopes.count > 0 &&
        !exposed_permission_clear(applying->request.store, application->row, err))
        return false;
    for (size_t i = 0; i < given->scopes.count; i++) {
        size_t mark = config_at(applying, "scopes[%zu]", i);
        if (!put_scope(applying, &scopes[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool put_federated(struct applying *applying,
    const struct config_federated_credential *given, const struct application *application,
    struct azb_error *err)
{
    struct store_connection *store = applying->request.store;
    struct federated_credential added;
    char id[GUID_TEXT];
    if (!config_made_id("federated credential", application->app_id, given->name, id))
        return fail_memory(err);
    const struct federated_credential what = {
        .id = given->id ? given->id : id,
        .name = given->name,
        .issuer = given->issuer,
        .subject = given->subject,
        .audience = given->audience ? given->audience : FEDERATED_AUDIENCE,
        .description = given->description,
    };
    if (!federated_credential_remove(store, application->row, text_of(what.name), err) &&
        !config_was_missing(err))
        return false;
    return federated_credential_add(
        store, application->row, &what, &applying->request.arena, &added, err);
}

bool config_apply_offers(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_federated_credential *federated = given->federated_credentials.at;
    if (!put_scopes(applying, given, application, err))
        return false;
    for (size_t i = 0; i < given->federated_credentials.count; i++) {
        size_t mark = config_at(applying, "federatedCredentials[%zu]", i);
        if (!put_federated(applying, &federated[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- What it asks for, and may --------------------------------------------------------------- */

/* By client id or identifier URI, or by the name of an application, Microsoft's included. */
static bool find_resource(struct applying *applying, const char *name,
    struct resource_application *out, struct azb_error *err)
{
    struct request *request = &applying->request;
    if (resource_application_find(
            request->service, request->store, text_of(name), &request->arena, out, err))
        return true;
    if (!config_was_missing(err))
        return false;
    scoped_statement struct statement s =
        statement(request->store, "SELECT app_id FROM application WHERE display_name = ?1 LIMIT 2");
    statement_bind_string(&s, 1, name);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    struct text app_id = row ? statement_text(&s, 0, &request->arena) : TEXT_NONE;
    if (!app_id.at || !statement_step(&s, &row, err) || row) {
        config_at(applying, "resource");
        return fail(err, AZB_ERROR_CONFIGURATION,
            "not exactly one application has the client id, the identifier URI or the name "
            "'%.200s'",
            name);
    }
    return resource_application_find(
        request->service, request->store, app_id, &request->arena, out, err);
}

static const struct permission *find_permission(struct applying *applying,
    const struct resource_application *resource, const char *value, size_t index,
    struct azb_error *err)
{
    const struct permission *found = resource_permission(resource, text_of(value));
    if (found)
        return found;
    config_at(applying, "scopes[%zu]", index);
    fail(err, AZB_ERROR_CONFIGURATION, "%s offers no permission '%.120s'", resource->display_name,
        value);
    return NULL;
}

static bool put_permission(struct applying *applying, const struct config_permission *given,
    const struct application *application, struct azb_error *err)
{
    struct resource_application resource;
    if (!find_resource(applying, given->resource, &resource, err))
        return false;
    for (size_t i = 0; i < given->scopes.count; i++) {
        const struct permission *permission =
            find_permission(applying, &resource, given->scopes.at[i], i, err);
        if (!permission || (!required_permission_add(applying->request.store, application->row,
                                resource.app_id, permission->id, err) &&
                               !config_was_there(err)))
            return false;
    }
    return true;
}

static bool put_permissions(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_permission *permissions = given->permissions.at;
    if (given->permissions.count > 0 &&
        !required_permission_clear(applying->request.store, application->row, err))
        return false;
    for (size_t i = 0; i < given->permissions.count; i++) {
        size_t mark = config_at(applying, "permissions[%zu]", i);
        if (!put_permission(applying, &permissions[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool put_consent(struct applying *applying, const struct config_consent *given,
    const struct application *application, struct azb_error *err)
{
    struct resource_application resource;
    const char *user = NULL;
    if (!find_resource(applying, given->resource, &resource, err) ||
        (given->user && !config_principal(applying, given->user, &user, err)))
        return false;
    for (size_t i = 0; i < given->scopes.count; i++)
        if (!find_permission(applying, &resource, given->scopes.at[i], i, err) ||
            !consent_add(applying->request.store, application->app_id, resource.app_id, user,
                text_of(given->scopes.at[i]), applying->now, err))
            return false;
    return true;
}

bool config_apply_permissions(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_consent *consents = given->consents.at;
    if (!put_permissions(applying, given, application, err))
        return false;
    for (size_t i = 0; i < given->consents.count; i++) {
        size_t mark = config_at(applying, "consents[%zu]", i);
        if (!put_consent(applying, &consents[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- Issuers --------------------------------------------------------------------------------- */

static bool read_jwks(struct applying *applying, const struct config_issuer *given,
    struct buffer *out, struct azb_error *err)
{
    struct json_writer writer;
    if (!given->path == !given->jwks)
        return fail(err, AZB_ERROR_CONFIGURATION, "either jwks or path is expected");
    if (given->path) {
        config_at(applying, "path");
        return config_read_file(applying, given->path, out, err);
    }
    json_writer_init(&writer, out, 0);
    json_write_tree(&writer, given->jwks);
    return out->failed ? fail_memory(err) : true;
}

bool config_apply_issuers(struct applying *applying, struct azb_error *err)
{
    const struct config_issuer *issuers = applying->config->issuers.at;
    for (size_t i = 0; i < applying->config->issuers.count; i++) {
        scoped_buffer struct buffer jwks = {0};
        size_t mark = config_at(applying, "issuers[%zu]", i);
        buffer_init(&jwks, CONFIG_FILE_MAX);
        if (!read_jwks(applying, &issuers[i], &jwks, err) ||
            !issuer_set_keys(applying->request.store, issuers[i].issuer, buffer_text(&jwks), err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- Managed identities ---------------------------------------------------------------------- */

static bool put_identity(
    struct applying *applying, const struct config_managed_identity *given, struct azb_error *err)
{
    struct request *request = &applying->request;
    struct managed_identity added, what = {.name = given->name, .resource_id = given->resource_id};
    const struct account *account = account_default(request->service);
    char client_id[GUID_TEXT], object_id[GUID_TEXT];
    if (!account)
        return fail(err, AZB_ERROR_CONFIGURATION, "the state has no Batch account");
    if (!what.resource_id)
        what.resource_id = arena_format(&request->arena,
            "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ManagedIdentity/"
            "userAssignedIdentities/%s",
            account->subscription_id, account->resource_group, given->name);
    if (!what.resource_id || !config_made_id("identity", given->name, "client", client_id) ||
        !config_made_id("identity", given->name, "principal", object_id))
        return fail_memory(err);
    what.client_id = given->client_id ? given->client_id : client_id;
    what.object_id = given->object_id ? given->object_id : object_id;
    if (managed_identity_find(request->store, IDENTITY_BY_RESOURCE_ID, text_of(what.resource_id),
            &request->arena, &added, err))
        return true;
    return config_was_missing(err) &&
           managed_identity_add(request->store, &what, applying->now, &request->arena, &added, err);
}

bool config_apply_managed_identities(struct applying *applying, struct azb_error *err)
{
    const struct config_managed_identity *all = applying->config->managed_identities.at;
    for (size_t i = 0; i < applying->config->managed_identities.count; i++) {
        size_t mark = config_at(applying, "managedIdentities[%zu]", i);
        if (!put_identity(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}
