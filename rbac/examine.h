/*
 * rbac/examine.h - the pass over the assignments that are the caller's, each with its first reason;
 * for the explain files only.
 *
 * The pass must stay cheap with thousands of assignments (figures: 100 us): patterns and conditions
 * are looked at only for assignments that act at the scope, sentences are made only for the ones
 * that are shown.
 */
#ifndef RBAC_EXAMINE_H
#define RBAC_EXAMINE_H

#include "rbac/explain.h"
#include "rbac/gather.h"

/* Whose a principal of the index is. */
enum relation { RELATION_NONE, RELATION_SELF, RELATION_GROUP, RELATION_APP };

struct finding {
    const struct indexed_assignment *assignment;
    enum rbac_reason reason;
    enum relation relation;
    bool would_grant;
    bool is_change; /* not in effect yet: of an assignment that is there already */
    const struct pattern *pattern;
    const struct compiled_condition *condition; /* RBAC_CONDITION: the one that is not true */
    unsigned distance;                          /* smaller is nearer */
};

struct search {
    const struct rbac_index *index;
    const struct rbac_request *request;
    enum rbac_rules rules;
    struct question asked;
    struct question target; /* the operation that was missing, or that allowed it; spelt */
    struct gathered gathered;
    const struct indexed_denial *denial; /* the first one that takes the target away, or NULL */
    unsigned char *relations;            /* by number of principal */
    unsigned char *role_answers;         /* by place of the role: would it grant */
    struct finding nearest[RBAC_CONSIDERED_MAX];
    size_t kept;
    size_t total;
};

/* Fills `nearest`, nearest first. `asked`, `target`, `gathered` are there already; finds `denial`.
 * False only when out of memory. */
bool examine_all(struct search *search, struct arena *arena);

/* True when the deny assignment acts at the scope, means the caller and takes the target away. */
bool denial_takes(const struct search *search, const struct indexed_denial *denial);

/* explain_sentence.c: both in the arena; false only when out of memory. */
bool describe_finding(const struct search *search, const struct finding *finding,
    struct arena *arena, struct rbac_considered *out);
bool describe_denial(const struct search *search, const struct indexed_denial *denial,
    struct arena *arena, struct rbac_denial *out);

#endif
