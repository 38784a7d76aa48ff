/* The files of a node: shared, startup, and the directories of its tasks under workitems. */
#include "base/error.h"
#include "batch/file.h"
#include "batch/node.h"

static bool open_root(struct request *request, struct file_root *root, struct azb_error *err)
{
    struct pool_row pool;
    struct node_row node;
    const char *url = NULL, *directory = NULL;

    if (!node_find(request, &pool, &node, err))
        return false;
    url = arena_format(&request->arena, "%s/files", node.shown.url);
    directory = arena_format(&request->arena, "%s/%s", pool.shown.id, node.shown.id);
    if (!url || !directory)
        return fail_memory(err);
    *root = file_root_open(request, directory, url);
    return true;
}

bool serve_node_file_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_file_root struct file_root root = {-1, NULL};

    return open_root(request, &root, err) && file_list(request, &root, reply, err);
}

bool serve_node_file_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_file_root struct file_root root = {-1, NULL};

    return open_root(request, &root, err) &&
           file_get(request, &root, request->values[2], reply, err);
}

bool serve_node_file_properties(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_node_file_get(request, reply, err);
}
