/*
 * access/access.h - what the files of the access plane share: who may ask, a decision as JSON and
 * as a page, and the serve functions that the rows name.
 *
 * The plane answers why: the decision log (authorize/decision_log.h), and OpenID AuthZEN's
 * Authorization API 1.0 on the roles of this service. docs/access-log.md describes it.
 */
#ifndef SERVER_ACCESS_ACCESS_H
#define SERVER_ACCESS_ACCESS_H

#include "authorize/decision_log.h"
#include "base/json.h"
#include "route.h"

/* A 400 that names the member or parameter, what is wrong, and what is allowed. */
bool access_bad(struct azb_error *err, const char *format, ...) AZB_PRINTF(2, 3);

/*
 * About itself everybody may ask; about others, and about all (`principal` absent), who has
 * Microsoft.Authorization/roleAssignments/read at the scope. False: 403.
 */
bool access_may_ask(
    struct request *request, struct text principal, const char *scope, struct azb_error *err);
/* The same at each subscription of this service. */
bool access_may_list(struct request *request, struct text principal, struct azb_error *err);

/* The parameter `principal`: a GUID, or absent. */
bool access_read_principal(struct request *request, struct text *principal, struct azb_error *err);
/* "2026-11-28T10:00:00Z", or a duration that is counted back from now: "PT1H". */
bool access_read_since(struct request *request, int64_t *since, struct azb_error *err);

/* The decision's JSON object. */
void decision_write(
    struct request *request, const struct decision *decision, struct json_writer *writer);
const char *decision_kind_text(enum rbac_kind kind); /* "action", "dataAction" */
const char *decision_plane_text(enum plane plane);   /* "batch", "arm", ... */

/* access/decision_page.c: the same for people. */
bool decision_page(struct request *request, struct reply *reply, const struct decision *decision,
    struct azb_error *err);

/* For access_list_decisions: its filter, and how long it waits. */
bool access_prepare_list(struct request *request, struct azb_error *err);

extern serve_fn access_list_decisions, access_get_decision, access_list_uses, access_evaluate,
    access_evaluate_all, access_get_configuration;

#endif
