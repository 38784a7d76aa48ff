/* Any text as the $filter of a directory or management list. What parses is evaluated. */
#include <stdint.h>
#include <stdlib.h>

#include "query_filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *name_of(const void *item)
{
    return item;
}

static const char *nothing_of(const void *item)
{
    (void)item;
    return NULL;
}

static const struct query_property properties[] = {
    {"displayName", QUERY_EQ | QUERY_STARTS, name_of},
    {"identifierUris", QUERY_ANY, nothing_of},
    {"servicePrincipalNames", QUERY_ANY, name_of},
    {"atScope", QUERY_WORD, NULL},
    {"assignedTo", QUERY_WORD_VALUE, NULL},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct query_filter filter;
    struct arena arena;
    struct text text = {(const char *)data, size};
    arena_init(&arena, 1 << 22);
    bool parsed = query_filter_parse(
        text, properties, sizeof properties / sizeof *properties, &arena, &filter, &err);
    if (parsed)
        (void)query_filter_passes(&filter, "it's");
    if (parsed != (err.message[0] == '\0') || (parsed && filter.count > QUERY_TERMS_MAX))
        abort();
    arena_free(&arena);
    return 0;
}
