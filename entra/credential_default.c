/*
 * The chain that azure-identity's DefaultAzureCredential is, in its order and with its names.
 * https://learn.microsoft.com/azure/developer/python/sdk/authentication/credential-chains
 */
#include "entra/chain.h"

#include "base/error.h"
#include "entra/managed_identity.h"

#define SELECTION "AZURE_TOKEN_CREDENTIALS"

typedef struct azb_credential *make_fn(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err);

static struct azb_credential *make_environment(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    return credential_environment_new(options->authority_host, options->ca_file, world, err);
}

static struct azb_credential *make_workload(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_workload_identity_options own = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    own.tenant_id = options->tenant_id;
    own.client_id = options->managed_identity_client_id;
    own.authority_host = options->authority_host;
    own.ca_file = options->ca_file;
    return workload_identity_new(&own, world, err);
}

static struct azb_credential *make_identity(const struct azb_default_options *options,
    enum managed_identity_use use, const struct entra_environment *world, struct azb_error *err)
{
    struct azb_managed_identity_options own = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    own.client_id = options->managed_identity_client_id;
    if (!own.client_id)
        own.client_id = world_variable(world, "AZURE_CLIENT_ID");
    own.ca_file = options->ca_file;
    return managed_identity_make(&own, use, world, err);
}

static struct azb_credential *make_managed_identity(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    return make_identity(options, MANAGED_IDENTITY_IN_CHAIN, world, err);
}

/* Who chose it by name knows that it is there. */
static struct azb_credential *make_chosen_identity(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    return make_identity(options, MANAGED_IDENTITY_ALONE, world, err);
}

static struct azb_credential *make_azure_cli(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_azure_cli_options own = AZB_AZURE_CLI_OPTIONS_INIT;
    own.tenant_id = options->tenant_id;
    return azure_cli_new(&own, world, err);
}

enum group {
    GROUP_PROD,
    GROUP_DEV,
    GROUP_NEITHER, /* only by its name */
};

static const struct {
    const char *name;
    enum group group;
    make_fn *make, *make_chosen; /* NULL: not available */
} rows[] = {
    {"EnvironmentCredential", GROUP_PROD, make_environment, make_environment},
    {"WorkloadIdentityCredential", GROUP_PROD, make_workload, make_workload},
    {"ManagedIdentityCredential", GROUP_PROD, make_managed_identity, make_chosen_identity},
    {"VisualStudioCodeCredential", GROUP_DEV, NULL, NULL},
    {"AzureCliCredential", GROUP_DEV, make_azure_cli, make_azure_cli},
    {"AzurePowerShellCredential", GROUP_DEV, NULL, NULL},
    {"AzureDeveloperCliCredential", GROUP_DEV, NULL, NULL},
    {"BrokerCredential", GROUP_DEV, NULL, NULL},
    {"VisualStudioCredential", GROUP_NEITHER, NULL, NULL},
    {"InteractiveBrowserCredential", GROUP_NEITHER, NULL, NULL},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The rows of GROUP_DEV that are not available, as one: the chain's error names them last. */
static const char others[] =
    "VisualStudioCode-, AzurePowerShell-, AzureDeveloperCli-, BrokerCredential";

static const struct {
    const char *word;
    enum group group;
} groups[] = {
    {"prod", GROUP_PROD},
    {"dev", GROUP_DEV},
};

/* Which rows take part. */
struct selection {
    bool rows[ROWS];
    bool is_chosen; /* one, by its name */
};

static bool refuse_word(struct text word, bool is_known, struct azb_error *err)
{
    scoped_buffer struct buffer allowed = {0};
    buffer_init(&allowed, 1024);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].make_chosen)
            buffer_format(&allowed, ", %s", rows[i].name);
    if (allowed.failed)
        return fail_memory(err);
    return fail(err, AZB_ERROR_CONFIGURATION,
        SELECTION " is '%.*s', which %s; dev, prod%s are allowed",
        (int)(word.length < 80 ? word.length : 80), word.at,
        is_known ? "azb does not have" : "names no credential", allowed.at);
}

static bool select_group(struct text word, struct selection *selection)
{
    bool found = false;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (!text_equal_nocase(word, text_of(groups[i].word)))
            continue;
        found = true;
        for (size_t row = 0; row < ROWS; row++)
            selection->rows[row] = rows[row].group == groups[i].group;
    }
    return found;
}

static bool select_name(struct text word, struct selection *selection, struct azb_error *err)
{
    size_t row = 0;
    while (row < ROWS && !text_equal_nocase(word, text_of(rows[row].name)))
        row++;
    if (row == ROWS || !rows[row].make_chosen)
        return refuse_word(word, row < ROWS, err);
    selection->rows[row] = true;
    selection->is_chosen = true;
    return true;
}

static bool select_rows(
    const struct entra_environment *world, struct selection *selection, struct azb_error *err)
{
    struct text word = text_trim(text_of(world_variable(world, SELECTION)));
    if (word.length)
        return select_group(word, selection) || select_name(word, selection, err);
    for (size_t row = 0; row < ROWS; row++)
        selection->rows[row] = rows[row].group != GROUP_NEITHER;
    return true;
}

/* ---- Making ---- */

static bool make_member(size_t row, const struct azb_default_options *options,
    const struct entra_environment *world, struct chain_member *member, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    *member = (struct chain_member){.name = rows[row].name};
    member->credential = rows[row].make(options, world, &problem);
    if (!member->credential && problem.kind == AZB_ERROR_MEMORY)
        return error_move(err, &problem);
    /* What is there and wrong (a file that is no certificate) says so when its turn comes. */
    member->problem = problem;
    return true;
}

static void free_members(const struct chain_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        azb_credential_free(members[i].credential);
}

static struct azb_credential *make_chain(const struct selection *selection,
    const struct azb_default_options *options, const struct entra_environment *world,
    struct azb_error *err)
{
    struct chain_member members[ROWS + 1];
    size_t count = 0;
    bool has_others = false;
    for (size_t row = 0; row < ROWS; row++) {
        has_others = has_others || (selection->rows[row] && !rows[row].make);
        if (!selection->rows[row] || !rows[row].make)
            continue;
        if (!make_member(row, options, world, &members[count], err)) {
            free_members(members, count);
            return NULL;
        }
        count++;
    }
    if (has_others) {
        members[count] = (struct chain_member){.name = others};
        fail_unavailable(&members[count++].problem, "not available in azb");
    }
    return chain_new(members, count, world, err);
}

static struct azb_credential *make_one(const struct selection *selection,
    const struct azb_default_options *options, const struct entra_environment *world,
    struct azb_error *err)
{
    size_t row = 0;
    while (!selection->rows[row])
        row++;
    struct azb_credential *credential = rows[row].make_chosen(options, world, err);
    if (!credential)
        fail_while(err, "%s", rows[row].name);
    return credential;
}

struct azb_credential *credential_default_new(const struct azb_default_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_default_options own;
    struct selection selection = {0};
    if (!options_read(&own, sizeof(own), options, err) || !select_rows(world, &selection, err))
        return NULL;
    return selection.is_chosen ? make_one(&selection, &own, world, err)
                               : make_chain(&selection, &own, world, err);
}

struct azb_credential *azb_credential_default(
    const struct azb_default_options *options, struct azb_error *err)
{
    return credential_default_new(options, NULL, err);
}
