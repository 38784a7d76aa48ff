/*
 * api/validate.h - what the values of a body may be: required fields, ranges, formats, and rules
 * that bind fields together.
 */
#ifndef API_VALIDATE_H
#define API_VALIDATE_H

#include <azb/error.h>
#include "api/model.h"

/*
 * True when `value` may be sent in `shape`. Otherwise err has status 400, a code out of
 * MissingRequiredProperty, InvalidPropertyValue, OutOfRangeInput, OutOfRangePriority,
 * EmptyMetadataKey, TaskDependencyListTooLong, and the values PropertyName (whole path),
 * PropertyValue, Reason (names what is allowed). Nested values are checked as well.
 *
 * What needs other resources (does the job exist, has it dependencies switched on) is not known
 * here.
 */
AZB_MUST_CHECK bool api_validate(
    const struct model *model, enum api_shape shape, const void *value, struct azb_error *err);

/* Where a value stands, for messages: a list of names that begins at the outermost. */
struct api_path {
    const struct api_path *up;
    const char *name;
    size_t index; /* of a list's element, plus 1; 0 when it is none */
};

/* "constraints.maxTaskRetryCount", "value[3].id"; cut when longer than `size`. */
void api_path_print(const struct api_path *path, char *out, size_t size);

/* Fills err for one property: 400, code, "One of the properties ... ", PropertyName, PropertyValue
 * (left out when NULL), Reason. Returns false. */
bool api_fail_property(struct azb_error *err, const char *code, const struct api_path *path,
    const char *value, const char *reason);

/* An id alone: 1 to 64 of [A-Za-z0-9_-]. */
bool api_id_valid(struct text id);

#endif
