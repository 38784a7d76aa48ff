/*
 * rbac/condition_token.h - the words and signs of a condition, one after the other; for
 * condition_parse only.
 */
#ifndef RBAC_CONDITION_TOKEN_H
#define RBAC_CONDITION_TOKEN_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_BRACE_OPEN,
    TOKEN_BRACE_CLOSE,
    TOKEN_COMMA,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_ATTRIBUTE, /* text: "Request[...]" without the '@' */
    TOKEN_STRING,    /* text: between the quotes */
    TOKEN_BARE,      /* a number, a GUID, true, false */
    TOKEN_WORD,
};

struct condition_token {
    enum token_kind kind;
    struct text text;
    struct text source; /* as it stands in the condition */
};

struct condition_reader {
    struct text whole; /* a copy in the arena: tokens point into it */
    size_t at;
    struct condition_token token; /* the one to be looked at */
    struct text last;             /* source of the one before */
    int depth;                    /* of brackets and NOTs, counted by who reads them */
    struct arena *arena;
    struct azb_error *err;
};

/* Goes on to the next token; `whole` and `at` say where. */
bool token_next(struct condition_reader *reader);
/* The same if the token is of this kind, else "expected WHAT". */
bool token_skip(struct condition_reader *reader, enum token_kind kind, const char *what);

/* Both fail, with the character where it was. */
bool token_wrong(struct condition_reader *reader, struct text place, const char *what);
bool token_expected(struct condition_reader *reader, const char *what);

/* Some of what stands there, whole characters only: for messages. */
struct text token_excerpt(struct text text);

/* What may stand between tokens. */
bool token_is_space(char c);

#endif
