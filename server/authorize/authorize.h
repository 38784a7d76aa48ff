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

/*
 * Adds WWW-Authenticate to the reply to a 401 that one of the above gave; does nothing for any
 * other error. For the `refuse` of the ARM, Graph and Batch planes.
 */
void authorize_challenge(struct request *request, struct reply *reply, const struct azb_error *err);

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
