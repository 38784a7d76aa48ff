/*
 * The second evaluator: written straight from the rules of Azure's documentation, with nothing
 * compiled, hashed or merged, and nothing of the room's own: matching, scopes, conditions and the
 * three values are done again. `broken` leaves one rule out, which the comparison must notice.
 */
#ifndef TEST_RBAC_PROPERTY_NAIVE_H
#define TEST_RBAC_PROPERTY_NAIVE_H

#include "property_world.h"

enum rule {
    RULE_NONE,
    RULE_NOT_ACTIONS,       /* notActions subtract */
    RULE_KINDS,             /* actions imply no data actions */
    RULE_CASE,              /* names are compared without case */
    RULE_SEGMENTS,          /* scopes are compared by segment */
    RULE_INHERITANCE,       /* what is granted above holds below */
    RULE_MANAGEMENT_GROUPS, /* also from a management group */
    RULE_GROUPS,            /* and through groups */
    RULE_CONDITIONS,        /* a condition that is not true does not grant */
    RULE_UNKNOWN,           /* an unknown one does not grant either */
    RULE_PERMISSION_CONDITIONS,
    RULE_DENIALS, /* deny assignments override */
    RULE_DENIED_NOT_ACTIONS,
    RULE_EVERYBODY,
    RULE_EXCLUSIONS,
    RULE_CHILD_SCOPES,
    RULE_DENIAL_CONDITIONS,
    RULE_UNKNOWN_DENIES, /* an unknown condition of a deny assignment denies */
    RULE_LIST_KEYS,
    RULE_LIST_KEYS_DENIED, /* looked at after subtraction */
    RULE_ACCOUNT_READ,
    RULE_READS_ONLY, /* batchAccounts/read is for reads */
    RULE_AUTOPOOL,
    RULES,
};

static enum rule broken;

/* One question. */
struct naive {
    const struct world *world;
    const char *const *callers; /* the caller itself first */
    size_t caller_count;
    const char *scope;
    const struct condition_attribute *attributes;
    size_t attribute_count;
    size_t now; /* place in `times` */
};

/* ---- names ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_letter(char a, char b)
{
    return broken == RULE_CASE ? a == b : lower(a) == lower(b);
}

static bool naive_match(const char *pattern, const char *name)
{
    if (*pattern == '\0')
        return *name == '\0';
    if (*pattern == '*')
        return naive_match(pattern + 1, name) || (*name && naive_match(pattern, name + 1));
    return same_letter(*pattern, *name) && naive_match(pattern + 1, name + 1);
}

static bool naive_any(const struct rbac_names *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (naive_match(list->at[i], name))
            return true;
    return false;
}

static bool same(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

static bool is_caller(const struct naive *naive, const char *id)
{
    size_t count = broken == RULE_GROUPS ? 1 : naive->caller_count;
    for (size_t i = 0; i < count; i++)
        if (same(id, naive->callers[i]))
            return true;
    return false;
}

/* ---- scopes ---- */

/* `above` is a beginning of `below` that ends where a segment ends. */
static bool path_above(const char *above, const char *below)
{
    size_t length = strlen(above);
    if (above[length - 1] == '/')
        length--;
    for (size_t i = 0; i < length; i++)
        if (lower(above[i]) != lower(below[i]))
            return false;
    return broken == RULE_SEGMENTS || below[length] == '/' || below[length] == '\0';
}

/* `below` lies in `above` by its path, or what it lies in does. */
static bool naive_above(const struct naive *naive, const char *above, const char *below)
{
    if (path_above(above, below))
        return true;
    for (size_t i = 0; i < naive->world->parent_count; i++)
        if (broken != RULE_MANAGEMENT_GROUPS && path_above(naive->world->parents[i].child, below) &&
            naive_above(naive, above, naive->world->parents[i].parent))
            return true;
    return false;
}

static bool naive_at(const struct naive *naive, const char *scope)
{
    return path_above(scope, naive->scope) && path_above(naive->scope, scope);
}

/* ---- conditions: 1 is true, -1 false, 0 not known; NOT is -, AND the least, OR the most ---- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int yes(bool holds)
{
    return holds ? 1 : -1;
}

static bool glob(const char *pattern, const char *text, bool ignore_case)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*')
        return glob(pattern + 1, text, ignore_case) ||
               (*text && glob(pattern, text + 1, ignore_case));
    bool literal = *pattern == '\\';
    pattern += literal;
    if (*text == '\0')
        return false;
    bool fits = (!literal && *pattern == '?') || *pattern == *text ||
                (ignore_case && lower(*pattern) == lower(*text));
    return fits && glob(pattern + 1, text + 1, ignore_case);
}

static int compare_strings(enum comparison comparison, const char *left, const char *right)
{
    switch (comparison) {
    case EQUALS:
        return yes(strcmp(left, right) == 0);
    case NOT_EQUALS:
        return yes(strcmp(left, right) != 0);
    case EQUALS_IGNORE_CASE:
        return yes(same(left, right));
    case NOT_EQUALS_IGNORE_CASE:
        return yes(!same(left, right));
    case STARTS_WITH:
        return yes(strncmp(left, right, strlen(right)) == 0);
    case LIKE:
        return yes(glob(right, left, false));
    default:
        return yes(!glob(right, left, true));
    }
}

static int compare_order(enum comparison comparison, long left, long right)
{
    switch (comparison) {
    case EQUALS:
        return yes(left == right);
    case NOT_EQUALS:
        return yes(left != right);
    case LESS:
        return yes(left < right);
    case LESS_OR_EQUAL:
        return yes(left <= right);
    case GREATER:
        return yes(left > right);
    default:
        return yes(left >= right);
    }
}

static long time_place(const char *text)
{
    for (long i = 0; i < TIMES; i++)
        if (strcmp(times[i], text) == 0)
            return i;
    fail_msg("no such time: %s", text);
    return 0;
}

static const char *guid_part(const char *text)
{
    const char *slash = strrchr(text, '/');
    const char *guid = slash ? slash + 1 : text;
    return strlen(guid) == 36 ? guid : NULL;
}

static int compare_pair(const struct tree *tree, const char *left, const char *right)
{
    switch (known_attributes[tree->attribute].type) {
    case STRING_VALUE:
        return compare_strings(tree->comparison, left, right);
    case NUMBER_VALUE:
        if (strcmp(left, "x") == 0)
            return 0;
        return compare_order(tree->comparison, strtol(left, NULL, 10), strtol(right, NULL, 10));
    case GUID_VALUE:
        if (!guid_part(left))
            return 0;
        return yes(same(guid_part(left), guid_part(right)) == (tree->comparison == EQUALS));
    default:
        return compare_order(tree->comparison, time_place(left), time_place(right));
    }
}

/* The values of the attribute; false when nothing is known of it. */
static bool values_of(
    const struct naive *naive, size_t attribute, const char *const **values, size_t *count)
{
    const struct attribute *wanted = &known_attributes[attribute];
    if (attribute == NOW) {
        *values = &times[naive->now];
        *count = 1;
        return true;
    }
    for (size_t i = 0; i < naive->attribute_count; i++)
        if (naive->attributes[i].source == wanted->source &&
            same(naive->attributes[i].name, wanted->name)) {
            *values = naive->attributes[i].values;
            *count = naive->attributes[i].value_count;
            return true;
        }
    return false;
}

/* The quantifiers by their names: For ANY/ALL (left) Of ANY/ALL (right) Values. */
static int naive_compare(const struct naive *naive, const struct tree *tree)
{
    const char *const *left;
    size_t count;
    if (!values_of(naive, tree->attribute, &left, &count) || count == 0)
        return 0;
    if (tree->quantifier == 0)
        return count == 1 ? compare_pair(tree, left[0], tree->values[0]) : 0;
    bool all_left = tree->quantifier == 2 || tree->quantifier == 4;
    bool all_right = tree->quantifier >= 3;
    int result = all_left ? 1 : -1;
    for (size_t i = 0; i < count; i++) {
        int row = all_right ? 1 : -1;
        for (size_t j = 0; j < tree->value_count; j++) {
            int one = compare_pair(tree, left[i], tree->values[j]);
            row = all_right ? least(row, one) : most(row, one);
        }
        result = all_left ? least(result, row) : most(result, row);
    }
    return result;
}

static int naive_exists(const struct naive *naive, size_t attribute)
{
    const char *const *values;
    size_t count;
    return values_of(naive, attribute, &values, &count) ? yes(count > 0) : 0;
}

static int naive_tree(const struct naive *naive, const struct tree *tree, const char *action)
{
    int result = tree->kind == TREE_AND ? 1 : -1;
    switch (tree->kind) {
    case TREE_AND:
    case TREE_OR:
        for (size_t i = 0; i < tree->part_count; i++) {
            int one = naive_tree(naive, tree->parts[i], action);
            result = tree->kind == TREE_AND ? least(result, one) : most(result, one);
        }
        return result;
    case TREE_NOT:
        return -naive_tree(naive, tree->parts[0], action);
    case TREE_ACTION:
        return yes(naive_match(tree->pattern, action));
    case TREE_SUB:
        return -1; /* no request here has a suboperation */
    case TREE_EXISTS:
        return naive_exists(naive, tree->attribute);
    case TREE_COMPARE:
        return naive_compare(naive, tree);
    }
    return 0;
}

static int naive_condition(const struct naive *naive, const char *condition, const char *action)
{
    for (size_t i = 0; i < naive->world->condition_count; i++)
        if (naive->world->makers[i].text == condition)
            return naive_tree(naive, naive->world->trees[i], action);
    return 1; /* there is none */
}

static bool grants_by(int condition)
{
    return condition > 0 || broken == RULE_CONDITIONS || (broken == RULE_UNKNOWN && condition == 0);
}

/* ---- roles, assignments, deny assignments ---- */

static bool naive_lists(
    const struct rbac_permission *p, const char *name, enum rbac_kind kind, enum rule not_actions)
{
    bool data = kind == RBAC_DATA_ACTION;
    bool listed = naive_any(data ? &p->data_actions : &p->actions, name);
    if (broken == RULE_KINDS && naive_any(&p->actions, name))
        listed = true;
    if (broken == not_actions)
        return listed;
    return listed && !naive_any(data ? &p->not_data_actions : &p->not_actions, name);
}

static bool naive_role(
    const struct naive *naive, const struct rbac_role *role, const char *name, enum rbac_kind kind)
{
    for (size_t i = 0; i < role->permission_count; i++) {
        const char *condition = role->permissions[i].condition;
        if (naive_lists(&role->permissions[i], name, kind, RULE_NOT_ACTIONS) &&
            (broken == RULE_PERMISSION_CONDITIONS ||
                grants_by(naive_condition(naive, condition, name))))
            return true;
    }
    return false;
}

static bool naive_assigned(const struct naive *naive, const char *name, enum rbac_kind kind)
{
    const struct world *world = naive->world;
    for (size_t i = 0; i < world->assignment_count; i++) {
        const struct rbac_assignment *assignment = &world->assignments[i];
        bool here = broken == RULE_INHERITANCE
                        ? naive_at(naive, assignment->scope)
                        : naive_above(naive, assignment->scope, naive->scope);
        if (!here || !is_caller(naive, assignment->principal_id) ||
            !grants_by(naive_condition(naive, assignment->condition, name)))
            continue;
        for (size_t r = 0; r < ROLES; r++)
            if (strcmp(world->roles[r].id, assignment->role_id) == 0 &&
                naive_role(naive, &world->roles[r], name, kind))
                return true;
    }
    return false;
}

static bool names_caller(const struct naive *naive, const struct rbac_names *list, bool everybody)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_caller(naive, list->at[i]) || (everybody && same(list->at[i], RBAC_EVERYBODY)))
            return true;
    return false;
}

static bool naive_means(const struct naive *naive, const struct rbac_deny_assignment *denial)
{
    bool here = denial->does_not_apply_to_child_scopes && broken != RULE_CHILD_SCOPES
                    ? naive_at(naive, denial->scope)
                    : naive_above(naive, denial->scope, naive->scope);
    return here && names_caller(naive, &denial->principal_ids, broken != RULE_EVERYBODY) &&
           (broken == RULE_EXCLUSIONS ||
               !names_caller(naive, &denial->exclude_principal_ids, false));
}

static bool denies_by(int condition)
{
    return condition > 0 || broken == RULE_DENIAL_CONDITIONS ||
           (condition == 0 && broken != RULE_UNKNOWN_DENIES);
}

static bool naive_denied(const struct naive *naive, const char *name, enum rbac_kind kind)
{
    for (size_t i = 0; i < naive->world->denial_count; i++) {
        const struct rbac_deny_assignment *denial = &naive->world->denials[i];
        if (broken == RULE_DENIALS || !naive_means(naive, denial) ||
            !denies_by(naive_condition(naive, denial->condition, name)))
            continue;
        for (size_t j = 0; j < denial->permission_count; j++)
            if (naive_lists(&denial->permissions[j], name, kind, RULE_DENIED_NOT_ACTIONS) &&
                denies_by(naive_condition(naive, denial->permissions[j].condition, name)))
                return true;
    }
    return false;
}

static bool naive_granted(const struct naive *naive, const char *name, enum rbac_kind kind)
{
    return naive_assigned(naive, name, kind) && !naive_denied(naive, name, kind);
}

/* ---- Batch ---- */

static bool naive_batch(const struct naive *naive, const struct rbac_request *request)
{
    bool own = naive_granted(naive, request->action, request->kind);
    bool autopool = broken == RULE_AUTOPOOL || !request->needs_autopool ||
                    naive_granted(naive, BATCH "pools/write", RBAC_ACTION);
    bool reads = request->is_read || broken == RULE_READS_ONLY;
    if (own && autopool)
        return true;
    if (reads && broken != RULE_ACCOUNT_READ && naive_granted(naive, BATCH "read", RBAC_ACTION))
        return true;
    if (broken == RULE_LIST_KEYS_DENIED)
        return naive_assigned(naive, BATCH "listKeys/action", RBAC_ACTION);
    return broken != RULE_LIST_KEYS && naive_granted(naive, BATCH "listKeys/action", RBAC_ACTION);
}

#endif
