/*
 * engine/task_process.h - one task's process: its directories, its rights, its program.
 */
#ifndef SERVER_ENGINE_TASK_PROCESS_H
#define SERVER_ENGINE_TASK_PROCESS_H

#include <sys/types.h>
#include <azb/error.h>
#include "engine/run_spec.h"

/* Makes the task's directories afresh: DIRECTORY/wd, stdout.txt, stderr.txt, and the node's shared
 * and volatile ones if they are not there. */
bool task_process_prepare(const struct run_spec *spec, struct azb_error *err);

/*
 * Starts the program in a session and process group of its own. 0 when it could not be started:
 * *outcome is ENGINE_NOT_FOUND or ENGINE_LAUNCH_FAILED and err says why.
 */
pid_t task_process_start(
    const struct run_spec *spec, enum engine_outcome *outcome, struct azb_error *err);

#endif
