#include "cli/columns.h"

column_paths columns_of(enum columns_id id)
{
#define COLUMNS(name, ...) static const char *const paths_##name[] = {__VA_ARGS__, NULL};
#include "cli/columns.def"
#undef COLUMNS
    static const column_paths all[] = {
#define COLUMNS(name, ...) [COLUMNS_##name] = paths_##name,
#include "cli/columns.def"
#undef COLUMNS
    };
    return all[id];
}
