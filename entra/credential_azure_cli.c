/*
 * What `az` is signed in as: a token that it keeps and that is still good, else
 * `az account get-access-token` is run, without a shell.
 * https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
 */
#include "entra/azure_cli.h"

#include <sys/wait.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/chain.h"
#include "entra/foreign_cache.h"
#include "entra/program.h"

#define OUTPUT_MAX ((size_t)256 * 1024)
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define STATUS_NOT_FOUND 127 /* what a shell says of a program that is not there */

struct state {
    char *tenant_id, *subscription; /* or NULL */
    char *path;                     /* of PATH, as it was */
    char *azure_folder;             /* where az keeps its files; NULL: not known */
};

/* The characters that azure-identity allows: az is a script, on some systems one of a shell that
 * reads its arguments again. */
static bool argument_check(
    const char *what, const char *value, const char *allowed, struct azb_error *err)
{
    size_t good = strspn(value, allowed);
    if (!value[0] || value[0] == '-' || value[good])
        return fail(err, AZB_ERROR_ARGUMENT,
            "%s is not fit for az's command line: letters, digits and %s are allowed, no '-' first",
            what, allowed + strlen(LETTERS));
    return true;
}

static bool read_resource(
    const struct token_ask *ask, struct arena *arena, char **resource, struct azb_error *err)
{
    struct text text = text_of(ask->scope);
    if (text_ends(text, "/.default"))
        text.length -= strlen("/.default");
    *resource = text_string(arena, text);
    if (!*resource)
        return fail_memory(err);
    return argument_check("the resource", *resource, LETTERS "-_.:/", err);
}

/* az has no option for it, and would answer from its cache. */
static bool claims_check(const struct token_ask *ask, struct azb_error *err)
{
    if (!ask->claims)
        return true;
    fail(err, AZB_ERROR_AUTHENTICATION,
        "the service asks for a new sign-in (a claims challenge), which az has to do: run "
        "`az logout` and `az login --scope %s`",
        ask->scope);
    if (err)
        err->claims = memory_string(ask->claims);
    return false;
}

#define ARGUMENTS_MAX 16

static void write_arguments(const struct state *state, const char *program, const char *resource,
    const char *arguments[ARGUMENTS_MAX])
{
    const char *const begin[] = {
        program, "account", "get-access-token", "--output", "json", "--resource", resource};
    size_t count = sizeof(begin) / sizeof(begin[0]);
    memcpy(arguments, begin, sizeof(begin));
    if (state->tenant_id) {
        arguments[count++] = "--tenant";
        arguments[count++] = state->tenant_id;
    }
    if (state->subscription) {
        arguments[count++] = "--subscription";
        arguments[count++] = state->subscription;
    }
    arguments[count] = NULL;
}

static bool fail_not_installed(struct azb_error *err)
{
    return fail_unavailable(err, "az (the Azure CLI) is not installed: PATH's folders have no az");
}

static bool read_output(struct azb_credential *credential, const struct program_output *output,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    if (WIFEXITED(output->status) && WEXITSTATUS(output->status) == STATUS_NOT_FOUND)
        return fail_not_installed(err);
    if (output->status != 0)
        return azure_cli_fail(buffer_text(&output->err), arena, err);
    return azure_cli_output_read(
        buffer_text(&output->out), clock_seconds(credential->clock), arena, reply, err);
}

static bool run_az(struct azb_credential *credential, const struct token_ask *ask,
    const char *resource, struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct state *state = credential->state;
    const char *arguments[ARGUMENTS_MAX];
    const char *program = program_find(state->path, "az", arena);
    if (!program)
        return arena->failed ? fail_memory(err) : fail_not_installed(err);
    write_arguments(state, program, resource, arguments);
    struct program_output output = {.status = 0};
    buffer_init(&output.out, OUTPUT_MAX);
    buffer_init(&output.err, OUTPUT_MAX);
    bool got = program_run(arguments, "AZURE_CORE_NO_COLOR=true", ask->patience, &output, err) &&
               read_output(credential, &output, arena, reply, err);
    buffer_free(&output.out);
    buffer_free(&output.err);
    return got;
}

/* az needs a second to start, and then would give this very token. 1, 0 (ask az), -1 and err. */
static int find_kept(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct state *state = credential->state;
    const struct foreign_places places = {.azure_folder = state->azure_folder};
    const struct foreign_ask foreign = {.tenant_id = state->tenant_id,
        .subscription = state->subscription,
        .scope = ask->scope,
        .now = clock_seconds(credential->clock),
        .min_valid_s = ask->min_valid_s};
    struct azb_token token = AZB_TOKEN_INIT;
    int found = ask->force ? 0 : foreign_cache_find_token(&places, &foreign, &token, err);
    if (found <= 0)
        return found;
    struct token_reply kept = {.access_token = arena_string(arena, token.token)};
    kept.expires_in = token.expires_on - foreign.now;
    azb_token_free(&token);
    if (!kept.access_token) {
        fail_memory(err);
        return -1;
    }
    if (kept.expires_in > LIFETIME_MAX_S || !token_is_bearer(text_of(kept.access_token)))
        return 0;
    *reply = kept;
    return 1;
}

static bool acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    char *resource = NULL;
    if (!claims_check(ask, err) || !read_resource(ask, arena, &resource, err))
        return false;
    int found = find_kept(credential, ask, arena, reply, err);
    return found ? found > 0 : run_az(credential, ask, resource, arena, reply, err);
}

static void free_state(void *context)
{
    struct state *state = context;
    memory_free(state->tenant_id);
    memory_free(state->subscription);
    memory_free(state->path);
    memory_free(state->azure_folder);
    memory_free(state);
}

static const struct credential_kind azure_cli = {
    .name = "azure_cli",
    .acquire = acquire,
    .free_state = free_state,
};

static bool copy(char **out, const char *from, struct azb_error *err)
{
    *out = from ? memory_string(from) : NULL;
    return !from || *out || fail_memory(err);
}

static bool find_folder(
    struct state *state, const struct entra_environment *world, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct foreign_places places;
    arena_init(&arena, 0);
    return foreign_places_find(world, &arena, &places, err) &&
           copy(&state->azure_folder, places.azure_folder, err);
}

static bool fill(struct state *state, const struct azb_azure_cli_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    if (options->tenant_id && !argument_check("tenant_id", options->tenant_id, LETTERS "-.", err))
        return false;
    if (options->subscription &&
        !argument_check("subscription", options->subscription, LETTERS "-_. ", err))
        return false;
    return copy(&state->tenant_id, options->tenant_id, err) &&
           copy(&state->subscription, options->subscription, err) &&
           copy(&state->path, world_variable(world, "PATH"), err) && find_folder(state, world, err);
}

struct azb_credential *azure_cli_new(const struct azb_azure_cli_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_azure_cli_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    struct state *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    if (!fill(state, &own, world, err)) {
        free_state(state);
        return NULL;
    }
    struct credential_names names = {.own_name = azure_cli.name};
    return credential_new(&azure_cli, state, &names, world, err);
}

struct azb_credential *azb_credential_azure_cli(
    const struct azb_azure_cli_options *options, struct azb_error *err)
{
    return azure_cli_new(options, NULL, err);
}
