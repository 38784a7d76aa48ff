/*
 * control.h - the plane of /_azb/, and the plain error body that it gives.
 *
 * /_azb/health is for everybody on this machine. All other rows are test controls: they answer only
 * when azbd was started with --test-controls, and only to the administrator's token for Resource
 * Manager. docs/controls.md describes them; a new one is a row in control.c and a function here.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "base/json.h"
#include "route.h"

/* {"error":{"code":...,"message":...}} */
void control_refuse(struct request *request, struct reply *reply, const struct azb_error *err);

/* ---- Bodies of controls ------------------------------------------------------------------- */

enum control_type {
    CONTROL_TEXT,   /* struct text; `least` to `most` characters */
    CONTROL_NUMBER, /* int64_t */
    CONTROL_SPAN,   /* int64_t seconds: "PT10M", or a number of seconds */
    CONTROL_SHARE,  /* double above 0, at most 1 */
    CONTROL_CHOICE, /* size_t: the place in `choices` */
    CONTROL_OBJECT, /* const struct json * */
};

/* A member that a body may have. One that is absent leaves the target as it was. */
struct control_field {
    const char *name;
    enum control_type type;
    size_t at; /* offset in the target */
    int64_t least, most;
    const char *const *choices; /* NULL-terminated */
};

/* Reads the request's JSON object into `target`. False: 400 names the member, what is wrong with it
 * and what is allowed; a member that is no field is refused too. */
bool control_read(struct request *request, const struct control_field *fields, size_t count,
    void *target, struct azb_error *err);

/* A 400 in the words of this plane. */
bool control_bad(struct azb_error *err, const char *format, ...) AZB_PRINTF(2, 3);

/* Writes item number `at` of `items`, an object. */
typedef void control_item_fn(struct json_writer *writer, const void *items, size_t at);

/* 200 and {"value": [...]} with `count` items. False: out of memory. */
bool control_reply_list(struct request *request, struct reply *reply, control_item_fn *write,
    const void *items, size_t count, struct azb_error *err);

/* ---- The controls: rows of control.c ------------------------------------------------------- */

serve_fn control_get_clock, control_move_clock;
serve_fn control_get_lifetime, control_set_lifetime;
serve_fn control_list_keys, control_rotate_keys, control_retire_key;
serve_fn control_get_switches, control_set_switches;
serve_fn control_get_propagation, control_set_propagation;
serve_fn control_get_operations, control_set_operations;
serve_fn control_set_issuer;                        /* writes */
serve_fn control_set_denial, control_remove_denial; /* write */
serve_fn control_list_failures, control_add_failure, control_remove_failure, control_clear_failures;
serve_fn control_list_challenges, control_add_challenge, control_clear_challenges;

#endif
