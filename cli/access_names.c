#include "cli/access_names.h"

#include "base/error.h"
#include "cli/access_principal.h"
#include "cli/management.h"

#define IDS_A_REQUEST 1000 /* what getByIds takes */

static struct text body_of(
    struct session *session, const char *const *ids, size_t count, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "ids");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(&writer, ids[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    char *copy = text.failed ? NULL : arena_copy(&session->arena, text.at, text.length);
    if (!copy)
        fail_memory(err);
    return (struct text){copy, copy ? text.length : 0};
}

/* The items of several answers become one list; the trees are this session's own. */
static void append(struct json *all, const struct json *answer)
{
    const struct json *value = json_get(answer, "value");
    struct json **end = &all->first;
    while (*end)
        end = &(*end)->next;
    *end = value && value->type == JSON_ARRAY ? value->first : NULL;
}

bool access_names_read(struct session *session, const char *const *ids, size_t count,
    struct access_names *out, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct json *all = arena_alloc(&session->arena, sizeof *all);
    if (!all)
        return fail_memory(err);
    all->type = JSON_ARRAY;
    out->items = all;
    for (size_t at = 0; at < count; at += IDS_A_REQUEST) {
        size_t some = count - at < IDS_A_REQUEST ? count - at : IDS_A_REQUEST;
        const struct json *answer = NULL;
        struct text body = body_of(session, ids + at, some, err);
        if (!body.at)
            return false;
        if (manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/directoryObjects/getByIds", body,
                &answer, &ignored))
            append(all, answer);
        azb_error_free(&ignored);
    }
    return true;
}

static const struct json *find(const struct access_names *names, const char *id)
{
    const struct json *item = names->items ? names->items->first : NULL;
    while (item && !text_equal_nocase(json_get_text(item, "id"), text_of(id)))
        item = item->next;
    return item;
}

const char *access_names_find(
    struct session *session, const struct access_names *names, const char *id)
{
    const struct json *item = find(names, id);
    const char *name = json_get_string(item, "userPrincipalName", &session->arena);
    return name ? name : json_get_string(item, "displayName", &session->arena);
}

const char *access_names_text(
    struct session *session, const struct access_names *names, const char *id, const char *type)
{
    const struct access_principal principal = {
        .object_id = id, .type = type, .name = access_names_find(session, names, id)};
    return access_principal_text(session, &principal);
}
