#include "engine/command_line.h"

#include <azb/error.h>
#include "base/error.h"

struct splitter {
    struct text line;
    size_t at;
    char *out; /* where the next byte goes; as long as the line is enough for all arguments */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool more(const struct splitter *s)
{
    return s->at < s->line.length;
}

static bool not_closed(const char *quote, size_t from, struct azb_error *err)
{
    return fail(
        err, AZB_ERROR_ARGUMENT, "the %s quote at character %zu is not closed", quote, from + 1);
}

static bool take_single(struct splitter *s, struct azb_error *err)
{
    size_t from = s->at++;

    while (more(s) && s->line.at[s->at] != '\'')
        *s->out++ = s->line.at[s->at++];
    if (!more(s))
        return not_closed("single", from, err);
    s->at++;
    return true;
}

static bool escapes_in_double(const struct splitter *s)
{
    char next = s->at + 1 < s->line.length ? s->line.at[s->at + 1] : 0;

    return s->line.at[s->at] == '\\' && (next == '"' || next == '\\');
}

static bool take_double(struct splitter *s, struct azb_error *err)
{
    size_t from = s->at++;

    while (more(s) && s->line.at[s->at] != '"') {
        if (escapes_in_double(s))
            s->at++;
        *s->out++ = s->line.at[s->at++];
    }
    if (!more(s))
        return not_closed("double", from, err);
    s->at++;
    return true;
}

static bool take_escaped(struct splitter *s, struct azb_error *err)
{
    if (s->at + 1 >= s->line.length)
        return fail(err, AZB_ERROR_ARGUMENT, "the backslash at the end escapes nothing");
    *s->out++ = s->line.at[s->at + 1];
    s->at += 2;
    return true;
}

static bool take_piece(struct splitter *s, struct azb_error *err)
{
    switch (s->line.at[s->at]) {
    case '\'':
        return take_single(s, err);
    case '"':
        return take_double(s, err);
    case '\\':
        return take_escaped(s, err);
    default:
        *s->out++ = s->line.at[s->at++];
        return true;
    }
}

static bool take_argument(struct splitter *s, struct azb_error *err)
{
    while (more(s) && !is_space(s->line.at[s->at])) {
        if (!take_piece(s, err))
            return false;
    }
    *s->out++ = 0;
    return true;
}

static size_t skip_space(struct splitter *s)
{
    while (more(s) && is_space(s->line.at[s->at]))
        s->at++;
    return s->line.length - s->at;
}

static bool check_size(struct text line, struct azb_error *err)
{
    if (line.length > COMMAND_LINE_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "it has %zu bytes; at most %d are allowed",
            line.length, COMMAND_LINE_MAX);
    if (line.length > 0 && memchr(line.at, 0, line.length))
        return fail(err, AZB_ERROR_ARGUMENT, "it has a NUL character");
    return true;
}

bool command_line_split(
    struct text line, struct arena *arena, char ***arguments, size_t *count, struct azb_error *err)
{
    struct splitter s = {line, 0, NULL};
    char **found = NULL;
    size_t n = 0, most = line.length / 2 + 1;

    if (!check_size(line, err))
        return false;
    most = most < COMMAND_ARGUMENTS_MAX ? most : COMMAND_ARGUMENTS_MAX;
    found = arena_array(arena, most + 1, sizeof(char *));
    s.out = arena_alloc(arena, line.length + 2);
    if (!found || !s.out)
        return fail_memory(err);
    while (skip_space(&s) > 0) {
        if (n == most)
            return fail(err, AZB_ERROR_ARGUMENT, "it has more than %zu arguments", most);
        found[n++] = s.out;
        if (!take_argument(&s, err))
            return false;
    }
    if (n == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "it names no program");
    *arguments = found;
    *count = n;
    return true;
}
