/*
 * engine/supervisor.h - the process that starts tasks, and the one beside each task.
 *
 * `azbd --task-supervisor` is started once, with descriptor 3 a SOCK_SEQPACKET socket of azbd. For
 * each message (one byte, with two descriptors: the run's spec and a pipe's end) it forks a
 * supervisor, which takes the run's lock, starts the program, waits for it or for its limits, and
 * writes the exit file. The pipe's end closes with the supervisor: that is how azbd hears of the
 * end. Supervisors outlive the starter and azbd.
 */
#ifndef SERVER_ENGINE_SUPERVISOR_H
#define SERVER_ENGINE_SUPERVISOR_H

#include "engine/run_spec.h"

#define SUPERVISOR_SOCKET 3

/* Watches one run from start to end in this process; `spec_file` is read and closed. */
void supervise(int spec_file);

#endif
