/* Lists of all resources, of a subscription or a resource group: here these are Batch accounts. */
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/page.h"
#include "arm/tags.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"

#define ACCOUNT_TYPE "Microsoft.Batch/batchAccounts"

struct resource {
    const char *group, *name, *location;
    struct text tags; /* a JSON object, or absent */
};

static const char *type_of(const void *resource)
{
    (void)resource;
    return ACCOUNT_TYPE;
}

static const char *name_of(const void *resource)
{
    return ((const struct resource *)resource)->name;
}

static const char *location_of(const void *resource)
{
    return ((const struct resource *)resource)->location;
}

static const char *group_of(const void *resource)
{
    return ((const struct resource *)resource)->group;
}

static const struct query_property properties[] = {
    {"resourceType", QUERY_EQ, type_of},
    {"name", QUERY_EQ | QUERY_STARTS, name_of},
    {"location", QUERY_EQ, location_of},
    {"resourceGroup", QUERY_EQ, group_of},
    {"tagName", QUERY_EQ, NULL},
    {"tagValue", QUERY_EQ, NULL},
};

/* What ARM keeps of an account is a JSON document, its tags among it. */
static struct text tags_of(struct text document, struct arena *arena)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const char *tags = NULL;
    const struct json *all = json_parse(document, arena, &ignored);
    if (all && !tags_read(json_get(all, "tags"), arena, &tags, &ignored))
        tags = NULL;
    azb_error_free(&ignored);
    return text_of(tags);
}

/* Columns: resource_group, name, location, doc, row. */
static bool read_resource(
    struct request *request, struct statement *s, struct resource *out, struct azb_error *err)
{
    struct arena *arena = &request->arena;
    *out = (struct resource){
        .group = statement_string(s, 0, arena),
        .name = statement_string(s, 1, arena),
        .location = statement_string(s, 2, arena),
        .tags = tags_of(statement_text(s, 3, arena), arena),
    };
    return arena->failed ? fail_memory(err) : true;
}

static void write_resource(
    struct request *request, struct json_writer *writer, const struct resource *resource)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena,
            "/subscriptions/%.*s/resourceGroups/%s/providers/" ACCOUNT_TYPE "/%s",
            TEXT_ARGS(request->values[0]), resource->group, resource->name));
    json_member(writer, "name", resource->name);
    json_member(writer, "type", ACCOUNT_TYPE);
    json_member(writer, "location", resource->location);
    tags_write(writer, resource->tags);
    json_end_object(writer);
}

static bool passes(
    struct request *request, const struct query_filter *filter, const struct resource *resource)
{
    const struct query_term *name = query_filter_term(filter, "tagName");
    const struct query_term *value = query_filter_term(filter, "tagValue");
    return query_filter_passes(filter, resource) &&
           (!name || tags_have(resource->tags, name->value, value ? value->value : TEXT_NONE,
                         &request->arena));
}

static bool list(struct request *request, const struct query_filter *filter, struct arm_page *page,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT resource_group, name, location, doc, row FROM account WHERE subscription_id = ?1"
        " AND (?2 IS NULL OR resource_group = ?2) AND (?3 IS NULL OR row > CAST(?3 AS INTEGER))"
        " ORDER BY row");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, request->values[1]);
    statement_bind_text(&s, 3, page->after);
    bool row = true;
    while (row && !page->more) {
        struct resource resource;
        char key[24];
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        snprintf(key, sizeof key, "%" PRId64, statement_i64(&s, 4));
        if (!read_resource(request, &s, &resource, err))
            return false;
        if (passes(request, filter, &resource) && arm_page_wants(page, text_of(key)))
            write_resource(request, &page->writer, &resource);
    }
    return true;
}

bool arm_list_resources(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct query_filter filter;
    struct arm_page page;
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, &filter, err))
        return refuse_as(err, "InvalidFilterInQueryString");
    return arm_page_begin(&page, request, &text, err) && list(request, &filter, &page, err) &&
           arm_page_end(&page, reply, err);
}
