/*
 * cli/api_permission.h - what an API offers to applications: delegated permissions ("Scope") and
 * its app roles ("Role"), and how people name them.
 */
#ifndef CLI_API_PERMISSION_H
#define CLI_API_PERMISSION_H

#include "cli/management.h"

/* The service principal of the API that --api names: batch (the default), graph, arm, storage, a
 * client id or a display name. NULL and err: none, or several. */
const struct json *find_api(
    struct session *session, const struct arguments *arguments, struct azb_error *err);

/* What it offers of one type, by value or id; NULL: it does not offer it. */
const struct json *find_offered(const struct json *api, struct text type, struct text value);

/* As az writes them: "user_impersonation", "Directory.Read.All=Role". */
struct permission_name {
    struct text value, type;
};
struct permission_name permission_name_read(const char *given);

/* find_offered() by such a name. */
const struct json *find_given(const struct json *api, const char *given);
/* ARGUMENT for the first one that the API does not offer. */
bool check_given(const struct json *api, const struct option_value *values, struct azb_error *err);

#endif
