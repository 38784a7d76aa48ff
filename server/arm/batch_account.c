/* Batch accounts as ARM shows them, and their keys. */
#include "arm/batch_account.h"

#include "arm/batch_account_body.h"
#include "arm/body.h"
#include "arm/page.h"
#include "base/error.h"
#include "document.h"

static void write_modes(struct json_writer *writer, const struct account *account)
{
    json_name(writer, "allowedAuthenticationModes");
    json_begin_array(writer);
    if (account->shared_key_allowed)
        json_write_string(writer, "SharedKey");
    if (account->entra_allowed)
        json_write_string(writer, "AAD");
    if (account->task_token_allowed)
        json_write_string(writer, "TaskAuthenticationToken");
    json_end_array(writer);
}

static const char *state_text(enum account_state state)
{
    static const char *const texts[] = {[ACCOUNT_READY] = "Succeeded",
        [ACCOUNT_CREATING] = "Creating",
        [ACCOUNT_DELETING] = "Deleting",
        [ACCOUNT_FAILED] = "Failed"};
    return texts[state];
}

static void write_quotas(struct json_writer *writer)
{
    json_member_i64(writer, "dedicatedCoreQuota", ACCOUNT_CORE_QUOTA);
    json_member_i64(writer, "lowPriorityCoreQuota", ACCOUNT_CORE_QUOTA);
    json_member_bool(writer, "dedicatedCoreQuotaPerVMFamilyEnforced", false);
    json_name(writer, "dedicatedCoreQuotaPerVMFamily");
    json_begin_array(writer);
    json_end_array(writer);
    json_member_i64(writer, "poolQuota", ACCOUNT_POOL_QUOTA);
    json_member_i64(writer, "activeJobAndJobScheduleQuota", ACCOUNT_JOB_QUOTA);
}

static void write_properties(struct request *request, struct json_writer *writer,
    const struct account *account, const struct json *document)
{
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "accountEndpoint", account_endpoint(request, account));
    json_member(writer, "nodeManagementEndpoint",
        arena_format(&request->arena, "%s.service.batch.azure.com", account->location));
    json_member(writer, "provisioningState", state_text(account->state));
    account_write_settings(writer, document);
    write_quotas(writer);
    write_modes(writer, account);
    json_end_object(writer);
}

static bool write_account(struct request *request, struct json_writer *writer,
    const struct account *account, struct azb_error *err)
{
    const struct json *document = json_parse(text_of(account->document), &request->arena, err);
    if (!document)
        return false;
    json_begin_object(writer);
    json_member(writer, "id", account->resource_id);
    json_member(writer, "name", account->name);
    json_member(writer, "type", ACCOUNT_TYPE);
    json_member(writer, "location", account->location);
    write_properties(request, writer, account, document);
    account_write_identity(writer, document);
    account_write_tags(writer, document);
    json_end_object(writer);
    return true;
}

bool account_reply(struct request *request, const struct account *account, struct reply *reply,
    struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    return write_account(request, &writer, account, err) &&
           reply_document(request, reply, 200, &text, err);
}

bool arm_get_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    return account_reply(request, arm_call(request)->account, reply, err);
}

static bool list_page(struct request *request, struct arm_page *page, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT row, name || '/' || location FROM account WHERE subscription_id = ?1"
        " AND (?2 IS NULL OR resource_group = ?2)"
        " AND (?3 IS NULL OR (name || '/' || location) > ?3 COLLATE NOCASE)"
        " ORDER BY (name || '/' || location) COLLATE NOCASE");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, request->values[1]);
    statement_bind_text(&s, 3, page->after);
    bool row = true;
    while (row) {
        struct account account;
        if (!statement_step(&s, &row, err))
            return false;
        if (!row || !arm_page_wants(page, statement_borrow(&s, 1)))
            return true;
        if (!account_read(request->store, statement_i64(&s, 0), &request->arena, &account, err) ||
            !write_account(request, &page->writer, &account, err))
            return false;
    }
    return true;
}

/* Of a subscription, or of one of its resource groups. */
bool arm_list_accounts(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    scoped_buffer struct buffer text = {0};
    return arm_page_begin(&page, request, &text, err) && list_page(request, &page, err) &&
           arm_page_end(&page, reply, err);
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

static bool check_keys_allowed(const struct account *account, struct azb_error *err)
{
    return account->shared_key_allowed ||
           fail_status(err, 403, "Forbidden",
               "The keys of the Batch account '%s' cannot be used: SharedKey is not among its "
               "allowedAuthenticationModes.",
               account->name);
}

/* Microsoft, REST reference of "Batch Account - Get Keys": it fails without SharedKey. */
bool arm_list_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct account *account = arm_call(request)->account;
    return check_keys_allowed(account, err) &&
           reply_keys(
               request, reply, account->name, account->primary_key, account->secondary_key, err);
}

/* The account is read again here, on the writer thread: what prepare saw may be older than the
 * change before this one. */
bool arm_regenerate_key(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const names[] = {"Primary", "Secondary", NULL};
    static const struct body_field fields[] = {
        {.name = "keyName", .kind = BODY_CHOICE, .required = true, .choices = names}, {0}};
    const struct arm_call *call = arm_call(request);
    struct account account;
    if (!body_check(call->body, fields, "", err) ||
        !account_read(request->store, call->account->row, &request->arena, &account, err) ||
        !check_keys_allowed(&account, err))
        return false;
    const char *keys[] = {account.primary_key, account.secondary_key};
    const char *made = account_make_key(&request->arena);
    if (!made)
        return fail(err, AZB_ERROR_IO, "the system gives no memory or random numbers for a key");
    keys[body_choice(json_get_nocase(call->body, "keyName"), names)] = made;
    if (!account_set_keys(request->store, account.row, keys[0], keys[1], err))
        return false;
    account_changed(request->service, request->store);
    return reply_keys(request, reply, account.name, keys[0], keys[1], err);
}
