/*
 * batch/batch.h - the Batch plane: what its serve functions stand on.
 *
 * plane.c prepares a request (account, caller, api-version, permission, body) and makes errors;
 * a serve function finds the result in batch_call(). README.md says how to serve an operation.
 */
#ifndef SERVER_BATCH_BATCH_H
#define SERVER_BATCH_BATCH_H

#include <azb/error.h>
#include <azb/models.h>
#include "api/odata.h"
#include "api/operation.h"
#include "api/version.h"
#include "batch/serve.h"
#include "directory/account.h"
#include "route.h"
#include "store/store.h"

#define BATCH_BODY_MAX 1048576

/* What plane.c leaves in request->prepared. */
struct batch_call {
    const struct operation *operation;         /* NULL when it is not served */
    const struct unserved_operation *unserved; /* then this one */
    const struct account *account;
    const struct api_version *version;
    void *body; /* of operation->body; NULL when none was sent */
};

static inline const struct batch_call *batch_call(const struct request *request)
{
    return request->prepared;
}

/* ---- Errors (all return false) ---- */

/* "PropertyName", "PropertyValue" (NULL: left out), "Reason"; status 400. */
bool refuse_property(struct azb_error *err, const char *code, const char *property,
    const char *value, const char *reason);
bool refuse_query(struct azb_error *err, const char *name, struct text value, const char *reason);
/* 409 with a code of the state tables. */
bool refuse_state(struct azb_error *err, const char *code, const char *format, ...)
    AZB_PRINTF(3, 4);

/* A property that Batch has and this service does not act on. */
struct unsupported_property {
    const char *name; /* in JSON, of the model itself */
    const char *reason;
};
/* False when `value` has one of them (NULL-terminated by name); err is 400 UnsupportedProperty. */
bool check_supported(const struct model *model, const void *value,
    const struct unsupported_property *table, const char *prefix, struct azb_error *err);

/* No more environment settings than tasks are started with. */
bool check_settings(
    const struct azb_environment_setting_list *list, const char *property, struct azb_error *err);

/* ---- Conditions and headers ---- */

/* The conditional headers against a resource last changed at `modified`. False: 304 or 412. */
bool check_conditions(struct request *request, int64_t modified, struct azb_error *err);
/* A query parameter that is "true" or "false"; absent is false. */
bool query_flag(struct request *request, const char *name, bool *out, struct azb_error *err);

/* "0x8D..." of ticks, in the arena. */
char *etag_of(struct request *request, int64_t modified);
char *iso_of(struct request *request, int64_t ticks); /* NULL for 0 */
/* ETag and Last-Modified. */
void reply_modified(struct request *request, struct reply *reply, int64_t modified);
/* DataServiceId: the address that was acted on. */
void reply_acted_on(struct request *request, struct reply *reply);
/* 201: ETag, Last-Modified, and `url` as Location and DataServiceId. */
void reply_created(struct request *request, struct reply *reply, int64_t modified, const char *url);
/* A status alone. */
void reply_status(struct reply *reply, int status);

/* ---- Documents ---- */

/* A resource as it is kept: JSON in the arena. */
bool document_write(struct request *request, const struct model *model, const void *value,
    struct text *out, struct azb_error *err);
/* Reads it back into a new struct in the arena. */
void *document_read(struct request *request, const struct model *model, struct text document,
    struct azb_error *err);

/*
 * How a resource is shown: $select, $expand and $filter of the request. The quick way, without
 * them, puts the kept document into the answer as it is.
 */
struct view {
    struct request *request;
    const struct model *model;
    struct api_select select;
    const struct filter *filter; /* or NULL */
    bool selects;
};

bool view_init(struct view *view, struct request *request, const struct model *model,
    const char *filter_table, struct azb_error *err);
/*
 * Writes one resource as an object: `moving` (what the service itself moves: state, times, url; of
 * the model) over `document` (TEXT_NONE: none). `metadata`: "jobs/@Element", or NULL in a list.
 * *shown is false when the filter leaves it out; then nothing was written.
 */
bool view_write(const struct view *view, const char *metadata, const void *moving,
    struct text document, struct json_writer *writer, bool *shown, struct azb_error *err);
/* One resource as the whole answer: 200 with its body. */
bool reply_resource(const struct view *view, const void *moving, struct text document,
    struct reply *reply, struct azb_error *err);
/* Any struct as the answer to request's operation. */
bool reply_model(struct request *request, const struct model *model, const void *value,
    struct reply *reply, struct azb_error *err);

/* ---- Lists ---- */

/* A page: rows of `statement`, which orders by a key that the last item of a page is known by. */
struct page {
    struct view view;
    struct json_writer writer;
    struct buffer *out;
    int maximum; /* maxresults */
    int count;
    struct text after; /* the key to begin behind; "" at the start */
    struct text last;  /* key of the last row looked at */
    int looked_at;
    bool more;
};

#define PAGE_ROWS_LOOKED_AT 20000 /* rows that a filter may pass over before the page ends */
#define PAGE_MEMORY ((size_t)48 * 1024 * 1024) /* a page of large documents has fewer items */

bool page_begin(struct page *page, struct request *request, const struct model *model,
    const char *filter_table, struct buffer *out, struct azb_error *err);
/* May another row go in? When not, the page is marked to have a next one. */
bool page_takes(struct page *page);
bool page_add(struct page *page, struct text key, const void *moving, struct text document,
    struct azb_error *err);
bool page_end(struct page *page, struct reply *reply, struct azb_error *err);

#endif
