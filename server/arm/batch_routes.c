/* The routes of Microsoft.Batch. */
#include "arm/batch.h"

#define GROUP "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
#define IN_SUBSCRIPTION "/subscriptions/{subscriptionId}/providers/Microsoft.Batch/"
#define LOCATION IN_SUBSCRIPTION "locations/{location}/"
#define ACCOUNTS GROUP "/providers/Microsoft.Batch/batchAccounts"

static const struct route routes[] = {
    {"GET", IN_SUBSCRIPTION "batchAccounts", ROUTE_READS, arm_list_accounts,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Batch/batchAccounts/read")},
    {"GET", ACCOUNTS, ROUTE_READS, arm_list_accounts,
        ARM_ROW(ARM_GROUP, "Microsoft.Batch/batchAccounts/read")},
    {"GET", ACCOUNTS "/{account}", ROUTE_READS, arm_get_account,
        ARM_ROW(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/read")},
    {"POST", ACCOUNTS "/{account}/listKeys", ROUTE_READS, arm_list_keys,
        ARM_ROW(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/listKeys/action")},
    {"POST", ACCOUNTS "/{account}/regenerateKeys", ROUTE_WRITES, arm_regenerate_key,
        ARM_ROW_BODY(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/regenerateKeys/action")},
    {"PUT", ACCOUNTS "/{account}", ROUTE_WRITES, arm_put_account,
        ARM_ROW_BODY(ARM_NEW_ACCOUNT, "Microsoft.Batch/batchAccounts/write")},
    {"PATCH", ACCOUNTS "/{account}", ROUTE_WRITES, arm_patch_account,
        ARM_ROW_BODY(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/write")},
    {"DELETE", ACCOUNTS "/{account}", ROUTE_WRITES, arm_delete_account,
        ARM_ROW(ARM_NEW_ACCOUNT, "Microsoft.Batch/batchAccounts/delete")},
    {"POST", ACCOUNTS "/{account}/syncAutoStorageKeys", ROUTE_WRITES, arm_sync_storage_keys,
        ARM_ROW(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/syncAutoStorageKeys/action")},

    /* They ask by themselves who may. */
    {"GET", LOCATION "accountOperationResults/{operationId}", ROUTE_READS, arm_get_operation_result,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", LOCATION "poolOperationResults/{operationId}", ROUTE_READS, arm_get_operation_result,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", LOCATION "operationStatuses/{operationId}", ROUTE_READS, arm_get_operation_status,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/subscriptions/{subscriptionId}/operationresults/{operationId}", ROUTE_READS,
        arm_get_operation_result, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/subscriptions/{subscriptionId}/operationStatuses/{operationId}", ROUTE_READS,
        arm_get_operation_status, ARM_ROW(ARM_TENANT, NULL)},

    /* Known to ARM, not served yet: 501 says so, where 404 would send people looking for typos. */
    {"GET", ACCOUNTS "/{account}/pools", ROUTE_READS, arm_unserved, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", ACCOUNTS "/{account}/applications", ROUTE_READS, arm_unserved,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", IN_SUBSCRIPTION "locations/{location}/quotas", ROUTE_READS, arm_unserved,
        ARM_ROW(ARM_TENANT, NULL)},
};

const struct route_table arm_batch_routes = {routes, sizeof routes / sizeof *routes};
