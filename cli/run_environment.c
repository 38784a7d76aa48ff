#include "cli/run_environment.h"

#include "base/error.h"
#include "cli/session.h"
#include "cli/state.h"

/* What belongs together: half an identity of the caller and half of azbd's is neither. */
static const char *const identity[] = {"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_USERNAME", NULL};
static const char *const account[] = {"AZURE_BATCH_ACCOUNT", "AZURE_BATCH_ACCESS_KEY", NULL};

static bool any_set(const char *const *names)
{
    for (; *names; names++)
        if (environment(*names))
            return true;
    return false;
}

static bool among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static bool set_lines(struct text lines, struct arena *arena, struct azb_error *err)
{
    bool own_identity = any_set(identity), own_account = any_set(account);
    struct text line, name, value;
    while (lines.length && text_cut(&lines, '\n', &line)) {
        if (!state_variable(line, arena, &name, &value))
            continue;
        const char *variable = text_string(arena, name), *text = text_string(arena, value);
        if (!variable || !text)
            return fail_memory(err);
        bool callers = (own_identity && among(variable, identity)) ||
                       (own_account && among(variable, account)) ||
                       (text_starts(name, "AZURE_") && environment(variable));
        if (!callers && setenv(variable, text, 1) != 0)
            return fail_memory(err);
    }
    return true;
}

/* What is on this machine is reached directly: azbd's own port, and servers of the program's own.
 */
#define LOCAL "localhost,127.0.0.1,::1"

static const struct {
    const char *name, *from; /* the variable whose value it gets; NULL: LOCAL */
} set[] = {
    {"HTTPS_PROXY", "AZB_PROXY"},
    {"https_proxy", "AZB_PROXY"},
    {"HTTP_PROXY", "AZB_PROXY"},
    {"http_proxy", "AZB_PROXY"},
    {"NO_PROXY", NULL},
    {"no_proxy", NULL},
    {"CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"},
};

bool run_environment_set(struct text lines, struct arena *arena, struct azb_error *err)
{
    if (unsetenv("AZB_PROXY") != 0 || !set_lines(lines, arena, err))
        return false;
    if (!environment("AZB_PROXY"))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the azbd of %s has no proxy: start it with --proxy-listen 127.0.0.1:8444",
            environment("AZB_STATE") ? environment("AZB_STATE") : "this state");
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        const char *value = set[i].from ? environment(set[i].from) : LOCAL;
        if (value && setenv(set[i].name, value, 1) != 0)
            return fail_memory(err);
    }
    /* A proxy for everything would be asked where the ones above are not. */
    return unsetenv("ALL_PROXY") == 0 && unsetenv("all_proxy") == 0 ? true : fail_memory(err);
}
