#include "rbac/explain.h"

/* ---- the short form ---- */

static void add_missing(const struct rbac_explanation *explanation, struct buffer *out)
{
    buffer_format(
        out, "Missing %s %s", rbac_kind_text(explanation->missing_kind), explanation->missing);
    if (explanation->needs_autopool)
        buffer_add_string(out, " (with an autopool pools/write is needed too)");
    buffer_add_char(out, '.');
}

static void add_denial(
    const struct rbac_explanation *explanation, bool with_scope, struct buffer *out)
{
    const struct rbac_denial *denial = &explanation->denials[0];
    if (with_scope)
        buffer_format(out, " The deny assignment \"%s\" at %s %s.", denial->name, denial->scope,
            denial->sentence);
    else
        buffer_format(out, " The deny assignment \"%s\" takes it away.", denial->name);
}

/* What is left out first when it does not fit. */
enum { SHORT_ALL, SHORT_NO_SCOPE, SHORT_BRIEF, SHORT_NO_NEAREST, SHORT_NO_COMMAND, SHORT_LEVELS };

/* A condition that holds a role back is never left out: without it the role seems not to be there.
 */
static bool keeps_nearest(const struct rbac_explanation *explanation, int level)
{
    return level < SHORT_NO_NEAREST || (explanation->nearest && explanation->nearest->brief);
}

static void add_nearest(const struct rbac_explanation *explanation, int level, struct buffer *out)
{
    bool with_scope = level == SHORT_ALL;
    const struct rbac_considered *nearest = explanation->nearest;
    if (!nearest) {
        buffer_add_string(out, " No role is assigned to the caller.");
        return;
    }
    buffer_format(out, " %s \"%s\"%s%s %s.", explanation->allowed ? "Role" : "Nearest: role",
        *nearest->role_name ? nearest->role_name : nearest->role_id, with_scope ? " at " : "",
        with_scope ? nearest->scope : "",
        level >= SHORT_BRIEF && nearest->brief ? nearest->brief : nearest->sentence);
}

/* Why no role is suggested. */
static const char *no_role(const struct rbac_explanation *explanation)
{
    if (explanation->on_its_way)
        return explanation->on_its_way;
    if (explanation->nearest && explanation->nearest->reason == RBAC_NOT_IN_EFFECT)
        return "Nothing needs to be assigned: retry later.";
    return explanation->denial_count > 0 ? "No role helps against a deny assignment."
                                         : "No built-in role would allow it.";
}

static void add_fix(const struct rbac_explanation *explanation, bool as_command, struct buffer *out)
{
    if (!explanation->has_suggestion)
        buffer_format(out, " %s", no_role(explanation));
    else if (as_command)
        buffer_format(out, " Try: %s", explanation->suggestion.command);
    else
        buffer_format(out, " Role \"%s\" would allow it.", explanation->suggestion.role_name);
}

static void add_short(const struct rbac_explanation *explanation, int level, struct buffer *out)
{
    if (explanation->allowed) {
        buffer_format(out, "Allowed by %s.", rbac_rule_text(explanation->rule));
        if (explanation->nearest && level < SHORT_NO_NEAREST)
            add_nearest(explanation, level, out);
        return;
    }
    add_missing(explanation, out);
    if (explanation->denial_count > 0) { /* matters more than what might be tried */
        add_denial(explanation, level == SHORT_ALL, out);
        add_fix(explanation, level < SHORT_NO_NEAREST, out);
        return;
    }
    if (keeps_nearest(explanation, level))
        add_nearest(explanation, level, out);
    add_fix(explanation, level < SHORT_NO_COMMAND, out);
}

/* Cuts between characters, never inside one. */
static size_t cut_length(const char *text, size_t length)
{
    if (length <= RBAC_SHORT_MAX)
        return length;
    length = RBAC_SHORT_MAX;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

void rbac_explain_short(const struct rbac_explanation *explanation, char out[RBAC_SHORT_MAX + 1])
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 1 << 16);
    for (int level = SHORT_ALL; level < SHORT_LEVELS; level++) {
        buffer_reset(&text);
        add_short(explanation, level, &text);
        if (text.length <= RBAC_SHORT_MAX)
            break;
    }
    size_t length = text.at ? cut_length(text.at, text.length) : 0;
    if (length > 0)
        memcpy(out, text.at, length);
    out[length] = '\0';
}

/* ---- for a terminal ---- */

static void add_caller(const struct rbac_explanation *explanation, struct buffer *out)
{
    buffer_add_string(out, "  caller  ");
    if (explanation->caller_name)
        buffer_format(out, "%s, object id ", explanation->caller_name);
    buffer_add_string(out, explanation->caller_object_id);
    if (explanation->group_count > 0)
        buffer_format(out, ", in %zu group%s", explanation->group_count,
            explanation->group_count == 1 ? "" : "s");
    buffer_add_char(out, '\n');
}

static void add_considered(const struct rbac_considered *considered, struct buffer *out)
{
    buffer_format(out, "  - %s %s\n    at %s%s%s\n",
        *considered->role_name ? considered->role_name : considered->role_id, considered->sentence,
        considered->scope, considered->through_group ? ", through group " : "",
        considered->through_group ? considered->principal_id : "");
}

static void add_assignments(const struct rbac_explanation *explanation, struct buffer *out)
{
    size_t more = explanation->considered_total - explanation->considered_count;
    if (explanation->considered_total == 0) {
        buffer_add_string(out, "No role is assigned to the caller or its groups.\n");
        return;
    }
    buffer_add_string(out, "Role assignments, nearest first:\n");
    for (size_t i = 0; i < explanation->considered_count; i++)
        add_considered(&explanation->considered[i], out);
    if (more > 0)
        buffer_format(out, "  and %zu more that are further off\n", more);
}

static void add_denials(const struct rbac_explanation *explanation, struct buffer *out)
{
    for (size_t i = 0; i < explanation->denial_count; i++) {
        const struct rbac_denial *denial = &explanation->denials[i];
        buffer_format(out, "%s  - %s %s\n    at %s\n", i == 0 ? "Deny assignments:\n" : "",
            denial->name, denial->sentence, denial->scope);
    }
}

static void add_ways(const struct rbac_explanation *explanation, struct buffer *out)
{
    for (size_t i = 0; i < explanation->alternative_count; i++)
        buffer_format(out, "%s  - %s, which %s\n",
            i == 0 ? "Any of these would allow it too:\n" : "", explanation->alternatives[i].action,
            explanation->alternatives[i].sentence);
    if (explanation->has_suggestion)
        buffer_format(out, "The smallest built-in role that allows it:\n  %s\n",
            explanation->suggestion.command);
    else
        buffer_format(out, "%s\n", no_role(explanation));
}

void rbac_explain_text(const struct rbac_explanation *explanation, struct buffer *out)
{
    if (explanation->allowed)
        buffer_format(out, "Allowed (%s): ", rbac_rule_text(explanation->rule));
    else
        buffer_add_string(out, "Denied: ");
    buffer_format(out, "%s %s\n", rbac_kind_text(explanation->kind), explanation->action);
    buffer_format(out, "  scope   %s\n", explanation->scope);
    add_caller(explanation, out);
    if (!explanation->allowed && explanation->needs_autopool)
        buffer_format(out, "  missing %s (a job with an autopool needs pools/write too)\n",
            explanation->missing);
    add_denials(explanation, out);
    add_assignments(explanation, out);
    if (!explanation->allowed)
        add_ways(explanation, out);
}

/* ---- JSON ---- */

static const char *kind_word(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "dataAction" : "action";
}

static void write_considered(struct json_writer *writer, const struct rbac_considered *considered)
{
    json_begin_object(writer);
    json_member(writer, "roleAssignmentId", considered->assignment_id);
    json_member(writer, "roleName", considered->role_name);
    json_member(writer, "roleDefinitionId", considered->role_id);
    json_member(writer, "scope", considered->scope);
    json_member(writer, "principalId", considered->principal_id);
    json_member_bool(writer, "throughGroup", considered->through_group);
    json_member(writer, "reason", rbac_reason_text(considered->reason));
    json_member_bool(writer, "roleWouldAllow", considered->role_would_grant);
    json_member(writer, "pattern", considered->pattern);
    json_member(writer, "condition", considered->condition);
    json_member(writer, "sentence", considered->sentence);
    json_end_object(writer);
}

static void write_assignments(
    struct json_writer *writer, const struct rbac_explanation *explanation)
{
    json_member_i64(writer, "assignmentCount", (int64_t)explanation->considered_total);
    json_name(writer, "assignments");
    json_begin_array(writer);
    for (size_t i = 0; i < explanation->considered_count; i++)
        write_considered(writer, &explanation->considered[i]);
    json_end_array(writer);
}

static void write_denials(struct json_writer *writer, const struct rbac_explanation *explanation)
{
    json_name(writer, "denyAssignments");
    json_begin_array(writer);
    for (size_t i = 0; i < explanation->denial_count; i++) {
        const struct rbac_denial *denial = &explanation->denials[i];
        json_begin_object(writer);
        json_member(writer, "denyAssignmentId", denial->id);
        json_member(writer, "denyAssignmentName", denial->name);
        json_member(writer, "scope", denial->scope);
        json_member(writer, "pattern", denial->pattern);
        json_member(writer, "sentence", denial->sentence);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_alternatives(
    struct json_writer *writer, const struct rbac_explanation *explanation)
{
    json_name(writer, "alternatives");
    json_begin_array(writer);
    for (size_t i = 0; i < explanation->alternative_count; i++) {
        const struct rbac_alternative *alternative = &explanation->alternatives[i];
        json_begin_object(writer);
        json_member(writer, "operation", alternative->action);
        json_member(writer, "kind", kind_word(alternative->kind));
        json_member(writer, "sentence", alternative->sentence);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_suggestion(struct json_writer *writer, const struct rbac_suggestion *suggestion)
{
    json_name(writer, "suggestion");
    json_begin_object(writer);
    json_member(writer, "roleName", suggestion->role_name);
    json_member(writer, "roleDefinitionId", suggestion->role_id);
    json_member(writer, "scope", suggestion->scope);
    json_member(writer, "command", suggestion->command);
    json_end_object(writer);
}

void rbac_explain_json(const struct rbac_explanation *explanation, struct json_writer *writer)
{
    json_begin_object(writer);
    json_member_bool(writer, "allowed", explanation->allowed);
    json_member(writer, "rule", rbac_rule_text(explanation->rule));
    json_member(writer, "operation", explanation->action);
    json_member(writer, "kind", kind_word(explanation->kind));
    json_member(writer, "scope", explanation->scope);
    json_member(writer, "callerObjectId", explanation->caller_object_id);
    json_member(writer, "callerName", explanation->caller_name);
    json_member_i64(writer, "groupCount", (int64_t)explanation->group_count);
    if (explanation->missing) {
        json_member(writer, "missing", explanation->missing);
        json_member(writer, "missingKind", kind_word(explanation->missing_kind));
    }
    write_assignments(writer, explanation);
    write_denials(writer, explanation);
    write_alternatives(writer, explanation);
    if (explanation->has_suggestion)
        write_suggestion(writer, &explanation->suggestion);
    else if (!explanation->allowed)
        json_member(writer, "noSuggestion", no_role(explanation));
    json_end_object(writer);
}
