/*
 * engine/sandbox.h - what a task may touch. Entered by the process that becomes the task, between
 * fork and exec.
 *
 * Landlock (kernel 5.13 and later): everything outside the state folder may be read and executed,
 * /tmp, /var/tmp, /dev/shm and the harmless devices may be written, and of the state folder only
 * the folders named here exist for the task. From ABI 6 on it cannot signal processes outside
 * either.
 */
#ifndef SERVER_ENGINE_SANDBOX_H
#define SERVER_ENGINE_SANDBOX_H

#include <sys/types.h>
#include <azb/error.h>

struct sandbox {
    const char *state;           /* absolute, without symbolic links */
    const char *const *readable; /* folders inside it that may be read; NULL-terminated */
    const char *const *writable; /* folders inside it that may be changed; NULL-terminated */
    uid_t user;                  /* to become; 0: stay who we are */
    gid_t group;
};

/* Landlock's ABI version; 0 when the kernel has none. */
int sandbox_probe(void);

/*
 * Who tasks run as when azbd is root: `nobody`, if it can reach `state` at all (every folder above
 * it must let others pass); *user is 0 otherwise. Gives *blocker the folder in the way, or "".
 */
void sandbox_user(const char *state, uid_t *user, gid_t *group, char *blocker, size_t blocker_size);

/* Gives up rights, for good. Without another user root gives up all its capabilities. False: the
 * process must not go on. Async-signal-safety is not needed: the caller has one thread. */
bool sandbox_enter(const struct sandbox *sandbox, struct azb_error *err);

#endif
