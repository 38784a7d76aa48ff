/*
 * directory/client.h - an application as the token endpoint meets it: one query for the
 * application, its service principal and its secrets, because a token must cost little more than
 * its signature.
 */
#ifndef SERVER_DIRECTORY_CLIENT_H
#define SERVER_DIRECTORY_CLIENT_H

#include "directory/directory.h"

enum secret_match {
    SECRET_WRONG,
    SECRET_EXPIRED, /* the value is right, its time is over or has not come */
    SECRET_RIGHT,
};

struct client {
    int64_t application; /* row */
    const char *app_id;  /* lower case */
    const char *display_name;
    bool public_client;
    const char *object_id; /* of the service principal; NULL: there is none */
    bool enabled;
    enum sign_in_audience audience;
    const char *home_tenant_id; /* of an application of another tenant; NULL is here */
    size_t secret_count;
    enum secret_match secret; /* what `value` was */
};

/*
 * Finds the application and compares `value` with all of its secrets, in constant time and without
 * stopping at the first, so that the time tells nothing. TEXT_NONE as value is SECRET_WRONG.
 * NOT_FOUND: no such application.
 */
bool client_find(struct service *service, struct store_connection *connection, struct text app_id,
    struct text value, int64_t now, struct arena *arena, struct client *out, struct azb_error *err);

#endif
