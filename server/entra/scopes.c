#include "entra/scopes.h"

#include "base/error.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/resource.h"

#define SCOPE_MAX 8192 /* characters of a request's scope */
#define GRAPH "https://graph.microsoft.com"

/* ---- Taking apart --------------------------------------------------------------------------- */

static bool *openid_scope(struct scopes *scopes, struct text name)
{
    const struct {
        const char *name;
        bool *asked;
    } rows[] = {
        {"openid", &scopes->openid},
        {"profile", &scopes->profile},
        {"email", &scopes->email},
        {"offline_access", &scopes->offline_access},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_is(name, rows[i].name))
            return rows[i].asked;
    return NULL;
}

static bool invalid(struct azb_error *err, struct text scope, const char *why)
{
    return aadsts(err, 70011,
        "The provided request must include a 'scope' input parameter. The provided value for the "
        "input parameter 'scope' is not valid. The scope '%.*s' is not valid. %s",
        TEXT_ARGS(text_slice(scope, 0, 200)), why);
}

/* "https://batch.core.windows.net//.default": what follows the last slash, and what goes before. */
static bool split(struct text scope, struct text *resource, struct text *value)
{
    for (size_t at = scope.length; at-- > 0;)
        if (scope.at[at] == '/') {
            *resource = text_slice(scope, 0, at);
            *value = text_slice(scope, at + 1, scope.length);
            return resource->length > 0 && value->length > 0;
        }
    *resource = TEXT(GRAPH);
    *value = scope;
    return true;
}

/* Whether the directory has the resource, which our own address may stand for. */
static bool find_resource(struct request *request, struct text identifier,
    struct resource_application *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    const char *own = resource_at_own_address(request, identifier);
    struct text known = own ? text_of(own) : identifier;
    bool found = resource_application_find(
        request->service, request->store, known, &request->arena, out, &why);
    if (found && out->object_id)
        return true;
    if (!found && why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    return resource_unknown(request, identifier, err);
}

/* Claim aud: version 1 repeats what was asked, version 2 has the application's id. */
static struct text audience_of(const struct scopes *scopes, struct text identifier)
{
    return scopes->resource.token_version == 2 ? text_of(scopes->resource.app_id) : identifier;
}

static void keep_resource(struct text piece, struct text identifier,
    const struct resource_application *resource, struct scopes *out)
{
    bool is_short = !memchr(piece.at, '/', piece.length);
    out->has_resource = true;
    out->resource = *resource;
    out->audience = audience_of(out, identifier);
    out->prefix = is_short ? TEXT("") : identifier;
}

static bool add_value(struct request *request, struct text piece, struct text value,
    struct scopes *out, struct azb_error *err)
{
    if (text_is(value, ".default")) {
        out->is_default = true;
        return true;
    }
    const struct permission *permission = resource_permission(&out->resource, value);
    if (!permission || permission->disabled || text_is_guid(value))
        return invalid(err, piece, "The resource does not offer this permission.");
    if (scopes_hold(text_of(out->values), value))
        return true;
    out->values = *out->values
                      ? arena_format(&request->arena, "%s %s", out->values, permission->value)
                      : permission->value;
    return out->values ? true : fail_memory(err);
}

static bool add_piece(
    struct request *request, struct text piece, struct scopes *out, struct azb_error *err)
{
    struct text identifier, value;
    struct resource_application resource;
    bool *openid = openid_scope(out, piece);
    if (openid) {
        *openid = true;
        return true;
    }
    if (!split(piece, &identifier, &value))
        return invalid(err, piece, "It must be 'RESOURCE/PERMISSION' or 'RESOURCE/.default'.");
    if (!find_resource(request, identifier, &resource, err))
        return false;
    if (out->has_resource && strcmp(resource.app_id, out->resource.app_id) != 0) {
        out->has_more = true;
        return true;
    }
    if (!out->has_resource)
        keep_resource(piece, identifier, &resource, out);
    return add_value(request, piece, value, out, err);
}

bool scopes_parse(
    struct request *request, struct text scope, struct scopes *out, struct azb_error *err)
{
    struct text rest = scope, piece;
    *out = (struct scopes){.values = ""};
    if (scope.length > SCOPE_MAX)
        return invalid(err, TEXT(""), "It is too long.");
    while (text_cut(&rest, ' ', &piece))
        if (piece.length > 0 && !add_piece(request, piece, out, err))
            return false;
    if (out->is_default && *out->values)
        return invalid(
            err, scope, ".default can't be combined with other permissions of the resource.");
    return true;
}

bool scopes_of_resource(
    struct request *request, struct text resource, struct scopes *out, struct azb_error *err)
{
    *out = (struct scopes){
        .values = "", .is_default = true, .openid = true, .profile = true, .offline_access = true};
    if (!find_resource(request, resource, &out->resource, err))
        return false;
    out->has_resource = true;
    out->audience = audience_of(out, resource);
    out->prefix = resource;
    return true;
}

/* ---- What was consented to ------------------------------------------------------------------ */

struct words {
    struct request *request;
    const char *all; /* "" at first; NULL without memory */
};

static void add_word(struct words *words, struct text word)
{
    if (!words->all || scopes_hold(text_of(words->all), word))
        return;
    words->all = arena_format(
        &words->request->arena, "%s%s%.*s", words->all, *words->all ? " " : "", TEXT_ARGS(word));
}

/* What the application's registration asks for at the resource: what .default stands for. */
static bool registered(struct request *request, const struct scopes *asked,
    struct text client_app_id, const char **out, struct azb_error *err)
{
    struct application application;
    struct required_permission *list;
    size_t count;
    struct words words = {request, ""};
    if (!application_by_app_id(request->store, client_app_id, &request->arena, &application, err) ||
        !required_permission_list(
            request->service, request->store, application.row, &request->arena, &list, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!list[i].is_role && list[i].value &&
            strcmp(list[i].resource_app_id, asked->resource.app_id) == 0)
            add_word(&words, text_of(list[i].value));
    *out = words.all;
    return words.all ? true : fail_memory(err);
}

static bool no_consent(struct request *request, struct text client_app_id, struct azb_error *err)
{
    struct application application = {.display_name = ""};
    struct azb_error why = AZB_ERROR_INIT;
    if (!application_by_app_id(request->store, client_app_id, &request->arena, &application, &why))
        azb_error_free(&why);
    return aadsts(err, 65001,
        "The user or administrator has not consented to use the application with ID '%.*s' named "
        "'%s'. Send an interactive authorization request for this user and resource.",
        TEXT_ARGS(client_app_id), application.display_name);
}

static bool not_registered(
    const struct scopes *asked, struct text client_app_id, struct azb_error *err)
{
    return aadsts(err, 650057,
        "Invalid resource. The client has requested access to a resource which is not listed in "
        "the requested permissions in the client's application registration. Client app ID: %.*s. "
        "Resource value from request: %.*s. Resource app ID: %s.",
        TEXT_ARGS(client_app_id), TEXT_ARGS(text_slice(asked->audience, 0, 200)),
        asked->resource.app_id);
}

static bool default_granted(struct request *request, const struct scopes *asked,
    struct text client_app_id, const char *consented, const char **missing, struct azb_error *err)
{
    if (*consented)
        return true;
    if (!registered(request, asked, client_app_id, missing, err))
        return false;
    if (!**missing)
        return not_registered(asked, client_app_id, err);
    return no_consent(request, client_app_id, err);
}

static bool values_granted(struct request *request, const struct scopes *asked,
    struct text client_app_id, const char *consented, const char **missing, struct azb_error *err)
{
    struct words words = {request, ""};
    struct text rest = text_of(asked->values), value;
    while (text_cut(&rest, ' ', &value))
        if (value.length > 0 && !scopes_hold(text_of(consented), value))
            add_word(&words, value);
    if (!words.all)
        return fail_memory(err);
    *missing = words.all;
    return !*words.all || no_consent(request, client_app_id, err);
}

bool scopes_granted(struct request *request, const struct scopes *asked, struct text client_app_id,
    struct text user_id, const char **granted, const char **missing, struct azb_error *err)
{
    const char *consented = "", *lacks = "";
    if (!asked
             ->has_resource) { /* to sign in alone needs nothing that an application must ask for */
        *granted = "";
        return true;
    }
    if (!consent_scopes(request->service, request->store, client_app_id, user_id,
            text_of(asked->resource.app_id), &request->arena, &consented, err))
        return false;
    bool ok = (asked->is_default ? default_granted : values_granted)(
        request, asked, client_app_id, consented, &lacks, err);
    if (missing)
        *missing = lacks;
    if (ok) /* as in Entra, all that there is, not only what is asked for now */
        *granted = consented;
    return ok;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static void add_openid(struct words *words, const struct scopes *asked)
{
    if (asked->email)
        add_word(words, TEXT("email"));
    if (asked->openid)
        add_word(words, TEXT("openid"));
    if (asked->profile)
        add_word(words, TEXT("profile"));
}

const char *scopes_claim(struct request *request, const struct scopes *asked, const char *granted)
{
    struct words words = {request, granted};
    if (!asked->has_resource || strcmp(asked->resource.app_id, APP_ID_GRAPH) == 0)
        add_openid(&words, asked);
    return words.all;
}

const char *scopes_reply(struct request *request, const struct scopes *asked, const char *granted)
{
    struct words words = {request, ""};
    struct text rest = text_of(granted), value;
    if (!asked->has_resource || strcmp(asked->resource.app_id, APP_ID_GRAPH) == 0)
        add_openid(&words, asked);
    while (text_cut(&rest, ' ', &value)) {
        const char *whole = asked->prefix.length ? arena_format(&request->arena, "%.*s/%.*s",
                                                       TEXT_ARGS(asked->prefix), TEXT_ARGS(value))
                                                 : text_string(&request->arena, value);
        if (!whole)
            return NULL;
        if (value.length > 0)
            add_word(&words, text_of(whole));
    }
    if (asked->is_default && asked->prefix.length) {
        const char *whole =
            arena_format(&request->arena, "%.*s/.default", TEXT_ARGS(asked->prefix));
        if (!whole)
            return NULL;
        add_word(&words, text_of(whole));
    }
    return words.all;
}
