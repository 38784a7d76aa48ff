/* azb az-setup: the cloud of a local azbd in a configuration of az's own, as `az cloud register`
 * and `az config set` write it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/ini.h"
#include "cli/private_file.h"
#include "cli/session.h"
#include "cli/state.h"

#define CLOUD_NAME "azb"
#define NAME_MAX_LENGTH 40

static const struct option_row options[] = {
    {"dir", OPTION_TEXT, false, "The folder for az's configuration and tokens (STATE/az).", 0},
    {"name", OPTION_TEXT, false, "What the cloud is called in az (" CLOUD_NAME ").", 0},
    {"adfs", OPTION_FLAG, false,
        "For az before 2.54, such as Debian's: an authority that ends in /adfs.", 0},
    {"state", OPTION_TEXT, false, "The state folder of azbd (AZB_STATE, else ~/.local/state/azb).",
        0},
};

enum value_base {
    VALUE_TEXT,      /* as it stands */
    VALUE_URL,       /* behind azbd's URL */
    VALUE_AUTHORITY, /* behind azbd's URL and, for --adfs, "/adfs" */
    VALUE_NAME,      /* the cloud's name */
};

struct setting {
    const char *section; /* NULL: the cloud's */
    const char *option;
    enum value_base base;
    const char *value;
};

/* azure.cli.core.cloud.CloudEndpoints. Graph has a path, so that its base URL, which az asks for
 * tokens by, is not Resource Manager's. */
static const struct setting cloud_settings[] = {
    {NULL, "profile", VALUE_TEXT, "latest"},
    {NULL, "endpoint_active_directory", VALUE_AUTHORITY, ""},
    {NULL, "endpoint_active_directory_graph_resource_id", VALUE_URL, "/graph"},
    {NULL, "endpoint_active_directory_resource_id", VALUE_TEXT,
        "https://management.core.windows.net/"},
    {NULL, "endpoint_batch_resource_id", VALUE_TEXT, "https://batch.core.windows.net/"},
    {NULL, "endpoint_gallery", VALUE_URL, "/"},
    {NULL, "endpoint_management", VALUE_URL, "/"},
    {NULL, "endpoint_microsoft_graph_resource_id", VALUE_URL, "/graph"},
    {NULL, "endpoint_portal", VALUE_URL, "/portal"},
    {NULL, "endpoint_resource_manager", VALUE_URL, "/"},
};

/* Without instance discovery az does not ask login.microsoftonline.com whether azbd is Entra. The
 * HTTP cache would keep answers of status 400 for a minute, and what a test has just changed is
 * tried at once. The others would ask Microsoft, too, or the person. */
static const struct setting config_settings[] = {
    {"cloud", "name", VALUE_NAME, ""},
    {"core", "instance_discovery", VALUE_TEXT, "false"},
    {"core", "use_msal_http_cache", VALUE_TEXT, "false"},
    {"core", "collect_telemetry", VALUE_TEXT, "no"},
    {"core", "error_recommendation", VALUE_TEXT, "off"},
    {"core", "survey_message", VALUE_TEXT, "no"},
    {"core", "login_experience_v2", VALUE_TEXT, "off"},
    {"extension", "use_dynamic_install", VALUE_TEXT, "no"},
};

struct setup {
    struct arena *arena;
    struct text url, ca_bundle; /* azbd's */
    const char *name;
    const char *folder; /* resolved */
    bool adfs;
};

/* ---- What is asked for ----------------------------------------------------------------------- */

/* Clouds that az knows by itself: a section of that name would redirect them. */
static const char *const known_clouds[] = {
    "AzureCloud", "AzureChinaCloud", "AzureUSGovernment", "AzureGermanCloud"};

static bool check_name(const char *name, struct azb_error *err)
{
    size_t length =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    if (length == 0 || name[length] || length > NAME_MAX_LENGTH)
        return fail(err, AZB_ERROR_ARGUMENT,
            "--name '%.60s': letters, digits, '-' and '_' are allowed, %d at most", name,
            NAME_MAX_LENGTH);
    for (size_t i = 0; i < COUNT(known_clouds); i++)
        if (string_equal_nocase(name, known_clouds[i]))
            return fail(err, AZB_ERROR_ARGUMENT,
                "--name '%s' is a cloud of Microsoft's, which az knows already", name);
    return true;
}

static bool read_azbd(struct setup *setup, const char *state, struct azb_error *err)
{
    struct text lines, line, name, value;
    if (!state_environment(state, setup->arena, &lines, err))
        return false;
    while (lines.length && text_cut(&lines, '\n', &line)) {
        if (!state_variable(line, setup->arena, &name, &value))
            continue;
        if (text_is(name, "AZURE_AUTHORITY_HOST"))
            setup->url = value;
        else if (text_is(name, "REQUESTS_CA_BUNDLE"))
            setup->ca_bundle = value;
    }
    if (!setup->url.length || !setup->ca_bundle.length)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the state's environment (azb env) does not say where azbd is; start it anew");
    return true;
}

/* ---- The folder ------------------------------------------------------------------------------ */

/* The path without symbolic links, as far as it is there; what is not there yet stays. */
static char *resolve(const char *path, struct arena *arena)
{
    char full[PATH_MAX];
    struct text above = text_of(path);
    for (;;) {
        char *piece = text_string(arena, above.length ? above : TEXT("."));
        if (!piece)
            return NULL;
        if (realpath(piece, full))
            return arena_format(arena, "%s%s%.*s", strcmp(full, "/") == 0 ? "" : full,
                above.length || !*path ? "" : "/",
                TEXT_ARGS(text_slice(text_of(path), above.length, strlen(path))));
        while (above.length && above.at[above.length - 1] != '/')
            above.length--;
        while (above.length > 1 && above.at[above.length - 1] == '/')
            above.length--;
    }
}

static bool is_within(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* The configuration that az has for Azure is left alone. */
static bool check_not_azures(const struct setup *setup, struct azb_error *err)
{
    const char *home = environment("HOME");
    char *usual = home ? arena_format(setup->arena, "%s/.azure", home) : NULL;
    const char *resolved = usual ? resolve(usual, setup->arena) : NULL;
    if (home && !resolved)
        return fail_memory(err);
    if (!home || !is_within(setup->folder, resolved))
        return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "--dir '%s' is az's own configuration, which is not touched: choose a folder of its own",
        setup->folder);
}

static bool find_folder(
    struct setup *setup, const char *dir, const char *state, struct azb_error *err)
{
    const char *above = dir ? NULL : state_folder(state, setup->arena);
    if (!dir && above)
        dir = arena_format(setup->arena, "%s/az", above);
    setup->folder = dir ? resolve(dir, setup->arena) : NULL;
    if (!setup->folder)
        return fail_memory(err);
    return check_not_azures(setup, err) && private_folder_make(setup->folder, err);
}

/* ---- The files ------------------------------------------------------------------------------- */

static bool read_file(const struct setup *setup, const char *name, const char **path,
    struct text *out, struct azb_error *err)
{
    *path = arena_format(setup->arena, "%s/%s", setup->folder, name);
    return *path ? private_file_read(*path, PRIVACY_OWN, INI_MAX, setup->arena, out, err)
                 : fail_memory(err);
}

static const char *value_of(const struct setup *setup, const struct setting *setting)
{
    switch (setting->base) {
    case VALUE_URL:
        return arena_format(setup->arena, "%.*s%s", TEXT_ARGS(setup->url), setting->value);
    case VALUE_AUTHORITY:
        return arena_format(
            setup->arena, "%.*s%s", TEXT_ARGS(setup->url), setup->adfs ? "/adfs" : "");
    case VALUE_NAME:
        return setup->name;
    default:
        return setting->value;
    }
}

/* az keeps things of its own in both files (the subscription that was chosen, defaults): only what
 * is set here changes. */
static bool write_settings(const struct setup *setup, const char *path, struct text file,
    const struct setting *settings, size_t count, struct azb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = value_of(setup, &settings[i]);
        const char *section = settings[i].section ? settings[i].section : setup->name;
        if (!value)
            return fail_memory(err);
        if (!ini_set(setup->arena, file, section, settings[i].option, value, &file, err))
            return fail_while(err, "%s", path);
    }
    return private_file_write(path, file, err);
}

/* A folder with the files of an az for other clouds would be switched over. */
static bool check_ours(
    const struct setup *setup, struct text clouds, struct text config, struct azb_error *err)
{
    if ((!clouds.length && !config.length) || ini_has_section(clouds, setup->name))
        return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "'%s' is the configuration of an az for other clouds: choose a folder of its own (--dir)",
        setup->folder);
}

static bool write_files(const struct setup *setup, struct azb_error *err)
{
    const char *clouds_path, *config_path;
    struct text clouds, config;
    return read_file(setup, "clouds.config", &clouds_path, &clouds, err) &&
           read_file(setup, "config", &config_path, &config, err) &&
           check_ours(setup, clouds, config, err) &&
           write_settings(setup, clouds_path, clouds, cloud_settings, COUNT(cloud_settings), err) &&
           write_settings(setup, config_path, config, config_settings, COUNT(config_settings), err);
}

/* ---- The command ----------------------------------------------------------------------------- */

static void print_export(const char *name, struct text value)
{
    printf("export %s='", name);
    for (size_t i = 0; i < value.length; i++)
        if (value.at[i] == '\'')
            fputs("'\\''", stdout);
        else
            putchar(value.at[i]);
    puts("'");
}

static void print_environment(const struct setup *setup)
{
    print_export("AZURE_CONFIG_DIR", text_of(setup->folder));
    print_export("REQUESTS_CA_BUNDLE", setup->ca_bundle);
    puts("# Now, as a person: az login --use-device-code");
    puts("# or as the administrator's application, after eval \"$(azb env)\":");
    puts("# az login --service-principal --username \"$AZURE_CLIENT_ID\" "
         "--password \"$AZURE_CLIENT_SECRET\" --tenant \"$AZURE_TENANT_ID\"");
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *state = argument(arguments, "state"), *name = argument(arguments, "name");
    struct setup setup = {
        .arena = &session->arena,
        .name = name ? name : CLOUD_NAME,
        .adfs = argument_flag(arguments, "adfs"),
    };
    (void)command;
    if (!check_name(setup.name, &err) || !read_azbd(&setup, state, &err) ||
        !find_folder(&setup, argument(arguments, "dir"), state, &err) || !write_files(&setup, &err))
        return session_fail(session, &err);
    print_environment(&setup);
    return EXIT_OK;
}

const struct command command_az_setup = {"az-setup",
    "Points the Azure CLI at a local azbd, in a configuration of its own.",
    "For a shell: eval \"$(azb az-setup)\"; then az login. ~/.azure is not touched, and az need "
    "not be "
    "installed for it. docs/az.md says what works.",
    options, COUNT(options), run};
