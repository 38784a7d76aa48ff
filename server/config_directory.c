/* Users, applications with their credentials, and groups of a configuration. */
#include "base/error.h"
#include "base/time.h"
#include "config_apply.h"
#include "directory/directory.h"
#include "directory/user.h"
#include "graph/graph.h"
#include "state.h"

#define DAY (86400 * TICKS_PER_SECOND)

/* ---- Users ----------------------------------------------------------------------------------- */

/* Found by its id or, when the file gives none, by its name. */
static bool find_user(struct applying *applying, const struct config_user *given, struct user *out,
    bool *found, struct azb_error *err)
{
    struct store_connection *store = applying->request.store;
    struct arena *arena = &applying->request.arena;
    *found = given->id ? user_by_object_id(store, text_of(given->id), arena, out, err)
                       : user_by_name(store, text_of(given->user_principal_name), arena, out, err);
    return *found || config_was_missing(err);
}

static bool add_user(struct applying *applying, const struct config_user *given, struct user *out,
    struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!config_made_id("user", given->user_principal_name, "", id))
        return fail_memory(err);
    const struct new_user what = {
        .object_id = given->id ? given->id : id,
        .user_principal_name = given->user_principal_name,
        .display_name = given->display_name,
        .now = applying->now,
    };
    return user_create(applying->request.store, &what, &applying->request.arena, out, err);
}

/* A password that is right already is not hashed anew: that would open a locked account. */
static bool put_password(
    struct applying *applying, const struct user *user, const char *password, struct azb_error *err)
{
    enum password_verdict verdict;
    struct user unlocked = *user;
    unlocked.locked_until = 0;
    if (!password)
        return true;
    if (!password_check(
            applying->request.store, &unlocked, text_of(password), applying->now, &verdict, err))
        return false;
    config_at(applying, "password");
    return verdict == PASSWORD_RIGHT ||
           user_set_password(applying->request.store, user->row, text_of(password), err);
}

static bool apply_user(
    struct applying *applying, const struct config_user *given, struct azb_error *err)
{
    struct store_connection *store = applying->request.store;
    struct user user;
    bool found;
    if (!find_user(applying, given, &user, &found, err) ||
        (!found && !add_user(applying, given, &user, err)))
        return false;
    user.user_principal_name = given->user_principal_name;
    user.display_name = given->display_name;
    user.given_name = given->given_name;
    user.surname = given->surname;
    user.home_tenant_id = given->home_tenant;
    user.enabled = !given->disabled;
    if (!user_update(store, &user, err) ||
        (given->administrator &&
            !directory_role_add(store, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, user.object_id, err)))
        return false;
    size_t mark = strlen(applying->path);
    if (!put_password(applying, &user, given->password, err))
        return false;
    config_back(applying, mark);
    return true;
}

static bool apply_users(struct applying *applying, struct azb_error *err)
{
    const struct config_user *users = applying->config->users.at;
    for (size_t i = 0; i < applying->config->users.count; i++) {
        size_t mark = config_at(applying, "users[%zu]", i);
        if (!apply_user(applying, &users[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- An application -------------------------------------------------------------------------- */

static bool by_name(struct applying *applying, const char *name, struct application *out,
    bool *found, struct azb_error *err)
{
    struct application *all;
    size_t count, same = 0;
    if (!application_list(applying->request.store, &applying->request.arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].display_name, name) == 0) {
            *out = all[i];
            same++;
        }
    *found = same == 1;
    return same <= 1 || fail(err, AZB_ERROR_CONFIGURATION,
                            "%zu applications are called '%s'; give the appId", same, name);
}

static bool find_application(struct applying *applying, const struct config_application *given,
    struct application *out, bool *found, struct azb_error *err)
{
    if (!given->app_id)
        return by_name(applying, given->display_name, out, found, err);
    *found = application_by_app_id(
        applying->request.store, text_of(given->app_id), &applying->request.arena, out, err);
    if (!*found && !config_was_missing(err))
        return false;
    if (!*found || !given->id || string_equal_nocase(given->id, out->object_id))
        return true;
    config_at(applying, "id");
    return fail(err, AZB_ERROR_CONFIGURATION,
        "the application %s has the object id %s, which does not change", given->app_id,
        out->object_id);
}

static bool add_uris(struct applying *applying, const struct config_strings *from,
    enum redirect_kind kind, const char *member, struct redirect_uri *out, size_t *count,
    struct azb_error *err)
{
    for (size_t i = 0; i < from->count; i++) {
        size_t mark = config_at(applying, "%s[%zu]", member, i);
        if (!graph_check_redirect_uri(kind, text_of(from->at[i]), "a redirect URI", err))
            return false;
        config_back(applying, mark);
        out[(*count)++] = (struct redirect_uri){kind, from->at[i]};
    }
    return true;
}

static bool make_uris(struct applying *applying, const struct config_application *given,
    struct redirect_uri **out, size_t *count, struct azb_error *err)
{
    size_t room = given->redirect_uris.count + given->web_redirect_uris.count +
                  given->spa_redirect_uris.count;
    *out = arena_array(&applying->request.arena, room + 1, sizeof **out);
    *count = 0;
    if (!*out)
        return fail_memory(err);
    return add_uris(applying, &given->redirect_uris, REDIRECT_PUBLIC, "redirectUris", *out, count,
               err) &&
           add_uris(applying, &given->web_redirect_uris, REDIRECT_WEB, "webRedirectUris", *out,
               count, err) &&
           add_uris(applying, &given->spa_redirect_uris, REDIRECT_SPA, "spaRedirectUris", *out,
               count, err);
}

static bool read_audience(
    struct applying *applying, const char *given, enum sign_in_audience *out, struct azb_error *err)
{
    *out = SIGN_IN_MY_ORG;
    if (!given || sign_in_audience_of(text_of(given), out))
        return true;
    config_at(applying, "signInAudience");
    return fail(err, AZB_ERROR_CONFIGURATION,
        "AzureADMyOrg or AzureADMultipleOrgs is expected, not '%.80s'", given);
}

static bool read_token_version(
    struct applying *applying, const char *given, int *out, struct azb_error *err)
{
    *out = given ? given[0] - '0' : 0;
    if (!given || strcmp(given, "1") == 0 || strcmp(given, "2") == 0)
        return true;
    config_at(applying, "requestedAccessTokenVersion");
    return fail(err, AZB_ERROR_CONFIGURATION, "\"1\" or \"2\" is expected, not '%.80s'", given);
}

/* What the file says, without ids. */
static bool read_application(struct applying *applying, const struct config_application *given,
    struct new_application *out, struct azb_error *err)
{
    struct redirect_uri *uris;
    *out = (struct new_application){
        .object_id = given->id,
        .app_id = given->app_id,
        .display_name = given->display_name,
        .public_client = given->public_client,
        .home_tenant_id = given->home_tenant,
        .identifier_uris = given->identifier_uris.at,
        .identifier_uri_count = given->identifier_uris.count,
        .now = applying->now,
    };
    if (!make_uris(applying, given, &uris, &out->redirect_uri_count, err) ||
        !read_audience(applying, given->sign_in_audience, &out->audience, err) ||
        !read_token_version(applying, given->token_version, &out->token_version, err))
        return false;
    out->redirect_uris = uris;
    if (!given->home_tenant || given->app_id)
        return true;
    config_at(applying, "appId");
    return fail(err, AZB_ERROR_CONFIGURATION, "an application of another tenant needs one");
}

static bool put_application(struct applying *applying, const struct config_application *given,
    struct application *out, struct azb_error *err)
{
    bool found;
    struct new_application what;
    struct store_connection *store = applying->request.store;
    if (!find_application(applying, given, out, &found, err) ||
        !read_application(applying, given, &what, err))
        return false;
    if (!found)
        return application_add(store, &what, &applying->request.arena, out, err);
    out->display_name = what.display_name;
    out->public_client = what.public_client;
    out->redirect_uris = what.redirect_uris;
    out->redirect_uri_count = what.redirect_uri_count;
    out->audience = what.audience;
    out->token_version = what.token_version;
    out->identifier_uris = what.identifier_uris;
    out->identifier_uri_count = what.identifier_uri_count;
    return application_update(store, out, err);
}

static bool put_principal(struct applying *applying, const struct config_application *given,
    const struct application *application, struct service_principal *out, struct azb_error *err)
{
    struct store_connection *store = applying->request.store;
    struct arena *arena = &applying->request.arena;
    struct text app_id = text_of(application->app_id);
    if (!service_principal_by_app_id(store, app_id, arena, out, err))
        return config_was_missing(err) &&
               service_principal_add(
                   store, app_id, given->service_principal_id, applying->now, arena, out, err);
    if (!given->service_principal_id ||
        string_equal_nocase(given->service_principal_id, out->object_id))
        return true;
    config_at(applying, "servicePrincipalId");
    return fail(err, AZB_ERROR_CONFIGURATION,
        "the application has the service principal %s, whose id does not "
        "change",
        out->object_id);
}

/* ---- Its credentials ------------------------------------------------------------------------- */

/* One that has expired, for a test, started before that. */
static void read_times(
    struct applying *applying, const struct config_secret *given, int64_t *start, int64_t *end)
{
    bool is_past = given->expires && given->expires <= applying->now;
    *start = given->starts ? given->starts : is_past ? given->expires - DAY : applying->now;
    *end = given->expires ? given->expires : *start + SECRET_DAYS_DEFAULT * DAY;
}

/* The key id names it from start to start, so that a changed value or end replaces the old one. */
static bool put_secret(struct applying *applying, const struct application *application,
    const struct config_secret *given, size_t index, struct azb_error *err)
{
    char made[GUID_TEXT], name[32];
    struct store_connection *store = applying->request.store;
    struct new_secret what = {
        .key_id = given->key_id, .value = given->value, .display_name = given->display_name};
    struct client_secret added;
    char *value;
    snprintf(name, sizeof name, "%zu", index);
    if (!config_made_id("secret", application->object_id,
            given->display_name ? given->display_name : name, made))
        return fail_memory(err);
    what.key_id = given->key_id ? given->key_id : made;
    read_times(applying, given, &what.start, &what.end);
    if (what.end <= what.start) {
        config_at(applying, "expires");
        return fail(err, AZB_ERROR_CONFIGURATION, "it must be later than its start");
    }
    if (!secret_remove(store, application->row, text_of(what.key_id), err) &&
        !config_was_missing(err))
        return false;
    return secret_add(applying->request.service, store, application->row, &what,
        &applying->request.arena, &added, &value, err);
}

static bool read_pem(struct applying *applying, const struct config_certificate *given,
    struct buffer *out, struct azb_error *err)
{
    if (!given->path == !given->pem)
        return fail(err, AZB_ERROR_CONFIGURATION, "either path or pem is expected");
    if (given->pem) {
        buffer_add_string(out, given->pem);
        return true;
    }
    config_at(applying, "path");
    return config_read_file(applying, given->path, out, err);
}

static bool put_certificate(struct applying *applying, const struct application *application,
    const struct config_certificate *given, struct azb_error *err)
{
    scoped_buffer struct buffer pem = {0};
    struct client_certificate added;
    buffer_init(&pem, 1 << 20);
    if (!read_pem(applying, given, &pem, err))
        return false;
    struct certificate *certificate = certificate_from_pem(buffer_text(&pem), err);
    if (!certificate)
        return false;
    bool done = certificate_add(applying->request.store, application->row, certificate,
                    given->key_id, given->display_name, &applying->request.arena, &added, err) ||
                config_was_there(err);
    certificate_free(certificate);
    return done;
}

static bool put_credentials(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_secret *secrets = given->secrets.at;
    const struct config_certificate *certificates = given->certificates.at;
    for (size_t i = 0; i < given->secrets.count; i++) {
        size_t mark = config_at(applying, "secrets[%zu]", i);
        if (!put_secret(applying, application, &secrets[i], i, err))
            return false;
        config_back(applying, mark);
    }
    for (size_t i = 0; i < given->certificates.count; i++) {
        size_t mark = config_at(applying, "certificates[%zu]", i);
        if (!put_certificate(applying, application, &certificates[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

static bool apply_application(
    struct applying *applying, const struct config_application *given, struct azb_error *err)
{
    struct application application;
    struct service_principal principal;
    return put_application(applying, given, &application, err) &&
           put_principal(applying, given, &application, &principal, err) &&
           put_credentials(applying, given, &application, err) &&
           config_apply_offers(applying, given, &application, err) &&
           config_apply_app_roles(applying, given, &application, err) &&
           (!given->assignment_required ||
               service_principal_require_assignment(
                   applying->request.store, principal.row, true, err)) &&
           (!given->administrator ||
               directory_role_add(applying->request.store, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
                   principal.object_id, err));
}

static bool apply_applications(struct applying *applying, struct azb_error *err)
{
    const struct config_application *all = applying->config->applications.at;
    for (size_t i = 0; i < applying->config->applications.count; i++) {
        size_t mark = config_at(applying, "applications[%zu]", i);
        if (!apply_application(applying, &all[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* After all applications: they may ask for each other's permissions. */
static bool apply_permissions(struct applying *applying, struct azb_error *err)
{
    const struct config_application *all = applying->config->applications.at;
    struct application application;
    bool found;
    for (size_t i = 0; i < applying->config->applications.count; i++) {
        size_t mark = config_at(applying, "applications[%zu]", i);
        if (!find_application(applying, &all[i], &application, &found, err) ||
            !config_apply_permissions(applying, &all[i], &application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static const char *group_id(const struct config_group *group, char made[GUID_TEXT])
{
    if (group->id)
        return group->id;
    return config_made_id("group", group->display_name, "", made) ? made : NULL;
}

static bool apply_group(
    struct applying *applying, const struct config_group *group, struct azb_error *err)
{
    char made[GUID_TEXT];
    const char *id = group_id(group, made);
    if (!id)
        return fail_memory(err);
    return group_add(applying->request.store, id, group->display_name, applying->now, err) ||
           config_was_there(err);
}

static bool apply_members(
    struct applying *applying, const struct config_group *group, struct azb_error *err)
{
    char made[GUID_TEXT];
    const char *id = group_id(group, made), *member;
    if (!id)
        return fail_memory(err);
    for (size_t i = 0; i < group->members.count; i++) {
        size_t mark = config_at(applying, "members[%zu]", i);
        if (!config_principal(applying, group->members.at[i], &member, err) ||
            (!group_add_member(applying->request.store, id, member, err) && !config_was_there(err)))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* All groups before any member: a group may be a member of one that comes before it. */
static bool apply_groups(struct applying *applying, struct azb_error *err)
{
    const struct config_group *groups = applying->config->groups.at;
    for (size_t i = 0; i < applying->config->groups.count; i++) {
        size_t mark = config_at(applying, "groups[%zu]", i);
        if (!apply_group(applying, &groups[i], err))
            return false;
        config_back(applying, mark);
    }
    for (size_t i = 0; i < applying->config->groups.count; i++) {
        size_t mark = config_at(applying, "groups[%zu]", i);
        if (!apply_members(applying, &groups[i], err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

/* After everybody who may be given a role. */
static bool apply_app_role_assignments(struct applying *applying, struct azb_error *err)
{
    const struct config_application *all = applying->config->applications.at;
    struct application application;
    bool found;
    for (size_t i = 0; i < applying->config->applications.count; i++) {
        size_t mark = config_at(applying, "applications[%zu]", i);
        if (!find_application(applying, &all[i], &application, &found, err) ||
            !config_apply_app_role_assignments(applying, &all[i], &application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}

bool config_apply_directory(struct applying *applying, struct azb_error *err)
{
    return apply_users(applying, err) && apply_applications(applying, err) &&
           apply_permissions(applying, err) && config_apply_issuers(applying, err) &&
           config_apply_managed_identities(applying, err) && apply_groups(applying, err) &&
           apply_app_role_assignments(applying, err);
}
