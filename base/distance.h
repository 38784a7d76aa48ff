/*
 * base/distance.h - how far two words are apart: what "did you mean" rests on.
 */
#ifndef BASE_DISTANCE_H
#define BASE_DISTANCE_H

#include <stddef.h>
#include "base/text.h"

#define DISTANCE_LENGTH_MAX 63 /* longer words are not compared */

/* Edits between two words: insert, delete, replace, swap neighbours; of bytes, so that case counts.
 * SIZE_MAX when one of them is too long. */
size_t text_distance(struct text a, struct text b);

#endif
