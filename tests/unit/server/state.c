/* The state folder: where, whose, one azbd at a time, files replaced at once; addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include "folder.h"
#include "socket.h"
#include "state.h"

static void assert_mode(const char *path, mode_t mode)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, mode);
}

static void the_default_is_below_xdg_state_home(void **state)
{
    (void)state;
    char folder[64], expected[96];
    static struct service service;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(folder);
    setenv("XDG_STATE_HOME", folder, 1);
    assert_true(state_open(&service, NULL, &err));
    snprintf(expected, sizeof(expected), "%s/azb", folder);
    assert_string_equal(service.state, expected);
    assert_mode(expected, 0700);
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", folder, 1);
    assert_true(state_open(&service, NULL, &err));
    snprintf(expected, sizeof(expected), "%s/.local/state/azb", folder);
    assert_string_equal(service.state, expected);
    rmdir(expected);
    snprintf(expected, sizeof(expected), "%s/.local/state", folder);
    rmdir(expected);
    snprintf(expected, sizeof(expected), "%s/.local", folder);
    rmdir(expected);
    snprintf(expected, sizeof(expected), "%s/azb", folder);
    rmdir(expected);
    folder_remove(folder);
}

static void a_folder_open_to_others_is_closed(void **state)
{
    (void)state;
    char folder[64];
    static struct service service;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(folder);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_true(state_open(&service, folder, &err));
    assert_mode(folder, 0700);
    folder_remove(folder);
}

static void a_file_in_place_of_the_folder_is_refused(void **state)
{
    (void)state;
    char folder[64], path[96];
    static struct service service;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(folder);
    snprintf(path, sizeof(path), "%s/file", folder);
    assert_true(file_replace(path, 0600, TEXT("x"), &err));
    assert_false(state_open(&service, path, &err));
    assert_non_null(strstr(err.message, "is not a folder"));
    azb_error_free(&err);
    assert_false(state_open(&service, "", &err));
    azb_error_free(&err);
    folder_remove(folder);
}

static void a_second_lock_says_who_has_it(void **state)
{
    (void)state;
    char folder[64], pid[40];
    static struct service first, second;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(folder);
    assert_true(state_open(&first, folder, &err));
    assert_true(state_open(&second, folder, &err));
    assert_true(state_lock(&first, &err));
    assert_false(state_lock(&second, &err));
    snprintf(pid, sizeof(pid), "(process %ld)", (long)getpid());
    assert_non_null(strstr(err.message, pid));
    azb_error_free(&err);
    state_unlock(&first);
    assert_true(state_lock(&second, &err));
    state_unlock(&second);
    folder_remove(folder);
}

static void files_are_replaced_whole(void **state)
{
    (void)state;
    char folder[64], path[96];
    static struct service service;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer content = {0};
    bool found = true;
    buffer_init(&content, 100);
    folder_make(folder);
    assert_true(state_open(&service, folder, &err));
    assert_true(state_read(&service, "env", &content, &found, &err));
    assert_false(found);
    assert_true(state_write(&service, "env", 0644, TEXT("first, longer"), &err));
    assert_true(state_write(&service, "env", 0600, TEXT("second"), &err));
    assert_true(state_read(&service, "env", &content, &found, &err));
    assert_true(found);
    assert_string_equal(content.at, "second");
    snprintf(path, sizeof(path), "%s/env", folder);
    assert_mode(path, 0600);
    assert_false(state_write(&service, "no/folder", 0600, TEXT("x"), &err));
    azb_error_free(&err);
    folder_remove(folder);
}

/* Addresses */

static const struct address_case {
    const char *text;
    int family; /* 0: refused */
    int port;
    bool is_loopback;
} address_cases[] = {
    {"127.0.0.1:8443", AF_INET, 8443, true},
    {"127.1.2.3:0", AF_INET, 0, true},
    {"localhost:1", AF_INET, 1, true},
    {"[::1]:8443", AF_INET6, 8443, true},
    {"0.0.0.0:80", AF_INET, 80, false},
    {"[::]:80", AF_INET6, 80, false},
    {"192.0.2.1:65535", AF_INET, 65535, false},
    {"127.0.0.1", 0, 0, false},
    {"8443", 0, 0, false},
    {":8443", 0, 0, false},
    {"127.0.0.1:", 0, 0, false},
    {"127.0.0.1:65536", 0, 0, false},
    {"127.0.0.1:-1", 0, 0, false},
    {"example.com:80", 0, 0, false},
    {"127.0.0:80", 0, 0, false},
    {"", 0, 0, false},
};

static void addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(address_cases) / sizeof(address_cases[0]); i++) {
        const struct address_case *c = &address_cases[i];
        struct azb_error err = AZB_ERROR_INIT;
        struct listen_address address;
        print_message("\"%s\"\n", c->text);
        bool ok = listen_address_parse(c->text, "--listen", &address, &err);
        assert_int_equal(ok, c->family != 0);
        if (ok) {
            assert_int_equal(address.address.ss_family, c->family);
            assert_int_equal(address.port, c->port);
            assert_int_equal(address.is_loopback, c->is_loopback);
        } else {
            assert_non_null(strstr(err.message, "--listen"));
        }
        azb_error_free(&err);
    }
}

static void a_port_in_use_is_said(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct listen_address address;
    struct listen_sockets first = {0}, second = {0};
    char text[40];
    assert_true(listen_address_parse("127.0.0.1:0", "--listen", &address, &err));
    assert_true(listen_sockets_bind(&address, &first, &err));
    assert_true(first.port > 0);
    for (int i = 0; i < first.count; i++)
        assert_int_equal(listen(first.fds[i], 1), 0);
    snprintf(text, sizeof(text), "127.0.0.1:%d", first.port);
    assert_true(listen_address_parse(text, "--listen", &address, &err));
    assert_false(listen_sockets_bind(&address, &second, &err));
    assert_non_null(strstr(err.message, text));
    assert_non_null(strstr(err.message, "in use"));
    azb_error_free(&err);
    listen_sockets_close(&first);
    listen_sockets_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_is_below_xdg_state_home),
        cmocka_unit_test(a_folder_open_to_others_is_closed),
        cmocka_unit_test(a_file_in_place_of_the_folder_is_refused),
        cmocka_unit_test(a_second_lock_says_who_has_it),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(addresses),
        cmocka_unit_test(a_port_in_use_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
