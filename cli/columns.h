/*
 * cli/columns.h - the tables' columns of columns.def by name.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "cli/output.h"

enum columns_id {
#define COLUMNS(name, ...) COLUMNS_##name,
#include "cli/columns.def"
#undef COLUMNS
};

column_paths columns_of(enum columns_id id);

#endif
