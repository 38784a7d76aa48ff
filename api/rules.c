#include "api/rules.h"

#include <stdio.h>

enum binding_kind { EXACTLY_ONE, AT_MOST_ONE, NEEDS, NUMBER_NEEDED, LONGEST_LIST, LONGEST_TEXTS };

#define BOUND_MAX 3

struct binding {
    enum binding_kind kind;
    const struct model *(*model)(void);
    const char *fields[BOUND_MAX]; /* JSON names */
    int64_t limit;
    const char *code;
};

static const struct binding bindings[] = {
#define EXACTLY_ONE(model, a, b, c) {EXACTLY_ONE, model_##model, {a, b, c}, 0, NULL},
#define AT_MOST_ONE(model, a, b, c) {AT_MOST_ONE, model_##model, {a, b, c}, 0, NULL},
#define NEEDS(model, a, b, c) {NEEDS, model_##model, {a, b, c}, 0, NULL},
#define NUMBER_NEEDED(model, a, b, n) {NUMBER_NEEDED, model_##model, {a, b, ""}, n, NULL},
#define LONGEST_LIST(model, a, n) {LONGEST_LIST, model_##model, {a, "", ""}, n, NULL},
#define LONGEST_TEXTS(model, a, n, code) {LONGEST_TEXTS, model_##model, {a, "", ""}, n, code},
#include "api/bindings.def"
#undef EXACTLY_ONE
#undef AT_MOST_ONE
#undef NEEDS
#undef NUMBER_NEEDED
#undef LONGEST_LIST
#undef LONGEST_TEXTS
};

/* One rule at work. */
struct check {
    const struct binding *binding;
    const struct field *fields[BOUND_MAX]; /* NULL where the rule names fewer */
    const void *value;
    const struct api_path *path;
};

static bool has(const struct check *check, size_t at)
{
    return check->fields[at] && field_present(check->fields[at], check->value);
}

static bool refuse(const struct check *check, size_t at, const char *code, const char *reason,
    struct azb_error *err)
{
    const struct api_path here = {check->path, check->fields[at]->json_name, 0};
    return api_fail_property(err, code, &here, NULL, reason);
}

/* "httpUrl, storageContainerUrl and autoStorageContainerName" */
static void name_all(const struct check *check, char *out, size_t size)
{
    const char *const *names = check->binding->fields;
    if (names[2][0])
        snprintf(out, size, "%s, %s and %s", names[0], names[1], names[2]);
    else
        snprintf(out, size, "%s and %s", names[0], names[1]);
}

static bool check_one(const struct check *check, struct azb_error *err)
{
    char names[160], reason[260];
    size_t count = 0, last = 0;
    for (size_t i = 0; i < BOUND_MAX; i++) {
        if (!has(check, i))
            continue;
        count++;
        last = i;
    }
    bool may_be_none = check->binding->kind == AT_MOST_ONE;
    if (count == 1 || (count == 0 && may_be_none))
        return true;
    name_all(check, names, sizeof names);
    snprintf(reason, sizeof reason, "%s one of %s must be specified.",
        may_be_none ? "At most" : "Exactly", names);
    return refuse(
        check, last, count == 0 ? "MissingRequiredProperty" : "InvalidPropertyValue", reason, err);
}

static bool check_needs(const struct check *check, struct azb_error *err)
{
    if (!has(check, 0) || has(check, 1) || has(check, 2))
        return true;
    char reason[200];
    const char *const *names = check->binding->fields;
    snprintf(reason, sizeof reason, "%s may be specified only together with %s%s%s.", names[0],
        names[1], names[2][0] ? " or " : "", names[2]);
    bool plain = !check->fields[2];
    return refuse(check, plain ? 1 : 0, plain ? "MissingRequiredProperty" : "InvalidPropertyValue",
        reason, err);
}

static bool check_number(const struct check *check, struct azb_error *err)
{
    if (!has(check, 0) || !has(check, 1))
        return true;
    const struct azb_i32 *number = field_in(check->fields[1], check->value);
    if (number->value == check->binding->limit)
        return true;
    char reason[200];
    snprintf(reason, sizeof reason, "%s must be %d where %s is specified.",
        check->fields[1]->json_name, (int)check->binding->limit, check->fields[0]->json_name);
    return refuse(check, 1, "InvalidPropertyValue", reason, err);
}

static bool check_list(const struct check *check, struct azb_error *err)
{
    const struct any_list *list = field_in(check->fields[0], check->value);
    if (list->count <= (size_t)check->binding->limit)
        return true;
    char reason[200];
    snprintf(reason, sizeof reason, "There are %zu elements; at most %d are allowed.", list->count,
        (int)check->binding->limit);
    return refuse(check, 0, "InvalidPropertyValue", reason, err);
}

static bool check_texts(const struct check *check, struct azb_error *err)
{
    const struct azb_string_list *list = field_in(check->fields[0], check->value);
    size_t length = 0;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->items[i]);
    if (length <= (size_t)check->binding->limit)
        return true;
    char reason[200];
    snprintf(reason, sizeof reason, "There are %zu characters in all; at most %d are allowed.",
        length, (int)check->binding->limit);
    return refuse(check, 0, check->binding->code, reason, err);
}

static bool (*const checks[])(const struct check *check, struct azb_error *err) = {
    [EXACTLY_ONE] = check_one,
    [AT_MOST_ONE] = check_one,
    [NEEDS] = check_needs,
    [NUMBER_NEEDED] = check_number,
    [LONGEST_LIST] = check_list,
    [LONGEST_TEXTS] = check_texts,
};

bool rules_hold(const struct model *model, enum api_shape shape, const void *value,
    const struct api_path *path, struct azb_error *err)
{
    if (shape == SHAPE_READ || shape == SHAPE_ANY)
        return true;
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
        if (bindings[i].model() != model)
            continue;
        struct check check = {.binding = &bindings[i], .value = value, .path = path};
        for (size_t at = 0; at < BOUND_MAX; at++)
            check.fields[at] = model_field_named(model, bindings[i].fields[at]);
        if (!checks[bindings[i].kind](&check, err))
            return false;
    }
    return true;
}
