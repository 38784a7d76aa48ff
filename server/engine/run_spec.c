#include "engine/run_spec.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"

static void write_environment(struct json_writer *writer, const char *const *environment)
{
    json_name(writer, "environment");
    json_begin_array(writer);
    for (; *environment; environment++)
        json_write_string(writer, *environment);
    json_end_array(writer);
}

static void write_spec(struct json_writer *writer, const struct run_spec *spec)
{
    const struct engine_task *task = &spec->task;

    json_begin_object(writer);
    json_member(writer, "state", spec->state);
    json_member_i64(writer, "task", task->task);
    json_member_i64(writer, "attempt", task->attempt);
    json_member(writer, "directory", task->directory);
    json_member(writer, "nodeDirectory", task->node_directory);
    json_member(writer, "commandLine", task->command_line);
    write_environment(writer, task->environment);
    json_member_i64(writer, "maxWallClockMs", task->max_wall_clock_ms);
    json_member_i64(writer, "user", spec->user);
    json_member_i64(writer, "group", spec->group);
    json_member_i64(writer, "clockOffsetMs", spec->clock_offset_ms);
    json_end_object(writer);
}

int run_spec_write(const struct run_spec *spec, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    int file = -1;

    buffer_init(&out, RUN_SPEC_MAX);
    json_writer_init(&writer, &out, 0);
    write_spec(&writer, spec);
    if (out.failed) {
        fail(err, AZB_ERROR_MEMORY, "the task's environment is larger than %d bytes", RUN_SPEC_MAX);
        return -1;
    }
    file = memfd_create("azb-task", MFD_CLOEXEC);
    if (file >= 0 && pwrite(file, out.at, out.length, 0) == (ssize_t)out.length)
        return file;
    fail(err, AZB_ERROR_IO, "cannot make the task's memory file: %s", strerror(errno));
    if (file >= 0)
        close(file);
    return -1;
}

static bool read_all(int file, struct arena *arena, struct text *out, struct azb_error *err)
{
    struct stat status;
    char *bytes = NULL;

    if (fstat(file, &status) != 0 || status.st_size > RUN_SPEC_MAX)
        return fail(err, AZB_ERROR_IO, "the task's memory file cannot be read");
    bytes = arena_alloc(arena, (size_t)status.st_size + 1);
    if (!bytes)
        return fail_memory(err);
    if (pread(file, bytes, (size_t)status.st_size, 0) != status.st_size)
        return fail(err, AZB_ERROR_IO, "the task's memory file cannot be read");
    *out = (struct text){bytes, (size_t)status.st_size};
    return true;
}

static const char *const *read_environment(const struct json *list, struct arena *arena)
{
    const char **environment = arena_array(arena, (list ? list->count : 0) + 1, sizeof(char *));
    size_t n = 0;

    if (!environment)
        return NULL;
    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        environment[n++] = text_string(arena, json_text(item));
    return environment;
}

bool run_spec_read(int file, struct arena *arena, struct run_spec *out, struct azb_error *err)
{
    struct text bytes = TEXT_NONE;
    const struct json *spec = NULL;
    struct engine_task *task = &out->task;

    if (!read_all(file, arena, &bytes, err) || !(spec = json_parse(bytes, arena, err)))
        return false;
    *out = (struct run_spec){.state = json_get_string(spec, "state", arena)};
    task->task = json_get_i64(spec, "task", 0);
    task->attempt = json_get_i64(spec, "attempt", 0);
    task->directory = json_get_string(spec, "directory", arena);
    task->node_directory = json_get_string(spec, "nodeDirectory", arena);
    task->command_line = json_get_string(spec, "commandLine", arena);
    task->environment = read_environment(json_get(spec, "environment"), arena);
    task->max_wall_clock_ms = json_get_i64(spec, "maxWallClockMs", 0);
    out->user = (uid_t)json_get_i64(spec, "user", 0);
    out->group = (gid_t)json_get_i64(spec, "group", 0);
    out->clock_offset_ms = json_get_i64(spec, "clockOffsetMs", 0);
    if (!out->state || !task->directory || !task->node_directory || !task->command_line ||
        !task->environment)
        return fail(err, AZB_ERROR_PROTOCOL, "the task's memory file is not complete");
    return true;
}
