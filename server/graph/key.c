/* addKey and removeKey: an application changes its own keys, by a proof that it has one of them.
 * https://learn.microsoft.com/graph/application-rollkey-prooftoken */
#include "base/error.h"
#include "base/jwt.h"
#include "document.h"
#include "graph/graph.h"

#define PROOF_AUDIENCE "00000002-0000-0000-c000-000000000000"
#define PROOF_LIFE_S 600
#define PROOF_SKEW_S 300

/* The one whose keys they are, and its other names. */
struct prover {
    struct graph_holder holder;
    struct graph_subject subject;
    const char *app_id;
};

static bool find(struct request *request, struct prover *out, struct azb_error *err)
{
    struct application application;
    struct service_principal principal;
    if (!graph_find_holder(request, &out->holder, err) ||
        !graph_find_subject(request, &out->subject, err))
        return false;
    struct text id = text_of(out->subject.object_id);
    if (out->holder.is_principal) {
        if (!service_principal_by_object_id(request->store, id, &request->arena, &principal, err))
            return graph_refuse(id, err);
        out->app_id = principal.app_id;
        return true;
    }
    if (!application_by_object_id(request->store, id, &request->arena, &application, err))
        return graph_refuse(id, err);
    out->app_id = application.app_id;
    return true;
}

/* ---- The proof ------------------------------------------------------------------------------- */

static bool bad_proof(struct azb_error *err, const char *reason)
{
    return fail_status(err, 400, "Authentication_MissingOrMalformed",
        "proof: %s A JSON Web Token is expected that is signed (RS256) with the private key of one "
        "of the existing certificates, has aud '" PROOF_AUDIENCE "', iss (the id of the "
        "application), nbf and exp, and is good for ten minutes.",
        reason);
}

static bool check_claims(struct request *request, const struct prover *prover,
    const struct json *claims, struct azb_error *err)
{
    struct text issuer = json_get_text(claims, "iss");
    int64_t from = 0, until = 0, now = request->now / TICKS_PER_SECOND;
    if (!text_is(json_get_text(claims, "aud"), PROOF_AUDIENCE))
        return bad_proof(err, "Its audience (aud) is another.");
    if (!text_equal_nocase(issuer, text_of(prover->subject.object_id)) &&
        !text_equal_nocase(issuer, text_of(prover->app_id)))
        return bad_proof(err, "Its issuer (iss) is another.");
    if (jwt_date(claims, "nbf", &from) != 1 || jwt_date(claims, "exp", &until) != 1)
        return bad_proof(err, "It has no times (nbf, exp).");
    if (until - from > PROOF_LIFE_S)
        return bad_proof(err, "It is good for more than ten minutes.");
    return (from - PROOF_SKEW_S <= now && now < until + PROOF_SKEW_S) ||
           bad_proof(err, "It is not valid now.");
}

static bool verifies(
    const struct jwt *proof, const struct client_certificate *registered, struct azb_error *err)
{
    struct certificate *certificate = certificate_from_der(registered->der, err);
    if (!certificate)
        return false;
    bool verified = jwt_verify(proof, RSA_PKCS1_SHA256, certificate_public_key(certificate));
    certificate_free(certificate);
    return verified;
}

/* By one that is valid now, whichever it is. */
static bool check_signature(struct request *request, const struct prover *prover,
    const struct jwt *proof, struct azb_error *err)
{
    struct client_certificate *list;
    size_t count, valid = 0;
    if (!certificate_list(
            request->store, prover->holder.application_row, &request->arena, &list, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (list[i].of_principal != prover->holder.is_principal || request->now < list[i].start ||
            request->now >= list[i].end)
            continue;
        valid++;
        if (verifies(proof, &list[i], err))
            return true;
        if (err->kind != AZB_ERROR_NONE)
            return false;
    }
    return bad_proof(err, valid ? "None of the existing certificates has signed it."
                                : "There is no valid certificate that could have signed it: the "
                                  "first one is set by PATCH of keyCredentials.");
}

static bool check_proof(struct request *request, const struct prover *prover, struct azb_error *err)
{
    struct text text = json_get_text(graph_body(request), "proof");
    struct azb_error why = AZB_ERROR_INIT;
    struct jwt proof;
    if (!text.length)
        return bad_proof(err, "It is missing.");
    if (!jwt_parse(text, JWT_STRICT, &request->arena, &proof, &why)) {
        azb_error_free(&why);
        return bad_proof(err, "It is malformed.");
    }
    return check_claims(request, prover, proof.payload, err) &&
           check_signature(request, prover, &proof, err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool reply_added(struct request *request, struct reply *reply, const struct prover *prover,
    const char *key_id, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct client_certificate *list;
    size_t count;
    if (!certificate_list(
            request->store, prover->holder.application_row, &request->arena, &list, &count, err))
        return false;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].key_id, key_id) == 0)
            graph_write_certificate(&writer, &list[i]);
    return graph_reply(request, reply, 200, "keyCredential", graph_keep(request, &text, err), err);
}

bool graph_add_key(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"keyCredential", "passwordCredential", "proof", NULL};
    struct prover prover = {0};
    const char *key_id = NULL;
    const struct json *body = graph_body(request), *entry = json_get(body, "keyCredential");
    const struct json *password = json_get(body, "passwordCredential");
    if (!find(request, &prover, err) || !graph_check_members(body, known, err) ||
        !check_proof(request, &prover, err))
        return false;
    if (!entry || entry->type != JSON_OBJECT)
        return graph_bad(err, "keyCredential: an object with type, usage and key is expected.");
    if (password && password->type != JSON_NULL)
        return graph_bad(err, "passwordCredential: it goes with certificates that sign (type "
                              "X509CertAndPassword), which azbd has not; null is expected.");
    return graph_add_certificate(request, &prover.holder, entry, &key_id, err) &&
           reply_added(request, reply, &prover, key_id, err);
}

static bool has_key(
    struct request *request, const struct prover *prover, struct text key_id, struct azb_error *err)
{
    struct client_certificate *list;
    size_t count;
    if (!certificate_list(
            request->store, prover->holder.application_row, &request->arena, &list, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (list[i].of_principal == prover->holder.is_principal &&
            text_equal_nocase(key_id, text_of(list[i].key_id)))
            return true;
    return graph_bad(err, "No key credential found with keyId %.*s.", TEXT_ARGS(key_id));
}

bool graph_remove_key(struct request *request, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"keyId", "proof", NULL};
    struct prover prover = {0};
    struct text key_id = json_get_text(graph_body(request), "keyId");
    if (!find(request, &prover, err) || !graph_check_members(graph_body(request), known, err) ||
        !check_proof(request, &prover, err))
        return false;
    if (!text_is_guid(key_id))
        return graph_bad(err, "keyId: the GUID of a key credential is expected.");
    if (!has_key(request, &prover, key_id, err))
        return false;
    if (!certificate_remove(request->store, prover.holder.application_row, key_id, err))
        return graph_refuse(request->values[0], err);
    reply->status = 204;
    return true;
}
