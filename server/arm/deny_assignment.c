/* {scope}/providers/Microsoft.Authorization/denyAssignments: to be read only. */
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/page.h"
#include "arm/roles.h"
#include "base/error.h"
#include "directory/deny_assignment.h"
#include "document.h"
#include "query_filter.h"

#define TYPE "Microsoft.Authorization/denyAssignments"

/* Columns: id, scope, body, row. */
struct row {
    const char *id, *scope;
    struct text body;
    struct rbac_deny_assignment rule;
};

static const char *name_of(const void *row)
{
    return ((const struct row *)row)->rule.name;
}

static const struct query_property properties[] = {
    {"denyAssignmentName", QUERY_EQ, name_of},
    {"principalId", QUERY_EQ, NULL},
    {"atScope", QUERY_WORD, NULL},
    {"assignedTo", QUERY_WORD_VALUE, NULL},
    {"gdprExportPrincipalId", QUERY_EQ, NULL},
};

struct listing {
    struct request *request;
    struct query_filter filter;
    struct management_tree tree;
    struct rbac_names assigned_to; /* of assignedTo(): the principal and its groups */
    struct text scope;
    struct arm_page page;
};

static bool read_row(
    struct request *request, struct statement *s, struct row *out, struct azb_error *err)
{
    struct arena *arena = &request->arena;
    *out = (struct row){
        .id = statement_string(s, 0, arena),
        .scope = statement_string(s, 1, arena),
        .body = statement_text(s, 2, arena),
    };
    const struct json *body = json_parse(out->body, arena, err);
    return body && deny_assignment_read(body, arena, &out->rule, err);
}

/* Who exports what is known about a principal gets no more than which assignments name it. */
static void write_short(struct request *request, struct json_writer *writer, const struct row *row)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *body = json_parse(row->body, &request->arena, &ignored);
    azb_error_free(&ignored);
    json_begin_object(writer);
    json_member(writer, "denyAssignmentName", row->rule.name);
    json_member_text(writer, "description", json_get_text(body, "description"));
    json_end_object(writer);
}

static void write_row(struct request *request, struct json_writer *writer, const struct row *row,
    const struct query_term *exported)
{
    const char *scope = strcmp(row->scope, "/") == 0 ? "" : row->scope;
    json_begin_object(writer);
    json_name(writer, "properties");
    if (exported)
        write_short(request, writer, row);
    else
        json_write_raw(writer, row->body);
    json_member(
        writer, "id", arena_format(&request->arena, "%s/providers/" TYPE "/%s", scope, row->id));
    json_member(writer, "type", TYPE);
    json_member(writer, "name", row->id);
    json_end_object(writer);
}

/* ---- Listing --------------------------------------------------------------------------------- */

static bool names(const struct rbac_names *list, struct text id)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal_nocase(text_of(list->at[i]), id))
            return true;
    return false;
}

static bool concerns(const struct listing *listing, const struct row *row)
{
    const struct query_term *principal = query_filter_term(&listing->filter, "principalId");
    const struct query_term *exported =
        query_filter_term(&listing->filter, "gdprExportPrincipalId");
    bool assigned = !query_filter_term(&listing->filter, "assignedTo") ||
                    names(&row->rule.principal_ids, TEXT(RBAC_EVERYBODY));
    for (size_t i = 0; !assigned && i < listing->assigned_to.count; i++)
        assigned = names(&row->rule.principal_ids, text_of(listing->assigned_to.at[i]));
    return assigned && (!principal || names(&row->rule.principal_ids, principal->value)) &&
           (!exported || names(&row->rule.principal_ids, exported->value) ||
               names(&row->rule.exclude_principal_ids, exported->value));
}

static bool is_listed(const struct listing *listing, const struct row *row)
{
    struct text own = text_of(row->scope), scope = listing->scope;
    bool below = !query_filter_term(&listing->filter, "atScope") &&
                 management_tree_within(&listing->tree, own, scope);
    return (below || management_tree_within(&listing->tree, scope, own)) &&
           concerns(listing, row) && query_filter_passes(&listing->filter, row);
}

static bool list(struct listing *listing, struct azb_error *err)
{
    struct request *request = listing->request;
    scoped_statement struct statement s =
        statement(request->store, "SELECT id, scope, body, row FROM deny_assignment"
                                  " WHERE ?1 IS NULL OR row > CAST(?1 AS INTEGER) ORDER BY row");
    statement_bind_text(&s, 1, listing->page.after);
    bool more = true;
    while (more && !listing->page.more) {
        struct row row;
        char key[24];
        if (!statement_step(&s, &more, err))
            return false;
        if (!more)
            break;
        if (!read_row(request, &s, &row, err))
            return false;
        snprintf(key, sizeof key, "%" PRId64, statement_i64(&s, 3));
        if (is_listed(listing, &row) && arm_page_wants(&listing->page, text_of(key)))
            write_row(request, &listing->page.writer, &row,
                query_filter_term(&listing->filter, "gdprExportPrincipalId"));
    }
    return true;
}

static bool parse_filter(struct listing *listing, struct azb_error *err)
{
    struct request *request = listing->request;
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, &listing->filter, err))
        return refuse_as(err, "InvalidFilter");
    if (listing->filter.any)
        return fail_status(err, 400, "InvalidFilter",
            "The filter of deny assignments joins its clauses with 'and', not with 'or'.");
    const struct query_term *to = query_filter_term(&listing->filter, "assignedTo");
    return !to || assignment_principals(
                      request->store, to->value, &request->arena, &listing->assigned_to, err);
}

bool arm_list_deny_assignments(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct listing listing = {
        .request = request,
        .scope = text_of(arm_call(request)->scope.text),
    };
    return parse_filter(&listing, err) &&
           management_tree_load(request->store, &request->arena, &listing.tree, err) &&
           arm_page_begin(&listing.page, request, &text, err) && list(&listing, err) &&
           arm_page_end(&listing.page, reply, err);
}

/* ---- One ------------------------------------------------------------------------------------- */

bool arm_get_deny_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct row row;
    bool found;
    scoped_statement struct statement s = statement(
        request->store, "SELECT id, scope, body FROM deny_assignment WHERE scope = ?1 AND id = ?2");
    statement_bind_string(&s, 1, arm_call(request)->scope.text);
    statement_bind_text(&s, 2, request->values[1]);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "DenyAssignmentNotFound",
            "The deny assignment '%.*s' is not found.",
            TEXT_ARGS(text_slice(request->values[1], 0, 100)));
    if (!read_row(request, &s, &row, err))
        return false;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_row(request, &writer, &row, NULL);
    return reply_document(request, reply, 200, &text, err);
}
