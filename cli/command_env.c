/* azb env: the environment that leads a program to a local azbd. */
#include <stdio.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/state.h"

static const struct option_row options[] = {
    {"state", OPTION_TEXT, false, "The state folder of azbd (AZB_STATE, else ~/.local/state/azb).",
        0},
    {"adfs", OPTION_FLAG, false,
        "AZURE_TENANT_ID=adfs: for clients that ask login.microsoftonline.com about unknown hosts.",
        0},
    {"identity", OPTION_TEXT, false,
        "As a managed identity and not as the administrator, where it would run in Azure: imds, "
        "app-service, ml or cloud-shell.",
        0},
};

/* ---- A managed identity -------------------------------------------------------------------- */

enum identity_base {
    BASE_ADDRESS, /* azbd's own */
    BASE_SECRET,  /* STATE/identity-header */
};

/* What each place in Azure sets for the programs that run there: the base and what follows it. */
static const struct {
    const char *place;
    const char *variable;
    enum identity_base base;
    const char *rest;
} identity_rows[] = {
    {"imds", "AZURE_POD_IDENTITY_AUTHORITY_HOST", BASE_ADDRESS, ""},
    {"app-service", "IDENTITY_ENDPOINT", BASE_ADDRESS, "/msi/token"},
    {"app-service", "IDENTITY_HEADER", BASE_SECRET, ""},
    {"ml", "MSI_ENDPOINT", BASE_ADDRESS, "/msi/token"},
    {"ml", "MSI_SECRET", BASE_SECRET, ""},
    {"cloud-shell", "MSI_ENDPOINT", BASE_ADDRESS, "/msi/token"},
};

/* Who the administrator is would go before a managed identity, or be taken for its client id. */
static const char *const administrator_variables[] = {"AZURE_TENANT_ID", "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET", "AZURE_BATCH_ACCESS_KEY", "AZB_USERNAME", "AZB_PASSWORD"};

static bool is_administrators(struct text name)
{
    for (size_t i = 0; i < COUNT(administrator_variables); i++)
        if (text_is(name, administrator_variables[i]))
            return true;
    return false;
}

static bool check_place(const char *place, struct azb_error *err)
{
    for (size_t i = 0; i < COUNT(identity_rows); i++)
        if (strcmp(place, identity_rows[i].place) == 0)
            return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "--identity '%.40s' is none of imds, app-service, ml and cloud-shell", place);
}

static bool read_secret(
    struct session *session, const char *state, struct text *out, struct azb_error *err)
{
    char *folder = state_folder(state, &session->arena);
    char *path = folder ? arena_format(&session->arena, "%s/identity-header", folder) : NULL;
    return path ? read_input(&session->arena, path, out, err) : fail_memory(err);
}

/* What an earlier eval left would lead a client to another place. */
static void unset_others(const char *place)
{
    for (size_t i = 0; i < COUNT(administrator_variables); i++)
        printf("unset %s\n", administrator_variables[i]);
    for (size_t i = 0; i < COUNT(identity_rows); i++)
        if (strcmp(place, identity_rows[i].place) != 0)
            printf("unset %s\n", identity_rows[i].variable);
}

static void print_identity(const char *place, struct text address, struct text secret)
{
    const struct text bases[] = {[BASE_ADDRESS] = address, [BASE_SECRET] = text_trim(secret)};
    unset_others(place);
    for (size_t i = 0; i < COUNT(identity_rows); i++)
        if (strcmp(place, identity_rows[i].place) == 0)
            printf("export %s='%.*s%s'\n", identity_rows[i].variable,
                TEXT_ARGS(bases[identity_rows[i].base]), identity_rows[i].rest);
}

/* ---- The command --------------------------------------------------------------------------- */

static void print_line(struct session *session, const struct arguments *arguments, struct text line)
{
    struct text name = TEXT_NONE, value;
    bool variable = state_variable(line, &session->arena, &name, &value);
    if (variable && argument(arguments, "identity") && is_administrators(name))
        return;
    if (variable && argument_flag(arguments, "adfs") && text_is(name, "AZURE_TENANT_ID"))
        puts("export AZURE_TENANT_ID=adfs");
    else if (line.length)
        printf("%.*s\n", TEXT_ARGS(line));
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text all, line, name, value, address = TEXT_NONE, secret = TEXT_NONE;
    const char *state = argument(arguments, "state"), *place = argument(arguments, "identity");
    (void)command;
    if (!state_environment(state, &session->arena, &all, &err))
        return session_fail(session, &err);
    if (place && (!check_place(place, &err) || !read_secret(session, state, &secret, &err)))
        return session_fail(session, &err);
    while (all.length && text_cut(&all, '\n', &line)) {
        print_line(session, arguments, line);
        if (state_variable(line, &session->arena, &name, &value) &&
            text_is(name, "AZB_ARM_ENDPOINT"))
            address = value;
    }
    if (place)
        print_identity(place, address, secret);
    return EXIT_OK;
}

const struct command command_env = {"env", "Prints the environment that leads to a local azbd.",
    "For a shell: eval \"$(azb env)\". The lines hold the administrator's secret, or that of "
    "--identity: do not log them.",
    options, COUNT(options), run};
