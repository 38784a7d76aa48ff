/*
 * batch/file.h - files below a directory that tasks write to: list, read, delete.
 *
 * Such a directory is not to be trusted: a path never leaves it, neither by ".." nor by a symbolic
 * link (openat2, RESOLVE_BENEATH), and only regular files are read.
 */
#ifndef SERVER_BATCH_FILE_H
#define SERVER_BATCH_FILE_H

#include "batch/batch.h"

struct file_root {
    int folder;      /* descriptor; -1: the directory does not exist (yet) */
    const char *url; /* ".../files" */
};

void file_root_close(struct file_root *root);
#define scoped_file_root __attribute__((cleanup(file_root_close)))

/* Opens STATE/nodes/`directory`. */
struct file_root file_root_open(struct request *request, const char *directory, const char *url);

bool file_list(struct request *request, const struct file_root *root, struct reply *reply,
    struct azb_error *err);
/* GET and HEAD; `path` is decoded. */
bool file_get(struct request *request, const struct file_root *root, struct text path,
    struct reply *reply, struct azb_error *err);
bool file_delete(struct request *request, const struct file_root *root, struct text path,
    struct reply *reply, struct azb_error *err);

#endif
