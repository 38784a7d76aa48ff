/* The slow lane: its own order and end; and that a password that is checked keeps nobody waiting.
 */
#include "made_browser.h"

#include <pthread.h>
#include <semaphore.h>

#include "slow_lane.h"

#define WORKS 100

static struct azb_error err = AZB_ERROR_INIT;

/* ---- The lane alone -------------------------------------------------------------------------- */

static struct order {
    size_t done[WORKS];
    size_t count;
    pthread_t thread;
} order;

static struct numbered {
    struct slow_work work;
    size_t number;
} numbered[WORKS];

static void note(void *context)
{
    const struct numbered *one = context;
    order.thread = pthread_self();
    order.done[order.count++] = one->number;
}

/* Freeing it runs what is queued. */
static void works_in_order(void **state)
{
    (void)state;
    struct slow_lane *lane = slow_lane_new(&err);
    assert_non_null(lane);
    for (size_t i = 0; i < WORKS; i++) {
        numbered[i] = (struct numbered){{.run = note, .context = &numbered[i]}, i};
        slow_lane_add(lane, &numbered[i].work);
    }
    slow_lane_free(lane);
    assert_int_equal(order.count, WORKS);
    for (size_t i = 0; i < WORKS; i++)
        assert_int_equal(order.done[i], i);
    assert_false(pthread_equal(order.thread, pthread_self()));
}

/* A work that holds up all that come after it, until it is let go. */
static struct gate {
    sem_t entered, open;
    struct slow_work work;
} gate;

static void stand_in_the_way(void *context)
{
    (void)context;
    sem_post(&gate.entered);
    sem_wait(&gate.open);
}

static void close_gate(struct slow_lane *lane)
{
    sem_init(&gate.entered, 0, 0);
    sem_init(&gate.open, 0, 0);
    gate.work = (struct slow_work){.run = stand_in_the_way};
    slow_lane_add(lane, &gate.work);
    sem_wait(&gate.entered);
}

static void do_nothing(void *context)
{
    (void)context;
}

static struct slow_work fillers[SLOW_LANE_MAX];

static void fill(struct slow_lane *lane)
{
    for (size_t i = 0; i < SLOW_LANE_MAX; i++) {
        assert_false(slow_lane_is_full(lane));
        fillers[i] = (struct slow_work){.run = do_nothing};
        slow_lane_add(lane, &fillers[i]);
    }
    assert_true(slow_lane_is_full(lane));
}

static void without_memory(void **state)
{
    (void)state;
    memory_fail_after(1);
    assert_null(slow_lane_new(&err));
    memory_fail_after(0);
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    azb_error_free(&err);
    slow_lane_free(NULL);
}

/* ---- In front of the pages ------------------------------------------------------------------- */

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    service.slow_lane = slow_lane_new(&err);
    return service.slow_lane ? 0 : 1;
}

static int stop(void **state)
{
    (void)state;
    slow_lane_free(service.slow_lane);
    made_stop(&service);
    return 0;
}

static void send(struct exchange *exchange, const char *method, const char *target)
{
    static const char form[] = "purpose=none";
    *exchange = (struct exchange){0};
    exchange_start(exchange, &service, target);
    exchange_add_header(exchange, "Host", MADE_HOST);
    exchange_add_header(exchange, "Content-Type", "application/x-www-form-urlencoded");
    exchange_begin(exchange, method);
    exchange_add_body(exchange, form, strlen(form));
}

static void close_exchange(struct exchange *exchange)
{
    exchange_reset(exchange);
    arena_wipe(&exchange->request.arena);
}

static void wake(void *context)
{
    sem_post(context);
}

/* While a password waits for its turn, others are served. */
static void nobody_waits_for_passwords(void **state)
{
    (void)state;
    static struct exchange slow, quick;
    sem_t woken;
    sem_init(&woken, 0, 0);
    close_gate(service.slow_lane);
    send(&slow, "POST", "/" MADE_TENANT "/login");
    assert_true(exchange_dispatch(&slow));
    exchange_queue(&slow, wake, &woken);
    send(&quick, "GET", "/common/error?code=50126");
    assert_false(exchange_dispatch(&quick));
    exchange_finish(&quick);
    assert_int_equal(quick.reply.status, 200);
    assert_int_equal(sem_trywait(&woken), -1);
    sem_post(&gate.open);
    sem_wait(&woken);
    exchange_finish(&slow);
    assert_int_equal(slow.reply.status, 400);
    assert_non_null(memmem(slow.reply.body.at, slow.reply.body.length, "AADSTS9002313", 13));
    close_exchange(&slow);
    close_exchange(&quick);
    sem_destroy(&woken);
}

/* Too many of them are refused at once, not kept. */
static void a_full_lane_refuses(void **state)
{
    (void)state;
    static struct exchange exchange;
    close_gate(service.slow_lane);
    fill(service.slow_lane);
    send(&exchange, "POST", "/" MADE_TENANT "/login");
    assert_false(exchange_dispatch(&exchange));
    sem_post(&gate.open);
    exchange_finish(&exchange);
    assert_int_equal(exchange.reply.status, 503);
    assert_non_null(memmem(exchange.reply.body.at, exchange.reply.body.length, "AADSTS90033", 11));
    close_exchange(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_in_order),
        cmocka_unit_test(without_memory),
        cmocka_unit_test_setup_teardown(nobody_waits_for_passwords, start, stop),
        cmocka_unit_test_setup_teardown(a_full_lane_refuses, start, stop),
    };
    return cmocka_run_group_tests_name("server/slow_lane", tests, NULL, NULL);
}
