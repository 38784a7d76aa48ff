#include "cli/state.h"

#include "base/error.h"
#include "cli/session.h"

char *state_folder(const char *given, struct arena *arena)
{
    if (!given)
        given = environment("AZB_STATE");
    if (given)
        return arena_string(arena, given);
    const char *base = environment("XDG_STATE_HOME");
    if (base)
        return arena_format(arena, "%s/azb", base);
    const char *home = environment("HOME");
    return arena_format(arena, "%s/.local/state/azb", home ? home : "");
}

bool state_environment(
    const char *given, struct arena *arena, struct text *out, struct azb_error *err)
{
    char *folder = state_folder(given, arena);
    char *path = folder ? arena_format(arena, "%s/env", folder) : NULL;
    if (!path)
        return fail_memory(err);
    if (read_input(arena, path, out, err))
        return true;
    err->kind = AZB_ERROR_CONFIGURATION;
    return fail_while(err, "no azbd has been started on the state %s (start one: azbd --state %s)",
        folder, folder);
}

/* 'it'\''s' as a shell reads it; a bare word as it is. */
static struct text unquoted(struct text value, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    bool inside = false;
    buffer_init(&out, 1 << 20);
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] == '\'' || (value.at[i] == '"' && !inside))
            inside = value.at[i] == '\'' ? !inside : inside;
        else if (value.at[i] == '\\' && !inside && i + 1 < value.length)
            buffer_add_char(&out, value.at[++i]);
        else
            buffer_add_char(&out, value.at[i]);
    }
    return (struct text){arena_copy(arena, out.at ? out.at : "", out.length), out.length};
}

bool state_variable(struct text line, struct arena *arena, struct text *name, struct text *value)
{
    struct text rest = text_trim(line);
    if (text_starts(rest, "export "))
        rest = text_trim(text_slice(rest, strlen("export "), rest.length));
    if (!text_cut(&rest, '=', name) || !rest.at || !name->length || name->at[0] == '#')
        return false;
    *value = unquoted(rest, arena);
    return true;
}

bool state_has_variable(struct text lines, const char *name, struct arena *arena)
{
    struct text line, found, value;
    while (lines.length && text_cut(&lines, '\n', &line))
        if (state_variable(line, arena, &found, &value) && text_is(found, name))
            return true;
    return false;
}

bool state_set_variables(
    struct text lines, const char *from, struct arena *arena, struct azb_error *err)
{
    struct text line, name, value;
    size_t number = 0;
    while (lines.length && text_cut(&lines, '\n', &line)) {
        number++;
        if (!text_trim(line).length || text_trim(line).at[0] == '#')
            continue;
        if (!state_variable(line, arena, &name, &value))
            return fail(err, AZB_ERROR_ARGUMENT, "%s, line %zu is not NAME=VALUE", from, number);
        char *variable = text_string(arena, name), *text = text_string(arena, value);
        if (!variable || !text || setenv(variable, text, 1) != 0)
            return fail_memory(err);
    }
    return true;
}
