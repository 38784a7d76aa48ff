#include "entra/requested_claims.h"

#include "entra/aadsts.h"

#define CONTEXTS_MAX 16
#define CONTEXT_LENGTH_MAX 64 /* Entra's are "c1" to "c99" */

/* They go into the token as they are asked for, and a token has to fit into a header. */
static bool check_contexts(const struct json *asked, struct azb_error *err)
{
    const struct json *acrs = json_get(asked, "acrs");
    const struct json *values = json_get(acrs, "values");
    size_t count = 0;
    bool fits = json_get_text(acrs, "value").length <= CONTEXT_LENGTH_MAX;
    for (const struct json *one = values ? values->first : NULL; one && fits; one = one->next)
        fits = ++count <= CONTEXTS_MAX && json_text(one).length <= CONTEXT_LENGTH_MAX;
    return fits || aadsts(err, 9002313,
                       "Invalid request. The parameter 'claims' asks for more authentication "
                       "contexts (acrs) than %d, or for one of more than %d characters.",
                       CONTEXTS_MAX, CONTEXT_LENGTH_MAX);
}

bool requested_claims_read(
    struct request *request, struct text parameter, const struct json **out, struct azb_error *err)
{
    *out = NULL;
    if (parameter.length == 0)
        return true;
    if (parameter.length > REQUESTED_CLAIMS_MAX)
        return aadsts(err, 9002313,
            "Invalid request. The parameter 'claims' is longer than %d characters.",
            REQUESTED_CLAIMS_MAX);
    struct azb_error why = AZB_ERROR_INIT;
    const struct json *claims = json_parse(parameter, &request->arena, &why);
    if (claims && claims->type == JSON_OBJECT) {
        *out = json_get(claims, "access_token");
        return check_contexts(*out, err);
    }
    bool told =
        aadsts(err, 9002313, "Invalid request. The parameter 'claims' is not a JSON object%s%s.",
            claims ? "" : ": ", claims ? "" : why.message);
    azb_error_free(&why);
    return told;
}

int64_t requested_not_before(const struct json *asked, int64_t usual_s, int64_t now_s)
{
    int64_t wanted_s;
    const struct json *value = json_path(asked, "nbf.value");
    bool is_date = value && (value->type == JSON_STRING || value->type == JSON_NUMBER) &&
                   json_number_to_i64(value->text, &wanted_s);
    return is_date && wanted_s > usual_s && wanted_s <= now_s ? wanted_s : usual_s;
}

static void write_contexts(struct json_writer *writer, const struct json *asked)
{
    const struct json *acrs = json_get(asked, "acrs");
    struct text value = json_get_text(acrs, "value");
    const struct json *values = json_get(acrs, "values");
    if (!value.at && !values)
        return;
    json_name(writer, "acrs");
    json_begin_array(writer);
    if (value.at)
        json_write_text(writer, value);
    for (const struct json *one = values ? values->first : NULL; one; one = one->next)
        if (one->type == JSON_STRING)
            json_write_text(writer, one->text);
    json_end_array(writer);
}

/* Clients write "cp1" and "CP1". */
static void write_capabilities(struct json_writer *writer, const struct json *asked)
{
    const struct json *values = json_path(asked, "xms_cc.values");
    for (const struct json *one = values ? values->first : NULL; one; one = one->next)
        if (text_equal_nocase(json_text(one), TEXT("cp1"))) {
            json_name(writer, "xms_cc");
            json_begin_array(writer);
            json_write_text(writer, one->text);
            json_end_array(writer);
            return;
        }
}

bool requested_cp1(const struct json *asked)
{
    const struct json *values = json_path(asked, "xms_cc.values");
    for (const struct json *one = values ? values->first : NULL; one; one = one->next)
        if (text_equal_nocase(json_text(one), TEXT("cp1")))
            return true;
    return false;
}

void requested_claims_write(struct json_writer *writer, const struct json *asked)
{
    write_contexts(writer, asked);
    write_capabilities(writer, asked);
}
