/* /v1.0/applications/{id}/federatedIdentityCredentials */
#include "directory/federated_credential.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "federatedIdentityCredentials"

static struct text credential_json(
    struct request *request, const struct federated_credential *credential, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", credential->id);
    json_member(&writer, "name", credential->name);
    json_member(&writer, "issuer", credential->issuer);
    json_member(&writer, "subject", credential->subject);
    json_name(&writer, "description");
    json_write_string(&writer, credential->description);
    json_name(&writer, "audiences");
    json_begin_array(&writer);
    json_write_string(&writer, credential->audience);
    json_end_array(&writer);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct federated_credential *)item)->id;
}

static const char *name_of(const void *item)
{
    return ((const struct federated_credential *)item)->name;
}

static const char *issuer_of(const void *item)
{
    return ((const struct federated_credential *)item)->issuer;
}

static const char *subject_of(const void *item)
{
    return ((const struct federated_credential *)item)->subject;
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ, id_of},
    {"name", QUERY_EQ, name_of},
    {"issuer", QUERY_EQ, issuer_of},
    {"subject", QUERY_EQ, subject_of},
};

bool graph_list_federated(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct application application;
    struct federated_credential *items;
    size_t count;
    if (!graph_find_application(request, &application, err) ||
        !graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !federated_credential_list(
            request->store, application.row, &request->arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = credential_json(request, &items[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

/* By id or name. */
static bool find(struct request *request, struct application *application,
    struct federated_credential *out, struct azb_error *err)
{
    struct federated_credential *items;
    struct text id = request->values[1];
    size_t count;
    if (!graph_find_application(request, application, err) ||
        !federated_credential_list(
            request->store, application->row, &request->arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(id, text_of(items[i].id)) ||
            text_equal_nocase(id, text_of(items[i].name))) {
            *out = items[i];
            return true;
        }
    return graph_not_found(id, err);
}

bool graph_get_federated(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    struct federated_credential credential;
    return find(request, &application, &credential, err) &&
           graph_reply(request, reply, 200, KIND, credential_json(request, &credential, err), err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool read_audience(struct request *request, const char **out, struct azb_error *err)
{
    const struct json *audiences = json_get(graph_body(request), "audiences");
    if (!audiences && *out)
        return true;
    if (!audiences || audiences->type != JSON_ARRAY || audiences->count != 1)
        return graph_bad(err, "audiences: a list of exactly one string is expected, such as "
                              "[\"" FEDERATED_AUDIENCE "\"].");
    return graph_read_string(request, audiences->first, "audiences[0]", out, err);
}

/* What is absent stays as it is in `out`. */
static bool read_member(
    struct request *request, const char *name, const char **out, struct azb_error *err)
{
    const struct json *value = json_get(graph_body(request), name);
    return !value || graph_read_string(request, value, name, out, err);
}

static bool read_credential(
    struct request *request, struct federated_credential *out, struct azb_error *err)
{
    static const char *const known[] = {
        "name", "issuer", "subject", "audiences", "description", "id", NULL};
    return graph_check_members(graph_body(request), known, err) &&
           read_member(request, "name", &out->name, err) &&
           read_member(request, "issuer", &out->issuer, err) &&
           read_member(request, "subject", &out->subject, err) &&
           read_member(request, "description", &out->description, err) &&
           read_audience(request, &out->audience, err);
}

bool graph_create_federated(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    struct federated_credential what = {0}, added;
    if (!graph_find_application(request, &application, err) ||
        !read_credential(request, &what, err))
        return false;
    if (!federated_credential_add(
            request->store, application.row, &what, &request->arena, &added, err))
        return graph_refuse(TEXT_NONE, err);
    return graph_reply(request, reply, 201, KIND, credential_json(request, &added, err), err);
}

/* In its place, with its id: the name is what it is known by, and stays. */
bool graph_update_federated(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    struct federated_credential what = {0}, added;
    if (!find(request, &application, &what, err))
        return false;
    const char *name = what.name;
    if (!read_credential(request, &what, err))
        return false;
    if (!what.name || !string_equal_nocase(what.name, name))
        return graph_bad(err, "name: the name of a federated identity credential cannot change.");
    if (!federated_credential_remove(request->store, application.row, text_of(what.id), err) ||
        !federated_credential_add(
            request->store, application.row, &what, &request->arena, &added, err))
        return graph_refuse(request->values[1], err);
    reply->status = 204;
    return true;
}

bool graph_delete_federated(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    if (!graph_find_application(request, &application, err))
        return false;
    if (!federated_credential_remove(request->store, application.row, request->values[1], err))
        return graph_refuse(request->values[1], err);
    reply->status = 204;
    return true;
}
