/*
 * state.h - the folder of one azbd: where it is, that only its owner can look inside, that only one
 * azbd uses it, and how files in it are replaced.
 */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include <sys/types.h>
#include "base/text.h"
#include "service.h"

/* Fills service->state (absolute): `wanted`, or $XDG_STATE_HOME/azb, or ~/.local/state/azb. Makes
 * it (0700); a folder of another user is refused, one that others can open is closed to them. */
bool state_open(struct service *service, const char *wanted, struct azb_error *err);
/* Fills service->state_lock. False when another azbd has it: says which process. */
bool state_lock(struct service *service, struct azb_error *err);
void state_unlock(struct service *service);

/* "STATE/name" in out (PATH_MAX). */
bool state_path(const struct service *service, const char *name, char *out, struct azb_error *err);
/* A whole file of the state; *found false when it is not there. */
bool state_read(const struct service *service, const char *name, struct buffer *out, bool *found,
    struct azb_error *err);
/* Replaces a file of the state at once (temporary file, rename). */
bool state_write(const struct service *service, const char *name, mode_t mode, struct text content,
    struct azb_error *err);
/* The same for any path. */
bool file_replace(const char *path, mode_t mode, struct text content, struct azb_error *err);
bool file_read(const char *path, struct buffer *out, bool *found, struct azb_error *err);

#endif
