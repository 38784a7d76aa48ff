/*
 * graph/graph.h - what the files of the Graph plane share: rows, lists, errors.
 */
#ifndef SERVER_GRAPH_GRAPH_H
#define SERVER_GRAPH_GRAPH_H

#include "base/json.h"
#include "directory/group.h"
#include "directory/permission.h"
#include "graph/search.h"
#include "query_filter.h"
#include "route.h"

#define GRAPH_LIST_MAX 999 /* $top */
#define GRAPH_CREDENTIALS_MAX 100
#define GRAPH_BINDS_MAX 20 /* references in one body */

/* What the caller needs (graph/right.c). */
enum graph_right {
    GRAPH_READS_SELF, /* who signed in, about themselves */
    GRAPH_READS_APPLICATIONS,
    GRAPH_READS_USERS,
    GRAPH_READS_GROUPS,
    GRAPH_READS_DIRECTORY,
    GRAPH_REGISTERS,         /* makes applications: every user may, and owns them */
    GRAPH_APPLICATIONS,      /* changes them and service principals; their owners may, too */
    GRAPH_ROLLS_KEYS,        /* the application's proof is asked for; no right is needed */
    GRAPH_CONSENTS,          /* oauth2PermissionGrants */
    GRAPH_GIVES_ROLES,       /* appRoleAssignments */
    GRAPH_GIVES_GRAPH_ROLES, /* those of Microsoft Graph to programs */
    GRAPH_CREATES_USERS,
    GRAPH_USERS,
    GRAPH_CREATES_GROUPS,
    GRAPH_GROUPS,  /* changes them; their owners may, too */
    GRAPH_MEMBERS, /* the same */
    GRAPH_DIRECTORY_ROLES,
};

/* The row of a route. */
struct graph_operation {
    enum graph_right right;
    bool has_body; /* a JSON object is required: request->prepared */
    int which;     /* the serving function's own: enum membership, ... */
};

/* 403 Authorization_RequestDenied with what is missing, when the caller may not. */
bool graph_require_right(struct request *request, enum graph_right right, struct azb_error *err);
/* Whether the caller has one of the directory roles that give this right, or the application
 * permission: not only as an owner. */
bool graph_administrates(
    struct request *request, enum graph_right right, bool *does, struct azb_error *err);
/* The caller owns what it made. */
bool graph_make_owner(struct request *request, const char *object_id, struct azb_error *err);

/* ---- What a path is about (graph/subject.c) ---------------------------------------------------
 */

enum graph_kind {
    GRAPH_USER,
    GRAPH_GROUP,
    GRAPH_PRINCIPAL,
    GRAPH_APPLICATION,
};

struct graph_subject {
    enum graph_kind kind;
    const char *object_id;
};

/* The object that the route's path begins with: "/v1.0/groups/{id}/...", "/v1.0/me/...". 404 when
 * it is not there. */
bool graph_find_subject(struct request *request, struct graph_subject *out, struct azb_error *err);
/* "#microsoft.graph.group" without what is in front of the dot: "group". */
const char *graph_kind_text(enum graph_kind kind);

/* The object id in a reference, {"@odata.id": "https://.../directoryObjects/{id}"}, as text. False:
 * 400. */
bool graph_read_reference(
    struct text url, const char *what, struct text *id, struct azb_error *err);
/* The same of a body that is one reference; and who it is, 404 when there is nobody. */
bool graph_read_reference_body(struct request *request, struct text *id, struct azb_error *err);
bool graph_find_referenced(struct request *request, struct principal *out, struct azb_error *err);
/* 400: `property`, a list of references, has it already. Always false. */
bool graph_already_referenced(const char *property, struct azb_error *err);

/* What getMember... and checkMember... are about. */
enum graph_asked {
    GRAPH_ASKS_GROUPS,
    GRAPH_ASKS_OBJECTS, /* groups and directory roles */
};

/* The body that prepare read. */
const struct json *graph_body(const struct request *request);

/* 400 Request_BadRequest. */
bool graph_bad(struct azb_error *err, const char *format, ...) AZB_PRINTF(2, 3);
/* 404 Request_ResourceNotFound. */
bool graph_not_found(struct text id, struct azb_error *err);
/* Gives an error of the directory Graph's code; NOT_FOUND names `id`. Always false. */
bool graph_refuse(struct text id, struct azb_error *err);

/* ---- Replies (graph/list.c) ------------------------------------------------------------------ */

/* A list on its way: $filter, $search, $orderby, $select, $count, $top and $skiptoken are done
 * here. */
struct graph_list {
    struct request *request;
    const struct query_property *properties;
    size_t property_count;
    struct query_filter filter;
    struct graph_search search;
    struct text select; /* absent: everything */
    size_t skip, top, passed;
    bool more, counts;
    struct buffer text;
    struct json_writer writer;
};

/* `kind` is what "@odata.context" ends with: "applications". False: a query that is not understood.
 * graph_list_end() must follow a true. */
bool graph_list_begin(struct graph_list *list, struct request *request, const char *kind,
    const struct query_property *properties, size_t count, struct azb_error *err);
/* Sorts the items as $orderby says; as they are without it. */
bool graph_list_order(
    struct graph_list *list, void *items, size_t count, size_t item_size, struct azb_error *err);
/* True when this item belongs on the page: write it with graph_list_add(). Every item must be asked
 * for: $count wants to know. */
bool graph_list_wants(struct graph_list *list, const void *item);
void graph_list_add(struct graph_list *list, struct text item);
bool graph_list_end(struct graph_list *list, struct reply *reply, struct azb_error *err);
void graph_list_free(struct graph_list *list);
#define scoped_graph_list __attribute__((cleanup(graph_list_free)))

/* {"value": [...]} of strings. */
bool graph_reply_strings(struct request *request, struct reply *reply, const char *const *strings,
    size_t count, struct azb_error *err);

/* One object: its JSON with "@odata.context" before and only what $select names. */
bool graph_reply(struct request *request, struct reply *reply, int status, const char *kind,
    struct text item, struct azb_error *err);

/* ---- Properties that are kept and not acted on (graph/property.c) -----------------------------
 */

enum graph_property_type {
    PROPERTY_STRING,
    PROPERTY_STRINGS,
    PROPERTY_BOOL,
    PROPERTY_OBJECT,
    PROPERTY_LIST,
};

struct graph_property {
    const char *path; /* "web.homePageUrl" */
    enum graph_property_type type;
};

/* `before` (a JSON object by paths) with what the request's body says; null takes one away. The
 * text is in the arena. */
bool graph_merge_properties(struct request *request, const char *before,
    const struct graph_property *rows, size_t count, const char **after, struct azb_error *err);
/* Writes those that have `object` in front of the dot; NULL: those without a dot. One that is not
 * set is null, or an empty list. */
bool graph_write_properties(struct request *request, struct json_writer *writer,
    const char *properties, const struct graph_property *rows, size_t count, const char *object,
    struct azb_error *err);

/* ---- Objects as JSON, in the arena; absent without memory -------------------------------------
 */

struct text graph_application_json(
    struct request *request, const struct application *application, struct azb_error *err);
/* What is kept of it as it was written. */
extern const struct graph_property graph_application_kept[];
extern const size_t graph_application_kept_count;
struct text graph_principal_json(
    struct request *request, const struct service_principal *principal, struct azb_error *err);
struct text graph_group_json(
    struct request *request, const struct group *group, struct azb_error *err);
/* By object id; *item is absent without an error when there is none. */
bool graph_user_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err);
/* The same for whatever has the id, as a member of a list of mixed kinds: with "@odata.type".
 * `wanted` TEXT_NONE: any kind. */
bool graph_object_item(struct request *request, struct text id, struct text wanted,
    struct text *item, struct azb_error *err);
/* A whole reply: these principals, each as the object that it is. They are sorted here. */
bool graph_reply_principals(struct request *request, struct reply *reply, struct principal *items,
    size_t count, struct azb_error *err);
extern const struct query_property graph_principal_properties[]; /* of a struct principal */
extern const size_t graph_principal_property_count;
struct text graph_directory_role_json(
    struct request *request, const struct directory_role *role, struct azb_error *err);
/* With "@odata.type" in front: "#microsoft.graph." and `type`. */
struct text graph_typed(
    struct request *request, const char *type, struct text item, struct azb_error *err);
/* What was written, copied to the arena. */
struct text graph_keep(struct request *request, const struct buffer *text, struct azb_error *err);
/* "2026-11-23T22:30:11Z" or null. */
void graph_write_time(struct json_writer *writer, const char *name, int64_t ticks);

/* ---- Credentials (graph/credentials.c) --------------------------------------------------------
 */

/* Whose credentials: an application's, or those of its service principal here. */
struct graph_holder {
    int64_t application_row;
    bool is_principal;
};

/* What its key credentials become: kept by keyId, added, or removed. */
bool graph_set_keys(struct request *request, const struct graph_holder *holder,
    const struct json *keys, struct azb_error *err);
/* "keyCredentials" and "passwordCredentials". */
bool graph_write_credentials(struct request *request, struct json_writer *writer,
    const struct graph_holder *holder, struct azb_error *err);
/* The one that the path names; 400 for a service principal without an application. */
bool graph_find_holder(struct request *request, struct graph_holder *out, struct azb_error *err);
/* One entry of keyCredentials; *key_id is in the arena. */
bool graph_add_certificate(struct request *request, const struct graph_holder *holder,
    const struct json *entry, const char **key_id, struct azb_error *err);
void graph_write_secret(
    struct json_writer *writer, const struct client_secret *secret, const char *value);
void graph_write_certificate(
    struct json_writer *writer, const struct client_certificate *certificate);

/* ---- Permissions (graph/permission.c) ----------------------------------------------------------
 */

/* Members of an application: "requiredResourceAccess", and of its "api" the token version and
 * "oauth2PermissionScopes". */
bool graph_write_required(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err);
bool graph_write_offered(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err);
/* "oauth2PermissionScopes" of an application or a service principal. */
void graph_write_scopes(
    struct json_writer *writer, const struct permission *permissions, size_t count);
/* "appRoles" of an application (graph/app_role.c). */
bool graph_write_app_roles(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err);
bool graph_set_app_roles(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err);
/* The lists become what the body says. */
bool graph_set_required(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err);
bool graph_set_scopes(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err);

/* "preAuthorizedApplications" of an application's "api". */
bool graph_write_trusted(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err);
bool graph_set_trusted(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err);

/* ---- Values of a body (graph/plane.c) ----------------------------------------------------------
 */

/* A string in the arena; NULL when it is absent or null. `what` names it in the message. */
bool graph_read_string(struct request *request, const struct json *value, const char *what,
    const char **out, struct azb_error *err);
/* Leaves *out when it is absent or null. */
bool graph_read_bool(const struct json *value, const char *what, bool *out, struct azb_error *err);
/* 400 for a member that is not among `known` (ends with NULL). */
bool graph_check_members(
    const struct json *object, const char *const *known, struct azb_error *err);

/* ---- Redirect URIs (graph/redirect_uri.c) -----------------------------------------------------
 */

/* Web and single-page applications: https, or http on a loopback host. Public clients: any scheme
 * of their own, too. No fragment. `what` names the member in the message. */
bool graph_check_redirect_uri(
    enum redirect_kind kind, struct text uri, const char *what, struct azb_error *err);

/* The application that values[0] names, by object id or (applications(appId='...')) client id. */
bool graph_find_application(
    struct request *request, struct application *out, struct azb_error *err);

/* What the plane does before and after each route (graph/plane.c). */
bool graph_prepare(struct request *request, struct azb_error *err);
void graph_finish(struct request *request, struct reply *reply);
void graph_reply_error(struct request *request, struct reply *reply, const struct azb_error *err);

extern serve_fn graph_list_applications, graph_create_application, graph_get_application,
    graph_update_application, graph_delete_application, graph_add_password, graph_remove_password,
    graph_add_key, graph_remove_key, graph_admin_consent;
extern serve_fn graph_list_principals, graph_create_principal, graph_get_principal,
    graph_update_principal, graph_delete_principal;
extern serve_fn graph_list_users, graph_get_user, graph_create_user, graph_update_user,
    graph_delete_user, graph_get_me;
extern serve_fn graph_list_groups, graph_create_group, graph_get_group, graph_update_group,
    graph_delete_group;
extern serve_fn graph_list_membership, graph_add_member, graph_remove_member, graph_get_member_ids,
    graph_check_member_ids;
extern serve_fn graph_list_owners, graph_add_owner, graph_remove_owner, graph_list_owned;
extern serve_fn graph_get_object, graph_delete_object, graph_get_by_ids;
extern serve_fn graph_list_directory_roles, graph_get_directory_role,
    graph_list_directory_role_members, graph_add_directory_role_member,
    graph_remove_directory_role_member;
extern serve_fn graph_list_organization, graph_get_organization, graph_list_domains,
    graph_list_nothing;
extern serve_fn graph_list_grants, graph_create_grant, graph_get_grant, graph_update_grant,
    graph_delete_grant;
extern serve_fn graph_list_federated, graph_create_federated, graph_get_federated,
    graph_update_federated, graph_delete_federated;
extern serve_fn graph_list_assigned_to, graph_list_assignments, graph_create_assigned_to,
    graph_create_assignment, graph_get_assignment, graph_delete_assignment;
extern serve_fn graph_unserved;

#endif
