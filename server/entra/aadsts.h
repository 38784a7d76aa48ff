/*
 * entra/aadsts.h - the errors of Entra: number, HTTP status and OAuth word, and the body.
 */
#ifndef SERVER_ENTRA_AADSTS_H
#define SERVER_ENTRA_AADSTS_H

#include "request.h"

/* Fills err with row `number` of the table (status, code "AADSTSn") and the sentence, which is
 * written without the number. A number that is not in the table is a caller's bug. */
bool aadsts(struct azb_error *err, int number, const char *format, ...) AZB_PRINTF(3, 4);
/* The same with another OAuth word than the table's: one number may have several. */
bool aadsts_as(struct azb_error *err, int number, const char *word, const char *format, ...)
    AZB_PRINTF(4, 5);

/* An error that has an OAuth word and no number of Entra's; status 400. */
bool oauth_refuse(struct azb_error *err, const char *word, const char *sentence);

/* The number in err, or 0 when it is not one of Entra's. */
int aadsts_number(const struct azb_error *err);

/* True when `tenant` (of the path) is ours; else 900023, or 90002 with the OAuth word given. */
bool tenant_check(
    struct request *request, struct text tenant, const char *word, struct azb_error *err);

/* The same where a tenant may be left open ("common", "organizations"): for applications that are
 * multi-tenant, 50194 for others; 9001023 where a grant needs to know the tenant. */
enum shared_tenant {
    SHARED_TENANT_NEVER,
    SHARED_TENANT_MULTI_TENANT,
};
bool tenant_check_for(struct request *request, struct text tenant, enum shared_tenant use,
    struct text client_id, struct azb_error *err);

/* The OAuth word of err; what redirects and bodies say besides (error_description with its ids,
 * error_uri or NULL), in the arena. */
const char *aadsts_word(const struct azb_error *err);
const char *entra_error_description(struct request *request, const struct azb_error *err);
const char *entra_error_uri(struct request *request, const struct azb_error *err);
/* What an error that did not come from aadsts() is told as. */
void entra_translate(
    const struct request *request, const struct azb_error *from, struct azb_error *to);

/* client-request-id (header or query) when it is a GUID, else the id of this request. */
const char *entra_correlation_id(struct request *request);

/* The plane's `refuse` (route.h). */
void entra_refuse(struct request *request, struct reply *reply, const struct azb_error *err);

#endif
