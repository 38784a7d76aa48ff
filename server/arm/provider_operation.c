/*
 * What a provider's operations are, in two forms: Microsoft.Authorization/providerOperations, by
 * resource type, and the provider's own /operations. Both are views of the catalogue in rbac/.
 */
#include "arm/arm.h"
#include "arm/page.h"
#include "arm/providers.h"
#include "base/error.h"
#include "document.h"
#include "rbac/operation.h"

#define TYPE "Microsoft.Authorization/providerOperations"

/* ---- Names ----------------------------------------------------------------------------------- */

static bool is_of(const struct rbac_operation *operation, struct text provider)
{
    return text_equal_nocase(rbac_operation_provider(operation), provider);
}

/* The catalogue's spelling of a provider; absent when it knows no operation of it. */
static struct text find_provider(struct text name)
{
    size_t count;
    const struct rbac_operation *all = rbac_operations(&count);
    for (size_t i = 0; i < count; i++)
        if (is_of(&all[i], name))
            return rbac_operation_provider(&all[i]);
    return TEXT_NONE;
}

static const char *display_name(struct request *request, struct text provider)
{
    const struct provider *known = provider_find(provider);
    return known ? known->display_name : text_string(&request->arena, provider);
}

/* ---- By resource type ------------------------------------------------------------------------ */

static void write_operation(struct json_writer *writer, const struct rbac_operation *operation)
{
    json_begin_object(writer);
    json_member(writer, "name", operation->name);
    json_member(writer, "displayName", operation->display_name);
    json_member(writer, "description", operation->description);
    json_name(writer, "origin");
    json_write_null(writer);
    json_name(writer, "properties");
    json_write_null(writer);
    json_member_bool(writer, "isDataAction", operation->kind == RBAC_DATA_ACTION);
    json_end_object(writer);
}

static void write_operations(struct json_writer *writer, struct text provider, struct text type)
{
    size_t count;
    const struct rbac_operation *all = rbac_operations(&count);
    json_name(writer, "operations");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        if (is_of(&all[i], provider) &&
            text_equal_nocase(rbac_operation_resource_type(&all[i]), type))
            write_operation(writer, &all[i]);
    json_end_array(writer);
}

/* True when no operation before has the same type. */
static bool is_first_of_type(const struct rbac_operation *all, size_t at)
{
    struct text provider = rbac_operation_provider(&all[at]);
    struct text type = rbac_operation_resource_type(&all[at]);
    for (size_t i = 0; i < at; i++)
        if (is_of(&all[i], provider) &&
            text_equal_nocase(rbac_operation_resource_type(&all[i]), type))
            return false;
    return true;
}

static void write_types(struct json_writer *writer, struct text provider)
{
    size_t count;
    const struct rbac_operation *all = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        struct text type = rbac_operation_resource_type(&all[i]);
        if (!is_of(&all[i], provider) || type.length == 0 || !is_first_of_type(all, i))
            continue;
        json_begin_object(writer);
        json_member_text(writer, "name", type);
        json_member(writer, "displayName", rbac_operation_resource_name(&all[i]));
        write_operations(writer, provider, type);
        json_end_object(writer);
    }
}

static void write_provider(
    struct request *request, struct json_writer *writer, struct text provider)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "/providers/" TYPE "/%.*s", TEXT_ARGS(provider)));
    json_member(writer, "type", TYPE);
    json_member_text(writer, "name", provider);
    json_member(writer, "displayName", display_name(request, provider));
    json_name(writer, "resourceTypes");
    json_begin_array(writer);
    if (text_equal_nocase(request_query(request, "$expand"), TEXT("resourceTypes")))
        write_types(writer, provider);
    json_end_array(writer);
    write_operations(writer, provider, TEXT(""));
    json_end_object(writer);
}

bool arm_get_provider_operations(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct text provider = find_provider(request->values[0]);
    if (!provider.at)
        return fail_status(err, 404, "ProviderNotFound", "Provider '%.*s' not found.",
            TEXT_ARGS(text_slice(request->values[0], 0, 100)));
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_provider(request, &writer, provider);
    return reply_document(request, reply, 200, &text, err);
}

static bool is_first_of_provider(const struct rbac_operation *all, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_of(&all[i], rbac_operation_provider(&all[at])))
            return false;
    return true;
}

bool arm_list_provider_operations(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_page page;
    size_t count;
    char key[24];
    const struct rbac_operation *all = rbac_operations(&count);
    if (!arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof key, "%06zu", i);
        if (!is_first_of_provider(all, i) || arm_page_passed(&page, text_of(key)))
            continue;
        if (!arm_page_wants(&page, text_of(key)))
            break;
        write_provider(request, &page.writer, rbac_operation_provider(&all[i]));
    }
    return arm_page_end(&page, reply, err);
}

/* ---- The provider's own ---------------------------------------------------------------------- */

static void write_own(
    struct request *request, struct json_writer *writer, const struct rbac_operation *operation)
{
    const char *provider = display_name(request, rbac_operation_provider(operation));
    const char *resource = rbac_operation_resource_name(operation);
    json_begin_object(writer);
    json_member(writer, "name", operation->name);
    json_member_bool(writer, "isDataAction", operation->kind == RBAC_DATA_ACTION);
    json_name(writer, "display");
    json_begin_object(writer);
    json_member(writer, "provider", provider);
    json_member(writer, "resource", resource ? resource : provider);
    json_member(writer, "operation", operation->display_name);
    json_member(writer, "description", operation->description);
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_list_operations(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_page page;
    size_t count;
    char key[24];
    const struct rbac_operation *all = rbac_operations(&count);
    if (!find_provider(request->values[0]).at)
        return fail_status(err, 404, "InvalidResourceNamespace",
            "The resource namespace '%.*s' is invalid.",
            TEXT_ARGS(text_slice(request->values[0], 0, 100)));
    if (!arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof key, "%06zu", i);
        if (!is_of(&all[i], request->values[0]) || arm_page_passed(&page, text_of(key)))
            continue;
        if (!arm_page_wants(&page, text_of(key)))
            break;
        write_own(request, &page.writer, &all[i]);
    }
    return arm_page_end(&page, reply, err);
}
