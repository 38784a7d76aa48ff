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
    /* Where tokens are kept, too, of credentials that name no cache; NULL: in memory only. */
    struct azb_cache *cache;
    /* Asked for settings that are no options (AZURE_REGIONAL_AUTHORITY_NAME); NULL is getenv(). */
    const char *(*variable)(const char *name);
    /* What stands before the paths of files that have a fixed place (Azure Arc's keys); NULL is
     * nothing. */
    const char *root;
};

/* The variable's value; NULL when it is not set, or empty. */
const char *world_variable(const struct entra_environment *world, const char *name);

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
struct azb_credential *client_assertion_new(const struct azb_client_assertion_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *workload_identity_new(const struct azb_workload_identity_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *managed_identity_new(const struct azb_managed_identity_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *on_behalf_of_new(const struct azb_on_behalf_of_options *options,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *azure_cli_new(const struct azb_azure_cli_options *options,
    const struct entra_environment *world, struct azb_error *err);
/* `authority_host` and `ca_file` go before the variables; NULL: the variables decide. */
struct azb_credential *credential_environment_new(const char *authority_host, const char *ca_file,
    const struct entra_environment *world, struct azb_error *err);
struct azb_credential *credential_default_new(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err);

#endif
