/*
 * What the person is told: through the program, or else on stderr, the one place where the library
 * writes by itself (a sign-in that nobody is told of would wait for nothing).
 */
#include "entra/user_credential.h"

void user_tell(const struct user_credential *state, const struct azb_user_prompt *prompt)
{
    if (state->options.user_prompt)
        state->options.user_prompt(state->options.user_prompt_context, prompt);
    else
        fprintf(stderr, "%s\n", prompt->message);
}
