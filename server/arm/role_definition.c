/* {scope}/providers/Microsoft.Authorization/roleDefinitions */
#include "arm/arm.h"
#include "arm/page.h"
#include "arm/roles.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"

#define READ "Microsoft.Authorization/roleDefinitions/read"
#define WRITE "Microsoft.Authorization/roleDefinitions/write"
#define DELETE "Microsoft.Authorization/roleDefinitions/delete"

static bool does_not_exist(struct text id, struct azb_error *err)
{
    return fail_status(err, 404, "RoleDefinitionDoesNotExist",
        "The specified role definition with ID '%.*s' does not exist.",
        TEXT_ARGS(text_slice(id, 0, 100)));
}

static bool reply_role(struct request *request, struct reply *reply, int status,
    const struct rbac_role *role, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    const char *scope = arm_subscription_of(&arm_call(request)->scope, &request->arena);
    if (!scope)
        return fail_memory(err);
    role_write_arm(&writer, role, scope);
    return reply_document(request, reply, status, &text, err);
}

/* ---- Listing --------------------------------------------------------------------------------- */

static const char *name_of(const void *role)
{
    return ((const struct rbac_role *)role)->name;
}

static const char *type_of(const void *role)
{
    return role_type_text(((const struct rbac_role *)role)->type);
}

static const struct query_property properties[] = {
    {"roleName", QUERY_EQ, name_of},
    {"type", QUERY_EQ, type_of},
    {"atScopeAndBelow", QUERY_WORD, NULL},
};

struct listing {
    struct request *request;
    struct query_filter filter;
    struct management_tree tree;
    struct text scope;
    const char *id_scope;
    bool below;
    struct arm_page page;
};

/* A custom role is seen where it may be assigned, and with atScopeAndBelow() from above, too. */
static bool is_seen(const struct listing *listing, const struct rbac_role *role)
{
    if (role_assignable_at(&listing->tree, role, listing->scope))
        return true;
    for (size_t i = 0; listing->below && i < role->assignable_scopes.count; i++)
        if (management_tree_within(
                &listing->tree, text_of(role->assignable_scopes.at[i]), listing->scope))
            return true;
    return false;
}

/* The built-in roles go first, in their order, then the custom ones by name: keys "0NUMBER" and
 * "1NAME". */
static void list_role(struct listing *listing, const struct rbac_role *role, const char *key)
{
    if (is_seen(listing, role) && query_filter_passes(&listing->filter, role) &&
        arm_page_wants(&listing->page, text_of(key)))
        role_write_arm(&listing->page.writer, role, listing->id_scope);
}

static void list_builtin(struct listing *listing)
{
    size_t count;
    char key[24];
    const struct rbac_role *roles = rbac_builtin_roles(&count);
    for (size_t i = 0; i < count && !listing->page.more; i++) {
        snprintf(key, sizeof key, "0%06zu", i);
        if (!arm_page_passed(&listing->page, text_of(key)))
            list_role(listing, &roles[i], key);
    }
}

static bool list_custom(struct listing *listing, struct azb_error *err)
{
    struct arena *arena = &listing->request->arena;
    struct text after = listing->page.after;
    bool behind = text_starts(after, "1");
    scoped_statement struct statement s = statement(listing->request->store,
        "SELECT body FROM role_definition WHERE ?1 IS NULL OR name > ?1 ORDER BY name");
    statement_bind_text(&s, 1, behind ? text_slice(after, 1, after.length) : TEXT_NONE);
    struct rbac_role role;
    bool row = true;
    while (row && !listing->page.more) {
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        if (!role_from_body(statement_text(&s, 0, arena), arena, &role, err))
            return false;
        const char *key = arena_format(arena, "1%s", role.name);
        if (!key)
            return fail_memory(err);
        list_role(listing, &role, key);
    }
    return true;
}

static bool parse_filter(struct listing *listing, struct azb_error *err)
{
    struct request *request = listing->request;
    if (!query_filter_parse(request_query(request, "$filter"), properties,
            sizeof properties / sizeof *properties, &request->arena, &listing->filter, err))
        return refuse_as(err, "InvalidFilter");
    listing->below = query_filter_term(&listing->filter, "atScopeAndBelow") != NULL;
    return true;
}

/* The built-in roles are the same for everybody, so at the root everybody may see them; custom
 * roles are nobody's there. */
bool arm_ask_role_definitions(
    struct request *request, const struct scope *scope, struct azb_error *err)
{
    return scope->kind == SCOPE_ROOT || authorize_arm(request, READ, text_of(scope->text), err);
}

static bool begin(struct listing *listing, struct buffer *text, struct azb_error *err)
{
    struct request *request = listing->request;
    const struct scope *scope = &arm_call(request)->scope;
    if (!parse_filter(listing, err) ||
        !management_tree_load(request->store, &request->arena, &listing->tree, err))
        return false;
    listing->scope = text_of(scope->text);
    listing->below = listing->below && scope->kind != SCOPE_ROOT;
    listing->id_scope = arm_subscription_of(scope, &request->arena);
    if (!listing->id_scope)
        return fail_memory(err);
    return arm_page_begin(&listing->page, request, text, err);
}

bool arm_list_role_definitions(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct listing listing = {.request = request};
    if (!begin(&listing, &text, err))
        return false;
    list_builtin(&listing);
    return list_custom(&listing, err) && arm_page_end(&listing.page, reply, err);
}

/* ---- One ------------------------------------------------------------------------------------- */

/* A custom role is seen from scopes that have to do with its own; by its tenant-wide id by those
 * who may see it where it belongs. */
static bool may_see(struct request *request, const struct rbac_role *role, struct azb_error *err)
{
    const struct scope *scope = &arm_call(request)->scope;
    struct listing listing = {.scope = text_of(scope->text), .below = true};
    if (role->type == ROLE_BUILT_IN)
        return true;
    if (scope->kind == SCOPE_ROOT)
        return authorize_arm(request, READ, text_of(role->assignable_scopes.at[0]), err);
    if (!management_tree_load(request->store, &request->arena, &listing.tree, err))
        return false;
    return is_seen(&listing, role) || does_not_exist(text_of(role->id), err);
}

bool arm_get_role_definition(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct rbac_role role;
    bool found;
    if (!role_find(request->store, request->values[1], &request->arena, &role, &found, err))
        return false;
    if (!found)
        return does_not_exist(request->values[1], err);
    return may_see(request, &role, err) && reply_role(request, reply, 200, &role, err);
}

/* ---- Changes --------------------------------------------------------------------------------- */

/* Who changes a role changes what people may do wherever it can be assigned. */
static bool check_scopes(struct request *request, const struct rbac_role *role,
    const struct arm_operation *operation, struct azb_error *err)
{
    for (size_t i = 0; i < role->assignable_scopes.count; i++) {
        struct text scope = text_of(role->assignable_scopes.at[i]);
        struct scope out;
        if (!arm_check_target(request, scope, operation, &out, err))
            return fail_while(err, "assignableScopes[%zu]", i);
    }
    return true;
}

/* Scopes of a new form must be there. Of what a role has had so far some may be deleted, and that
 * must not keep the role as it is for ever. */
static const struct arm_operation writes_at = {.target = ARM_SCOPE, .action = WRITE};
static const struct arm_operation rewrites_at = {.target = ARM_UNSEEN_SCOPE, .action = WRITE};
static const struct arm_operation deletes_at = {.target = ARM_UNSEEN_SCOPE, .action = DELETE};

static bool check_old_scopes(struct request *request, const char *id, struct azb_error *err)
{
    struct rbac_role old;
    bool found;
    if (!role_find(request->store, text_of(id), &request->arena, &old, &found, err))
        return false;
    return !found || old.type == ROLE_BUILT_IN || check_scopes(request, &old, &rewrites_at, err);
}

static bool read_role(struct request *request, struct rbac_role *out, struct azb_error *err)
{
    enum role_form form;
    struct text id = request->values[1];
    const struct json *body = arm_call(request)->body;
    if (!text_is_guid(id))
        return fail_status(err, 400, "InvalidRoleDefinitionId",
            "The role definition ID '%.*s' is not valid. The role definition ID must be a GUID.",
            TEXT_ARGS(text_slice(id, 0, 100)));
    if (!json_get(body, "properties"))
        return fail_status(err, 400, "InvalidRequestContent", "properties: it is missing.");
    const struct rbac_role *role = role_from_json(body, &request->arena, &form, err);
    if (!role)
        return refuse_as(err, "InvalidRoleDefinition");
    if (*role->id && !text_equal_nocase(text_of(role->id), id))
        return fail_status(err, 400, "InvalidRoleDefinitionId",
            "The role definition ID '%s' of the body is not the one of the URL.", role->id);
    *out = *role;
    out->id = text_string(&request->arena, id);
    return out->id ? true : fail_memory(err);
}

bool arm_put_role_definition(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct rbac_role role = {0}, made;
    if (!read_role(request, &role, err))
        return false;
    if (!role_check_custom(&role, err))
        return refuse_as(err, "InvalidRoleDefinition");
    if (!check_scopes(request, &role, &writes_at, err) ||
        !check_old_scopes(request, role.id, err) ||
        !role_put(request->store, &role, request->now, request->caller.object_id, &request->arena,
            &made, err))
        return false;
    authorize_roles_changed(request);
    return reply_role(request, reply, 201, &made, err);
}

bool arm_delete_role_definition(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct rbac_role role;
    bool found;
    if (!role_find(request->store, request->values[1], &request->arena, &role, &found, err))
        return false;
    if (!found) {
        reply->status = 204;
        return true;
    }
    if (role.type == ROLE_BUILT_IN)
        return fail_status(err, 400, "CannotChangeBuiltInRole",
            "'%s' is a built-in role; built-in roles cannot be deleted.", role.name);
    if (!check_scopes(request, &role, &deletes_at, err) ||
        !role_remove(request->store, role.id, err))
        return false;
    authorize_roles_changed(request);
    return reply_role(request, reply, 200, &role, err);
}
