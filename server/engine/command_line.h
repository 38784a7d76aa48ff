/*
 * engine/command_line.h - a Batch command line taken apart without a shell.
 *
 * White space separates arguments. Single quotes keep everything; double quotes keep everything but
 * \" and \\; outside of quotes a backslash keeps the next character. Nothing is expanded: no
 * variables, no globs, no redirection ("/bin/sh -c '...'" does that). "" is an empty argument.
 */
#ifndef SERVER_ENGINE_COMMAND_LINE_H
#define SERVER_ENGINE_COMMAND_LINE_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define COMMAND_LINE_MAX 32768
#define COMMAND_ARGUMENTS_MAX 4096

/* The arguments, NULL-terminated, in the arena; *count without the NULL. False: nothing in it, a
 * quote that is not closed, a backslash at the end, or too long; err has the sentence. */
bool command_line_split(
    struct text line, struct arena *arena, char ***arguments, size_t *count, struct azb_error *err);

#endif
