/* What Resource Manager shows below a Batch account beside pools and applications: an account of
 * azbd has no private endpoints, no perimeter and no findings, and says so. */
#include "arm/batch_account.h"
#include "arm/page.h"
#include "base/error.h"
#include "document.h"

bool batch_page_begin(
    struct arm_page *page, struct request *request, struct buffer *out, struct azb_error *err)
{
    uint64_t most;
    struct text given = request_query(request, "maxresults");
    if (!arm_page_begin(page, request, out, err))
        return false;
    if (!given.at)
        return true;
    if (!text_to_u64(given, INT32_MAX, &most) || most == 0)
        return fail_status(err, 400, "InvalidQueryParameter",
            "The value '%.*s' of maxresults is invalid. It is a whole number of 1 or more.",
            TEXT_ARGS(text_slice(given, 0, 40)));
    if (most < page->top)
        page->top = (size_t)most;
    return true;
}

bool arm_list_nothing(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    scoped_buffer struct buffer text = {0};
    return arm_page_begin(&page, request, &text, err) && arm_page_end(&page, reply, err);
}

/* The segment of the route's pattern before the last variable: "detectors". */
static struct text type_of(const struct request *request)
{
    struct text rest = text_of(request->route->path), piece = TEXT_NONE, before = TEXT_NONE;
    while (text_cut(&rest, '/', &piece))
        if (!text_starts(piece, "{"))
            before = piece;
    return before;
}

bool arm_find_nothing(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text type = type_of(request);
    (void)reply;
    return fail_status(err, 404, "ResourceNotFound",
        "The Resource '" ACCOUNT_TYPE "/%s/%.*s/%.*s' was not found.",
        arm_call(request)->account->name, TEXT_ARGS(type),
        TEXT_ARGS(text_slice(request->values[3], 0, 100)));
}

bool arm_refuse_retired(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text type = type_of(request);
    (void)reply;
    return fail_status(err, 410, "FeatureRetired",
        "%.*s: this feature of Azure Batch has been retired and is not served any more.",
        TEXT_ARGS(type));
}

/* ---- Private link resources -------------------------------------------------------------------
 */

static const struct {
    const char *name, *zone;
} link_resources[] = {
    {"batchAccount", "privatelink.batch.azure.com"},
    {"nodeManagement", "privatelink.batch.azure.com"},
};

#define LINK_RESOURCES (sizeof link_resources / sizeof *link_resources)

static void write_strings(struct json_writer *writer, const char *name, const char *value)
{
    json_name(writer, name);
    json_begin_array(writer);
    json_write_string(writer, value);
    json_end_array(writer);
}

static void write_link_resource(struct request *request, struct json_writer *writer, size_t at)
{
    const char *name = link_resources[at].name;
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "%s/privateLinkResources/%s",
            arm_call(request)->account->resource_id, name));
    json_member(writer, "name", name);
    json_member(writer, "type", ACCOUNT_TYPE "/privateLinkResources");
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "groupId", name);
    write_strings(writer, "requiredMembers", name);
    write_strings(writer, "requiredZoneNames", link_resources[at].zone);
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_list_link_resources(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    scoped_buffer struct buffer text = {0};
    if (!arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < LINK_RESOURCES; i++) {
        struct text name = text_of(link_resources[i].name);
        if (page.after.at && strncmp(name.at, page.after.at, page.after.length) <= 0)
            continue;
        if (!arm_page_wants(&page, name))
            break;
        write_link_resource(request, &page.writer, i);
    }
    return arm_page_end(&page, reply, err);
}

bool arm_get_link_resource(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    size_t at = 0;
    while (at < LINK_RESOURCES &&
           !text_equal_nocase(request->values[3], text_of(link_resources[at].name)))
        at++;
    if (at == LINK_RESOURCES)
        return arm_find_nothing(request, reply, err);
    buffer_init(&text, 4096);
    json_writer_init(&writer, &text, 0);
    write_link_resource(request, &writer, at);
    return reply_document(request, reply, 200, &text, err);
}
