#include "cli/access_action.h"

#include "base/error.h"
#include "cli/batch_verb.h"
#include "cli/suggest.h"

#define BATCH "Microsoft.Batch/batchAccounts/"

/* What azb's commands on Resource Manager ask for. */
static const struct {
    const char *command, *operation;
} management[] = {
    {"account show", BATCH "read"},
    {"account keys list", BATCH "listKeys/action"},
    {"account keys renew", BATCH "regenerateKeys/action"},
    {"role assignment create", "Microsoft.Authorization/roleAssignments/write"},
    {"role assignment delete", "Microsoft.Authorization/roleAssignments/delete"},
    {"role assignment list", "Microsoft.Authorization/roleAssignments/read"},
    {"role definition create", "Microsoft.Authorization/roleDefinitions/write"},
    {"role definition delete", "Microsoft.Authorization/roleDefinitions/delete"},
    {"role definition show", "Microsoft.Authorization/roleDefinitions/read"},
    {"role definition update", "Microsoft.Authorization/roleDefinitions/write"},
    {"role definition list", "Microsoft.Authorization/roleDefinitions/read"},
};

#define MANAGEMENT (sizeof management / sizeof *management)

/* ---- the three ways ------------------------------------------------------------------------ */

static bool take(const struct rbac_operation *operation, enum rbac_rules rules, bool is_read,
    struct access_action *out)
{
    *out = (struct access_action){.name = operation->name,
        .kind = operation->kind,
        .operation = operation,
        .rules = rules,
        .is_read = is_read};
    return true;
}

/* A command of the Batch API: the operation's own row says what it needs. */
static bool take_verb(const char *words, struct access_action *out)
{
    const struct operation *operation = batch_verb_operation(words);
    if (!operation)
        return false;
    const struct rbac_operation *needed = rbac_batch_operation(operation->permission.name,
        operation->permission.kind == PERMISSION_DATA ? RBAC_DATA_ACTION : RBAC_ACTION);
    bool reads = operation->method == METHOD_GET || operation->method == METHOD_HEAD;
    return needed && take(needed, RBAC_RULES_BATCH, reads, out);
}

static bool take_management(const char *words, struct access_action *out)
{
    for (size_t i = 0; i < MANAGEMENT; i++)
        if (strcmp(management[i].command, words) == 0)
            return take(rbac_operation_find(text_of(management[i].operation), RBAC_ACTION),
                RBAC_RULES_ARM, false, out);
    return false;
}

/* Does the Batch data plane ask for it? Its own rule allows more than the permission does. */
static bool data_plane_asks(const struct rbac_operation *operation)
{
    const struct operation *row;
    for (size_t i = 0; (row = operation_at(i)); i++) {
        enum rbac_kind kind =
            row->permission.kind == PERMISSION_DATA ? RBAC_DATA_ACTION : RBAC_ACTION;
        if (rbac_batch_operation(row->permission.name, kind) == operation)
            return true;
    }
    const struct unserved_operation *unserved;
    for (size_t i = 0; (unserved = unserved_at(i)); i++) {
        enum rbac_kind kind =
            unserved->permission.kind == PERMISSION_DATA ? RBAC_DATA_ACTION : RBAC_ACTION;
        if (rbac_batch_operation(unserved->permission.name, kind) == operation)
            return true;
    }
    return false;
}

static bool take_name(const char *word, struct access_action *out)
{
    static const enum rbac_kind kinds[] = {RBAC_DATA_ACTION, RBAC_ACTION};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct rbac_operation *found = rbac_operation_find(text_of(word), kinds[i]);
        if (!found)
            found = rbac_batch_operation(word, kinds[i]);
        if (found)
            return take(found, data_plane_asks(found) ? RBAC_RULES_BATCH : RBAC_RULES_ARM,
                rbac_operation_is_read(found), out);
    }
    return false;
}

/* ---- what is none of them ------------------------------------------------------------------ */

static const char *nearest(const char *words)
{
    struct suggestion suggestion = {.word = words};
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        bool batch = text_starts(text_of(rows[i].name), BATCH);
        suggestion_offer(&suggestion, rows[i].name);
        if (batch)
            suggestion_offer(&suggestion, rows[i].name + strlen(BATCH));
    }
    for (size_t i = 0; batch_verb_name(i); i++)
        suggestion_offer(&suggestion, batch_verb_name(i));
    for (size_t i = 0; i < MANAGEMENT; i++)
        suggestion_offer(&suggestion, management[i].command);
    return suggestion.best;
}

/* "Provider.Name/type/verb": the provider's part is what stands before the first slash. */
static struct text provider_of(const char *word)
{
    struct text rest = text_of(word), provider = TEXT_NONE;
    bool path = strchr(word, '/') && text_cut(&rest, '/', &provider);
    return path && provider.length && memchr(provider.at, '.', provider.length) ? provider
                                                                                : TEXT_NONE;
}

static bool provider_is_known(struct text provider)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(provider_of(rows[i].name), provider))
            return true;
    return false;
}

/* The catalogue has all of Batch, and of the others what matters here. */
static bool is_foreign(const char *word)
{
    struct text provider = provider_of(word);
    return provider.at && !text_equal_nocase(provider, TEXT("Microsoft.Batch")) &&
           !strpbrk(word, "* ") && strlen(word) <= ROLE_STRING_MAX;
}

static bool take_foreign(
    const char *word, struct arena *arena, struct access_action *out, struct azb_error *err)
{
    *out = (struct access_action){.name = arena_string(arena, word),
        .kind = RBAC_ACTION,
        .rules = RBAC_RULES_ARM,
        .is_read = text_ends(text_of(word), "/read")};
    return out->name ? true : fail_memory(err);
}

bool access_action_read(
    const char *words, struct arena *arena, struct access_action *out, struct azb_error *err)
{
    if (take_verb(words, out) || take_management(words, out) || take_name(words, out))
        return true;
    const char *near = nearest(words);
    if (is_foreign(words) && !(near && provider_is_known(provider_of(words))))
        return take_foreign(words, arena, out, err);
    if (near)
        return fail(err, AZB_ERROR_ARGUMENT, "there is no operation '%.200s'; did you mean '%s'?",
            words, near);
    if (strchr(words, '*'))
        return fail(err, AZB_ERROR_ARGUMENT,
            "'%.200s' is a pattern; a question is about one operation, such as jobs/write", words);
    return fail(err, AZB_ERROR_ARGUMENT,
        "there is no operation '%.200s': say a full name (" BATCH "jobs/write), a short one of "
        "Batch (jobs/write) or a command of azb (job create); `azb role matrix --built-in` lists "
        "them",
        words);
}
