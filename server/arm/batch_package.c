/* Packages of applications: one a version. Made, uploaded to the URL that the answer gives,
 * activated. */
#include "arm/batch_application.h"
#include "arm/body.h"
#include "arm/package.h"
#include "arm/page.h"
#include "base/error.h"
#include "document.h"

#define COLUMNS "row, version, format, coalesce(activated, 0), upload_id, modified"

struct batch_package {
    int64_t row;
    const char *version;
    const char *format; /* NULL: pending */
    int64_t activated;  /* ticks; 0: never */
    const char *upload_id;
    int64_t modified;
};

/* {application} is the fourth variable, {version} the fifth. */
static struct text version_of(const struct request *request)
{
    return request->values[4];
}

/* ---- Finding --------------------------------------------------------------------------------- */

static void read_row(struct statement *s, struct arena *arena, struct batch_package *out)
{
    *out = (struct batch_package){
        .row = statement_i64(s, 0),
        .version = statement_string(s, 1, arena),
        .format = statement_string(s, 2, arena),
        .activated = statement_i64(s, 3),
        .upload_id = statement_string(s, 4, arena),
        .modified = statement_i64(s, 5),
    };
}

static bool look_up(struct request *request, const struct batch_application *application,
    struct batch_package *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS " FROM batch_package WHERE application = ?1 AND version = ?2");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_text(&s, 2, version_of(request));
    if (!statement_step(&s, found, err))
        return false;
    if (*found)
        read_row(&s, &request->arena, out);
    return true;
}

static bool find(struct request *request, struct batch_application *application,
    struct batch_package *out, struct azb_error *err)
{
    bool found;
    if (!application_find(request, application, err) ||
        !look_up(request, application, out, &found, err))
        return false;
    return found || fail_status(err, 404, "ApplicationPackageNotFound",
                        "The application '%s' has no package of the version '%.*s'.",
                        application->name, TEXT_ARGS(text_slice(version_of(request), 0, 100)));
}

/* ---- Showing --------------------------------------------------------------------------------- */

/* Who makes a version is to write it; who may see it reads, and must not be able to put something
 * else in before it is activated. */
static void write_url(struct request *request, struct json_writer *writer,
    const struct batch_application *application, const struct batch_package *package)
{
    int64_t ends = request->now + PACKAGE_URL_HOURS * 3600 * TICKS_PER_SECOND;
    bool is_made = strcmp(request->method, "PUT") == 0;
    enum package_permission permission = is_made ? PACKAGE_WRITE : PACKAGE_READ;
    json_member(writer, "storageUrl",
        package_url(
            request, application->name, package->version, package->upload_id, permission, ends));
    json_member_time(writer, "storageUrlExpiry", ends);
}

/* Up to the last of the properties that lists show, too; two objects are open. */
static void begin_package(struct request *request, struct json_writer *writer,
    const struct batch_application *application, const struct batch_package *package)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "%s/applications/%s/versions/%s",
            arm_call(request)->account->resource_id, application->name, package->version));
    json_member(writer, "name", package->version);
    json_member(writer, "type", APPLICATION_TYPE "/versions");
    json_member(writer, "etag", arm_etag(request, package->modified));
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "state", package->format ? "Active" : "Pending");
    json_member(writer, "format", package->format);
    json_member_time(writer, "lastActivationTime", package->activated);
}

static bool reply_package(struct request *request, const struct batch_application *application,
    const struct batch_package *package, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    begin_package(request, &writer, application, package);
    write_url(request, &writer, application, package);
    json_end_object(&writer);
    json_end_object(&writer);
    reply_header(reply, "ETag", arm_etag(request, package->modified));
    return reply_document(request, reply, 200, &text, err);
}

bool arm_get_package(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    struct batch_package package;
    return find(request, &application, &package, err) &&
           reply_package(request, &application, &package, reply, err);
}

bool arm_list_packages(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    struct batch_application application;
    struct batch_package package;
    bool row = true;
    scoped_buffer struct buffer text = {0};
    scoped_statement struct statement s =
        statement(request->store, "SELECT " COLUMNS " FROM batch_package WHERE application = ?1"
                                  " AND (?2 IS NULL OR version > ?2) ORDER BY version");
    if (!application_find(request, &application, err) ||
        !batch_page_begin(&page, request, &text, err))
        return false;
    statement_bind_i64(&s, 1, application.row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &row, err)) {
        if (!row || !arm_page_wants(&page, statement_borrow(&s, 1)))
            return arm_page_end(&page, reply, err);
        read_row(&s, &request->arena, &package);
        begin_package(request, &page.writer, &application, &package);
        json_end_object(&page.writer);
        json_end_object(&page.writer);
    }
    return false;
}

/* ---- Making ---------------------------------------------------------------------------------- */

static bool check_count(
    struct request *request, const struct batch_application *application, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s =
        statement(request->store, "SELECT count(*) FROM batch_package WHERE application = ?1");
    statement_bind_i64(&s, 1, application->row);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < PACKAGE_VERSIONS_MAX ||
           fail_status(err, 409, "ApplicationPackageQuotaReached",
               "The application has %d packages, which is as many as are allowed.",
               PACKAGE_VERSIONS_MAX);
}

static bool check_updates(const struct batch_application *application, struct azb_error *err)
{
    return application->allow_updates ||
           fail_status(err, 409, "ApplicationUpdatesNotAllowed",
               "The application '%s' has allowUpdates false: its packages can be neither "
               "overwritten nor deleted.",
               application->name);
}

/* A PUT begins a version anew: what was uploaded before belongs to it no more. */
static bool put_row(
    struct request *request, const struct batch_application *application, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!random_guid(id))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO batch_package (application, version, upload_id, modified)"
        " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (application, version) DO UPDATE SET"
        " upload_id = excluded.upload_id, modified = excluded.modified, format = NULL,"
        " activated = NULL");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_text(&s, 2, version_of(request));
    statement_bind_string(&s, 3, id);
    statement_bind_i64(&s, 4, request->now);
    packages_changed(request->service, request->store);
    return statement_run(&s, err);
}

bool arm_put_package(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    struct batch_package package;
    bool found;
    if (!application_find(request, &application, err) ||
        !application_id_check(version_of(request), "a version", ".", err) ||
        !look_up(request, &application, &package, &found, err))
        return false;
    if (!(found ? check_updates(&application, err) : check_count(request, &application, err)))
        return false;
    return put_row(request, &application, err) && find(request, &application, &package, err) &&
           reply_package(request, &application, &package, reply, err);
}

/* ---- Activating ------------------------------------------------------------------------------ */

static bool check_upload(
    struct request *request, const struct batch_package *package, struct azb_error *err)
{
    bool there, zip;
    if (!package_look(request->service, package->upload_id, &there, &zip, err))
        return false;
    if (!there)
        return fail_status(err, 409, "ApplicationPackageNotUploaded",
            "Nothing was uploaded to the package's storageUrl yet.");
    return zip || fail_status(err, 409, "ApplicationPackageInvalid",
                      "What was uploaded to the package's storageUrl is not a zip archive.");
}

static bool set_active(
    struct request *request, const struct batch_package *package, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE batch_package SET format = 'zip', activated = ?2, modified = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, package->row);
    statement_bind_i64(&s, 2, request->now);
    return statement_run(&s, err);
}

bool arm_activate_package(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const formats[] = {"zip", NULL};
    static const struct body_field fields[] = {
        {.name = "format", .kind = BODY_CHOICE, .required = true, .choices = formats}, {0}};
    struct batch_application application;
    struct batch_package package;
    return body_check(arm_call(request)->body, fields, "", err) &&
           find(request, &application, &package, err) && check_upload(request, &package, err) &&
           set_active(request, &package, err) && find(request, &application, &package, err) &&
           reply_package(request, &application, &package, reply, err);
}

/* ---- Deleting -------------------------------------------------------------------------------- */

static bool forget_default(struct request *request, const struct batch_application *application,
    const struct batch_package *package, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE batch_application SET default_version = NULL, modified = ?3"
        " WHERE row = ?1 AND default_version = ?2");
    statement_bind_i64(&s, 1, application->row);
    statement_bind_string(&s, 2, package->version);
    statement_bind_i64(&s, 3, request->now);
    return statement_run(&s, err);
}

bool arm_delete_package(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct batch_application application;
    struct batch_package package;
    bool found;
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM batch_package WHERE row = ?1");
    if (!application_find(request, &application, err) ||
        !look_up(request, &application, &package, &found, err))
        return false;
    reply->status = found ? 200 : 204;
    reply->body = TEXT("");
    if (!found)
        return true;
    if (!check_updates(&application, err) || !forget_default(request, &application, &package, err))
        return false;
    packages_changed(request->service, request->store);
    statement_bind_i64(&s, 1, package.row);
    return statement_run(&s, err);
}
