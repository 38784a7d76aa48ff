#include "directory/directory.h"

#include "base/error.h"
#include "directory/state.h"
#include "store/rows.h"

static bool insert_certificate(struct store_connection *connection, int64_t application_row,
    const struct client_certificate *certificate, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO client_certificate"
        " (application, key_id, display_name, der, sha1, sha256, not_before, not_after)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_string(&s, 2, certificate->key_id);
    statement_bind_string(&s, 3, certificate->display_name);
    statement_bind_blob(&s, 4, certificate->der);
    statement_bind_blob(&s, 5, (struct text){(const char *)certificate->sha1, SHA1_BYTES});
    statement_bind_blob(&s, 6, (struct text){(const char *)certificate->sha256, SHA256_BYTES});
    statement_bind_i64(&s, 7, certificate->start);
    statement_bind_i64(&s, 8, certificate->end);
    return statement_run(&s, err) || fail_while(err, "certificate");
}

bool certificate_add(struct store_connection *connection, int64_t application_row,
    const struct certificate *certificate, const char *key_id, const char *display_name,
    struct arena *arena, struct client_certificate *out, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(key_id, "the key id", id, err))
        return false;
    if (display_name && !directory_name_check(display_name, "the certificate's name", err))
        return false;
    struct text der = certificate_der(certificate);
    struct client_certificate added = {
        .key_id = arena_string(arena, id),
        .display_name =
            arena_string(arena, display_name ? display_name : certificate_subject(certificate)),
        .der = {arena_copy(arena, der.at, der.length), der.length},
    };
    if (arena->failed)
        return fail_memory(err);
    certificate_thumbprint_sha1(certificate, added.sha1);
    certificate_thumbprint_sha256(certificate, added.sha256);
    certificate_validity(certificate, &added.start, &added.end);
    if (!insert_certificate(connection, application_row, &added, err))
        return false;
    *out = added;
    return true;
}

static bool read_thumbprint(struct statement *s, int column, unsigned char *out, size_t length)
{
    struct text value = statement_borrow(s, column);
    if (value.length != length)
        return false;
    memcpy(out, value.at, length);
    return true;
}

static bool read_certificate(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct client_certificate *certificate = item;
    *certificate = (struct client_certificate){
        .key_id = statement_string(s, 0, arena),
        .display_name = statement_string(s, 1, arena),
        .der = statement_text(s, 2, arena),
        .start = statement_i64(s, 5),
        .end = statement_i64(s, 6),
        .of_principal = statement_i64(s, 7) != 0,
    };
    if (read_thumbprint(s, 3, certificate->sha1, SHA1_BYTES) &&
        read_thumbprint(s, 4, certificate->sha256, SHA256_BYTES))
        return true;
    return fail(err, AZB_ERROR_IO, "certificate %s in the state has a damaged thumbprint",
        certificate->key_id ? certificate->key_id : "");
}

bool certificate_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct client_certificate **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT key_id, display_name, der, sha1, sha256, not_before, not_after, of_principal"
        " FROM client_certificate WHERE application = ?1 ORDER BY row");
    statement_bind_i64(&s, 1, application_row);
    struct client_certificate *list =
        rows_read(&s, sizeof *list, read_certificate, arena, count, err);
    if (!list)
        return false;
    *out = list;
    return true;
}

static bool has_none(struct text key_id, struct azb_error *err)
{
    return fail(err, AZB_ERROR_NOT_FOUND,
        "the application has no certificate with the key id '%.*s'",
        TEXT_ARGS(text_slice(key_id, 0, 80)));
}

bool certificate_narrow(struct store_connection *connection, int64_t application_row,
    struct text key_id, int64_t start, int64_t end, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE client_certificate"
        " SET not_before = max(not_before, ?3), not_after = min(not_after, ?4)"
        " WHERE application = ?1 AND key_id = ?2");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_text(&s, 2, key_id);
    statement_bind_i64(&s, 3, start);
    statement_bind_i64(&s, 4, end);
    return statement_run(&s, err) && (store_changes(connection) > 0 || has_none(key_id, err));
}

bool certificate_give_to_principal(struct store_connection *connection, int64_t application_row,
    struct text key_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE client_certificate SET of_principal = 1 WHERE application = ?1 AND key_id = ?2");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_text(&s, 2, key_id);
    return statement_run(&s, err) && (store_changes(connection) > 0 || has_none(key_id, err));
}

bool certificate_remove(struct store_connection *connection, int64_t application_row,
    struct text key_id, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "DELETE FROM client_certificate WHERE application = ?1 AND key_id = ?2");
    statement_bind_i64(&s, 1, application_row);
    statement_bind_text(&s, 2, key_id);
    return statement_run(&s, err) && (store_changes(connection) > 0 || has_none(key_id, err));
}
