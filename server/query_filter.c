#include "query_filter.h"

#include <ctype.h>

#include "base/error.h"

struct parser {
    struct text whole, rest;
    const struct query_property *properties;
    size_t property_count;
    struct arena *arena;
    struct query_filter *out;
    struct azb_error *err;
};

/* ---- Pieces ---------------------------------------------------------------------------------- */

static void skip(struct parser *parser, size_t length)
{
    parser->rest = text_slice(parser->rest, length, parser->rest.length);
}

static void skip_spaces(struct parser *parser)
{
    while (parser->rest.length && parser->rest.at[0] == ' ')
        skip(parser, 1);
}

static bool bad(struct parser *parser, const char *expected)
{
    return fail_status(parser->err, 400, "",
        "Invalid filter clause: %s is expected at position %zu of '%.*s'.", expected,
        parser->whole.length - parser->rest.length, TEXT_ARGS(text_slice(parser->whole, 0, 300)));
}

static bool take_char(struct parser *parser, char c, const char *expected)
{
    skip_spaces(parser);
    if (parser->rest.length == 0 || parser->rest.at[0] != c)
        return bad(parser, expected);
    skip(parser, 1);
    return true;
}

static struct text take_name(struct parser *parser)
{
    size_t length = 0;
    skip_spaces(parser);
    while (length < parser->rest.length &&
           (isalnum((unsigned char)parser->rest.at[length]) || parser->rest.at[length] == '_'))
        length++;
    struct text name = text_slice(parser->rest, 0, length);
    skip(parser, length);
    return name;
}

static bool take_word(struct parser *parser, const char *word)
{
    struct parser before = *parser;
    if (text_equal_nocase(take_name(parser), text_of(word)))
        return true;
    *parser = before;
    return false;
}

/* 'it''s' to it's. */
static bool take_literal(struct parser *parser, struct text *out)
{
    if (!take_char(parser, '\'', "a value in single quotes"))
        return false;
    char *value = arena_alloc(parser->arena, parser->rest.length + 1);
    size_t length = 0, at = 0;
    if (!value)
        return fail_memory(parser->err);
    for (; at < parser->rest.length; at++) {
        bool quote = parser->rest.at[at] == '\'';
        if (quote && (at + 1 == parser->rest.length || parser->rest.at[at + 1] != '\''))
            break;
        value[length++] = parser->rest.at[at];
        at += quote;
    }
    skip(parser, at);
    *out = (struct text){value, length};
    return take_char(parser, '\'', "a closing quote");
}

/* ---- Terms ----------------------------------------------------------------------------------- */

static bool find_property(
    struct parser *parser, struct text name, enum query_operator op, struct query_term *term)
{
    char allowed[300] = "";
    size_t length = 0;
    for (size_t i = 0; i < parser->property_count; i++) {
        const struct query_property *property = &parser->properties[i];
        if (text_equal_nocase(name, text_of(property->name)) && (property->operators & op)) {
            *term = (struct query_term){.op = op, .property = property};
            return true;
        }
        if (length < sizeof allowed)
            length += (size_t)snprintf(
                allowed + length, sizeof allowed - length, "%s%s", i ? ", " : "", property->name);
    }
    return fail_status(parser->err, 400, "",
        "Unsupported or invalid query filter clause specified for property '%.*s' of this "
        "resource; it can be filtered by: %s.",
        TEXT_ARGS(text_slice(name, 0, 100)), allowed);
}

/* startswith(name,'value') */
static bool parse_starts(struct parser *parser, struct query_term *term)
{
    return take_char(parser, '(', "'('") &&
           find_property(parser, take_name(parser), QUERY_STARTS, term) &&
           take_char(parser, ',', "','") && take_literal(parser, &term->value) &&
           take_char(parser, ')', "')'");
}

/* name/any(x:x eq 'value') */
static bool parse_any(struct parser *parser, struct text name, struct query_term *term)
{
    skip(parser, 1);
    if (!take_word(parser, "any"))
        return bad(parser, "'any('");
    if (!take_char(parser, '(', "'('"))
        return false;
    struct text variable = take_name(parser);
    if (variable.length == 0)
        return bad(parser, "a name for the elements");
    if (!take_char(parser, ':', "':'"))
        return false;
    if (!text_equal(take_name(parser), variable) || !take_word(parser, "eq"))
        return bad(parser, "the elements' name and 'eq'");
    return find_property(parser, name, QUERY_ANY, term) && take_literal(parser, &term->value) &&
           take_char(parser, ')', "')'");
}

/* word() or word('value') */
static bool parse_word(struct parser *parser, struct text name, struct query_term *term)
{
    skip(parser, 1);
    skip_spaces(parser);
    bool has_value = parser->rest.length && parser->rest.at[0] == '\'';
    return find_property(parser, name, has_value ? QUERY_WORD_VALUE : QUERY_WORD, term) &&
           (!has_value || take_literal(parser, &term->value)) && take_char(parser, ')', "')'");
}

static bool parse_term(struct parser *parser, struct query_term *term)
{
    struct text name = take_name(parser);
    if (name.length == 0)
        return bad(parser, "a property");
    skip_spaces(parser);
    char next = parser->rest.length ? parser->rest.at[0] : '\0';
    if (next == '(' && text_equal_nocase(name, TEXT("startswith")))
        return parse_starts(parser, term);
    if (next == '(')
        return parse_word(parser, name, term);
    if (next == '/')
        return parse_any(parser, name, term);
    if (!take_word(parser, "eq"))
        return bad(parser, "'eq'");
    return find_property(parser, name, QUERY_EQ, term) && take_literal(parser, &term->value);
}

static bool parse_joint(struct parser *parser)
{
    struct query_filter *filter = parser->out;
    bool any = !take_word(parser, "and");
    if (any && !take_word(parser, "or"))
        return bad(parser, "'and' or 'or'");
    if (filter->count > 1 && any != filter->any)
        return fail_status(
            parser->err, 400, "", "A filter that has both 'and' and 'or' is not supported.");
    filter->any = any;
    return true;
}

bool query_filter_parse(struct text text, const struct query_property *properties, size_t count,
    struct arena *arena, struct query_filter *out, struct azb_error *err)
{
    struct query_filter filter = {0};
    struct parser parser = {text, text, properties, count, arena, &filter, err};
    if (text.length > QUERY_FILTER_MAX)
        return fail_status(
            err, 400, "", "The filter is longer than %d characters.", QUERY_FILTER_MAX);
    skip_spaces(&parser);
    while (parser.rest.length) {
        if (filter.count && !parse_joint(&parser))
            return false;
        if (filter.count == QUERY_TERMS_MAX)
            return fail_status(
                err, 400, "", "The filter has more than %d clauses.", QUERY_TERMS_MAX);
        if (!parse_term(&parser, &filter.terms[filter.count]))
            return false;
        filter.count++;
        skip_spaces(&parser);
    }
    *out = filter;
    return true;
}

/* ---- Evaluation ------------------------------------------------------------------------------ */

static bool term_passes(const struct query_term *term, const void *item)
{
    if (!term->property->value)
        return true;
    struct text value = text_of(term->property->value(item));
    if (!value.at)
        return false;
    if (term->op == QUERY_STARTS)
        return value.length >= term->value.length &&
               text_equal_nocase(text_slice(value, 0, term->value.length), term->value);
    return text_equal_nocase(value, term->value);
}

bool query_filter_passes(const struct query_filter *filter, const void *item)
{
    for (size_t i = 0; i < filter->count; i++)
        if (term_passes(&filter->terms[i], item) == filter->any)
            return filter->any;
    return filter->count == 0 || !filter->any;
}

const struct query_term *query_filter_term(const struct query_filter *filter, const char *name)
{
    for (size_t i = 0; i < filter->count; i++)
        if (string_equal_nocase(filter->terms[i].property->name, name))
            return &filter->terms[i];
    return NULL;
}
