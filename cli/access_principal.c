#include "cli/access_principal.h"

#include "base/error.h"
#include "cli/management.h"

#define GROUPS_MAX 2048 /* more than a token or Graph's own limits would hold */

static const struct {
    const char *type, *collection, *word;
} types[] = {
    {"ServicePrincipal", "/v1.0/servicePrincipals", "service principal"},
    {"User", "/v1.0/users", "user"},
    {"Group", "/v1.0/groups", "group"},
};

#define TYPES (sizeof types / sizeof *types)

/* ---- groups -------------------------------------------------------------------------------- */

static bool keep_groups(struct session *session, const struct json *ids,
    struct access_principal *out, struct azb_error *err)
{
    for (const struct json *id = ids ? ids->first : NULL; id; id = id->next) {
        char *text = text_string(&session->arena, json_text(id));
        if (!text)
            return fail_memory(err);
        if (!access_principal_join(session, out, text, err))
            return false;
    }
    return true;
}

/* Why the directory did not tell, as a sentence; the service's own words may be long. */
static const char *gap_of(struct session *session, const struct azb_error *err)
{
    return arena_format(&session->arena, "Graph did not tell the groups (%s%.200s)",
        *err->code ? err->code : "", *err->code ? "" : err->message);
}

/* What is not known is said, not guessed: an answer without groups may be wrong. */
static bool find_groups(
    struct session *session, struct access_principal *principal, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    const struct json *answer = NULL;
    const char *collection = "/v1.0/directoryObjects";
    for (size_t i = 0; principal->type && i < TYPES; i++)
        if (strcmp(types[i].type, principal->type) == 0)
            collection = types[i].collection;
    char *path =
        arena_format(&session->arena, "%s/%s/getMemberGroups", collection, principal->object_id);
    if (!path)
        return fail_memory(err);
    if (manage(session, ENDPOINT_GRAPH, "POST", path, TEXT("{\"securityEnabledOnly\":false}"),
            &answer, &why))
        return keep_groups(session, json_get(answer, "value"), principal, err);
    principal->groups_gap = gap_of(session, &why);
    azb_error_free(&why);
    return principal->groups_gap ? true : fail_memory(err);
}

bool access_principal_join(struct session *session, struct access_principal *principal,
    const char *group_id, struct azb_error *err)
{
    for (size_t i = 0; i < principal->group_count; i++)
        if (string_equal_nocase(principal->groups[i], group_id))
            return true;
    if (principal->group_count == GROUPS_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "'%s' is in more than %d groups", principal->object_id,
            GROUPS_MAX);
    const char **groups = arena_array(&session->arena, principal->group_count + 1, sizeof *groups);
    if (!groups)
        return fail_memory(err);
    if (principal->group_count)
        memcpy(groups, principal->groups, principal->group_count * sizeof *groups);
    groups[principal->group_count++] = group_id;
    principal->groups = groups;
    return true;
}

/* ---- who ----------------------------------------------------------------------------------- */

/* Its object id makes one mistake recognisable: the role was given to it. A token may have no name
 * of the application. */
static void find_application_of(struct session *session, struct access_principal *principal)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *items;
    if (!principal->client_id)
        return;
    if (find_by(session, ENDPOINT_GRAPH, "/v1.0/applications", "appId", principal->client_id, NULL,
            &items, &ignored) &&
        items->count == 1) {
        principal->application_id = json_get_string(items->first, "id", &session->arena);
        if (!principal->name)
            principal->name = json_get_string(items->first, "displayName", &session->arena);
    }
    azb_error_free(&ignored);
}

/* Who may not read the directory can still ask about an object id. */
static bool take_unseen(struct session *session, const char *given, struct azb_error *why,
    struct access_principal *out, struct azb_error *err)
{
    if (why->kind != AZB_ERROR_PERMISSION || !text_is_guid(text_of(given)))
        return error_move(err, why);
    out->object_id = given;
    out->groups_gap = gap_of(session, why);
    azb_error_free(why);
    return out->groups_gap ? true : fail_memory(err);
}

bool access_principal_find(
    struct session *session, const char *given, struct access_principal *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct assignee who = {0};
    *out = (struct access_principal){0};
    if (!find_assignee(session, given, &who, &why))
        return take_unseen(session, given, &why, out, err);
    out->object_id = who.object_id;
    out->type = who.type;
    out->client_id = json_get_string(who.item, "appId", &session->arena);
    out->name = json_get_string(who.item, "userPrincipalName", &session->arena);
    if (!out->name)
        out->name = json_get_string(who.item, "displayName", &session->arena);
    find_application_of(session, out);
    return find_groups(session, out, err);
}

/* v1 and v2 tokens call the client differently; only a user's has a name of one's own. */
bool access_principal_of_claims(struct session *session, const struct json *claims,
    struct access_principal *out, struct azb_error *err)
{
    static const char *const names[] = {
        "upn", "unique_name", "preferred_username", "app_displayname"};
    struct arena *arena = &session->arena;
    *out = (struct access_principal){.object_id = json_get_string(claims, "oid", arena)};
    if (!out->object_id || !text_is_guid(text_of(out->object_id)))
        return fail(err, AZB_ERROR_PROTOCOL,
            "the token does not say whose it is: its claim 'oid' (object id) is missing");
    bool app = !json_get(claims, "scp");
    out->type = app ? "ServicePrincipal" : "User";
    if (app)
        out->client_id =
            json_get_string(claims, json_get(claims, "appid") ? "appid" : "azp", arena);
    for (size_t i = 0; !out->name && i < sizeof names / sizeof *names; i++)
        out->name = json_get_string(claims, names[i], arena);
    find_application_of(session, out);
    return find_groups(session, out, err);
}

struct rbac_caller access_caller(const struct access_principal *principal)
{
    return (struct rbac_caller){.object_id = principal->object_id,
        .group_ids = principal->groups,
        .group_count = principal->group_count,
        .app_id = principal->client_id,
        .application_object_id = principal->application_id,
        .name = principal->name};
}

const char *access_principal_text(struct session *session, const struct access_principal *principal)
{
    const char *word = "principal";
    for (size_t i = 0; principal->type && i < TYPES; i++)
        if (strcmp(types[i].type, principal->type) == 0)
            word = types[i].word;
    return arena_format(&session->arena, "the %s '%s'", word,
        principal->name ? principal->name : principal->object_id);
}
