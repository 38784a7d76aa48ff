/* The store: groups of changes, what rolls back, what survives, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/error.h"
#include "folder.h"
#include "store/store.h"

struct fixture {
    char folder[64];
    struct store *store;
};

static bool make_table(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement s = statement(
        connection, "CREATE TABLE IF NOT EXISTS number (id INTEGER PRIMARY KEY, body BLOB) STRICT");
    return statement_run(&s, err);
}

static bool insert(struct store_connection *connection, int64_t id, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO number (id) VALUES (?1)");
    statement_bind_i64(&s, 1, id);
    return statement_run(&s, err);
}

static int64_t count(struct store_connection *connection)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool row = false;
    assert_non_null(connection);
    scoped_statement struct statement s = statement(connection, "SELECT count(*) FROM number");
    assert_true(statement_step(&s, &row, &err));
    assert_true(row);
    return statement_i64(&s, 0);
}

static struct store *open_with_table(const char *folder)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store *store = store_open(folder, &err);
    assert_string_equal(err.message, "");
    assert_non_null(store);
    assert_true(store_write_wait(store, make_table, NULL, &err));
    return store;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    folder_make(fixture->folder);
    fixture->store = open_with_table(fixture->folder);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

/* One change of a test: what it does, and what it heard. */
struct change {
    struct store *store;
    int64_t id;
    bool refuse;
    bool lose_transaction;
    sem_t *started, *go; /* NULL, or: says that it runs, then waits */
    int64_t seen;        /* rows when `done` was called */
    int told;
    bool ok;
    enum azb_error_kind kind;
    int hooks;
};

static void hook(void *context)
{
    struct change *change = context;
    change->hooks++;
}

static bool work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct change *change = context;
    if (change->started) {
        sem_post(change->started);
        sem_wait(change->go);
    }
    store_after_commit(connection, hook, change);
    if (change->lose_transaction) {
        scoped_statement struct statement s = statement(connection, "ROLLBACK");
        return statement_run(&s, err) && fail(err, AZB_ERROR_IO, "lost");
    }
    if (!insert(connection, change->id, err))
        return false;
    return !change->refuse || fail(err, AZB_ERROR_ARGUMENT, "refused on purpose");
}

static void done(void *context, const struct azb_error *err)
{
    struct change *change = context;
    struct azb_error ignored = AZB_ERROR_INIT;
    change->told++;
    change->ok = !err;
    change->kind = err ? err->kind : AZB_ERROR_NONE;
    change->seen = count(store_reader(change->store, &ignored));
}

#define CHANGES 20

/* Queues changes behind one that waits, so that they meet in one group. */
static void run_group(struct store *store, struct change changes[CHANGES])
{
    struct azb_error err = AZB_ERROR_INIT;
    sem_t started, go;
    sem_init(&started, 0, 0);
    sem_init(&go, 0, 0);
    struct change gate = {.store = store, .id = 1000, .started = &started, .go = &go};
    store_write(store, work, done, &gate);
    sem_wait(&started);
    for (int i = 0; i < CHANGES; i++) {
        changes[i].store = store;
        changes[i].id = i + 1;
        store_write(store, work, done, &changes[i]);
    }
    sem_post(&go);
    assert_true(store_write_wait(store, make_table, NULL, &err));
    sem_destroy(&started);
    sem_destroy(&go);
    assert_true(gate.ok);
}

static void a_group_is_committed_before_anyone_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct change changes[CHANGES] = {{0}};
    run_group(fixture->store, changes);
    for (int i = 0; i < CHANGES; i++) {
        assert_int_equal(changes[i].told, 1);
        assert_true(changes[i].ok);
        assert_int_equal(changes[i].hooks, 1);
        assert_int_equal(changes[i].seen, CHANGES + 1);
    }
}

static void a_change_that_fails_rolls_back_alone(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change changes[CHANGES] = {{0}};
    changes[7].refuse = true;
    run_group(fixture->store, changes);
    for (int i = 0; i < CHANGES; i++) {
        assert_int_equal(changes[i].ok, i != 7);
        assert_int_equal(changes[i].hooks, i != 7);
    }
    assert_int_equal(changes[7].kind, AZB_ERROR_ARGUMENT);
    assert_int_equal(count(store_reader(fixture->store, &err)), CHANGES);
}

static void a_lost_transaction_is_told_to_all_of_its_group(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change changes[CHANGES] = {{0}};
    changes[3].lose_transaction = true;
    run_group(fixture->store, changes);
    for (int i = 0; i < CHANGES; i++) {
        assert_int_equal(changes[i].told, 1);
        assert_int_equal(changes[i].ok, i > 3);
        assert_int_equal(changes[i].hooks, i > 3);
    }
    assert_int_equal(changes[0].kind, AZB_ERROR_IO);
    assert_int_equal(count(store_reader(fixture->store, &err)), CHANGES - 4 + 1);
}

static void a_duplicate_is_a_conflict(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change change = {.store = fixture->store, .id = 5};
    assert_true(store_write_wait(fixture->store, work, &change, &err));
    assert_false(store_write_wait(fixture->store, work, &change, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
    azb_error_free(&err);
}

static bool fill_disk(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    bool row;
    scoped_statement struct statement limit = statement(connection, "PRAGMA max_page_count=1");
    if (!statement_step(&limit, &row, err))
        return false;
    statement_reset(&limit);
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO number (body) VALUES (zeroblob(1000000))");
    return statement_run(&s, err);
}

static bool free_disk(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    bool row;
    scoped_statement struct statement s = statement(connection, "PRAGMA max_page_count=1000000");
    return statement_step(&s, &row, err);
}

static void a_full_disk_is_said_and_is_not_the_end(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change change = {.store = fixture->store, .id = 5};
    assert_false(store_write_wait(fixture->store, fill_disk, NULL, &err));
    assert_non_null(strstr(err.message, "the disk is full"));
    azb_error_free(&err);
    assert_true(store_write_wait(fixture->store, free_disk, NULL, &err));
    assert_true(store_write_wait(fixture->store, work, &change, &err));
}

/* Statements */

static void a_statement_may_run_inside_itself(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change changes[CHANGES] = {{0}};
    run_group(fixture->store, changes);
    struct store_connection *reader = store_reader(fixture->store, &err);
    static const char sql[] = "SELECT id FROM number WHERE id < ?1 ORDER BY id";
    scoped_statement struct statement outer = statement(reader, sql);
    statement_bind_i64(&outer, 1, 4);
    bool outer_row, inner_row;
    int64_t sum = 0;
    while (statement_step(&outer, &outer_row, &err) && outer_row) {
        scoped_statement struct statement inner = statement(reader, sql);
        statement_bind_i64(&inner, 1, statement_i64(&outer, 0));
        while (statement_step(&inner, &inner_row, &err) && inner_row)
            sum += 10 * statement_i64(&outer, 0) + statement_i64(&inner, 0);
    }
    assert_int_equal(sum, 21 + 31 + 32);
}

static void values_come_back_as_they_went_in(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    bool row = false;
    scoped_statement struct statement s =
        statement(store_reader(fixture->store, &err), "SELECT ?1, ?2, ?3, ?4, ?5");
    statement_bind_text(&s, 1, (struct text){"a\0b", 3});
    statement_bind_string(&s, 2, NULL);
    statement_bind_i64(&s, 3, INT64_MIN);
    statement_bind_text(&s, 4, TEXT(""));
    statement_bind_blob(&s, 5, (struct text){"\0\xff", 2});
    assert_true(statement_step(&s, &row, &err));
    struct text text = statement_text(&s, 0, &arena);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.at, "a\0b", 4);
    assert_true(statement_is_null(&s, 1));
    assert_null(statement_text(&s, 1, &arena).at);
    assert_null(statement_string(&s, 1, &arena));
    assert_true(statement_i64(&s, 2) == INT64_MIN);
    assert_non_null(statement_borrow(&s, 3).at);
    assert_int_equal(statement_borrow(&s, 3).length, 0);
    assert_memory_equal(statement_borrow(&s, 4).at, "\0\xff", 2);
}

static void sql_that_is_wrong_is_an_error_of_step(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    bool row = false;
    scoped_statement struct statement s =
        statement(store_reader(fixture->store, &err), "SELECT id FROM nowhere");
    assert_false(statement_step(&s, &row, &err));
    assert_non_null(strstr(err.message, "nowhere"));
    azb_error_free(&err);
}

static void readers_cannot_write(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    assert_false(insert(store_reader(fixture->store, &err), 1, &err));
    azb_error_free(&err);
}

static void *read_in_a_thread(void *context)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *reader = store_reader(context, &err);
    assert_ptr_equal(reader, store_reader(context, &err));
    count(reader);
    return reader;
}

static void each_thread_has_its_own_reader(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    pthread_t thread;
    void *other = NULL;
    struct store_connection *reader = store_reader(fixture->store, &err);
    assert_int_equal(pthread_create(&thread, NULL, read_in_a_thread, fixture->store), 0);
    pthread_join(thread, &other);
    assert_non_null(other);
    assert_ptr_not_equal(other, reader);
}

/* Files */

static void the_database_is_for_its_owner_only(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"azb.db", "azb.db-wal"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof(path), "%s/%s", fixture->folder, names[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

static void set_pragma(const struct fixture *fixture, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof(path), "%s/azb.db", fixture->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void assert_refused(struct fixture *fixture, const char *because)
{
    struct azb_error err = AZB_ERROR_INIT;
    assert_null(store_open(fixture->folder, &err));
    assert_non_null(strstr(err.message, because));
    azb_error_free(&err);
}

static void close_store(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
}

static void a_newer_version_is_refused(void **state)
{
    struct fixture *fixture = *state;
    close_store(fixture);
    set_pragma(fixture, "PRAGMA user_version=77");
    assert_refused(fixture, "written by a newer azbd: its version is 77");
}

static void another_programs_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    close_store(fixture);
    set_pragma(fixture, "PRAGMA application_id=1234");
    assert_refused(fixture, "a database of another program");
}

static void a_damaged_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    close_store(fixture);
    snprintf(path, sizeof(path), "%s/azb.db", fixture->folder);
    FILE *file = fopen(path, "r+");
    fputs("this is not a database at all", file);
    fclose(file);
    assert_refused(fixture, "is not a database, or it is damaged");
}

static void closing_commits_what_is_queued(void **state)
{
    struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct change changes[CHANGES] = {{0}};
    for (int i = 0; i < CHANGES; i++) {
        changes[i].id = i;
        store_write(fixture->store, work, NULL, &changes[i]);
    }
    store_close(fixture->store);
    fixture->store = open_with_table(fixture->folder);
    assert_int_equal(count(store_reader(fixture->store, &err)), CHANGES);
}

/* kill -9 */

struct acknowledgement {
    int64_t id;
    int pipe;
};

static bool insert_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return insert(connection, ((struct acknowledgement *)context)->id, err);
}

static void acknowledge(void *context, const struct azb_error *err)
{
    struct acknowledgement *a = context;
    if (!err && write(a->pipe, &a->id, sizeof(a->id)) != sizeof(a->id))
        _exit(1);
    free(a);
}

static void write_until_killed(const char *folder, int pipe)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store *store = store_open(folder, &err);
    if (!store || !store_write_wait(store, make_table, NULL, &err))
        _exit(1);
    for (int64_t id = 1; id < 1000000; id++) {
        struct acknowledgement *a = malloc(sizeof(*a));
        *a = (struct acknowledgement){id, pipe};
        store_write(store, insert_work, acknowledge, a);
        if (id % 16 == 0 && !store_write_wait(store, make_table, NULL, &err))
            _exit(1);
    }
    _exit(1);
}

static bool has_row(struct store *store, int64_t id)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool row = false;
    scoped_statement struct statement s =
        statement(store_reader(store, &err), "SELECT 1 FROM number WHERE id = ?1");
    statement_bind_i64(&s, 1, id);
    assert_true(statement_step(&s, &row, &err));
    return row;
}

static void what_was_acknowledged_survives_kill(void **state)
{
    (void)state;
    char folder[64];
    int ends[2];
    int64_t id, last = 0;
    folder_make(folder);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        write_until_killed(folder, ends[1]);
    close(ends[1]);
    while (last < 300 && read(ends[0], &id, sizeof(id)) == sizeof(id))
        last = id;
    kill(child, SIGKILL);
    while (read(ends[0], &id, sizeof(id)) == sizeof(id))
        last = id;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(last >= 300);
    struct store *store = open_with_table(folder);
    for (id = 1; id <= last; id++)
        assert_true(has_row(store, id));
    store_close(store);
    folder_remove(folder);
}

#define WITH_STORE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_survives_kill),
        WITH_STORE(a_group_is_committed_before_anyone_is_told),
        WITH_STORE(a_change_that_fails_rolls_back_alone),
        WITH_STORE(a_lost_transaction_is_told_to_all_of_its_group),
        WITH_STORE(a_duplicate_is_a_conflict),
        WITH_STORE(a_full_disk_is_said_and_is_not_the_end),
        WITH_STORE(a_statement_may_run_inside_itself),
        WITH_STORE(values_come_back_as_they_went_in),
        WITH_STORE(sql_that_is_wrong_is_an_error_of_step),
        WITH_STORE(readers_cannot_write),
        WITH_STORE(each_thread_has_its_own_reader),
        WITH_STORE(the_database_is_for_its_owner_only),
        WITH_STORE(a_newer_version_is_refused),
        WITH_STORE(another_programs_database_is_refused),
        WITH_STORE(a_damaged_database_is_refused),
        WITH_STORE(closing_commits_what_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
