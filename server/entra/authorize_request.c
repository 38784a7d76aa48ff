/* What the application asks for: every parameter of an authorize request, read and checked. */
#include <ctype.h>

#include "base/error.h"
#include "base/json.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"
#include "entra/entra.h"
#include "entra/requested_claims.h"

#define CHALLENGE_S256_LENGTH 43 /* RFC 7636 section 4.2: SHA-256 as base64url */
#define VERIFIER_MIN 43
#define VERIFIER_MAX 128

/* ---- Parameters ------------------------------------------------------------------------------ */

struct text authorize_parameter(struct sign_in *sign_in, const char *name, bool *twice)
{
    struct text value;
    int found = text_form_get(&sign_in->request->arena, sign_in->query, name, &value);
    if (found == 2)
        *twice = true;
    return found > 0 && value.length > 0 && text_valid_utf8(value) ? value : TEXT_NONE;
}

static struct text parameter(struct sign_in *sign_in, const char *name)
{
    bool twice = false;
    return authorize_parameter(sign_in, name, &twice);
}

static bool refuse_twice(const char *name, struct azb_error *err)
{
    return aadsts(err, 9002313,
        "Invalid request. Request is malformed or invalid. The parameter '%s' is given more than "
        "once.",
        name);
}

/* Those that decide where an answer goes: wrong ones are for a page. */
static bool check_once(struct sign_in *sign_in, const char *const *names, struct azb_error *err)
{
    for (; *names; names++) {
        bool twice = false;
        authorize_parameter(sign_in, *names, &twice);
        if (twice)
            return refuse_twice(*names, err);
    }
    return true;
}

/* ---- The client ------------------------------------------------------------------------------ */

static bool is_shared_tenant(struct text tenant)
{
    return text_equal_nocase(tenant, TEXT("common")) ||
           text_equal_nocase(tenant, TEXT("organizations"));
}

static bool find_application(struct sign_in *sign_in, struct text client_id,
    struct application *application, struct azb_error *err)
{
    struct request *request = sign_in->request;
    struct azb_error missing = AZB_ERROR_INIT;
    if (application_by_app_id(request->store, client_id, &request->arena, application, &missing))
        return true;
    if (missing.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &missing);
    return aadsts(err, 700016,
        "Application with identifier '%.*s' was not found in the directory '%s'. This can happen "
        "if the application has not been installed by the administrator of the tenant or "
        "consented to by any user in the tenant. You may have sent your authentication request "
        "to the wrong tenant.",
        TEXT_ARGS(text_slice(client_id, 0, 80)), directory_tenant_name(request->service));
}

static bool check_principal(
    struct sign_in *sign_in, const struct application *application, struct azb_error *err)
{
    struct request *request = sign_in->request;
    struct service_principal principal;
    struct azb_error missing = AZB_ERROR_INIT;
    if (!service_principal_by_app_id(
            request->store, text_of(application->app_id), &request->arena, &principal, &missing)) {
        if (missing.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &missing);
        return aadsts(err, 7000229,
            "The client application %s is missing service principal in the tenant %s.",
            application->app_id, directory_tenant_id(request->service));
    }
    return principal.enabled || aadsts(err, 7000112, "Application '%s'(%s) is disabled.",
                                    application->app_id, application->display_name);
}

/* "common" and "organizations" are for applications that other tenants may use, too. */
static bool check_audience(
    struct sign_in *sign_in, const struct application *application, struct azb_error *err)
{
    return !is_shared_tenant(sign_in->tenant) || application->audience != SIGN_IN_MY_ORG ||
           aadsts(err, 50194,
               "Application '%s'(%s) is not configured as a multi-tenant application. Usage of the "
               "/%.*s endpoint is not supported for such apps. Use a tenant-specific endpoint or "
               "configure the application to be multi-tenant.",
               application->app_id, application->display_name, TEXT_ARGS(sign_in->tenant));
}

bool authorize_check_tenant(struct sign_in *sign_in, struct azb_error *err)
{
    return is_shared_tenant(sign_in->tenant) ||
           tenant_check(sign_in->request, sign_in->tenant, "invalid_request", err);
}

bool authorize_find_client(struct sign_in *sign_in, struct text client_id,
    struct application *application, struct azb_error *err)
{
    if (!client_id.at)
        return aadsts(
            err, 900144, "The request must contain the following parameter: 'client_id'.");
    if (!find_application(sign_in, client_id, application, err) ||
        !check_principal(sign_in, application, err))
        return false;
    sign_in->client_app_id = application->app_id;
    sign_in->client_name = application->display_name;
    sign_in->client_row = application->row;
    sign_in->is_own_client = !application->home_tenant_id;
    return true;
}

/* ---- Where the answer goes --------------------------------------------------------------------
 */

static const struct {
    const char *name;
    enum response_mode mode;
} response_modes[] = {
    {"query", RESPONSE_QUERY},
    {"fragment", RESPONSE_FRAGMENT},
    {"form_post", RESPONSE_FORM_POST},
};

/* True when the parameter names one. */
static bool find_mode(struct text name, enum response_mode *mode)
{
    for (size_t i = 0; i < sizeof response_modes / sizeof *response_modes; i++)
        if (text_is(name, response_modes[i].name)) {
            *mode = response_modes[i].mode;
            return true;
        }
    return false;
}

/* True when one of the words of a response type is `word`. */
static bool has_word(struct text words, const char *word)
{
    struct text one;
    while (text_cut(&words, ' ', &one))
        if (text_is(one, word))
            return true;
    return false;
}

/* What would carry a token never goes into a query, errors neither. */
static enum response_mode default_mode(struct text response_type)
{
    bool implicit = has_word(response_type, "token") || has_word(response_type, "id_token");
    return implicit ? RESPONSE_FRAGMENT : RESPONSE_QUERY;
}

/* The issuer as the discovery document of this endpoint writes it. */
static const char *issuer_of(struct sign_in *sign_in, bool is_v1)
{
    struct request *request = sign_in->request;
    bool adfs = text_equal_nocase(sign_in->tenant, TEXT("adfs"));
    const char *base = entra_base_url(request);
    if (is_v1 && !adfs)
        return entra_token_issuer(request);
    return arena_format(&request->arena, "%s/%s%s", base ? base : "",
        adfs ? "adfs" : directory_tenant_id(request->service), is_v1 ? "" : "/v2.0");
}

static bool read_redirect(struct sign_in *sign_in, struct authorize *authorize,
    const struct application *application, struct azb_error *err)
{
    struct redirect *redirect = &authorize->redirect;
    if (!redirect_match(application, parameter(sign_in, "redirect_uri"), &sign_in->request->arena,
            redirect, err))
        return false;
    redirect->mode = default_mode(parameter(sign_in, "response_type"));
    find_mode(parameter(sign_in, "response_mode"), &redirect->mode);
    redirect->state = parameter(sign_in, "state");
    redirect->iss = issuer_of(sign_in, authorize->is_v1);
    sign_in->form_target = redirect_csp_source(redirect, &sign_in->request->arena);
    return (redirect->iss && sign_in->form_target) || fail_memory(err);
}

/* ---- What the client may be told it did wrong --------------------------------------------------
 */

static bool check_response_type(struct sign_in *sign_in, struct azb_error *err)
{
    struct text type = parameter(sign_in, "response_type");
    if (!type.at)
        return aadsts(
            err, 900144, "The request must contain the following parameter: 'response_type'.");
    if (text_is(type, "code"))
        return true;
    if (has_word(type, "token") || has_word(type, "id_token"))
        return aadsts(err, 700054,
            "response_type '%.*s' is not enabled for the application. This service answers with "
            "'code' only.",
            TEXT_ARGS(text_slice(type, 0, 80)));
    return aadsts(err, 70005,
        "The app returned an unsupported response type '%.*s'. Expected 'code'.",
        TEXT_ARGS(text_slice(type, 0, 80)));
}

static bool check_response_mode(struct sign_in *sign_in, struct azb_error *err)
{
    struct text mode = parameter(sign_in, "response_mode");
    enum response_mode known;
    return !mode.at || find_mode(mode, &known) ||
           aadsts(err, 70007,
               "'%.*s' is not a supported value for 'response_mode'. Expected 'query', 'fragment' "
               "or 'form_post'.",
               TEXT_ARGS(text_slice(mode, 0, 80)));
}

static bool is_unreserved(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!isalnum((unsigned char)text.at[i]) && !strchr("-._~", text.at[i]))
            return false;
    return true;
}

static bool check_challenge(
    struct sign_in *sign_in, struct authorize *authorize, struct azb_error *err)
{
    struct text challenge = parameter(sign_in, "code_challenge");
    struct text method = parameter(sign_in, "code_challenge_method");
    bool plain = !method.at || text_is(method, "plain");
    if (!challenge.at && method.at)
        return aadsts(err, 50147,
            "Missing Code_Challenge parameter: the request has a code_challenge_method without a "
            "code_challenge.");
    if (!challenge.at)
        return authorize->redirect.kind != REDIRECT_SPA ||
               aadsts(err, 9002325,
                   "Proof Key for Code Exchange is required for cross-origin authorization code "
                   "redemption.");
    if (!plain && !text_is(method, "S256"))
        return aadsts(err, 9002313,
            "Invalid request. Request is malformed or invalid. code_challenge_method must be "
            "'S256' or 'plain'.");
    size_t longest = plain ? VERIFIER_MAX : CHALLENGE_S256_LENGTH;
    if (challenge.length < VERIFIER_MIN || challenge.length > longest || !is_unreserved(challenge))
        return aadsts_as(
            err, 501491, "invalid_request", "Invalid size of Code_Challenge parameter.");
    authorize->challenge = challenge;
    authorize->challenge_is_plain = plain;
    return true;
}

static const struct {
    const char *name;
    enum prompt prompt;
} prompts[] = {
    {"login", PROMPT_LOGIN},
    {"none", PROMPT_NONE},
    {"consent", PROMPT_CONSENT},
    {"select_account", PROMPT_SELECT_ACCOUNT},
};

static bool read_prompt(struct sign_in *sign_in, struct azb_error *err)
{
    struct text prompt = parameter(sign_in, "prompt");
    if (!prompt.at)
        return true;
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
        if (text_is(prompt, prompts[i].name)) {
            sign_in->prompt = prompts[i].prompt;
            return true;
        }
    return aadsts(err, 90023,
        "Invalid STS request. Unsupported 'prompt' value '%.*s'. Expected 'login', 'none', "
        "'consent' or 'select_account'.",
        TEXT_ARGS(text_slice(prompt, 0, 80)));
}

static bool read_max_age(struct sign_in *sign_in, struct azb_error *err)
{
    struct text text = parameter(sign_in, "max_age");
    uint64_t seconds;
    if (!text.at)
        return true;
    if (!text_to_u64(text, INT32_MAX, &seconds))
        return aadsts(err, 90023, "Invalid STS request. 'max_age' must be a number of seconds.");
    sign_in->max_age_s = (int64_t)seconds;
    return true;
}

/* The token endpoint answers claims (xms_cc); here they must only be what they say they are. */
static bool check_claims(struct sign_in *sign_in, struct azb_error *err)
{
    struct text claims = parameter(sign_in, "claims");
    struct azb_error wrong = AZB_ERROR_INIT;
    if (!claims.at)
        return true;
    const struct json *json = claims.length <= REQUESTED_CLAIMS_MAX
                                  ? json_parse(claims, &sign_in->request->arena, &wrong)
                                  : NULL;
    azb_error_free(&wrong);
    return (json && json->type == JSON_OBJECT) ||
           aadsts(err, 9002313,
               "Invalid request. Request is malformed or invalid. 'claims' must be a JSON object.");
}

static bool read_scopes(struct sign_in *sign_in, struct authorize *authorize, struct azb_error *err)
{
    struct request *request = sign_in->request;
    authorize->scope = parameter(sign_in, "scope");
    authorize->resource = parameter(sign_in, "resource");
    if (authorize->resource.at && !authorize->is_v1)
        return aadsts(err, 901002,
            "The 'resource' request parameter is not supported. Use 'scope' with "
            "'RESOURCE/.default' on this endpoint.");
    if (authorize->resource.at)
        return scopes_of_resource(request, authorize->resource, &sign_in->scopes, err);
    if (!authorize->scope.at)
        return aadsts(err, 900144, "The request must contain the following parameter: '%s'.",
            authorize->is_v1 ? "resource" : "scope");
    return scopes_parse(request, authorize->scope, &sign_in->scopes, err);
}

static bool check_rest(struct sign_in *sign_in, struct authorize *authorize, struct azb_error *err)
{
    static const char *const names[] = {"response_type", "response_mode", "scope", "resource",
        "nonce", "prompt", "max_age", "login_hint", "domain_hint", "code_challenge",
        "code_challenge_method", "claims", NULL};
    authorize->nonce = parameter(sign_in, "nonce");
    authorize->wants_client_info = text_is(parameter(sign_in, "client_info"), "1");
    sign_in->login_hint = parameter(sign_in, "login_hint");
    return check_once(sign_in, names, err) && check_response_type(sign_in, err) &&
           check_response_mode(sign_in, err) && check_challenge(sign_in, authorize, err) &&
           read_prompt(sign_in, err) && read_max_age(sign_in, err) && check_claims(sign_in, err) &&
           read_scopes(sign_in, authorize, err);
}

bool authorize_read(struct sign_in *sign_in, bool is_v1, struct azb_error *err)
{
    static const char *const names[] = {"client_id", "redirect_uri", "state", NULL};
    struct authorize *authorize = arena_alloc(&sign_in->request->arena, sizeof *authorize);
    struct application application = {0};
    if (!authorize)
        return fail_memory(err);
    authorize->is_v1 = is_v1;
    sign_in->detail = authorize;
    if (!authorize_check_tenant(sign_in, err) || !check_once(sign_in, names, err) ||
        !authorize_find_client(sign_in, parameter(sign_in, "client_id"), &application, err) ||
        !check_audience(sign_in, &application, err) ||
        !read_redirect(sign_in, authorize, &application, err))
        return false;
    bool good = check_rest(sign_in, authorize, &sign_in->refusal);
    if (sign_in->request->arena.failed) /* what could not be decoded looks as if it were absent */
        return fail_memory(err);
    if (good || aadsts_number(&sign_in->refusal))
        return true;
    return error_move(err, &sign_in->refusal);
}
