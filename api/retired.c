#include "api/retired.h"

enum { IGNORED = false, REFUSED = true };

static const struct retired rows[] = {
#define RETIRED(model_name, property, last_version, fate, reason)                                  \
    {model_##model_name, property, last_version, fate, reason},
#include "api/retired.def"
#undef RETIRED
};

const struct retired *retired_find(const struct model *model, struct text name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].model() == model && text_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

bool retired_ignored(const struct retired *retired, const struct api_version *version)
{
    const struct api_version *last = api_version_find(text_of(retired->last));
    if (retired->refused || !last)
        return false;
    return (version ? version : api_version_current())->order <= last->order;
}
