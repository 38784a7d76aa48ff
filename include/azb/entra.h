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
 * After fork() a credential refuses in the child (AZB_ERROR_CONFIGURATION): make a new one there.
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
    /* The longest time that the whole call may take, in milliseconds; 0 is one minute. */
    int64_t timeout_ms;
    /* NULL, or a flag that ends the call soon after it turned true (AZB_ERROR_CANCELLED). */
    const azb_cancel_flag *cancel;
};

#define AZB_TOKEN_REQUEST_INIT                                                                     \
    {                                                                                              \
        sizeof(struct azb_token_request), NULL, NULL, NULL, 0, false, 0, NULL                      \
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

/* Gets tokens of one identity and keeps them in memory: one request for each tenant, client and
 * scope, whoever asks and however many at once. Safe to share between threads. */
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
    const char *client_secret;  /* the secret's value, not its id; required */
    const char *authority_host; /* "https://host[:port]"; NULL is the public cloud */
    const char *ca_file;        /* PEM bundle to trust; NULL is the environment's or the system's */
};

#define AZB_CLIENT_SECRET_OPTIONS_INIT                                                             \
    {                                                                                              \
        sizeof(struct azb_client_secret_options), NULL, NULL, NULL, NULL, NULL                     \
    }

/* NULL and err: ARGUMENT names the option that is missing or malformed. Nothing is sent yet.
 * Free with azb_credential_free(). */
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
    /* PEM with the certificate and its RSA private key (unencrypted), in any order, and behind the
     * certificate perhaps the chain that issued it: a file ... */
    const char *certificate_path;
    /* ... or the text itself. Exactly one of the two. */
    const char *certificate_pem;
    /* Send the chain too (x5c), for applications that trust a subject name and an issuer instead of
     * one certificate. */
    bool send_certificate_chain;
    enum azb_assertion_algorithm algorithm;
    const char *authority_host; /* as above */
    const char *ca_file;        /* as above */
};

#define AZB_CLIENT_CERTIFICATE_OPTIONS_INIT                                                        \
    {                                                                                              \
        sizeof(struct azb_client_certificate_options), NULL, NULL, NULL, NULL, false,              \
            AZB_ASSERTION_PS256, NULL, NULL                                                        \
    }

/* NULL and err: ARGUMENT for an option, IO for a file that cannot be read, CONFIGURATION for a PEM
 * that holds no certificate or no usable key. Free with azb_credential_free(). */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_client_certificate(
    const struct azb_client_certificate_options *options, struct azb_error *err);

/* The identity that the environment describes: AZURE_TENANT_ID and AZURE_CLIENT_ID, and
 * AZURE_CLIENT_SECRET or else AZURE_CLIENT_CERTIFICATE_PATH (AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
 * "1" or "true"; an encrypted key, that is AZURE_CLIENT_CERTIFICATE_PASSWORD, is refused with a
 * sentence); AZURE_AUTHORITY_HOST, and AZB_CA_FILE for the CA bundle. Read once, here.
 * NULL and err: CONFIGURATION names each variable that is missing. Free with
 * azb_credential_free(). */
AZB_API AZB_MUST_CHECK struct azb_credential *azb_credential_environment(struct azb_error *err);

/* A token, from memory or from Entra. False and err: AUTHENTICATION with Entra's code
 * ("AADSTS7000215") and what to do next, ARGUMENT, NETWORK, TIMEOUT, CANCELLED, PROTOCOL, ... */
AZB_API AZB_MUST_CHECK bool azb_credential_get_token(struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_token *token, struct azb_error *err);

/* The credential as a provider. It must outlive every client that uses the provider. */
AZB_API struct azb_token_provider azb_credential_provider(struct azb_credential *credential);

/* Who it is, for messages: "client_secret" or "client_certificate", tenant and client id as they
 * were given. They live as long as the credential. */
AZB_API const char *azb_credential_kind(const struct azb_credential *credential);
AZB_API const char *azb_credential_tenant_id(const struct azb_credential *credential);
AZB_API const char *azb_credential_client_id(const struct azb_credential *credential);

/* Forgets the tokens, overwriting them. Nobody may be using it any more. NULL is legal. */
AZB_API void azb_credential_free(struct azb_credential *credential);

#ifdef __cplusplus
}
#endif
#endif
