/*
 * base/time.h - the clock (replaceable) and the date forms that Entra and Batch use.
 *
 * Instants are `int64_t` ticks of 100 ns since 1970-01-01 UTC (Batch shows seven digits); spans in
 * milliseconds say so in their names.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

#define TICKS_PER_SECOND 10000000LL
#define TICKS_PER_MS 10000LL
/* Ticks from 0001-01-01 to 1970-01-01: what .NET counts from (Batch's ETag). */
#define TICKS_BEFORE_1970 621355968000000000LL

/* A clock that tests and test controls move. Moving it is the only way time differs from real. */
struct clock {
    _Atomic int64_t offset_ms; /* added to real time */
};

/* NULL is the real clock. */
int64_t clock_ticks(const struct clock *clock);
int64_t clock_seconds(const struct clock *clock);
void clock_move(struct clock *clock, int64_t ms);
/* Never jumps; for deadlines and spans. Not moved by clock_move. */
int64_t monotonic_ms(void);

#define TIME_TEXT_MAX 40

/* "2026-11-23T22:30:11.1234567Z": up to seven digits, trailing zeros trimmed, as Batch writes. */
void time_iso8601(int64_t ticks, char out[TIME_TEXT_MAX]);
/* "2026-11-23 22:30:11Z", as Entra's errors write. */
void time_entra(int64_t ticks, char out[TIME_TEXT_MAX]);
/* "Mon, 23 Nov 2026 22:30:11 GMT" (RFC 9110 IMF-fixdate). */
void time_http(int64_t ticks, char out[TIME_TEXT_MAX]);
/* ISO 8601 with zone "Z" or +hh:mm (no zone is taken as UTC), fraction up to 9 digits. */
bool time_parse_iso8601(struct text text, int64_t *ticks);
/* RFC 9110 HTTP-date (the IMF form, and the two obsolete ones). */
bool time_parse_http(struct text text, int64_t *ticks);

/* ISO 8601 duration without years and months ("P7D", "PT15M", "P10675199DT2H48M5.4775807S"). */
bool duration_parse(struct text text, int64_t *ticks);
/* As .NET's XmlConvert writes a TimeSpan: "PT15M", "P7D", "PT0S". */
void duration_format(int64_t ticks, char out[TIME_TEXT_MAX]);
/* TimeSpan.MaxValue, which Batch writes for "unlimited". */
#define DURATION_UNLIMITED INT64_MAX
#define DURATION_UNLIMITED_TEXT "P10675199DT2H48M5.4775807S"

#endif
