/*
 * The openssl command: makes keys, certificates and servers that are not ours, and judges what is.
 */
#ifndef TEST_BASE_OPENSSL_TOOL_H
#define TEST_BASE_OPENSSL_TOOL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder of the test's own; tool_clean() removes it. */
struct tool {
    char folder[64];
    char output[8192]; /* of the last command */
};

/* Runs the command in the folder, which the shell reads. False: it ended with another status than
 * 0. */
static bool tool_run(struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool tool_run(struct tool *tool, const char *format, ...)
{
    char command[4096];
    int used = snprintf(command, sizeof(command), "cd %s && { ", tool->folder);
    va_list args;
    va_start(args, format);
    used += vsnprintf(command + used, sizeof(command) - (size_t)used, format, args);
    va_end(args);
    snprintf(command + used, sizeof(command) - (size_t)used, "; } 2>&1");
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return false;
    size_t length = fread(tool->output, 1, sizeof(tool->output) - 1, pipe);
    tool->output[length] = '\0';
    return pclose(pipe) == 0;
}

static __attribute__((unused)) bool tool_open(struct tool *tool)
{
    snprintf(tool->folder, sizeof(tool->folder), "/tmp/azb-test-XXXXXX");
    return mkdtemp(tool->folder) != NULL;
}

static __attribute__((unused)) void tool_clean(struct tool *tool)
{
    (void)tool_run(tool, "rm -rf %s", tool->folder);
}

static __attribute__((unused)) const char *tool_path(const struct tool *tool, const char *name)
{
    static char paths[4][128];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", tool->folder, name);
    return path;
}

static __attribute__((unused)) bool tool_write(
    const struct tool *tool, const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(tool_path(tool, name), "wb");
    if (!file)
        return false;
    bool written = fwrite(bytes, 1, length, file) == length;
    return fclose(file) == 0 && written;
}

/* The file's bytes, to be freed; NULL when there is none. */
static __attribute__((unused)) char *tool_read(
    const struct tool *tool, const char *name, size_t *length)
{
    FILE *file = fopen(tool_path(tool, name), "rb");
    char *bytes = file ? calloc(1, 65536) : NULL;
    if (bytes)
        *length = fread(bytes, 1, 65535, file);
    if (file)
        fclose(file);
    return bytes;
}

#endif
