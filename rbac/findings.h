/*
 * rbac/findings.h - the list that findings go into, for the reader of role definitions and lint.
 */
#ifndef RBAC_FINDINGS_H
#define RBAC_FINDINGS_H

#include "rbac/lint.h"

struct findings {
    struct arena *arena; /* has failed when a finding could not be added */
    struct lint_finding *at;
    size_t count, capacity;
};

/* Adds one; its message is formatted. The other texts must live as long as the arena; `where` and
 * `value` may be NULL for "". */
void finding_add(struct findings *findings, struct lint_finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_add_v(struct findings *findings, struct lint_finding finding, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));

#endif
