/*
 * api/print.h - writes include/azb/models.h from the tables.
 */
#ifndef API_PRINT_H
#define API_PRINT_H

#include "base/text.h"

/* The whole header. The same tables always give the same bytes. */
void api_print_header(struct buffer *out);

#endif
