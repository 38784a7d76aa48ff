/*
 * The plane of /packages/: packages of applications are put and got by signed URLs, in the way of
 * blobs with a shared access signature ("Put Blob", "Get Blob" of the storage services' REST
 * reference). The signature is all the proof that is asked for, as there.
 */
#include "arm/package_plane.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "route.h"
#include "state.h"

#define VERSION "2024-11-04"

/* {packageId} is the last variable. */
static struct text id_of(const struct request *request)
{
    return request->values[2];
}

/* ---- May it be done -------------------------------------------------------------------------- */

static bool refuse_signature(struct azb_error *err, const char *what)
{
    return fail_status(err, 403, "AuthenticationFailed",
        "The package's URL cannot be used: %s. A new one is in the storageUrl of the package.",
        what);
}

static bool check_signature(struct request *request, struct azb_error *err)
{
    struct text ends = request_query(request, "se"), sp = request_query(request, "sp");
    struct text given = request_query(request, "sig");
    int64_t end;
    if (!ends.at || !sp.at || !given.at)
        return refuse_signature(err, "se, sp or sig is missing");
    char *right = package_signature(request->service, id_of(request), ends, sp, &request->arena);
    if (!right)
        return fail_memory(err);
    if (!secret_equal(given, text_of(right)))
        return refuse_signature(err, "its signature does not match");
    if (!time_parse_iso8601(ends, &end) || end < request->now)
        return refuse_signature(err, "it has expired");
    bool writes = strcmp(request->method, "PUT") == 0;
    return !writes || text_is(sp, package_permission_text(PACKAGE_WRITE)) ||
           fail_status(err, 403, "AuthorizationPermissionMismatch",
               "The package's URL is for reading only.");
}

/* *pending: it may still be written. */
static bool find_package(struct request *request, bool *pending, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(request->store, "SELECT format IS NULL FROM batch_package WHERE upload_id = ?1");
    statement_bind_text(&s, 1, id_of(request));
    if (!statement_step(&s, &found, err))
        return false;
    *pending = found && statement_i64(&s, 0) != 0;
    return found || fail_status(err, 404, "BlobNotFound", "The package was deleted or replaced.");
}

static bool prepare(struct request *request, struct azb_error *err)
{
    return text_is_guid(id_of(request))
               ? check_signature(request, err)
               : fail_status(err, 404, "BlobNotFound", "There is no such package.");
}

/* ---- PUT ------------------------------------------------------------------------------------- */

/* Parts of one blob would be put together later: what is allowed comes in one piece. */
static bool check_put(struct request *request, struct azb_error *err)
{
    const char *type = request_header(request, "x-ms-blob-type");
    if (request_query(request, "comp").at)
        return fail_status(err, 501, "NotImplemented",
            "azbd takes a package in one request, of at most %zu bytes.", PACKAGE_SIZE_MAX);
    return !type || string_equal_nocase(type, "BlockBlob") ||
           fail_status(err, 400, "InvalidHeaderValue",
               "x-ms-blob-type: '%.40s' is not allowed; allowed is BlockBlob.", type);
}

static bool check_condition(struct request *request, struct azb_error *err)
{
    bool there, zip;
    const char *condition = request_header(request, "If-None-Match");
    if (!condition)
        return true;
    char *id = text_string(&request->arena, id_of(request));
    if (!id)
        return fail_memory(err);
    return package_look(request->service, id, &there, &zip, err) &&
           (!there || fail_status(err, 409, "BlobAlreadyExists",
                          "The package was uploaded already, and If-None-Match forbids to replace "
                          "it."));
}

static bool put(struct request *request, struct reply *reply, struct azb_error *err)
{
    char path[PATH_MAX];
    bool pending;
    char *id = text_string(&request->arena, id_of(request));
    if (!id)
        return fail_memory(err);
    if (!find_package(request, &pending, err) || !check_put(request, err) ||
        !check_condition(request, err))
        return false;
    if (!pending)
        return fail_status(err, 409, "BlobImmutableDueToPolicy",
            "The package was activated and cannot be written any more; PUT its version again.");
    if (!package_path(request->service, id, path, err) ||
        !file_replace(path, 0600, request->body.at ? request->body : TEXT(""), err))
        return false;
    reply->status = 201;
    reply->body = TEXT("");
    return true;
}

/* ---- GET ------------------------------------------------------------------------------------- */

static bool get(struct request *request, struct reply *reply, struct azb_error *err)
{
    bool pending;
    struct stat status;
    struct azb_error why = AZB_ERROR_INIT;
    char *id = text_string(&request->arena, id_of(request));
    if (!id)
        return fail_memory(err);
    if (!find_package(request, &pending, err))
        return false;
    int file = package_open(request->service, id, &why);
    if (why.kind != AZB_ERROR_NONE)
        return error_move(err, &why);
    if (file < 0 || fstat(file, &status) != 0) {
        if (file >= 0)
            close(file);
        return fail_status(err, 404, "BlobNotFound", "Nothing was uploaded yet.");
    }
    reply->status = 200;
    reply->file = file;
    reply->file_length = status.st_size;
    reply_header(reply, "Content-Type", "application/zip");
    return true;
}

static const struct route routes[] = {
    {"PUT", "/packages/{application}/{version}/{packageId}", ROUTE_READS, put, NULL},
    {"GET", "/packages/{application}/{version}/{packageId}", ROUTE_READS, get, NULL},
};

/* ---- What all answers carry ------------------------------------------------------------------ */

static void finish(struct request *request, struct reply *reply)
{
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "x-ms-request-id", request->request_id);
    reply_header(reply, "x-ms-version", VERSION);
}

static const char *code_of(const struct azb_error *err)
{
    if (err->code[0])
        return err->code;
    return err->http_status == 404   ? "ResourceNotFound"
           : err->http_status == 405 ? "UnsupportedHttpVerb"
                                     : "InternalError";
}

static void add_escaped(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<' || *text == '&' || *text == '>')
            buffer_format(out, "&#%d;", *text);
        else
            buffer_add_char(out, *text);
    }
}

/* The storage services' error body is XML. */
static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 8192);
    buffer_add_string(&out, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>");
    add_escaped(&out, code_of(err));
    buffer_add_string(&out, "</Code><Message>");
    add_escaped(&out, err->http_status ? err->message : "The package cannot be stored or read.");
    buffer_add_string(&out, "</Message></Error>");
    char *copy = out.failed ? NULL : arena_copy(&request->arena, out.at, out.length);
    reply->status = err->http_status ? err->http_status : 500;
    reply->body = copy ? (struct text){copy, out.length} : TEXT("");
    reply_header(reply, "Content-Type", "application/xml");
    reply_header(reply, "x-ms-error-code", code_of(err));
}

const struct plane_rows *package_plane(void)
{
    static const struct plane_rows plane = {
        .name = "package",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = prepare,
        .finish = finish,
        .refuse = refuse,
    };
    return &plane;
}
