#include "rbac/findings.h"

/* Room for one more. What it leaves behind dies with the arena. */
static bool grow(struct findings *findings)
{
    if (findings->count < findings->capacity)
        return true;
    size_t capacity = findings->capacity ? 2 * findings->capacity : 16;
    struct lint_finding *at = arena_array(findings->arena, capacity, sizeof(*at));
    if (!at)
        return false;
    if (findings->count > 0)
        memcpy(at, findings->at, findings->count * sizeof(*at));
    findings->at = at;
    findings->capacity = capacity;
    return true;
}

void finding_add_v(
    struct findings *findings, struct lint_finding finding, const char *format, va_list args)
{
    scoped_buffer struct buffer message = {0};
    buffer_init(&message, 64 * 1024);
    buffer_format_v(&message, format, args);
    finding.message =
        message.failed ? NULL : arena_copy(findings->arena, message.at, message.length);
    if (!finding.message || !grow(findings)) {
        findings->arena->failed = true;
        return;
    }
    if (!finding.where)
        finding.where = "";
    if (!finding.value)
        finding.value = "";
    findings->at[findings->count++] = finding;
}

void finding_add(struct findings *findings, struct lint_finding finding, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding_add_v(findings, finding, format, args);
    va_end(args);
}
