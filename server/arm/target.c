/* Is it there, and may the caller: the order of ARM's answers. */
#include "arm/arm.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/management_group.h"
#include "document.h"

/* The parts of a scope's text that are looked up. */
struct parts {
    struct text subscription, group; /* absent: the scope has none */
    struct text rest;                /* below "/providers/", of a resource */
};

static struct parts take_apart(const struct scope *scope)
{
    struct parts parts = {0};
    struct text rest = text_of(scope->text), piece = TEXT_NONE;
    text_cut(&rest, '/', &piece);
    while (text_cut(&rest, '/', &piece)) {
        if (text_equal_nocase(piece, TEXT("subscriptions")))
            text_cut(&rest, '/', &parts.subscription);
        else if (text_equal_nocase(piece, TEXT("resourceGroups")))
            text_cut(&rest, '/', &parts.group);
        else
            break;
    }
    if (scope->kind == SCOPE_RESOURCE)
        parts.rest = rest;
    return parts;
}

/* ---- Looking up ------------------------------------------------------------------------------ */

static bool check_subscription(struct request *request, struct text id, struct azb_error *err)
{
    if (!text_is_guid(id))
        return fail_status(err, 400, "InvalidSubscriptionId",
            "The provided subscription identifier '%.*s' is malformed or invalid.",
            TEXT_ARGS(text_slice(id, 0, 100)));
    scoped_statement struct statement s =
        statement(request->store, "SELECT 1 FROM subscription WHERE id = ?1");
    statement_bind_text(&s, 1, id);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    return row || fail_status(err, 404, "SubscriptionNotFound",
                      "The subscription '%.*s' could not be found.", TEXT_ARGS(id));
}

static bool check_group(struct request *request, const struct parts *parts, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        request->store, "SELECT 1 FROM resource_group WHERE subscription_id = ?1 AND name = ?2");
    statement_bind_text(&s, 1, parts->subscription);
    statement_bind_text(&s, 2, parts->group);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    return row || fail_status(err, 404, "ResourceGroupNotFound",
                      "Resource group '%.*s' could not be found.",
                      TEXT_ARGS(text_slice(parts->group, 0, 100)));
}

static bool is_batch_account(struct request *request, const struct parts *parts)
{
    const struct text type = TEXT("Microsoft.Batch/batchAccounts/");
    struct text start = text_slice(parts->rest, 0, type.length);
    if (!parts->group.at || !text_equal_nocase(start, type))
        return false;
    struct text name = text_slice(parts->rest, type.length, parts->rest.length);
    const struct account *account =
        account_by_name(request->service, parts->subscription, parts->group, name);
    return account && text_equal_nocase(text_of(account->subscription_id), parts->subscription);
}

static bool check_resource(
    struct request *request, const struct parts *parts, struct azb_error *err)
{
    if (!parts->rest.at || is_batch_account(request, parts))
        return true;
    return fail_status(err, 404, "ResourceNotFound",
        "The Resource '%.*s' under resource group '%.*s' was not found.",
        TEXT_ARGS(text_slice(parts->rest, 0, 300)), TEXT_ARGS(text_slice(parts->group, 0, 100)));
}

/* After the permission: groups that are not there are not told apart from others before. */
static bool check_management_group(
    struct request *request, const struct scope *scope, struct azb_error *err)
{
    struct management_group group;
    bool found = true;
    if (scope->kind == SCOPE_MANAGEMENT_GROUP &&
        !management_group_find(
            request->store, text_of(scope_name(scope)), &request->arena, &group, &found, err))
        return false;
    return found || fail_status(err, 404, "NotFound",
                        "The management group '%.100s' cannot be found.", scope_name(scope));
}

static bool check_caller(struct request *request, const struct arm_operation *operation,
    const struct scope *scope, struct azb_error *err)
{
    if (operation->ask)
        return operation->ask(request, scope, err);
    return !operation->action ||
           authorize_arm(request, operation->action, text_of(scope->text), err);
}

/* What a PUT makes need not be there; what it is made in must. */
static bool check_there(struct request *request, const struct arm_operation *operation,
    const struct scope *scope, const struct parts *parts, struct azb_error *err)
{
    if (operation->target == ARM_UNSEEN_SCOPE || operation->target == ARM_NEW_GROUP)
        return true;
    if (parts->group.at && !check_group(request, parts, err))
        return false;
    return operation->target == ARM_NEW_ACCOUNT ||
           (check_management_group(request, scope, err) && check_resource(request, parts, err));
}

bool arm_check_target(struct request *request, struct text text,
    const struct arm_operation *operation, struct scope *out, struct azb_error *err)
{
    if (!scope_parse(text, &request->arena, out, err))
        return refuse_as(err, "InvalidScope");
    struct parts parts = take_apart(out);
    if (parts.subscription.at && !check_subscription(request, parts.subscription, err))
        return false;
    return check_caller(request, operation, out, err) &&
           check_there(request, operation, out, &parts, err);
}

bool arm_check_scope(struct request *request, struct text text, const char *action,
    struct scope *out, struct azb_error *err)
{
    const struct arm_operation operation = {.target = ARM_SCOPE, .action = action};
    return arm_check_target(request, text, &operation, out, err);
}

/* ---- Texts ----------------------------------------------------------------------------------- */

const char *arm_subscription_of(const struct scope *scope, struct arena *arena)
{
    struct parts parts = take_apart(scope);
    if (!parts.subscription.at)
        return "";
    return arena_format(arena, "/subscriptions/%.*s", TEXT_ARGS(parts.subscription));
}
