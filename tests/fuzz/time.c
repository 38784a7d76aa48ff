/*
 * Any bytes as a date and as a duration: what is accepted is written and read again unchanged.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
    if (!ok)
        abort();
}

/* An offset or a leap second can lead out of the years 1 to 9999. */
static bool can_be_written(int64_t ticks)
{
    return ticks >= -TICKS_BEFORE_1970 && ticks < 253402300800 * TICKS_PER_SECOND;
}

static void check_iso8601(struct text text)
{
    int64_t ticks;
    int64_t again;
    char out[TIME_TEXT_MAX];
    if (!time_parse_iso8601(text, &ticks))
        return;
    time_iso8601(ticks, out);
    expect(time_parse_iso8601(text_of(out), &again));
    expect(again == ticks || !can_be_written(ticks));
}

static void check_http(struct text text)
{
    int64_t ticks;
    int64_t again;
    char out[TIME_TEXT_MAX];
    if (!time_parse_http(text, &ticks))
        return;
    time_http(ticks, out);
    expect(time_parse_http(text_of(out), &again));
    expect(again == ticks || !can_be_written(ticks));
}

static void check_duration(struct text text)
{
    int64_t ticks;
    int64_t again;
    char out[TIME_TEXT_MAX];
    if (!duration_parse(text, &ticks))
        return;
    duration_format(ticks, out);
    expect(duration_parse(text_of(out), &again));
    expect(again == ticks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    int64_t ticks = 0;
    char out[TIME_TEXT_MAX];
    check_iso8601(text);
    check_http(text);
    check_duration(text);
    memcpy(&ticks, data, size < sizeof(ticks) ? size : sizeof(ticks));
    time_iso8601(ticks, out);
    time_http(ticks, out);
    duration_format(ticks, out);
    expect(duration_parse(text_of(out), &ticks));
    return 0;
}
