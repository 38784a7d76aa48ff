/* The certificates, judged by the openssl command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "ca.h"
#include "folder.h"
#include "state.h"

extern char **environ;

struct fixture {
    char folder[64];
    struct service service;
};

static int set_up(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    folder_make(fixture->folder);
    *state = fixture;
    return state_open(&fixture->service, fixture->folder, &err) ? 0 : 1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static void make(struct fixture *fixture, struct buffer *certificate)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct buffer key;
    bool ok = ca_open(&fixture->service, certificate, &key, &err);
    assert_string_equal(err.message, "");
    assert_true(ok);
    assert_true(key.length > 0);
    buffer_free(&key);
}

/* Exit status of `openssl ...` run in the state; what it says goes to the file "said". */
static int openssl(const struct fixture *fixture, const char *const *arguments)
{
    char *argv[20] = {0};
    for (size_t i = 0; i < 19 && arguments[i]; i++)
        argv[i] = strdup(arguments[i]);
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, fixture->folder);
    posix_spawn_file_actions_addopen(&actions, 1, "said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    assert_int_equal(posix_spawnp(&child, "openssl", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    waitpid(child, &status, 0);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_said(const struct fixture *fixture, const char *text)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer said = {0};
    bool found;
    buffer_init(&said, 1 << 20);
    assert_true(state_read(&fixture->service, "said", &said, &found, &err));
    print_message("%s\n", text);
    assert_non_null(strstr(said.at, text));
}

static void the_chain_verifies_for_each_kind_of_name(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer certificate = {0};
    static const char *const names[][2] = {{"-verify_hostname", "localhost"},
        {"-verify_ip", "127.0.0.1"}, {"-verify_ip", "::1"},
        {"-verify_hostname", "login.microsoftonline.com"},
        {"-verify_hostname", "management.usgovcloudapi.net"},
        {"-verify_hostname", "graph.microsoft.com"},
        {"-verify_hostname", "mybatch.eastus.batch.azure.com"},
        {"-verify_hostname", "b.chinanorth3.batch.chinacloudapi.cn"}};
    make(fixture, &certificate);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *const verify[] = {"openssl", "verify", "-x509_strict", "-purpose", "sslserver",
            "-CAfile", "ca.pem", names[i][0], names[i][1], "server.pem", NULL};
        print_message("%s\n", names[i][1]);
        assert_int_equal(openssl(fixture, verify), 0);
    }
    const char *const wrong[] = {"openssl", "verify", "-CAfile", "ca.pem", "-verify_hostname",
        "example.com", "server.pem", NULL};
    assert_int_not_equal(openssl(fixture, wrong), 0);
}

static void the_authority_cannot_vouch_for_others(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer certificate = {0};
    make(fixture, &certificate);
    const char *const forge[] = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-CA",
        "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=example.com", "-out", "forged.pem", NULL};
    assert_int_equal(openssl(fixture, forge), 0);
    const char *const verify[] = {"openssl", "verify", "-CAfile", "ca.pem", "forged.pem", NULL};
    assert_int_not_equal(openssl(fixture, verify), 0);
    assert_said(fixture, "permitted subtree violation");
}

static void certificates_say_what_clients_want(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer certificate = {0};
    make(fixture, &certificate);
    const char *const ca[] = {"openssl", "x509", "-in", "ca.pem", "-noout", "-text", NULL};
    assert_int_equal(openssl(fixture, ca), 0);
    assert_said(fixture, "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0");
    assert_said(fixture, "X509v3 Name Constraints: critical");
    assert_said(fixture, "Certificate Sign, CRL Sign");
    assert_said(fixture, "prime256v1");
    const char *const server[] = {"openssl", "x509", "-in", "server.pem", "-noout", "-text", NULL};
    assert_int_equal(openssl(fixture, server), 0);
    assert_said(fixture, "TLS Web Server Authentication");
    assert_said(fixture, "Digital Signature");
    assert_said(fixture, "X509v3 Subject Key Identifier");
    assert_said(fixture, "X509v3 Authority Key Identifier");
}

static void modes_are_as_narrow_as_they_can_be(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer certificate = {0};
    static const struct {
        const char *name;
        mode_t mode;
    } files[] = {{"ca.pem", 0644}, {"ca.key", 0600}, {"server.pem", 0600}, {"server.key", 0600},
        {"ca-bundle.pem", 0644}};
    make(fixture, &certificate);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof(path), "%s/%s", fixture->folder, files[i].name);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, files[i].mode);
    }
}

static void what_is_good_is_kept(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer first = {0}, second = {0};
    make(fixture, &first);
    make(fixture, &second);
    assert_string_equal(first.at, second.at);
}

static bool is_remade(struct fixture *fixture, const struct buffer *before)
{
    scoped_buffer struct buffer after = {0};
    make(fixture, &after);
    const char *const verify[] = {
        "openssl", "verify", "-CAfile", "ca-bundle.pem", "server.pem", NULL};
    assert_int_equal(openssl(fixture, verify), 0);
    return strcmp(before->at, after.at) != 0;
}

static void assert_remade_after(struct fixture *fixture, const char *const *command)
{
    scoped_buffer struct buffer before = {0};
    make(fixture, &before);
    assert_int_equal(openssl(fixture, command), 0);
    assert_true(is_remade(fixture, &before));
}

/* The same certificate with another end; what it is then is in `out`. */
static void set_days_left(struct fixture *fixture, const char *days, struct buffer *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool found;
    const char *const request[] = {"openssl", "x509", "-x509toreq", "-in", "server.pem", "-signkey",
        "server.key", "-copy_extensions", "copyall", "-out", "request.pem", NULL};
    const char *const sign[] = {"openssl", "x509", "-req", "-in", "request.pem", "-CA", "ca.pem",
        "-CAkey", "ca.key", "-copy_extensions", "copyall", "-set_serial", "7", "-days", days,
        "-out", "server.pem", NULL};
    assert_int_equal(openssl(fixture, request), 0);
    assert_int_equal(openssl(fixture, sign), 0);
    buffer_init(out, 65536);
    assert_true(state_read(&fixture->service, "server.pem", out, &found, &err));
}

static void what_expires_soon_is_made_anew(void **state)
{
    struct fixture *fixture = *state;
    scoped_buffer struct buffer first = {0}, later = {0}, soon = {0};
    make(fixture, &first);
    set_days_left(fixture, "60", &later);
    assert_false(is_remade(fixture, &later));
    set_days_left(fixture, "29", &soon);
    assert_true(is_remade(fixture, &soon));
}

static void what_names_other_hosts_is_made_anew(void **state)
{
    struct fixture *fixture = *state;
    const char *const strip[] = {"openssl", "req", "-new", "-x509", "-CA", "ca.pem", "-CAkey",
        "ca.key", "-key", "server.key", "-subj", "/CN=localhost", "-days", "300", "-out",
        "server.pem", NULL};
    assert_remade_after(fixture, strip);
}

static void a_lost_authority_is_made_anew_with_all_it_signed(void **state)
{
    struct fixture *fixture = *state;
    const char *const lose[] = {
        "openssl", "genpkey", "-algorithm", "ED25519", "-out", "ca.key", NULL};
    assert_remade_after(fixture, lose);
}

static void a_file_that_is_no_certificate_is_made_anew(void **state)
{
    struct fixture *fixture = *state;
    const char *const spoil[] = {"openssl", "rand", "-out", "server.pem", "100", NULL};
    assert_remade_after(fixture, spoil);
}

#define WITH_STATE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STATE(the_chain_verifies_for_each_kind_of_name),
        WITH_STATE(the_authority_cannot_vouch_for_others),
        WITH_STATE(certificates_say_what_clients_want),
        WITH_STATE(modes_are_as_narrow_as_they_can_be),
        WITH_STATE(what_is_good_is_kept),
        WITH_STATE(what_expires_soon_is_made_anew),
        WITH_STATE(what_names_other_hosts_is_made_anew),
        WITH_STATE(a_lost_authority_is_made_anew_with_all_it_signed),
        WITH_STATE(a_file_that_is_no_certificate_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
