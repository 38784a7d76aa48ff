/* Groups, whatever an object id names, and the organization. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define IDS_MAX 1000

struct group {
    const char *id, *display_name;
    int64_t created;
};

static struct text group_json(
    struct request *request, const struct group *group, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", group->id);
    json_member(&writer, "displayName", group->display_name);
    graph_write_time(&writer, "createdDateTime", group->created);
    json_member_bool(&writer, "securityEnabled", true);
    json_member_bool(&writer, "mailEnabled", false);
    json_name(&writer, "groupTypes");
    json_begin_array(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

static bool read_group(
    struct statement *s, struct arena *arena, struct group *out, struct azb_error *err)
{
    *out = (struct group){
        .id = statement_string(s, 0, arena),
        .display_name = statement_string(s, 1, arena),
        .created = statement_i64(s, 2),
    };
    return arena->failed ? fail_memory(err) : true;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct group *)item)->id;
}

static const char *name_of(const void *item)
{
    return ((const struct group *)item)->display_name;
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ, id_of},
    {"displayName", QUERY_EQ | QUERY_STARTS, name_of},
};

bool graph_list_groups(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct group group;
    bool row = true;
    if (!graph_list_begin(
            &list, request, "groups", properties, sizeof properties / sizeof *properties, err))
        return false;
    scoped_statement struct statement s =
        statement(request->store, "SELECT object_id, display_name, created FROM directory_group"
                                  " ORDER BY display_name COLLATE NOCASE, row");
    while (row) {
        if (!statement_step(&s, &row, err))
            return false;
        if (row && !read_group(&s, &request->arena, &group, err))
            return false;
        if (!row || !graph_list_wants(&list, &group))
            continue;
        struct text item = group_json(request, &group, err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

/* *item is absent when there is none of that id. */
static bool group_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    struct group group;
    bool row;
    *item = TEXT_NONE;
    scoped_statement struct statement s = statement(request->store,
        "SELECT object_id, display_name, created FROM directory_group WHERE object_id = ?1");
    statement_bind_text(&s, 1, id);
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return true;
    if (!read_group(&s, &request->arena, &group, err))
        return false;
    *item = group_json(request, &group, err);
    return item->at != NULL;
}

bool graph_get_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text item;
    if (!group_item(request, request->values[0], &item, err))
        return false;
    if (!item.at)
        return graph_not_found(request->values[0], err);
    return graph_reply(request, reply, 200, "groups", item, err);
}

/* ---- directoryObjects/getByIds --------------------------------------------------------------- */

static bool is_gone(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_NOT_FOUND)
        return false;
    azb_error_free(err);
    return true;
}

static bool principal_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    struct service_principal principal;
    if (!service_principal_by_object_id(request->store, id, &request->arena, &principal, err))
        return is_gone(err);
    *item = graph_principal_json(request, &principal, err);
    return item->at != NULL;
}

static bool application_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    struct application application;
    if (!application_by_object_id(request->store, id, &request->arena, &application, err))
        return is_gone(err);
    if (application.home_tenant_id)
        return true; /* it lives in another directory */
    *item = graph_application_json(request, &application, err);
    return item->at != NULL;
}

static const struct {
    const char *type; /* in `types` and, with the prefix, in "@odata.type" */
    bool (*find)(struct request *request, struct text id, struct text *item, struct azb_error *err);
} kinds[] = {
    {"servicePrincipal", principal_item},
    {"user", graph_user_item},
    {"group", group_item},
    {"application", application_item},
};

/* `types` absent or empty, or with "directoryObject": all. */
static bool is_wanted(const struct json *types, const char *type)
{
    if (!types || types->count == 0)
        return true;
    for (const struct json *entry = types->first; entry; entry = entry->next)
        if (text_equal_nocase(json_text(entry), text_of(type)) ||
            text_equal_nocase(json_text(entry), TEXT("directoryObject")))
            return true;
    return false;
}

static void add_item(
    struct request *request, struct graph_list *list, const char *type, struct text item)
{
    /* The type goes before the object's own members. */
    char *whole = arena_format(&request->arena, "{\"@odata.type\":\"#microsoft.graph.%s\",%.*s",
        type, (int)(item.length - 1), item.at + 1);
    graph_list_add(list, whole ? text_of(whole) : item);
}

static bool add_by_id(
    struct request *request, struct graph_list *list, struct text id, struct azb_error *err)
{
    const struct json *types = json_get(graph_body(request), "types");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct text item = TEXT_NONE;
        if (!is_wanted(types, kinds[i].type))
            continue;
        if (!kinds[i].find(request, id, &item, err))
            return false;
        if (item.at) {
            add_item(request, list, kinds[i].type, item);
            return true;
        }
    }
    return true;
}

bool graph_get_by_ids(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    const struct json *ids = json_get(graph_body(request), "ids");
    if (!ids || ids->type != JSON_ARRAY || ids->count > IDS_MAX)
        return graph_bad(err, "ids: a list of at most %d object ids is expected.", IDS_MAX);
    if (!graph_list_begin(&list, request, "directoryObjects", NULL, 0, err))
        return false;
    for (const struct json *id = ids->first; id; id = id->next) {
        if (!text_is_guid(json_text(id)))
            return graph_bad(err, "ids: '%.*s' is not an object id.",
                TEXT_ARGS(text_slice(json_text(id), 0, 100)));
        if (!add_by_id(request, &list, id->text, err))
            return false;
    }
    return graph_list_end(&list, reply, err);
}

/* ---- The organization ------------------------------------------------------------------------ */

bool graph_list_organization(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    if (!graph_list_begin(&list, request, "organization", NULL, 0, err))
        return false;
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", directory_tenant_id(request->service));
    json_member(&writer, "displayName", directory_tenant_name(request->service));
    json_name(&writer, "verifiedDomains");
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_member(&writer, "name", directory_tenant_domain(request->service));
    json_member(&writer, "type", "Managed");
    json_member_bool(&writer, "isDefault", true);
    json_member_bool(&writer, "isInitial", true);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    struct text item = graph_keep(request, &text, err);
    if (!item.at)
        return false;
    graph_list_add(&list, item);
    return graph_list_end(&list, reply, err);
}
