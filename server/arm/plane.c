/* The arm plane has no routes yet. */
#include "control.h"

const struct plane_rows *arm_plane(void)
{
    static const struct plane_rows rows = {.name = "arm", .refuse = control_refuse};
    return &rows;
}
