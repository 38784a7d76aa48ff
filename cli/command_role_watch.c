/* azb role watch: follows azbd's log of decisions. */
#include <stdio.h>

#include "base/error.h"
#include "base/http.h"
#include "cli/access_log.h"
#include "cli/commands.h"
#include "cli/wrap.h"

#define WAIT_S 20    /* how long azbd holds a request when there is nothing to tell */
#define POLL_MS 1000 /* at least so long between two answers that tell nothing */
#define AGAIN_MS 500 /* between two tries while azbd is away */
#define COUNT_MAX 1000000

static const struct option_row options[] = {
    {"app", OPTION_TEXT, false,
        "Only decisions about this application (or user): client id, object id or name.", 0},
    {"denied", OPTION_FLAG, false, "Only what was refused, or would be without audit mode.", 0},
    {"since", OPTION_TEXT, false, "Begin in the past: 10m, 1h, or a time (now).", 0},
    {"count", OPTION_TEXT, false, "End after so many decisions.", 0},
};

struct watch {
    struct session *session;
    const struct arguments *arguments;
    struct access_log_principal who; /* id NULL: everybody */
    struct http_client *pause;       /* whose wait this is between two tries */
    const char *since;               /* where it begins */
    char after[32];                  /* the log's cursor; "" before the first answer */
    uint64_t wanted;                 /* 0: no end */
    uint64_t printed;
    bool away; /* azbd did not answer, and that was told */
};

/* ---- a line -------------------------------------------------------------------------------- */

static const char *verdict_of(const struct json *decision)
{
    if (json_get_bool(decision, "wouldDeny", false))
        return "audit";
    return json_get_bool(decision, "allowed", false) ? "allowed" : "denied";
}

static struct text name_of(const struct json *decision)
{
    const struct json *principal = json_get(decision, "principal");
    static const char *const names[] = {"name", "clientId", "objectId"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (json_get_text(principal, names[i]).length)
            return json_get_text(principal, names[i]);
    return TEXT("-");
}

/* The nearest miss in a word, or what is wrong with the token or the request. */
static struct text reason_of(const struct json *decision)
{
    const struct json *assignments = json_path(decision, "explanation.assignments");
    struct text token = json_text(json_path(decision, "tokenProblem.reason"));
    struct text refusal = json_text(json_path(decision, "refusal.reason"));
    if (token.length || refusal.length)
        return token.length ? token : refusal;
    if (json_get_bool(decision, "allowed", false) && !json_get_bool(decision, "wouldDeny", false))
        return json_get_text(decision, "rule");
    return assignments && assignments->first ? json_get_text(assignments->first, "reason")
                                             : TEXT("noAssignment");
}

static void print_line(const struct json *decision)
{
    struct text time = json_get_text(decision, "time");
    struct text action = json_get_text(decision, "action");
    struct text shown =
        text_starts(action, "Microsoft.Batch/batchAccounts/")
            ? text_slice(action, strlen("Microsoft.Batch/batchAccounts/"), action.length)
            : action;
    print_clean(stdout, text_slice(time, 11, 19));
    printf("  %-7s  ", verdict_of(decision));
    print_clean(stdout, name_of(decision));
    fputs("  ", stdout);
    print_clean(stdout, json_get_text(decision, "method"));
    fputc(' ', stdout);
    print_clean(stdout, json_get_text(decision, "path"));
    fputs("  ", stdout);
    print_clean(stdout, shown.length ? shown : TEXT("-"));
    fputs("  ", stdout);
    print_clean(stdout, reason_of(decision));
    fputs("  ", stdout);
    print_clean(stdout, json_get_text(decision, "id"));
    fputc('\n', stdout);
}

/* One document a line, so that `jq` can follow. */
static void print_json_line(const struct json *decision)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 4 << 20);
    json_writer_init(&writer, &text, 0);
    json_write_tree(&writer, decision);
    if (!text.failed)
        puts(text.at);
}

static void print_tsv_line(const struct json *decision)
{
    const struct text cells[] = {json_get_text(decision, "time"), text_of(verdict_of(decision)),
        name_of(decision), json_get_text(decision, "method"), json_get_text(decision, "path"),
        json_get_text(decision, "action"), reason_of(decision), json_get_text(decision, "id")};
    for (size_t i = 0; i < COUNT(cells); i++) {
        if (i)
            fputc('\t', stdout);
        print_clean(stdout, cells[i]);
    }
    fputc('\n', stdout);
}

/* False when that was the last one that is wanted, or nobody reads any more. */
static bool show(struct watch *watch, const struct json *decision)
{
    static void (*const printers[])(const struct json *) = {[OUTPUT_JSON] = print_json_line,
        [OUTPUT_TABLE] = print_line,
        [OUTPUT_TSV] = print_tsv_line};
    printers[watch->session->format](decision);
    watch->printed++;
    return fflush(stdout) == 0 && watch->printed != watch->wanted;
}

/* ---- following ----------------------------------------------------------------------------- */

static char *path_of(struct watch *watch, struct session *turn, struct azb_error *err)
{
    scoped_buffer struct buffer query = {0};
    char wait[16];
    bool first = !*watch->after;
    snprintf(wait, sizeof wait, "%d", first || watch->away ? 0 : WAIT_S);
    buffer_init(&query, 4096);
    if (first)
        buffer_add_form(&query, "since", text_of(watch->since));
    else
        buffer_add_form(&query, "after", text_of(watch->after));
    if (watch->who.id)
        buffer_add_form(&query, "principal", text_of(watch->who.id));
    if (argument_flag(watch->arguments, "denied"))
        buffer_add_form(&query, "allowed", TEXT("false"));
    buffer_add_form(&query, "wait", text_of(wait));
    char *path = query.failed ? NULL : arena_format(&turn->arena, "decisions?%s", query.at);
    if (!path)
        fail_memory(err);
    return path;
}

/* The log is in azbd's memory: a new azbd counts from one again. */
static bool went_back(const char *after, struct text next)
{
    uint64_t old, new;
    return text_to_u64(text_of(after), UINT64_MAX, &old) && text_to_u64(next, UINT64_MAX, &new) &&
           new < old;
}

/* *more: whether to go on. */
static bool take(struct watch *watch, const struct json *answer, bool *more, struct azb_error *err)
{
    struct text next = json_get_text(answer, "next");
    if (!next.length || next.length >= sizeof watch->after)
        return fail(err, AZB_ERROR_PROTOCOL, "the answer of the log has no cursor 'next'");
    const struct json *decision = json_get(answer, "value")->first;
    for (; *more && decision; decision = decision->next)
        *more = show(watch, decision);
    if (went_back(watch->after, next)) {
        memcpy(watch->after, "0", sizeof "0");
        return true;
    }
    if (*watch->after && json_get_bool(answer, "forgotten", false))
        session_note("there were more decisions than azbd remembers: some are missing here.");
    snprintf(watch->after, sizeof watch->after, "%.*s", TEXT_ARGS(next));
    return true;
}

/* A restart of azbd is waited for; whatever else is wrong stays wrong. */
static bool wait_for_it(struct watch *watch, struct azb_error *err)
{
    bool gone = err->kind == AZB_ERROR_NETWORK || err->kind == AZB_ERROR_TIMEOUT;
    if (!gone || !*watch->after)
        return false;
    if (!watch->away)
        session_note("azbd does not answer; waiting for it.");
    watch->away = true;
    azb_error_free(err);
    return http_wait(watch->pause, AGAIN_MS, NULL);
}

/* What one answer takes is given back with it: this may go on for days. */
static bool ask_once(struct watch *watch, struct session *turn, bool *more, struct azb_error *err)
{
    const struct json *answer;
    int64_t begun = monotonic_ms();
    bool first = !*watch->after;
    uint64_t printed = watch->printed;
    char *path = path_of(watch, turn, err);
    if (!path)
        return false;
    if (!access_log_get(turn, path, &answer, err))
        return wait_for_it(watch, err);
    if (watch->away)
        session_note("azbd is back.");
    watch->away = false;
    if (!take(watch, answer, more, err))
        return false;
    /* Of a service that does not hold the request nobody asks without a pause. */
    int64_t early = begun + POLL_MS - monotonic_ms();
    if (!first && watch->printed == printed && early > 0)
        http_wait(watch->pause, early, NULL);
    return true;
}

static bool follow(struct watch *watch, struct azb_error *err)
{
    bool more = true;
    /* The first one opens the session's connection, which the others share. */
    if (!ask_once(watch, watch->session, &more, err))
        return false;
    while (more) {
        struct session turn = *watch->session;
        arena_init(&turn.arena, 0);
        bool asked = ask_once(watch, &turn, &more, err);
        arena_free(&turn.arena);
        if (!asked)
            return false;
    }
    return true;
}

static bool begin(struct watch *watch, struct azb_error *err)
{
    const char *app = argument(watch->arguments, "app");
    const char *since = argument(watch->arguments, "since");
    const char *count = argument(watch->arguments, "count");
    const struct http_options usual = {0};
    if (count && (!text_to_u64(text_of(count), COUNT_MAX, &watch->wanted) || !watch->wanted))
        return fail(
            err, AZB_ERROR_ARGUMENT, "--count '%s' is no number from 1 to %d", count, COUNT_MAX);
    watch->since = since ? access_since("since", since, &watch->session->arena, err) : "PT0S";
    if (!watch->since || (app && !access_log_principal(watch->session, app, &watch->who, err)))
        return false;
    watch->pause = http_client_new(&usual, err);
    return watch->pause != NULL;
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct watch watch = {.session = session, .arguments = arguments};
    (void)command;
    bool done = begin(&watch, &err) && follow(&watch, &err);
    http_client_free(watch.pause);
    return done ? EXIT_OK : session_fail(session, &err);
}

const struct command command_role_watch = {"role watch",
    "Follows the decisions of azbd, a line each.",
    "Goes on until it is interrupted, also across a restart of azbd. A line has the time (UTC), "
    "the verdict, who, the request, the operation, the rule that allowed it or the nearest reason "
    "why not, and the id for `azb role explain`. With -o json each line is a document.\n"
    "  azb role watch --denied\n"
    "  azb role watch --app APPLICATION -o json | jq -r .action",
    options, COUNT(options), run};
