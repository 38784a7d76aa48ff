#include "directory/directory.h"

#include <ctype.h>

#include "base/error.h"
#include "directory/permission.h"
#include "directory/state.h"
#include "store/rows.h"

#define REDIRECT_URI_MAX 2048
#define REDIRECT_URIS_MAX 256
#define IDENTIFIER_URI_MAX 255
#define IDENTIFIER_URIS_MAX 50
#define COLUMNS                                                                                    \
    "row, object_id, app_id, display_name, public_client, created, sign_in_audience,"              \
    " home_tenant_id, token_version, properties"

static const char *const audience_words[] = {
    [SIGN_IN_MY_ORG] = "AzureADMyOrg",
    [SIGN_IN_MULTIPLE_ORGS] = "AzureADMultipleOrgs",
};

const char *sign_in_audience_text(enum sign_in_audience audience)
{
    return audience_words[audience];
}

bool sign_in_audience_of(struct text text, enum sign_in_audience *out)
{
    for (size_t i = 0; i < sizeof audience_words / sizeof *audience_words; i++)
        if (text_is(text, audience_words[i])) {
            *out = (enum sign_in_audience)i;
            return true;
        }
    return false;
}

static bool read_redirect_uri(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct redirect_uri *uri = item;
    (void)err;
    *uri = (struct redirect_uri){
        .kind = (enum redirect_kind)statement_i64(s, 0),
        .uri = statement_string(s, 1, arena),
    };
    return true;
}

static bool read_redirect_uris(struct store_connection *connection, struct arena *arena,
    struct application *application, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "SELECT kind, uri FROM redirect_uri WHERE application = ?1 ORDER BY position");
    statement_bind_i64(&s, 1, application->row);
    application->redirect_uris = rows_read(&s, sizeof *application->redirect_uris,
        read_redirect_uri, arena, &application->redirect_uri_count, err);
    return application->redirect_uris != NULL;
}

static bool read_identifier_uri(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    const char **uri = item;
    (void)err;
    *uri = statement_string(s, 0, arena);
    return true;
}

static bool read_identifier_uris(struct store_connection *connection, struct arena *arena,
    struct application *application, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "SELECT uri FROM identifier_uri WHERE application = ?1 ORDER BY position");
    statement_bind_i64(&s, 1, application->row);
    application->identifier_uris = rows_read(&s, sizeof *application->identifier_uris,
        read_identifier_uri, arena, &application->identifier_uri_count, err);
    return application->identifier_uris != NULL;
}

static bool read_application(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct application *application = item;
    *application = (struct application){
        .row = statement_i64(s, 0),
        .object_id = statement_string(s, 1, arena),
        .app_id = statement_string(s, 2, arena),
        .display_name = statement_string(s, 3, arena),
        .public_client = statement_i64(s, 4) != 0,
        .created = statement_i64(s, 5),
        .audience = (enum sign_in_audience)statement_i64(s, 6),
        .home_tenant_id = statement_string(s, 7, arena),
        .token_version = (int)statement_i64(s, 8),
        .properties = statement_string(s, 9, arena),
    };
    return read_redirect_uris(s->connection, arena, application, err) &&
           read_identifier_uris(s->connection, arena, application, err);
}

bool application_by_app_id(struct store_connection *connection, struct text app_id,
    struct arena *arena, struct application *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT " COLUMNS " FROM application WHERE app_id = ?1");
    struct row_wanted wanted = {"application", "client id", app_id};
    return row_find(&s, &wanted, read_application, arena, out, err);
}

bool application_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct application *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT " COLUMNS " FROM application WHERE object_id = ?1");
    struct row_wanted wanted = {"application", "object id", object_id};
    return row_find(&s, &wanted, read_application, arena, out, err);
}

bool application_list(struct store_connection *connection, struct arena *arena,
    struct application **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT " COLUMNS " FROM application WHERE home_tenant_id IS NULL"
                              " ORDER BY display_name COLLATE NOCASE, row");
    struct application *list = rows_read(&s, sizeof *list, read_application, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

/* ---- Its URIs ---------------------------------------------------------------------------- */

/* An absolute URI without fragment (RFC 3986 section 4.3; RFC 6749 section 3.1.2 for redirects): a
 * scheme and something behind it. `what` begins with an article. */
static bool uri_check(const char *uri, const char *what, size_t maximum, struct azb_error *err)
{
    size_t length = uri ? strlen(uri) : 0;
    size_t scheme = length ? strcspn(uri, ":") : 0;
    if (length == 0 || length > maximum)
        return fail(err, AZB_ERROR_ARGUMENT, "%s must have 1 to %zu characters", what, maximum);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)uri[i] <= 0x20 || (unsigned char)uri[i] >= 0x7f || uri[i] == '#')
            return fail(err, AZB_ERROR_ARGUMENT,
                "%s '%.200s' holds a space, a fragment or a character that a URI cannot hold", what,
                uri);
    if (!isalpha((unsigned char)uri[0]) || scheme + 1 >= length)
        return fail(err, AZB_ERROR_ARGUMENT, "%s '%.200s' is not an absolute URI", what, uri);
    return true;
}

bool redirect_uri_is_script(struct text uri)
{
    static const char *const schemes[] = {
        "javascript:", "vbscript:", "data:", "blob:", "file:", "about:", "view-source:"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct text scheme = text_of(schemes[i]);
        if (text_equal_nocase(text_slice(uri, 0, scheme.length), scheme))
            return true;
    }
    return false;
}

/* ---- Changes ----------------------------------------------------------------------------- */

static bool insert_redirect_uri(struct store_connection *connection, int64_t application,
    size_t position, const struct redirect_uri *uri, struct azb_error *err)
{
    if (!uri_check(uri->uri, "a redirect URI", REDIRECT_URI_MAX, err))
        return false;
    if (redirect_uri_is_script(text_of(uri->uri)))
        return fail(err, AZB_ERROR_ARGUMENT,
            "the redirect URI '%.200s' must lead to the application: https, http on localhost, or "
            "a scheme of its own",
            uri->uri);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO redirect_uri (application, position, kind, uri) VALUES (?1, ?2, ?3, ?4)");
    statement_bind_i64(&s, 1, application);
    statement_bind_i64(&s, 2, (int64_t)position);
    statement_bind_i64(&s, 3, uri->kind);
    statement_bind_string(&s, 4, uri->uri);
    return statement_run(&s, err);
}

static bool write_redirect_uris(struct store_connection *connection, int64_t application,
    const struct redirect_uri *uris, size_t count, struct azb_error *err)
{
    if (count > REDIRECT_URIS_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "an application has at most %d redirect URIs, not %zu",
            REDIRECT_URIS_MAX, count);
    for (size_t i = 0; i < count; i++)
        if (!insert_redirect_uri(connection, application, i, &uris[i], err))
            return false;
    return true;
}

static bool insert_identifier_uri(struct store_connection *connection, int64_t application,
    size_t position, const char *uri, struct azb_error *err)
{
    if (!uri_check(uri, "an identifier URI", IDENTIFIER_URI_MAX, err))
        return false;
    scoped_statement struct statement s = statement(
        connection, "INSERT INTO identifier_uri (application, position, uri) VALUES (?1, ?2, ?3)");
    statement_bind_i64(&s, 1, application);
    statement_bind_i64(&s, 2, (int64_t)position);
    statement_bind_string(&s, 3, uri);
    return statement_run(&s, err) || fail_while(err, "identifier URI '%.200s'", uri);
}

static bool write_identifier_uris(struct store_connection *connection, int64_t application,
    const char *const *uris, size_t count, struct azb_error *err)
{
    if (count > IDENTIFIER_URIS_MAX)
        return fail(err, AZB_ERROR_ARGUMENT,
            "an application has at most %d identifier URIs, not %zu", IDENTIFIER_URIS_MAX, count);
    for (size_t i = 0; i < count; i++)
        if (!insert_identifier_uri(connection, application, i, uris[i], err))
            return false;
    return true;
}

static bool insert_application(struct store_connection *connection, const char *object_id,
    const char *app_id, const struct new_application *what, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO application (object_id, app_id, display_name, public_client, created,"
        " sign_in_audience, home_tenant_id, token_version, properties)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?9, '{}'))");
    statement_bind_string(&s, 1, object_id);
    statement_bind_string(&s, 2, app_id);
    statement_bind_string(&s, 3, what->display_name);
    statement_bind_i64(&s, 4, what->public_client);
    statement_bind_i64(&s, 5, what->now);
    statement_bind_i64(&s, 6, what->audience);
    statement_bind_string(&s, 7, what->home_tenant_id);
    statement_bind_i64(&s, 8, what->token_version);
    statement_bind_string(&s, 9, what->properties);
    return statement_run(&s, err) || fail_while(err, "application '%.100s'", what->display_name);
}

static bool check_new(const struct new_application *what, struct azb_error *err)
{
    if (what->home_tenant_id && !text_is_guid(text_of(what->home_tenant_id)))
        return fail(err, AZB_ERROR_ARGUMENT, "the application's home tenant '%.80s' is not a GUID",
            what->home_tenant_id);
    return directory_name_check(what->display_name, "the application's display name", err);
}

/* What the portal gives each new registration. */
static bool ask_for_user_read(struct store_connection *connection, int64_t row,
    const struct new_application *what, struct azb_error *err)
{
    return what->home_tenant_id ||
           required_permission_add(connection, row, APP_ID_GRAPH, PERMISSION_USER_READ, err);
}

bool application_add(struct store_connection *connection, const struct new_application *what,
    struct arena *arena, struct application *out, struct azb_error *err)
{
    char object_id[GUID_TEXT], app_id[GUID_TEXT];
    if (!check_new(what, err) ||
        !directory_id(what->object_id, "the application's object id", object_id, err) ||
        !directory_id(what->app_id, "the application's client id", app_id, err) ||
        !insert_application(connection, object_id, app_id, what, err))
        return false;
    int64_t row = store_last_row(connection);
    if (!write_redirect_uris(connection, row, what->redirect_uris, what->redirect_uri_count, err) ||
        !write_identifier_uris(
            connection, row, what->identifier_uris, what->identifier_uri_count, err) ||
        !ask_for_user_read(connection, row, what, err))
        return false;
    return application_by_object_id(connection, text_of(object_id), arena, out, err);
}

static bool update_row(struct store_connection *connection, const struct application *application,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE application SET display_name = ?2, public_client = ?3, sign_in_audience = ?4,"
        " token_version = ?5, properties = coalesce(?6, properties) WHERE row = ?1");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_string(&s, 2, application->display_name);
    statement_bind_i64(&s, 3, application->public_client);
    statement_bind_i64(&s, 4, application->audience);
    statement_bind_i64(&s, 5, application->token_version);
    statement_bind_string(&s, 6, application->properties);
    return statement_run(&s, err);
}

bool application_update(struct store_connection *connection, const struct application *application,
    struct azb_error *err)
{
    static const char *const steps[] = {
        "DELETE FROM redirect_uri WHERE application = ?1",
        "DELETE FROM identifier_uri WHERE application = ?1",
    };
    int64_t row = application->row;
    return directory_name_check(application->display_name, "the application's display name", err) &&
           update_row(connection, application, err) &&
           directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err) &&
           write_redirect_uris(
               connection, row, application->redirect_uris, application->redirect_uri_count, err) &&
           write_identifier_uris(connection, row, application->identifier_uris,
               application->identifier_uri_count, err);
}

bool application_remove(struct store_connection *connection, int64_t row, struct azb_error *err)
{
#define APP_ID "(SELECT app_id FROM application WHERE row = ?1)"
#define PRINCIPALS                                                                                 \
    "(SELECT p.object_id FROM service_principal p"                                                 \
    " JOIN application a ON a.app_id = p.app_id WHERE a.row = ?1)"
    static const char *const steps[] = {
        "DELETE FROM group_member WHERE member_id IN " PRINCIPALS,
        "DELETE FROM directory_role_member WHERE principal_id IN " PRINCIPALS,
        "DELETE FROM app_role_assignment WHERE principal_id IN " PRINCIPALS
        " OR resource_id IN " PRINCIPALS,
        "DELETE FROM owner WHERE object_id IN " PRINCIPALS " OR owner_id IN " PRINCIPALS,
        "DELETE FROM service_principal WHERE object_id IN " PRINCIPALS,
        "DELETE FROM owner WHERE object_id = (SELECT object_id FROM application WHERE row = ?1)",
        "DELETE FROM pre_authorized WHERE application = ?1 OR client_app_id = " APP_ID,
        "DELETE FROM consent WHERE client_app_id = " APP_ID " OR resource_app_id = " APP_ID,
        "DELETE FROM authorization_code WHERE client_app_id = " APP_ID,
        "DELETE FROM refresh_token WHERE client_app_id = " APP_ID,
        "DELETE FROM device_code WHERE client_app_id = " APP_ID,
        "DELETE FROM redirect_uri WHERE application = ?1",
        "DELETE FROM identifier_uri WHERE application = ?1",
        "DELETE FROM exposed_permission WHERE application = ?1",
        "DELETE FROM required_permission WHERE application = ?1",
        "DELETE FROM app_role WHERE application = ?1",
        "DELETE FROM federated_credential WHERE application = ?1",
        "DELETE FROM client_secret WHERE application = ?1",
        "DELETE FROM client_certificate WHERE application = ?1",
        "DELETE FROM application WHERE row = ?1",
    };
#undef PRINCIPALS
#undef APP_ID
    return directory_run_steps(connection, row, steps, sizeof steps / sizeof *steps, err);
}
