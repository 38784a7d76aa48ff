#include "base/time.h"

#include <stdio.h>
#include <time.h>

#define SECONDS_PER_DAY 86400LL
#define DAYS_BEFORE_1970 719162LL /* from 0001-01-01 */

/* A point in the calendar (proleptic Gregorian, UTC). */
struct moment {
    int year, month, day; /* month and day count from 1 */
    int hour, minute, second;
    int fraction; /* ticks */
    int weekday;  /* 0 is Monday */
};

static const char *const day_names[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char month_names[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const int month_starts[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

int64_t clock_ticks(const struct clock *clock)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t offset_ms = clock ? atomic_load(&clock->offset_ms) : 0;
    return now.tv_sec * TICKS_PER_SECOND + now.tv_nsec / 100 + offset_ms * TICKS_PER_MS;
}

int64_t clock_seconds(const struct clock *clock)
{
    return clock_ticks(clock) / TICKS_PER_SECOND;
}

void clock_move(struct clock *clock, int64_t ms)
{
    atomic_fetch_add(&clock->offset_ms, ms);
}

int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 0001-01-01 to the first of January of `year`. */
static int64_t days_before_year(int year)
{
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

/* Days from the first of January to the first of `month`; 13 gives the length of the year. */
static int days_before_month(int year, int month)
{
    return month_starts[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

static int days_in_month(int year, int month)
{
    return days_before_month(year, month + 1) - days_before_month(year, month);
}

/* `days` from 0001-01-01 to year, month and day. */
static void set_date(struct moment *m, int64_t days)
{
    m->weekday = (int)(days % 7); /* 0001-01-01 was a Monday */
    /* By the mean year: right, or one too early, as no year begins a whole day after its mean. */
    m->year = (int)(days * 400 / 146097) + 1;
    if (days >= days_before_year(m->year + 1))
        m->year++;
    int day = (int)(days - days_before_year(m->year));
    m->month = day / 31 + 1;
    if (day >= days_before_month(m->year, m->month + 1))
        m->month++;
    m->day = day - days_before_month(m->year, m->month) + 1;
}

/* Years 1 to 9999, as .NET's DateTime: what is outside becomes the nearest of these. */
static struct moment moment_of(int64_t ticks)
{
    const int64_t last = days_before_year(10000) * SECONDS_PER_DAY * TICKS_PER_SECOND - 1;
    if (ticks < -TICKS_BEFORE_1970)
        ticks = -TICKS_BEFORE_1970;
    if (ticks > last - TICKS_BEFORE_1970)
        ticks = last - TICKS_BEFORE_1970;
    ticks += TICKS_BEFORE_1970;
    int64_t seconds = ticks / TICKS_PER_SECOND;
    int of_day = (int)(seconds % SECONDS_PER_DAY);
    struct moment m = {
        .hour = of_day / 3600,
        .minute = of_day / 60 % 60,
        .second = of_day % 60,
        .fraction = (int)(ticks % TICKS_PER_SECOND),
    };
    set_date(&m, seconds / SECONDS_PER_DAY);
    return m;
}

static bool is_legal(const struct moment *m, int last_second)
{
    return m->year >= 1 && m->month >= 1 && m->month <= 12 && m->day >= 1 &&
           m->day <= days_in_month(m->year, m->month) && m->hour <= 23 && m->minute <= 59 &&
           m->second <= last_second;
}

static int64_t ticks_of(const struct moment *m)
{
    int64_t days = days_before_year(m->year) + days_before_month(m->year, m->month) + m->day - 1;
    int64_t seconds = (days - DAYS_BEFORE_1970) * SECONDS_PER_DAY + m->hour * 3600LL +
                      m->minute * 60LL + m->second;
    return seconds * TICKS_PER_SECOND + m->fraction;
}

/* Dates are in all that Batch answers, some of them in each item of a list; snprintf takes three
 * times as long. */
static char *put_number(char *out, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

static char *put_text(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

/* ".1234567" without trailing zeros, or nothing. */
static char *put_fraction(char *out, int fraction)
{
    int digits = 7;
    if (fraction == 0)
        return out;
    for (; fraction % 10 == 0; digits--)
        fraction /= 10;
    *out = '.';
    return put_number(out + 1, fraction, digits);
}

static char *put_date(char *out, const struct moment *m, char separator)
{
    out = put_number(out, m->year, 4);
    *out++ = '-';
    out = put_number(out, m->month, 2);
    *out++ = '-';
    out = put_number(out, m->day, 2);
    *out++ = separator;
    return out;
}

static char *put_clock(char *out, const struct moment *m)
{
    out = put_number(out, m->hour, 2);
    *out++ = ':';
    out = put_number(out, m->minute, 2);
    *out++ = ':';
    return put_number(out, m->second, 2);
}

void time_iso8601(int64_t ticks, char out[TIME_TEXT_MAX])
{
    struct moment m = moment_of(ticks);
    char *at = put_clock(put_date(out, &m, 'T'), &m);
    at = put_fraction(at, m.fraction);
    put_text(at, "Z", sizeof("Z"));
}

void time_entra(int64_t ticks, char out[TIME_TEXT_MAX])
{
    struct moment m = moment_of(ticks);
    char *at = put_clock(put_date(out, &m, ' '), &m);
    put_text(at, "Z", sizeof("Z"));
}

void time_http(int64_t ticks, char out[TIME_TEXT_MAX])
{
    struct moment m = moment_of(ticks);
    char *at = put_text(out, day_names[m.weekday], 3);
    at = put_text(at, ", ", 2);
    at = put_number(at, m.day, 2);
    *at++ = ' ';
    at = put_text(at, month_names[m.month - 1], 3);
    *at++ = ' ';
    at = put_number(at, m.year, 4);
    *at++ = ' ';
    put_text(put_clock(at, &m), " GMT", sizeof(" GMT"));
}

/* The parsers below eat what they recognize from the front of `rest`. */

static bool eat(struct text *rest, const char *word)
{
    if (!text_starts(*rest, word))
        return false;
    *rest = text_slice(*rest, strlen(word), rest->length);
    return true;
}

/* Exactly `digits` digits. */
static bool eat_number(struct text *rest, size_t digits, int *out)
{
    uint64_t value;
    if (rest->length < digits || !text_to_u64(text_slice(*rest, 0, digits), INT32_MAX, &value))
        return false;
    *out = (int)value;
    *rest = text_slice(*rest, digits, rest->length);
    return true;
}

/* "." and 1 to `most` digits, as ticks; what is finer than a tick is dropped. */
static bool eat_fraction(struct text *rest, size_t most, int *ticks)
{
    int value = 0;
    size_t digits = 0;
    if (!eat(rest, "."))
        return false;
    for (; digits < rest->length && rest->at[digits] >= '0' && rest->at[digits] <= '9'; digits++)
        if (digits < 7)
            value = value * 10 + (rest->at[digits] - '0');
    if (digits == 0 || digits > most)
        return false;
    *rest = text_slice(*rest, digits, rest->length);
    for (; digits < 7; digits++)
        value *= 10;
    *ticks = value;
    return true;
}

static bool eat_clock(struct text *rest, struct moment *m)
{
    return eat_number(rest, 2, &m->hour) && eat(rest, ":") && eat_number(rest, 2, &m->minute) &&
           eat(rest, ":") && eat_number(rest, 2, &m->second);
}

/* "", "Z" or "+hh:mm": seconds east of UTC. */
static bool eat_zone(struct text *rest, int *east)
{
    int hour;
    int minute;
    *east = 0;
    if (rest->length == 0 || eat(rest, "Z") || eat(rest, "z"))
        return true;
    bool west = eat(rest, "-");
    if (!west && !eat(rest, "+"))
        return false;
    if (!eat_number(rest, 2, &hour) || !eat(rest, ":") || !eat_number(rest, 2, &minute))
        return false;
    *east = (hour * 3600 + minute * 60) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

bool time_parse_iso8601(struct text text, int64_t *ticks)
{
    struct moment m = {0};
    int east;
    if (!eat_number(&text, 4, &m.year) || !eat(&text, "-") || !eat_number(&text, 2, &m.month) ||
        !eat(&text, "-") || !eat_number(&text, 2, &m.day))
        return false;
    if ((!eat(&text, "T") && !eat(&text, "t")) || !eat_clock(&text, &m))
        return false;
    if (text_starts(text, ".") && !eat_fraction(&text, 9, &m.fraction))
        return false;
    if (!eat_zone(&text, &east) || text.length > 0 || !is_legal(&m, 59))
        return false;
    *ticks = ticks_of(&m) - east * TICKS_PER_SECOND;
    return true;
}

static bool eat_month(struct text *rest, int *month)
{
    for (int i = 0; i < 12; i++)
        if (eat(rest, month_names[i])) {
            *month = i + 1;
            return true;
        }
    return false;
}

/* " 6" or "16", as asctime() writes. */
static bool eat_padded_day(struct text *rest, int *day)
{
    return eat(rest, " ") ? eat_number(rest, 1, day) : eat_number(rest, 2, day);
}

/* RFC 9110, section 5.6.7: a year that appears to be more than 50 years ahead is in the past. */
static bool eat_short_year(struct text *rest, int *year)
{
    int now = moment_of(clock_ticks(NULL)).year;
    if (!eat_number(rest, 2, year))
        return false;
    *year += now / 100 * 100;
    if (*year > now + 50)
        *year -= 100;
    return true;
}

/* "06 Nov 1994 08:49:37 GMT" after "Sun, ". */
static bool parse_imf(struct text rest, struct moment *m)
{
    return eat(&rest, ", ") && eat_number(&rest, 2, &m->day) && eat(&rest, " ") &&
           eat_month(&rest, &m->month) && eat(&rest, " ") && eat_number(&rest, 4, &m->year) &&
           eat(&rest, " ") && eat_clock(&rest, m) && text_is(rest, " GMT");
}

/* "06-Nov-94 08:49:37 GMT" after "Sunday, ". */
static bool parse_rfc850(struct text rest, struct moment *m)
{
    return eat(&rest, ", ") && eat_number(&rest, 2, &m->day) && eat(&rest, "-") &&
           eat_month(&rest, &m->month) && eat(&rest, "-") && eat_short_year(&rest, &m->year) &&
           eat(&rest, " ") && eat_clock(&rest, m) && text_is(rest, " GMT");
}

/* "Nov  6 08:49:37 1994" after "Sun ". */
static bool parse_asctime(struct text rest, struct moment *m)
{
    return eat(&rest, " ") && eat_month(&rest, &m->month) && eat(&rest, " ") &&
           eat_padded_day(&rest, &m->day) && eat(&rest, " ") && eat_clock(&rest, m) &&
           eat(&rest, " ") && eat_number(&rest, 4, &m->year) && rest.length == 0;
}

static bool parse_http_moment(struct text rest, struct moment *m)
{
    for (int i = 0; i < 7; i++) {
        char short_name[4];
        snprintf(short_name, sizeof(short_name), "%.3s", day_names[i]);
        if (eat(&rest, day_names[i]))
            return parse_rfc850(rest, m);
        if (eat(&rest, short_name))
            return text_starts(rest, ",") ? parse_imf(rest, m) : parse_asctime(rest, m);
    }
    return false;
}

bool time_parse_http(struct text text, int64_t *ticks)
{
    struct moment m = {0};
    if (!parse_http_moment(text, &m) || !is_legal(&m, 60))
        return false;
    *ticks = ticks_of(&m);
    return true;
}

/* The parts of a duration, in the order that they must have. */
static const struct duration_part {
    char letter;
    bool after_t;
    uint64_t ticks;
} duration_parts[] = {
    {'D', false, SECONDS_PER_DAY *TICKS_PER_SECOND},
    {'H', true, 3600 * TICKS_PER_SECOND},
    {'M', true, 60 * TICKS_PER_SECOND},
    {'S', true, TICKS_PER_SECOND},
};
#define DURATION_PARTS (sizeof(duration_parts) / sizeof(duration_parts[0]))

static size_t digit_run(struct text text)
{
    size_t run = 0;
    while (run < text.length && text.at[run] >= '0' && text.at[run] <= '9')
        run++;
    return run;
}

/* "12H" or "1.5S" is eaten and added to `total`; `next` is the first part that may still come. */
static bool eat_part(struct text *rest, bool after_t, size_t *next, uint64_t *total)
{
    uint64_t value;
    int fraction = 0;
    size_t digits = digit_run(*rest);
    if (!text_to_u64(text_slice(*rest, 0, digits), UINT64_MAX, &value))
        return false;
    *rest = text_slice(*rest, digits, rest->length);
    bool has_fraction = text_starts(*rest, ".");
    if (has_fraction && !eat_fraction(rest, SIZE_MAX, &fraction))
        return false;
    for (; *next < DURATION_PARTS; (*next)++) {
        const struct duration_part *part = &duration_parts[*next];
        if (rest->length == 0 || rest->at[0] != part->letter || part->after_t != after_t)
            continue;
        (*next)++;
        *rest = text_slice(*rest, 1, rest->length);
        return (!has_fraction || part->letter == 'S') &&
               !__builtin_mul_overflow(value, part->ticks, &value) &&
               !__builtin_add_overflow(*total, value, total) &&
               !__builtin_add_overflow(*total, (uint64_t)fraction, total);
    }
    return false;
}

static bool parse_parts(struct text rest, uint64_t *total)
{
    size_t next = 0;
    if (rest.length == 0)
        return false;
    if (!text_starts(rest, "T") && !eat_part(&rest, false, &next, total))
        return false;
    if (rest.length == 0)
        return true;
    if (!eat(&rest, "T") || rest.length == 0)
        return false;
    while (rest.length > 0)
        if (!eat_part(&rest, true, &next, total))
            return false;
    return true;
}

bool duration_parse(struct text text, int64_t *ticks)
{
    uint64_t total = 0;
    bool negative = eat(&text, "-");
    if (!eat(&text, "P") || !parse_parts(text, &total))
        return false;
    if (total > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *ticks = negative ? (int64_t)(0 - total) : (int64_t)total;
    return true;
}

void duration_format(int64_t ticks, char out[TIME_TEXT_MAX])
{
    uint64_t left = ticks < 0 ? 0 - (uint64_t)ticks : (uint64_t)ticks;
    size_t length = (size_t)snprintf(out, TIME_TEXT_MAX, ticks < 0 ? "-P" : "P");
    bool t_written = false;
    for (size_t i = 0; i < DURATION_PARTS; i++) {
        const struct duration_part *part = &duration_parts[i];
        bool is_seconds = part->letter == 'S';
        uint64_t value = left / part->ticks;
        left %= part->ticks;
        if (value == 0 && !(is_seconds && (left > 0 || ticks == 0)))
            continue;
        char fraction[9] = "";
        if (is_seconds)
            *put_fraction(fraction, (int)left) = '\0';
        length += (size_t)snprintf(out + length, TIME_TEXT_MAX - length, "%s%llu%s%c",
            part->after_t && !t_written ? "T" : "", (unsigned long long)value, fraction,
            part->letter);
        t_written = t_written || part->after_t;
    }
}
