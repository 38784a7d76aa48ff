/* Prints include/azb/operations.h to standard output. */
#include "batch/print.h"

int main(void)
{
    struct buffer out;
    buffer_init(&out, 4 << 20);
    batch_print_header(&out);
    bool written = !out.failed && fwrite(out.at, 1, out.length, stdout) == out.length;
    buffer_free(&out);
    return written && fflush(stdout) == 0 ? 0 : 1;
}
