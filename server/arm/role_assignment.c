/* {scope}/providers/Microsoft.Authorization/roleAssignments */
#include <ctype.h>

#include "arm/arm.h"
#include "arm/roles.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"

#define TYPE "Microsoft.Authorization/roleAssignments"
#define INVALID "InvalidCreateRoleAssignmentRequest"

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_properties(struct request *request, struct json_writer *writer,
    const struct assignment *assignment, const char *subscription)
{
    char time[TIME_TEXT_MAX];
    time_iso8601(assignment->created, time);
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "roleDefinitionId",
        arena_format(
            &request->arena, "%s" ROLE_DEFINITION_PATH "%s", subscription, assignment->role_id));
    json_member(writer, "principalId", assignment->principal_id);
    json_member(writer, "principalType", assignment->principal_type);
    json_member(writer, "scope", assignment->scope);
    json_name(writer, "condition");
    json_write_null(writer);
    json_name(writer, "conditionVersion");
    json_write_null(writer);
    json_member(writer, "createdOn", time);
    json_member(writer, "updatedOn", time);
    json_member(writer, "createdBy", assignment->created_by);
    json_member(writer, "updatedBy", assignment->created_by);
    json_name(writer, "delegatedManagedIdentityResourceId");
    json_write_null(writer);
    json_name(writer, "description");
    json_write_string(writer, assignment->description);
    json_end_object(writer);
}

static void write_assignment(
    struct request *request, struct json_writer *writer, const struct assignment *assignment)
{
    struct text scope = text_of(assignment->scope);
    bool root = text_is(scope, "/");
    /* "/subscriptions/" and a GUID; shorter scopes stay as they are. */
    struct text subscription =
        root ? TEXT("") : text_slice(scope, 0, strlen("/subscriptions/") + 36);
    const char *below = arena_format(&request->arena, "%.*s", TEXT_ARGS(subscription));
    json_begin_object(writer);
    write_properties(request, writer, assignment, below ? below : "");
    json_member(writer, "id",
        arena_format(&request->arena, "%s/providers/" TYPE "/%s", root ? "" : assignment->scope,
            assignment->id));
    json_member(writer, "type", TYPE);
    json_member(writer, "name", assignment->id);
    json_end_object(writer);
}

static bool reply_assignment(struct request *request, struct reply *reply, int status,
    const struct assignment *assignment, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_assignment(request, &writer, assignment);
    return reply_document(request, reply, status, &text, err);
}

/* ---- Listing --------------------------------------------------------------------------------- */

static const char *principal_of(const void *assignment)
{
    return ((const struct assignment *)assignment)->principal_id;
}

static const struct query_property properties[] = {
    {"principalId", QUERY_EQ, principal_of},
    {"atScope", QUERY_WORD, NULL},
    {"assignedTo", QUERY_WORD_VALUE, NULL},
};

/* At the scope or above; without atScope() below it, too. */
static bool is_listed(
    const struct query_filter *filter, struct text scope, const struct assignment *assignment)
{
    struct text own = text_of(assignment->scope);
    bool below = !query_filter_term(filter, "atScope") && arm_scope_within(own, scope);
    return (below || arm_scope_within(scope, own)) && query_filter_passes(filter, assignment);
}

static bool list(struct request *request, const struct query_filter *filter,
    struct json_writer *writer, struct azb_error *err)
{
    const struct query_term *to = query_filter_term(filter, "assignedTo");
    struct text scope = text_of(arm_call(request)->scope.text);
    scoped_statement struct statement s = statement(request->store,
        "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.group_id FROM own"
        "  JOIN group_member m ON m.member_id = own.id)"
        " SELECT " ASSIGNMENT_COLUMNS " FROM role_assignment"
        " WHERE ?1 IS NULL OR principal_id IN (SELECT id FROM own) ORDER BY row");
    statement_bind_text(&s, 1, to ? to->value : TEXT_NONE);
    bool row = true;
    while (row) {
        struct assignment assignment;
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        assignment_read(&s, &request->arena, &assignment);
        if (request->arena.failed)
            return fail_memory(err);
        if (is_listed(filter, scope, &assignment))
            write_assignment(request, writer, &assignment);
    }
    return true;
}

bool arm_list_role_assignments(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct query_filter filter;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, &filter, err))
        return refuse_as(err, "InvalidFilter");
    if (filter.any)
        return fail_status(err, 400, "InvalidFilter",
            "The filter of role assignments joins its clauses with 'and', not with 'or'.");
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    if (!list(request, &filter, &writer, err))
        return false;
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- One ------------------------------------------------------------------------------------- */

static bool find(
    struct request *request, struct assignment *out, bool *found, struct azb_error *err)
{
    return assignment_find(request->store, text_of(arm_call(request)->scope.text),
        request->values[1], &request->arena, out, found, err);
}

bool arm_get_role_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct assignment assignment;
    bool found;
    if (!find(request, &assignment, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "RoleAssignmentNotFound",
            "The role assignment '%.*s' is not found.",
            TEXT_ARGS(text_slice(request->values[1], 0, 100)));
    return reply_assignment(request, reply, 200, &assignment, err);
}

bool arm_delete_role_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct assignment assignment;
    bool found;
    if (!find(request, &assignment, &found, err))
        return false;
    if (!found) {
        reply->status = 204;
        return true;
    }
    if (!assignment_remove(request->store, &assignment, err))
        return false;
    authorize_roles_changed(request);
    return reply_assignment(request, reply, 200, &assignment, err);
}

/* ---- Giving a role --------------------------------------------------------------------------- */

static bool invalid(const char *member, const char *why, struct azb_error *err)
{
    return fail_status(
        err, 400, INVALID, "The role assignment is not valid: properties.%s: %s.", member, why);
}

/* A string, or absent (null counts as absent): *out is NULL then. */
static bool read_string(struct request *request, const struct json *properties_json,
    const char *name, const char **out, struct azb_error *err)
{
    const struct json *value = json_get(properties_json, name);
    *out = NULL;
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_STRING)
        return invalid(name, "a string is expected", err);
    *out = text_string(&request->arena, value->text);
    return *out ? true : fail_memory(err);
}

static const char *lower(struct arena *arena, struct text text)
{
    char *copy = text_string(arena, text);
    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static bool read_role_id(struct request *request, const struct json *given,
    struct assignment *assignment, struct azb_error *err)
{
    const char *id;
    if (!read_string(request, given, "roleDefinitionId", &id, err))
        return false;
    if (!id)
        return invalid("roleDefinitionId", "it is missing", err);
    struct text guid = role_guid_of(text_of(id));
    if (!guid.at)
        return invalid("roleDefinitionId",
            "it must end with /providers/Microsoft.Authorization/roleDefinitions/{GUID}", err);
    assignment->role_id = lower(&request->arena, guid);
    return assignment->role_id ? true : fail_memory(err);
}

static bool read_principal(struct request *request, const struct json *given,
    struct assignment *assignment, struct azb_error *err)
{
    const char *id;
    if (!read_string(request, given, "principalId", &id, err) ||
        !read_string(request, given, "principalType", &assignment->principal_type, err))
        return false;
    if (!id || !text_is_guid(text_of(id)))
        return invalid("principalId", id ? "it is not a GUID" : "it is missing", err);
    assignment->principal_id = lower(&request->arena, text_of(id));
    return assignment->principal_id ? true : fail_memory(err);
}

/* What the body may say besides: it must not contradict the URL, or ask for more than we check. */
static bool check_rest(struct request *request, const struct json *given,
    struct assignment *assignment, struct azb_error *err)
{
    const char *scope, *condition;
    struct text own = text_of(assignment->scope);
    if (!read_string(request, given, "scope", &scope, err) ||
        !read_string(request, given, "condition", &condition, err) ||
        !read_string(request, given, "description", &assignment->description, err))
        return false;
    if (condition && *condition)
        return invalid("condition", "conditions are not supported; leave it out", err);
    struct text said = text_of(scope);
    if (said.length > 1 && text_ends(said, "/"))
        said.length--;
    return !said.at || text_equal_nocase(said, own) ||
           fail_status(err, 400, INVALID,
               "The request to create role assignment is not valid. Role assignment scope '%.200s' "
               "must match the scope specified on the URI '%.400s'.",
               scope, assignment->scope);
}

bool arm_put_role_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct arm_call *call = arm_call(request);
    struct assignment made, assignment = {
                                .id = lower(&request->arena, request->values[1]),
                                .scope = call->scope.text,
                                .created = request->now,
                                .created_by = request->caller.object_id,
                            };
    if (!assignment.id)
        return fail_memory(err);
    if (!text_is_guid(request->values[1]))
        return fail_status(err, 400, "InvalidRoleAssignmentId",
            "The role assignment ID '%.100s' is not valid. The role assignment ID must be a GUID.",
            assignment.id);
    const struct json *given = json_get(call->body, "properties");
    if (!given || given->type != JSON_OBJECT)
        return fail_status(
            err, 400, "InvalidRequestContent", "properties: an object is expected here.");
    if (!read_role_id(request, given, &assignment, err) ||
        !read_principal(request, given, &assignment, err) ||
        !check_rest(request, given, &assignment, err) ||
        !assignment_put(request->store, &assignment, &request->arena, &made, err))
        return false;
    authorize_roles_changed(request);
    return reply_assignment(request, reply, 201, &made, err);
}
