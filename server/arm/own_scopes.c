#include "arm/own_scopes.h"

#include "store/rows.h"

static bool read_name(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)err;
    *(const char **)item = statement_string(s, 0, arena);
    return true;
}

static bool own_scopes(struct request *request, struct rbac_names *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.group_id FROM own"
        "  JOIN group_member m ON m.member_id = own.id)"
        " SELECT DISTINCT scope FROM role_assignment WHERE principal_id IN (SELECT id FROM own)");
    statement_bind_string(&s, 1, request->caller.object_id);
    out->at = rows_read(&s, sizeof *out->at, read_name, &request->arena, &out->count, err);
    return out->at != NULL;
}

bool arm_own_scopes_load(struct request *request, struct arm_own_scopes *out, struct azb_error *err)
{
    return own_scopes(request, &out->scopes, err) &&
           management_tree_load(request->store, &request->arena, &out->tree, err);
}

bool arm_own_scopes_touch(const struct arm_own_scopes *own, struct text scope)
{
    for (size_t i = 0; i < own->scopes.count; i++) {
        struct text one = text_of(own->scopes.at[i]);
        if (management_tree_within(&own->tree, scope, one) ||
            management_tree_within(&own->tree, one, scope))
            return true;
    }
    return false;
}

bool arm_own_scopes_cover(const struct arm_own_scopes *own, struct text scope)
{
    for (size_t i = 0; i < own->scopes.count; i++)
        if (management_tree_within(&own->tree, scope, text_of(own->scopes.at[i])))
            return true;
    return false;
}
