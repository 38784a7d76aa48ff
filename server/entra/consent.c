#include "entra/consent.h"

#include "base/error.h"
#include "directory/group.h"
#include "entra/aadsts.h"

#define ITEMS_MAX 64

/* One permission that the page asks for: a delegated one, or an app role of the resource for the
 * application itself, which only an administrator's consent gives. */
struct item {
    const char *resource_app_id;
    const char *resource_name;
    const char *display_name;
    const char *value;   /* of an app role perhaps NULL */
    const char *role_id; /* NULL: delegated */
    bool admin_only;
};

struct items {
    struct item at[ITEMS_MAX];
    size_t count;
};

/* ---- What is asked for ----------------------------------------------------------------------- */

static bool add_item(struct items *items, const struct resource_application *resource,
    const struct permission *permission, struct azb_error *err)
{
    if (items->count == ITEMS_MAX)
        return aadsts(
            err, 90023, "Invalid STS request. More than %d permissions in one request.", ITEMS_MAX);
    items->at[items->count++] = (struct item){
        .resource_app_id = resource->app_id,
        .resource_name = resource->display_name,
        .display_name = permission->display_name,
        .value = permission->value,
        .admin_only = permission->admin_only,
    };
    return true;
}

static bool add_role(struct items *items, const struct resource_application *resource,
    const struct required_permission *role, struct azb_error *err)
{
    const struct permission as_permission = {
        .display_name = role->display_name, .value = role->value, .admin_only = true};
    if (!add_item(items, resource, &as_permission, err))
        return false;
    items->at[items->count - 1].role_id = role->permission_id;
    return true;
}

static bool add_values(
    struct sign_in *sign_in, struct text values, struct items *items, struct azb_error *err)
{
    const struct resource_application *resource = &sign_in->scopes.resource;
    struct text value;
    while (text_cut(&values, ' ', &value)) {
        if (value.length == 0)
            continue;
        const struct permission *permission = resource_permission(resource, value);
        if (!permission || permission->disabled)
            return aadsts(err, 650053,
                "The application '%s' asked for scope '%.*s' that doesn't exist on the resource "
                "'%s'.",
                sign_in->client_name, TEXT_ARGS(text_slice(value, 0, 80)), resource->app_id);
        if (!add_item(items, resource, permission, err))
            return false;
    }
    return true;
}

/* A permission that its resource does not offer any more is passed over. */
static bool add_required(struct sign_in *sign_in, const struct required_permission *required,
    struct items *items, struct azb_error *err)
{
    struct request *request = sign_in->request;
    struct resource_application resource;
    struct azb_error missing = AZB_ERROR_INIT;
    if (!resource_application_find(request->service, request->store,
            text_of(required->resource_app_id), &request->arena, &resource, &missing))
        return missing.kind == AZB_ERROR_NOT_FOUND || error_move(err, &missing);
    if (required->is_role)
        return !sign_in->purpose->for_organization || !required->display_name ||
               add_role(items, &resource, required, err);
    const struct permission *permission =
        resource_permission(&resource, text_of(required->permission_id));
    return !permission || permission->disabled || add_item(items, &resource, permission, err);
}

static bool has_permissions(
    struct sign_in *sign_in, const struct items *items, struct azb_error *err)
{
    return items->count > 0 ||
           aadsts(err, 650056,
               "Misconfigured application. The client has not listed any permissions in its "
               "application registration. Client app ID: %s.",
               sign_in->client_app_id);
}

/* ".default": what the registration lists, for all resources. */
static bool list_required(struct sign_in *sign_in, struct items *items, struct azb_error *err)
{
    struct request *request = sign_in->request;
    struct required_permission *required;
    size_t count;
    if (!required_permission_list(request->service, request->store, sign_in->client_row,
            &request->arena, &required, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_required(sign_in, &required[i], items, err))
            return false;
    return has_permissions(sign_in, items, err);
}

static bool list_items(struct sign_in *sign_in, struct items *items, struct azb_error *err)
{
    items->count = 0;
    if (sign_in->scopes.is_default)
        return list_required(sign_in, items, err);
    if (!sign_in->scopes.has_resource)
        return true;
    return add_values(sign_in, text_of(sign_in->scopes.values), items, err);
}

/* ---- May it be asked ------------------------------------------------------------------------- */

static bool is_granted(struct sign_in *sign_in, bool *granted, struct azb_error *err)
{
    struct azb_error missing = AZB_ERROR_INIT;
    const char *scopes;
    if (sign_in->purpose->for_organization) {
        *granted = false;
        return true;
    }
    *granted = scopes_granted(sign_in->request, &sign_in->scopes, text_of(sign_in->client_app_id),
        text_of(sign_in->account->user.object_id), &scopes, NULL, &missing);
    return *granted || aadsts_number(&missing) == 65001 || error_move(err, &missing);
}

/* What Microsoft Graph lets a program do is given by those who give directory roles. */
static bool asks_graph_role(const struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->at[i].role_id && strcmp(items->at[i].resource_app_id, APP_ID_GRAPH) == 0)
            return true;
    return false;
}

static bool is_administrator(
    struct sign_in *sign_in, const struct items *items, bool *is, struct azb_error *err)
{
    /* The first two give directory roles. */
    static const char *const roles[] = {DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR,
        DIRECTORY_ROLE_PRIVILEGED_ROLE_ADMINISTRATOR, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
        DIRECTORY_ROLE_CLOUD_APPLICATION_ADMINISTRATOR};
    size_t count = asks_graph_role(items) ? 2 : sizeof roles / sizeof *roles;
    *is = false;
    for (size_t i = 0; i < count && !*is; i++)
        if (!directory_role_has(
                sign_in->request->store, roles[i], sign_in->account->user.object_id, is, err))
            return false;
    return true;
}

static bool needs_administrator(const struct sign_in *sign_in, const struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->at[i].admin_only)
            return true;
    return sign_in->purpose->for_organization;
}

/* ---- The pages ------------------------------------------------------------------------------- */

static void write_client(struct sign_in *sign_in, struct page *page)
{
    page_format(page,
        "<dl><dt>Application</dt><dd><strong>%s</strong></dd>\n<dt>Client ID</dt><dd>%s</dd>\n"
        "<dt>Publisher</dt><dd>%s%s</dd></dl>\n",
        sign_in->client_name, sign_in->client_app_id,
        sign_in->is_own_client ? "registered in this directory, "
                               : "not registered in this directory: be sure that you know it",
        sign_in->is_own_client ? directory_tenant_name(sign_in->request->service) : "");
}

static void write_items(struct sign_in *sign_in, struct page *page, const struct items *items)
{
    page_format(page, "<h2>It asks to</h2>\n<ul class=\"permissions\">\n");
    for (size_t i = 0; i < items->count; i++)
        page_format(page, "<li><strong>%s</strong><span>%s (%s)%s</span></li>\n",
            items->at[i].display_name, items->at[i].resource_name,
            items->at[i].value ? items->at[i].value : items->at[i].role_id,
            items->at[i].role_id ? " without a signed-in user" : "");
    if (sign_in->scopes.offline_access)
        page_format(page,
            "<li><strong>Maintain access to data you have given it access to</strong>"
            "<span>Until you change your password or sign-in is revoked (offline_access)</span>"
            "</li>\n");
    page_format(page, "</ul>\n");
}

static void write_choice(struct sign_in *sign_in, struct page *page, bool is_admin)
{
    if (is_admin && !sign_in->purpose->for_organization)
        page_format(page,
            "<label class=\"check\"><input type=\"checkbox\" name=\"organization\" value=\"on\">"
            "<span>Consent on behalf of your organization: nobody else in it will be asked."
            "</span></label>\n");
    page_format(page,
        "<div class=\"buttons\"><button name=\"decision\" value=\"accept\">Accept</button>"
        "<button class=\"second\" name=\"decision\" value=\"cancel\">Cancel</button></div>\n"
        "</form>\n");
}

static bool show_consent_page(struct sign_in *sign_in, const struct items *items, bool is_admin,
    struct reply *reply, struct azb_error *err)
{
    bool for_all = sign_in->purpose->for_organization;
    scoped_page struct page page = {0};
    sign_in_page(sign_in, &page, "Permissions requested");
    page_format(&page, "<h1>Permissions requested</h1>\n");
    sign_in_write_account(sign_in, &page);
    write_client(sign_in, &page);
    write_items(sign_in, &page, items);
    page_format(&page, "<p class=\"soft\">%s</p>\n",
        for_all ? "Accept only if you trust the application: it will be able to act for every user "
                  "of this directory who signs in to it."
                : "Accept only if you trust the application: it will be able to act as you, within "
                  "what you may do yourself.");
    sign_in_form(sign_in, &page, "/consent");
    write_choice(sign_in, &page, is_admin);
    return sign_in_reply(sign_in, &page, reply, err);
}

static void admin_needed(struct sign_in *sign_in, struct azb_error *problem)
{
    if (sign_in->purpose->for_organization)
        aadsts(problem, 90093,
            "Only an administrator of this directory can consent for everybody in it.");
    else
        aadsts(problem, 90094,
            "%s needs permission that only an administrator of this directory can grant. Ask one, "
            "then try again.",
            sign_in->client_name);
}

static bool show_admin_needed(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    scoped_page struct page page = {0};
    admin_needed(sign_in, &problem);
    sign_in_page(sign_in, &page, "An administrator must approve");
    page_format(&page, "<h1>An administrator must approve</h1>\n");
    sign_in_write_account(sign_in, &page);
    page_format(&page, "<p>%s (%s)</p>\n", problem.message, problem.code);
    sign_in_form(sign_in, &page, "/account");
    page_format(&page,
        "<div class=\"buttons\"><button name=\"choice\" value=\"other\">Sign in with another "
        "account</button></div>\n</form>\n");
    sign_in_form(sign_in, &page, "/consent");
    page_format(&page,
        "<div class=\"buttons\"><button class=\"second\" name=\"decision\" value=\"cancel\">Return "
        "without consent</button></div>\n</form>\n");
    return sign_in_reply(sign_in, &page, reply, err);
}

static bool decline_silent(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    aadsts_as(&why, 65001, "consent_required",
        "The user or administrator has not consented to use the application with ID '%s' named "
        "'%s'. Send an interactive authorization request for this user and resource.",
        sign_in->client_app_id, sign_in->client_name);
    return sign_in->purpose->decline(sign_in, reply, &why, err);
}

static bool ask(
    struct sign_in *sign_in, const struct items *items, struct reply *reply, struct azb_error *err)
{
    bool is_admin;
    if (!is_administrator(sign_in, items, &is_admin, err))
        return false;
    if (!is_admin && needs_administrator(sign_in, items))
        return show_admin_needed(sign_in, reply, err);
    return show_consent_page(sign_in, items, is_admin, reply, err);
}

/* What cannot be asked for is the application's to hear; what is consented to need not be. */
static bool cannot_ask(struct sign_in *sign_in, bool granted, struct azb_error *problem,
    struct reply *reply, bool *asked, struct azb_error *err)
{
    if (!aadsts_number(problem))
        return error_move(err, problem);
    *asked = !granted;
    return granted || sign_in->purpose->decline(sign_in, reply, problem, err);
}

bool consent_ask(struct sign_in *sign_in, struct reply *reply, bool *asked, struct azb_error *err)
{
    struct items items;
    struct azb_error problem = AZB_ERROR_INIT;
    bool granted = false;
    if (!is_granted(sign_in, &granted, &problem))
        return cannot_ask(sign_in, granted, &problem, reply, asked, err);
    *asked = !granted || sign_in->prompt == PROMPT_CONSENT;
    if (!*asked)
        return true;
    if (sign_in->prompt == PROMPT_NONE)
        return decline_silent(sign_in, reply, err);
    if (!list_items(sign_in, &items, &problem))
        return cannot_ask(sign_in, granted, &problem, reply, asked, err);
    if (items.count == 0) { /* to sign in alone needs no permission */
        *asked = false;
        return true;
    }
    return ask(sign_in, &items, reply, err);
}

/* ---- The answer ------------------------------------------------------------------------------ */

struct consent_work {
    struct sign_in *sign_in;
    const struct items *items;
    bool for_all;
};

static bool write_consent(struct request *request, void *context, struct azb_error *err)
{
    const struct consent_work *work = context;
    const char *user_id = work->for_all ? NULL : work->sign_in->account->user.object_id;
    for (size_t i = 0; i < work->items->count; i++) {
        const struct item *item = &work->items->at[i];
        if (item->role_id) {
            if (!consent_give_role(request->store, work->sign_in->client_app_id,
                    item->resource_app_id, item->role_id, request->now, &request->arena, err))
                return false;
            continue;
        }
        if (!consent_add(request->store, work->sign_in->client_app_id, item->resource_app_id,
                user_id, text_of(item->value), request->now, err))
            return false;
    }
    return true;
}

static bool accept(
    struct sign_in *sign_in, const struct form *form, struct reply *reply, struct azb_error *err)
{
    struct items items;
    struct consent_work work = {.sign_in = sign_in, .items = &items};
    bool is_admin;
    if (!list_items(sign_in, &items, err) || !is_administrator(sign_in, &items, &is_admin, err))
        return false;
    if (!is_admin && needs_administrator(sign_in, &items))
        return show_admin_needed(sign_in, reply, err);
    work.for_all = sign_in->purpose->for_organization ||
                   (is_admin && text_is(form_get(form, "organization"), "on"));
    return page_write(sign_in->request, write_consent, &work, err) &&
           sign_in->purpose->finish(sign_in, reply, err);
}

static bool cancel(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    aadsts(&why, 65004, "User declined to consent to access the app.");
    return sign_in->purpose->decline(sign_in, reply, &why, err);
}

bool consent_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    struct sign_in sign_in;
    bool again;
    if (!sign_in_resume_as(request, &form, &sign_in, reply, &again, err))
        return false;
    if (again)
        return true;
    if (text_is(form_get(&form, "decision"), "accept"))
        return accept(&sign_in, &form, reply, err);
    return cancel(&sign_in, reply, err);
}
