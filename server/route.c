#include "route.h"

#include <assert.h>

#include "base/error.h"

#define SEGMENTS_MAX 32         /* of a path */
#define PATTERN_SEGMENTS_MAX 16 /* of a row */
#define BUCKETS 1024

/* One segment of a pattern: a literal, or "before{variable}after". */
struct segment {
    struct text before, after;
    bool is_variable;
};

struct pattern {
    struct pattern *next; /* of its bucket, the more literal one first */
    const struct route *route;
    enum plane plane;
    bool has_scope; /* begins with "{scope*}", which is none of the segments */
    bool has_path;  /* ends with "{filePath}", which takes one segment or more */
    size_t count;
    struct segment segments[PATTERN_SEGMENTS_MAX];
};

/* Buckets are keyed by plane, method, number of segments and the first segment if it is literal;
 * patterns with a scope by plane and method. */
struct router {
    struct pattern *buckets[BUCKETS];
    size_t count;
    struct pattern patterns[];
};

/* The segments of a raw path. */
struct split {
    size_t count;
    struct text segments[SEGMENTS_MAX];
};

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

/* Splitting */

/* False: more segments than any row has. */
static bool split_path(struct text path, struct split *out)
{
    while (path.length > 0 && path.at[0] == '/')
        path = text_slice(path, 1, path.length);
    if (path.length > 0 && path.at[path.length - 1] == '/')
        path.length--;
    out->count = 0;
    struct text piece;
    if (path.length == 0)
        return true;
    while (text_cut(&path, '/', &piece)) {
        if (out->count == SEGMENTS_MAX)
            return false;
        out->segments[out->count++] = piece;
    }
    return true;
}

/* Patterns */

static struct segment parse_segment(struct text text)
{
    const char *open = memchr(text.at, '{', text.length);
    if (!open)
        return (struct segment){.before = text};
    size_t from = (size_t)(open - text.at);
    /* The last one: "certificates(a={a},b={b})" has one variable, all that is inside. */
    const char *close = memrchr(open, '}', text.length - from);
    assert(close && "a pattern's '{' has no '}'");
    size_t to = (size_t)(close - text.at) + 1;
    return (struct segment){text_slice(text, 0, from), text_slice(text, to, text.length), true};
}

static void parse_pattern(struct pattern *pattern)
{
    struct text path = text_of(pattern->route->path);
    const struct text scope = TEXT("/{scope*}");
    pattern->has_scope = text_starts(path, scope.at);
    if (pattern->has_scope)
        path = text_slice(path, scope.length, path.length);
    struct split split;
    bool fits = split_path(path, &split) && split.count <= PATTERN_SEGMENTS_MAX;
    assert(fits && "a pattern has too many segments");
    pattern->count = fits ? split.count : 0;
    for (size_t i = 0; i < pattern->count; i++)
        pattern->segments[i] = parse_segment(split.segments[i]);
    pattern->has_path = text_ends(path, "/{filePath}");
}

/* The index */

static uint64_t hash_bytes(uint64_t hash, struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ ((unsigned char)text.at[i] | 0x20)) * 0x100000001B3u; /* FNV-1a */
    return hash;
}

/* `first` is TEXT_NONE for a variable. */
static size_t bucket_of(enum plane plane, const char *method, size_t count, struct text first)
{
    uint64_t hash = 0xCBF29CE484222325u + (uint64_t)plane * 8191 + count * 131;
    hash = hash_bytes(hash, text_of(method));
    hash = hash_bytes(hash, first);
    return (size_t)(hash ^ hash >> 32) % BUCKETS;
}

#define ANY_COUNT SEGMENTS_MAX /* of patterns with a scope */

static size_t bucket_of_pattern(const struct pattern *pattern)
{
    const char *method = pattern->route->method;
    if (pattern->has_scope)
        return bucket_of(pattern->plane, method, ANY_COUNT, TEXT_NONE);
    bool literal = pattern->count > 0 && !pattern->segments[0].is_variable;
    return bucket_of(
        pattern->plane, method, pattern->count, literal ? pattern->segments[0].before : TEXT_NONE);
}

/* Earlier literals, then longer literal parts ("a{b}" before "{b}"), go first. */
static bool goes_before(const struct pattern *a, const struct pattern *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct segment *x = &a->segments[i], *y = &b->segments[i];
        if (x->is_variable != y->is_variable)
            return y->is_variable;
        size_t length_x = x->before.length + x->after.length;
        size_t length_y = y->before.length + y->after.length;
        if (x->is_variable && length_x != length_y)
            return length_x > length_y;
    }
    return a->count > b->count;
}

static void add_pattern(struct router *router, enum plane plane, const struct route *route)
{
    struct pattern *pattern = &router->patterns[router->count++];
    pattern->plane = plane;
    pattern->route = route;
    parse_pattern(pattern);
    struct pattern **at = &router->buckets[bucket_of_pattern(pattern)];
    while (*at && !goes_before(pattern, *at))
        at = &(*at)->next;
    pattern->next = *at;
    *at = pattern;
}

const struct route *route_row(const struct plane_rows *rows, size_t at)
{
    if (at < rows->count)
        return &rows->routes[at];
    at -= rows->count;
    for (const struct route_table *const *table = rows->tables; table && *table; table++) {
        if (at < (*table)->count)
            return &(*table)->routes[at];
        at -= (*table)->count;
    }
    return NULL;
}

static size_t count_rows(void)
{
    size_t count = 0;
    for (enum plane plane = 0; plane < PLANES; plane++)
        for (size_t i = 0; route_row(route_rows(plane), i); i++)
            count++;
    return count;
}

struct router *router_new(struct azb_error *err)
{
    size_t count = count_rows();
    struct router *router = memory_alloc(sizeof(*router) + count * sizeof(struct pattern));
    if (!router) {
        fail_memory(err);
        return NULL;
    }
    const struct route *route;
    for (enum plane plane = 0; plane < PLANES; plane++)
        for (size_t i = 0; (route = route_row(route_rows(plane), i)); i++)
            add_pattern(router, plane, route);
    return router;
}

void router_free(struct router *router)
{
    memory_free(router);
}

/* Matching */

static bool segment_fits(const struct segment *segment, struct text raw)
{
    if (!segment->is_variable)
        return text_equal_nocase(segment->before, raw);
    size_t fixed = segment->before.length + segment->after.length;
    if (raw.length <= fixed)
        return false;
    struct text start = text_slice(raw, 0, segment->before.length);
    struct text end = text_slice(raw, raw.length - segment->after.length, raw.length);
    return text_equal_nocase(start, segment->before) && text_equal_nocase(end, segment->after);
}

static bool pattern_fits(const struct pattern *pattern, const struct split *split)
{
    bool takes_more = pattern->has_scope || pattern->has_path;
    if (takes_more ? split->count < pattern->count : split->count != pattern->count)
        return false;
    size_t skip = pattern->has_scope ? split->count - pattern->count : 0;
    for (size_t i = pattern->count; i-- > 0;)
        if (!segment_fits(&pattern->segments[i], split->segments[skip + i]))
            return false;
    return true;
}

struct search {
    const struct router *router;
    enum plane plane;
    struct split split;
};

static const struct pattern *search_bucket(
    const struct search *search, const char *method, size_t count, struct text first)
{
    size_t bucket = bucket_of(search->plane, method, count, first);
    const struct pattern *pattern = search->router->buckets[bucket];
    for (; pattern; pattern = pattern->next)
        if (pattern->plane == search->plane && strcmp(pattern->route->method, method) == 0 &&
            pattern_fits(pattern, &search->split))
            return pattern;
    return NULL;
}

static const struct pattern *find_method(const struct search *search, const char *method)
{
    const struct split *split = &search->split;
    const struct pattern *found = NULL;
    if (split->count > 0)
        found = search_bucket(search, method, split->count, split->segments[0]);
    if (!found)
        found = search_bucket(search, method, split->count, TEXT_NONE);
    for (size_t count = split->count; !found && count-- > 1;)
        found = search_bucket(search, method, count, split->segments[0]);
    if (!found)
        found = search_bucket(search, method, ANY_COUNT, TEXT_NONE);
    if (!found && strcmp(method, "HEAD") == 0)
        return find_method(search, "GET");
    return found;
}

/* Values */

static bool bad_escape(struct azb_error *err)
{
    return fail_status(err, 400, "",
        "the path is not well-formed: a '%%' must be followed by "
        "two hexadecimal digits, and the text must be UTF-8");
}

static bool decode(
    struct request *request, struct text raw, struct text *out, struct azb_error *err)
{
    *out = raw;
    if (memchr(raw.at, '%', raw.length) && !text_percent_decode(&request->arena, raw, false, out))
        return request->arena.failed ? fail_memory(err) : bad_escape(err);
    return text_valid_utf8(*out) || bad_escape(err);
}

/* "/subscriptions/S" of the path's first `count` segments; "/" for none. */
static bool take_scope(
    struct request *request, const struct split *split, size_t count, struct azb_error *err)
{
    if (count == 0) {
        request->values[0] = TEXT("/");
        return true;
    }
    const char *from = split->segments[0].at - 1;
    const struct text *last = &split->segments[count - 1];
    struct text raw = {from, (size_t)(last->at + last->length - from)};
    return decode(request, raw, &request->values[0], err);
}

static const char *end_of(const struct split *split)
{
    const struct text *last = &split->segments[split->count - 1];
    return last->at + last->length;
}

static bool take_values(struct request *request, const struct pattern *pattern,
    const struct split *split, struct azb_error *err)
{
    size_t skip = pattern->has_scope ? split->count - pattern->count : 0, value = 0;
    if (pattern->has_scope && !take_scope(request, split, skip, err))
        return false;
    value += pattern->has_scope;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct segment *segment = &pattern->segments[i];
        struct text raw = split->segments[skip + i];
        if (!segment->is_variable)
            continue;
        assert(value < ROUTE_VALUES_MAX && "a pattern has too many variables");
        if (pattern->has_path && i + 1 == pattern->count)
            raw.length = (size_t)(end_of(split) - raw.at);
        raw = text_slice(raw, segment->before.length, raw.length - segment->after.length);
        if (!decode(request, raw, &request->values[value++], err))
            return false;
    }
    return true;
}

/* Microsoft Graph's own SDK for Python writes "/v1.0//applications". */
static void drop_empty(struct split *split)
{
    size_t count = 0;
    for (size_t i = 0; i < split->count; i++)
        if (split->segments[i].length > 0)
            split->segments[count++] = split->segments[i];
    split->count = count;
}

static bool start_search(struct search *search, struct request *request)
{
    search->router = request->service->router;
    search->plane = request->plane;
    if (!text_starts(request->path, "/") || !split_path(request->path, &search->split))
        return false;
    if (request->plane == PLANE_GRAPH)
        drop_empty(&search->split);
    return true;
}

static bool any_method_fits(const struct search *search)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (find_method(search, methods[i]))
            return true;
    return false;
}

bool route_find(struct request *request, struct azb_error *err)
{
    struct search search;
    if (!start_search(&search, request))
        return fail_status(err, 404, "", "nothing is served at this path");
    const struct pattern *found = find_method(&search, request->method);
    if (found) {
        request->route = found->route;
        return take_values(request, found, &search.split, err);
    }
    if (any_method_fits(&search))
        return fail_status(err, 405, "", "this path does not take %s", request->method);
    return fail_status(err, 404, "", "nothing is served at this path");
}

char *route_allow(struct request *request)
{
    struct search search;
    char *allow = NULL;
    if (!start_search(&search, request))
        return NULL;
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (find_method(&search, methods[i]))
            allow = allow ? arena_format(&request->arena, "%s, %s", allow, methods[i])
                          : arena_string(&request->arena, methods[i]);
    return allow;
}

/* The snapshot */

static int compare_lines(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

void route_print(struct buffer *out)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    size_t count = count_rows(), line = 0;
    char **lines = arena_array(&arena, count, sizeof(*lines));
    for (enum plane plane = 0; lines && plane < PLANES; plane++) {
        const struct plane_rows *rows = route_rows(plane);
        const struct route *route;
        for (size_t i = 0; (route = route_row(rows, i)); i++)
            lines[line++] = arena_format(&arena, "%-8s %-6s %s%s\n", rows->name, route->method,
                route->path, route->flags & ROUTE_WRITES ? " (writes)" : "");
    }
    out->failed = out->failed || arena.failed;
    if (!lines || arena.failed)
        return;
    qsort(lines, count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(out, lines[i]);
}
