/* Owners of applications, service principals and groups, and what somebody owns. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define OWNERS_MAX 100

static bool list_of(
    struct request *request, struct principal **out, size_t *count, struct azb_error *err)
{
    struct graph_subject subject;
    return graph_find_subject(request, &subject, err) &&
           owner_list(request->store, text_of(subject.object_id), &request->arena, out, count, err);
}

bool graph_list_owners(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct principal *items;
    size_t count;
    return list_of(request, &items, &count, err) &&
           graph_reply_principals(request, reply, items, count, err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool find_new(struct request *request, struct principal *out, struct azb_error *err)
{
    return graph_find_referenced(request, out, err) &&
           (out->kind != PRINCIPAL_GROUP ||
               graph_bad(err,
                   "The reference target '%s' of type 'Group' is invalid for the 'owners' "
                   "reference: a user or a service principal is expected.",
                   out->object_id));
}

bool graph_add_owner(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_subject subject;
    struct principal owner = {0}, *items;
    size_t count;
    if (!graph_find_subject(request, &subject, err) || !find_new(request, &owner, err) ||
        !list_of(request, &items, &count, err))
        return false;
    if (count >= OWNERS_MAX)
        return graph_bad(err, "At most %d owners are allowed.", OWNERS_MAX);
    if (!owner_add(request->store, subject.object_id, owner.object_id, err))
        return err->kind == AZB_ERROR_CONFLICT ? graph_already_referenced("owners", err)
                                               : graph_refuse(request->values[0], err);
    reply->status = 204;
    return true;
}

/* The last user who owns a group stays, as in Graph. */
static bool check_last(struct request *request, const struct graph_subject *subject,
    struct text leaving, struct azb_error *err)
{
    struct principal *items;
    size_t count, others = 0;
    bool is_user = false;
    if (subject->kind != GRAPH_GROUP)
        return true;
    if (!list_of(request, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool same = text_equal_nocase(leaving, text_of(items[i].object_id));
        is_user |= same && items[i].kind == PRINCIPAL_USER;
        others += !same && items[i].kind == PRINCIPAL_USER;
    }
    return !is_user || others > 0 ||
           graph_bad(err, "The group must have at least one owner, hence this owner cannot be "
                          "removed.");
}

bool graph_remove_owner(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_subject subject;
    struct text owner = request->values[1];
    if (!graph_find_subject(request, &subject, err) || !check_last(request, &subject, owner, err))
        return false;
    if (!owner_remove(request->store, text_of(subject.object_id), owner, err))
        return graph_refuse(owner, err);
    reply->status = 204;
    return true;
}

/* ---- ownedObjects ---------------------------------------------------------------------------- */

bool graph_list_owned(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct graph_subject subject;
    const char **ids;
    size_t count;
    if (!graph_find_subject(request, &subject, err) ||
        !graph_list_begin(&list, request, "directoryObjects", NULL, 0, err) ||
        !owned_list(request->store, text_of(subject.object_id), &request->arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text item = TEXT_NONE;
        if (!graph_list_wants(&list, ids[i]))
            continue;
        if (!graph_object_item(request, text_of(ids[i]), TEXT_NONE, &item, err))
            return false;
        if (item.at)
            graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}
