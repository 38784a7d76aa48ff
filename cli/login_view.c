#include "cli/login_view.h"

#include "base/error.h"

static void write_login(
    struct json_writer *writer, const struct login *login, enum login_place place)
{
    json_begin_object(writer);
    json_member(writer, "name", login->name);
    json_member_bool(writer, "current", place == LOGIN_CURRENT);
    json_member(writer, "kind", login_kind_text(login->kind));
    json_member(writer, "username", login->username);
    json_member(writer, "clientId", login->client_id);
    json_member(writer, "tenantId", login->tenant_id);
    json_member(writer, "authorityHost", login->authority_host);
    json_member(writer, "certificatePath", login->certificate_path);
    json_member(writer, "tokenFile", login->token_file);
    json_member(writer, "secretIn", login->secret_in);
    json_member(writer, "batchEndpoint", login->batch_endpoint);
    json_end_object(writer);
}

/* az's own sign-in. azb does not use it by itself, so it has no name to be used by. */
static void write_azure_cli(struct json_writer *writer, const struct foreign_account *account)
{
    json_begin_object(writer);
    json_member(writer, "name", NULL);
    json_member_bool(writer, "current", false);
    json_member(writer, "kind", "azure_cli");
    json_member(writer, "username", account->username);
    json_member(writer, "tenantId", account->tenant_id);
    json_member(writer, "cloud", account->cloud);
    json_member(writer, "subscriptionId", account->subscription_id);
    json_member(writer, "subscriptionName", account->subscription_name);
    json_end_object(writer);
}

const struct json *login_view(
    const struct login *login, enum login_place place, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, LOGIN_FILE_MAX);
    json_writer_init(&writer, &text, 0);
    write_login(&writer, login, place);
    return json_written(&text, arena, err);
}

const struct json *login_list_view(const struct login_list *list, const struct login *current,
    const struct foreign_account *azure_cli, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, LOGIN_FILE_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        write_login(
            &writer, &list->logins[i], &list->logins[i] == current ? LOGIN_CURRENT : LOGIN_OTHER);
    if (azure_cli)
        write_azure_cli(&writer, azure_cli);
    json_end_array(&writer);
    return json_written(&text, arena, err);
}
