#include "rbac/scope.h"
#include "base/error.h"
#include "rbac/hash.h"
#include "rbac/pattern.h"

#define MANAGEMENT_GROUPS "/providers/microsoft.management/managementgroups/"

struct segments {
    struct text at[2 * SCOPE_LEVELS_MAX + 2];
    size_t count;
};

static bool bad(struct text text, const char *why, struct azb_error *err)
{
    return fail(
        err, AZB_ERROR_ARGUMENT, "scope \"%.*s\": %s", TEXT_ARGS(text_slice(text, 0, 200)), why);
}

static const char *byte_problem(struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c == 0x7f)
            return "control characters are not allowed";
        if (c == '%')
            return "'%' is not allowed (give it decoded)";
        if (c == '*')
            return "wildcards are not allowed";
        if (c == '\\' || c == '?' || c == '#')
            return "the characters \\ ? # are not allowed";
    }
    return NULL;
}

/* The rest after the first slash, cut into segments. */
static const char *cut_segments(struct text rest, struct segments *out)
{
    struct text piece;
    out->count = 0;
    while (text_cut(&rest, '/', &piece)) {
        if (piece.length == 0)
            return "empty segments (\"//\") are not allowed";
        if (text_is(piece, ".") || text_is(piece, ".."))
            return "the segments \".\" and \"..\" are not allowed";
        if (out->count == sizeof(out->at) / sizeof(out->at[0]))
            return "it is nested too deeply";
        out->at[out->count++] = piece;
    }
    return NULL;
}

/* One more level that ends with segment `i`. */
static bool add_level(struct scope *scope, const struct segments *segments, size_t i)
{
    if (scope->level_count == SCOPE_LEVELS_MAX)
        return false;
    struct text last = segments->at[i];
    size_t length = (size_t)(last.at + last.length - scope->key);
    scope->levels[scope->level_count++] = (struct scope_level){
        .length = (uint32_t)length,
        .hash = hash_text((struct text){scope->key, length}),
    };
    return true;
}

/* providers/{namespace} and then pairs of type and name from segment `i` on. */
static const char *resource_levels(struct scope *scope, const struct segments *segments, size_t i)
{
    if (!text_is(segments->at[i], "providers"))
        return "\"providers\" is expected after the subscription or resource group";
    if (segments->count - i < 4 || (segments->count - i) % 2 != 0 ||
        text_is(segments->at[segments->count - 2], "providers"))
        return "a resource is /providers/{namespace}/{type}/{name}, then pairs of type and name";
    scope->kind = SCOPE_RESOURCE;
    for (i += 3; i < segments->count; i += 2)
        if (!text_is(segments->at[i - 1], "providers") && !add_level(scope, segments, i))
            return "it is nested too deeply";
    return NULL;
}

static const char *subscription_levels(struct scope *scope, const struct segments *segments)
{
    if (segments->count < 2)
        return "the subscription id is missing";
    add_level(scope, segments, 1);
    scope->kind = SCOPE_SUBSCRIPTION;
    if (segments->count == 2)
        return NULL;
    if (!text_is(segments->at[2], "resourcegroups"))
        return resource_levels(scope, segments, 2);
    if (segments->count < 4)
        return "the name of the resource group is missing";
    add_level(scope, segments, 3);
    scope->kind = SCOPE_RESOURCE_GROUP;
    return segments->count == 4 ? NULL : resource_levels(scope, segments, 4);
}

static const char *find_levels(struct scope *scope, const struct segments *segments)
{
    struct text key = text_of(scope->key);
    if (text_starts(key, MANAGEMENT_GROUPS) && segments->count == 4) {
        scope->kind = SCOPE_MANAGEMENT_GROUP;
        add_level(scope, segments, 3);
        return NULL;
    }
    if (text_is(segments->at[0], "subscriptions"))
        return subscription_levels(scope, segments);
    if (text_is(segments->at[0], "providers"))
        return resource_levels(scope, segments, 0);
    return "it must start with /subscriptions/ or /providers/";
}

static struct scope root_scope(void)
{
    return (struct scope){
        .kind = SCOPE_ROOT,
        .text = "/",
        .key = "",
        .level_count = 1,
        .levels = {{.length = 0, .hash = hash_text(TEXT(""))}},
    };
}

bool scope_parse(struct text text, struct arena *arena, struct scope *out, struct azb_error *err)
{
    if (text.length == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "scope: it is empty (the root is \"/\")");
    if (text.length > SCOPE_LENGTH_MAX)
        return bad(text, "it is longer than 1024 bytes", err);
    if (text.at[0] != '/')
        return bad(text, "it must start with '/'", err);
    if (!text_valid_utf8(text))
        return fail(err, AZB_ERROR_ARGUMENT, "scope: it is not UTF-8");
    const char *problem = byte_problem(text);
    if (problem)
        return bad(text, problem, err);
    struct scope scope = root_scope();
    if (text.length == 1) {
        *out = scope;
        return true;
    }
    struct text whole = text;
    if (whole.at[whole.length - 1] == '/')
        whole.length--;
    struct text key = text_lower(arena, whole);
    scope.text = arena_copy(arena, whole.at, whole.length);
    scope.key = key.at;
    if (!scope.text || !scope.key)
        return fail_memory(err);
    struct segments segments = {.count = 0};
    problem = cut_segments(text_slice(key, 1, key.length), &segments);
    if (!problem)
        problem = find_levels(&scope, &segments);
    if (problem)
        return bad(text, problem, err);
    *out = scope;
    return true;
}

static const struct scope_level *last_level(const struct scope *scope)
{
    return &scope->levels[scope->level_count - 1];
}

bool scope_equal(const struct scope *a, const struct scope *b)
{
    return last_level(a)->hash == last_level(b)->hash && strcmp(a->key, b->key) == 0;
}

bool scope_contains(const struct scope *above, const struct scope *below)
{
    if (above->level_count > below->level_count)
        return false;
    const struct scope_level *own = last_level(above);
    const struct scope_level *level = &below->levels[above->level_count - 1];
    return own->hash == level->hash && own->length == level->length &&
           memcmp(above->key, below->key, own->length) == 0;
}

const char *scope_name(const struct scope *scope)
{
    if (scope->kind == SCOPE_ROOT)
        return scope->text;
    return strrchr(scope->text, '/') + 1;
}
