/*
 * cli/directory_list.h - lists of the directory: all applications, groups, ...; and those of
 * references below an object: a group's members, the owners of a group or an application.
 */
#ifndef CLI_DIRECTORY_LIST_H
#define CLI_DIRECTORY_LIST_H

#include "cli/management.h"

/* The group with this object id or display name. NULL and err: none, or several. */
const struct json *find_group(struct session *session, const char *given, struct azb_error *err);

/* `path` is that of the list: "/v1.0/groups/{id}/members". These report and give exit codes. */
int directory_list_show(struct session *session, const char *path, column_paths columns);
/* Adds who goes by `given` (find_assignee()). */
int directory_list_add(struct session *session, const char *path, const char *given);
int directory_list_remove(struct session *session, const char *path, const char *given);

#endif
