/*
 * batch/serve.h - the serve functions: one a row of operations.def, and one for all rows of
 * unserved.def.
 */
#ifndef SERVER_BATCH_SERVE_H
#define SERVER_BATCH_SERVE_H

#include "route.h"

#define PERMISSION(...)
#define PATH(...)
#define QUERY(...)
#define BODY(...)
#define RETURNS(...)
#define CONDITIONS(...)
#define HEADER(...)
#define END_OPERATION(name)
#define OPERATION(name, ...) serve_fn serve_##name;
#include "api/operations.def"
#include "api/operations_end.h"

serve_fn serve_unserved;

#endif
