/*
 * azb/models.h - the things of the Batch API: jobs, tasks, pools, nodes, files.
 *
 * Printed from api/models.def and api/words.def by tools/print_models.c; do not edit.
 *
 * One struct a thing. A structure that is all zero has no field set. What absent looks like:
 *   strings and pointers   NULL
 *   numbers and booleans   .set is false        (AZB_I32(5), AZB_BOOL(true) make set ones)
 *   words (enumerations)   .value is 0; an unknown word from a newer service is -1 and kept
 *                          in .text; to send a word, set .value (or -1 and .text)
 *   lists and maps         .items is NULL; items with count 0 is an empty list, which clears
 *
 * The letters in front of a member's comment say when it may be sent: C create, P patch, U put;
 * R: the service may answer it. A doubled letter: required, or always there. What a call gives
 * you belongs to its reply; what you give to a call is read during the call only.
 */
/* clang-format off */
#ifndef AZB_MODELS_H
#define AZB_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct azb_i32 {
    bool set;
    int32_t value;
};

struct azb_i64 {
    bool set;
    int64_t value;
};

struct azb_double {
    bool set;
    double value;
};

struct azb_bool {
    bool set;
    bool value;
};

#ifndef __cplusplus
#define AZB_I32(number) ((struct azb_i32){true, (number)})
#define AZB_I64(number) ((struct azb_i64){true, (number)})
#define AZB_DOUBLE(number) ((struct azb_double){true, (number)})
#define AZB_BOOL(truth) ((struct azb_bool){true, (truth)})
#endif

struct azb_string_list {
    const char *const *items;
    size_t count;
};

struct azb_string_pair {
    const char *name;
    const char *value;
};

struct azb_string_map {
    const struct azb_string_pair *items;
    size_t count;
};

/* Where a job is in its life. */
enum azb_job_state_value {
    AZB_JOB_STATE_ACTIVE = 1, /* "active" */
    AZB_JOB_STATE_DISABLING, /* "disabling" */
    AZB_JOB_STATE_DISABLED, /* "disabled" */
    AZB_JOB_STATE_ENABLING, /* "enabling" */
    AZB_JOB_STATE_TERMINATING, /* "terminating" */
    AZB_JOB_STATE_COMPLETED, /* "completed" */
    AZB_JOB_STATE_DELETING, /* "deleting" */
};

struct azb_job_state {
    int value;
    const char *text;
};

/* What the service does when every task of a job has completed. */
enum azb_on_all_tasks_complete_value {
    AZB_ON_ALL_TASKS_COMPLETE_NO_ACTION = 1, /* "noaction" */
    AZB_ON_ALL_TASKS_COMPLETE_TERMINATE_JOB, /* "terminatejob" */
};

struct azb_on_all_tasks_complete {
    int value;
    const char *text;
};

/* What the service does when a task of a job fails. */
enum azb_on_task_failure_value {
    AZB_ON_TASK_FAILURE_NO_ACTION = 1, /* "noaction" */
    AZB_ON_TASK_FAILURE_PERFORM_EXIT_OPTIONS_JOB_ACTION, /* "performexitoptionsjobaction" */
};

struct azb_on_task_failure {
    int value;
    const char *text;
};

/* What happens to running tasks when their job is disabled. */
enum azb_disable_tasks_value {
    AZB_DISABLE_TASKS_REQUEUE = 1, /* "requeue" */
    AZB_DISABLE_TASKS_TERMINATE, /* "terminate" */
    AZB_DISABLE_TASKS_WAIT, /* "wait" */
};

struct azb_disable_tasks {
    int value;
    const char *text;
};

/* Where a task is in its life. */
enum azb_task_state_value {
    AZB_TASK_STATE_ACTIVE = 1, /* "active" */
    AZB_TASK_STATE_PREPARING, /* "preparing" */
    AZB_TASK_STATE_RUNNING, /* "running" */
    AZB_TASK_STATE_COMPLETED, /* "completed" */
};

struct azb_task_state {
    int value;
    const char *text;
};

/* How a task ended. */
enum azb_execution_result_value {
    AZB_EXECUTION_RESULT_SUCCESS = 1, /* "success" */
    AZB_EXECUTION_RESULT_FAILURE, /* "failure" */
};

struct azb_execution_result {
    int value;
    const char *text;
};

/* Whose fault a failure is. */
enum azb_error_category_value {
    AZB_ERROR_CATEGORY_USER_ERROR = 1, /* "UserError" */
    AZB_ERROR_CATEGORY_SERVER_ERROR, /* "ServerError" */
};

struct azb_error_category {
    int value;
    const char *text;
};

/* What became of one task of a collection. */
enum azb_task_add_status_value {
    AZB_TASK_ADD_STATUS_SUCCESS = 1, /* "success" */
    AZB_TASK_ADD_STATUS_CLIENT_ERROR, /* "clienterror" */
    AZB_TASK_ADD_STATUS_SERVER_ERROR, /* "servererror" */
};

struct azb_task_add_status {
    int value;
    const char *text;
};

/* Who shares the automatic user account. */
enum azb_auto_user_scope_value {
    AZB_AUTO_USER_SCOPE_TASK = 1, /* "task" */
    AZB_AUTO_USER_SCOPE_POOL, /* "pool" */
};

struct azb_auto_user_scope {
    int value;
    const char *text;
};

/* Rights of a user account on the node. */
enum azb_elevation_level_value {
    AZB_ELEVATION_LEVEL_NON_ADMIN = 1, /* "nonadmin" */
    AZB_ELEVATION_LEVEL_ADMIN, /* "admin" */
};

struct azb_elevation_level {
    int value;
    const char *text;
};

/* How long an automatic pool lives. */
enum azb_pool_lifetime_option_value {
    AZB_POOL_LIFETIME_OPTION_JOB_SCHEDULE = 1, /* "jobschedule" */
    AZB_POOL_LIFETIME_OPTION_JOB, /* "job" */
};

struct azb_pool_lifetime_option {
    int value;
    const char *text;
};

/* The container technology of a node. */
enum azb_container_type_value {
    AZB_CONTAINER_TYPE_DOCKER_COMPATIBLE = 1, /* "dockerCompatible" */
    AZB_CONTAINER_TYPE_CRI_COMPATIBLE, /* "criCompatible" */
};

struct azb_container_type {
    int value;
    const char *text;
};

/* Where an ephemeral OS disk lies. */
enum azb_diff_disk_placement_value {
    AZB_DIFF_DISK_PLACEMENT_CACHE_DISK = 1, /* "cachedisk" */
};

struct azb_diff_disk_placement {
    int value;
    const char *text;
};

/* The protocol of an endpoint. */
enum azb_endpoint_protocol_value {
    AZB_ENDPOINT_PROTOCOL_TCP = 1, /* "tcp" */
    AZB_ENDPOINT_PROTOCOL_UDP, /* "udp" */
};

struct azb_endpoint_protocol {
    int value;
    const char *text;
};

/* What a node is doing. */
enum azb_node_state_value {
    AZB_NODE_STATE_IDLE = 1, /* "idle" */
    AZB_NODE_STATE_REBOOTING, /* "rebooting" */
    AZB_NODE_STATE_REIMAGING, /* "reimaging" */
    AZB_NODE_STATE_RUNNING, /* "running" */
    AZB_NODE_STATE_UNUSABLE, /* "unusable" */
    AZB_NODE_STATE_CREATING, /* "creating" */
    AZB_NODE_STATE_STARTING, /* "starting" */
    AZB_NODE_STATE_WAITING_FOR_START_TASK, /* "waitingforstarttask" */
    AZB_NODE_STATE_START_TASK_FAILED, /* "starttaskfailed" */
    AZB_NODE_STATE_UNKNOWN, /* "unknown" */
    AZB_NODE_STATE_LEAVING_POOL, /* "leavingpool" */
    AZB_NODE_STATE_OFFLINE, /* "offline" */
    AZB_NODE_STATE_PREEMPTED, /* "preempted" */
    AZB_NODE_STATE_UPGRADING_OS, /* "upgradingos" */
    AZB_NODE_STATE_DEALLOCATED, /* "deallocated" */
    AZB_NODE_STATE_DEALLOCATING, /* "deallocating" */
};

struct azb_node_state {
    int value;
    const char *text;
};

/* Whether a node takes new tasks. */
enum azb_scheduling_state_value {
    AZB_SCHEDULING_STATE_ENABLED = 1, /* "enabled" */
    AZB_SCHEDULING_STATE_DISABLED, /* "disabled" */
};

struct azb_scheduling_state {
    int value;
    const char *text;
};

/* How nodes spread over the zones of a region. */
enum azb_node_placement_policy_value {
    AZB_NODE_PLACEMENT_POLICY_REGIONAL = 1, /* "regional" */
    AZB_NODE_PLACEMENT_POLICY_ZONAL, /* "zonal" */
};

struct azb_node_placement_policy {
    int value;
    const char *text;
};

/* How a disk is cached. */
enum azb_caching_type_value {
    AZB_CACHING_TYPE_NONE = 1, /* "none" */
    AZB_CACHING_TYPE_READ_ONLY, /* "readonly" */
    AZB_CACHING_TYPE_READ_WRITE, /* "readwrite" */
};

struct azb_caching_type {
    int value;
    const char *text;
};

/* Whether a pool has managed identities. */
enum azb_pool_identity_type_value {
    AZB_POOL_IDENTITY_TYPE_USER_ASSIGNED = 1, /* "UserAssigned" */
    AZB_POOL_IDENTITY_TYPE_NONE, /* "None" */
};

struct azb_pool_identity_type {
    int value;
    const char *text;
};

/* Where a pool is in its life. */
enum azb_pool_state_value {
    AZB_POOL_STATE_ACTIVE = 1, /* "active" */
    AZB_POOL_STATE_DELETING, /* "deleting" */
};

struct azb_pool_state {
    int value;
    const char *text;
};

/* Whether nodes are being added or removed. */
enum azb_allocation_state_value {
    AZB_ALLOCATION_STATE_STEADY = 1, /* "steady" */
    AZB_ALLOCATION_STATE_RESIZING, /* "resizing" */
    AZB_ALLOCATION_STATE_STOPPING, /* "stopping" */
};

struct azb_allocation_state {
    int value;
    const char *text;
};

/* Who provides the public addresses of a pool. */
enum azb_ip_provisioning_value {
    AZB_IP_PROVISIONING_BATCH_MANAGED = 1, /* "batchmanaged" */
    AZB_IP_PROVISIONING_USER_MANAGED, /* "usermanaged" */
    AZB_IP_PROVISIONING_NO_PUBLIC_IP_ADDRESSES, /* "nopublicipaddresses" */
};

struct azb_ip_provisioning {
    int value;
    const char *text;
};

/* Where a start task is. */
enum azb_start_task_state_value {
    AZB_START_TASK_STATE_RUNNING = 1, /* "running" */
    AZB_START_TASK_STATE_COMPLETED, /* "completed" */
};

struct azb_start_task_state {
    int value;
    const char *text;
};

/* An operating system. */
enum azb_os_type_value {
    AZB_OS_TYPE_LINUX = 1, /* "linux" */
    AZB_OS_TYPE_WINDOWS, /* "windows" */
};

struct azb_os_type {
    int value;
    const char *text;
};

/* Whether an image was tested with its node agent. */
enum azb_verification_type_value {
    AZB_VERIFICATION_TYPE_VERIFIED = 1, /* "verified" */
    AZB_VERIFICATION_TYPE_UNVERIFIED, /* "unverified" */
};

struct azb_verification_type {
    int value;
    const char *text;
};

/* Where a container task starts. */
enum azb_container_working_directory_value {
    AZB_CONTAINER_WORKING_DIRECTORY_TASK_WORKING_DIRECTORY = 1, /* "taskWorkingDirectory" */
    AZB_CONTAINER_WORKING_DIRECTORY_CONTAINER_IMAGE_DEFAULT, /* "containerImageDefault" */
};

struct azb_container_working_directory {
    int value;
    const char *text;
};

/* Which of several equal jobs goes first. */
enum azb_job_default_order_value {
    AZB_JOB_DEFAULT_ORDER_NONE = 1, /* "none" */
    AZB_JOB_DEFAULT_ORDER_CREATION_TIME, /* "creationtime" */
};

struct azb_job_default_order {
    int value;
    const char *text;
};

/* Whether tasks fill nodes one by one or evenly. */
enum azb_node_fill_type_value {
    AZB_NODE_FILL_TYPE_SPREAD = 1, /* "Spread" */
    AZB_NODE_FILL_TYPE_PACK, /* "Pack" */
};

struct azb_node_fill_type {
    int value;
    const char *text;
};

/* What is encrypted for a confidential machine. */
enum azb_security_encryption_type_value {
    AZB_SECURITY_ENCRYPTION_TYPE_DISK_WITH_VM_GUEST_STATE = 1, /* "DiskWithVMGuestState" */
    AZB_SECURITY_ENCRYPTION_TYPE_NON_PERSISTED_TPM, /* "NonPersistedTPM" */
    AZB_SECURITY_ENCRYPTION_TYPE_VM_GUEST_STATE_ONLY, /* "VMGuestStateOnly" */
};

struct azb_security_encryption_type {
    int value;
    const char *text;
};

/* A directory of the node that a container sees. */
enum azb_bind_mount_source_value {
    AZB_BIND_MOUNT_SOURCE_SHARED = 1, /* "Shared" */
    AZB_BIND_MOUNT_SOURCE_STARTUP, /* "Startup" */
    AZB_BIND_MOUNT_SOURCE_VFS_MOUNTS, /* "VfsMounts" */
    AZB_BIND_MOUNT_SOURCE_TASK, /* "Task" */
    AZB_BIND_MOUNT_SOURCE_JOB_PREP, /* "JobPrep" */
    AZB_BIND_MOUNT_SOURCE_APPLICATIONS, /* "Applications" */
};

struct azb_bind_mount_source {
    int value;
    const char *text;
};

/* The storage behind a disk. */
enum azb_storage_account_type_value {
    AZB_STORAGE_ACCOUNT_TYPE_STANDARD_LRS = 1, /* "standard_lrs" */
    AZB_STORAGE_ACCOUNT_TYPE_PREMIUM_LRS, /* "premium_lrs" */
    AZB_STORAGE_ACCOUNT_TYPE_STANDARD_SSD_LRS, /* "standardssd_lrs" */
};

struct azb_storage_account_type {
    int value;
    const char *text;
};

/* What happens to the job when a task exits. */
enum azb_job_action_value {
    AZB_JOB_ACTION_NONE = 1, /* "none" */
    AZB_JOB_ACTION_DISABLE, /* "disable" */
    AZB_JOB_ACTION_TERMINATE, /* "terminate" */
};

struct azb_job_action {
    int value;
    const char *text;
};

/* What happens to dependent tasks when a task exits. */
enum azb_dependency_action_value {
    AZB_DEPENDENCY_ACTION_SATISFY = 1, /* "satisfy" */
    AZB_DEPENDENCY_ACTION_BLOCK, /* "block" */
};

struct azb_dependency_action {
    int value;
    const char *text;
};

/* How access rules of a host endpoint act. */
enum azb_access_control_mode_value {
    AZB_ACCESS_CONTROL_MODE_AUDIT = 1, /* "Audit" */
    AZB_ACCESS_CONTROL_MODE_ENFORCE, /* "Enforce" */
};

struct azb_access_control_mode {
    int value;
    const char *text;
};

/* When networks are assigned. */
enum azb_dynamic_vnet_scope_value {
    AZB_DYNAMIC_VNET_SCOPE_NONE = 1, /* "none" */
    AZB_DYNAMIC_VNET_SCOPE_JOB, /* "job" */
};

struct azb_dynamic_vnet_scope {
    int value;
    const char *text;
};

/* What a network rule does. */
enum azb_rule_access_value {
    AZB_RULE_ACCESS_ALLOW = 1, /* "allow" */
    AZB_RULE_ACCESS_DENY, /* "deny" */
};

struct azb_rule_access {
    int value;
    const char *text;
};

/* When output files are uploaded. */
enum azb_upload_condition_value {
    AZB_UPLOAD_CONDITION_TASK_SUCCESS = 1, /* "tasksuccess" */
    AZB_UPLOAD_CONDITION_TASK_FAILURE, /* "taskfailure" */
    AZB_UPLOAD_CONDITION_TASK_COMPLETION, /* "taskcompletion" */
};

struct azb_upload_condition {
    int value;
    const char *text;
};

/* The kind of protected machine. */
enum azb_security_type_value {
    AZB_SECURITY_TYPE_TRUSTED_LAUNCH = 1, /* "trustedLaunch" */
    AZB_SECURITY_TYPE_CONFIDENTIAL_VM, /* "confidentialVM" */
};

struct azb_security_type {
    int value;
    const char *text;
};

/* How nodes get a new OS image. */
enum azb_upgrade_mode_value {
    AZB_UPGRADE_MODE_AUTOMATIC = 1, /* "automatic" */
    AZB_UPGRADE_MODE_MANUAL, /* "manual" */
    AZB_UPGRADE_MODE_ROLLING, /* "rolling" */
};

struct azb_upgrade_mode {
    int value;
    const char *text;
};

/* How Windows logs the account in. */
enum azb_login_mode_value {
    AZB_LOGIN_MODE_BATCH = 1, /* "batch" */
    AZB_LOGIN_MODE_INTERACTIVE, /* "interactive" */
};

struct azb_login_mode {
    int value;
    const char *text;
};

/* What happens to tasks on nodes that leave. */
enum azb_node_deallocation_option_value {
    AZB_NODE_DEALLOCATION_OPTION_REQUEUE = 1, /* "requeue" */
    AZB_NODE_DEALLOCATION_OPTION_TERMINATE, /* "terminate" */
    AZB_NODE_DEALLOCATION_OPTION_TASK_COMPLETION, /* "taskcompletion" */
    AZB_NODE_DEALLOCATION_OPTION_RETAINED_DATA, /* "retaineddata" */
};

struct azb_node_deallocation_option {
    int value;
    const char *text;
};

struct azb_job;
struct azb_job_constraints;
struct azb_job_manager_task;
struct azb_task_container_settings;
struct azb_container_registry_reference;
struct azb_node_identity_reference;
struct azb_container_host_batch_bind_mount_entry;
struct azb_resource_file;
struct azb_output_file;
struct azb_file_destination;
struct azb_file_blob_container_destination;
struct azb_file_upload_header;
struct azb_file_upload_config;
struct azb_environment_setting;
struct azb_task_constraints;
struct azb_user_identity;
struct azb_auto_user_specification;
struct azb_application_package_reference;
struct azb_authentication_token_settings;
struct azb_job_preparation_task;
struct azb_job_release_task;
struct azb_pool_info;
struct azb_auto_pool_specification;
struct azb_pool_specification;
struct azb_virtual_machine_configuration;
struct azb_image_reference;
struct azb_windows_configuration;
struct azb_data_disk;
struct azb_managed_disk;
struct azb_disk_encryption_set_parameters;
struct azb_vm_disk_security_profile;
struct azb_container_configuration;
struct azb_disk_encryption_configuration;
struct azb_disk_customer_managed_key;
struct azb_pool_identity_reference;
struct azb_node_placement_configuration;
struct azb_vm_extension;
struct azb_os_disk;
struct azb_diff_disk_settings;
struct azb_security_profile;
struct azb_proxy_agent_settings;
struct azb_host_endpoint_settings;
struct azb_uefi_settings;
struct azb_service_artifact_reference;
struct azb_task_scheduling_policy;
struct azb_network_configuration;
struct azb_pool_endpoint_configuration;
struct azb_inbound_nat_pool;
struct azb_network_security_group_rule;
struct azb_public_ip_address_configuration;
struct azb_ip_tag;
struct azb_start_task;
struct azb_user_account;
struct azb_linux_user_configuration;
struct azb_windows_user_configuration;
struct azb_metadata_item;
struct azb_mount_configuration;
struct azb_azure_blob_file_system_configuration;
struct azb_nfs_mount_configuration;
struct azb_cifs_mount_configuration;
struct azb_azure_file_share_configuration;
struct azb_upgrade_policy;
struct azb_automatic_os_upgrade_policy;
struct azb_rolling_upgrade_policy;
struct azb_job_network_configuration;
struct azb_job_execution_info;
struct azb_job_scheduling_error;
struct azb_name_value_pair;
struct azb_job_statistics;
struct azb_job_page;
struct azb_job_disable_options;
struct azb_job_terminate_options;
struct azb_task_counts_result;
struct azb_task_counts;
struct azb_task_slot_counts;
struct azb_task;
struct azb_exit_conditions;
struct azb_exit_code_mapping;
struct azb_exit_options;
struct azb_exit_code_range_mapping;
struct azb_affinity_info;
struct azb_task_execution_info;
struct azb_task_container_execution_info;
struct azb_task_failure_info;
struct azb_node_info;
struct azb_multi_instance_settings;
struct azb_task_statistics;
struct azb_task_dependencies;
struct azb_task_id_range;
struct azb_task_page;
struct azb_task_group;
struct azb_task_add_results;
struct azb_task_add_result;
struct azb_batch_error;
struct azb_batch_error_message;
struct azb_batch_error_detail;
struct azb_file_page;
struct azb_file;
struct azb_file_properties;
struct azb_pool;
struct azb_resize_error;
struct azb_auto_scale_run;
struct azb_auto_scale_run_error;
struct azb_pool_statistics;
struct azb_pool_usage_statistics;
struct azb_pool_resource_statistics;
struct azb_pool_identity;
struct azb_user_assigned_identity;
struct azb_pool_page;
struct azb_pool_resize_options;
struct azb_node;
struct azb_task_info;
struct azb_start_task_info;
struct azb_node_error;
struct azb_node_endpoint_configuration;
struct azb_inbound_endpoint;
struct azb_node_agent_info;
struct azb_virtual_machine_info;
struct azb_node_page;
struct azb_pool_node_counts_page;
struct azb_pool_node_counts;
struct azb_node_counts;
struct azb_application_page;
struct azb_application;
struct azb_supported_image_page;
struct azb_supported_image;

struct azb_environment_setting_list {
    struct azb_environment_setting *items;
    size_t count;
};

struct azb_metadata_item_list {
    struct azb_metadata_item *items;
    size_t count;
};

struct azb_resource_file_list {
    struct azb_resource_file *items;
    size_t count;
};

struct azb_output_file_list {
    struct azb_output_file *items;
    size_t count;
};

struct azb_application_package_reference_list {
    struct azb_application_package_reference *items;
    size_t count;
};

struct azb_container_host_batch_bind_mount_entry_list {
    struct azb_container_host_batch_bind_mount_entry *items;
    size_t count;
};

struct azb_file_upload_header_list {
    struct azb_file_upload_header *items;
    size_t count;
};

struct azb_user_account_list {
    struct azb_user_account *items;
    size_t count;
};

struct azb_mount_configuration_list {
    struct azb_mount_configuration *items;
    size_t count;
};

struct azb_data_disk_list {
    struct azb_data_disk *items;
    size_t count;
};

struct azb_vm_extension_list {
    struct azb_vm_extension *items;
    size_t count;
};

struct azb_container_registry_reference_list {
    struct azb_container_registry_reference *items;
    size_t count;
};

struct azb_inbound_nat_pool_list {
    struct azb_inbound_nat_pool *items;
    size_t count;
};

struct azb_network_security_group_rule_list {
    struct azb_network_security_group_rule *items;
    size_t count;
};

struct azb_ip_tag_list {
    struct azb_ip_tag *items;
    size_t count;
};

struct azb_name_value_pair_list {
    struct azb_name_value_pair *items;
    size_t count;
};

struct azb_job_list {
    struct azb_job *items;
    size_t count;
};

struct azb_exit_code_mapping_list {
    struct azb_exit_code_mapping *items;
    size_t count;
};

struct azb_exit_code_range_mapping_list {
    struct azb_exit_code_range_mapping *items;
    size_t count;
};

struct azb_task_id_range_list {
    struct azb_task_id_range *items;
    size_t count;
};

struct azb_task_list {
    struct azb_task *items;
    size_t count;
};

struct azb_task_add_result_list {
    struct azb_task_add_result *items;
    size_t count;
};

struct azb_batch_error_detail_list {
    struct azb_batch_error_detail *items;
    size_t count;
};

struct azb_file_list {
    struct azb_file *items;
    size_t count;
};

struct azb_resize_error_list {
    struct azb_resize_error *items;
    size_t count;
};

struct azb_user_assigned_identity_list {
    struct azb_user_assigned_identity *items;
    size_t count;
};

struct azb_pool_list {
    struct azb_pool *items;
    size_t count;
};

struct azb_task_info_list {
    struct azb_task_info *items;
    size_t count;
};

struct azb_node_error_list {
    struct azb_node_error *items;
    size_t count;
};

struct azb_inbound_endpoint_list {
    struct azb_inbound_endpoint *items;
    size_t count;
};

struct azb_node_list {
    struct azb_node *items;
    size_t count;
};

struct azb_pool_node_counts_list {
    struct azb_pool_node_counts *items;
    size_t count;
};

struct azb_application_list {
    struct azb_application *items;
    size_t count;
};

struct azb_supported_image_list {
    struct azb_supported_image *items;
    size_t count;
};

/* A job: a group of tasks that run on the nodes of one pool. */
struct azb_job {
    /* CC RR: The id, unique in its parent without regard to case: 1 to 64 of [A-Za-z0-9_-]. */
    const char *id;
    /* C R: A name for people, at most 1024 characters; need not be unique. */
    const char *display_name;
    /* C R: Whether tasks of this job may depend on each other; false by default. */
    struct azb_bool uses_task_dependencies;
    /* RR: The address of this resource. */
    const char *url;
    /* RR: The version of this resource, for If-Match; changes with each change by a user. */
    const char *etag;
    /* RR: When a user last changed it. */
    const char *last_modified;
    /* RR: When it was made. */
    const char *creation_time;
    /* RR: The state it is in. */
    struct azb_job_state state;
    /* RR: When it came into that state. */
    const char *state_transition_time;
    /* R: The state before; absent in the first one. */
    struct azb_job_state previous_state;
    /* R: When it came into the state before. */
    const char *previous_state_transition_time;
    /* C R P U: From -1000 (last) to 1000 (first); 0 by default. */
    struct azb_i32 priority;
    /* C R P U: Whether tasks of jobs with a higher priority may push its tasks off a node; false
     * by default. */
    struct azb_bool allow_task_preemption;
    /* C R P U: How many of its tasks run at a time; -1, the default, is no limit. */
    struct azb_i32 max_parallel_tasks;
    /* C R P U: Limits on time and retries. */
    struct azb_job_constraints *constraints;
    /* C R: The task that steers the job. */
    struct azb_job_manager_task *job_manager_task;
    /* C R: The task that prepares a node for the job. */
    struct azb_job_preparation_task *job_preparation_task;
    /* C R: The task that cleans a node up after the job; needs a preparation task. */
    struct azb_job_release_task *job_release_task;
    /* C R: Environment of all tasks of the job; a task's own settings win. */
    struct azb_environment_setting_list common_environment_settings;
    /* CC RR P UU: Where the tasks run. */
    struct azb_pool_info *pool_info;
    /* C R P U: What happens when all tasks have completed; a job without tasks counts as
     * complete. */
    struct azb_on_all_tasks_complete on_all_tasks_complete;
    /* C R: What happens when a task fails, that is, after its last retry. */
    struct azb_on_task_failure on_task_failure;
    /* C R P: The network of the job's tasks. */
    struct azb_job_network_configuration *network_configuration;
    /* C R P U: Names and values for your own use; the service does nothing with them. */
    struct azb_metadata_item_list metadata;
    /* R: How it has run so far. */
    struct azb_job_execution_info *execution_info;
    /* R: Statistics; only when asked for with $expand=stats. */
    struct azb_job_statistics *stats;
};

/* Limits on a job. */
struct azb_job_constraints {
    /* C R P U: How long it may run, as an ISO 8601 duration; no limit when left out. */
    const char *max_wall_clock_time;
    /* C R P U: How often a failed task runs again; 0 by default, -1 without limit. */
    struct azb_i32 max_task_retry_count;
};

/* A task that the service starts with the job and that steers it. */
struct azb_job_manager_task {
    /* CC RR PP UU: The id, unique in its parent without regard to case: 1 to 64 of
     * [A-Za-z0-9_-]. */
    const char *id;
    /* C R P U: A name for people, at most 1024 characters; need not be unique. */
    const char *display_name;
    /* CC RR PP UU: The program and its arguments; no shell takes part, so write /bin/sh -c "..."
     * for shell features. */
    const char *command_line;
    /* C R P U: The container to run in; needs a pool with containers. */
    struct azb_task_container_settings *container_settings;
    /* C R P U: Files brought to the working directory first. */
    struct azb_resource_file_list resource_files;
    /* C R P U: Files uploaded when the task has ended. */
    struct azb_output_file_list output_files;
    /* C R P U: Environment variables of the task. */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: Limits on time and retries. */
    struct azb_task_constraints *constraints;
    /* C R P U: How many of a node's slots the task takes; 1 by default. */
    struct azb_i32 required_slots;
    /* C R P U: Whether the job ends with this task; true by default. */
    struct azb_bool kill_job_on_completion;
    /* C R P U: The account the command runs under; an automatic one without administrator rights
     * by default. */
    struct azb_user_identity *user_identity;
    /* C R P U: Whether the node runs nothing else at the same time; true by default. */
    struct azb_bool run_exclusive;
    /* C R P U: Application packages brought to the node, at most 10. */
    struct azb_application_package_reference_list application_package_references;
    /* C R P U: A token for calls back to the service; retired by Batch. */
    struct azb_authentication_token_settings *authentication_token_settings;
    /* C R P U: Whether it may run on a spot node; true by default. */
    struct azb_bool allow_low_priority_node;
};

/* The container in which a task runs. */
struct azb_task_container_settings {
    /* C R P U: Further options of the container's create command. */
    const char *container_run_options;
    /* CC RR PP UU: The image, with its registry and tag. */
    const char *image_name;
    /* C R P U: The private registry that has the image. */
    struct azb_container_registry_reference *registry;
    /* C R P U: Where the command starts; the task's working directory by default. */
    struct azb_container_working_directory working_directory;
    /* C R P U: Directories of the node to mount; all of them when left out. */
    struct azb_container_host_batch_bind_mount_entry_list container_host_batch_bind_mounts;
};

/* A container registry and how to sign in to it. */
struct azb_container_registry_reference {
    /* C R P U: The user's name. */
    const char *username;
    /* C P U: The password; never answered. */
    const char *password;
    /* C R P U: The registry's address; docker.io by default. */
    const char *registry_server;
    /* C R P U: The managed identity to use instead of a key or password. */
    struct azb_node_identity_reference *identity_reference;
};

/* A managed identity of the pool, used by its nodes. */
struct azb_node_identity_reference {
    /* C R P U: The resource id of the identity. */
    const char *resource_id;
};

/* A directory of the node that the container sees. */
struct azb_container_host_batch_bind_mount_entry {
    /* C R P U: Which directory. */
    struct azb_bind_mount_source source;
    /* C R P U: Whether the container may only read it. */
    struct azb_bool is_read_only;
};

/* Files brought to the node before the command starts; exactly one source is given. */
struct azb_resource_file {
    /* C R P U: A container of the account's own storage. */
    const char *auto_storage_container_name;
    /* C R P U: The address of a blob container; all blobs under the prefix come along. */
    const char *storage_container_url;
    /* C R P U: The address of one file; needs filePath. */
    const char *http_url;
    /* C R P U: Only blobs whose names begin so. */
    const char *blob_prefix;
    /* C R P U: Where the file, or for containers the directory, is put below the working
     * directory. */
    const char *file_path;
    /* C R P U: File permissions in octal, Linux only; 0770 by default. */
    const char *file_mode;
    /* C R P U: The managed identity to use instead of a key or password. */
    struct azb_node_identity_reference *identity_reference;
};

/* Files uploaded from the node when the task has ended. */
struct azb_output_file {
    /* CC RR PP UU: Which files, with *, ** and ? below the task's working directory. */
    const char *file_pattern;
    /* CC RR PP UU: Where the files go. */
    struct azb_file_destination *destination;
    /* CC RR PP UU: When they are uploaded. */
    struct azb_file_upload_config *upload_options;
};

/* Where output files go. */
struct azb_file_destination {
    /* C R P U: A blob container. */
    struct azb_file_blob_container_destination *container;
};

/* A blob container that takes output files. */
struct azb_file_blob_container_destination {
    /* C R P U: The blob, or for patterns the prefix; the container's root when left out. */
    const char *path;
    /* CC RR PP UU: The address of the container, with a signature that allows writing, or an
     * identity. */
    const char *container_url;
    /* C R P U: The managed identity to use instead of a key or password. */
    struct azb_node_identity_reference *identity_reference;
    /* C R P U: Headers for the uploads. */
    struct azb_file_upload_header_list upload_headers;
};

/* A header of the upload request. */
struct azb_file_upload_header {
    /* CC RR PP UU: Its name. */
    const char *name;
    /* C R P U: The value. */
    const char *value;
};

/* When output files are uploaded. */
struct azb_file_upload_config {
    /* CC RR PP UU: After which end of the task. */
    struct azb_upload_condition upload_condition;
};

/* An environment variable of a task. */
struct azb_environment_setting {
    /* CC RR PP UU: The variable's name. */
    const char *name;
    /* C R P U: The variable's value. */
    const char *value;
};

/* Limits on one task. */
struct azb_task_constraints {
    /* C R P U: How long it may run, as an ISO 8601 duration; no limit when left out. */
    const char *max_wall_clock_time;
    /* C R P U: How long the task's files are kept after it ended; P7D by default. */
    const char *retention_time;
    /* C R P U: How often a failed task runs again; 0 by default, -1 without limit. */
    struct azb_i32 max_task_retry_count;
};

/* The account a task runs under: a named one or an automatic one, not both. */
struct azb_user_identity {
    /* C R P U: A user account of the pool. */
    const char *username;
    /* C R P U: An automatic account. */
    struct azb_auto_user_specification *auto_user;
};

/* The account that the service makes for tasks. */
struct azb_auto_user_specification {
    /* C R P U: One account for the pool (the default) or one for each task. */
    struct azb_auto_user_scope scope;
    /* C R P U: Whether it has administrator rights; not by default. */
    struct azb_elevation_level elevation_level;
};

/* An application package brought to the nodes. */
struct azb_application_package_reference {
    /* CC RR PP UU: The application. */
    const char *application_id;
    /* C R P U: The version; the application's default version when left out. */
    const char *version;
};

/* The token a task gets for calls to the service. */
struct azb_authentication_token_settings {
    /* C R P U: What the token opens; only job. */
    struct azb_string_list access;
};

/* A task that runs on a node before its first task of the job. */
struct azb_job_preparation_task {
    /* C R P U: The task's id; jobpreparation when left out. */
    const char *id;
    /* CC RR PP UU: The program and its arguments; no shell takes part, so write /bin/sh -c "..."
     * for shell features. */
    const char *command_line;
    /* C R P U: The container to run in; needs a pool with containers. */
    struct azb_task_container_settings *container_settings;
    /* C R P U: Files brought to the working directory first. */
    struct azb_resource_file_list resource_files;
    /* C R P U: Environment variables of the task. */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: Limits on time and retries. */
    struct azb_task_constraints *constraints;
    /* C R P U: Whether tasks wait until it has succeeded on the node; true by default. */
    struct azb_bool wait_for_success;
    /* C R P U: The account the command runs under; an automatic one without administrator rights
     * by default. */
    struct azb_user_identity *user_identity;
    /* C R P U: Whether it runs again when the node restarts; true by default. */
    struct azb_bool rerun_on_node_reboot_after_success;
};

/* A task that runs on every node that served the job, when the job has ended. */
struct azb_job_release_task {
    /* C R P U: The task's id; jobrelease when left out. */
    const char *id;
    /* CC RR PP UU: The program and its arguments; no shell takes part, so write /bin/sh -c "..."
     * for shell features. */
    const char *command_line;
    /* C R P U: The container to run in; needs a pool with containers. */
    struct azb_task_container_settings *container_settings;
    /* C R P U: Files brought to the working directory first. */
    struct azb_resource_file_list resource_files;
    /* C R P U: Environment variables of the task. */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: How long it may run on a node; PT15M at most and by default. */
    const char *max_wall_clock_time;
    /* C R P U: How long the task's files are kept after it ended; P7D by default. */
    const char *retention_time;
    /* C R P U: The account the command runs under; an automatic one without administrator rights
     * by default. */
    struct azb_user_identity *user_identity;
};

/* The pool a job runs on: an existing one or an automatic one, exactly one of the two. */
struct azb_pool_info {
    /* C R P U: An existing pool; one that does not exist is accepted, tasks wait for it. */
    const char *pool_id;
    /* C R P U: A pool made for this job. */
    struct azb_auto_pool_specification *auto_pool_specification;
};

/* A pool that the service makes for a job and deletes with it. */
struct azb_auto_pool_specification {
    /* C R P U: What the pool's id begins with, at most 20 characters. */
    const char *auto_pool_id_prefix;
    /* CC RR PP UU: Whether the pool lives as long as the job or its schedule. */
    struct azb_pool_lifetime_option pool_lifetime_option;
    /* C R P U: Whether the pool stays when its lifetime is over; false by default. */
    struct azb_bool keep_alive;
    /* C R P U: What the pool looks like. */
    struct azb_pool_specification *pool;
};

/* What an automatic pool looks like. */
struct azb_pool_specification {
    /* C R P U: A name for people, at most 1024 characters; need not be unique. */
    const char *display_name;
    /* CC RR PP UU: The size of the machines, such as standard_d2s_v3. */
    const char *vm_size;
    /* C R P U: The image and disks of the machines. */
    struct azb_virtual_machine_configuration *virtual_machine_configuration;
    /* C R P U: How many tasks fit on a node, 1 to 256; 1 by default. */
    struct azb_i32 task_slots_per_node;
    /* C R P U: How tasks are spread over the nodes. */
    struct azb_task_scheduling_policy *task_scheduling_policy;
    /* C R P U: How long a resize may take; PT15M by default, PT5M at least. */
    const char *resize_timeout;
    /* C R P U: How many dedicated nodes are wanted. */
    struct azb_i32 target_dedicated_nodes;
    /* C R P U: How many spot nodes are wanted. */
    struct azb_i32 target_low_priority_nodes;
    /* C R P U: Whether a formula sets the size; then no targets are given. */
    struct azb_bool enable_auto_scale;
    /* C R P U: The scaling formula, at most 8192 characters. */
    const char *auto_scale_formula;
    /* C R P U: How often the formula is evaluated: PT5M to PT168H, PT15M by default. */
    const char *auto_scale_evaluation_interval;
    /* C R P U: Whether nodes may talk to each other; limits the size of the pool. */
    struct azb_bool enable_inter_node_communication;
    /* C R P U: The network of the nodes. */
    struct azb_network_configuration *network_configuration;
    /* C R P U: What runs on a node when it joins. */
    struct azb_start_task *start_task;
    /* C R P U: Application packages brought to the node, at most 10. */
    struct azb_application_package_reference_list application_package_references;
    /* C R P U: Accounts made on each node. */
    struct azb_user_account_list user_accounts;
    /* C R P U: Names and values for your own use; the service does nothing with them. */
    struct azb_metadata_item_list metadata;
    /* C R P U: File systems mounted on each node. */
    struct azb_mount_configuration_list mount_configuration;
    /* C R P U: How nodes get new images. */
    struct azb_upgrade_policy *upgrade_policy;
};

/* The virtual machines of a pool. */
struct azb_virtual_machine_configuration {
    /* CC RR PP UU: The machine image. */
    struct azb_image_reference *image_reference;
    /* CC RR PP UU: The node agent that fits the image, such as batch.node.debian 12. */
    const char *node_agent_sku_id;
    /* C R P U: Windows settings; not with a Linux image. */
    struct azb_windows_configuration *windows_configuration;
    /* C R P U: Empty disks attached to each node. */
    struct azb_data_disk_list data_disks;
    /* C R P U: The kind of on-premises license that is used, Windows_Server or Windows_Client. */
    const char *license_type;
    /* C R P U: Lets tasks run in containers. */
    struct azb_container_configuration *container_configuration;
    /* C R P U: Encryption of the disks. */
    struct azb_disk_encryption_configuration *disk_encryption_configuration;
    /* C R P U: How nodes are placed in the region. */
    struct azb_node_placement_configuration *node_placement_configuration;
    /* C R P U: Extensions installed on each node. */
    struct azb_vm_extension_list extensions;
    /* C R P U: The operating system disk. */
    struct azb_os_disk *os_disk;
    /* C R P U: Protection of the machines. */
    struct azb_security_profile *security_profile;
    /* C R P U: Fixes image versions for rolling upgrades. */
    struct azb_service_artifact_reference *service_artifact_reference;
};

/* A machine image: from the marketplace (publisher, offer, sku), a gallery, or a managed image. */
struct azb_image_reference {
    /* C R P U: Who publishes the image. */
    const char *publisher;
    /* C R P U: The publisher's offer. */
    const char *offer;
    /* C R P U: The offer's edition. */
    const char *sku;
    /* C R P U: The version; latest when left out. */
    const char *version;
    /* C R P U: The resource id of a managed image or of a compute gallery image. */
    const char *virtual_machine_image_id;
    /* R: The version that latest stands for. */
    const char *exact_version;
    /* C R P U: The id of a shared gallery image. */
    const char *shared_gallery_image_id;
    /* C R P U: The id of a community gallery image. */
    const char *community_gallery_image_id;
};

/* Windows settings of the nodes. */
struct azb_windows_configuration {
    /* C R P U: Whether Windows updates itself; true by default. */
    struct azb_bool enable_automatic_updates;
};

/* An empty disk attached to each node. */
struct azb_data_disk {
    /* CC RR PP UU: The disk's logical unit number, different for each disk. */
    struct azb_i32 lun;
    /* C R P U: How the disk is cached. */
    struct azb_caching_type caching;
    /* CC RR PP UU: The size in GB. */
    struct azb_i32 disk_size_gb;
    /* C R P U: The storage behind the disk. */
    struct azb_managed_disk *managed_disk;
    /* C R P U: The storage behind the disk. */
    struct azb_storage_account_type storage_account_type;
};

/* The storage behind a disk. */
struct azb_managed_disk {
    /* C R P U: The disk encryption set. */
    struct azb_disk_encryption_set_parameters *disk_encryption_set;
    /* C R P U: The storage behind the disk. */
    struct azb_storage_account_type storage_account_type;
    /* C R P U: Protection of the disk. */
    struct azb_vm_disk_security_profile *security_profile;
};

/* The disk encryption set of a disk. */
struct azb_disk_encryption_set_parameters {
    /* C R P U: The resource id of the disk encryption set. */
    const char *id;
};

/* How the disk of a confidential machine is protected. */
struct azb_vm_disk_security_profile {
    /* C R P U: What is encrypted. */
    struct azb_security_encryption_type security_encryption_type;
};

/* Containers on the nodes of a pool. */
struct azb_container_configuration {
    /* CC RR PP UU: The container technology. */
    struct azb_container_type type;
    /* C R P U: Images fetched when a node starts. */
    struct azb_string_list container_image_names;
    /* C R P U: Private registries that have images. */
    struct azb_container_registry_reference_list container_registries;
};

/* Encryption of the disks of the nodes. */
struct azb_disk_encryption_configuration {
    /* C R P U: Your own key. */
    struct azb_disk_customer_managed_key *customer_managed_key;
    /* C R P U: Which disks: osdisk, temporarydisk. */
    struct azb_string_list targets;
};

/* The customer's own key for disk encryption. */
struct azb_disk_customer_managed_key {
    /* C R P U: The identity that may read the key. */
    struct azb_pool_identity_reference *identity_reference;
    /* C R P U: The key's address, with its version. */
    const char *key_url;
    /* C R P U: Whether the newest version of the key is always used. */
    struct azb_bool rotation_to_latest_key_version_enabled;
};

/* A managed identity of the pool. */
struct azb_pool_identity_reference {
    /* C R P U: The resource id of the identity. */
    const char *resource_id;
};

/* How nodes are placed in the region. */
struct azb_node_placement_configuration {
    /* C R P U: Over one zone or several; regional by default. */
    struct azb_node_placement_policy policy;
};

/* An extension installed on each node. */
struct azb_vm_extension {
    /* CC RR PP UU: Its name. */
    const char *name;
    /* CC RR PP UU: Who publishes the extension. */
    const char *publisher;
    /* CC RR PP UU: The kind. */
    const char *type;
    /* C R P U: The version of the extension's script handler. */
    const char *type_handler_version;
    /* C R P U: Whether newer minor versions are taken when it is installed. */
    struct azb_bool auto_upgrade_minor_version;
    /* C R P U: Whether newer versions are installed by themselves. */
    struct azb_bool enable_automatic_upgrade;
    /* C R P U: Public settings. */
    struct azb_string_map settings;
    /* C P U: Secret settings; never answered. */
    struct azb_string_map protected_settings;
    /* C R P U: Extensions that must be there first. */
    struct azb_string_list provision_after_extensions;
};

/* The operating system disk of the nodes. */
struct azb_os_disk {
    /* C R P U: Keeps the disk on the host itself. */
    struct azb_diff_disk_settings *ephemeral_os_disk_settings;
    /* C R P U: How the disk is cached. */
    struct azb_caching_type caching;
    /* C R P U: The size in GB. */
    struct azb_i32 disk_size_gb;
    /* C R P U: The storage behind the disk. */
    struct azb_managed_disk *managed_disk;
    /* C R P U: Whether writes are accelerated. */
    struct azb_bool write_accelerator_enabled;
};

/* An operating system disk that is lost when the node goes. */
struct azb_diff_disk_settings {
    /* C R P U: Where the disk lies; cachedisk. */
    struct azb_diff_disk_placement placement;
};

/* Protection of the virtual machines. */
struct azb_security_profile {
    /* C R P U: Whether the host encrypts all disks, also the temporary one. */
    struct azb_bool encryption_at_host;
    /* C R P U: The guard of the host's own endpoints. */
    struct azb_proxy_agent_settings *proxy_agent_settings;
    /* C R P U: The kind of protected machine. */
    struct azb_security_type security_type;
    /* C R P U: Firmware settings; need a security type. */
    struct azb_uefi_settings *uefi_settings;
};

/* The proxy agent that guards the host's own endpoints. */
struct azb_proxy_agent_settings {
    /* C R P U: Whether it is on; false by default. */
    struct azb_bool enabled;
    /* C R P U: Rules for the instance metadata endpoint. */
    struct azb_host_endpoint_settings *imds;
    /* C R P U: Rules for the host's wire server. */
    struct azb_host_endpoint_settings *wire_server;
};

/* Access rules of one host endpoint. */
struct azb_host_endpoint_settings {
    /* C R P U: The resource id of the rules. */
    const char *in_vm_access_control_profile_reference_id;
    /* C R P U: How the rules act. */
    struct azb_access_control_mode mode;
};

/* Firmware settings of the virtual machines. */
struct azb_uefi_settings {
    /* C R P U: Whether only signed boot code runs. */
    struct azb_bool secure_boot_enabled;
    /* C R P U: Whether there is a virtual TPM. */
    struct azb_bool vtpm_enabled;
};

/* The service artifact that fixes image versions for rolling upgrades. */
struct azb_service_artifact_reference {
    /* CC RR PP UU: The resource id of the service artifact. */
    const char *id;
};

/* How tasks are spread over nodes. */
struct azb_task_scheduling_policy {
    /* C R P U: Which of several jobs of one priority goes first; none by default. */
    struct azb_job_default_order job_default_order;
    /* CC RR PP UU: Spread tasks over the nodes, or fill one node after the other. */
    struct azb_node_fill_type node_fill_type;
};

/* The network of a pool. */
struct azb_network_configuration {
    /* C R P U: The resource id of the subnet that nodes join. */
    const char *subnet_id;
    /* C R P U: When networks are assigned; none by default. */
    struct azb_dynamic_vnet_scope dynamic_vnet_assignment_scope;
    /* C R P U: Ports reachable from outside. */
    struct azb_pool_endpoint_configuration *endpoint_configuration;
    /* C R P U: The public addresses of the nodes. */
    struct azb_public_ip_address_configuration *public_ip_address_configuration;
    /* C R P U: Whether the network is accelerated; not all sizes can. */
    struct azb_bool enable_accelerated_networking;
};

/* Ports of the nodes that are reachable from outside. */
struct azb_pool_endpoint_configuration {
    /* CC RR PP UU: The ports, at most 5. */
    struct azb_inbound_nat_pool_list inbound_nat_pools;
};

/* A range of outside ports that lead to one port of the nodes. */
struct azb_inbound_nat_pool {
    /* CC RR PP UU: Its name. */
    const char *name;
    /* CC RR PP UU: tcp or udp. */
    struct azb_endpoint_protocol protocol;
    /* CC RR PP UU: The port on the node. */
    struct azb_i32 backend_port;
    /* CC RR PP UU: The first outside port. */
    struct azb_i32 frontend_port_range_start;
    /* CC RR PP UU: The last outside port. */
    struct azb_i32 frontend_port_range_end;
    /* C R P U: Who may come in, at most 25 rules. */
    struct azb_network_security_group_rule_list network_security_group_rules;
};

/* Who may reach an inbound port. */
struct azb_network_security_group_rule {
    /* CC RR PP UU: The order of the rule, from 150 to 4096; lower goes first. */
    struct azb_i32 priority;
    /* CC RR PP UU: What the rule does. */
    struct azb_rule_access access;
    /* CC RR PP UU: From where: an address, a range, a tag, or * for all. */
    const char *source_address_prefix;
    /* C R P U: From which ports; * by default. */
    struct azb_string_list source_port_ranges;
};

/* The public addresses of a pool. */
struct azb_public_ip_address_configuration {
    /* C R P U: Who provides the addresses; batchmanaged by default. */
    struct azb_ip_provisioning provision;
    /* C R P U: IPv4, IPv6; IPv4 by default. */
    struct azb_string_list ip_families;
    /* C R P U: The resource ids of your own addresses. */
    struct azb_string_list ip_address_ids;
    /* C R P U: Tags of the addresses. */
    struct azb_ip_tag_list ip_tags;
};

/* A tag of public addresses. */
struct azb_ip_tag {
    /* C R P U: The kind of the tag, such as FirstPartyUsage. */
    const char *ip_tag_type;
    /* C R P U: The tag's value. */
    const char *tag;
};

/* A task that runs on each node when it joins the pool or restarts. */
struct azb_start_task {
    /* CC RR PP UU: The program and its arguments; no shell takes part, so write /bin/sh -c "..."
     * for shell features. */
    const char *command_line;
    /* C R P U: The container to run in; needs a pool with containers. */
    struct azb_task_container_settings *container_settings;
    /* C R P U: Files brought to the working directory first. */
    struct azb_resource_file_list resource_files;
    /* C R P U: Environment variables of the task. */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: The account the command runs under; an automatic one without administrator rights
     * by default. */
    struct azb_user_identity *user_identity;
    /* C R P U: How often the start task runs again when it fails; -1 without limit. */
    struct azb_i32 max_task_retry_count;
    /* C R P U: Whether tasks wait until it has succeeded on the node; true by default. */
    struct azb_bool wait_for_success;
};

/* A user account made on each node. */
struct azb_user_account {
    /* CC RR PP UU: The account's name, at most 20 characters. */
    const char *name;
    /* CC PP UU: The password; never answered. */
    const char *password;
    /* C R P U: Whether it has administrator rights; not by default. */
    struct azb_elevation_level elevation_level;
    /* C R P U: Linux settings. */
    struct azb_linux_user_configuration *linux_user_configuration;
    /* C R P U: Windows settings. */
    struct azb_windows_user_configuration *windows_user_configuration;
};

/* Linux settings of a user account. */
struct azb_linux_user_configuration {
    /* C R P U: The user number; given together with gid or not at all. */
    struct azb_i32 uid;
    /* C R P U: The group number; given together with uid or not at all. */
    struct azb_i32 gid;
    /* C P U: The key for sign-in between nodes; never answered. */
    const char *ssh_private_key;
};

/* Windows settings of a user account. */
struct azb_windows_user_configuration {
    /* C R P U: How the account is logged in. */
    struct azb_login_mode login_mode;
};

/* A name and a value for the user's own use. */
struct azb_metadata_item {
    /* CC RR PP UU: Its name. */
    const char *name;
    /* CC RR PP UU: The value. */
    const char *value;
};

/* A file system mounted on each node; one of the four kinds. */
struct azb_mount_configuration {
    /* C R P U: A blob container. */
    struct azb_azure_blob_file_system_configuration *azure_blob_file_system_configuration;
    /* C R P U: An NFS share. */
    struct azb_nfs_mount_configuration *nfs_mount_configuration;
    /* C R P U: A CIFS share. */
    struct azb_cifs_mount_configuration *cifs_mount_configuration;
    /* C R P U: An Azure file share. */
    struct azb_azure_file_share_configuration *azure_file_share_configuration;
};

/* A blob container mounted as a file system. */
struct azb_azure_blob_file_system_configuration {
    /* CC RR PP UU: The storage account. */
    const char *account_name;
    /* CC RR PP UU: The blob container. */
    const char *container_name;
    /* C P U: The storage account's key; never answered. */
    const char *account_key;
    /* C P U: A shared access signature; never answered. */
    const char *sas_key;
    /* C R P U: Further options of the mount command. */
    const char *blobfuse_options;
    /* CC RR PP UU: Where it appears below the node's mounts directory. */
    const char *relative_mount_path;
    /* C R P U: The managed identity to use instead of a key or password. */
    struct azb_node_identity_reference *identity_reference;
};

/* An NFS share to mount. */
struct azb_nfs_mount_configuration {
    /* CC RR PP UU: The address of the share. */
    const char *source;
    /* CC RR PP UU: Where it appears below the node's mounts directory. */
    const char *relative_mount_path;
    /* C R P U: Further options of the mount command. */
    const char *mount_options;
};

/* A CIFS share to mount. */
struct azb_cifs_mount_configuration {
    /* CC RR PP UU: The user's name. */
    const char *username;
    /* CC RR PP UU: The address of the share. */
    const char *source;
    /* CC RR PP UU: Where it appears below the node's mounts directory. */
    const char *relative_mount_path;
    /* C R P U: Further options of the mount command. */
    const char *mount_options;
    /* CC PP UU: The password; never answered. */
    const char *password;
};

/* An Azure file share to mount. */
struct azb_azure_file_share_configuration {
    /* CC RR PP UU: The storage account. */
    const char *account_name;
    /* CC PP UU: The storage account's key; never answered. */
    const char *account_key;
    /* CC RR PP UU: The share's address. */
    const char *azure_file_url;
    /* CC RR PP UU: Where it appears below the node's mounts directory. */
    const char *relative_mount_path;
    /* C R P U: Further options of the mount command. */
    const char *mount_options;
};

/* How nodes get new operating system images. */
struct azb_upgrade_policy {
    /* CC RR PP UU: Who starts upgrades. */
    struct azb_upgrade_mode mode;
    /* C R P U: Settings of automatic upgrades. */
    struct azb_automatic_os_upgrade_policy *automatic_os_upgrade_policy;
    /* C R P U: Settings of rolling upgrades. */
    struct azb_rolling_upgrade_policy *rolling_upgrade_policy;
};

/* Automatic image upgrades. */
struct azb_automatic_os_upgrade_policy {
    /* C R P U: Whether a failed upgrade stays instead of being taken back. */
    struct azb_bool disable_automatic_rollback;
    /* C R P U: Whether nodes get new images by themselves. */
    struct azb_bool enable_automatic_os_upgrade;
    /* C R P U: Whether the rolling settings hold for automatic upgrades. */
    struct azb_bool use_rolling_upgrade_policy;
    /* C R P U: Whether upgrades wait while tasks run. */
    struct azb_bool os_rolling_upgrade_deferral;
};

/* Upgrades of some nodes at a time. */
struct azb_rolling_upgrade_policy {
    /* C R P U: Whether one batch of nodes may span zones. */
    struct azb_bool enable_cross_zone_upgrade;
    /* C R P U: The share of nodes upgraded at a time, 5 to 100. */
    struct azb_i32 max_batch_instance_percent;
    /* C R P U: The share of nodes that may be unhealthy, 5 to 100. */
    struct azb_i32 max_unhealthy_instance_percent;
    /* C R P U: The share of upgraded nodes that may be unhealthy, 0 to 100. */
    struct azb_i32 max_unhealthy_upgraded_instance_percent;
    /* C R P U: The wait between batches of nodes. */
    const char *pause_time_between_batches;
    /* C R P U: Whether unhealthy nodes go first. */
    struct azb_bool prioritize_unhealthy_instances;
    /* C R P U: Whether failed nodes are taken back when too many fail. */
    struct azb_bool rollback_failed_instances_on_policy_breach;
};

/* The network that the tasks of a job use. */
struct azb_job_network_configuration {
    /* CC RR PP UU: The resource id of the subnet that tasks join. */
    const char *subnet_id;
    /* C R P U: Whether nodes stay in the subnet after the job. */
    struct azb_bool skip_withdraw_from_vnet;
};

/* How a job has run. */
struct azb_job_execution_info {
    /* RR: When it started. */
    const char *start_time;
    /* R: When it ended; absent while it runs. */
    const char *end_time;
    /* R: The pool; for an automatic pool its real id. */
    const char *pool_id;
    /* R: Why the job could not start. */
    struct azb_job_scheduling_error *scheduling_error;
    /* R: Why the job ended: the caller's text, or a word of the service such as
     * AllTasksComplete. */
    const char *terminate_reason;
};

/* Why the service could not give a job its pool. */
struct azb_job_scheduling_error {
    /* RR: Whose fault it was. */
    struct azb_error_category category;
    /* R: The service's word for it. */
    const char *code;
    /* R: A sentence for people. */
    const char *message;
    /* R: Further details. */
    struct azb_name_value_pair_list details;
};

/* A name and a value that explain an error. */
struct azb_name_value_pair {
    /* R: Its name. */
    const char *name;
    /* R: The value. */
    const char *value;
};

/* What a job has used; not exact to the minute. */
struct azb_job_statistics {
    /* RR: The address of this resource. */
    const char *url;
    /* RR: When it started. */
    const char *start_time;
    /* RR: How far the figures reach. */
    const char *last_update_time;
    /* RR: Processor time in user mode. */
    const char *user_cpu_time;
    /* RR: Processor time in kernel mode. */
    const char *kernel_cpu_time;
    /* RR: Time from start to end. */
    const char *wall_clock_time;
    /* RR: How many times was read from disk. */
    struct azb_i64 read_iops;
    /* RR: How many times was written to disk. */
    struct azb_i64 write_iops;
    /* RR: How much was read, in GiB. */
    struct azb_double read_io_gib;
    /* RR: How much was written, in GiB. */
    struct azb_double write_io_gib;
    /* RR: Tasks that succeeded. */
    struct azb_i64 num_succeeded_tasks;
    /* RR: Tasks that failed. */
    struct azb_i64 num_failed_tasks;
    /* RR: Retries of all tasks. */
    struct azb_i64 num_task_retries;
    /* RR: Time between creation and first start. */
    const char *wait_time;
};

/* One page of a list of jobs. */
struct azb_job_page {
    /* R: The items. */
    struct azb_job_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* What disabling a job takes. */
struct azb_job_disable_options {
    /* CC: What happens to running tasks. */
    struct azb_disable_tasks disable_tasks;
};

/* What terminating a job takes. */
struct azb_job_terminate_options {
    /* C: A text that the job shows; UserTerminate by default. */
    const char *terminate_reason;
};

/* Counts of the tasks of a job. */
struct azb_task_counts_result {
    /* RR: Counted by task. */
    struct azb_task_counts *task_counts;
    /* RR: Counted by slot. */
    struct azb_task_slot_counts *task_slot_counts;
};

/* Tasks by state. */
struct azb_task_counts {
    /* RR: Waiting for a node. */
    struct azb_i32 active;
    /* RR: Running, or being prepared. */
    struct azb_i32 running;
    /* RR: Completed, well or not. */
    struct azb_i32 completed;
    /* RR: Completed with success. */
    struct azb_i32 succeeded;
    /* RR: Completed with failure. */
    struct azb_i32 failed;
};

/* Slots taken by tasks, by state. */
struct azb_task_slot_counts {
    /* RR: Waiting for a node. */
    struct azb_i32 active;
    /* RR: Running, or being prepared. */
    struct azb_i32 running;
    /* RR: Completed, well or not. */
    struct azb_i32 completed;
    /* RR: Completed with success. */
    struct azb_i32 succeeded;
    /* RR: Completed with failure. */
    struct azb_i32 failed;
};

/* A task: one command line that runs on a node. */
struct azb_task {
    /* CC RR: The id, unique in its parent without regard to case: 1 to 64 of [A-Za-z0-9_-]. */
    const char *id;
    /* C R: A name for people, at most 1024 characters; need not be unique. */
    const char *display_name;
    /* RR: The address of this resource. */
    const char *url;
    /* RR: The version of this resource, for If-Match; changes with each change by a user. */
    const char *etag;
    /* RR: When a user last changed it. */
    const char *last_modified;
    /* RR: When it was made. */
    const char *creation_time;
    /* C R: What happens when the task ends. */
    struct azb_exit_conditions *exit_conditions;
    /* RR: The state it is in. */
    struct azb_task_state state;
    /* RR: When it came into that state. */
    const char *state_transition_time;
    /* R: The state before; absent in the first one. */
    struct azb_task_state previous_state;
    /* R: When it came into the state before. */
    const char *previous_state_transition_time;
    /* CC RR: The program and its arguments; no shell takes part, so write /bin/sh -c "..." for
     * shell features. */
    const char *command_line;
    /* C R: The container to run in; needs a pool with containers. */
    struct azb_task_container_settings *container_settings;
    /* C R: Files brought to the working directory first. */
    struct azb_resource_file_list resource_files;
    /* C R: Files uploaded when the task has ended. */
    struct azb_output_file_list output_files;
    /* C R: Environment variables of the task. */
    struct azb_environment_setting_list environment_settings;
    /* C R: Where the task would like to run. */
    struct azb_affinity_info *affinity_info;
    /* C R U: Limits on time and retries. */
    struct azb_task_constraints *constraints;
    /* C R: How many of a node's slots the task takes; 1 by default. */
    struct azb_i32 required_slots;
    /* C R: The account the command runs under; an automatic one without administrator rights by
     * default. */
    struct azb_user_identity *user_identity;
    /* R: How it has run so far; absent for a task that never ran. */
    struct azb_task_execution_info *execution_info;
    /* R: Where it ran. */
    struct azb_node_info *node_info;
    /* C R: Runs the task on several nodes at once; then requiredSlots is 1. */
    struct azb_multi_instance_settings *multi_instance_settings;
    /* R: Statistics; only when asked for with $expand=stats. */
    struct azb_task_statistics *stats;
    /* C R: Tasks that must succeed first; the job must use task dependencies. */
    struct azb_task_dependencies *depends_on;
    /* C R: Application packages brought to the node, at most 10. */
    struct azb_application_package_reference_list application_package_references;
    /* C R: A token for calls back to the service; retired by Batch. */
    struct azb_authentication_token_settings *authentication_token_settings;
};

/* What happens when a task ends, by how it ended. */
struct azb_exit_conditions {
    /* C R P U: By exit code. */
    struct azb_exit_code_mapping_list exit_codes;
    /* C R P U: By range of exit codes; exit codes go first. */
    struct azb_exit_code_range_mapping_list exit_code_ranges;
    /* C R P U: When files could not be brought to the node. */
    struct azb_exit_options *pre_processing_error;
    /* C R P U: When output files could not be uploaded. */
    struct azb_exit_options *file_upload_error;
    /* C R P U: In all other cases. */
    struct azb_exit_options *default_options;
};

/* What happens at one exit code. */
struct azb_exit_code_mapping {
    /* CC RR PP UU: The exit code. */
    struct azb_i32 code;
    /* CC RR PP UU: What happens. */
    struct azb_exit_options *exit_options;
};

/* What happens to the job and to dependent tasks. */
struct azb_exit_options {
    /* C R P U: What happens to the job; none for exit code 0, else terminate. */
    struct azb_job_action job_action;
    /* C R P U: What happens to tasks that depend on this one; satisfy only after success. */
    struct azb_dependency_action dependency_action;
};

/* What happens at a range of exit codes, both ends included. */
struct azb_exit_code_range_mapping {
    /* CC RR PP UU: The first exit code. */
    struct azb_i32 start;
    /* CC RR PP UU: The last exit code. */
    struct azb_i32 end;
    /* CC RR PP UU: What happens. */
    struct azb_exit_options *exit_options;
};

/* A node or task near which a task would like to run. */
struct azb_affinity_info {
    /* CC RR PP UU: The affinity id of a node or task. */
    const char *affinity_id;
};

/* How a task has run. */
struct azb_task_execution_info {
    /* R: When it started. */
    const char *start_time;
    /* R: When it ended; absent while it runs. */
    const char *end_time;
    /* R: The exit code; absent when the command did not run to its end. */
    struct azb_i32 exit_code;
    /* R: The container it ran in. */
    struct azb_task_container_execution_info *container_info;
    /* R: Why it failed; absent otherwise. */
    struct azb_task_failure_info *failure_info;
    /* RR: How often it was run again. */
    struct azb_i32 retry_count;
    /* R: When it was last run again. */
    const char *last_retry_time;
    /* RR: How often it was put back into the queue, for example because its node went away. */
    struct azb_i32 requeue_count;
    /* R: When it was last put back. */
    const char *last_requeue_time;
    /* R: How it ended; absent before. */
    struct azb_execution_result result;
};

/* The container a task ran in. */
struct azb_task_container_execution_info {
    /* R: The container's id. */
    const char *container_id;
    /* R: The state of the container, in the words of its runtime. */
    const char *state;
    /* R: What the container's runtime said. */
    const char *error;
};

/* Why a task failed. */
struct azb_task_failure_info {
    /* RR: Whose fault it was. */
    struct azb_error_category category;
    /* R: The service's word for it. */
    const char *code;
    /* R: A sentence for people. */
    const char *message;
    /* R: Further details. */
    struct azb_name_value_pair_list details;
};

/* The node a task ran on. */
struct azb_node_info {
    /* R: The affinity id of a node or task. */
    const char *affinity_id;
    /* R: The node's address. */
    const char *node_url;
    /* R: The pool. */
    const char *pool_id;
    /* R: The node. */
    const char *node_id;
    /* R: The task's directory, below the node's root. */
    const char *task_root_directory;
    /* R: The address of that directory. */
    const char *task_root_directory_url;
};

/* A task that runs on several nodes at once. */
struct azb_multi_instance_settings {
    /* C R P U: How many nodes it takes; 1 by default. */
    struct azb_i32 number_of_instances;
    /* CC RR PP UU: The command run on all nodes before the main one starts on the first. */
    const char *coordination_command_line;
    /* C R P U: Files brought to all nodes of the task. */
    struct azb_resource_file_list common_resource_files;
};

/* What a task has used. */
struct azb_task_statistics {
    /* RR: The address of this resource. */
    const char *url;
    /* RR: When it started. */
    const char *start_time;
    /* RR: How far the figures reach. */
    const char *last_update_time;
    /* RR: Processor time in user mode. */
    const char *user_cpu_time;
    /* RR: Processor time in kernel mode. */
    const char *kernel_cpu_time;
    /* RR: Time from start to end. */
    const char *wall_clock_time;
    /* RR: How many times was read from disk. */
    struct azb_i64 read_iops;
    /* RR: How many times was written to disk. */
    struct azb_i64 write_iops;
    /* RR: How much was read, in GiB. */
    struct azb_double read_io_gib;
    /* RR: How much was written, in GiB. */
    struct azb_double write_io_gib;
    /* RR: Time between creation and first start. */
    const char *wait_time;
};

/* Tasks that must complete first. */
struct azb_task_dependencies {
    /* C R P U: Their ids, at most 64000 characters in all. */
    struct azb_string_list task_ids;
    /* C R P U: Ranges of numeric ids. */
    struct azb_task_id_range_list task_id_ranges;
};

/* A range of numeric task ids, both ends included. */
struct azb_task_id_range {
    /* CC RR PP UU: The first id. */
    struct azb_i32 start;
    /* CC RR PP UU: The last id. */
    struct azb_i32 end;
};

/* One page of a list of tasks. */
struct azb_task_page {
    /* R: The items. */
    struct azb_task_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* Tasks added in one request, at most 100. */
struct azb_task_group {
    /* CC: The tasks. */
    struct azb_task_list value;
};

/* What became of each task of a collection. */
struct azb_task_add_results {
    /* R: One result a task, in the order of the request. */
    struct azb_task_add_result_list value;
};

/* What became of one task of a collection. */
struct azb_task_add_result {
    /* RR: Whether the task was added; clienterror will fail again, servererror may be tried
     * again. */
    struct azb_task_add_status status;
    /* RR: The task. */
    const char *task_id;
    /* R: The version of the new task. */
    const char *etag;
    /* R: When it was added. */
    const char *last_modified;
    /* R: The address of the new task. */
    const char *location;
    /* R: Why it was not added. */
    struct azb_batch_error *error;
};

/* An error in the words of the service. */
struct azb_batch_error {
    /* R: The service's word for it. */
    const char *code;
    /* R: The sentence. */
    struct azb_batch_error_message *message;
    /* R: Further details. */
    struct azb_batch_error_detail_list values;
};

/* The sentence of an error. */
struct azb_batch_error_message {
    /* R: Its language. */
    const char *lang;
    /* R: The sentence itself. */
    const char *value;
};

/* A detail of an error. */
struct azb_batch_error_detail {
    /* R: What the detail is about. */
    const char *key;
    /* R: The detail. */
    const char *value;
};

/* One page of a list of files. */
struct azb_file_page {
    /* R: The items. */
    struct azb_file_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* A file or directory on a node. */
struct azb_file {
    /* R: The path below the task's or the node's root. */
    const char *name;
    /* R: The address of this resource. */
    const char *url;
    /* R: Whether it is a directory. */
    struct azb_bool is_directory;
    /* R: Size, type and dates; absent for a directory. */
    struct azb_file_properties *properties;
};

/* Size, type and dates of a file. */
struct azb_file_properties {
    /* R: When it was made. */
    const char *creation_time;
    /* RR: When the file was last written. */
    const char *last_modified;
    /* RR: The size in bytes. */
    struct azb_i64 content_length;
    /* R: The type, by the name's ending. */
    const char *content_type;
    /* R: File permissions in octal, Linux only. */
    const char *file_mode;
};

/* A pool: nodes that run tasks. */
struct azb_pool {
    /* CC RR: The id, unique in its parent without regard to case: 1 to 64 of [A-Za-z0-9_-]. */
    const char *id;
    /* C R P: A name for people, at most 1024 characters; need not be unique. */
    const char *display_name;
    /* RR: The address of this resource. */
    const char *url;
    /* RR: The version of this resource, for If-Match; changes with each change by a user. */
    const char *etag;
    /* RR: When a user last changed it. */
    const char *last_modified;
    /* RR: When it was made. */
    const char *creation_time;
    /* RR: The state it is in. */
    struct azb_pool_state state;
    /* RR: When it came into that state. */
    const char *state_transition_time;
    /* R: Whether nodes are being added or removed. */
    struct azb_allocation_state allocation_state;
    /* R: When it came into that state. */
    const char *allocation_state_transition_time;
    /* CC RR P: The size of the machines, such as standard_d2s_v3. */
    const char *vm_size;
    /* C R P: The image and disks of the machines. */
    struct azb_virtual_machine_configuration *virtual_machine_configuration;
    /* C R: How long a resize may take; PT15M by default, PT5M at least. */
    const char *resize_timeout;
    /* R: Why the last resize failed. */
    struct azb_resize_error_list resize_errors;
    /* RR: How many dedicated nodes there are. */
    struct azb_i32 current_dedicated_nodes;
    /* RR: How many spot nodes there are. */
    struct azb_i32 current_low_priority_nodes;
    /* C R: How many dedicated nodes are wanted. */
    struct azb_i32 target_dedicated_nodes;
    /* C R: How many spot nodes are wanted. */
    struct azb_i32 target_low_priority_nodes;
    /* C R: Whether a formula sets the size; then no targets are given. */
    struct azb_bool enable_auto_scale;
    /* C R: The scaling formula, at most 8192 characters. */
    const char *auto_scale_formula;
    /* C R: How often the formula is evaluated: PT5M to PT168H, PT15M by default. */
    const char *auto_scale_evaluation_interval;
    /* R: The last evaluation of the formula. */
    struct azb_auto_scale_run *auto_scale_run;
    /* C R P: Whether nodes may talk to each other; limits the size of the pool. */
    struct azb_bool enable_inter_node_communication;
    /* C R P: The network of the nodes. */
    struct azb_network_configuration *network_configuration;
    /* C R P: What runs on a node when it joins. */
    struct azb_start_task *start_task;
    /* C R P: Application packages brought to the node, at most 10. */
    struct azb_application_package_reference_list application_package_references;
    /* C R P: How many tasks fit on a node, 1 to 256; 1 by default. */
    struct azb_i32 task_slots_per_node;
    /* C R P: How tasks are spread over the nodes. */
    struct azb_task_scheduling_policy *task_scheduling_policy;
    /* C R P: Accounts made on each node. */
    struct azb_user_account_list user_accounts;
    /* C R P: Names and values for your own use; the service does nothing with them. */
    struct azb_metadata_item_list metadata;
    /* R: Statistics; only when asked for with $expand=stats. */
    struct azb_pool_statistics *stats;
    /* C R P: File systems mounted on each node. */
    struct azb_mount_configuration_list mount_configuration;
    /* R: Its managed identities; set through Azure Resource Manager only. */
    struct azb_pool_identity *identity;
    /* C R P: How nodes get new images. */
    struct azb_upgrade_policy *upgrade_policy;
};

/* Why a resize did not reach its target. */
struct azb_resize_error {
    /* R: The service's word for it. */
    const char *code;
    /* R: A sentence for people. */
    const char *message;
    /* R: Further details. */
    struct azb_name_value_pair_list values;
};

/* The last evaluation of the scaling formula. */
struct azb_auto_scale_run {
    /* RR: When it was evaluated. */
    const char *timestamp;
    /* R: The variables of the formula, as $Name=value;... */
    const char *results;
    /* R: Why it failed. */
    struct azb_auto_scale_run_error *error;
};

/* Why the scaling formula failed. */
struct azb_auto_scale_run_error {
    /* R: The service's word for it. */
    const char *code;
    /* R: A sentence for people. */
    const char *message;
    /* R: Further details. */
    struct azb_name_value_pair_list values;
};

/* What a pool has used. */
struct azb_pool_statistics {
    /* RR: The address of this resource. */
    const char *url;
    /* RR: When it started. */
    const char *start_time;
    /* RR: How far the figures reach. */
    const char *last_update_time;
    /* R: Core time. */
    struct azb_pool_usage_statistics *usage_stats;
    /* R: Load of the nodes. */
    struct azb_pool_resource_statistics *resource_stats;
};

/* Core time of a pool. */
struct azb_pool_usage_statistics {
    /* RR: When it started. */
    const char *start_time;
    /* RR: How far the figures reach. */
    const char *last_update_time;
    /* RR: Core time of dedicated nodes. */
    const char *dedicated_core_time;
};

/* Load of the nodes of a pool. */
struct azb_pool_resource_statistics {
    /* RR: When it started. */
    const char *start_time;
    /* RR: How far the figures reach. */
    const char *last_update_time;
    /* RR: Processor load, average in percent. */
    struct azb_double avg_cpu_percentage;
    /* RR: Memory in use, average. */
    struct azb_double avg_memory_gib;
    /* RR: Memory in use, at most. */
    struct azb_double peak_memory_gib;
    /* RR: Disk in use, average. */
    struct azb_double avg_disk_gib;
    /* RR: Disk in use, at most. */
    struct azb_double peak_disk_gib;
    /* RR: How many times was read from disk. */
    struct azb_i64 disk_read_iops;
    /* RR: How many times was written to disk. */
    struct azb_i64 disk_write_iops;
    /* RR: How much was read from disk. */
    struct azb_double disk_read_gib;
    /* RR: How much was written to disk. */
    struct azb_double disk_write_gib;
    /* RR: How much came over the network. */
    struct azb_double network_read_gib;
    /* RR: How much went over the network. */
    struct azb_double network_write_gib;
};

/* The managed identities of a pool. */
struct azb_pool_identity {
    /* RR: The kind. */
    struct azb_pool_identity_type type;
    /* R: The identities. */
    struct azb_user_assigned_identity_list user_assigned_identities;
};

/* One managed identity. */
struct azb_user_assigned_identity {
    /* RR: The identity's resource id. */
    const char *resource_id;
    /* R: The identity's client id. */
    const char *client_id;
    /* R: The identity's object id. */
    const char *principal_id;
};

/* One page of a list of pools. */
struct azb_pool_page {
    /* R: The items. */
    struct azb_pool_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* What a resize takes. */
struct azb_pool_resize_options {
    /* C: How many dedicated nodes are wanted. */
    struct azb_i32 target_dedicated_nodes;
    /* C: How many spot nodes are wanted. */
    struct azb_i32 target_low_priority_nodes;
    /* C: How long a resize may take; PT15M by default, PT5M at least. */
    const char *resize_timeout;
    /* C: What happens to tasks on nodes that go; requeue by default. */
    struct azb_node_deallocation_option node_deallocation_option;
};

/* A node: one machine of a pool. */
struct azb_node {
    /* R: The node's id, given by the service. */
    const char *id;
    /* R: The address of this resource. */
    const char *url;
    /* R: The state it is in. */
    struct azb_node_state state;
    /* R: Whether it takes new tasks. */
    struct azb_scheduling_state scheduling_state;
    /* R: When it came into that state. */
    const char *state_transition_time;
    /* R: When it last started; absent before. */
    const char *last_boot_time;
    /* R: When it was given to the pool. */
    const char *allocation_time;
    /* R: Its address among the nodes. */
    const char *ip_address;
    /* R: Its IPv6 address among the nodes. */
    const char *ipv6_address;
    /* R: The affinity id of a node or task. */
    const char *affinity_id;
    /* R: The size of the machines, such as standard_d2s_v3. */
    const char *vm_size;
    /* R: How many tasks ran on it. */
    struct azb_i32 total_tasks_run;
    /* R: How many tasks run on it now. */
    struct azb_i32 running_tasks_count;
    /* R: How many slots they take. */
    struct azb_i32 running_task_slots_count;
    /* R: How many tasks succeeded on it. */
    struct azb_i32 total_tasks_succeeded;
    /* R: The tasks it ran lately. */
    struct azb_task_info_list recent_tasks;
    /* R: What runs on a node when it joins. */
    struct azb_start_task *start_task;
    /* R: How its start task has run. */
    struct azb_start_task_info *start_task_info;
    /* R: What is wrong with it. */
    struct azb_node_error_list errors;
    /* R: Whether it is a dedicated node; otherwise a spot node. */
    struct azb_bool is_dedicated;
    /* R: Its outside endpoints. */
    struct azb_node_endpoint_configuration *endpoint_configuration;
    /* R: The agent on it. */
    struct azb_node_agent_info *node_agent_info;
    /* R: The machine behind it. */
    struct azb_virtual_machine_info *virtual_machine_info;
};

/* A task that ran on a node lately. */
struct azb_task_info {
    /* R: The task's address. */
    const char *task_url;
    /* R: The job. */
    const char *job_id;
    /* R: The task. */
    const char *task_id;
    /* R: The number of the subtask, for a task on several nodes. */
    struct azb_i32 subtask_id;
    /* RR: The state it is in. */
    struct azb_task_state task_state;
    /* R: How it has run so far. */
    struct azb_task_execution_info *execution_info;
};

/* How the start task of a node has run. */
struct azb_start_task_info {
    /* RR: The state it is in. */
    struct azb_start_task_state state;
    /* RR: When it started. */
    const char *start_time;
    /* R: When it ended; absent while it runs. */
    const char *end_time;
    /* R: The exit code; absent when the command did not run to its end. */
    struct azb_i32 exit_code;
    /* R: The container it ran in. */
    struct azb_task_container_execution_info *container_info;
    /* R: Why it failed; absent otherwise. */
    struct azb_task_failure_info *failure_info;
    /* RR: How often it was run again. */
    struct azb_i32 retry_count;
    /* R: When it was last run again. */
    const char *last_retry_time;
    /* R: How it ended; absent before. */
    struct azb_execution_result result;
};

/* An error of a node. */
struct azb_node_error {
    /* R: The service's word for it. */
    const char *code;
    /* R: A sentence for people. */
    const char *message;
    /* R: Further details. */
    struct azb_name_value_pair_list error_details;
};

/* The outside endpoints of a node. */
struct azb_node_endpoint_configuration {
    /* RR: The endpoints. */
    struct azb_inbound_endpoint_list inbound_endpoints;
};

/* An outside address that leads to a port of the node. */
struct azb_inbound_endpoint {
    /* RR: Its name. */
    const char *name;
    /* RR: tcp or udp. */
    struct azb_endpoint_protocol protocol;
    /* RR: The outside address. */
    const char *public_ip_address;
    /* RR: The outside name. */
    const char *public_fqdn;
    /* RR: The outside port. */
    struct azb_i32 frontend_port;
    /* RR: The port on the node. */
    struct azb_i32 backend_port;
};

/* The service's agent on a node. */
struct azb_node_agent_info {
    /* RR: The agent's version. */
    const char *version;
    /* RR: When the agent was last updated. */
    const char *last_update_time;
};

/* The machine behind a node. */
struct azb_virtual_machine_info {
    /* R: The machine image. */
    struct azb_image_reference *image_reference;
    /* R: The resource id of the machine in its scale set. */
    const char *scale_set_vm_resource_id;
};

/* One page of a list of nodes. */
struct azb_node_page {
    /* R: The items. */
    struct azb_node_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* One page of node counts. */
struct azb_pool_node_counts_page {
    /* R: The items. */
    struct azb_pool_node_counts_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* The nodes of a pool by state. */
struct azb_pool_node_counts {
    /* RR: The pool. */
    const char *pool_id;
    /* R: Dedicated nodes. */
    struct azb_node_counts *dedicated;
    /* R: Spot nodes. */
    struct azb_node_counts *low_priority;
};

/* Nodes by state. */
struct azb_node_counts {
    /* RR: Being made. */
    struct azb_i32 creating;
    /* RR: Ready, without a task. */
    struct azb_i32 idle;
    /* RR: Not scheduled by request. */
    struct azb_i32 offline;
    /* RR: Taken back by Azure. */
    struct azb_i32 preempted;
    /* RR: Restarting. */
    struct azb_i32 rebooting;
    /* RR: Getting their image anew. */
    struct azb_i32 reimaging;
    /* RR: Running tasks. */
    struct azb_i32 running;
    /* RR: Starting up. */
    struct azb_i32 starting;
    /* RR: Their start task failed. */
    struct azb_i32 start_task_failed;
    /* RR: On their way out. */
    struct azb_i32 leaving_pool;
    /* RR: Not heard of lately. */
    struct azb_i32 unknown;
    /* RR: Out of order. */
    struct azb_i32 unusable;
    /* RR: Waiting for their start task. */
    struct azb_i32 waiting_for_start_task;
    /* RR: Without a machine. */
    struct azb_i32 deallocated;
    /* RR: Giving their machine back. */
    struct azb_i32 deallocating;
    /* RR: All nodes. */
    struct azb_i32 total;
    /* RR: Getting a new image. */
    struct azb_i32 upgrading_os;
};

/* One page of applications. */
struct azb_application_page {
    /* R: The items. */
    struct azb_application_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* An application of the account, and the packages of it that can be used. */
struct azb_application {
    /* RR: The id, unique in the account. */
    const char *id;
    /* RR: A name for people. */
    const char *display_name;
    /* RR: The versions whose packages were activated. */
    struct azb_string_list versions;
};

/* One page of supported images. */
struct azb_supported_image_page {
    /* R: The items. */
    struct azb_supported_image_list value;
    /* R: The address of the next page; absent on the last. */
    const char *next_link;
};

/* A machine image that nodes may use, and the agent for it. */
struct azb_supported_image {
    /* RR: The node agent that fits the image, such as batch.node.debian 12. */
    const char *node_agent_sku_id;
    /* RR: The machine image. */
    struct azb_image_reference *image_reference;
    /* RR: The operating system. */
    struct azb_os_type os_type;
    /* R: What it can, such as DockerCompatible. */
    struct azb_string_list capabilities;
    /* R: When Batch will stop to support it. */
    const char *batch_support_end_of_life;
    /* RR: Whether it was tested with the agent. */
    struct azb_verification_type verification_type;
};

#ifdef __cplusplus
}
#endif
#endif
