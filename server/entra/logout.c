#include "entra/logout.h"

#include "base/error.h"
#include "base/jwt.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"
#include "entra/entra.h"

#define STATE_MAX 4096
#define LOCATION_MAX (16 * 1024) /* each byte of the state may become "%20" */

/* A logout on its way; the parameters come in the query or in a form. */
struct logout {
    struct request *request;
    struct text parameters;
    struct session session;
    const struct session_account *account; /* NULL: all of them */
};

static struct text parameter(struct logout *logout, const char *name)
{
    struct text value;
    int found = text_form_get(&logout->request->arena, logout->parameters, name, &value);
    return found == 1 && value.length > 0 ? value : TEXT_NONE;
}

/* ---- Where to go afterwards --------------------------------------------------------------------
 */

/* The audience of an ID token of ours: expired ones are as good, they only say who asks. */
static struct text client_of_hint(struct logout *logout, struct text hint)
{
    struct request *request = logout->request;
    struct azb_error wrong = AZB_ERROR_INIT;
    struct jwt jwt;
    if (!hint.at || !jwt_parse(hint, JWT_STRICT, &request->arena, &jwt, &wrong)) {
        azb_error_free(&wrong);
        return TEXT_NONE;
    }
    const struct signing_key *key =
        entra_key(request->service->entra, json_get_text(jwt.header, "kid"));
    bool ours = key && jwt_verify(&jwt, RSA_PKCS1_SHA256, key->key);
    return ours ? json_get_text(jwt.payload, "aud") : TEXT_NONE;
}

/* The address, when the client that asks has registered it; NULL: we stay here. */
static const char *find_address(struct logout *logout)
{
    struct arena *arena = &logout->request->arena;
    struct text address = parameter(logout, "post_logout_redirect_uri");
    struct text client_id = parameter(logout, "client_id");
    struct azb_error wrong = AZB_ERROR_INIT;
    struct application application;
    struct redirect redirect = {0};
    if (!client_id.at)
        client_id = client_of_hint(logout, parameter(logout, "id_token_hint"));
    if (address.at && client_id.at &&
        application_by_app_id(logout->request->store, client_id, arena, &application, &wrong))
        redirect_match(&application, address, arena, &redirect, &wrong);
    azb_error_free(&wrong);
    return redirect.uri;
}

static bool go_to(
    struct logout *logout, const char *address, struct reply *reply, struct azb_error *err)
{
    struct request *request = logout->request;
    struct text state = parameter(logout, "state");
    scoped_buffer struct buffer location = {0};
    buffer_init(&location, LOCATION_MAX);
    if (state.length > STATE_MAX)
        return aadsts(err, 9002313,
            "Invalid request. Request is malformed or invalid. The parameter 'state' is longer "
            "than %d characters.",
            STATE_MAX);
    buffer_add_string(&location, address);
    if (state.at) {
        buffer_add_string(&location, strchr(address, '?') ? "&state=" : "?state=");
        buffer_add_encoded(&location, state);
    }
    char *copy = location.failed ? NULL : arena_copy(&request->arena, location.at, location.length);
    if (!copy)
        return fail_memory(err);
    reply->status = strcmp(request->method, "POST") == 0 ? 303 : 302;
    reply->body = TEXT("");
    reply_header(reply, "Location", copy);
    reply_header(reply, "Referrer-Policy", "no-referrer");
    return true;
}

/* ---- Signing out -------------------------------------------------------------------------------
 */

static bool write_logout(struct request *request, void *context, struct azb_error *err)
{
    struct logout *logout = context;
    return session_sign_out(request, &logout->session, logout->account, err);
}

static bool show_page(struct logout *logout, struct reply *reply, struct azb_error *err)
{
    bool wanted = parameter(logout, "post_logout_redirect_uri").at != NULL;
    return page_notice(logout->request, reply, "You have signed out",
        wanted ? "The application asked to lead you back to an address that is not registered for "
                 "it, so this page stays here. You may close this window."
               : "It is a good idea to close all browser windows.",
        err);
}

static bool read_parameters(struct logout *logout, struct azb_error *err)
{
    struct form form;
    logout->parameters = logout->request->query;
    if (strcmp(logout->request->method, "POST") != 0)
        return true;
    if (!form_parse(logout->request, &form, err))
        return false;
    logout->parameters = logout->request->body;
    return true;
}

bool logout_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct logout logout = {.request = request};
    if (!read_parameters(&logout, err) || !session_read(request, &logout.session, err))
        return false;
    logout.account = session_find_user(&logout.session, parameter(&logout, "logout_hint"));
    if (logout.session.count > 0 && !page_write(request, write_logout, &logout, err))
        return false;
    const char *address = find_address(&logout);
    return address ? go_to(&logout, address, reply, err) : show_page(&logout, reply, err);
}
