/* az as a source: a script in its place, on a PATH of the test's own. */
#include "fake_entra.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entra/azure_cli.h"
#include "entra/program.h"

static char folder[] = "/tmp/azb-test-XXXXXX";
static char search_path[256]; /* PATH */

/* az's own files are in the same folder: without a profile there it is nobody's. */
static const char *look_up(const char *name)
{
    if (strcmp(name, "AZURE_CONFIG_DIR") == 0)
        return folder;
    return strcmp(name, "PATH") == 0 ? search_path : NULL;
}

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void write_az(const char *script)
{
    FILE *file = fopen(in_folder("az"), "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\ncd '%s' || exit 9\n%s\n", folder, script);
    fclose(file);
    assert_int_equal(chmod(in_folder("az"), 0700), 0);
}

static int make_folder(void **unused)
{
    (void)unused;
    assert_non_null(mkdtemp(folder));
    snprintf(search_path, sizeof(search_path), "%s", folder);
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    static const char *const files[] = {
        "az", "said", "pid", "azureProfile.json", "msal_token_cache.json", "."};
    for (size_t i = 0; i < COUNT(files); i++)
        remove(in_folder(files[i]));
    rmdir(folder);
    return 0;
}

static struct azb_credential *credential_with(
    struct clock *clock, const struct azb_azure_cli_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_azure_cli_options none = AZB_AZURE_CLI_OPTIONS_INIT;
    struct entra_environment world = {.clock = clock, .variable = look_up};
    struct azb_credential *credential = azure_cli_new(options ? options : &none, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

#define ANSWER "printf '{\"accessToken\":\"token-1\",\"expires_on\":%s}' $(($(date +%s) + 3600))"

static void test_the_command(void **unused)
{
    (void)unused;
    char said[512] = "";
    struct azb_token_request request = batch_request();
    struct azb_azure_cli_options options = AZB_AZURE_CLI_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.subscription = "My subscription_1.x";
    write_az("printf '%s|' \"$AZURE_CORE_NO_COLOR\" \"$@\" >said; cat >>said; "
             "ls /proc/self/fd | wc -l >>said; " ANSWER);
    struct azb_credential *credential = credential_with(NULL, &options);
    assert_string_equal(azb_credential_kind(credential), "azure_cli");
    expect_token(credential, &request, "token-1");
    FILE *file = fopen(in_folder("said"), "r");
    assert_non_null(file);
    said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
    fclose(file);
    /* ls has its own descriptor and the pipe's; nothing of this process was inherited. */
    assert_string_equal(said,
        "true|account|get-access-token|--output|json|--resource|https://batch.core.windows.net/"
        "|--tenant|" TENANT "|--subscription|My subscription_1.x|4\n");
    azb_credential_free(credential);
}

static void write_kept(const char *name, const char *content)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    fclose(file);
    assert_int_equal(chmod(in_folder(name), 0600), 0);
}

static const char kept_profile[] =
    "{\"subscriptions\":[{\"id\":\"s1\",\"name\":\"One\",\"isDefault\":true,\"tenantId\":\"" TENANT
    "\",\"environmentName\":\"AzureCloud\",\"user\":{\"name\":\"" CLIENT
    "\",\"type\":\"servicePrincipal\"}}]}";

/* Good until an hour after the clock's beginning. */
static const char kept_tokens[] =
    "{\"AccessToken\":{\"1\":{\"credential_type\":\"AccessToken\",\"environment\":"
    "\"login.microsoftonline.com\",\"realm\":\"" TENANT "\",\"home_account_id\":null,"
    "\"client_id\":\"" CLIENT "\",\"secret\":\"kept\",\"cached_at\":\"1\",\"expires_on\":\"3600\","
    "\"target\":\"https://batch.core.windows.net//.default\"}}}";

/* What az keeps and is still good is used; az is started when it is not, or when it may be what
 * the service has just refused. */
static void test_kept_token(void **unused)
{
    (void)unused;
    struct clock clock = {.offset_ms = -clock_seconds(NULL) * 1000};
    struct azb_token_request request = batch_request();
    struct azb_azure_cli_options options = AZB_AZURE_CLI_OPTIONS_INIT;
    write_az("printf '{\"accessToken\":\"new\",\"expires_on\":99999}'");
    write_kept("azureProfile.json", kept_profile);
    write_kept("msal_token_cache.json", kept_tokens);
    struct azb_credential *credential = credential_with(&clock, NULL);
    expect_token(credential, &request, "kept");
    request.min_valid_s = 3700;
    expect_token(credential, &request, "new");
    azb_credential_free(credential);

    credential = credential_with(&clock, NULL);
    request.min_valid_s = 0;
    request.force = true;
    expect_token(credential, &request, "new");
    azb_credential_free(credential);

    options.subscription = "another";
    credential = credential_with(&clock, &options);
    request.force = false;
    expect_token(credential, &request, "new");
    azb_credential_free(credential);
    unlink(in_folder("azureProfile.json"));
    unlink(in_folder("msal_token_cache.json"));
}

static const struct {
    const char *name, *script;
    enum azb_error_kind kind;
    const char *code, *part;
} failures[] = {
    {"not signed in", "echo \"Please run 'az login' to setup account.\" >&2; exit 1",
        AZB_ERROR_CONFIGURATION, AZB_CODE_UNAVAILABLE, "az is not signed in: run `az login`"},
    {"no subscription", "echo \"ERROR: use az account set\" >&2; exit 1", AZB_ERROR_CONFIGURATION,
        AZB_CODE_UNAVAILABLE, "az account set"},
    {"its program is missing", "nonexistent-program; exit 127", AZB_ERROR_CONFIGURATION,
        AZB_CODE_UNAVAILABLE, "not installed"},
    {"another failure", "printf 'ERROR: the moon\\nis full' >&2; exit 1", AZB_ERROR_AUTHENTICATION,
        "", "az gave no token: ERROR: the moon"},
    {"silence", "exit 1", AZB_ERROR_AUTHENTICATION, "", "did not say why"},
    {"a token in its error", "echo '{\"accessToken\": \"secret\"}' >&2; exit 1",
        AZB_ERROR_AUTHENTICATION, "", "did not say why"},
    {"killed", "kill -9 $$", AZB_ERROR_AUTHENTICATION, "", "did not say why"},
    {"not JSON", "echo hello", AZB_ERROR_PROTOCOL, "", "is not JSON"},
    {"endless", "exec yes", AZB_ERROR_MEMORY, "", "more than 262144 bytes"},
    {"endless errors", "exec yes >&2", AZB_ERROR_MEMORY, "", "more than 262144 bytes"},
};

static void test_failures(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(failures); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_token_request request = batch_request();
        print_message("  %s\n", failures[i].name);
        write_az(failures[i].script);
        struct azb_credential *credential = credential_with(NULL, NULL);
        assert_false(azb_credential_get_token(credential, &request, &token, &err));
        if (err.kind != failures[i].kind || !strstr(err.message, failures[i].part))
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
        assert_string_equal(err.code, failures[i].code);
        assert_null(strstr(err.message, "secret"));
        azb_credential_free(credential);
    }
}

/* The current folder and other relative ones are no place for a program that is given trust. */
static void test_where_it_is_looked_for(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    char here[256], list[512];
    arena_init(&arena, 0);
    write_az(ANSWER);
    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(folder), 0);
    assert_null(program_find("", "az", &arena));
    assert_null(program_find(NULL, "az", &arena));
    assert_null(program_find(".:::bin", "az", &arena));
    snprintf(list, sizeof(list), ".:/nonexistent:%s", folder);
    assert_string_equal(program_find(list, "az", &arena), in_folder("az"));
    assert_int_equal(chmod(in_folder("az"), 0600), 0);
    if (getuid() != 0)
        assert_null(program_find(list, "az", &arena));
    assert_int_equal(chdir(here), 0);
    unlink(in_folder("az"));
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = credential_with(NULL, NULL);
    expect_error(credential, &request, AZB_ERROR_CONFIGURATION, "az (the Azure CLI) is not inst");
    azb_credential_free(credential);
}

/* What hangs is killed with all that it started. */
static void test_patience(void **unused)
{
    (void)unused;
    struct azb_token_request request = batch_request();
    azb_cancel_flag cancel = true;
    int pid = 0;
    write_az("sleep 600 & echo $! >pid; wait");
    struct azb_credential *credential = credential_with(NULL, NULL);
    request.cancel = &cancel;
    expect_error(credential, &request, AZB_ERROR_CANCELLED, "");
    request.cancel = NULL;
    request.timeout_ms = 1000;
    expect_error(credential, &request, AZB_ERROR_TIMEOUT, "/az: ");
    FILE *file = fopen(in_folder("pid"), "r");
    if (file) { /* it may not have come so far */
        assert_int_equal(fscanf(file, "%d", &pid), 1);
        fclose(file);
        while (pid > 0 && kill(pid, 0) == 0 && getpgid(pid) >= 0) {
            char state = 0, path[64];
            snprintf(path, sizeof(path), "/proc/%d/stat", pid);
            FILE *stat = fopen(path, "r");
            if (!stat || fscanf(stat, "%*d %*s %c", &state) != 1 || state == 'Z')
                pid = 0; /* dead, if not yet buried by init */
            if (stat)
                fclose(stat);
        }
    }
    azb_credential_free(credential);
}

static void test_a_challenge(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    request.claims = "{\"access_token\":{}}";
    write_az(ANSWER);
    struct azb_credential *credential = credential_with(NULL, NULL);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_non_null(strstr(err.message, "az login --scope https://batch.core.windows.net//.def"));
    azb_error_free(&err);
    azb_credential_free(credential);
}

static void test_arguments(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"", "-x", "a b", "a;b", "$(x)", "a\nb"};
    struct azb_error err = AZB_ERROR_INIT;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct azb_azure_cli_options options = AZB_AZURE_CLI_OPTIONS_INIT;
        options.tenant_id = bad[i];
        assert_null(azb_credential_azure_cli(&options, &err));
        assert_non_null(strstr(err.message, "tenant_id is not fit"));
        options.tenant_id = NULL;
        options.subscription = strcmp(bad[i], "a b") == 0 ? "a'b" : bad[i];
        assert_null(azb_credential_azure_cli(&options, &err));
        assert_non_null(strstr(err.message, "subscription is not fit"));
    }
    struct azb_token_request request = batch_request();
    write_az(ANSWER);
    struct azb_credential *credential = credential_with(NULL, NULL);
    request.resource = "https://x/$(y)";
    expect_error(credential, &request, AZB_ERROR_ARGUMENT, "the resource is not fit");
    request.resource = "--help";
    expect_error(credential, &request, AZB_ERROR_ARGUMENT, "no '-' first");
    azb_credential_free(credential);
}

#define NOW 1790000000 /* 2026-09-21T14:13:20Z */

static const struct {
    const char *name, *output;
    int64_t expires_in; /* 0: refused */
} outputs[] = {
    {"of today",
        "{\"accessToken\":\"t\",\"expiresOn\":\"2000-01-01 00:00:00.000000\","
        "\"expires_on\":1790003600,\"subscription\":\"s\",\"tenant\":\"t\",\"tokenType\":"
        "\"Bearer\"}",
        3600},
    {"of old", "{\"accessToken\":\"t\",\"expiresOn\":\"2026-09-21 17:13:20.123456\"}", 3600},
    {"without a fraction", "{\"accessToken\":\"t\",\"expiresOn\":\"2026-09-21 17:13:20\"}", 3600},
    {"expired", "{\"accessToken\":\"t\",\"expires_on\":1790000000}", 0},
    {"another form", "{\"accessToken\":\"t\",\"expiresOn\":\"2026-09-21 17:13:20+02\"}", 0},
    {"no end", "{\"accessToken\":\"t\"}", 0},
    {"no token", "{\"expires_on\":1790003600}", 0},
    {"a bad token", "{\"accessToken\":\"a b\",\"expires_on\":1790003600}", 0},
    {"a list", "[1]", 0},
    {"nothing", "", 0},
};

/* Old versions write local time: here two hours east of UTC. */
static void test_outputs(void **unused)
{
    (void)unused;
    setenv("TZ", "EAST-2", 1);
    tzset();
    for (size_t i = 0; i < COUNT(outputs); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct token_reply reply = {0};
        arena_init(&arena, 0);
        print_message("  %s\n", outputs[i].name);
        bool read = azure_cli_output_read(text_of(outputs[i].output), NOW, &arena, &reply, &err);
        assert_int_equal(read, outputs[i].expires_in != 0);
        assert_int_equal(reply.expires_in, outputs[i].expires_in);
        assert_int_equal(err.kind, read ? AZB_ERROR_NONE : AZB_ERROR_PROTOCOL);
    }
    unsetenv("TZ");
    tzset();
}

/* A program may have said that it minds no children. */
static void test_children_ignored(void **unused)
{
    (void)unused;
    struct azb_token_request request = batch_request();
    write_az(ANSWER);
    signal(SIGCHLD, SIG_IGN);
    struct azb_credential *credential = credential_with(NULL, NULL);
    expect_token(credential, &request, "token-1");
    signal(SIGCHLD, SIG_DFL);
    azb_credential_free(credential);
}

static bool one_life(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_azure_cli_options options = AZB_AZURE_CLI_OPTIONS_INIT;
    struct entra_environment world = {.variable = look_up};
    struct azb_token_request request = batch_request();
    options.tenant_id = TENANT;
    struct azb_credential *credential = azure_cli_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (!got && err.kind != AZB_ERROR_MEMORY)
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    int failed = 0, in_a_row = 0;
    write_az(ANSWER);
    for (long n = 1; in_a_row < 10; n++) {
        memory_fail_after(n);
        bool got = one_life();
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_command),
        cmocka_unit_test(test_kept_token),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_where_it_is_looked_for),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_a_challenge),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_children_ignored),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
