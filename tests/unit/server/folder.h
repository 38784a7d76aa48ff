/* A folder for one test, removed with what is in it. */
#ifndef TESTS_SERVER_FOLDER_H
#define TESTS_SERVER_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void folder_make(char out[64])
{
    snprintf(out, 64, "/tmp/azb-test-XXXXXX");
    if (!mkdtemp(out))
        abort();
}

static inline void folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    char name[512];
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

#endif
