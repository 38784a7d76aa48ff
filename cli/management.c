#include "cli/management.h"

#include "base/error.h"
#include "cli/commands.h"

char *account_scope(struct session *session, struct azb_error *err)
{
    static const char *const variables[] = {
        "AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "AZURE_BATCH_ACCOUNT"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (!environment(variables[i])) {
            fail(err, AZB_ERROR_CONFIGURATION,
                "%s is not set: say --scope, or set it (for a local azbd: eval \"$(azb env)\")",
                variables[i]);
            return NULL;
        }
    char *scope = arena_format(&session->arena,
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Batch/batchAccounts/%s",
        environment(variables[0]), environment(variables[1]), environment(variables[2]));
    if (!scope)
        fail_memory(err);
    return scope;
}

bool manage(struct session *session, enum endpoint endpoint, const char *method, const char *path,
    struct text body, const struct json **out, struct azb_error *err)
{
    const struct exchange exchange = {
        .endpoint = endpoint, .method = method, .path = path, .body = body};
    struct answer answer;
    if (!path)
        return fail_memory(err);
    if (!session_send(session, &exchange, &answer, err))
        return false;
    *out = answer.json;
    return true;
}

/* OData: a quote inside a literal is written twice. */
static void add_literal(struct buffer *filter, const char *value)
{
    buffer_add_char(filter, '\'');
    for (const char *at = value; *at; at++) {
        if (*at == '\'')
            buffer_add_char(filter, '\'');
        buffer_add_char(filter, *at);
    }
    buffer_add_char(filter, '\'');
}

/* Graph and Resource Manager call the link to the next page differently. */
static const char *next_page(struct session *session, const struct json *page)
{
    char *link = json_get_string(page, "@odata.nextLink", &session->arena);
    return link ? link : json_get_string(page, "nextLink", &session->arena);
}

bool manage_list(struct session *session, enum endpoint endpoint, const char *path,
    const struct json **items, struct azb_error *err)
{
    struct json *all = arena_alloc(&session->arena, sizeof *all);
    struct json **end = all ? &all->first : NULL;
    if (!all || !path)
        return fail_memory(err);
    all->type = JSON_ARRAY;
    for (; path && *path; path = next_page(session, *items)) {
        if (!manage(session, endpoint, "GET", path, TEXT_NONE, items, err))
            return false;
        const struct json *value = json_get(*items, "value");
        if (!value || value->type != JSON_ARRAY)
            return fail(err, AZB_ERROR_PROTOCOL, "the answer to a list has no 'value'");
        *end = value->first;
        while (*end)
            end = &(*end)->next;
        all->count += value->count;
    }
    *items = all;
    return true;
}

bool find_by(struct session *session, enum endpoint endpoint, const char *collection,
    const char *name, const char *value, const char *version, const struct json **items,
    struct azb_error *err)
{
    scoped_buffer struct buffer filter = {0}, path = {0};
    buffer_init(&filter, 64 * 1024);
    buffer_init(&path, 64 * 1024);
    buffer_format(&filter, "%s eq ", name);
    add_literal(&filter, value);
    buffer_format(&path, "%s?$filter=", collection);
    buffer_add_encoded(&path, buffer_text(&filter));
    if (version)
        buffer_format(&path, "&%s", version);
    if (filter.failed || path.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "the value for %s is too long", name);
    return manage_list(session, endpoint, arena_string(&session->arena, path.at), items, err);
}

const struct json *find_application(struct session *session, const char *id, struct azb_error *err)
{
    static const char *const names[] = {"appId", "id", "displayName"};
    size_t first = text_is_guid(text_of(id)) ? 0 : 2;
    size_t last = text_is_guid(text_of(id)) ? 1 : 2;
    const struct json *items = NULL;
    for (size_t i = first; i <= last; i++) {
        if (!find_by(
                session, ENDPOINT_GRAPH, "/v1.0/applications", names[i], id, NULL, &items, err))
            return NULL;
        if (items->count == 1)
            return items->first;
        if (items->count > 1) {
            fail(err, AZB_ERROR_CONFLICT,
                "%zu applications are called '%s': give the appId (azb app list)", items->count,
                id);
            return NULL;
        }
    }
    fail(err, AZB_ERROR_NOT_FOUND, "there is no application '%s' (azb app list shows them)", id);
    return NULL;
}

/* The object id of an application is nobody's: its service principal has another one. */
static bool nobody(struct session *session, const char *given, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *items = NULL;
    bool found = text_is_guid(text_of(given)) &&
                 find_by(session, ENDPOINT_GRAPH, "/v1.0/applications", "id", given, NULL, &items,
                     &ignored) &&
                 items->count == 1;
    azb_error_free(&ignored);
    if (found)
        return fail(err, AZB_ERROR_NOT_FOUND,
            "'%s' is the object id of the application '%.*s', and roles go to service principals: "
            "give its client id, %.*s",
            given, TEXT_ARGS(json_get_text(items->first, "displayName")),
            TEXT_ARGS(json_get_text(items->first, "appId")));
    return fail(err, AZB_ERROR_NOT_FOUND,
        "there is no service principal, user or group '%s' (a client id, object id or name)",
        given);
}

/* Roles bind object ids. People have client ids at hand, so both are understood. */
bool find_assignee(
    struct session *session, const char *given, struct assignee *out, struct azb_error *err)
{
    static const struct {
        const char *collection, *name, *type;
    } looks[] = {
        {"/v1.0/servicePrincipals", "appId", "ServicePrincipal"},
        {"/v1.0/servicePrincipals", "id", "ServicePrincipal"},
        {"/v1.0/servicePrincipals", "displayName", "ServicePrincipal"},
        {"/v1.0/users", "userPrincipalName", "User"},
        {"/v1.0/users", "id", "User"},
        {"/v1.0/groups", "id", "Group"},
        {"/v1.0/groups", "displayName", "Group"},
    };
    bool guid = text_is_guid(text_of(given));
    for (size_t i = 0; i < COUNT(looks); i++) {
        const struct json *items;
        bool by_name = strstr(looks[i].name, "Name") != NULL;
        if (by_name == guid)
            continue;
        if (!find_by(session, ENDPOINT_GRAPH, looks[i].collection, looks[i].name, given, NULL,
                &items, err))
            return false;
        if (items->count > 1)
            return fail(err, AZB_ERROR_CONFLICT,
                "%zu principals are called '%s': give the object id", items->count, given);
        if (items->count == 1) {
            out->object_id = json_get_string(items->first, "id", &session->arena);
            out->type = looks[i].type;
            out->item = items->first;
            return out->object_id ? true : fail_memory(err);
        }
    }
    return nobody(session, given, err);
}

const struct json *find_service_principal(
    struct session *session, const char *name, const char *value, struct azb_error *err)
{
    const struct json *items;
    if (!find_by(
            session, ENDPOINT_GRAPH, "/v1.0/servicePrincipals", name, value, NULL, &items, err))
        return NULL;
    if (items->count == 1)
        return items->first;
    fail(err, items->count ? AZB_ERROR_CONFLICT : AZB_ERROR_NOT_FOUND,
        "%zu service principals have the %s '%s'", items->count, name, value);
    return NULL;
}
