#include <stdarg.h>

#include "service.h"

void service_log(const char *area, const char *format, ...)
{
    char when[TIME_TEXT_MAX], line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    time_iso8601(clock_ticks(NULL), when);
    /* One call, one line: threads do not mix. A line break inside cannot fake another line. */
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    fprintf(stderr, "%s %s: %s\n", when, area, line);
}
