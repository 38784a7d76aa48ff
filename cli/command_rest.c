/* azb rest: any request to Batch, Resource Manager or Graph, with the right token. */
#include <stdio.h>

#include "base/error.h"
#include "base/http.h"
#include "cli/commands.h"
#include "cli/output.h"

static const struct option_row options[] = {
    {"METHOD", OPTION_POSITIONAL, true, "GET, POST, PUT, PATCH, DELETE or HEAD.", 0},
    {"URL", OPTION_POSITIONAL, true, "A whole URL, or a path such as /jobs or /v1.0/applications.",
        0},
    {"body", OPTION_TEXT, false, "JSON, @FILE, or - for standard input.", 'b'},
    {"headers", OPTION_LIST, false, "NAME=VALUE pairs.", 0},
};

static const char *const versions[ENDPOINTS] = {
    [ENDPOINT_BATCH] = "api-version=2025-06-01",
    [ENDPOINT_ARM] = "api-version=2022-04-01",
    [ENDPOINT_GRAPH] = NULL,
};

/* A path goes where paths of its kind live. */
static enum endpoint endpoint_of_path(const char *path)
{
    static const struct {
        const char *start;
        enum endpoint endpoint;
    } starts[] = {
        {"/v1.0/", ENDPOINT_GRAPH},
        {"/subscriptions", ENDPOINT_ARM},
        {"/providers/", ENDPOINT_ARM},
        {"/tenants", ENDPOINT_ARM},
    };
    for (size_t i = 0; i < COUNT(starts); i++)
        if (text_starts(text_of(path), starts[i].start))
            return starts[i].endpoint;
    return ENDPOINT_BATCH;
}

static bool begins_with_base(struct session *session, enum endpoint endpoint, const char *url)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const char *base = session_url(session, endpoint, &ignored);
    size_t length = base ? strlen(base) : 0;
    azb_error_free(&ignored);
    return base && strncmp(url, base, length) == 0 && (url[length] == '/' || !url[length]);
}

/* A whole URL must begin with a configured one: a token goes nowhere else. */
static bool split_url(
    struct session *session, const char *url, struct exchange *exchange, struct azb_error *err)
{
    struct url parts;
    if (url[0] == '/') {
        exchange->endpoint = endpoint_of_path(url);
        exchange->path = url;
        return true;
    }
    if (!url_parse(text_of(url), &parts))
        return fail(err, AZB_ERROR_ARGUMENT, "'%s' is neither a path nor an https URL", url);
    const char *path = parts.path.length ? parts.path.at : "/";
    for (int i = 0; i < ENDPOINTS; i++)
        if (begins_with_base(session, (enum endpoint)i, url)) {
            enum endpoint by_path = endpoint_of_path(path);
            exchange->endpoint =
                begins_with_base(session, by_path, url) ? by_path : (enum endpoint)i;
            exchange->path = path;
            return true;
        }
    return fail(err, AZB_ERROR_ARGUMENT,
        "'%s' is none of the services that azb is set up for (AZURE_BATCH_ENDPOINT, "
        "AZB_ARM_ENDPOINT, AZB_GRAPH_ENDPOINT): no token is sent there",
        url);
}

static bool add_version(struct session *session, struct exchange *exchange, struct azb_error *err)
{
    const char *version = versions[exchange->endpoint];
    if (!version || strstr(exchange->path, "api-version="))
        return true;
    exchange->path = arena_format(&session->arena, "%s%c%s", exchange->path,
        strchr(exchange->path, '?') ? '&' : '?', version);
    return exchange->path ? true : fail_memory(err);
}

static bool set_method(const char *given, struct exchange *exchange, struct azb_error *err)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
    for (size_t i = 0; i < COUNT(methods); i++)
        if (string_equal_nocase(given, methods[i])) {
            exchange->method = methods[i];
            return true;
        }
    return fail(err, AZB_ERROR_ARGUMENT,
        "the method '%s' is none of GET, POST, PUT, PATCH, DELETE, HEAD", given);
}

static bool add_headers(struct session *session, const struct arguments *arguments,
    struct exchange *exchange, struct azb_error *err)
{
    const struct option_value *given = argument_list(arguments, "headers");
    for (size_t i = 0; given && i < given->count; i++) {
        struct text rest = text_of(given->values[i]), name;
        text_cut(&rest, '=', &name);
        if (!rest.at || exchange->header_count == 6)
            return fail(err, AZB_ERROR_ARGUMENT,
                "--headers '%s' is not NAME=VALUE, or there are more than 6", given->values[i]);
        exchange->headers[exchange->header_count][0] = text_string(&session->arena, name);
        exchange->headers[exchange->header_count++][1] = rest.at;
    }
    return true;
}

static bool add_body(struct session *session, const struct arguments *arguments,
    struct exchange *exchange, struct azb_error *err)
{
    const char *body = argument(arguments, "body");
    if (!body)
        return true;
    if (body[0] == '@' || strcmp(body, "-") == 0)
        return read_input(&session->arena, body, &exchange->body, err);
    exchange->body = text_of(body);
    return true;
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct exchange exchange = {.method = NULL};
    struct answer answer;
    (void)command;
    if (!set_method(argument(arguments, "METHOD"), &exchange, &err) ||
        !split_url(session, argument(arguments, "URL"), &exchange, &err) ||
        !add_version(session, &exchange, &err) ||
        !add_headers(session, arguments, &exchange, &err) ||
        !add_body(session, arguments, &exchange, &err) ||
        !session_send(session, &exchange, &answer, &err))
        return session_fail(session, &err);
    const struct json *list = json_get(answer.json, "value");
    if (answer.json && session->format != OUTPUT_JSON && list && list->type == JSON_ARRAY)
        output(session, list, NULL);
    else if (answer.json)
        output(session, answer.json, NULL);
    else
        fwrite(answer.body.at ? answer.body.at : "", 1, answer.body.length, stdout);
    return EXIT_OK;
}

const struct command command_rest = {"rest",
    "Sends any request to Batch, Resource Manager or Graph with the right token.",
    "api-version is added when the URL has none.", options, COUNT(options), run};
