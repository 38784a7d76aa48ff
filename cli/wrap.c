#include "cli/wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t terminal_columns(FILE *to)
{
    const char *columns = getenv("COLUMNS");
    struct winsize window = {0};
    unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
    if (!width && isatty(fileno(to)) && ioctl(fileno(to), TIOCGWINSZ, &window) == 0)
        width = window.ws_col;
    return width;
}

/* Where lines end. */
static size_t line_end(FILE *to)
{
    size_t width = terminal_columns(to);
    if (!width || width > WRAP_COLUMNS_MAX)
        return WRAP_COLUMNS_MAX;
    return width < WRAP_COLUMNS_MIN ? WRAP_COLUMNS_MIN : width;
}

size_t text_columns(struct text text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.length; i++)
        columns += ((unsigned char)text.at[i] & 0xC0) != 0x80; /* not a continuation byte */
    return columns;
}

static bool is_control(const struct text text, size_t at)
{
    unsigned char c = (unsigned char)text.at[at];
    bool c1 = c == 0xC2 && at + 1 < text.length && (unsigned char)text.at[at + 1] < 0xA0;
    return c < 0x20 || c == 0x7f || c1;
}

void print_clean(FILE *to, struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_control(text, i))
            fputc(text.at[i], to);
        else if ((unsigned char)text.at[i] < 0x80)
            fputc(' ', to);
        else
            i++;
}

static void print_line(FILE *to, size_t indent, size_t column, struct text line)
{
    struct text word;
    bool first = true;
    size_t end = line_end(to);
    while (text_cut(&line, ' ', &word)) {
        size_t width = text_columns(word);
        if (!first && column + 1 + width > end) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', to);
            column++;
        }
        print_clean(to, word);
        column += width;
        first = false;
    }
}

void wrap_print(FILE *to, size_t indent, size_t column, struct text text)
{
    struct text line;
    bool first = true;
    while (text_cut(&text, '\n', &line)) {
        if (!first && line.length)
            fprintf(to, "\n%*s", (int)indent, "");
        else if (!first)
            fputc('\n', to);
        print_line(to, indent, first ? column : indent, line);
        first = false;
    }
    fputc('\n', to);
}

static bool stands_alone(struct text line)
{
    return !line.length || line.at[0] == ' ' || line.at[line.length - 1] == ':';
}

void wrap_paragraphs(FILE *to, struct text text)
{
    scoped_buffer struct buffer joined = {0};
    struct text line;
    bool alone = true;
    buffer_init(&joined, 16384);
    for (bool first = true; text_cut(&text, '\n', &line); first = false) {
        bool starts = alone || !line.length || line.at[0] == ' ';
        if (!first)
            buffer_add_char(&joined, starts ? '\n' : ' ');
        buffer_add_text(&joined, line);
        alone = stands_alone(line);
    }
    wrap_print(to, 0, 0, buffer_text(&joined));
}
