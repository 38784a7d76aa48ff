/*
 * arm/body.h - bodies of Microsoft.Batch by rows: which members there are, what they may hold.
 *
 * body_check() refuses what the rows do not allow, with the path of the member, what is wrong and
 * what is allowed; body_write() writes what was accepted in the rows' order and spelling, which is
 * how it is kept and shown. Members that only the service sets are accepted and left out, so that
 * what a GET gave can be sent back.
 */
#ifndef SERVER_ARM_BODY_H
#define SERVER_ARM_BODY_H

#include <azb/error.h>
#include "base/json.h"

enum body_kind {
    BODY_STRING,
    BODY_NUMBER, /* a whole number of `least` to `most` */
    BODY_BOOL,
    BODY_CHOICE,  /* one of `choices`, in any case */
    BODY_CHOICES, /* a list of them */
    BODY_OBJECT,  /* of `fields` */
    BODY_LIST,    /* of objects of `fields` */
    BODY_STRINGS, /* a list of strings */
    BODY_ANY,     /* as it comes: somebody else judges it */
    BODY_SHOWN,   /* set by the service: any value, left out */
};

struct body_field {
    const char *name;
    enum body_kind kind;
    bool required;
    const char *const *choices;      /* NULL-terminated */
    const struct body_field *fields; /* ends with a row without a name */
    int64_t least, most;             /* of a number; of characters, or of items when not 0 */
    /* A further look at a value of the right kind: what is allowed instead, or NULL. */
    const char *(*problem)(const struct json *value);
};

/* `path` is where the object is: "" or "properties.". False: 400 InvalidPropertyValue or
 * MissingRequiredProperty. */
bool body_check(const struct json *object, const struct body_field *fields, const char *path,
    struct azb_error *err);

/* Members of an object that body_check() accepted, without its braces. `null` is not there. */
void body_write(
    struct json_writer *writer, const struct json *object, const struct body_field *fields);

/* The place of the value among the choices, or -1. */
int body_choice(const struct json *value, const char *const *choices);

/* "properties.vmSize: ...": 400. */
bool body_refuse(struct azb_error *err, const char *path, const char *name, const char *problem);

#endif
