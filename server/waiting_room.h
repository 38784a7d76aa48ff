/*
 * waiting_room.h - requests that wait until there is something to answer, or until their time is
 * over: their connections are suspended, and one thread looks after all of them. It is started by
 * the first one.
 *
 * Somebody rings when something has changed; then each is asked whether it is ready. It is asked at
 * most every WAITING_PAUSE_MS, so that much ringing costs little.
 */
#ifndef SERVER_WAITING_ROOM_H
#define SERVER_WAITING_ROOM_H

#include <azb/error.h>
#include <stdbool.h>
#include <stdint.h>

#define WAITING_MAX 64
#define WAITING_PAUSE_MS 10
#define WAITING_LONGEST_S 60

struct waiting_room;

/* One that waits; part of what waits, and nobody else's until `run` is called. */
struct waiting {
    bool (*ready)(void *context);
    void (*run)(void *context); /* ready, out of time, or the room closes; once */
    void *context;
    int64_t until_ms; /* monotonic_ms() */
    struct waiting *next;
};

struct waiting_room *waiting_room_new(struct azb_error *err);
/* Whoever waits is run now, and whoever comes later at once. NULL is legal. */
void waiting_room_close(struct waiting_room *room);
void waiting_room_free(struct waiting_room *room); /* closes, ends the thread; NULL is legal */

/* True when so many wait that another one should be refused. */
bool waiting_room_is_full(struct waiting_room *room);
/* Takes it in; without a thread for it, it is run here. It is asked at least once. */
void waiting_room_add(struct waiting_room *room, struct waiting *waiting);
/* Something changed. Quick; from any thread. */
void waiting_room_ring(void *room);

#endif
