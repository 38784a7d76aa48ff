/* Microsoft.Management: management groups, to be read. The configuration makes them. */
#include "directory/management_group.h"

#include "arm/arm.h"
#include "arm/own_scopes.h"
#include "arm/page.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"

#define TYPE "Microsoft.Management/managementGroups"

static char *path_of(struct request *request, const char *id)
{
    return arena_format(&request->arena, MANAGEMENT_GROUP_PATH "%s", id);
}

/* Up to "displayName"; two objects are open. */
static void begin_group(
    struct request *request, struct json_writer *writer, const struct management_group *group)
{
    json_begin_object(writer);
    json_member(writer, "id", path_of(request, group->id));
    json_member(writer, "type", TYPE);
    json_member(writer, "name", group->id);
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "tenantId", directory_tenant_id(request->service));
    json_member(writer, "displayName", group->display_name);
}

/* ---- Listing --------------------------------------------------------------------------------- */

static void write_item(
    struct request *request, struct json_writer *writer, const struct management_group *group)
{
    begin_group(request, writer, group);
    json_end_object(writer);
    json_end_object(writer);
}

static bool list(struct request *request, const struct management_group *groups, size_t count,
    struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_own_scopes own;
    struct arm_page page;
    char key[24];
    if (!arm_own_scopes_load(request, &own, err) || !arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < count && !page.more; i++) {
        const char *path = path_of(request, groups[i].id);
        if (!path)
            return fail_memory(err);
        snprintf(key, sizeof key, "%06zu", i);
        if (arm_own_scopes_cover(&own, text_of(path)) && !arm_page_passed(&page, text_of(key)) &&
            arm_page_wants(&page, text_of(key)))
            write_item(request, &page.writer, &groups[i]);
    }
    return arm_page_end(&page, reply, err);
}

bool arm_list_management_groups(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct management_group *groups;
    size_t count;
    return management_group_list(request->store, &request->arena, &groups, &count, err) &&
           list(request, groups, count, reply, err);
}

/* ---- One, with what lies in it --------------------------------------------------------------- */

struct family {
    struct request *request;
    struct json_writer *writer;
    const struct management_group *groups;
    size_t count;
    bool recurses;
};

static bool write_children(struct family *family, const char *id, int depth, struct azb_error *err);

static void begin_child(struct json_writer *writer, const char *type, const char *id,
    const char *name, const char *display)
{
    json_begin_object(writer);
    json_member(writer, "id", id);
    json_member(writer, "type", type);
    json_member(writer, "name", name);
    json_member(writer, "displayName", display);
}

static bool write_groups(struct family *family, const char *id, int depth, struct azb_error *err)
{
    for (size_t i = 0; i < family->count; i++) {
        const struct management_group *child = &family->groups[i];
        if (!child->parent_id || !string_equal_nocase(child->parent_id, id))
            continue;
        begin_child(family->writer, TYPE, path_of(family->request, child->id), child->id,
            child->display_name);
        if (family->recurses && depth <= MANAGEMENT_GROUP_DEPTH_MAX &&
            !write_children(family, child->id, depth + 1, err))
            return false;
        json_end_object(family->writer);
    }
    return true;
}

static bool write_subscriptions(struct family *family, const char *id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(family->request->store,
        "SELECT id, display_name FROM subscription"
        " WHERE coalesce(management_group_id, (SELECT id FROM tenant)) = ?1 COLLATE NOCASE"
        " ORDER BY row");
    statement_bind_string(&s, 1, id);
    bool row = true;
    while (row) {
        struct arena *arena = &family->request->arena;
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        const char *name = statement_string(&s, 0, arena);
        begin_child(family->writer, "/subscriptions",
            arena_format(arena, "/subscriptions/%s", name ? name : ""), name,
            statement_string(&s, 1, arena));
        json_end_object(family->writer);
    }
    return true;
}

static bool write_children(struct family *family, const char *id, int depth, struct azb_error *err)
{
    json_name(family->writer, "children");
    json_begin_array(family->writer);
    if (!write_groups(family, id, depth, err) || !write_subscriptions(family, id, err))
        return false;
    json_end_array(family->writer);
    return true;
}

static bool write_parent(
    struct family *family, const struct management_group *group, struct azb_error *err)
{
    struct management_group parent;
    bool found;
    if (!group->parent_id)
        return true;
    if (!management_group_find(family->request->store, text_of(group->parent_id),
            &family->request->arena, &parent, &found, err))
        return false;
    if (!found)
        return true;
    json_name(family->writer, "parent");
    json_begin_object(family->writer);
    json_member(family->writer, "id", path_of(family->request, parent.id));
    json_member(family->writer, "name", parent.id);
    json_member(family->writer, "displayName", parent.display_name);
    json_end_object(family->writer);
    return true;
}

static bool write_group(
    struct family *family, const struct management_group *group, struct azb_error *err)
{
    struct request *request = family->request;
    struct json_writer *writer = family->writer;
    begin_group(request, writer, group);
    json_name(writer, "details");
    json_begin_object(writer);
    if (!write_parent(family, group, err))
        return false;
    json_end_object(writer);
    if (text_equal_nocase(request_query(request, "$expand"), TEXT("children")) &&
        !write_children(family, group->id, 1, err))
        return false;
    json_end_object(writer);
    json_end_object(writer);
    return true;
}

bool arm_get_management_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct management_group group;
    bool found;
    struct family family = {
        .request = request,
        .writer = &writer,
        .recurses = text_equal_nocase(request_query(request, "$recurse"), TEXT("true")),
    };
    if (!management_group_find(
            request->store, request->values[0], &request->arena, &group, &found, err) ||
        !management_group_list(request->store, &request->arena, &family.groups, &family.count, err))
        return false;
    if (!found)
        return fail_status(err, 404, "NotFound", "The management group is gone.");
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    return write_group(&family, &group, err) && reply_document(request, reply, 200, &text, err);
}
