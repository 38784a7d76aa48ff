/*
 * cli/what_if_view.h - who gains and who loses what, for people and for programs.
 */
#ifndef CLI_WHAT_IF_VIEW_H
#define CLI_WHAT_IF_VIEW_H

#include "cli/access_members.h"
#include "rbac/difference.h"

/* What one principal gains or loses at one scope: `count` differences from `first` on. */
struct what_if_block {
    const struct access_principal *who;
    const struct difference *first;
    size_t count;
};

struct what_if {
    struct what_if_block *blocks;
    size_t count;
};

/* As the session's format has it: JSON and tsv have one row an operation. */
void what_if_print(struct session *session, const struct what_if *result);

#endif
