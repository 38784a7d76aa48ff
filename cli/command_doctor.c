/* azb doctor: what is the first thing between this machine and its Batch account that is wrong? */
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/output.h"
#include "cli/wrap.h"
#include "entra/token_response.h"

static const struct check {
    const char *name;
    const char *about; /* in the verdict: "the first thing that is wrong is ..." */
    check_fn *run;
} checks[] = {
    {"authority", "the authority", check_authority},
    {"tenant", "the tenant", check_tenant},
    {"clock", "the clock", check_clock},
    {"proxy", "the proxy", check_proxy},
    {"ca", "the trust in the server's certificate", check_ca},
    {"credential", "the credential", check_sources},
    {"token", "the token", check_token},
    {"audience", "the token's audience", check_audience},
    {"account", "the account's endpoint", check_account},
    {"role", "the role on the account", check_role},
};

/* ---- Findings ------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static const char *sentence(
    struct doctor *doctor, const char *format, va_list args)
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 4096);
    buffer_format_v(&text, format, args);
    const char *copy = text.failed ? NULL : arena_string(&doctor->session->arena, text.at);
    return copy ? copy : "(out of memory)";
}

void finding_set(struct doctor *doctor, struct finding *finding, enum finding_status status,
    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding->status = status;
    finding->detail = sentence(doctor, format, args);
    va_end(args);
    if (status == FINDING_FAIL && !finding->exit_code)
        finding->exit_code = EXIT_FAILED;
}

void finding_remedy(struct doctor *doctor, struct finding *finding, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding->remedy = sentence(doctor, format, args);
    va_end(args);
}

/* What to do about "AADSTS7000215"; the words of the error end with it: there it is taken away. */
static const char *entra_advice(struct azb_error *err)
{
    uint64_t number;
    struct text code = text_of(err->code);
    if (!text_starts(code, "AADSTS") ||
        !text_to_u64(text_slice(code, strlen("AADSTS"), code.length), INT32_MAX, &number))
        return NULL;
    const char *advice = token_advice((int64_t)number);
    char *found = advice ? strstr(err->message, advice) : NULL;
    if (found)
        *found = '\0';
    return advice;
}

void finding_error(struct doctor *doctor, struct finding *finding, struct azb_error *err)
{
    const char *advice = entra_advice(err);
    bool named = *err->code && err->http_status && !strstr(err->message, err->code);
    if (!advice)
        advice = session_advice(err);
    finding->exit_code = session_exit_code(err);
    finding_set(doctor, finding, FINDING_FAIL, "%s%s%s", named ? err->code : "", named ? ": " : "",
        err->message);
    if (advice && !finding->remedy)
        finding_remedy(doctor, finding, "%s", advice);
    azb_error_free(err);
}

void finding_part(struct doctor *doctor, struct finding *finding, const char *name,
    const char *state, const char *format, ...)
{
    va_list args;
    if (finding->part_count == FINDING_PARTS_MAX)
        return;
    va_start(args, format);
    finding->parts[finding->part_count++] =
        (struct finding_part){name, state, sentence(doctor, format, args)};
    va_end(args);
}

/* ---- For people ----------------------------------------------------------------------------- */

static const struct {
    const char *word, *colour;
} statuses[] = {
    [FINDING_OK] = {"ok", "\033[32m"},
    [FINDING_WARN] = {"warn", "\033[33m"},
    [FINDING_FAIL] = {"fail", "\033[31m"},
    [FINDING_SKIPPED] = {"skipped", "\033[2m"},
};

/* https://no-color.org */
static bool may_colour(void)
{
    const char *terminal = environment("TERM");
    return isatty(STDOUT_FILENO) && !environment("NO_COLOR") && terminal &&
           strcmp(terminal, "dumb") != 0;
}

#define WORD_COLUMNS 9  /* "skipped  " */
#define NAME_COLUMNS 12 /* "credential  " */
#define INDENT (WORD_COLUMNS + NAME_COLUMNS)

static void print_finding(const struct check *check, const struct finding *finding)
{
    const char *word = statuses[finding->status].word;
    bool colour = may_colour();
    printf("%s%-*s%s%-*s", colour ? statuses[finding->status].colour : "", WORD_COLUMNS, word,
        colour ? "\033[0m" : "", NAME_COLUMNS, check->name);
    wrap_print(stdout, INDENT, INDENT, text_of(finding->detail));
    for (size_t i = 0; i < finding->part_count; i++) {
        const struct finding_part *part = &finding->parts[i];
        if (finding->status == FINDING_OK && strcmp(part->state, PART_NOT_SET) == 0)
            continue;
        printf("%*s%-18s %-11s", INDENT, "", part->name, part->state);
        wrap_print(stdout, INDENT + 2, INDENT + 30, text_of(part->detail));
    }
    fflush(stdout); /* each as it is found: the next may wait for a time-out */
}

static void print_verdict(const struct check *check, const struct finding *finding)
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 16384);
    if (!check) {
        puts("\nNothing is wrong.");
        return;
    }
    buffer_format(&text, "The first thing that is wrong is %s: %s", check->about, finding->detail);
    putchar('\n');
    wrap_print(stdout, 0, 0, buffer_text(&text));
    if (!finding->remedy)
        return;
    fputs("Mend it: ", stdout);
    wrap_print(stdout, 2, strlen("Mend it: "), text_of(finding->remedy));
}

/* ---- For programs --------------------------------------------------------------------------- */

static void write_parts(struct json_writer *writer, const struct finding *finding)
{
    json_name(writer, "parts");
    json_begin_array(writer);
    for (size_t i = 0; i < finding->part_count; i++) {
        json_begin_object(writer);
        json_member(writer, "name", finding->parts[i].name);
        json_member(writer, "state", finding->parts[i].state);
        json_member(writer, "detail", finding->parts[i].detail);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_finding(
    struct json_writer *writer, const struct check *check, const struct finding *finding)
{
    json_begin_object(writer);
    json_member(writer, "name", check->name);
    json_member(writer, "status", statuses[finding->status].word);
    json_member(writer, "detail", finding->detail);
    json_member(writer, "remedy", finding->remedy);
    if (finding->part_count)
        write_parts(writer, finding);
    json_end_object(writer);
}

static void print_document(
    const struct session *session, const struct finding *findings, const struct check *first)
{
    static const char *const columns[] = {"name", "status", "detail", "remedy", NULL};
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct azb_error ignored = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "firstFailure");
    json_write_string(&writer, first ? first->name : NULL);
    json_name(&writer, "checks");
    json_begin_array(&writer);
    for (size_t i = 0; i < COUNT(checks); i++)
        write_finding(&writer, &checks[i], &findings[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    const struct json *document = json_parse(buffer_text(&text), &arena, &ignored);
    if (document && session->format == OUTPUT_JSON)
        output(session, document, NULL);
    else if (document)
        output(session, json_get(document, "checks"), columns);
    azb_error_free(&ignored);
}

/* ---- The walk ------------------------------------------------------------------------------- */

static bool uses_key(const struct session *session)
{
    const char *mode =
        session->auth_mode ? session->auth_mode : environment("AZURE_BATCH_AUTH_MODE");
    return mode && strcmp(mode, "shared_key") == 0;
}

static bool begin(struct doctor *doctor, struct session *session, struct azb_error *err)
{
    *doctor = (struct doctor){.session = session, .uses_key = uses_key(session)};
    doctor->identity = session_identity(session, &doctor->identity_problem);
    const struct identity *identity = doctor->identity;
    doctor->authority_host =
        identity ? identity->authority_host : environment("AZURE_AUTHORITY_HOST");
    doctor->tenant_id =
        identity && identity->login ? identity->login->tenant_id : environment("AZURE_TENANT_ID");
    struct http_options options = {
        .ca_file = identity ? identity->ca_file : environment("AZB_CA_FILE")};
    doctor->http = http_client_new(&options, err);
    return doctor->http != NULL;
}

static int examine(struct doctor *doctor)
{
    struct finding findings[COUNT(checks)] = {0};
    const struct check *first = NULL;
    size_t failed = 0;
    bool people = doctor->session->format == OUTPUT_TABLE;
    for (size_t i = 0; i < COUNT(checks); i++) {
        checks[i].run(doctor, &findings[i]);
        if (!first && findings[i].status == FINDING_FAIL) {
            first = &checks[i];
            failed = i;
        }
        if (people)
            print_finding(&checks[i], &findings[i]);
    }
    if (people)
        print_verdict(first, &findings[failed]);
    else
        print_document(doctor->session, findings, first);
    return first ? findings[failed].exit_code : EXIT_OK;
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct doctor doctor;
    (void)command;
    (void)arguments;
    if (!begin(&doctor, session, &err))
        return session_fail(session, &err);
    int status = examine(&doctor);
    azb_error_free(&doctor.problem);
    azb_error_free(&doctor.identity_problem);
    http_client_free(doctor.http);
    return status;
}

const struct command command_doctor = {"doctor",
    "Finds the first thing that is wrong, and says how to mend it.",
    "Looks at the authority, the tenant, the clock, the proxy, the CA, the credential, a new "
    "token, "
    "its audience, the account's endpoint and the role on the account, and changes nothing. The "
    "exit code is that of the first failure (azb help exit-codes), 0 when there is none.\n\n"
    "  azb doctor\n"
    "  azb doctor --as NAME -o json",
    NULL, 0, run};
