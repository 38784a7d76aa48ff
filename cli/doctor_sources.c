/*
 * Who azb could be: what each member of the precedence sees, and what each of the default chain
 * would. Nothing is asked for a token here.
 */
#include <unistd.h>

#include "base/error.h"
#include "cli/azure_cli_account.h"
#include "cli/commands.h"
#include "cli/doctor.h"

#define SET "set"
#define INCOMPLETE "incomplete"
#define NOT_SET PART_NOT_SET

static void add_flag(struct doctor *doctor, struct finding *finding)
{
    const char *name = doctor->session->as;
    const char *variable = environment("AZB_LOGIN");
    if (name || variable)
        finding_part(doctor, finding, "flag", SET, "%s %s", name ? "--as" : "AZB_LOGIN",
            name ? name : variable);
    else if (doctor->session->env_file)
        finding_part(doctor, finding, "flag", SET, "--env-file %s", doctor->session->env_file);
    else
        finding_part(doctor, finding, "flag", NOT_SET, "--as, AZB_LOGIN, --env-file");
}

static void add_login(struct doctor *doctor, struct finding *finding)
{
    const struct identity *identity = doctor->identity;
    if (!identity || !identity->logins.count)
        finding_part(doctor, finding, "azb login", NOT_SET, "nobody is signed in");
    else if (identity->login)
        finding_part(doctor, finding, "azb login", SET, "%s (%s), one of %zu",
            identity->login->name, login_kind_text(identity->login->kind), identity->logins.count);
    else
        finding_part(doctor, finding, "azb login", SET, "%zu, none of them used: %s",
            identity->logins.count, identity->reason);
}

/* One way by which the environment can describe an identity: all of `needs`, one of which makes it
 * that way. */
static const struct {
    const char *name;
    const char *mark; /* set: this way is meant */
    const char *needs[4];
} ways[] = {
    {"client secret", "AZURE_CLIENT_SECRET",
        {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"}},
    {"certificate", "AZURE_CLIENT_CERTIFICATE_PATH",
        {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"}},
    {"workload identity", "AZURE_FEDERATED_TOKEN_FILE",
        {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"}},
};

static void add_missing(struct buffer *out, const char *const *names)
{
    for (; *names; names++)
        if (!environment(*names))
            buffer_format(out, "%s%s", out->length ? " and " : "", *names);
}

/* Files that are named have to be there. */
static const char *lost_file(const char *variable)
{
    const char *path = environment(variable);
    bool is_file = strcmp(variable, "AZURE_CLIENT_SECRET") != 0;
    return is_file && path && access(path, R_OK) != 0 ? path : NULL;
}

static void add_ways(struct doctor *doctor, struct finding *finding)
{
    for (size_t i = 0; i < COUNT(ways); i++) {
        scoped_buffer struct buffer missing = {0};
        buffer_init(&missing, 400);
        add_missing(&missing, ways[i].needs);
        const char *lost = lost_file(ways[i].mark);
        if (!environment(ways[i].mark))
            finding_part(doctor, finding, ways[i].name, NOT_SET, "%s", ways[i].mark);
        else if (missing.length)
            finding_part(doctor, finding, ways[i].name, INCOMPLETE, "%s is missing", missing.at);
        else if (lost)
            finding_part(doctor, finding, ways[i].name, INCOMPLETE, "'%s' cannot be read", lost);
        else
            finding_part(
                doctor, finding, ways[i].name, SET, "client %s", environment("AZURE_CLIENT_ID"));
    }
}

/* Which of the machine's services the variables show; the first row that is met. */
static const struct {
    const char *first, *second, *what;
} machines[] = {
    {"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "App Service, Service Fabric"},
    {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "Azure Arc"},
    {"MSI_ENDPOINT", "MSI_SECRET", "Azure Machine Learning"},
    {"MSI_ENDPOINT", NULL, "Cloud Shell"},
};

static void add_machine(struct doctor *doctor, struct finding *finding)
{
    for (size_t i = 0; i < COUNT(machines); i++)
        if (environment(machines[i].first) &&
            (!machines[i].second || environment(machines[i].second))) {
            finding_part(doctor, finding, "managed identity", SET, "%s (%s)", machines[i].what,
                machines[i].first);
            return;
        }
    if (environment("IDENTITY_ENDPOINT"))
        finding_part(doctor, finding, "managed identity", INCOMPLETE, "IDENTITY_HEADER is missing");
    else
        finding_part(doctor, finding, "managed identity", NOT_SET,
            "on a virtual machine: azb login --identity");
}

static bool is_on_path(const char *program, struct arena *arena)
{
    struct text rest = text_of(environment("PATH")), folder;
    while (rest.at && text_cut(&rest, ':', &folder)) {
        char *path = arena_format(arena, "%.*s/%s", TEXT_ARGS(folder), program);
        if (path && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static void add_azure_cli(struct doctor *doctor, struct finding *finding)
{
    struct arena *arena = &doctor->session->arena;
    struct azb_error ignored = AZB_ERROR_INIT; /* no memory: the next check says so */
    const struct foreign_account *account = NULL;
    const char *notice = NULL;
    bool looked = azure_cli_account(arena, &account, &notice, &ignored);
    bool is_installed = is_on_path("az", arena);
    const char *more = notice ? notice : "";
    if (looked && account)
        finding_part(doctor, finding, "azure cli", SET, "%s, subscription %s%s%s%s",
            account->username, account->subscription_name ? account->subscription_name : "unnamed",
            is_installed ? "" : " (there is no az in PATH)", notice ? "; " : "", more);
    else if (!is_installed)
        finding_part(doctor, finding, "azure cli", NOT_SET, "there is no az in PATH");
    else
        finding_part(doctor, finding, "azure cli", INCOMPLETE,
            "az is there; nobody has signed in%s%s", notice ? ": " : "", more);
}

void check_sources(struct doctor *doctor, struct finding *finding)
{
    add_flag(doctor, finding);
    add_login(doctor, finding);
    add_ways(doctor, finding);
    add_machine(doctor, finding);
    add_azure_cli(doctor, finding);
    if (doctor->uses_key) {
        finding_set(doctor, finding, FINDING_OK, "a shared key: nobody is asked for a token");
        return;
    }
    finding_remedy(doctor, finding,
        "`azb login`, or set the variables that are missing (for a local azbd: eval \"$(azb "
        "env)\")");
    struct azb_error err = AZB_ERROR_INIT;
    if (!doctor->identity) {
        finding_error(doctor, finding, &doctor->identity_problem);
        return;
    }
    struct azb_credential *credential = session_credential(doctor->session, &err);
    if (!credential) {
        finding_error(doctor, finding, &err);
        return;
    }
    finding->remedy = NULL;
    finding_set(doctor, finding, FINDING_OK, "%s, %s: %s",
        doctor->identity->login ? doctor->identity->login->name : "the environment's",
        azb_credential_kind(credential), doctor->identity->reason);
}
