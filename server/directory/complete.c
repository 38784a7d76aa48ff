#include "directory/complete.h"

#include "base/error.h"
#include "directory/group.h"
#include "directory/managed_identity.h"
#include "directory/microsoft.h"
#include "directory/state.h"
#include "directory/user.h"

#define BATCH_DATA_CONTRIBUTOR_ROLE "6aaa78f1-f7de-44ca-8722-c64a23943cae"
#define USER_NAME "user"
#define LOOPBACK_REDIRECT "http://localhost"
/* The mark in directory_value. */
#define MARK "complete"
#define MARK_VALUE "3" /* of the version whose states lack nothing */

struct completing {
    struct store_connection *connection;
    const struct seed *seed;
    int64_t now;
    struct arena arena;
    const char *account_name;
    const char *account_id; /* ARM's resource id */
};

bool directory_is_complete(
    struct store_connection *connection, bool *complete, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM directory_value WHERE name = '" MARK "'"
                              " AND CAST(value AS TEXT) = '" MARK_VALUE "'");
    return statement_step(&s, complete, err);
}

/* ---- The local account ----------------------------------------------------------------------- */

static bool find_account(struct completing *completing, struct azb_error *err)
{
    scoped_statement struct statement s = statement(completing->connection,
        "SELECT name, '/subscriptions/' || subscription_id || '/resourceGroups/' || resource_group"
        " || '/providers/Microsoft.Batch/batchAccounts/' || name FROM account ORDER BY row LIMIT "
        "1");
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail(err, AZB_ERROR_IO, "the state has no Batch account");
    completing->account_name = statement_string(&s, 0, &completing->arena);
    completing->account_id = statement_string(&s, 1, &completing->arena);
    return completing->arena.failed ? fail_memory(err) : true;
}

static bool add_identity(struct completing *completing, struct azb_error *err)
{
    const struct managed_identity what = {
        .client_id = completing->seed->identity_client_id,
        .object_id = completing->seed->identity_object_id,
        .name = completing->account_name,
        .resource_id = completing->account_id,
        .system_assigned = true,
    };
    struct managed_identity added;
    return managed_identity_add(
        completing->connection, &what, completing->now, &completing->arena, &added, err);
}

/* ---- The user -------------------------------------------------------------------------------- */

static bool make_name(struct completing *completing, const char **out, struct azb_error *err)
{
    *out = completing->seed->user_name;
    if (*out)
        return true;
    scoped_statement struct statement s = statement(completing->connection,
        "SELECT '" USER_NAME "@' || domain FROM tenant ORDER BY row LIMIT 1");
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    *out = row ? statement_string(&s, 0, &completing->arena) : NULL;
    return *out ? true : fail_memory(err);
}

/* A person who signs in and may do nothing learns nothing: tasks can be run, roles not given. */
static bool assign_role(struct completing *completing, const char *user_id, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(NULL, "the role assignment", id, err))
        return false;
    scoped_statement struct statement s = statement(completing->connection,
        "INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id, created)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, completing->account_id);
    statement_bind_string(&s, 3, user_id);
    statement_bind_string(&s, 4, principal_kind_text(PRINCIPAL_USER));
    statement_bind_string(&s, 5, BATCH_DATA_CONTRIBUTOR_ROLE);
    statement_bind_i64(&s, 6, completing->now);
    return statement_run(&s, err) || fail_while(err, "role assignment");
}

/* The name may be taken in a state of version 1: then that user is nobody special. */
static bool name_is_free(
    struct completing *completing, const char *name, bool *is_free, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(completing->connection, "SELECT 1 FROM user WHERE user_principal_name = ?1");
    statement_bind_string(&s, 1, name);
    bool taken;
    if (!statement_step(&s, &taken, err))
        return false;
    *is_free = !taken;
    return true;
}

static bool add_user(struct completing *completing, struct azb_error *err)
{
    const struct seed *seed = completing->seed;
    struct new_user what = {
        .object_id = seed->user_object_id,
        .display_name = seed->user_display_name ? seed->user_display_name : "azb user",
        .password = seed->user_password,
        .now = completing->now,
    };
    struct user added;
    bool is_free;
    if (!make_name(completing, &what.user_principal_name, err) ||
        !name_is_free(completing, what.user_principal_name, &is_free, err))
        return false;
    if (!is_free)
        return true;
    return user_create(completing->connection, &what, &completing->arena, &added, err) &&
           directory_value_set(
               completing->connection, "user_object_id", text_of(added.object_id), err) &&
           directory_role_add(
               completing->connection, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, added.object_id, err) &&
           assign_role(completing, added.object_id, err);
}

/* ---- The administrator's application --------------------------------------------------------- */

static bool has_redirect(const struct application *application, const char *uri)
{
    for (size_t i = 0; i < application->redirect_uri_count; i++)
        if (strcmp(application->redirect_uris[i].uri, uri) == 0)
            return true;
    return false;
}

static bool add_redirect(
    struct application *application, const char *uri, struct arena *arena, struct azb_error *err)
{
    size_t count = application->redirect_uri_count;
    struct redirect_uri *uris = arena_array(arena, count + 1, sizeof *uris);
    if (!uris)
        return fail_memory(err);
    if (count > 0)
        memcpy(uris, application->redirect_uris, count * sizeof *uris);
    uris[count] = (struct redirect_uri){REDIRECT_PUBLIC, uri};
    application->redirect_uris = uris;
    application->redirect_uri_count = count + 1;
    return true;
}

static bool find_administrator(
    struct completing *completing, struct application *out, bool *found, struct azb_error *err)
{
    struct text client_id;
    struct azb_error why = AZB_ERROR_INIT;
    struct arena *arena = &completing->arena;
    if (!directory_value_get(
            completing->connection, "administrator_client_id", arena, &client_id, err))
        return false;
    *found = application_by_app_id(completing->connection, client_id, arena, out, &why);
    if (*found || why.kind == AZB_ERROR_NOT_FOUND) {
        azb_error_free(&why);
        return true;
    }
    return error_move(err, &why);
}

/* Whoever administrates a state sets up all that its users need, directory roles too. */
static bool add_administrator_roles(struct completing *completing, struct azb_error *err)
{
    static const char *const roles[] = {DIRECTORY_ROLE_USER_ADMINISTRATOR,
        DIRECTORY_ROLE_GROUPS_ADMINISTRATOR, DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR};
    struct text id;
    if (!directory_value_get(
            completing->connection, "administrator_object_id", &completing->arena, &id, err))
        return false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (!directory_role_add(completing->connection, roles[i], id.at, err))
            return false;
    return true;
}

/* What `azb login` asks for by ".default", when a user signs in to the administrator's application.
 */
static bool ask_for_services(
    struct completing *completing, const struct application *application, struct azb_error *err)
{
    static const char *const services[] = {APP_ID_BATCH, APP_ID_ARM};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        const struct microsoft_application *resource = microsoft_resource(text_of(services[i]));
        scoped_statement struct statement s = statement(completing->connection,
            "INSERT OR IGNORE INTO required_permission"
            " (application, resource_app_id, permission_id) VALUES (?1, ?2, ?3)");
        statement_bind_i64(&s, 1, application->row);
        statement_bind_string(&s, 2, resource->app_id);
        statement_bind_string(&s, 3, resource->permissions[0].id);
        if (!statement_run(&s, err))
            return false;
    }
    return true;
}

static bool open_administrator(struct completing *completing, struct azb_error *err)
{
    struct application application;
    bool found;
    if (!find_administrator(completing, &application, &found, err))
        return false;
    if (!found)
        return true; /* somebody deleted it */
    application.public_client = true;
    if (!has_redirect(&application, LOOPBACK_REDIRECT) &&
        !add_redirect(&application, LOOPBACK_REDIRECT, &completing->arena, err))
        return false;
    return application_update(completing->connection, &application, err) &&
           ask_for_services(completing, &application, err);
}

/* Applications of version 1 ask for User.Read as if they had been made today. */
static bool ask_for_user_read(struct store_connection *connection, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT OR IGNORE INTO required_permission (application, resource_app_id, permission_id)"
        " SELECT row, '" APP_ID_GRAPH "', '" PERMISSION_USER_READ "' FROM application"
        " WHERE home_tenant_id IS NULL");
    return statement_run(&s, err);
}

/* What signing in needs: since version 2. */
static bool has_sign_in(struct store_connection *connection, bool *has, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM directory_value WHERE name = '" MARK "'");
    return statement_step(&s, has, err);
}

static bool add_sign_in(struct completing *completing, struct azb_error *err)
{
    return ask_for_user_read(completing->connection, err) && find_account(completing, err) &&
           add_identity(completing, err) && add_user(completing, err) &&
           open_administrator(completing, err);
}

bool directory_complete(struct store_connection *connection, const struct seed *seed, int64_t now,
    struct azb_error *err)
{
    struct completing completing = {.connection = connection, .seed = seed, .now = now};
    arena_init(&completing.arena, 0);
    bool signs_in;
    bool done = has_sign_in(connection, &signs_in, err) && microsoft_add(connection, now, err) &&
                (signs_in || add_sign_in(&completing, err)) &&
                add_administrator_roles(&completing, err) &&
                directory_value_set(connection, MARK, TEXT(MARK_VALUE), err);
    arena_wipe(&completing.arena);
    return done || fail_while(err, "what signing in needs");
}
