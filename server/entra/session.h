/*
 * entra/session.h - who is signed in at this browser: one cookie of 256 random bits, of which the
 * store has the SHA-256, and below it one row for each account.
 *
 * The cookie is there from the first page on, for the forms' sake, and gets a new value when
 * somebody signs in, so that a value that was planted before is worth nothing afterwards (session
 * fixation). Its name has the port in it: cookies do not tell ports apart, and two azbd on one
 * machine must not sign each other's users out.
 */
#ifndef SERVER_ENTRA_SESSION_H
#define SERVER_ENTRA_SESSION_H

#include "directory/user.h"
#include "entra/form.h"

#define SESSION_LIFETIME_S (24LL * 3600) /* from the password; pages do not prolong it */
#define SESSION_ACCOUNTS_MAX 8           /* of one browser; another one replaces the oldest */

struct session_account {
    const char *id; /* GUID: sid, session_state */
    struct user user;
    int64_t signed_in; /* ticks: when the password was given */
};

struct session {
    const char *cookie; /* the value the browser has, or the new one that it is to get */
    bool is_new;        /* the reply must set it */
    struct session_account accounts[SESSION_ACCOUNTS_MAX]; /* last signed in first */
    size_t count;
};

/* Reads the cookie and its accounts; those whose user was disabled or deleted are not there. Makes
 * a cookie when there is none. */
bool session_read(struct request *request, struct session *out, struct azb_error *err);
/* Set-Cookie, when the browser does not have the value yet. */
void session_reply(struct request *request, const struct session *session, struct reply *reply);

/* NULL when it is not one of the session's. */
const struct session_account *session_find(const struct session *session, struct text id);
/* By user name, in any case. */
const struct session_account *session_find_user(
    const struct session *session, struct text user_principal_name);

/* The user gave the password: a new cookie, the account first. In work that writes. The same user
 * again keeps the account's id. */
bool session_sign_in(struct request *request, struct session *session, const struct user *user,
    struct azb_error *err);
/* One account leaves, or all of them (account NULL). In work that writes. */
bool session_sign_out(struct request *request, struct session *session,
    const struct session_account *account, struct azb_error *err);

/* ---- Forms ---------------------------------------------------------------------------------- */

/* What a form of ours carries so that no other site can send it: a MAC by the cookie, which scripts
 * and other sites cannot read. In the arena; NULL without memory. */
const char *session_form_token(struct request *request, const struct session *session);
/* Whether the form came from a page of ours: the token fits and the browser does not name another
 * origin (Sec-Fetch-Site, Origin). */
bool session_owns_form(
    struct request *request, const struct session *session, const struct form *form);

#endif
