/*
 * store/schema_sign_in.c - what a sign-in leaves behind: codes, refresh tokens, sessions.
 * Version 2.
 *
 * Codes, tokens and cookies are kept as their HMAC: what the tables say opens nothing. Times are
 * ticks.
 */
#include "store/store.h"

/* What a user allowed, as entra/authorization.h has it. */
#define AUTHORIZATION                                                                              \
    " client_app_id TEXT NOT NULL COLLATE NOCASE,"                                                 \
    " user_id TEXT COLLATE NOCASE,"                                                                \
    " scope TEXT NOT NULL,"                                                                        \
    " resource TEXT,"                                                                              \
    " redirect_uri TEXT,"                                                                          \
    " nonce TEXT,"                                                                                 \
    " code_challenge TEXT,"                                                                        \
    " challenge_is_plain INTEGER NOT NULL DEFAULT 0,"                                              \
    " signed_in INTEGER NOT NULL DEFAULT 0,"                                                       \
    " session_id TEXT,"

const char *const schema_sign_in =
    "CREATE TABLE authorization_code ("
    " hash BLOB PRIMARY KEY," AUTHORIZATION " created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL,"
    " redeemed_at INTEGER,"
    " family TEXT) STRICT, WITHOUT ROWID;" /* of the refresh tokens that came of it */
    "CREATE INDEX authorization_code_expires ON authorization_code (expires);"

    "CREATE TABLE refresh_token ("
    " hash BLOB PRIMARY KEY,"
    " family TEXT NOT NULL," AUTHORIZATION " created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL,"
    " revoked INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
    "CREATE INDEX refresh_token_family ON refresh_token (family);"
    "CREATE INDEX refresh_token_user ON refresh_token (user_id);"
    "CREATE INDEX refresh_token_expires ON refresh_token (expires);"

    "CREATE TABLE device_code ("
    " row INTEGER PRIMARY KEY,"
    " hash BLOB NOT NULL UNIQUE,"
    " user_code TEXT NOT NULL UNIQUE COLLATE NOCASE," AUTHORIZATION " created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL,"
    " interval_s INTEGER NOT NULL,"
    " last_poll INTEGER,"
    " answered INTEGER NOT NULL DEFAULT 0,"
    " redeemed_at INTEGER) STRICT;"
    "CREATE INDEX device_code_expires ON device_code (expires);"

    /* An account that somebody signed in to at a browser: those of one browser share its cookie. */
    "CREATE TABLE session ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE," /* claim sid */
    " hash BLOB NOT NULL,"      /* of the cookie */
    " user_id TEXT NOT NULL COLLATE NOCASE,"
    " signed_in INTEGER NOT NULL,"
    " expires INTEGER NOT NULL,"
    " UNIQUE (hash, user_id)) STRICT;"
    "CREATE INDEX session_user ON session (user_id);"
    "CREATE INDEX session_expires ON session (expires);";
