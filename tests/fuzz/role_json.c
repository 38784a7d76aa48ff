/*
 * Role definitions from untrusted JSON: whatever is accepted can be written in each form, read back
 * as the same role, and put into an index that answers. Lint has an answer to everything, and an
 * error wherever the reader has one.
 */
#include <stdint.h>

#include "rbac/decide.h"
#include "rbac/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void must_equal(const struct rbac_names *a, const struct rbac_names *b)
{
    must(a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        must(strcmp(a->at[i], b->at[i]) == 0);
}

static void must_be_same(const struct rbac_role *a, const struct rbac_role *b)
{
    must(strcmp(a->name, b->name) == 0 && strcmp(a->description, b->description) == 0);
    must(a->type == b->type);
    must(a->permission_count == b->permission_count);
    must_equal(&a->assignable_scopes, &b->assignable_scopes);
    for (size_t i = 0; i < a->permission_count; i++) {
        must_equal(&a->permissions[i].actions, &b->permissions[i].actions);
        must_equal(&a->permissions[i].not_actions, &b->permissions[i].not_actions);
        must_equal(&a->permissions[i].data_actions, &b->permissions[i].data_actions);
        must_equal(&a->permissions[i].not_data_actions, &b->permissions[i].not_data_actions);
        const char *left = a->permissions[i].condition, *right = b->permissions[i].condition;
        must(!left == !right && (!left || strcmp(left, right) == 0));
    }
}

static void read_back(const struct rbac_role *role, enum role_form form)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    struct azb_error err = AZB_ERROR_INIT;
    enum role_form found;
    arena_init(&arena, 0);
    buffer_init(&out, 64 * 1024 * 1024);
    json_writer_init(&writer, &out, 2);
    if (!role_write(&writer, role, form, "/subscriptions/s", &err) || out.length > ROLE_JSON_MAX)
        return;
    const struct rbac_role *again = role_parse(buffer_text(&out), &arena, &found, &err);
    must(again != NULL && found == form);
    must(strcmp(again->id, form == ROLE_FORM_CLI_INPUT ? "" : role->id) == 0);
    must_be_same(role, again);
}

static void answer(const struct rbac_role *role)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope;
    struct rbac_role with_id = *role;
    arena_init(&arena, 0);
    with_id.id = "00000000-0000-4000-8000-000000000001";
    struct rbac_assignment assignment = {"1", "me", with_id.id, "/subscriptions/s", NULL};
    struct rbac_index_input input = {
        .roles = &with_id, .role_count = 1, .assignments = &assignment, .assignment_count = 1};
    struct rbac_index *index = rbac_index_new(&input, &err);
    must(index && scope_parse(text_of(assignment.scope), &arena, &scope, &err));
    struct rbac_caller caller = {.object_id = "me"};
    struct rbac_request request = {
        .caller = &caller, .scope = &scope, .action = "Microsoft.Batch/batchAccounts/read"};
    struct rbac_decision decision;
    if (rbac_check(index, &request))
        must(rbac_decide_batch(index, &request, &decision));
    rbac_index_free(index);
}

static bool has_errors(struct text json, const char *scope)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    size_t count, errors = 0;
    arena_init(&arena, 0);
    const struct lint_finding *findings = role_lint_text(json, scope, &arena, &count, &err);
    must(findings != NULL);
    for (size_t i = 0; i < count; i++) {
        must(*findings[i].message && *findings[i].code && findings[i].where && findings[i].value);
        errors += findings[i].level == LINT_ERROR;
    }
    return errors > 0;
}

static bool is_refused(const struct rbac_role *role)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (!role)
        return true;
    if (role->type == ROLE_BUILT_IN || role_check_custom(role, &err))
        return false;
    must(*err.message);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    const struct rbac_role *role =
        role_parse((struct text){(const char *)data, size}, &arena, NULL, &err);
    struct text json = {(const char *)data, size};
    bool is_list = text_starts(text_trim(role_without_mark(json)), "["); /* lint takes these, too */
    bool errors = has_errors(json, NULL);
    must(errors || is_list || !is_refused(role));
    if (!role) {
        must(err.kind != AZB_ERROR_NONE && *err.message);
        return 0;
    }
    has_errors(json, "/subscriptions/s");
    for (enum role_form form = ROLE_FORM_ARM; form <= ROLE_FORM_POWERSHELL; form++)
        read_back(role, form);
    answer(role);
    return 0;
}
