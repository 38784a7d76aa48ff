/* Test controls of claims challenges: what challenge.h keeps, as JSON. */
#include "control.h"

#include "base/error.h"
#include "challenge.h"
#include "document.h"

struct wanted {
    struct text client_id;
    const struct json *claims;
};

static const struct control_field fields[] = {
    {"clientId", CONTROL_TEXT, offsetof(struct wanted, client_id), 36, 36, NULL},
    {"claims", CONTROL_OBJECT, offsetof(struct wanted, claims), 0, 0, NULL},
};

static void write_challenge(struct json_writer *writer, const void *items, size_t at)
{
    const struct challenge *challenge = (const struct challenge *)items + at;
    json_begin_object(writer);
    json_member(writer, "clientId", challenge->client_id);
    json_name(writer, "claims");
    json_write_raw(writer, text_of(challenge->claims));
    json_member_i64(writer, "refused", challenge->refused);
    json_end_object(writer);
}

static bool reply_challenges(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct challenge all[CHALLENGES_MAX];
    size_t count = challenges_list(request->service->challenges, all);
    return control_reply_list(request, reply, write_challenge, all, count, err);
}

bool control_list_challenges(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_challenges(request, reply, err);
}

/* What Entra's continuous access evaluation asks for: a token that is not older than now. */
static void write_usual_claims(const struct request *request, struct challenge *out)
{
    snprintf(out->claims, sizeof out->claims,
        "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%lld\"}}}",
        (long long)(request->now / TICKS_PER_SECOND));
}

static bool write_claims(const struct json *claims, struct challenge *out, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct json *asked = json_get(claims, "access_token");
    buffer_init(&text, sizeof out->claims - 1);
    if (!asked || asked->type != JSON_OBJECT || !asked->first)
        return control_bad(err,
            "'claims' must have the member 'access_token', an object with the claims that a token "
            "must have, such as "
            "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}");
    json_writer_init(&writer, &text, 0);
    json_write_tree(&writer, claims);
    if (text.failed)
        return control_bad(err, "'claims' may have %zu characters at most", sizeof out->claims - 1);
    snprintf(out->claims, sizeof out->claims, "%.*s", TEXT_ARGS(buffer_text(&text)));
    return true;
}

bool control_add_challenge(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct wanted wanted = {0};
    struct challenge challenge = {0};
    if (!control_read(request, fields, sizeof fields / sizeof *fields, &wanted, err))
        return false;
    if (!text_is_guid(wanted.client_id))
        return control_bad(err, "'clientId' must be the application (client) id, a GUID");
    snprintf(challenge.client_id, sizeof challenge.client_id, "%.*s", TEXT_ARGS(wanted.client_id));
    if (!wanted.claims)
        write_usual_claims(request, &challenge);
    else if (!write_claims(wanted.claims, &challenge, err))
        return false;
    if (!challenges_add(request->service->challenges, &challenge, err))
        return refuse_as(err, "TooManyChallenges");
    return reply_challenges(request, reply, err);
}

bool control_clear_challenges(struct request *request, struct reply *reply, struct azb_error *err)
{
    challenges_clear(request->service->challenges);
    return reply_challenges(request, reply, err);
}
