/* Resource providers: /providers, /subscriptions/S/providers, their registration and operations. */
#include "arm/providers.h"

#include "arm/arm.h"
#include "arm/page.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "rbac/operation.h"

static bool find_provider(struct text name, const struct provider **out, struct azb_error *err)
{
    *out = provider_find(name);
    return *out ||
           fail_status(err, 404, "InvalidResourceNamespace",
               "The resource namespace '%.*s' is invalid.", TEXT_ARGS(text_slice(name, 0, 100)));
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_versions(struct json_writer *writer, const char *versions)
{
    struct text rest = text_of(versions), piece;
    json_name(writer, "apiVersions");
    json_begin_array(writer);
    while (text_cut(&rest, ',', &piece))
        json_write_text(writer, piece);
    json_end_array(writer);
}

static void write_locations(struct json_writer *writer, bool has_any)
{
    size_t count;
    const struct location *all = locations(&count);
    json_name(writer, "locations");
    json_begin_array(writer);
    for (size_t i = 0; has_any && i < count; i++)
        json_write_string(writer, all[i].display_name);
    json_end_array(writer);
}

static void write_type(struct json_writer *writer, const struct provider_type *type)
{
    json_begin_object(writer);
    json_member(writer, "resourceType", type->name);
    write_locations(writer, type->is_regional);
    write_versions(writer, type->versions);
    json_member(writer, "capabilities", "None");
    json_end_object(writer);
}

/* `subscription` absent: of the tenant, where nothing is registered or not. */
static bool write_provider(struct request *request, struct json_writer *writer,
    const struct provider *provider, struct text subscription, struct azb_error *err)
{
    bool registered = true;
    if (subscription.at &&
        !provider_is_registered(request->store, subscription, provider, &registered, err))
        return false;
    json_begin_object(writer);
    if (subscription.at)
        json_member(writer, "id",
            arena_format(&request->arena, "/subscriptions/%.*s/providers/%s",
                TEXT_ARGS(subscription), provider->name));
    json_member(writer, "namespace", provider->name);
    if (subscription.at) {
        json_member(writer, "registrationState", registered ? "Registered" : "NotRegistered");
        json_member(writer, "registrationPolicy",
            provider->is_free ? "RegistrationFree" : "RegistrationRequired");
    }
    json_name(writer, "resourceTypes");
    json_begin_array(writer);
    for (const struct provider_type *type = provider->types; type->name; type++)
        write_type(writer, type);
    json_end_array(writer);
    json_end_object(writer);
    return true;
}

static bool reply_provider(struct request *request, struct reply *reply,
    const struct provider *provider, struct text subscription, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    return write_provider(request, &writer, provider, subscription, err) &&
           reply_document(request, reply, 200, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool list(
    struct request *request, struct reply *reply, struct text subscription, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_page page;
    size_t count;
    const struct provider *all = providers(&count);
    if (!arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text key = text_of(all[i].name);
        if (arm_page_passed(&page, key))
            continue;
        if (!arm_page_wants(&page, key))
            break;
        if (!write_provider(request, &page.writer, &all[i], subscription, err))
            return false;
    }
    return arm_page_end(&page, reply, err);
}

bool arm_list_tenant_providers(struct request *request, struct reply *reply, struct azb_error *err)
{
    return list(request, reply, TEXT_NONE, err);
}

bool arm_list_providers(struct request *request, struct reply *reply, struct azb_error *err)
{
    return list(request, reply, request->values[0], err);
}

bool arm_get_tenant_provider(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct provider *provider;
    return find_provider(request->values[0], &provider, err) &&
           reply_provider(request, reply, provider, TEXT_NONE, err);
}

bool arm_get_provider(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct provider *provider;
    return find_provider(request->values[1], &provider, err) &&
           reply_provider(request, reply, provider, request->values[0], err);
}

/* ---- Registration ---------------------------------------------------------------------------- */

static bool ask(
    struct request *request, const struct scope *scope, const char *verb, struct azb_error *err)
{
    const struct provider *provider = provider_find(request->values[1]);
    const char *action = arena_format(&request->arena, "%s/%s/action",
        provider ? provider->name : "Microsoft.Resources/subscriptions/providers", verb);
    return action ? authorize_arm(request, action, text_of(scope->text), err) : fail_memory(err);
}

bool arm_ask_register(struct request *request, const struct scope *scope, struct azb_error *err)
{
    return ask(request, scope, "register", err);
}

bool arm_ask_unregister(struct request *request, const struct scope *scope, struct azb_error *err)
{
    return ask(request, scope, "unregister", err);
}

bool arm_register_provider(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct provider *provider;
    return find_provider(request->values[1], &provider, err) &&
           provider_register(request->store, request->values[0], provider, err) &&
           reply_provider(request, reply, provider, request->values[0], err);
}

static bool check_unused(
    struct request *request, const struct provider *provider, struct azb_error *err)
{
    bool used = false;
    if (provider->is_free)
        return fail_status(err, 409, "CannotUnregisterProvider",
            "The namespace '%s' is registered for every subscription and cannot be unregistered.",
            provider->name);
    scoped_statement struct statement s =
        statement(request->store, "SELECT 1 FROM account WHERE subscription_id = ?1 LIMIT 1");
    statement_bind_text(&s, 1, request->values[0]);
    if (!statement_step(&s, &used, err))
        return false;
    return !used || fail_status(err, 409, "CannotUnregisterProvider",
                        "The namespace '%s' cannot be unregistered: the subscription has resources "
                        "of it. Delete them first.",
                        provider->name);
}

bool arm_unregister_provider(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct provider *provider;
    return find_provider(request->values[1], &provider, err) &&
           check_unused(request, provider, err) &&
           provider_unregister(request->store, request->values[0], provider, err) &&
           reply_provider(request, reply, provider, request->values[0], err);
}
