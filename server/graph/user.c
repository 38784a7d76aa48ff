/* /v1.0/users and /v1.0/me */
#include "directory/user.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "users"

/* ---- As JSON --------------------------------------------------------------------------------- */

static void write_or_null(struct json_writer *writer, const char *name, const char *value)
{
    json_name(writer, name);
    json_write_string(writer, value);
}

/* What nothing here acts on, as an application's. */
static const struct graph_property kept[] = {
    {"mailNickname", PROPERTY_STRING},
    {"mail", PROPERTY_STRING},
    {"jobTitle", PROPERTY_STRING},
    {"department", PROPERTY_STRING},
    {"companyName", PROPERTY_STRING},
    {"employeeId", PROPERTY_STRING},
    {"officeLocation", PROPERTY_STRING},
    {"mobilePhone", PROPERTY_STRING},
    {"preferredLanguage", PROPERTY_STRING},
    {"usageLocation", PROPERTY_STRING},
    {"passwordPolicies", PROPERTY_STRING},
    {"onPremisesImmutableId", PROPERTY_STRING},
    {"city", PROPERTY_STRING},
    {"country", PROPERTY_STRING},
    {"businessPhones", PROPERTY_STRINGS},
    {"otherMails", PROPERTY_STRINGS},
};

#define KEPT (sizeof kept / sizeof *kept)

static struct text user_json(
    struct request *request, const struct user *user, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", user->object_id);
    json_member(&writer, "displayName", user->display_name);
    write_or_null(&writer, "givenName", user->given_name);
    write_or_null(&writer, "surname", user->surname);
    json_member(&writer, "userPrincipalName", user->user_principal_name);
    json_member_bool(&writer, "accountEnabled", user->enabled);
    graph_write_time(&writer, "createdDateTime", user->created);
    json_member(&writer, "userType", user->home_tenant_id ? "Guest" : "Member");
    if (!graph_write_properties(request, &writer, user->properties, kept, KEPT, NULL, err))
        return TEXT_NONE;
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct user *)item)->object_id;
}

static const char *name_of(const void *item)
{
    return ((const struct user *)item)->display_name;
}

static const char *upn_of(const void *item)
{
    return ((const struct user *)item)->user_principal_name;
}

static const char *given_of(const void *item)
{
    return ((const struct user *)item)->given_name;
}

static const char *surname_of(const void *item)
{
    return ((const struct user *)item)->surname;
}

static const char *enabled_of(const void *item)
{
    return ((const struct user *)item)->enabled ? "true" : "false";
}

static const char *type_of(const void *item)
{
    return ((const struct user *)item)->home_tenant_id ? "Guest" : "Member";
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"displayName", QUERY_STRING, name_of},
    {"userPrincipalName", QUERY_STRING, upn_of},
    {"givenName", QUERY_STRING, given_of},
    {"surname", QUERY_STRING, surname_of},
    {"userType", QUERY_EQ, type_of},
    {"accountEnabled", QUERY_TRUTH, enabled_of},
};

bool graph_list_users(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct user *items;
    size_t count;
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !user_list(request->store, &request->arena, &items, &count, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = user_json(request, &items[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

/* By object id or user principal name. */
static bool find(struct request *request, struct text id, struct user *out, struct azb_error *err)
{
    bool found = text_is_guid(id) ? user_by_object_id(request->store, id, &request->arena, out, err)
                                  : user_by_name(request->store, id, &request->arena, out, err);
    return found || graph_refuse(id, err);
}

bool graph_user_item(
    struct request *request, struct text id, struct text *item, struct azb_error *err)
{
    struct user user;
    *item = TEXT_NONE;
    if (!user_by_object_id(request->store, id, &request->arena, &user, err)) {
        if (err->kind != AZB_ERROR_NOT_FOUND)
            return false;
        azb_error_free(err);
        return true;
    }
    *item = user_json(request, &user, err);
    return item->at != NULL;
}

static bool reply_user(
    struct request *request, struct reply *reply, struct text id, struct azb_error *err)
{
    struct user user;
    return find(request, id, &user, err) &&
           graph_reply(request, reply, 200, KIND, user_json(request, &user, err), err);
}

bool graph_get_user(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_user(request, reply, request->values[0], err);
}

bool graph_get_me(struct request *request, struct reply *reply, struct azb_error *err)
{
    if (request->caller.kind != CALLER_USER)
        return fail_status(err, 400, "BadRequest",
            "/me request is only valid with delegated authentication flow.");
    return reply_user(request, reply, text_of(request->caller.object_id), err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool check_members(struct request *request, struct azb_error *err)
{
    static const char *const own[] = {"displayName", "givenName", "surname", "userPrincipalName",
        "accountEnabled", "passwordProfile"};
    const char *known[sizeof own / sizeof *own + KEPT + 1] = {0};
    memcpy(known, own, sizeof own);
    for (size_t i = 0; i < KEPT; i++)
        known[sizeof own / sizeof *own + i] = kept[i].path;
    return graph_check_members(graph_body(request), known, err);
}

/* A string member of a user; absent leaves what is there, null empties what may be empty. */
static bool read_member(
    struct request *request, const char *name, const char **out, struct azb_error *err)
{
    const struct json *value = json_get(graph_body(request), name);
    return !value || graph_read_string(request, value, name, out, err);
}

/* New names must be of the tenant's own domain; those of guests hold it, too. */
static bool check_domain(struct request *request, const char *name, struct azb_error *err)
{
    const char *at = strchr(name, '@'), *domain = directory_tenant_domain(request->service);
    return !at || string_equal_nocase(at + 1, domain) ||
           graph_bad(err,
               "userPrincipalName: the domain '%.100s' is not one of the organization's: '%s' is "
               "expected.",
               at + 1, domain);
}

static bool read_user(struct request *request, struct user *user, struct azb_error *err)
{
    const char *before = user->user_principal_name;
    if (!check_members(request, err) ||
        !graph_merge_properties(request, user->properties, kept, KEPT, &user->properties, err) ||
        !read_member(request, "displayName", &user->display_name, err) ||
        !read_member(request, "givenName", &user->given_name, err) ||
        !read_member(request, "surname", &user->surname, err) ||
        !read_member(request, "userPrincipalName", &user->user_principal_name, err) ||
        !graph_read_bool(
            json_get(graph_body(request), "accountEnabled"), "accountEnabled", &user->enabled, err))
        return false;
    return !user->user_principal_name || user->user_principal_name == before ||
           check_domain(request, user->user_principal_name, err);
}

/* NULL: none was given. */
static bool read_password(struct request *request, const char **out, struct azb_error *err)
{
    static const char *const profile_members[] = {
        "password", "forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa", NULL};
    const struct json *profile = json_get(graph_body(request), "passwordProfile");
    bool change = false, change_with_mfa = false;
    *out = NULL;
    if (!profile || profile->type == JSON_NULL)
        return true;
    if (profile->type != JSON_OBJECT)
        return graph_bad(err, "passwordProfile: an object is expected.");
    if (!graph_check_members(profile, profile_members, err) ||
        !graph_read_string(
            request, json_get(profile, "password"), "passwordProfile.password", out, err) ||
        !graph_read_bool(json_get(profile, "forceChangePasswordNextSignIn"),
            "passwordProfile.forceChangePasswordNextSignIn", &change, err) ||
        !graph_read_bool(json_get(profile, "forceChangePasswordNextSignInWithMfa"),
            "passwordProfile.forceChangePasswordNextSignInWithMfa", &change_with_mfa, err))
        return false;
    if (change || change_with_mfa)
        return fail_status(err, 501, "NotImplemented",
            "azbd has no page that changes passwords: forceChangePasswordNextSignIn must be "
            "false.");
    return !*out || password_check_form(text_of(*out), err) || graph_refuse(TEXT_NONE, err);
}

/* ---- On the writer's thread ------------------------------------------------------------------ */

/* A password's hash is slow: it is made on the slow lane's thread, where `serve` runs, and only
 * what came of it is written. */
struct user_write {
    struct request *request;
    struct reply *reply;
    struct text hash; /* of a new password; absent: none was given */
    bool (*serve)(const struct user_write *write, struct azb_error *err);
    struct azb_error
        refused; /* what `serve` said, which the store's word for it does not replace */
};

static bool run_write(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct user_write *write = context;
    struct request *request = write->request;
    struct store_connection *reader = request->store;
    request->store = connection;
    bool done = write->serve(write, &write->refused);
    request->store = reader;
    return done || fail(err, write->refused.kind, "refused");
}

static bool write_user(struct user_write *write, struct azb_error *err)
{
    struct request *request = write->request;
    struct azb_error why = AZB_ERROR_INIT;
    const char *password;
    if (!read_password(request, &password, err) ||
        (password && !password_hash(text_of(password), &request->arena, &write->hash, err)))
        return false;
    if (store_is_writer(request->store))
        return write->serve(write, err); /* somebody's else work, in which this is a part */
    if (store_write_wait(request->service->store, run_write, write, &why))
        return true;
    if (write->refused.kind == AZB_ERROR_NONE)
        return error_move(err, &why);
    azb_error_free(&why);
    return error_move(err, &write->refused);
}

/* ---- Serving --------------------------------------------------------------------------------- */

static bool create(const struct user_write *write, struct azb_error *err)
{
    struct request *request = write->request;
    struct user user = {.enabled = true}, added;
    if (!read_user(request, &user, err))
        return false;
    if (!user.display_name || !user.user_principal_name || !write->hash.at)
        return graph_bad(err, "A value is required for property '%s' of resource 'User'.",
            !user.display_name          ? "displayName"
            : !user.user_principal_name ? "userPrincipalName"
                                        : "passwordProfile");
    const struct new_user what = {
        .user_principal_name = user.user_principal_name,
        .display_name = user.display_name,
        .given_name = user.given_name,
        .surname = user.surname,
        .password_hash = write->hash,
        .properties = user.properties,
        .now = request->now,
    };
    if (!user_create(request->store, &what, &request->arena, &added, err))
        return graph_refuse(TEXT_NONE, err);
    added.enabled = user.enabled;
    return user_set_enabled(request->store, added.row, added.enabled, err) &&
           graph_reply(request, write->reply, 201, KIND, user_json(request, &added, err), err);
}

bool graph_create_user(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct user_write write = {.request = request, .reply = reply, .serve = create};
    return write_user(&write, err);
}

static bool is_above(
    struct request *request, const struct user *user, bool *above, struct azb_error *err)
{
    static const char *const roles[] = {DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR,
        DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
        DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR};
    *above = false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles && !*above; i++)
        if (!directory_role_has(request->store, roles[i], user->object_id, above, err))
            return false;
    return true;
}

/* Who administrates users must not get more by taking the password of somebody who has it: an
 * application administrator makes secrets of applications that have roles. */
static bool may_change(struct request *request, const struct user *user, struct azb_error *err)
{
    bool above, has;
    if (!is_above(request, user, &above, err) ||
        !directory_role_has(request->store, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR,
            request->caller.object_id, &has, err))
        return false;
    return !above || has ||
           fail_status(err, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation. '%s' is a global or application "
               "administrator, whom only a global administrator may change.",
               user->user_principal_name);
}

static bool update(const struct user_write *write, struct azb_error *err)
{
    struct request *request = write->request;
    struct user user;
    struct text id = request->values[0];
    if (!find(request, id, &user, err) || !may_change(request, &user, err) ||
        !read_user(request, &user, err))
        return false;
    if (!user_update(request->store, &user, err) ||
        (write->hash.at && !user_set_password_hash(request->store, user.row, write->hash, err)))
        return graph_refuse(id, err);
    write->reply->status = 204;
    return true;
}

bool graph_update_user(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct user_write write = {.request = request, .reply = reply, .serve = update};
    return write_user(&write, err);
}

bool graph_delete_user(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct user user;
    if (!find(request, request->values[0], &user, err) || !may_change(request, &user, err) ||
        !user_remove(request->store, user.row, err))
        return false;
    authorize_roles_changed(request); /* groups of the user gave it some */
    reply->status = 204;
    return true;
}
