#include "rbac/suggest.h"

bool role_allows(const struct rbac_index *index, const struct compiled_role *role,
    const struct rbac_request *request, const struct question *question, enum rbac_rules rules,
    const struct gathered *gathered)
{
    struct rbac_decision decision;
    struct gathered alone = {
        .granted = role->grants, .denied = gathered->denied, .name_denied = gathered->name_denied};
    if (question->name.at)
        alone.name_granted = compiled_role_grants(role, question->name, question->kind);
    bool granted = gathered_allows(&alone, question);
    if (rules == RBAC_RULES_ARM)
        return granted;
    struct operation_set rest = gathered_rest(&alone);
    return batch_rule(index, request, question, &rest, granted, &decision);
}

static bool is_smaller(const struct compiled_role *a, const struct compiled_role *b)
{
    if (a->changing != b->changing)
        return a->changing < b->changing;
    return a->operations < b->operations;
}

/* Of the built-in roles that allow it by the rules: the one that grants the fewest known operations
 * that change something, then the fewest at all, then the first of builtin_roles.def. A role that
 * grants operations of any provider (such as Owner or Reader) grants more than any that names its
 * providers. What deny assignments take away from the caller is taken from the role too. */
static const struct compiled_role *smallest(const struct rbac_index *index,
    const struct rbac_request *request, const struct question *question, enum rbac_rules rules,
    const struct gathered *gathered)
{
    const struct compiled_role *best = NULL;
    size_t count;
    rbac_builtin_roles(&count);
    for (size_t i = 0; i < count; i++) {
        const struct compiled_role *role = &index->roles[i];
        if (role_allows(index, role, request, question, rules, gathered) &&
            (!best || is_smaller(role, best)))
            best = role;
    }
    return best;
}

static bool needs_quotes(const char *word)
{
    for (; *word; word++)
        if (!((*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z') ||
                (*word >= '0' && *word <= '9') || strchr("/-_.", *word)))
            return true;
    return false;
}

/* One word of a POSIX shell: names of resources may hold anything. */
static void add_word(struct buffer *out, const char *word)
{
    if (*word && !needs_quotes(word)) {
        buffer_add_string(out, word);
        return;
    }
    buffer_add_char(out, '\'');
    for (; *word; word++)
        if (*word == '\'')
            buffer_add_string(out, "'\\''");
        else
            buffer_add_char(out, *word);
    buffer_add_char(out, '\'');
}

static const char *command_line(
    const char *assignee, const char *role, const char *scope, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 1 << 14);
    buffer_add_string(&out, "azb role assignment create --assignee ");
    add_word(&out, assignee);
    buffer_add_string(&out, " --role ");
    buffer_format(&out, "\"%s\"", role); /* a built-in role's name: letters and spaces */
    buffer_add_string(&out, " --scope ");
    add_word(&out, scope);
    return out.failed ? NULL : arena_copy(arena, out.at, out.length);
}

bool suggest_role(const struct search *search, struct arena *arena, struct rbac_explanation *out)
{
    const struct compiled_role *found =
        smallest(search->index, search->request, &search->asked, search->rules, &search->gathered);
    if (!found)
        return true;
    const struct rbac_role *role = found->role;
    out->has_suggestion = true;
    out->suggestion = (struct rbac_suggestion){
        .role_id = arena_string(arena, role->id),
        .role_name = arena_string(arena, role->name),
        .scope = out->scope,
        .command = command_line(out->caller_object_id, role->name, out->scope, arena),
    };
    return out->suggestion.command && !arena->failed;
}
