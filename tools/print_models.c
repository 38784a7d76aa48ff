/*
 * Prints include/azb/models.h. After a row of api/models.def or api/words.def was changed:
 *
 *     ninja -C build/dev print_models && build/dev/api/print_models > include/azb/models.h
 *
 * It stands on base/ and the rows alone, so that it builds while the header is out of date.
 */
#include <stdio.h>

#include "api/print.h"

int main(void)
{
    struct buffer out;
    buffer_init(&out, 1 << 20);
    api_print_header(&out);
    bool good = !out.failed && fwrite(out.at, 1, out.length, stdout) == out.length;
    buffer_free(&out);
    return good && fflush(stdout) == 0 ? 0 : 1;
}
