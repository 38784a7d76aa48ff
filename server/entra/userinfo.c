#include "entra/userinfo.h"

#include "authorize/authorize.h"
#include "base/error.h"
#include "base/json.h"
#include "directory/user.h"
#include "entra/aadsts.h"
#include "entra/entra.h"

#define REPLY_MAX 4096

/* The sub is that of the ID token: clients compare them (Core section 5.3.2). */
static void write_user(struct request *request, struct json_writer *writer, const struct user *user)
{
    json_begin_object(writer);
    json_member(writer, "sub", entra_subject(request, request->caller.client_id, user->object_id));
    json_member(writer, "name", user->display_name);
    json_member(writer, "family_name", user->surname);
    json_member(writer, "given_name", user->given_name);
    json_member(writer, "email", user->user_principal_name);
    json_end_object(writer);
}

static bool refuse(struct request *request, struct reply *reply, const char *why)
{
    struct azb_error told = AZB_ERROR_INIT;
    oauth_refuse(&told, "invalid_token", why);
    told.http_status = 401;
    entra_refuse(request, reply, &told);
    authorize_challenge(request, reply, &told);
    return true;
}

bool userinfo_serve_graph(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct user user;
    struct azb_error why = AZB_ERROR_INIT;
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, REPLY_MAX);
    if (request->caller.kind != CALLER_USER)
        return refuse(request, reply, "The access token is not a user's.");
    if (!user_by_object_id(
            request->store, text_of(request->caller.object_id), &request->arena, &user, &why)) {
        if (why.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &why);
        azb_error_free(&why);
        return refuse(request, reply, "The user of the access token was deleted.");
    }
    json_writer_init(&writer, &body, 0);
    write_user(request, &writer, &user);
    char *copy = body.failed ? NULL : arena_copy(&request->arena, body.at, body.length);
    if (!copy || request->arena.failed)
        return fail_memory(err);
    reply_json(reply, 200, (struct text){copy, body.length});
    return true;
}

bool userinfo_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const audiences[] = {"00000003-0000-0000-c000-000000000000",
        "https://graph.microsoft.com", "https://graph.microsoft.com/", NULL};
    struct azb_error why = AZB_ERROR_INIT;
    if (!tenant_check(request, request->values[0], "invalid_tenant", err))
        return false;
    if (authorize_bearer(request, audiences, &why))
        return userinfo_serve_graph(request, reply, err);
    if (why.http_status != 401)
        return error_move(err, &why);
    return refuse(request, reply, why.message);
}
