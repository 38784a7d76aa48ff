#include "rbac/lint.h"

#include "base/error.h"
#include "rbac/draft.h"
#include "rbac/lint_state.h"

const char *lint_level_text(enum lint_level level)
{
    static const char *const texts[] = {
        [LINT_ERROR] = "error", [LINT_WARNING] = "warning", [LINT_HINT] = "hint"};
    return texts[level];
}

/* ---- where things are ---- */

const char *lint_list_name(const struct lint *lint, enum rbac_kind kind, enum lint_side side)
{
    static const char *const names[2][2][2] = {
        {{"actions", "notActions"}, {"dataActions", "notDataActions"}},
        {{"Actions", "NotActions"}, {"DataActions", "NotDataActions"}},
    };
    bool flat = lint->form == ROLE_FORM_CLI_INPUT || lint->form == ROLE_FORM_POWERSHELL;
    return names[flat][kind][side];
}

const char *lint_where(const struct lint *lint, const struct lint_list *list, size_t entry)
{
    const char *name = lint_list_name(lint, list->kind, list->side);
    const char *top = lint->form == ROLE_FORM_ARM ? "properties." : "";
    if (lint->form == ROLE_FORM_CLI_INPUT || lint->form == ROLE_FORM_POWERSHELL)
        return arena_format(lint->findings.arena, "%s[%zu]", name, entry);
    return arena_format(
        lint->findings.arena, "%spermissions[%zu].%s[%zu]", top, list->permission, name, entry);
}

struct lint_list lint_list_of(
    const struct lint *lint, size_t permission, enum rbac_kind kind, enum lint_side side)
{
    const struct rbac_permission *from = &lint->role->permissions[permission];
    const struct rbac_names *const names[2][2] = {
        {&from->actions, &from->not_actions}, {&from->data_actions, &from->not_data_actions}};
    const struct compiled_permission *compiled = &lint->compiled.permissions[permission];
    return (struct lint_list){
        .permission = permission,
        .kind = kind,
        .side = side,
        .names = *names[kind][side],
        .patterns = side == LINT_GRANTED ? compiled->granted[kind] : compiled->taken[kind],
    };
}

/* ---- the whole ---- */

/* A list of none is no failure. */
static const struct lint_finding no_findings;

static bool lower_catalogue(struct lint *lint)
{
    const struct rbac_operation *rows = rbac_operations(NULL);
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        lint->known[i] = text_lower(lint->findings.arena, text_of(rows[i].name));
        if (!lint->known[i].at)
            return false;
    }
    return true;
}

static const struct lint_finding *lint_all(
    struct lint *lint, const char *scope, size_t *count, struct azb_error *err)
{
    if (!role_compile(lint->role, lint->findings.arena, &lint->compiled) ||
        !lower_catalogue(lint)) {
        fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < lint->role->permission_count; i++)
        lint_permission(lint, i);
    lint_scopes(lint, scope);
    lint_whole(lint);
    if (lint->findings.arena->failed) {
        fail_memory(err);
        return NULL;
    }
    *count = lint->findings.count;
    return lint->findings.count ? lint->findings.at : &no_findings;
}

/* "line 3, column 7": 3, or 0. */
static size_t number_after(struct text place, const char *word)
{
    const char *at = memmem(place.at, place.length, word, strlen(word));
    uint64_t number = 0;
    if (!at)
        return 0;
    struct text digits = text_slice(place, (size_t)(at - place.at) + strlen(word), place.length);
    size_t length = strspn(digits.at, "0123456789");
    return text_to_u64(text_slice(digits, 0, length), SIZE_MAX / 2, &number) ? (size_t)number : 0;
}

/* "line 3, column 7: ..." is a place and a sentence. */
static void add_syntax(struct findings *findings, const struct azb_error *parse)
{
    struct text rest = text_of(parse->message), place = TEXT("");
    if (text_starts(rest, "line "))
        text_cut(&rest, ':', &place);
    finding_add(findings,
        (struct lint_finding){.level = LINT_ERROR,
            .code = "syntax",
            .where = text_string(findings->arena, place),
            .line = number_after(place, "line "),
            .column = number_after(place, "column ")},
        "%.*s", TEXT_ARGS(text_trim(rest)));
}

/* A tree, or NULL and a finding. */
static const struct json *parse_document(
    struct text json, struct findings *findings, struct azb_error *err)
{
    struct azb_error parse = AZB_ERROR_INIT;
    const struct lint_finding syntax = {.level = LINT_ERROR, .code = "syntax"};
    if (json.length > ROLE_JSON_MAX) {
        finding_add(
            findings, syntax, "%zu bytes are too many, at most %zu", json.length, ROLE_JSON_MAX);
        return NULL;
    }
    if (text_starts(json, "\xff\xfe") || text_starts(json, "\xfe\xff")) {
        finding_add(findings, syntax, "the text is UTF-16; JSON files are UTF-8");
        return NULL;
    }
    const struct json *document = json_parse(json, findings->arena, &parse);
    if (!document && parse.kind == AZB_ERROR_MEMORY)
        fail_memory(err);
    else if (!document)
        add_syntax(findings, &parse);
    return document;
}

/* One definition. Its places begin with `at` when it is one of a list. */
static bool lint_definition(struct findings *findings, const struct json *definition,
    const char *scope, const char *at, struct azb_error *err)
{
    struct lint lint = {.findings = *findings};
    size_t first = findings->count, count;
    if (definition->type == JSON_OBJECT) {
        lint.role = role_draft(definition, findings->arena, &lint.findings, &lint.form, err);
        if (!lint.role || !lint_all(&lint, scope, &count, err))
            return false;
    } else {
        finding_add(&lint.findings,
            (struct lint_finding){.level = LINT_ERROR, .code = "wrong-type"},
            "expected a role definition, which is an object, found %s",
            json_type_text(definition->type));
    }
    *findings = lint.findings;
    for (size_t i = first; *at && i < findings->count; i++) {
        struct lint_finding *finding = &findings->at[i];
        finding->where =
            arena_format(findings->arena, "%s%s%s", at, *finding->where ? "." : "", finding->where);
    }
    return true;
}

/* What `az role definition list` prints. */
static bool lint_list(
    struct findings *findings, const struct json *list, const char *scope, struct azb_error *err)
{
    size_t number = 0;
    if (list->count == 0)
        finding_add(findings, (struct lint_finding){.level = LINT_ERROR, .code = "empty"},
            "the list holds no role definition");
    for (const struct json *at = list->first; at; at = at->next) {
        char place[32];
        snprintf(place, sizeof(place), "[%zu]", number++);
        if (!lint_definition(findings, at, scope, place, err))
            return false;
    }
    return true;
}

const struct lint_finding *role_lint_text(
    struct text json, const char *scope, struct arena *arena, size_t *count, struct azb_error *err)
{
    struct findings findings = {.arena = arena};
    struct text text = role_without_mark(json);
    const struct json *document = parse_document(text, &findings, err);
    if (document) {
        bool looked = document->type == JSON_ARRAY
                          ? lint_list(&findings, document, scope, err)
                          : lint_definition(&findings, document, scope, "", err);
        if (!looked)
            return NULL;
        lint_locate(&findings, document, text);
    }
    if (arena->failed || (!document && findings.count == 0)) {
        fail_memory(err);
        return NULL;
    }
    *count = findings.count;
    return findings.count ? findings.at : &no_findings;
}
