/*
 * arm/batch.h - the serve functions of Microsoft.Batch, which the rows of batch_routes.c name.
 */
#ifndef SERVER_ARM_BATCH_H
#define SERVER_ARM_BATCH_H

#include "arm/arm.h"

extern serve_fn arm_list_accounts, arm_get_account, arm_put_account, arm_patch_account,
    arm_delete_account, arm_list_keys, arm_regenerate_key, arm_sync_storage_keys;
extern serve_fn arm_get_operation_result, arm_get_operation_status;

#endif
