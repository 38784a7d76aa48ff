/* Users, applications with their credentials, and groups of a configuration. */
#include "base/error.h"
#include "base/time.h"
#include "config_apply.h"
#include "directory/directory.h"
#include "directory/user.h"
#include "graph/graph.h"
#include "state.h"

#define DAY (86400 * TICKS_PER_SECOND)

/* True when the error was "it is there already"; the error is gone then. */
static bool was_there(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_CONFLICT)
        return false;
    azb_error_free(err);
    return true;
}

static bool was_missing(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_NOT_FOUND)
        return false;
    azb_error_free(err);
    return true;
}

/* ---- Users ----------------------------------------------------------------------------------- */

static bool apply_user(
    struct applying *applying, const struct config_user *user, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!user->id && !config_made_id("user", user->user_principal_name, "", id))
        return fail_memory(err);
    scoped_statement struct statement s = statement(applying->request.store,
        "UPDATE user SET display_name = ?2 WHERE object_id = ?1 AND user_principal_name = ?3");
    statement_bind_string(&s, 1, user->id ? user->id : id);
    statement_bind_string(&s, 2, user->display_name);
    statement_bind_string(&s, 3, user->user_principal_name);
    if (!statement_run(&s, err))
        return false;
    if (store_changes(applying->request.store) > 0)
        return true;
    const struct new_user what = {
        .object_id = user->id ? user->id : id,
        .user_principal_name = user->user_principal_name,
        .display_name = user->display_name,
        .now = applying->now,
    };
    struct user added;
    return user_create(applying->request.store, &what, &applying->request.arena, &added, err);
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
    if (!*found && !was_missing(err))
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

static bool put_application(struct applying *applying, const struct config_application *given,
    struct application *out, struct azb_error *err)
{
    bool found;
    struct redirect_uri *uris;
    size_t count;
    if (!find_application(applying, given, out, &found, err) ||
        !make_uris(applying, given, &uris, &count, err))
        return false;
    if (found) {
        out->display_name = given->display_name;
        out->public_client = given->public_client;
        out->redirect_uris = uris;
        out->redirect_uri_count = count;
        return application_update(applying->request.store, out, err);
    }
    const struct new_application what = {
        .object_id = given->id,
        .app_id = given->app_id,
        .display_name = given->display_name,
        .public_client = given->public_client,
        .redirect_uris = uris,
        .redirect_uri_count = count,
        .now = applying->now,
    };
    return application_add(applying->request.store, &what, &applying->request.arena, out, err);
}

static bool put_principal(struct applying *applying, const struct config_application *given,
    const struct application *application, struct service_principal *out, struct azb_error *err)
{
    struct store_connection *store = applying->request.store;
    struct arena *arena = &applying->request.arena;
    struct text app_id = text_of(application->app_id);
    if (!service_principal_by_app_id(store, app_id, arena, out, err))
        return was_missing(err) && service_principal_add(store, app_id, given->service_principal_id,
                                       applying->now, arena, out, err);
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
    struct new_secret what = {given->key_id, given->value, given->display_name, 0, 0};
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
    if (!secret_remove(store, application->row, text_of(what.key_id), err) && !was_missing(err))
        return false;
    return secret_add(applying->request.service, store, application->row, &what,
        &applying->request.arena, &added, &value, err);
}

static bool read_pem(struct applying *applying, const struct config_certificate *given,
    struct buffer *out, struct azb_error *err)
{
    bool found;
    if (!given->path == !given->pem)
        return fail(err, AZB_ERROR_CONFIGURATION, "either path or pem is expected");
    if (given->pem) {
        buffer_add_string(out, given->pem);
        return true;
    }
    char *path = arena_format(&applying->request.arena, "%s%s",
        given->path[0] == '/' ? "" : applying->config->folder, given->path);
    if (!path)
        return fail_memory(err);
    config_at(applying, "path");
    return file_read(path, out, &found, err) &&
           (found || fail(err, AZB_ERROR_CONFIGURATION, "%s: there is no such file", path));
}

static bool put_certificate(struct applying *applying, const struct application *application,
    const struct config_certificate *given, struct azb_error *err)
{
    scoped_buffer struct buffer pem;
    struct client_certificate added;
    buffer_init(&pem, 1 << 20);
    if (!read_pem(applying, given, &pem, err))
        return false;
    struct certificate *certificate = certificate_from_pem(buffer_text(&pem), err);
    if (!certificate)
        return false;
    bool done = certificate_add(applying->request.store, application->row, certificate,
                    given->key_id, given->display_name, &applying->request.arena, &added, err) ||
                was_there(err);
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
           was_there(err);
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
            (!group_add_member(applying->request.store, id, member, err) && !was_there(err)))
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

bool config_apply_directory(struct applying *applying, struct azb_error *err)
{
    return apply_users(applying, err) && apply_applications(applying, err) &&
           apply_groups(applying, err);
}
