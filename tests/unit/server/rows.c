/* Rows to an array, a row to a struct: how many, in what order, and every way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include <string.h>
#include "base/error.h"
#include "folder.h"
#include "store/rows.h"

struct fixture {
    char folder[64];
    struct store *store;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(fixture->folder);
    fixture->store = store_open(fixture->folder, &err);
    assert_string_equal(err.message, "");
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

static struct store_connection *reader(void **state)
{
    const struct fixture *fixture = *state;
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(fixture->store, &err);
    assert_non_null(connection);
    return connection;
}

/* The numbers 1 to ?2; ?1 leaves one of them, or none, or (NULL) all. */
#define NUMBERS                                                                                    \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?2)"                     \
    " SELECT i, 'number ' || i FROM n WHERE ?2 > 0 AND (?1 IS NULL OR 'n' || i = ?1)"

struct item {
    int64_t number;
    const char *text;
};

static bool read_item(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)err;
    *(struct item *)item = (struct item){
        .number = statement_i64(s, 0),
        .text = statement_string(s, 1, arena),
    };
    return true;
}

/* The row 3 makes no sense. */
static bool read_to_three(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    return read_item(s, arena, item, err) &&
           (statement_i64(s, 0) < 3 || fail(err, AZB_ERROR_IO, "three is damaged"));
}

static void assert_items(const struct item *items, size_t count)
{
    char text[32];
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "number %zu", i + 1);
        assert_int_equal(items[i].number, i + 1);
        assert_string_equal(items[i].text, text);
    }
}

static void reads_every_row(void **state)
{
    static const size_t counts[] = {0, 1, 7, 8, 9, 16, 17, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena arena = {0};
        size_t count = 4711;
        arena_init(&arena, 0);
        scoped_statement struct statement s = statement(reader(state), NUMBERS);
        statement_bind_i64(&s, 2, (int64_t)counts[i]);
        const struct item *items = rows_read(&s, sizeof *items, read_item, &arena, &count, &err);
        assert_non_null(items);
        assert_int_equal(count, counts[i]);
        assert_items(items, count);
    }
}

static void a_row_without_sense_ends_it(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct item item;
    size_t count = 4711;
    arena_init(&arena, 0);
    scoped_statement struct statement s = statement(reader(state), NUMBERS);
    statement_bind_i64(&s, 2, 5);
    assert_null(rows_read(&s, sizeof item, read_to_three, &arena, &count, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    assert_string_equal(err.message, "three is damaged");
    assert_int_equal(count, 4711);
    azb_error_free(&err);

    scoped_statement struct statement one = statement(reader(state), NUMBERS);
    const struct row_wanted wanted = {"number", "name", TEXT("n3")};
    statement_bind_i64(&one, 2, 5);
    assert_false(row_find(&one, &wanted, read_to_three, &arena, &item, &err));
    assert_string_equal(err.message, "three is damaged");
    azb_error_free(&err);
}

static void a_statement_that_fails_says_so(void **state)
{
    static const char wrong[] = "SELECT nothing FROM nowhere WHERE id = ?1";
    const struct row_wanted wanted = {"number", "name", TEXT("n3")};
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct item item;
    size_t count;
    arena_init(&arena, 0);
    scoped_statement struct statement all = statement(reader(state), wrong);
    assert_null(rows_read(&all, sizeof item, read_item, &arena, &count, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    azb_error_free(&err);
    scoped_statement struct statement one = statement(reader(state), wrong);
    assert_false(row_find(&one, &wanted, read_item, &arena, &item, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    azb_error_free(&err);
}

static void finds_one_row(void **state)
{
    static const struct {
        struct row_wanted wanted;
        int64_t found; /* 0 is none */
        const char *message;
    } cases[] = {
        {{"number", "name", {"n3", 2}}, 3, ""},
        {{"number", "name", {"n9", 2}}, 0, "no number has the name 'n9'"},
        {{"number", NULL, {"n9", 2}}, 0, "there is no number"},
        {{"number", NULL, {NULL, 0}}, 1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena arena = {0};
        struct item item = {.number = 0};
        arena_init(&arena, 0);
        scoped_statement struct statement s = statement(reader(state), NUMBERS);
        statement_bind_i64(&s, 2, 5);
        bool found = row_find(&s, &cases[i].wanted, read_item, &arena, &item, &err);
        assert_int_equal(found, cases[i].found > 0);
        assert_int_equal(item.number, cases[i].found);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.kind, found ? AZB_ERROR_NONE : AZB_ERROR_NOT_FOUND);
        azb_error_free(&err);
    }
}

static void a_long_value_is_cut_in_the_message(void **state)
{
    static char value[1000];
    struct row_wanted wanted = {"number", "name", {value, sizeof value}};
    struct azb_error err = AZB_ERROR_INIT;
    struct arena arena = {0};
    struct item item;
    memset(value, 'x', sizeof value);
    scoped_statement struct statement s = statement(reader(state), NUMBERS);
    statement_bind_i64(&s, 2, 5);
    assert_false(row_find(&s, &wanted, read_item, &arena, &item, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    assert_true(strlen(err.message) < 300);
    azb_error_free(&err);
}

/* An arena that is full makes a damaged row of a good one; MEMORY is what it must be called. */
static bool read_whole(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    const struct item *read = item;
    return read_item(s, arena, item, err) &&
           (read->text || fail(err, AZB_ERROR_IO, "a number without text"));
}

static void survives_every_failing_allocation(void **state)
{
    const struct row_wanted wanted = {"number", "name", TEXT("n3")};
    long n = 0;
    for (bool done = false; !done;) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena arena = {0};
        struct item item, *items;
        size_t count = 0;
        arena_init(&arena, 0);
        scoped_statement struct statement all = statement(reader(state), NUMBERS);
        scoped_statement struct statement one = statement(reader(state), NUMBERS);
        statement_bind_i64(&all, 2, 1000);
        statement_bind_i64(&one, 2, 5);
        memory_fail_after(++n);
        items = rows_read(&all, sizeof *items, read_whole, &arena, &count, &err);
        done = items && row_find(&one, &wanted, read_whole, &arena, &item, &err);
        memory_fail_after(0);
        assert_int_equal(err.kind, done ? AZB_ERROR_NONE : AZB_ERROR_MEMORY);
        assert_int_equal(count, items ? 1000 : 0);
        azb_error_free(&err);
    }
    assert_true(n > 3);
}

static void a_full_arena_is_told_as_such(void **state)
{
    const struct row_wanted wanted = {"number", "name", TEXT("n3")};
    bool failed_in_the_midst = false, done = false;
    for (size_t maximum = 1; !done; maximum += 8) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena arena = {0};
        struct item item, *items;
        size_t count = 0;
        arena_init(&arena, maximum);
        scoped_statement struct statement all = statement(reader(state), NUMBERS);
        statement_bind_i64(&all, 2, 20);
        items = rows_read(&all, sizeof *items, read_whole, &arena, &count, &err);
        scoped_statement struct statement one = statement(reader(state), NUMBERS);
        statement_bind_i64(&one, 2, 5);
        done = items && row_find(&one, &wanted, read_whole, &arena, &item, &err);
        failed_in_the_midst |= items && !done;
        assert_int_equal(err.kind, done ? AZB_ERROR_NONE : AZB_ERROR_MEMORY);
        azb_error_free(&err);
    }
    assert_true(failed_in_the_midst);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_every_row),
        TEST(a_row_without_sense_ends_it),
        TEST(a_statement_that_fails_says_so),
        TEST(finds_one_row),
        TEST(a_long_value_is_cut_in_the_message),
        TEST(survives_every_failing_allocation),
        TEST(a_full_arena_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
