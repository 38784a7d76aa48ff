#include "rbac/condition_operator.h"

#include "base/time.h"
#include "rbac/role.h"

/* A name, its negation, and both again for any case of the letters. */
#define STRING(name, test)                                                                         \
    {"String" name, CONDITION_STRING, test, false, false},                                         \
        {"StringNot" name, CONDITION_STRING, test, true, false},                                   \
        {"String" name "IgnoreCase", CONDITION_STRING, test, false, true},                         \
    {                                                                                              \
        "StringNot" name "IgnoreCase", CONDITION_STRING, test, true, true                          \
    }
#define EQUALITY(prefix, type)                                                                     \
    {prefix "Equals", type, TEST_EQUALS, false, false},                                            \
    {                                                                                              \
        prefix "NotEquals", type, TEST_EQUALS, true, false                                         \
    }
#define ORDER(prefix, type)                                                                        \
    {prefix "LessThan", type, TEST_LESS, false, false},                                            \
        {prefix "LessThanEquals", type, TEST_LESS_EQUALS, false, false},                           \
        {prefix "GreaterThan", type, TEST_GREATER, false, false},                                  \
    {                                                                                              \
        prefix "GreaterThanEquals", type, TEST_GREATER_EQUALS, false, false                        \
    }

static const struct condition_operator operators[] = {
    STRING("Equals", TEST_EQUALS),
    STRING("StartsWith", TEST_STARTS_WITH),
    STRING("Like", TEST_LIKE),
    EQUALITY("Numeric", CONDITION_NUMERIC),
    ORDER("Numeric", CONDITION_NUMERIC),
    EQUALITY("DateTime", CONDITION_DATE_TIME),
    ORDER("DateTime", CONDITION_DATE_TIME),
    EQUALITY("Bool", CONDITION_BOOL),
    EQUALITY("Guid", CONDITION_GUID),
};

#define OPERATOR_COUNT (sizeof(operators) / sizeof(operators[0]))

const struct condition_operator *condition_operator_find(struct text name)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (text_equal_nocase(text_of(operators[i].name), name))
            return &operators[i];
    return NULL;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_byte(char a, char b, bool ignore_case)
{
    return a == b || (ignore_case && lower(a) == lower(b));
}

/* How many bytes at the beginning and, of what is left, at the end are the same. */
static size_t likeness(struct text a, struct text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    size_t start = 0, end = 0;
    while (start < shorter && lower(a.at[start]) == lower(b.at[start]))
        start++;
    while (
        end < shorter - start && lower(a.at[a.length - 1 - end]) == lower(b.at[b.length - 1 - end]))
        end++;
    return start + end;
}

const struct condition_operator *condition_operator_nearest(struct text name)
{
    const struct condition_operator *best = &operators[0];
    for (size_t i = 1; i < OPERATOR_COUNT; i++)
        if (likeness(name, text_of(operators[i].name)) > likeness(name, text_of(best->name)))
            best = &operators[i];
    return best;
}

bool condition_quantifier_find(struct text name, enum condition_quantifier *out)
{
    static const char *const names[] = {
        [QUANTIFIER_ANY_OF_ANY] = "ForAnyOfAnyValues",
        [QUANTIFIER_ALL_OF_ANY] = "ForAllOfAnyValues",
        [QUANTIFIER_ANY_OF_ALL] = "ForAnyOfAllValues",
        [QUANTIFIER_ALL_OF_ALL] = "ForAllOfAllValues",
    };
    for (size_t i = QUANTIFIER_ANY_OF_ANY; i <= QUANTIFIER_ALL_OF_ALL; i++)
        if (text_equal_nocase(text_of(names[i]), name)) {
            *out = (enum condition_quantifier)i;
            return true;
        }
    return false;
}

/* ---- values ---- */

static bool read_integer(struct text text, int64_t *out)
{
    uint64_t magnitude;
    bool negative = text.length > 0 && text.at[0] == '-';
    if (!text_to_u64(negative ? text_slice(text, 1, text.length) : text, INT64_MAX, &magnitude))
        return false;
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

static bool read_bool(struct text text, int64_t *out)
{
    *out = text_equal_nocase(text, TEXT("true"));
    return *out || text_equal_nocase(text, TEXT("false"));
}

/* What can be put into order, as a number; strings and GUIDs are compared as they stand. */
static bool read_number(enum condition_type type, struct text value, int64_t *out)
{
    if (type == CONDITION_NUMERIC)
        return read_integer(value, out);
    if (type == CONDITION_DATE_TIME)
        return time_parse_iso8601(value, out);
    return read_bool(value, out);
}

bool condition_value_is(enum condition_type type, struct text value)
{
    int64_t number;
    if (type == CONDITION_STRING)
        return true;
    if (type == CONDITION_GUID)
        return text_is_guid(value);
    return read_number(type, value, &number);
}

const char *condition_type_text(enum condition_type type)
{
    static const char *const texts[] = {
        [CONDITION_STRING] = "a text in single quotes",
        [CONDITION_NUMERIC] = "an integer",
        [CONDITION_DATE_TIME] = "a time such as '2026-06-01T00:00:00.0Z', in single quotes",
        [CONDITION_BOOL] = "true or false",
        [CONDITION_GUID] = "a GUID such as 00000000-0000-0000-0000-000000000000",
    };
    return texts[type];
}

/* ---- comparing ---- */

static bool starts_with(struct text text, struct text start, bool ignore_case)
{
    if (text.length < start.length)
        return false;
    for (size_t i = 0; i < start.length; i++)
        if (!same_byte(text.at[i], start.at[i], ignore_case))
            return false;
    return true;
}

static size_t character_length(struct text text)
{
    size_t length = text_utf8_length(text);
    return length ? length : 1;
}

/* One element of a pattern: how many bytes it has there, and of the text; 0 when it does not fit.
 */
static size_t step(struct text pattern, struct text text, bool ignore_case, size_t *width)
{
    bool escaped = pattern.length > 1 && pattern.at[0] == '\\' && strchr("*?\\'", pattern.at[1]);
    *width = escaped ? 2 : 1;
    if (text.length == 0)
        return 0;
    if (!escaped && pattern.at[0] == '?')
        return character_length(text);
    return same_byte(text.at[0], pattern.at[escaped], ignore_case) ? 1 : 0;
}

/* '*' is any run of characters, '?' one. The last '*' is the only one worth going back to. */
static bool is_like(struct text text, struct text pattern, bool ignore_case)
{
    size_t at = 0, in = 0;
    size_t star = SIZE_MAX, retry = 0;
    while (at < text.length || in < pattern.length) {
        size_t width = 0, taken = 0;
        if (in < pattern.length && pattern.at[in] == '*') {
            star = ++in;
            retry = at;
            continue;
        }
        if (in < pattern.length)
            taken = step(text_slice(pattern, in, pattern.length), text_slice(text, at, text.length),
                ignore_case, &width);
        if (taken > 0) {
            at += taken;
            in += width;
            continue;
        }
        if (star == SIZE_MAX || retry >= text.length)
            return false;
        retry += character_length(text_slice(text, retry, text.length));
        at = retry;
        in = star;
    }
    return true;
}

static bool test_string(
    const struct condition_operator *operator, struct text left, struct text right)
{
    if (operator->test == TEST_LIKE)
        return is_like(left, right, operator->ignore_case);
    if (operator->test == TEST_EQUALS && left.length != right.length)
        return false;
    return starts_with(left, right, operator->ignore_case);
}

static bool test_number(enum condition_test test, int64_t left, int64_t right)
{
    switch (test) {
    case TEST_LESS:
        return left < right;
    case TEST_LESS_EQUALS:
        return left <= right;
    case TEST_GREATER:
        return left > right;
    case TEST_GREATER_EQUALS:
        return left >= right;
    default:
        return left == right;
    }
}

static enum condition_result result_of(const struct condition_operator *operator, bool holds)
{
    return holds != operator->negated ? CONDITION_TRUE : CONDITION_FALSE;
}

/* An id that ends with a GUID ("/subscriptions/.../roleDefinitions/{guid}") stands for the GUID. */
static enum condition_result compare_guids(
    const struct condition_operator *operator, struct text left, struct text right)
{
    struct text a = role_guid_of(left), b = role_guid_of(right);
    if (!a.at || !b.at)
        return CONDITION_UNKNOWN;
    return result_of(operator, text_equal_nocase(a, b));
}

enum condition_result condition_compare(
    const struct condition_operator *operator, struct text left, struct text right)
{
    int64_t a, b;
    if (operator->type == CONDITION_STRING)
        return result_of(operator, test_string(operator, left, right));
    if (operator->type == CONDITION_GUID)
        return compare_guids(operator, left, right);
    if (!read_number(operator->type, left, &a) || !read_number(operator->type, right, &b))
        return CONDITION_UNKNOWN;
    return result_of(operator, test_number(operator->test, a, b));
}
