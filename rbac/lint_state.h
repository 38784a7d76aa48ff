/*
 * rbac/lint_state.h - what the files of lint share.
 */
#ifndef RBAC_LINT_STATE_H
#define RBAC_LINT_STATE_H

#include "rbac/compiled_role.h"
#include "rbac/findings.h"

struct lint {
    struct findings findings;
    const struct rbac_role *role;
    struct compiled_role compiled;
    enum role_form form;
    struct text known[OPERATION_COUNT]; /* the catalogue in lower case */
};

/* actions and notActions, dataActions and notDataActions: the lists of a permission object. */
enum lint_side { LINT_GRANTED, LINT_TAKEN };

/* One list of one permission object. */
struct lint_list {
    size_t permission; /* its number */
    enum rbac_kind kind;
    enum lint_side side;
    struct rbac_names names;
    struct pattern_list patterns; /* of the same places */
};

struct lint_list lint_list_of(
    const struct lint *lint, size_t permission, enum rbac_kind kind, enum lint_side side);

/* "dataActions", as the form spells it. */
const char *lint_list_name(const struct lint *lint, enum rbac_kind kind, enum lint_side side);
/* "properties.permissions[0].actions[3]", "Actions[3]"; in the arena. */
const char *lint_where(const struct lint *lint, const struct lint_list *list, size_t entry);

/* The whole entry in lower case. */
struct text pattern_lower(const struct pattern *pattern);
/* The known operations of a kind that the pattern covers. */
struct operation_set pattern_covers(
    const struct lint *lint, const struct pattern *pattern, enum rbac_kind kind);
size_t operation_set_count(const struct operation_set *set);
/* "microsoft.batch/...": the catalogue has all of these. */
bool pattern_is_of_batch(const struct pattern *pattern);

/* Each adds its findings. */
bool lint_entry(struct lint *lint, const struct lint_list *list, size_t entry); /* false: it is no
                                                                                 good by itself */
void lint_permission(struct lint *lint, size_t permission);
void lint_scopes(struct lint *lint, const char *scope);
void lint_whole(struct lint *lint);

/* Gives each finding its line and column, by its place in the tree of the document. */
void lint_locate(struct findings *findings, const struct json *root, struct text document);

#endif
