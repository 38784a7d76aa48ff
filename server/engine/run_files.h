/*
 * engine/run_files.h - what a supervisor leaves on disk for azbd: one folder a run,
 * STATE/engine/TASK.ATTEMPT/, out of the task's sight.
 *
 *   lock     held (flock) while the supervisor lives; holds "PID STARTTIME\n"
 *   cancel   made by azbd: "GRACE_MS\n"; looked for before the task starts and at each SIGTERM
 *   exit     written under another name and renamed: complete or not there
 */
#ifndef SERVER_ENGINE_RUN_FILES_H
#define SERVER_ENGINE_RUN_FILES_H

#include <azb/error.h>
#include "engine/engine.h"

/* STATE/engine/TASK.ATTEMPT, an open descriptor of it (created when `create`); -1 and err. */
int run_open(const char *state, int64_t task, int64_t attempt, bool create, struct azb_error *err);
/* Removes the folder and what is in it. */
void run_remove(const char *state, int64_t task, int64_t attempt);

/* The supervisor's half. The lock's descriptor, to be kept open; -1 and err. */
int run_lock(int folder, struct azb_error *err);
bool run_write_exit(int folder, const struct engine_event *event, struct azb_error *err);
/* Was a cancel asked for; how much grace. */
bool run_read_cancel(int folder, int64_t *grace_ms);

/* azbd's half. */
bool run_read_exit(int folder, struct engine_event *event); /* false: there is none */
bool run_write_cancel(int folder, int64_t grace_ms);
/* Keeps the task from starting: under the lock, so that a supervisor which comes late finds the
 * cancel. False: a supervisor has the lock, and the run goes on. */
bool run_revoke(int folder);
/* A pidfd of the supervisor that holds the lock; -1 when nobody does (or has not said who yet). */
int run_supervisor(int folder);

#endif
