/* azb account: Batch accounts and their keys (Resource Manager). */
#include <poll.h>

#include "base/error.h"
#include "base/time.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/management.h"

#define ACCOUNTS "/providers/Microsoft.Batch/batchAccounts"
#define WAIT_MAX_MS (30 * 60 * 1000)
#define LOOK_AGAIN_MS 500

#define NAME_OPTION(required)                                                                      \
    {                                                                                              \
        "name", OPTION_TEXT, required, "The account; AZURE_BATCH_ACCOUNT without it.", 'n'         \
    }
#define GROUP_OPTION                                                                               \
    {                                                                                              \
        "resource-group", OPTION_TEXT, false,                                                      \
            "Its resource group; AZURE_RESOURCE_GROUP without it.", 'g'                            \
    }

/* ---- Which account --------------------------------------------------------------------------- */

/* An option, or the environment's. NULL and err: neither. */
static const char *option_or(const struct arguments *arguments, const char *option,
    const char *variable, struct azb_error *err)
{
    const char *value = argument(arguments, option);
    if (!value)
        value = environment(variable);
    if (!value)
        fail(err, AZB_ERROR_CONFIGURATION,
            "%s is not set: say --%s, or set it (for a local azbd: eval \"$(azb env)\")", variable,
            option);
    return value;
}

/* A name is one segment, whatever is in it. */
static const char *segment(struct session *session, const char *name)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 4096);
    buffer_add_encoded(&out, text_of(name));
    return out.failed ? "" : arena_string(&session->arena, out.at ? out.at : "");
}

static char *group_path(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *subscription = environment("AZURE_SUBSCRIPTION_ID");
    const char *group = option_or(arguments, "resource-group", "AZURE_RESOURCE_GROUP", err);
    if (!group)
        return NULL;
    if (!subscription) {
        fail(err, AZB_ERROR_CONFIGURATION, "AZURE_SUBSCRIPTION_ID is not set");
        return NULL;
    }
    return arena_format(&session->arena, "/subscriptions/%s/resourceGroups/%s" ACCOUNTS,
        subscription, segment(session, group));
}

/* The account's path with what is below it, and the api-version. */
static char *account_path(struct session *session, const struct arguments *arguments,
    const char *below, struct azb_error *err)
{
    const char *group = group_path(session, arguments, err);
    const char *name = group ? option_or(arguments, "name", "AZURE_BATCH_ACCOUNT", err) : NULL;
    return name ? arena_format(&session->arena, "%s/%s%s?" ACCOUNTS_VERSION, group,
                      segment(session, name), below)
                : NULL;
}

static int send(struct session *session, const struct arguments *arguments, const char *method,
    const char *below, struct text body, column_paths columns)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *answer;
    char *path = account_path(session, arguments, below, &err);
    if (!path || !manage(session, ENDPOINT_ARM, method, path, body, &answer, &err))
        return session_fail(session, &err);
    if (answer)
        output(session, answer, columns);
    return EXIT_OK;
}

/* ---- show, list ------------------------------------------------------------------------------ */

static const struct option_row account_options[] = {NAME_OPTION(false), GROUP_OPTION};

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return send(session, arguments, "GET", "", TEXT_NONE, columns_of(COLUMNS_ACCOUNT));
}

const struct command command_account_show = {
    "account show", "Shows a Batch account.", NULL, account_options, COUNT(account_options), show};

static const struct option_row list_options[] = {
    {"resource-group", OPTION_TEXT, false, "Those of this group; else of the subscription.", 'g'},
};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    const char *subscription = environment("AZURE_SUBSCRIPTION_ID");
    const char *group = argument(arguments, "resource-group");
    (void)command;
    if (!subscription) {
        fail(&err, AZB_ERROR_CONFIGURATION, "AZURE_SUBSCRIPTION_ID is not set");
        return session_fail(session, &err);
    }
    const char *path =
        arena_format(&session->arena, "/subscriptions/%s%s%s" ACCOUNTS "?" ACCOUNTS_VERSION,
            subscription, group ? "/resourceGroups/" : "", group ? segment(session, group) : "");
    if (!manage_list(session, ENDPOINT_ARM, path, &items, &err))
        return session_fail(session, &err);
    output(session, items, columns_of(COLUMNS_ACCOUNT));
    return EXIT_OK;
}

const struct command command_account_list = {"account list",
    "Lists the Batch accounts of the subscription, or of a resource group.", NULL, list_options,
    COUNT(list_options), list};

/* ---- create, set ----------------------------------------------------------------------------- */

static const struct option_row create_options[] = {
    NAME_OPTION(true),
    GROUP_OPTION,
    {"location", OPTION_TEXT, true, "The region, such as westeurope.", 'l'},
    {"storage-account", OPTION_TEXT, false, "Resource id of the storage account for autoStorage.",
        0},
    {"auth-modes", OPTION_LIST, false,
        "SharedKey, AAD, TaskAuthenticationToken: what opens it; all without it.", 0},
    {"public-network-access", OPTION_TEXT, false, "Enabled, Disabled or SecuredByPerimeter.", 0},
    {"mi-system-assigned", OPTION_FLAG, false, "Give it a managed identity of its own.", 0},
    {"tags", OPTION_LIST, false, "NAME=VALUE pairs.", 0},
    {"no-wait", OPTION_FLAG, false, "Do not wait until it is made.", 0},
};

static const struct option_row set_options[] = {
    NAME_OPTION(false),
    GROUP_OPTION,
    {"storage-account", OPTION_TEXT, false, "Resource id of the storage account for autoStorage.",
        0},
    {"auth-modes", OPTION_LIST, false, "SharedKey, AAD, TaskAuthenticationToken: what opens it.",
        0},
    {"public-network-access", OPTION_TEXT, false, "Enabled, Disabled or SecuredByPerimeter.", 0},
    {"mi-system-assigned", OPTION_FLAG, false, "Give it a managed identity of its own.", 0},
    {"tags", OPTION_LIST, false, "NAME=VALUE pairs, in place of those that it has.", 0},
};

static void write_modes(struct json_writer *writer, const struct option_value *modes)
{
    if (!modes)
        return;
    json_name(writer, "allowedAuthenticationModes");
    json_begin_array(writer);
    for (size_t i = 0; i < modes->count; i++)
        json_write_string(writer, modes->values[i]);
    json_end_array(writer);
}

static void write_properties(struct json_writer *writer, const struct arguments *arguments)
{
    const char *storage = argument(arguments, "storage-account");
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "publicNetworkAccess", argument(arguments, "public-network-access"));
    write_modes(writer, argument_list(arguments, "auth-modes"));
    if (storage) {
        json_name(writer, "autoStorage");
        json_begin_object(writer);
        json_member(writer, "storageAccountId", storage);
        json_end_object(writer);
    }
    json_end_object(writer);
}

static bool write_tags(
    struct json_writer *writer, const struct option_value *tags, struct azb_error *err)
{
    if (!tags)
        return true;
    json_name(writer, "tags");
    json_begin_object(writer);
    for (size_t i = 0; i < tags->count; i++) {
        struct text value = text_of(tags->values[i]), name;
        text_cut(&value, '=', &name);
        if (!name.length || !value.at)
            return fail(
                err, AZB_ERROR_ARGUMENT, "--tags '%.80s' is not NAME=VALUE", tags->values[i]);
        json_name_text(writer, name);
        json_write_text(writer, value);
    }
    json_end_object(writer);
    return true;
}

static bool write_body(const struct arguments *arguments, struct buffer *out, struct azb_error *err)
{
    struct json_writer writer;
    json_writer_init(&writer, out, 0);
    json_begin_object(&writer);
    json_member(&writer, "location", argument(arguments, "location"));
    if (argument_flag(arguments, "mi-system-assigned")) {
        json_name(&writer, "identity");
        json_begin_object(&writer);
        json_member(&writer, "type", "SystemAssigned");
        json_end_object(&writer);
    }
    write_properties(&writer, arguments);
    if (!write_tags(&writer, argument_list(arguments, "tags"), err))
        return false;
    json_end_object(&writer);
    return !out->failed || fail_memory(err);
}

/* ---- Waiting for the end of an operation ------------------------------------------------------
 */

static bool is_moving(const struct json *account)
{
    struct text state = json_text(json_path(account, "properties.provisioningState"));
    return text_is(state, "Creating") || text_is(state, "Deleting");
}

/* Until the account is neither being made nor deleted; *account NULL: it is gone. */
static bool wait_for_end(
    struct session *session, const char *path, const struct json **account, struct azb_error *err)
{
    int64_t until = monotonic_ms() + WAIT_MAX_MS;
    struct azb_error why = AZB_ERROR_INIT;
    while (monotonic_ms() < until) {
        if (!manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, account, &why)) {
            *account = NULL;
            bool gone = why.kind == AZB_ERROR_NOT_FOUND;
            return gone ? (azb_error_free(&why), true) : error_move(err, &why);
        }
        if (!is_moving(*account))
            return true;
        (void)poll(NULL, 0, LOOK_AGAIN_MS);
    }
    return fail(
        err, AZB_ERROR_TIMEOUT, "the operation has not ended in %d minutes", WAIT_MAX_MS / 60000);
}

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *account = NULL;
    scoped_buffer struct buffer body = {0};
    char *path = account_path(session, arguments, "", &err);
    (void)command;
    buffer_init(&body, 256 * 1024);
    if (!path || !write_body(arguments, &body, &err) ||
        !manage(session, ENDPOINT_ARM, "PUT", path, buffer_text(&body), &account, &err))
        return session_fail(session, &err);
    if (argument_flag(arguments, "no-wait"))
        return EXIT_OK;
    if (!wait_for_end(session, path, &account, &err))
        return session_fail(session, &err);
    if (!account)
        fail(&err, AZB_ERROR_NOT_FOUND, "the account was deleted while it was made");
    else if (!text_is(json_text(json_path(account, "properties.provisioningState")), "Succeeded"))
        fail(&err, AZB_ERROR_SERVICE,
            "the account could not be made: its provisioningState is "
            "Failed");
    if (err.kind != AZB_ERROR_NONE)
        return session_fail(session, &err);
    output(session, account, columns_of(COLUMNS_ACCOUNT));
    return EXIT_OK;
}

const struct command command_account_create = {"account create", "Makes a Batch account.",
    "Waits until it is there. A local azbd shows in accountEndpoint where it is reached.",
    create_options, COUNT(create_options), create};

static int set(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer body = {0};
    (void)command;
    buffer_init(&body, 256 * 1024);
    if (!write_body(arguments, &body, &err))
        return session_fail(session, &err);
    return send(session, arguments, "PATCH", "", buffer_text(&body), columns_of(COLUMNS_ACCOUNT));
}

const struct command command_account_set = {"account set", "Changes a Batch account.",
    "What is not given stays as it is.", set_options, COUNT(set_options), set};

/* ---- delete ---------------------------------------------------------------------------------- */

static const struct option_row delete_options[] = {
    NAME_OPTION(true),
    GROUP_OPTION,
    {"no-wait", OPTION_FLAG, false, "Do not wait until it is gone.", 0},
};

static int delete_account(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *answer;
    char *path = account_path(session, arguments, "", &err);
    (void)command;
    if (!path || !manage(session, ENDPOINT_ARM, "DELETE", path, TEXT_NONE, &answer, &err))
        return session_fail(session, &err);
    if (argument_flag(arguments, "no-wait"))
        return EXIT_OK;
    if (!wait_for_end(session, path, &answer, &err))
        return session_fail(session, &err);
    if (!answer)
        return EXIT_OK;
    fail(&err, AZB_ERROR_SERVICE,
        "the account could not be deleted: its provisioningState is "
        "Failed");
    return session_fail(session, &err);
}

const struct command command_account_delete = {"account delete",
    "Deletes a Batch account with its jobs, tasks, pools and applications.",
    "Waits until all of it is gone.", delete_options, COUNT(delete_options), delete_account};

/* ---- Keys ------------------------------------------------------------------------------------ */

static int keys(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return send(session, arguments, "POST", "/listKeys", TEXT_NONE, NULL);
}

const struct command command_account_keys = {"account keys", "Shows the keys of a Batch account.",
    "Whoever has a key may do everything in the account; roles do not bind it.", account_options,
    COUNT(account_options), keys};
/* The name that az has for it. */
const struct command command_account_keys_list = {"account keys list", "The same as account keys.",
    NULL, account_options, COUNT(account_options), keys};

static const struct option_row renew_options[] = {
    NAME_OPTION(false),
    GROUP_OPTION,
    {"key-name", OPTION_TEXT, true, "primary or secondary.", 0},
};

static int renew(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    (void)command;
    buffer_init(&body, 4096);
    json_writer_init(&writer, &body, 0);
    json_begin_object(&writer);
    json_member(&writer, "keyName", argument(arguments, "key-name"));
    json_end_object(&writer);
    return send(session, arguments, "POST", "/regenerateKeys", buffer_text(&body), NULL);
}

const struct command command_account_keys_renew = {"account keys renew",
    "Makes one key of a Batch account anew.", "The old one is refused from now on.", renew_options,
    COUNT(renew_options), renew};

/* ---- env ------------------------------------------------------------------------------------- */

static const struct option_row env_options[] = {
    NAME_OPTION(true),
    GROUP_OPTION,
    {"shared-key-auth", OPTION_FLAG, false, "With its primary key: AZURE_BATCH_ACCESS_KEY.", 0},
};

/* Values of the service's own making; one with a quote in it would end the shell's word. */
static bool print_export(
    const char *name, const char *before, struct text value, struct azb_error *err)
{
    if (!value.at || memchr(value.at, '\'', value.length))
        return fail(err, AZB_ERROR_PROTOCOL, "the answer has nothing good for %s", name);
    printf("export %s='%s%.*s'\n", name, before, TEXT_ARGS(value));
    return true;
}

static bool print_key(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const struct json *keys;
    char *path = account_path(session, arguments, "/listKeys", err);
    if (!path || !manage(session, ENDPOINT_ARM, "POST", path, TEXT_NONE, &keys, err))
        return false;
    puts("export AZURE_BATCH_AUTH_MODE='shared_key'");
    return print_export("AZURE_BATCH_ACCESS_KEY", "", json_get_text(keys, "primary"), err);
}

static bool print_account(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const struct json *account;
    char *path = account_path(session, arguments, "", err);
    if (!path || !manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, &account, err))
        return false;
    struct text endpoint = json_text(json_path(account, "properties.accountEndpoint"));
    return print_export("AZURE_BATCH_ACCOUNT", "", json_get_text(account, "name"), err) &&
           print_export("AZURE_BATCH_ENDPOINT", "https://", endpoint, err);
}

static int env(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *group = argument(arguments, "resource-group");
    (void)command;
    bool done =
        print_account(session, arguments, &err) &&
        (!group || print_export("AZURE_RESOURCE_GROUP", "", text_of(group), &err)) &&
        (!argument_flag(arguments, "shared-key-auth") || print_key(session, arguments, &err));
    return done ? EXIT_OK : session_fail(session, &err);
}

const struct command command_account_env = {"account env",
    "Prints what a shell needs for another Batch account, as az batch account login remembers it.",
    "  eval \"$(azb account env --name render)\"\n"
    "Who one is stays as it was; with --shared-key-auth the key is what is used.",
    env_options, COUNT(env_options), env};
