/* Who is in a group, and which groups somebody is in: members, memberOf, getMemberGroups, ... */
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define CHECKED_MAX 20 /* groupIds, as in Graph */

/* ---- Lists ----------------------------------------------------------------------------------- */

static const char *type_of(const struct principal *principal)
{
    static const enum graph_kind kinds[] = {
        [PRINCIPAL_USER] = GRAPH_USER,
        [PRINCIPAL_GROUP] = GRAPH_GROUP,
        [PRINCIPAL_SERVICE_PRINCIPAL] = GRAPH_PRINCIPAL,
    };
    return graph_kind_text(kinds[principal->kind]);
}

/* What a path may have behind the name of a list: "microsoft.graph.user" (Graph's SDK for Python
 * writes "graph.user"), "$ref", "$count". */
struct form {
    struct text type; /* only these; absent: all */
    bool references, count;
};

static bool read_form(struct request *request, struct form *out, struct azb_error *err)
{
    const char *last = strrchr(request->route->path, '/');
    size_t at = text_starts(text_of(request->route->path), "/v1.0/me") ? 0 : 1;
    *out = (struct form){0};
    if (strcmp(last, "/{form}") != 0)
        return true;
    struct text given = request->values[at];
    out->references = text_is(given, "$ref");
    out->count = text_is(given, "$count");
    static const char *const casts[] = {"microsoft.graph.", "graph."};
    for (size_t i = 0; i < sizeof casts / sizeof *casts && !out->type.at; i++)
        if (text_starts(given, casts[i]))
            out->type = text_slice(given, strlen(casts[i]), given.length);
    return out->references || out->count || out->type.at ||
           fail_status(err, 404, "", "Resource not found for the segment '%.*s'.",
               TEXT_ARGS(text_slice(given, 0, 80)));
}

static struct text reference(
    struct request *request, const struct principal *principal, struct azb_error *err)
{
    char *text = arena_format(&request->arena,
        "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}",
        principal->object_id);
    if (!text)
        fail_memory(err);
    return text_of(text);
}

static bool add_item(struct graph_list *list, const struct form *form,
    const struct principal *principal, struct azb_error *err)
{
    struct request *request = list->request;
    struct text item = TEXT_NONE;
    if (form->references)
        item = reference(request, principal, err);
    else if (!graph_object_item(
                 request, text_of(principal->object_id), text_of(type_of(principal)), &item, err))
        return false;
    if (!item.at)
        return false;
    graph_list_add(list, item);
    return true;
}

static bool is_of(const struct form *form, const char *type)
{
    return !form->type.at || text_equal_nocase(form->type, text_of(type));
}

/* Directory roles are among what somebody is a member of. */
static bool add_roles(struct graph_list *list, const struct form *form,
    const struct graph_subject *subject, struct azb_error *err)
{
    for (size_t i = 0; i < directory_role_count; i++) {
        const struct directory_role *role = &directory_roles[i];
        const struct principal as_item = {
            .object_id = role->id, .display_name = role->display_name};
        bool has;
        if (!directory_role_has(list->request->store, role->id, subject->object_id, &has, err))
            return false;
        if (!has || !is_of(form, "directoryRole") || !graph_list_wants(list, &as_item))
            continue;
        struct text item = form->references
                               ? reference(list->request, &as_item, err)
                               : graph_typed(list->request, "directoryRole",
                                     graph_directory_role_json(list->request, role, err), err);
        if (!item.at)
            return false;
        graph_list_add(list, item);
    }
    return true;
}

static bool reply_count(
    struct request *request, struct reply *reply, size_t count, struct azb_error *err)
{
    char *text = arena_format(&request->arena, "%zu", count);
    if (!text)
        return fail_memory(err);
    reply->status = 200;
    reply->body = text_of(text);
    reply_header(reply, "Content-Type", "text/plain");
    return true;
}

static bool end(
    struct graph_list *list, const struct form *form, struct reply *reply, struct azb_error *err)
{
    return form->count ? reply_count(list->request, reply, list->passed, err)
                       : graph_list_end(list, reply, err);
}

bool graph_list_membership(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct graph_operation *operation = request->route->row;
    enum membership which = (enum membership)operation->which;
    scoped_graph_list struct graph_list list = {0};
    struct graph_subject subject;
    struct principal *items;
    struct form form;
    size_t count;
    if (!graph_find_subject(request, &subject, err) || !read_form(request, &form, err) ||
        !graph_list_begin(&list, request, "directoryObjects", graph_principal_properties,
            graph_principal_property_count, err) ||
        !membership_list(request->store, which, text_of(subject.object_id), &request->arena, &items,
            &count, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_of(&form, type_of(&items[i])) && graph_list_wants(&list, &items[i]) && !form.count &&
            !add_item(&list, &form, &items[i], err))
            return false;
    bool is_upward = which == MEMBER_OF || which == MEMBER_OF_TRANSITIVE;
    return (!is_upward || add_roles(&list, &form, &subject, err)) && end(&list, &form, reply, err);
}

/* ---- One member more or less ----------------------------------------------------------------- */

bool graph_add_member(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_subject group;
    struct text id;
    if (!graph_find_subject(request, &group, err) || !graph_read_reference_body(request, &id, err))
        return false;
    const char *member = text_string(&request->arena, id);
    if (!member)
        return fail_memory(err);
    if (!group_add_member(request->store, group.object_id, member, err))
        return err->kind == AZB_ERROR_CONFLICT ? graph_already_referenced("members", err)
                                               : graph_refuse(id, err);
    authorize_roles_changed(request);
    reply->status = 204;
    return true;
}

bool graph_remove_member(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_subject group;
    const char *member = text_string(&request->arena, request->values[1]);
    if (!member)
        return fail_memory(err);
    if (!graph_find_subject(request, &group, err))
        return false;
    if (!group_remove_member(request->store, group.object_id, member, err))
        return graph_refuse(request->values[1], err);
    authorize_roles_changed(request);
    reply->status = 204;
    return true;
}

/* ---- Questions ------------------------------------------------------------------------------- */

struct ids {
    const char **at;
    size_t count;
};

/* All groups of the subject, through groups, and for "Objects" its directory roles. */
static bool collect(
    struct request *request, enum graph_asked asked, struct ids *out, struct azb_error *err)
{
    struct graph_subject subject;
    struct principal *groups;
    size_t count;
    if (!graph_find_subject(request, &subject, err) ||
        !membership_list(request->store, MEMBER_OF_TRANSITIVE, text_of(subject.object_id),
            &request->arena, &groups, &count, err))
        return false;
    *out = (struct ids){
        arena_array(&request->arena, count + directory_role_count, sizeof *out->at), 0};
    if (!out->at)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++)
        out->at[out->count++] = groups[i].object_id;
    for (size_t i = 0; i < directory_role_count && asked == GRAPH_ASKS_OBJECTS; i++) {
        bool has;
        if (!directory_role_has(
                request->store, directory_roles[i].id, subject.object_id, &has, err))
            return false;
        if (has)
            out->at[out->count++] = directory_roles[i].id;
    }
    return true;
}

static enum graph_asked asked_of(const struct request *request)
{
    const struct graph_operation *operation = request->route->row;
    return (enum graph_asked)operation->which;
}

/* Every group here is one of security. */
bool graph_get_member_ids(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"securityEnabledOnly", NULL};
    bool security = false;
    struct ids ids;
    return graph_check_members(graph_body(request), known, err) &&
           graph_read_bool(json_get(graph_body(request), "securityEnabledOnly"),
               "securityEnabledOnly", &security, err) &&
           collect(request, asked_of(request), &ids, err) &&
           graph_reply_strings(request, reply, ids.at, ids.count, err);
}

static bool is_among(const struct ids *ids, struct text id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (text_equal_nocase(id, text_of(ids->at[i])))
            return true;
    return false;
}

bool graph_check_member_ids(struct request *request, struct reply *reply, struct azb_error *err)
{
    enum graph_asked asked = asked_of(request);
    const char *member = asked == GRAPH_ASKS_OBJECTS ? "ids" : "groupIds";
    const char *const known[] = {member, NULL}, *found[CHECKED_MAX];
    const struct json *list = json_get(graph_body(request), member);
    struct ids ids;
    size_t count = 0;
    if (!graph_check_members(graph_body(request), known, err))
        return false;
    if (!list || list->type != JSON_ARRAY || list->count == 0 || list->count > CHECKED_MAX)
        return graph_bad(err, "%s: a list of 1 to %d object ids is expected.", member, CHECKED_MAX);
    if (!collect(request, asked, &ids, err))
        return false;
    for (const struct json *id = list->first; id; id = id->next) {
        if (!text_is_guid(json_text(id)))
            return graph_bad(err, "%s: '%.*s' is not an object id.", member,
                TEXT_ARGS(text_slice(json_text(id), 0, 100)));
        if (is_among(&ids, id->text))
            found[count++] = text_string(&request->arena, id->text);
    }
    return graph_reply_strings(request, reply, found, count, err);
}
