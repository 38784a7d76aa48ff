/* A room that has no source file yet. */
typedef int azb_empty_room;
