#include "cli/download.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/http.h"

static bool write_piece(void *context, const void *bytes, size_t length)
{
    return fwrite(bytes, 1, length, context) == length;
}

static bool receive(struct session *session, struct exchange *exchange, FILE *file,
    const char *name, struct azb_error *err)
{
    struct answer answer;
    exchange->sink = write_piece;
    exchange->sink_context = file;
    if (!session_send(session, exchange, &answer, err))
        return false;
    if (fflush(file) != 0)
        return fail(err, AZB_ERROR_IO, "cannot write '%s': %s", name, strerror(errno));
    return true;
}

static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

bool download(struct session *session, struct exchange *exchange, const char *destination,
    struct azb_error *err)
{
    if (strcmp(destination, "-") == 0)
        return receive(session, exchange, stdout, "standard output", err);
    char *part = arena_format(&session->arena, "%s.XXXXXX", destination);
    int fd = part ? mkostemp(part, O_CLOEXEC) : -1;
    if (fd >= 0)
        (void)fchmod(fd, usual_mode()); /* a file like any other, not a private one */
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        return fail(
            err, AZB_ERROR_IO, "cannot write beside '%s': %s", destination, strerror(errno));
    bool received = receive(session, exchange, file, destination, err);
    if (fclose(file) != 0 && received)
        received = fail(err, AZB_ERROR_IO, "cannot write '%s': %s", destination, strerror(errno));
    if (received && rename(part, destination) == 0)
        return true;
    if (received)
        fail(err, AZB_ERROR_IO, "cannot write '%s': %s", destination, strerror(errno));
    (void)unlink(part);
    return false;
}

static const struct {
    const char *header, *name;
} properties[] = {
    {"Content-Length", "contentLength"},
    {"Content-Type", "contentType"},
    {"Last-Modified", "lastModified"},
    {"ocp-creation-time", "creationTime"},
    {"ocp-batch-file-isdirectory", "isDirectory"},
    {"ocp-batch-file-mode", "fileMode"},
    {"ocp-batch-file-url", "url"},
};

const struct json *file_properties(
    struct session *session, struct exchange *exchange, struct azb_error *err)
{
    struct answer answer;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    if (!session_send(session, exchange, &answer, err))
        return NULL;
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        json_member(
            &writer, properties[i].name, http_header(answer.response, properties[i].header));
    json_end_object(&writer);
    return json_written(&text, &session->arena, err);
}
