/* Lint: what a role grants in all, seen together. */
#include "rbac/lint_state.h"

#define ACCOUNTS "Microsoft.Batch/batchAccounts/"

static bool grants(const struct lint *lint, const struct rbac_operation *operation)
{
    return operation &&
           operation_set_has(&lint->compiled.grants, (size_t)(operation - rbac_operations(NULL)));
}

static bool grants_batch(const struct lint *lint, const char *permission, enum rbac_kind kind)
{
    return grants(lint, rbac_batch_operation(permission, kind));
}

/* The entry that grants the operation, as a place. */
static struct lint_finding place_of(const struct lint *lint, const struct rbac_operation *operation)
{
    struct lint_finding finding = {0};
    struct text name = text_lower(lint->findings.arena, text_of(operation->name));
    for (size_t i = 0; name.at && i < lint->role->permission_count && !finding.where; i++) {
        struct lint_list granted = lint_list_of(lint, i, operation->kind, LINT_GRANTED);
        struct lint_list taken = lint_list_of(lint, i, operation->kind, LINT_TAKEN);
        const struct pattern *pattern = pattern_list_find(&granted.patterns, name);
        if (!pattern || pattern_list_find(&taken.patterns, name))
            continue;
        size_t entry = (size_t)(pattern - granted.patterns.at);
        finding.where = lint_where(lint, &granted, entry);
        finding.value = arena_string(lint->findings.arena, granted.names.at[entry]);
    }
    return finding;
}

static const char *in_list(const struct lint *lint, const char *name, enum rbac_kind kind)
{
    return arena_format(
        lint->findings.arena, "add %s to %s", name, lint_list_name(lint, kind, LINT_GRANTED));
}

/* ---- may write, may not read ---- */

/* ".../jobs/read" for ".../jobs/write" and ".../jobs/delete"; NULL when there is none. */
static const struct rbac_operation *reading(const struct rbac_operation *operation)
{
    char name[256];
    struct text all = text_of(operation->name);
    const char *slash = memrchr(all.at, '/', all.length);
    if (!text_ends(all, "/write") && !text_ends(all, "/delete"))
        return NULL;
    snprintf(name, sizeof(name), "%.*s/read", (int)(slash - all.at), all.at);
    return rbac_operation_find(text_of(name), operation->kind);
}

/* The data plane lets whoever may read the account, or its keys, read everything. */
static bool reads_data_plane(const struct lint *lint)
{
    return grants_batch(lint, "read", RBAC_ACTION) ||
           grants_batch(lint, "listKeys/action", RBAC_ACTION);
}

static void check_reads(struct lint *lint)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count), *last = NULL;
    bool data_plane = reads_data_plane(lint);
    for (size_t i = 0; i < count; i++) {
        const struct rbac_operation *read = reading(&rows[i]);
        bool excused = data_plane && text_starts(text_of(rows[i].name), ACCOUNTS);
        if (!read || read == last || excused || !grants(lint, &rows[i]) || grants(lint, read))
            continue;
        last = read;
        struct lint_finding finding = place_of(lint, &rows[i]);
        finding.level = LINT_WARNING;
        finding.code = "cannot-read";
        finding.fix = in_list(lint, read->name, read->kind);
        finding_add(&lint->findings, finding,
            "the role has %s without %s: it cannot see what it changes", rows[i].name, read->name);
    }
}

/* ---- Batch's own surprises ---- */

static const struct rbac_operation *first_granted_data_action(const struct lint *lint)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == RBAC_DATA_ACTION && grants(lint, &rows[i]))
            return &rows[i];
    return NULL;
}

static void check_account(struct lint *lint)
{
    const struct rbac_operation *data = first_granted_data_action(lint);
    if (!data || reads_data_plane(lint))
        return;
    struct lint_finding finding = place_of(lint, data);
    finding.level = LINT_HINT;
    finding.code = "no-account";
    finding.fix = in_list(lint, ACCOUNTS "read", RBAC_ACTION);
    finding_add(&lint->findings, finding,
        "the role has data actions, but cannot find the account they are for (with " ACCOUNTS
        "read it could, and read everything in it)");
}

static void check_autopool(struct lint *lint)
{
    static const char *const creates[] = {"jobs/write", "jobSchedules/write"};
    if (grants_batch(lint, "pools/write", RBAC_ACTION) ||
        grants_batch(lint, "listKeys/action", RBAC_ACTION))
        return;
    for (size_t i = 0; i < sizeof(creates) / sizeof(creates[0]); i++) {
        const struct rbac_operation *create = rbac_batch_operation(creates[i], RBAC_DATA_ACTION);
        if (!grants(lint, create))
            continue;
        struct lint_finding finding = place_of(lint, create);
        finding.level = LINT_HINT;
        finding.code = "no-autopool";
        finding.fix = in_list(lint, ACCOUNTS "pools/write", RBAC_ACTION);
        finding_add(&lint->findings, finding,
            "jobs that bring an autopool are refused: they need " ACCOUNTS "pools/write besides %s",
            create->name);
        return;
    }
}

static void check_not_empty(struct lint *lint)
{
    size_t granting = 0;
    for (size_t i = 0; i < lint->role->permission_count; i++)
        granting += lint->role->permissions[i].actions.count +
                    lint->role->permissions[i].data_actions.count;
    if (granting == 0)
        finding_add(&lint->findings,
            (struct lint_finding){.level = LINT_ERROR, .code = "grants-nothing"},
            "the role grants nothing: at least one entry in %s or %s is required",
            lint_list_name(lint, RBAC_ACTION, LINT_GRANTED),
            lint_list_name(lint, RBAC_DATA_ACTION, LINT_GRANTED));
}

void lint_whole(struct lint *lint)
{
    check_not_empty(lint);
    check_reads(lint);
    check_account(lint);
    check_autopool(lint);
}
