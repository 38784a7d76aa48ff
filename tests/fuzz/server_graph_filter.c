/* Any text as the $filter of a directory or management list, and as its $search. What parses is
 * evaluated. */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "graph/search.h"
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

static const char *truth_of(const void *item)
{
    (void)item;
    return "true";
}

static const struct query_property properties[] = {
    {"displayName", QUERY_STRING, name_of},
    {"description", QUERY_STRING, nothing_of},
    {"accountEnabled", QUERY_TRUTH, truth_of},
    {"identifierUris", QUERY_ANY, NULL},
    {"servicePrincipalNames", QUERY_ANY, name_of},
    {"atScope", QUERY_WORD, NULL},
    {"assignedTo", QUERY_WORD_VALUE, NULL},
};

static bool is_one(const struct query_property *property, const void *item, struct text value)
{
    return text_equal_nocase(value, text_of(item)) && property->operators & QUERY_ANY;
}

static void search(struct text text)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct graph_search search;
    bool parsed =
        graph_search_parse(text, properties, sizeof properties / sizeof *properties, &search, &err);
    if (parsed)
        (void)graph_search_passes(&search, "it's a name");
    if (parsed != (err.message[0] == '\0') || (parsed && search.count > GRAPH_SEARCH_CLAUSES))
        abort();
    azb_error_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct query_filter filter = {0};
    struct arena arena;
    struct text text = {(const char *)data, size};
    arena_init(&arena, 1 << 22);
    bool parsed = query_filter_parse(
        text, properties, sizeof properties / sizeof *properties, &arena, &filter, &err);
    filter.several = is_one;
    if (parsed)
        (void)query_filter_passes(&filter, "it's");
    if (parsed != (err.message[0] == '\0') || (parsed && filter.count > QUERY_TERMS_MAX))
        abort();
    azb_error_free(&err);
    arena_free(&arena);
    search(text);
    return 0;
}
