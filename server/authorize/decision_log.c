#include "authorize/decision_log.h"

#include "authorize/state.h"

void decision_keep(struct request *request, struct decision *decision)
{
    struct decision_ring *ring = &request->service->authorizer->decisions;
    pthread_mutex_lock(&ring->lock);
    uint64_t number = ring->count++;
    snprintf(decision->id, sizeof decision->id, "%08x-%04x-4%03x-8%03x-%012llx",
        (unsigned)(ring->prefix >> 32), (unsigned)(ring->prefix >> 16 & 0xffff),
        (unsigned)(ring->prefix >> 4 & 0xfff), (unsigned)(ring->prefix & 0xf),
        (unsigned long long)(number & 0xffffffffffffULL));
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
