/* Applications as tasks see them: those of the account and their active packages. Resource Manager
 * makes them (arm/batch_application.c). */
#include "base/error.h"
#include "batch/batch.h"

/* "1.0\n1.1": a version has no line feed. */
static bool read_versions(
    struct request *request, struct text joined, struct azb_string_list *out, struct azb_error *err)
{
    struct text rest = joined, version;
    size_t count = 0;
    const char **items = NULL;

    for (size_t i = 0; i < joined.length; i++)
        count += joined.at[i] == '\n';
    items = arena_array(&request->arena, count + 1, sizeof(*items));
    if (!items)
        return fail_memory(err);
    out->items = items;
    while (joined.at && text_cut(&rest, '\n', &version))
        items[out->count++] = text_string(&request->arena, version);
    return true;
}

#define SELECT                                                                                     \
    "SELECT name, coalesce(display_name, ''), (SELECT group_concat(version, char(10)) FROM"        \
    " batch_package WHERE application = a.row AND format IS NOT NULL)"                             \
    " FROM batch_application a"

static bool read_row(struct request *request, struct statement *s, struct azb_application *out,
    struct azb_error *err)
{
    *out = (struct azb_application){.id = statement_string(s, 0, &request->arena),
        .display_name = statement_string(s, 1, &request->arena)};
    return read_versions(request, statement_text(s, 2, &request->arena), &out->versions, err);
}

bool serve_application_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    struct azb_application application;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s =
        statement(request->store, SELECT " WHERE account = ?1 AND name > ?2 ORDER BY name");

    if (!page_begin(&page, request, model_application(), NULL, &out, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        if (!read_row(request, &s, &application, err) ||
            !page_add(&page, text_of(application.id), &application, TEXT_NONE, err))
            return false;
    }
    return false;
}

bool serve_application_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct azb_application application;
    struct view view;
    bool found = false;
    scoped_statement struct statement s =
        statement(request->store, SELECT " WHERE account = ?1 AND name = ?2");

    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, request->values[0]);
    if (!view_init(&view, request, model_application(), NULL, err) ||
        !statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(
            err, 404, "ApplicationNotFound", "The specified application does not exist.");
    return read_row(request, &s, &application, err) &&
           reply_resource(&view, &application, TEXT_NONE, reply, err);
}
