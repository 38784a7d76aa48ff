/*
 * arm/batch_account_body.h - what a Batch account holds beside its name and keys, as Resource
 * Manager writes it: read from a body with its rules, kept as a document, and read back.
 */
#ifndef SERVER_ARM_BATCH_ACCOUNT_BODY_H
#define SERVER_ARM_BATCH_ACCOUNT_BODY_H

#include "arm/arm.h"

struct account_settings {
    const char *document; /* for account->document; in the arena */
    bool shared_key_allowed, entra_allowed, task_token_allowed;
};

enum account_body {
    ACCOUNT_BODY_PUT,   /* what is not given becomes the default */
    ACCOUNT_BODY_PATCH, /* what is not given stays as it was; what is null becomes the default */
};

/*
 * Checks the request's body and lays it over what `before` holds (NULL: a new account). A system-
 * assigned identity is made when it asks for one. On the writer's thread. False: 400 names the
 * property.
 */
bool account_settings_read(struct request *request, enum account_body kind,
    const struct account *before, const char *resource_id, struct account_settings *out,
    struct azb_error *err);

/* True when the document's identity is of a type that may act for the account. */
bool account_has_identity(const struct json *document);

/* Members of "properties", then "identity" and "tags" of the account, from its document. */
void account_write_settings(struct json_writer *writer, const struct json *document);
void account_write_identity(struct json_writer *writer, const struct json *document);
void account_write_tags(struct json_writer *writer, const struct json *document);

#endif
