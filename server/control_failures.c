/* Test controls of failures: what failure.h keeps, as JSON. */
#include "control.h"

#include "base/error.h"
#include "document.h"
#include "failure.h"

#define COUNT_MAX 1000000
#define RETRY_AFTER_MAX_S 3600

static const char *const plane_names[] = {"entra", "arm", "graph", "batch", "any", NULL};
static const enum plane planes[] = {PLANE_ENTRA, PLANE_ARM, PLANE_GRAPH, PLANE_BATCH, PLANES};
static const char *const method_names[] = {
    "any", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", NULL};
static const char *const effect_names[] = {"429", "500", "502", "503", "504", "reset", NULL};
static const int statuses[] = {429, 500, 502, 503, 504, 0};

/* What a body may say; the values are what it means when it does not. */
struct wanted {
    size_t plane, method, effect;
    struct text path;
    int64_t count, retry_after_s;
    double share;
};

static const struct control_field fields[] = {
    {"plane", CONTROL_CHOICE, offsetof(struct wanted, plane), 0, 0, plane_names},
    {"method", CONTROL_CHOICE, offsetof(struct wanted, method), 0, 0, method_names},
    {"path", CONTROL_TEXT, offsetof(struct wanted, path), 1, FAILURE_PATH_MAX - 1, NULL},
    {"failure", CONTROL_CHOICE, offsetof(struct wanted, effect), 0, 0, effect_names},
    {"count", CONTROL_NUMBER, offsetof(struct wanted, count), 1, COUNT_MAX, NULL},
    {"share", CONTROL_SHARE, offsetof(struct wanted, share), 0, 0, NULL},
    {"retryAfter", CONTROL_SPAN, offsetof(struct wanted, retry_after_s), 0, RETRY_AFTER_MAX_S,
        NULL},
};

static size_t index_of_status(int status)
{
    size_t at = 0;
    while (statuses[at] != status)
        at++;
    return at;
}

static const char *name_of_plane(enum plane plane)
{
    size_t at = 0;
    while (planes[at] != plane)
        at++;
    return plane_names[at];
}

static void write_rule(struct json_writer *writer, const void *items, size_t at)
{
    const struct failure_rule *rule = (const struct failure_rule *)items + at;
    json_begin_object(writer);
    json_member_i64(writer, "id", rule->id);
    json_member(writer, "plane", name_of_plane(rule->plane));
    json_member(writer, "method", *rule->method ? rule->method : method_names[0]);
    json_member(writer, "path", *rule->path ? rule->path : NULL);
    json_member(writer, "failure", effect_names[index_of_status(rule->status)]);
    json_name(writer, "share");
    json_write_double(writer, rule->share);
    if (rule->retry_after_s >= 0)
        json_member_i64(writer, "retryAfterSeconds", rule->retry_after_s);
    if (rule->left >= 0)
        json_member_i64(writer, "left", rule->left);
    json_member_i64(writer, "failed", rule->failed);
    json_end_object(writer);
}

static bool reply_rules(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct failure_rule rules[FAILURE_RULES_MAX];
    size_t count = failures_list(request->service->failures, rules);
    return control_reply_list(request, reply, write_rule, rules, count, err);
}

bool control_list_failures(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_rules(request, reply, err);
}

/* Who makes every token request fail for good cannot get the token to take it back. */
static bool check_way_back(const struct wanted *wanted, struct azb_error *err)
{
    enum plane plane = planes[wanted->plane];
    bool entra = plane == PLANE_ENTRA || plane == PLANES;
    return !entra || wanted->count > 0 || wanted->share <= 0.5 ||
           control_bad(err,
               "'count' is missing: with plane \"%s\" and a share above 0.5 no token could be had "
               "to take this back",
               plane_names[wanted->plane]);
}

bool control_add_failure(struct request *request, struct reply *reply, struct azb_error *err)
{
    const size_t unset = SIZE_MAX;
    struct wanted wanted = {.plane = unset, .effect = unset, .retry_after_s = -1, .share = 1};
    if (!control_read(request, fields, sizeof fields / sizeof *fields, &wanted, err))
        return false;
    if (wanted.plane == unset)
        return control_bad(err, "'plane' is missing");
    if (wanted.effect == unset)
        return control_bad(err, "'failure' is missing: the status, or \"reset\"");
    if (wanted.path.at && wanted.path.at[0] != '/')
        return control_bad(
            err, "'path' must begin with '/': what the path of a request begins with");
    if (!check_way_back(&wanted, err))
        return false;
    struct failure_rule rule = {
        .plane = planes[wanted.plane],
        .status = statuses[wanted.effect],
        .retry_after_s = wanted.retry_after_s,
        .share = wanted.share,
        .left = wanted.count ? wanted.count : -1,
    };
    if (wanted.method)
        snprintf(rule.method, sizeof rule.method, "%s", method_names[wanted.method]);
    snprintf(rule.path, sizeof rule.path, "%.*s", TEXT_ARGS(wanted.path));
    if (!failures_add(request->service->failures, &rule, err))
        return refuse_as(err, "TooManyFailures");
    return reply_rules(request, reply, err);
}

bool control_remove_failure(struct request *request, struct reply *reply, struct azb_error *err)
{
    uint64_t id;
    if (!text_to_u64(request->values[0], INT64_MAX, &id) ||
        !failures_remove(request->service->failures, (int64_t)id))
        return fail_status(err, 404, "FailureNotFound", "there is no failure '%.*s'",
            TEXT_ARGS(text_slice(request->values[0], 0, 40)));
    return reply_rules(request, reply, err);
}

bool control_clear_failures(struct request *request, struct reply *reply, struct azb_error *err)
{
    failures_clear(request->service->failures);
    return reply_rules(request, reply, err);
}
