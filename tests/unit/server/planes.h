/* Planes of the tests' own: the routes that router and exchange are tried with. */
#ifndef TESTS_SERVER_PLANES_H
#define TESTS_SERVER_PLANES_H

#include "route.h"

#define PLANE(function, text, rows)                                                                \
    const struct plane_rows *function(void)                                                        \
    {                                                                                              \
        static const struct plane_rows plane = {.name = (text),                                    \
            .routes = (rows),                                                                      \
            .count = sizeof(rows) / sizeof((rows)[0]),                                             \
            .prepare = test_prepare,                                                               \
            .finish = test_finish,                                                                 \
            .refuse = test_refuse};                                                                \
        return &plane;                                                                             \
    }

#endif
