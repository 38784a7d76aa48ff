/* Batch accounts as ARM shows them, and their keys. */
#include "arm/arm.h"
#include "base/error.h"
#include "document.h"

#define TYPE "Microsoft.Batch/batchAccounts"
/* What a new account gets; shown, not enforced. */
#define CORE_QUOTA 700
#define POOL_QUOTA 100
#define JOB_QUOTA 300

/* The host (with port) that leads to the account for who came this way. */
static const char *endpoint_of(struct request *request, const struct account *account)
{
    bool local = !request_is_public(request) && account == account_default(request->service);
    if (local)
        return request->service->base_url + strlen("https://");
    return arena_format(&request->arena, "%s.%s.batch.azure.com", account->name, account->location);
}

static void write_modes(struct json_writer *writer, const struct account *account)
{
    json_name(writer, "allowedAuthenticationModes");
    json_begin_array(writer);
    if (account->shared_key_allowed)
        json_write_string(writer, "SharedKey");
    if (account->entra_allowed)
        json_write_string(writer, "AAD");
    json_end_array(writer);
}

static void write_properties(
    struct request *request, struct json_writer *writer, const struct account *account)
{
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "accountEndpoint", endpoint_of(request, account));
    json_member(writer, "nodeManagementEndpoint",
        arena_format(&request->arena, "%s.service.batch.azure.com", account->location));
    json_member(writer, "provisioningState", "Succeeded");
    json_member(writer, "poolAllocationMode", "BatchService");
    json_member(writer, "publicNetworkAccess", "Enabled");
    json_member_i64(writer, "dedicatedCoreQuota", CORE_QUOTA);
    json_member_i64(writer, "lowPriorityCoreQuota", CORE_QUOTA);
    json_member_bool(writer, "dedicatedCoreQuotaPerVMFamilyEnforced", false);
    json_member_i64(writer, "poolQuota", POOL_QUOTA);
    json_member_i64(writer, "activeJobAndJobScheduleQuota", JOB_QUOTA);
    json_name(writer, "encryption");
    json_begin_object(writer);
    json_member(writer, "keySource", "Microsoft.Batch");
    json_end_object(writer);
    write_modes(writer, account);
    json_end_object(writer);
}

static void write_account(
    struct request *request, struct json_writer *writer, const struct account *account)
{
    json_begin_object(writer);
    json_member(writer, "id", account->resource_id);
    json_member(writer, "name", account->name);
    json_member(writer, "type", TYPE);
    json_member(writer, "location", account->location);
    write_properties(request, writer, account);
    json_name(writer, "identity");
    json_begin_object(writer);
    json_member(writer, "type", "None");
    json_end_object(writer);
    json_name(writer, "tags");
    json_begin_object(writer);
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_get_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_account(request, &writer, arm_call(request)->account);
    return reply_document(request, reply, 200, &text, err);
}

/* Columns: resource_group, name. */
static void write_found(struct request *request, struct json_writer *writer, struct statement *s)
{
    const struct account *account =
        account_by_name(request->service, statement_borrow(s, 0), statement_borrow(s, 1));
    if (account)
        write_account(request, writer, account);
}

/* Of a subscription, or of one of its resource groups. */
bool arm_list_accounts(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    bool row = true;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    scoped_statement struct statement s = statement(request->store,
        "SELECT resource_group, name FROM account WHERE subscription_id = ?1"
        " AND (?2 IS NULL OR resource_group = ?2) ORDER BY name");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, request->values[1]);
    while (row) {
        if (!statement_step(&s, &row, err))
            return false;
        if (row)
            write_found(request, &writer, &s);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static bool reply_keys(struct request *request, struct reply *reply, const char *name,
    const char *primary, const char *secondary, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 8192);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "accountName", name);
    json_member(&writer, "primary", primary);
    json_member(&writer, "secondary", secondary);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

bool arm_list_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct account *account = arm_call(request)->account;
    return reply_keys(
        request, reply, account->name, account->primary_key, account->secondary_key, err);
}

static bool read_keys(
    struct request *request, int64_t row, const char *keys[2], struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "SELECT primary_key, secondary_key FROM account WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    bool found;
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "ResourceNotFound", "The Batch account is gone.");
    keys[0] = statement_string(&s, 0, &request->arena);
    keys[1] = statement_string(&s, 1, &request->arena);
    return keys[0] && keys[1] ? true : fail_memory(err);
}

/* The keys are read again here, on the writer thread: what prepare saw may be older than the change
 * before this one. */
bool arm_regenerate_key(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct arm_call *call = arm_call(request);
    struct text name = json_get_text(call->body, "keyName");
    bool primary = text_equal_nocase(name, TEXT("Primary"));
    const char *keys[2];
    if (!primary && !text_equal_nocase(name, TEXT("Secondary")))
        return fail_status(
            err, 400, "InvalidRequestBody", "keyName: 'Primary' or 'Secondary' is expected.");
    if (!read_keys(request, call->account->row, keys, err))
        return false;
    const char *made = account_make_key(&request->arena);
    if (!made)
        return fail(err, AZB_ERROR_IO, "the system gives no memory or random numbers for a key");
    keys[primary ? 0 : 1] = made;
    if (!account_set_keys(request->store, call->account->row, keys[0], keys[1], err))
        return false;
    account_changed(request->service, request->store);
    return reply_keys(request, reply, call->account->name, keys[0], keys[1], err);
}
