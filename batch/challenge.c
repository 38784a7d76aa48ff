#include "batch/challenge.h"

#include <ctype.h>

#include "base/crypto.h"
#include "base/json.h"

#define SCHEME "Bearer"
#define ERROR "insufficient_claims"

/* One Bearer challenge on its way. */
struct bearer {
    struct text error, claims;
};

/* RFC 9110 section 5.6.2. */
static bool is_token_character(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token68_character(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("-._~+/", c));
}

static void skip(struct text *rest, const char *characters)
{
    while (rest->length > 0 && *rest->at && strchr(characters, *rest->at))
        *rest = text_slice(*rest, 1, rest->length);
}

static struct text take_while(struct text *rest, bool (*fits)(char c))
{
    size_t length = 0;
    while (length < rest->length && fits(rest->at[length]))
        length++;
    struct text taken = text_slice(*rest, 0, length);
    *rest = text_slice(*rest, length, rest->length);
    return taken;
}

/* A quoted-string, its backslashes taken out, or a token. False: neither, or no end. */
static bool take_value(struct text *rest, struct arena *arena, struct text *out)
{
    if (!text_starts(*rest, "\"")) {
        *out = take_while(rest, is_token_character);
        return out->length > 0;
    }
    char *value = arena_alloc(arena, rest->length);
    size_t length = 0, at = 1;
    for (; value && at < rest->length && rest->at[at] != '"'; at++) {
        if (rest->at[at] == '\\' && ++at == rest->length)
            return false;
        value[length++] = rest->at[at];
    }
    if (!value || at >= rest->length)
        return false;
    *rest = text_slice(*rest, at + 1, rest->length);
    *out = (struct text){value, length};
    return true;
}

/* What may stand behind a scheme instead of parameters: Negotiate's and Basic's own words. */
static void skip_token68(struct text *rest)
{
    struct text after = *rest;
    struct text word = take_while(&after, is_token68_character);
    skip(&after, "=");
    skip(&after, " \t");
    if (word.length > 0 && (after.length == 0 || text_starts(after, ",")))
        *rest = after;
}

static bool is_complete(const struct bearer *bearer)
{
    return bearer->claims.length > 0 && text_is(bearer->error, ERROR);
}

/* `bearer` is the challenge that the parameter belongs to. */
static bool take_parameter(
    struct text name, struct text *rest, struct bearer *bearer, struct arena *arena)
{
    struct text value;
    skip(rest, "=");
    skip(rest, " \t");
    if (!take_value(rest, arena, &value))
        return false;
    if (text_equal_nocase(name, TEXT("error")))
        bearer->error = value;
    if (text_equal_nocase(name, TEXT("claims")))
        bearer->claims = value;
    return true;
}

/* The first Bearer challenge that is complete. Parameters of other schemes are read and dropped. */
static bool find(struct text rest, struct arena *arena, struct bearer *out)
{
    struct bearer dropped = {0}, *current = &dropped;
    *out = (struct bearer){0};
    for (;;) {
        skip(&rest, " \t,");
        struct text name = take_while(&rest, is_token_character);
        if (name.length == 0)
            return is_complete(out);
        skip(&rest, " \t");
        if (text_starts(rest, "=")) {
            if (!take_parameter(name, &rest, current, arena))
                return false;
            continue;
        }
        if (is_complete(out))
            return true;
        current = text_equal_nocase(name, TEXT(SCHEME)) ? out : &dropped;
        *current = (struct bearer){0};
        skip_token68(&rest);
    }
}

/* Entra's are base64; base64url and missing padding have been seen, too. */
static bool decode(struct text value, struct arena *arena, struct text *out)
{
    char *plain = arena_copy(arena, value.at, value.length);
    size_t length = value.length;
    while (plain && length > 0 && plain[length - 1] == '=')
        length--;
    for (size_t i = 0; plain && i < length; i++)
        plain[i] = (char)(plain[i] == '+' ? '-' : plain[i] == '/' ? '_' : plain[i]);
    return plain && base64url_decode(arena, (struct text){plain, length}, out);
}

char *challenge_claims(struct text header, struct arena *arena)
{
    struct bearer bearer;
    struct text claims;
    struct azb_error ignored = AZB_ERROR_INIT;
    if (!find(header, arena, &bearer) || !decode(bearer.claims, arena, &claims))
        return NULL;
    const struct json *parsed = json_parse(claims, arena, &ignored);
    azb_error_free(&ignored);
    return parsed && parsed->type == JSON_OBJECT ? text_string(arena, claims) : NULL;
}
