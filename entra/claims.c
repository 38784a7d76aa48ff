#include "entra/claims.h"

#include "base/error.h"
#include "base/json.h"

#define CLAIMS_MAX ((size_t)256 * 1024)

static void write_capability(struct json_writer *json)
{
    json_name(json, "xms_cc");
    json_begin_object(json);
    json_name(json, "values");
    json_begin_array(json);
    json_write_string(json, "cp1");
    json_end_array(json);
    json_end_object(json);
}

/* All members but `without`. */
static void write_members(struct json_writer *json, const struct json *object, const char *without)
{
    for (const struct json *member = object ? object->first : NULL; member; member = member->next) {
        if (text_is(member->name, without))
            continue;
        json_name_text(json, member->name);
        json_write_tree(json, member);
    }
}

/* {"access_token":{"xms_cc":{"values":["cp1"]}}} and whatever else was asked for. */
static void write_claims(const struct json *challenge, struct buffer *out)
{
    struct json_writer json;
    const struct json *of_access_token = json_get(challenge, "access_token");
    if (of_access_token && of_access_token->type != JSON_OBJECT)
        of_access_token = NULL;
    json_writer_init(&json, out, 0);
    json_begin_object(&json);
    write_members(&json, challenge, "access_token");
    json_name(&json, "access_token");
    json_begin_object(&json);
    write_members(&json, of_access_token, "xms_cc");
    write_capability(&json);
    json_end_object(&json);
    json_end_object(&json);
}

char *claims_with_capability(const char *challenge, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct azb_error problem = AZB_ERROR_INIT;
    buffer_init(&out, CLAIMS_MAX);
    const struct json *tree = challenge ? json_parse(text_of(challenge), arena, &problem) : NULL;
    if (challenge && (!tree || tree->type != JSON_OBJECT)) {
        if (problem.kind == AZB_ERROR_MEMORY)
            error_move(err, &problem);
        else
            fail(err, AZB_ERROR_ARGUMENT,
                "the claims of the request are no JSON object: give a challenge's claims as they "
                "are, after base64");
        return NULL;
    }
    write_claims(tree, &out);
    char *claims = out.failed ? NULL : text_string(arena, buffer_text(&out));
    if (!claims)
        fail_memory(err);
    return claims;
}
