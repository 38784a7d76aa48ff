#include "store/rows.h"

#include "base/error.h"

#define ITEMS_FIRST 8
#define VALUE_SHOWN 200

struct items {
    char *at;
    size_t count, capacity, size;
};

/* An arena gives nothing back: the smaller arrays stay, together less than the last one. */
static bool grow(struct items *items, struct arena *arena, struct azb_error *err)
{
    size_t capacity = items->capacity ? items->capacity * 2 : ITEMS_FIRST;
    char *larger = arena_array(arena, capacity, items->size);
    if (!larger)
        return fail_memory(err);
    if (items->count > 0)
        memcpy(larger, items->at, items->count * items->size);
    items->at = larger;
    items->capacity = capacity;
    return true;
}

/* An arena that is full makes readers see things that are not there: it is the better reason. */
static bool read_row(struct statement *statement, row_fn *read, struct arena *arena, void *item,
    struct azb_error *err)
{
    bool good = read(statement, arena, item, err);
    return arena->failed ? fail_memory(err) : good;
}

void *rows_read(struct statement *statement, size_t item_size, row_fn *read, struct arena *arena,
    size_t *count, struct azb_error *err)
{
    struct items items = {.size = item_size};
    if (!grow(&items, arena, err))
        return NULL;
    for (bool row;;) {
        if (!statement_step(statement, &row, err))
            return NULL;
        if (!row)
            break;
        if (items.count == items.capacity && !grow(&items, arena, err))
            return NULL;
        if (!read_row(statement, read, arena, items.at + items.count * item_size, err))
            return NULL;
        items.count++;
    }
    *count = items.count;
    return items.at;
}

static bool not_found(const struct row_wanted *wanted, struct azb_error *err)
{
    if (!wanted->by)
        return fail(err, AZB_ERROR_NOT_FOUND, "there is no %s", wanted->what);
    return fail(err, AZB_ERROR_NOT_FOUND, "no %s has the %s '%.*s'", wanted->what, wanted->by,
        TEXT_ARGS(text_slice(wanted->value, 0, VALUE_SHOWN)));
}

bool row_find(struct statement *statement, const struct row_wanted *wanted, row_fn *read,
    struct arena *arena, void *out, struct azb_error *err)
{
    statement_bind_text(statement, 1, wanted->value);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    return row ? read_row(statement, read, arena, out, err) : not_found(wanted, err);
}
