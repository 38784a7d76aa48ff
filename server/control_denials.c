/* Test control of deny assignments, which in Azure only the system makes. */
#include "control.h"

#include "arm/arm.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/deny_assignment.h"
#include "document.h"

/* What a body may have besides "properties", which are ARM's own. */
struct wanted {
    struct text id;
    const struct json *properties;
};

static const struct control_field fields[] = {
    {"id", CONTROL_TEXT, offsetof(struct wanted, id), GUID_TEXT - 1, GUID_TEXT - 1, NULL},
    {"properties", CONTROL_OBJECT, offsetof(struct wanted, properties), 0, 0, NULL},
};

static bool give_id(
    struct request *request, struct text given, const char **out, struct azb_error *err)
{
    char made[GUID_TEXT];
    if (given.at && !text_is_guid(given))
        return control_bad(err, "'id' must be a GUID");
    if (!given.at && !random_guid(made))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    *out = given.at ? text_string(&request->arena, given) : arena_string(&request->arena, made);
    return *out ? true : fail_memory(err);
}

static bool read_denial(struct request *request, struct rbac_deny_assignment *out,
    const char **description, struct azb_error *err)
{
    struct wanted wanted = {0};
    struct scope scope;
    const char *id = NULL;
    if (!control_read(request, fields, sizeof fields / sizeof *fields, &wanted, err))
        return false;
    if (!wanted.properties)
        return control_bad(err, "'properties' is missing");
    if (!give_id(request, wanted.id, &id, err))
        return false;
    if (!deny_assignment_read(wanted.properties, &request->arena, out, err)) {
        refuse_as(err, "InvalidControl");
        return fail_while(err, "'properties'");
    }
    if (!out->scope)
        return control_bad(err, "'properties': scope: it is missing");
    if (!arm_check_scope(request, text_of(out->scope), NULL, &scope, err))
        return false;
    out->id = id;
    out->scope = scope.text;
    *description = json_get_string(wanted.properties, "description", &request->arena);
    return true;
}

static bool reply_denial(struct request *request, struct reply *reply,
    const struct rbac_deny_assignment *denial, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    const char *scope = text_is(text_of(denial->scope), "/") ? "" : denial->scope;
    buffer_init(&out, 8192);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member(&writer, "name", denial->id);
    json_member(&writer, "id",
        arena_format(&request->arena, "%s/providers/Microsoft.Authorization/denyAssignments/%s",
            scope, denial->id));
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_set_denial(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct rbac_deny_assignment denial = {0};
    const char *description = NULL;
    if (!read_denial(request, &denial, &description, err))
        return false;
    if (!deny_assignment_put(
            request->store, &denial, description, request->now, &request->arena, err))
        return refuse_as(err, "InvalidControl");
    authorize_roles_changed(request);
    return reply_denial(request, reply, &denial, err);
}

bool control_remove_denial(struct request *request, struct reply *reply, struct azb_error *err)
{
    bool found;
    if (!deny_assignment_remove(request->store, request->values[0], &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "DenyAssignmentNotFound", "there is no deny assignment '%.*s'",
            TEXT_ARGS(text_slice(request->values[0], 0, 60)));
    authorize_roles_changed(request);
    reply->status = 204;
    return true;
}
