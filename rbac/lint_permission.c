/* Lint: the entries of one permission object beside each other. */
#include "rbac/condition.h"
#include "rbac/lint_state.h"

/* No role written by hand has as many wildcards: more are not compared with each other. */
enum { WILDCARDS_MAX = 500 };

/* What one permission object grants of one kind. */
struct grants {
    struct lint_list granted, taken;
    struct operation_set known; /* granted, before anything is taken away */
};

static struct lint_finding place(const struct lint *lint, const struct lint_list *list,
    size_t entry, enum lint_level level, const char *code)
{
    return (struct lint_finding){.level = level,
        .code = code,
        .where = lint_where(lint, list, entry),
        .value = arena_string(lint->findings.arena, list->names.at[entry])};
}

/* Every name that `inner` can match, `outer` matches too: its '*' stands for the other's. */
static bool covers(const struct pattern *outer, const struct pattern *inner)
{
    return pattern_matches(outer, pattern_lower(inner));
}

/* Some name is matched by both. */
static bool meet(const struct pattern *a, const struct pattern *b)
{
    if (!a->wild || !b->wild)
        return a->wild ? pattern_matches(a, b->head) : pattern_matches(b, a->head);
    size_t head = a->head.length < b->head.length ? a->head.length : b->head.length;
    size_t tail = a->tail.length < b->tail.length ? a->tail.length : b->tail.length;
    return memcmp(a->head.at, b->head.at, head) == 0 &&
           memcmp(a->tail.at + a->tail.length - tail, b->tail.at + b->tail.length - tail, tail) ==
               0;
}

/* ---- the same thing twice ---- */

struct sorted_entry {
    struct text lower;
    size_t number;
};

static int by_text(const void *a, const void *b)
{
    const struct sorted_entry *left = a, *right = b;
    size_t length =
        left->lower.length < right->lower.length ? left->lower.length : right->lower.length;
    int order = memcmp(left->lower.at, right->lower.at, length);
    if (order != 0)
        return order;
    if (left->lower.length != right->lower.length)
        return left->lower.length < right->lower.length ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* first[i]: the first entry that says the same as entry i. False without memory. */
static bool find_equals(struct arena *arena, const struct lint_list *list, size_t *first)
{
    size_t count = list->names.count;
    struct sorted_entry *sorted = arena_array(arena, count, sizeof(*sorted));
    if (!sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct sorted_entry){pattern_lower(&list->patterns.at[i]), i};
    qsort(sorted, count, sizeof(*sorted), by_text);
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && text_equal(sorted[i].lower, sorted[i - 1].lower);
        first[sorted[i].number] = again ? first[sorted[i - 1].number] : sorted[i].number;
    }
    return true;
}

/* The wildcard of the list that makes the entry superfluous; two that say the same the other way
 * round do not both go. */
static const struct pattern *covering(
    const struct lint_list *list, const size_t *first, size_t entry)
{
    const struct pattern *self = &list->patterns.at[entry];
    size_t compared = 0;
    for (size_t i = 0; i < list->names.count && compared < WILDCARDS_MAX; i++) {
        const struct pattern *other = &list->patterns.at[i];
        if (!other->wild || first[i] != i || i == entry)
            continue;
        compared++;
        if (covers(other, self) && (i < entry || !self->wild || !covers(self, other)))
            return other;
    }
    return NULL;
}

/* Only between entries that are `good` by themselves. */
static void check_repeats(struct lint *lint, const struct lint_list *list, const bool *good)
{
    size_t *first = arena_array(lint->findings.arena, list->names.count + 1, sizeof(*first));
    if (!first || !find_equals(lint->findings.arena, list, first))
        return;
    for (size_t i = 0; i < list->names.count; i++) {
        const struct pattern *more = NULL;
        if (!good[i])
            continue;
        if (first[i] != i)
            finding_add(&lint->findings, place(lint, list, i, LINT_WARNING, "duplicate"),
                "it is there already, as %s", lint_where(lint, list, first[i]));
        else if ((more = covering(list, first, i)))
            finding_add(&lint->findings, place(lint, list, i, LINT_WARNING, "covered"),
                "\"%s\" of the same list covers it", more->source);
    }
}

/* ---- what is granted ---- */

static struct grants grants_of(const struct lint *lint, size_t permission, enum rbac_kind kind)
{
    struct grants grants = {
        .granted = lint_list_of(lint, permission, kind, LINT_GRANTED),
        .taken = lint_list_of(lint, permission, kind, LINT_TAKEN),
    };
    for (size_t i = 0; i < grants.granted.names.count; i++) {
        struct operation_set covered = pattern_covers(lint, &grants.granted.patterns.at[i], kind);
        operation_set_unite(&grants.known, &covered);
    }
    return grants;
}

/* Rights that open everything else, when a wildcard brings them along. */
static const struct wide_right {
    const char *name, *code, *sentence;
} wide_rights[] = {
    {"microsoft.batch/batchaccounts/listkeys/action", "lists-keys",
        "it covers Microsoft.Batch/batchAccounts/listKeys/action: whoever has the account keys may "
        "do everything on the account's data plane, jobs and pools included"},
    {"microsoft.authorization/roleassignments/write", "assigns-roles",
        "it covers Microsoft.Authorization/roleAssignments/write: whoever may assign roles can "
        "give "
        "any role to anybody"},
};

static void check_wide(struct lint *lint, const struct grants *grants, size_t entry)
{
    const struct pattern *pattern = &grants->granted.patterns.at[entry];
    if (text_is(pattern_lower(pattern), "*")) {
        finding_add(&lint->findings,
            place(lint, &grants->granted, entry, LINT_WARNING, "grants-everything"),
            "it covers every %s of every provider%s", rbac_kind_text(grants->granted.kind),
            grants->granted.kind == RBAC_ACTION ? ", the account keys and role assignments included"
                                                : "");
        return;
    }
    for (size_t i = 0; i < sizeof(wide_rights) / sizeof(wide_rights[0]); i++) {
        struct text name = text_of(wide_rights[i].name);
        if (grants->granted.kind != RBAC_ACTION || !pattern_matches(pattern, name) ||
            pattern_list_find(&grants->taken.patterns, name))
            continue;
        struct lint_finding finding =
            place(lint, &grants->granted, entry, LINT_WARNING, wide_rights[i].code);
        finding.fix = "name the operations that are needed, or take this one away again";
        finding_add(&lint->findings, finding, "%s", wide_rights[i].sentence);
    }
}

static void check_taken_away(struct lint *lint, const struct grants *grants, size_t entry)
{
    const struct pattern *granted = &grants->granted.patterns.at[entry];
    for (size_t i = 0; i < grants->taken.names.count && i < WILDCARDS_MAX; i++) {
        if (!covers(&grants->taken.patterns.at[i], granted))
            continue;
        finding_add(&lint->findings,
            place(lint, &grants->granted, entry, LINT_WARNING, "taken-away"),
            "it grants nothing: \"%s\" in %s takes all of it away again", grants->taken.names.at[i],
            lint_list_name(lint, grants->granted.kind, LINT_TAKEN));
        return;
    }
}

static void check_granted(struct lint *lint, const struct grants *grants)
{
    const struct lint_list *list = &grants->granted;
    bool *good = arena_array(lint->findings.arena, list->names.count + 1, sizeof(*good));
    if (!good)
        return;
    for (size_t i = 0; i < list->names.count; i++) {
        good[i] = lint_entry(lint, list, i);
        if (!good[i])
            continue;
        if (list->patterns.at[i].wild)
            check_wide(lint, grants, i);
        check_taken_away(lint, grants, i);
    }
    check_repeats(lint, list, good);
}

/* ---- what is taken away ---- */

/* Of Microsoft.Batch every operation is known; of the rest only what the patterns say. */
static bool takes_something(
    const struct lint *lint, const struct grants *grants, const struct pattern *pattern)
{
    if (pattern_is_of_batch(pattern)) {
        struct operation_set taken = pattern_covers(lint, pattern, grants->taken.kind);
        for (size_t i = 0; i < OPERATION_WORDS; i++)
            if (taken.words[i] & grants->known.words[i])
                return true;
        return false;
    }
    for (size_t i = 0; i < grants->granted.names.count; i++)
        if (meet(&grants->granted.patterns.at[i], pattern))
            return true;
    return false;
}

static void check_taken(struct lint *lint, const struct grants *grants)
{
    const struct lint_list *list = &grants->taken;
    bool *good = arena_array(lint->findings.arena, list->names.count + 1, sizeof(*good));
    if (!good)
        return;
    for (size_t i = 0; i < list->names.count; i++) {
        good[i] = lint_entry(lint, list, i);
        if (good[i] && !takes_something(lint, grants, &list->patterns.at[i]))
            finding_add(&lint->findings, place(lint, list, i, LINT_WARNING, "takes-nothing"),
                "it takes nothing away: no entry of %s grants anything of it",
                lint_list_name(lint, list->kind, LINT_GRANTED));
    }
    check_repeats(lint, list, good);
}

/* ---- its condition ---- */

static void check_condition(struct lint *lint, size_t permission)
{
    const char *condition = lint->role->permissions[permission].condition;
    struct arena *arena = lint->findings.arena;
    struct azb_error err = AZB_ERROR_INIT;
    if (!condition || condition_parse(text_of(condition), arena, &err))
        return;
    bool flat = lint->form == ROLE_FORM_CLI_INPUT || lint->form == ROLE_FORM_POWERSHELL;
    finding_add(&lint->findings,
        (struct lint_finding){.level = LINT_ERROR,
            .code = "bad-condition",
            .where = flat ? "Condition"
                          : arena_format(arena, "%spermissions[%zu].condition",
                                lint->form == ROLE_FORM_ARM ? "properties." : "", permission),
            .value = condition},
        "%s", err.message);
}

void lint_permission(struct lint *lint, size_t permission)
{
    for (enum rbac_kind kind = RBAC_ACTION; kind <= RBAC_DATA_ACTION; kind++) {
        const struct grants grants = grants_of(lint, permission, kind);
        check_granted(lint, &grants);
        check_taken(lint, &grants);
    }
    check_condition(lint, permission);
}
