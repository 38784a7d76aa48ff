#include "api/operation.h"

#define NO_ROWS(...)

/* operations.def, once for each kind of parameter. Every list ends with an empty row. */
#define OPERATION(operation_name, ...)                                                             \
    static const struct operation_parameter path_of_##operation_name[] = {
#define PATH(c_name, wire, sentence) {.name = #c_name, .wire_name = wire, .help = sentence},
#define END_OPERATION(operation_name)                                                              \
    {                                                                                              \
        .name = NULL                                                                               \
    }                                                                                              \
    }                                                                                              \
    ;
#define PERMISSION NO_ROWS
#define QUERY NO_ROWS
#define HEADER NO_ROWS
#define CONDITIONS NO_ROWS
#define BODY NO_ROWS
#define RETURNS NO_ROWS
#include "api/operations.def"

#undef OPERATION
#undef PATH
#undef QUERY
#define OPERATION(operation_name, ...)                                                             \
    static const struct operation_parameter queries_of_##operation_name[] = {
#define QUERY(c_name, wire, sentence) {.name = #c_name, .wire_name = wire, .help = sentence},
#define PATH NO_ROWS
#include "api/operations.def"

#undef OPERATION
#undef QUERY
#undef HEADER
#define OPERATION(operation_name, ...)                                                             \
    static const struct operation_parameter headers_of_##operation_name[] = {
#define HEADER(c_name, wire, sentence) {.name = #c_name, .wire_name = wire, .help = sentence},
#define QUERY NO_ROWS
#include "api/operations.def"
#include "api/operations_end.h"

/* operations.def, the table itself. */
enum { REQUIRED = true, OPTIONAL = false };
#define model_NONE NULL
#define COUNT_OF(rows) (sizeof(rows) / sizeof *(rows)-1)

#define OPERATION(operation_name, verb, where, success, sentence)                                  \
    [OPERATION_##operation_name] = {.id = OPERATION_##operation_name,                              \
        .name = #operation_name,                                                                   \
        .method = METHOD_##verb,                                                                   \
        .path = where,                                                                             \
        .status = success,                                                                         \
        .help = sentence,                                                                          \
        .path_parameters = path_of_##operation_name,                                               \
        .path_count = COUNT_OF(path_of_##operation_name),                                          \
        .queries = queries_of_##operation_name,                                                    \
        .query_count = COUNT_OF(queries_of_##operation_name),                                      \
        .headers = headers_of_##operation_name,                                                    \
        .header_count = COUNT_OF(headers_of_##operation_name),
#define PERMISSION(plane, permission_name)                                                         \
    .permission = {.kind = PERMISSION_##plane, .name = permission_name},
#define PATH NO_ROWS
#define QUERY NO_ROWS
#define HEADER NO_ROWS
#define CONDITIONS(which) .conditions = CONDITIONS_##which,
#define BODY(model_name, shape, need)                                                              \
    .body = model_##model_name, .body_shape = SHAPE_##shape, .body_required = need,
#define RETURNS(what, model_name, fragment)                                                        \
    .returns_kind = RETURNS_##what, .returns = model_##model_name, .metadata = fragment,
#define END_OPERATION(operation_name)                                                              \
    }                                                                                              \
    ,
static const struct operation operations[OPERATION_COUNT] = {
#include "api/operations.def"
};
#include "api/operations_end.h"

static const struct unserved_operation unserved[] = {
#define UNSERVED(verb, where, plane, permission_name, sentence)                                    \
    {METHOD_##verb, where, {PERMISSION_##plane, permission_name}, false, sentence},
#define RETIRED(verb, where, plane, permission_name, sentence)                                     \
    {METHOD_##verb, where, {PERMISSION_##plane, permission_name}, true, sentence},
#include "api/unserved.def"
#undef UNSERVED
#undef RETIRED
};

const struct operation *operation_at(size_t index)
{
    return index < OPERATION_COUNT ? &operations[index] : NULL;
}

const struct operation *operation_find(const char *name)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    return NULL;
}

const struct unserved_operation *unserved_at(size_t index)
{
    return index < sizeof unserved / sizeof *unserved ? &unserved[index] : NULL;
}

const char *operation_method_text(enum operation_method method)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    return names[method];
}

enum query_type operation_query_type(const struct operation_parameter *query)
{
    static const struct {
        const char *name;
        enum query_type type;
    } types[] = {
        {"max_results", QUERY_COUNT},
        {"force", QUERY_FLAG},
        {"recursive", QUERY_FLAG},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(query->name, types[i].name) == 0)
            return types[i].type;
    return QUERY_TEXT;
}
