/*
 * rbac/draft.h - a role definition while it is read: for the files of the reader only.
 *
 * Read strictly, the first problem is the error. Read for lint, problems become findings and what
 * is wrong is left out, so that the rest can be looked at: a list keeps its places, with "" for an
 * entry that is none.
 */
#ifndef RBAC_DRAFT_H
#define RBAC_DRAFT_H

#include "rbac/findings.h"

struct draft {
    struct arena *arena;
    struct azb_error *err;
    struct findings *findings; /* NULL: strictly */
    struct rbac_role role;
    struct rbac_permission flat;    /* the permission object that is read, or the form's only one */
    size_t actions;                 /* in all lists so far */
    bool has_name, has_permissions; /* as members; whether they are any good is another matter */
};

#define DRAFT_PATH_MAX 200

/* False, with err set, when read strictly or out of memory; else true, and a finding more. */
bool draft_problem(struct draft *draft, const char *code, const char *path, struct text value,
    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* "expected `wanted`, found a number" */
bool draft_wrong_type(
    struct draft *draft, const char *path, const char *wanted, const struct json *value);

/* Reads one member's value. False only with err set. `path` is for messages. */
typedef bool read_member(struct draft *draft, const struct json *value, const char *path);

read_member read_ignored, read_anything, read_id, read_name, read_description, read_type,
    read_is_custom, read_scopes, read_condition, read_condition_version;
/* These go into draft->flat. */
read_member read_actions, read_not_actions, read_data_actions, read_not_data_actions;

/* Reads an object; strictly when `findings` is NULL. NULL and err: a problem, or memory. */
const struct rbac_role *role_draft(const struct json *document, struct arena *arena,
    struct findings *findings, enum role_form *form, struct azb_error *err);

#endif
