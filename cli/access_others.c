#include "cli/access_others.h"

#include "base/error.h"
#include "cli/access_names.h"
#include "cli/management.h"

struct others {
    struct session *session;
    const struct access *access;
    const struct access_principal *who;
    const struct rbac_request *request;
    enum rbac_rules rules;
    struct access_names names;
    struct json_writer *writer;
};

static bool is_the_callers(const struct others *others, const char *id)
{
    const struct access_principal *who = others->who;
    const char *own[] = {who->object_id, who->client_id, who->application_id};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i] && string_equal_nocase(own[i], id))
            return true;
    for (size_t i = 0; i < who->group_count; i++)
        if (string_equal_nocase(who->groups[i], id))
            return true;
    return false;
}

static bool is_described(const struct json *explanation, const char *id)
{
    const struct json *items = json_get(explanation, "assignments");
    for (const struct json *item = items ? items->first : NULL; item; item = item->next)
        if (text_equal_nocase(json_get_text(item, "roleAssignmentId"), text_of(id)))
            return true;
    return false;
}

/* What this one assignment would do for the caller if it were the caller's. */
static const struct rbac_explanation *explain_alone(
    const struct others *others, const struct rbac_assignment *assignment, struct azb_error *err)
{
    struct access alone = *others->access;
    struct rbac_assignment only = *assignment;
    struct rbac_caller caller = *others->request->caller;
    struct rbac_request request = *others->request;
    if (!is_the_callers(others, assignment->principal_id))
        caller = (struct rbac_caller){.object_id = assignment->principal_id};
    alone.assignments = &only;
    alone.count = 1;
    request.caller = &caller;
    struct rbac_index *index = access_index(&alone, err);
    if (!index)
        return NULL;
    const struct rbac_explanation *explanation =
        rbac_explain(index, &request, others->rules, &others->session->arena, err);
    rbac_index_free(index);
    return explanation;
}

/* "is assigned to the group 'Team', of which it is no member; it grants it by ...". */
static const char *sentence_of(const struct others *others,
    const struct rbac_assignment *assignment, const char *type,
    const struct rbac_considered *considered)
{
    const char *name =
        access_names_text(others->session, &others->names, assignment->principal_id, type);
    bool group = type && strcmp(type, "Group") == 0;
    bool would = considered && considered->reason == RBAC_GRANTS;
    return arena_format(&others->session->arena, "%s is assigned to %s%s%s%s",
        would ? "would allow it, but" : "", name ? name : assignment->principal_id,
        group ? ", of which the caller is no member" : "", would || !considered ? "" : "; it ",
        would || !considered ? "" : considered->sentence);
}

static void write_row(const struct others *others, const struct rbac_assignment *assignment,
    const struct rbac_considered *considered, const char *reason, const char *sentence)
{
    struct json_writer *writer = others->writer;
    json_begin_object(writer);
    json_member(writer, "roleAssignmentId", assignment->id);
    json_member(writer, "roleName", considered ? considered->role_name : NULL);
    json_member(writer, "roleDefinitionId", assignment->role_id);
    json_member(writer, "scope", assignment->scope);
    json_member(writer, "principalId", assignment->principal_id);
    json_member_bool(writer, "throughGroup", considered && considered->through_group);
    json_member(writer, "reason", reason);
    json_member_bool(writer, "roleWouldAllow", considered && considered->role_would_grant);
    json_member(writer, "pattern", considered ? considered->pattern : NULL);
    json_member(writer, "sentence", sentence);
    json_end_object(writer);
}

static bool add_one(const struct others *others, size_t at, struct azb_error *err)
{
    const struct rbac_assignment *assignment = &others->access->assignments[at];
    const struct json *properties = json_get(others->access->items[at], "properties");
    const char *type = json_get_string(properties, "principalType", &others->session->arena);
    const struct rbac_explanation *alone = explain_alone(others, assignment, err);
    if (!alone)
        return false;
    const struct rbac_considered *considered =
        alone->considered_count ? &alone->considered[0] : NULL;
    bool own = is_the_callers(others, assignment->principal_id);
    const char *sentence = own && considered ? considered->sentence
                                             : sentence_of(others, assignment, type, considered);
    const char *reason = own && considered                    ? rbac_reason_text(considered->reason)
                         : type && strcmp(type, "Group") == 0 ? "group"
                                                              : "principal";
    if (!sentence)
        return fail_memory(err);
    write_row(others, assignment, considered, reason, sentence);
    return true;
}

static bool read_names(struct others *others, struct azb_error *err)
{
    const struct access *access = others->access;
    const char **ids = arena_array(&others->session->arena, access->count + 1, sizeof *ids);
    if (!ids)
        return fail_memory(err);
    for (size_t i = 0; i < access->count; i++)
        ids[i] = access->assignments[i].principal_id;
    return access_names_read(others->session, ids, access->count, &others->names, err);
}

static bool write_all(
    const struct others *others, const struct json *explanation, struct azb_error *err)
{
    const struct json *items = json_get(explanation, "assignments");
    json_begin_array(others->writer);
    for (const struct json *item = items ? items->first : NULL; item; item = item->next)
        json_write_tree(others->writer, item);
    for (size_t i = 0; i < others->access->count; i++)
        if (others->access->items[i] &&
            !is_described(explanation, others->access->assignments[i].id) &&
            !add_one(others, i, err))
            return false;
    json_end_array(others->writer);
    return true;
}

/* The same members, but for the list and the number of what is in it. */
static struct json *copy_with(struct session *session, const struct json *explanation,
    const struct json *assignments, struct azb_error *err)
{
    struct json *copy = arena_alloc(&session->arena, sizeof *copy);
    char *count = arena_format(&session->arena, "%zu", assignments->count);
    if (!copy || !count)
        return fail_memory(err), NULL;
    *copy = *explanation;
    struct json **end = &copy->first;
    for (const struct json *from = explanation->first; from; from = from->next) {
        struct json *member = arena_alloc(&session->arena, sizeof *member);
        if (!member)
            return fail_memory(err), NULL;
        *member = text_is(from->name, "assignments") ? *assignments : *from;
        member->name = from->name;
        if (text_is(from->name, "assignmentCount"))
            member->text = text_of(count);
        member->next = NULL;
        *end = member;
        end = &member->next;
    }
    return copy;
}

const struct json *access_add_others(struct session *session, const struct access *access,
    const struct access_principal *who, const struct rbac_request *request, enum rbac_rules rules,
    const struct json *explanation, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct others others = {session, access, who, request, rules, {0}, &writer};
    buffer_init(&text, 64 << 20);
    json_writer_init(&writer, &text, 0);
    if (!read_names(&others, err) || !write_all(&others, explanation, err))
        return NULL;
    const struct json *list = json_written(&text, &session->arena, err);
    return list ? copy_with(session, explanation, list, err) : NULL;
}
