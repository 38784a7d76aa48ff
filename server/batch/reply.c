/* Headers of answers, and conditional requests (RFC 9110 section 13, as Batch reads it). */
#include <inttypes.h>

#include "base/error.h"
#include "base/time.h"
#include "batch/batch.h"

char *etag_of(struct request *request, int64_t modified)
{
    return arena_format(&request->arena, "0x%" PRIX64, (uint64_t)(modified + TICKS_BEFORE_1970));
}

char *iso_of(struct request *request, int64_t ticks)
{
    char text[TIME_TEXT_MAX];

    if (ticks == 0)
        return NULL;
    time_iso8601(ticks, text);
    return arena_string(&request->arena, text);
}

void reply_modified(struct request *request, struct reply *reply, int64_t modified)
{
    char text[TIME_TEXT_MAX];

    time_http(modified, text);
    reply_header(reply, "ETag", etag_of(request, modified));
    reply_header(reply, "Last-Modified", arena_string(&request->arena, text));
}

void reply_acted_on(struct request *request, struct reply *reply)
{
    reply_header(reply, "DataServiceId",
        arena_format(&request->arena, "%s%.*s", account_url(request), TEXT_ARGS(request->path)));
}

void reply_created(struct request *request, struct reply *reply, int64_t modified, const char *url)
{
    reply_status(reply, 201);
    reply_modified(request, reply, modified);
    reply_header(reply, "Location", url);
    reply_header(reply, "DataServiceId", url);
}

void reply_status(struct reply *reply, int status)
{
    reply->status = status;
    reply->body = TEXT("");
}

static bool condition_failed(const struct request *request, struct azb_error *err)
{
    bool reads = !(request->route->flags & ROUTE_WRITES);

    return fail_status(err, reads ? 304 : 412, "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met.");
}

/* "*", or a list of ETags; the quotes that HTTP wants and Batch leaves out make no difference. */
static bool etag_listed(struct request *request, const char *list, int64_t modified)
{
    struct text rest = text_of(list), item;
    struct text mine = text_of(etag_of(request, modified));

    while (text_cut(&rest, ',', &item)) {
        item = text_trim(item);
        if (text_starts(item, "W/")) /* Resource Manager's are weak ones */
            item = text_slice(item, 2, item.length);
        if (item.length >= 2 && item.at[0] == '"')
            item = text_slice(item, 1, item.length - 1);
        if (text_is(item, "*") || text_equal_nocase(item, mine))
            return true;
    }
    return false;
}

/* Dates have whole seconds. */
static bool changed_since(int64_t modified, int64_t date)
{
    return modified / TICKS_PER_SECOND > date / TICKS_PER_SECOND;
}

enum condition { IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, CONDITIONS };

static const char *const condition_names[CONDITIONS] = {
    "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};

/* Which one was sent; CONDITIONS when none. False: several. */
static bool find_condition(const struct request *request, enum operation_conditions allowed,
    enum condition *found, struct azb_error *err)
{
    int first = allowed == CONDITIONS_ALL ? IF_MATCH : IF_MODIFIED_SINCE;

    *found = CONDITIONS;
    for (int i = first; i < CONDITIONS && allowed != CONDITIONS_NONE; i++) {
        if (!request_header(request, condition_names[i]))
            continue;
        if (*found != CONDITIONS)
            return fail_status(err, 400, "MultipleConditionHeadersNotSupported",
                "Multiple condition headers are not supported.");
        *found = (enum condition)i;
    }
    return true;
}

static bool read_date(const char *name, const char *value, int64_t *date, struct azb_error *err)
{
    if (time_parse_http(text_of(value), date))
        return true;
    fail_status(err, 400, "InvalidHeaderValue",
        "The value provided for one of the HTTP headers was not in the correct format.");
    error_add_value(err, "HeaderName", "%s", name);
    error_add_value(err, "HeaderValue", "%s", value);
    return false;
}

bool check_conditions(struct request *request, int64_t modified, struct azb_error *err)
{
    enum condition found = CONDITIONS;
    const char *value = NULL;
    int64_t date = 0;
    bool holds = true;

    if (!find_condition(request, batch_call(request)->operation->conditions, &found, err))
        return false;
    if (found == CONDITIONS)
        return true;
    value = request_header(request, condition_names[found]);
    if (found >= IF_MODIFIED_SINCE && !read_date(condition_names[found], value, &date, err))
        return false;
    if (found <= IF_NONE_MATCH)
        holds = etag_listed(request, value, modified) == (found == IF_MATCH);
    else
        holds = changed_since(modified, date) == (found == IF_MODIFIED_SINCE);
    return holds || condition_failed(request, err);
}

bool query_flag(struct request *request, const char *name, bool *out, struct azb_error *err)
{
    struct text value = request_query(request, name);

    *out = text_equal_nocase(value, TEXT("true"));
    if (!value.at || *out || text_equal_nocase(value, TEXT("false")))
        return true;
    return refuse_query(err, name, value, "The value must be true or false");
}
