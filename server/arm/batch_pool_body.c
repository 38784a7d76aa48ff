#include "arm/batch_pool_body.h"

#include "api/decode.h"
#include "api/validate.h"
#include "arm/batch_application.h"
#include "arm/body.h"
#include "base/error.h"

#define POOL_JSON_MAX (1024 * 1024)

static const char *const on_off[] = {"Disabled", "Enabled", NULL};
static const char *const fill_types[] = {"Spread", "Pack", NULL};
static const char *const job_orders[] = {"None", "CreationTime", NULL};
/* In the order of enum azb_node_deallocation_option_value, less one. */
static const char *const deallocations[] = {
    "Requeue", "Terminate", "TaskCompletion", "RetainedData", NULL};

// clang-format off
static const struct body_field fixed_scale[] = {
    {.name = "targetDedicatedNodes", .kind = BODY_NUMBER, .most = INT32_MAX},
    {.name = "targetLowPriorityNodes", .kind = BODY_NUMBER, .most = INT32_MAX},
    {.name = "resizeTimeout", .kind = BODY_STRING, .least = 2, .most = 40},
    {.name = "nodeDeallocationOption", .kind = BODY_CHOICE, .choices = deallocations},
    {0},
};
static const struct body_field auto_scale[] = {
    {.name = "formula", .kind = BODY_STRING, .required = true},
    {.name = "evaluationInterval", .kind = BODY_STRING},
    {0},
};
static const struct body_field scale_settings[] = {
    {.name = "fixedScale", .kind = BODY_OBJECT, .fields = fixed_scale},
    {.name = "autoScale", .kind = BODY_OBJECT, .fields = auto_scale},
    {0},
};
static const struct body_field deployment[] = {
    {.name = "virtualMachineConfiguration", .kind = BODY_ANY},
    {.name = "cloudServiceConfiguration", .kind = BODY_ANY},
    {0},
};
static const struct body_field policy[] = {
    {.name = "nodeFillType", .kind = BODY_CHOICE, .choices = fill_types},
    {.name = "jobDefaultOrder", .kind = BODY_CHOICE, .choices = job_orders},
    {0},
};
static const struct body_field metadata_item[] = {
    {.name = "name", .kind = BODY_STRING, .required = true},
    {.name = "value", .kind = BODY_STRING, .required = true},
    {0},
};
static const struct body_field properties[] = {
    {.name = "displayName", .kind = BODY_STRING, .most = 1024},
    {.name = "vmSize", .kind = BODY_STRING, .least = 1, .most = 64},
    {.name = "deploymentConfiguration", .kind = BODY_OBJECT, .fields = deployment},
    {.name = "scaleSettings", .kind = BODY_OBJECT, .fields = scale_settings},
    {.name = "interNodeCommunication", .kind = BODY_CHOICE, .choices = on_off},
    {.name = "taskSlotsPerNode", .kind = BODY_NUMBER, .least = 1, .most = 256},
    {.name = "taskSchedulingPolicy", .kind = BODY_OBJECT, .fields = policy},
    {.name = "metadata", .kind = BODY_LIST, .fields = metadata_item},
    {.name = "startTask", .kind = BODY_ANY},
    {.name = "networkConfiguration", .kind = BODY_ANY},
    {.name = "applicationPackages", .kind = BODY_ANY},
    {.name = "applicationLicenses", .kind = BODY_ANY},
    {.name = "certificates", .kind = BODY_ANY},
    {.name = "userAccounts", .kind = BODY_ANY},
    {.name = "mountConfiguration", .kind = BODY_ANY},
    {.name = "resourceTags", .kind = BODY_ANY},
    {.name = "upgradePolicy", .kind = BODY_ANY},
    {.name = "targetNodeCommunicationMode", .kind = BODY_SHOWN},
    {.name = "currentNodeCommunicationMode", .kind = BODY_SHOWN},
    {.name = "provisioningState", .kind = BODY_SHOWN},
    {.name = "provisioningStateTransitionTime", .kind = BODY_SHOWN},
    {.name = "allocationState", .kind = BODY_SHOWN},
    {.name = "allocationStateTransitionTime", .kind = BODY_SHOWN},
    {.name = "lastModified", .kind = BODY_SHOWN},
    {.name = "creationTime", .kind = BODY_SHOWN},
    {.name = "currentDedicatedNodes", .kind = BODY_SHOWN},
    {.name = "currentLowPriorityNodes", .kind = BODY_SHOWN},
    {.name = "autoScaleRun", .kind = BODY_SHOWN},
    {.name = "resizeOperationStatus", .kind = BODY_SHOWN},
    {0},
};
static const char *const identity_types[] = {"None", "UserAssigned", NULL};
static const struct body_field identity_fields[] = {
    {.name = "type", .kind = BODY_CHOICE, .required = true, .choices = identity_types},
    {.name = "userAssignedIdentities", .kind = BODY_ANY},
    {0},
};
static const struct body_field pool_fields[] = {
    {.name = "properties", .kind = BODY_OBJECT, .fields = properties},
    {.name = "identity", .kind = BODY_OBJECT, .fields = identity_fields},
    {.name = "tags", .kind = BODY_SHOWN},
    {.name = "id", .kind = BODY_SHOWN},
    {.name = "name", .kind = BODY_SHOWN},
    {.name = "type", .kind = BODY_SHOWN},
    {.name = "etag", .kind = BODY_SHOWN},
    {0},
};

/* What Batch has and nodes of azbd do not, as on the data plane (batch/pool_supported.c). */
static const struct {
    const char *name, *reason;
} unsupported[] = {
    {"startTask", "Start tasks are not run by this service"},
    {"networkConfiguration", "Nodes are processes of one host and have no network to join"},
    {"applicationPackages", "Application packages are not brought to nodes"},
    {"applicationLicenses", "Azure Batch has retired application licenses"},
    {"certificates", "Azure Batch has retired certificates"},
    {"userAccounts", "No user accounts are made on nodes"},
    {"mountConfiguration", "No file systems are mounted on nodes"},
    {"resourceTags", "Nodes have no resources of their own that could be tagged"},
    {"upgradePolicy", "Nodes have no image that could be upgraded"},
};
// clang-format on

static const struct json *given(const struct json *object, const char *name)
{
    const struct json *value = json_get_nocase(object, name);
    return value && value->type != JSON_NULL ? value : NULL;
}

/* ---- Checking -------------------------------------------------------------------------------- */

static bool refuse_unsupported(struct azb_error *err, const char *name, const char *reason)
{
    return fail_status(
        err, 400, "UnsupportedProperty", "properties.%s is not supported: %s.", name, reason);
}

/* An empty list asks for nothing. */
static bool check_asked(const struct json *held, struct azb_error *err)
{
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        const struct json *value = given(held, unsupported[i].name);
        if (value && !(value->type == JSON_ARRAY && value->count == 0))
            return refuse_unsupported(err, unsupported[i].name, unsupported[i].reason);
    }
    const struct json *scale = given(held, "scaleSettings");
    if (given(scale, "autoScale"))
        return refuse_unsupported(
            err, "scaleSettings.autoScale", "Scaling formulas are not evaluated by this service");
    return !given(given(held, "deploymentConfiguration"), "cloudServiceConfiguration") ||
           refuse_unsupported(err, "deploymentConfiguration.cloudServiceConfiguration",
               "Azure Batch has retired it; use virtualMachineConfiguration");
}

static bool check_body(const struct json *body, struct azb_error *err)
{
    const struct json *identity = json_get_nocase(body, "identity");
    if (!body_check(body, pool_fields, "", err) || !check_asked(given(body, "properties"), err))
        return false;
    return body_choice(given(identity, "type"), identity_types) != 1 ||
           fail_status(err, 400, "UnsupportedProperty",
               "identity is not supported: nodes of azbd have no managed identity of the pool.");
}

/* ---- Into the words of the Batch API ----------------------------------------------------------
 */

static void write_string(struct json_writer *writer, const char *name, const struct json *value)
{
    if (value)
        json_member_text(writer, name, json_text(value));
}

/* "Spread" is "spread" there, "CreationTime" "creationtime". */
static void write_word(struct json_writer *writer, const char *name, const struct json *value)
{
    char word[40];
    struct text text = json_text(value);
    if (!value || text.length >= sizeof word)
        return;
    for (size_t i = 0; i < text.length; i++)
        word[i] = (char)(text.at[i] >= 'A' && text.at[i] <= 'Z' ? text.at[i] | 0x20 : text.at[i]);
    json_member_text(writer, name, (struct text){word, text.length});
}

/* Members that the two call differently: in ARM, in the Batch API. */
static const char *const names[][2] = {
    {"nodeAgentSkuId", "nodeAgentSKUId"}, {"id", "virtualMachineImageId"}};

enum direction { FROM_ARM = 0, TO_ARM = 1 };

static const char *other_name(struct text name, enum direction direction)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal_nocase(name, text_of(names[i][direction])))
            return names[i][1 - direction];
    return NULL;
}

static void write_machine(
    struct json_writer *writer, const struct json *value, enum direction direction)
{
    if (value->type != JSON_OBJECT) {
        json_write_tree(writer, value);
        return;
    }
    json_begin_object(writer);
    for (const struct json *member = value->first; member; member = member->next) {
        const char *name = other_name(member->name, direction);
        bool goes_on = text_equal_nocase(member->name, TEXT("imageReference"));
        if (name)
            json_name(writer, name);
        else
            json_name_text(writer, member->name);
        if (goes_on)
            write_machine(writer, member, direction);
        else
            json_write_tree(writer, member);
    }
    json_end_object(writer);
}

static void write_scale(struct json_writer *writer, const struct json *held)
{
    const struct json *scale = given(given(held, "scaleSettings"), "fixedScale");
    static const char *const members[] = {
        "targetDedicatedNodes", "targetLowPriorityNodes", "resizeTimeout"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct json *value = given(scale, members[i]);
        if (!value)
            continue;
        json_name(writer, members[i]);
        json_write_tree(writer, value);
    }
}

static void write_policy(struct json_writer *writer, const struct json *held)
{
    const struct json *value = given(held, "taskSchedulingPolicy");
    if (!value)
        return;
    json_name(writer, "taskSchedulingPolicy");
    json_begin_object(writer);
    write_word(writer, "nodeFillType", given(value, "nodeFillType"));
    write_word(writer, "jobDefaultOrder", given(value, "jobDefaultOrder"));
    json_end_object(writer);
}

static void write_metadata(struct json_writer *writer, const struct json *held)
{
    const struct json *value = given(held, "metadata");
    if (!value)
        return;
    json_name(writer, "metadata");
    json_begin_array(writer);
    for (const struct json *item = value->first; item; item = item->next) {
        json_begin_object(writer);
        body_write(writer, item, metadata_item);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_batch_pool(
    struct json_writer *writer, const struct json *held, enum api_shape shape, const char *id)
{
    const struct json *machine =
        given(given(held, "deploymentConfiguration"), "virtualMachineConfiguration");
    const struct json *slots = given(held, "taskSlotsPerNode");
    const struct json *talk = given(held, "interNodeCommunication");
    json_begin_object(writer);
    if (shape == SHAPE_CREATE) {
        json_member(writer, "id", id);
        write_scale(writer, held);
    }
    write_string(writer, "displayName", given(held, "displayName"));
    write_string(writer, "vmSize", given(held, "vmSize"));
    if (machine) {
        json_name(writer, "virtualMachineConfiguration");
        write_machine(writer, machine, FROM_ARM);
    }
    if (slots) {
        json_name(writer, "taskSlotsPerNode");
        json_write_tree(writer, slots);
    }
    if (talk)
        json_member_bool(writer, "enableInterNodeCommunication", body_choice(talk, on_off) == 1);
    write_policy(writer, held);
    write_metadata(writer, held);
    json_end_object(writer);
}

struct azb_pool *pool_body_read(
    struct request *request, enum api_shape shape, const char *id, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    const struct json *body = arm_call(request)->body;
    struct azb_pool *pool = arena_alloc(&request->arena, sizeof *pool);
    if (!check_body(body, err))
        return NULL;
    buffer_init(&out, POOL_JSON_MAX);
    json_writer_init(&writer, &out, 0);
    write_batch_pool(&writer, given(body, "properties"), shape, id);
    char *text = out.failed ? NULL : arena_string(&request->arena, out.at);
    if (!pool || !text) {
        fail_memory(err);
        return NULL;
    }
    bool read = api_decode(model_pool(), shape, API_STRICT, text_of(text), NULL, &request->arena,
                    pool, err) &&
                api_validate(model_pool(), shape, pool, err);
    return read ? pool : NULL;
}

bool pool_body_read_scale(struct request *request, struct azb_pool_resize_options *out,
    bool *given_any, struct azb_error *err)
{
    const struct json *held = given(arm_call(request)->body, "properties");
    const struct json *scale = given(given(held, "scaleSettings"), "fixedScale");
    const struct json *dedicated = given(scale, "targetDedicatedNodes");
    const struct json *low = given(scale, "targetLowPriorityNodes");
    const struct json *option = given(scale, "nodeDeallocationOption");
    int64_t number = 0;
    *out = (struct azb_pool_resize_options){0};
    *given_any = dedicated || low;
    if (dedicated && json_number_to_i64(dedicated->text, &number))
        out->target_dedicated_nodes = AZB_I32((int32_t)number);
    if (low && json_number_to_i64(low->text, &number))
        out->target_low_priority_nodes = AZB_I32((int32_t)number);
    if (option)
        out->node_deallocation_option.value = body_choice(option, deallocations) + 1;
    return out->node_deallocation_option.value != AZB_NODE_DEALLOCATION_OPTION_RETAINED_DATA ||
           refuse_unsupported(err, "scaleSettings.fixedScale.nodeDeallocationOption",
               "RetainedData is not known to nodes of azbd");
}

/* ---- Out of them ----------------------------------------------------------------------------- */

static const char *const allocation_states[] = {[AZB_ALLOCATION_STATE_STEADY] = "Steady",
    [AZB_ALLOCATION_STATE_RESIZING] = "Resizing",
    [AZB_ALLOCATION_STATE_STOPPING] = "Stopping"};

static void write_states(struct json_writer *writer, const struct pool_row *row)
{
    const struct azb_pool *pool = &row->shown;
    json_member(writer, "lastModified", pool->last_modified);
    json_member(writer, "creationTime", pool->creation_time);
    json_member(writer, "provisioningState",
        row->state == AZB_POOL_STATE_DELETING ? "Deleting" : "Succeeded");
    json_member(writer, "provisioningStateTransitionTime", pool->state_transition_time);
    json_member(writer, "allocationState", allocation_states[row->allocation_state]);
    json_member(writer, "allocationStateTransitionTime", pool->allocation_state_transition_time);
    json_member_i64(writer, "currentDedicatedNodes", pool->current_dedicated_nodes.value);
    json_member_i64(writer, "currentLowPriorityNodes", pool->current_low_priority_nodes.value);
}

static void write_fixed_scale(
    struct json_writer *writer, const struct pool_row *row, const struct azb_pool *kept)
{
    json_name(writer, "scaleSettings");
    json_begin_object(writer);
    json_name(writer, "fixedScale");
    json_begin_object(writer);
    json_member_i64(writer, "targetDedicatedNodes", row->target_dedicated);
    json_member_i64(writer, "targetLowPriorityNodes", row->target_low);
    json_member(writer, "resizeTimeout", kept->resize_timeout);
    json_end_object(writer);
    json_end_object(writer);
}

/* Of the resize under way, or of the last one when something was wrong. */
static void write_resize(
    struct json_writer *writer, const struct pool_row *row, const struct azb_pool *kept)
{
    bool steady = row->allocation_state == AZB_ALLOCATION_STATE_STEADY;
    if (steady && !row->resize_error.code)
        return;
    json_name(writer, "resizeOperationStatus");
    json_begin_object(writer);
    json_member_i64(writer, "targetDedicatedNodes", row->target_dedicated);
    json_member_i64(writer, "targetLowPriorityNodes", row->target_low);
    json_member(writer, "resizeTimeout", kept->resize_timeout);
    json_member(writer, "startTime", row->shown.allocation_state_transition_time);
    if (row->resize_error.code) {
        json_name(writer, "errors");
        json_begin_array(writer);
        json_begin_object(writer);
        json_member(writer, "code", row->resize_error.code);
        json_member(writer, "message", row->resize_error.message);
        json_end_object(writer);
        json_end_array(writer);
    }
    json_end_object(writer);
}

static void write_settings(
    struct json_writer *writer, const struct azb_pool *kept, const struct json *document)
{
    const struct json *machine = json_get(document, "virtualMachineConfiguration");
    const struct azb_task_scheduling_policy *schedule = kept->task_scheduling_policy;
    bool pack = schedule && schedule->node_fill_type.value == AZB_NODE_FILL_TYPE_PACK;
    json_member(writer, "displayName", kept->display_name);
    json_member(writer, "vmSize", kept->vm_size);
    json_member(writer, "interNodeCommunication",
        on_off[kept->enable_inter_node_communication.value ? 1 : 0]);
    json_member_i64(writer, "taskSlotsPerNode", kept->task_slots_per_node.value);
    json_name(writer, "taskSchedulingPolicy");
    json_begin_object(writer);
    json_member(writer, "nodeFillType", fill_types[pack ? 1 : 0]);
    json_end_object(writer);
    json_name(writer, "deploymentConfiguration");
    json_begin_object(writer);
    if (machine) {
        json_name(writer, "virtualMachineConfiguration");
        write_machine(writer, machine, TO_ARM);
    }
    json_end_object(writer);
    write_metadata(writer, document);
}

bool pool_body_write(struct request *request, const struct account *account,
    const struct pool_row *row, struct json_writer *writer, struct azb_error *err)
{
    const struct json *document = json_parse(row->document, &request->arena, err);
    const struct azb_pool *kept =
        document ? document_read(request, model_pool(), row->document, err) : NULL;
    if (!kept)
        return false;
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "%s/pools/%s", account->resource_id, row->shown.id));
    json_member(writer, "name", row->shown.id);
    json_member(writer, "type", ACCOUNT_TYPE "/pools");
    json_member(writer, "etag", arm_etag(request, row->modified));
    json_name(writer, "properties");
    json_begin_object(writer);
    write_states(writer, row);
    write_settings(writer, kept, document);
    write_fixed_scale(writer, row, kept);
    write_resize(writer, row, kept);
    json_end_object(writer);
    json_end_object(writer);
    return true;
}
