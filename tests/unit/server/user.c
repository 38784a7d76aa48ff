/* Users: names, passwords, and the lock after wrong ones. */
#include "made_service.h"

#include "directory/user.h"

#define ANN "ann@azb.onmicrosoft.com"
#define PASSWORD "correct horse battery staple"
#define NOW (1000 * TICKS_PER_SECOND)

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static struct store_connection *reader(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service.store, &err);
    assert_non_null(connection);
    return connection;
}

static bool create_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct user added;
    arena_init(&arena, 0);
    return user_create(connection, context, &arena, &added, err);
}

static void find(const char *name, struct arena *arena, struct user *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool found = user_by_name(reader(), text_of(name), arena, out, &err);
    assert_string_equal(err.message, "");
    assert_true(found);
}

/* ---- Making ---------------------------------------------------------------------------------- */

static void is_made_and_found(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct user user, *list;
    size_t count;
    struct azb_error err = AZB_ERROR_INIT;
    struct new_user what = {.object_id = "DDDDDDDD-0000-4000-8000-000000000001",
        .user_principal_name = ANN,
        .display_name = "Ann Ämter",
        .given_name = "Ann",
        .surname = "Ämter",
        .password = PASSWORD,
        .now = 5};
    arena_init(&arena, 0);
    made_write(&service, create_work, &what);
    find("ANN@azb.onmicrosoft.COM", &arena, &user);
    assert_string_equal(user.object_id, "dddddddd-0000-4000-8000-000000000001");
    assert_string_equal(user.user_principal_name, ANN);
    assert_string_equal(user.given_name, "Ann");
    assert_string_equal(user.surname, "Ämter");
    assert_null(user.home_tenant_id);
    assert_true(user.enabled && user.has_password);
    assert_int_equal(user.created, 5);
    assert_true(user_by_object_id(reader(), text_of(user.object_id), &arena, &user, &err));
    assert_true(user_list(reader(), &arena, &list, &count, &err));
    assert_int_equal(count, 2); /* and the state's own */
    assert_string_equal(list[0].display_name, "Ann Ämter");
    assert_false(store_write_wait(service.store, create_work, &what, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
    azb_error_free(&err);
}

static const struct {
    const char *name;
    struct new_user what;
    const char *part;
} bad_users[] = {
    {"no name", {.user_principal_name = "", .display_name = "x"}, "1 to 256 characters"},
    {"no domain", {.user_principal_name = "ann", .display_name = "x"}, "must look like"},
    {"nothing before the @", {.user_principal_name = "@azb", .display_name = "x"},
        "must look like"},
    {"two @", {.user_principal_name = "a@b@c", .display_name = "x"}, "must look like"},
    {"a space", {.user_principal_name = "a b@c", .display_name = "x"}, "must look like"},
    {"no display name", {.user_principal_name = "b@c"}, "display name"},
    {"a control character", {.user_principal_name = "b@c", .display_name = "x", .surname = "a\nb"},
        "surname holds"},
    {"an object id", {.object_id = "1", .user_principal_name = "b@c", .display_name = "x"},
        "is not a GUID"},
    {"a home tenant",
        {.user_principal_name = "b@c", .display_name = "x", .home_tenant_id = "contoso"},
        "home tenant 'contoso' is not a GUID"},
    {"a short password", {.user_principal_name = "b@c", .display_name = "x", .password = "1234567"},
        "8 to 256 bytes, not 7"},
    {"a password of other bytes",
        {.user_principal_name = "b@c", .display_name = "x", .password = "1234567\xff"},
        "must be UTF-8"},
};

static void names_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_users / sizeof *bad_users; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct new_user what = bad_users[i].what;
        print_message("  %s\n", bad_users[i].name);
        assert_false(store_write_wait(service.store, create_work, &what, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, bad_users[i].part))
            fail_msg("'%s' is not in '%s'", bad_users[i].part, err.message);
    }
}

/* ---- Passwords ------------------------------------------------------------------------------- */

static enum password_verdict check(const struct user *user, const char *password, int64_t now)
{
    struct azb_error err = AZB_ERROR_INIT;
    enum password_verdict verdict;
    bool checked = password_check(reader(), user, text_of(password), now, &verdict, &err);
    assert_string_equal(err.message, "");
    assert_true(checked);
    return verdict;
}

static void two_hashes_of_one_password_differ(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct text first, second;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    assert_true(password_hash(TEXT(PASSWORD), &arena, &first, &err));
    assert_true(password_hash(TEXT(PASSWORD), &arena, &second, &err));
    assert_true(text_starts(first, "$scrypt$ln=15,r=8,p=1$"));
    assert_false(text_equal(first, second));
    assert_null(memmem(first.at, first.length, "horse", 5));
}

static void a_password_is_right_or_not(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct user ann, own;
    char long_one[PASSWORD_LENGTH_MAX + 2];
    arena_init(&arena, 0);
    memset(long_one, 'a', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    find(ANN, &arena, &ann);
    find("user@azb.onmicrosoft.com", &arena, &own);
    const struct {
        const char *name;
        const struct user *user;
        const char *password;
        enum password_verdict verdict;
    } cases[] = {
        {"right", &ann, PASSWORD, PASSWORD_RIGHT},
        {"wrong", &ann, "Correct horse battery staple", PASSWORD_WRONG},
        {"nothing", &ann, "", PASSWORD_WRONG},
        {"too long", &ann, long_one, PASSWORD_WRONG},
        {"of nobody", NULL, PASSWORD, PASSWORD_WRONG},
        {"of a user without one", &own, PASSWORD, PASSWORD_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("  %s\n", cases[i].name);
        assert_int_equal(check(cases[i].user, cases[i].password, NOW), cases[i].verdict);
    }
}

static bool damage_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, "UPDATE user SET password_hash = ?1 WHERE user_principal_name = 'bob@azb'");
    statement_bind_string(&s, 1, context);
    return statement_run(&s, err);
}

/* What cannot be read opens nothing, whatever was typed. */
static void a_damaged_hash_is_an_error(void **state)
{
    (void)state;
    static char hashes[][88] = {"", "x", "$scrypt$", "$scrypt$ln=15,r=8,p=1$AAAA$",
        "$scrypt$ln=15,r=8,p=1$AAAA$AAAA", "$scrypt$ln=15,r=8$AAAA$AAAA",
        "$scrypt$ln=99,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "$scrypt$ln=20,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA"};
    scoped_arena struct arena arena = {0};
    struct user bob;
    struct new_user what = {
        .user_principal_name = "bob@azb", .display_name = "Bob", .password = PASSWORD};
    arena_init(&arena, 0);
    made_write(&service, create_work, &what);
    find("bob@azb", &arena, &bob);
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        enum password_verdict verdict = PASSWORD_WRONG;
        print_message("  '%s'\n", hashes[i]);
        made_write(&service, damage_work, hashes[i]);
        assert_false(password_check(reader(), &bob, TEXT(PASSWORD), NOW, &verdict, &err));
        assert_int_equal(verdict, PASSWORD_WRONG);
        azb_error_free(&err);
    }
}

/* ---- The lock -------------------------------------------------------------------------------- */

struct note {
    int64_t row;
    enum password_verdict verdict;
    int64_t now;
};

static bool note_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct note *note = context;
    return password_note(connection, note->row, note->verdict, note->now, err);
}

static void note(enum password_verdict verdict, int64_t now, int times)
{
    scoped_arena struct arena arena = {0};
    struct user ann;
    arena_init(&arena, 0);
    find(ANN, &arena, &ann);
    struct note what = {ann.row, verdict, now};
    for (int i = 0; i < times; i++)
        made_write(&service, note_work, &what);
}

static enum password_verdict try_ann(int64_t now)
{
    scoped_arena struct arena arena = {0};
    struct user ann;
    arena_init(&arena, 0);
    find(ANN, &arena, &ann);
    return check(&ann, PASSWORD, now);
}

static void wrong_passwords_close_the_account(void **state)
{
    (void)state;
    const int64_t later = NOW + LOCKOUT_S * TICKS_PER_SECOND;
    note(PASSWORD_WRONG, NOW, LOCKOUT_TRIES - 1);
    assert_int_equal(try_ann(NOW), PASSWORD_RIGHT);
    note(PASSWORD_WRONG, NOW, 1);
    assert_int_equal(try_ann(NOW), PASSWORD_LOCKED);
    assert_int_equal(try_ann(later - 1), PASSWORD_LOCKED);
    assert_int_equal(try_ann(later), PASSWORD_RIGHT);
    note(PASSWORD_WRONG, later, 1); /* the next one closes it again */
    assert_int_equal(try_ann(later), PASSWORD_LOCKED);
    note(PASSWORD_LOCKED, later, 50); /* what was not looked at does not count */
    assert_int_equal(try_ann(later + LOCKOUT_S * TICKS_PER_SECOND), PASSWORD_RIGHT);
}

static void the_right_one_forgives(void **state)
{
    (void)state;
    note(PASSWORD_RIGHT, NOW, 1);
    note(PASSWORD_WRONG, NOW, LOCKOUT_TRIES - 1);
    note(PASSWORD_RIGHT, NOW, 1);
    note(PASSWORD_WRONG, NOW, LOCKOUT_TRIES - 1);
    assert_int_equal(try_ann(NOW), PASSWORD_RIGHT);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static bool change_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct user *user = context;
    return user_update(connection, user, err) &&
           user_set_password(connection, user->row, TEXT("another password"), err);
}

static void changes(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct user ann;
    arena_init(&arena, 0);
    find(ANN, &arena, &ann);
    ann.display_name = "Anne";
    ann.given_name = NULL;
    ann.enabled = false;
    made_write(&service, change_work, &ann);
    find(ANN, &arena, &ann);
    assert_string_equal(ann.display_name, "Anne");
    assert_null(ann.given_name);
    assert_false(ann.enabled);
    assert_int_equal(check(&ann, PASSWORD, NOW), PASSWORD_WRONG);
    assert_int_equal(check(&ann, "another password", NOW), PASSWORD_RIGHT);
}

static bool remove_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct user *user = context;
    return directory_role_add(
               connection, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, user->object_id, err) &&
           user_remove(connection, user->row, err);
}

static void is_removed_with_its_places(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct user ann, none;
    bool has;
    arena_init(&arena, 0);
    find(ANN, &arena, &ann);
    made_write(&service, remove_work, &ann);
    assert_false(user_by_object_id(reader(), text_of(ann.object_id), &arena, &none, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    azb_error_free(&err);
    assert_true(directory_role_has(
        reader(), DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, ann.object_id, &has, &err));
    assert_false(has);
}

/* ---- The state's own user -------------------------------------------------------------------- */

static void the_states_own_user(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct user own;
    const char *name, *first, *second;
    bool has;
    arena_init(&arena, 0);
    assert_true(directory_first_user(&service, &arena, &name, &err));
    find(name, &arena, &own);
    assert_true(directory_role_has(
        reader(), DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, own.object_id, &has, &err));
    assert_true(has);
    assert_true(directory_first_user_has_password(&service, PASSWORD, &has, &err));
    assert_false(has);
    assert_true(directory_first_user_new_password(&service, &arena, &first, &err));
    for (int i = 0; i < 2; i++) { /* slowly, then by what was remembered */
        assert_true(directory_first_user_has_password(&service, first, &has, &err));
        assert_true(has);
        assert_true(directory_first_user_has_password(&service, PASSWORD, &has, &err));
        assert_false(has);
    }
    assert_true(directory_first_user_new_password(&service, &arena, &second, &err));
    assert_true(directory_first_user_has_password(&service, first, &has, &err));
    assert_false(has);
}

/* ---- No memory ------------------------------------------------------------------------------- */

static void out_of_memory(void **state)
{
    (void)state;
    struct new_user what = {
        .user_principal_name = "eve@azb", .display_name = "Eve", .password = PASSWORD};
    long n = 1;
    for (bool done = false; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct user eve, *list;
        size_t count;
        enum password_verdict verdict;
        arena_init(&arena, 0);
        if (n == 1)
            made_write(&service, create_work, &what);
        reader();
        memory_fail_after(n);
        done = user_by_name(reader(), TEXT("eve@azb"), &arena, &eve, &err) &&
               user_list(reader(), &arena, &list, &count, &err) &&
               password_check(reader(), &eve, TEXT(PASSWORD), NOW, &verdict, &err);
        memory_fail_after(0);
        assert_true(done || err.kind == AZB_ERROR_MEMORY);
        assert_true(!done || verdict == PASSWORD_RIGHT);
        azb_error_free(&err);
    }
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_and_found),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(two_hashes_of_one_password_differ),
        cmocka_unit_test(a_password_is_right_or_not),
        cmocka_unit_test(a_damaged_hash_is_an_error),
        cmocka_unit_test(wrong_passwords_close_the_account),
        cmocka_unit_test(the_right_one_forgives),
        cmocka_unit_test(changes),
        cmocka_unit_test(is_removed_with_its_places),
        cmocka_unit_test(the_states_own_user),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("server/user", tests, start, stop);
}
