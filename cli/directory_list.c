#include "cli/directory_list.h"

#include "base/error.h"
#include "cli/commands.h"

const struct json *find_group(struct session *session, const char *given, struct azb_error *err)
{
    const struct json *items;
    const char *name = text_is_guid(text_of(given)) ? "id" : "displayName";
    if (!find_by(session, ENDPOINT_GRAPH, "/v1.0/groups", name, given, NULL, &items, err))
        return NULL;
    if (items->count == 1)
        return items->first;
    if (items->count > 1)
        fail(err, AZB_ERROR_CONFLICT, "%zu groups are called '%s': give the object id",
            items->count, given);
    else
        fail(err, AZB_ERROR_NOT_FOUND, "there is no group '%s' (azb group list shows them)", given);
    return NULL;
}

int directory_list_show(struct session *session, const char *path, column_paths columns)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    if (!manage_list(session, ENDPOINT_GRAPH, path, &items, &err))
        return session_fail(session, &err);
    output(session, items, columns);
    return EXIT_OK;
}

/* The host in a reference is Graph's own, whichever serves. */
int directory_list_add(struct session *session, const char *path, const char *given)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct assignee who = {0};
    const struct json *ignored;
    if (!find_assignee(session, given, &who, &err))
        return session_fail(session, &err);
    char *body = arena_format(&session->arena,
        "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}", who.object_id);
    char *references = arena_format(&session->arena, "%s/$ref", path);
    if (!manage(session, ENDPOINT_GRAPH, "POST", references, text_of(body), &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

int directory_list_remove(struct session *session, const char *path, const char *given)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct assignee who = {0};
    const struct json *ignored;
    if (!find_assignee(session, given, &who, &err))
        return session_fail(session, &err);
    char *one = arena_format(&session->arena, "%s/%s/$ref", path, who.object_id);
    if (!manage(session, ENDPOINT_GRAPH, "DELETE", one, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}
