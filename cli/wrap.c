#include "cli/wrap.h"

#include <stdbool.h>

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
    while (text_cut(&line, ' ', &word)) {
        size_t width = text_columns(word);
        if (!first && column + 1 + width > WRAP_COLUMNS) {
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
