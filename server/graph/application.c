/* /v1.0/applications */
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "applications"
#define REDIRECT_URIS_MAX 256
#define IDENTIFIER_URIS_MAX 50
#define OWNERS_BIND "owners@odata.bind"

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct application *)item)->object_id;
}

static const char *app_id_of(const void *item)
{
    return ((const struct application *)item)->app_id;
}

static const char *name_of(const void *item)
{
    return ((const struct application *)item)->display_name;
}

static const char *audience_of(const void *item)
{
    return sign_in_audience_text(((const struct application *)item)->audience);
}

static bool has_identifier_uri(
    const struct query_property *property, const void *item, struct text value)
{
    const struct application *application = item;
    (void)property;
    for (size_t i = 0; i < application->identifier_uri_count; i++)
        if (text_equal_nocase(value, text_of(application->identifier_uris[i])))
            return true;
    return false;
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"appId", QUERY_EQ | QUERY_IN, app_id_of},
    {"displayName", QUERY_STRING, name_of},
    {"signInAudience", QUERY_EQ, audience_of},
    {"identifierUris", QUERY_ANY, NULL},
};

bool graph_list_applications(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct application *items;
    size_t count;
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !application_list(request->store, &request->arena, &items, &count, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    list.filter.several = has_identifier_uri;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = graph_application_json(request, &items[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

bool graph_find_application(struct request *request, struct application *out, struct azb_error *err)
{
    bool by_app_id = strchr(request->route->path, '(') != NULL;
    struct text id = request->values[0];
    bool found = by_app_id
                     ? application_by_app_id(request->store, id, &request->arena, out, err)
                     : application_by_object_id(request->store, id, &request->arena, out, err);
    if (!found)
        return graph_refuse(id, err);
    return !out->home_tenant_id || graph_not_found(id, err);
}

bool graph_get_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    return graph_find_application(request, &application, err) &&
           graph_reply(
               request, reply, 200, KIND, graph_application_json(request, &application, err), err);
}

bool graph_delete_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    if (!graph_find_application(request, &application, err) ||
        !application_remove(request->store, application.row, err))
        return false;
    authorize_roles_changed(request); /* groups of the principal gave it some */
    reply->status = 204;
    return true;
}

/* ---- Changing -------------------------------------------------------------------------------- */

/* An application as the body leaves it. */
struct change {
    struct request *request;
    struct application application;
    struct redirect_uri *uris; /* room for REDIRECT_URIS_MAX */
    size_t uri_count;
    const char **identifier_uris; /* room for IDENTIFIER_URIS_MAX */
    /* keyCredentials, requiredResourceAccess, api.oauth2PermissionScopes and
     * preAuthorizedApplications, appRoles, owners@odata.bind; or NULL */
    const struct json *keys, *required, *scopes, *trusted, *roles, *owners;
};

typedef bool read_member(struct change *change, const struct json *value, struct azb_error *err);

static bool read_name(struct change *change, const struct json *value, struct azb_error *err)
{
    if (value->type != JSON_STRING || text_trim(value->text).length == 0)
        return graph_bad(
            err, "Invalid value specified for property 'displayName' of resource 'Application'.");
    change->application.display_name = text_string(&change->request->arena, value->text);
    return change->application.display_name ? true : fail_memory(err);
}

static bool read_fallback(struct change *change, const struct json *value, struct azb_error *err)
{
    change->application.public_client = false;
    return graph_read_bool(
        value, "isFallbackPublicClient", &change->application.public_client, err);
}

static void drop_uris(struct change *change, enum redirect_kind kind)
{
    size_t left = 0;
    for (size_t i = 0; i < change->uri_count; i++)
        if (change->uris[i].kind != kind)
            change->uris[left++] = change->uris[i];
    change->uri_count = left;
}

static bool add_uri(struct change *change, enum redirect_kind kind, const struct json *value,
    const char *what, struct azb_error *err)
{
    if (value->type != JSON_STRING)
        return graph_bad(
            err, "%s: a string is expected, not %s.", what, json_type_text(value->type));
    if (!graph_check_redirect_uri(kind, value->text, what, err))
        return false;
    if (change->uri_count == REDIRECT_URIS_MAX)
        return graph_bad(err, "An application has at most %d redirect URIs.", REDIRECT_URIS_MAX);
    char *uri = text_string(&change->request->arena, value->text);
    if (!uri)
        return fail_memory(err);
    change->uris[change->uri_count++] = (struct redirect_uri){kind, uri};
    return true;
}

/* {"redirectUris": [...]}: the list replaces those of its kind; absent leaves them. What else may
 * stand there is kept. */
static bool read_uris(struct change *change, enum redirect_kind kind, const char *member,
    const struct json *value, struct azb_error *err)
{
    static const char *const known_web[] = {"redirectUris", "homePageUrl", "logoutUrl",
        "implicitGrantSettings", "redirectUriSettings", NULL};
    static const char *const known[] = {"redirectUris", NULL};
    const struct json *uris = json_get(value, "redirectUris");
    char what[80];
    size_t index = 0;
    if (value->type != JSON_OBJECT && value->type != JSON_NULL)
        return graph_bad(err, "%s: an object is expected.", member);
    if (!graph_check_members(value, kind == REDIRECT_WEB ? known_web : known, err))
        return false;
    if (!uris)
        return true;
    if (uris->type != JSON_ARRAY)
        return graph_bad(err, "%s.redirectUris: a list of strings is expected.", member);
    drop_uris(change, kind);
    for (const struct json *uri = uris->first; uri; uri = uri->next) {
        snprintf(what, sizeof what, "%s.redirectUris[%zu]", member, index++);
        if (!add_uri(change, kind, uri, what, err))
            return false;
    }
    return true;
}

static bool read_web(struct change *change, const struct json *value, struct azb_error *err)
{
    return read_uris(change, REDIRECT_WEB, "web", value, err);
}

static bool read_spa(struct change *change, const struct json *value, struct azb_error *err)
{
    return read_uris(change, REDIRECT_SPA, "spa", value, err);
}

static bool read_public(struct change *change, const struct json *value, struct azb_error *err)
{
    return read_uris(change, REDIRECT_PUBLIC, "publicClient", value, err);
}

static bool read_keys(struct change *change, const struct json *value, struct azb_error *err)
{
    if (value->type != JSON_ARRAY)
        return graph_bad(err, "keyCredentials: a list is expected.");
    change->keys = value;
    return true;
}

static bool read_passwords(struct change *change, const struct json *value, struct azb_error *err)
{
    (void)change;
    if (value->type == JSON_NULL || (value->type == JSON_ARRAY && value->count == 0))
        return true;
    return graph_bad(
        err, "passwordCredentials cannot be set here: use addPassword and removePassword.");
}

/* Personal accounts live in no tenant of ours. */
static bool read_audience(struct change *change, const struct json *value, struct azb_error *err)
{
    struct text text = json_text(value);
    change->application.audience = SIGN_IN_MY_ORG;
    if (value->type == JSON_NULL || sign_in_audience_of(text, &change->application.audience))
        return true;
    if (text_is(text, "AzureADandPersonalMicrosoftAccount") ||
        text_is(text, "PersonalMicrosoftAccount"))
        return fail_status(err, 501, "NotImplemented",
            "azbd has no personal Microsoft accounts: signInAudience is AzureADMyOrg or "
            "AzureADMultipleOrgs.");
    return graph_bad(err, "Invalid value specified for property 'signInAudience' of resource "
                          "'Application'.");
}

static bool read_identifier_uris(
    struct change *change, const struct json *value, struct azb_error *err)
{
    struct application *application = &change->application;
    char what[40];
    size_t count = 0;
    if (value->type != JSON_ARRAY || value->count > IDENTIFIER_URIS_MAX)
        return graph_bad(
            err, "identifierUris: a list of at most %d strings is expected.", IDENTIFIER_URIS_MAX);
    change->identifier_uris =
        arena_array(&change->request->arena, value->count + 1, sizeof *change->identifier_uris);
    if (!change->identifier_uris)
        return fail_memory(err);
    for (const struct json *uri = value->first; uri; uri = uri->next) {
        snprintf(what, sizeof what, "identifierUris[%zu]", count);
        if (!graph_read_string(change->request, uri, what, &change->identifier_uris[count], err))
            return false;
        if (!change->identifier_uris[count++])
            return graph_bad(err, "%s: a string is expected, not null.", what);
    }
    application->identifier_uris = change->identifier_uris;
    application->identifier_uri_count = count;
    return true;
}

static bool read_required(struct change *change, const struct json *value, struct azb_error *err)
{
    if (value->type != JSON_ARRAY)
        return graph_bad(err, "requiredResourceAccess: a list is expected.");
    change->required = value;
    return true;
}

static bool read_roles(struct change *change, const struct json *value, struct azb_error *err)
{
    if (value->type != JSON_ARRAY)
        return graph_bad(err, "appRoles: a list is expected.");
    change->roles = value;
    return true;
}

static bool read_token_version(
    struct change *change, const struct json *value, struct azb_error *err)
{
    int64_t version = 0;
    bool good = value->type == JSON_NULL ||
                (value->type == JSON_NUMBER && json_number_to_i64(value->text, &version) &&
                    (version == 1 || version == 2));
    change->application.token_version = (int)version;
    return good || graph_bad(err, "api.requestedAccessTokenVersion: 1, 2 or null is expected.");
}

/* What the object does not name stays as it is. */
static bool read_api(struct change *change, const struct json *value, struct azb_error *err)
{
    static const char *const known[] = {"requestedAccessTokenVersion", "oauth2PermissionScopes",
        "acceptMappedClaims", "knownClientApplications", "preAuthorizedApplications", NULL};
    if (value->type == JSON_NULL)
        return true;
    if (value->type != JSON_OBJECT)
        return graph_bad(err, "api: an object is expected.");
    const struct json *version = json_get(value, "requestedAccessTokenVersion");
    const struct json *scopes = json_get(value, "oauth2PermissionScopes");
    const struct json *trusted = json_get(value, "preAuthorizedApplications");
    if (!graph_check_members(value, known, err) ||
        (version && !read_token_version(change, version, err)))
        return false;
    if (trusted && trusted->type != JSON_ARRAY)
        return graph_bad(err, "api.preAuthorizedApplications: a list is expected.");
    if (scopes && scopes->type != JSON_ARRAY)
        return graph_bad(err, "api.oauth2PermissionScopes: a list is expected.");
    change->scopes = scopes ? scopes : change->scopes;
    change->trusted = trusted ? trusted : change->trusted;
    return true;
}

static bool read_owners(struct change *change, const struct json *value, struct azb_error *err)
{
    if (value->type != JSON_ARRAY || value->count > GRAPH_BINDS_MAX)
        return graph_bad(
            err, OWNERS_BIND ": a list of at most %d URLs is expected.", GRAPH_BINDS_MAX);
    change->owners = value;
    return true;
}

static const struct {
    const char *name;
    read_member *read;
} members[] = {
    {"displayName", read_name},
    {"publicClient", read_public},
    {"web", read_web},
    {"spa", read_spa},
    {"isFallbackPublicClient", read_fallback},
    {"keyCredentials", read_keys},
    {"passwordCredentials", read_passwords},
    {"signInAudience", read_audience},
    {"identifierUris", read_identifier_uris},
    {"appRoles", read_roles},
    {"requiredResourceAccess", read_required},
    {"api", read_api},
    {OWNERS_BIND, read_owners},
};

static bool read_one(struct change *change, const struct json *value, struct azb_error *err)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (text_is(value->name, members[i].name))
            return members[i].read(change, value, err);
    for (size_t i = 0; i < graph_application_kept_count; i++)
        if (text_is(value->name, graph_application_kept[i].path))
            return true; /* by graph_merge_properties() */
    return text_starts(value->name, "@odata.") ||
           graph_bad(err, "Invalid property '%.*s'.", TEXT_ARGS(text_slice(value->name, 0, 100)));
}

static bool read_change(struct change *change, struct azb_error *err)
{
    struct application *application = &change->application;
    change->uris = arena_array(&change->request->arena, REDIRECT_URIS_MAX, sizeof *change->uris);
    if (!change->uris)
        return fail_memory(err);
    for (size_t i = 0; i < application->redirect_uri_count && i < REDIRECT_URIS_MAX; i++)
        change->uris[change->uri_count++] = application->redirect_uris[i];
    for (const struct json *value = graph_body(change->request)->first; value; value = value->next)
        if (!read_one(change, value, err))
            return false;
    application->redirect_uris = change->uris;
    application->redirect_uri_count = change->uri_count;
    return graph_merge_properties(change->request, application->properties, graph_application_kept,
        graph_application_kept_count, &application->properties, err);
}

static bool add(struct change *change, struct azb_error *err)
{
    struct request *request = change->request;
    const struct application *application = &change->application;
    const struct new_application what = {
        .display_name = application->display_name,
        .public_client = application->public_client,
        .redirect_uris = change->uris,
        .redirect_uri_count = change->uri_count,
        .audience = application->audience,
        .token_version = application->token_version,
        .identifier_uris = application->identifier_uris,
        .identifier_uri_count = application->identifier_uri_count,
        .properties = application->properties,
        .now = request->now,
    };
    if (!what.display_name)
        return graph_bad(
            err, "A value is required for property 'displayName' of resource 'Application'.");
    return application_add(request->store, &what, &request->arena, &change->application, err) ||
           graph_refuse(TEXT_NONE, err);
}

/* The lists that have tables of their own. */
static bool set_lists(struct change *change, struct azb_error *err)
{
    struct request *request = change->request;
    const struct application *application = &change->application;
    const struct graph_holder holder = {.application_row = application->row};
    return (!change->keys || graph_set_keys(request, &holder, change->keys, err)) &&
           (!change->roles || graph_set_app_roles(request, application, change->roles, err)) &&
           (!change->scopes || graph_set_scopes(request, application, change->scopes, err)) &&
           (!change->trusted || graph_set_trusted(request, application, change->trusted, err)) &&
           (!change->required || graph_set_required(request, application, change->required, err));
}

static bool add_owner(
    struct request *request, const char *object_id, const struct json *url, struct azb_error *err)
{
    struct principal owner;
    struct text id = TEXT_NONE;
    if (!graph_read_reference(json_text(url), OWNERS_BIND, &id, err))
        return false;
    if (!principal_by_object_id(request->store, id, &request->arena, &owner, err) ||
        !owner_add(request->store, object_id, owner.object_id, err))
        return graph_refuse(id, err);
    return true;
}

/* Whoever makes an application without being told who owns it owns it. */
static bool set_owners(const struct change *change, struct azb_error *err)
{
    const char *object_id = change->application.object_id;
    if (!change->owners || change->owners->count == 0)
        return graph_make_owner(change->request, object_id, err);
    for (const struct json *url = change->owners->first; url; url = url->next)
        if (!add_owner(change->request, object_id, url, err))
            return false;
    return true;
}

bool graph_create_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct change change = {.request = request};
    if (!read_change(&change, err) || !add(&change, err) || !set_lists(&change, err) ||
        !set_owners(&change, err))
        return false;
    return graph_reply(
        request, reply, 201, KIND, graph_application_json(request, &change.application, err), err);
}

bool graph_update_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct change change = {.request = request};
    if (!graph_find_application(request, &change.application, err) || !read_change(&change, err))
        return false;
    if (!application_update(request->store, &change.application, err))
        return graph_refuse(request->values[0], err);
    if (change.owners)
        return graph_bad(err, OWNERS_BIND ": owners are changed at owners/$ref.");
    if (!set_lists(&change, err))
        return false;
    reply->status = 204;
    return true;
}
