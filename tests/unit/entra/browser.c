/* Opening the browser: which command gets the URL, and how; a script writes down what it got. */
#include "fake_entra.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entra/browser.h"

#define URL "https://login.example/a?b=c&d=%20e;touch%20x"

#define OPEN_FILE 9 /* a descriptor of the program's own, without close-on-exec */

static char folder[64], script[96], seen[96];
static const char *settings[3][2];

static const char *variable(const char *name)
{
    for (size_t i = 0; i < COUNT(settings); i++)
        if (settings[i][0] && strcmp(settings[i][0], name) == 0)
            return settings[i][1];
    return NULL;
}

static int make_script(void **unused)
{
    (void)unused;
    memset(settings, 0, sizeof(settings));
    snprintf(folder, sizeof(folder), "/tmp/azb-browser-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(script, sizeof(script), "%s/browser", folder);
    snprintf(seen, sizeof(seen), "%s/seen", folder);
    FILE *file = fopen(script, "w");
    if (!file)
        return -1;
    fprintf(file,
        "#!/bin/sh\n{ for word; do echo \"<$word>\"; done\n"
        "[ ! -e /proc/$$/fd/%d ] || echo inherited; } >%s/new\nmv %s/new %s/seen\n",
        OPEN_FILE, folder, folder, folder);
    fclose(file);
    return chmod(script, 0700);
}

static int remove_script(void **unused)
{
    (void)unused;
    unlink(script);
    unlink(seen);
    return rmdir(folder);
}

static void expect_seen(const char *expected)
{
    char text[1024] = "";
    FILE *file;
    while (!(file = fopen(seen, "r")))
        sched_yield();
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void test_the_last_argument(void **unused)
{
    (void)unused;
    char command[256];
    snprintf(command, sizeof(command), "%s  --new  tab", script);
    settings[0][0] = "BROWSER";
    settings[0][1] = command;
    assert_true(browser_open(URL, variable));
    expect_seen("<--new>\n<tab>\n<" URL ">\n");
}

static void test_nothing_is_inherited(void **unused)
{
    (void)unused;
    assert_int_equal(dup2(STDERR_FILENO, OPEN_FILE), OPEN_FILE);
    settings[0][0] = "BROWSER";
    settings[0][1] = script;
    assert_true(browser_open(URL, variable));
    close(OPEN_FILE);
    expect_seen("<" URL ">\n");
}

static void test_where_the_command_wants_it(void **unused)
{
    (void)unused;
    char command[256];
    snprintf(command, sizeof(command), "%s --url=%%s last", script);
    settings[0][0] = "BROWSER";
    settings[0][1] = command;
    assert_true(browser_open(URL, variable));
    expect_seen("<--url=" URL ">\n<last>\n");
}

static void test_the_first_that_there_is(void **unused)
{
    (void)unused;
    char list[256];
    snprintf(list, sizeof(list), "/nonexistent/browser::/dev/null:%s", script);
    settings[0][0] = "BROWSER";
    settings[0][1] = list;
    assert_true(browser_open(URL, variable));
    expect_seen("<" URL ">\n");
}

static void test_none(void **unused)
{
    (void)unused;
    assert_false(browser_open(URL, variable)); /* no display, no BROWSER */
    settings[0][0] = "BROWSER";
    settings[0][1] = "/nonexistent/browser";
    assert_false(browser_open(URL, variable));
    settings[0][1] = " : ";
    assert_false(browser_open(URL, variable));
}

static void test_without_memory(void **unused)
{
    (void)unused;
    settings[0][0] = "BROWSER";
    settings[0][1] = script;
    memory_fail_after(1);
    assert_false(browser_open(URL, variable));
    memory_fail_after(0);
}

#define WITH_SCRIPT(test) cmocka_unit_test_setup_teardown(test, make_script, remove_script)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRIPT(test_the_last_argument),
        WITH_SCRIPT(test_nothing_is_inherited),
        WITH_SCRIPT(test_where_the_command_wants_it),
        WITH_SCRIPT(test_the_first_that_there_is),
        WITH_SCRIPT(test_none),
        WITH_SCRIPT(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
