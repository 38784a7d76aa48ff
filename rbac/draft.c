#include "rbac/draft.h"

#include "base/error.h"
#include "rbac/condition.h"

bool draft_problem(struct draft *draft, const char *code, const char *path, struct text value,
    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (draft->findings) {
        struct lint_finding finding = {.level = LINT_ERROR, .code = code};
        finding.where = arena_string(draft->arena, path);
        finding.value = value.at ? text_string(draft->arena, value) : "";
        finding_add_v(draft->findings, finding, format, args);
        va_end(args);
        return draft->arena->failed ? fail_memory(draft->err) : true;
    }
    char message[800];
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s%s%s", path, *path ? ": " : "",
        message);
}

bool draft_wrong_type(
    struct draft *draft, const char *path, const char *wanted, const struct json *value)
{
    return draft_problem(draft, "wrong-type", path, value->text, "expected %s, found %s", wanted,
        json_type_text(value->type));
}

static size_t characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

/* ---- strings: *out stays as it is when there was a problem ---- */

/* No control characters other than those in `allowed`. */
static bool read_plain(struct draft *draft, const struct json *value, const char *path,
    const char *allowed, const char **out)
{
    for (size_t i = 0; i < value->text.length; i++) {
        unsigned char c = (unsigned char)value->text.at[i];
        if ((c < 0x20 || c == 0x7f) && (c == 0 || !strchr(allowed, c)))
            return draft_problem(draft, "control-character", path, TEXT_NONE,
                "control characters are not allowed, character %zu is one",
                characters(text_slice(value->text, 0, i)) + 1);
    }
    const char *copy =
        arena_copy(draft->arena, value->text.at ? value->text.at : "", value->text.length);
    if (!copy)
        return fail_memory(draft->err);
    *out = copy;
    return true;
}

static bool read_string(struct draft *draft, const struct json *value, const char *path,
    size_t maximum, const char *allowed, const char **out)
{
    if (value->type != JSON_STRING)
        return draft_wrong_type(draft, path, "a string", value);
    size_t length = characters(value->text);
    if (length > maximum)
        return draft_problem(draft, "too-long", path, TEXT_NONE,
            "%zu characters are too many, at most %zu", length, maximum);
    return read_plain(draft, value, path, allowed, out);
}

static bool read_entry(
    struct draft *draft, const struct json *value, const char *path, const char **out)
{
    if (value->type != JSON_STRING)
        return draft_wrong_type(draft, path, "a string", value);
    if (text_trim(value->text).length == 0)
        return draft_problem(draft, "empty", path, TEXT_NONE, "it is empty");
    if (value->text.length > ROLE_STRING_MAX)
        return draft_problem(draft, "too-long", path, TEXT_NONE,
            "%zu bytes are too many, at most %d", value->text.length, ROLE_STRING_MAX);
    return read_plain(draft, value, path, "", out);
}

/* `maximum` entries at most, of which `before` are taken. */
static bool read_names(struct draft *draft, const struct json *value, const char *path,
    size_t before, size_t maximum, struct rbac_names *out)
{
    if (value->type != JSON_ARRAY)
        return draft_wrong_type(draft, path, "a list of strings", value);
    if (value->count > maximum - before)
        return draft_problem(draft, "too-many", path, TEXT_NONE,
            "%zu entries are too many, at most %zu%s", before + value->count, maximum,
            before ? " in all lists together" : "");
    const char **names = arena_array(draft->arena, value->count + 1, sizeof(*names));
    if (!names)
        return fail_memory(draft->err);
    size_t count = 0;
    for (const struct json *entry = value->first; entry; entry = entry->next) {
        char at[DRAFT_PATH_MAX];
        snprintf(at, sizeof(at), "%s[%zu]", path, count);
        names[count] = "";
        if (!read_entry(draft, entry, at, &names[count++]))
            return false;
    }
    *out = (struct rbac_names){names, count};
    return true;
}

static bool read_operations(
    struct draft *draft, const struct json *value, const char *path, struct rbac_names *out)
{
    if (!read_names(draft, value, path, draft->actions, ROLE_ACTIONS_MAX, out))
        return false;
    draft->actions += out->count;
    return true;
}

/* ---- members ---- */

/* Created and updated, and the resource type: the service's own to say. */
bool read_ignored(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type == JSON_STRING)
        return true;
    return draft_wrong_type(draft, path, "a string", value);
}

/* Of no shape that we would know better than the service. */
bool read_anything(struct draft *draft, const struct json *value, const char *path)
{
    (void)draft, (void)value, (void)path;
    return true;
}

bool read_id(struct draft *draft, const struct json *value, const char *path)
{
    const char *text = NULL;
    if (!read_string(draft, value, path, ROLE_STRING_MAX, "", &text))
        return false;
    if (!text)
        return true;
    struct text guid = role_guid_of(text_of(text));
    if (!guid.at)
        return draft_problem(draft, "bad-id", path, value->text,
            "\"%.100s\" is no GUID and does not end with one", text);
    if (*draft->role.id && !text_equal_nocase(text_of(draft->role.id), guid))
        return draft_problem(draft, "bad-id", path, value->text,
            "\"%.100s\" contradicts the other id, %s", text, draft->role.id);
    char *id = text_string(draft->arena, guid);
    if (!id)
        return fail_memory(draft->err);
    for (char *c = id; *c; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c + ('a' - 'A'));
    draft->role.id = id;
    return true;
}

bool read_name(struct draft *draft, const struct json *value, const char *path)
{
    draft->has_name = true;
    if (value->type == JSON_STRING && text_trim(value->text).length == 0)
        return draft_problem(draft, "empty", path, TEXT_NONE, "it is empty");
    return read_string(draft, value, path, ROLE_NAME_MAX, "", &draft->role.name);
}

bool read_description(struct draft *draft, const struct json *value, const char *path)
{
    return read_string(
        draft, value, path, ROLE_DESCRIPTION_MAX, "\n\r\t", &draft->role.description);
}

bool read_type(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_STRING)
        return draft_wrong_type(draft, path, "CustomRole or BuiltInRole", value);
    for (enum rbac_role_type type = ROLE_CUSTOM; type <= ROLE_BUILT_IN; type++)
        if (text_equal_nocase(value->text, text_of(role_type_text(type)))) {
            draft->role.type = type;
            return true;
        }
    return draft_problem(draft, "unknown-type", path, value->text,
        "\"%.*s\" is not known, expected CustomRole or BuiltInRole",
        TEXT_ARGS(text_slice(value->text, 0, 100)));
}

bool read_is_custom(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_BOOL)
        return draft_wrong_type(draft, path, "true or false", value);
    draft->role.type = value->boolean ? ROLE_CUSTOM : ROLE_BUILT_IN;
    return true;
}

bool read_scopes(struct draft *draft, const struct json *value, const char *path)
{
    return read_names(draft, value, path, 0, ROLE_SCOPES_MAX, &draft->role.assignable_scopes);
}

bool read_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_operations(draft, value, path, &draft->flat.actions);
}

bool read_not_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_operations(draft, value, path, &draft->flat.not_actions);
}

bool read_data_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_operations(draft, value, path, &draft->flat.data_actions);
}

bool read_not_data_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_operations(draft, value, path, &draft->flat.not_data_actions);
}

/* A condition narrows what a role grants, so it must not get lost. A blank one is none, as null. */
bool read_condition(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type == JSON_STRING && text_trim(value->text).length == 0)
        return true;
    return read_string(draft, value, path, CONDITION_MAX, "\n\r\t", &draft->flat.condition);
}

bool read_condition_version(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_STRING)
        return draft_wrong_type(draft, path, "\"" CONDITION_VERSION "\"", value);
    if (text_is(value->text, CONDITION_VERSION) || text_trim(value->text).length == 0)
        return true;
    return draft_problem(draft, "bad-condition", path, value->text,
        "\"%.*s\" is not known, expected \"" CONDITION_VERSION "\"",
        TEXT_ARGS(text_slice(value->text, 0, 20)));
}
