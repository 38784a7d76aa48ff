/*
 * cli/session.h - one run of azb: where it sends, as whom, and how it prints.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <azb/batch.h>
#include "cli/command.h"
#include "cli/endpoint.h"
#include "cli/identity.h"
#include "cli/login_tokens.h"

/* OUTPUT_ENV: lines for a shell, of commands that have an option row "output" of their own. */
enum output_format { OUTPUT_JSON, OUTPUT_TABLE, OUTPUT_TSV, OUTPUT_ENV };

struct session {
    struct arena arena;
    enum output_format format;
    bool verbose;
    bool format_given;     /* --output, not the usual one */
    const char *auth_mode; /* "aad" or "shared_key" */
    const char *as;        /* --as: who to be */
    const char *command;   /* "job create": what runs */
    const char *decision;  /* of azbd's refusal of the last request, or NULL */
    const char *env_file;  /* --env-file, when it held an identity */
    struct identity *identity;
    struct azb_cache *cache; /* NULL: tokens are kept in memory only */
    struct azb_credential *credential;
    struct login_tokens tokens;
    struct azb_batch *clients[ENDPOINTS];
};

/* An environment variable, or NULL when it is unset or empty. */
const char *environment(const char *name);

/* Who azb is in this session; NULL and err otherwise. Chosen once. */
const struct identity *session_identity(struct session *session, struct azb_error *err);

/* The credential of that identity; NULL and err otherwise. Made once. */
struct azb_credential *session_credential(struct session *session, struct azb_error *err);

/* Tokens of that identity: of a login from the disk if they are there. False and err. */
AZB_MUST_CHECK bool session_provider(
    struct session *session, struct azb_token_provider *provider, struct azb_error *err);

/* The base URL of an endpoint and what tokens for it are asked for: the environment says it, else
 * the login, else its cloud. NULL and err: not configured. */
const char *session_url(struct session *session, enum endpoint endpoint, struct azb_error *err);
const char *session_resource(struct session *session, enum endpoint endpoint);

/* One request and its answer. `path` begins with '/' and may have a query, or it is
 * a whole URL on the endpoint's own host (the link to a next page). */
struct exchange {
    enum endpoint endpoint;
    const char *method;
    const char *path;
    struct text body;          /* JSON, or TEXT_NONE */
    const char *headers[6][2]; /* further ones */
    size_t header_count;
    bool (*sink)(void *context, const void *bytes, size_t length);
    void *sink_context;
};

struct answer {
    int status;
    struct text body;
    const struct json *json; /* NULL when there is no body or it is not JSON */
    const struct http_response *response;
};

/* Sends; a status of 400 or more is an error in the service's own words. Lives in the session's
 * arena. */
bool session_send(struct session *session, const struct exchange *exchange, struct answer *answer,
    struct azb_error *err);

/* Prints the error (code, what happened, what to do next) on stderr; gives the exit code. */
int session_fail(struct session *session, struct azb_error *err);
/* What a failure ends azb with, and what to do about it where its own words do not say (or NULL).
 */
int session_exit_code(const struct azb_error *err);
const char *session_advice(const struct azb_error *err);
/* A sentence on stderr about what was done, for people. */
void session_note(const char *format, ...) AZB_PRINTF(1, 2);
/* The same for a wrong command line. */
int session_usage(const char *format, ...) AZB_PRINTF(1, 2);

void session_end(struct session *session);

/* The whole file, or standard input for "-"; a leading '@' is tolerated. TEXT_NONE and err. */
bool read_input(struct arena *arena, const char *path, struct text *out, struct azb_error *err);
/* What errors about its content call it: the file's name, "standard input", or "the text" for JSON
 * that was given itself. */
const char *input_name(const char *given);

#endif
