/* /v1.0/directoryObjects: whatever an object id names. */
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/user.h"
#include "document.h"
#include "graph/graph.h"

#define IDS_MAX 1000

/* ---- By id ----------------------------------------------------------------------------------- */

static bool is_gone(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_NOT_FOUND)
        return false;
    azb_error_free(err);
    return true;
}

static bool group_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    struct group group;
    if (!group_by_object_id(request->store, id, &request->arena, &group, err))
        return is_gone(err);
    *item = graph_group_json(request, &group, err);
    return item->at != NULL;
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

static bool role_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    const struct directory_role *role = directory_role_find(id);
    if (role)
        *item = graph_directory_role_json(request, role, err);
    return !role || item->at;
}

static const struct {
    const char *type; /* in `types` and, with the prefix, in "@odata.type" */
    bool (*find)(struct request *request, struct text id, struct text *item, struct azb_error *err);
} kinds[] = {
    {"servicePrincipal", principal_item},
    {"user", graph_user_item},
    {"group", group_item},
    {"application", application_item},
    {"directoryRole", role_item},
};

struct text graph_typed(
    struct request *request, const char *type, struct text item, struct azb_error *err)
{
    if (!item.at)
        return TEXT_NONE;
    char *whole = arena_format(&request->arena, "{\"@odata.type\":\"#microsoft.graph.%s\",%.*s",
        type, (int)(item.length - 1), item.at + 1);
    if (!whole)
        fail_memory(err);
    return text_of(whole);
}

bool graph_object_item(struct request *request, struct text id, struct text wanted,
    struct text *item, struct azb_error *err)
{
    *item = TEXT_NONE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct text found = TEXT_NONE;
        if (wanted.at && !text_equal_nocase(wanted, text_of(kinds[i].type)))
            continue;
        if (!kinds[i].find(request, id, &found, err))
            return false;
        if (!found.at)
            continue;
        *item = graph_typed(request, kinds[i].type, found, err);
        return item->at != NULL;
    }
    return true;
}

/* ---- Lists of principals --------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct principal *)item)->object_id;
}

static const char *name_of(const void *item)
{
    return ((const struct principal *)item)->display_name;
}

const struct query_property graph_principal_properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"displayName", QUERY_STRING, name_of},
};
const size_t graph_principal_property_count =
    sizeof graph_principal_properties / sizeof *graph_principal_properties;

bool graph_reply_principals(struct request *request, struct reply *reply, struct principal *items,
    size_t count, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    if (!graph_list_begin(&list, request, "directoryObjects", graph_principal_properties,
            graph_principal_property_count, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text item = TEXT_NONE;
        if (!graph_list_wants(&list, &items[i]))
            continue;
        if (!graph_object_item(request, text_of(items[i].object_id), TEXT_NONE, &item, err))
            return false;
        if (item.at)
            graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

/* ---- One object ------------------------------------------------------------------------------ */

bool graph_get_object(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text item;
    if (!graph_object_item(request, request->values[0], TEXT_NONE, &item, err))
        return false;
    if (!item.at)
        return graph_not_found(request->values[0], err);
    return graph_reply(request, reply, 200, "directoryObjects", item, err);
}

/* ---- Deleting -------------------------------------------------------------------------------- */

/* By its own path, so that the rights and rules of its kind hold. */
static const struct {
    enum graph_kind kind;
    enum graph_right right;
    serve_fn *remove;
} removals[] = {
    {GRAPH_USER, GRAPH_USERS, graph_delete_user},
    {GRAPH_GROUP, GRAPH_GROUPS, graph_delete_group},
    {GRAPH_PRINCIPAL, GRAPH_APPLICATIONS, graph_delete_principal},
    {GRAPH_APPLICATION, GRAPH_APPLICATIONS, graph_delete_application},
};

bool graph_delete_object(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_subject subject;
    if (!graph_find_subject(request, &subject, err))
        return false;
    for (size_t i = 0; i < sizeof removals / sizeof *removals; i++)
        if (removals[i].kind == subject.kind)
            return graph_require_right(request, removals[i].right, err) &&
                   removals[i].remove(request, reply, err);
    return graph_not_found(request->values[0], err);
}

/* ---- getByIds -------------------------------------------------------------------------------- */

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
        if (!item.at)
            continue;
        item = graph_typed(request, kinds[i].type, item, err);
        if (!item.at)
            return false;
        graph_list_add(list, item);
        return true;
    }
    return true;
}

bool graph_get_by_ids(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"ids", "types", NULL};
    scoped_graph_list struct graph_list list = {0};
    const struct json *ids = json_get(graph_body(request), "ids");
    const struct json *types = json_get(graph_body(request), "types");
    if (!graph_check_members(graph_body(request), known, err))
        return false;
    if (!ids || ids->type != JSON_ARRAY || ids->count > IDS_MAX)
        return graph_bad(err, "ids: a list of at most %d object ids is expected.", IDS_MAX);
    if (types && types->type != JSON_ARRAY && types->type != JSON_NULL)
        return graph_bad(err, "types: a list of strings is expected.");
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
