/*
 * cli/wrap.h - sentences in lines that fit the terminal: COLUMNS, else its own width, at most
 * WRAP_COLUMNS_MAX characters, which is also what files and pipes get.
 */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stdio.h>
#include "base/text.h"

#define WRAP_COLUMNS_MAX 100
#define WRAP_COLUMNS_MIN 40 /* narrower, a sentence beside a column could not be read */

/* COLUMNS, else how wide the terminal is that `to` leads to; 0: neither, as of files and pipes. */
size_t terminal_columns(FILE *to);

/* Characters, not bytes: how wide UTF-8 text is on a terminal (double-width ones count once). */
size_t text_columns(struct text text);

/* Prints the text without its control characters: a terminal must not obey what a service says. */
void print_clean(FILE *to, struct text text);

/*
 * The same in lines, and a final newline. `column` is where the line stands already; further lines
 * begin at `indent`. Newlines in the text stay.
 */
void wrap_print(FILE *to, size_t indent, size_t column, struct text text);

/* Paragraphs as the source has them: a single newline is a space, unless a line beside it begins
 * with one (an example) or ends with a colon. */
void wrap_paragraphs(FILE *to, struct text text);

#endif
