/*
 * graph_calls.h - calls to the Graph plane of a made service that have to end with a given status.
 */
#ifndef TESTS_SERVER_GRAPH_CALLS_H
#define TESTS_SERVER_GRAPH_CALLS_H

#include "planes_arm_graph.h"

static struct service service;

/* The reply's JSON, if it is an object; free `made` with made_free(). */
MADE const struct json *call_as(struct made *made, const char *token, const char *method,
    const char *path, const char *body, int status)
{
    made_call(made, &service, PLANE_GRAPH, token, method, path, body);
    if (made->reply.status != status)
        fail_msg("%s %s: %d: %.*s", method, path, made->reply.status, TEXT_ARGS(made->reply.body));
    return text_starts(made->reply.body, "{") ? made_reply_json(made) : NULL;
}

/* Sends it and forgets the answer. */
MADE void do_it(
    const char *token, const char *method, const char *path, const char *body, int status)
{
    struct made made;
    call_as(&made, token, method, path, body, status);
    made_free(&made);
}

MADE void keep_id(const struct json *object, char out[GUID_TEXT])
{
    snprintf(out, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(object, "id")));
}

/* The id of what a POST as `token` makes. */
MADE void make(const char *token, const char *path, const char *body, char out[GUID_TEXT])
{
    struct made made;
    keep_id(call_as(&made, token, "POST", path, body, 201), out);
    made_free(&made);
}

/* Paths and bodies live until the next but fifteen. */
MADE const char *format(const char *pattern, ...) AZB_PRINTF(1, 2);
MADE const char *format(const char *pattern, ...)
{
    static char texts[16][512];
    static size_t next;
    char *out = texts[next++ % 16];
    va_list args;
    va_start(args, pattern);
    vsnprintf(out, sizeof texts[0], pattern, args);
    va_end(args);
    return out;
}

#endif
