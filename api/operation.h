/*
 * api/operation.h - the operations of the Batch API as data: what operations.def and unserved.def
 * say, as constant tables. The server's routes, the client's functions and the command line's verbs
 * are views of them.
 */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include "api/model.h"

enum operation_method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
};

/* OPERATION_job_create, ...: an index into the table. */
enum operation_id {
#define OPERATION(name, ...) OPERATION_##name,
#define PERMISSION(...)
#define PATH(...)
#define QUERY(...)
#define BODY(...)
#define RETURNS(...)
#define CONDITIONS(...)
#define HEADER(...)
#define END_OPERATION(name)
#include "api/operations.def"
#include "api/operations_end.h"
    OPERATION_COUNT
};

/* Which plane of a role must grant the permission (facts of Azure RBAC: actions, dataActions). */
enum permission_kind {
    PERMISSION_ACTION,
    PERMISSION_DATA,
};

struct operation_permission {
    enum permission_kind kind;
    const char *name; /* "pools/read": what follows Microsoft.Batch/batchAccounts/ */
};

/* A path variable, a query option or a request header. */
struct operation_parameter {
    const char *name;      /* "job_id": the C name */
    const char *wire_name; /* "jobId", "$filter", "ocp-range" */
    const char *help;
};

/* Options are text, but for counts and flags. */
enum query_type {
    QUERY_TEXT,
    QUERY_COUNT, /* a number: maxresults */
    QUERY_FLAG,  /* "true" or absent: force, recursive */
};
enum query_type operation_query_type(const struct operation_parameter *query);

enum operation_conditions {
    CONDITIONS_NONE,
    CONDITIONS_DATES, /* If-Modified-Since, If-Unmodified-Since */
    CONDITIONS_ALL,   /* those, If-Match and If-None-Match */
};

/* What is in the body of a good answer. */
enum operation_returns {
    RETURNS_NOTHING,
    RETURNS_MODEL,
    RETURNS_PAGE, /* `returns` is the page model: value, odata.nextLink */
    RETURNS_FILE, /* bytes, or for HEAD their headers */
};

struct operation {
    enum operation_id id;
    const char *name; /* "job_create" */
    enum operation_method method;
    const char *path; /* "/jobs/{jobId}": each variable is one percent-encoded segment */
    int status;       /* of success */
    const char *help;
    struct operation_permission permission;
    const struct operation_parameter *path_parameters;
    size_t path_count;
    const struct operation_parameter *queries; /* besides api-version and timeout */
    size_t query_count;
    const struct operation_parameter *headers; /* besides the conditional ones */
    size_t header_count;
    enum operation_conditions conditions;
    const struct model *(*body)(void); /* NULL: takes none */
    enum api_shape body_shape;
    bool body_required;
    enum operation_returns returns_kind;
    const struct model *(*returns)(void); /* NULL unless RETURNS_MODEL or RETURNS_PAGE */
    const char *metadata;                 /* what follows $metadata# in the answer; NULL: none */
};

/* OPERATION_COUNT of them, indexed by id. */
const struct operation *operation_at(size_t index);
const struct operation *operation_find(const char *name);

/* Operations that Batch has and this service does not serve (yet): answered with a clear error. */
struct unserved_operation {
    enum operation_method method;
    const char *path; /* as above; the certificates' have two variables inside one segment */
    struct operation_permission permission;
    bool retired; /* Batch itself has taken it away */
    const char *help;
};

/* NULL after the last one. */
const struct unserved_operation *unserved_at(size_t index);

const char *operation_method_text(enum operation_method method); /* "GET" */

#endif
