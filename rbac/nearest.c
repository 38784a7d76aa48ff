#include "rbac/nearest.h"

#include "base/distance.h"
#include "rbac/pattern.h"

enum { SEGMENTS_MAX = 12, MISSING = 3, FAR = 1000 };

struct segments {
    struct text at[SEGMENTS_MAX];
    size_t count; /* 0: too many */
};

static void split(struct text name, struct segments *out)
{
    struct text segment;
    out->count = 0;
    while (text_cut(&name, '/', &segment)) {
        if (out->count == SEGMENTS_MAX) {
            out->count = 0;
            return;
        }
        out->at[out->count++] = segment;
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Every provider is a Microsoft: that is no nearness. */
static struct text without_vendor(struct text segment)
{
    static const char vendor[] = "microsoft.";
    return text_starts(segment, vendor) ? text_slice(segment, sizeof(vendor) - 1, segment.length)
                                        : segment;
}

/* Letters to change, FAR when it is another word. */
static size_t letters(struct text given, struct text known)
{
    given = without_vendor(given);
    known = without_vendor(known);
    if (text_equal(given, known))
        return 0;
    size_t most = (known.length + 1) / 3;
    if (given.length > known.length + most || known.length > given.length + most)
        return FAR;
    size_t distance = text_distance(given, known);
    return distance <= most ? distance : FAR;
}

/* row[j]: what it costs to make the first j segments of `known` out of all that is given. */
static void cost_row(
    const struct segments *given, const struct segments *known, size_t row[SEGMENTS_MAX + 1])
{
    for (size_t j = 0; j <= known->count; j++)
        row[j] = j * MISSING;
    for (size_t i = 0; i < given->count; i++) {
        size_t before = row[0];
        row[0] = FAR;
        for (size_t j = 1; j <= known->count; j++) {
            size_t cost = before + letters(given->at[i], known->at[j - 1]);
            before = row[j];
            row[j] = smaller(cost, row[j - 1] + MISSING);
        }
    }
}

/* Rows of the catalogue in lower case, one at a time. */
static bool split_operation(
    const struct rbac_operation *operation, char *lower, size_t size, struct segments *out)
{
    if (operation->length >= size)
        return false;
    for (size_t i = 0; i < operation->length; i++) {
        char c = operation->name[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    split((struct text){lower, operation->length}, out);
    return out->count > 0;
}

const struct rbac_operation *nearest_operation(struct text name, size_t limit)
{
    struct segments given, known;
    size_t count, best = limit + 1;
    const struct rbac_operation *rows = rbac_operations(&count), *nearest = NULL;
    split(name, &given);
    for (size_t i = 0; given.count > 1 && i < count; i++) { /* a verb alone may be any */
        char lower[256];
        size_t row[SEGMENTS_MAX + 1];
        if (!split_operation(&rows[i], lower, sizeof(lower), &known))
            continue;
        cost_row(&given, &known, row);
        if (row[known.count] >= best)
            continue;
        best = row[known.count];
        nearest = &rows[i];
    }
    return nearest;
}

const struct rbac_operation *operation_nearest(struct text name)
{
    char lower[256];
    if (name.length >= sizeof(lower))
        return NULL;
    for (size_t i = 0; i < name.length; i++)
        lower[i] =
            name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] + ('a' - 'A')) : name.at[i];
    return nearest_operation((struct text){lower, name.length}, NEAREST_LIMIT);
}

/* ---- patterns ---- */

/* The beginning of `operation` up to its segment number `segments`, and what follows in the
 * pattern. */
static const char *joined(
    const struct rbac_operation *operation, size_t segments, struct text rest, struct arena *arena)
{
    size_t end = 0;
    for (size_t i = 0; i < segments; i++) {
        const char *slash = strchr(operation->name + end, '/');
        end = slash ? (size_t)(slash - operation->name) + 1 : operation->length;
    }
    return arena_format(arena, "%.*s%.*s", (int)end, operation->name, TEXT_ARGS(rest));
}

/* An operation that the pattern covers, of this kind if there is one; or NULL. */
static const struct rbac_operation *any_covered(
    const char *text, enum rbac_kind kind, struct arena *arena)
{
    const struct rbac_operation *found = NULL;
    struct pattern pattern;
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    if (!text || !pattern_compile(text, arena, &pattern))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct text lower = text_lower(arena, text_of(rows[i].name));
        if (!lower.at || !pattern_matches(&pattern, lower))
            continue;
        if (rows[i].kind == kind)
            return &rows[i];
        found = found ? found : &rows[i];
    }
    return found;
}

/* The literal segments before the one with the first '*'; `rest` begins with that one. */
static struct text literal_beginning(struct text pattern, struct text *rest)
{
    const char *star = memchr(pattern.at, '*', pattern.length);
    size_t end = star ? (size_t)(star - pattern.at) : pattern.length;
    while (end > 0 && pattern.at[end - 1] != '/')
        end--;
    *rest = text_slice(pattern, end, pattern.length);
    return text_slice(pattern, 0, end > 0 ? end - 1 : 0);
}

const char *nearest_pattern(struct text pattern, size_t limit, enum rbac_kind kind,
    struct arena *arena, const struct rbac_operation **covered)
{
    struct segments given, known;
    struct text rest;
    size_t count, best = limit + 1, segments = 0;
    const struct rbac_operation *rows = rbac_operations(&count), *nearest = NULL;
    struct text beginning = literal_beginning(pattern, &rest);
    split(beginning, &given);
    for (size_t i = 0; beginning.length > 0 && given.count > 0 && i < count; i++) {
        char lower[256];
        size_t row[SEGMENTS_MAX + 1];
        if (!split_operation(&rows[i], lower, sizeof(lower), &known))
            continue;
        cost_row(&given, &known, row);
        for (size_t j = 1; j < known.count; j++)
            if (row[j] > 0 && row[j] < best) {
                best = row[j];
                nearest = &rows[i];
                segments = j;
            }
    }
    const char *text = nearest ? joined(nearest, segments, rest, arena) : NULL;
    *covered = text ? any_covered(text, kind, arena) : NULL;
    return *covered ? text : NULL;
}
