/* Lint: one entry of a list, by itself. */
#include "rbac/lint_state.h"
#include "rbac/look_alike.h"
#include "rbac/nearest.h"

#define BATCH "microsoft.batch/"
#define ACCOUNTS "Microsoft.Batch/batchAccounts/"

struct text pattern_lower(const struct pattern *pattern)
{
    const char *end = pattern->wild ? pattern->tail.at + pattern->tail.length
                                    : pattern->head.at + pattern->head.length;
    return (struct text){pattern->head.at, (size_t)(end - pattern->head.at)};
}

struct operation_set pattern_covers(
    const struct lint *lint, const struct pattern *pattern, enum rbac_kind kind)
{
    struct operation_set set = {{0}};
    const struct rbac_operation *rows = rbac_operations(NULL);
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (rows[i].kind == kind && pattern_matches(pattern, lint->known[i]))
            operation_set_add(&set, i);
    return set;
}

size_t operation_set_count(const struct operation_set *set)
{
    size_t count = 0;
    for (size_t i = 0; i < OPERATION_WORDS; i++)
        count += (size_t)__builtin_popcountll(set->words[i]);
    return count;
}

bool pattern_is_of_batch(const struct pattern *pattern)
{
    return text_starts(pattern->head, BATCH);
}

/* ---- what is looked at ---- */

struct entry {
    struct lint *lint;
    const struct lint_list *list;
    const struct pattern *pattern;
    struct lint_finding finding; /* its place and value, for all that may be found */
};

static enum rbac_kind other_kind(const struct entry *entry)
{
    return entry->list->kind == RBAC_ACTION ? RBAC_DATA_ACTION : RBAC_ACTION;
}

static struct lint_finding found(
    const struct entry *entry, enum lint_level level, const char *code, const char *fix)
{
    struct lint_finding finding = entry->finding;
    finding.level = level;
    finding.code = code;
    finding.fix = fix;
    return finding;
}

/* `name`, and the list where it belongs when that is another one. */
static const char *fix_of(const struct entry *entry, const char *name, enum rbac_kind kind)
{
    if (kind == entry->list->kind)
        return arena_string(entry->lint->findings.arena, name);
    return arena_format(entry->lint->findings.arena, "%s, in %s", name,
        lint_list_name(entry->lint, kind, entry->list->side));
}

/* ---- form ---- */

static bool check_ascii(const struct entry *entry)
{
    struct findings *findings = &entry->lint->findings;
    struct text text = text_of(entry->finding.value);
    uint32_t code = first_non_ascii(text);
    if (!code)
        return true;
    const struct look_alike *like = look_alike_find(code);
    const char *mended = look_alike_mend(text, findings->arena);
    if (!like || !mended)
        finding_add(findings, found(entry, LINT_ERROR, "not-an-operation", NULL),
            "it holds the character U+%04X; names of operations are ASCII", code);
    else if (like->ascii)
        finding_add(findings, found(entry, LINT_ERROR, "look-alike", mended),
            "it holds U+%04X, %s that looks like an ASCII one: no operation is named so", code,
            like->kind);
    else
        finding_add(findings, found(entry, LINT_ERROR, "look-alike", mended),
            "it holds U+%04X, %s, which cannot be seen: no operation is named so", code,
            like->kind);
    return false;
}

/* "Microsoft.Batch/...": a namespace with a dot, or a wildcard that stands for one. */
static bool has_provider(const char *value)
{
    size_t length = strcspn(value, "/");
    return memchr(value, '.', length) || memchr(value, '*', length);
}

static bool check_form(const struct entry *entry)
{
    struct findings *findings = &entry->lint->findings;
    const char *value = entry->finding.value;
    struct text trimmed = text_trim(text_of(value));
    if (role_is_operation_pattern(value) && has_provider(value))
        return true;
    if (trimmed.length < strlen(value)) {
        const char *fix = text_string(findings->arena, trimmed);
        finding_add(findings, found(entry, LINT_ERROR, "not-an-operation", fix),
            "there are spaces around it");
        return false;
    }
    const struct rbac_operation *near = operation_nearest(text_of(value));
    finding_add(findings,
        found(entry, LINT_ERROR, "not-an-operation",
            near ? fix_of(entry, near->name, near->kind) : NULL),
        "it is no operation: \"*\", or a name with its provider such as \"" ACCOUNTS
        "read\", where '*' stands for any characters");
    return false;
}

/* ---- meaning ---- */

#define WITH_POOLS "nodes and their files have no operations of their own, they go with pools"
#define WITH_JOBS "tasks and their files have no operations of their own, they go with jobs"

struct batch_word {
    const char *segment, *resource;
    enum rbac_kind kind;
    const char *sentence;
};

/* What has no operations of its own, and what it goes with. The first that fits counts. */
static const struct batch_word parts[] = {
    {"nodes", "pools", RBAC_ACTION, WITH_POOLS},
    {"computenodes", "pools", RBAC_ACTION, WITH_POOLS},
    {"tasks", "jobs", RBAC_DATA_ACTION, WITH_JOBS},
    {"task", "jobs", RBAC_DATA_ACTION, WITH_JOBS},
    {"subtasks", "jobs", RBAC_DATA_ACTION, WITH_JOBS},
    {"files", "jobs", RBAC_DATA_ACTION, WITH_JOBS},
    {NULL, NULL, RBAC_ACTION, NULL},
};

/* What is there, but without this verb. */
static const struct batch_word resources[] = {
    {"jobs", "jobs", RBAC_DATA_ACTION, "jobs know read, write and delete only"},
    {"jobschedules", "jobSchedules", RBAC_DATA_ACTION,
        "job schedules know read, write and delete only"},
    {"pools", "pools", RBAC_ACTION,
        "pools know read, write, delete, stopResize/action and disableAutoscale/action only"},
    {NULL, NULL, RBAC_ACTION, NULL},
};

static const struct batch_word *find_word(const struct batch_word *words, struct text lower)
{
    for (; words->segment; words++) {
        struct text rest = lower, segment;
        while (text_cut(&rest, '/', &segment))
            if (text_is(segment, words->segment))
                return words;
    }
    return NULL;
}

/* "read" or "write" by what the name ends with; "*" stays. */
static const char *verb_of(struct text lower)
{
    static const char *const reads[] = {"/read", "/list", "/get", "/list/action", "/get/action"};
    if (text_ends(lower, "*"))
        return "*";
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
        if (text_ends(lower, reads[i]))
            return "read";
    return "write";
}

/* Of other providers only some operations are known: what looks misspelt may be there. */
static enum lint_level level_of_nearest(const struct rbac_operation *operation)
{
    return text_starts(text_of(operation->name), "Microsoft.Batch/") ? LINT_ERROR : LINT_WARNING;
}

static bool add_word(const struct entry *entry, const struct batch_word *word, const char *code)
{
    if (!word)
        return false;
    char name[128];
    snprintf(name, sizeof(name), ACCOUNTS "%s/%s", word->resource,
        verb_of(pattern_lower(entry->pattern)));
    finding_add(&entry->lint->findings,
        found(entry, LINT_ERROR, code, fix_of(entry, name, word->kind)), "%s", word->sentence);
    return true;
}

static void add_wrong_list(const struct entry *entry)
{
    static const char *const texts[2][2] = {
        {"it is a data action", "what it covers are data actions"},
        {"it is an action, not a data action", "what it covers are actions, not data actions"},
    };
    const char *list = lint_list_name(entry->lint, entry->list->kind, entry->list->side);
    const char *right = lint_list_name(entry->lint, other_kind(entry), entry->list->side);
    finding_add(&entry->lint->findings,
        found(entry, LINT_ERROR, "wrong-list",
            arena_format(entry->lint->findings.arena, "move it to %s", right)),
        "%s, which %s %s", texts[entry->list->kind][entry->pattern->wild], list,
        entry->list->side == LINT_GRANTED ? "do not grant" : "do not take away");
}

static bool unknown_name(const struct entry *entry)
{
    struct text lower = pattern_lower(entry->pattern);
    bool batch = pattern_is_of_batch(entry->pattern);
    struct findings *findings = &entry->lint->findings;
    if (batch && add_word(entry, find_word(parts, lower), "unknown-operation"))
        return false;
    const struct rbac_operation *near =
        nearest_operation(lower, batch ? NEAREST_LIMIT : NEAREST_LETTERS);
    if (near)
        finding_add(findings,
            found(entry, level_of_nearest(near), "unknown-operation",
                fix_of(entry, near->name, near->kind)),
            "there is no such operation; the nearest is %s", near->name);
    else if (batch && !add_word(entry, find_word(resources, lower), "unknown-operation"))
        finding_add(findings, found(entry, LINT_WARNING, "unknown-operation", NULL),
            "no such operation of Microsoft.Batch is known");
    return !near && !batch;
}

static bool useless_pattern(const struct entry *entry)
{
    struct text lower = pattern_lower(entry->pattern);
    bool batch = pattern_is_of_batch(entry->pattern);
    const struct rbac_operation *covered;
    struct findings *findings = &entry->lint->findings;
    if (batch && add_word(entry, find_word(parts, lower), "covers-nothing"))
        return false;
    const char *near = nearest_pattern(lower, batch ? NEAREST_LIMIT : NEAREST_LETTERS,
        entry->list->kind, findings->arena, &covered);
    if (near)
        finding_add(findings,
            found(entry, level_of_nearest(covered), "covers-nothing",
                fix_of(entry, near, covered->kind)),
            "there is no operation that it covers; the nearest pattern is %s", near);
    else if (batch && !add_word(entry, find_word(resources, lower), "covers-nothing"))
        finding_add(findings, found(entry, LINT_WARNING, "covers-nothing", NULL),
            "no operation of Microsoft.Batch that it covers is known");
    return !near && !batch;
}

static bool check_meaning(const struct entry *entry)
{
    struct operation_set own = pattern_covers(entry->lint, entry->pattern, entry->list->kind);
    if (operation_set_count(&own) > 0)
        return true;
    struct operation_set other = pattern_covers(entry->lint, entry->pattern, other_kind(entry));
    if (operation_set_count(&other) == 0)
        return entry->pattern->wild ? useless_pattern(entry) : unknown_name(entry);
    add_wrong_list(entry);
    return false;
}

bool lint_entry(struct lint *lint, const struct lint_list *list, size_t number)
{
    const char *value = list->names.at[number];
    if (!*value) /* the reader has its finding */
        return false;
    const struct entry entry = {
        .lint = lint,
        .list = list,
        .pattern = &list->patterns.at[number],
        .finding = {.where = lint_where(lint, list, number),
            .value = arena_string(lint->findings.arena, value)},
    };
    return entry.finding.where && entry.finding.value && check_ascii(&entry) &&
           check_form(&entry) && check_meaning(&entry);
}
