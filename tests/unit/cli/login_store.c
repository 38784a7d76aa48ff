/* The store of logins: the document, the order, names, what is believed, what survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#undef fail /* base/error.h has another one, and fail_msg would call that */
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "cli/login_secret.h"
#include "cli/login_store.h"
#include "cli/private_file.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/azb-logins.XXXXXX");
    assert_non_null(mkdtemp(folder));
    return setenv("XDG_CONFIG_HOME", folder, 1) | setenv("XDG_DATA_HOME", folder, 1);
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    FILE *shell = popen(command, "r");
    return shell ? pclose(shell) : 1;
}

static const char *path_of(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/azb/%s", folder, name);
    return path;
}

static struct login secret_login(const char *client_id)
{
    return (struct login){.kind = LOGIN_SECRET,
        .tenant_id = "t",
        .client_id = client_id,
        .authority_host = "https://localhost:8443",
        .secret_in = "file"};
}

static const char *put(const struct login *login, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *name = NULL;
    if (!login_put(login, arena, &name, &err))
        fail_msg("%s", err.message);
    return name;
}

static void read_list(struct arena *arena, struct login_list *list)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (!login_list_read(arena, list, &err))
        fail_msg("%s", err.message);
}

/* ---- The document ---- */

#define ONE(members) "{\"version\":1,\"logins\":[{" members "}]}"
#define NAMES "\"name\":\"n\",\"authorityHost\":\"https://h\""
#define APP NAMES ",\"tenantId\":\"t\",\"clientId\":\"c\""

static const struct {
    const char *name, *text;
    enum azb_error_kind kind; /* NONE: it is read */
    const char *says;
} documents[] = {
    {"no login", "{\"version\":1,\"logins\":[]}", AZB_ERROR_NONE, NULL},
    {"a secret", ONE("\"kind\":\"client_secret\"," APP ",\"secretIn\":\"file\""), AZB_ERROR_NONE,
        NULL},
    {"what is not known is passed over",
        ONE("\"kind\":\"client_secret\"," APP ",\"secretIn\":\"file\",\"new\":[1]"), AZB_ERROR_NONE,
        NULL},
    {"a machine", ONE("\"kind\":\"managed_identity\"," NAMES), AZB_ERROR_NONE, NULL},
    {"null is absent", ONE("\"kind\":\"managed_identity\"," NAMES ",\"clientId\":null"),
        AZB_ERROR_NONE, NULL},
    {"a user without an account", ONE("\"kind\":\"user\"," APP), AZB_ERROR_PROTOCOL,
        "login 1 has no homeAccountId"},
    {"an application without a tenant", ONE("\"kind\":\"client_secret\"," NAMES),
        AZB_ERROR_PROTOCOL, "login 1 has no tenantId"},
    {"a certificate without its file", ONE("\"kind\":\"client_certificate\"," APP),
        AZB_ERROR_PROTOCOL, "login 1 has no certificatePath"},
    {"no name", ONE("\"kind\":\"managed_identity\",\"authorityHost\":\"https://h\""),
        AZB_ERROR_PROTOCOL, "login 1 has no name"},
    {"an empty name", ONE("\"kind\":\"managed_identity\",\"name\":\"\""), AZB_ERROR_PROTOCOL,
        "name of login 1 is not a text"},
    {"a name with a NUL", ONE("\"kind\":\"managed_identity\",\"name\":\"a\\u0000b\""),
        AZB_ERROR_PROTOCOL, "name of login 1 is not a text"},
    {"a number for a name", ONE("\"kind\":\"managed_identity\",\"name\":1"), AZB_ERROR_PROTOCOL,
        "name of login 1 is not a text"},
    {"another kind", ONE("\"kind\":\"magic\"," APP), AZB_ERROR_PROTOCOL,
        "login 1 has no kind that is known"},
    {"one name twice",
        "{\"version\":1,\"logins\":[{\"kind\":\"managed_identity\"," NAMES
        "},{\"kind\":\"managed_identity\"," NAMES "}]}",
        AZB_ERROR_PROTOCOL, "two logins are called 'n'"},
    {"a newer azb", "{\"version\":2,\"logins\":[]}", AZB_ERROR_CONFIGURATION, "newer than this"},
    {"no version", "{\"logins\":[]}", AZB_ERROR_PROTOCOL, "it is not"},
    {"a list", "[]", AZB_ERROR_PROTOCOL, "it is not"},
    {"logins are none", "{\"version\":1,\"logins\":{}}", AZB_ERROR_PROTOCOL, "it is not"},
    {"a login is a word", "{\"version\":1,\"logins\":[\"x\"]}", AZB_ERROR_PROTOCOL, "no kind"},
    {"half a file", "{\"version\":1,\"logi", AZB_ERROR_PROTOCOL, "line 1"},
    {"nothing", "", AZB_ERROR_PROTOCOL, "line 1"},
};

static void reads_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(documents); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct login_list list = {0};
        arena_init(&arena, 0);
        bool read = login_list_parse(text_of(documents[i].text), &arena, &list, &err);
        assert_int_equal(read, documents[i].kind == AZB_ERROR_NONE);
        if (err.kind != documents[i].kind ||
            (documents[i].says && !strstr(err.message, documents[i].says)))
            fail_msg("%s: %d '%s'", documents[i].name, err.kind, err.message);
    }
}

static void prints_what_it_reads(void **state)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer first = {0}, second = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct login_list list = {.count = 1};
    (void)state;
    arena_init(&arena, 0);
    buffer_init(&first, LOGIN_FILE_MAX);
    buffer_init(&second, LOGIN_FILE_MAX);
    list.logins[0] = (struct login){LOGIN_USER, "ann \"x\"", "t", "c", "https://h", "/ca", "u.t",
        "ann@contoso.com", "/pem", "/token", "file", "keyring", "https://b", "https://a",
        "https://g"};
    login_list_print(&list, &first);
    assert_true(login_list_parse(buffer_text(&first), &arena, &list, &err));
    login_list_print(&list, &second);
    assert_string_equal(first.at, second.at);
    assert_non_null(strstr(first.at, "\"graphEndpoint\": \"https://g\""));
}

/* ---- The file ---- */

static void keeps_the_order_of_use(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct login_list list;
    struct login one = secret_login("one"), two = secret_login("two");
    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(put(&one, &arena), "one");
    assert_string_equal(put(&two, &arena), "two");
    read_list(&arena, &list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.logins[0].name, "two");
    assert_true(login_use("one", &arena, &err));
    read_list(&arena, &list);
    assert_string_equal(list.logins[0].name, "one");
    assert_false(login_use("three", &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_NOT_FOUND);
    assert_non_null(strstr(err.message, "only 'one', 'two'"));
    assert_true(login_remove("one", &arena, &err));
    assert_true(login_remove("one", &arena, &err));
    read_list(&arena, &list);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.logins[0].name, "two");
}

static void chooses_names(void **state)
{
    scoped_arena struct arena arena = {0};
    struct login first = secret_login("app"), second = secret_login("app");
    struct login machine = {.kind = LOGIN_MANAGED_IDENTITY, .authority_host = "https://h"};
    (void)state;
    arena_init(&arena, 0);
    second.tenant_id = "other";
    assert_string_equal(put(&first, &arena), "app");
    assert_string_equal(put(&first, &arena), "app");
    assert_string_equal(put(&second, &arena), "app-2");
    assert_string_equal(put(&second, &arena), "app-2");
    assert_string_equal(put(&machine, &arena), "managed_identity");
    second.name = "mine";
    assert_string_equal(put(&second, &arena), "mine");
}

static void has_an_end(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const char *name;
    char client_id[16];
    (void)state;
    arena_init(&arena, 0);
    for (int i = 0; i < LOGINS_MAX; i++) {
        snprintf(client_id, sizeof client_id, "c%d", i);
        struct login login = secret_login(client_id);
        put(&login, &arena);
    }
    struct login more = secret_login("more"), again = secret_login("c0");
    assert_false(login_put(&more, &arena, &name, &err));
    assert_non_null(strstr(err.message, "azb logout"));
    put(&again, &arena);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    struct azb_error err = AZB_ERROR_INIT;
    char azb[80];
    snprintf(azb, sizeof azb, "%s/azb", folder);
    assert_true(private_folder_make(azb, &err));
    assert_true(private_file_write(path_of(name), text_of(text), &err));
    assert_int_equal(chmod(path_of(name), mode), 0);
}

static void sets_aside_what_is_damaged(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct login_list list;
    struct text kept;
    struct login login = secret_login("new");
    (void)state;
    arena_init(&arena, 0);
    write_file("logins.json", "{\"version\":1,", 0600);
    read_list(&arena, &list);
    assert_int_equal(list.count, 0);
    assert_string_equal(list.aside, path_of("logins.json.unreadable"));
    assert_true(private_file_read(list.aside, PRIVACY_OWN, LOGIN_FILE_MAX, &arena, &kept, &err));
    assert_true(text_is(kept, "{\"version\":1,"));
    write_file("logins.json", "second", 0600);
    put(&login, &arena); /* a change sets aside too */
    assert_int_equal(access(path_of("logins.json.unreadable-2"), F_OK), 0);
    read_list(&arena, &list);
    assert_int_equal(list.count, 1);
    assert_null(list.aside);
    /* A newer azb's file is not damaged: it stays. */
    write_file("logins.json", "{\"version\":9}", 0600);
    assert_false(login_list_read(&arena, &list, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
    assert_int_equal(access(path_of("logins.json"), F_OK), 0);
}

static void believes_only_its_owner(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct login_list list;
    (void)state;
    arena_init(&arena, 0);
    write_file("logins.json", "{\"version\":1,\"logins\":[]}", 0620);
    assert_false(login_list_read(&arena, &list, &err));
    assert_non_null(strstr(err.message, "can be changed"));
    write_file("logins.json", "{\"version\":1,\"logins\":[]}", 0644);
    read_list(&arena, &list);
    if (geteuid() == 0) { /* only root can give files away */
        assert_int_equal(chown(path_of("logins.json"), 65534, (gid_t)-1), 0);
        assert_false(login_list_read(&arena, &list, &err));
        assert_non_null(strstr(err.message, "belongs to another user (uid 65534)"));
    }
    assert_int_equal(unlink(path_of("logins.json")), 0);
    assert_int_equal(symlink("/dev/null", path_of("logins.json")), 0);
    assert_false(login_list_read(&arena, &list, &err));
    assert_non_null(strstr(err.message, "symbolic link"));
    assert_int_equal(unlink(path_of("logins.json")), 0);
    assert_int_equal(mkfifo(path_of("logins.json"), 0600), 0); /* would wait for ever */
    assert_false(login_list_read(&arena, &list, &err));
    assert_non_null(strstr(err.message, "not a regular file"));
}

static void secrets_are_files_of_their_own(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct stat found;
    (void)state;
    arena_init(&arena, 0);
    assert_true(login_secret_keep("a/../b", "s3cret", &arena, &err));
    assert_int_equal(stat(path_of("secrets/a%2F..%2Fb"), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_string_equal(login_secret_read("a/../b", &arena, &err), "s3cret");
    assert_int_equal(chmod(path_of("secrets/a%2F..%2Fb"), 0640), 0);
    assert_null(login_secret_read("a/../b", &arena, &err));
    assert_non_null(strstr(err.message, "can be read"));
    assert_true(login_secret_drop("a/../b", &arena, &err));
    assert_true(login_secret_drop("a/../b", &arena, &err));
    assert_null(login_secret_read("a/../b", &arena, &err));
    assert_non_null(strstr(err.message, "azb login"));
    assert_null(login_secret_path("..", &arena, &err));
}

/* Whatever allocation fails, the call says so and the file is the old one or the new one. */
static void survives_the_loss_of_any_allocation(void **state)
{
    struct login kept = secret_login("kept"), added = secret_login("added");
    scoped_arena struct arena arena = {0};
    struct login_list list;
    (void)state;
    arena_init(&arena, 0);
    put(&kept, &arena);
    for (long n = 1;; n++) {
        scoped_arena struct arena own = {0};
        struct azb_error err = AZB_ERROR_INIT;
        const char *name = NULL;
        arena_init(&own, 0);
        memory_fail_after(n);
        bool done = login_put(&added, &own, &name, &err);
        memory_fail_after(0);
        if (!done && err.kind != AZB_ERROR_MEMORY)
            fail_msg("allocation %ld: %s", n, err.message);
        read_list(&arena, &list);
        assert_null(list.aside);
        assert_non_null(login_find(&list, "kept"));
        if (done)
            break;
    }
    assert_int_equal(list.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_documents),
        cmocka_unit_test(prints_what_it_reads),
        cmocka_unit_test_setup_teardown(keeps_the_order_of_use, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(chooses_names, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(has_an_end, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(sets_aside_what_is_damaged, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(believes_only_its_owner, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(secrets_are_files_of_their_own, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            survives_the_loss_of_any_allocation, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
