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

struct azb_supported_image_list {
    struct azb_supported_image *items;
    size_t count;
};

/* TODO */
struct azb_job {
    /* CC RR: TODO */
    const char *id;
    /* C R: TODO */
    const char *display_name;
    /* C R: TODO */
    struct azb_bool uses_task_dependencies;
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *etag;
    /* RR: TODO */
    const char *last_modified;
    /* RR: TODO */
    const char *creation_time;
    /* RR: TODO */
    struct azb_job_state state;
    /* RR: TODO */
    const char *state_transition_time;
    /* R: TODO */
    struct azb_job_state previous_state;
    /* R: TODO */
    const char *previous_state_transition_time;
    /* C R P U: TODO */
    struct azb_i32 priority;
    /* C R P U: TODO */
    struct azb_bool allow_task_preemption;
    /* C R P U: TODO */
    struct azb_i32 max_parallel_tasks;
    /* C R P U: TODO */
    struct azb_job_constraints *constraints;
    /* C R: TODO */
    struct azb_job_manager_task *job_manager_task;
    /* C R: TODO */
    struct azb_job_preparation_task *job_preparation_task;
    /* C R: TODO */
    struct azb_job_release_task *job_release_task;
    /* C R: TODO */
    struct azb_environment_setting_list common_environment_settings;
    /* CC RR P UU: TODO */
    struct azb_pool_info *pool_info;
    /* C R P U: TODO */
    struct azb_on_all_tasks_complete on_all_tasks_complete;
    /* C R: TODO */
    struct azb_on_task_failure on_task_failure;
    /* C R P: TODO */
    struct azb_job_network_configuration *network_configuration;
    /* C R P U: TODO */
    struct azb_metadata_item_list metadata;
    /* R: TODO */
    struct azb_job_execution_info *execution_info;
    /* R: TODO */
    struct azb_job_statistics *stats;
};

/* TODO */
struct azb_job_constraints {
    /* C R P U: TODO */
    const char *max_wall_clock_time;
    /* C R P U: TODO */
    struct azb_i32 max_task_retry_count;
};

/* TODO */
struct azb_job_manager_task {
    /* CC RR PP UU: TODO */
    const char *id;
    /* C R P U: TODO */
    const char *display_name;
    /* CC RR PP UU: TODO */
    const char *command_line;
    /* C R P U: TODO */
    struct azb_task_container_settings *container_settings;
    /* C R P U: TODO */
    struct azb_resource_file_list resource_files;
    /* C R P U: TODO */
    struct azb_output_file_list output_files;
    /* C R P U: TODO */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: TODO */
    struct azb_task_constraints *constraints;
    /* C R P U: TODO */
    struct azb_i32 required_slots;
    /* C R P U: TODO */
    struct azb_bool kill_job_on_completion;
    /* C R P U: TODO */
    struct azb_user_identity *user_identity;
    /* C R P U: TODO */
    struct azb_bool run_exclusive;
    /* C R P U: TODO */
    struct azb_application_package_reference_list application_package_references;
    /* C R P U: TODO */
    struct azb_authentication_token_settings *authentication_token_settings;
    /* C R P U: TODO */
    struct azb_bool allow_low_priority_node;
};

/* TODO */
struct azb_task_container_settings {
    /* C R P U: TODO */
    const char *container_run_options;
    /* CC RR PP UU: TODO */
    const char *image_name;
    /* C R P U: TODO */
    struct azb_container_registry_reference *registry;
    /* C R P U: TODO */
    struct azb_container_working_directory working_directory;
    /* C R P U: TODO */
    struct azb_container_host_batch_bind_mount_entry_list container_host_batch_bind_mounts;
};

/* TODO */
struct azb_container_registry_reference {
    /* C R P U: TODO */
    const char *username;
    /* C P U: TODO */
    const char *password;
    /* C R P U: TODO */
    const char *registry_server;
    /* C R P U: TODO */
    struct azb_node_identity_reference *identity_reference;
};

/* TODO */
struct azb_node_identity_reference {
    /* C R P U: TODO */
    const char *resource_id;
};

/* TODO */
struct azb_container_host_batch_bind_mount_entry {
    /* C R P U: TODO */
    struct azb_bind_mount_source source;
    /* C R P U: TODO */
    struct azb_bool is_read_only;
};

/* TODO */
struct azb_resource_file {
    /* C R P U: TODO */
    const char *auto_storage_container_name;
    /* C R P U: TODO */
    const char *storage_container_url;
    /* C R P U: TODO */
    const char *http_url;
    /* C R P U: TODO */
    const char *blob_prefix;
    /* C R P U: TODO */
    const char *file_path;
    /* C R P U: TODO */
    const char *file_mode;
    /* C R P U: TODO */
    struct azb_node_identity_reference *identity_reference;
};

/* TODO */
struct azb_output_file {
    /* CC RR PP UU: TODO */
    const char *file_pattern;
    /* CC RR PP UU: TODO */
    struct azb_file_destination *destination;
    /* CC RR PP UU: TODO */
    struct azb_file_upload_config *upload_options;
};

/* TODO */
struct azb_file_destination {
    /* C R P U: TODO */
    struct azb_file_blob_container_destination *container;
};

/* TODO */
struct azb_file_blob_container_destination {
    /* C R P U: TODO */
    const char *path;
    /* CC RR PP UU: TODO */
    const char *container_url;
    /* C R P U: TODO */
    struct azb_node_identity_reference *identity_reference;
    /* C R P U: TODO */
    struct azb_file_upload_header_list upload_headers;
};

/* TODO */
struct azb_file_upload_header {
    /* CC RR PP UU: TODO */
    const char *name;
    /* C R P U: TODO */
    const char *value;
};

/* TODO */
struct azb_file_upload_config {
    /* CC RR PP UU: TODO */
    struct azb_upload_condition upload_condition;
};

/* TODO */
struct azb_environment_setting {
    /* CC RR PP UU: TODO */
    const char *name;
    /* C R P U: TODO */
    const char *value;
};

/* TODO */
struct azb_task_constraints {
    /* C R P U: TODO */
    const char *max_wall_clock_time;
    /* C R P U: TODO */
    const char *retention_time;
    /* C R P U: TODO */
    struct azb_i32 max_task_retry_count;
};

/* TODO */
struct azb_user_identity {
    /* C R P U: TODO */
    const char *username;
    /* C R P U: TODO */
    struct azb_auto_user_specification *auto_user;
};

/* TODO */
struct azb_auto_user_specification {
    /* C R P U: TODO */
    struct azb_auto_user_scope scope;
    /* C R P U: TODO */
    struct azb_elevation_level elevation_level;
};

/* TODO */
struct azb_application_package_reference {
    /* CC RR PP UU: TODO */
    const char *application_id;
    /* C R P U: TODO */
    const char *version;
};

/* TODO */
struct azb_authentication_token_settings {
    /* C R P U: TODO */
    struct azb_string_list access;
};

/* TODO */
struct azb_job_preparation_task {
    /* C R P U: TODO */
    const char *id;
    /* CC RR PP UU: TODO */
    const char *command_line;
    /* C R P U: TODO */
    struct azb_task_container_settings *container_settings;
    /* C R P U: TODO */
    struct azb_resource_file_list resource_files;
    /* C R P U: TODO */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: TODO */
    struct azb_task_constraints *constraints;
    /* C R P U: TODO */
    struct azb_bool wait_for_success;
    /* C R P U: TODO */
    struct azb_user_identity *user_identity;
    /* C R P U: TODO */
    struct azb_bool rerun_on_node_reboot_after_success;
};

/* TODO */
struct azb_job_release_task {
    /* C R P U: TODO */
    const char *id;
    /* CC RR PP UU: TODO */
    const char *command_line;
    /* C R P U: TODO */
    struct azb_task_container_settings *container_settings;
    /* C R P U: TODO */
    struct azb_resource_file_list resource_files;
    /* C R P U: TODO */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: TODO */
    const char *max_wall_clock_time;
    /* C R P U: TODO */
    const char *retention_time;
    /* C R P U: TODO */
    struct azb_user_identity *user_identity;
};

/* TODO */
struct azb_pool_info {
    /* C R P U: TODO */
    const char *pool_id;
    /* C R P U: TODO */
    struct azb_auto_pool_specification *auto_pool_specification;
};

/* TODO */
struct azb_auto_pool_specification {
    /* C R P U: TODO */
    const char *auto_pool_id_prefix;
    /* CC RR PP UU: TODO */
    struct azb_pool_lifetime_option pool_lifetime_option;
    /* C R P U: TODO */
    struct azb_bool keep_alive;
    /* C R P U: TODO */
    struct azb_pool_specification *pool;
};

/* TODO */
struct azb_pool_specification {
    /* C R P U: TODO */
    const char *display_name;
    /* CC RR PP UU: TODO */
    const char *vm_size;
    /* C R P U: TODO */
    struct azb_virtual_machine_configuration *virtual_machine_configuration;
    /* C R P U: TODO */
    struct azb_i32 task_slots_per_node;
    /* C R P U: TODO */
    struct azb_task_scheduling_policy *task_scheduling_policy;
    /* C R P U: TODO */
    const char *resize_timeout;
    /* C R P U: TODO */
    struct azb_i32 target_dedicated_nodes;
    /* C R P U: TODO */
    struct azb_i32 target_low_priority_nodes;
    /* C R P U: TODO */
    struct azb_bool enable_auto_scale;
    /* C R P U: TODO */
    const char *auto_scale_formula;
    /* C R P U: TODO */
    const char *auto_scale_evaluation_interval;
    /* C R P U: TODO */
    struct azb_bool enable_inter_node_communication;
    /* C R P U: TODO */
    struct azb_network_configuration *network_configuration;
    /* C R P U: TODO */
    struct azb_start_task *start_task;
    /* C R P U: TODO */
    struct azb_application_package_reference_list application_package_references;
    /* C R P U: TODO */
    struct azb_user_account_list user_accounts;
    /* C R P U: TODO */
    struct azb_metadata_item_list metadata;
    /* C R P U: TODO */
    struct azb_mount_configuration_list mount_configuration;
    /* C R P U: TODO */
    struct azb_upgrade_policy *upgrade_policy;
};

/* TODO */
struct azb_virtual_machine_configuration {
    /* CC RR PP UU: TODO */
    struct azb_image_reference *image_reference;
    /* CC RR PP UU: TODO */
    const char *node_agent_sku_id;
    /* C R P U: TODO */
    struct azb_windows_configuration *windows_configuration;
    /* C R P U: TODO */
    struct azb_data_disk_list data_disks;
    /* C R P U: TODO */
    const char *license_type;
    /* C R P U: TODO */
    struct azb_container_configuration *container_configuration;
    /* C R P U: TODO */
    struct azb_disk_encryption_configuration *disk_encryption_configuration;
    /* C R P U: TODO */
    struct azb_node_placement_configuration *node_placement_configuration;
    /* C R P U: TODO */
    struct azb_vm_extension_list extensions;
    /* C R P U: TODO */
    struct azb_os_disk *os_disk;
    /* C R P U: TODO */
    struct azb_security_profile *security_profile;
    /* C R P U: TODO */
    struct azb_service_artifact_reference *service_artifact_reference;
};

/* TODO */
struct azb_image_reference {
    /* C R P U: TODO */
    const char *publisher;
    /* C R P U: TODO */
    const char *offer;
    /* C R P U: TODO */
    const char *sku;
    /* C R P U: TODO */
    const char *version;
    /* C R P U: TODO */
    const char *virtual_machine_image_id;
    /* R: TODO */
    const char *exact_version;
    /* C R P U: TODO */
    const char *shared_gallery_image_id;
    /* C R P U: TODO */
    const char *community_gallery_image_id;
};

/* TODO */
struct azb_windows_configuration {
    /* C R P U: TODO */
    struct azb_bool enable_automatic_updates;
};

/* TODO */
struct azb_data_disk {
    /* CC RR PP UU: TODO */
    struct azb_i32 lun;
    /* C R P U: TODO */
    struct azb_caching_type caching;
    /* CC RR PP UU: TODO */
    struct azb_i32 disk_size_gb;
    /* C R P U: TODO */
    struct azb_managed_disk *managed_disk;
    /* C R P U: TODO */
    struct azb_storage_account_type storage_account_type;
};

/* TODO */
struct azb_managed_disk {
    /* C R P U: TODO */
    struct azb_disk_encryption_set_parameters *disk_encryption_set;
    /* C R P U: TODO */
    struct azb_storage_account_type storage_account_type;
    /* C R P U: TODO */
    struct azb_vm_disk_security_profile *security_profile;
};

/* TODO */
struct azb_disk_encryption_set_parameters {
    /* C R P U: TODO */
    const char *id;
};

/* TODO */
struct azb_vm_disk_security_profile {
    /* C R P U: TODO */
    struct azb_security_encryption_type security_encryption_type;
};

/* TODO */
struct azb_container_configuration {
    /* CC RR PP UU: TODO */
    struct azb_container_type type;
    /* C R P U: TODO */
    struct azb_string_list container_image_names;
    /* C R P U: TODO */
    struct azb_container_registry_reference_list container_registries;
};

/* TODO */
struct azb_disk_encryption_configuration {
    /* C R P U: TODO */
    struct azb_disk_customer_managed_key *customer_managed_key;
    /* C R P U: TODO */
    struct azb_string_list targets;
};

/* TODO */
struct azb_disk_customer_managed_key {
    /* C R P U: TODO */
    struct azb_pool_identity_reference *identity_reference;
    /* C R P U: TODO */
    const char *key_url;
    /* C R P U: TODO */
    struct azb_bool rotation_to_latest_key_version_enabled;
};

/* TODO */
struct azb_pool_identity_reference {
    /* C R P U: TODO */
    const char *resource_id;
};

/* TODO */
struct azb_node_placement_configuration {
    /* C R P U: TODO */
    struct azb_node_placement_policy policy;
};

/* TODO */
struct azb_vm_extension {
    /* CC RR PP UU: TODO */
    const char *name;
    /* CC RR PP UU: TODO */
    const char *publisher;
    /* CC RR PP UU: TODO */
    const char *type;
    /* C R P U: TODO */
    const char *type_handler_version;
    /* C R P U: TODO */
    struct azb_bool auto_upgrade_minor_version;
    /* C R P U: TODO */
    struct azb_bool enable_automatic_upgrade;
    /* C R P U: TODO */
    struct azb_string_map settings;
    /* C P U: TODO */
    struct azb_string_map protected_settings;
    /* C R P U: TODO */
    struct azb_string_list provision_after_extensions;
};

/* TODO */
struct azb_os_disk {
    /* C R P U: TODO */
    struct azb_diff_disk_settings *ephemeral_os_disk_settings;
    /* C R P U: TODO */
    struct azb_caching_type caching;
    /* C R P U: TODO */
    struct azb_i32 disk_size_gb;
    /* C R P U: TODO */
    struct azb_managed_disk *managed_disk;
    /* C R P U: TODO */
    struct azb_bool write_accelerator_enabled;
};

/* TODO */
struct azb_diff_disk_settings {
    /* C R P U: TODO */
    struct azb_diff_disk_placement placement;
};

/* TODO */
struct azb_security_profile {
    /* C R P U: TODO */
    struct azb_bool encryption_at_host;
    /* C R P U: TODO */
    struct azb_proxy_agent_settings *proxy_agent_settings;
    /* C R P U: TODO */
    struct azb_security_type security_type;
    /* C R P U: TODO */
    struct azb_uefi_settings *uefi_settings;
};

/* TODO */
struct azb_proxy_agent_settings {
    /* C R P U: TODO */
    struct azb_bool enabled;
    /* C R P U: TODO */
    struct azb_host_endpoint_settings *imds;
    /* C R P U: TODO */
    struct azb_host_endpoint_settings *wire_server;
};

/* TODO */
struct azb_host_endpoint_settings {
    /* C R P U: TODO */
    const char *in_vm_access_control_profile_reference_id;
    /* C R P U: TODO */
    struct azb_access_control_mode mode;
};

/* TODO */
struct azb_uefi_settings {
    /* C R P U: TODO */
    struct azb_bool secure_boot_enabled;
    /* C R P U: TODO */
    struct azb_bool vtpm_enabled;
};

/* TODO */
struct azb_service_artifact_reference {
    /* CC RR PP UU: TODO */
    const char *id;
};

/* TODO */
struct azb_task_scheduling_policy {
    /* C R P U: TODO */
    struct azb_job_default_order job_default_order;
    /* CC RR PP UU: TODO */
    struct azb_node_fill_type node_fill_type;
};

/* TODO */
struct azb_network_configuration {
    /* C R P U: TODO */
    const char *subnet_id;
    /* C R P U: TODO */
    struct azb_dynamic_vnet_scope dynamic_vnet_assignment_scope;
    /* C R P U: TODO */
    struct azb_pool_endpoint_configuration *endpoint_configuration;
    /* C R P U: TODO */
    struct azb_public_ip_address_configuration *public_ip_address_configuration;
    /* C R P U: TODO */
    struct azb_bool enable_accelerated_networking;
};

/* TODO */
struct azb_pool_endpoint_configuration {
    /* CC RR PP UU: TODO */
    struct azb_inbound_nat_pool_list inbound_nat_pools;
};

/* TODO */
struct azb_inbound_nat_pool {
    /* CC RR PP UU: TODO */
    const char *name;
    /* CC RR PP UU: TODO */
    struct azb_endpoint_protocol protocol;
    /* CC RR PP UU: TODO */
    struct azb_i32 backend_port;
    /* CC RR PP UU: TODO */
    struct azb_i32 frontend_port_range_start;
    /* CC RR PP UU: TODO */
    struct azb_i32 frontend_port_range_end;
    /* C R P U: TODO */
    struct azb_network_security_group_rule_list network_security_group_rules;
};

/* TODO */
struct azb_network_security_group_rule {
    /* CC RR PP UU: TODO */
    struct azb_i32 priority;
    /* CC RR PP UU: TODO */
    struct azb_rule_access access;
    /* CC RR PP UU: TODO */
    const char *source_address_prefix;
    /* C R P U: TODO */
    struct azb_string_list source_port_ranges;
};

/* TODO */
struct azb_public_ip_address_configuration {
    /* C R P U: TODO */
    struct azb_ip_provisioning provision;
    /* C R P U: TODO */
    struct azb_string_list ip_families;
    /* C R P U: TODO */
    struct azb_string_list ip_address_ids;
    /* C R P U: TODO */
    struct azb_ip_tag_list ip_tags;
};

/* TODO */
struct azb_ip_tag {
    /* C R P U: TODO */
    const char *ip_tag_type;
    /* C R P U: TODO */
    const char *tag;
};

/* TODO */
struct azb_start_task {
    /* CC RR PP UU: TODO */
    const char *command_line;
    /* C R P U: TODO */
    struct azb_task_container_settings *container_settings;
    /* C R P U: TODO */
    struct azb_resource_file_list resource_files;
    /* C R P U: TODO */
    struct azb_environment_setting_list environment_settings;
    /* C R P U: TODO */
    struct azb_user_identity *user_identity;
    /* C R P U: TODO */
    struct azb_i32 max_task_retry_count;
    /* C R P U: TODO */
    struct azb_bool wait_for_success;
};

/* TODO */
struct azb_user_account {
    /* CC RR PP UU: TODO */
    const char *name;
    /* CC PP UU: TODO */
    const char *password;
    /* C R P U: TODO */
    struct azb_elevation_level elevation_level;
    /* C R P U: TODO */
    struct azb_linux_user_configuration *linux_user_configuration;
    /* C R P U: TODO */
    struct azb_windows_user_configuration *windows_user_configuration;
};

/* TODO */
struct azb_linux_user_configuration {
    /* C R P U: TODO */
    struct azb_i32 uid;
    /* C R P U: TODO */
    struct azb_i32 gid;
    /* C P U: TODO */
    const char *ssh_private_key;
};

/* TODO */
struct azb_windows_user_configuration {
    /* C R P U: TODO */
    struct azb_login_mode login_mode;
};

/* TODO */
struct azb_metadata_item {
    /* CC RR PP UU: TODO */
    const char *name;
    /* CC RR PP UU: TODO */
    const char *value;
};

/* TODO */
struct azb_mount_configuration {
    /* C R P U: TODO */
    struct azb_azure_blob_file_system_configuration *azure_blob_file_system_configuration;
    /* C R P U: TODO */
    struct azb_nfs_mount_configuration *nfs_mount_configuration;
    /* C R P U: TODO */
    struct azb_cifs_mount_configuration *cifs_mount_configuration;
    /* C R P U: TODO */
    struct azb_azure_file_share_configuration *azure_file_share_configuration;
};

/* TODO */
struct azb_azure_blob_file_system_configuration {
    /* CC RR PP UU: TODO */
    const char *account_name;
    /* CC RR PP UU: TODO */
    const char *container_name;
    /* C P U: TODO */
    const char *account_key;
    /* C P U: TODO */
    const char *sas_key;
    /* C R P U: TODO */
    const char *blobfuse_options;
    /* CC RR PP UU: TODO */
    const char *relative_mount_path;
    /* C R P U: TODO */
    struct azb_node_identity_reference *identity_reference;
};

/* TODO */
struct azb_nfs_mount_configuration {
    /* CC RR PP UU: TODO */
    const char *source;
    /* CC RR PP UU: TODO */
    const char *relative_mount_path;
    /* C R P U: TODO */
    const char *mount_options;
};

/* TODO */
struct azb_cifs_mount_configuration {
    /* CC RR PP UU: TODO */
    const char *username;
    /* CC RR PP UU: TODO */
    const char *source;
    /* CC RR PP UU: TODO */
    const char *relative_mount_path;
    /* C R P U: TODO */
    const char *mount_options;
    /* CC PP UU: TODO */
    const char *password;
};

/* TODO */
struct azb_azure_file_share_configuration {
    /* CC RR PP UU: TODO */
    const char *account_name;
    /* CC PP UU: TODO */
    const char *account_key;
    /* CC RR PP UU: TODO */
    const char *azure_file_url;
    /* CC RR PP UU: TODO */
    const char *relative_mount_path;
    /* C R P U: TODO */
    const char *mount_options;
};

/* TODO */
struct azb_upgrade_policy {
    /* CC RR PP UU: TODO */
    struct azb_upgrade_mode mode;
    /* C R P U: TODO */
    struct azb_automatic_os_upgrade_policy *automatic_os_upgrade_policy;
    /* C R P U: TODO */
    struct azb_rolling_upgrade_policy *rolling_upgrade_policy;
};

/* TODO */
struct azb_automatic_os_upgrade_policy {
    /* C R P U: TODO */
    struct azb_bool disable_automatic_rollback;
    /* C R P U: TODO */
    struct azb_bool enable_automatic_os_upgrade;
    /* C R P U: TODO */
    struct azb_bool use_rolling_upgrade_policy;
    /* C R P U: TODO */
    struct azb_bool os_rolling_upgrade_deferral;
};

/* TODO */
struct azb_rolling_upgrade_policy {
    /* C R P U: TODO */
    struct azb_bool enable_cross_zone_upgrade;
    /* C R P U: TODO */
    struct azb_i32 max_batch_instance_percent;
    /* C R P U: TODO */
    struct azb_i32 max_unhealthy_instance_percent;
    /* C R P U: TODO */
    struct azb_i32 max_unhealthy_upgraded_instance_percent;
    /* C R P U: TODO */
    const char *pause_time_between_batches;
    /* C R P U: TODO */
    struct azb_bool prioritize_unhealthy_instances;
    /* C R P U: TODO */
    struct azb_bool rollback_failed_instances_on_policy_breach;
};

/* TODO */
struct azb_job_network_configuration {
    /* CC RR PP UU: TODO */
    const char *subnet_id;
    /* C R P U: TODO */
    struct azb_bool skip_withdraw_from_vnet;
};

/* TODO */
struct azb_job_execution_info {
    /* RR: TODO */
    const char *start_time;
    /* R: TODO */
    const char *end_time;
    /* R: TODO */
    const char *pool_id;
    /* R: TODO */
    struct azb_job_scheduling_error *scheduling_error;
    /* R: TODO */
    const char *terminate_reason;
};

/* TODO */
struct azb_job_scheduling_error {
    /* RR: TODO */
    struct azb_error_category category;
    /* R: TODO */
    const char *code;
    /* R: TODO */
    const char *message;
    /* R: TODO */
    struct azb_name_value_pair_list details;
};

/* TODO */
struct azb_name_value_pair {
    /* R: TODO */
    const char *name;
    /* R: TODO */
    const char *value;
};

/* TODO */
struct azb_job_statistics {
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *start_time;
    /* RR: TODO */
    const char *last_update_time;
    /* RR: TODO */
    const char *user_cpu_time;
    /* RR: TODO */
    const char *kernel_cpu_time;
    /* RR: TODO */
    const char *wall_clock_time;
    /* RR: TODO */
    struct azb_i64 read_iops;
    /* RR: TODO */
    struct azb_i64 write_iops;
    /* RR: TODO */
    struct azb_double read_io_gib;
    /* RR: TODO */
    struct azb_double write_io_gib;
    /* RR: TODO */
    struct azb_i64 num_succeeded_tasks;
    /* RR: TODO */
    struct azb_i64 num_failed_tasks;
    /* RR: TODO */
    struct azb_i64 num_task_retries;
    /* RR: TODO */
    const char *wait_time;
};

/* TODO */
struct azb_job_page {
    /* R: TODO */
    struct azb_job_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_job_disable_options {
    /* CC: TODO */
    struct azb_disable_tasks disable_tasks;
};

/* TODO */
struct azb_job_terminate_options {
    /* C: TODO */
    const char *terminate_reason;
};

/* TODO */
struct azb_task_counts_result {
    /* RR: TODO */
    struct azb_task_counts *task_counts;
    /* RR: TODO */
    struct azb_task_slot_counts *task_slot_counts;
};

/* TODO */
struct azb_task_counts {
    /* RR: TODO */
    struct azb_i32 active;
    /* RR: TODO */
    struct azb_i32 running;
    /* RR: TODO */
    struct azb_i32 completed;
    /* RR: TODO */
    struct azb_i32 succeeded;
    /* RR: TODO */
    struct azb_i32 failed;
};

/* TODO */
struct azb_task_slot_counts {
    /* RR: TODO */
    struct azb_i32 active;
    /* RR: TODO */
    struct azb_i32 running;
    /* RR: TODO */
    struct azb_i32 completed;
    /* RR: TODO */
    struct azb_i32 succeeded;
    /* RR: TODO */
    struct azb_i32 failed;
};

/* TODO */
struct azb_task {
    /* CC RR: TODO */
    const char *id;
    /* C R: TODO */
    const char *display_name;
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *etag;
    /* RR: TODO */
    const char *last_modified;
    /* RR: TODO */
    const char *creation_time;
    /* C R: TODO */
    struct azb_exit_conditions *exit_conditions;
    /* RR: TODO */
    struct azb_task_state state;
    /* RR: TODO */
    const char *state_transition_time;
    /* R: TODO */
    struct azb_task_state previous_state;
    /* R: TODO */
    const char *previous_state_transition_time;
    /* CC RR: TODO */
    const char *command_line;
    /* C R: TODO */
    struct azb_task_container_settings *container_settings;
    /* C R: TODO */
    struct azb_resource_file_list resource_files;
    /* C R: TODO */
    struct azb_output_file_list output_files;
    /* C R: TODO */
    struct azb_environment_setting_list environment_settings;
    /* C R: TODO */
    struct azb_affinity_info *affinity_info;
    /* C R U: TODO */
    struct azb_task_constraints *constraints;
    /* C R: TODO */
    struct azb_i32 required_slots;
    /* C R: TODO */
    struct azb_user_identity *user_identity;
    /* R: TODO */
    struct azb_task_execution_info *execution_info;
    /* R: TODO */
    struct azb_node_info *node_info;
    /* C R: TODO */
    struct azb_multi_instance_settings *multi_instance_settings;
    /* R: TODO */
    struct azb_task_statistics *stats;
    /* C R: TODO */
    struct azb_task_dependencies *depends_on;
    /* C R: TODO */
    struct azb_application_package_reference_list application_package_references;
    /* C R: TODO */
    struct azb_authentication_token_settings *authentication_token_settings;
};

/* TODO */
struct azb_exit_conditions {
    /* C R P U: TODO */
    struct azb_exit_code_mapping_list exit_codes;
    /* C R P U: TODO */
    struct azb_exit_code_range_mapping_list exit_code_ranges;
    /* C R P U: TODO */
    struct azb_exit_options *pre_processing_error;
    /* C R P U: TODO */
    struct azb_exit_options *file_upload_error;
    /* C R P U: TODO */
    struct azb_exit_options *default_options;
};

/* TODO */
struct azb_exit_code_mapping {
    /* CC RR PP UU: TODO */
    struct azb_i32 code;
    /* CC RR PP UU: TODO */
    struct azb_exit_options *exit_options;
};

/* TODO */
struct azb_exit_options {
    /* C R P U: TODO */
    struct azb_job_action job_action;
    /* C R P U: TODO */
    struct azb_dependency_action dependency_action;
};

/* TODO */
struct azb_exit_code_range_mapping {
    /* CC RR PP UU: TODO */
    struct azb_i32 start;
    /* CC RR PP UU: TODO */
    struct azb_i32 end;
    /* CC RR PP UU: TODO */
    struct azb_exit_options *exit_options;
};

/* TODO */
struct azb_affinity_info {
    /* CC RR PP UU: TODO */
    const char *affinity_id;
};

/* TODO */
struct azb_task_execution_info {
    /* R: TODO */
    const char *start_time;
    /* R: TODO */
    const char *end_time;
    /* R: TODO */
    struct azb_i32 exit_code;
    /* R: TODO */
    struct azb_task_container_execution_info *container_info;
    /* R: TODO */
    struct azb_task_failure_info *failure_info;
    /* RR: TODO */
    struct azb_i32 retry_count;
    /* R: TODO */
    const char *last_retry_time;
    /* RR: TODO */
    struct azb_i32 requeue_count;
    /* R: TODO */
    const char *last_requeue_time;
    /* R: TODO */
    struct azb_execution_result result;
};

/* TODO */
struct azb_task_container_execution_info {
    /* R: TODO */
    const char *container_id;
    /* R: TODO */
    const char *state;
    /* R: TODO */
    const char *error;
};

/* TODO */
struct azb_task_failure_info {
    /* RR: TODO */
    struct azb_error_category category;
    /* R: TODO */
    const char *code;
    /* R: TODO */
    const char *message;
    /* R: TODO */
    struct azb_name_value_pair_list details;
};

/* TODO */
struct azb_node_info {
    /* R: TODO */
    const char *affinity_id;
    /* R: TODO */
    const char *node_url;
    /* R: TODO */
    const char *pool_id;
    /* R: TODO */
    const char *node_id;
    /* R: TODO */
    const char *task_root_directory;
    /* R: TODO */
    const char *task_root_directory_url;
};

/* TODO */
struct azb_multi_instance_settings {
    /* C R P U: TODO */
    struct azb_i32 number_of_instances;
    /* CC RR PP UU: TODO */
    const char *coordination_command_line;
    /* C R P U: TODO */
    struct azb_resource_file_list common_resource_files;
};

/* TODO */
struct azb_task_statistics {
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *start_time;
    /* RR: TODO */
    const char *last_update_time;
    /* RR: TODO */
    const char *user_cpu_time;
    /* RR: TODO */
    const char *kernel_cpu_time;
    /* RR: TODO */
    const char *wall_clock_time;
    /* RR: TODO */
    struct azb_i64 read_iops;
    /* RR: TODO */
    struct azb_i64 write_iops;
    /* RR: TODO */
    struct azb_double read_io_gib;
    /* RR: TODO */
    struct azb_double write_io_gib;
    /* RR: TODO */
    const char *wait_time;
};

/* TODO */
struct azb_task_dependencies {
    /* C R P U: TODO */
    struct azb_string_list task_ids;
    /* C R P U: TODO */
    struct azb_task_id_range_list task_id_ranges;
};

/* TODO */
struct azb_task_id_range {
    /* CC RR PP UU: TODO */
    struct azb_i32 start;
    /* CC RR PP UU: TODO */
    struct azb_i32 end;
};

/* TODO */
struct azb_task_page {
    /* R: TODO */
    struct azb_task_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_task_group {
    /* CC: TODO */
    struct azb_task_list value;
};

/* TODO */
struct azb_task_add_results {
    /* R: TODO */
    struct azb_task_add_result_list value;
};

/* TODO */
struct azb_task_add_result {
    /* RR: TODO */
    struct azb_task_add_status status;
    /* RR: TODO */
    const char *task_id;
    /* R: TODO */
    const char *etag;
    /* R: TODO */
    const char *last_modified;
    /* R: TODO */
    const char *location;
    /* R: TODO */
    struct azb_batch_error *error;
};

/* TODO */
struct azb_batch_error {
    /* R: TODO */
    const char *code;
    /* R: TODO */
    struct azb_batch_error_message *message;
    /* R: TODO */
    struct azb_batch_error_detail_list values;
};

/* TODO */
struct azb_batch_error_message {
    /* R: TODO */
    const char *lang;
    /* R: TODO */
    const char *value;
};

/* TODO */
struct azb_batch_error_detail {
    /* R: TODO */
    const char *key;
    /* R: TODO */
    const char *value;
};

/* TODO */
struct azb_file_page {
    /* R: TODO */
    struct azb_file_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_file {
    /* R: TODO */
    const char *name;
    /* R: TODO */
    const char *url;
    /* R: TODO */
    struct azb_bool is_directory;
    /* R: TODO */
    struct azb_file_properties *properties;
};

/* TODO */
struct azb_file_properties {
    /* R: TODO */
    const char *creation_time;
    /* RR: TODO */
    const char *last_modified;
    /* RR: TODO */
    struct azb_i64 content_length;
    /* R: TODO */
    const char *content_type;
    /* R: TODO */
    const char *file_mode;
};

/* TODO */
struct azb_pool {
    /* CC RR: TODO */
    const char *id;
    /* C R P: TODO */
    const char *display_name;
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *etag;
    /* RR: TODO */
    const char *last_modified;
    /* RR: TODO */
    const char *creation_time;
    /* RR: TODO */
    struct azb_pool_state state;
    /* RR: TODO */
    const char *state_transition_time;
    /* R: TODO */
    struct azb_allocation_state allocation_state;
    /* R: TODO */
    const char *allocation_state_transition_time;
    /* CC RR P: TODO */
    const char *vm_size;
    /* C R P: TODO */
    struct azb_virtual_machine_configuration *virtual_machine_configuration;
    /* C R: TODO */
    const char *resize_timeout;
    /* R: TODO */
    struct azb_resize_error_list resize_errors;
    /* RR: TODO */
    struct azb_i32 current_dedicated_nodes;
    /* RR: TODO */
    struct azb_i32 current_low_priority_nodes;
    /* C R: TODO */
    struct azb_i32 target_dedicated_nodes;
    /* C R: TODO */
    struct azb_i32 target_low_priority_nodes;
    /* C R: TODO */
    struct azb_bool enable_auto_scale;
    /* C R: TODO */
    const char *auto_scale_formula;
    /* C R: TODO */
    const char *auto_scale_evaluation_interval;
    /* R: TODO */
    struct azb_auto_scale_run *auto_scale_run;
    /* C R P: TODO */
    struct azb_bool enable_inter_node_communication;
    /* C R P: TODO */
    struct azb_network_configuration *network_configuration;
    /* C R P: TODO */
    struct azb_start_task *start_task;
    /* C R P: TODO */
    struct azb_application_package_reference_list application_package_references;
    /* C R P: TODO */
    struct azb_i32 task_slots_per_node;
    /* C R P: TODO */
    struct azb_task_scheduling_policy *task_scheduling_policy;
    /* C R P: TODO */
    struct azb_user_account_list user_accounts;
    /* C R P: TODO */
    struct azb_metadata_item_list metadata;
    /* R: TODO */
    struct azb_pool_statistics *stats;
    /* C R P: TODO */
    struct azb_mount_configuration_list mount_configuration;
    /* R: TODO */
    struct azb_pool_identity *identity;
    /* C R P: TODO */
    struct azb_upgrade_policy *upgrade_policy;
};

/* TODO */
struct azb_resize_error {
    /* R: TODO */
    const char *code;
    /* R: TODO */
    const char *message;
    /* R: TODO */
    struct azb_name_value_pair_list values;
};

/* TODO */
struct azb_auto_scale_run {
    /* RR: TODO */
    const char *timestamp;
    /* R: TODO */
    const char *results;
    /* R: TODO */
    struct azb_auto_scale_run_error *error;
};

/* TODO */
struct azb_auto_scale_run_error {
    /* R: TODO */
    const char *code;
    /* R: TODO */
    const char *message;
    /* R: TODO */
    struct azb_name_value_pair_list values;
};

/* TODO */
struct azb_pool_statistics {
    /* RR: TODO */
    const char *url;
    /* RR: TODO */
    const char *start_time;
    /* RR: TODO */
    const char *last_update_time;
    /* R: TODO */
    struct azb_pool_usage_statistics *usage_stats;
    /* R: TODO */
    struct azb_pool_resource_statistics *resource_stats;
};

/* TODO */
struct azb_pool_usage_statistics {
    /* RR: TODO */
    const char *start_time;
    /* RR: TODO */
    const char *last_update_time;
    /* RR: TODO */
    const char *dedicated_core_time;
};

/* TODO */
struct azb_pool_resource_statistics {
    /* RR: TODO */
    const char *start_time;
    /* RR: TODO */
    const char *last_update_time;
    /* RR: TODO */
    struct azb_double avg_cpu_percentage;
    /* RR: TODO */
    struct azb_double avg_memory_gib;
    /* RR: TODO */
    struct azb_double peak_memory_gib;
    /* RR: TODO */
    struct azb_double avg_disk_gib;
    /* RR: TODO */
    struct azb_double peak_disk_gib;
    /* RR: TODO */
    struct azb_i64 disk_read_iops;
    /* RR: TODO */
    struct azb_i64 disk_write_iops;
    /* RR: TODO */
    struct azb_double disk_read_gib;
    /* RR: TODO */
    struct azb_double disk_write_gib;
    /* RR: TODO */
    struct azb_double network_read_gib;
    /* RR: TODO */
    struct azb_double network_write_gib;
};

/* TODO */
struct azb_pool_identity {
    /* RR: TODO */
    struct azb_pool_identity_type type;
    /* R: TODO */
    struct azb_user_assigned_identity_list user_assigned_identities;
};

/* TODO */
struct azb_user_assigned_identity {
    /* RR: TODO */
    const char *resource_id;
    /* R: TODO */
    const char *client_id;
    /* R: TODO */
    const char *principal_id;
};

/* TODO */
struct azb_pool_page {
    /* R: TODO */
    struct azb_pool_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_pool_resize_options {
    /* C: TODO */
    struct azb_i32 target_dedicated_nodes;
    /* C: TODO */
    struct azb_i32 target_low_priority_nodes;
    /* C: TODO */
    const char *resize_timeout;
    /* C: TODO */
    struct azb_node_deallocation_option node_deallocation_option;
};

/* TODO */
struct azb_node {
    /* R: TODO */
    const char *id;
    /* R: TODO */
    const char *url;
    /* R: TODO */
    struct azb_node_state state;
    /* R: TODO */
    struct azb_scheduling_state scheduling_state;
    /* R: TODO */
    const char *state_transition_time;
    /* R: TODO */
    const char *last_boot_time;
    /* R: TODO */
    const char *allocation_time;
    /* R: TODO */
    const char *ip_address;
    /* R: TODO */
    const char *ipv6_address;
    /* R: TODO */
    const char *affinity_id;
    /* R: TODO */
    const char *vm_size;
    /* R: TODO */
    struct azb_i32 total_tasks_run;
    /* R: TODO */
    struct azb_i32 running_tasks_count;
    /* R: TODO */
    struct azb_i32 running_task_slots_count;
    /* R: TODO */
    struct azb_i32 total_tasks_succeeded;
    /* R: TODO */
    struct azb_task_info_list recent_tasks;
    /* R: TODO */
    struct azb_start_task *start_task;
    /* R: TODO */
    struct azb_start_task_info *start_task_info;
    /* R: TODO */
    struct azb_node_error_list errors;
    /* R: TODO */
    struct azb_bool is_dedicated;
    /* R: TODO */
    struct azb_node_endpoint_configuration *endpoint_configuration;
    /* R: TODO */
    struct azb_node_agent_info *node_agent_info;
    /* R: TODO */
    struct azb_virtual_machine_info *virtual_machine_info;
};

/* TODO */
struct azb_task_info {
    /* R: TODO */
    const char *task_url;
    /* R: TODO */
    const char *job_id;
    /* R: TODO */
    const char *task_id;
    /* R: TODO */
    struct azb_i32 subtask_id;
    /* RR: TODO */
    struct azb_task_state task_state;
    /* R: TODO */
    struct azb_task_execution_info *execution_info;
};

/* TODO */
struct azb_start_task_info {
    /* RR: TODO */
    struct azb_start_task_state state;
    /* RR: TODO */
    const char *start_time;
    /* R: TODO */
    const char *end_time;
    /* R: TODO */
    struct azb_i32 exit_code;
    /* R: TODO */
    struct azb_task_container_execution_info *container_info;
    /* R: TODO */
    struct azb_task_failure_info *failure_info;
    /* RR: TODO */
    struct azb_i32 retry_count;
    /* R: TODO */
    const char *last_retry_time;
    /* R: TODO */
    struct azb_execution_result result;
};

/* TODO */
struct azb_node_error {
    /* R: TODO */
    const char *code;
    /* R: TODO */
    const char *message;
    /* R: TODO */
    struct azb_name_value_pair_list error_details;
};

/* TODO */
struct azb_node_endpoint_configuration {
    /* RR: TODO */
    struct azb_inbound_endpoint_list inbound_endpoints;
};

/* TODO */
struct azb_inbound_endpoint {
    /* RR: TODO */
    const char *name;
    /* RR: TODO */
    struct azb_endpoint_protocol protocol;
    /* RR: TODO */
    const char *public_ip_address;
    /* RR: TODO */
    const char *public_fqdn;
    /* RR: TODO */
    struct azb_i32 frontend_port;
    /* RR: TODO */
    struct azb_i32 backend_port;
};

/* TODO */
struct azb_node_agent_info {
    /* RR: TODO */
    const char *version;
    /* RR: TODO */
    const char *last_update_time;
};

/* TODO */
struct azb_virtual_machine_info {
    /* R: TODO */
    struct azb_image_reference *image_reference;
    /* R: TODO */
    const char *scale_set_vm_resource_id;
};

/* TODO */
struct azb_node_page {
    /* R: TODO */
    struct azb_node_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_pool_node_counts_page {
    /* R: TODO */
    struct azb_pool_node_counts_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_pool_node_counts {
    /* RR: TODO */
    const char *pool_id;
    /* R: TODO */
    struct azb_node_counts *dedicated;
    /* R: TODO */
    struct azb_node_counts *low_priority;
};

/* TODO */
struct azb_node_counts {
    /* RR: TODO */
    struct azb_i32 creating;
    /* RR: TODO */
    struct azb_i32 idle;
    /* RR: TODO */
    struct azb_i32 offline;
    /* RR: TODO */
    struct azb_i32 preempted;
    /* RR: TODO */
    struct azb_i32 rebooting;
    /* RR: TODO */
    struct azb_i32 reimaging;
    /* RR: TODO */
    struct azb_i32 running;
    /* RR: TODO */
    struct azb_i32 starting;
    /* RR: TODO */
    struct azb_i32 start_task_failed;
    /* RR: TODO */
    struct azb_i32 leaving_pool;
    /* RR: TODO */
    struct azb_i32 unknown;
    /* RR: TODO */
    struct azb_i32 unusable;
    /* RR: TODO */
    struct azb_i32 waiting_for_start_task;
    /* RR: TODO */
    struct azb_i32 deallocated;
    /* RR: TODO */
    struct azb_i32 deallocating;
    /* RR: TODO */
    struct azb_i32 total;
    /* RR: TODO */
    struct azb_i32 upgrading_os;
};

/* TODO */
struct azb_supported_image_page {
    /* R: TODO */
    struct azb_supported_image_list value;
    /* R: TODO */
    const char *next_link;
};

/* TODO */
struct azb_supported_image {
    /* RR: TODO */
    const char *node_agent_sku_id;
    /* RR: TODO */
    struct azb_image_reference *image_reference;
    /* RR: TODO */
    struct azb_os_type os_type;
    /* R: TODO */
    struct azb_string_list capabilities;
    /* R: TODO */
    const char *batch_support_end_of_life;
    /* RR: TODO */
    struct azb_verification_type verification_type;
};

#ifdef __cplusplus
}
#endif
#endif
