#include "arm/batch_application.h"

#include <inttypes.h>

#include "arm/body.h"
#include "arm/package.h"
#include "arm/page.h"
#include "base/error.h"
#include "document.h"

#define COLUMNS "row, name, display_name, default_version, allow_updates, modified"

bool application_id_check(struct text id, const char *what, const char *more, struct azb_error *err)
{
    bool good = id.length >= 1 && id.length <= APPLICATION_ID_MAX;
    for (size_t i = 0; good && i < id.length; i++) {
        unsigned char c = (unsigned char)id.at[i];
        good = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
               c == '_' || (*more && c == (unsigned char)*more);
    }
    return good || fail_status(err, 400, "InvalidPropertyValue",
                       "The name of %s must have 1 to %d characters of A-Z, a-z, 0-9, '-' and "
                       "'_'%s.",
                       what, APPLICATION_ID_MAX, *more ? ", or '.'" : "");
}

char *arm_etag(struct request *request, int64_t modified)
{
    return arena_format(
        &request->arena, "W/\"0x%" PRIX64 "\"", (uint64_t)(modified + TICKS_BEFORE_1970));
}

/* ---- Finding --------------------------------------------------------------------------------- */

static void read_row(struct statement *s, struct arena *arena, struct batch_application *out)
{
    *out = (struct batch_application){
        .row = statement_i64(s, 0),
        .name = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .default_version = statement_string(s, 3, arena),
        .allow_updates = statement_i64(s, 4) != 0,
        .modified = statement_i64(s, 5),
    };
}

static bool look_up(
    struct request *request, struct batch_application *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS " FROM batch_application WHERE account = ?1 AND name = ?2");
    statement_bind_i64(&s, 1, arm_call(request)->account->row);
    statement_bind_text(&s, 2, request->values[3]);
    if (!statement_step(&s, found, err))
        return false;
    if (*found)
        read_row(&s, &request->arena, out);
    return true;
}

bool application_find(struct request *request, struct batch_application *out, struct azb_error *err)
{
    bool found;
    if (!look_up(request, out, &found, err))
        return false;
    return found ||
           fail_status(err, 404, "ApplicationNotFound",
               "The application '%.*s' was not found in the Batch account '%s'.",
               TEXT_ARGS(text_slice(request->values[3], 0, 100)), arm_call(request)->account->name);
}

/* ---- Showing --------------------------------------------------------------------------------- */

static void write_application(struct request *request, struct json_writer *writer,
    const struct batch_application *application)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "%s/applications/%s", arm_call(request)->account->resource_id,
            application->name));
    json_member(writer, "name", application->name);
    json_member(writer, "type", APPLICATION_TYPE);
    json_member(writer, "etag", arm_etag(request, application->modified));
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "displayName", application->display_name);
    json_member_bool(writer, "allowUpdates", application->allow_updates);
    json_member(writer, "defaultVersion", application->default_version);
    json_end_object(writer);
    json_end_object(writer);
}

static bool reply_application(struct request *request, const struct batch_application *application,
    struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    write_application(request, &writer, application);
    reply_header(reply, "ETag", arm_etag(request, application->modified));
    return reply_document(request, reply, 200, &text, err);
}

bool arm_get_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    return application_find(request, &application, err) &&
           reply_application(request, &application, reply, err);
}

bool arm_list_applications(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    struct batch_application application;
    bool row = true;
    scoped_buffer struct buffer text = {0};
    scoped_statement struct statement s =
        statement(request->store, "SELECT " COLUMNS " FROM batch_application WHERE account = ?1"
                                  " AND (?2 IS NULL OR name > ?2) ORDER BY name");
    if (!batch_page_begin(&page, request, &text, err))
        return false;
    statement_bind_i64(&s, 1, arm_call(request)->account->row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &row, err)) {
        if (!row || !arm_page_wants(&page, statement_borrow(&s, 1)))
            return arm_page_end(&page, reply, err);
        read_row(&s, &request->arena, &application);
        write_application(request, &page.writer, &application);
    }
    return false;
}

/* ---- Changing -------------------------------------------------------------------------------- */

static const struct body_field properties[] = {
    {.name = "displayName", .kind = BODY_STRING, .most = 1024},
    {.name = "allowUpdates", .kind = BODY_BOOL},
    {.name = "defaultVersion", .kind = BODY_STRING, .least = 1, .most = APPLICATION_ID_MAX}, {0}};
static const struct body_field fields[] = {
    {.name = "properties", .kind = BODY_OBJECT, .fields = properties},
    {.name = "id", .kind = BODY_SHOWN}, {.name = "name", .kind = BODY_SHOWN},
    {.name = "type", .kind = BODY_SHOWN}, {.name = "etag", .kind = BODY_SHOWN},
    {.name = "tags", .kind = BODY_SHOWN}, {0}};

static bool check_version(
    struct request *request, const struct batch_application *application, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s = statement(
        request->store, "SELECT 1 FROM batch_package WHERE application = ?1 AND version = ?2");
    if (!application->default_version)
        return true;
    statement_bind_i64(&s, 1, application->row);
    statement_bind_string(&s, 2, application->default_version);
    if (!statement_step(&s, &found, err))
        return false;
    return found || body_refuse(err, "properties.", "defaultVersion",
                        "the application has no package of this version");
}

/* Lays the body over the application. An absent member stays; null takes it away. */
static void apply(struct request *request, struct batch_application *application)
{
    const struct json *given = json_get_nocase(arm_call(request)->body, "properties");
    const struct json *name = json_get_nocase(given, "displayName");
    const struct json *updates = json_get_nocase(given, "allowUpdates");
    const struct json *version = json_get_nocase(given, "defaultVersion");
    if (name)
        application->display_name = text_string(&request->arena, json_text(name));
    if (updates && updates->type == JSON_BOOL)
        application->allow_updates = updates->boolean;
    if (version)
        application->default_version = text_string(&request->arena, json_text(version));
    application->modified = request->now;
}

static bool store(
    struct request *request, const struct batch_application *application, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE batch_application SET display_name = ?2, default_version = ?3, allow_updates = ?4,"
        " modified = ?5 WHERE row = ?1");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_string(&s, 2, application->display_name);
    statement_bind_string(&s, 3, application->default_version);
    statement_bind_i64(&s, 4, application->allow_updates);
    statement_bind_i64(&s, 5, application->modified);
    return statement_run(&s, err);
}

static bool check_count(struct request *request, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s =
        statement(request->store, "SELECT count(*) FROM batch_application WHERE account = ?1");
    statement_bind_i64(&s, 1, arm_call(request)->account->row);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < APPLICATIONS_MAX ||
           fail_status(err, 409, "ApplicationQuotaReached",
               "The Batch account has %d applications, which is as many as are allowed.",
               APPLICATIONS_MAX);
}

/* The account may have gone since `prepare` saw it. */
static bool check_account(struct request *request, struct azb_error *err)
{
    struct account account;
    return account_read(
               request->store, arm_call(request)->account->row, &request->arena, &account, err) &&
           account_check_open(&account, err);
}

static bool insert(struct request *request, struct batch_application *out, struct azb_error *err)
{
    if (!application_id_check(request->values[3], "an application", "", err) ||
        !check_count(request, err))
        return false;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO batch_application (account, name, allow_updates, modified)"
        " VALUES (?1, ?2, 1, ?3)");
    statement_bind_i64(&s, 1, arm_call(request)->account->row);
    statement_bind_text(&s, 2, request->values[3]);
    statement_bind_i64(&s, 3, request->now);
    if (!statement_run(&s, err))
        return false;
    *out = (struct batch_application){.row = store_last_row(request->store),
        .name = text_string(&request->arena, request->values[3]),
        .allow_updates = true};
    return out->name ? true : fail_memory(err);
}

bool arm_put_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    bool found;
    if (!check_account(request, err) || !body_check(arm_call(request)->body, fields, "", err) ||
        !look_up(request, &application, &found, err) ||
        (!found && !insert(request, &application, err)))
        return false;
    application.allow_updates = true;
    application.display_name = application.default_version = NULL;
    apply(request, &application);
    return check_version(request, &application, err) && store(request, &application, err) &&
           reply_application(request, &application, reply, err);
}

bool arm_patch_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    if (!body_check(arm_call(request)->body, fields, "", err) ||
        !application_find(request, &application, err))
        return false;
    apply(request, &application);
    return check_version(request, &application, err) && store(request, &application, err) &&
           reply_application(request, &application, reply, err);
}

/* ---- Deleting -------------------------------------------------------------------------------- */

static bool check_without_packages(
    struct request *request, const struct batch_application *application, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(request->store, "SELECT 1 FROM batch_package WHERE application = ?1 LIMIT 1");
    statement_bind_i64(&s, 1, application->row);
    if (!statement_step(&s, &found, err))
        return false;
    return !found ||
           fail_status(err, 409, "ApplicationHasPackages",
               "The application '%s' has packages; delete them first.", application->name);
}

bool arm_delete_application(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    bool found;
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM batch_application WHERE row = ?1");
    if (!look_up(request, &application, &found, err) ||
        (found && !check_without_packages(request, &application, err)))
        return false;
    reply->status = found ? 200 : 204;
    reply->body = TEXT("");
    statement_bind_i64(&s, 1, found ? application.row : 0);
    return statement_run(&s, err);
}

bool applications_remove(struct service *service, struct store_connection *connection,
    int64_t account, struct azb_error *err)
{
    scoped_statement struct statement packages =
        statement(connection, "DELETE FROM batch_package WHERE application IN"
                              " (SELECT row FROM batch_application WHERE account = ?1)");
    scoped_statement struct statement applications =
        statement(connection, "DELETE FROM batch_application WHERE account = ?1");
    statement_bind_i64(&packages, 1, account);
    statement_bind_i64(&applications, 1, account);
    if (!statement_run(&packages, err) || !statement_run(&applications, err))
        return false;
    packages_changed(service, connection);
    return true;
}
