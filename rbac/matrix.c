/*
 * One index holds all roles, each assigned to a principal of its own: the marks are answers of the
 * evaluator that decides requests.
 */
#include "rbac/matrix.h"

#include "base/error.h"
#include "rbac/decide.h"

#define PRINCIPAL_FORMAT "column-%zu"

static enum matrix_mark mark_of(
    const struct rbac_index *index, const struct rbac_request *request, enum rbac_kind kind)
{
    struct rbac_decision decision;
    if (rbac_check(index, request))
        return MATRIX_GRANTED;
    bool data_plane = kind == RBAC_DATA_ACTION;
    return data_plane && rbac_decide_batch(index, request, &decision) ? MATRIX_BATCH_RULE
                                                                      : MATRIX_NONE;
}

static void fill_column(const struct rbac_index *index, const struct scope *scope,
    const char *principal, size_t column, struct role_matrix *matrix)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    struct rbac_caller caller = {.object_id = principal};
    for (size_t i = 0; i < count; i++) {
        struct rbac_request request = {.caller = &caller,
            .scope = scope,
            .operation = &rows[i],
            .is_read = rbac_operation_is_read(&rows[i])};
        matrix->marks[i * matrix->role_count + column] =
            (unsigned char)mark_of(index, &request, rows[i].kind);
    }
}

/* The built-in roles are in every index; the others have to be put in. */
static bool put_in(const struct rbac_role *roles, size_t count, struct rbac_role *custom,
    struct rbac_assignment *assignments, struct rbac_index_input *input, struct arena *arena,
    struct azb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!text_is_guid(text_of(roles[i].id)))
            return fail(err, AZB_ERROR_ARGUMENT, "the role '%s' has no id", roles[i].name);
        if (!rbac_builtin_role(text_of(roles[i].id)))
            custom[input->role_count++] = roles[i];
        assignments[i] =
            (struct rbac_assignment){.principal_id = arena_format(arena, PRINCIPAL_FORMAT, i),
                .role_id = roles[i].id,
                .scope = "/"};
    }
    input->roles = custom;
    input->assignments = assignments;
    input->assignment_count = count;
    return arena->failed ? fail_memory(err) : true;
}

static struct rbac_index *index_of(const struct rbac_role *roles, size_t count, struct arena *arena,
    struct rbac_index_input *input, struct azb_error *err)
{
    struct rbac_role *custom = arena_array(arena, count + 1, sizeof *custom);
    struct rbac_assignment *assignments = arena_array(arena, count + 1, sizeof *assignments);
    if (!custom || !assignments) {
        fail_memory(err);
        return NULL;
    }
    if (!put_in(roles, count, custom, assignments, input, arena, err))
        return NULL;
    return rbac_index_new(input, err);
}

bool role_matrix_fill(const struct rbac_role *roles, size_t count, struct arena *arena,
    struct role_matrix *out, struct azb_error *err)
{
    size_t operation_count;
    struct scope root;
    struct rbac_index_input input = {0};
    rbac_operations(&operation_count);
    *out = (struct role_matrix){.roles = roles, .role_count = count};
    out->marks = arena_array(arena, operation_count, count + 1);
    if (!out->marks)
        return fail_memory(err);
    if (!scope_parse(TEXT("/"), arena, &root, err))
        return false;
    struct rbac_index *index = index_of(roles, count, arena, &input, err);
    if (!index)
        return false;
    for (size_t i = 0; i < count; i++)
        fill_column(index, &root, input.assignments[i].principal_id, i, out);
    rbac_index_free(index);
    return true;
}

enum matrix_mark role_matrix_at(const struct role_matrix *matrix, size_t operation, size_t role)
{
    return (enum matrix_mark)matrix->marks[operation * matrix->role_count + role];
}

char matrix_mark_sign(enum matrix_mark mark)
{
    static const char signs[] = {
        [MATRIX_NONE] = '.', [MATRIX_BATCH_RULE] = '*', [MATRIX_GRANTED] = '+'};
    return signs[mark];
}

const char *matrix_mark_text(enum matrix_mark mark)
{
    static const char *const texts[] = {
        [MATRIX_NONE] = "none", [MATRIX_BATCH_RULE] = "batchRule", [MATRIX_GRANTED] = "granted"};
    return texts[mark];
}
