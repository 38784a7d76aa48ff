/*
 * entra/secret_file.h - small files that hold secrets: certificates, federated tokens, keys.
 */
#ifndef ENTRA_SECRET_FILE_H
#define ENTRA_SECRET_FILE_H

#include <stdint.h>
#include <azb/error.h>
#include "base/text.h"

/* What tells one state of a file from the next. All zero is no regular file. */
struct file_stamp {
    uint64_t device, inode;
    int64_t modified_s, modified_ns, length;
};

/* The whole file into `bytes`, whose maximum is the limit and which overwrites what it held.
 * `stamp` is of the file that was read; NULL when nobody wants it. False and err: IO, with the path
 * and the reason. */
AZB_MUST_CHECK bool secret_file_read(
    const char *path, struct buffer *bytes, struct file_stamp *stamp, struct azb_error *err);

/* True when there is a regular file at the path and it is another one than `stamp` is of. What was
 * read from a pipe never counts as changed: it cannot be read twice. */
bool secret_file_changed(const char *path, const struct file_stamp *stamp);

#endif
