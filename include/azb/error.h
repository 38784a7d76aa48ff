/*
 * azb/error.h - the one error value of libazb.
 *
 * Every call that can fail returns bool and takes `struct azb_error *err` last: true leaves `err`
 * untouched, false fills it. An error is a value: its strings live in it, copy it freely except for
 * `claims`, which azb_error_free() releases.
 */
#ifndef AZB_ERROR_H
#define AZB_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AZB_API __attribute__((visibility("default")))
#define AZB_MUST_CHECK __attribute__((warn_unused_result))
#define AZB_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#define AZB_API
#define AZB_MUST_CHECK
#define AZB_PRINTF(format_at, first_at)
#endif

/* What went wrong, coarse enough to branch on. `code` has the service's own word. */
enum azb_error_kind {
    AZB_ERROR_NONE = 0,
    AZB_ERROR_ARGUMENT,       /* a value the caller gave is not usable: names the value */
    AZB_ERROR_CONFIGURATION,  /* environment, file or option missing or contradictory */
    AZB_ERROR_AUTHENTICATION, /* no token could be had, or the service refused it (401) */
    AZB_ERROR_PERMISSION,     /* known caller, no right (403) */
    AZB_ERROR_NOT_FOUND,      /* 404 */
    AZB_ERROR_CONFLICT,       /* 409, 412: state or precondition */
    AZB_ERROR_SERVICE,        /* any other answer that is an error; see http_status, code */
    AZB_ERROR_PROTOCOL,       /* an answer that cannot be understood */
    AZB_ERROR_NETWORK,        /* no answer: name, connection, TLS */
    AZB_ERROR_TIMEOUT,        /* the deadline passed */
    AZB_ERROR_CANCELLED,      /* the caller's cancel flag was set */
    AZB_ERROR_IO,             /* a file or the local system */
    AZB_ERROR_MEMORY          /* out of memory, or a declared maximum was reached */
};

/* One detail of a Batch error body (`values`), such as PropertyName / PropertyValue / Reason. */
struct azb_error_value {
    char key[48];
    char value[400];
};

#define AZB_ERROR_VALUES_MAX 4

struct azb_error {
    enum azb_error_kind kind;
    int http_status;         /* 0 when no HTTP answer was involved */
    char code[64];           /* "AADSTS7000215", "JobExists", ...; "" when there is none */
    char message[1024];      /* one sentence or more, without secrets; never empty when set */
    char correlation_id[40]; /* Entra's correlation id or the service's request-id; "" if none */
    unsigned retry_after_ms; /* what the service asked for; 0 when it did not */
    bool retryable;          /* the same call may succeed later, unchanged */
    char *claims;            /* a claims challenge (JSON), or NULL; azb_error_free() frees it */
    size_t value_count;
    struct azb_error_value values[AZB_ERROR_VALUES_MAX];
};

/* Every member by hand: clang's -Wextra minds the ones left out, and C++11 knows no names here. */
#define AZB_ERROR_INIT                                                                             \
    {                                                                                              \
        AZB_ERROR_NONE, 0, {0}, {0}, {0}, 0, false, NULL, 0,                                       \
        {                                                                                          \
            {                                                                                      \
                {0},                                                                               \
                {                                                                                  \
                    0                                                                              \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

/* Releases `claims` and resets the value, ready to be used again. NULL is legal. */
AZB_API void azb_error_free(struct azb_error *err);

/* The kind as a word for logs and exit messages ("permission", "network"); never NULL. */
AZB_API const char *azb_error_kind_text(enum azb_error_kind kind);

#ifdef __cplusplus
}
#endif
#endif
