/*
 * cli/hidden_input.h - a secret that is typed at the terminal, and not shown there.
 */
#ifndef CLI_HIDDEN_INPUT_H
#define CLI_HIDDEN_INPUT_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

/* One line of standard input, which is a terminal, asked for as `what`; "" at its end. The terminal
 * shows again what is typed when this returns, and before a signal ends the process. False and err:
 * IO, CANCELLED, MEMORY. The caller wipes the arena. */
AZB_MUST_CHECK bool hidden_input(
    const char *what, struct arena *arena, struct text *out, struct azb_error *err);

#endif
