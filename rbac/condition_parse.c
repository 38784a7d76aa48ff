/*
 * Conditions, read:
 *
 *     condition  = all | any
 *     all        = part *( AND part )          any = part *( OR part )
 *     part       = NOT part | "(" condition ")" | function | comparison
 *     function   = ActionMatches "{" text "}" | SubOperationMatches "{" text "}"
 *                | Exists attribute | NotExists attribute
 *     comparison = operand [ quantifier ":" ] operator operand
 *     operand    = attribute | value | "{" value *( "," value ) "}"
 *     attribute  = "@" source "[" name "]"
 *
 * AND and OR side by side need brackets, as Azure wants them. Words count in any case; "&&", "||"
 * and "!" are AND, OR and NOT.
 */
#include "base/error.h"
#include "rbac/condition_data.h"
#include "rbac/condition_token.h"

/* ---- attributes and values ---- */

static bool read_source(
    struct condition_reader *reader, struct text name, enum condition_source *out)
{
    static const char *const names[] = {
        [CONDITION_REQUEST] = "Request",
        [CONDITION_RESOURCE] = "Resource",
        [CONDITION_PRINCIPAL] = "Principal",
        [CONDITION_ENVIRONMENT] = "Environment",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(text_of(names[i]), name)) {
            *out = (enum condition_source)i;
            return true;
        }
    return token_wrong(reader, reader->token.source,
        "an attribute begins with @Request[, @Resource[, @Principal[ or @Environment[");
}

static bool read_attribute(struct condition_reader *reader, struct condition_name *out)
{
    struct text rest = reader->token.text, source;
    if (reader->token.kind != TOKEN_ATTRIBUTE)
        return token_expected(reader,
            "an attribute such as "
            "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]");
    if (!text_cut(&rest, '[', &source) || !read_source(reader, source, &out->source))
        return false;
    out->name = text_slice(rest, 0, rest.length ? rest.length - 1 : 0);
    if (out->name.length == 0)
        return token_wrong(reader, reader->token.source, "the attribute has no name in its [ ]");
    out->shown = text_string(reader->arena, reader->token.source);
    return out->shown ? token_next(reader) : fail_memory(reader->err);
}

static bool read_value(struct condition_reader *reader, struct text *out)
{
    if (reader->token.kind != TOKEN_STRING && reader->token.kind != TOKEN_BARE)
        return token_expected(reader,
            "a value: a text in single quotes, an integer, true, false or a "
            "GUID");
    *out = reader->token.source;
    return token_next(reader);
}

/* As many values as there are commas up to the closing brace, and one. */
static size_t values_at_most(const struct condition_reader *reader)
{
    size_t count = 1;
    for (size_t i = reader->at; i < reader->whole.length && reader->whole.at[i] != '}'; i++)
        count += reader->whole.at[i] == ',';
    return count;
}

static bool read_set(struct condition_reader *reader, struct condition_operand *out)
{
    struct text *values;
    size_t room = values_at_most(reader);
    if (!token_next(reader))
        return false;
    values = arena_array(reader->arena, room, sizeof(*values));
    if (!values)
        return fail_memory(reader->err);
    out->values = values;
    for (;;) {
        if (out->value_count == room)
            return token_expected(reader, "}");
        if (!read_value(reader, &values[out->value_count++]))
            return false;
        if (reader->token.kind != TOKEN_COMMA)
            return token_skip(reader, TOKEN_BRACE_CLOSE, ", or }");
        if (!token_next(reader))
            return false;
    }
}

static bool read_operand(struct condition_reader *reader, struct condition_operand *out)
{
    *out = (struct condition_operand){.is_attribute = reader->token.kind == TOKEN_ATTRIBUTE};
    if (out->is_attribute)
        return read_attribute(reader, &out->attribute);
    if (reader->token.kind == TOKEN_BRACE_OPEN)
        return read_set(reader, out);
    struct text *value = arena_alloc(reader->arena, sizeof(*value));
    if (!value)
        return fail_memory(reader->err);
    out->values = value;
    out->value_count = 1;
    return read_value(reader, value);
}

/* ---- comparisons ---- */

static bool unknown_function(struct condition_reader *reader, struct text name)
{
    char message[300];
    snprintf(message, sizeof(message),
        "there is no function \"%.*s\"; \"%s\" comes nearest, others begin with String, Numeric, "
        "DateTime, Bool or Guid, after ForAnyOfAnyValues: and its like",
        TEXT_ARGS(token_excerpt(name)), condition_operator_nearest(name)->name);
    return token_wrong(reader, reader->token.source, message);
}

static bool read_operator(struct condition_reader *reader, struct condition_node *node)
{
    struct text rest = reader->token.text, quantifier;
    if (reader->token.kind != TOKEN_WORD)
        return token_expected(
            reader, "a comparison such as StringEquals or ForAnyOfAnyValues:GuidEquals");
    node->quantifier = QUANTIFIER_NONE;
    if (memchr(rest.at, ':', rest.length)) {
        text_cut(&rest, ':', &quantifier);
        if (!condition_quantifier_find(quantifier, &node->quantifier))
            return token_wrong(reader, reader->token.source,
                "before the colon one of ForAnyOfAnyValues, ForAllOfAnyValues, ForAnyOfAllValues, "
                "ForAllOfAllValues is expected");
    }
    node->operator= condition_operator_find(rest);
    if (!node->operator)
        return unknown_function(reader, rest);
    return token_next(reader);
}

/* \' is a quote and \\ a backslash; a pattern keeps its backslashes. */
enum escapes {
    ESCAPES_READ,
    ESCAPES_KEPT,
};

/* Takes the quotes off. */
static bool unquote(
    struct condition_reader *reader, struct text raw, enum escapes escapes, struct text *out)
{
    struct text inner = text_slice(raw, 1, raw.length - 1);
    char *copy = arena_copy(reader->arena, inner.at, inner.length);
    size_t length = 0;
    if (!copy)
        return fail_memory(reader->err);
    for (size_t i = 0; i < inner.length; i++) {
        bool escape = escapes == ESCAPES_READ && inner.at[i] == '\\' && i + 1 < inner.length &&
                      (inner.at[i + 1] == '\'' || inner.at[i + 1] == '\\');
        i += escape;
        copy[length++] = inner.at[i];
    }
    *out = (struct text){copy, length};
    return true;
}

/* Strings and times are quoted, numbers and booleans are not, GUIDs may be. */
static bool is_quoted_as(enum condition_type type, bool quoted)
{
    if (type == CONDITION_GUID)
        return true;
    return quoted == (type == CONDITION_STRING || type == CONDITION_DATE_TIME);
}

static bool settle_value(struct condition_reader *reader, const struct condition_operator *operator,
    enum escapes escapes, struct text *value)
{
    struct text raw = *value;
    bool quoted = raw.at[0] == '\'';
    if (quoted && !unquote(reader, raw, escapes, value))
        return false;
    if (is_quoted_as(operator->type, quoted) && condition_value_is(operator->type, *value))
        return true;
    char message[300];
    snprintf(message, sizeof(message), "%s compares with %s, not with %.*s", operator->name,
        condition_type_text(operator->type), TEXT_ARGS(token_excerpt(raw)));
    return token_wrong(reader, raw, message);
}

static bool settle_operand(struct condition_reader *reader, const struct condition_node *node,
    struct condition_operand *operand, enum escapes escapes)
{
    struct text *values;
    if (operand->is_attribute)
        return true;
    if (node->quantifier == QUANTIFIER_NONE && operand->value_count > 1)
        return token_wrong(reader, operand->values[1],
            "several values need a function such as ForAnyOfAnyValues:StringEquals");
    values = arena_array(reader->arena, operand->value_count, sizeof(*values));
    if (!values)
        return fail_memory(reader->err);
    for (size_t i = 0; i < operand->value_count; i++) {
        values[i] = operand->values[i];
        if (!settle_value(reader, node->operator, escapes, &values[i]))
            return false;
    }
    operand->values = values;
    return true;
}

static bool read_comparison(struct condition_reader *reader, struct condition_node *node)
{
    node->kind = NODE_COMPARISON;
    node->has_comparison = true;
    if (!read_operand(reader, &node->left) || !read_operator(reader, node) ||
        !read_operand(reader, &node->right))
        return false;
    enum escapes right = node->operator->test == TEST_LIKE ? ESCAPES_KEPT : ESCAPES_READ;
    return settle_operand(reader, node, &node->left, ESCAPES_READ) &&
           settle_operand(reader, node, &node->right, right);
}

/* ---- functions ---- */

static bool read_matches(struct condition_reader *reader, struct condition_node *node)
{
    struct text pattern;
    if (!token_next(reader) || !token_skip(reader, TOKEN_BRACE_OPEN, "{ and a pattern in quotes"))
        return false;
    if (reader->token.kind != TOKEN_STRING || reader->token.text.length == 0)
        return token_expected(reader, "a pattern in single quotes such as "
                                      "'Microsoft.Authorization/roleAssignments/write'");
    if (!unquote(reader, reader->token.source, ESCAPES_READ, &pattern))
        return false;
    const char *source = text_string(reader->arena, pattern);
    if (!source || !pattern_compile(source, reader->arena, &node->pattern))
        return fail_memory(reader->err);
    return token_next(reader) && token_skip(reader, TOKEN_BRACE_CLOSE, "}");
}

static bool read_action_matches(struct condition_reader *reader, struct condition_node *node)
{
    node->kind = NODE_ACTION_MATCHES;
    return read_matches(reader, node);
}

static bool read_sub_operation_matches(struct condition_reader *reader, struct condition_node *node)
{
    node->kind = NODE_SUB_OPERATION_MATCHES;
    return read_matches(reader, node);
}

static bool read_exists(struct condition_reader *reader, struct condition_node *node)
{
    node->kind = NODE_EXISTS;
    node->has_comparison = true;
    node->left.is_attribute = true;
    return token_next(reader) && read_attribute(reader, &node->left.attribute);
}

static bool read_not_exists(struct condition_reader *reader, struct condition_node *node)
{
    struct condition_node *inner = arena_alloc(reader->arena, sizeof(*inner));
    if (!inner)
        return fail_memory(reader->err);
    inner->source = reader->token.source;
    node->kind = NODE_NOT;
    node->has_comparison = true;
    node->first = inner;
    return read_exists(reader, inner);
}

static const struct {
    const char *name;
    bool (*read)(struct condition_reader *reader, struct condition_node *node);
} functions[] = {
    {"ActionMatches", read_action_matches},
    {"SubOperationMatches", read_sub_operation_matches},
    {"Exists", read_exists},
    {"NotExists", read_not_exists},
};

/* ---- the whole ---- */

static bool read_any(struct condition_reader *reader, struct condition_node *node);

static bool deeper(struct condition_reader *reader)
{
    if (++reader->depth <= CONDITION_DEPTH_MAX)
        return token_next(reader);
    return token_wrong(
        reader, reader->token.source, "brackets and NOT are nested too deeply; at most 32 levels");
}

static bool read_part(struct condition_reader *reader, struct condition_node *node);

static bool read_not(struct condition_reader *reader, struct condition_node *node)
{
    struct condition_node *inner = arena_alloc(reader->arena, sizeof(*inner));
    if (!inner)
        return fail_memory(reader->err);
    if (!deeper(reader) || !read_part(reader, inner))
        return false;
    node->kind = NODE_NOT;
    node->first = inner;
    node->has_comparison = inner->has_comparison;
    reader->depth--;
    return true;
}

static bool read_bracket(struct condition_reader *reader, struct condition_node *node)
{
    if (!deeper(reader) || !read_any(reader, node) ||
        !token_skip(reader, TOKEN_CLOSE, ") or AND or OR"))
        return false;
    reader->depth--;
    return true;
}

static bool read_function(struct condition_reader *reader, struct condition_node *node)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (text_equal_nocase(text_of(functions[i].name), reader->token.text))
            return functions[i].read(reader, node);
    return token_expected(reader,
        "ActionMatches{'...'}, SubOperationMatches{'...'}, Exists, NotExists, NOT, "
        "( or an @attribute");
}

/* Sets what part of the condition the node is: from its first token to the last one read. */
static bool read_part(struct condition_reader *reader, struct condition_node *node)
{
    const char *start = reader->token.source.at;
    bool read;
    if (reader->token.kind == TOKEN_NOT)
        read = read_not(reader, node);
    else if (reader->token.kind == TOKEN_OPEN)
        read = read_bracket(reader, node);
    else if (reader->token.kind == TOKEN_WORD)
        read = read_function(reader, node);
    else if (reader->token.kind == TOKEN_ATTRIBUTE || reader->token.kind == TOKEN_BRACE_OPEN ||
             reader->token.kind == TOKEN_STRING || reader->token.kind == TOKEN_BARE)
        read = read_comparison(reader, node);
    else
        return token_expected(reader, "ActionMatches{'...'}, an @attribute, NOT or (");
    if (read)
        node->source =
            (struct text){start, (size_t)(reader->last.at + reader->last.length - start)};
    return read;
}

/* The parts of an AND or OR after the first one; `list` becomes the node that holds them. */
static bool read_more(struct condition_reader *reader, struct condition_node *list)
{
    enum token_kind joint = reader->token.kind;
    struct condition_node *last = arena_alloc(reader->arena, sizeof(*last));
    if (!last)
        return fail_memory(reader->err);
    *last = *list;
    *list = (struct condition_node){.kind = joint == TOKEN_AND ? NODE_AND : NODE_OR,
        .first = last,
        .has_comparison = last->has_comparison};
    while (reader->token.kind == joint) {
        struct condition_node *part = arena_alloc(reader->arena, sizeof(*part));
        if (!part)
            return fail_memory(reader->err);
        if (!token_next(reader) || !read_part(reader, part))
            return false;
        list->has_comparison = list->has_comparison || part->has_comparison;
        last->next = part;
        last = part;
    }
    return true;
}

static bool is_joint(enum token_kind kind)
{
    return kind == TOKEN_AND || kind == TOKEN_OR;
}

static bool read_any(struct condition_reader *reader, struct condition_node *node)
{
    const char *start = reader->token.source.at;
    if (!read_part(reader, node))
        return false;
    if (!is_joint(reader->token.kind))
        return true;
    if (!read_more(reader, node))
        return false;
    node->source = (struct text){start, (size_t)(reader->last.at + reader->last.length - start)};
    if (is_joint(reader->token.kind))
        return token_wrong(reader, reader->token.source,
            "AND and OR stand side by side; brackets must say which comes first");
    return true;
}

static bool check_bytes(struct text text, struct azb_error *err)
{
    if (text.length > CONDITION_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "condition: %zu bytes are too many, at most %d",
            text.length, CONDITION_MAX);
    if (text_trim(text).length == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "condition: it is empty");
    if (!text_valid_utf8(text))
        return fail(err, AZB_ERROR_ARGUMENT, "condition: it is not UTF-8");
    for (size_t i = 0; i < text.length; i++)
        if (((unsigned char)text.at[i] < 0x20 && !token_is_space(text.at[i])) || text.at[i] == 0x7f)
            return fail(err, AZB_ERROR_ARGUMENT,
                "condition: a control character stands at byte %zu; only tabs and line ends are "
                "allowed",
                i + 1);
    return true;
}

const struct condition *condition_parse(
    struct text text, struct arena *arena, struct azb_error *err)
{
    struct condition_reader reader = {.arena = arena, .err = err};
    if (!check_bytes(text, err))
        return NULL;
    struct condition *condition = arena_alloc(arena, sizeof(*condition));
    reader.whole = (struct text){arena_copy(arena, text.at, text.length), text.length};
    if (!condition || !reader.whole.at) {
        fail_memory(err);
        return NULL;
    }
    reader.last = reader.token.source = text_slice(reader.whole, 0, 0);
    if (!token_next(&reader) || !read_any(&reader, &condition->root) ||
        (reader.token.kind != TOKEN_END && !token_expected(&reader, "AND, OR or the end")))
        return NULL;
    return condition;
}
