#include "api/version.h"

/* Source: the versions that published SDKs send, and the service's own list (2026-10-01 changes
 * nothing that is described here, so it is another name for 2025-06-01). */
static const struct api_version versions[] = {
    {"2020-09-01.12.0", 0},
    {"2021-06-01.14.0", 1},
    {"2022-01-01.15.0", 2},
    {"2022-10-01.16.0", 3},
    {"2023-05-01.17.0", 4},
    {"2023-11-01.18.0", 5},
    {"2024-02-01.19.0", 6},
    {"2024-07-01.20.0", 7},
    {"2025-06-01", 8},
    {"2026-10-01", 9},
};

const struct api_version *api_version_at(size_t index)
{
    return index < sizeof versions / sizeof *versions ? &versions[index] : NULL;
}

const struct api_version *api_version_find(struct text name)
{
    const struct api_version *version;
    for (size_t i = 0; (version = api_version_at(i)) != NULL; i++)
        if (text_is(name, version->name))
            return version;
    return NULL;
}

const struct api_version *api_version_current(void)
{
    return api_version_find(TEXT(API_VERSION_CURRENT));
}
