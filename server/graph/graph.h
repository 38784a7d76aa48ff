/*
 * graph/graph.h - what the files of the Graph plane share: rows, lists, errors.
 */
#ifndef SERVER_GRAPH_GRAPH_H
#define SERVER_GRAPH_GRAPH_H

#include "base/json.h"
#include "directory/directory.h"
#include "directory/permission.h"
#include "query_filter.h"
#include "route.h"

#define GRAPH_LIST_MAX 999 /* $top */
#define GRAPH_CREDENTIALS_MAX 100

/* What the caller needs: a directory role (a global administrator may do everything) and, when a
 * program acts for a user, a delegated permission as well. */
enum graph_right {
    GRAPH_READS_SELF,   /* no role; User.Read or openid */
    GRAPH_READS,        /* no role: every principal of the tenant */
    GRAPH_APPLICATIONS, /* application administrator */
    GRAPH_USERS,        /* user administrator */
};

/* The row of a route. */
struct graph_operation {
    enum graph_right right;
    bool has_body; /* a JSON object is required: request->prepared */
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

/* A list on its way: $filter, $select, $top and $skiptoken are done here. */
struct graph_list {
    struct request *request;
    struct query_filter filter;
    struct text select; /* absent: everything */
    size_t skip, top, passed;
    bool more;
    struct buffer text;
    struct json_writer writer;
};

/* `kind` is what "@odata.context" ends with: "applications". False: a query that is not understood.
 * graph_list_end() must follow a true. */
bool graph_list_begin(struct graph_list *list, struct request *request, const char *kind,
    const struct query_property *properties, size_t count, struct azb_error *err);
/* True when this item belongs on the page: write it with graph_list_add(). */
bool graph_list_wants(struct graph_list *list, const void *item);
void graph_list_add(struct graph_list *list, struct text item);
bool graph_list_end(struct graph_list *list, struct reply *reply, struct azb_error *err);
void graph_list_free(struct graph_list *list);
#define scoped_graph_list __attribute__((cleanup(graph_list_free)))

/* One object: its JSON with "@odata.context" before and only what $select names. */
bool graph_reply(struct request *request, struct reply *reply, int status, const char *kind,
    struct text item, struct azb_error *err);

/* ---- Objects as JSON, in the arena; absent without memory -------------------------------------
 */

struct text graph_application_json(
    struct request *request, const struct application *application, struct azb_error *err);
struct text graph_principal_json(
    struct request *request, const struct service_principal *principal, struct azb_error *err);
/* By object id or user principal name; absent without an error: there is none. */
bool graph_user_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err);
/* What was written, copied to the arena. */
struct text graph_keep(struct request *request, const struct buffer *text, struct azb_error *err);
/* "2026-11-23T22:30:11Z" or null. */
void graph_write_time(struct json_writer *writer, const char *name, int64_t ticks);

/* ---- Credentials (graph/credentials.c) --------------------------------------------------------
 */

/* What an application's key credentials become: kept by keyId, added, or removed. */
bool graph_set_keys(struct request *request, const struct application *application,
    const struct json *keys, struct azb_error *err);
void graph_write_secret(
    struct json_writer *writer, const struct client_secret *secret, const char *value);
void graph_write_certificate(
    struct json_writer *writer, const struct client_certificate *certificate);

/* ---- Permissions (graph/permission.c) ----------------------------------------------------------
 */

/* Members of an application: "requiredResourceAccess" and "api". */
bool graph_write_required(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err);
bool graph_write_api(struct request *request, struct json_writer *writer,
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

extern serve_fn graph_list_applications, graph_create_application, graph_get_application,
    graph_update_application, graph_delete_application, graph_add_password, graph_remove_password,
    graph_list_principals, graph_create_principal, graph_get_principal, graph_update_principal,
    graph_delete_principal, graph_list_users, graph_get_user, graph_create_user, graph_update_user,
    graph_delete_user, graph_list_groups, graph_get_group, graph_get_by_ids,
    graph_list_organization, graph_get_me, graph_list_grants, graph_create_grant, graph_get_grant,
    graph_update_grant, graph_delete_grant, graph_list_federated, graph_create_federated,
    graph_get_federated, graph_delete_federated, graph_list_assigned_to, graph_list_assignments,
    graph_create_assigned_to, graph_create_assignment, graph_get_assignment,
    graph_delete_assignment, graph_unserved;

#endif
