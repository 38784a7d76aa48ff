/*
 * cli/batch_verb.h - the commands of the Batch API as rows made from verbs.def.
 */
#ifndef CLI_BATCH_VERB_H
#define CLI_BATCH_VERB_H

#include "cli/command.h"

/* Fills `command` with the verb number `index`; its options live in the arena. False: no more. */
bool batch_verb(size_t index, struct arena *arena, struct command *command);

#endif
