/*
 * cli/isolation.h - a network namespace of one's own, with nothing in it but the loopback.
 *
 * For a child process between fork and exec: it has one thread, and what it becomes does not come
 * back. Not a sandbox: files, processes and Unix sockets are those of the caller; what is gone is
 * every network address.
 */
#ifndef CLI_ISOLATION_H
#define CLI_ISOLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <azb/error.h>

/* Moves this process into a new network namespace and brings its loopback up. False and err
 * (configuration): the system does not allow it. */
bool isolation_enter(struct azb_error *err);

/* Listens on 127.0.0.1 and, where there is IPv6, ::1. The fd is non-blocking; -1 and err. */
int isolation_listen(int port, struct azb_error *err);

/*
 * Messages over a SOCK_SEQPACKET pair, with file descriptors (SCM_RIGHTS). `isolation_receive`
 * gives the bytes received, 0 at the end, -1 on an error; `fds` has the received ones, which the
 * caller closes.
 */
#define ISOLATION_FDS_MAX 4
bool isolation_send(int to, const void *bytes, size_t length, const int *fds, size_t fd_count);
long isolation_receive(int from, void *bytes, size_t maximum, int *fds, size_t *fd_count);

#endif
