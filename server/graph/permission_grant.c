/* /v1.0/oauth2PermissionGrants: delegated permissions that were consented to. */
#include "base/error.h"
#include "directory/user.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "oauth2PermissionGrants"

/* A consent, with Graph's ids: those of service principals. */
struct grant {
    const char *id, *client_id, *resource_id, *user_id, *scopes;
};

/* NULL: the service principal was deleted. */
static bool object_id_of(
    struct request *request, const char *app_id, const char **out, struct azb_error *err)
{
    struct service_principal principal;
    struct azb_error why = AZB_ERROR_INIT;
    *out = NULL;
    if (service_principal_by_app_id(
            request->store, text_of(app_id), &request->arena, &principal, &why)) {
        *out = principal.object_id;
        return true;
    }
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return true;
}

static bool grant_of(struct request *request, const struct consent *consent, struct grant *out,
    struct azb_error *err)
{
    *out =
        (struct grant){.id = consent->id, .user_id = consent->user_id, .scopes = consent->scopes};
    return object_id_of(request, consent->client_app_id, &out->client_id, err) &&
           object_id_of(request, consent->resource_app_id, &out->resource_id, err);
}

static const char *consent_type(const struct grant *grant)
{
    return grant->user_id ? "Principal" : "AllPrincipals";
}

static struct text grant_json(
    struct request *request, const struct grant *grant, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", grant->id);
    json_member(&writer, "clientId", grant->client_id);
    json_member(&writer, "consentType", consent_type(grant));
    json_name(&writer, "principalId");
    json_write_string(&writer, grant->user_id);
    json_member(&writer, "resourceId", grant->resource_id);
    json_member(&writer, "scope", grant->scopes);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct grant *)item)->id;
}

static const char *client_of(const void *item)
{
    return ((const struct grant *)item)->client_id;
}

static const char *resource_of(const void *item)
{
    return ((const struct grant *)item)->resource_id;
}

static const char *user_of(const void *item)
{
    return ((const struct grant *)item)->user_id;
}

static const char *type_of(const void *item)
{
    return consent_type(item);
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ, id_of},
    {"clientId", QUERY_EQ, client_of},
    {"resourceId", QUERY_EQ, resource_of},
    {"principalId", QUERY_EQ, user_of},
    {"consentType", QUERY_EQ, type_of},
};

bool graph_list_grants(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct consent *items;
    size_t count;
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !consent_list(request->store, TEXT_NONE, &request->arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct grant grant;
        if (!grant_of(request, &items[i], &grant, err))
            return false;
        if (!grant.client_id || !grant.resource_id || !graph_list_wants(&list, &grant))
            continue;
        struct text item = grant_json(request, &grant, err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

static bool reply_grant(
    struct request *request, struct reply *reply, int status, struct text id, struct azb_error *err)
{
    struct consent consent;
    struct grant grant;
    if (!consent_find(request->store, id, &request->arena, &consent, err))
        return graph_refuse(id, err);
    return grant_of(request, &consent, &grant, err) &&
           graph_reply(request, reply, status, KIND, grant_json(request, &grant, err), err);
}

bool graph_get_grant(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_grant(request, reply, 200, request->values[0], err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool read_principal(struct request *request, const char *member,
    struct service_principal *out, struct azb_error *err)
{
    struct text id = json_get_text(graph_body(request), member);
    if (!text_is_guid(id))
        return graph_bad(err, "%s: the object id of a service principal is expected.", member);
    return service_principal_by_object_id(request->store, id, &request->arena, out, err) ||
           graph_refuse(id, err);
}

/* Each one must be what the resource offers. */
static bool check_scopes(
    struct request *request, const char *resource_app_id, struct text scopes, struct azb_error *err)
{
    struct resource_application resource;
    struct text piece;
    if (!resource_application_find(request->service, request->store, text_of(resource_app_id),
            &request->arena, &resource, err))
        return graph_refuse(text_of(resource_app_id), err);
    while (text_cut(&scopes, ' ', &piece)) {
        const struct permission *found = resource_permission(&resource, piece);
        if (piece.length > 0 && (!found || !text_is(piece, found->value)))
            return graph_bad(err, "scope: %s offers no permission '%.*s'.", resource.display_name,
                TEXT_ARGS(text_slice(piece, 0, 120)));
    }
    return true;
}

static bool read_scope(struct request *request, const char **out, struct azb_error *err)
{
    if (!graph_read_string(request, json_get(graph_body(request), "scope"), "scope", out, err))
        return false;
    return (*out && text_trim(text_of(*out)).length > 0) ||
           graph_bad(err, "scope: values separated by spaces are expected.");
}

/* "AllPrincipals" without a principalId, "Principal" with the object id of a user. */
static bool read_user(struct request *request, const char **out, struct azb_error *err)
{
    struct user user;
    const char *type, *id;
    const struct json *body = graph_body(request);
    if (!graph_read_string(request, json_get(body, "consentType"), "consentType", &type, err) ||
        !graph_read_string(request, json_get(body, "principalId"), "principalId", &id, err))
        return false;
    bool all = type && strcmp(type, "AllPrincipals") == 0;
    *out = NULL;
    if (!all && (!type || strcmp(type, "Principal") != 0))
        return graph_bad(err, "consentType: 'AllPrincipals' or 'Principal' is expected.");
    if (all)
        return !id || graph_bad(err, "principalId: it goes with the consentType 'Principal' only.");
    if (!id)
        return graph_bad(err, "principalId: the object id of a user is expected.");
    if (!user_by_object_id(request->store, text_of(id), &request->arena, &user, err))
        return graph_refuse(text_of(id), err);
    *out = user.object_id;
    return true;
}

static bool find_made(struct request *request, const char *client, const char *resource,
    const char *user, const char **id, struct azb_error *err)
{
    struct consent *items;
    size_t count;
    *id = NULL;
    if (!consent_list(request->store, text_of(client), &request->arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count && !*id; i++) {
        bool same_user = user && items[i].user_id ? string_equal_nocase(user, items[i].user_id)
                                                  : !user && !items[i].user_id;
        if (same_user && string_equal_nocase(resource, items[i].resource_app_id))
            *id = items[i].id;
    }
    return true;
}

bool graph_create_grant(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"clientId", "consentType", "principalId", "resourceId",
        "scope", "expiryTime", "startTime", NULL};
    struct service_principal client = {0}, resource = {0};
    const char *scopes, *user, *id;
    if (!graph_check_members(graph_body(request), known, err) ||
        !read_principal(request, "clientId", &client, err) ||
        !read_principal(request, "resourceId", &resource, err) || !read_user(request, &user, err) ||
        !read_scope(request, &scopes, err) ||
        !check_scopes(request, resource.app_id, text_of(scopes), err) ||
        !find_made(request, client.app_id, resource.app_id, user, &id, err))
        return false;
    if (id)
        return fail_status(err, 409, "Request_MultipleObjectsWithSameKeyValue",
            "Permission entry already exists.");
    return consent_add(request->store, client.app_id, resource.app_id, user, text_of(scopes),
               request->now, err) &&
           find_made(request, client.app_id, resource.app_id, user, &id, err) &&
           reply_grant(request, reply, 201, text_of(id), err);
}

bool graph_update_grant(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"scope", NULL};
    struct consent consent;
    const char *scopes;
    struct text id = request->values[0];
    if (!consent_find(request->store, id, &request->arena, &consent, err))
        return graph_refuse(id, err);
    if (!graph_check_members(graph_body(request), known, err) ||
        !read_scope(request, &scopes, err) ||
        !check_scopes(request, consent.resource_app_id, text_of(scopes), err) ||
        !consent_set_scopes(request->store, id, text_of(scopes), err))
        return false;
    reply->status = 204;
    return true;
}

bool graph_delete_grant(struct request *request, struct reply *reply, struct azb_error *err)
{
    if (!consent_remove(request->store, request->values[0], err))
        return graph_refuse(request->values[0], err);
    reply->status = 204;
    return true;
}
