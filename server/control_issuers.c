/* Test control of the issuers of federated credentials: their keys, as they rotate them. */
#include "control.h"

#include "base/error.h"
#include "directory/federated_credential.h"
#include "document.h"

#define ISSUER_MAX 600
#define JWKS_MAX (128 * 1024)

struct wanted {
    struct text issuer;
    const struct json *jwks;
};

static const struct control_field fields[] = {
    {"issuer", CONTROL_TEXT, offsetof(struct wanted, issuer), 1, ISSUER_MAX, NULL},
    {"jwks", CONTROL_OBJECT, offsetof(struct wanted, jwks), 0, 0, NULL},
};

static bool reply_issuer(
    struct request *request, struct reply *reply, struct text issuer, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 8192);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member_text(&writer, "issuer", issuer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

static bool set_keys(struct request *request, const struct wanted *wanted, struct azb_error *err)
{
    scoped_buffer struct buffer jwks = {0};
    struct json_writer writer;
    buffer_init(&jwks, JWKS_MAX);
    json_writer_init(&writer, &jwks, 0);
    json_write_tree(&writer, wanted->jwks);
    const char *issuer = text_string(&request->arena, wanted->issuer);
    if (jwks.failed || !issuer)
        return control_bad(err, "'jwks' may have %d bytes at most", JWKS_MAX);
    return issuer_set_keys(request->store, issuer, buffer_text(&jwks), err) ||
           refuse_as(err, "InvalidControl");
}

bool control_set_issuer(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct wanted wanted = {0};
    if (!control_read(request, fields, sizeof fields / sizeof *fields, &wanted, err))
        return false;
    if (!wanted.issuer.at || !wanted.jwks)
        return control_bad(err, "'%s' is missing", wanted.issuer.at ? "jwks" : "issuer");
    return set_keys(request, &wanted, err) && reply_issuer(request, reply, wanted.issuer, err);
}
