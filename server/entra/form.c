#include "entra/form.h"

#include "base/error.h"
#include "entra/aadsts.h"

static bool is_form(const struct request *request)
{
    struct text type = text_of(request_header(request, "Content-Type")), media;
    if (!text_cut(&type, ';', &media))
        return false;
    return text_equal_nocase(text_trim(media), TEXT("application/x-www-form-urlencoded"));
}

static bool malformed(struct azb_error *err, const char *why)
{
    return aadsts(err, 9002313, "Invalid request. Request is malformed or invalid. %s", why);
}

static bool decode(
    struct request *request, struct text raw, struct text *out, struct azb_error *err)
{
    if (text_percent_decode(&request->arena, raw, true, out) && text_valid_utf8(*out))
        return true;
    if (request->arena.failed)
        return fail_memory(err);
    return malformed(err, "The body holds a bad percent escape or text that is not UTF-8.");
}

static bool add_field(
    struct request *request, struct form *form, struct text pair, struct azb_error *err)
{
    struct form_field field = {TEXT_NONE, pair};
    struct text name;
    text_cut(&field.value, '=', &name);
    if (!decode(request, name, &field.name, err) ||
        !decode(request, field.value.at ? field.value : TEXT(""), &field.value, err))
        return false;
    for (size_t i = 0; i < form->count; i++)
        if (text_equal(form->fields[i].name, field.name))
            return aadsts(err, 9002313,
                "Invalid request. Request is malformed or invalid. The parameter '%.*s' is given "
                "more than once.",
                TEXT_ARGS(text_slice(field.name, 0, 80)));
    if (form->count == FORM_FIELDS_MAX)
        return malformed(err, "The body has more parameters than are allowed.");
    form->fields[form->count++] = field;
    return true;
}

bool form_parse(struct request *request, struct form *out, struct azb_error *err)
{
    out->count = 0;
    if (!is_form(request))
        return malformed(err, "The content type must be application/x-www-form-urlencoded.");
    if (request->body.length > FORM_BYTES_MAX)
        return malformed(err, "The body is too large.");
    struct text rest = request->body, pair;
    while (text_cut(&rest, '&', &pair))
        if (pair.length > 0 && !add_field(request, out, pair, err))
            return false;
    return true;
}

struct text form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (text_is(form->fields[i].name, name))
            return form->fields[i].value.length ? form->fields[i].value : TEXT_NONE;
    return TEXT_NONE;
}

bool form_need(const struct form *form, const char *name, struct text *out, struct azb_error *err)
{
    struct text value = form_get(form, name);
    if (!value.at)
        return aadsts(
            err, 900144, "The request body must contain the following parameter: '%s'.", name);
    *out = value;
    return true;
}
