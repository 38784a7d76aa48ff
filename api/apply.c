#include "api/decode.h"

/* How many bytes of the struct a field takes. */
static size_t size_of(enum field_kind kind)
{
    static const size_t sizes[] = {
        [FIELD_STRING] = sizeof(char *),
        [FIELD_I32] = sizeof(struct azb_i32),
        [FIELD_I64] = sizeof(struct azb_i64),
        [FIELD_DOUBLE] = sizeof(struct azb_double),
        [FIELD_BOOL] = sizeof(struct azb_bool),
        [FIELD_ENUM] = sizeof(struct any_enum),
        [FIELD_ONE] = sizeof(void *),
        [FIELD_LIST] = sizeof(struct any_list),
        [FIELD_STRINGS] = sizeof(struct azb_string_list),
        [FIELD_MAP] = sizeof(struct azb_string_map),
    };
    return sizes[kind];
}

void api_apply(const struct model *model, enum api_shape shape, const void *patch, void *base)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];
        size_t size = size_of(field->kind);
        if (!field_legal(field, shape))
            continue;
        if (field_cleared(field, patch) || (shape == SHAPE_PUT && !field_present(field, patch)))
            memset(field_at(field, base), 0, size);
        else if (field_present(field, patch))
            memcpy(field_at(field, base), field_in(field, patch), size);
    }
}
