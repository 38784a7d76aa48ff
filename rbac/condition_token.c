#include "rbac/condition_token.h"

#include "base/error.h"

/* ---- what was wrong ---- */

static size_t characters_before(const struct condition_reader *reader, const char *place)
{
    size_t count = 0;
    for (const char *at = reader->whole.at; at < place; at++)
        count += ((unsigned char)*at & 0xc0) != 0x80;
    return count;
}

bool token_wrong(struct condition_reader *reader, struct text place, const char *what)
{
    return fail(reader->err, AZB_ERROR_ARGUMENT, "condition: character %zu: %s",
        characters_before(reader, place.at) + 1, what);
}

/* Some of what stands there, whole characters only. */
struct text token_excerpt(struct text text)
{
    enum { EXCERPT_MAX = 60 };
    struct text cut = text_slice(text, 0, EXCERPT_MAX);
    return text_slice(cut, 0, text_whole_length(cut));
}

bool token_expected(struct condition_reader *reader, const char *what)
{
    const struct condition_token *token = &reader->token;
    char message[400];
    if (token->kind == TOKEN_END)
        snprintf(message, sizeof(message), "expected %s, but the condition ends here", what);
    else
        snprintf(message, sizeof(message), "expected %s, found \"%.*s\"", what,
            TEXT_ARGS(token_excerpt(token->source)));
    return token_wrong(reader, token->source, message);
}

/* ---- tokens ---- */

static struct text rest_of(const struct condition_reader *reader)
{
    return text_slice(reader->whole, reader->at, reader->whole.length);
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '_' || c == '-' || c == '.';
}

static void take(struct condition_reader *reader, enum token_kind kind, size_t length)
{
    struct text source = text_slice(rest_of(reader), 0, length);
    reader->token = (struct condition_token){.kind = kind, .text = source, .source = source};
    reader->at += length;
}

static const struct {
    const char *sign;
    enum token_kind kind;
} signs[] = {
    {"(", TOKEN_OPEN},
    {")", TOKEN_CLOSE},
    {"{", TOKEN_BRACE_OPEN},
    {"}", TOKEN_BRACE_CLOSE},
    {",", TOKEN_COMMA},
    {"&&", TOKEN_AND},
    {"||", TOKEN_OR},
    {"!", TOKEN_NOT},
};

static const struct {
    const char *word;
    enum token_kind kind;
} words[] = {
    {"AND", TOKEN_AND},
    {"OR", TOKEN_OR},
    {"NOT", TOKEN_NOT},
    {"true", TOKEN_BARE},
    {"false", TOKEN_BARE},
};

static enum token_kind word_kind(struct text word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_equal_nocase(text_of(words[i].word), word))
            return words[i].kind;
    char first = word.at[0];
    if (text_is_guid(word) || (first >= '0' && first <= '9') || first == '-')
        return TOKEN_BARE;
    return TOKEN_WORD;
}

static bool take_word(struct condition_reader *reader)
{
    struct text rest = rest_of(reader);
    size_t length = 0;
    while (length < rest.length && is_word_byte(rest.at[length]))
        length++;
    if (length == 0)
        return token_wrong(reader, rest,
            "this character does not belong here; allowed are @attributes[...], functions, "
            "'texts', "
            "numbers, GUIDs, ( ) { } , AND OR NOT");
    take(reader, word_kind(text_slice(rest, 0, length)), length);
    return true;
}

/* A backslash keeps the quote after it from ending the text. */
static bool take_string(struct condition_reader *reader)
{
    struct text rest = rest_of(reader);
    size_t length = 1;
    while (length < rest.length && rest.at[length] != '\'')
        length += rest.at[length] == '\\' && length + 1 < rest.length ? 2 : 1;
    if (length >= rest.length)
        return token_wrong(reader, rest, "the quote ' is never closed");
    take(reader, TOKEN_STRING, length + 1);
    reader->token.text = text_slice(rest, 1, length);
    return true;
}

static bool take_attribute(struct condition_reader *reader)
{
    struct text rest = rest_of(reader);
    const char *end = memchr(rest.at, ']', rest.length);
    if (!end)
        return token_wrong(reader, rest, "an attribute is written @Source[name]; the ] is missing");
    take(reader, TOKEN_ATTRIBUTE, (size_t)(end - rest.at) + 1);
    reader->token.text = text_slice(reader->token.source, 1, reader->token.source.length);
    return true;
}

bool token_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool take_sign(struct condition_reader *reader)
{
    struct text rest = rest_of(reader);
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (text_starts(rest, signs[i].sign)) {
            take(reader, signs[i].kind, strlen(signs[i].sign));
            return true;
        }
    return false;
}

bool token_next(struct condition_reader *reader)
{
    reader->last = reader->token.source;
    while (reader->at < reader->whole.length && token_is_space(reader->whole.at[reader->at]))
        reader->at++;
    struct text rest = rest_of(reader);
    if (rest.length == 0) {
        take(reader, TOKEN_END, 0);
        return true;
    }
    if (take_sign(reader))
        return true;
    if (rest.at[0] == '\'')
        return take_string(reader);
    return rest.at[0] == '@' ? take_attribute(reader) : take_word(reader);
}

bool token_skip(struct condition_reader *reader, enum token_kind kind, const char *what)
{
    return reader->token.kind == kind ? token_next(reader) : token_expected(reader, what);
}
