/*
 * cli/access_action.h - what a question about access asks: an operation by its full name, by
 * Batch's short one, or as the command of azb that would do it.
 *
 *     Microsoft.Batch/batchAccounts/jobs/write     as roles write it
 *     jobs/write                                   the same, below Microsoft.Batch/batchAccounts/
 *     job create                                   the command (job_create is understood, too)
 */
#ifndef CLI_ACCESS_ACTION_H
#define CLI_ACCESS_ACTION_H

#include <azb/error.h>
#include "base/arena.h"
#include "rbac/explain.h"

struct access_action {
    const char *name; /* full name */
    enum rbac_kind kind;
    const struct rbac_operation *operation; /* NULL: of a provider that the catalogue lacks */
    enum rbac_rules rules;                  /* whose rule decides: Batch's own, or Azure's alone */
    bool is_read;
};

/* `words`: one word, or the words of a command. Strings live in the arena, or are constants. False
 * and err (ARGUMENT): there is no such operation, and which was perhaps meant. */
AZB_MUST_CHECK bool access_action_read(
    const char *words, struct arena *arena, struct access_action *out, struct azb_error *err);

#endif
