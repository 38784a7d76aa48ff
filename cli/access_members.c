#include "cli/access_members.h"

#include "base/error.h"
#include "cli/access_names.h"
#include "cli/management.h"

#define NESTED_MAX 1000 /* groups below one group */

struct reading {
    struct session *session;
    struct access_people *people;
    struct access_names names;
};

/* ---- the list ------------------------------------------------------------------------------ */

static struct access_principal *find(const struct access_people *people, const char *id)
{
    for (size_t i = 0; i < people->count; i++)
        if (string_equal_nocase(people->at[i].object_id, id))
            return &people->at[i];
    return NULL;
}

/* The one that is there, or a new one. NULL: out of memory. */
static struct access_principal *put(
    struct reading *reading, const struct access_principal *person, struct azb_error *err)
{
    struct access_people *people = reading->people;
    struct access_principal *found = find(people, person->object_id);
    if (found)
        return found;
    if (people->count == people->capacity) {
        size_t capacity = 2 * people->count + 32;
        struct access_principal *longer =
            arena_array(&reading->session->arena, capacity, sizeof *longer);
        if (!longer) {
            fail_memory(err);
            return NULL;
        }
        if (people->count)
            memcpy(longer, people->at, people->count * sizeof *longer);
        people->at = longer;
        people->capacity = capacity;
    }
    people->at[people->count] = *person;
    return &people->at[people->count++];
}

/* ---- members ------------------------------------------------------------------------------- */

static const char *type_of(const struct json *member)
{
    static const struct {
        const char *graph, *type;
    } types[] = {
        {"#microsoft.graph.user", "User"},
        {"#microsoft.graph.group", "Group"},
        {"#microsoft.graph.servicePrincipal", "ServicePrincipal"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_is(json_get_text(member, "@odata.type"), types[i].graph))
            return types[i].type;
    return NULL;
}

/* A member of `group`, or of a group in it: what is assigned to `group` is the member's. */
static bool add_member(struct reading *reading, const struct json *member, const char *group,
    const char **nested, size_t *nested_count, struct azb_error *err)
{
    struct arena *arena = &reading->session->arena;
    struct access_principal person = {.object_id = json_get_string(member, "id", arena),
        .type = type_of(member),
        .name = json_get_string(member, "userPrincipalName", arena),
        .client_id = json_get_string(member, "appId", arena)};
    if (!person.object_id)
        return fail(err, AZB_ERROR_PROTOCOL, "a member of the group '%s' has no id", group);
    if (!person.name)
        person.name = json_get_string(member, "displayName", arena);
    struct access_principal *kept = put(reading, &person, err);
    if (!kept || !access_principal_join(reading->session, kept, group, err))
        return false;
    if (!person.type || strcmp(person.type, "Group") != 0)
        return true;
    for (size_t i = 0; i < *nested_count; i++)
        if (string_equal_nocase(nested[i], person.object_id))
            return true;
    if (*nested_count == NESTED_MAX)
        return fail(
            err, AZB_ERROR_PROTOCOL, "the group '%s' holds more than %d groups", group, NESTED_MAX);
    nested[(*nested_count)++] = person.object_id;
    return true;
}

/* False and err also when the directory does not tell; `gap` tells that apart. */
static bool list_members(struct reading *reading, const char *id, const struct json **items,
    bool *told, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    char *path = arena_format(&reading->session->arena, "/v1.0/groups/%s/members", id);
    if (!path)
        return fail_memory(err);
    *told = manage_list(reading->session, ENDPOINT_GRAPH, path, items, &why);
    if (*told)
        return true;
    if (why.http_status == 0)
        return error_move(err, &why);
    reading->people->gap = arena_format(&reading->session->arena,
        "Graph did not tell the members of the group '%s' (%s)", id,
        *why.code ? why.code : "no reason given");
    azb_error_free(&why);
    return reading->people->gap ? true : fail_memory(err);
}

static bool add_members(struct reading *reading, const char *group, struct azb_error *err)
{
    const char **nested = arena_array(&reading->session->arena, NESTED_MAX, sizeof *nested);
    size_t count = 1;
    if (!nested)
        return fail_memory(err);
    nested[0] = group;
    for (size_t i = 0; i < count; i++) {
        const struct json *items = NULL;
        bool told;
        if (!list_members(reading, nested[i], &items, &told, err))
            return false;
        for (const struct json *item = told ? items->first : NULL; item; item = item->next)
            if (!add_member(reading, item, group, nested, &count, err))
                return false;
    }
    return true;
}

/* ---- all of them --------------------------------------------------------------------------- */

static bool read_names(struct reading *reading, const struct access *access, struct azb_error *err)
{
    const char **ids = arena_array(&reading->session->arena, access->count + 1, sizeof *ids);
    if (!ids)
        return fail_memory(err);
    for (size_t i = 0; i < access->count; i++)
        ids[i] = access->assignments[i].principal_id;
    return access_names_read(reading->session, ids, access->count, &reading->names, err);
}

static bool add_assigned(
    struct reading *reading, const struct access *access, size_t at, struct azb_error *err)
{
    struct session *session = reading->session;
    const char *id = access->assignments[at].principal_id;
    const struct json *properties = json_get(access->items[at], "properties");
    const struct access_principal person = {.object_id = id,
        .type = json_get_string(properties, "principalType", &session->arena),
        .name = access_names_find(session, &reading->names, id)};
    return put(reading, &person, err) != NULL;
}

bool access_people_read(struct session *session, const struct access *access,
    const struct access_principal *also, struct access_people *out, struct azb_error *err)
{
    struct reading reading = {.session = session, .people = out};
    *out = (struct access_people){0};
    if (!read_names(&reading, access, err) || (also && !put(&reading, also, err)))
        return false;
    for (size_t i = 0; i < access->count; i++)
        if (!add_assigned(&reading, access, i, err))
            return false;
    size_t assigned = out->count;
    for (size_t i = 0; i < assigned; i++)
        if (out->at[i].type && strcmp(out->at[i].type, "Group") == 0 &&
            !add_members(&reading, out->at[i].object_id, err))
            return false;
    return true;
}
