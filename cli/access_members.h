/*
 * cli/access_members.h - whom assignments reach: the principals that they name, and the members of
 * those that are groups, nested ones too.
 */
#ifndef CLI_ACCESS_MEMBERS_H
#define CLI_ACCESS_MEMBERS_H

#include "cli/access.h"

struct access_people {
    struct access_principal *at; /* each with the groups of `groups_asked` that it is in */
    size_t count, capacity;
    const char *gap; /* why a group's members are not known, or NULL */
};

/*
 * The principals of all assignments, and the members of the groups among them. `also` (may be NULL)
 * is one more principal, such as the one of an assignment that is only thought of. Group members
 * that the directory does not tell are a gap. False: err.
 */
AZB_MUST_CHECK bool access_people_read(struct session *session, const struct access *access,
    const struct access_principal *also, struct access_people *out, struct azb_error *err);

#endif
