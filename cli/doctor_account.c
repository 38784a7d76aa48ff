/* A token, whom it is for, the account it goes to, and what it may do there. */
#include "base/error.h"
#include "base/jwt.h"
#include "cli/cloud.h"
#include "cli/commands.h"
#include "cli/doctor.h"

#define LOOK_TIMEOUT_MS 15000
#define ROLE_PATH "/jobs?api-version=2025-06-01&maxresults=1"

static const char *batch_resource(const struct doctor *doctor)
{
    const struct cloud *cloud = cloud_of(doctor->authority_host);
    return (cloud ? cloud : cloud_of(NULL))->resources[ENDPOINT_BATCH];
}

/* ---- Token ----------------------------------------------------------------------------------- */

static void keep_claims(struct doctor *doctor, const char *token)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct jwt jwt;
    char *copy = arena_string(&doctor->session->arena, token);
    if (copy && jwt_parse(text_of(copy), JWT_STRICT, &doctor->session->arena, &jwt, &ignored))
        doctor->claims = jwt.payload;
    azb_error_free(&ignored);
}

/* NULL: one can be asked for. */
static const char *why_no_token(const struct doctor *doctor)
{
    if (doctor->uses_key)
        return "a shared key needs none";
    if (!doctor->session->credential)
        return "there is no credential to get one with";
    if (doctor->broken)
        return arena_format(&doctor->session->arena, "not asked for: see %s", doctor->broken);
    return NULL;
}

/* A new one: what a cache holds says nothing about the credential of today. */
void check_token(struct doctor *doctor, struct finding *finding)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    char until[TIME_TEXT_MAX];
    const char *skipped = why_no_token(doctor);
    if (skipped) {
        finding_set(doctor, finding, FINDING_SKIPPED, "%s", skipped);
        return;
    }
    request.resource = session_resource(doctor->session, ENDPOINT_BATCH);
    request.force = true;
    request.timeout_ms = LOOK_TIMEOUT_MS;
    if (!azb_credential_get_token(doctor->session->credential, &request, &token, &err)) {
        finding_error(doctor, finding, &err);
        return;
    }
    doctor->has_token = true;
    keep_claims(doctor, token.token);
    time_iso8601(token.expires_on * TICKS_PER_SECOND, until);
    azb_token_free(&token);
    struct text object = json_get_text(doctor->claims, "oid");
    finding_set(doctor, finding, FINDING_OK, "a new one, good until %s%s%.*s", until,
        object.at ? ", for object " : "", TEXT_ARGS(object));
}

/* ---- Audience -------------------------------------------------------------------------------- */

static bool lacks_slash(const char *resource, const char *wanted)
{
    size_t length = strlen(wanted) - 1;
    return strlen(resource) == length && strncmp(resource, wanted, length) == 0;
}

static void wrong_audience(struct doctor *doctor, struct finding *finding)
{
    doctor->wrong_audience = true;
    finding->exit_code = EXIT_AUTHENTICATION;
    finding_remedy(doctor, finding, "unset AZB_BATCH_RESOURCE, or export AZB_BATCH_RESOURCE=%s",
        batch_resource(doctor));
}

void check_audience(struct doctor *doctor, struct finding *finding)
{
    const char *resource = session_resource(doctor->session, ENDPOINT_BATCH);
    const char *wanted = batch_resource(doctor);
    struct text audience = json_get_text(doctor->claims, "aud");
    if (doctor->uses_key) {
        finding_set(doctor, finding, FINDING_SKIPPED, "a shared key has none");
        return;
    }
    if (strcmp(resource, wanted) != 0) {
        wrong_audience(doctor, finding);
        finding_set(doctor, finding, FINDING_FAIL,
            lacks_slash(resource, wanted)
                ? "AZB_BATCH_RESOURCE '%s' has no slash at its end: Batch takes only tokens for "
                  "'%s'"
                : "AZB_BATCH_RESOURCE '%s' is another audience: Batch of this cloud takes only "
                  "tokens for '%s'",
            resource, wanted);
    } else if (!doctor->has_token)
        finding_set(
            doctor, finding, FINDING_SKIPPED, "%s is asked for; there is no token", resource);
    else if (audience.at && !text_is(audience, wanted))
        finding_set(doctor, finding, FINDING_WARN, "asked for %s, the token is for %.*s", wanted,
            TEXT_ARGS(audience));
    else
        finding_set(doctor, finding, FINDING_OK, "%s", wanted);
}

/* ---- Account --------------------------------------------------------------------------------- */

/* A sentence about what is wrong with the address, or NULL. */
static const char *bad_shape(const char *address, const struct cloud *cloud)
{
    struct url url;
    size_t labels = 0;
    struct text label;
    if (!url_parse(text_of(address), &url))
        return "is not a URL";
    if (!text_equal_nocase(url.scheme, TEXT("https")))
        return "is not https: a token is never sent in clear text";
    if ((url.path.length && !text_is(url.path, "/")) || url.query.at)
        return "has more than a host in it";
    if (!cloud || !text_ends(url.host, cloud->suffixes[ENDPOINT_BATCH]))
        return NULL;
    for (struct text rest = url.host; text_cut(&rest, '.', &label);)
        labels++;
    for (const char *dot = cloud->suffixes[ENDPOINT_BATCH]; *dot; dot++)
        labels -= *dot == '.';
    return labels == 2 || labels == 3 ? NULL : "lacks the account or the region";
}

static bool reaches(struct doctor *doctor, const char *address, struct azb_error *err)
{
    struct http_request request;
    struct http_response response;
    char *url = arena_format(&doctor->session->arena, "%s" ROLE_PATH, address);
    if (!url)
        return fail_memory(err);
    http_request_init(&request, "GET", url); /* without a token: any answer will do */
    request.timeout_ms = LOOK_TIMEOUT_MS;
    request.retries = -1;
    return http_send(doctor->http, &request, &doctor->session->arena, &response, err);
}

/* Not the authority's own trouble: what leads to the account too. */
static bool way_is_broken(const struct doctor *doctor)
{
    return doctor->broken &&
           (strcmp(doctor->broken, "proxy") == 0 || strcmp(doctor->broken, "ca") == 0);
}

void check_account(struct doctor *doctor, struct finding *finding)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct identity *identity = doctor->identity;
    const char *known = identity && identity->login ? identity->login->batch_endpoint : NULL;
    const char *url = session_url(doctor->session, ENDPOINT_BATCH, &err);
    if (url && way_is_broken(doctor)) {
        finding_set(doctor, finding, FINDING_SKIPPED, "not reached: see %s", doctor->broken);
        return;
    }
    finding_remedy(doctor, finding,
        "export AZURE_BATCH_ENDPOINT=https://ACCOUNT.REGION.batch.azure.com (the portal and `azb "
        "account show` have it; for a local azbd: eval \"$(azb env)\")");
    const char *problem = url ? bad_shape(url, cloud_of(doctor->authority_host)) : NULL;
    if (problem) {
        finding->exit_code = EXIT_USAGE;
        finding_set(doctor, finding, FINDING_FAIL, "AZURE_BATCH_ENDPOINT '%s' %s", url, problem);
        return;
    }
    bool allowed = url && (doctor->uses_key || cloud_allows(doctor->authority_host, ENDPOINT_BATCH,
                                                   url, known, &err));
    if (!allowed || !reaches(doctor, url, &err)) {
        if (err.value_count)
            finding_remedy(doctor, finding, "%s", err.values[0].value);
        finding_error(doctor, finding, &err);
        return;
    }
    doctor->account_answers = true;
    finding->remedy = NULL;
    finding_set(doctor, finding, FINDING_OK, "%s answers", url);
}

/* ---- Role ------------------------------------------------------------------------------------ */

/* azbd knows the role that is missing and the command that gives it; of Azure it is guessed. */
static void explain_denial(
    struct doctor *doctor, struct finding *finding, const struct azb_error *err)
{
    static const char proposal[] = "Try: ";
    struct text object = json_get_text(doctor->claims, "oid");
    for (size_t i = 0; i < err->value_count; i++) {
        const char *command = strstr(err->values[i].value, proposal);
        if (!command)
            continue;
        finding_remedy(
            doctor, finding, "somebody who may assign roles runs: %s", command + strlen(proposal));
        return;
    }
    finding_remedy(doctor, finding,
        "somebody who may assign roles runs: azb role assignment create --assignee %.*s --role "
        "'Azure Batch Job Submitter' (a new role takes some minutes to arrive)",
        TEXT_ARGS(object));
}

static const char *why_no_request(const struct doctor *doctor)
{
    if (!doctor->account_answers)
        return "the account was not reached";
    if (!doctor->uses_key && !doctor->has_token)
        return "there is no token";
    return doctor->wrong_audience ? "the token is for somebody else: see audience" : NULL;
}

void check_role(struct doctor *doctor, struct finding *finding)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct exchange exchange = {
        .endpoint = ENDPOINT_BATCH, .method = "GET", .path = ROLE_PATH};
    struct answer answer;
    const char *skipped = why_no_request(doctor);
    if (skipped) {
        finding_set(doctor, finding, FINDING_SKIPPED, "%s", skipped);
        return;
    }
    if (session_send(doctor->session, &exchange, &answer, &err)) {
        finding_set(doctor, finding, FINDING_OK, "jobs of the account may be read");
        return;
    }
    if (err.kind == AZB_ERROR_PERMISSION)
        explain_denial(doctor, finding, &err);
    if (err.kind == AZB_ERROR_AUTHENTICATION)
        finding_remedy(doctor, finding,
            "the account refuses the token: is it of the account's own tenant, and is its audience "
            "%s?",
            batch_resource(doctor));
    finding_error(doctor, finding, &err);
}
