/*
 * entra/program.h - runs another program without a shell and reads what it says.
 */
#ifndef ENTRA_PROGRAM_H
#define ENTRA_PROGRAM_H

#include "base/arena.h"
#include "base/text.h"
#include "entra/flight.h"

/* The program of that name in PATH's absolute folders, in the arena: what the current folder holds
 * is never run. NULL when there is none, or no memory (arena->failed). */
char *program_find(const char *path_variable, const char *name, struct arena *arena);

struct program_output {
    struct buffer out, err; /* initialised by the caller, who says how much is read at most */
    int status;             /* of waitpid() */
};

/* `arguments` ends with NULL and begins with the program's path. It runs in "/", without input, in
 * a process group of its own, which is killed when the patience ends or too much is said. The
 * environment is this process's and `extra` ("NAME=value").
 * False and err: IO, TIMEOUT, CANCELLED, MEMORY. */
AZB_MUST_CHECK bool program_run(const char *const *arguments, const char *extra,
    struct patience patience, struct program_output *output, struct azb_error *err);

#endif
