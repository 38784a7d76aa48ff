#include "entra/environment.h"

const char *world_variable(const struct entra_environment *world, const char *name)
{
    const char *value = world && world->variable ? world->variable(name) : getenv(name);
    return value && value[0] ? value : NULL;
}
