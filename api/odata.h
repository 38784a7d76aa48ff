/*
 * api/odata.h - the query options of lists and reads: $select, $expand, $filter, maxresults.
 *
 * All errors are 400 InvalidQueryParameterValue with the values QueryParameterName,
 * QueryParameterValue and Reason.
 */
#ifndef API_ODATA_H
#define API_ODATA_H

#include <azb/error.h>
#include "api/encode.h"
#include "base/arena.h"

/*
 * $select ("id,state") and $expand ("stats") of one model, both decoded, either TEXT_NONE when
 * absent. Statistics come only when expanded. A name that the model does not have is an error.
 */
AZB_MUST_CHECK bool api_select_parse(const struct model *model, struct text select,
    struct text expand, struct api_select *out, struct azb_error *err);

/* maxresults: 1..1000; absent (TEXT_NONE) is 1000. */
#define API_MAX_RESULTS 1000
AZB_MUST_CHECK bool api_maxresults_parse(struct text text, int *out, struct azb_error *err);

/* Which properties a list may be filtered by, and how. NULL where a list has no filter. */
struct filter_table;
const struct filter_table *api_filter_table(const char *list); /* "jobs", "tasks", "pools", ... */

struct filter;

/*
 * $filter, decoded. Grammar: comparisons `name op literal` (op: eq ne gt ge lt le),
 * startswith(name,'text'), and, or, parentheses; names are paths such as executionInfo/poolId.
 * Literals: 'text' ('' is a quote), numbers, true, false, DateTime'...' in ISO 8601 or RFC 1123
 * form. The tree is in the arena; NULL and err when the text is not a filter for this list.
 */
AZB_MUST_CHECK const struct filter *api_filter_parse(
    const struct filter_table *table, struct text text, struct arena *arena, struct azb_error *err);

/*
 * Does `value` (a struct of the table's model) match? Texts compare without case. A property that
 * is absent matches nothing but `ne`.
 */
bool api_filter_matches(const struct filter *filter, const void *value);

#endif
