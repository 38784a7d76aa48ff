/*
 * rbac/explain.h - why a request was allowed or denied, as data, and printed.
 *
 * It names other assignments only if they are the caller's own (or were meant for it, such as one
 * given to the client id instead of the object id): show it to the caller itself and to those who
 * may read roles.
 */
#ifndef RBAC_EXPLAIN_H
#define RBAC_EXPLAIN_H

#include "base/json.h"
#include "rbac/decide.h"

#define RBAC_CONSIDERED_MAX 20 /* assignments described in full, nearest first */
#define RBAC_ALTERNATIVES_MAX 4
#define RBAC_SHORT_MAX 380 /* bytes of the short form, without the NUL */

/* The first reason why an assignment did not help, nearest to helping first. */
enum rbac_reason {
    RBAC_GRANTS,                 /* it did help */
    RBAC_NOT_IN_EFFECT,          /* it will help: the change has not taken effect yet */
    RBAC_DENIED,                 /* it grants, but a deny assignment takes it away */
    RBAC_CONDITION,              /* its condition is not true, or cannot be decided */
    RBAC_SUBTRACTED,             /* actions list it, notActions take it away */
    RBAC_GRANTED_AS_ACTION,      /* in actions, but needed as data action */
    RBAC_GRANTED_AS_DATA_ACTION, /* in dataActions, but needed as action */
    RBAC_PRINCIPAL_IS_APP,       /* assigned to the client id or application object id */
    RBAC_SCOPE_LOOKS_ALIKE,      /* another scope that differs little: rg1, rg10 */
    RBAC_SCOPE_BELOW,            /* assigned below the scope asked about */
    RBAC_SCOPE_ELSEWHERE,
    RBAC_NOT_LISTED, /* no pattern of the role covers it */
    RBAC_ROLE_GONE,  /* the role definition does not exist any more */
};

struct rbac_considered {
    const char *assignment_id; /* or NULL */
    const char *role_id;
    const char *role_name; /* "" when the definition is gone */
    const char *scope;
    const char *principal_id;
    bool through_group;
    enum rbac_reason reason;
    bool role_would_grant; /* the role is right, the principal or scope is not */
    const char *pattern;   /* that granted, subtracted, or came nearest; or NULL */
    const char *condition; /* RBAC_CONDITION: the whole of it, else NULL */
    const char *sentence;  /* goes on after the role's name: "grants no data actions" */
    const char *brief; /* RBAC_CONDITION: the sentence without the condition's text, else NULL */
};

/* A deny assignment that takes away what is missing. */
struct rbac_denial {
    const char *id; /* or NULL */
    const char *name;
    const char *scope;
    const char *pattern;
    const char *sentence; /* goes on after its name: "takes it away by \"*\"" */
};

/* Another operation that would have allowed the request too. */
struct rbac_alternative {
    const char *action;
    enum rbac_kind kind;
    enum rbac_rule rule;
    const char *sentence;
};

struct rbac_suggestion {
    const char *role_id;
    const char *role_name;
    const char *scope;
    const char *command; /* azb role assignment create --assignee ... --role ... --scope ... */
};

struct rbac_explanation {
    bool allowed;
    enum rbac_rule rule;
    enum rbac_rules rules;
    const char *action; /* what was asked: a full name */
    enum rbac_kind kind;
    const char *missing; /* when denied; differs from action for an autopool's pools/write */
    enum rbac_kind missing_kind;
    bool needs_autopool;
    const char *scope;
    const char *caller_object_id;
    const char *caller_name; /* or NULL */
    size_t group_count;

    const struct rbac_considered *considered; /* nearest first */
    size_t considered_count;
    size_t considered_total;               /* may be more than are described */
    const struct rbac_considered *nearest; /* one of `considered`, or NULL */

    const struct rbac_denial *denials; /* none when allowed */
    size_t denial_count;

    struct rbac_alternative alternatives[RBAC_ALTERNATIVES_MAX];
    size_t alternative_count;

    /* False when allowed, when a change that has not taken effect will do, and when no built-in
     * role would: with `denials`, none whatever. */
    bool has_suggestion;
    struct rbac_suggestion suggestion;
    /* NULL, or a sentence of whoever knows the times: the change that will allow it, and when. It
     * is said in place of what might be assigned; has_suggestion must be false with it. */
    const char *on_its_way;
};

/* Everything lives in the arena. NULL and err only when out of memory. */
const struct rbac_explanation *rbac_explain(const struct rbac_index *index,
    const struct rbac_request *request, enum rbac_rules rules, struct arena *arena,
    struct azb_error *err) AZB_MUST_CHECK;

/* One sentence or three, at most RBAC_SHORT_MAX bytes, for an error body. */
void rbac_explain_short(const struct rbac_explanation *explanation, char out[RBAC_SHORT_MAX + 1]);
/* Some lines, for a terminal. */
void rbac_explain_text(const struct rbac_explanation *explanation, struct buffer *out);
void rbac_explain_json(const struct rbac_explanation *explanation, struct json_writer *writer);

/* "notListed", "scopeElsewhere", ...: the reason in JSON. */
const char *rbac_reason_text(enum rbac_reason reason);

#endif
