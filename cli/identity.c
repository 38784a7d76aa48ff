#include "cli/identity.h"

#include "base/error.h"
#include "cli/cloud.h"
#include "cli/session.h"

static bool same_authority(const char *a, const char *b)
{
    char left[512], right[512];
    const struct cloud *cloud = cloud_of(a);
    if (cloud)
        return cloud == cloud_of(b);
    return cloud_origin(a, left, sizeof left) && cloud_origin(b, right, sizeof right) &&
           strcmp(left, right) == 0;
}

static void take_login(struct identity *out, const struct login *login, const char *reason)
{
    out->login = login;
    out->reason = reason;
    out->authority_host = login->authority_host;
    out->ca_file = environment("AZB_CA_FILE") ? environment("AZB_CA_FILE") : login->ca_file;
}

static bool take_environment(struct identity *out, const char *reason)
{
    out->login = NULL;
    out->reason = reason;
    out->authority_host = environment("AZURE_AUTHORITY_HOST");
    out->ca_file = environment("AZB_CA_FILE");
    return reason != NULL;
}

static bool take_named(struct identity *out, const char *name, const char *from,
    struct arena *arena, struct azb_error *err)
{
    const char *reason = arena_format(arena, "%s says so", from);
    if (!reason)
        return fail_memory(err);
    if (strcmp(name, IDENTITY_ENVIRONMENT) == 0)
        return take_environment(out, reason);
    const struct login *login = login_find(&out->logins, name);
    if (!login)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s '%s' is neither a login (`azb auth list` shows them) nor '%s'", from, name,
            IDENTITY_ENVIRONMENT);
    take_login(out, login, reason);
    return true;
}

/* The first login of the authority that the environment names; of any when it names none. */
static const struct login *current_login(const struct login_list *list)
{
    const char *wanted = environment("AZURE_AUTHORITY_HOST");
    for (size_t i = 0; i < list->count; i++)
        if (!wanted || same_authority(list->logins[i].authority_host, wanted))
            return &list->logins[i];
    return NULL;
}

static bool take_by_order(struct identity *out, struct arena *arena, struct azb_error *err)
{
    const struct login *login = current_login(&out->logins);
    if (login) {
        take_login(out, login, "the current one of `azb login`");
        return true;
    }
    if (!out->logins.count)
        return take_environment(out, "nobody has signed in with `azb login`");
    const char *reason = arena_format(arena,
        "the login '%s' is of %s, and AZURE_AUTHORITY_HOST names %s", out->logins.logins[0].name,
        out->logins.logins[0].authority_host, environment("AZURE_AUTHORITY_HOST"));
    return take_environment(out, reason) || fail_memory(err);
}

/* People should hear of it once, when it happens. */
static void tell_set_aside(const struct login_list *list)
{
    if (list->aside)
        session_note("the logins in '%s' could not be read (%s): the file is now '%s', and nobody "
                     "is signed in",
            list->path, list->problem, list->aside);
}

bool identity_choose(const char *as, const char *env_file, struct arena *arena,
    struct identity *out, struct azb_error *err)
{
    const char *variable = environment("AZB_LOGIN");
    *out = (struct identity){0};
    if (as && strcmp(as, IDENTITY_ENVIRONMENT) == 0)
        return take_environment(out, "--as says so");
    if (!as && env_file)
        return take_environment(out, "--env-file has an identity");
    if (!login_list_read(arena, &out->logins, err))
        return false;
    tell_set_aside(&out->logins);
    if (as || variable)
        return take_named(out, as ? as : variable, as ? "--as" : "AZB_LOGIN", arena, err);
    return take_by_order(out, arena, err);
}
