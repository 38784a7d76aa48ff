/* /v1.0/groups: security groups. */
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "groups"

/* ---- As JSON --------------------------------------------------------------------------------- */

static void write_or_null(struct json_writer *writer, const char *name, const char *value)
{
    json_name(writer, name);
    json_write_string(writer, value);
}

static void write_empty(struct json_writer *writer, const char *name)
{
    json_name(writer, name);
    json_begin_array(writer);
    json_end_array(writer);
}

struct text graph_group_json(
    struct request *request, const struct group *group, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", group->object_id);
    json_member(&writer, "displayName", group->display_name);
    write_or_null(&writer, "description", group->description);
    write_or_null(&writer, "mailNickname", group->mail_nickname);
    write_or_null(&writer, "mail", NULL);
    graph_write_time(&writer, "createdDateTime", group->created);
    json_member_bool(&writer, "securityEnabled", true);
    json_member_bool(&writer, "mailEnabled", false);
    write_or_null(&writer, "visibility", NULL);
    write_or_null(&writer, "isAssignableToRole", NULL);
    write_empty(&writer, "groupTypes");
    write_empty(&writer, "proxyAddresses");
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct group *)item)->object_id;
}

static const char *name_of(const void *item)
{
    return ((const struct group *)item)->display_name;
}

static const char *nickname_of(const void *item)
{
    return ((const struct group *)item)->mail_nickname;
}

static const char *description_of(const void *item)
{
    return ((const struct group *)item)->description;
}

static const char *yes(const void *item)
{
    (void)item;
    return "true";
}

static const char *no(const void *item)
{
    (void)item;
    return "false";
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"displayName", QUERY_STRING, name_of},
    {"mailNickname", QUERY_STRING, nickname_of},
    {"description", QUERY_EQ | QUERY_STARTS, description_of},
    {"securityEnabled", QUERY_TRUTH, yes},
    {"mailEnabled", QUERY_TRUTH, no},
};

bool graph_list_groups(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct group *items;
    size_t count;
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !group_list(request->store, &request->arena, &items, &count, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = graph_group_json(request, &items[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

static bool find(struct request *request, struct group *out, struct azb_error *err)
{
    struct text id = request->values[0];
    return group_by_object_id(request->store, id, &request->arena, out, err) ||
           graph_refuse(id, err);
}

bool graph_get_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct group group;
    return find(request, &group, err) &&
           graph_reply(request, reply, 200, KIND, graph_group_json(request, &group, err), err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

#define MEMBERS_BIND "members@odata.bind"
#define OWNERS_BIND "owners@odata.bind"

/* As everywhere, "@odata." in front is let pass. */
static const char *const known[] = {"displayName", "mailNickname", "mailEnabled", "securityEnabled",
    "description", "groupTypes", "visibility", "isAssignableToRole", MEMBERS_BIND, OWNERS_BIND,
    NULL};

static bool needs_value(const char *property, struct azb_error *err)
{
    return graph_bad(err, "A value is required for property '%s' of resource 'Group'.", property);
}

/* Mail and Microsoft 365 are not here: a group is one of security, or it is nothing. */
static bool check_kind(struct request *request, struct azb_error *err)
{
    const struct json *body = graph_body(request), *types = json_get(body, "groupTypes");
    bool mail = false, security = true, assignable = false;
    if (!graph_read_bool(json_get(body, "mailEnabled"), "mailEnabled", &mail, err) ||
        !graph_read_bool(json_get(body, "securityEnabled"), "securityEnabled", &security, err) ||
        !graph_read_bool(
            json_get(body, "isAssignableToRole"), "isAssignableToRole", &assignable, err))
        return false;
    if (mail || (types && types->count > 0))
        return fail_status(err, 501, "NotImplemented",
            "azbd has security groups only: mailEnabled must be false and groupTypes empty.");
    if (assignable)
        return fail_status(err, 501, "NotImplemented",
            "azbd gives directory roles to users and applications only: isAssignableToRole must be "
            "false.");
    return security || graph_bad(err, "One of mailEnabled and securityEnabled must be true.");
}

/* A string member; absent leaves what is there. */
static bool read_member(
    struct request *request, const char *name, const char **out, struct azb_error *err)
{
    const struct json *value = json_get(graph_body(request), name);
    return !value || graph_read_string(request, value, name, out, err);
}

static bool read_group(struct request *request, struct group *group, struct azb_error *err)
{
    if (!graph_check_members(graph_body(request), known, err) || !check_kind(request, err) ||
        !read_member(request, "displayName", &group->display_name, err) ||
        !read_member(request, "mailNickname", &group->mail_nickname, err) ||
        !read_member(request, "description", &group->description, err))
        return false;
    if (!group->display_name)
        return needs_value("displayName", err);
    if (group->description && !*group->description)
        group->description = NULL;
    return group->mail_nickname ? true : needs_value("mailNickname", err);
}

static bool check_new(struct request *request, struct azb_error *err)
{
    static const char *const needed[] = {
        "displayName", "mailNickname", "mailEnabled", "securityEnabled"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!json_get(graph_body(request), needed[i]))
            return needs_value(needed[i], err);
    return true;
}

typedef bool bind_fn(
    struct request *request, const char *group_id, const char *object_id, struct azb_error *err);

static bool bind_member(
    struct request *request, const char *group_id, const char *object_id, struct azb_error *err)
{
    return group_add_member(request->store, group_id, object_id, err);
}

static bool bind_owner(
    struct request *request, const char *group_id, const char *object_id, struct azb_error *err)
{
    struct principal owner;
    return principal_by_object_id(
               request->store, text_of(object_id), &request->arena, &owner, err) &&
           owner_add(request->store, group_id, owner.object_id, err);
}

/* "members@odata.bind": a list of references. */
static bool read_bind(struct request *request, const struct group *group, const char *member,
    bind_fn *bind, struct azb_error *err)
{
    const struct json *list = json_get(graph_body(request), member);
    struct text id = TEXT_NONE;
    if (!list || list->type == JSON_NULL)
        return true;
    if (list->type != JSON_ARRAY || list->count > GRAPH_BINDS_MAX)
        return graph_bad(
            err, "%s: a list of at most %d URLs is expected.", member, GRAPH_BINDS_MAX);
    for (const struct json *url = list->first; url; url = url->next) {
        if (!graph_read_reference(json_text(url), member, &id, err))
            return false;
        const char *object_id = text_string(&request->arena, id);
        if (!object_id)
            return fail_memory(err);
        if (!bind(request, group->object_id, object_id, err))
            return graph_refuse(id, err);
    }
    return true;
}

static bool read_binds(struct request *request, const struct group *group, struct azb_error *err)
{
    return read_bind(request, group, OWNERS_BIND, bind_owner, err) &&
           read_bind(request, group, MEMBERS_BIND, bind_member, err);
}

/* Whoever makes a group without being told who owns it owns it; programs do not, as in Graph. */
static bool own(struct request *request, const struct group *group, struct azb_error *err)
{
    const struct json *owners = json_get(graph_body(request), OWNERS_BIND);
    if (request->caller.kind != CALLER_USER || (owners && owners->count > 0))
        return true;
    return graph_make_owner(request, group->object_id, err);
}

bool graph_create_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct group group = {0};
    if (!check_new(request, err) || !read_group(request, &group, err))
        return false;
    const struct new_group what = {
        .display_name = group.display_name,
        .mail_nickname = group.mail_nickname,
        .description = group.description,
        .now = request->now,
    };
    if (!group_create(request->store, &what, &request->arena, &group, err))
        return graph_refuse(TEXT_NONE, err);
    if (!own(request, &group, err) || !read_binds(request, &group, err))
        return false;
    authorize_roles_changed(request);
    return graph_reply(request, reply, 201, KIND, graph_group_json(request, &group, err), err);
}

bool graph_update_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct group group;
    if (!find(request, &group, err))
        return false;
    if (!group.mail_nickname)
        group.mail_nickname = "group"; /* of a state that had none */
    if (!read_group(request, &group, err) || !read_binds(request, &group, err))
        return false;
    if (!group_update(request->store, &group, err))
        return graph_refuse(request->values[0], err);
    authorize_roles_changed(request);
    reply->status = 204;
    return true;
}

bool graph_delete_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct group group;
    if (!find(request, &group, err) || !group_remove(request->store, group.row, err))
        return false;
    authorize_roles_changed(request); /* its members had the group's */
    reply->status = 204;
    return true;
}
