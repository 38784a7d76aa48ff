/*
 * entra/form.h - the body of a POST to the token endpoint: application/x-www-form-urlencoded.
 */
#ifndef SERVER_ENTRA_FORM_H
#define SERVER_ENTRA_FORM_H

#include "request.h"

#define FORM_FIELDS_MAX 64
#define FORM_BYTES_MAX (128 * 1024) /* an assertion with a chain of certificates fits */

struct form_field {
    struct text name, value;
};

struct form {
    struct form_field fields[FORM_FIELDS_MAX];
    size_t count;
};

/* Reads request->body. Refused: another content type, a bad escape, a parameter twice (RFC 6749
 * section 3.2), too much. */
bool form_parse(struct request *request, struct form *out, struct azb_error *err);

/* Absent or empty is TEXT_NONE (RFC 6749: a parameter without a value counts as omitted). */
struct text form_get(const struct form *form, const char *name);
/* The same, and AADSTS900144 when it is missing. */
bool form_need(const struct form *form, const char *name, struct text *out, struct azb_error *err);

#endif
