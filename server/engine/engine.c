/*
 * The engine's thread. It waits for three things: a wake (something was changed, a pass was
 * committed), an end that the engine tells, a time. At most one scheduling pass is under way: what
 * comes meanwhile goes into the next one.
 */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/folders.h"
#include "engine/scheduler.h"

#define EVENTS_AT_ONCE 64
#define PASS_MEMORY_MAX (256 * 1024 * 1024)
#define RETRY_MS 1000 /* after a pass that could not be committed */
#define WAIT_MAX_MS (3600 * 1000)

struct engine {
    struct service *service;
    const struct engine_functions *functions;
    engine_follow_fn *follow;
    void *self;
    pthread_t thread;
    int wake;
    atomic_bool stopping;
    atomic_bool changed;
    atomic_bool pass_done; /* `pass` is the thread's again */
    bool pass_failed;
    bool under_way;
    bool first;
    int64_t next_ms; /* monotonic; 0: none */
    struct scheduler_pass pass;
    struct engine_event events[EVENTS_AT_ONCE];
    size_t event_count;
};

static void wake(struct engine *engine)
{
    eventfd_write(engine->wake, 1);
}

static void on_changed(void *context)
{
    struct engine *engine = context;

    atomic_store(&engine->changed, true);
    wake(engine);
}

void engine_changed(struct service *service, struct store_connection *connection)
{
    if (service->engine)
        store_after_commit(connection, on_changed, service->engine);
}

void engine_clock_moved(struct service *service)
{
    if (service->engine)
        on_changed(service->engine);
}

/* ---- A pass ---- */

static bool call_follow(
    struct engine *engine, struct store_connection *connection, struct azb_error *err)
{
    int64_t *next = &engine->pass.orders.next_time, wanted = 0;

    if (!engine->follow)
        return true;
    if (!engine->follow(engine->service, connection, &wanted, err))
        return false;
    if (wanted != 0 && (*next == 0 || wanted < *next))
        *next = wanted;
    return true;
}

static bool work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct engine *engine = context;

    return scheduler_run(connection, &engine->pass, err) && call_follow(engine, connection, err);
}

static void done(void *context, const struct azb_error *err)
{
    struct engine *engine = context;

    engine->pass_failed = err != NULL;
    if (err)
        service_log("engine", "a scheduling pass failed: %s", err->message);
    atomic_store(&engine->pass_done, true);
    wake(engine);
}

static void start_pass(struct engine *engine)
{
    atomic_store(&engine->changed, false);
    engine->next_ms = 0;
    engine->pass_failed = false;
    engine->under_way = true;
    engine->pass.service = engine->service;
    engine->pass.events = engine->events;
    engine->pass.event_count = engine->event_count;
    engine->pass.most_nodes = engine->functions->capacity(engine->self);
    engine->pass.first = engine->first;
    store_write(engine->service->store, work, done, engine);
}

/* ---- Its orders ---- */

static void carry_out_starts(struct engine *engine)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct scheduler_start *reversed = NULL, *next = NULL;

    for (struct scheduler_start *start = engine->pass.orders.starts; start; start = next) {
        next = start->next;
        start->next = reversed;
        reversed = start;
    }
    for (; reversed; reversed = reversed->next) {
        if (engine->functions->submit(engine->self, &reversed->task, &err))
            continue;
        service_log("engine", "a task could not be started: %s", err.message);
        /* No run, no files: it is told as lost and goes back into the queue. */
        engine->functions->adopt(engine->self, reversed->task.task, reversed->task.attempt);
    }
}

static void carry_out_cancels(struct engine *engine)
{
    for (struct scheduler_cancel *cancel = engine->pass.orders.cancels; cancel;
         cancel = cancel->next)
        engine->functions->cancel(engine->self, cancel->task, cancel->attempt, cancel->grace_ms);
}

/* POOL/NODE/workitems, POOL/NODE, POOL: those that nothing is left in. */
static void prune(int nodes, const char *directory)
{
    char path[PATH_MAX];
    char *slash = NULL;

    snprintf(path, sizeof(path), "%s", directory);
    while ((slash = strrchr(path, '/')) != NULL) {
        *slash = 0;
        if (unlinkat(nodes, path, AT_REMOVEDIR) != 0 && errno != ENOENT)
            return;
    }
}

static void remove_directory(int nodes, const struct scheduler_removal *removal)
{
    char path[PATH_MAX];
    char *name = NULL;
    int parent = -1;

    snprintf(path, sizeof(path), "%s", removal->directory);
    name = strrchr(path, '/');
    if (!name)
        return;
    *name++ = 0;
    parent = folder_open(nodes, path, O_RDONLY | O_DIRECTORY);
    if (parent >= 0 && !folder_remove(parent, name))
        service_log("engine", "cannot remove %s: %s", removal->directory, strerror(errno));
    if (parent >= 0)
        close(parent);
    if (removal->node_gone)
        prune(nodes, removal->directory);
}

static void carry_out_removals(struct engine *engine)
{
    char path[PATH_MAX];
    int nodes = -1;

    if (!engine->pass.orders.removals)
        return;
    snprintf(path, sizeof(path), "%.4000s/nodes", engine->service->state);
    nodes = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (struct scheduler_removal *removal = engine->pass.orders.removals; removal && nodes >= 0;
         removal = removal->next)
        remove_directory(nodes, removal);
    if (nodes >= 0)
        close(nodes);
}

static void forget_events(struct engine *engine)
{
    for (size_t i = 0; i < engine->event_count; i++)
        engine->functions->forget(engine->self, engine->events[i].task, engine->events[i].attempt);
    engine->event_count = 0;
}

static void set_time(struct engine *engine)
{
    int64_t at = engine->pass.orders.next_time;
    int64_t left = (at - clock_ticks(&engine->service->clock)) / TICKS_PER_MS;

    if (at == 0)
        return;
    engine->next_ms = monotonic_ms() + (left < 0 ? 0 : left < WAIT_MAX_MS ? left : WAIT_MAX_MS) + 1;
}

static void finish_pass(struct engine *engine)
{
    engine->under_way = false;
    if (engine->pass_failed) {
        engine->next_ms = monotonic_ms() + RETRY_MS;
    } else {
        engine->first = false;
        forget_events(engine);
        /* First, because a task that is added anew may be started in the directory of the old. */
        carry_out_removals(engine);
        carry_out_starts(engine);
        carry_out_cancels(engine);
        set_time(engine);
        if (engine->pass.orders.again)
            atomic_store(&engine->changed, true);
    }
    arena_free(&engine->pass.arena);
}

/* ---- The thread ---- */

static int wait_ms(const struct engine *engine)
{
    int64_t left = engine->next_ms - monotonic_ms();

    if (!engine->under_way && !engine->pass_failed && atomic_load(&engine->changed))
        return 0;
    if (engine->next_ms == 0 || engine->under_way)
        return -1;
    return left < 0 ? 0 : (int)left;
}

/* While a pass is under way nothing but its end is waited for: its events are still in use. After
 * one that failed they are kept for the next try. */
static void wait(struct engine *engine)
{
    struct pollfd descriptors[2] = {
        {engine->wake, POLLIN, 0}, {engine->functions->descriptor(engine->self), POLLIN, 0}};
    eventfd_t value = 0;

    poll(descriptors, engine->under_way || engine->pass_failed ? 1 : 2, wait_ms(engine));
    eventfd_read(engine->wake, &value);
}

static bool is_due(const struct engine *engine)
{
    if (engine->next_ms != 0 && monotonic_ms() >= engine->next_ms)
        return true;
    return !engine->pass_failed && (atomic_load(&engine->changed) || engine->event_count > 0);
}

static void step(struct engine *engine)
{
    wait(engine);
    if (atomic_exchange(&engine->pass_done, false))
        finish_pass(engine);
    if (engine->under_way || atomic_load(&engine->stopping))
        return;
    if (engine->event_count == 0)
        engine->event_count = engine->functions->poll(engine->self, engine->events, EVENTS_AT_ONCE);
    if (is_due(engine))
        start_pass(engine);
}

static void *run(void *context)
{
    struct engine *engine = context;

    pthread_setname_np(pthread_self(), "engine");
    while (engine->under_way || !atomic_load(&engine->stopping))
        step(engine);
    return NULL;
}

/* ---- Start and stop ---- */

static void adopt(void *context, int64_t task, int64_t attempt)
{
    struct engine *engine = context;

    engine->functions->adopt(engine->self, task, attempt);
}

static bool open_engine(struct engine *engine, struct azb_error *err)
{
    struct store_connection *reader = store_reader(engine->service->store, err);

    if (!reader || !(engine->self = engine->functions->probe(engine->service, err)))
        return false;
    engine->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (engine->wake < 0)
        return fail(err, AZB_ERROR_IO, "cannot make an eventfd: %s", strerror(errno));
    if (!scheduler_running(reader, adopt, engine, err))
        return false;
    engine->functions->settle(engine->self);
    return true;
}

static void free_engine(struct engine *engine)
{
    if (engine->self)
        engine->functions->close(engine->self);
    if (engine->wake >= 0)
        close(engine->wake);
    arena_free(&engine->pass.arena);
    memory_free(engine);
}

struct engine *engine_start(
    struct service *service, engine_follow_fn *follow, struct azb_error *err)
{
    struct engine *engine = memory_alloc(sizeof(*engine));

    if (!engine) {
        fail_memory(err);
        return NULL;
    }
    engine->service = service;
    engine->follow = follow;
    engine->functions = &engine_local;
    engine->wake = -1;
    engine->first = true;
    atomic_store(&engine->changed, true);
    arena_init(&engine->pass.arena, PASS_MEMORY_MAX);
    if (open_engine(engine, err) && pthread_create(&engine->thread, NULL, run, engine) == 0)
        return engine;
    if (err->kind == AZB_ERROR_NONE)
        fail(err, AZB_ERROR_IO, "cannot start the engine's thread");
    free_engine(engine);
    return NULL;
}

void engine_stop(struct engine *engine)
{
    if (!engine)
        return;
    atomic_store(&engine->stopping, true);
    wake(engine);
    pthread_join(engine->thread, NULL);
    free_engine(engine);
}
