#include "api/odata.h"

#include <stdio.h>

#include "base/error.h"

#include "api/filter.h"

bool odata_fail(struct azb_error *err, const char *name, struct text value, const char *reason)
{
    fail_status(err, 400, "InvalidQueryParameterValue",
        "The value of the query parameter %s is not valid. %s", name, reason);
    error_add_value(err, "QueryParameterName", "%s", name);
    error_add_value(err, "QueryParameterValue", "%.*s",
        value.length > 300 ? 300 : (int)value.length, value.at ? value.at : "");
    error_add_value(err, "Reason", "%s", reason);
    return false;
}

static uint64_t bit_of(const struct model *model, const struct field *field)
{
    return field ? UINT64_C(1) << (size_t)(field - model->fields) : 0;
}

/* The names of `list`, as a set. */
static bool parse_names(
    const struct model *model, struct text list, uint64_t *out, struct azb_error *err)
{
    struct text rest = list, name;
    *out = 0;
    while (text_cut(&rest, ',', &name)) {
        name = text_trim(name);
        const struct field *field = model_field(model, name, 0);
        if (!field || !field_legal(field, SHAPE_READ)) {
            char reason[160];
            snprintf(reason, sizeof reason, "There is no property \"%.*s\" to select.",
                name.length > 80 ? 80 : (int)name.length, name.at);
            return odata_fail(err, "$select", list, reason);
        }
        *out |= bit_of(model, field);
    }
    return true;
}

static bool parse_expand(const struct field *stats, struct text expand, struct azb_error *err)
{
    if (!stats)
        return odata_fail(err, "$expand", expand, "Nothing can be expanded here.");
    if (text_is(text_trim(expand), "stats"))
        return true;
    return odata_fail(err, "$expand", expand, "Only stats can be expanded.");
}

bool api_select_parse(const struct model *model, struct text select, struct text expand,
    struct api_select *out, struct azb_error *err)
{
    const struct field *stats = model_field_named(model, "stats");
    uint64_t fields = UINT64_MAX;
    if (select.at && !parse_names(model, select, &fields, err))
        return false;
    if (expand.at && !parse_expand(stats, expand, err))
        return false;
    out->fields = expand.at ? fields : fields & ~bit_of(model, stats);
    return true;
}

bool api_maxresults_parse(struct text text, int *out, struct azb_error *err)
{
    int64_t number = API_MAX_RESULTS;
    if (text.at && !json_number_to_i64(text, &number))
        return odata_fail(
            err, "maxresults", text, "MaxResults must be a whole number between 1 and 1000");
    if (number < 1)
        return odata_fail(err, "maxresults", text, "MaxResults cannot be less than 1");
    if (number > API_MAX_RESULTS)
        return odata_fail(err, "maxresults", text, "MaxResults cannot be greater than 1000");
    *out = (int)number;
    return true;
}
