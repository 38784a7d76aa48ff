/*
 * cli/login_store.h - who signed in with `azb login`: $XDG_CONFIG_HOME/azb/logins.json, or
 * ~/.config/azb/logins.json (0600).
 *
 * The list is in the order of use: the first login is the current one. The file holds no secret and
 * no token; login_secret.h keeps the first, azb's token cache the second. A file that cannot be
 * understood is set aside under another name, never deleted.
 */
#ifndef CLI_LOGIN_STORE_H
#define CLI_LOGIN_STORE_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

enum login_kind {
    LOGIN_USER,             /* signed in by a person: browser or device code */
    LOGIN_SECRET,           /* an application with a client secret */
    LOGIN_CERTIFICATE,      /* an application with a certificate */
    LOGIN_FEDERATED,        /* an application with another issuer's token in a file */
    LOGIN_MANAGED_IDENTITY, /* the machine's own identity */
    LOGIN_KINDS
};

/* "user", "client_secret", "client_certificate", "workload_identity", "managed_identity". */
const char *login_kind_text(enum login_kind kind);

/* All strings live in the arena that was read into; NULL is absent. */
struct login {
    enum login_kind kind;
    const char *name; /* for `azb auth use`; unique */
    const char *tenant_id;
    const char *client_id;
    const char *authority_host; /* "https://host[:port]" */
    const char *ca_file;        /* what trusts the authority and its services */
    const char *home_account_id;
    const char *username;
    const char *certificate_path;
    const char *token_file;
    const char *secret_in; /* where the secret or the certificate's password is: "file" */
    const char *tokens_in; /* where its tokens are kept: "file" or "keyring"; NULL: nowhere */
    /* The services that were meant when it was made; the environment goes first. */
    const char *batch_endpoint, *arm_endpoint, *graph_endpoint;
};

#define LOGINS_MAX 64
#define LOGIN_FILE_MAX ((size_t)1 << 20)

struct login_list {
    struct login logins[LOGINS_MAX];
    size_t count;
    const char *path;  /* of the file */
    const char *aside; /* NULL, or where a file went that could not be understood, and why */
    const char *problem;
};

/* What the file says; empty when there is none. False and err: IO, CONFIGURATION. */
AZB_MUST_CHECK bool login_list_read(
    struct arena *arena, struct login_list *out, struct azb_error *err);

/* The login with that name, or NULL. */
const struct login *login_find(const struct login_list *list, const char *name);

/* Do they stand for one identity (kind, authority, tenant, client, account)? */
bool login_same_identity(const struct login *a, const struct login *b);

/* Adds the login, or replaces the one of the same name; it becomes the current one. A NULL name is
 * chosen: the user's or the client id, with a number behind it when that is somebody else's. The
 * name that it has got is in `name`. */
AZB_MUST_CHECK bool login_put(
    const struct login *login, struct arena *arena, const char **name, struct azb_error *err);

/* Makes it the current one. False and err: NOT_FOUND names the ones there are. */
AZB_MUST_CHECK bool login_use(const char *name, struct arena *arena, struct azb_error *err);

/* Takes it out of the list. True when it was not there. */
AZB_MUST_CHECK bool login_remove(const char *name, struct arena *arena, struct azb_error *err);

/* The document: JSON to logins and back. False and err (PROTOCOL says which login and member). */
AZB_MUST_CHECK bool login_list_parse(
    struct text text, struct arena *arena, struct login_list *out, struct azb_error *err);
void login_list_print(const struct login_list *list, struct buffer *out);

#endif
