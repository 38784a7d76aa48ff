/*
 * The ARM plane: its routes, and what all requests have in common: token, api-version, target,
 * permission, body, headers, errors.
 */
#include "arm/arm.h"
#include "arm/providers.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/management_group.h"
#include "document.h"

static const struct route_table *const tables[] = {
    &arm_authorization_routes,
    &arm_resource_routes,
    &arm_batch_routes,
    NULL,
};

const struct arm_call *arm_call(const struct request *request)
{
    return request->prepared;
}

/* ---- Preparing ------------------------------------------------------------------------------- */

/* "2022-04-01", "2018-01-01-preview". */
static bool is_version(struct text version)
{
    static const char shape[] = "dddd-dd-dd";
    if (version.length < sizeof shape - 1)
        return false;
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        bool digit = version.at[i] >= '0' && version.at[i] <= '9';
        if (shape[i] == 'd' ? !digit : version.at[i] != '-')
            return false;
    }
    return version.length == sizeof shape - 1 || version.at[sizeof shape - 1] == '-';
}

static bool check_version(struct request *request, struct azb_error *err)
{
    struct text version = request_query(request, "api-version");
    if (version.length == 0)
        return fail_status(err, 400, "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.");
    return is_version(version) ||
           fail_status(err, 400, "InvalidApiVersionParameter",
               "The api-version '%.*s' is invalid. The supported versions are '%s'.",
               TEXT_ARGS(text_slice(version, 0, 40)),
               provider_type_of_route(request->route->path)->versions);
}

/* The target's scope as the path gives it; TEXT_NONE: the target has none. */
static struct text scope_text(struct request *request, enum arm_target target)
{
    const struct text *values = request->values;
    struct arena *arena = &request->arena;
    switch (target) {
    case ARM_SCOPE:
    case ARM_UNSEEN_SCOPE:
        return values[0];
    case ARM_MANAGEMENT_GROUP:
        return text_of(arena_format(arena, MANAGEMENT_GROUP_PATH "%.*s", TEXT_ARGS(values[0])));
    case ARM_SUBSCRIPTION:
        return text_of(arena_format(arena, "/subscriptions/%.*s", TEXT_ARGS(values[0])));
    case ARM_GROUP:
    case ARM_NEW_GROUP:
        return text_of(arena_format(arena, "/subscriptions/%.*s/resourceGroups/%.*s",
            TEXT_ARGS(values[0]), TEXT_ARGS(values[1])));
    case ARM_ACCOUNT:
    case ARM_NEW_ACCOUNT:
        return text_of(arena_format(arena,
            "/subscriptions/%.*s/resourceGroups/%.*s/providers/Microsoft.Batch/batchAccounts/%.*s",
            TEXT_ARGS(values[0]), TEXT_ARGS(values[1]), TEXT_ARGS(values[2])));
    default:
        return TEXT_NONE;
    }
}

/* A value with an encoded slash in it would make a scope of another kind. */
static bool check_values(struct request *request, enum arm_target target, struct azb_error *err)
{
    static const size_t counts[] = {[ARM_MANAGEMENT_GROUP] = 1,
        [ARM_SUBSCRIPTION] = 1,
        [ARM_GROUP] = 2,
        [ARM_NEW_GROUP] = 2,
        [ARM_ACCOUNT] = 3,
        [ARM_NEW_ACCOUNT] = 3};
    for (size_t i = 0; i < counts[target]; i++)
        if (memchr(request->values[i].at, '/', request->values[i].length))
            return fail_status(err, 400, "InvalidResourceId",
                "The resource name '%.*s' holds a character that is not allowed: '/'.",
                TEXT_ARGS(text_slice(request->values[i], 0, 200)));
    return true;
}

/* Clients that have a place for a parent resource leave it empty: "/providers/Microsoft.Batch//
 * batchAccounts/NAME" is the resource without one. Nothing else may be empty. */
static struct text without_empty_parent(struct text scope, struct arena *arena)
{
    static const char providers[] = "/providers/";
    for (size_t i = 0; i + sizeof providers < scope.length; i++) {
        struct text rest = text_slice(scope, i, scope.length), name = rest;
        if (!text_equal_nocase(text_slice(rest, 0, sizeof providers - 1), text_of(providers)))
            continue;
        rest = text_slice(rest, sizeof providers - 1, rest.length);
        text_cut(&rest, '/', &name);
        size_t end = (size_t)(name.at + name.length - scope.at);
        if (!text_starts(rest, "/") || text_starts(rest, "//"))
            continue;
        return text_of(
            arena_format(arena, "%.*s%.*s", TEXT_ARGS(text_slice(scope, 0, end)), TEXT_ARGS(rest)));
    }
    return scope;
}

static bool find_target(struct request *request, const struct arm_operation *operation,
    struct arm_call *call, struct azb_error *err)
{
    if (operation->target <= ARM_TENANT)
        return true;
    if (!check_values(request, operation->target, err))
        return false;
    struct text text = scope_text(request, operation->target);
    if (text.at)
        text = without_empty_parent(text, &request->arena);
    if (!text.at)
        return fail_memory(err);
    if (!arm_check_target(request, text, operation, &call->scope, err))
        return false;
    if (operation->target == ARM_ACCOUNT || operation->target == ARM_NEW_ACCOUNT)
        call->account = account_by_name(
            request->service, request->values[0], request->values[1], request->values[2]);
    /* It may have gone since it was looked up. */
    return call->account || operation->target != ARM_ACCOUNT ||
           fail_status(err, 404, "ResourceNotFound",
               "The Resource 'Microsoft.Batch/batchAccounts/%.*s' under resource group '%.*s' was "
               "not found.",
               TEXT_ARGS(text_slice(request->values[2], 0, 100)),
               TEXT_ARGS(text_slice(request->values[1], 0, 100)));
}

static bool read_body(struct request *request, const struct arm_operation *operation,
    struct arm_call *call, struct azb_error *err)
{
    static const struct json nothing = {.type = JSON_OBJECT};
    if (!operation->has_body || call->body)
        return true;
    bool empty = operation->may_be_empty && text_trim(request->body).length == 0;
    call->body = empty ? &nothing : request_document(request, "InvalidRequestContent", err);
    return call->body != NULL;
}

/* The body goes first only where who may depends on it. */
static bool prepare(struct request *request, struct azb_error *err)
{
    const struct arm_operation *operation = request->route->row;
    struct arm_call *call = arena_alloc(&request->arena, sizeof *call);
    if (!call)
        return fail_memory(err);
    request->prepared = call;
    if (operation->target != ARM_ANYBODY && !authorize_arm_caller(request, err))
        return false;
    if (!check_version(request, err) ||
        (operation->ask && !read_body(request, operation, call, err)))
        return false;
    return find_target(request, operation, call, err) && read_body(request, operation, call, err);
}

/* ---- Finishing, refusing --------------------------------------------------------------------- */

/* What the client calls the request, when it is a plain word; else the request's own id. */
static const char *correlation_id(struct request *request)
{
    const char *given = request_header(request, "x-ms-correlation-request-id");
    return given && text_is_guid(text_of(given)) ? given : request->request_id;
}

static void finish(struct request *request, struct reply *reply)
{
    reply_header(reply, "Cache-Control", "no-cache");
    reply_header(reply, "x-ms-request-id", request->request_id);
    reply_header(reply, "x-ms-correlation-request-id", correlation_id(request));
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    authorize_headers(request, reply);
}

static void write_value(struct json_writer *writer, const char *type, const char *value)
{
    json_begin_object(writer);
    json_member(writer, "type", type);
    json_name(writer, "info");
    json_begin_object(writer);
    json_member(writer, "message", value);
    json_end_object(writer);
    json_end_object(writer);
}

/* ARM's "additionalInfo" is where providers put what they know besides the message. */
static void write_values(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    const char *explanation = authorize_link(request, err);
    if (err->value_count == 0 && !explanation)
        return;
    json_name(writer, "additionalInfo");
    json_begin_array(writer);
    for (size_t i = 0; i < err->value_count; i++)
        write_value(writer, err->values[i].key, err->values[i].value);
    if (explanation)
        write_value(writer, "ExplanationLink", explanation);
    json_end_array(writer);
}

static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    static const struct refusal_code codes[] = {{404, "NotFound"}, {405, "MethodNotAllowed"},
        {409, "Conflict"}, {413, "RequestEntityTooLarge"}, {429, "TooManyRequests"},
        {0, "BadRequest"}};
    static const struct refusal_form form = {
        .codes = codes,
        .server_fault = "InternalServerError",
        .write_more = write_values,
        .no_memory = "{\"error\":{\"code\":\"InternalServerError\",\"message\":\"out of memory\"}}",
    };
    reply_refusal(request, reply, err, &form);
    authorize_challenge(request, reply, err);
}

const struct plane_rows *arm_plane(void)
{
    static const struct plane_rows rows = {
        .name = "arm",
        .tables = tables,
        .prepare = prepare,
        .finish = finish,
        .refuse = refuse,
    };
    return &rows;
}
