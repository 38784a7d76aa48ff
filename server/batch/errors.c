/* Errors that several resources make, and properties that are not acted on. */
#include <stdarg.h>

#include "base/error.h"
#include "batch/batch.h"
#include "engine/engine.h"

bool refuse_property(struct azb_error *err, const char *code, const char *property,
    const char *value, const char *reason)
{
    fail_status(err, 400, code,
        "The value provided for one of the properties in the request body is invalid.");
    error_add_value(err, "PropertyName", "%s", property);
    if (value)
        error_add_value(err, "PropertyValue", "%s", value);
    error_add_value(err, "Reason", "%s", reason);
    return false;
}

bool refuse_query(struct azb_error *err, const char *name, struct text value, const char *reason)
{
    fail_status(err, 400, "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.");
    error_add_value(err, "QueryParameterName", "%s", name);
    error_add_value(err, "QueryParameterValue", "%.*s", TEXT_ARGS(value));
    error_add_value(err, "Reason", "%s", reason);
    return false;
}

bool refuse_state(struct azb_error *err, const char *code, const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return fail_status(err, 409, code, "%s", message);
}

/* An empty list, false and zero ask for nothing. */
static bool asks_for_nothing(const struct field *field, const void *value)
{
    const void *at = field_in(field, value);

    switch (field->kind) {
    case FIELD_LIST:
    case FIELD_STRINGS:
        return ((const struct any_list *)at)->count == 0;
    case FIELD_BOOL:
        return !((const struct azb_bool *)at)->value;
    case FIELD_I32:
        return ((const struct azb_i32 *)at)->value == 0;
    default:
        return field_cleared(field, value);
    }
}

bool check_supported(const struct model *model, const void *value,
    const struct unsupported_property *table, const char *prefix, struct azb_error *err)
{
    for (; table->name; table++) {
        const struct field *field = model_field_named(model, table->name);
        char path[128];

        if (!field || !field_present(field, value) || asks_for_nothing(field, value))
            continue;
        snprintf(path, sizeof(path), "%s%s", prefix, table->name);
        return refuse_property(err, "UnsupportedProperty", path, NULL, table->reason);
    }
    return true;
}

bool check_settings(
    const struct azb_environment_setting_list *list, const char *property, struct azb_error *err)
{
    char count[24];

    if (list->count <= ENVIRONMENT_SETTINGS_MAX)
        return true;
    snprintf(count, sizeof(count), "%zu settings", list->count);
    return refuse_property(err, "InvalidPropertyValue", property, count,
        "There are too many; at most 1000 are allowed");
}
