#include "rbac/look_alike.h"

#define CYRILLIC "a Cyrillic letter"
#define GREEK "a Greek letter"
#define LATIN "another letter"
#define SLASH "another slash"
#define STAR "another asterisk"
#define STOP "another full stop"
#define SPACE "another space"
#define UNSEEN "a character without width"

/* By code. The pairs are those of Unicode's confusables (UTS #39) for what operation names hold. */
static const struct look_alike table[] = {
    {0x00a0, ' ', SPACE},
    {0x00ad, 0, UNSEEN},
    {0x0131, 'i', LATIN},
    {0x017f, 's', LATIN},
    {0x0391, 'A', GREEK},
    {0x0392, 'B', GREEK},
    {0x0395, 'E', GREEK},
    {0x0396, 'Z', GREEK},
    {0x0397, 'H', GREEK},
    {0x0399, 'I', GREEK},
    {0x039a, 'K', GREEK},
    {0x039c, 'M', GREEK},
    {0x039d, 'N', GREEK},
    {0x039f, 'O', GREEK},
    {0x03a1, 'P', GREEK},
    {0x03a4, 'T', GREEK},
    {0x03a5, 'Y', GREEK},
    {0x03a7, 'X', GREEK},
    {0x03b1, 'a', GREEK},
    {0x03b9, 'i', GREEK},
    {0x03ba, 'k', GREEK},
    {0x03bd, 'v', GREEK},
    {0x03bf, 'o', GREEK},
    {0x03c1, 'p', GREEK},
    {0x03c5, 'u', GREEK},
    {0x0405, 'S', CYRILLIC},
    {0x0406, 'I', CYRILLIC},
    {0x0408, 'J', CYRILLIC},
    {0x0410, 'A', CYRILLIC},
    {0x0412, 'B', CYRILLIC},
    {0x0415, 'E', CYRILLIC},
    {0x041a, 'K', CYRILLIC},
    {0x041c, 'M', CYRILLIC},
    {0x041d, 'H', CYRILLIC},
    {0x041e, 'O', CYRILLIC},
    {0x0420, 'P', CYRILLIC},
    {0x0421, 'C', CYRILLIC},
    {0x0422, 'T', CYRILLIC},
    {0x0423, 'Y', CYRILLIC},
    {0x0425, 'X', CYRILLIC},
    {0x0430, 'a', CYRILLIC},
    {0x0435, 'e', CYRILLIC},
    {0x043e, 'o', CYRILLIC},
    {0x0440, 'p', CYRILLIC},
    {0x0441, 'c', CYRILLIC},
    {0x0443, 'y', CYRILLIC},
    {0x0445, 'x', CYRILLIC},
    {0x0455, 's', CYRILLIC},
    {0x0456, 'i', CYRILLIC},
    {0x0458, 'j', CYRILLIC},
    {0x0501, 'd', CYRILLIC},
    {0x051b, 'q', CYRILLIC},
    {0x051d, 'w', CYRILLIC},
    {0x200b, 0, UNSEEN},
    {0x200c, 0, UNSEEN},
    {0x200d, 0, UNSEEN},
    {0x2024, '.', STOP},
    {0x2028, 0, UNSEEN},
    {0x202f, ' ', SPACE},
    {0x2044, '/', SLASH},
    {0x2060, 0, UNSEEN},
    {0x2215, '/', SLASH},
    {0x2217, '*', STAR},
    {0x212a, 'K', LATIN},
    {0x29f8, '/', SLASH},
    {0xfeff, 0, UNSEEN},
};

/* U+FF01 to U+FF5E are the printable ASCII characters, as wide as ideographs. */
static const struct look_alike full_width = {0xff01, '!', "a full-width form"};
enum { FULL_WIDTH_LAST = 0xff5e };

/* One character of well-formed UTF-8. */
static uint32_t decode(struct text text, size_t length)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)text.at[0] & first[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text.at[i] & 0x3f);
    return code;
}

uint32_t first_non_ascii(struct text text)
{
    while (text.length > 0) {
        size_t length = text_utf8_length(text);
        if (length != 1)
            return length ? decode(text, length) : 0;
        text = text_slice(text, 1, text.length);
    }
    return 0;
}

static char ascii_of(uint32_t code, const struct look_alike *found)
{
    return found == &full_width ? (char)('!' + (code - full_width.code)) : found->ascii;
}

const struct look_alike *look_alike_find(uint32_t code)
{
    if (code >= full_width.code && code <= FULL_WIDTH_LAST)
        return &full_width;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].code == code)
            return &table[i];
    return NULL;
}

const char *look_alike_mend(struct text text, struct arena *arena)
{
    char *out = arena_alloc(arena, text.length + 1);
    size_t end = 0;
    while (out && text.length > 0) {
        size_t length = text_utf8_length(text);
        if (length == 0)
            return NULL;
        uint32_t code = decode(text, length);
        const struct look_alike *found = length > 1 ? look_alike_find(code) : NULL;
        if (length > 1 && !found)
            return NULL;
        char c = found ? ascii_of(code, found) : (char)code;
        if (c)
            out[end++] = c;
        text = text_slice(text, length, text.length);
    }
    return out ? text_string(arena, text_trim((struct text){out, end})) : NULL;
}
