/* azb logout, azb auth list and use: who has signed in with `azb login`. */
#include <stdio.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/login_secret.h"
#include "cli/login_view.h"

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    static const char *const columns[] = {
        "name", "current", "kind", "username", "tenantId", "authorityHost", NULL};
    struct azb_error err = AZB_ERROR_INIT;
    const struct foreign_account *azure_cli = NULL;
    const char *notice = NULL; /* of doctor's concern */
    (void)command;
    (void)arguments;
    const struct identity *identity = session_identity(session, &err);
    const struct json *shown =
        identity && azure_cli_account(&session->arena, &azure_cli, &notice, &err)
            ? login_list_view(&identity->logins, identity->login, azure_cli, &session->arena, &err)
            : NULL;
    if (!shown)
        return session_fail(session, &err);
    output(session, shown, columns);
    if (!identity->logins.count)
        session_note("nobody has signed in with `azb login`; azb uses the environment");
    else if (!identity->login)
        session_note("the environment's identity is used: %s", identity->reason);
    if (azure_cli)
        session_note(
            "azure_cli is az's own sign-in: AZURE_TOKEN_CREDENTIALS=AzureCliCredential uses "
            "it where azb uses the environment");
    return EXIT_OK;
}

const struct command command_auth_list = {"auth list", "Lists who has signed in with azb login.",
    "The current one is used by every command; `azb auth use NAME` changes it, --as for one "
    "command. The row without a name is whom az (the Azure CLI) is signed in as.",
    NULL, 0, list};

static const struct option_row use_options[] = {
    {"NAME", OPTION_POSITIONAL, true, "The login's name, as `azb auth list` shows it.", 0},
};

static int use(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *name = argument(arguments, "NAME");
    (void)command;
    if (!login_use(name, &session->arena, &err))
        return session_fail(session, &err);
    session_note("%s is the current login", name);
    const struct identity *identity = session_identity(session, &err);
    if (identity && (!identity->login || strcmp(identity->login->name, name) != 0))
        session_note("but in this shell another identity is used: %s", identity->reason);
    azb_error_free(&err);
    return EXIT_OK;
}

const struct command command_auth_use = {
    "auth use", "Makes a login the current one.", NULL, use_options, COUNT(use_options), use};

/* ---- Logout --------------------------------------------------------------------------------- */

static const struct option_row logout_options[] = {
    {"NAME", OPTION_POSITIONAL, false, "The login (the current one).", 0},
    {"all", OPTION_FLAG, false, "Every login.", 0},
};

/* The same person under another name needs the tokens still. */
static bool is_shared(struct session *session, const struct login *login, struct azb_error *err)
{
    struct login_list *now = arena_alloc(&session->arena, sizeof *now);
    if (!now || !login_list_read(&session->arena, now, err))
        return true;
    for (size_t i = 0; i < now->count; i++)
        if (strcmp(now->logins[i].name, login->name) != 0 &&
            login_same_identity(&now->logins[i], login))
            return true;
    return false;
}

static bool forget_tokens(struct session *session, const struct login *login, struct azb_error *err)
{
    if (!login->tokens_in || is_shared(session, login, err))
        return err->kind == AZB_ERROR_NONE;
    struct azb_cache *cache = login_tokens_open(login->tokens_in, err);
    bool forgotten = cache && login_tokens_forget(cache, login, err);
    azb_cache_free(cache);
    return forgotten;
}

static bool sign_out(struct session *session, const struct login *login, struct azb_error *err)
{
    if (!forget_tokens(session, login, err) ||
        !login_secret_drop(login->name, &session->arena, err) ||
        !login_remove(login->name, &session->arena, err))
        return false;
    session_note("%s is signed out", login->name);
    return true;
}

static bool sign_all_out(
    struct session *session, const struct login_list *list, struct azb_error *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (!sign_out(session, &list->logins[i], err))
            return false;
    return true;
}

static const struct login *login_meant(
    const struct identity *identity, const char *name, struct azb_error *err)
{
    if (!name && !identity->login) {
        fail(err, AZB_ERROR_CONFIGURATION, "no login is in use (%s): give its name, or --all",
            identity->reason);
        return NULL;
    }
    if (!name)
        return identity->login;
    const struct login *login = login_find(&identity->logins, name);
    if (!login)
        fail(err, AZB_ERROR_NOT_FOUND, "there is no login '%s' (`azb auth list` shows them)", name);
    return login;
}

/* Somebody else becomes the current one: that must not go unnoticed. */
static void tell_next(struct session *session)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    session->identity = NULL;
    const struct identity *identity = session_identity(session, &ignored);
    if (identity && identity->login)
        session_note("%s is the current login now", identity->login->name);
    azb_error_free(&ignored);
}

static int logout(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *name = argument(arguments, "NAME");
    const struct identity *identity = session_identity(session, &err);
    (void)command;
    if (!identity)
        return session_fail(session, &err);
    if (argument_flag(arguments, "all"))
        return sign_all_out(session, &identity->logins, &err) ? EXIT_OK
                                                              : session_fail(session, &err);
    const struct login *login = login_meant(identity, name, &err);
    if (!login || !sign_out(session, login, &err))
        return session_fail(session, &err);
    tell_next(session);
    return EXIT_OK;
}

const struct command command_logout = {"logout", "Signs out: forgets a login and its tokens.",
    "Only this machine forgets them: a token that was given away is good until it expires.",
    logout_options, COUNT(logout_options), logout};
