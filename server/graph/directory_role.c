/* /v1.0/directoryRoles: who administrates the directory. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "directoryRoles"

struct text graph_directory_role_json(
    struct request *request, const struct directory_role *role, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", role->id);
    json_member(&writer, "displayName", role->display_name);
    json_member(&writer, "description", role->description);
    json_member(&writer, "roleTemplateId", role->id);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

static const char *id_of(const void *item)
{
    return ((const struct directory_role *)item)->id;
}

static const char *name_of(const void *item)
{
    return ((const struct directory_role *)item)->display_name;
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"roleTemplateId", QUERY_EQ | QUERY_IN, id_of},
    {"displayName", QUERY_EQ | QUERY_IN | QUERY_STARTS, name_of},
};

bool graph_list_directory_roles(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err))
        return false;
    for (size_t i = 0; i < directory_role_count; i++) {
        if (!graph_list_wants(&list, &directory_roles[i]))
            continue;
        struct text item = graph_directory_role_json(request, &directory_roles[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

static bool find(struct request *request, const struct directory_role **out, struct azb_error *err)
{
    *out = directory_role_find(request->values[0]);
    return *out || graph_not_found(request->values[0], err);
}

bool graph_get_directory_role(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct directory_role *role;
    return find(request, &role, err) && graph_reply(request, reply, 200, KIND,
                                            graph_directory_role_json(request, role, err), err);
}

bool graph_list_directory_role_members(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct directory_role *role;
    struct principal *items;
    size_t count;
    return find(request, &role, err) &&
           directory_role_members(request->store, role->id, &request->arena, &items, &count, err) &&
           graph_reply_principals(request, reply, items, count, err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool find_new(struct request *request, struct principal *out, struct azb_error *err)
{
    return graph_find_referenced(request, out, err) &&
           (out->kind != PRINCIPAL_GROUP ||
               graph_bad(err, "'%s' is a group: users and service principals have directory roles.",
                   out->object_id));
}

bool graph_add_directory_role_member(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct directory_role *role;
    struct principal member = {0};
    bool has;
    if (!find(request, &role, err) || !find_new(request, &member, err) ||
        !directory_role_has(request->store, role->id, member.object_id, &has, err))
        return false;
    if (has)
        return graph_already_referenced("members", err);
    if (!directory_role_add(request->store, role->id, member.object_id, err))
        return false;
    reply->status = 204;
    return true;
}

/* Somebody has to be able to undo it all. */
static bool check_last(
    struct request *request, const struct directory_role *role, struct azb_error *err)
{
    struct principal *items;
    size_t count;
    if (strcmp(role->id, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR) != 0)
        return true;
    if (!directory_role_members(request->store, role->id, &request->arena, &items, &count, err))
        return false;
    return count > 1 ||
           graph_bad(err, "The last global administrator of the directory cannot be removed.");
}

bool graph_remove_directory_role_member(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct directory_role *role;
    const char *member = text_string(&request->arena, request->values[1]);
    if (!member)
        return fail_memory(err);
    if (!find(request, &role, err) || !check_last(request, role, err))
        return false;
    if (!directory_role_remove(request->store, role->id, member, err))
        return graph_refuse(request->values[1], err);
    reply->status = 204;
    return true;
}
