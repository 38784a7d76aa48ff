#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

static const char *const kind_texts[] = {
    [AZB_ERROR_NONE] = "none",
    [AZB_ERROR_ARGUMENT] = "argument",
    [AZB_ERROR_CONFIGURATION] = "configuration",
    [AZB_ERROR_AUTHENTICATION] = "authentication",
    [AZB_ERROR_PERMISSION] = "permission",
    [AZB_ERROR_NOT_FOUND] = "not found",
    [AZB_ERROR_CONFLICT] = "conflict",
    [AZB_ERROR_SERVICE] = "service",
    [AZB_ERROR_PROTOCOL] = "protocol",
    [AZB_ERROR_NETWORK] = "network",
    [AZB_ERROR_TIMEOUT] = "timeout",
    [AZB_ERROR_CANCELLED] = "cancelled",
    [AZB_ERROR_IO] = "io",
    [AZB_ERROR_MEMORY] = "memory",
};

static const struct {
    int http_status;
    enum azb_error_kind kind;
} status_kinds[] = {
    {401, AZB_ERROR_AUTHENTICATION},
    {403, AZB_ERROR_PERMISSION},
    {404, AZB_ERROR_NOT_FOUND},
    {409, AZB_ERROR_CONFLICT},
    {412, AZB_ERROR_CONFLICT},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *azb_error_kind_text(enum azb_error_kind kind)
{
    return (size_t)kind < COUNT(kind_texts) ? kind_texts[kind] : "unknown";
}

enum azb_error_kind error_kind_of_status(int http_status)
{
    for (size_t i = 0; i < COUNT(status_kinds); i++)
        if (status_kinds[i].http_status == http_status)
            return status_kinds[i].kind;
    return AZB_ERROR_SERVICE;
}

static bool status_is_retryable(int http_status)
{
    return http_status == 408 || http_status == 429 || http_status >= 500;
}

void azb_error_free(struct azb_error *err)
{
    if (!err)
        return;
    memory_free(err->claims);
    *err = (struct azb_error)AZB_ERROR_INIT;
}

/* What vsnprintf() has cut ends with a whole character. */
static void end_whole(char *string)
{
    string[text_whole_length(text_of(string))] = '\0';
}

/* The arguments may point into `err` itself, so the message is written before the reset. */
__attribute__((format(printf, 3, 0))) static void set_error(
    struct azb_error *err, enum azb_error_kind kind, const char *format, va_list args)
{
    char message[sizeof(err->message)];
    vsnprintf(message, sizeof(message), format, args);
    end_whole(message);
    azb_error_free(err);
    err->kind = kind;
    memcpy(err->message, message, sizeof(message));
}

bool(fail)(struct azb_error *err, enum azb_error_kind kind, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    set_error(err, kind, format, args);
    va_end(args);
    return false;
}

bool(fail_status)(struct azb_error *err, int http_status, const char *code, const char *format, ...)
{
    if (!err)
        return false;
    char code_copy[sizeof(err->code)];
    snprintf(code_copy, sizeof(code_copy), "%s", code ? code : "");
    va_list args;
    va_start(args, format);
    set_error(err, error_kind_of_status(http_status), format, args);
    va_end(args);
    memcpy(err->code, code_copy, sizeof(code_copy));
    err->http_status = http_status;
    err->retryable = status_is_retryable(http_status);
    return false;
}

bool(fail_memory)(struct azb_error *err)
{
    return fail(err, AZB_ERROR_MEMORY, "out of memory");
}

bool(fail_while)(struct azb_error *err, const char *format, ...)
{
    if (!err)
        return false;
    char message[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    size_t length = strlen(message);
    if (snprintf(message + length, sizeof(message) - length, ": %s", err->message) < 0)
        return false;
    end_whole(message);
    memcpy(err->message, message, sizeof(message));
    return false;
}

bool error_move(struct azb_error *err, struct azb_error *from)
{
    azb_error_free(err);
    if (err)
        *err = *from;
    else
        azb_error_free(from);
    return false;
}

void error_add_value(struct azb_error *err, const char *key, const char *format, ...)
{
    if (!err || err->value_count >= AZB_ERROR_VALUES_MAX)
        return;
    struct azb_error_value *value = &err->values[err->value_count++];
    snprintf(value->key, sizeof(value->key), "%s", key);
    va_list args;
    va_start(args, format);
    vsnprintf(value->value, sizeof(value->value), format, args);
    va_end(args);
    end_whole(value->value);
}
