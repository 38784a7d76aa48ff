/*
 * cli/private_file.h - files that only their owner may read or change: the store of logins and the
 * secrets that belong to them.
 *
 * What is read must be a regular file of this user that nobody else can write; symbolic links are
 * not followed. A file is replaced whole: a reader finds the old one or the new one, and what was
 * acknowledged is on the disk.
 */
#ifndef CLI_PRIVATE_FILE_H
#define CLI_PRIVATE_FILE_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

/* Who else may read it: what a secret needs, and what is enough for the rest. */
enum privacy { PRIVACY_SECRET, PRIVACY_OWN };

/* "$NAME/azb", else "~/FALLBACK/azb". NULL and err (CONFIGURATION): neither NAME nor HOME is set.
 */
char *private_folder_path(
    const char *name, const char *fallback, struct arena *arena, struct azb_error *err);

/* Makes the folder (0700) with the ones above it. False and err (IO) when it is another user's. */
AZB_MUST_CHECK bool private_folder_make(const char *path, struct azb_error *err);

/* The bytes of `path` (in the arena), at most `maximum`. *out is TEXT_NONE when it is not there.
 * False and err: IO, or CONFIGURATION when it is not private. */
AZB_MUST_CHECK bool private_file_read(const char *path, enum privacy privacy, size_t maximum,
    struct arena *arena, struct text *out, struct azb_error *err);

/* Replaces `path` (0600) by way of a temporary file beside it. True: it is on the disk. */
AZB_MUST_CHECK bool private_file_write(const char *path, struct text bytes, struct azb_error *err);

/* Renames it to PATH.unreadable, or PATH.unreadable-2 and so on; `aside` gets the name. */
AZB_MUST_CHECK bool private_file_set_aside(
    const char *path, struct arena *arena, char **aside, struct azb_error *err);

/* Waits for the lock of `path` (PATH.lock), which the kernel gives back when the process ends.
 * The descriptor, or -1 and err. Close it with private_file_unlock(). */
int private_file_lock(const char *path, struct azb_error *err);
void private_file_unlock(int lock);

#endif
