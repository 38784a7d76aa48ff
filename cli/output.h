/*
 * cli/output.h - answers on standard output: JSON, a table for people, tab-separated values.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/session.h"

/*
 * Columns of a table, by path into each item: {"id", "state", "poolInfo.poolId", NULL}. NULL prints
 * the item's own scalar members.
 */
typedef const char *const *column_paths;

/*
 * An object, or an array of them. JSON is what the service said. In a table an array has a line an
 * item, unless that is too wide for the terminal, and an object a line a member; tsv has a line an
 * item and no heading. What comes behind `value` (its `next`) is not looked at.
 */
void output(const struct session *session, const struct json *value, column_paths columns);

#endif
