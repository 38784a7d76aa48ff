/*
 * directory/user.h - people: who they are, their passwords, and what happens when they try.
 */
#ifndef SERVER_DIRECTORY_USER_H
#define SERVER_DIRECTORY_USER_H

#include "directory/directory.h"

#define PASSWORD_LENGTH_MIN 8
#define PASSWORD_LENGTH_MAX 256 /* as in Entra; of bytes here */
/* Smart lockout: so many wrong passwords in a row close the account for so long; the next wrong one
 * after that closes it again. */
#define LOCKOUT_TRIES 10
#define LOCKOUT_S 60

struct user {
    int64_t row;
    const char *object_id;
    const char *user_principal_name; /* "ann@azb.onmicrosoft.com" */
    const char *display_name;
    const char *given_name, *surname; /* or NULL */
    const char *home_tenant_id;       /* of a guest: where the account lives; NULL is here */
    bool enabled;
    bool has_password;
    int64_t locked_until;   /* ticks; 0 is never */
    int64_t created;        /* ticks */
    const char *properties; /* what Graph's clients wrote and nothing acts on: a JSON object */
};

struct new_user {
    const char *object_id; /* NULL makes one */
    const char *user_principal_name, *display_name;
    const char *given_name, *surname; /* may be NULL */
    const char *home_tenant_id;       /* may be NULL: a member */
    const char *password;             /* may be NULL: nobody can sign in with one */
    struct text password_hash;        /* in its place, of password_hash(); may be absent */
    const char *properties;           /* may be NULL */
    int64_t now;
};

/* Names are compared in any case. NOT_FOUND otherwise. */
bool user_by_name(struct store_connection *connection, struct text user_principal_name,
    struct arena *arena, struct user *out, struct azb_error *err);
bool user_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct user *out, struct azb_error *err);
bool user_list(struct store_connection *connection, struct arena *arena, struct user **out,
    size_t *count, struct azb_error *err);
bool user_create(struct store_connection *connection, const struct new_user *what,
    struct arena *arena, struct user *out, struct azb_error *err);
/* Names, home tenant and enabled become what `user` holds. */
bool user_update(
    struct store_connection *connection, const struct user *user, struct azb_error *err);
/* Slow; opens a locked account, too, and ends what began with the old password: sessions, codes,
 * refresh tokens (AADSTS50173). Where other writers wait, hash first. */
bool user_set_password(
    struct store_connection *connection, int64_t row, struct text password, struct azb_error *err);
bool user_set_password_hash(
    struct store_connection *connection, int64_t row, struct text hash, struct azb_error *err);
bool user_set_enabled(
    struct store_connection *connection, int64_t row, bool enabled, struct azb_error *err);

/* With its places in groups and roles, consents, codes, refresh tokens and sessions: call
 * authorize_roles_changed(). As in Azure, role assignments and issued access tokens stay. */
bool user_remove(struct store_connection *connection, int64_t row, struct azb_error *err);

/* ARGUMENT when it is too short, too long, or not UTF-8. */
bool password_check_form(struct text password, struct azb_error *err);
/* A password's slow, salted hash (scrypt), made off the writer thread: some 50 ms. */
bool password_hash(
    struct text password, struct arena *arena, struct text *out, struct azb_error *err);

enum password_verdict {
    PASSWORD_RIGHT,
    PASSWORD_WRONG,
    PASSWORD_LOCKED, /* too many tries; the password was not looked at */
    PASSWORD_NONE,   /* the user has none */
};
/* Slow, by intent: for the slow lane. Takes as long for a user who is not there (user NULL). */
bool password_check(struct store_connection *connection, const struct user *user,
    struct text password, int64_t now, enum password_verdict *verdict, struct azb_error *err);
/* What came of it, in work that writes: counts wrong ones, closes, opens again. */
bool password_note(struct store_connection *connection, int64_t user_row,
    enum password_verdict verdict, int64_t now, struct azb_error *err);

#endif
