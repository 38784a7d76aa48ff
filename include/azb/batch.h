/*
 * azb/batch.h - a client of the Azure Batch REST API.
 *
 *     struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
 *     options.account_url = "https://myaccount.myregion.batch.azure.com";
 *     options.token_provider = azb_credential_provider(credential);
 *     struct azb_batch *batch = azb_batch_open(&options, &err);
 *
 *     struct azb_reply reply = AZB_REPLY_INIT;
 *     if (azb_task_get(batch, AZB_ARGS(task_get, .job_id = "j", .task_id = "t"), &reply, &err))
 *         puts(reply.value.task->state.text);
 *     azb_reply_free(&reply);
 *
 * The operations are declared in azb/operations.h, what they carry in azb/models.h. The provider is
 * asked on every request, because a token lives an hour and a client lives for weeks; a credential
 * answers from its cache. The token is sent to the account's own host and to no other.
 *
 * A client is safe to share between threads. After fork() it refuses in the child
 * (AZB_ERROR_CONFIGURATION): open a new one.
 *
 * Answers 408, 429 and 5xx are asked again up to three times, after Retry-After or a growing pause,
 * as far as the call's time allows, POST too: ids are the caller's, so nothing is made twice, but a
 * create whose first try did succeed ends with JobExists or TaskExists and a value "EarlierTries".
 * A connection that is lost before the answer is tried again for GET, HEAD, PUT and DELETE only; a
 * POST or PATCH ends with AZB_ERROR_NETWORK and may or may not have happened. (A kept-alive
 * connection that was closed in the meantime is replaced, whatever the method.) Redirects are not
 * followed. A proxy is taken from HTTPS_PROXY and NO_PROXY, authorities from SSL_CERT_FILE.
 */
#ifndef AZB_BATCH_H
#define AZB_BATCH_H

#include <azb/entra.h>
#include <azb/error.h>
#include <azb/models.h>
#include <azb/operations.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How to reach an account. Give either a token provider or account_name and account_key. */
struct azb_batch_options {
    size_t size;
    const char *account_url; /* "https://ACCOUNT.REGION.batch.azure.com"; required, https only; or
                              * "https://localhost:PORT[/ACCOUNT.REGION.batch.azure.com]" of azbd */
    struct azb_token_provider token_provider; /* must outlive the client */
    const char *resource;     /* what tokens are asked for; NULL is AZB_BATCH_RESOURCE */
    const char *account_name; /* shared key: full access, roles are not consulted */
    const char *account_key;  /* base64, as the portal shows it; copied, wiped at free */
    const char *api_version;  /* NULL is "2025-06-01" */
    const char *ca_file;      /* PEM bundle to trust; NULL is the environment's or the system's */
    const char *user_agent;   /* NULL is "azb/VERSION" */
    /* NULL, or called after each try: method, URL without its query, status (0: no answer). */
    void (*trace)(void *context, const char *method, const char *url, int status, int64_t ms);
    void *trace_context;
};

#define AZB_BATCH_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(struct azb_batch_options), NULL, {NULL, NULL}, NULL, NULL, NULL, NULL, NULL, NULL,  \
            NULL, NULL                                                                             \
    }

/* NULL and err: ARGUMENT names the option that is missing, malformed or contradictory. Nothing is
 * sent yet. Free with azb_batch_free(). */
AZB_API AZB_MUST_CHECK struct azb_batch *azb_batch_open(
    const struct azb_batch_options *options, struct azb_error *err);
/* Closes connections, wipes the key. Nobody may be using it any more. NULL is legal. */
AZB_API void azb_batch_free(struct azb_batch *batch);

/* "0.1.0": of the library that runs, not of the header. */
AZB_API const char *azb_version(void);

/* Named arguments: AZB_ARGS(task_get, .job_id = "j", .task_id = "t"), or AZB_ARGS(job_list).
 * They live until the end of the block. C++ has azb_args<>() instead, at the end of this file. */
#define AZB_ARGS(...) AZB_ARGS_OF(__VA_ARGS__, .reserved = 0)
#define AZB_ARGS_OF(operation, ...)                                                                \
    (&(struct azb_##operation##_args){.size = sizeof(struct azb_##operation##_args), __VA_ARGS__})

/* What a file operation tells about the file; strings NULL when the service did not say. */
struct azb_file_headers {
    int64_t content_length; /* -1 when unknown */
    const char *content_type;
    const char *creation_time; /* HTTP date */
    const char *mode;          /* octal, "0o100644" */
    const char *url;
    bool is_directory;
};

/* One answer. Everything in it lives until azb_reply_free() or until it is used for a next call. */
struct azb_reply {
    int status;            /* HTTP */
    union azb_value value; /* which member an operation fills stands at its declaration */
    const void *bytes; /* the body of a file operation without a sink (16 MiB at most), or NULL */
    size_t byte_count;
    struct azb_file_headers file;
    const char *request_id; /* the service's; NULL when it gave none, as the following */
    const char *etag;
    const char *last_modified; /* HTTP date */
    const char *location;
    const char *next_link; /* of a page: there is more; see azb_next_page() */
    void *memory;          /* the library's */
    int operation;         /* the library's */
    int64_t reserved[4];
};

#define AZB_REPLY_INIT                                                                             \
    {                                                                                              \
        0, {NULL}, NULL, 0, {0, NULL, NULL, NULL, NULL, false}, NULL, NULL, NULL, NULL, NULL,      \
            NULL, 0,                                                                               \
        {                                                                                          \
            0, 0, 0, 0                                                                             \
        }                                                                                          \
    }

/* Frees what the reply holds and makes it ready to be used again. NULL is legal. */
AZB_API void azb_reply_free(struct azb_reply *reply);

/*
 * Replaces a page by the one after it (odata.nextLink, followed only to the account's own host),
 * within a minute. False, and the reply is freed, at the end (err is AZB_ERROR_NONE) and on errors
 * (err is set):
 *
 *     for (bool more = azb_job_list(batch, AZB_ARGS(job_list), &page, &err); more;
 *          more = azb_next_page(batch, &page, &err))
 *         ... page.value.job_page->value.items[0 .. count - 1] ...
 *     if (err.kind != AZB_ERROR_NONE) ...
 */
AZB_API bool azb_next_page(struct azb_batch *batch, struct azb_reply *page, struct azb_error *err);

/* Waiting until all tasks of a job are completed. */
struct azb_wait_options {
    size_t size;
    int64_t timeout_ms;       /* 0 waits without limit */
    int64_t poll_interval_ms; /* between looks; 0 starts at 100 ms and grows to 5 s */
    const azb_cancel_flag *cancel;
    /* NULL, or called after each look. */
    void (*progress)(void *context, const struct azb_task_counts *counts);
    void *progress_context;
};

#define AZB_WAIT_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(struct azb_wait_options), 0, 0, NULL, NULL, NULL                                    \
    }

/*
 * Waits until the job has at least one task and all are completed. The reply is the last
 * job_task_counts one, also after TIMEOUT and CANCELLED. False: those, or what ended the last look:
 * the service's answer, or NETWORK (waiting may be begun anew). `options` may be NULL.
 */
AZB_API AZB_MUST_CHECK bool azb_wait_for_tasks(struct azb_batch *batch, const char *job_id,
    const struct azb_wait_options *options, struct azb_reply *reply, struct azb_error *err);

#ifdef __cplusplus
}

/* auto args = azb_args<azb_task_get_args>(); args.job_id = "j"; azb_task_get(batch, &args, ...) */
template <typename Args> inline Args azb_args()
{
    Args args = Args();
    args.size = sizeof(Args);
    return args;
}
#endif
#endif
