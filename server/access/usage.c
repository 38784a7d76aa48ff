/* Who used which operation: what `azb role suggest` writes the least role from. */
#include "access/access.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"

static void write_use(struct json_writer *writer, const struct use *use)
{
    json_begin_object(writer);
    json_member(writer, "operation", use->action);
    json_member(writer, "kind", decision_kind_text(use->kind));
    json_member_bool(writer, "isRead", use->is_read);
    json_member_bool(writer, "needsAutopool", use->needs_autopool);
    json_member(writer, "scope", use->scope);
    json_member(writer, "plane", decision_plane_text(use->plane));
    json_member(writer, "objectId", *use->object_id ? use->object_id : NULL);
    json_member(writer, "clientId", *use->client_id ? use->client_id : NULL);
    json_member_i64(writer, "count", (int64_t)use->count);
    json_member_i64(writer, "denied", (int64_t)use->denied);
    json_member_time(writer, "first", use->first);
    json_member_time(writer, "last", use->last);
    json_end_object(writer);
}

static bool reply_uses(struct request *request, struct reply *reply, const struct use_list *list,
    int64_t since, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        write_use(&writer, &list->at[i]);
    json_end_array(&writer);
    json_member_time(&writer, "since", list->complete_since);
    json_member_bool(
        &writer, "complete", since == INT64_MIN ? !list->forgotten : since >= list->complete_since);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

bool access_list_uses(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text principal;
    struct use_list list;
    int64_t since;
    return access_read_principal(request, &principal, err) &&
           access_read_since(request, &since, err) && access_may_list(request, principal, err) &&
           decision_log_uses(authorizer_log(request->service->authorizer), principal, since,
               &request->arena, &list, err) &&
           reply_uses(request, reply, &list, since, err);
}
