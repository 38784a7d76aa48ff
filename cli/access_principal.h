/*
 * cli/access_principal.h - whom a question about access is about: found in the directory, with the
 * groups that count for it.
 */
#ifndef CLI_ACCESS_PRINCIPAL_H
#define CLI_ACCESS_PRINCIPAL_H

#include "cli/session.h"
#include "rbac/decide.h"

struct access_principal {
    const char *object_id;      /* what roles are given to */
    const char *type;           /* "ServicePrincipal", "User", "Group"; NULL: not known */
    const char *name;           /* for people, or NULL */
    const char *client_id;      /* of an application, or NULL */
    const char *application_id; /* the object id of the application itself, or NULL */
    const char *const *groups;  /* object ids, nested ones too */
    size_t group_count;
    const char *groups_gap; /* why the directory did not tell the groups, or NULL */
};

/* Who goes by this client id, object id, user principal name or display name, with its groups. In
 * the session's arena. Where the directory may not be read, a GUID is taken as an object id. False
 * and err: nobody, several, or a name that may not be looked up. */
AZB_MUST_CHECK bool access_principal_find(struct session *session, const char *given,
    struct access_principal *out, struct azb_error *err);

/* Who a token's claims are about. What the directory does not tell the caller stays unknown. */
AZB_MUST_CHECK bool access_principal_of_claims(struct session *session, const struct json *claims,
    struct access_principal *out, struct azb_error *err);

/* Adds a group that Resource Manager says counts. False: out of memory. */
AZB_MUST_CHECK bool access_principal_join(struct session *session,
    struct access_principal *principal, const char *group_id, struct azb_error *err);

/* The same as the evaluator knows it; borrows the strings. */
struct rbac_caller access_caller(const struct access_principal *principal);

/* "the service principal 'story app'", "the user 'ann@...'": for sentences; in the arena. */
const char *access_principal_text(
    struct session *session, const struct access_principal *principal);

#endif
