/* The waiting room: who is ready, whose time is over, and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <semaphore.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/time.h"
#include "waiting_room.h"

#define LONG_MS (3600 * 1000)

struct guest {
    struct waiting waiting;
    atomic_bool ready;
    atomic_int asked, run;
    sem_t done;
};

static bool is_ready(void *context)
{
    struct guest *guest = context;
    atomic_fetch_add(&guest->asked, 1);
    return atomic_load(&guest->ready);
}

static void note(void *context)
{
    struct guest *guest = context;
    atomic_fetch_add(&guest->run, 1);
    sem_post(&guest->done);
}

static void enter(struct waiting_room *room, struct guest *guest, int64_t wait_ms)
{
    *guest = (struct guest){.waiting = {
                                .ready = is_ready,
                                .run = note,
                                .context = guest,
                                .until_ms = monotonic_ms() + wait_ms,
                            }};
    sem_init(&guest->done, 0, 0);
    waiting_room_add(room, &guest->waiting);
}

static struct waiting_room *open_room(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct waiting_room *room = waiting_room_new(&err);
    assert_non_null(room);
    return room;
}

/* A ring reaches whoever is ready, and nobody else. */
static void a_ring(void **state)
{
    struct guest one, other;
    (void)state;
    struct waiting_room *room = open_room();
    waiting_room_ring(room); /* nobody is there */
    enter(room, &one, LONG_MS);
    enter(room, &other, LONG_MS);
    atomic_store(&other.ready, true);
    waiting_room_ring(room);
    sem_wait(&other.done);
    assert_int_equal(atomic_load(&one.run), 0);
    atomic_store(&one.ready, true);
    waiting_room_ring(room);
    sem_wait(&one.done);
    waiting_room_free(room);
    assert_int_equal(atomic_load(&one.run), 1);
    assert_int_equal(atomic_load(&other.run), 1);
}

static void ready_before_it_came(void **state)
{
    struct guest guest;
    (void)state;
    struct waiting_room *room = open_room();
    enter(room, &guest, 0); /* its time is over, too */
    sem_wait(&guest.done);
    waiting_room_free(room);
}

static void time_is_over(void **state)
{
    struct guest patient, guest;
    (void)state;
    struct waiting_room *room = open_room();
    enter(room, &patient, LONG_MS);
    enter(room, &guest, 1);
    sem_wait(&guest.done);
    assert_int_equal(atomic_load(&patient.run), 0);
    waiting_room_free(room);
    assert_int_equal(atomic_load(&patient.run), 1);
}

static void closing_runs_all(void **state)
{
    static struct guest guests[WAITING_MAX], late;
    (void)state;
    struct waiting_room *room = open_room();
    for (int i = 0; i < WAITING_MAX; i++) {
        assert_false(waiting_room_is_full(room));
        enter(room, &guests[i], LONG_MS);
    }
    assert_true(waiting_room_is_full(room));
    waiting_room_close(room);
    for (int i = 0; i < WAITING_MAX; i++)
        sem_wait(&guests[i].done);
    enter(room, &late, LONG_MS);
    assert_int_equal(atomic_load(&late.run), 1);
    waiting_room_free(room);
}

static void without_memory(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    memory_fail_after(1);
    assert_null(waiting_room_new(&err));
    memory_fail_after(0);
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    waiting_room_close(NULL);
    waiting_room_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring),
        cmocka_unit_test(ready_before_it_came),
        cmocka_unit_test(time_is_over),
        cmocka_unit_test(closing_runs_all),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("server/waiting_room", tests, NULL, NULL);
}
