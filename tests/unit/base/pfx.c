/* PKCS #12 files that the openssl command wrote, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail
#include "base/crypto.h"
#include "base/error.h"
#include "openssl_tool.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PEM_MAX 65536

static struct tool tool;

/* A root, an issuer and a leaf, in files of these names. */
static int make_chain(void **state)
{
    (void)state;
    assert_true(tool_open(&tool));
    assert_true(tool_run(&tool,
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root &&"
        "openssl req -new -newkey rsa:2048 -nodes -keyout issuer.key -out issuer.csr "
        "-subj /CN=issuer &&"
        "printf 'basicConstraints=critical,CA:true\\nkeyUsage=keyCertSign\\n' >ca.ext &&"
        "openssl x509 -req -in issuer.csr -CA root.pem -CAkey root.key -out issuer.pem "
        "-extfile ca.ext -set_serial 2 &&"
        "openssl req -new -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf &&"
        "openssl x509 -req -in leaf.csr -CA issuer.pem -CAkey issuer.key -out leaf.pem "
        "-set_serial 3 && cat root.pem issuer.pem >wrong-order.pem &&"
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key "
        "-out ec.pem -subj /CN=ec"));
    return 0;
}

static int remove_chain(void **state)
{
    (void)state;
    tool_clean(&tool);
    return 0;
}

static const struct {
    const char *name;
    const char *options; /* of openssl pkcs12 -export */
    const char *password;
    const char *written_password; /* the one that openssl is given */
} good[] = {
    {"password", "-inkey leaf.key -in leaf.pem -certfile wrong-order.pem", "p\xc3\xa4ss w0rd",
        "p\xc3\xa4ss w0rd"},
    {"empty password", "-inkey leaf.key -in leaf.pem -certfile wrong-order.pem", "", ""},
    {"no password", "-inkey leaf.key -in leaf.pem -certfile wrong-order.pem", NULL, ""},
    {"3DES",
        "-inkey leaf.key -in leaf.pem -certfile wrong-order.pem -keypbe PBE-SHA1-3DES "
        "-certpbe PBE-SHA1-3DES -macalg sha1",
        "x", "x"},
    {"not encrypted at all",
        "-inkey leaf.key -in leaf.pem -certfile wrong-order.pem -keypbe NONE -certpbe NONE -nomac",
        NULL, ""},
};

static void count_certificates(struct text pem, size_t expected)
{
    size_t count = 0;
    for (const char *at = pem.at; (at = strstr(at, "BEGIN CERTIFICATE")) != NULL; at++)
        count++;
    assert_int_equal(count, expected);
}

static void expect_subject_at(struct text pem, const char *file, size_t place)
{
    size_t length = 0;
    char *wanted = tool_read(&tool, file, &length);
    const char *at = pem.at;
    assert_non_null(wanted);
    for (size_t i = 0; i <= place; i++, at++)
        assert_non_null(at = strstr(at, "-----BEGIN CERTIFICATE"));
    assert_memory_equal(at - 1, strstr(wanted, "-----BEGIN"), length - 1);
    free(wanted);
}

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_buffer struct buffer pem = {0};
        size_t length = 0;
        buffer_init(&pem, PEM_MAX);
        print_message("  %s\n", good[i].name);
        assert_true(tool_run(&tool, "openssl pkcs12 -export %s -passout 'pass:%s' -out good.pfx",
            good[i].options, good[i].written_password));
        char *bytes = tool_read(&tool, "good.pfx", &length);
        struct text pfx = {bytes, length};
        assert_true(pfx_detect(pfx));
        if (!pfx_to_pem(pfx, good[i].password, &pem, &err))
            print_message("%s\n", err.message);
        assert_int_equal(err.kind, AZB_ERROR_NONE);
        struct certificate *certificate = certificate_from_pem(buffer_text(&pem), &err);
        assert_non_null(certificate);
        assert_non_null(certificate_private_key(certificate));
        assert_string_equal(certificate_subject(certificate), "CN=leaf");
        certificate_free(certificate);
        /* Each is issued by the next, whatever their order in the file. */
        count_certificates(buffer_text(&pem), 3);
        expect_subject_at(buffer_text(&pem), "leaf.pem", 0);
        expect_subject_at(buffer_text(&pem), "issuer.pem", 1);
        expect_subject_at(buffer_text(&pem), "root.pem", 2);
        free(bytes);
    }
}

static const struct {
    const char *name;
    const char *command; /* writes bad.pfx */
    const char *password;
    const char *part;
} bad[] = {
    {"wrong password",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:right -out bad.pfx",
        "wrong-one", "does not open with this password"},
    {"password missing",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:right -out bad.pfx",
        NULL, "protected with a password, and none was given"},
    {"no key", "openssl pkcs12 -export -nokeys -in leaf.pem -passout pass:x -out bad.pfx", "x",
        "no private key"},
    {"RC2",
        "openssl pkcs12 -export -legacy -inkey leaf.key -in leaf.pem -passout pass:x -out bad.pfx",
        "x", "openssl pkcs12 -legacy -in FILE"},
    {"cut off",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:x -out whole.pfx && "
        "head -c 900 whole.pfx >bad.pfx",
        "x", "neither PEM nor a PFX"},
    {"a certificate alone", "openssl x509 -in leaf.pem -outform DER -out bad.pfx", NULL,
        "neither PEM nor a PFX"},
    {"empty", ": >bad.pfx", NULL, "neither PEM nor a PFX"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_buffer struct buffer pem = {0};
        size_t length = 0;
        buffer_init(&pem, PEM_MAX);
        print_message("  %s\n", bad[i].name);
        assert_true(tool_run(&tool, "%s", bad[i].command));
        char *bytes = tool_read(&tool, "bad.pfx", &length);
        assert_false(pfx_to_pem((struct text){bytes, length}, bad[i].password, &pem, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, bad[i].part))
            print_message("%s\n", err.message);
        assert_non_null(strstr(err.message, bad[i].part));
        if (bad[i].password)
            assert_null(strstr(err.message, "wrong-one"));
        free(bytes);
    }
}

/* A key of another kind is written, and then refused by whoever reads the PEM. */
static void test_other_keys(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer pem = {0};
    size_t length = 0;
    buffer_init(&pem, PEM_MAX);
    assert_true(tool_run(
        &tool, "openssl pkcs12 -export -inkey ec.key -in ec.pem -passout pass:x -out ec.pfx"));
    char *bytes = tool_read(&tool, "ec.pfx", &length);
    assert_true(pfx_to_pem((struct text){bytes, length}, "x", &pem, &err));
    assert_null(certificate_from_pem(buffer_text(&pem), &err));
    assert_non_null(strstr(err.message, "not an RSA key"));
    free(bytes);
}

static void test_no_room(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer pem = {0};
    size_t length = 0;
    buffer_init(&pem, 100);
    assert_true(tool_run(&tool,
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:x -out good.pfx"));
    char *bytes = tool_read(&tool, "good.pfx", &length);
    assert_false(pfx_to_pem((struct text){bytes, length}, "x", &pem, &err));
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    free(bytes);
}

static const struct {
    const char *name, *command, *password, *part; /* part NULL: it opens */
} encrypted[] = {
    {"PKCS 8", "openssl pkcs8 -topk8 -in leaf.key -passout pass:secret1 -out e.key", "secret1",
        NULL},
    {"traditional",
        "openssl rsa -aes256 -traditional -in leaf.key -passout pass:secret1 -out e.key", "secret1",
        NULL},
    {"not encrypted, password given", "cp leaf.key e.key", "secret1", NULL},
    {"wrong", "openssl pkcs8 -topk8 -in leaf.key -passout pass:secret1 -out e.key", "secret2",
        "the password does not open the private key"},
    {"none", "openssl rsa -aes256 -traditional -in leaf.key -passout pass:secret1 -out e.key", NULL,
        "encrypted, and no password was given"},
};

static void test_encrypted_pem(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(encrypted); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        size_t length = 0;
        print_message("  %s\n", encrypted[i].name);
        assert_true(tool_run(&tool, "%s && cat leaf.pem e.key >both.pem", encrypted[i].command));
        char *bytes = tool_read(&tool, "both.pem", &length);
        struct certificate *certificate = certificate_from_encrypted_pem(
            (struct text){bytes, length}, encrypted[i].password, &err);
        assert_int_equal(certificate != NULL, encrypted[i].part == NULL);
        if (encrypted[i].part)
            assert_non_null(strstr(err.message, encrypted[i].part));
        certificate_free(certificate);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_encrypted_pem),
    };
    return cmocka_run_group_tests(tests, make_chain, remove_chain);
}
