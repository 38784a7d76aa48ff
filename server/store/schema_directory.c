/*
 * store/schema_directory.c - what Entra keeps: the tenant, its objects, credentials and keys.
 * Object ids are one name space; each table keeps its own unique.
 */
#include "store/store.h"

const char *const schema_directory =
    "CREATE TABLE tenant ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " domain TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"

    /* Single values of the directory: 'secret_hash_key', 'administrator_client_id', ... */
    "CREATE TABLE directory_value ("
    " name TEXT PRIMARY KEY,"
    " value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    /* The newest signs. The private key is PEM, the certificate DER. */
    "CREATE TABLE signing_key ("
    " row INTEGER PRIMARY KEY,"
    " kid TEXT NOT NULL UNIQUE,"
    " private_key TEXT NOT NULL,"
    " certificate BLOB NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"

    "CREATE TABLE user ("
    " row INTEGER PRIMARY KEY,"
    " object_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " user_principal_name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT NOT NULL,"
    " enabled INTEGER NOT NULL DEFAULT 1,"
    " created INTEGER NOT NULL) STRICT;"

    "CREATE TABLE directory_group ("
    " row INTEGER PRIMARY KEY,"
    " object_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"

    "CREATE TABLE group_member ("
    " group_id TEXT NOT NULL COLLATE NOCASE,"
    " member_id TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (member_id, group_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE application ("
    " row INTEGER PRIMARY KEY,"
    " object_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " app_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT NOT NULL,"
    " public_client INTEGER NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"

    "CREATE TABLE redirect_uri ("
    " application INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " kind INTEGER NOT NULL," /* enum redirect_kind */
    " uri TEXT NOT NULL,"
    " PRIMARY KEY (application, position)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE service_principal ("
    " row INTEGER PRIMARY KEY,"
    " object_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " app_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " enabled INTEGER NOT NULL DEFAULT 1,"
    " created INTEGER NOT NULL) STRICT;"

    /* hash: HMAC-SHA256 of the value. A random value needs no slow hash. */
    "CREATE TABLE client_secret ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " key_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT,"
    " hash BLOB NOT NULL,"
    " hint TEXT NOT NULL,"
    " not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL) STRICT;"
    "CREATE INDEX client_secret_application ON client_secret (application);"

    "CREATE TABLE client_certificate ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " key_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " display_name TEXT,"
    " der BLOB NOT NULL,"
    " sha1 BLOB NOT NULL,"
    " sha256 BLOB NOT NULL,"
    " not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL,"
    " UNIQUE (application, sha256)) STRICT;"

    /* Entra's own roles (application administrator, ...), not Azure RBAC. */
    "CREATE TABLE directory_role_member ("
    " role_id TEXT NOT NULL COLLATE NOCASE,"
    " principal_id TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (role_id, principal_id)) STRICT, WITHOUT ROWID;";
