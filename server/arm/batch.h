/*
 * arm/batch.h - the serve functions of Microsoft.Batch, which the rows of batch_routes.c name.
 */
#ifndef SERVER_ARM_BATCH_H
#define SERVER_ARM_BATCH_H

#include "arm/arm.h"
#include "arm/page.h"

/* arm_page_begin() for lists of Microsoft.Batch, which call $top `maxresults`. */
bool batch_page_begin(
    struct arm_page *page, struct request *request, struct buffer *out, struct azb_error *err);

extern serve_fn arm_list_accounts, arm_get_account, arm_put_account, arm_patch_account,
    arm_delete_account, arm_list_keys, arm_regenerate_key, arm_sync_storage_keys;
extern serve_fn arm_get_operation_result, arm_get_operation_status;
extern serve_fn arm_list_pools, arm_get_pool, arm_put_pool, arm_patch_pool, arm_delete_pool,
    arm_stop_resize, arm_disable_autoscale;
extern serve_fn arm_check_account_name, arm_get_quotas, arm_list_sizes, arm_list_batch_operations;
extern serve_fn arm_list_nothing, arm_find_nothing, arm_refuse_retired, arm_list_link_resources,
    arm_get_link_resource;
extern serve_fn arm_list_applications, arm_get_application, arm_put_application,
    arm_patch_application, arm_delete_application, arm_list_packages, arm_get_package,
    arm_put_package, arm_activate_package, arm_delete_package;

#endif
