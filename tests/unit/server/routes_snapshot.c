/*
 * Every route of every plane, against what was reviewed: tests/snapshots/routes.txt, which
 * UPDATE_SNAPSHOTS=1 rewrites. A route that appears, goes or begins to write shows in its diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "route.h"

#define SNAPSHOT TEST_SOURCE_DIR "/snapshots/routes.txt"
#define SNAPSHOT_MAX (256 * 1024)

static void write_snapshot(const struct buffer *routes)
{
    FILE *file = fopen(SNAPSHOT, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(routes->at, 1, routes->length, file), routes->length);
    assert_int_equal(fclose(file), 0);
}

static struct text read_snapshot(char content[SNAPSHOT_MAX])
{
    FILE *file = fopen(SNAPSHOT, "rb");
    if (!file)
        fail_msg("%s is missing; UPDATE_SNAPSHOTS=1 writes it", SNAPSHOT);
    size_t length = fread(content, 1, SNAPSHOT_MAX, file);
    fclose(file);
    return (struct text){content, length};
}

static void routes_are_as_reviewed(void **state)
{
    (void)state;
    static char content[SNAPSHOT_MAX];
    scoped_buffer struct buffer routes = {0};
    buffer_init(&routes, SNAPSHOT_MAX - 1);
    route_print(&routes);
    assert_false(routes.failed);
    if (getenv("UPDATE_SNAPSHOTS"))
        write_snapshot(&routes);
    struct text reviewed = read_snapshot(content), found = buffer_text(&routes), wanted, line;
    bool more = text_cut(&reviewed, '\n', &wanted);
    while (text_cut(&found, '\n', &line)) {
        if (!more || !text_equal(line, wanted))
            fail_msg("'%.*s' is served where the snapshot has '%.*s' (UPDATE_SNAPSHOTS=1 rewrites)",
                TEXT_ARGS(line), TEXT_ARGS(more ? wanted : TEXT("")));
        more = text_cut(&reviewed, '\n', &wanted);
    }
    if (more)
        fail_msg("'%.*s' is in the snapshot and not served", TEXT_ARGS(wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(routes_are_as_reviewed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
