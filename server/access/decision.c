/* The decision log: one decision, or a list that can be followed. */
#include "access/access.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "waiting_room.h"

const char *decision_kind_text(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "dataAction" : "action";
}

const char *decision_plane_text(enum plane plane)
{
    return route_rows(plane)->name;
}

/* ---- As JSON --------------------------------------------------------------------------------- */

static void write_question(const struct decision *decision, struct json_writer *writer)
{
    if (!*decision->action)
        return;
    json_member(writer, "action", decision->action);
    json_member(writer, "kind", decision_kind_text(decision->kind));
    json_member(writer, "scope", decision->scope);
    json_member(writer, "rule", decision->rule);
}

/* Of an allowed request only the ids were kept: its principal is who has them now. */
static void write_principal(
    struct request *request, const struct decision *decision, struct json_writer *writer)
{
    json_name(writer, "principal");
    if (decision->principal.length)
        json_write_raw(writer, decision->principal);
    else
        principal_write_now(writer, request, decision->object_id, decision->client_id);
}

void decision_write(
    struct request *request, const struct decision *decision, struct json_writer *writer)
{
    enum decision_outcome outcome = decision->outcome;
    json_begin_object(writer);
    json_member(writer, "id", decision->id);
    json_member_time(writer, "time", decision->at);
    json_member_bool(
        writer, "allowed", outcome == DECISION_ALLOWED || outcome == DECISION_WOULD_DENY);
    if (outcome == DECISION_WOULD_DENY)
        json_member_bool(writer, "wouldDeny", true);
    json_member(writer, "plane", decision_plane_text(decision->plane));
    json_member(writer, "method", decision->method);
    json_member(writer, "path", decision->path);
    if (decision->status)
        json_member_i64(writer, "status", decision->status);
    write_principal(request, decision, writer);
    write_question(decision, writer);
    if (decision->why_name) {
        json_name(writer, decision->why_name);
        json_write_raw(writer, decision->why);
    }
    json_member(writer, "link", decision_link(request, decision->id));
    json_end_object(writer);
}

/* ---- One ------------------------------------------------------------------------------------- */

static bool wants_page(const struct request *request)
{
    const char *accept = request_header(request, "Accept");
    return accept && strstr(accept, "text/html") != NULL;
}

static bool reply_decision(struct request *request, struct reply *reply,
    const struct decision *decision, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    decision_write(request, decision, &writer);
    return reply_document(request, reply, 200, &text, err);
}

/* The id is the permission: it was given to whoever was refused. */
bool access_get_decision(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct decision decision;
    struct text id = request->values[0];
    if (!decision_log_find(
            authorizer_log(request->service->authorizer), id, &request->arena, &decision))
        return request->arena.failed
                   ? fail_memory(err)
                   : fail_status(err, 404, "DecisionNotFound",
                         "There is no decision '%.*s', or it is so long ago that it was forgotten: "
                         "azbd remembers the last %d denials since its start.",
                         TEXT_ARGS(text_slice(id, 0, 64)), DECISIONS_DENIED_MAX);
    reply_header(reply, "Vary", "Accept");
    return wants_page(request) ? decision_page(request, reply, &decision, err)
                               : reply_decision(request, reply, &decision, err);
}

/* ---- Many ------------------------------------------------------------------------------------ */

bool access_read_since(struct request *request, int64_t *since, struct azb_error *err)
{
    struct text given = request_query(request, "since");
    int64_t back;
    *since = INT64_MIN;
    if (!given.at || time_parse_iso8601(given, since))
        return true;
    if (!duration_parse(given, &back) || back < 0 || back == DURATION_UNLIMITED)
        return access_bad(err,
            "'since' must be a time, such as 2026-11-28T10:00:00Z, or a duration to go back, such "
            "as PT1H, not '%.*s'",
            TEXT_ARGS(text_slice(given, 0, 100)));
    *since = request->now - back;
    return true;
}

static bool read_wanted(
    struct request *request, struct decision_filter *filter, struct azb_error *err)
{
    struct text given = request_query(request, "allowed");
    if (!given.at)
        return true;
    if (!text_is(given, "true") && !text_is(given, "false"))
        return access_bad(err, "'allowed' must be true or false, not '%.*s'",
            TEXT_ARGS(text_slice(given, 0, 100)));
    filter->wanted = text_is(given, "true") ? DECISIONS_ALLOWED : DECISIONS_NOT_ALLOWED;
    return true;
}

bool access_read_principal(struct request *request, struct text *principal, struct azb_error *err)
{
    *principal = request_query(request, "principal");
    return !principal->at || text_is_guid(*principal) ||
           access_bad(err, "'principal' must be an object id or a client id, a GUID, not '%.*s'",
               TEXT_ARGS(text_slice(*principal, 0, 100)));
}

static bool read_filter(
    struct request *request, struct decision_filter *filter, struct azb_error *err)
{
    struct text after = request_query(request, "after");
    *filter = (struct decision_filter){0};
    if (after.at && !text_to_u64(after, UINT64_MAX, &filter->after))
        return access_bad(err, "'after' must be what an answer before gave as 'next', not '%.*s'",
            TEXT_ARGS(text_slice(after, 0, 100)));
    return access_read_principal(request, &filter->principal, err) &&
           read_wanted(request, filter, err) && access_read_since(request, &filter->since, err);
}

static bool reply_list(struct request *request, struct reply *reply,
    const struct decision_list *list, struct azb_error *err)
{
    char next[24];
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    snprintf(next, sizeof next, "%llu", (unsigned long long)list->next);
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        decision_write(request, &list->at[i], &writer);
    json_end_array(&writer);
    json_member(&writer, "next", next);
    if (list->forgotten)
        json_member_bool(&writer, "forgotten", true);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

static bool there_is_one(struct request *request)
{
    return decision_log_has(authorizer_log(request->service->authorizer), request->prepared);
}

static bool read_wait(struct request *request, struct azb_error *err)
{
    struct text given = request_query(request, "wait");
    uint64_t seconds = 0;
    if (given.at && !text_to_u64(given, WAITING_LONGEST_S, &seconds))
        return access_bad(err, "'wait' must be a number of seconds from 0 to %d, not '%.*s'",
            WAITING_LONGEST_S, TEXT_ARGS(text_slice(given, 0, 100)));
    request->wait_ms = (int64_t)seconds * 1000;
    return true;
}

bool access_prepare_list(struct request *request, struct azb_error *err)
{
    struct decision_filter *filter = arena_alloc(&request->arena, sizeof *filter);
    if (!filter)
        return fail_memory(err);
    request->prepared = filter;
    request->ready = there_is_one;
    return read_filter(request, filter, err) && read_wait(request, err) &&
           access_may_list(request, filter->principal, err);
}

bool access_list_decisions(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct decision_list list;
    return decision_log_list(authorizer_log(request->service->authorizer), request->prepared,
               &request->arena, &list, err) &&
           reply_list(request, reply, &list, err);
}
