#include "graph/search.h"

#include <ctype.h>

#include "base/error.h"

static bool bad(struct azb_error *err, struct text text)
{
    return fail_status(err, 400, "Request_UnsupportedQuery",
        "Syntax error in the query option $search: clauses in double quotes such as "
        "\"displayName:ann\", joined by AND, are expected, not '%.*s'.",
        TEXT_ARGS(text_slice(text, 0, 100)));
}

static bool add_clause(struct text clause, const struct query_property *properties, size_t count,
    struct graph_search *out, struct azb_error *err)
{
    struct text word = clause, name;
    if (!memchr(clause.at ? clause.at : "", ':', clause.length) || !text_cut(&word, ':', &name))
        return bad(err, clause);
    if (out->count == GRAPH_SEARCH_CLAUSES)
        return fail_status(err, 400, "Request_UnsupportedQuery",
            "$search has more than %d clauses.", GRAPH_SEARCH_CLAUSES);
    for (size_t i = 0; i < count; i++)
        if (properties[i].value && properties[i].operators & QUERY_STARTS &&
            text_equal_nocase(name, text_of(properties[i].name))) {
            out->clauses[out->count].property = &properties[i];
            out->clauses[out->count++].word = word;
            return true;
        }
    return fail_status(err, 400, "Request_UnsupportedQuery",
        "The property '%.*s' of this resource cannot be searched.",
        TEXT_ARGS(text_slice(name, 0, 80)));
}

bool graph_search_parse(struct text text, const struct query_property *properties, size_t count,
    struct graph_search *out, struct azb_error *err)
{
    struct text rest = text_trim(text), clause, joint;
    *out = (struct graph_search){0};
    while (rest.length > 0) {
        if (rest.at[0] != '"' || !memchr(rest.at + 1, '"', rest.length - 1))
            return bad(err, text);
        rest = text_slice(rest, 1, rest.length);
        text_cut(&rest, '"', &clause);
        if (!add_clause(clause, properties, count, out, err))
            return false;
        rest = text_trim(rest);
        if (rest.length == 0)
            return true;
        text_cut(&rest, ' ', &joint);
        rest = text_trim(rest);
        if (!text_is(joint, "AND") || rest.length == 0)
            return bad(err, text);
    }
    return !text.at || out->count > 0 || bad(err, text);
}

static bool is_word_start(struct text value, size_t at)
{
    return at == 0 || (!isalnum((unsigned char)value.at[at - 1]) && value.at[at - 1] > 0);
}

static bool has_word(struct text value, struct text word)
{
    for (size_t i = 0; i + word.length <= value.length; i++)
        if (is_word_start(value, i) &&
            text_equal_nocase(text_slice(value, i, i + word.length), word))
            return true;
    return false;
}

bool graph_search_passes(const struct graph_search *search, const void *item)
{
    for (size_t i = 0; i < search->count; i++)
        if (!has_word(text_of(search->clauses[i].property->value(item)), search->clauses[i].word))
            return false;
    return true;
}
