/* The access plane: refusals that lead to their explanation, the log, uses, evaluations, who may.
 */
#include "made_token.h"
#include "planes_arm_graph.h"

#include "authorize/decision_log.h"

#define JOBS "/jobs?api-version=2025-06-01"
#define SUBSCRIPTION "/subscriptions/" SEED_SUBSCRIPTION
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define GROUP "aaaaaaaa-0000-4000-8000-000000000009"
#define SECRET "a-secret-of-the-worker"
#define USER_ID "aaaaaaaa-0000-4000-8000-000000000010"
#define AZURE_CLI "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
#define OTHER_SUBSCRIPTION "aaaaaaaa-0000-4000-8000-000000000011"

static struct service service;
static struct made_application worker = {.name = "w<script>alert(1)</script>", .secret = SECRET};
static char admin_arm[ADMIN_TOKEN_MAX], worker_arm[ADMIN_TOKEN_MAX], worker_batch[ADMIN_TOKEN_MAX];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &worker);
    made_token(
        &service, MADE_CLIENT, MADE_SECRET, "https://management.core.windows.net%2F", admin_arm);
    made_token(
        &service, worker.app_id, SECRET, "https://management.core.windows.net%2F", worker_arm);
    made_token(&service, worker.app_id, SECRET, "https://batch.core.windows.net%2F", worker_batch);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static const char *id_of(struct made *made)
{
    const char *id = made_reply_header(made, "azb-decision-id");
    assert_non_null(id);
    return arena_string(&made->request.arena, id);
}

/* The link stands in the header, and in the body by the plane's own shape. */
static void expect_link(struct made *made)
{
    char link[200], header[240];
    snprintf(link, sizeof link, "https://" MADE_HOST "/access/v1/decisions/%s", id_of(made));
    snprintf(header, sizeof header, "<%s>; rel=\"describedby\"", link);
    assert_string_equal(made_reply_header(made, "Link"), header);
    assert_non_null(memmem(made->reply.body.at, made->reply.body.length, link, strlen(link)));
}

static const struct json *decision_of(struct made *made, const char *id)
{
    char path[120];
    snprintf(path, sizeof path, "/access/v1/decisions/%s", id);
    made_call(made, &service, PLANE_ACCESS, NULL, "GET", path, NULL);
    assert_int_equal(made->reply.status, 200);
    return made_reply_json(made);
}

static void refusals_lead_to_their_explanation(void **state)
{
    static const struct {
        enum plane plane;
        const char *token, *path;
        int status;
        const char *why, *reason; /* of tokenProblem or refusal */
    } cases[] = {
        {PLANE_BATCH, worker_batch, JOBS, 403, "explanation", NULL},
        {PLANE_ARM, worker_arm, SUBSCRIPTION "/resourceGroups?api-version=2022-12-01", 403,
            "explanation", NULL},
        {PLANE_BATCH, NULL, JOBS, 401, "tokenProblem", "missing"},
        {PLANE_BATCH, worker_arm, JOBS, 401, "tokenProblem", "audience"},
        {PLANE_ARM, worker_batch, "/subscriptions?api-version=2022-12-01", 401, "tokenProblem",
            "audience"},
        {PLANE_ARM, "Bearer x.y.z", "/subscriptions?api-version=2022-12-01", 401, "tokenProblem",
            "malformed"},
        {PLANE_GRAPH, worker_arm, "/v1.0/applications", 401, "tokenProblem", "audience"},
        {PLANE_BATCH, "SharedKey azb:AAAA", JOBS, 403, "refusal", "sharedKey"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made, asked;
        made_call(&made, &service, cases[i].plane, cases[i].token, "GET", cases[i].path, NULL);
        assert_int_equal(made.reply.status, cases[i].status);
        expect_link(&made);
        const struct json *decision = decision_of(&asked, id_of(&made));
        const struct json *why = json_get(decision, cases[i].why);
        assert_non_null(why);
        if (cases[i].reason)
            made_text_equal(json_get_text(why, "reason"), cases[i].reason);
        assert_int_equal(json_get_i64(decision, "status", 0), cases[i].status);
        assert_false(json_get_bool(decision, "allowed", true));
        made_free(&asked);
        made_free(&made);
    }
}

/* A token whose signature is good: its holder hears whose it is; else nobody is named. */
static void token_holders(void **state)
{
    static const struct {
        const char *name;
        struct claims claims;
        const char *reason;
    } cases[] = {
        {"expired", {.exp = -400, .nbf = -4000, .iat = -4000}, "expired"},
        {"not yet", {.nbf = 4000, .exp = 8000}, "notYet"},
        {"tenant", {.tid = QUOTED(MADE_OBJECT)}, "tenant"},
        {"issuer", {.iss = QUOTED("https://else.example/")}, "issuer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made, asked;
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        struct claims claims = GOOD_CLAIMS;
        if (cases[i].claims.exp)
            claims.exp = cases[i].claims.exp;
        if (cases[i].claims.nbf)
            claims.nbf = cases[i].claims.nbf;
        claims.tid = cases[i].claims.tid ? cases[i].claims.tid : claims.tid;
        claims.iss = cases[i].claims.iss ? cases[i].claims.iss : claims.iss;
        char *token = arena_format(&arena, "Bearer %s", sign_for(&service, &arena, &claims));
        made_call(&made, &service, PLANE_BATCH, token, "GET", JOBS, NULL);
        assert_int_equal(made.reply.status, 401);
        const struct json *decision = decision_of(&asked, id_of(&made));
        made_text_equal(json_text(json_path(decision, "tokenProblem.reason")), cases[i].reason);
        if (i < 2)
            made_text_equal(json_text(json_path(decision, "principal.clientId")), MADE_CLIENT);
        assert_null(memmem(asked.reply.body.at, asked.reply.body.length, token + 7, 40));
        made_free(&asked);
        made_free(&made);
    }
}

/* HEAD has headers only, and they are the same. */
static void head_has_headers(void **state)
{
    struct made made;
    (void)state;
    made_call(
        &made, &service, PLANE_BATCH, worker_batch, "HEAD", "/jobs/j?api-version=2025-06-01", NULL);
    assert_int_equal(made.reply.status, 403);
    assert_int_equal(made.reply.body.length, 0);
    assert_true(text_is_guid(text_of(id_of(&made))));
    assert_non_null(made_reply_header(&made, "Link"));
    made_free(&made);
}

static void public_names_lead_to_the_service(void **state)
{
    struct made made;
    (void)state;
    made_request(&made, &service, PLANE_ARM, "GET", "/subscriptions?api-version=2022-12-01");
    made.request.host = TEXT("management.azure.com");
    made_run(&made, arm_plane(), "/subscriptions");
    assert_int_equal(made.reply.status, 401);
    expect_link(&made); /* https://localhost:8443/..., not the public name */
    made_free(&made);
}

/* ---- The list, uses, who may ask ------------------------------------------------------------- */

static void call_access(struct made *made, const char *token, const char *path, int status)
{
    made_call(made, &service, PLANE_ACCESS, token, "GET", path, NULL);
    if (made->reply.status != status)
        print_error("%s: %d %.*s\n", path, made->reply.status, TEXT_ARGS(made->reply.body));
    assert_int_equal(made->reply.status, status);
}

static void who_may_ask(void **state)
{
    struct made made;
    char own[120];
    (void)state;
    call_access(&made, NULL, "/access/v1/decisions", 401);
    expect_link(&made);
    made_free(&made);
    call_access(&made, worker_arm, "/access/v1/decisions", 403);
    expect_link(&made);
    made_free(&made);
    call_access(&made, worker_arm, "/access/v1/usage?principal=" MADE_CLIENT, 403);
    made_free(&made);
    snprintf(own, sizeof own, "/access/v1/decisions?principal=%s", worker.app_id);
    call_access(&made, worker_arm, own, 200);
    made_free(&made);
    call_access(&made, admin_arm, "/access/v1/decisions", 200);
    const struct json *list = json_get(made_reply_json(&made), "value");
    assert_true(list->count > 3);
    made_free(&made);
}

static void ask_as_user(const char *token, const char *principal, int status)
{
    struct made made;
    char path[120];
    snprintf(path, sizeof path, "/access/v1/decisions?principal=%s", principal);
    call_access(&made, token, path, status);
    made_free(&made);
    snprintf(path, sizeof path, "/access/v1/usage?principal=%s", principal);
    call_access(&made, token, path, status);
    made_free(&made);
}

/* Of a user without any role who came with az. */
static const char *token_of_user(struct arena *arena)
{
    struct claims claims = GOOD_CLAIMS;
    claims.aud = QUOTED("https://management.core.windows.net/");
    claims.oid = QUOTED(USER_ID);
    claims.appid = QUOTED(AZURE_CLI);
    claims.idtyp = QUOTED("user");
    claims.scp = QUOTED("user_impersonation");
    return arena_format(arena, "Bearer %s", sign_for(&service, arena, &claims));
}

/* A user may ask about the user, but not about everybody who signs in with the same tool. */
static void users_are_not_their_tools(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *token = token_of_user(&arena);
    ask_as_user(token, USER_ID, 200);
    ask_as_user(token, AZURE_CLI, 403);
}

static bool add_subscription(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO subscription (id, tenant_id, display_name) VALUES (?1, ?2, 'other')");
    statement_bind_string(&s, 1, OTHER_SUBSCRIPTION);
    statement_bind_string(&s, 2, MADE_TENANT);
    return statement_run(&s, err);
}

static bool remove_subscription(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement s =
        statement(connection, "DELETE FROM subscription WHERE id = ?1");
    statement_bind_string(&s, 1, OTHER_SUBSCRIPTION);
    return statement_run(&s, err);
}

/* The log is of all subscriptions: the right at one of them does not open it. */
static void the_log_is_of_all_subscriptions(void **state)
{
    struct made made;
    (void)state;
    made_write(&service, add_subscription, NULL);
    call_access(&made, admin_arm, "/access/v1/decisions", 403);
    made_free(&made);
    call_access(&made, admin_arm, "/access/v1/usage?principal=" MADE_CLIENT, 200);
    made_free(&made);
    made_write(&service, remove_subscription, NULL);
    call_access(&made, admin_arm, "/access/v1/decisions", 200);
    made_free(&made);
}

/* Asking the log leaves no trace in it: a follower would never come to rest. */
static void asking_is_no_decision(void **state)
{
    struct made first, second;
    (void)state;
    call_access(&first, admin_arm, "/access/v1/decisions", 200);
    struct text next = json_get_text(made_reply_json(&first), "next");
    call_access(&second, admin_arm,
        arena_format(&first.request.arena, "/access/v1/decisions?after=%.*s", TEXT_ARGS(next)),
        200);
    assert_int_equal(json_get(made_reply_json(&second), "value")->count, 0);
    made_free(&second);
    made_free(&first);
}

static void bad_queries(void **state)
{
    static const struct {
        const char *path, *word;
    } cases[] = {
        {"/access/v1/decisions?since=yesterday", "'since' must be a time"},
        {"/access/v1/decisions?since=-PT1H", "'since' must be a time"},
        {"/access/v1/decisions?allowed=yes", "'allowed' must be true or false"},
        {"/access/v1/decisions?principal=me", "'principal' must be an object id"},
        {"/access/v1/decisions?after=-1", "'after' must be what"},
        {"/access/v1/decisions?wait=61", "from 0 to 60"},
        {"/access/v1/usage?since=x", "'since' must be a time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        call_access(&made, admin_arm, cases[i].path, 400);
        assert_non_null(strstr(made.err.message, cases[i].word));
        made_free(&made);
    }
}

static void uses_of_a_principal(void **state)
{
    struct made made;
    char path[160];
    (void)state;
    for (int i = 0; i < 3; i++) {
        made_call(&made, &service, PLANE_BATCH, worker_batch, "GET", JOBS, NULL);
        made_free(&made);
    }
    snprintf(path, sizeof path, "/access/v1/usage?principal=%s&since=PT1H", worker.object_id);
    call_access(&made, worker_arm, path, 200);
    const struct json *answer = made_reply_json(&made);
    const struct json *use = json_get(answer, "value")->first;
    while (
        use && !text_is(json_get_text(use, "operation"), "Microsoft.Batch/batchAccounts/jobs/read"))
        use = use->next;
    assert_non_null(use);
    made_text_equal(json_get_text(use, "kind"), "dataAction");
    assert_true(json_get_bool(use, "isRead", false));
    assert_int_equal(json_get_i64(use, "count", -1), 0);
    assert_true(json_get_i64(use, "denied", 0) >= 3);
    assert_false(json_get_bool(answer, "complete", true)); /* azbd runs for less than an hour */
    made_free(&made);
}

/* ---- The page -------------------------------------------------------------------------------- */

static void the_page_escapes(void **state)
{
    struct made denied, page;
    char path[120];
    (void)state;
    made_call(&denied, &service, PLANE_BATCH, worker_batch, "GET", JOBS, NULL);
    snprintf(path, sizeof path, "/access/v1/decisions/%s", id_of(&denied));
    made_request(&page, &service, PLANE_ACCESS, "GET", path);
    made_header(&page, "Accept", "text/html,application/xhtml+xml");
    page.request.values[0] = text_of(id_of(&denied));
    made_run(&page, access_plane(), "/access/v1/decisions/{id}");
    assert_int_equal(page.reply.status, 200);
    assert_string_equal(made_reply_header(&page, "Content-Type"), "text/html; charset=utf-8");
    assert_non_null(
        strstr(made_reply_header(&page, "Content-Security-Policy"), "script-src 'none'"));
    assert_string_equal(made_reply_header(&page, "Cache-Control"), "no-store");
    const char *html = text_string(&page.request.arena, page.reply.body);
    assert_null(strstr(html, "<script"));
    assert_non_null(strstr(html, "w&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(html, "Microsoft.Batch/batchAccounts/jobs/read"));
    made_free(&page);
    made_free(&denied);
}

static void unknown_decisions(void **state)
{
    struct made made;
    (void)state;
    call_access(&made, NULL, "/access/v1/decisions/00000000-0000-0000-0000-000000000001", 404);
    made_free(&made);
    call_access(&made, NULL, "/access/v1/decisions/%3Cscript%3E", 404);
    made_free(&made);
}

/* ---- AuthZEN --------------------------------------------------------------------------------- */

#define QUESTION(type, id, action, kind, resource)                                                 \
    "{\"subject\":{\"type\":\"" type "\",\"id\":\"" id "\"},\"action\":{\"name\":\"" action        \
    "\"},\"resource\":{\"type\":\"" kind "\",\"id\":\"" resource "\"}}"
#define READ_ACCOUNT "Microsoft.Batch/batchAccounts/read"

static void evaluate(struct made *made, const char *path, const char *body)
{
    made_call(made, &service, PLANE_ACCESS, admin_arm, "POST", path, body);
}

static void evaluations_are_decided(void **state)
{
    static const struct {
        const char *body;
        bool decision;
    } cases[] = {
        {QUESTION("service_principal", MADE_CLIENT, READ_ACCOUNT, "scope", SUBSCRIPTION), true},
        {QUESTION("identity", MADE_OBJECT, READ_ACCOUNT, "scope", SUBSCRIPTION), true},
        {QUESTION("service_principal", MADE_OBJECT, "Microsoft.Batch/batchAccounts/jobs/write",
             "scope", SUBSCRIPTION),
            false}, /* Owner has no data actions */
        {QUESTION("service_principal", MADE_OBJECT, "Microsoft.Batch/batchAccounts/jobs/write",
             "batch_account", SUBSCRIPTION),
            true}, /* but listKeys, which Batch takes for all */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        evaluate(&made, "/access/v1/evaluation", cases[i].body);
        assert_int_equal(made.reply.status, 200);
        const struct json *answer = made_reply_json(&made);
        assert_int_equal(json_get_bool(answer, "decision", !cases[i].decision), cases[i].decision);
        assert_non_null(json_path(answer, "context.explanation"));
        assert_true(text_is_guid(json_text(json_path(answer, "context.id"))));
        made_free(&made);
    }
}

static void bad_evaluations(void **state)
{
    static const struct {
        const char *body, *word;
    } cases[] = {
        {"", "needs a body"},
        {"[]", "not a JSON object"},
        {"{}", "'subject' is missing"},
        {"{\"subject\":1}", "'subject' is no object"},
        {"{\"subject\":{\"type\":\"user\"}}", "'subject.id' is missing"},
        {QUESTION("robot", MADE_CLIENT, READ_ACCOUNT, "scope", SUBSCRIPTION),
            "'subject.type' must"},
        {QUESTION("user", MADE_CLIENT, READ_ACCOUNT, "scope", SUBSCRIPTION),
            "is a ServicePrincipal"},
        {QUESTION("user", GROUP, READ_ACCOUNT, "scope", SUBSCRIPTION), "has no principal"},
        {QUESTION("identity", MADE_CLIENT, "can_read", "scope", SUBSCRIPTION),
            "'action.name' must"},
        {QUESTION("identity", MADE_CLIENT, "Microsoft.*/read", "scope", SUBSCRIPTION),
            "'action.name' must"},
        {QUESTION("identity", MADE_CLIENT, READ_ACCOUNT, "document", SUBSCRIPTION),
            "'resource.type' must"},
        {QUESTION("identity", MADE_CLIENT, READ_ACCOUNT, "scope", "/subscriptions/../x"),
            "'resource.id' is not a scope"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        evaluate(&made, "/access/v1/evaluation", cases[i].body);
        if (made.reply.status != 400 || !strstr(made.err.message, cases[i].word))
            print_error("%s: %s\n", cases[i].word, made.err.message);
        assert_int_equal(made.reply.status, 400);
        assert_non_null(strstr(made.err.message, cases[i].word));
        made_free(&made);
    }
}

static void hostile_bodies(void **state)
{
    struct made made;
    const size_t size = 1024 * 1024;
    (void)state;
    char *body = memory_alloc(size + 1);
    memset(body, '[', size);
    evaluate(&made, "/access/v1/evaluations", body);
    assert_int_equal(made.reply.status, 400);
    made_free(&made);
    memset(body, 'a', size);
    memcpy(body, "{\"subject\":{\"type\":\"", 20);
    memcpy(body + size - 3, "\"}}", 3);
    evaluate(&made, "/access/v1/evaluation", body);
    assert_int_equal(made.reply.status, 400);
    assert_true(made.reply.body.length < 2000);
    made_free(&made);
    memory_free(body);
}

/* Defaults of all, an error of one as its answer, and where a semantic ends. */
static void many_evaluations(void **state)
{
    static const struct {
        const char *semantic;
        size_t count;
    } cases[] = {{"execute_all", 3}, {"deny_on_first_deny", 2}, {"permit_on_first_permit", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        char body[800];
        snprintf(body, sizeof body,
            "{\"subject\":{\"type\":\"identity\",\"id\":\"" MADE_CLIENT
            "\"},\"action\":{\"name\":\"" READ_ACCOUNT
            "\"},\"options\":{\"evaluations_semantic\":\"%s\"},\"evaluations\":["
            "{\"resource\":{\"type\":\"scope\",\"id\":\"" SUBSCRIPTION "\"}},"
            "{\"resource\":{\"type\":\"scope\",\"id\":\"nowhere\"}},"
            "{\"resource\":{\"type\":\"scope\",\"id\":\"" SUBSCRIPTION "\"}}]}",
            cases[i].semantic);
        evaluate(&made, "/access/v1/evaluations", body);
        assert_int_equal(made.reply.status, 200);
        const struct json *answers = json_get(made_reply_json(&made), "evaluations");
        assert_int_equal(answers->count, cases[i].count);
        assert_true(json_get_bool(answers->first, "decision", false));
        if (answers->first->next)
            assert_int_equal(
                json_get_i64(json_path(answers->first->next, "context.error"), "status", 0), 400);
        made_free(&made);
    }
}

static void others_are_not_everybodys_business(void **state)
{
    struct made made;
    char body[600];
    (void)state;
    snprintf(body, sizeof body, QUESTION("identity", "%s", READ_ACCOUNT, "scope", SUBSCRIPTION),
        worker.app_id);
    made_call(&made, &service, PLANE_ACCESS, worker_arm, "POST", "/access/v1/evaluation", body);
    assert_int_equal(made.reply.status, 200);
    assert_false(json_get_bool(made_reply_json(&made), "decision", true));
    made_free(&made);
    made_call(&made, &service, PLANE_ACCESS, worker_arm, "POST", "/access/v1/evaluation",
        QUESTION("identity", MADE_CLIENT, READ_ACCOUNT, "scope", SUBSCRIPTION));
    assert_int_equal(made.reply.status, 403);
    made_free(&made);
}

static void metadata(void **state)
{
    struct made made;
    (void)state;
    call_access(&made, NULL, "/.well-known/authzen-configuration", 200);
    made_text_equal(json_get_text(made_reply_json(&made), "access_evaluation_endpoint"),
        "https://" MADE_HOST "/access/v1/evaluation");
    made_free(&made);
}

/* ---- Groups, audit mode ---------------------------------------------------------------------- */

static bool group_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct request request = {.service = &service, .store = connection};
    (void)context;
    authorize_roles_changed(&request);
    return group_add(connection, GROUP, "submitters & co", 0, err);
}

static bool group_role_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    struct request request = {.service = &service, .store = connection};
    (void)context;
    authorize_roles_changed(&request);
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO role_assignment (id, scope, principal_id, principal_type, role_id, created)"
        " VALUES ('" GROUP "', '" SUBSCRIPTION "', '" GROUP "', 'Group', '" READER "', 0)");
    return statement_run(&s, err);
}

static bool member_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct request request = {.service = &service, .store = connection};
    authorize_roles_changed(&request);
    return group_add_member(connection, GROUP, context, err);
}

/* A role that a group has is no reason as long as it is not the caller's; its name helps. */
static void a_group_that_would_help(void **state)
{
    struct made made, asked;
    (void)state;
    made_write(&service, group_work, NULL);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "GET", JOBS, NULL);
    assert_null(json_path(decision_of(&asked, id_of(&made)), "explanation.membership"));
    made_free(&asked);
    made_free(&made);
    made_write(&service, group_role_work, NULL);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "GET", JOBS, NULL);
    made_text_equal(
        json_text(json_path(decision_of(&asked, id_of(&made)), "explanation.membership")),
        "The group \"submitters & co\" (" GROUP ") has a role that allows it; the caller is not in "
        "it.");
    made_free(&asked);
    made_free(&made);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "DELETE",
        "/jobs/j?api-version=2025-06-01", NULL);
    assert_null(json_path(decision_of(&asked, id_of(&made)), "explanation.membership"));
    made_free(&asked);
    made_free(&made);
}

static void groups_are_named(void **state)
{
    struct made made, asked;
    (void)state;
    made_write(&service, member_work, worker.object_id);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "DELETE",
        "/jobs/j?api-version=2025-06-01", NULL);
    const struct json *groups = json_path(decision_of(&asked, id_of(&made)), "principal.groups");
    assert_int_equal(groups->count, 1);
    made_text_equal(json_get_text(groups->first, "displayName"), "submitters & co");
    made_free(&asked);
    made_free(&made);
}

static void audit_lets_through(void **state)
{
    struct made made, asked;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    (void)state;
    authorizer_set_audit(service.authorizer, true);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "DELETE",
        "/jobs/j?api-version=2025-06-01", NULL);
    assert_int_equal(made.reply.status, 404); /* there is no such job */
    assert_null(made_reply_header(&made, "azb-decision-id"));
    const struct json *decision = decision_of(&asked, made_reply_header(&made, "azb-would-deny"));
    assert_true(json_get_bool(decision, "allowed", false));
    assert_true(json_get_bool(decision, "wouldDeny", false));
    assert_non_null(json_path(decision, "explanation.missing"));
    made_free(&asked);
    made_free(&made);
    made_call(&made, &service, PLANE_BATCH, worker_arm, "GET", JOBS, NULL);
    assert_int_equal(made.reply.status, 401); /* tokens are checked as ever */
    made_free(&made);
    ask_as_user(token_of_user(&arena), AZURE_CLI, 403); /* and the log is not opened */
    authorizer_set_audit(service.authorizer, false);
    made_call(&made, &service, PLANE_BATCH, worker_batch, "DELETE",
        "/jobs/j?api-version=2025-06-01", NULL);
    assert_int_equal(made.reply.status, 403);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_lead_to_their_explanation),
        cmocka_unit_test(token_holders),
        cmocka_unit_test(head_has_headers),
        cmocka_unit_test(public_names_lead_to_the_service),
        cmocka_unit_test(who_may_ask),
        cmocka_unit_test(users_are_not_their_tools),
        cmocka_unit_test(the_log_is_of_all_subscriptions),
        cmocka_unit_test(asking_is_no_decision),
        cmocka_unit_test(bad_queries),
        cmocka_unit_test(uses_of_a_principal),
        cmocka_unit_test(the_page_escapes),
        cmocka_unit_test(unknown_decisions),
        cmocka_unit_test(evaluations_are_decided),
        cmocka_unit_test(bad_evaluations),
        cmocka_unit_test(hostile_bodies),
        cmocka_unit_test(many_evaluations),
        cmocka_unit_test(others_are_not_everybodys_business),
        cmocka_unit_test(metadata),
        cmocka_unit_test(a_group_that_would_help),
        cmocka_unit_test(groups_are_named),
        cmocka_unit_test(audit_lets_through),
    };
    return cmocka_run_group_tests_name("server/access", tests, start, stop);
}
