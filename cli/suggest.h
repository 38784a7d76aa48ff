/*
 * cli/suggest.h - "did you mean": the name nearest to a mistyped one.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>
#include "base/distance.h"

#define SUGGEST_LENGTH_MAX DISTANCE_LENGTH_MAX /* longer words are not compared */

struct suggestion {
    const char *word; /* what was typed */
    const char *best; /* the nearest offer so far that is near enough, or NULL */
    size_t distance;
};

/* Compares one more candidate; it must outlive the suggestion. */
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

#endif
