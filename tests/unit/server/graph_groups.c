/* The Graph plane: groups, who is in them and who owns them, directory roles, objects by id. */
#include "made_token.h"
#include "graph_calls.h"

#include <pthread.h>

#include "authorize/authorize.h"
#include "directory/group.h"
#include "directory/user.h"

#define GROUPS "/v1.0/groups"
#define OBJECTS "/v1.0/directoryObjects"
#define ROLES "/v1.0/directoryRoles"
#define GRAPH "https://graph.microsoft.com"
#define ANN "ann@azb.onmicrosoft.com"
#define UNKNOWN_ID "99999999-9999-4999-8999-999999999999"
#define WRITERS 100

static struct made_application worker = {.name = "worker", .secret = "a-secret-of-the-worker"};
static char admin[ADMIN_TOKEN_MAX], ann[ADMIN_TOKEN_MAX];
static char ann_id[GUID_TEXT], outer[GUID_TEXT], inner[GUID_TEXT];

static const char *reference(const char *id)
{
    return format("{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}", id);
}

static void delegated(const char *object_id, const char *scopes, char out[ADMIN_TOKEN_MAX])
{
    scoped_arena struct arena arena = {0};
    struct claims claims = GOOD_CLAIMS;
    arena_init(&arena, 0);
    claims.aud = QUOTED(GRAPH);
    claims.oid = arena_format(&arena, "\"%s\"", object_id);
    claims.sub = QUOTED("somebody");
    claims.idtyp = QUOTED("user");
    claims.scp = arena_format(&arena, "\"%s\"", scopes);
    snprintf(out, ADMIN_TOKEN_MAX, "Bearer %s", sign_for(&service, &arena, &claims));
}

static void create_group(const char *name, char out[GUID_TEXT])
{
    make(admin, GROUPS,
        format("{\"displayName\":\"%s\",\"mailNickname\":\"%s\",\"mailEnabled\":false,"
               "\"securityEnabled\":true}",
            name, name),
        out);
}

static int start(void **state)
{
    (void)state;
    struct made made;
    made_start(&service);
    made_application_add(&service, &worker);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    keep_id(call_as(&made, admin, "POST", "/v1.0/users",
                "{\"displayName\":\"Ann\",\"userPrincipalName\":\"" ANN
                "\",\"accountEnabled\":true,\"passwordProfile\":{\"password\":\"a password\"}}",
                201),
        ann_id);
    made_free(&made);
    create_group("outer", outer);
    create_group("inner", inner);
    delegated(ann_id, "Directory.AccessAsUser.All", ann);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* "a,b" of a member of the values of a list, in its order. */
static void expect(const char *token, const char *path, const char *member, const char *wanted)
{
    struct made made;
    char found[1000] = "";
    size_t length = 0;
    const struct json *list = json_get(call_as(&made, token, "GET", path, NULL, 200), "value");
    for (const struct json *item = list->first; item; item = item->next) {
        struct text value = item->type == JSON_STRING ? item->text : json_get_text(item, member);
        length += (size_t)snprintf(
            found + length, sizeof found - length, "%s%.*s", length ? "," : "", TEXT_ARGS(value));
    }
    assert_string_equal(found, wanted);
    made_free(&made);
}

static size_t asked(const char *token, const char *path, const char *body)
{
    struct made made;
    size_t count = json_get(call_as(&made, token, "POST", path, body, 200), "value")->count;
    made_free(&made);
    return count;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static void groups_live(void **state)
{
    (void)state;
    struct made made;
    char id[GUID_TEXT];
    const struct json *group = call_as(&made, admin, "POST", GROUPS,
        "{\"displayName\":\"Gr\xc3\xbc\xc3\x9f"
        "e\",\"mailNickname\":\"greetings\",\"mailEnabled\":false,"
        "\"securityEnabled\":true,\"description\":\"says hello\",\"groupTypes\":[]}",
        201);
    keep_id(group, id);
    made_text_equal(json_get_text(group, "description"), "says hello");
    assert_true(json_get_bool(group, "securityEnabled", false));
    made_free(&made);
    const char *path = format(GROUPS "/%s", id);
    do_it(admin, "PATCH", path, "{\"description\":null,\"displayName\":\"greeters\"}", 204);
    group = call_as(&made, admin, "GET", path, NULL, 200);
    made_text_equal(json_get_text(group, "displayName"), "greeters");
    made_text_equal(json_get_text(group, "mailNickname"), "greetings");
    assert_int_equal(json_get(group, "description")->type, JSON_NULL);
    made_free(&made);
    expect(admin, GROUPS "?$filter=displayName+eq+'greeters'+and+mailNickname+eq+'greetings'",
        "displayName", "greeters");
    expect(admin, GROUPS "?$filter=startswith(displayName,'GREET')", "displayName", "greeters");
    expect(admin, GROUPS "?$filter=securityEnabled+eq+true&$orderby=displayName+desc",
        "displayName", "outer,inner,greeters");
    do_it(admin, "DELETE", path, NULL, 204);
    do_it(admin, "GET", path, NULL, 404);
}

static void groups_are_refused(void **state)
{
    (void)state;
#define GROUP(more) "{\"displayName\":\"g\",\"mailEnabled\":false,\"securityEnabled\":true" more "}"
#define NAMED "\"mailNickname\":\"g\""
    char many[4096] = GROUP("," NAMED ",\"members@odata.bind\":[\"x\"");
    size_t length = strlen(many) - 1;
    for (size_t i = 0; i < 20; i++)
        length += (size_t)snprintf(many + length, sizeof many - length, ",\"x\"");
    snprintf(many + length, sizeof many - length, "]}");
    const struct {
        const char *name, *method, *path, *body;
        int status;
        const char *part;
    } cases[] = {
        {"nothing", "POST", GROUPS, "{}", 400, "displayName"},
        {"no nickname", "POST", GROUPS, GROUP(""), 400, "mailNickname"},
        {"a nickname with a space", "POST", GROUPS, GROUP(",\"mailNickname\":\"a b\""), 400,
            "mailNickname must have"},
        {"a nickname that looks like another", "POST", GROUPS,
            GROUP(",\"mailNickname\":\"\xd0\xb0"
                  "dmins\""),
            400, "of ASCII"},
        {"mail", "POST", GROUPS,
            "{\"displayName\":\"g\"," NAMED ",\"mailEnabled\":true,\"securityEnabled\":true}", 501,
            "security groups only"},
        {"neither", "POST", GROUPS,
            "{\"displayName\":\"g\"," NAMED ",\"mailEnabled\":false,\"securityEnabled\":false}",
            400, "mailEnabled and securityEnabled"},
        {"Microsoft 365", "POST", GROUPS, GROUP("," NAMED ",\"groupTypes\":[\"Unified\"]"), 501,
            "groupTypes"},
        {"a word", "POST", GROUPS, GROUP("," NAMED ",\"colour\":\"red\""), 400,
            "Invalid property 'colour'"},
        {"a member that is no URL", "POST", GROUPS,
            GROUP("," NAMED ",\"members@odata.bind\":[\"" UNKNOWN_ID "\"]"), 400,
            "directoryObjects"},
        {"a member that is not there", "POST", GROUPS,
            GROUP("," NAMED ",\"members@odata.bind\":[\"https://graph.microsoft.com/v1.0/"
                  "directoryObjects/" UNKNOWN_ID "\"]"),
            404, UNKNOWN_ID},
        {"more members than Graph takes", "POST", GROUPS, many, 400, "at most 20 URLs"},
        {"nobody's group", "GET", GROUPS "/" UNKNOWN_ID, NULL, 404, UNKNOWN_ID},
        {"no name any more", "PATCH", format(GROUPS "/%s", inner), "{\"displayName\":null}", 400,
            "displayName"},
        {"a member of what is none", "POST", GROUPS "/" UNKNOWN_ID "/members/$ref",
            reference(ann_id), 404, UNKNOWN_ID},
        {"itself", "POST", format(GROUPS "/%s/members/$ref", inner), reference(inner), 400,
            "member of itself"},
        {"a list of what is none", "GET", format(GROUPS "/%s/members/colours", inner), NULL, 404,
            "colours"},
        {"checks of nothing", "POST", format(OBJECTS "/%s/checkMemberGroups", ann_id),
            "{\"groupIds\":[]}", 400, "groupIds"},
        {"checks of a word", "POST", format(OBJECTS "/%s/checkMemberGroups", ann_id),
            "{\"groupIds\":[\"x\"]}", 400, "'x' is not an object id"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        print_message("  %s\n", cases[i].name);
        const struct json *answer =
            call_as(&made, admin, cases[i].method, cases[i].path, cases[i].body, cases[i].status);
        struct text message = json_text(json_path(answer, "error.message"));
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
    expect(admin, GROUPS "?$filter=displayName+eq+'g'", "id", ""); /* nothing is left behind */
}

/* ---- Members --------------------------------------------------------------------------------- */

/* outer > inner > ann, and the worker beside her. */
static void members_are_seen_through_groups(void **state)
{
    (void)state;
    const char *into_inner = format(GROUPS "/%s/members/$ref", inner);
    do_it(admin, "POST", into_inner, reference(ann_id), 204);
    do_it(admin, "POST", into_inner, reference(worker.object_id), 204);
    do_it(admin, "POST", into_inner, reference(ann_id), 400); /* she is one */
    do_it(admin, "POST", format(GROUPS "/%s/members/$ref", outer), reference(inner), 204);
    expect(admin, format(GROUPS "/%s/members", outer), "displayName", "inner");
    expect(admin, format(GROUPS "/%s/transitiveMembers", outer), "displayName", "Ann,inner,worker");
    expect(admin, format(GROUPS "/%s/members/microsoft.graph.user", inner), "displayName", "Ann");
    expect(admin, format(GROUPS "/%s/members", inner), "@odata.type",
        "#microsoft.graph.user,#microsoft.graph.servicePrincipal");
    expect(admin, "/v1.0/users/" ANN "/memberOf", "displayName", "inner");
    expect(admin, "/v1.0/users/" ANN "/transitiveMemberOf", "displayName", "inner,outer");
    expect(admin, format("/v1.0/servicePrincipals/%s/transitiveMemberOf", worker.object_id),
        "displayName", "inner,outer");
    expect(ann, "/v1.0/me/memberOf", "displayName", "inner");
    assert_int_equal(
        asked(admin, "/v1.0/users/" ANN "/getMemberGroups", "{\"securityEnabledOnly\":false}"), 2);
    assert_int_equal(asked(ann, "/v1.0/me/getMemberGroups", "{}"), 2);
    assert_int_equal(asked(admin, format(OBJECTS "/%s/checkMemberGroups", ann_id),
                         format("{\"groupIds\":[\"%s\",\"" UNKNOWN_ID "\"]}", outer)),
        1);
    struct made made;
    call_as(&made, admin, "GET", format(GROUPS "/%s/members/$count", inner), NULL, 200);
    assert_true(text_is(made.reply.body, "2"));
    made_free(&made);
}

/* A circle ends, and nobody is in a group by way of itself. */
static void circles_end(void **state)
{
    (void)state;
    const char *circle = format(GROUPS "/%s/members/$ref", inner);
    do_it(admin, "POST", circle, reference(outer), 204);
    expect(admin, format(GROUPS "/%s/transitiveMembers", outer), "displayName", "Ann,inner,worker");
    expect(admin, format(GROUPS "/%s/transitiveMemberOf", outer), "displayName", "inner");
    assert_int_equal(asked(admin, format(GROUPS "/%s/getMemberGroups", outer),
                         "{\"securityEnabledOnly\":false}"),
        1);
    do_it(admin, "DELETE", format(GROUPS "/%s/members/%s/$ref", inner, outer), NULL, 204);
    do_it(admin, "DELETE", format(GROUPS "/%s/members/%s/$ref", inner, outer), NULL, 404);
}

static void members_come_in_pages(void **state)
{
    (void)state;
    struct made made;
    const struct json *page = call_as(&made, admin, "GET",
        format(GROUPS "/%s/members?$top=1&$select=displayName", inner), NULL, 200);
    made_text_equal(json_get_text(json_get(page, "value")->first, "displayName"), "Ann");
    struct text next = json_get_text(page, "@odata.nextLink");
    next = text_slice(next, strlen("https://" MADE_HOST), next.length);
    expect(admin, format("%.*s", TEXT_ARGS(next)), "displayName", "worker");
    made_free(&made);
}

static void *add_once(void *context)
{
    struct made made;
    int *status = context;
    char path[200], body[200];
    snprintf(path, sizeof path, GROUPS "/%s/members/$ref", outer);
    snprintf(body, sizeof body,
        "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}", ann_id);
    made_call(&made, &service, PLANE_GRAPH, admin, "POST", path, body);
    *status = made.reply.status;
    made_free(&made);
    return NULL;
}

/* However many add one member at once, one did. */
static void races_have_one_winner(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    int status[WRITERS] = {0};
    size_t won = 0, lost = 0;
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_once, &status[i]), 0);
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        won += status[i] == 204;
        lost += status[i] == 400;
    }
    assert_int_equal(won, 1);
    assert_int_equal(lost, WRITERS - 1);
    do_it(admin, "DELETE", format(GROUPS "/%s/members/%s/$ref", outer, ann_id), NULL, 204);
}

/* ---- Owners ---------------------------------------------------------------------------------- */

static void owners_may_change_their_own(void **state)
{
    (void)state;
    const char *members = format(GROUPS "/%s/members/$ref", outer);
    do_it(ann, "POST", members, reference(ann_id), 403);
    do_it(admin, "POST", format(GROUPS "/%s/owners/$ref", outer), reference(ann_id), 204);
    do_it(admin, "POST", format(GROUPS "/%s/owners/$ref", outer), reference(ann_id), 400);
    do_it(admin, "POST", format(GROUPS "/%s/owners/$ref", outer), reference(inner), 400);
    expect(admin, format(GROUPS "/%s/owners", outer), "displayName", "Ann");
    members = format(GROUPS "/%s/members/$ref", outer);
    do_it(ann, "POST", members, reference(ann_id), 204);
    do_it(ann, "PATCH", format(GROUPS "/%s", outer), "{\"description\":\"ann's\"}", 204);
    do_it(ann, "PATCH", format(GROUPS "/%s", inner), "{\"description\":\"ann's\"}", 403);
    expect(ann, "/v1.0/me/ownedObjects", "displayName", "outer");
    do_it(ann, "DELETE", format(GROUPS "/%s/members/%s/$ref", outer, ann_id), NULL, 204);
    do_it(admin, "DELETE", format(GROUPS "/%s/owners/%s/$ref", outer, ann_id), NULL, 400);
    do_it(admin, "POST", format(GROUPS "/%s/owners/$ref", outer), reference(worker.object_id), 204);
    do_it(admin, "DELETE", format(GROUPS "/%s/owners/%s/$ref", outer, worker.object_id), NULL, 204);
    do_it(admin, "DELETE", format(GROUPS "/%s/owners/%s/$ref", outer, worker.object_id), NULL, 404);
}

/* ---- Directory roles ------------------------------------------------------------------------- */

static void directory_roles_are_given(void **state)
{
    (void)state;
    const char *body =
        "{\"displayName\":\"by ann\",\"userPrincipalName\":\"eve@azb.onmicrosoft.com\","
        "\"passwordProfile\":{\"password\":\"a password\"}}";
    const char *members = ROLES "(roleTemplateId='" DIRECTORY_ROLE_USER_ADMINISTRATOR "')/members";
    do_it(ann, "POST", "/v1.0/users", body, 403);
    do_it(ann, "POST", format("%s/$ref", members), reference(ann_id), 403);
    do_it(admin, "POST", format("%s/$ref", members), reference(ann_id), 204);
    do_it(admin, "POST", format("%s/$ref", members), reference(inner), 400);
    do_it(ann, "POST", "/v1.0/users", body, 201);
    expect(admin, ROLES "?$filter=displayName+eq+'User+Administrator'", "roleTemplateId",
        DIRECTORY_ROLE_USER_ADMINISTRATOR);
    expect(ann, "/v1.0/me/memberOf/microsoft.graph.directoryRole", "displayName",
        "User Administrator");
    assert_int_equal(asked(ann, "/v1.0/me/getMemberObjects", "{}"), 3);
    do_it(admin, "DELETE", format("%s/%s/$ref", members, ann_id), NULL, 204);
    do_it(ann, "DELETE", "/v1.0/users/eve@azb.onmicrosoft.com", NULL, 403);
    do_it(admin, "DELETE", "/v1.0/users/eve@azb.onmicrosoft.com", NULL, 204);
}

/* ---- Objects --------------------------------------------------------------------------------- */

static void objects_by_id(void **state)
{
    (void)state;
    struct made made;
    char gone[GUID_TEXT];
    const struct json *object =
        call_as(&made, admin, "GET", format(OBJECTS "/%s", outer), NULL, 200);
    made_text_equal(json_get_text(object, "@odata.type"), "#microsoft.graph.group");
    made_free(&made);
    const char *ids = format("{\"ids\":[\"%s\",\"%s\",\"" UNKNOWN_ID "\"],\"types\":[\"user\","
                             "\"group\",\"servicePrincipal\",\"directoryObjectPartnerReference\"]}",
        outer, ann_id);
    assert_int_equal(asked(admin, OBJECTS "/getByIds", ids), 2);
    create_group("gone", gone);
    do_it(ann, "DELETE", format(OBJECTS "/%s", gone), NULL, 403);
    do_it(admin, "DELETE", format(OBJECTS "/%s", gone), NULL, 204);
    do_it(admin, "DELETE", format(OBJECTS "/%s", gone), NULL, 404);
    do_it(admin, "GET", "/v1.0/users('" ANN "')", NULL, 200);
}

/* A deleted group is in no other, and has no owner. */
static void nothing_is_left_of_a_group(void **state)
{
    (void)state;
    char gone[GUID_TEXT];
    struct azb_error err = AZB_ERROR_INIT;
    create_group("gone", gone);
    do_it(admin, "POST", format(GROUPS "/%s/members/$ref", outer), reference(gone), 204);
    do_it(admin, "POST", format(GROUPS "/%s/members/$ref", gone), reference(ann_id), 204);
    do_it(admin, "POST", format(GROUPS "/%s/owners/$ref", gone), reference(ann_id), 204);
    do_it(admin, "DELETE", format(GROUPS "/%s", gone), NULL, 204);
    static const char *const questions[] = {
        "SELECT count(*) FROM group_member WHERE group_id = ?1 OR member_id = ?1",
        "SELECT count(*) FROM owner WHERE object_id = ?1",
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        scoped_statement struct statement s =
            statement(store_reader(service.store, &err), questions[i]);
        bool row;
        statement_bind_string(&s, 1, gone);
        assert_true(statement_step(&s, &row, &err));
        assert_int_equal(statement_i64(&s, 0), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_live),
        cmocka_unit_test(groups_are_refused),
        cmocka_unit_test(members_are_seen_through_groups),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(members_come_in_pages),
        cmocka_unit_test(races_have_one_winner),
        cmocka_unit_test(owners_may_change_their_own),
        cmocka_unit_test(directory_roles_are_given),
        cmocka_unit_test(objects_by_id),
        cmocka_unit_test(nothing_is_left_of_a_group),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
