/*
 * graph/search.h - $search of directory objects: "displayName:word" in double quotes, several
 * joined by AND. A word is found at the beginning of any word of the value.
 */
#ifndef SERVER_GRAPH_SEARCH_H
#define SERVER_GRAPH_SEARCH_H

#include "query_filter.h"

#define GRAPH_SEARCH_CLAUSES 8

struct graph_search {
    size_t count;
    struct {
        const struct query_property *property;
        struct text word;
    } clauses[GRAPH_SEARCH_CLAUSES];
};

/* Absent: nothing is searched, everything passes. False: Request_UnsupportedQuery. */
bool graph_search_parse(struct text text, const struct query_property *properties, size_t count,
    struct graph_search *out, struct azb_error *err);
bool graph_search_passes(const struct graph_search *search, const void *item);

#endif
