/*
 * document.h - JSON in and out of the management planes (ARM, Graph).
 */
#ifndef SERVER_DOCUMENT_H
#define SERVER_DOCUMENT_H

#include "base/json.h"
#include "request.h"

#define DOCUMENT_MAX (64 * 1024 * 1024)

/* A reply of what was written to `text`, copied to the request's arena. False: out of memory. */
bool reply_document(struct request *request, struct reply *reply, int status,
    const struct buffer *text, struct azb_error *err);

/* "2026-11-23T22:30:11.1234567Z"; no member for 0, which has not happened. */
void json_member_time(struct json_writer *writer, const char *name, int64_t ticks);

/* The request's body, which must be a JSON object without a NUL in its strings. NULL and a 400 of
 * this code otherwise. */
const struct json *request_document(
    struct request *request, const char *code, struct azb_error *err);

/* The HTTP status that a refusal has: its own, or the one that belongs to its kind. */
int refusal_status(const struct azb_error *err);

/* How a plane words {"error": {"code", "message", ...}}. */
struct refusal_form {
    const struct refusal_code {
        int status;
        const char *code;
    } * codes;                /* of errors without one; status 0, the last, is for all others */
    const char *server_fault; /* the code from 500 on */
    /* What follows "message". */
    void (*write_more)(
        struct request *request, struct json_writer *writer, const struct azb_error *err);
    const char *no_memory; /* the whole body when there is no memory for another one */
};
void reply_refusal(struct request *request, struct reply *reply, const struct azb_error *err,
    const struct refusal_form *form);

/* Gives an error that has no code one, and the status of its kind. Always false. */
bool refuse_as(struct azb_error *err, const char *code);

/* "https://localhost:8443" and the like, with and without a final slash, and with `path` (or NULL)
 * behind, after `names`: the audiences of tokens for a plane. NULL-terminated, in the arena; NULL
 * without memory. */
const char *const *request_audiences(
    struct request *request, const char *const *names, size_t count, const char *path);

/* True when the request was sent to a public name ("management.azure.com") through the proxy. */
bool request_is_public(const struct request *request);

#endif
