/*
 * made_batch.h - the Batch plane on a made service: requests signed with the account's key go
 * through prepare, serve (writes on the writer thread) and refuse, as the listener sends them.
 * Scheduling passes and ends of tasks are steps of their own, so that nothing depends on time.
 */
#ifndef TESTS_SERVER_MADE_BATCH_H
#define TESTS_SERVER_MADE_BATCH_H

#include "made_service.h"

#include "base/time.h"
#include "engine/scheduler.h"

/* Steps leave out what they do not need. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct step {
    const char *name;
    const char *method; /* or PASS: scheduling passes; END: the task PATH ends with `status` */
    const char *path;   /* api-version is added when it has none */
    const char *body;
    int status;
    const char *contains;  /* in the body, or NULL */
    const char *header[2]; /* sent as well, or NULL */
};

static struct service service;

MADE int batch_start(void **state)
{
    char nodes[PATH_MAX + 16];

    (void)state;
    made_start(&service);
    snprintf(nodes, sizeof(nodes), "%s/nodes", service.state);
    assert_int_equal(mkdir(nodes, 0700), 0);
    return 0;
}

MADE int batch_stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Signing ---- */

MADE int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

MADE void add_query(struct made *made, struct buffer *out)
{
    struct text rest = made->request.query, pair, name;
    char *lines[16];
    size_t count = 0;

    while (text_cut(&rest, '&', &pair)) {
        struct text decoded = TEXT_NONE;

        assert_true(text_percent_decode(&made->request.arena, pair, true, &decoded));
        text_cut(&decoded, '=', &name);
        lines[count++] =
            arena_format(&made->request.arena, "\n%.*s:%.*s", TEXT_ARGS(name), TEXT_ARGS(decoded));
    }
    qsort(lines, count, sizeof(lines[0]), compare_strings);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(out, lines[i]);
}

MADE const char *header_or_empty(const struct made *made, const char *name)
{
    const char *value = request_header(&made->request, name);

    return value ? value : "";
}

MADE void sign(struct made *made)
{
    const struct account *account = account_default(&service);
    struct arena *arena = &made->request.arena;
    scoped_buffer struct buffer out = {0};
    char date[TIME_TEXT_MAX];
    unsigned char mac[SHA256_BYTES];
    struct text key;

    time_http(clock_ticks(&service.clock), date);
    buffer_init(&out, 65536);
    buffer_format(&out, "%s\n\n\n%s\n\n%s\n\n%s\n%s\n%s\n%s\n\nocp-date:%s\n", made->request.method,
        header_or_empty(made, "Content-Length"), header_or_empty(made, "Content-Type"),
        header_or_empty(made, "If-Modified-Since"), header_or_empty(made, "If-Match"),
        header_or_empty(made, "If-None-Match"), header_or_empty(made, "If-Unmodified-Since"), date);
    if (request_header(&made->request, "ocp-range"))
        buffer_format(&out, "ocp-range:%s\n", request_header(&made->request, "ocp-range"));
    buffer_format(&out, "/%s%.*s", account->name, TEXT_ARGS(made->request.path));
    add_query(made, &out);
    assert_true(base64_decode(arena, text_of(account->primary_key), &key));
    hmac_sha256(key, buffer_text(&out), mac);
    made_header(made, "ocp-date", arena_string(arena, date));
    made_header(made, "Authorization",
        arena_format(arena, "SharedKey %s:%s", account->name,
            base64_encode(arena, (struct text){(const char *)mac, sizeof(mac)})));
}

/* ---- One request ---- */

MADE bool serve_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made *made = context;

    made->request.store = connection;
    return made->request.route->serve(&made->request, &made->reply, err);
}

MADE bool serve_route(struct made *made)
{
    const struct plane_rows *plane = batch_plane();

    if (!route_find(&made->request, &made->err) || !plane->prepare(&made->request, &made->err))
        return false;
    if (made->request.route->flags & ROUTE_WRITES)
        return store_write_wait(service.store, serve_work, made, &made->err);
    return made->request.route->serve(&made->request, &made->reply, &made->err);
}

MADE void send_request(struct made *made, const struct step *step, char path[2048])
{
    bool has_version = strstr(step->path, "api-version") != NULL;

    snprintf(path, 2048, "%s%s", step->path,
        has_version               ? ""
        : strchr(step->path, '?') ? "&api-version=2025-06-01"
                                  : "?api-version=2025-06-01");
    made_request(made, &service, PLANE_BATCH, step->method, path);
    if (step->header[0])
        made_header(made, step->header[0], step->header[1]);
    made->request.body = text_of(step->body);
    if (step->body) {
        made_header(made, "Content-Type", "application/json; odata=minimalmetadata");
        made_header(
            made, "Content-Length", arena_format(&made->request.arena, "%zu", strlen(step->body)));
    }
    sign(made);
    if (!serve_route(made))
        batch_plane()->refuse(&made->request, &made->reply, &made->err);
    batch_plane()->finish(&made->request, &made->reply);
}

MADE void check_reply(const struct made *made, const struct step *step)
{
    struct text body = made->reply.body;

    if (made->reply.status != step->status)
        fail_msg("%s: status %d instead of %d: %.*s", step->name, made->reply.status, step->status,
            TEXT_ARGS(body));
    if (step->contains &&
        (!body.at || !memmem(body.at, body.length, step->contains, strlen(step->contains))))
        fail_msg("%s: '%s' is not in %.*s", step->name, step->contains, TEXT_ARGS(body));
}

/* ---- Passes ---- */

MADE bool pass_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return scheduler_run(connection, context, err);
}

/* Runs passes until there is nothing left to do; the last one's orders are in `pass`. */
MADE void run_pass(struct scheduler_pass *pass)
{
    pass->service = &service;
    pass->most_nodes = 100;
    do {
        made_write(&service, pass_work, pass);
        pass->event_count = 0;
    } while (pass->orders.again);
}

MADE void run_passes(const struct engine_event *event)
{
    struct scheduler_pass pass = {.events = event, .event_count = event ? 1 : 0};

    arena_init(&pass.arena, 0);
    run_pass(&pass);
    arena_free(&pass.arena);
}

struct run_of {
    const char *task;
    int64_t row, attempt;
};

MADE bool find_run_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct run_of *run = context;
    bool found = false;
    scoped_statement struct statement s =
        statement(connection, "SELECT row, attempt FROM task WHERE id = ?1 AND node IS NOT NULL");

    statement_bind_string(&s, 1, run->task);
    if (!statement_step(&s, &found, err))
        return false;
    run->row = found ? statement_i64(&s, 0) : 0;
    run->attempt = found ? statement_i64(&s, 1) : 0;
    return true;
}

MADE void end_task(const char *task, enum engine_outcome outcome, int code)
{
    struct run_of run = {.task = task};
    struct engine_event event = {.outcome = outcome, .code = code, .start = 1, .end = 2};

    made_write(&service, find_run_work, &run);
    if (run.row == 0)
        fail_msg("task %s does not run", task);
    event.task = run.row;
    event.attempt = run.attempt;
    run_passes(&event);
}

MADE void play(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct made made;
        char path[2048];

        if (strcmp(steps[i].method, "PASS") == 0) {
            run_passes(NULL);
            continue;
        }
        if (strcmp(steps[i].method, "END") == 0) {
            end_task(steps[i].path, ENGINE_EXITED, steps[i].status);
            continue;
        }
        send_request(&made, &steps[i], path);
        check_reply(&made, &steps[i]);
        if (made.reply.file >= 0)
            close(made.reply.file);
        made_free(&made);
    }
}

#define PLAY(steps) play(steps, sizeof(steps) / sizeof((steps)[0]))
#define POOL_BODY(id, nodes)                                                                       \
    "{\"id\":\"" id "\",\"vmSize\":\"STANDARD_D1_v2\",\"targetDedicatedNodes\":" nodes             \
    ",\"virtualMachineConfiguration\":{\"imageReference\":{\"publisher\":\"debian\",\"offer\":"    \
    "\"debian-12\",\"sku\":\"12\"},\"nodeAgentSKUId\":\"batch.node.debian 12\"}}"
#define JOB_BODY(id, more) "{\"id\":\"" id "\",\"poolInfo\":{\"poolId\":\"p\"}" more "}"
#define TASK_BODY(id, more) "{\"id\":\"" id "\",\"commandLine\":\"/bin/true\"" more "}"

#endif
