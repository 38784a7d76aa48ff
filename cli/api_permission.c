#include "cli/api_permission.h"

#include "base/error.h"
#include "cli/commands.h"

/* Whose permissions they are: names that people know them by. */
static const struct {
    const char *name, *app_id;
} known_apis[] = {
    {"batch", "ddbf3205-c6bd-46ae-8127-60eb93363864"},
    {"graph", "00000003-0000-0000-c000-000000000000"},
    {"arm", "797f4846-ba00-4fd7-ba43-dac1f8f63013"},
    {"storage", "e406a681-f3d4-42a8-90b6-c2b029497af1"},
};

const struct json *find_api(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *given = argument(arguments, "api");
    const char *api = given ? given : known_apis[0].name;
    for (size_t i = 0; i < COUNT(known_apis); i++)
        if (string_equal_nocase(api, known_apis[i].name))
            return find_service_principal(session, "appId", known_apis[i].app_id, err);
    return find_service_principal(
        session, text_is_guid(text_of(api)) ? "appId" : "displayName", api, err);
}

/* The two kinds of permissions, as requiredResourceAccess names them. */
static const struct {
    const char *type;
    const char *member; /* of the API's service principal */
} kinds[] = {
    {"Scope", "oauth2PermissionScopes"},
    {"Role", "appRoles"},
};

const struct json *find_offered(const struct json *api, struct text type, struct text value)
{
    const struct json *list = NULL;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (text_equal_nocase(type, text_of(kinds[i].type)))
            list = json_get(api, kinds[i].member);
    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        if (text_equal(json_get_text(item, "value"), value) ||
            text_equal_nocase(json_get_text(item, "id"), value))
            return item;
    return NULL;
}

struct permission_name permission_name_read(const char *given)
{
    struct text type = text_of(given), value;
    if (!strchr(given, '='))
        return (struct permission_name){type, TEXT("Scope")};
    text_cut(&type, '=', &value);
    return (struct permission_name){value, type};
}

const struct json *find_given(const struct json *api, const char *given)
{
    struct permission_name name = permission_name_read(given);
    return find_offered(api, name.type, name.value);
}

bool check_given(const struct json *api, const struct option_value *values, struct azb_error *err)
{
    for (size_t i = 0; values && i < values->count; i++)
        if (!find_given(api, values->values[i]))
            return fail(err, AZB_ERROR_ARGUMENT, "%.*s offers no permission '%s'",
                TEXT_ARGS(json_get_text(api, "displayName")), values->values[i]);
    return true;
}
