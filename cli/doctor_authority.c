/*
 * The authority and the way to it. One request is made, for the metadata of the tenant: whether it
 * comes back at all, what is in it, and its Date answer for five of the checks.
 */
#include <errno.h>

#include "base/error.h"
#include "cli/cloud.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "entra/authority.h"
#include "entra/token_response.h"

#define LOOK_TIMEOUT_MS 15000
#define METADATA_MAX ((size_t)256 * 1024)
#define SKEW_WARN_S 60
#define SKEW_FAIL_S 300 /* what services tolerate */

/* ---- The CA files --------------------------------------------------------------------------- */

/* Which file is believed, and who named it. */
struct trust {
    const char *path, *from;
};

static struct trust trust_of(const struct doctor *doctor)
{
    const char *own = doctor->identity ? doctor->identity->ca_file : environment("AZB_CA_FILE");
    if (own)
        return (struct trust){own, environment("AZB_CA_FILE") ? "AZB_CA_FILE" : "the login"};
    if (environment("SSL_CERT_FILE"))
        return (struct trust){environment("SSL_CERT_FILE"), "SSL_CERT_FILE"};
    return (struct trust){NULL, NULL};
}

/* False, and the finding says why, when nothing can be trusted by this file. */
static bool trust_is_usable(struct doctor *doctor, struct finding *finding, struct trust trust)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text pem;
    if (!trust.path)
        return true;
    /* Whether all of it can be read is seen when it is used. */
    bool read = read_input(&doctor->session->arena, trust.path, &pem, &err);
    if (read && memmem(pem.at, pem.length, "-----BEGIN ", strlen("-----BEGIN ")))
        return true;
    if (read)
        (void)fail(&err, AZB_ERROR_CONFIGURATION, "'%s' holds no certificate (PEM)", trust.path);
    doctor->broken = "ca";
    finding->exit_code = EXIT_USAGE;
    finding_set(doctor, finding, FINDING_FAIL, "%s: %s", trust.from, err.message);
    finding_remedy(doctor, finding,
        "%s must name a PEM file of certificates; unset, the system's are believed (for a local "
        "azbd: eval \"$(azb env)\")",
        strcmp(trust.from, "the login") == 0 ? "AZB_CA_FILE" : trust.from);
    azb_error_free(&err);
    return false;
}

/* ---- The look ------------------------------------------------------------------------------- */

static bool name_authority(
    struct doctor *doctor, struct authority_name *name, struct azb_error *err)
{
    struct arena *arena = &doctor->session->arena;
    struct azb_error ignored = AZB_ERROR_INIT;
    if (doctor->tenant_id && authority_name_read(doctor->authority_host, doctor->tenant_id,
                                 AUTHORITY_ORGANIZATIONS, arena, name, &ignored))
        return true;
    azb_error_free(&ignored);
    return authority_name_read(
        doctor->authority_host, "common", AUTHORITY_ORGANIZATIONS, arena, name, err);
}

static bool look(struct doctor *doctor, struct azb_error *err)
{
    struct arena *arena = &doctor->session->arena;
    struct authority_name name;
    struct http_request request;
    struct url url;
    if (!name_authority(doctor, &name, err))
        return false;
    char *address = authority_metadata_url(&name, arena);
    if (!address || !url_parse(text_of(address), &url))
        return fail_memory(err);
    doctor->host = text_string(arena, url.host);
    doctor->port = url.port;
    http_request_init(&request, "GET", address);
    request.timeout_ms = LOOK_TIMEOUT_MS;
    request.body_maximum = METADATA_MAX;
    request.retries = -1;
    int64_t begun = monotonic_ms();
    bool answered = http_send(doctor->http, &request, arena, &doctor->response, err);
    doctor->took_ms = monotonic_ms() - begun;
    return answered;
}

static void look_once(struct doctor *doctor)
{
    if (doctor->asked)
        return;
    doctor->asked = true;
    doctor->answered = look(doctor, &doctor->problem);
}

static bool is_proxy_problem(const struct azb_error *err)
{
    return strcmp(err->code, "ProxyRefused") == 0 || strstr(err->message, "HTTPS_PROXY");
}

static bool is_trust_problem(const struct azb_error *err)
{
    return strcmp(err->code, "TlsNotTrusted") == 0 || strstr(err->message, "SSL_CERT_FILE");
}

static const char *origin_text(const struct doctor *doctor)
{
    return doctor->authority_host ? doctor->authority_host : AZB_AUTHORITY_PUBLIC;
}

static void check_metadata(struct doctor *doctor, struct finding *finding)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct authority_name name;
    struct authority_endpoints endpoints;
    if (name_authority(doctor, &name, &err) && authority_metadata_read(&name, doctor->response.body,
                                                   &doctor->session->arena, &endpoints, &err)) {
        finding_set(doctor, finding, FINDING_OK, "%s answers (%lld ms), its metadata is good",
            origin_text(doctor), (long long)doctor->took_ms);
        return;
    }
    fail_while(&err, "%s is no authority that can be used", origin_text(doctor));
    finding_remedy(doctor, finding,
        "AZURE_AUTHORITY_HOST (or --authority-host of `azb login`) names the server that issues "
        "tokens, for the public cloud %s",
        AZB_AUTHORITY_PUBLIC);
    finding_error(doctor, finding, &err);
}

void check_authority(struct doctor *doctor, struct finding *finding)
{
    struct finding trust = {0};
    if (!trust_is_usable(doctor, &trust, trust_of(doctor))) {
        finding_set(doctor, finding, FINDING_SKIPPED, "not asked: see ca");
        return;
    }
    look_once(doctor);
    if (doctor->answered && doctor->response.status == 200)
        check_metadata(doctor, finding);
    else if (doctor->answered && doctor->response.status == 400)
        finding_set(doctor, finding, FINDING_OK, "%s answers (%lld ms)", origin_text(doctor),
            (long long)doctor->took_ms); /* it minds the tenant */
    else if (doctor->answered)
        finding_set(doctor, finding, FINDING_FAIL, "%s answers with status %d: it has no metadata",
            origin_text(doctor), doctor->response.status);
    else if (is_proxy_problem(&doctor->problem))
        finding_set(doctor, finding, FINDING_SKIPPED, "not reached: see proxy");
    else if (is_trust_problem(&doctor->problem))
        finding_set(doctor, finding, FINDING_SKIPPED, "not trusted: see ca");
    else {
        struct azb_error copy = doctor->problem;
        copy.claims = NULL;
        doctor->broken = "authority";
        finding_remedy(doctor, finding,
            "is the address right (AZURE_AUTHORITY_HOST), and is the network up? A local azbd has "
            "to run: `azbd`, then eval \"$(azb env)\"");
        finding_error(doctor, finding, &copy);
    }
}

/* True, and the finding is set: the authority did not answer. */
static bool nothing_came(struct doctor *doctor, struct finding *finding)
{
    if (doctor->answered)
        return false;
    finding_set(doctor, finding, FINDING_SKIPPED, "the authority did not answer");
    return true;
}

/* ---- Tenant ---------------------------------------------------------------------------------- */

static const char *tenant_from(const struct doctor *doctor)
{
    return doctor->identity && doctor->identity->login ? "`azb login --tenant`" : "AZURE_TENANT_ID";
}

void check_tenant(struct doctor *doctor, struct finding *finding)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct authority_name name;
    if (!doctor->tenant_id) {
        finding_set(doctor, finding, FINDING_SKIPPED, "none is named");
        return;
    }
    finding_remedy(doctor, finding,
        "%s is the tenant's id (a GUID) or one of its domain names; is the authority that of the "
        "right cloud?",
        tenant_from(doctor));
    if (cloud_origin(doctor->authority_host, (char[512]){0}, 512) &&
        !authority_name_read(doctor->authority_host, doctor->tenant_id, AUTHORITY_ORGANIZATIONS,
            &doctor->session->arena, &name, &err)) {
        doctor->broken = "tenant";
        finding_error(doctor, finding, &err);
        return;
    }
    azb_error_free(&err);
    if (nothing_came(doctor, finding))
        return;
    if (doctor->response.status != 200) {
        doctor->broken = "tenant";
        (void)token_response_fail(&doctor->response, NULL, &doctor->session->arena, &err);
        finding_error(doctor, finding, &err);
        return;
    }
    finding->remedy = NULL;
    finding_set(doctor, finding, FINDING_OK, "%s exists", doctor->tenant_id);
}

/* ---- Clock ----------------------------------------------------------------------------------- */

void check_clock(struct doctor *doctor, struct finding *finding)
{
    int64_t theirs;
    if (nothing_came(doctor, finding))
        return;
    const char *date = http_header(&doctor->response, "Date");
    if (!date || !time_parse_http(text_of(date), &theirs)) {
        finding_set(
            doctor, finding, FINDING_SKIPPED, "%s does not say what time it is", doctor->host);
        return;
    }
    int64_t ahead = clock_seconds(NULL) - theirs / TICKS_PER_SECOND;
    int64_t apart = ahead < 0 ? -ahead : ahead;
    if (apart <= SKEW_WARN_S) {
        finding_set(doctor, finding, FINDING_OK, "agrees with that of %s", doctor->host);
        return;
    }
    finding->exit_code = EXIT_AUTHENTICATION;
    finding_set(doctor, finding, apart > SKEW_FAIL_S ? FINDING_FAIL : FINDING_WARN,
        "this machine's clock is %lld min %lld s %s that of %s: tokens and assertions %s refused",
        (long long)apart / 60, (long long)apart % 60, ahead > 0 ? "ahead of" : "behind",
        doctor->host, apart > SKEW_FAIL_S ? "are" : "may soon be");
    finding_remedy(
        doctor, finding, "set it: `timedatectl set-ntp true`, or `date -u -s '%s'`", date);
}

/* ---- Proxy ----------------------------------------------------------------------------------- */

/* In the order in which curl looks. */
static const char *proxy_variable(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (environment(names[i]))
            return names[i];
    return NULL;
}

/* "example.org" and ".example.org" stand for the name and all below it, "*" for everything. */
static bool is_excepted(const char *host)
{
    const char *list = environment("no_proxy") ? environment("no_proxy") : environment("NO_PROXY");
    struct text rest = text_of(list), entry, name = text_of(host);
    while (rest.at && text_cut(&rest, ',', &entry)) {
        entry = text_trim(entry);
        if (text_starts(entry, "."))
            entry = text_slice(entry, 1, entry.length);
        bool below =
            entry.length && name.length > entry.length &&
            name.at[name.length - entry.length - 1] == '.' &&
            text_equal_nocase(text_slice(name, name.length - entry.length, name.length), entry);
        if (text_is(entry, "*") || below || (entry.length && text_equal_nocase(entry, name)))
            return true;
    }
    return false;
}

/* A proxy's address may hold a password. */
static struct text without_password(const char *url)
{
    const char *at = strrchr(url, '@');
    return text_of(at ? at + 1 : url);
}

void check_proxy(struct doctor *doctor, struct finding *finding)
{
    const char *variable = proxy_variable();
    const char *host = doctor->host ? doctor->host : "the authority";
    if (doctor->asked && !doctor->answered && is_proxy_problem(&doctor->problem)) {
        struct azb_error copy = doctor->problem;
        copy.claims = NULL;
        doctor->broken = "proxy";
        finding_remedy(doctor, finding,
            "correct %s, or name the host in NO_PROXY (export NO_PROXY=%s) when it is reached "
            "directly",
            variable ? variable : "HTTPS_PROXY", host);
        finding_error(doctor, finding, &copy);
        return;
    }
    if (!variable)
        finding_set(doctor, finding, FINDING_OK, "none is set");
    else if (doctor->host && is_excepted(doctor->host))
        finding_set(doctor, finding, FINDING_OK, "%s is reached directly (NO_PROXY)", host);
    else
        finding_set(doctor, finding, doctor->answered ? FINDING_OK : FINDING_WARN,
            "%s is reached by %s=%.*s", host, variable,
            TEXT_ARGS(without_password(environment(variable))));
}

/* ---- CA -------------------------------------------------------------------------------------- */

void check_ca(struct doctor *doctor, struct finding *finding)
{
    struct trust trust = trust_of(doctor);
    if (!trust_is_usable(doctor, finding, trust))
        return;
    if (doctor->asked && !doctor->answered && is_trust_problem(&doctor->problem)) {
        struct azb_error copy = doctor->problem;
        copy.claims = NULL;
        doctor->broken = "ca";
        finding_remedy(doctor, finding,
            "the certificate is not signed by %s%s: AZB_CA_FILE names the right file (for a local "
            "azbd: eval \"$(azb env)\"); a certificate that is not valid yet, or any more, is a "
            "matter of the clock",
            trust.path ? "anyone in " : "one of the system's authorities",
            trust.path ? trust.path : "");
        finding_error(doctor, finding, &copy);
        return;
    }
    if (nothing_came(doctor, finding))
        return;
    finding_set(doctor, finding, FINDING_OK, "%s%s%s%s trusts %s",
        trust.path ? trust.path : "the system", trust.path ? " (" : "",
        trust.path ? trust.from : "", trust.path ? ")" : "", doctor->host);
}
