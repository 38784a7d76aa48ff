/*
 * cli/explanation_view.h - an explanation (rbac_explain_json) for a terminal, wherever it was made:
 * here, or in azbd, whose log keeps it.
 */
#ifndef CLI_EXPLANATION_VIEW_H
#define CLI_EXPLANATION_VIEW_H

#include <stdio.h>
#include "base/json.h"

/* What was asked, each assignment with the first reason why it did not help, nearest first, and
 * what would. Members that are not there are left out: the text may be a stranger's. */
enum explanation_caller { EXPLANATION_WITH_CALLER, EXPLANATION_WITHOUT_CALLER };
void explanation_print(FILE *to, const struct json *explanation, enum explanation_caller caller);

/* "  name    text" in lines; nothing when the text is absent or empty. */
void explanation_line(FILE *to, const char *name, struct text text);

#endif
