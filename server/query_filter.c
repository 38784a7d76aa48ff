#include "query_filter.h"

#include <ctype.h>

#include "base/error.h"

/* How terms are joined, in a filter's program. */
enum query_joint {
    JOINT_AND = 200,
    JOINT_OR,
    JOINT_NOT,
};

struct parser {
    struct text whole, rest;
    size_t depth; /* of brackets and `not` that are open */
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

static bool refuse_property(struct parser *parser, struct text name)
{
    char allowed[300] = "";
    size_t length = 0;
    for (size_t i = 0; i < parser->property_count; i++)
        if (length < sizeof allowed)
            length += (size_t)snprintf(allowed + length, sizeof allowed - length, "%s%s",
                i ? ", " : "", parser->properties[i].name);
    return fail_status(parser->err, 400, "",
        "Unsupported or invalid query filter clause specified for property '%.*s' of this "
        "resource; it can be filtered by: %s.",
        TEXT_ARGS(text_slice(name, 0, 100)), allowed);
}

static bool find_property(
    struct parser *parser, struct text name, unsigned op, struct query_term *term)
{
    for (size_t i = 0; i < parser->property_count; i++) {
        const struct query_property *property = &parser->properties[i];
        if (text_equal_nocase(name, text_of(property->name)) && (property->operators & op)) {
            *term = (struct query_term){.op = (enum query_operator)op, .property = property};
            return true;
        }
    }
    return refuse_property(parser, name);
}

static bool add_code(struct parser *parser, unsigned code)
{
    struct query_filter *filter = parser->out;
    if (filter->length == sizeof filter->program)
        return fail_status(parser->err, 400, "", "The filter is joined too often.");
    filter->program[filter->length++] = (uint8_t)code;
    return true;
}

static bool add_term(struct parser *parser, const struct query_term *term)
{
    struct query_filter *filter = parser->out;
    if (filter->count == QUERY_TERMS_MAX)
        return fail_status(
            parser->err, 400, "", "The filter has more than %d clauses.", QUERY_TERMS_MAX);
    filter->terms[filter->count] = *term;
    return add_code(parser, (unsigned)filter->count++);
}

static void need_advanced(struct parser *parser, const char *what)
{
    if (!parser->out->advanced)
        parser->out->advanced = what;
}

/* startswith(name,'value') */
static bool parse_part(struct parser *parser, enum query_operator op)
{
    struct query_term term;
    if (op == QUERY_ENDS)
        need_advanced(parser, "endswith");
    return take_char(parser, '(', "'('") && find_property(parser, take_name(parser), op, &term) &&
           take_char(parser, ',', "','") && take_literal(parser, &term.value) &&
           take_char(parser, ')', "')'") && add_term(parser, &term);
}

/* name/any(x:x eq 'value') */
static bool parse_any(struct parser *parser, struct text name)
{
    struct query_term term;
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
    return find_property(parser, name, QUERY_ANY, &term) && take_literal(parser, &term.value) &&
           take_char(parser, ')', "')'") && add_term(parser, &term);
}

/* word() or word('value') */
static bool parse_word(struct parser *parser, struct text name)
{
    struct query_term term;
    skip(parser, 1);
    skip_spaces(parser);
    bool has_value = parser->rest.length && parser->rest.at[0] == '\'';
    return find_property(parser, name, has_value ? QUERY_WORD_VALUE : QUERY_WORD, &term) &&
           (!has_value || take_literal(parser, &term.value)) && take_char(parser, ')', "')'") &&
           add_term(parser, &term);
}

/* name in ('a','b'): as many terms, joined by `or`. */
static bool parse_in(struct parser *parser, struct text name)
{
    struct query_term term;
    size_t count = 0;
    if (!find_property(parser, name, QUERY_IN, &term) || !take_char(parser, '(', "'('"))
        return false;
    term.op = QUERY_EQ;
    for (;; count++) {
        if (!take_literal(parser, &term.value) || !add_term(parser, &term) ||
            (count > 0 && !add_code(parser, JOINT_OR)))
            return false;
        parser->out->any |= count > 0;
        skip_spaces(parser);
        if (!parser->rest.length || parser->rest.at[0] != ',')
            return take_char(parser, ')', "')'");
        skip(parser, 1);
    }
}

/* What stands behind `eq` or `ne`: 'value', true or false. */
static bool parse_comparison(struct parser *parser, struct text name, enum query_operator op)
{
    struct query_term term;
    struct parser before = *parser;
    struct text word = take_name(parser);
    bool is_truth = text_equal_nocase(word, TEXT("true")) || text_equal_nocase(word, TEXT("false"));
    if (op == QUERY_NE)
        need_advanced(parser, "ne");
    if (!is_truth)
        *parser = before;
    if (!find_property(parser, name, is_truth ? QUERY_TRUTH : op, &term) ||
        (!is_truth && !take_literal(parser, &term.value)))
        return false;
    if (is_truth)
        term.value = word;
    term.op = op;
    return add_term(parser, &term);
}

static bool parse_term(struct parser *parser)
{
    struct text name = take_name(parser);
    if (name.length == 0)
        return bad(parser, "a property");
    skip_spaces(parser);
    char next = parser->rest.length ? parser->rest.at[0] : '\0';
    if (next == '(' && text_equal_nocase(name, TEXT("startswith")))
        return parse_part(parser, QUERY_STARTS);
    if (next == '(' && text_equal_nocase(name, TEXT("endswith")))
        return parse_part(parser, QUERY_ENDS);
    if (next == '(')
        return parse_word(parser, name);
    if (next == '/')
        return parse_any(parser, name);
    if (take_word(parser, "in"))
        return parse_in(parser, name);
    if (take_word(parser, "ne"))
        return parse_comparison(parser, name, QUERY_NE);
    return take_word(parser, "eq") ? parse_comparison(parser, name, QUERY_EQ) : bad(parser, "'eq'");
}

/* ---- Joined ---------------------------------------------------------------------------------- */

static bool parse_or(struct parser *parser);

static bool parse_deeper(struct parser *parser, bool (*parse)(struct parser *parser))
{
    if (++parser->depth > QUERY_DEPTH_MAX)
        return fail_status(parser->err, 400, "", "The filter is nested more than %d brackets deep.",
            QUERY_DEPTH_MAX);
    bool parsed = parse(parser);
    parser->depth--;
    return parsed;
}

static bool parse_factor(struct parser *parser)
{
    skip_spaces(parser);
    if (parser->rest.length && parser->rest.at[0] == '(') {
        skip(parser, 1);
        return parse_deeper(parser, parse_or) && take_char(parser, ')', "')'");
    }
    if (!take_word(parser, "not"))
        return parse_term(parser);
    parser->out->any = true;
    need_advanced(parser, "not");
    return parse_deeper(parser, parse_factor) && add_code(parser, JOINT_NOT);
}

static bool parse_and(struct parser *parser)
{
    if (!parse_factor(parser))
        return false;
    while (take_word(parser, "and"))
        if (!parse_factor(parser) || !add_code(parser, JOINT_AND))
            return false;
    return true;
}

static bool parse_or(struct parser *parser)
{
    if (!parse_and(parser))
        return false;
    while (take_word(parser, "or")) {
        parser->out->any = true;
        if (!parse_and(parser) || !add_code(parser, JOINT_OR))
            return false;
    }
    return true;
}

/* A list looks whether its word is there: that says nothing where there is a choice. */
static bool check_words(const struct parser *parser)
{
    const struct query_filter *filter = parser->out;
    for (size_t i = 0; i < filter->count && filter->any; i++)
        if (filter->terms[i].op & (QUERY_WORD | QUERY_WORD_VALUE))
            return fail_status(parser->err, 400, "",
                "A filter with %s() can be joined by 'and' only.", filter->terms[i].property->name);
    return true;
}

bool query_filter_parse(struct text text, const struct query_property *properties, size_t count,
    struct arena *arena, struct query_filter *out, struct azb_error *err)
{
    struct query_filter filter = {0};
    struct parser parser = {
        .whole = text,
        .rest = text,
        .properties = properties,
        .property_count = count,
        .arena = arena,
        .out = &filter,
        .err = err,
    };
    if (text.length > QUERY_FILTER_MAX)
        return fail_status(
            err, 400, "", "The filter is longer than %d characters.", QUERY_FILTER_MAX);
    skip_spaces(&parser);
    if (parser.rest.length) {
        if (!parse_or(&parser) || !check_words(&parser))
            return false;
        skip_spaces(&parser);
        if (parser.rest.length)
            return bad(&parser, "'and' or 'or'");
    }
    *out = filter;
    return true;
}

/* ---- Evaluation ------------------------------------------------------------------------------ */

static bool compare(enum query_operator op, struct text value, struct text wanted)
{
    size_t longer = value.length >= wanted.length ? value.length - wanted.length : 0;
    if (value.length < wanted.length)
        return false;
    if (op == QUERY_STARTS)
        return text_equal_nocase(text_slice(value, 0, wanted.length), wanted);
    if (op == QUERY_ENDS)
        return text_equal_nocase(text_slice(value, longer, value.length), wanted);
    return text_equal_nocase(value, wanted);
}

static bool term_passes(
    const struct query_filter *filter, const struct query_term *term, const void *item)
{
    const struct query_property *property = term->property;
    if (term->op == QUERY_ANY && filter->several)
        return filter->several(property, item, term->value);
    if (!property->value)
        return true;
    struct text value = text_of(property->value(item));
    if (term->op == QUERY_NE)
        return !value.at || !text_equal_nocase(value, term->value);
    return value.at && compare(term->op, value, term->value);
}

bool query_filter_passes(const struct query_filter *filter, const void *item)
{
    bool stack[QUERY_TERMS_MAX + 1] = {false};
    size_t height = 0;
    for (size_t i = 0; i < filter->length; i++) {
        unsigned code = filter->program[i];
        if (code < QUERY_TERMS_MAX) {
            stack[height++] = term_passes(filter, &filter->terms[code], item);
            continue;
        }
        if (code == JOINT_NOT) {
            stack[height - 1] = !stack[height - 1];
            continue;
        }
        height--;
        stack[height - 1] = code == JOINT_AND ? stack[height - 1] && stack[height]
                                              : stack[height - 1] || stack[height];
    }
    return height == 0 || stack[0];
}

const struct query_term *query_filter_term(const struct query_filter *filter, const char *name)
{
    for (size_t i = 0; i < filter->count; i++)
        if (string_equal_nocase(filter->terms[i].property->name, name))
            return &filter->terms[i];
    return NULL;
}
