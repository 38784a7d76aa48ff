/* The access plane: its routes, and what all requests have in common. */
#include <stdarg.h>

#include "access/access.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "store/store.h"

/* The row of a route. */
enum access_caller { ACCESS_ANYBODY, ACCESS_CALLER };

static const enum access_caller anybody = ACCESS_ANYBODY, caller = ACCESS_CALLER;

static const struct route routes[] = {
    {"GET", "/access/v1/decisions", ROUTE_READS, access_list_decisions, &caller},
    {"GET", "/access/v1/decisions/{id}", ROUTE_READS, access_get_decision, &anybody},
    {"GET", "/access/v1/usage", ROUTE_READS, access_list_uses, &caller},
    {"POST", "/access/v1/evaluation", ROUTE_READS, access_evaluate, &caller},
    {"POST", "/access/v1/evaluations", ROUTE_READS, access_evaluate_all, &caller},
    {"GET", "/.well-known/authzen-configuration", ROUTE_READS, access_get_configuration, &anybody},
};

bool access_bad(struct azb_error *err, const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fail_status(err, 400, "InvalidRequest", "%s", message);
}

/* ---- Who may ask ----------------------------------------------------------------------------- */

/* The client id is the caller only when no person is: by the client id of a tool that many sign in
 * with, one of them would see what the others do. */
static bool is_caller(const struct request *request, struct text principal)
{
    bool program = request->caller.kind == CALLER_APPLICATION;
    return text_equal_nocase(principal, text_of(request->caller.object_id)) ||
           (program && text_equal_nocase(principal, text_of(request->caller.client_id)));
}

bool access_may_ask(
    struct request *request, struct text principal, const char *scope, struct azb_error *err)
{
    if (principal.at && is_caller(request, principal))
        return true;
    return authorize_arm_quietly(
        request, "Microsoft.Authorization/roleAssignments/read", text_of(scope), err);
}

/* The log is of all subscriptions, so the right is needed at each. */
bool access_may_list(struct request *request, struct text principal, struct azb_error *err)
{
    bool row = true;
    scoped_statement struct statement s =
        statement(request->store, "SELECT id FROM subscription ORDER BY row");
    while (row) {
        if (!statement_step(&s, &row, err))
            return false;
        const char *scope = row ? arena_format(&request->arena, "/subscriptions/%.*s",
                                      TEXT_ARGS(statement_borrow(&s, 0)))
                                : "";
        if (!scope)
            return fail_memory(err);
        if (row && !access_may_ask(request, principal, scope, err))
            return false;
    }
    return true;
}

static bool prepare(struct request *request, struct azb_error *err)
{
    const enum access_caller *row = request->route->row;
    if (*row == ACCESS_ANYBODY)
        return true;
    return authorize_arm_caller(request, err) &&
           (request->route->serve != access_list_decisions || access_prepare_list(request, err));
}

/* ---- Finishing, refusing --------------------------------------------------------------------- */

static void finish(struct request *request, struct reply *reply)
{
    const char *given = request_header(request, "X-Request-ID");
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    if (given && text_is_guid(text_of(given)))
        reply_header(reply, "X-Request-ID", given); /* AuthZEN section 10.1.4 */
    authorize_headers(request, reply);
}

static void write_values(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    for (size_t i = 0; i < err->value_count; i++)
        json_member(writer, err->values[i].key, err->values[i].value);
    json_member(writer, "ExplanationLink", authorize_link(request, err));
}

static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    static const struct refusal_code codes[] = {{404, "NotFound"}, {405, "MethodNotAllowed"},
        {413, "RequestEntityTooLarge"}, {0, "BadRequest"}};
    static const struct refusal_form form = {
        .codes = codes,
        .server_fault = "InternalServerError",
        .write_more = write_values,
        .no_memory = "{\"error\":{\"code\":\"InternalServerError\",\"message\":\"out of memory\"}}",
    };
    reply_refusal(request, reply, err, &form);
    authorize_challenge(request, reply, err);
}

const struct plane_rows *access_plane(void)
{
    static const struct plane_rows rows = {
        .name = "access",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = prepare,
        .finish = finish,
        .refuse = refuse,
    };
    return &rows;
}
