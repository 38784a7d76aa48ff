/*
 * entra/loopback_page.h - what the browser is shown at the end of a sign-in: whole HTTP answers, of
 * one piece and without any request to somewhere else.
 */
#ifndef ENTRA_LOOPBACK_PAGE_H
#define ENTRA_LOOPBACK_PAGE_H

#include <azb/error.h>
#include "base/text.h"

#define LOOPBACK_PAGE_MAX ((size_t)16 * 1024)

/* Signed in (`failure` NULL), or what went wrong, with its code. */
void loopback_page_end(const struct azb_error *failure, struct buffer *out);
/* To a request that is none of ours. */
void loopback_page_refusal(int status, struct buffer *out);

#endif
