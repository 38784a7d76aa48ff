/*
 * base/error.h - how rooms fill a `struct azb_error`.
 *
 * All of these return false, so that a failing function can end with `return fail(err, ...)`.
 * Messages say which thing, what was wrong, what is allowed; they never hold a secret or a token.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <azb/error.h>

/* Sets kind and message; everything else is reset. */
bool fail(struct azb_error *err, enum azb_error_kind kind, const char *format, ...)
    AZB_PRINTF(3, 4);

/* The same with a service code and HTTP status, as the service's rooms and reply readers need. */
bool fail_status(struct azb_error *err, int http_status, const char *code, const char *format, ...)
    AZB_PRINTF(4, 5);

/* Out of memory. */
bool fail_memory(struct azb_error *err);

/* Prepends "what: " to the message while the error travels up. */
bool fail_while(struct azb_error *err, const char *format, ...) AZB_PRINTF(2, 3);

/* Hands `from` over to `err`, freeing what was there; with err NULL nobody wants to know. */
bool error_move(struct azb_error *err, struct azb_error *from);

/* What every reader knows, told to the static analyser, which sees one file at a time. */
#ifdef __clang_analyzer__
#define fail(...) ((void)(fail)(__VA_ARGS__), false)
#define fail_status(...) ((void)(fail_status)(__VA_ARGS__), false)
#define fail_memory(err) ((void)(fail_memory)(err), false)
#define fail_while(...) ((void)(fail_while)(__VA_ARGS__), false)
#endif

/* Adds one detail; ignored when all AZB_ERROR_VALUES_MAX are taken. Long values are cut. */
void error_add_value(struct azb_error *err, const char *key, const char *format, ...)
    AZB_PRINTF(3, 4);

/* The kind that belongs to an HTTP status (401 authentication, 403 permission, ...). */
enum azb_error_kind error_kind_of_status(int http_status);

#endif
