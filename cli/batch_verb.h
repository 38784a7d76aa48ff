/*
 * cli/batch_verb.h - the commands of the Batch API as rows made from verbs.def.
 */
#ifndef CLI_BATCH_VERB_H
#define CLI_BATCH_VERB_H

#include "api/operation.h"
#include "cli/command.h"

/* Fills `command` with the verb number `index`; its options live in the arena. False: no more. */
bool batch_verb(size_t index, struct arena *arena, struct command *command);

/* The names of the verbs, in their order; NULL after the last one. */
const char *batch_verb_name(size_t index);
/* The operation of the verb "job create", or of the name "job_create"; NULL: there is none. */
const struct operation *batch_verb_operation(const char *name);

#endif
