/*
 * rbac/look_alike.h - characters that look like ASCII and are not: Cyrillic and Greek letters,
 * full-width forms, spaces without width. They come in with text that was copied from documents.
 */
#ifndef RBAC_LOOK_ALIKE_H
#define RBAC_LOOK_ALIKE_H

#include <stdint.h>
#include "base/arena.h"
#include "base/text.h"

struct look_alike {
    uint32_t code;
    char ascii;       /* 0: it is not seen at all */
    const char *kind; /* "a Cyrillic letter" */
};

/* The first character that is not ASCII; 0 when there is none (or it is not UTF-8). */
uint32_t first_non_ascii(struct text text);

/* NULL when it looks like nothing in ASCII. */
const struct look_alike *look_alike_find(uint32_t code);

/* The text in ASCII, without spaces around it; NULL when a character looks like nothing in ASCII,
 * or without memory. */
const char *look_alike_mend(struct text text, struct arena *arena);

#endif
