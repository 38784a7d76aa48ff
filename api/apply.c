#include "api/decode.h"

void api_apply(const struct model *model, enum api_shape shape, const void *patch, void *base)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];
        size_t size = field_size(field->kind);
        if (!field_legal(field, shape))
            continue;
        if (field_cleared(field, patch) || (shape == SHAPE_PUT && !field_present(field, patch)))
            memset(field_at(field, base), 0, size);
        else if (field_present(field, patch))
            memcpy(field_at(field, base), field_in(field, patch), size);
    }
}
