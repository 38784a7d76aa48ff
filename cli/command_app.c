/* azb app: applications, their service principals, secrets and certificates (Microsoft Graph). */
#include <stdio.h>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/directory_list.h"

#define DAY_SECONDS 86400

/* ---- create -------------------------------------------------------------------------------- */

#define REGISTRATION_OPTIONS                                                                       \
    {"redirect-uri", OPTION_LIST, false,                                                           \
        "Where sign-in leads back to (http://localhost for programs on a desktop).", 0},           \
        {"web-redirect-uri", OPTION_LIST, false,                                                   \
            "The same for a web application, which keeps a secret.", 0},                           \
        {"public-client", OPTION_BOOL, false,                                                      \
            "Programs without a secret may sign users in (device code).", 0},                      \
    {                                                                                              \
        "sign-in-audience", OPTION_TEXT, false,                                                    \
            "AzureADMyOrg (this tenant) or AzureADMultipleOrgs (any).", 0                          \
    }

static const struct option_row create_options[] = {
    {"display-name", OPTION_TEXT, true, "What people call it.", 0},
    REGISTRATION_OPTIONS,
};

static void write_redirect_uris(
    struct json_writer *writer, const char *member, const struct option_value *uris)
{
    if (!uris)
        return;
    json_name(writer, member);
    json_begin_object(writer);
    json_name(writer, "redirectUris");
    json_begin_array(writer);
    for (size_t i = 0; i < uris->count; i++)
        json_write_string(writer, uris->values[i]);
    json_end_array(writer);
    json_end_object(writer);
}

/* Only what was given. */
static struct text application_body(struct session *session, const struct arguments *arguments)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const char *is_public = argument(arguments, "public-client");
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "displayName", argument(arguments, "display-name"));
    json_member(&writer, "signInAudience", argument(arguments, "sign-in-audience"));
    if (is_public)
        json_member_bool(&writer, "isFallbackPublicClient", strcmp(is_public, "true") == 0);
    write_redirect_uris(&writer, "publicClient", argument_list(arguments, "redirect-uri"));
    write_redirect_uris(&writer, "web", argument_list(arguments, "web-redirect-uri"));
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

/* Roles bind service principals: an application without one can be given nothing. */
static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *application, *principal;
    (void)command;
    if (!manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/applications",
            application_body(session, arguments), &application, &err))
        return session_fail(session, &err);
    char *body = arena_format(
        &session->arena, "{\"appId\":\"%.*s\"}", TEXT_ARGS(json_get_text(application, "appId")));
    if (!manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/servicePrincipals", text_of(body),
            &principal, &err)) {
        fail_while(&err, "the application was created, its service principal was not");
        return session_fail(session, &err);
    }
    output(session, application, columns_of(COLUMNS_APPLICATION));
    return EXIT_OK;
}

const struct command command_app_create = {"app create",
    "Registers an application, with its service principal.",
    "appId is the client id that programs sign in with.", create_options, COUNT(create_options),
    create};

/* ---- update -------------------------------------------------------------------------------- */

static const struct option_row update_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"display-name", OPTION_TEXT, false, "What people call it.", 0},
    REGISTRATION_OPTIONS,
};

static int update(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    struct text body = application_body(session, arguments);
    if (text_is(body, "{}"))
        return session_usage("%s: nothing to change was given", command->name);
    const struct json *found = find_application(session, argument(arguments, "id"), &err);
    char *path = found ? arena_format(&session->arena, "/v1.0/applications/%.*s",
                             TEXT_ARGS(json_get_text(found, "id")))
                       : NULL;
    if (!found || !manage(session, ENDPOINT_GRAPH, "PATCH", path, body, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_update = {"app update", "Changes an application.",
    "Redirect URIs that are given replace those of their kind.", update_options,
    COUNT(update_options), update};

/* ---- delete -------------------------------------------------------------------------------- */

static const struct option_row id_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    const struct json *found = find_application(session, argument(arguments, "id"), &err);
    char *path = found ? arena_format(&session->arena, "/v1.0/applications/%.*s",
                             TEXT_ARGS(json_get_text(found, "id")))
                       : NULL;
    (void)command;
    if (!found || !manage(session, ENDPOINT_GRAPH, "DELETE", path, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_delete = {"app delete",
    "Deletes an application, with its service principal and all that it signs in with.",
    "As in Azure, its role assignments stay, and tokens that it has are good until they expire.",
    id_options, COUNT(id_options), delete_one};

/* ---- list, show ---------------------------------------------------------------------------- */

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return directory_list_show(session, "/v1.0/applications", columns_of(COLUMNS_APPLICATION));
}

const struct command command_app_list = {
    "app list", "Lists the applications of the tenant.", NULL, NULL, 0, list};

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *found = find_application(session, argument(arguments, "id"), &err);
    (void)command;
    if (!found)
        return session_fail(session, &err);
    output(session, found, columns_of(COLUMNS_APPLICATION));
    return EXIT_OK;
}

const struct command command_app_show = {
    "app show", "Shows an application.", NULL, id_options, COUNT(id_options), show};

/* ---- secrets ------------------------------------------------------------------------------- */

static const struct option_row secret_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"display-name", OPTION_TEXT, false, "A note on what the secret is for.", 0},
    {"expires", OPTION_TEXT, false,
        "When it ends: 90d, or a date such as 2027-01-31 (one year from now).", 0},
};

/* "90d", "2027-01-31" or a whole ISO 8601 instant. */
static bool read_expiry(const char *given, char out[TIME_TEXT_MAX], struct azb_error *err)
{
    int64_t ticks;
    uint64_t days = 365;
    struct text text = text_of(given);
    char instant[48];
    snprintf(instant, sizeof instant, "%sT00:00:00Z", given ? given : "");
    bool in_days = !given || (text_ends(text, "d") &&
                                 text_to_u64(text_slice(text, 0, text.length - 1), 3650, &days));
    if (in_days)
        ticks = (clock_seconds(NULL) + (int64_t)days * DAY_SECONDS) * TICKS_PER_SECOND;
    else if (!time_parse_iso8601(text, &ticks) && !time_parse_iso8601(text_of(instant), &ticks))
        return fail(err, AZB_ERROR_ARGUMENT,
            "--expires '%s' is neither a number of days (90d, at most 3650d) nor a date "
            "(2027-01-31)",
            given);
    time_iso8601(ticks, out);
    return true;
}

static int add_secret(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char expires[TIME_TEXT_MAX];
    const struct json *secret, *application;
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    (void)command;
    if (!read_expiry(argument(arguments, "expires"), expires, &err))
        return session_fail(session, &err);
    application = find_application(session, argument(arguments, "id"), &err);
    if (!application)
        return session_fail(session, &err);
    buffer_init(&body, 1 << 16);
    json_writer_init(&writer, &body, 0);
    json_begin_object(&writer);
    json_name(&writer, "passwordCredential");
    json_begin_object(&writer);
    json_member(&writer, "displayName", argument(arguments, "display-name"));
    json_member(&writer, "endDateTime", expires);
    json_end_object(&writer);
    json_end_object(&writer);
    char *path = arena_format(&session->arena, "/v1.0/applications/%.*s/addPassword",
        TEXT_ARGS(json_get_text(application, "id")));
    if (!manage(session, ENDPOINT_GRAPH, "POST", path, buffer_text(&body), &secret, &err))
        return session_fail(session, &err);
    static const char *const shown[] = {"secretText", "keyId", "endDateTime", NULL};
    output(session, secret, shown);
    fprintf(stderr, "azb: the secret is shown this once; keep it where secrets are kept\n");
    return EXIT_OK;
}

const struct command command_app_secret_add = {"app secret add",
    "Adds a client secret to an application.",
    "secretText is shown this once and is not stored anywhere.", secret_options,
    COUNT(secret_options), add_secret};

/* ---- certificates -------------------------------------------------------------------------- */

static const struct option_row certificate_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"certificate", OPTION_TEXT, true,
        "A PEM file with the certificate (a private key in it stays here), or -.", 0},
    {"display-name", OPTION_TEXT, false, "A note on what the certificate is for.", 0},
};

/* PATCH replaces the list: what is there goes along, as az does. */
static struct text credentials_body(struct session *session, const struct json *application,
    const struct certificate *certificate, const char *name)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    int64_t from, until;
    char start[TIME_TEXT_MAX], end[TIME_TEXT_MAX];
    const struct json *existing = json_get(application, "keyCredentials");
    certificate_validity(certificate, &from, &until);
    time_iso8601(from, start);
    time_iso8601(until, end);
    buffer_init(&text, 4 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "keyCredentials");
    json_begin_array(&writer);
    for (const struct json *item = existing ? existing->first : NULL; item; item = item->next)
        json_write_tree(&writer, item);
    json_begin_object(&writer);
    json_member(&writer, "type", "AsymmetricX509Cert");
    json_member(&writer, "usage", "Verify");
    json_member(&writer, "displayName", name ? name : certificate_subject(certificate));
    json_member(&writer, "startDateTime", start);
    json_member(&writer, "endDateTime", end);
    json_member(&writer, "key", base64_encode(&session->arena, certificate_der(certificate)));
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static void show_certificate(
    struct session *session, const struct json *application, const struct certificate *certificate)
{
    unsigned char hash[SHA1_BYTES];
    char thumbprint[2 * SHA1_BYTES + 1];
    certificate_thumbprint_sha1(certificate, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(thumbprint + 2 * i, 3, "%02X", hash[i]);
    char *text = arena_format(&session->arena, "{\"appId\":\"%.*s\",\"thumbprint\":\"%s\"}",
        TEXT_ARGS(json_get_text(application, "appId")), thumbprint);
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *value = json_parse(text_of(text), &session->arena, &ignored);
    if (value)
        output(session, value, NULL);
}

static int add_certificate(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text pem;
    const struct json *ignored;
    (void)command;
    if (!read_input(&session->arena, argument(arguments, "certificate"), &pem, &err))
        return session_fail(session, &err);
    struct certificate *certificate = certificate_from_pem(pem, &err);
    if (!certificate) {
        fail_while(&err, "--certificate %s", argument(arguments, "certificate"));
        return session_fail(session, &err);
    }
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    char *path = application ? arena_format(&session->arena, "/v1.0/applications/%.*s",
                                   TEXT_ARGS(json_get_text(application, "id")))
                             : NULL;
    bool added = application && manage(session, ENDPOINT_GRAPH, "PATCH", path,
                                    credentials_body(session, application, certificate,
                                        argument(arguments, "display-name")),
                                    &ignored, &err);
    if (added)
        show_certificate(session, application, certificate);
    certificate_free(certificate);
    return added ? EXIT_OK : session_fail(session, &err);
}

const struct command command_app_certificate_add = {"app certificate add",
    "Adds a certificate that an application may sign in with.", NULL, certificate_options,
    COUNT(certificate_options), add_certificate};
