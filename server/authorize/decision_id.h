/*
 * authorize/decision_id.h - ids of decisions: whoever has one may read the decision, so they must
 * not be guessed. An id is one AES block over the decision's number, under a key of the process,
 * written in the shape of a GUID.
 */
#ifndef SERVER_AUTHORIZE_DECISION_ID_H
#define SERVER_AUTHORIZE_DECISION_ID_H

#include "base/crypto.h"

struct decision_key {
    unsigned char bytes[BLOCK_BYTES];
};

void decision_id_make(const struct decision_key *key, uint64_t number, char out[GUID_TEXT]);
/* False: not an id that was made with this key. */
bool decision_id_read(const struct decision_key *key, struct text id, uint64_t *number);

#endif
