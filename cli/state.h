/*
 * cli/state.h - where a local azbd keeps its state, and the environment that it wrote there.
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "base/arena.h"
#include "base/text.h"
#include <azb/error.h>

/* The folder: `given`, else AZB_STATE, else $XDG_STATE_HOME/azb, else ~/.local/state/azb. */
char *state_folder(const char *given, struct arena *arena);

/* The text of STATE/env (lines of `export NAME=VALUE`). False and err: no azbd was started there.
 */
bool state_environment(
    const char *given, struct arena *arena, struct text *out, struct azb_error *err);

/* One line, NAME=VALUE with or without `export`: its name and its value without quotes. False:
 * another kind of line. */
bool state_variable(struct text line, struct arena *arena, struct text *name, struct text *value);

/* Is there a line for this name? */
bool state_has_variable(struct text lines, const char *name, struct arena *arena);

/* Puts such lines into the environment of this process; empty ones and those with # are passed
 * over. `from` is what they were read from, for the message. */
bool state_set_variables(
    struct text lines, const char *from, struct arena *arena, struct azb_error *err);

#endif
