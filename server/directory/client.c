#include "directory/client.h"

#include "base/error.h"
#include "directory/state.h"
#include "service.h"

static void read_client(struct statement *s, struct arena *arena, struct client *client)
{
    *client = (struct client){
        .application = statement_i64(s, 0),
        .app_id = statement_string(s, 1, arena),
        .display_name = statement_string(s, 2, arena),
        .public_client = statement_i64(s, 3) != 0,
        .object_id = statement_string(s, 4, arena),
        .enabled = statement_i64(s, 5) != 0,
        .audience = (enum sign_in_audience)statement_i64(s, 9),
        .home_tenant_id = statement_string(s, 10, arena),
        .secret = SECRET_WRONG,
    };
}

static void compare_secret(
    struct statement *s, struct text hash, int64_t now, struct client *client)
{
    if (statement_is_null(s, 6))
        return;
    client->secret_count++;
    if (!secret_equal(statement_borrow(s, 6), hash))
        return;
    bool valid = statement_i64(s, 7) <= now && now < statement_i64(s, 8);
    enum secret_match match = valid ? SECRET_RIGHT : SECRET_EXPIRED;
    if (match > client->secret)
        client->secret = match;
}

bool client_find(struct service *service, struct store_connection *connection, struct text app_id,
    struct text value, int64_t now, struct arena *arena, struct client *out, struct azb_error *err)
{
    unsigned char hash[SHA256_BYTES] = {0};
    if (value.at)
        secret_hash(service->directory->secret_hash_key, value, hash);
    scoped_statement struct statement s = statement(connection,
        "SELECT a.row, a.app_id, a.display_name, a.public_client, p.object_id, p.enabled,"
        " c.hash, c.not_before, c.not_after, a.sign_in_audience, a.home_tenant_id"
        " FROM application a"
        " LEFT JOIN service_principal p ON p.app_id = a.app_id"
        " LEFT JOIN client_secret c ON c.application = a.row WHERE a.app_id = ?1");
    statement_bind_text(&s, 1, app_id);
    struct client client = {0};
    bool row;
    for (size_t count = 0;; count++) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row && count == 0)
            return fail(err, AZB_ERROR_NOT_FOUND, "no application has this client id");
        if (!row)
            break;
        if (count == 0)
            read_client(&s, arena, &client);
        compare_secret(&s, (struct text){(const char *)hash, sizeof hash}, now, &client);
    }
    if (arena->failed)
        return fail_memory(err);
    if (!value.at)
        client.secret = SECRET_WRONG;
    *out = client;
    return true;
}
