/*
 * entra/environment.h - what a credential takes from the outside world: the time and the network.
 * Programs never see this; tests put a movable clock and a scripted transport here, and the command
 * line its trace.
 */
#ifndef ENTRA_ENVIRONMENT_H
#define ENTRA_ENVIRONMENT_H

#include <azb/entra.h>
#include "base/http.h"
#include "base/time.h"

/* All zero is the real world. The clock must outlive the credential; the options are copied, their
 * strings are needed only during the call. */
struct entra_environment {
    const struct clock *clock; /* NULL is real time */
    struct http_options http;  /* ca_file gives way to the one in a credential's own options */
    /* Asked for settings that are no options (AZURE_REGIONAL_AUTHORITY_NAME); NULL is getenv(). */
    const char *(*variable)(const char *name);
};

/* The constructors of azb/entra.h with an environment; NULL is the real world. */
struct azb_credential *client_secret_new(const struct azb_client_secret_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *client_certificate_new(const struct azb_client_certificate_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *interactive_browser_new(const struct azb_user_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *device_code_new(const struct azb_user_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *refresh_token_new(const struct azb_user_options *options,
    const char *refresh_token, const struct entra_environment *world, struct azb_error *err);
struct azb_credential *authorization_code_new(const struct azb_authorization_code_options *options,
    const struct entra_environment *world, struct azb_error *err);
/* azb_authorization_url() with an environment. */
AZB_MUST_CHECK bool authorization_url_make(const struct azb_user_options *options,
    const char *scope, const struct entra_environment *world, struct azb_authorization_url *out,
    struct azb_error *err);
/* `variable` is asked for each name; NULL when it is not set. */
struct azb_credential *credential_from_variables(const char *(*variable)(const char *name),
    const struct entra_environment *world, struct azb_error *err);

#endif
