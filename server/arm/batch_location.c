/* What a region has: whether a name is free, quotas, sizes of virtual machines; and the provider's
 * operations. */
#include "arm/batch_account.h"
#include "arm/body.h"
#include "arm/page.h"
#include "arm/providers.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"
#include "rbac/operation.h"

#define BATCH "Microsoft.Batch/"

/* {location} is the second variable. */
static bool read_location(struct request *request, const char **out, struct azb_error *err)
{
    const struct location *found = location_find(request->values[1]);
    *out = found ? found->name : NULL;
    return found || fail_status(err, 400, "LocationNotAvailableForResourceType",
                        "The provided location '%.*s' is not available for resource type "
                        "'" ACCOUNT_TYPE "'. It is the name of an Azure region, such as 'eastus'.",
                        TEXT_ARGS(text_slice(request->values[1], 0, 80)));
}

/* ---- checkNameAvailability ------------------------------------------------------------------- */

struct availability {
    const char *reason; /* NULL: it is free */
    const char *message;
};

static bool look_up(struct request *request, const char *location, const char *name,
    struct availability *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    bool found;
    *out = (struct availability){0};
    if (!account_name_check(name, &why)) {
        *out = (struct availability){"Invalid", arena_string(&request->arena, why.message)};
        azb_error_free(&why);
        return out->message ? true : fail_memory(err);
    }
    scoped_statement struct statement s =
        statement(request->store, "SELECT 1 FROM account WHERE location = ?1 AND name = ?2");
    statement_bind_string(&s, 1, location);
    statement_bind_string(&s, 2, name);
    if (!statement_step(&s, &found, err))
        return false;
    if (found)
        *out = (struct availability){"AlreadyExists",
            arena_format(&request->arena, "An account named '%s' is already in use.", name)};
    return true;
}

static bool reply_availability(struct request *request, const struct availability *found,
    struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 4096);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member_bool(&writer, "nameAvailable", found->reason == NULL);
    json_member(&writer, "reason", found->reason);
    json_member(&writer, "message", found->message);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

bool arm_check_account_name(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const types[] = {ACCOUNT_TYPE, NULL};
    static const struct body_field fields[] = {
        {.name = "name", .kind = BODY_STRING, .required = true},
        {.name = "type", .kind = BODY_CHOICE, .required = true, .choices = types}, {0}};
    const struct json *body = arm_call(request)->body;
    struct availability found;
    const char *location;
    if (!read_location(request, &location, err) || !body_check(body, fields, "", err))
        return false;
    const char *name = text_string(&request->arena, json_text(json_get_nocase(body, "name")));
    if (!name)
        return fail_memory(err);
    return look_up(request, location, name, &found, err) &&
           reply_availability(request, &found, reply, err);
}

/* ---- Quotas ---------------------------------------------------------------------------------- */

bool arm_get_quotas(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const char *location;
    if (!read_location(request, &location, err))
        return false;
    buffer_init(&text, 4096);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member_i64(&writer, "accountQuota", ACCOUNTS_IN_REGION_MAX);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Sizes of virtual machines ----------------------------------------------------------------
 */

struct size {
    const char *name, *family;
    int cores, memory_mb;
};

/* Some of those that people use; a node is this machine whatever it is called. */
static const struct size sizes[] = {
    {"Standard_A1_v2", "standardAv2Family", 1, 2048},
    {"Standard_A2_v2", "standardAv2Family", 2, 4096},
    {"Standard_A4_v2", "standardAv2Family", 4, 8192},
    {"Standard_D2_v3", "standardDv3Family", 2, 8192},
    {"Standard_D2as_v5", "standardDASv5Family", 2, 8192},
    {"Standard_D2s_v3", "standardDSv3Family", 2, 8192},
    {"Standard_D2s_v5", "standardDSv5Family", 2, 8192},
    {"Standard_D4s_v3", "standardDSv3Family", 4, 16384},
    {"Standard_D4s_v5", "standardDSv5Family", 4, 16384},
    {"Standard_D8s_v3", "standardDSv3Family", 8, 32768},
    {"Standard_E2s_v3", "standardESv3Family", 2, 16384},
    {"Standard_E4s_v3", "standardESv3Family", 4, 32768},
    {"Standard_F2s_v2", "standardFSv2Family", 2, 4096},
    {"Standard_F4s_v2", "standardFSv2Family", 4, 8192},
    {"Standard_HB120rs_v3", "standardHBrsv3Family", 120, 458752},
    {"Standard_NC6s_v3", "standardNCSv3Family", 6, 114688},
};

static const char *size_name(const void *item)
{
    return ((const struct size *)item)->name;
}

static const char *size_family(const void *item)
{
    return ((const struct size *)item)->family;
}

static const struct query_property size_properties[] = {
    {"name", QUERY_EQ | QUERY_STARTS, size_name},
    {"familyName", QUERY_EQ | QUERY_STARTS, size_family},
};

static void write_capability(struct json_writer *writer, const char *name, const char *value)
{
    json_begin_object(writer);
    json_member(writer, "name", name);
    json_member(writer, "value", value);
    json_end_object(writer);
}

static void write_size(struct request *request, struct json_writer *writer, const struct size *size)
{
    json_begin_object(writer);
    json_member(writer, "name", size->name);
    json_member(writer, "familyName", size->family);
    json_name(writer, "capabilities");
    json_begin_array(writer);
    write_capability(writer, "vCPUs", arena_format(&request->arena, "%d", size->cores));
    write_capability(
        writer, "MemoryGB", arena_format(&request->arena, "%d", size->memory_mb / 1024));
    json_end_array(writer);
    json_end_object(writer);
}

bool arm_list_sizes(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    struct query_filter filter;
    const char *location;
    scoped_buffer struct buffer text = {0};
    if (!read_location(request, &location, err) || !batch_page_begin(&page, request, &text, err))
        return false;
    if (!query_filter_parse(request_query(request, "$filter"), size_properties,
            sizeof size_properties / sizeof *size_properties, &request->arena, &filter, err))
        return refuse_as(err, "InvalidFilter");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bool before =
            page.after.at && strncmp(sizes[i].name, page.after.at, page.after.length) <= 0;
        if (before || !query_filter_passes(&filter, &sizes[i]))
            continue;
        if (!arm_page_wants(&page, text_of(sizes[i].name)))
            break;
        write_size(request, &page.writer, &sizes[i]);
    }
    return arm_page_end(&page, reply, err);
}

/* ---- The provider's operations ----------------------------------------------------------------
 */

static void write_operation(
    struct request *request, struct json_writer *writer, const struct rbac_operation *operation)
{
    struct text below = text_slice(text_of(operation->name), strlen(BATCH), operation->length);
    size_t end = below.length;
    while (end > 0 && below.at[end - 1] != '/')
        end--;
    json_begin_object(writer);
    json_member(writer, "name", operation->name);
    json_member_bool(writer, "isDataAction", operation->kind == RBAC_DATA_ACTION);
    json_member(writer, "origin", "user,system");
    json_name(writer, "display");
    json_begin_object(writer);
    json_member(writer, "provider", "Microsoft Batch");
    json_member(writer, "resource",
        arena_format(&request->arena, "%.*s", (int)(end ? end - 1 : 0), below.at));
    json_member(writer, "operation", operation->description);
    json_member(writer, "description", operation->description);
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_list_batch_operations(struct request *request, struct reply *reply, struct azb_error *err)
{
    size_t count;
    const struct rbac_operation *all = rbac_operations(&count);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        if (text_starts(text_of(all[i].name), BATCH))
            write_operation(request, &writer, &all[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}
