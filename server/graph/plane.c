/* The graph plane has no routes yet. */
#include "control.h"

const struct plane_rows *graph_plane(void)
{
    static const struct plane_rows rows = {.name = "graph", .refuse = control_refuse};
    return &rows;
}
