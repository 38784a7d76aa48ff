/*
 * engine/run_spec.h - what azbd tells the supervisor of one run: one JSON document in a memory
 * file, so that a task's environment never touches the disk.
 */
#ifndef SERVER_ENGINE_RUN_SPEC_H
#define SERVER_ENGINE_RUN_SPEC_H

#include <sys/types.h>
#include <azb/error.h>
#include "base/arena.h"
#include "engine/engine.h"

#define RUN_SPEC_MAX (4 * 1024 * 1024)

struct run_spec {
    const char *state; /* absolute */
    struct engine_task task;
    uid_t user; /* whom the task runs as; 0: as azbd */
    gid_t group;
    int64_t clock_offset_ms; /* what the service's clock adds to the real one */
};

/* A sealed memory file with the spec, to be closed; -1 and err. */
int run_spec_write(const struct run_spec *spec, struct azb_error *err);
/* Reads it back; everything is in the arena. */
bool run_spec_read(int file, struct arena *arena, struct run_spec *out, struct azb_error *err);

#endif
