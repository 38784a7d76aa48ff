/* Secrets and certificates of applications. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define YEARS_2 ((int64_t)SECRET_DAYS_DEFAULT * 86400 * TICKS_PER_SECOND)

/* ---- As JSON --------------------------------------------------------------------------------- */

/* `value` NULL: as lists show it. */
void graph_write_secret(
    struct json_writer *writer, const struct client_secret *secret, const char *value)
{
    json_begin_object(writer);
    json_name(writer, "customKeyIdentifier");
    json_write_null(writer);
    json_name(writer, "displayName");
    json_write_string(writer, secret->display_name);
    graph_write_time(writer, "endDateTime", secret->end);
    json_member(writer, "hint", secret->hint);
    json_member(writer, "keyId", secret->key_id);
    json_name(writer, "secretText");
    json_write_string(writer, value);
    graph_write_time(writer, "startDateTime", secret->start);
    json_end_object(writer);
}

void graph_write_certificate(
    struct json_writer *writer, const struct client_certificate *certificate)
{
    char thumbprint[2 * SHA1_BYTES + 1];
    for (size_t i = 0; i < SHA1_BYTES; i++)
        snprintf(thumbprint + 2 * i, 3, "%02X", certificate->sha1[i]);
    json_begin_object(writer);
    json_member(writer, "customKeyIdentifier", thumbprint);
    json_name(writer, "displayName");
    json_write_string(writer, certificate->display_name);
    graph_write_time(writer, "endDateTime", certificate->end);
    json_name(writer, "key");
    json_write_null(writer);
    json_member(writer, "keyId", certificate->key_id);
    graph_write_time(writer, "startDateTime", certificate->start);
    json_member(writer, "type", "AsymmetricX509Cert");
    json_member(writer, "usage", "Verify");
    json_end_object(writer);
}

/* ---- Secrets --------------------------------------------------------------------------------- */

/* Absent and null leave *ticks. */
static bool read_time(
    const struct json *from, const char *name, int64_t *ticks, struct azb_error *err)
{
    const struct json *value = json_get(from, name);
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type == JSON_STRING && time_parse_iso8601(value->text, ticks))
        return true;
    return graph_bad(err,
        "Invalid value for %s: an ISO 8601 time is expected, such as 2027-01-31T00:00:00Z.", name);
}

static bool read_name(
    struct request *request, const struct json *from, const char **out, struct azb_error *err)
{
    const struct json *value = json_get(from, "displayName");
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_STRING)
        return graph_bad(err, "Invalid value for displayName: a string is expected.");
    *out = value->text.length ? text_string(&request->arena, value->text) : NULL;
    return *out || !value->text.length ? true : fail_memory(err);
}

/* An end in the past is the caller's to want, when the start lies before it, too: a test needs a
 * secret that has expired. */
static bool read_secret(struct request *request, struct new_secret *out, struct azb_error *err)
{
    const struct json *given = json_get(graph_body(request), "passwordCredential");
    if (given && given->type != JSON_OBJECT && given->type != JSON_NULL)
        return graph_bad(err, "passwordCredential: an object is expected.");
    out->start = request->now;
    if (!read_time(given, "startDateTime", &out->start, err))
        return false;
    out->end = out->start + YEARS_2;
    if (!read_time(given, "endDateTime", &out->end, err) ||
        !read_name(request, given, &out->display_name, err))
        return false;
    return out->end > out->start ||
           graph_bad(err, "Credential end date must be later than its start date; the start is now "
                          "when startDateTime is not given.");
}

/* ---- Whose ----------------------------------------------------------------------------------- */

bool graph_find_holder(struct request *request, struct graph_holder *out, struct azb_error *err)
{
    struct application application;
    struct graph_subject subject;
    struct service_principal principal;
    if (!graph_find_subject(request, &subject, err))
        return false;
    out->is_principal = subject.kind == GRAPH_PRINCIPAL;
    if (!out->is_principal) {
        if (!graph_find_application(request, &application, err))
            return false;
        out->application_row = application.row;
        return true;
    }
    if (!service_principal_by_object_id(
            request->store, text_of(subject.object_id), &request->arena, &principal, err))
        return graph_refuse(request->values[0], err);
    if (principal.managed_identity)
        return graph_bad(err, "A managed identity has no credentials of its own: the service "
                              "keeps them.");
    if (!application_by_app_id(
            request->store, text_of(principal.app_id), &request->arena, &application, err))
        return graph_refuse(request->values[0], err);
    out->application_row = application.row;
    return true;
}

bool graph_write_credentials(struct request *request, struct json_writer *writer,
    const struct graph_holder *holder, struct azb_error *err)
{
    struct client_secret *secrets;
    struct client_certificate *certificates;
    size_t secret_count, certificate_count;
    int64_t row = holder->application_row;
    if (!secret_list(request->store, row, &request->arena, &secrets, &secret_count, err) ||
        !certificate_list(
            request->store, row, &request->arena, &certificates, &certificate_count, err))
        return false;
    json_name(writer, "keyCredentials");
    json_begin_array(writer);
    for (size_t i = 0; i < certificate_count; i++)
        if (certificates[i].of_principal == holder->is_principal)
            graph_write_certificate(writer, &certificates[i]);
    json_end_array(writer);
    json_name(writer, "passwordCredentials");
    json_begin_array(writer);
    for (size_t i = 0; i < secret_count; i++)
        if (secrets[i].of_principal == holder->is_principal)
            graph_write_secret(writer, &secrets[i], NULL);
    json_end_array(writer);
    return true;
}

/* ---- Adding and removing secrets ------------------------------------------------------------- */

static bool check_room(
    struct request *request, const struct graph_holder *holder, struct azb_error *err)
{
    struct client_secret *secrets;
    size_t count;
    if (!secret_list(
            request->store, holder->application_row, &request->arena, &secrets, &count, err))
        return false;
    return count < GRAPH_CREDENTIALS_MAX ||
           graph_bad(err, "The application has %zu secrets, and at most %d are allowed.", count,
               GRAPH_CREDENTIALS_MAX);
}

bool graph_add_password(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_holder holder = {0};
    struct new_secret what = {0};
    struct client_secret secret;
    char *value;
    if (!graph_find_holder(request, &holder, err) || !read_secret(request, &what, err) ||
        !check_room(request, &holder, err))
        return false;
    what.of_principal = holder.is_principal;
    if (!secret_add(request->service, request->store, holder.application_row, &what,
            &request->arena, &secret, &value, err))
        return graph_refuse(request->values[0], err);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    graph_write_secret(&writer, &secret, value);
    return graph_reply(
        request, reply, 200, "passwordCredential", graph_keep(request, &text, err), err);
}

/* An application's is not removed by way of its principal, nor the other way round. */
static bool has_secret(struct request *request, const struct graph_holder *holder,
    struct text key_id, struct azb_error *err)
{
    struct client_secret *secrets;
    size_t count;
    if (!secret_list(
            request->store, holder->application_row, &request->arena, &secrets, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (secrets[i].of_principal == holder->is_principal &&
            text_equal_nocase(key_id, text_of(secrets[i].key_id)))
            return true;
    return graph_bad(err, "No password credential found with keyId %.*s.", TEXT_ARGS(key_id));
}

bool graph_remove_password(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct graph_holder holder = {0};
    struct text key_id = json_get_text(graph_body(request), "keyId");
    if (!graph_find_holder(request, &holder, err))
        return false;
    if (!text_is_guid(key_id))
        return graph_bad(err, "keyId: the GUID of a password credential is expected.");
    if (!has_secret(request, &holder, key_id, err))
        return false;
    if (!secret_remove(request->store, holder.application_row, key_id, err))
        return graph_refuse(request->values[0], err);
    reply->status = 204;
    return true;
}

/* ---- Certificates ---------------------------------------------------------------------------- */

static const struct json *entry_of(const struct json *keys, const char *key_id)
{
    for (const struct json *entry = keys->first; entry; entry = entry->next)
        if (text_equal_nocase(json_get_text(entry, "keyId"), text_of(key_id)))
            return entry;
    return NULL;
}

/* az sends base64 in lines; the decoder takes none but the alphabet. */
static bool decode_key(
    struct request *request, struct text key, struct text *der, struct azb_error *err)
{
    char *packed = arena_alloc(&request->arena, key.length + 1);
    size_t length = 0;
    if (!packed)
        return fail_memory(err);
    for (size_t i = 0; i < key.length; i++)
        if (!strchr(" \t\r\n", key.at[i]) || !key.at[i])
            packed[length++] = key.at[i];
    return base64_decode(&request->arena, (struct text){packed, length}, der) ||
           graph_bad(err, "keyCredentials: 'key' is not base64.");
}

static bool is_word(const struct json *entry, const char *name, const char *wanted)
{
    struct text word = json_get_text(entry, name);
    return !word.at || text_equal_nocase(word, text_of(wanted));
}

static bool check_entry(const struct json *entry, struct azb_error *err)
{
    if (entry->type != JSON_OBJECT)
        return graph_bad(err, "keyCredentials: a list of objects is expected.");
    if (!is_word(entry, "type", "AsymmetricX509Cert") || !is_word(entry, "usage", "Verify"))
        return graph_bad(err, "keyCredentials: type 'AsymmetricX509Cert' with usage 'Verify' is "
                              "the only kind that programs sign in with.");
    if (json_get_text(entry, "key").length)
        return true;
    return graph_bad(err,
        "keyCredentials: the entry '%.*s' has no key, and the application has no certificate with "
        "that keyId.",
        TEXT_ARGS(text_slice(json_get_text(entry, "keyId"), 0, 80)));
}

/* A credential cannot outlive its certificate; a day is what time zones may make of a date. */
static bool read_span(const struct json *entry, const struct certificate *certificate,
    int64_t *start, int64_t *end, struct azb_error *err)
{
    int64_t until;
    certificate_validity(certificate, start, &until);
    *end = until;
    if (!read_time(entry, "startDateTime", start, err) ||
        !read_time(entry, "endDateTime", end, err))
        return false;
    if (*end > until + 86400 * TICKS_PER_SECOND)
        return fail_status(err, 400, "KeyCredentialsInvalidEndDate",
            "Key credential end date is invalid: it is later than the end of the certificate.");
    return *end > *start ||
           fail_status(err, 400, "KeyCredentialsInvalidEndDate",
               "Key credential end date is invalid: it is not later than the start.");
}

static bool keep_certificate(struct request *request, const struct graph_holder *holder,
    const struct json *entry, const struct certificate *certificate, const char *name,
    struct client_certificate *added, struct azb_error *err)
{
    int64_t row = holder->application_row;
    if (certificate_add(request->store, row, certificate,
            json_get_string(entry, "keyId", &request->arena), name, &request->arena, added, err))
        return !holder->is_principal ||
               certificate_give_to_principal(request->store, row, text_of(added->key_id), err);
    if (err->kind == AZB_ERROR_CONFLICT)
        return fail_status(err, 400, "Request_BadRequest",
            "keyCredentials: the application has this certificate, or this keyId, already.");
    return graph_refuse(TEXT_NONE, err);
}

static bool add_certificate(struct request *request, const struct graph_holder *holder,
    const struct json *entry, const struct certificate *certificate, const char **key_id,
    struct azb_error *err)
{
    struct client_certificate added;
    const char *name = NULL;
    int64_t start, end;
    if (!read_span(entry, certificate, &start, &end, err) ||
        !read_name(request, entry, &name, err) ||
        !keep_certificate(request, holder, entry, certificate, name, &added, err))
        return false;
    *key_id = added.key_id;
    return certificate_narrow(
        request->store, holder->application_row, text_of(added.key_id), start, end, err);
}

bool graph_add_certificate(struct request *request, const struct graph_holder *holder,
    const struct json *entry, const char **key_id, struct azb_error *err)
{
    struct text der;
    if (!check_entry(entry, err) || !decode_key(request, json_get_text(entry, "key"), &der, err))
        return false;
    struct certificate *certificate = certificate_from_der(der, err);
    if (!certificate) {
        fail_while(err, "keyCredentials: 'key'");
        err->kind = AZB_ERROR_ARGUMENT;
        return graph_refuse(TEXT_NONE, err);
    }
    bool added = add_certificate(request, holder, entry, certificate, key_id, err);
    certificate_free(certificate);
    return added;
}

static bool list_own(struct request *request, const struct graph_holder *holder,
    struct client_certificate **out, size_t *count, struct azb_error *err)
{
    size_t all, kept = 0;
    if (!certificate_list(request->store, holder->application_row, &request->arena, out, &all, err))
        return false;
    for (size_t i = 0; i < all; i++)
        if ((*out)[i].of_principal == holder->is_principal)
            (*out)[kept++] = (*out)[i];
    *count = kept;
    return true;
}

/* The entries that are there already are known by their keyId; what else they say is read-only. */
bool graph_set_keys(struct request *request, const struct graph_holder *holder,
    const struct json *keys, struct azb_error *err)
{
    struct client_certificate *old;
    const char *added;
    int64_t row = holder->application_row;
    size_t count;
    if (keys->count > GRAPH_CREDENTIALS_MAX)
        return graph_bad(err, "An application has at most %d certificates.", GRAPH_CREDENTIALS_MAX);
    if (!list_own(request, holder, &old, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!entry_of(keys, old[i].key_id) &&
            !certificate_remove(request->store, row, text_of(old[i].key_id), err))
            return false;
    for (const struct json *entry = keys->first; entry; entry = entry->next) {
        bool kept = false;
        for (size_t i = 0; i < count && !kept; i++)
            kept = text_equal_nocase(json_get_text(entry, "keyId"), text_of(old[i].key_id));
        if (!kept && !graph_add_certificate(request, holder, entry, &added, err))
            return false;
    }
    return true;
}
