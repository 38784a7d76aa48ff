/*
 * entra/disk_cache_file.h - reading and replacing a file of secrets: only a regular file of this
 * user's, never through a symbolic link, and never half written.
 */
#ifndef ENTRA_DISK_CACHE_FILE_H
#define ENTRA_DISK_CACHE_FILE_H

#include <stdint.h>
#include <azb/error.h>
#include "base/text.h"

#define DISK_CACHE_FILE_MAX (16 << 20)

/* Tells one content of a file from the next. All zero: there is no file. */
struct file_stamp {
    uint64_t device, inode;
    int64_t size, modified_ns, changed_ns;
};

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

/* Of what is at `path` now. False when errno is another than "not there". */
bool file_stamp_at(const char *path, struct file_stamp *stamp);

/* So young that another write may get the same times: not to be trusted next time. */
bool file_stamp_is_young(const struct file_stamp *stamp);

/* Appends the file to `out`. 1 read, 0 not there, -1 and err (IO): not readable, a link, no regular
 * file, another owner, writable by others, too large. */
int disk_cache_file_read(
    const char *path, struct buffer *out, struct file_stamp *stamp, struct azb_error *err);

/* Replaces the file (0600): a new file beside it, on the disk, renamed. Only under the lock. The
 * old content stays when anything fails (IO names the file and the reason). */
AZB_MUST_CHECK bool disk_cache_file_replace(
    const char *path, struct text content, struct azb_error *err);

/* Makes the folder that `path` is in, and those above (0700), and refuses one where others could
 * put files into this user's way. */
AZB_MUST_CHECK bool disk_cache_folder_make(const char *path, struct azb_error *err);

#endif
