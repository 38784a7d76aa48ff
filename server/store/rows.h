/*
 * store/rows.h - the rows of a statement become an array in an arena, or one row a struct.
 */
#ifndef SERVER_STORE_ROWS_H
#define SERVER_STORE_ROWS_H

#include "store/store.h"

/* Fills all of `item` from the statement's current row; text goes to the arena, and whether it had
 * room for it is the caller's to ask. False and err when the row makes no sense. May run other
 * statements. */
typedef bool row_fn(
    struct statement *statement, struct arena *arena, void *item, struct azb_error *err);

/* Steps through a bound statement and reads every row into an item of `item_size` bytes. Returns
 * the items, in the arena, not NULL also when there are none; NULL and err (count as it was) when a
 * step or `read` fails or memory is out. */
void *rows_read(struct statement *statement, size_t item_size, row_fn *read, struct arena *arena,
    size_t *count, struct azb_error *err);

/* Which row: "no USER has the OBJECT ID 'VALUE'", or "there is no USER" when `by` is NULL. */
struct row_wanted {
    const char *what;
    const char *by;
    struct text value;
};

/* Binds the value as ?1 and reads the first row into *out, whose content is not to be used when it
 * fails. NOT_FOUND when there is no row; else as rows_read. */
bool row_find(struct statement *statement, const struct row_wanted *wanted, row_fn *read,
    struct arena *arena, void *out, struct azb_error *err);

#endif
