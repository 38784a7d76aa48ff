/*
 * config_schema.h - the rows of the configuration file: the reader and the schema are views of
 * them.
 */
#ifndef SERVER_CONFIG_SCHEMA_H
#define SERVER_CONFIG_SCHEMA_H

#include "config.h"

enum config_type {
    CONFIG_STRING,  /* const char * */
    CONFIG_GUID,    /* const char *, lower case */
    CONFIG_TIME,    /* int64_t ticks */
    CONFIG_BOOL,    /* bool */
    CONFIG_STRINGS, /* struct config_strings */
    CONFIG_OBJECT,  /* the row's object, in place */
    CONFIG_LIST,    /* struct config_list of the row's objects */
    CONFIG_ROLES,   /* struct config_list of struct config_role_entry */
    CONFIG_JSON,    /* const struct json *: any object, as it is */
};

struct config_object;

struct config_member {
    const char *name;
    enum config_type type;
    size_t offset;
    bool is_required;
    const struct config_object *object; /* of CONFIG_OBJECT and CONFIG_LIST */
    const char *help;
};

struct config_object {
    size_t size;
    const struct config_member *members;
    size_t count;
};

extern const struct config_object config_root;

#endif
