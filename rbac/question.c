#include "rbac/question.h"

void question_spell(struct question *question)
{
    size_t length = strlen(question->action);
    question->name = TEXT_NONE;
    if (length >= sizeof(question->lower))
        return;
    for (size_t i = 0; i <= length; i++) {
        char c = question->action[i];
        question->lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    question->name = (struct text){question->lower, length};
}

void question_of(
    const struct rbac_index *index, const struct rbac_request *request, struct question *out)
{
    out->operation = request->operation;
    if (!out->operation)
        out->operation = index_operation(index, text_of(request->action), request->kind);
    out->name = TEXT_NONE;
    if (out->operation) {
        out->action = out->operation->name;
        out->kind = out->operation->kind;
        return;
    }
    out->action = request->action;
    out->kind = request->kind;
    question_spell(out);
}
