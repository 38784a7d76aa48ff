/*
 * directory/complete.h - what a state of version 1 had not, and a new one begins with: Microsoft's
 * applications, a user, the local account's managed identity, the administrator's application as a
 * public client. For directory/ only.
 */
#ifndef SERVER_DIRECTORY_COMPLETE_H
#define SERVER_DIRECTORY_COMPLETE_H

#include "directory/seed.h"

/* Once in a state's life: what the user deletes afterwards stays deleted. In work that writes; of
 * the seed only the members of identity and user are looked at. */
bool directory_complete(struct store_connection *connection, const struct seed *seed, int64_t now,
    struct azb_error *err);
/* Whether that was done. */
bool directory_is_complete(
    struct store_connection *connection, bool *complete, struct azb_error *err);

#endif
