/*
 * cli/body.h - the body of a request from --json-file and flags.
 *
 * Flags are laid over the file. Fields of the body that are simple values are flags by themselves
 * (displayName is --display-name); flags.def has the others.
 */
#ifndef CLI_BODY_H
#define CLI_BODY_H

#include "api/model.h"
#include "cli/command.h"

/* The options that a body of this model and shape brings; how many were added. */
size_t body_options(const struct model *model, enum api_shape shape, struct option_row *out,
    size_t maximum, struct arena *arena);

/*
 * The body as a tree, or a list if the file holds one; NULL without err when neither file nor flag
 * was given. NULL and err: a flag's value does not fit its field, the file is not JSON.
 */
struct json *body_build(const struct model *model, enum api_shape shape,
    const struct arguments *arguments, struct arena *arena, struct azb_error *err);

/* The tree as text. */
struct text body_text(const struct json *body, struct arena *arena);

#endif
