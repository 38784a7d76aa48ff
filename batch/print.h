/*
 * batch/print.h - writes include/azb/operations.h from the rows of api/operations.def.
 */
#ifndef BATCH_PRINT_H
#define BATCH_PRINT_H

#include "base/text.h"

/* The whole header. The same rows always give the same bytes. */
void batch_print_header(struct buffer *out);

/* sizeof(struct azb_<operation>_args) as the compiler sees it. */
size_t operation_args_size(size_t operation);

#endif
