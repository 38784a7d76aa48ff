/*
 * entra/authorize.h - the authorize endpoint: what an application asks for when it sends somebody's
 * browser here, and the answer to its redirect URI.
 *
 * RFC 6749 section 4.1, RFC 7636, RFC 8252 section 7.3, RFC 9207, RFC 9700 section 2.1 and 4.1;
 * OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode.
 */
#ifndef SERVER_ENTRA_AUTHORIZE_H
#define SERVER_ENTRA_AUTHORIZE_H

#include "entra/sign_in.h"

enum response_mode {
    RESPONSE_QUERY,
    RESPONSE_FRAGMENT,
    RESPONSE_FORM_POST,
};

/* Where the answer goes. Only a registered place gets into `uri`. */
struct redirect {
    const char *uri; /* as the client wrote it, or the only registered one */
    bool is_given;   /* the client wrote it */
    enum redirect_kind kind;
    enum response_mode mode;
    struct text state; /* echoed byte for byte; TEXT_NONE without one */
    const char *iss;   /* RFC 9207; NULL: not said */
};

/*
 * The registered redirect URI that `asked` is, exactly; only a loopback address (http://localhost,
 * http://127.0.0.1) may have any port. TEXT_NONE as `asked` takes the only one that is registered.
 * False: AADSTS50011 or 900144, for a page: nothing may be sent to an address that is not
 * registered.
 */
bool redirect_match(const struct application *application, struct text asked, struct arena *arena,
    struct redirect *out, struct azb_error *err);
/* The CSP source that covers it: "https:" and loopback always, a scheme of an application's own. */
const char *redirect_csp_source(const struct redirect *redirect, struct arena *arena);

/* What is sent there besides state and iss; NULL values are left out. */
struct redirect_value {
    const char *name;
    const char *value;
};
/* 302, 303 after a POST, or the page that submits itself. */
bool redirect_reply(struct sign_in *sign_in, const struct redirect *redirect,
    const struct redirect_value *values, size_t count, struct reply *reply, struct azb_error *err);
/* error, error_description, error_uri. */
bool redirect_error(struct sign_in *sign_in, const struct redirect *redirect,
    const struct azb_error *why, struct reply *reply, struct azb_error *err);

/* What the authorize endpoint reads besides what all visits have: sign_in->detail. */
struct authorize {
    struct redirect redirect;
    bool is_v1;
    struct text scope, resource, nonce, challenge;
    bool challenge_is_plain;
    bool wants_client_info;
};

/* Reads a visit's query (struct purpose, `read`). False: for a page. What the application may hear
 * instead is sign_in->refusal. */
bool authorize_read(struct sign_in *sign_in, bool is_v1, struct azb_error *err);

/* The path's tenant is ours, "common" or "organizations": only then may it stand in a page. */
bool authorize_check_tenant(struct sign_in *sign_in, struct azb_error *err);
/* Finds the client of a visit (900144, 700016, 7000229, 7000112) and fills the client_* members. */
bool authorize_find_client(struct sign_in *sign_in, struct text client_id,
    struct application *application, struct azb_error *err);

/* One parameter of the query, decoded; TEXT_NONE when absent or empty. *twice is set when it is
 * there more than once (RFC 6749 section 3.1 refuses that). */
struct text authorize_parameter(struct sign_in *sign_in, const char *name, bool *twice);

bool authorize_serve_v1(struct request *request, struct reply *reply, struct azb_error *err);
bool authorize_serve_v2(struct request *request, struct reply *reply, struct azb_error *err);

#endif
