/*
 * cli/suggest.h - "did you mean": the name nearest to a mistyped one.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

#define SUGGEST_LENGTH_MAX 63 /* longer words are not compared */

struct suggestion {
    const char *word; /* what was typed */
    const char *best; /* the nearest offer so far that is near enough, or NULL */
    size_t distance;
};

/* Edits between two words: insert, delete, replace, swap neighbours. */
size_t edit_distance(const char *a, const char *b);

/* Compares one more candidate; it must outlive the suggestion. */
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

#endif
