/*
 * authorize/decision_log.h - the last decisions, in memory: what "azb-decision-id" leads to.
 *
 * A ring of DECISIONS_MAX; an older decision is forgotten. Safe from all threads.
 */
#ifndef SERVER_AUTHORIZE_DECISION_LOG_H
#define SERVER_AUTHORIZE_DECISION_LOG_H

#include "authorize/authorize.h"

#define DECISIONS_MAX 512
#define DECISION_EXPLANATION_MAX 400

struct decision {
    char id[GUID_TEXT];
    int64_t at;                /* ticks */
    char object_id[GUID_TEXT]; /* who asked */
    char client_id[GUID_TEXT];
    char action[128]; /* full name, cut when longer */
    char scope[256];
    bool allowed;
    const char *rule;                           /* a constant: which rule allowed it, or "none" */
    char explanation[DECISION_EXPLANATION_MAX]; /* of a denial; "" otherwise */
};

/* Copies the decision out. False: not known, or forgotten. */
bool decision_find(struct authorizer *authorizer, struct text id, struct decision *out);

#endif
