/*
 * The commands of the Batch API: all of them are rows, and this file is what they do.
 */
#include "cli/batch_verb.h"

#include <unistd.h>

#include "api/operation.h"
#include "base/error.h"
#include "base/http.h"
#include "cli/body.h"
#include "cli/columns.h"
#include "cli/download.h"

#define API_VERSION_QUERY "api-version=2025-06-01"
#define COLLECTION_MAX 100

struct verb {
    const char *name, *summary;
    enum operation_id operation;
    enum columns_id columns;
};

static const struct verb verbs[] = {
#define VERB(name, operation, columns, summary)                                                    \
    {name, summary, OPERATION_##operation, COLUMNS_##columns},
#include "cli/verbs.def"
#undef VERB
};

#define VERB_COUNT (sizeof verbs / sizeof *verbs)

const char *batch_verb_name(size_t index)
{
    return index < VERB_COUNT ? verbs[index].name : NULL;
}

const struct operation *batch_verb_operation(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return operation_at(verbs[i].operation);
    return operation_find(name);
}

/* ---- options ------------------------------------------------------------------------------- */

static const struct option_row conditions[] = {
    {"if-match", OPTION_TEXT, false, "Only if the ETag is this one.", 0},
    {"if-none-match", OPTION_TEXT, false, "Only if the ETag is another one.", 0},
    {"if-modified-since", OPTION_TEXT, false, "Only if changed since this HTTP date.", 0},
    {"if-unmodified-since", OPTION_TEXT, false, "Only if not changed since this HTTP date.", 0},
};

/* "job_id" to "job-id". */
static char *dashed(const char *name, struct arena *arena)
{
    char *copy = arena_string(arena, name);
    for (char *at = copy; at && *at; at++)
        if (*at == '_')
            *at = '-';
    return copy;
}

static bool flag_query(const struct operation_parameter *query)
{
    return operation_query_type(query) == QUERY_FLAG;
}

static const struct option_row start_range = {
    "start-range", OPTION_TEXT, false, "The first byte, counted from 0.", 0};
static const struct option_row end_range = {"end-range", OPTION_TEXT, false, "The last byte.", 0};
static const struct option_row destination = {
    "destination", OPTION_TEXT, true, "The file to write, or - for standard output.", 0};
static const struct option_row yes = {
    "yes", OPTION_FLAG, false, "Do not ask before deleting.", 'y'};
static const struct option_row abort_resize = {
    "abort", OPTION_FLAG, false, "Stop the resize that is under way, where it is.", 0};

struct option_rows {
    struct option_row *at;
    size_t count;
};

static void add_row(struct option_rows *rows, struct option_row row)
{
    if (rows->count < OPTIONS_MAX)
        rows->at[rows->count++] = row;
}

static bool is_range(const struct operation_parameter *header)
{
    return strcmp(header->wire_name, "ocp-range") == 0;
}

static bool downloads(const struct operation *operation)
{
    return operation->returns_kind == RETURNS_FILE && operation->method == METHOD_GET;
}

static void add_wire_options(
    const struct operation *operation, struct option_rows *rows, struct arena *arena)
{
    for (size_t i = 0; i < operation->query_count; i++) {
        const struct operation_parameter *query = &operation->queries[i];
        if (strcmp(query->name, "max_results") != 0)
            add_row(
                rows, (struct option_row){dashed(query->name, arena),
                          flag_query(query) ? OPTION_FLAG : OPTION_TEXT, false, query->help, 0});
    }
    for (size_t i = 0; i < operation->header_count; i++) {
        const struct operation_parameter *header = &operation->headers[i];
        if (is_range(header)) {
            add_row(rows, start_range);
            add_row(rows, end_range);
        } else {
            add_row(rows, (struct option_row){
                              dashed(header->name, arena), OPTION_TEXT, false, header->help, 0});
        }
    }
    size_t first = operation->conditions == CONDITIONS_DATES ? 2 : 0;
    for (size_t i = first; i < 4 && operation->conditions != CONDITIONS_NONE; i++)
        add_row(rows, conditions[i]);
}

static size_t verb_options(
    const struct operation *operation, struct option_row *out, struct arena *arena)
{
    struct option_rows rows = {out, 0};
    for (size_t i = 0; i < operation->path_count; i++)
        add_row(&rows, (struct option_row){dashed(operation->path_parameters[i].name, arena),
                           OPTION_TEXT, true, operation->path_parameters[i].help, 0});
    if (downloads(operation))
        add_row(&rows, destination);
    if (operation->body)
        rows.count += body_options(operation->body(), operation->body_shape, out + rows.count,
            OPTIONS_MAX - rows.count, arena);
    if (operation->id == OPERATION_pool_resize)
        add_row(&rows, abort_resize);
    add_wire_options(operation, &rows, arena);
    if (operation->method == METHOD_DELETE)
        add_row(&rows, yes);
    return rows.count;
}

/* ---- the request --------------------------------------------------------------------------- */

static void add_path(
    const struct operation *operation, const struct arguments *arguments, struct buffer *path)
{
    struct text rest = text_of(operation->path), piece;
    scoped_arena struct arena arena = {0};
    size_t variable = 0;
    arena_init(&arena, 0);
    text_cut(&rest, '/', &piece);
    while (rest.at && text_cut(&rest, '/', &piece)) {
        buffer_add_char(path, '/');
        if (piece.length && piece.at[0] == '{')
            buffer_add_encoded(
                path, text_of(argument(
                          arguments, dashed(operation->path_parameters[variable++].name, &arena))));
        else
            buffer_add_text(path, piece);
    }
}

static void add_queries(
    const struct operation *operation, const struct arguments *arguments, struct buffer *path)
{
    buffer_add_string(path, "?" API_VERSION_QUERY);
    for (size_t i = 0; i < operation->query_count; i++) {
        const struct operation_parameter *query = &operation->queries[i];
        const char *value =
            flag_query(query) && argument_flag(arguments, query->name) ? "true" : NULL;
        if (!flag_query(query))
            value = argument(arguments, query->name);
        if (!value)
            continue;
        buffer_format(path, "&%s=", query->wire_name);
        buffer_add_encoded(path, text_of(value));
    }
}

static void add_header(struct exchange *exchange, const char *name, const char *value)
{
    if (!value || exchange->header_count == 6)
        return;
    exchange->headers[exchange->header_count][0] = name;
    exchange->headers[exchange->header_count++][1] = value;
}

/* "bytes=0-99"; without an end all from the start on. */
static bool add_range(struct session *session, const struct arguments *arguments,
    struct exchange *exchange, struct azb_error *err)
{
    const char *start = argument(arguments, "start-range");
    const char *end = argument(arguments, "end-range");
    const char *values[] = {start ? start : "0", end ? end : "0"};
    uint64_t bytes[2];
    for (size_t i = 0; i < 2; i++)
        if (!text_to_u64(text_of(values[i]), INT64_MAX, &bytes[i]))
            return fail(err, AZB_ERROR_ARGUMENT, "--%s-range '%s' is not a number of bytes",
                i ? "end" : "start", values[i]);
    if (end && bytes[1] < bytes[0])
        return fail(err, AZB_ERROR_ARGUMENT, "--end-range is before --start-range");
    if (start || end)
        add_header(exchange, "ocp-range",
            arena_format(&session->arena, "bytes=%s-%s", values[0], end ? end : ""));
    return true;
}

static bool add_headers(struct session *session, const struct operation *operation,
    const struct arguments *arguments, struct exchange *exchange, struct azb_error *err)
{
    for (size_t i = 0; i < operation->header_count; i++) {
        const struct operation_parameter *header = &operation->headers[i];
        if (!is_range(header))
            add_header(exchange, header->wire_name,
                argument(arguments, dashed(header->name, &session->arena)));
        else if (!add_range(session, arguments, exchange, err))
            return false;
    }
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        add_header(exchange, conditions[i].name, argument(arguments, conditions[i].name));
    return true;
}

static bool exchange_of(struct session *session, const struct operation *operation,
    const struct arguments *arguments, struct exchange *exchange, struct azb_error *err)
{
    scoped_buffer struct buffer path = {0};
    buffer_init(&path, 32 * 1024);
    add_path(operation, arguments, &path);
    add_queries(operation, arguments, &path);
    if (path.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "the options make a URL of more than 32 KiB");
    *exchange = (struct exchange){.endpoint = ENDPOINT_BATCH,
        .method = operation_method_text(operation->method),
        .path = arena_string(&session->arena, path.at)};
    if (!exchange->path)
        return fail_memory(err);
    return add_headers(session, operation, arguments, exchange, err);
}

/* ---- what comes back ----------------------------------------------------------------------- */

static struct json *without_metadata(struct json *object)
{
    if (object && object->first && text_is(object->first->name, "odata.metadata"))
        object->first = object->first->next;
    return object;
}

/* All pages as one list: the pages' items are linked behind each other. */
static struct json *read_pages(
    struct session *session, struct exchange *exchange, struct azb_error *err)
{
    struct json *all = arena_alloc(&session->arena, sizeof *all);
    struct json **end = all ? &all->first : NULL;
    if (!all) {
        fail_memory(err);
        return NULL;
    }
    all->type = JSON_ARRAY;
    while (exchange->path) {
        struct answer answer;
        if (!session_send(session, exchange, &answer, err))
            return NULL;
        const struct json *items = json_get(answer.json, "value");
        if (!items || items->type != JSON_ARRAY) {
            fail(err, AZB_ERROR_PROTOCOL, "the answer to a list has no 'value'");
            return NULL;
        }
        *end = items->first;
        while (*end)
            end = &(*end)->next;
        all->count += items->count;
        exchange->path = json_get_string(answer.json, "odata.nextLink", &session->arena);
    }
    return all;
}

static int run_list(struct session *session, const struct verb *verb, struct exchange *exchange)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items = read_pages(session, exchange, &err);
    if (!items)
        return session_fail(session, &err);
    output(session, items, columns_of(verb->columns));
    return EXIT_OK;
}

static int run_file(struct session *session, const struct verb *verb,
    const struct arguments *arguments, struct exchange *exchange)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (operation_at(verb->operation)->method == METHOD_HEAD) {
        const struct json *properties = file_properties(session, exchange, &err);
        if (!properties)
            return session_fail(session, &err);
        output(session, properties, NULL);
        return EXIT_OK;
    }
    if (!download(session, exchange, argument(arguments, "destination"), &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

/* ---- creating ------------------------------------------------------------------------------ */

/* Shows what was made, as az does; who may write but not read is told the id. */
static void show_created(struct session *session, const struct verb *verb,
    const struct exchange *made, const struct json *body)
{
    scoped_buffer struct buffer path = {0};
    struct azb_error ignored = AZB_ERROR_INIT;
    struct answer answer;
    buffer_init(&path, 32 * 1024);
    buffer_add(&path, made->path, strcspn(made->path, "?"));
    buffer_add_char(&path, '/');
    buffer_add_encoded(&path, json_get_text(body, "id"));
    buffer_add_string(&path, "?" API_VERSION_QUERY);
    struct exchange get = {.endpoint = ENDPOINT_BATCH, .method = "GET", .path = path.at};
    const struct json *shown = body;
    if (session_send(session, &get, &answer, &ignored) && answer.json) {
        struct json *copy = arena_alloc(&session->arena, sizeof *copy);
        if (copy) {
            *copy = *answer.json;
            shown = without_metadata(copy);
        }
    }
    azb_error_free(&ignored);
    output(session, shown, columns_of(verb->columns));
}

/* One request of at most 100 tasks; its results are linked behind `results`. */
static bool add_collection(struct session *session, const struct exchange *create,
    struct json *tasks, struct json *results, struct azb_error *err)
{
    struct answer answer;
    struct json group = {.type = JSON_OBJECT, .first = tasks};
    scoped_buffer struct buffer path = {0};
    tasks->name = TEXT("value");
    buffer_init(&path, 32 * 1024);
    buffer_add(&path, create->path, strcspn(create->path, "?") - strlen("/tasks"));
    buffer_add_string(&path, "/addtaskcollection?" API_VERSION_QUERY);
    struct exchange exchange = {.endpoint = ENDPOINT_BATCH,
        .method = "POST",
        .path = path.at,
        .body = body_text(&group, &session->arena)};
    if (!session_send(session, &exchange, &answer, err))
        return false;
    struct json **end = &results->first;
    while (*end)
        end = &(*end)->next;
    const struct json *value = json_get(answer.json, "value");
    *end = value ? value->first : NULL;
    results->count += value ? value->count : 0;
    return true;
}

static bool all_added(const struct json *results)
{
    for (const struct json *item = results->first; item; item = item->next)
        if (!text_equal_nocase(json_get_text(item, "status"), TEXT("success")))
            return false;
    return true;
}

static int create_tasks(
    struct session *session, const struct exchange *create, const struct json *list)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct json results = {.type = JSON_ARRAY};
    struct json *next = list->first;
    while (next) {
        struct json piece = {.type = JSON_ARRAY, .first = next};
        struct json *last = next;
        for (int i = 1; i < COLLECTION_MAX && last->next; i++)
            last = last->next;
        next = last->next;
        last->next = NULL;
        if (!add_collection(session, create, &piece, &results, &err))
            return session_fail(session, &err);
    }
    output(session, &results, columns_of(COLUMNS_TASK_RESULT));
    return all_added(&results) ? EXIT_OK : EXIT_FAILED;
}

/* ---- running a verb ------------------------------------------------------------------------ */

/* Deleting asks on a terminal and wants --yes elsewhere. */
static bool confirmed(const struct command *command, const struct arguments *arguments)
{
    char answer[8] = "";
    if (argument_flag(arguments, "yes"))
        return true;
    if (!isatty(STDIN_FILENO)) {
        session_usage(
            "'azb %s' deletes for good: say --yes where nobody can be asked", command->name);
        return false;
    }
    fprintf(stderr, "'azb %s' deletes for good. Go on? [y/N] ", command->name);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int send_and_show(struct session *session, const struct verb *verb,
    const struct exchange *exchange, const struct json *body)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct answer answer;
    if (!session_send(session, exchange, &answer, &err))
        return session_fail(session, &err);
    if (answer.status == 201 && body)
        show_created(session, verb, exchange, body);
    else if (answer.json) {
        struct json copy = *answer.json;
        output(session, without_metadata(&copy), columns_of(verb->columns));
    }
    return EXIT_OK;
}

static int run_with_body(struct session *session, const struct verb *verb,
    const struct arguments *arguments, struct exchange *exchange)
{
    const struct operation *operation = operation_at(verb->operation);
    struct azb_error err = AZB_ERROR_INIT;
    struct json *body =
        body_build(operation->body(), operation->body_shape, arguments, &session->arena, &err);
    if (!body)
        return session_fail(session, &err);
    if (body->type == JSON_ARRAY && operation->id == OPERATION_task_create)
        return create_tasks(session, exchange, body);
    if (body->first || operation->body_required)
        exchange->body = body_text(body, &session->arena);
    return send_and_show(session, verb, exchange, body);
}

static const struct verb *verb_named(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int run_verb(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    const struct verb *verb = verb_named(command->name);
    const struct operation *operation = operation_at(verb->operation);
    struct azb_error err = AZB_ERROR_INIT;
    struct exchange exchange;
    if (argument_flag(arguments, "abort"))
        operation = operation_at(OPERATION_pool_stop_resize);
    if (operation->method == METHOD_DELETE && !confirmed(command, arguments))
        return EXIT_USAGE;
    if (!exchange_of(session, operation, arguments, &exchange, &err))
        return session_fail(session, &err);
    if (operation->returns_kind == RETURNS_PAGE)
        return run_list(session, verb, &exchange);
    if (operation->returns_kind == RETURNS_FILE)
        return run_file(session, verb, arguments, &exchange);
    if (operation->body)
        return run_with_body(session, verb, arguments, &exchange);
    return send_and_show(session, verb, &exchange, NULL);
}

bool batch_verb(size_t index, struct arena *arena, struct command *command)
{
    if (index >= VERB_COUNT)
        return false;
    struct option_row *options = arena_array(arena, OPTIONS_MAX, sizeof *options);
    if (!options)
        return false;
    *command = (struct command){.name = verbs[index].name,
        .summary = verbs[index].summary,
        .options = options,
        .option_count = verb_options(operation_at(verbs[index].operation), options, arena),
        .run = run_verb};
    return true;
}
