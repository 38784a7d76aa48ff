/* An application as Graph shows it. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

/* What nothing here acts on, and Graph's clients expect to read as they wrote it. */
const struct graph_property graph_application_kept[] = {
    {"tags", PROPERTY_STRINGS},
    {"notes", PROPERTY_STRING},
    {"description", PROPERTY_STRING},
    {"serviceManagementReference", PROPERTY_STRING},
    {"groupMembershipClaims", PROPERTY_STRING},
    {"samlMetadataUrl", PROPERTY_STRING},
    {"tokenEncryptionKeyId", PROPERTY_STRING},
    {"isDeviceOnlyAuthSupported", PROPERTY_BOOL},
    {"oauth2RequirePostResponse", PROPERTY_BOOL},
    {"optionalClaims", PROPERTY_OBJECT},
    {"info", PROPERTY_OBJECT},
    {"parentalControlSettings", PROPERTY_OBJECT},
    {"servicePrincipalLockConfiguration", PROPERTY_OBJECT},
    {"addIns", PROPERTY_LIST},
    {"web.homePageUrl", PROPERTY_STRING},
    {"web.logoutUrl", PROPERTY_STRING},
    {"web.implicitGrantSettings", PROPERTY_OBJECT},
    {"web.redirectUriSettings", PROPERTY_LIST},
    {"api.acceptMappedClaims", PROPERTY_BOOL},
    {"api.knownClientApplications", PROPERTY_STRINGS},
};

const size_t graph_application_kept_count =
    sizeof graph_application_kept / sizeof *graph_application_kept;

static bool write_kept(struct request *request, struct json_writer *writer,
    const struct application *application, const char *object, struct azb_error *err)
{
    return graph_write_properties(request, writer, application->properties, graph_application_kept,
        graph_application_kept_count, object, err);
}

/* The object for one kind of client: "web". */
static bool write_client(struct request *request, struct json_writer *writer, const char *name,
    enum redirect_kind kind, const struct application *application, struct azb_error *err)
{
    json_name(writer, name);
    json_begin_object(writer);
    json_name(writer, "redirectUris");
    json_begin_array(writer);
    for (size_t i = 0; i < application->redirect_uri_count; i++)
        if (application->redirect_uris[i].kind == kind)
            json_write_string(writer, application->redirect_uris[i].uri);
    json_end_array(writer);
    bool written = write_kept(request, writer, application, name, err);
    json_end_object(writer);
    return written;
}

static bool write_api(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err)
{
    json_name(writer, "api");
    json_begin_object(writer);
    bool written = graph_write_offered(request, writer, application, err) &&
                   graph_write_trusted(request, writer, application, err) &&
                   write_kept(request, writer, application, "api", err);
    json_end_object(writer);
    return written;
}

static void write_identifier_uris(struct json_writer *writer, const struct application *application)
{
    json_name(writer, "identifierUris");
    json_begin_array(writer);
    for (size_t i = 0; i < application->identifier_uri_count; i++)
        json_write_string(writer, application->identifier_uris[i]);
    json_end_array(writer);
}

struct text graph_application_json(
    struct request *request, const struct application *application, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", application->object_id);
    json_member(&writer, "appId", application->app_id);
    json_member(&writer, "displayName", application->display_name);
    graph_write_time(&writer, "createdDateTime", application->created);
    json_member(&writer, "signInAudience", sign_in_audience_text(application->audience));
    json_member(&writer, "publisherDomain", directory_tenant_domain(request->service));
    json_member_bool(&writer, "isFallbackPublicClient", application->public_client);
    write_identifier_uris(&writer, application);
    const struct graph_holder holder = {.application_row = application->row};
    if (!write_client(request, &writer, "publicClient", REDIRECT_PUBLIC, application, err) ||
        !write_client(request, &writer, "web", REDIRECT_WEB, application, err) ||
        !write_client(request, &writer, "spa", REDIRECT_SPA, application, err) ||
        !write_kept(request, &writer, application, NULL, err) ||
        !graph_write_app_roles(request, &writer, application, err) ||
        !graph_write_required(request, &writer, application, err) ||
        !write_api(request, &writer, application, err) ||
        !graph_write_credentials(request, &writer, &holder, err))
        return TEXT_NONE;
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}
