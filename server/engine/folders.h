/*
 * engine/folders.h - folders below the state that tasks may have written to: made, opened and
 * removed without ever following a symbolic link.
 */
#ifndef SERVER_ENGINE_FOLDERS_H
#define SERVER_ENGINE_FOLDERS_H

#include <sys/types.h>
#include <azb/error.h>

/* Makes the missing folders of `path` below `root` (absolute, exists), mode 0755. */
bool folder_make(const char *root, const char *path, struct azb_error *err);
/* Opens `path` below `root`: O_PATH-like safety (no links, nothing outside); -1 sets errno. */
int folder_open(int root, const char *path, int flags);
/* Removes a whole tree, or a file. Nothing there is fine. False: something is left (errno). */
bool folder_remove(int parent, const char *name);

#endif
