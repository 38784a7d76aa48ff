#include "cli/ini.h"

#include "base/error.h"

enum line_kind {
    LINE_OTHER, /* empty, or a comment */
    LINE_SECTION,
    LINE_OPTION,
    LINE_CONTINUED, /* indented: it belongs to the option above */
};

struct line {
    enum line_kind kind;
    struct text whole; /* with its line feed, if it has one */
    struct text name;  /* of the section or the option */
};

static struct text option_name(struct text text)
{
    size_t length = 0;
    while (length < text.length && text.at[length] != '=' && text.at[length] != ':')
        length++;
    return text_trim(text_slice(text, 0, length));
}

static enum line_kind kind_of(struct text whole, struct text trimmed)
{
    if (trimmed.length == 0 || trimmed.at[0] == '#' || trimmed.at[0] == ';')
        return LINE_OTHER;
    if (whole.at[0] == ' ' || whole.at[0] == '\t')
        return LINE_CONTINUED;
    return trimmed.at[0] == '[' && memchr(trimmed.at, ']', trimmed.length) ? LINE_SECTION
                                                                           : LINE_OPTION;
}

/* False at the end of the file. */
static bool next_line(struct text *rest, struct line *line)
{
    if (rest->length == 0)
        return false;
    const char *feed = memchr(rest->at, '\n', rest->length);
    size_t length = feed ? (size_t)(feed - rest->at) + 1 : rest->length;
    line->whole = text_slice(*rest, 0, length);
    *rest = text_slice(*rest, length, rest->length);
    struct text trimmed = text_trim(line->whole);
    line->kind = kind_of(line->whole, trimmed);
    line->name = TEXT_NONE;
    if (line->kind == LINE_SECTION)
        line->name = text_slice(trimmed, 1,
            (size_t)((const char *)memrchr(trimmed.at, ']', trimmed.length) - trimmed.at));
    else if (line->kind == LINE_OPTION)
        line->name = option_name(trimmed);
    return true;
}

bool ini_has_section(struct text file, const char *section)
{
    struct line line;
    while (next_line(&file, &line))
        if (line.kind == LINE_SECTION && text_is(line.name, section))
            return true;
    return false;
}

/* ---- Changing -------------------------------------------------------------------------------- */

/* Where the new line goes, as offsets into the file: in the place of what is between them. */
struct place {
    bool has_section;
    size_t from, to;
};

/* Comments and empty lines behind a section's last option belong to what follows. */
static struct place find_place(struct text file, const char *section, const char *option)
{
    struct place place = {false, file.length, file.length};
    struct text rest = file;
    struct line line;
    bool inside = false, found = false;
    while (next_line(&rest, &line)) {
        size_t end = file.length - rest.length;
        if (line.kind == LINE_SECTION && place.has_section)
            break;
        if (line.kind == LINE_SECTION)
            inside = place.has_section = text_is(line.name, section);
        if (!inside || line.kind == LINE_OTHER)
            continue;
        if (found && line.kind != LINE_CONTINUED)
            break;
        if (line.kind == LINE_OPTION && text_equal_nocase(line.name, text_of(option))) {
            found = true;
            place.from = end - line.whole.length;
        } else if (!found)
            place.from = end;
        place.to = end;
    }
    return place;
}

static void add_value(struct buffer *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '%')
            buffer_add_char(out, '%');
        buffer_add_char(out, *value);
    }
}

static void add_line_feed(struct buffer *out)
{
    if (out->length && out->at[out->length - 1] != '\n')
        buffer_add_char(out, '\n');
}

bool ini_set(struct arena *arena, struct text file, const char *section, const char *option,
    const char *value, struct text *out, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct place place = find_place(file, section, option);
    buffer_init(&text, INI_MAX);
    buffer_add_text(&text, text_slice(file, 0, place.from));
    add_line_feed(&text);
    if (!place.has_section)
        buffer_format(&text, "%s[%s]\n", text.length ? "\n" : "", section);
    buffer_format(&text, "%s = ", option);
    add_value(&text, value);
    buffer_add_char(&text, '\n');
    buffer_add_text(&text, text_slice(file, place.to, file.length));
    if (text.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "the file would become longer than %d bytes", INI_MAX);
    *out = (struct text){arena_copy(arena, text.at, text.length), text.length};
    return out->at ? true : fail_memory(err);
}
