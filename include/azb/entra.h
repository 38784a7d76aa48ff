/*
 * azb/entra.h - tokens from Microsoft Entra ID.
 *
 * A credential gets tokens and keeps them: make one for each identity, share it between threads and
 * clients, ask it whenever a token is needed (a warm answer costs a hash lookup). Everything that
 * takes tokens takes a `struct azb_token_provider`, which a credential is and which a program's own
 * callback can be as well.
 *
 * All strings are UTF-8 and NUL-terminated. Options are copied: they may be freed after the call.
 * Struct sizes: structs that begin with `size` must be made with their _INIT macro, so that a
 * program built against an older header goes on working.
 *
 * After fork() a credential refuses in the child (AZB_ERROR_CONFIGURATION): make a new one there,
 * with a cache that was opened there.
 */
#ifndef AZB_ENTRA_H
#define AZB_ENTRA_H

/* The cancel flag is only ever passed by pointer; C++ spells atomic_bool in its own namespace. */
#ifdef __cplusplus
#include <atomic>
typedef std::atomic<bool> azb_cancel_flag;
#else
#include <stdatomic.h>
typedef atomic_bool azb_cancel_flag;
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a token is for ---------------------------------------------------------------- */

/* Azure Batch. The final slash is part of the name: Batch refuses a token for the same address
 * without it ("audience", 401). */
#define AZB_BATCH_RESOURCE "https://batch.core.windows.net/"
#define AZB_BATCH_RESOURCE_US_GOVERNMENT "https://batch.core.usgovcloudapi.net/"
#define AZB_BATCH_RESOURCE_CHINA "https://batch.chinacloudapi.cn/"
/* Azure Resource Manager and Microsoft Graph, public cloud. */
#define AZB_ARM_RESOURCE "https://management.core.windows.net/"
#define AZB_GRAPH_RESOURCE "https://graph.microsoft.com"

/* ---- Tokens ----------------------------------------------------------------------------- */

/* An access token, opaque to its holder. Make it with AZB_TOKEN_INIT, release it with
 * azb_token_free(). Times are seconds since 1970-01-01 UTC. */
struct azb_token {
    char *token;         /* without "Bearer "; owned by this struct */
    int64_t expires_on;  /* the service refuses it from here on */
    int64_t refresh_on;  /* from here on a new one is worth asking for; at most expires_on */
    int64_t reserved[4]; /* 0 */
};

#define AZB_TOKEN_INIT                                                                             \
    {                                                                                              \
        NULL, 0, 0,                                                                                \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* Overwrites and frees the string and resets the struct, ready to be used again. NULL is legal. */
AZB_API void azb_token_free(struct azb_token *token);

/* Puts a copy of `string` into `token`, freeing what was there: how a program's own provider
 * answers. `expires_on` as above; refresh_on becomes the same. False only when out of memory. */
AZB_API AZB_MUST_CHECK bool azb_token_set(
    struct azb_token *token, const char *string, int64_t expires_on, struct azb_error *err);

/* What is asked for. Make it with AZB_TOKEN_REQUEST_INIT, then set `resource` or `scope`. */
struct azb_token_request {
    size_t size;
    /* Either the resource, exactly as it is registered (AZB_BATCH_RESOURCE): the scope sent is the
     * resource with "/.default" behind it, so "https://batch.core.windows.net//.default" ... */
    const char *resource;
    /* ... or the scope itself, or several separated by a space, sent as it is. */
    const char *scope;
    /* The JSON of a claims challenge (azb_error's `claims`), or NULL. A token that is cached does
     * not satisfy a challenge: with claims a new one is always asked for. */
    const char *claims;
    /* Seconds that the token must still be good for. 0 is the usual margin: 5 minutes, or half of
     * the life of a token that lives less than 10. A new token may have less: it is the best there
     * is. */
    int64_t min_valid_s;
    /* Do not answer from the cache (the service has just refused the cached token). */
    bool force;
    /* The longest time that the whole call may take, in milliseconds; 0 is one minute, and fifteen
     * for a user's credential, which may have to wait for the person. */
    int64_t timeout_ms;
    /* NULL, or a flag that ends the call soon after it turned true (AZB_ERROR_CANCELLED). */
    const azb_cancel_flag *cancel;
    /* With force: the token that was refused, if known. Another one that came into the cache
     * meanwhile answers then, so that threads that were refused together ask for one new token.
     * Claims still get a token of their own. */
    const char *refused_token;
};

#define AZB_TOKEN_REQUEST_INIT                                                                     \
    {                                                                                              \
        sizeof(struct azb_token_request), NULL, NULL, NULL, 0, false, 0, NULL, NULL                \
    }

/* ---- Providers -------------------------------------------------------------------------- */

/* Gets a token: a credential, or a program's own callback, which is called on every request of a
 * client, from any thread, and should answer from memory when it can.
 * True: `token` (which came in as AZB_TOKEN_INIT) is filled, see azb_token_set().
 * False: `token` is untouched, `err` has its kind and message set. */
typedef bool azb_token_provider_fn(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err);

/* A callback and what it is called with. Whoever uses it does not own the context. */
struct azb_token_provider {
    azb_token_provider_fn *get_token;
    void *context;
};

/* ---- Credentials ------------------------------------------------------------------------ */

/* Gets tokens of one identity and keeps them in memory, a user's also on disk (see azb_cache): one
 * request for each tenant, client and scope, whoever asks and however many at once. Safe to share
 * between threads.
 *
 * Every constructor answers NULL and err when it fails: ARGUMENT names the option that is missing
 * or malformed, CONFIGURATION the variable or the file's content, IO the file, MEMORY. Nothing is
 * sent before the first token is asked for. Free with azb_credential_free(). */
struct azb_credential;

/* The Entra login host of a cloud, for `authority_host`. NULL means the first. */
#define AZB_AUTHORITY_PUBLIC "https://login.microsoftonline.com"
#define AZB_AUTHORITY_US_GOVERNMENT "https://login.microsoftonline.us"
#define AZB_AUTHORITY_CHINA "https://login.chinacloudapi.cn"

/* An application that proves itself with a client secret.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
struct azb_client_secret_options {
    size_t size;
    const char *tenant_id;      /* GUID, verified domain name, or "adfs"; required */
    const char *client_id;      /* the application (client) id; required */
    const char *client_secret;  /* the secret's value, not its id ... */
    const char *authority_host; /* "https://host[:port]"; NULL is the public cloud */
    const char *ca_file;        /* PEM bundle to trust; NULL is the environment's or the system's */
    /* ... or a file that holds it (white space around it does not count), read for each new token:
     * a program that runs for months gets the next secret without a restart. Exactly one of the
     * two. */
    const char *client_secret_path;
};

#define AZB_CLIENT_SECRET_OPTIONS_INIT                                                             \
    {                                                                                              \
        sizeof(struct azb_client_secret_options), NULL, NULL, NULL, NULL, NULL, NULL               \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_client_secret(
    const struct azb_client_secret_options *options, struct azb_error *err);

/* How the certificate's assertion is signed. */
enum azb_assertion_algorithm {
    AZB_ASSERTION_PS256 = 0, /* with x5t#S256: what Entra recommends */
    AZB_ASSERTION_RS256 = 1  /* with x5t (SHA-1): AD FS and services that know no PS256 */
};

/* An application that proves itself with a certificate: each token request carries a signed
 * assertion (RFC 7523) and the private key never leaves the process.
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
struct azb_client_certificate_options {
    size_t size;
    const char *tenant_id; /* as above */
    const char *client_id; /* as above */
    /* The certificate and its RSA private key, and perhaps the chain that issued it: PEM (in any
     * order, the chain behind the certificate) or PFX (PKCS #12). A file, which is read again when
     * it changed ... */
    const char *certificate_path;
    /* ... or the text itself, PEM only. Exactly one of the two. */
    const char *certificate_pem;
    /* Send the chain too (x5c), for applications that trust a subject name and an issuer instead of
     * one certificate. */
    bool send_certificate_chain;
    enum azb_assertion_algorithm algorithm;
    const char *authority_host;       /* as above */
    const char *ca_file;              /* as above */
    const char *certificate_password; /* of the PFX, or of the key in the PEM; NULL: none */
};

#define AZB_CLIENT_CERTIFICATE_OPTIONS_INIT                                                        \
    {                                                                                              \
        sizeof(struct azb_client_certificate_options), NULL, NULL, NULL, NULL, false,              \
            AZB_ASSERTION_PS256, NULL, NULL, NULL                                                  \
    }

/* NULL and err: IO for a file that cannot be read, CONFIGURATION for one that holds no certificate
 * or no usable key, or that the password does not open. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_client_certificate(
    const struct azb_client_certificate_options *options, struct azb_error *err);

/* The identity that the environment describes: AZURE_TENANT_ID and AZURE_CLIENT_ID, and
 * AZURE_CLIENT_SECRET or else AZURE_CLIENT_CERTIFICATE_PATH (AZURE_CLIENT_CERTIFICATE_PASSWORD;
 * AZURE_CLIENT_SEND_CERTIFICATE_CHAIN "1" or "true"); AZURE_AUTHORITY_HOST, and AZB_CA_FILE for the
 * CA bundle. Read once, here. AZURE_USERNAME and AZURE_PASSWORD are refused with a sentence (see
 * "Users"), and AZURE_ADDITIONALLY_ALLOWED_TENANTS changes nothing: a credential asks one tenant.
 * NULL and err: CONFIGURATION, code AZB_CODE_UNAVAILABLE, names each variable that is missing. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_environment(struct azb_error *err);

/* ---- Tokens on disk --------------------------------------------------------------------- */

/* A file of tokens and accounts in the schema that all MSAL libraries share, so that a program of
 * another language with the same client id finds them too. Safe to share between threads,
 * credentials and, through its lock file, processes. What is in it is believed as the disk is:
 * 0600, and in the keyring where there is one. */
struct azb_cache;

enum azb_cache_protection {
    AZB_CACHE_FILE = 0,    /* a file that only its owner can read */
    AZB_CACHE_KEYRING = 1, /* libsecret; an error where there is no keyring */
    AZB_CACHE_AUTO = 2     /* the keyring where there is one, else the file */
};

/* Something that the person should hear once, a sentence without secrets: a file that could not be
 * understood and where it was put, or why the keyring is not used. Called in the thread whose call
 * met it, with no lock held. */
typedef void azb_cache_warning_fn(void *context, const char *message);

struct azb_cache_options {
    size_t size;
    const char *path; /* NULL is $XDG_DATA_HOME/azb/tokens.json or ~/.local/share/azb/tokens.json */
    enum azb_cache_protection protection;
    azb_cache_warning_fn *warning; /* NULL: nobody hears of it */
    void *warning_context;
};

#define AZB_CACHE_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(struct azb_cache_options), NULL, AZB_CACHE_FILE, NULL, NULL                         \
    }

/* Opens the cache; its folder is made (0700), the file only when there is something to keep. A file
 * that cannot be understood is no error: it is set aside as PATH.unreadable-SECONDS, never deleted,
 * and `warning` says so. Expired access tokens leave the file whenever it is written.
 * NULL and err: IO names the file or folder, CONFIGURATION (no home; KEYRING without a keyring).
 * Free with azb_cache_free(). */
AZB_API AZB_MUST_CHECK struct azb_cache *azb_cache_open(
    const struct azb_cache_options *options, struct azb_error *err);

/* After every credential that uses it. NULL is legal. */
AZB_API void azb_cache_free(struct azb_cache *cache);

/* Who signed in, as the cache knows it. Strings live as long as the list. */
struct azb_account {
    const char *home_account_id; /* "uid.utid": what identifies the account everywhere */
    const char *username;        /* "ann@contoso.com": for people, not for decisions */
    const char *name;            /* or NULL */
    const char *tenant_id;       /* GUID */
    const char *environment;     /* "login.microsoftonline.com" */
    const char *client_id;       /* the application that it signed in with; NULL when unknown */
    const char *reserved[2];     /* NULL */
};

struct azb_account_list {
    struct azb_account *accounts;
    size_t count;
    void *memory; /* of the library */
};

/* All accounts, one for each client id that has its tokens; also those that only tokens tell of,
 * whose username is "". An application's own tokens belong to no account. Free with
 * azb_account_list_free(), also after a failure. */
AZB_API AZB_MUST_CHECK bool azb_cache_accounts(
    struct azb_cache *cache, struct azb_account_list *out, struct azb_error *err);
AZB_API void azb_account_list_free(struct azb_account_list *list);

/* Signs the account out: its tokens and itself leave the cache. True when it was not there. */
AZB_API AZB_MUST_CHECK bool azb_cache_remove_account(
    struct azb_cache *cache, const char *home_account_id, struct azb_error *err);

/* ---- Users ------------------------------------------------------------------------------ */

/* A user's credential first looks for a token, then for a refresh token of its account (in memory
 * and in `cache`), and only then asks the person. Tenants may be "organizations" (the default) or
 * "common" here. The password grant (ROPC) is not offered: RFC 9700 section 2.4 forbids it. */

/* What to tell the person at the keyboard. */
struct azb_user_prompt {
    size_t size;
    const char *message;   /* one or two sentences, ready to be printed */
    const char *url;       /* where to go; of a browser sign-in the whole authorization URL */
    const char *user_code; /* of a device code, else NULL */
    int64_t expires_in_s;  /* 0: not known */
};

/* Called once for each sign-in, before waiting. NULL in the options prints the message on stderr.
 */
typedef void azb_user_prompt_fn(void *context, const struct azb_user_prompt *prompt);

/* Opens `url` in a browser; false when there is none: the prompt then tells the person the URL.
 * Both are called in the thread that asks for the token, with no lock held. */
typedef bool azb_open_url_fn(void *context, const char *url);

/* What all users' credentials have in common. */
struct azb_user_options {
    size_t size;
    const char *tenant_id;       /* NULL is "organizations" */
    const char *client_id;       /* a public client application; required */
    const char *authority_host;  /* as above */
    const char *ca_file;         /* as above */
    struct azb_cache *cache;     /* NULL: memory only; must outlive the credential */
    const char *home_account_id; /* only this account; NULL is whoever signs in */
    const char *username;        /* the same by name, when home_account_id is NULL */
    bool silent_only; /* never ask the person: AUTHENTICATION, code "interaction_required" */

    /* Browser sign-in only: */
    const char *redirect_uri; /* as registered: http://localhost[:port][/path] or 127.0.0.1; NULL is
                                 http://localhost with a free port */
    const char *login_hint;   /* who probably signs in */
    const char *domain_hint;  /* "contoso.com", "organizations" */
    const char *prompt; /* "login", "select_account", "consent": the person is asked first, whatever
                           the cache has (with a device code too); or NULL */
    azb_open_url_fn *open_url; /* NULL: BROWSER, else xdg-open */
    void *open_url_context;

    azb_user_prompt_fn *user_prompt;
    void *user_prompt_context;
};

#define AZB_USER_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(struct azb_user_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL,    \
            NULL, NULL, NULL, NULL, NULL, NULL, NULL                                               \
    }

/* Authorization code with PKCE in the system's browser; the answer comes to a listener on
 * 127.0.0.1 (RFC 8252, RFC 7636), which is open only while a sign-in is under way. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_interactive_browser(
    const struct azb_user_options *options, struct azb_error *err);

/* A code that is typed on another device (RFC 8628). */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_device_code(
    const struct azb_user_options *options, struct azb_error *err);

/* A refresh token from elsewhere, for a program that keeps its own; with NULL the same as
 * silent_only: what the cache has. The new refresh tokens go to the cache. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_refresh_token(
    const struct azb_user_options *options, const char *refresh_token, struct azb_error *err);

/* The account that this user's credential holds after a token was got; false while there is none.
 * Free with azb_account_list_free() (one account). */
AZB_API AZB_MUST_CHECK bool azb_credential_account(
    struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err);

/* A web application's sign-in: it sends the browser to `url` and gets the code at its own redirect
 * URI (options' redirect_uri: any https URL or http on loopback, as registered; required here), in
 * the query unless the program adds "&response_mode=form_post". Compare the `state` that comes back
 * with azb_state_matches() and give code, verifier and nonce to
 * azb_credential_authorization_code(). An authority that is not Microsoft's is asked for its
 * metadata, over the network. */
struct azb_authorization_url {
    char url[4096];
    char state[64];
    char nonce[64];
    char code_verifier[64]; /* a secret until the code is redeemed */
};
/* False and err: ARGUMENT (also when the URL would be longer than there is room), NETWORK, ... */
AZB_API AZB_MUST_CHECK bool azb_authorization_url(const struct azb_user_options *options,
    const char *scope, struct azb_authorization_url *out, struct azb_error *err);
/* In constant time. */
AZB_API bool azb_state_matches(const struct azb_authorization_url *sent, const char *state);

struct azb_authorization_code_options {
    size_t size;
    const char *tenant_id;      /* as above */
    const char *client_id;      /* required */
    const char *client_secret;  /* of a web application; NULL for a public client */
    const char *code;           /* required; good for one use and about ten minutes */
    const char *redirect_uri;   /* exactly as in the authorization request; required */
    const char *code_verifier;  /* when the request had a code_challenge */
    const char *authority_host; /* as above */
    const char *ca_file;        /* as above */
    struct azb_cache *cache;    /* as above */
    const char *nonce;          /* when the request had one: the ID token must have the same */
};

#define AZB_AUTHORIZATION_CODE_OPTIONS_INIT                                                        \
    {                                                                                              \
        sizeof(struct azb_authorization_code_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL,   \
            NULL, NULL, NULL                                                                       \
    }

/* Redeems the code with the first token that is asked for; afterwards the refresh token. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_authorization_code(
    const struct azb_authorization_code_options *options, struct azb_error *err);

/* ---- Applications without a secret of their own ------------------------------------------ */

/* Makes an assertion (a JWT, RFC 7523 section 3) that proves the application: called for each new
 * token, in any thread, with no lock held. `token_endpoint` is its audience when the program signs
 * it itself. True: `assertion` is set with azb_token_set() (expires_on may be 0). False: `err`
 * should say why; the token request fails with it. */
typedef bool azb_assertion_fn(void *context, const char *client_id, const char *token_endpoint,
    struct azb_token *assertion, struct azb_error *err);

struct azb_client_assertion_options {
    size_t size;
    const char *tenant_id;       /* as above */
    const char *client_id;       /* as above */
    azb_assertion_fn *assertion; /* required */
    void *assertion_context;
    const char *authority_host; /* as above */
    const char *ca_file;        /* as above */
};

#define AZB_CLIENT_ASSERTION_OPTIONS_INIT                                                          \
    {                                                                                              \
        sizeof(struct azb_client_assertion_options), NULL, NULL, NULL, NULL, NULL, NULL            \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_client_assertion(
    const struct azb_client_assertion_options *options, struct azb_error *err);

/* Workload identity: a token of another issuer (Kubernetes, a CI service) in a file that is read
 * for each new token. What is NULL comes from AZURE_TENANT_ID, AZURE_CLIENT_ID,
 * AZURE_FEDERATED_TOKEN_FILE, AZURE_AUTHORITY_HOST. */
struct azb_workload_identity_options {
    size_t size;
    const char *tenant_id, *client_id, *token_file_path;
    const char *authority_host; /* as above */
    const char *ca_file;        /* as above */
};

#define AZB_WORKLOAD_IDENTITY_OPTIONS_INIT                                                         \
    {                                                                                              \
        sizeof(struct azb_workload_identity_options), NULL, NULL, NULL, NULL, NULL                 \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_workload_identity(
    const struct azb_workload_identity_options *options, struct azb_error *err);

/* The identity of the machine: App Service, Service Fabric, Azure ML, Cloud Shell, Azure Arc or a
 * virtual machine (IMDS), whichever the environment shows; never asked through a proxy. At most one
 * id: a user-assigned identity; none is the system-assigned one. Which ids a source knows differs:
 * CONFIGURATION says so. */
struct azb_managed_identity_options {
    size_t size;
    const char *client_id, *object_id, *resource_id;
    const char *ca_file; /* as above; for Service Fabric its thumbprint decides */
};

#define AZB_MANAGED_IDENTITY_OPTIONS_INIT                                                          \
    {                                                                                              \
        sizeof(struct azb_managed_identity_options), NULL, NULL, NULL, NULL                        \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_managed_identity(
    const struct azb_managed_identity_options *options, struct azb_error *err);

/* A service that acts for the user whose token it was given (grant jwt-bearer). Exactly one of
 * secret, certificate and assertion proves the service itself. One credential is one user's: its
 * tokens are in its own memory only, never on disk.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow */
struct azb_on_behalf_of_options {
    size_t size;
    const char *tenant_id, *client_id; /* of the service */
    const char *user_assertion;        /* the token that the service received; required */
    const char *client_secret;
    const char *certificate_path;
    azb_assertion_fn *assertion;
    void *assertion_context;
    const char *authority_host;       /* as above */
    const char *ca_file;              /* as above */
    const char *certificate_password; /* as of azb_client_certificate_options */
    bool send_certificate_chain;      /* the same */
};

#define AZB_ON_BEHALF_OF_OPTIONS_INIT                                                              \
    {                                                                                              \
        sizeof(struct azb_on_behalf_of_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,   \
            NULL, NULL, false                                                                      \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_on_behalf_of(
    const struct azb_on_behalf_of_options *options, struct azb_error *err);

/* What `az` is signed in as: a token that az keeps and that is still good, else
 * `az account get-access-token` is run. az's files are only read, and of them no refresh token. */
struct azb_azure_cli_options {
    size_t size;
    const char *tenant_id;    /* or NULL */
    const char *subscription; /* id or name, or NULL; az takes one of the two */
};

#define AZB_AZURE_CLI_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(struct azb_azure_cli_options), NULL, NULL                                           \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_azure_cli(
    const struct azb_azure_cli_options *options, struct azb_error *err);

/* The code of an error that says: this identity is not there (nothing describes it, this is no
 * machine of Azure, az is not signed in), as opposed to one that is there and was refused. */
#define AZB_CODE_UNAVAILABLE "CredentialUnavailable"

/* Asks one after the other and stays with the first that gives a token. Owns the credentials from
 * here on, also when it fails. One that is unavailable (AZB_CODE_UNAVAILABLE) is passed over; one
 * that was refused ends the chain with its own error. When all are unavailable, so is the chain:
 * the message has a line for each that says why, and `values` the first of them by name. */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_chain(
    struct azb_credential *const *credentials, size_t count, struct azb_error *err);

/* The chain that azure-identity's DefaultAzureCredential is: environment, workload identity,
 * managed identity, then the developer's `az`. AZURE_TOKEN_CREDENTIALS narrows it: "prod" (the
 * first three), "dev" (az) or the name of one member (EnvironmentCredential,
 * WorkloadIdentityCredential, ManagedIdentityCredential, AzureCliCredential), in any case; anything
 * else is refused (CONFIGURATION). What the environment does not describe is left out and listed as
 * such. */
struct azb_default_options {
    size_t size;
    const char *tenant_id;                  /* for az and workload identity; NULL: environment */
    const char *managed_identity_client_id; /* NULL: AZURE_CLIENT_ID */
    const char *authority_host;             /* NULL: AZURE_AUTHORITY_HOST, else the public cloud */
    const char *ca_file;                    /* NULL: AZB_CA_FILE, else the system's */
};

#define AZB_DEFAULT_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(struct azb_default_options), NULL, NULL, NULL, NULL                                 \
    }

AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_default(
    const struct azb_default_options *options, struct azb_error *err);

/* ---- Using a credential ------------------------------------------------------------------ */

/* A token, from memory or from Entra. False and err: AUTHENTICATION with Entra's code
 * ("AADSTS7000215") and what to do next, ARGUMENT, NETWORK, TIMEOUT, CANCELLED, PROTOCOL, ... */
AZB_API AZB_MUST_CHECK bool azb_credential_get_token(struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_token *token, struct azb_error *err);

/* The credential as a provider. It must outlive every client that uses the provider. */
AZB_API struct azb_token_provider azb_credential_provider(struct azb_credential *credential);

/* Who it is, for messages: the kind ("client_secret", "device_code", ...), tenant and client id as
 * they were given. They live as long as the credential. */
AZB_API const char *azb_credential_kind(const struct azb_credential *credential);
AZB_API const char *azb_credential_tenant_id(const struct azb_credential *credential);
AZB_API const char *azb_credential_client_id(const struct azb_credential *credential);

/* Forgets the tokens, overwriting them. Nobody may be using it any more. NULL is legal. */
AZB_API void azb_credential_free(struct azb_credential *credential);

#ifdef __cplusplus
}
#endif
#endif
