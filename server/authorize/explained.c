/* Refusals: kept with who it was and why, and where their explanation is. */
#include "authorize/state.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"
#include "hosts.h"

#define DETAIL_MAX (64 * 1024)

/* ---- Who ------------------------------------------------------------------------------------- */

static void write_group(struct json_writer *writer, struct request *request, const char *id)
{
    struct principal group;
    struct azb_error ignored = AZB_ERROR_INIT;
    json_begin_object(writer);
    json_member(writer, "id", id);
    if (principal_by_object_id(request->store, text_of(id), &request->arena, &group, &ignored))
        json_member(writer, "displayName", group.display_name);
    json_end_object(writer);
}

static void write_groups(struct json_writer *writer, struct request *request,
    const struct roles *roles, const char *object_id)
{
    const char *const *groups = NULL;
    size_t count = 0;
    struct azb_error ignored = AZB_ERROR_INIT;
    json_name(writer, "groups");
    json_begin_array(writer);
    if (roles && roles_groups(roles, object_id, &request->arena, &groups, &count, &ignored))
        for (size_t i = 0; i < count; i++)
            write_group(writer, request, groups[i]);
    json_end_array(writer);
}

/* Names that cannot be found are left out: the principal may be gone while its token lives. */
void principal_write(struct json_writer *writer, struct request *request, const struct roles *roles,
    const char *object_id, const char *client_id)
{
    struct principal principal = {0};
    struct azb_error ignored = AZB_ERROR_INIT;
    bool known = *object_id && request->store &&
                 principal_by_object_id(
                     request->store, text_of(object_id), &request->arena, &principal, &ignored);
    json_begin_object(writer);
    json_member(writer, "objectId", *object_id ? object_id : NULL);
    json_member(writer, "clientId", *client_id ? client_id : NULL);
    if (known) {
        json_member(writer, "name", principal.display_name);
        json_member(writer, "type", principal_kind_text(principal.kind));
    }
    if (request->store)
        write_groups(writer, request, roles, object_id);
    json_end_object(writer);
}

void principal_write_now(struct json_writer *writer, struct request *request, const char *object_id,
    const char *client_id)
{
    struct authorizer *authorizer = request->service->authorizer;
    pthread_rwlock_rdlock(&authorizer->roles_lock);
    principal_write(writer, request, authorizer->roles, object_id, client_id);
    pthread_rwlock_unlock(&authorizer->roles_lock);
}

/* ---- Keeping --------------------------------------------------------------------------------- */

void refusal_keep(struct request *request, const struct decision_question *question,
    const struct refusal *refusal)
{
    const struct caller *caller = refusal->caller;
    scoped_buffer struct buffer principal = {0};
    struct json_writer writer;
    buffer_init(&principal, DETAIL_MAX);
    json_writer_init(&writer, &principal, 0);
    if (caller)
        principal_write(&writer, request, refusal->roles, caller->object_id, caller->client_id);
    struct decision decision = {.at = request->now,
        .outcome = refusal->outcome,
        .plane = request->plane,
        .status = refusal->status,
        .method = request->method,
        .path = text_string(&request->arena, request->path),
        .object_id = caller ? caller->object_id : "",
        .client_id = caller ? caller->client_id : "",
        .action = question ? question->action : "",
        .scope = question ? question->scope->text : "",
        .kind = question ? question->kind : RBAC_ACTION,
        .rule = "none",
        .principal = principal.failed ? TEXT_NONE : buffer_text(&principal),
        .why_name = refusal->why_name,
        .why = refusal->why};
    decision_log_refuse(request->service->authorizer->log, request, question, &decision);
    memcpy(request->decision_id, decision.id, sizeof request->decision_id);
    request->would_deny = refusal->outcome == DECISION_WOULD_DENY;
}

/* ---- Refusals without a role decision -------------------------------------------------------- */

static const char *const token_reasons[] = {
    [BEARER_GOOD] = "other",
    [BEARER_MISSING] = "missing",
    [BEARER_SCHEME] = "malformed",
    [BEARER_MALFORMED] = "malformed",
    [BEARER_SIGNATURE] = "signature",
    [BEARER_ISSUER] = "issuer",
    [BEARER_TENANT] = "tenant",
    [BEARER_AUDIENCE] = "audience",
    [BEARER_NOT_YET] = "notYet",
    [BEARER_EXPIRED] = "expired",
    [BEARER_KIND] = "kind",
};

/* Of a refusal that no token is to blame for. */
static const char *refusal_reason(const struct request *request, const struct azb_error *err)
{
    if (err->claims)
        return "claimsChallenge";
    if (request->plane == PLANE_GRAPH)
        return "directoryPermission";
    if (request->plane == PLANE_BATCH && strcmp(err->code, "AuthenticationFailed") == 0)
        return "sharedKey";
    return "forbidden";
}

static void keep_plainly(struct request *request, const struct azb_error *err)
{
    scoped_buffer struct buffer why = {0};
    struct json_writer writer;
    bool token = request->token_problem != BEARER_GOOD;
    bool known = request->caller.kind != CALLER_NOBODY;
    const char *reason =
        token ? token_reasons[request->token_problem] : refusal_reason(request, err);
    buffer_init(&why, DETAIL_MAX);
    json_writer_init(&writer, &why, 0);
    json_begin_object(&writer);
    json_member(&writer, "reason", reason);
    json_member(&writer, "detail", refusal_detail(err));
    json_end_object(&writer);
    const struct refusal refusal = {
        .outcome = known && !token ? DECISION_DENIED : DECISION_REFUSED,
        .status = refusal_status(err),
        .caller = known ? &request->caller : request->token_holder,
        .why_name = token ? "tokenProblem" : "refusal",
        .why = buffer_text(&why),
    };
    refusal_keep(request, NULL, &refusal);
}

/* ---- Where ----------------------------------------------------------------------------------- */

/* The address that the client wrote, when it is ours; a public name leads to the plane that it is
 * the name of, so behind one it is the service's own. */
const char *decision_base(struct request *request)
{
    struct text name;
    int port;
    bool own = host_split(request->host, &name, &port) && host_is_local(name) &&
               port == request->service->port;
    return own ? arena_format(&request->arena, "https://%.*s", TEXT_ARGS(request->host))
               : request->service->base_url;
}

const char *decision_link(struct request *request, const char *id)
{
    const char *base = decision_base(request);
    return base ? arena_format(&request->arena, "%s/access/v1/decisions/%s", base, id) : NULL;
}

static bool is_refusal(int status)
{
    return status == 401 || status == 403;
}

const char *authorize_link(struct request *request, const struct azb_error *err)
{
    if (!is_refusal(refusal_status(err)))
        return NULL;
    if (!request->decision_id[0] || request->would_deny)
        keep_plainly(request, err);
    return decision_link(request, request->decision_id);
}

void authorize_headers(struct request *request, struct reply *reply)
{
    if (!request->decision_id[0])
        return;
    if (request->would_deny) {
        reply_header(reply, "azb-would-deny", request->decision_id);
        return;
    }
    const char *link = decision_link(request, request->decision_id);
    if (!link || !is_refusal(reply->status))
        return;
    reply_header(reply, "azb-decision-id", request->decision_id);
    reply_header(reply, "Link", arena_format(&request->arena, "<%s>; rel=\"describedby\"", link));
}
