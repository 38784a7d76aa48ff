/*
 * config_apply.h - what the files that apply a configuration share.
 */
#ifndef SERVER_CONFIG_APPLY_H
#define SERVER_CONFIG_APPLY_H

#include "config.h"
#include "request.h"
#include "store/store.h"

#define CONFIG_PATH_MAX 200

/* One configuration on its way into the store; on the writer thread. */
struct applying {
    const struct config *config;
    struct request
        request; /* made by hand: service, store and arena, for functions of the planes */
    int64_t now;
    char path[CONFIG_PATH_MAX]; /* of the member that is being applied: where an error belongs */
};

/* Goes to a member ("secrets[%zu]") of the one that is being applied; config_back() with what it
 * gave goes back. After a failure nobody goes back, so that the path tells where it was. */
size_t config_at(struct applying *applying, const char *format, ...) AZB_PRINTF(2, 3);
void config_back(struct applying *applying, size_t mark);

/* An id that is the same at every start for the same texts, for things that the file gives none. */
bool config_made_id(const char *kind, const char *of, const char *name, char out[GUID_TEXT]);

/* True when the error was "it is there already", or "there is none"; the error is gone then. */
bool config_was_there(struct azb_error *err);
bool config_was_missing(struct azb_error *err);

/* The file that a path of the configuration names: relative ones begin at its folder. */
bool config_read_file(
    struct applying *applying, const char *path, struct buffer *out, struct azb_error *err);

/* config_directory.c: users, applications with their credentials, groups. */
bool config_apply_directory(struct applying *applying, struct azb_error *err);
/* config_permission.c: what an application offers, asks for and was allowed; issuers; managed
 * identities. */
bool config_apply_offers(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err);
bool config_apply_permissions(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err);
/* config_app_role.c: what it defines, and, once all principals are there, who has which. */
bool config_apply_app_roles(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err);
bool config_apply_app_role_assignments(struct applying *applying,
    const struct config_application *given, const struct application *application,
    struct azb_error *err);
bool config_apply_issuers(struct applying *applying, struct azb_error *err);
bool config_apply_managed_identities(struct applying *applying, struct azb_error *err);
/* config_management.c: subscriptions, management groups, resource groups; and, once all principals
 * are there, deny assignments. */
bool config_apply_management(struct applying *applying, struct azb_error *err);
bool config_apply_denials(struct applying *applying, struct azb_error *err);
/* config_roles.c: custom roles and role assignments. */
bool config_apply_roles(struct applying *applying, struct azb_error *err);

/* The scope that the file gives, which must be there; NULL: the Batch account's. In the arena. */
bool config_scope(
    struct applying *applying, const char *given, const char **out, struct azb_error *err);

/* The object id of what people call `name`: an object id, a client id, the name of an application,
 * user or group. Two of that name, or none, is an error. */
bool config_principal(
    struct applying *applying, const char *name, const char **object_id, struct azb_error *err);

#endif
