#include "cli/suggest.h"

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t distance = text_distance(text_of(suggestion->word), text_of(candidate));
    size_t near = 1 + strlen(suggestion->word) / 4;
    if (distance > near || (suggestion->best && distance >= suggestion->distance))
        return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}
