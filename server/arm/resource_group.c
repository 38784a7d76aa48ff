/* Resource groups: made, changed, listed, deleted. */
#include "arm/resource_group.h"

#include <ctype.h>
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/page.h"
#include "arm/providers.h"
#include "arm/tags.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"

#define TYPE "Microsoft.Resources/resourceGroups"
#define COLUMNS "name, location, tags, deleting, row"

/* ---- Rows ------------------------------------------------------------------------------------ */

static void read_group(struct statement *s, struct arena *arena, struct resource_group *out)
{
    *out = (struct resource_group){
        .name = statement_string(s, 0, arena),
        .location = statement_string(s, 1, arena),
        .tags = statement_text(s, 2, arena),
        .deleting = statement_i64(s, 3) != 0,
        .row = statement_i64(s, 4),
    };
}

bool resource_group_find(struct store_connection *connection, struct text subscription,
    struct text name, struct arena *arena, struct resource_group *out, bool *found,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT " COLUMNS " FROM resource_group WHERE subscription_id = ?1 AND name = ?2");
    statement_bind_text(&s, 1, subscription);
    statement_bind_text(&s, 2, name);
    if (!statement_step(&s, found, err))
        return false;
    if (*found)
        read_group(&s, arena, out);
    return arena->failed ? fail_memory(err) : true;
}

static bool insert_group(
    struct request *request, const struct resource_group *group, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO resource_group (subscription_id, name, location, tags)"
        " VALUES (?1, ?2, ?3, ?4)");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_string(&s, 2, group->name);
    statement_bind_string(&s, 3, group->location);
    statement_bind_text(&s, 4, group->tags);
    return statement_run(&s, err);
}

static bool set_tags(
    struct request *request, const struct resource_group *group, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE resource_group SET tags = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, group->row);
    statement_bind_text(&s, 2, group->tags);
    return statement_run(&s, err);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_group(
    struct request *request, struct json_writer *writer, const struct resource_group *group)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "/subscriptions/%.*s/resourceGroups/%s",
            TEXT_ARGS(request->values[0]), group->name));
    json_member(writer, "name", group->name);
    json_member(writer, "type", TYPE);
    json_member(writer, "location", group->location);
    tags_write(writer, group->tags);
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "provisioningState", group->deleting ? "Deleting" : "Succeeded");
    json_end_object(writer);
    json_end_object(writer);
}

static bool reply_group(struct request *request, struct reply *reply, int status,
    const struct resource_group *group, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_group(request, &writer, group);
    return reply_document(request, reply, status, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const struct query_property properties[] = {
    {"tagName", QUERY_EQ, NULL},
    {"tagValue", QUERY_EQ, NULL},
};

static bool passes(
    struct request *request, const struct query_filter *filter, const struct resource_group *group)
{
    const struct query_term *name = query_filter_term(filter, "tagName");
    const struct query_term *value = query_filter_term(filter, "tagValue");
    return !name ||
           tags_have(group->tags, name->value, value ? value->value : TEXT_NONE, &request->arena);
}

static bool parse_filter(
    struct request *request, struct query_filter *filter, struct azb_error *err)
{
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, filter, err))
        return refuse_as(err, "InvalidFilterInQueryString");
    if (filter->any ||
        (query_filter_term(filter, "tagValue") && !query_filter_term(filter, "tagName")))
        return fail_status(err, 400, "InvalidFilterInQueryString",
            "The filter of resource groups is tagName eq 'NAME', and tagValue eq 'VALUE' may "
            "follow with 'and'.");
    return true;
}

static bool list(struct request *request, const struct query_filter *filter, struct arm_page *page,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS " FROM resource_group WHERE subscription_id = ?1"
        " AND (?2 IS NULL OR name > ?2) ORDER BY name");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, page->after);
    bool row = true;
    while (row && !page->more) {
        struct resource_group group;
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        read_group(&s, &request->arena, &group);
        if (request->arena.failed)
            return fail_memory(err);
        if (passes(request, filter, &group) && arm_page_wants(page, text_of(group.name)))
            write_group(request, &page->writer, &group);
    }
    return true;
}

bool arm_list_groups(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct query_filter filter;
    struct arm_page page;
    return parse_filter(request, &filter, err) && arm_page_begin(&page, request, &text, err) &&
           list(request, &filter, &page, err) && arm_page_end(&page, reply, err);
}

static bool find(struct request *request, struct resource_group *out, struct azb_error *err)
{
    bool found;
    if (!resource_group_find(request->store, request->values[0], request->values[1],
            &request->arena, out, &found, err))
        return false;
    return found || fail_status(err, 404, "ResourceGroupNotFound",
                        "Resource group '%.*s' could not be found.",
                        TEXT_ARGS(text_slice(request->values[1], 0, 100)));
}

bool arm_get_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct resource_group group;
    return find(request, &group, err) && reply_group(request, reply, 200, &group, err);
}

/* HEAD, of resources, too: that it is there, prepare has found. */
bool arm_is_there(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request, (void)err;
    reply->status = 204;
    return true;
}

/* ---- Making and changing --------------------------------------------------------------------- */

/* Letters of any script count; of ASCII, digits and - _ . ( ), too. */
bool resource_group_check_name(struct text name, struct azb_error *err)
{
    bool ok = name.length > 0 && !text_ends(name, ".");
    size_t characters = 0;
    for (size_t i = 0; ok && i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        characters += (c & 0xC0) != 0x80;
        ok = c >= 0x80 || isalnum(c) || (c && strchr("-_.()", c));
    }
    return (ok && characters <= RESOURCE_GROUP_NAME_MAX) ||
           fail_status(err, 400, "InvalidResourceGroupName",
               "The provided resource group name '%.*s' is invalid. It has 1 to %d letters, "
               "digits, "
               "'-', '.', '(', ')' and '_', and no '.' at its end.",
               TEXT_ARGS(text_slice(name, 0, 100)), RESOURCE_GROUP_NAME_MAX);
}

static bool read_location(
    const struct json *body, const struct location **out, struct azb_error *err)
{
    struct text given = json_get_text(body, "location");
    if (given.length == 0)
        return fail_status(
            err, 400, "LocationRequired", "The location property is required for this definition.");
    *out = location_find(given);
    return *out || fail_status(err, 400, "LocationNotAvailableForResourceGroup",
                       "The provided location '%.*s' is not available for resource group. List of "
                       "available regions: az account list-locations.",
                       TEXT_ARGS(text_slice(given, 0, 60)));
}

bool resource_group_check(const struct resource_group *group, struct azb_error *err)
{
    return !group->deleting ||
           fail_status(err, 409, "ResourceGroupBeingDeleted",
               "The resource group '%.100s' is in deprovisioning state and cannot perform this "
               "operation.",
               group->name);
}

static bool check_location(
    const struct resource_group *group, const struct location *location, struct azb_error *err)
{
    return string_equal_nocase(group->location, location->name) ||
           fail_status(err, 409, "InvalidResourceGroupLocation",
               "Invalid resource group location '%s'. The Resource group already exists in "
               "location '%s'.",
               location->name, group->location);
}

static bool read_tags(
    struct request *request, struct resource_group *group, bool *given, struct azb_error *err)
{
    const char *tags;
    if (!tags_read(json_get(arm_call(request)->body, "tags"), &request->arena, &tags, err))
        return false;
    *given = tags != NULL;
    if (tags)
        group->tags = text_of(tags);
    return true;
}

static bool make(struct request *request, const struct location *location, struct reply *reply,
    struct azb_error *err)
{
    bool given;
    struct resource_group group = {
        .name = text_string(&request->arena, request->values[1]),
        .location = location->name,
    };
    if (!group.name)
        return fail_memory(err);
    return resource_group_check_name(request->values[1], err) &&
           read_tags(request, &group, &given, err) && insert_group(request, &group, err) &&
           reply_group(request, reply, 201, &group, err);
}

/* The name, as it was first written, and the location stay. */
bool arm_put_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct location *location = NULL;
    struct resource_group group;
    bool found, given;
    if (!read_location(arm_call(request)->body, &location, err) ||
        !resource_group_find(request->store, request->values[0], request->values[1],
            &request->arena, &group, &found, err))
        return false;
    if (!found)
        return make(request, location, reply, err);
    group.tags = TEXT_NONE;
    return resource_group_check(&group, err) && check_location(&group, location, err) &&
           read_tags(request, &group, &given, err) && set_tags(request, &group, err) &&
           reply_group(request, reply, 200, &group, err);
}

bool arm_patch_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct resource_group group;
    bool given;
    if (!find(request, &group, err) || !resource_group_check(&group, err) ||
        !read_tags(request, &group, &given, err) || (given && !set_tags(request, &group, err)))
        return false;
    return reply_group(request, reply, 200, &group, err);
}
