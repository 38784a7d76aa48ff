/* {scope}/providers/Microsoft.Authorization/roleAssignments */
#include <ctype.h>
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/page.h"
#include "arm/roles.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"
#include "query_filter.h"
#include "rbac/condition.h"

#define TYPE "Microsoft.Authorization/roleAssignments"
#define WRITE TYPE "/write"
#define DELETE TYPE "/delete"
#define INVALID "InvalidCreateRoleAssignmentRequest"

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_properties(struct request *request, struct json_writer *writer,
    const struct assignment *assignment, const char *subscription)
{
    char created[TIME_TEXT_MAX], updated[TIME_TEXT_MAX];
    time_iso8601(assignment->created, created);
    time_iso8601(assignment->updated, updated);
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "roleDefinitionId",
        arena_format(
            &request->arena, "%s" ROLE_DEFINITION_PATH "%s", subscription, assignment->role_id));
    json_member(writer, "principalId", assignment->principal_id);
    json_member(writer, "principalType", assignment->principal_type);
    json_member(writer, "scope", assignment->scope);
    json_name(writer, "condition");
    json_write_string(writer, assignment->condition);
    json_name(writer, "conditionVersion");
    json_write_string(writer, assignment->condition ? CONDITION_VERSION : NULL);
    json_member(writer, "createdOn", created);
    json_member(writer, "updatedOn", updated);
    json_member(writer, "createdBy", assignment->created_by);
    json_member(writer, "updatedBy", assignment->updated_by);
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
    /* "/subscriptions/" and a GUID; a role of a management group has no such part in its id. */
    struct text subscription = scope_in_subscription(scope)
                                   ? text_slice(scope, 0, strlen("/subscriptions/") + GUID_TEXT - 1)
                                   : TEXT("");
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

struct listing {
    struct query_filter filter;
    struct management_tree tree;
    struct text scope;
    struct arm_page page;
};

/* At the scope or above; without atScope() below it, too. */
static bool is_listed(const struct listing *listing, const struct assignment *assignment)
{
    struct text own = text_of(assignment->scope), scope = listing->scope;
    bool below = !query_filter_term(&listing->filter, "atScope") &&
                 management_tree_within(&listing->tree, own, scope);
    return (below || management_tree_within(&listing->tree, scope, own)) &&
           query_filter_passes(&listing->filter, assignment);
}

static bool list_one(
    struct request *request, struct listing *listing, struct statement *s, struct azb_error *err)
{
    struct assignment assignment;
    char key[24];
    assignment_read(s, &request->arena, &assignment);
    if (request->arena.failed)
        return fail_memory(err);
    snprintf(key, sizeof key, "%" PRId64, statement_i64(s, ASSIGNMENT_COLUMN_COUNT));
    if (is_listed(listing, &assignment) && arm_page_wants(&listing->page, text_of(key)))
        write_assignment(request, &listing->page.writer, &assignment);
    return true;
}

static bool list(struct request *request, struct listing *listing, struct azb_error *err)
{
    const struct query_term *to = query_filter_term(&listing->filter, "assignedTo");
    scoped_statement struct statement s = statement(request->store,
        "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.group_id FROM own"
        "  JOIN group_member m ON m.member_id = own.id)"
        " SELECT " ASSIGNMENT_COLUMNS ", row FROM role_assignment"
        " WHERE (?1 IS NULL OR principal_id IN (SELECT id FROM own))"
        " AND (?2 IS NULL OR row > CAST(?2 AS INTEGER)) ORDER BY row");
    statement_bind_text(&s, 1, to ? to->value : TEXT_NONE);
    statement_bind_text(&s, 2, listing->page.after);
    bool row = true;
    while (row && !listing->page.more) {
        if (!statement_step(&s, &row, err))
            return false;
        if (row && !list_one(request, listing, &s, err))
            return false;
    }
    return true;
}

static bool parse_filter(
    struct request *request, struct query_filter *filter, struct azb_error *err)
{
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, filter, err))
        return refuse_as(err, "InvalidFilter");
    return !filter->any ||
           fail_status(err, 400, "InvalidFilter",
               "The filter of role assignments joins its clauses with 'and', not with 'or'.");
}

bool arm_list_role_assignments(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct listing listing = {.scope = text_of(arm_call(request)->scope.text)};
    return parse_filter(request, &listing.filter, err) &&
           management_tree_load(request->store, &request->arena, &listing.tree, err) &&
           arm_page_begin(&listing.page, request, &text, err) && list(request, &listing, err) &&
           arm_page_end(&listing.page, reply, err);
}

/* ---- Whether the caller may ------------------------------------------------------------------ */

/* Delegation: a condition may say which roles its holder gives, and to whom. A write is about what
 * the request has, a removal about what is there.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview */
#define ATTRIBUTES 3

struct about {
    const char *role_id, *principal_id, *principal_type; /* NULL: not known */
};

static size_t add_attribute(struct condition_attribute *attributes, size_t count,
    enum condition_source source, const char *name, const char *const *value)
{
    if (!*value)
        return count;
    attributes[count] = (struct condition_attribute){source, name, value, 1};
    return count + 1;
}

static bool ask(struct request *request, const struct scope *scope, const char *action,
    enum condition_source source, const struct about *about, struct azb_error *err)
{
    struct condition_attribute attributes[ATTRIBUTES];
    size_t count = add_attribute(attributes, 0, source, TYPE ":RoleDefinitionId", &about->role_id);
    count = add_attribute(attributes, count, source, TYPE ":PrincipalId", &about->principal_id);
    count = add_attribute(attributes, count, source, TYPE ":PrincipalType", &about->principal_type);
    return authorize_arm_about(request, action, text_of(scope->text), attributes, count, err);
}

/* What the directory says the principal is, whatever the request calls it. */
static const char *type_of_principal(struct request *request, const char *id)
{
    struct principal principal;
    struct azb_error ignored = AZB_ERROR_INIT;
    if (id &&
        principal_by_object_id(request->store, text_of(id), &request->arena, &principal, &ignored))
        return principal_kind_text(principal.kind);
    azb_error_free(&ignored);
    return NULL;
}

bool arm_ask_write_assignment(
    struct request *request, const struct scope *scope, struct azb_error *err)
{
    const struct json *given = json_get(arm_call(request)->body, "properties");
    struct text guid = role_guid_of(json_get_text(given, "roleDefinitionId"));
    struct about about = {
        .role_id = text_string(&request->arena, guid),
        .principal_id = json_get_string(given, "principalId", &request->arena),
    };
    about.principal_type = type_of_principal(request, about.principal_id);
    return ask(request, scope, WRITE, CONDITION_REQUEST, &about, err);
}

static bool ask_delete(struct request *request, const struct scope *scope,
    const struct assignment *assignment, struct azb_error *err)
{
    struct about about = {0};
    if (assignment)
        about = (struct about){
            assignment->role_id, assignment->principal_id, assignment->principal_type};
    return ask(request, scope, DELETE, CONDITION_RESOURCE, &about, err);
}

bool arm_ask_delete_assignment(
    struct request *request, const struct scope *scope, struct azb_error *err)
{
    struct arm_call *call = request->prepared;
    struct assignment *assignment = arena_alloc(&request->arena, sizeof *assignment);
    bool found;
    if (!assignment)
        return fail_memory(err);
    if (!assignment_find(request->store, text_of(scope->text), request->values[1], &request->arena,
            assignment, &found, err))
        return false;
    call->assignment = found ? assignment : NULL;
    return ask_delete(request, scope, call->assignment, err);
}

/* On the writer's thread the name may be another assignment's by now. */
static bool ask_again(
    struct request *request, const struct assignment *assignment, struct azb_error *err)
{
    const struct arm_call *call = arm_call(request);
    const struct assignment *before = call->assignment;
    if (before && string_equal_nocase(before->role_id, assignment->role_id) &&
        string_equal_nocase(before->principal_id, assignment->principal_id))
        return true;
    return ask_delete(request, &call->scope, assignment, err);
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
    if (!ask_again(request, &assignment, err) ||
        !assignment_remove(request->store, &assignment, err))
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

static bool read_condition(struct request *request, const struct json *given,
    struct assignment *assignment, struct azb_error *err)
{
    const char *version;
    if (!read_string(request, given, "condition", &assignment->condition, err) ||
        !read_string(request, given, "conditionVersion", &version, err))
        return false;
    if (assignment->condition && !*assignment->condition)
        assignment->condition = NULL;
    if (!assignment->condition)
        return true;
    if (!version)
        return fail_status(err, 400, "InvalidRoleAssignmentConditionVersion",
            "properties.conditionVersion: it is missing; a condition needs the version '%s'.",
            CONDITION_VERSION);
    return strcmp(version, CONDITION_VERSION) == 0 ||
           fail_status(err, 400, "InvalidRoleAssignmentConditionVersion",
               "properties.conditionVersion: '%.20s' is not supported; the version is '%s'.",
               version, CONDITION_VERSION);
}

/* What the body may say besides: it must not contradict the URL. */
static bool check_scope(struct request *request, const struct json *given,
    const struct assignment *assignment, struct azb_error *err)
{
    const char *scope;
    if (!read_string(request, given, "scope", &scope, err))
        return false;
    struct text said = text_of(scope);
    if (said.length > 1 && text_ends(said, "/"))
        said.length--;
    return !said.at || text_equal_nocase(said, text_of(assignment->scope)) ||
           fail_status(err, 400, INVALID,
               "The request to create role assignment is not valid. Role assignment scope '%.200s' "
               "must match the scope specified on the URI '%.400s'.",
               scope, assignment->scope);
}

static bool read_body(struct request *request, struct assignment *assignment, struct azb_error *err)
{
    const struct json *given = json_get(arm_call(request)->body, "properties");
    if (!given || given->type != JSON_OBJECT)
        return fail_status(
            err, 400, "InvalidRequestContent", "properties: an object is expected here.");
    return read_role_id(request, given, assignment, err) &&
           read_principal(request, given, assignment, err) &&
           check_scope(request, given, assignment, err) &&
           read_string(request, given, "description", &assignment->description, err) &&
           read_condition(request, given, assignment, err);
}

bool arm_put_role_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct assignment out, assignment = {
                               .id = lower(&request->arena, request->values[1]),
                               .scope = arm_call(request)->scope.text,
                               .created = request->now,
                               .created_by = request->caller.object_id,
                           };
    bool made;
    if (!assignment.id)
        return fail_memory(err);
    if (!text_is_guid(request->values[1]))
        return fail_status(err, 400, "InvalidRoleAssignmentId",
            "The role assignment ID '%.100s' is not valid. The role assignment ID must be a GUID.",
            assignment.id);
    if (!read_body(request, &assignment, err) ||
        !assignment_put(request->store, &assignment, &request->arena, &out, &made, err))
        return false;
    authorize_roles_changed(request);
    return reply_assignment(request, reply, made ? 201 : 200, &out, err);
}

/* ---- How many there are ---------------------------------------------------------------------- */

bool arm_get_role_assignment_usage(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    int64_t count;
    if (!assignment_count(request->store, arm_call(request)->scope.text, &count, err))
        return false;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member_text(&writer, "subscriptionId", request->values[0]);
    json_member_i64(&writer, "roleAssignmentsLimit", ROLE_ASSIGNMENTS_MAX);
    json_member_i64(&writer, "roleAssignmentsCurrentCount", count);
    json_member_i64(&writer, "roleAssignmentsRemainingCount", ROLE_ASSIGNMENTS_MAX - count);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

/* Nobody has been one since Azure retired them. */
bool arm_list_classic_administrators(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_page page;
    return arm_page_begin(&page, request, &text, err) && arm_page_end(&page, reply, err);
}
