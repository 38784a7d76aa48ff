/* azbd: options, signals, exit status. */
#include <getopt.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "config.h"
#include "engine/engine.h"
#include "service.h"

#define EXIT_USAGE 2
#define FILES_WANTED 8192

enum option_kind {
    OPTION_TEXT,
    OPTION_FLAG,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_CONFIG_SCHEMA,
};

struct option_row {
    const char *name;
    const char *value; /* what help calls it; NULL for a flag */
    enum option_kind kind;
    size_t member; /* of struct service_options */
    const char *help;
};

#define MEMBER(name) offsetof(struct service_options, name)

static const struct option_row option_rows[] = {
    {"state", "DIR", OPTION_TEXT, MEMBER(state),
        "keep everything here (default: $XDG_STATE_HOME/azb, ~/.local/state/azb)"},
    {"listen", "ADDRESS", OPTION_TEXT, MEMBER(listen),
        "serve HTTPS here (default: 127.0.0.1:8443; port 0 takes a free one)"},
    {"proxy-listen", "ADDRESS", OPTION_TEXT, MEMBER(proxy_listen),
        "serve the proxy here (default: 127.0.0.1:8444; none: no proxy)"},
    {"config", "FILE", OPTION_TEXT, MEMBER(config), "make the state hold what this JSON file says"},
    {"config-schema", NULL, OPTION_CONFIG_SCHEMA, 0, "show the schema of that file"},
    {"access", "MODE", OPTION_TEXT, MEMBER(access),
        "enforce (default), or audit: allow what roles refuse, and log it"},
    {"ready-file", "FILE", OPTION_TEXT, MEMBER(ready_file), "write the address here when serving"},
    {"test-controls", NULL, OPTION_FLAG, MEMBER(test_controls),
        "allow tests to move the clock and to make requests fail"},
    {"allow-remote", NULL, OPTION_FLAG, MEMBER(allow_remote),
        "allow addresses that other hosts can reach"},
    {"help", NULL, OPTION_HELP, 0, "show this"},
    {"version", NULL, OPTION_VERSION, 0, "show the version"},
};

#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

static int show_help(void)
{
    puts("Usage: azbd [OPTION]...\n"
         "A local Microsoft Entra ID, Azure Resource Manager, Graph and Batch service.\n");
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        char left[40];
        const struct option_row *row = &option_rows[i];
        snprintf(left, sizeof(left), "--%s %s", row->name, row->value ? row->value : "");
        printf("  %-24s %s\n", left, row->help);
    }
    puts("\nIt runs in the foreground and logs to stderr; SIGTERM or SIGINT ends it.\n"
         "`azb env` prints what a shell needs to use it.");
    return EXIT_SUCCESS;
}

static int show_version(void)
{
    puts("azbd " AZB_VERSION);
    return EXIT_SUCCESS;
}

static int show_config_schema(void)
{
    struct buffer text;
    buffer_init(&text, 1 << 20);
    config_print_schema(&text);
    bool shown = !text.failed && fputs(text.at, stdout) >= 0;
    buffer_free(&text);
    return shown ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void set_option(
    struct service_options *options, const struct option_row *row, const char *value)
{
    char *member = (char *)options + row->member;
    if (row->kind == OPTION_TEXT)
        *(const char **)(void *)member = value;
    else if (row->kind == OPTION_FLAG)
        *(bool *)member = true;
}

static void fill_long_options(struct option *out)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        out[i] = (struct option){option_rows[i].name,
            option_rows[i].value ? required_argument : no_argument, NULL, (int)i};
}

/* -1: go on. Otherwise the exit status. */
static int read_options(int argc, char **argv, struct service_options *options)
{
    struct option long_options[OPTION_ROWS + 1] = {{0}};
    fill_long_options(long_options);
    int at = 0, found;
    while ((found = getopt_long(argc, argv, "", long_options, &at)) != -1) {
        if (found == '?')
            return EXIT_USAGE;
        if (option_rows[found].kind == OPTION_HELP)
            return show_help();
        if (option_rows[found].kind == OPTION_VERSION)
            return show_version();
        if (option_rows[found].kind == OPTION_CONFIG_SCHEMA)
            return show_config_schema();
        set_option(options, &option_rows[found], optarg);
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "azbd: unexpected argument \"%s\"; see azbd --help\n", argv[optind]);
    return EXIT_USAGE;
}

/* Each connection is a descriptor; the usual soft limit of 1024 is for programs that use select. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED)
        return;
    limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Blocked before the first thread starts, so that they are all blocked and only main waits. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve(const struct service_options *options)
{
    static struct service service;
    struct azb_error err = AZB_ERROR_INIT;
    sigset_t signals;
    int which = 0;
    block_signals(&signals);
    raise_file_limit();
    if (!service_start(&service, options, &err)) {
        fprintf(stderr, "azbd: %s\n", err.message);
        azb_error_free(&err);
        return EXIT_FAILURE;
    }
    service_log("service", "serving at %s, state in %s", service.base_url, service.state);
    while (sigwait(&signals, &which) != 0)
        ;
    service_log("service", "%s: ending", which == SIGINT ? "interrupted" : "terminated");
    service_stop(&service);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], ENGINE_SUPERVISOR_OPTION) == 0)
        return engine_supervisor_main(argc, argv);
    struct service_options options = {0};
    int status = read_options(argc, argv, &options);
    return status >= 0 ? status : serve(&options);
}
