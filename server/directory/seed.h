/*
 * directory/seed.h - what a new state begins with.
 *
 * A NULL member takes the default or is made at random. The first start and a configuration file
 * go the same way: seed_apply() in one piece of work that writes.
 */
#ifndef SERVER_DIRECTORY_SEED_H
#define SERVER_DIRECTORY_SEED_H

#include "directory/directory.h"

#define SEED_SUBSCRIPTION "88888888-8888-8888-8888-888888888888"

struct seed {
    const char *tenant_id;           /* GUID */
    const char *tenant_domain;       /* "azb.onmicrosoft.com" */
    const char *tenant_name;         /* "azb" */
    const char *subscription_id;     /* SEED_SUBSCRIPTION */
    const char *subscription_name;   /* "azb" */
    const char *resource_group;      /* "azb" */
    const char *location;            /* "eastus" */
    const char *account_name;        /* "azb": 3 to 24 of a-z0-9 */
    const char *account_primary_key; /* base64 of 64 bytes */
    const char *account_secondary_key;
    const char *administrator_client_id;
    const char *administrator_application_id; /* object id of the application */
    const char *administrator_object_id;      /* object id of the service principal */
    const char *administrator_name;           /* "azb administrator" */
    const char *administrator_secret;
    const char *identity_client_id; /* of the account's managed identity */
    const char *identity_object_id;
    const char *user_object_id;
    const char *user_name;         /* "user@TENANT-DOMAIN" */
    const char *user_display_name; /* "azb user" */
    const char *user_password;     /* NULL: nobody can sign in with one until one is made */
};

/*
 * Makes all of it in an empty database. On the writer's connection. `now` in ticks. The signing key
 * is made by entra/ (entra_make_key) in the same work, because the database keeps it.
 */
bool seed_apply(struct service *service, struct store_connection *connection,
    const struct seed *seed, int64_t now, struct azb_error *err);

#endif
