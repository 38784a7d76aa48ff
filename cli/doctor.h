/*
 * cli/doctor.h - what `azb doctor` looks at: one check a row, in the order in which one rests on
 * the one before. command_doctor.c has the rows.
 *
 * A check that cannot look, because what it rests on is broken, says "skipped" and why: the first
 * that fails is then the one to mend.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/http.h"
#include "cli/session.h"

enum finding_status { FINDING_OK, FINDING_WARN, FINDING_FAIL, FINDING_SKIPPED };

/* One member of a list inside a finding: what a source of credentials sees. */
struct finding_part {
    const char *name, *state, *detail;
};

#define FINDING_PARTS_MAX 12
#define PART_NOT_SET "not set" /* for people it is only said when the check fails */

struct finding {
    enum finding_status status;
    const char *detail; /* one line */
    const char *remedy; /* how to mend it: of FAIL and WARN */
    int exit_code;      /* of FAIL */
    struct finding_part parts[FINDING_PARTS_MAX];
    size_t part_count;
};

/* What the checks know of each other. Everything lives in the session's arena. */
struct doctor {
    struct session *session;
    struct http_client *http;
    const struct identity *identity; /* NULL: identity_problem says why */
    struct azb_error identity_problem;
    const char *authority_host; /* as it was given; NULL is the public cloud */
    const char *tenant_id;      /* NULL: not named */
    bool uses_key;              /* shared key: nobody is asked for a token */

    /* The one look at the authority's metadata. */
    bool asked, answered;
    const char *host; /* "login.microsoftonline.com" */
    int port;
    struct azb_error problem; /* when there was no answer */
    struct http_response response;
    int64_t took_ms;
    const char
        *broken; /* the check to see instead: "authority", "proxy", "ca", "tenant", or NULL */

    bool has_token, wrong_audience;
    const struct json *claims; /* NULL: the token is not a JWT */
    bool account_answers;
};

typedef void check_fn(struct doctor *doctor, struct finding *finding);

check_fn check_authority, check_tenant, check_clock, check_proxy, check_ca; /* doctor_authority.c */
check_fn check_sources;                                                     /* doctor_sources.c */
check_fn check_token, check_audience, check_account, check_role;            /* doctor_account.c */

/* Sets status and detail; the remedy stays. */
void finding_set(struct doctor *doctor, struct finding *finding, enum finding_status status,
    const char *format, ...) AZB_PRINTF(4, 5);
void finding_remedy(struct doctor *doctor, struct finding *finding, const char *format, ...)
    AZB_PRINTF(3, 4);
/* Fails with the error's words and exit code, and frees it; its advice becomes the remedy. */
void finding_error(struct doctor *doctor, struct finding *finding, struct azb_error *err);
void finding_part(struct doctor *doctor, struct finding *finding, const char *name,
    const char *state, const char *format, ...) AZB_PRINTF(5, 6);

#endif
