/*
 * api/decode.h - JSON into a struct of azb/models.h, straight from the pull reader.
 */
#ifndef API_DECODE_H
#define API_DECODE_H

#include <azb/error.h>
#include "api/model.h"
#include "api/version.h"
#include "base/arena.h"
#include "base/json.h"

/* How unexpected members and words are met. */
enum api_manner {
    API_STRICT,  /* the service: unknown and read-only members and unknown words are refused */
    API_LENIENT, /* the client: they are skipped; an unknown word is kept (value -1) */
};

/*
 * Reads one JSON document into `out` (model->size bytes, any content; all of it is written).
 * Strings, lists and nested structs are in the arena. `version` may be NULL: the current one.
 *
 * Types, names and words are checked here; what the values may be is api_validate()'s business.
 * Always tolerated: members whose name begins with "odata." or holds "@odata.", JSON null (absent;
 * in SHAPE_PATCH see api_cleared), and in SHAPE_PUT members that exist only in other shapes.
 *
 * STRICT errors are Batch's, status 400: InvalidRequestBody (Reason), InvalidPropertyValue,
 * UnsupportedProperty (PropertyName, PropertyValue, Reason). PropertyName is the whole path, such
 * as "constraints.maxTaskRetryCount" or "value[3].id". LENIENT errors are AZB_ERROR_PROTOCOL.
 */
AZB_MUST_CHECK bool api_decode(const struct model *model, enum api_shape shape,
    enum api_manner manner, struct text json, const struct api_version *version,
    struct arena *arena, void *out, struct azb_error *err);

/* The same from a reader that stands before the value, for documents that are larger than it. */
AZB_MUST_CHECK bool api_decode_value(const struct model *model, enum api_shape shape,
    enum api_manner manner, struct json_reader *reader, const struct api_version *version,
    void *out, struct azb_error *err);

/*
 * Lays what `patch` has over `base` (both of `model`): present fields replace, api_cleared removes,
 * an empty list empties. Only the fields that `shape` (SHAPE_PATCH or SHAPE_PUT) allows are
 * touched; with SHAPE_PUT absent ones become absent in `base` too. Nested values are shared, not
 * copied.
 */
void api_apply(const struct model *model, enum api_shape shape, const void *patch, void *base);

#endif
