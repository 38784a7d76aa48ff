/*
 * api/encode.h - a struct of azb/models.h into JSON.
 */
#ifndef API_ENCODE_H
#define API_ENCODE_H

#include "api/model.h"
#include "base/json.h"

/* The fields of the outermost model that are wanted: bit i is model->fields[i]. See odata.h. */
struct api_select {
    uint64_t fields;
};

/*
 * Writes the value as one object: what is present and legal in `shape`, in the order of the rows.
 * SHAPE_READ never shows secrets (fields without R). `select` NULL is everything.
 */
void api_encode(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, struct json_writer *writer);

/* The same without the braces, for answers that put members such as "odata.metadata" around. */
void api_encode_members(const struct model *model, enum api_shape shape, const void *value,
    const struct api_select *select, struct json_writer *writer);

/* One field's value (present), without its name. */
void api_encode_field(
    const struct field *field, enum api_shape shape, const void *from, struct json_writer *writer);

#endif
