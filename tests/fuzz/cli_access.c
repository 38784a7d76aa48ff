/*
 * What the commands that explain access read from a service: an explanation or a decision for the
 * terminal, a deny assignment, a list of permissions; and what people type for an operation, an id
 * of a decision, a span of time.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/access_action.h"
#include "cli/access_denial.h"
#include "cli/access_log.h"
#include "cli/decision.h"
#include "cli/explanation_view.h"

/* Whatever is printed, a terminal obeys none of it. */
static void print(const struct json *document)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return;
    explanation_print(out, document, EXPLANATION_WITH_CALLER);
    fclose(out);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
            abort();
    free(text);
}

static void read_words(struct text input, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct access_action action;
    const char *words = text_string(arena, input);
    if (!words)
        return;
    (void)!access_action_read(words, arena, &action, &err);
    azb_error_free(&err);
    const char *id = decision_id_read(words, arena, &err);
    if (id && strpbrk(id, "/ ;&|$`'\"\\\n"))
        abort();
    azb_error_free(&err);
    (void)access_since("since", words, arena, &err);
    azb_error_free(&err);
    (void)fail_status(&err, 403, "AuthorizationFailed", "%s", words);
    const char *step = decision_next_step(NULL, NULL, &err, arena);
    if (step && strpbrk(step, ";&|$`'\"\\\n"))
        abort();
    azb_error_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_deny_assignment denial;
    struct text input = {(const char *)data, size};
    arena_init(&arena, (size_t)64 << 20);
    const struct json *document = json_parse(input, &arena, &err);
    azb_error_free(&err);
    if (document) {
        print(document);
        (void)!denial_read(document, &arena, &denial, &err);
        azb_error_free(&err);
        (void)!permissions_role(
            document, "all", "00000000-0000-0000-0000-000000000000", &arena, &err);
        azb_error_free(&err);
    }
    if (size < 4096)
        read_words(input, &arena);
    arena_free(&arena);
    return 0;
}
