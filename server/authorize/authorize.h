/*
 * authorize/authorize.h - who is calling, and may they.
 *
 * A verified token is remembered by its SHA-256 until it expires or its key is retired; roles are
 * an index in memory that is replaced whole after each committed change. Both are safe from all
 * threads.
 */
#ifndef SERVER_AUTHORIZE_AUTHORIZE_H
#define SERVER_AUTHORIZE_AUTHORIZE_H

#include "api/operation.h"
#include "base/json.h"
#include "rbac/explain.h"
#include "rbac/condition.h"
#include "request.h"

struct authorizer;
struct account; /* directory/account.h: a Batch account */

struct authorizer *authorizer_new(struct service *service, struct azb_error *err);
void authorizer_free(struct authorizer *authorizer);

/*
 * Checks "Authorization: Bearer ..." for one of `audiences` (exact; NULL-terminated list) as
 * a resource server must: strict JWT, RS256, our key, issuer, tenant, times with 5
 * minutes of skew, app-only or user_impersonation. Fills request->caller. False: 401; err's values
 * carry AuthenticationErrorDetail (which check failed, without the token).
 */
bool authorize_bearer(struct request *request, const char *const *audiences, struct azb_error *err);

/* "Authorization: SharedKey account:signature" (Batch), 15 minutes of skew, constant time. */
bool authorize_shared_key(
    struct request *request, const struct account *account, struct azb_error *err);

/* Bearer or SharedKey for a Batch account; 401 AuthenticationFailed otherwise. */
bool authorize_batch_caller(
    struct request *request, const struct account *account, struct azb_error *err);

/* Bearer for Azure Resource Manager. */
bool authorize_arm_caller(struct request *request, struct azb_error *err);

/*
 * Adds WWW-Authenticate to the reply to a 401 that one of the above gave; does nothing for any
 * other error. For the `refuse` of the ARM, Graph and Batch planes.
 */
void authorize_challenge(struct request *request, struct reply *reply, const struct azb_error *err);

/*
 * Gives a 401 or 403 its place in the decision log, if it has none yet, and returns where its
 * explanation is: "https://HOST/access/v1/decisions/ID". NULL for any other error, and without
 * memory. For the `refuse` of the ARM, Graph and Batch planes, which put it into the body next to
 * the service's own shape.
 */
const char *authorize_link(struct request *request, const struct azb_error *err);
/* "azb-decision-id" and "Link" of a 401 or 403, "azb-would-deny" of what audit mode let through:
 * for the `finish` of these planes. */
void authorize_headers(struct request *request, struct reply *reply);

/*
 * The Batch decision rule for request->caller. False: 403 PermissionDenied with the value
 * "Explanation"; request->decision_id names the decision.
 */
bool authorize_batch(struct request *request, const struct account *account,
    enum permission_kind kind, const char *permission, bool is_read, bool needs_autopool,
    struct azb_error *err);

/* Azure Resource Manager: `action` (whole name) at `scope`. False: 403 AuthorizationFailed. */
bool authorize_arm(
    struct request *request, const char *action, struct text scope, struct azb_error *err);

/* The same where conditions ask for more than the operation: @Request and @Resource attributes of
 * role assignments. */
bool authorize_arm_about(struct request *request, const char *action, struct text scope,
    const struct condition_attribute *attributes, size_t count, struct azb_error *err);

/* As authorize_arm(), for those who ask the decision log itself: that it was allowed is not worth a
 * line there, and audit mode, in which everybody tries what they like, does not open it. */
bool authorize_arm_quietly(
    struct request *request, const char *action, struct text scope, struct azb_error *err);

/* A question about anybody. */
struct evaluation {
    const char *object_id;
    const char *client_id; /* or NULL */
    const char *action;    /* full name */
    enum rbac_kind kind;
    const struct scope *scope;
    enum rbac_rules rules;
    bool needs_autopool; /* by the rules of Batch */
};
struct evaluation_result {
    bool allowed;
    const char *rule;
    const char *reason;                /* rbac_reason_text() of the nearest assignment, or NULL */
    char sentence[RBAC_SHORT_MAX + 1]; /* rbac_explain_short() */
    struct text explanation;           /* rbac_explain_json(), in the arena */
};
/* Decides, and explains, without a trace in the decision log. False: no memory, or 503. */
bool authorize_evaluate(struct request *request, const struct evaluation *evaluation,
    struct evaluation_result *out, struct azb_error *err);

/* {"objectId", "clientId", "name", "type", "groups"} of now. */
void principal_write_now(struct json_writer *writer, struct request *request, const char *object_id,
    const char *client_id);
/* This service, as the client wrote it when it wrote a name of ours: "https://127.0.0.1:8443". NULL
 * without memory. */
const char *decision_base(struct request *request);
/* Where a decision is shown; NULL without memory. */
const char *decision_link(struct request *request, const char *id);

/* Audit mode: what roles refuse is allowed, with a decision that says so. Changing it says so on
 * stderr. */
void authorizer_set_audit(struct authorizer *authorizer, bool on);
bool authorizer_audit(const struct authorizer *authorizer);

/* How long a change of roles takes to act (ticks); 0, at once, lets act what waits. */
void authorizer_set_propagation(struct authorizer *authorizer, int64_t delay);
int64_t authorizer_propagation(struct authorizer *authorizer);
/* The changes that wait, in order. */
struct pending_roles {
    int64_t made, acts; /* ticks */
};
bool authorizer_pending(struct authorizer *authorizer, struct arena *arena,
    struct pending_roles **out, size_t *count, struct azb_error *err);

struct decision_log *authorizer_log(struct authorizer *authorizer);

/* Roles or assignments changed: rebuild the index after the commit. Call from work that writes. */
void authorize_roles_changed(struct request *request);
/* Builds the index from the store (start, and after each change). When it fails, nothing is
 * allowed until it succeeds; each decision tries again. */
bool authorizer_load_roles(
    struct authorizer *authorizer, struct store_connection *connection, struct azb_error *err);
/* Forgets all verified tokens, so that tests and benchmarks see the first sight of one again. A
 * token of a retired key is refused without it. */
void authorizer_forget_tokens(struct authorizer *authorizer);

#endif
