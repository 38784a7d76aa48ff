#include "rbac/pattern.h"

struct text text_lower(struct arena *arena, struct text text)
{
    char *copy = arena_copy(arena, text.at ? text.at : "", text.length);
    if (!copy)
        return TEXT_NONE;
    for (size_t i = 0; i < text.length; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
    return (struct text){copy, text.length};
}

bool pattern_compile(const char *source, struct arena *arena, struct pattern *out)
{
    struct text all = text_lower(arena, text_of(source));
    if (!all.at)
        return false;
    const char *first = memchr(all.at, '*', all.length);
    if (!first) {
        *out = (struct pattern){.source = source, .head = all};
        return true;
    }
    const char *last = memrchr(all.at, '*', all.length);
    size_t from = (size_t)(first - all.at);
    size_t to = (size_t)(last - all.at);
    *out = (struct pattern){
        .source = source,
        .head = text_slice(all, 0, from),
        .middle = to > from ? text_slice(all, from + 1, to) : TEXT(""),
        .tail = text_slice(all, to + 1, all.length),
        .wild = true,
    };
    return true;
}

/* The literals between wildcards, leftmost first: with '*' on both sides the earliest place is as
 * good as any later one. */
static bool middle_matches(struct text middle, struct text name)
{
    struct text literal;
    while (text_cut(&middle, '*', &literal)) {
        if (literal.length == 0)
            continue;
        const char *found = memmem(name.at, name.length, literal.at, literal.length);
        if (!found)
            return false;
        name = text_slice(name, (size_t)(found - name.at) + literal.length, name.length);
    }
    return true;
}

bool pattern_matches(const struct pattern *pattern, struct text name)
{
    struct text head = pattern->head;
    struct text tail = pattern->tail;
    if (!pattern->wild)
        return text_equal(head, name);
    if (name.length < head.length + tail.length || memcmp(name.at, head.at, head.length) != 0 ||
        memcmp(name.at + name.length - tail.length, tail.at, tail.length) != 0)
        return false;
    return middle_matches(
        pattern->middle, text_slice(name, head.length, name.length - tail.length));
}

static size_t common_prefix(struct text a, struct text b)
{
    size_t length = a.length < b.length ? a.length : b.length;
    size_t i = 0;
    while (i < length && a.at[i] == b.at[i])
        i++;
    return i;
}

static size_t common_suffix(struct text a, struct text b)
{
    size_t length = a.length < b.length ? a.length : b.length;
    size_t i = 0;
    while (i < length && a.at[a.length - 1 - i] == b.at[b.length - 1 - i])
        i++;
    return i;
}

size_t pattern_nearness(const struct pattern *pattern, struct text name)
{
    size_t start = common_prefix(pattern->head, name);
    if (start < pattern->head.length)
        return start;
    struct text rest = text_slice(name, start, name.length);
    return start + common_suffix(pattern->tail, rest);
}
