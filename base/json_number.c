/*
 * JSON numbers: their grammar, and their exact conversion.
 */
#include "base/json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the parts of a number are. */
struct number_shape {
    bool negative;
    size_t whole, point, fraction, fraction_end, exponent, end;
};

static bool has_byte(struct text text, size_t at, char c)
{
    return at < text.length && text.at[at] == c;
}

static size_t skip_digits(struct text text, size_t at)
{
    while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9')
        at++;
    return at;
}

/* "e-12" or nothing; false when the digits are missing. */
static bool scan_exponent(struct text text, struct number_shape *shape)
{
    size_t at = shape->fraction_end;
    shape->exponent = shape->end = at;
    if (!has_byte(text, at, 'e') && !has_byte(text, at, 'E'))
        return true;
    shape->exponent = at + 1;
    at += has_byte(text, at + 1, '+') || has_byte(text, at + 1, '-') ? 2 : 1;
    shape->end = skip_digits(text, at);
    return shape->end > at;
}

/* RFC 8259, section 6. False when `text` does not begin with a number. */
static bool scan_number(struct text text, struct number_shape *shape)
{
    shape->negative = has_byte(text, 0, '-');
    shape->whole = shape->negative ? 1 : 0;
    shape->point = skip_digits(text, shape->whole);
    if (shape->point == shape->whole)
        return false;
    if (text.at[shape->whole] == '0' && shape->point > shape->whole + 1)
        return false;
    shape->fraction = shape->fraction_end = shape->point;
    if (has_byte(text, shape->point, '.')) {
        shape->fraction = shape->point + 1;
        shape->fraction_end = skip_digits(text, shape->fraction);
        if (shape->fraction_end == shape->fraction)
            return false;
    }
    return scan_exponent(text, shape);
}

size_t json_number_length(struct text text)
{
    struct number_shape shape;
    return scan_number(text, &shape) ? shape.end : 0;
}

/* Held at a size that no number of digits in memory can make up for. */
static int64_t read_exponent(struct text number, const struct number_shape *shape)
{
    int64_t value = 0;
    size_t at = shape->exponent;
    bool negative = has_byte(number, at, '-');
    if (negative || has_byte(number, at, '+'))
        at++;
    for (; at < shape->end && value < INT64_MAX / 100; at++)
        value = value * 10 + (number.at[at] - '0');
    return negative ? -value : value;
}

/* The value is `digits` of the whole and the fraction, times ten to the power of `exponent`. */
struct decimal {
    uint64_t digits;
    int64_t exponent;
};

/* Trailing zeros go to the exponent at once, so only digits that count can overflow. */
static bool add_digits(struct decimal *decimal, struct text digits, int64_t *zeros)
{
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(digits.at[i] - '0');
        if (digit == 0) {
            (*zeros)++;
            continue;
        }
        for (; *zeros > 0 && decimal->digits > 0; (*zeros)--)
            if (__builtin_mul_overflow(decimal->digits, 10, &decimal->digits))
                return false;
        *zeros = 0;
        if (__builtin_mul_overflow(decimal->digits, 10, &decimal->digits) ||
            __builtin_add_overflow(decimal->digits, digit, &decimal->digits))
            return false;
    }
    return true;
}

/* False when there are more digits than an integer of 64 bits can have. */
static bool read_decimal(
    struct text number, const struct number_shape *shape, struct decimal *decimal)
{
    int64_t zeros = 0;
    struct text whole = text_slice(number, shape->whole, shape->point);
    struct text fraction = text_slice(number, shape->fraction, shape->fraction_end);
    *decimal = (struct decimal){0, read_exponent(number, shape)};
    if (!add_digits(decimal, whole, &zeros) || !add_digits(decimal, fraction, &zeros))
        return false;
    decimal->exponent += zeros - (int64_t)fraction.length;
    return true;
}

bool json_number_to_i64(struct text number, int64_t *out)
{
    struct number_shape shape;
    struct decimal decimal;
    if (!scan_number(number, &shape) || shape.end != number.length ||
        !read_decimal(number, &shape, &decimal))
        return false;
    if (decimal.digits > 0 && decimal.exponent < 0)
        return false;
    for (; decimal.digits > 0 && decimal.exponent > 0; decimal.exponent--)
        if (__builtin_mul_overflow(decimal.digits, 10, &decimal.digits))
            return false;
    if (decimal.digits > (uint64_t)INT64_MAX + (shape.negative ? 1 : 0))
        return false;
    *out = shape.negative ? (int64_t)(0 - decimal.digits) : (int64_t)decimal.digits;
    return true;
}

/* strtod takes the decimal point from the locale; this one is always C. */
static bool to_double(const char *string, double *out)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc: static, no allocation */
    if (!c_locale)
        return false;
    double value = strtod_l(string, NULL, c_locale);
    freelocale(c_locale);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

bool json_number_to_double(struct text number, double *out)
{
    char small[64];
    if (number.length == 0 || json_number_length(number) != number.length)
        return false;
    char *string = number.length < sizeof(small) ? small : memory_alloc(number.length + 1);
    if (!string)
        return false;
    memcpy(string, number.at, number.length);
    string[number.length] = '\0';
    bool ok = to_double(string, out);
    if (string != small)
        memory_free(string);
    return ok;
}
