/* What a path is about, and what a reference in a body points to. */
#include "base/error.h"
#include "directory/user.h"
#include "graph/graph.h"

static const char *const kind_words[] = {
    [GRAPH_USER] = "user",
    [GRAPH_GROUP] = "group",
    [GRAPH_PRINCIPAL] = "servicePrincipal",
    [GRAPH_APPLICATION] = "application",
};

const char *graph_kind_text(enum graph_kind kind)
{
    return kind_words[kind];
}

/* ---- Finding one ----------------------------------------------------------------------------- */

typedef bool find_fn(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err);

static bool find_user(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    struct user user;
    if (!(text_is_guid(id) ? user_by_object_id(request->store, id, &request->arena, &user, err)
                           : user_by_name(request->store, id, &request->arena, &user, err)))
        return false;
    *out = (struct graph_subject){GRAPH_USER, user.object_id};
    return true;
}

static bool find_me(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    (void)id;
    if (request->caller.kind != CALLER_USER)
        return fail_status(err, 400, "BadRequest",
            "/me request is only valid with delegated authentication flow.");
    return find_user(request, text_of(request->caller.object_id), out, err);
}

static bool find_group(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    struct group group;
    if (!group_by_object_id(request->store, id, &request->arena, &group, err))
        return false;
    *out = (struct graph_subject){GRAPH_GROUP, group.object_id};
    return true;
}

static bool find_principal(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    struct service_principal principal;
    if (!service_principal_by_object_id(request->store, id, &request->arena, &principal, err))
        return false;
    *out = (struct graph_subject){GRAPH_PRINCIPAL, principal.object_id};
    return true;
}

static bool find_principal_by_app_id(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    struct service_principal principal;
    if (!service_principal_by_app_id(request->store, id, &request->arena, &principal, err))
        return false;
    *out = (struct graph_subject){GRAPH_PRINCIPAL, principal.object_id};
    return true;
}

static bool find_application(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    struct application application;
    (void)id;
    if (!graph_find_application(request, &application, err))
        return false;
    *out = (struct graph_subject){GRAPH_APPLICATION, application.object_id};
    return true;
}

/* Applications have object ids of their own, and are no principals. */
static bool find_any(
    struct request *request, struct text id, struct graph_subject *out, struct azb_error *err)
{
    static find_fn *const finds[] = {find_user, find_group, find_principal, find_application};
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        struct azb_error why = AZB_ERROR_INIT;
        if (text_is_guid(id) && finds[i](request, id, out, &why))
            return true;
        if (why.kind != AZB_ERROR_NOT_FOUND && why.kind != AZB_ERROR_NONE && why.http_status != 404)
            return error_move(err, &why);
        azb_error_free(&why);
    }
    return graph_not_found(id, err);
}

static const struct {
    const char *path; /* what the route's begins with */
    find_fn *find;
} subjects[] = {
    {"/v1.0/users", find_user},
    {"/v1.0/me", find_me},
    {"/v1.0/groups/", find_group},
    {"/v1.0/servicePrincipals(", find_principal_by_app_id},
    {"/v1.0/servicePrincipals/", find_principal},
    {"/v1.0/applications", find_application},
    {"/v1.0/directoryObjects/", find_any},
};

bool graph_find_subject(struct request *request, struct graph_subject *out, struct azb_error *err)
{
    struct text id = request->values[0];
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (text_starts(text_of(request->route->path), subjects[i].path))
            return subjects[i].find(request, id, out, err) || graph_refuse(id, err);
    return graph_not_found(id, err);
}

/* ---- References ------------------------------------------------------------------------------ */

static bool is_collection(struct text name)
{
    static const char *const names[] = {
        "directoryObjects", "users", "groups", "servicePrincipals", "applications"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal_nocase(name, text_of(names[i])))
            return true;
    return false;
}

bool graph_read_reference(struct text url, const char *what, struct text *id, struct azb_error *err)
{
    struct text rest = url, piece, before = TEXT_NONE, last = TEXT_NONE;
    while (text_starts(url, "https://") && text_cut(&rest, '/', &piece)) {
        before = last;
        last = piece;
    }
    *id = last;
    return (text_is_guid(last) && is_collection(before)) ||
           graph_bad(err,
               "%s: the URL of an object is expected, such as "
               "https://graph.microsoft.com/v1.0/directoryObjects/{id}, not '%.*s'.",
               what, TEXT_ARGS(text_slice(url, 0, 200)));
}

bool graph_read_reference_body(struct request *request, struct text *id, struct azb_error *err)
{
    static const char *const known[] = {"@odata.id", NULL};
    const struct json *body = graph_body(request);
    return graph_check_members(body, known, err) &&
           graph_read_reference(json_get_text(body, "@odata.id"), "@odata.id", id, err);
}

bool graph_find_referenced(struct request *request, struct principal *out, struct azb_error *err)
{
    struct text id;
    return graph_read_reference_body(request, &id, err) &&
           (principal_by_object_id(request->store, id, &request->arena, out, err) ||
               graph_refuse(id, err));
}

bool graph_already_referenced(const char *property, struct azb_error *err)
{
    return graph_bad(err,
        "One or more added object references already exist for the following modified properties: "
        "'%s'.",
        property);
}
