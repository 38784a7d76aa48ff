/*
 * This file knows rows only, not the structs: it has to compile while azb/operations.h is being
 * made.
 */
#include "batch/print.h"

#include "api/operation.h"

static const char *query_declaration(const struct operation_parameter *query)
{
    return operation_query_type(query) == QUERY_TEXT ? "const char *" : "int64_t ";
}

static const char *query_note(const struct operation_parameter *query)
{
    return operation_query_type(query) == QUERY_FLAG ? "1: " : "";
}

static void print_member(
    struct buffer *out, const char *type, const char *name, const char *note, const char *help)
{
    if (help)
        buffer_format(out, "    /* %s%s */\n", note, help);
    buffer_format(out, "    %s%s;\n", type, name);
}

static void print_conditions(struct buffer *out, const struct operation *operation)
{
    if (operation->conditions == CONDITIONS_ALL) {
        print_member(out, "const char *", "if_match", "", "Only if the ETag is this one.");
        print_member(out, "const char *", "if_none_match", "", "Only if the ETag is another one.");
    }
    if (operation->conditions != CONDITIONS_NONE) {
        print_member(out, "const char *", "if_modified_since", "", "An HTTP date.");
        print_member(out, "const char *", "if_unmodified_since", "", "An HTTP date.");
    }
}

static bool takes_sink(const struct operation *operation)
{
    return operation->returns_kind == RETURNS_FILE && operation->method == METHOD_GET;
}

static void print_args(struct buffer *out, const struct operation *operation)
{
    buffer_format(out, "struct azb_%s_args {\n    size_t size;\n", operation->name);
    for (size_t i = 0; i < operation->path_count; i++)
        print_member(out, "const char *", operation->path_parameters[i].name, "Required. ",
            operation->path_parameters[i].help);
    if (operation->body) {
        const char *model = operation->body()->name;
        buffer_format(out, "    /* %s The body. */\n    const struct azb_%s *%s;\n",
            operation->body_required ? "Required." : "May be NULL.", model, model);
    }
    for (size_t i = 0; i < operation->query_count; i++)
        print_member(out, query_declaration(&operation->queries[i]), operation->queries[i].name,
            query_note(&operation->queries[i]), operation->queries[i].help);
    for (size_t i = 0; i < operation->header_count; i++)
        print_member(
            out, "const char *", operation->headers[i].name, "", operation->headers[i].help);
    print_conditions(out, operation);
    if (takes_sink(operation)) {
        print_member(out, "bool ", "(*sink)(void *context, const void *bytes, size_t length)", "",
            "Takes the bytes as they arrive instead of reply.bytes; false stops the transfer.");
        print_member(out, "void *", "sink_context", "", NULL);
    }
    print_member(out, "int64_t ", "timeout_ms", "",
        takes_sink(operation)
            ? "All tries together; 0 is a minute, or with a sink as long as bytes arrive."
            : "All tries together; 0 is a minute.");
    print_member(out, "const azb_cancel_flag *", "cancel", "", "NULL, or ends the call when true.");
    print_member(out, "int64_t ", "reserved", "", NULL);
    buffer_add_string(out, "};\n");
}

static void print_answer(struct buffer *out, const struct operation *operation)
{
    if (operation->returns_kind == RETURNS_MODEL || operation->returns_kind == RETURNS_PAGE)
        buffer_format(out, "\n * Fills reply->value.%s%s.", operation->returns()->name,
            operation->returns_kind == RETURNS_PAGE ? "; go on with azb_next_page()" : "");
    if (operation->returns_kind == RETURNS_FILE)
        buffer_add_string(out, operation->method == METHOD_GET
                                   ? "\n * Fills reply->file and reply->bytes."
                                   : "\n * Fills reply->file.");
}

static void print_operation(struct buffer *out, const struct operation *operation)
{
    buffer_format(out, "\n/*\n * %s\n", operation->help);
    buffer_format(out, " * %s %s\n * Needs Microsoft.Batch/batchAccounts/%s (%s).",
        operation_method_text(operation->method), operation->path, operation->permission.name,
        operation->permission.kind == PERMISSION_DATA ? "data action" : "action");
    print_answer(out, operation);
    buffer_add_string(out, "\n */\n");
    print_args(out, operation);
    buffer_format(out,
        "AZB_API AZB_MUST_CHECK bool azb_%s(struct azb_batch *batch,\n"
        "    const struct azb_%s_args *args, struct azb_reply *reply, struct azb_error *err);\n",
        operation->name, operation->name);
}

static bool returned_before(size_t index)
{
    const struct model *model = operation_at(index)->returns();
    for (size_t i = 0; i < index; i++)
        if (operation_at(i)->returns && operation_at(i)->returns() == model)
            return true;
    return false;
}

static void print_union(struct buffer *out)
{
    buffer_add_string(out, "\n/* What an answer holds; which member stands at each operation. */\n"
                           "union azb_value {\n    const void *any;\n");
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const struct operation *operation = operation_at(i);
        if (operation->returns && !returned_before(i))
            buffer_format(out, "    const struct azb_%s *%s;\n", operation->returns()->name,
                operation->returns()->name);
    }
    buffer_add_string(out, "};\n");
}

void batch_print_header(struct buffer *out)
{
    buffer_add_string(out,
        "/*\n"
        " * azb/operations.h - the operations of the Batch API. Printed from api/operations.def\n"
        " * (./dev format does it, a test proves it fresh); do not edit.\n"
        " *\n"
        " * All calls are alike: `args` names what goes in (make it with AZB_ARGS of azb/batch.h; "
        "a\n"
        " * member that is 0 or NULL is absent), `reply` (AZB_REPLY_INIT at first, then used "
        "again\n"
        " * and again) takes what comes out and is freed with azb_reply_free(). False: err is set "
        "and\n"
        " * the reply holds nothing. Errors: ARGUMENT (a required member is missing), "
        "AUTHENTICATION,\n"
        " * PERMISSION, NOT_FOUND, CONFLICT, SERVICE (err.code has Batch's word), NETWORK, "
        "TIMEOUT,\n"
        " * CANCELLED, PROTOCOL, MEMORY.\n"
        " */\n"
        "#ifndef AZB_OPERATIONS_H\n#define AZB_OPERATIONS_H\n\n"
        "#include <azb/entra.h>\n#include <azb/error.h>\n#include <azb/models.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n"
        "#ifdef __GNUC__ /* azb_task_list is a struct and a function, as stat is; -Wshadow minds "
        "*/\n"
        "#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wshadow\"\n#endif\n"
        "#endif\n\n"
        "struct azb_batch;\nstruct azb_reply;\n");
    print_union(out);
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        print_operation(out, operation_at(i));
    buffer_add_string(out, "\n#ifdef __cplusplus\n#ifdef __GNUC__\n#pragma GCC diagnostic "
                           "pop\n#endif\n}\n#endif\n#endif\n");
}
