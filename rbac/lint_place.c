/* Lint: in which line and column of the document a finding is. */
#include "rbac/lint_state.h"

/* The next step of "permissions[0].actions[3]": a member, or the number of an entry. */
struct step {
    struct text member; /* absent: an entry */
    size_t entry;
};

static bool next_step(struct text *rest, struct step *out)
{
    size_t length = 0;
    if (rest->length == 0)
        return false;
    if (rest->at[0] == '.')
        *rest = text_slice(*rest, 1, rest->length);
    while (length < rest->length && rest->at[length] != '.' &&
           (length == 0 || rest->at[length] != '['))
        length++;
    struct text step = text_slice(*rest, 0, length);
    uint64_t number = 0;
    *rest = text_slice(*rest, length, rest->length);
    *out = (struct step){.member = step};
    if (step.length > 2 && step.at[0] == '[' &&
        text_to_u64(text_slice(step, 1, step.length - 1), SIZE_MAX / 2, &number))
        *out = (struct step){.member = TEXT_NONE, .entry = (size_t)number};
    return step.length > 0;
}

static const struct json *entry_of(const struct json *list, size_t number)
{
    const struct json *entry = list->type == JSON_ARRAY ? list->first : NULL;
    for (; entry && number > 0; number--)
        entry = entry->next;
    return entry;
}

/* As the document spells it: forms of the command line take any case. The last one when a member is
 * there twice. */
static const struct json *member_of(const struct json *object, struct text name)
{
    const struct json *found = NULL;
    for (const struct json *at = object->first; at; at = at->next)
        if (text_equal_nocase(at->name, name))
            found = at;
    return found;
}

static const struct json *follow(const struct json *document, struct text path)
{
    struct step step;
    while (document && next_step(&path, &step))
        document =
            step.member.at ? member_of(document, step.member) : entry_of(document, step.entry);
    return document;
}

/* A text that has no escapes is the document's own bytes; NULL for any other. */
static const char *in_document(struct text text, struct text document)
{
    bool within = text.at && text.at > document.at && text.at <= document.at + document.length;
    return within ? text.at : NULL;
}

/* Lines are counted on from the place before: findings go through a document mostly forwards. */
struct cursor {
    const char *at, *line_start;
    size_t line;
};

static void move_to(struct cursor *cursor, struct text document, const char *to)
{
    if (!cursor->at || to < cursor->at)
        *cursor = (struct cursor){document.at, document.at, 1};
    for (; cursor->at < to; cursor->at++)
        if (*cursor->at == '\n') {
            cursor->line++;
            cursor->line_start = cursor->at + 1;
        }
}

/* An entry is where its value is; a member is where its name is. Both are in quotes. */
static void locate(struct lint_finding *finding, const struct json *root, struct text document,
    struct cursor *cursor)
{
    struct text where = text_of(finding->where);
    const struct json *found = where.length > 0 ? follow(root, where) : NULL;
    if (!found)
        return;
    const char *at = in_document(text_ends(where, "]") ? found->text : found->name, document);
    if (!at)
        return;
    move_to(cursor, document, at[-1] == '"' ? at - 1 : at);
    finding->line = cursor->line;
    finding->column = (size_t)(cursor->at - cursor->line_start) + 1;
}

void lint_locate(struct findings *findings, const struct json *root, struct text document)
{
    struct cursor cursor = {0};
    for (size_t i = 0; i < findings->count; i++)
        locate(&findings->at[i], root, document, &cursor);
}
