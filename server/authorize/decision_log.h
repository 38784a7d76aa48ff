/*
 * authorize/decision_log.h - what was decided, lately: every denial with its whole explanation,
 * allowed requests in short, and who used which operation.
 *
 * In memory only, and bounded. Denials: the last DECISIONS_DENIED_MAX, fewer when their
 * explanations take more than DECISIONS_DENIED_BYTES. Refused credentials (401) are kept apart, so
 * that a stranger's noise drives no denial out: the last DECISIONS_REFUSED_MAX. Allowed ones: the
 * last DECISIONS_ALLOWED_MAX of each thread that serves. Uses: USES_MAX a thread; beyond that the
 * one that rested longest is forgotten, and `complete_since` says so.
 *
 * Allowing is the common case and costs a lock that no other thread wants (the threads have a shard
 * each, LOG_SHARDS at most), a look into a hash table and a copy of the path: no text is made, and
 * no id: that is the decision's number under a key of this process (AES), and made when it is
 * asked for. Safe from all threads.
 */
#ifndef SERVER_AUTHORIZE_DECISION_LOG_H
#define SERVER_AUTHORIZE_DECISION_LOG_H

#include "rbac/operation.h"
#include "rbac/scope.h"
#include "request.h"

#define LOG_SHARDS 8
#define DECISIONS_ALLOWED_MAX 1024
#define DECISIONS_DENIED_MAX 512
#define DECISIONS_DENIED_BYTES ((size_t)4 * 1024 * 1024)
#define DECISIONS_REFUSED_MAX 256
#define DECISIONS_PAGE_MAX 1000
#define DECISION_PATH_MAX 200 /* bytes; a longer path is cut */
#define USES_MAX 1024

enum decision_outcome {
    DECISION_ALLOWED,
    DECISION_WOULD_DENY, /* audit mode: refused by the roles, and allowed */
    DECISION_DENIED,     /* 403 of a caller that is known */
    DECISION_REFUSED,    /* the credential was not good: 401, and 403 of an account key */
};

/* What was asked: the operation at a scope. */
struct decision_question {
    const struct rbac_operation *operation; /* or NULL: not in the catalogue */
    const char *action;                     /* full name */
    enum rbac_kind kind;
    const struct scope *scope;
    bool is_read, needs_autopool; /* Batch */
};

/* One decision, as it is read. */
struct decision {
    char id[GUID_TEXT];
    uint64_t number; /* in the order they were made, from 1 */
    int64_t at;      /* ticks */
    enum decision_outcome outcome;
    enum plane plane;
    int status; /* of the reply; 0: the request went on */
    const char *method, *path;
    const char *object_id, *client_id; /* "" when not known */
    const char *action, *scope;        /* "" when it did not come to that */
    enum rbac_kind kind;
    const char *rule; /* a constant: which rule allowed it, or "none" */
    /* Of refusals, JSON: who it was (absent when not known), and why, by its member's name:
     * "explanation", "tokenProblem" or "refusal". */
    struct text principal;
    const char *why_name;
    struct text why;
};

/* Who used what: one line for all requests that differ in time only. */
struct use {
    const char *object_id, *client_id;
    const char *action, *scope;
    enum plane plane;
    enum rbac_kind kind;
    bool is_read, needs_autopool;
    uint64_t count, denied; /* allowed (also in audit mode), and denied ones, since `first` */
    int64_t first, last;    /* ticks */
};

struct decision_log;

/* `now`: since when it knows everything, in ticks. */
struct decision_log *decision_log_new(int64_t now, struct azb_error *err);
void decision_log_free(struct decision_log *log); /* NULL is legal */

/* The request's caller may. `rule` is a constant. */
void decision_log_allow(struct decision_log *log, const struct request *request,
    const struct decision_question *question, const char *rule);

/*
 * Keeps a refusal: copies all, sets its id and number, and counts it as a use when there is a
 * question (may be NULL). Without memory it is not kept, and its id leads nowhere.
 */
void decision_log_refuse(struct decision_log *log, const struct request *request,
    const struct decision_question *question, struct decision *decision);

/* ---- Reading: copies live in the arena ------------------------------------------------------- */

/* False: not an id of this log, or forgotten; or no memory (the arena has failed). */
bool decision_log_find(
    struct decision_log *log, struct text id, struct arena *arena, struct decision *out);

enum decision_wanted { DECISIONS_ALL, DECISIONS_ALLOWED, DECISIONS_NOT_ALLOWED };

struct decision_filter {
    uint64_t after;        /* a decision's number; of a log that is gone: as 0 */
    int64_t since;         /* ticks */
    struct text principal; /* object id or client id; absent: anybody's */
    enum decision_wanted wanted;
};

struct decision_list {
    struct decision *at; /* oldest first */
    size_t count;
    uint64_t next;  /* `after` of the next question */
    bool forgotten; /* decisions after filter->after were made and are forgotten */
};

/* At most DECISIONS_PAGE_MAX. False: no memory. */
bool decision_log_list(struct decision_log *log, const struct decision_filter *filter,
    struct arena *arena, struct decision_list *out, struct azb_error *err);

/* True when decision_log_list() would find one. No memory is needed. */
bool decision_log_has(struct decision_log *log, const struct decision_filter *filter);

struct use_list {
    const struct use *at; /* by first use */
    size_t count;
    int64_t complete_since; /* ticks: all that were used since then are listed */
    bool forgotten;         /* some were used before, and are not known any more */
};

/* Those used since `since` (ticks), the principal's (object id or client id; absent: everybody's).
 * False: no memory. */
bool decision_log_uses(struct decision_log *log, struct text principal, int64_t since,
    struct arena *arena, struct use_list *out, struct azb_error *err);

/* `wake` is called on the deciding thread after each decision, without a lock of the log. It is
 * given once, before other threads decide; it must be quick. */
void decision_log_on_decision(struct decision_log *log, void (*wake)(void *context), void *context);

#endif
