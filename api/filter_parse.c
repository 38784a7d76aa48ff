#include "api/filter.h"

#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"

#define DEPTH_MAX 32

enum token_kind {
    TOKEN_END,
    TOKEN_NAME, /* a property, an operator, true, false, and, or */
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_TIME,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_BAD,
};

struct token {
    enum token_kind kind;
    struct text text; /* as written; of a string what is inside the quotes */
    size_t at;
};

struct parser {
    const struct filter_table *table;
    struct text input;
    struct arena *arena;
    struct azb_error *err;
    size_t at;
    int depth;
    struct token token; /* the next one, not consumed */
};

static struct filter *parse_or(struct parser *p);

static struct filter *fail_at(struct parser *p, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct filter *fail_at(struct parser *p, size_t at, const char *format, ...)
{
    char what[300], reason[360];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(reason, sizeof reason, "At character %zu: %s", at + 1, what);
    odata_fail(p->err, "$filter", p->input, reason);
    return NULL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const struct parser *p)
{
    return p->at < p->input.length ? p->input.at[p->at] : '\0';
}

/* From the opening quote on; '' stands for a quote and is kept doubled here. */
static enum token_kind scan_string(struct parser *p, struct text *inside)
{
    size_t from = ++p->at;
    for (; p->at < p->input.length; p->at++) {
        if (p->input.at[p->at] != '\'')
            continue;
        if (p->at + 1 < p->input.length && p->input.at[p->at + 1] == '\'') {
            p->at++;
            continue;
        }
        *inside = text_slice(p->input, from, p->at++);
        return TOKEN_STRING;
    }
    return TOKEN_BAD;
}

static enum token_kind scan_name(struct parser *p, struct text *name)
{
    size_t from = p->at;
    while (is_letter(peek(p)) || is_digit(peek(p)) || peek(p) == '/')
        p->at++;
    *name = text_slice(p->input, from, p->at);
    if (peek(p) == '\'' && text_equal_nocase(*name, TEXT("datetime")))
        return scan_string(p, name) == TOKEN_STRING ? TOKEN_TIME : TOKEN_BAD;
    return TOKEN_NAME;
}

static enum token_kind scan_number(struct parser *p, struct text *number)
{
    size_t from = p->at++;
    while (is_digit(peek(p)))
        p->at++;
    *number = text_slice(p->input, from, p->at);
    return TOKEN_NUMBER;
}

static enum token_kind scan(struct parser *p, struct text *text)
{
    char c = peek(p);
    *text = text_slice(p->input, p->at, p->at + 1);
    if (p->at == p->input.length)
        return TOKEN_END;
    if (is_letter(c))
        return scan_name(p, text);
    if (is_digit(c) || c == '-')
        return scan_number(p, text);
    if (c == '\'')
        return scan_string(p, text);
    p->at++;
    return c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : c == ',' ? TOKEN_COMMA : TOKEN_BAD;
}

static void advance(struct parser *p)
{
    while (peek(p) == ' ' || peek(p) == '\t')
        p->at++;
    p->token.at = p->at;
    p->token.kind = scan(p, &p->token.text);
}

static bool next_is_word(const struct parser *p, const char *word)
{
    return p->token.kind == TOKEN_NAME && text_is(p->token.text, word);
}

static struct filter *fail_expected(struct parser *p, const char *wanted)
{
    if (p->token.kind == TOKEN_END)
        return fail_at(p, p->token.at, "%s is expected, but the filter ends here.", wanted);
    struct text rest = text_slice(p->input, p->token.at, p->token.at + 20);
    return fail_at(p, p->token.at, "%s is expected, not \"%.*s\".", wanted, TEXT_ARGS(rest));
}

static bool take(struct parser *p, enum token_kind kind, const char *wanted)
{
    if (p->token.kind != kind) {
        fail_expected(p, wanted);
        return false;
    }
    advance(p);
    return true;
}

/* "id, state or executionInfo/poolId" */
static void name_properties(const struct filter_table *table, struct buffer *out)
{
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            buffer_add_string(out, i + 1 == table->count ? " or " : ", ");
        buffer_add_string(out, table->properties[i].path);
    }
}

static const struct filter_property *fail_property(struct parser *p)
{
    scoped_buffer struct buffer names = {0};
    buffer_init(&names, 1024);
    name_properties(p->table, &names);
    fail_at(p, p->token.at, "%s can be filtered by %s, not by \"%.*s\".", p->table->list,
        names.failed ? "other properties" : names.at,
        p->token.text.length > 60 ? 60 : (int)p->token.text.length, p->token.text.at);
    return NULL;
}

static const struct filter_property *parse_property(struct parser *p, struct filter *out)
{
    if (p->token.kind != TOKEN_NAME) {
        fail_expected(p, "A property");
        return NULL;
    }
    for (size_t i = 0; i < p->table->count; i++) {
        const struct filter_property *property = &p->table->properties[i];
        if (!text_is(p->token.text, property->path))
            continue;
        out->step_count = filter_steps(p->table->model(), property->path, out->steps);
        out->type = filter_type_of(out->steps[out->step_count - 1]);
        advance(p);
        return property;
    }
    return fail_property(p);
}

static const char *const operator_names[FILTER_OPERATOR_COUNT] = {
    "eq", "ne", "gt", "ge", "lt", "le", "startswith"};

/* "eq or ne" */
static void name_operators(unsigned operators, struct buffer *out)
{
    for (unsigned i = 0, left = operators; i < FILTER_OPERATOR_COUNT; i++) {
        if (!(left & 1u << i))
            continue;
        left &= ~(1u << i);
        buffer_add_string(out, operator_names[i]);
        if (left)
            buffer_add_string(out, left & (left - 1) ? ", " : " or ");
    }
}

static bool operator_allowed(
    struct parser *p, const struct filter_property *property, enum filter_operator op, size_t at)
{
    if (property->operators & 1u << op)
        return true;
    scoped_buffer struct buffer names = {0};
    buffer_init(&names, 256);
    name_operators(property->operators, &names);
    fail_at(p, at, "%s takes %s, not %s.", property->path, names.failed ? "others" : names.at,
        operator_names[op]);
    return false;
}

static bool parse_operator(
    struct parser *p, const struct filter_property *property, enum filter_operator *out)
{
    for (unsigned i = 0; i < FILTER_STARTS; i++) {
        if (!next_is_word(p, operator_names[i]))
            continue;
        *out = (enum filter_operator)i;
        if (!operator_allowed(p, property, *out, p->token.at))
            return false;
        advance(p);
        return true;
    }
    fail_expected(p, "An operator (eq, ne, gt, ge, lt or le)");
    return false;
}

/* '' inside a string becomes '. */
static bool unquote(struct parser *p, struct text quoted, struct text *out)
{
    char *copy = arena_copy(p->arena, quoted.at, quoted.length);
    if (!copy)
        return fail_memory(p->err);
    size_t length = 0;
    for (size_t i = 0; i < quoted.length; i++) {
        copy[length++] = quoted.at[i];
        if (quoted.at[i] == '\'')
            i++;
    }
    *out = (struct text){copy, length};
    return true;
}

static bool parse_string(struct parser *p, const struct field *field, struct filter *out)
{
    size_t at = p->token.at;
    if (p->token.kind != TOKEN_STRING) {
        fail_expected(p, "A text in single quotes");
        return false;
    }
    if (!unquote(p, p->token.text, &out->text))
        return false;
    advance(p);
    if (field->kind != FIELD_ENUM || words_value(field->words, out->text) > 0)
        return true;
    scoped_buffer struct buffer allowed = {0};
    buffer_init(&allowed, 512);
    words_allowed(field->words, &allowed);
    fail_at(p, at, "%s is one of %s.", field->json_name, allowed.failed ? "its words" : allowed.at);
    return false;
}

static bool parse_time(struct parser *p, struct filter *out)
{
    struct text text = p->token.text;
    if (p->token.kind == TOKEN_TIME &&
        (time_parse_iso8601(text, &out->number) || time_parse_http(text, &out->number))) {
        advance(p);
        return true;
    }
    fail_expected(p, "A time such as DateTime'2026-11-23T22:30:11Z'");
    return false;
}

static bool parse_number(struct parser *p, struct filter *out)
{
    if (p->token.kind == TOKEN_NUMBER && json_number_to_i64(p->token.text, &out->number)) {
        advance(p);
        return true;
    }
    fail_expected(p, "A whole number");
    return false;
}

static bool parse_truth(struct parser *p, struct filter *out)
{
    if (!next_is_word(p, "true") && !next_is_word(p, "false")) {
        fail_expected(p, "true or false");
        return false;
    }
    out->number = next_is_word(p, "true");
    advance(p);
    return true;
}

static bool parse_literal(struct parser *p, struct filter *out)
{
    switch (out->type) {
    case FILTER_STRING:
        return parse_string(p, out->steps[out->step_count - 1], out);
    case FILTER_TIME:
        return parse_time(p, out);
    case FILTER_NUMBER:
        return parse_number(p, out);
    case FILTER_TRUTH:
        break;
    }
    return parse_truth(p, out);
}

static struct filter *new_node(struct parser *p, enum filter_kind kind)
{
    struct filter *node = arena_alloc(p->arena, sizeof *node);
    if (!node) {
        fail_memory(p->err);
        return NULL;
    }
    node->kind = kind;
    return node;
}

/* startswith(name,'text') */
static struct filter *parse_startswith(struct parser *p)
{
    struct filter *node = new_node(p, FILTER_COMPARISON);
    size_t at = p->token.at;
    if (!node)
        return NULL;
    advance(p);
    if (!take(p, TOKEN_OPEN, "\"(\""))
        return NULL;
    const struct filter_property *property = parse_property(p, node);
    node->op = FILTER_STARTS;
    if (!property || !operator_allowed(p, property, FILTER_STARTS, at) ||
        !take(p, TOKEN_COMMA, "\",\"") || !parse_literal(p, node) || !take(p, TOKEN_CLOSE, "\")\""))
        return NULL;
    return node;
}

static struct filter *parse_comparison(struct parser *p)
{
    struct filter *node = new_node(p, FILTER_COMPARISON);
    if (!node)
        return NULL;
    const struct filter_property *property = parse_property(p, node);
    if (!property || !parse_operator(p, property, &node->op) || !parse_literal(p, node))
        return NULL;
    return node;
}

static struct filter *parse_group(struct parser *p)
{
    if (p->depth == DEPTH_MAX)
        return fail_at(p, p->token.at, "More than %d parentheses inside each other.", DEPTH_MAX);
    p->depth++;
    advance(p);
    struct filter *inside = parse_or(p);
    p->depth--;
    return inside && take(p, TOKEN_CLOSE, "\")\", and or or") ? inside : NULL;
}

static struct filter *parse_term(struct parser *p)
{
    if (p->token.kind == TOKEN_OPEN)
        return parse_group(p);
    return next_is_word(p, "startswith") ? parse_startswith(p) : parse_comparison(p);
}

/* Operands with one and the same word between them. */
static struct filter *parse_chain(struct parser *p, enum filter_kind kind, const char *word,
    struct filter *(*parse_operand)(struct parser *p))
{
    struct filter *operand = parse_operand(p);
    if (!operand || !next_is_word(p, word))
        return operand;
    struct filter *node = new_node(p, kind), *last = operand;
    if (!node)
        return NULL;
    node->first = operand;
    while (next_is_word(p, word)) {
        advance(p);
        operand = parse_operand(p);
        if (!operand)
            return NULL;
        last->next = operand;
        last = operand;
    }
    return node;
}

static struct filter *parse_and(struct parser *p)
{
    return parse_chain(p, FILTER_AND, "and", parse_term);
}

static struct filter *parse_or(struct parser *p)
{
    return parse_chain(p, FILTER_OR, "or", parse_and);
}

const struct filter *api_filter_parse(
    const struct filter_table *table, struct text text, struct arena *arena, struct azb_error *err)
{
    struct parser p = {.table = table, .input = text, .arena = arena, .err = err};
    advance(&p);
    const struct filter *filter = parse_or(&p);
    if (!filter || p.token.kind == TOKEN_END)
        return filter;
    return fail_expected(&p, "and, or, or the end of the filter");
}
