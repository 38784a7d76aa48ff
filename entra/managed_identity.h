/*
 * entra/managed_identity.h - the sources of managed identities: which one this machine has, what it
 * is asked, and what it answers. A source is one row in managed_identity_source.c.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/
 */
#ifndef ENTRA_MANAGED_IDENTITY_H
#define ENTRA_MANAGED_IDENTITY_H

#include "entra/credential.h"

/* How a user-assigned identity is named; the last is the system-assigned one. */
enum identity_name {
    IDENTITY_CLIENT_ID,
    IDENTITY_OBJECT_ID,
    IDENTITY_RESOURCE_ID,
    IDENTITY_SYSTEM,
};
#define IDENTITY_NAMES 3

struct managed_identity;

/* What the sources differ in. */
struct managed_identity_source {
    const char *name; /* for messages */
    /* All that are not NULL must be set: the endpoint, the secret, and a third, whose meaning is
     * the source's. */
    const char *variables[3];
    const char *endpoint; /* when no variable says so */
    const char *file;     /* which shows the source too; NULL: variables alone do */
    const char *method;
    const char *api_version;                /* NULL: none is sent */
    const char *header;                     /* its value is the secret, or "true" without one */
    const char *parameters[IDENTITY_NAMES]; /* NULL: it knows no such name */
    const char *default_client_id;          /* a variable; NULL: none */
    const struct http_retry_rule *retry_rules;
    size_t retry_rule_count;
    bool is_pinned; /* the third variable is the server's thumbprint */
    /* It is told that the client understands claims challenges (xms_cc), and after one the hash of
     * the token that was refused, so that it gives another. */
    bool knows_revocation;
    bool has_challenge; /* Azure Arc: the secret is in a file that a 401 names */
    bool may_be_absent; /* nothing showed it: no answer means that there is none */
};

/* The source that the environment shows; the last row when it shows none. */
struct managed_identity {
    const struct managed_identity_source *source;
    struct arena arena; /* wiped */
    const char *endpoint, *secret, *thumbprint;
    enum identity_name named;
    const char *name;
    const char *root; /* before fixed paths */
};

/* Finds the source and checks what the variables say and whether the source knows such an identity.
 * `identity` has its names set and its arena initialised. False and err: CONFIGURATION. */
AZB_MUST_CHECK bool managed_identity_find(struct managed_identity *identity,
    const struct entra_environment *world, struct azb_error *err);

/* The key that Azure Arc's agent wrote for this one request, in the arena; `challenge` is the
 * WWW-Authenticate of the 401 (NULL: none). Only a file of at most 4096 bytes named *.key that lies
 * directly in the agent's folder is read, whatever the header says. */
AZB_MUST_CHECK bool arc_key_read(const char *root, const char *challenge, struct arena *arena,
    char **key, struct azb_error *err);

/* A 200 answer. `now` is in seconds; False and err (PROTOCOL) when it is no usable token. */
AZB_MUST_CHECK bool managed_identity_reply_read(struct text body, int64_t now, struct arena *arena,
    struct token_reply *reply, struct azb_error *err);
/* Any other answer: always false. */
bool managed_identity_reply_fail(const struct managed_identity_source *source,
    const struct http_response *response, struct arena *arena, struct azb_error *err);

/* Alone, or as one of several, where nobody knows yet whether this is a machine of Azure. */
enum managed_identity_use {
    MANAGED_IDENTITY_ALONE,
    MANAGED_IDENTITY_IN_CHAIN, /* IMDS is first asked whether it is there, for a second at most */
};
struct azb_credential *managed_identity_make(const struct azb_managed_identity_options *options,
    enum managed_identity_use use, const struct entra_environment *world, struct azb_error *err);

#endif
