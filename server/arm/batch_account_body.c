#include "arm/batch_account_body.h"

#include "arm/body.h"
#include "base/error.h"
#include "directory/directory.h"
#include "directory/managed_identity.h"
#include "document.h"

#define DOCUMENT_LENGTH_MAX (256 * 1024)
#define TAGS_MAX 50
#define TAG_NAME_MAX 512
#define TAG_VALUE_MAX 256
#define STORAGE "/providers/Microsoft.Storage/storageAccounts/"

/* ---- What there is --------------------------------------------------------------------------- */

static const char *resource_problem(const struct json *value)
{
    return text_starts(value->text, "/subscriptions/")
               ? NULL
               : "a resource id is expected: /subscriptions/S/resourceGroups/G/providers/P/T/N";
}

static const char *storage_problem(const struct json *value)
{
    struct text id = value->text;
    for (size_t i = 0; i < id.length && text_starts(id, "/subscriptions/"); i++)
        if (text_equal_nocase(text_slice(id, i, i + strlen(STORAGE)), TEXT(STORAGE)) &&
            id.length > i + strlen(STORAGE))
            return NULL;
    return "the resource id of a storage account is expected: "
           "/subscriptions/S/resourceGroups/G" STORAGE "NAME";
}

static const char *key_problem(const struct json *value)
{
    return text_starts(value->text, "https://")
               ? NULL
               : "the URL of a key is expected: https://VAULT.vault.azure.net/keys/NAME/VERSION";
}

static const char *mode_problem(const struct json *value)
{
    return value->count > 0 ? NULL
                            : "it is empty; allowed are SharedKey, AAD and "
                              "TaskAuthenticationToken, and at least one is needed";
}

static const char *const modes[] = {"SharedKey", "AAD", "TaskAuthenticationToken", NULL};
static const char *const allocation_modes[] = {"BatchService", "UserSubscription", NULL};
static const char *const network_accesses[] = {"Enabled", "Disabled", "SecuredByPerimeter", NULL};
static const char *const storage_modes[] = {"StorageKeys", "BatchAccountManagedIdentity", NULL};
static const char *const key_sources[] = {"Microsoft.Batch", "Microsoft.KeyVault", NULL};
static const char *const default_actions[] = {"Allow", "Deny", NULL};
static const char *const rule_actions[] = {"Allow", NULL};
static const char *const identity_types[] = {"None", "SystemAssigned", "UserAssigned", NULL};

// clang-format off
static const struct body_field node_identity[] = {
    {.name = "resourceId", .kind = BODY_STRING, .required = true, .problem = resource_problem},
    {0},
};
static const struct body_field auto_storage[] = {
    {.name = "storageAccountId", .kind = BODY_STRING, .required = true, .problem = storage_problem},
    {.name = "authenticationMode", .kind = BODY_CHOICE, .choices = storage_modes},
    {.name = "nodeIdentityReference", .kind = BODY_OBJECT, .fields = node_identity},
    {.name = "lastKeySync", .kind = BODY_SHOWN},
    {0},
};
static const struct body_field key_vault_properties[] = {
    {.name = "keyIdentifier", .kind = BODY_STRING, .required = true, .problem = key_problem},
    {0},
};
static const struct body_field encryption[] = {
    {.name = "keySource", .kind = BODY_CHOICE, .choices = key_sources},
    {.name = "keyVaultProperties", .kind = BODY_OBJECT, .fields = key_vault_properties},
    {0},
};
static const struct body_field ip_rule[] = {
    {.name = "action", .kind = BODY_CHOICE, .required = true, .choices = rule_actions},
    {.name = "value", .kind = BODY_STRING, .required = true, .least = 1, .most = 64},
    {0},
};
static const struct body_field endpoint_access[] = {
    {.name = "defaultAction", .kind = BODY_CHOICE, .required = true, .choices = default_actions},
    {.name = "ipRules", .kind = BODY_LIST, .fields = ip_rule, .most = 200},
    {0},
};
static const struct body_field network_profile[] = {
    {.name = "accountAccess", .kind = BODY_OBJECT, .fields = endpoint_access},
    {.name = "nodeManagementAccess", .kind = BODY_OBJECT, .fields = endpoint_access},
    {0},
};
static const struct body_field key_vault[] = {
    {.name = "id", .kind = BODY_STRING, .required = true, .problem = resource_problem},
    {.name = "url", .kind = BODY_STRING, .required = true, .problem = key_problem},
    {0},
};
static const struct body_field properties[] = {
    {.name = "poolAllocationMode", .kind = BODY_CHOICE, .choices = allocation_modes},
    {.name = "publicNetworkAccess", .kind = BODY_CHOICE, .choices = network_accesses},
    {.name = "networkProfile", .kind = BODY_OBJECT, .fields = network_profile},
    {.name = "encryption", .kind = BODY_OBJECT, .fields = encryption},
    {.name = "autoStorage", .kind = BODY_OBJECT, .fields = auto_storage},
    {.name = "keyVaultReference", .kind = BODY_OBJECT, .fields = key_vault},
    {.name = "allowedAuthenticationModes", .kind = BODY_CHOICES, .choices = modes, .most = 3,
        .problem = mode_problem},
    {.name = "accountEndpoint", .kind = BODY_SHOWN},
    {.name = "nodeManagementEndpoint", .kind = BODY_SHOWN},
    {.name = "provisioningState", .kind = BODY_SHOWN},
    {.name = "privateEndpointConnections", .kind = BODY_SHOWN},
    {.name = "dedicatedCoreQuota", .kind = BODY_SHOWN},
    {.name = "lowPriorityCoreQuota", .kind = BODY_SHOWN},
    {.name = "dedicatedCoreQuotaPerVMFamily", .kind = BODY_SHOWN},
    {.name = "dedicatedCoreQuotaPerVMFamilyEnforced", .kind = BODY_SHOWN},
    {.name = "poolQuota", .kind = BODY_SHOWN},
    {.name = "activeJobAndJobScheduleQuota", .kind = BODY_SHOWN},
    {0},
};
static const struct body_field identity_fields[] = {
    {.name = "type", .kind = BODY_CHOICE, .required = true, .choices = identity_types},
    {.name = "userAssignedIdentities", .kind = BODY_ANY},
    {.name = "principalId", .kind = BODY_SHOWN},
    {.name = "tenantId", .kind = BODY_SHOWN},
    {0},
};
static const struct body_field account_fields[] = {
    {.name = "location", .kind = BODY_STRING, .least = 1, .most = 64},
    {.name = "tags", .kind = BODY_ANY},
    {.name = "identity", .kind = BODY_OBJECT, .fields = identity_fields},
    {.name = "properties", .kind = BODY_OBJECT, .fields = properties},
    {.name = "id", .kind = BODY_SHOWN},
    {.name = "name", .kind = BODY_SHOWN},
    {.name = "type", .kind = BODY_SHOWN},
    {.name = "systemData", .kind = BODY_SHOWN},
    {0},
};
// clang-format on

/* ---- Rules between members ------------------------------------------------------------------- */

static const struct json *given(const struct json *value)
{
    return value && value->type != JSON_NULL ? value : NULL;
}

static bool check_tags(const struct json *tags, struct azb_error *err)
{
    if (!given(tags))
        return true;
    if (tags->type != JSON_OBJECT)
        return body_refuse(err, "", "tags", "an object of names and string values is expected");
    if (tags->count > TAGS_MAX)
        return body_refuse(err, "", "tags", "there are too many; at most 50 are allowed");
    for (const struct json *tag = tags->first; tag; tag = tag->next)
        if (tag->type != JSON_STRING || tag->text.length > TAG_VALUE_MAX || tag->name.length == 0 ||
            tag->name.length > TAG_NAME_MAX)
            return body_refuse(err, "", "tags",
                "a tag has a name of 1 to 512 characters and a string of at most 256");
    return true;
}

bool account_has_identity(const struct json *document)
{
    struct text type = json_text(json_path(document, "identity.type"));
    return type.at && !text_equal_nocase(type, TEXT("None"));
}

/* Which identity it is that reads keys or storage. */
static bool check_needs_identity(const struct json *document, struct azb_error *err)
{
    const struct json *held = json_get(document, "properties");
    struct text source = json_text(json_path(held, "encryption.keySource"));
    struct text storage = json_text(json_path(held, "autoStorage.authenticationMode"));
    bool vault = text_is(source, "Microsoft.KeyVault");
    if (vault && !json_path(held, "encryption.keyVaultProperties"))
        return body_refuse(err, "properties.encryption.", "keyVaultProperties",
            "it is needed with the keySource Microsoft.KeyVault");
    if (account_has_identity(document))
        return true;
    if (vault)
        return body_refuse(err, "properties.encryption.", "keySource",
            "Microsoft.KeyVault needs an identity of the account that may use the key");
    return !text_is(storage, "BatchAccountManagedIdentity") ||
           body_refuse(err, "properties.autoStorage.", "authenticationMode",
               "BatchAccountManagedIdentity needs an identity of the account");
}

/* Pools of azbd are on this machine; nobody's subscription takes them. */
static bool check_allocation(const struct json *document, struct azb_error *err)
{
    struct text mode = json_text(json_path(document, "properties.poolAllocationMode"));
    if (text_is(mode, "UserSubscription"))
        return fail_status(err, 400, "UserSubscriptionNotSupported",
            "properties.poolAllocationMode: azbd has no Batch accounts of the mode "
            "UserSubscription, whose nodes are virtual machines of the subscription; use "
            "BatchService.");

    return true;
}

/* ---- The document ---------------------------------------------------------------------------- */

struct writing {
    struct request *request;
    const struct json *body, *old; /* old: the document before, or NULL */
    enum account_body kind;
    const char *resource_id;
    struct json_writer *writer;
};

/* The new value, the old one that stays, or NULL: the default. */
static const struct json *choose(
    const struct writing *writing, const struct json *new, const struct json *old)
{
    if (writing->kind == ACCOUNT_BODY_PATCH && !new)
        return given(old);
    return given(new);
}

static void write_properties(const struct writing *writing)
{
    const struct json *new = json_get_nocase(writing->body, "properties");
    const struct json *old = json_get(writing->old, "properties");
    json_name(writing->writer, "properties");
    json_begin_object(writing->writer);
    for (const struct body_field *field = properties; field->name; field++) {
        const struct json *is_new = json_get_nocase(new, field->name);
        const struct json *value = choose(writing, is_new, json_get(old, field->name));
        if (!value || field->kind == BODY_SHOWN || field->kind == BODY_CHOICES)
            continue;
        json_name(writing->writer, field->name);
        if (field->kind != BODY_OBJECT) {
            json_write_string(writing->writer, field->choices[body_choice(value, field->choices)]);
            continue;
        }
        json_begin_object(writing->writer);
        body_write(writing->writer, value, field->fields);
        if (field->fields == auto_storage && value == is_new)
            json_member_time(writing->writer, "lastKeySync", writing->request->now);
        else if (field->fields == auto_storage)
            json_member_text(writing->writer, "lastKeySync", json_get_text(value, "lastKeySync"));
        json_end_object(writing->writer);
    }
    json_end_object(writing->writer);
}

/* The account's own identity: its service principal is made with the first wish for it, and is the
 * same one afterwards. `system_assigned` stays false: that one is what tasks of the machine get. */
static bool own_identity(
    const struct writing *writing, struct managed_identity *out, struct azb_error *err)
{
    struct request *request = writing->request;
    struct azb_error why = AZB_ERROR_INIT;
    if (managed_identity_find(request->store, IDENTITY_BY_RESOURCE_ID,
            text_of(writing->resource_id), &request->arena, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    const char *name = strrchr(writing->resource_id, '/') + 1;
    const struct managed_identity what = {.name = name, .resource_id = writing->resource_id};
    return managed_identity_add(request->store, &what, request->now, &request->arena, out, err);
}

static bool write_user_assigned(
    const struct writing *writing, const struct json *wanted, struct azb_error *err)
{
    struct request *request = writing->request;
    if (!wanted || wanted->type != JSON_OBJECT || wanted->count == 0)
        return body_refuse(err, "identity.", "userAssignedIdentities",
            "an object with the resource id of at least one identity is expected");
    json_name(writing->writer, "userAssignedIdentities");
    json_begin_object(writing->writer);
    for (const struct json *id = wanted->first; id; id = id->next) {
        struct managed_identity identity;
        if (id->type == JSON_NULL) /* PATCH: this one is taken away */
            continue;
        if (!managed_identity_find(
                request->store, IDENTITY_BY_RESOURCE_ID, id->name, &request->arena, &identity, err))
            return refuse_as(err, "ResourceNotFound");
        json_name(writing->writer, identity.resource_id);
        json_begin_object(writing->writer);
        json_member(writing->writer, "principalId", identity.object_id);
        json_member(writing->writer, "clientId", identity.client_id);
        json_end_object(writing->writer);
    }
    json_end_object(writing->writer);
    return true;
}

static bool write_identity(const struct writing *writing, struct azb_error *err)
{
    const struct json *identity = choose(
        writing, json_get_nocase(writing->body, "identity"), json_get(writing->old, "identity"));
    struct json_writer *writer = writing->writer;
    int type = identity ? body_choice(json_get_nocase(identity, "type"), identity_types) : 0;
    struct managed_identity own;
    bool done = true;
    json_name(writer, "identity");
    json_begin_object(writer);
    json_member(writer, "type", identity_types[type]);
    if (type == 1) {
        done = own_identity(writing, &own, err);
        json_member(writer, "principalId", done ? own.object_id : NULL);
        json_member(writer, "tenantId", directory_tenant_id(writing->request->service));
    }
    if (type == 2)
        done =
            write_user_assigned(writing, json_get_nocase(identity, "userAssignedIdentities"), err);
    json_end_object(writer);
    return done;
}

static bool write_document(const struct writing *writing, const char **out, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct writing inner = *writing;
    buffer_init(&text, DOCUMENT_LENGTH_MAX);
    json_writer_init(&writer, &text, 0);
    inner.writer = &writer;
    const struct json *tags =
        choose(writing, json_get_nocase(writing->body, "tags"), json_get(writing->old, "tags"));
    json_begin_object(&writer);
    write_properties(&inner);
    if (!write_identity(&inner, err))
        return false;
    if (tags) {
        json_name(&writer, "tags");
        json_write_tree(&writer, tags);
    }
    json_end_object(&writer);
    *out = text.failed ? NULL : arena_string(&writing->request->arena, text.at);
    return *out ? true : fail_memory(err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void read_modes(const struct json *list, const struct account *before,
    enum account_body kind, struct account_settings *out)
{
    bool *const allowed[] = {
        &out->shared_key_allowed, &out->entra_allowed, &out->task_token_allowed};
    const bool stay = before && kind == ACCOUNT_BODY_PATCH && !list;
    const bool were[] = {stay && before->shared_key_allowed, stay && before->entra_allowed,
        stay && before->task_token_allowed};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        *allowed[i] = stay ? were[i] : !given(list);
    for (const struct json *item = given(list) ? list->first : NULL; item; item = item->next)
        *allowed[body_choice(item, modes)] = true;
}

bool account_settings_read(struct request *request, enum account_body kind,
    const struct account *before, const char *resource_id, struct account_settings *out,
    struct azb_error *err)
{
    const struct json *body = arm_call(request)->body, *document;
    struct writing writing = {
        .request = request, .body = body, .kind = kind, .resource_id = resource_id};
    if (!body_check(body, account_fields, "", err) ||
        !check_tags(json_get_nocase(body, "tags"), err))
        return false;
    if (before && !(writing.old = json_parse(text_of(before->document), &request->arena, err)))
        return false;
    if (!write_document(&writing, &out->document, err) ||
        !(document = json_parse(text_of(out->document), &request->arena, err)))
        return false;
    read_modes(json_get_nocase(json_get_nocase(body, "properties"), "allowedAuthenticationModes"),
        before, kind, out);
    return check_allocation(document, err) && check_needs_identity(document, err);
}

/* ---- Showing --------------------------------------------------------------------------------- */

static void write_tree_member(
    struct json_writer *writer, const char *name, const struct json *value)
{
    if (!value)
        return;
    json_name(writer, name);
    json_write_tree(writer, value);
}

void account_write_settings(struct json_writer *writer, const struct json *document)
{
    const struct json *held = json_get(document, "properties");
    const struct json *keys = json_get(held, "encryption");
    struct text mode = json_get_text(held, "poolAllocationMode");
    struct text access = json_get_text(held, "publicNetworkAccess");
    json_member_text(writer, "poolAllocationMode", mode.at ? mode : TEXT("BatchService"));
    json_member_text(writer, "publicNetworkAccess", access.at ? access : TEXT("Enabled"));
    json_name(writer, "encryption");
    json_begin_object(writer);
    struct text source = json_get_text(keys, "keySource");
    json_member_text(writer, "keySource", source.at ? source : TEXT("Microsoft.Batch"));
    write_tree_member(writer, "keyVaultProperties", json_get(keys, "keyVaultProperties"));
    json_end_object(writer);
    write_tree_member(writer, "autoStorage", json_get(held, "autoStorage"));
    write_tree_member(writer, "networkProfile", json_get(held, "networkProfile"));
}

void account_write_identity(struct json_writer *writer, const struct json *document)
{
    const struct json *identity = json_get(document, "identity");
    json_name(writer, "identity");
    if (identity) {
        json_write_tree(writer, identity);
        return;
    }
    json_begin_object(writer);
    json_member(writer, "type", "None");
    json_end_object(writer);
}

void account_write_tags(struct json_writer *writer, const struct json *document)
{
    const struct json *tags = json_get(document, "tags");
    json_name(writer, "tags");
    if (tags) {
        json_write_tree(writer, tags);
        return;
    }
    json_begin_object(writer);
    json_end_object(writer);
}
