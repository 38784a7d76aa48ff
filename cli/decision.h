/*
 * cli/decision.h - the decisions that azbd keeps: their ids, the one that azb ran into last, and
 * what to ask next after a refusal.
 *
 * azbd answers 401 and 403 with the header azb-decision-id. Whoever has an id may read its
 * decision, so it is kept as a secret would be, in $XDG_CACHE_HOME/azb/last-decision or ~/.cache.
 */
#ifndef CLI_DECISION_H
#define CLI_DECISION_H

#include "base/http.h"
#include "cli/session.h"

#define DECISION_ID_MAX 64

/* "ID", or a URL that ends with it. NULL and err (ARGUMENT). Lives in the arena. */
const char *decision_id_read(const char *given, struct arena *arena, struct azb_error *err);

/* The header's id when the answer is a 401 or a 403 of azbd, in the arena; else NULL. */
const char *decision_id_of(const struct http_response *response, struct arena *arena);

/* The id of the last refusal that was shown to this user by the azbd whose Resource Manager is at
 * `base`. NULL and err (NOT_FOUND): there was none, it had no id, or another azbd has it. */
const char *decision_last(const char *base, struct arena *arena, struct azb_error *err);
/* `id` NULL: the last refusal had none, so that an earlier one is not taken for it. Best effort:
 * that it cannot be kept is no error of the command. */
void decision_remember(const char *base, const char *id);

/* The decision as azbd has it; asked without a token. False and err: NOT_FOUND and others. */
AZB_MUST_CHECK bool decision_get(
    struct session *session, const char *id, const struct json **out, struct azb_error *err);

/* "azb role explain ID", or, where no id is known, "azb role can-i ACTION ..." for what the error
 * or `command` ("job create") says; NULL: nothing to propose. Lives in the arena. */
const char *decision_next_step(
    const char *id, const char *command, const struct azb_error *err, struct arena *arena);

#endif
