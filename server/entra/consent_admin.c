/* An administrator consents for everybody: /adminconsent. */
#include "base/error.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"
#include "entra/consent.h"

struct admin_consent {
    struct redirect redirect; /* uri NULL: a page says what came of it */
    struct text scope;        /* v2 repeats it */
};

static struct text parameter(struct sign_in *sign_in, const char *name)
{
    bool twice = false;
    return authorize_parameter(sign_in, name, &twice);
}

static bool check_once(struct sign_in *sign_in, struct azb_error *err)
{
    static const char *const names[] = {"client_id", "redirect_uri", "state", "scope"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool twice = false;
        authorize_parameter(sign_in, names[i], &twice);
        if (twice)
            return aadsts(err, 9002313,
                "Invalid request. Request is malformed or invalid. The parameter '%s' is given "
                "more than once.",
                names[i]);
    }
    return true;
}

static bool read_redirect(struct sign_in *sign_in, struct admin_consent *consent,
    const struct application *application, struct azb_error *err)
{
    struct text uri = parameter(sign_in, "redirect_uri");
    if (!uri.at)
        return true;
    if (!redirect_match(application, uri, &sign_in->request->arena, &consent->redirect, err))
        return false;
    consent->redirect.state = parameter(sign_in, "state");
    sign_in->form_target = redirect_csp_source(&consent->redirect, &sign_in->request->arena);
    return sign_in->form_target || fail_memory(err);
}

/* Without a scope: everything that the registration lists. */
static bool read_scope(
    struct sign_in *sign_in, struct admin_consent *consent, struct azb_error *err)
{
    if (!consent->scope.at) {
        sign_in->scopes = (struct scopes){.is_default = true};
        return true;
    }
    if (scopes_parse(sign_in->request, consent->scope, &sign_in->scopes, &sign_in->refusal))
        return true;
    if (consent->redirect.uri && aadsts_number(&sign_in->refusal))
        return true;
    return error_move(err, &sign_in->refusal);
}

static bool read_visit(
    struct sign_in *sign_in, struct admin_consent *consent, struct azb_error *err)
{
    struct application application;
    sign_in->detail = consent;
    return authorize_check_tenant(sign_in, err) && check_once(sign_in, err) &&
           authorize_find_client(sign_in, parameter(sign_in, "client_id"), &application, err) &&
           read_redirect(sign_in, consent, &application, err) && read_scope(sign_in, consent, err);
}

static bool read_v1(struct sign_in *sign_in, struct azb_error *err)
{
    struct admin_consent *consent = arena_alloc(&sign_in->request->arena, sizeof *consent);
    return consent ? read_visit(sign_in, consent, err) : fail_memory(err);
}

static bool read_v2(struct sign_in *sign_in, struct azb_error *err)
{
    struct admin_consent *consent = arena_alloc(&sign_in->request->arena, sizeof *consent);
    if (!consent)
        return fail_memory(err);
    consent->scope = parameter(sign_in, "scope");
    return read_visit(sign_in, consent, err);
}

static bool finish(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    const struct admin_consent *consent = sign_in->detail;
    const struct redirect_value values[] = {
        {"admin_consent", "True"},
        {"tenant", directory_tenant_id(sign_in->request->service)},
        {"scope", consent->scope.at ? text_string(&sign_in->request->arena, consent->scope) : NULL},
    };
    if (!consent->redirect.uri)
        return page_notice(sign_in->request, reply, "Permissions granted",
            "Nobody in this directory will be asked for them again. You may close this window.",
            err);
    return redirect_reply(
        sign_in, &consent->redirect, values, sizeof values / sizeof *values, reply, err);
}

static bool decline(struct sign_in *sign_in, struct reply *reply, const struct azb_error *why,
    struct azb_error *err)
{
    const struct admin_consent *consent = sign_in->detail;
    if (!consent->redirect.uri && aadsts_number(why) == 65004)
        return page_notice(sign_in->request, reply, "Nothing was granted",
            "You declined. You may close this window.", err);
    if (!consent->redirect.uri) {
        page_error(sign_in->request, reply, why);
        return true;
    }
    return redirect_error(sign_in, &consent->redirect, why, reply, err);
}

const struct purpose purpose_admin_consent_v1 = {.name = "admin_consent",
    .read = read_v1,
    .finish = finish,
    .decline = decline,
    .for_organization = true};
const struct purpose purpose_admin_consent_v2 = {.name = "admin_consent_v2",
    .read = read_v2,
    .finish = finish,
    .decline = decline,
    .for_organization = true};

bool consent_serve_admin_v1(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct sign_in_place place = {request->values[0], request->query};
    return sign_in_begin(request, &purpose_admin_consent_v1, &place, reply, err);
}

bool consent_serve_admin_v2(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct sign_in_place place = {request->values[0], request->query};
    return sign_in_begin(request, &purpose_admin_consent_v2, &place, reply, err);
}
