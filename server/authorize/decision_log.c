#include "authorize/decision_log.h"

#include "authorize/state.h"

/* The random prefix, and a number that counts. */
static void make_id(uint64_t prefix, uint64_t number, char out[GUID_TEXT])
{
    unsigned char bytes[16];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(prefix >> (56 - 8 * i));
        bytes[8 + i] = (unsigned char)(number >> (56 - 8 * i));
    }
    guid_format(bytes, out);
}

void decision_keep(struct request *request, struct decision *decision)
{
    struct decision_ring *ring = &request->service->authorizer->decisions;
    pthread_mutex_lock(&ring->lock);
    uint64_t number = ring->count++;
    make_id(ring->prefix, number, decision->id);
    ring->at[number % DECISIONS_MAX] = *decision;
    pthread_mutex_unlock(&ring->lock);
    memcpy(request->decision_id, decision->id, sizeof request->decision_id);
}

bool decision_find(struct authorizer *authorizer, struct text id, struct decision *out)
{
    struct decision_ring *ring = &authorizer->decisions;
    bool found = false;
    pthread_mutex_lock(&ring->lock);
    for (size_t i = 0; i < DECISIONS_MAX && !found; i++)
        if (*ring->at[i].id && text_equal_nocase(id, text_of(ring->at[i].id))) {
            *out = ring->at[i];
            found = true;
        }
    pthread_mutex_unlock(&ring->lock);
    return found;
}
