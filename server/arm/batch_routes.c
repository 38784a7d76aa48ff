/* The routes of Microsoft.Batch. */
#include "arm/batch.h"

#define GROUP "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
#define IN_SUBSCRIPTION "/subscriptions/{subscriptionId}/providers/Microsoft.Batch/"
#define LOCATION IN_SUBSCRIPTION "locations/{location}/"
#define BATCH_ACCOUNTS "Microsoft.Batch/batchAccounts/"
#define POOLS BATCH_ACCOUNTS "pools/"
#define APPLICATIONS BATCH_ACCOUNTS "applications/"
#define ACCOUNT ACCOUNTS "/{account}/"
#define ACCOUNTS GROUP "/providers/Microsoft.Batch/batchAccounts"

static const struct route routes[] = {
    {"GET", IN_SUBSCRIPTION "batchAccounts", ROUTE_READS, arm_list_accounts,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Batch/batchAccounts/read")},
    {"GET", ACCOUNTS, ROUTE_READS, arm_list_accounts,
        ARM_ROW(ARM_GROUP, "Microsoft.Batch/batchAccounts/read")},
    {"GET", ACCOUNTS "/{account}", ROUTE_READS, arm_get_account,
        ARM_ROW(ARM_ACCOUNT, "Microsoft.Batch/batchAccounts/read")},
    {"HEAD", ACCOUNTS "/{account}", ROUTE_READS, arm_is_there,
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

    {"POST", LOCATION "checkNameAvailability", ROUTE_READS, arm_check_account_name,
        ARM_ROW_BODY(ARM_SUBSCRIPTION, "Microsoft.Batch/locations/checkNameAvailability/action")},
    {"GET", LOCATION "quotas", ROUTE_READS, arm_get_quotas,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Batch/locations/quotas/read")},
    {"GET", LOCATION "virtualMachineSkus", ROUTE_READS, arm_list_sizes,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Batch/locations/virtualMachineSkus/read")},
    {"GET", LOCATION "cloudServiceSkus", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Batch/locations/cloudServiceSkus/read")},
    {"GET", "/providers/Microsoft.Batch/operations", ROUTE_READS, arm_list_batch_operations,
        ARM_ROW(ARM_TENANT, NULL)},

    {"GET", ACCOUNT "pools", ROUTE_READS, arm_list_pools, ARM_ROW(ARM_ACCOUNT, POOLS "read")},
    {"GET", ACCOUNT "pools/{pool}", ROUTE_READS, arm_get_pool, ARM_ROW(ARM_ACCOUNT, POOLS "read")},
    {"PUT", ACCOUNT "pools/{pool}", ROUTE_WRITES, arm_put_pool,
        ARM_ROW_BODY(ARM_ACCOUNT, POOLS "write")},
    {"PATCH", ACCOUNT "pools/{pool}", ROUTE_WRITES, arm_patch_pool,
        ARM_ROW_BODY(ARM_ACCOUNT, POOLS "write")},
    {"DELETE", ACCOUNT "pools/{pool}", ROUTE_WRITES, arm_delete_pool,
        ARM_ROW(ARM_ACCOUNT, POOLS "delete")},
    {"POST", ACCOUNT "pools/{pool}/stopResize", ROUTE_WRITES, arm_stop_resize,
        ARM_ROW(ARM_ACCOUNT, POOLS "stopResize/action")},
    {"POST", ACCOUNT "pools/{pool}/disableAutoScale", ROUTE_READS, arm_disable_autoscale,
        ARM_ROW(ARM_ACCOUNT, POOLS "disableAutoscale/action")},

    {"GET", ACCOUNT "applications", ROUTE_READS, arm_list_applications,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "read")},
    {"GET", ACCOUNT "applications/{application}", ROUTE_READS, arm_get_application,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "read")},
    {"PUT", ACCOUNT "applications/{application}", ROUTE_WRITES, arm_put_application,
        ARM_ROW_OPTIONAL(ARM_ACCOUNT, APPLICATIONS "write")},
    {"PATCH", ACCOUNT "applications/{application}", ROUTE_WRITES, arm_patch_application,
        ARM_ROW_BODY(ARM_ACCOUNT, APPLICATIONS "write")},
    {"DELETE", ACCOUNT "applications/{application}", ROUTE_WRITES, arm_delete_application,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "delete")},
    {"GET", ACCOUNT "applications/{application}/versions", ROUTE_READS, arm_list_packages,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "versions/read")},
    {"GET", ACCOUNT "applications/{application}/versions/{version}", ROUTE_READS, arm_get_package,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "versions/read")},
    {"PUT", ACCOUNT "applications/{application}/versions/{version}", ROUTE_WRITES, arm_put_package,
        ARM_ROW(ARM_ACCOUNT, APPLICATIONS "versions/write")},
    {"POST", ACCOUNT "applications/{application}/versions/{version}/activate", ROUTE_WRITES,
        arm_activate_package, ARM_ROW_BODY(ARM_ACCOUNT, APPLICATIONS "versions/activate/action")},
    {"DELETE", ACCOUNT "applications/{application}/versions/{version}", ROUTE_WRITES,
        arm_delete_package, ARM_ROW(ARM_ACCOUNT, APPLICATIONS "versions/delete")},

    /* What an account of azbd has none of. */
    {"GET", ACCOUNT "detectors", ROUTE_READS, arm_list_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "detectors/read")},
    {"GET", ACCOUNT "detectors/{name}", ROUTE_READS, arm_find_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "detectors/read")},
    {"GET", ACCOUNT "outboundNetworkDependenciesEndpoints", ROUTE_READS, arm_list_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "outboundNetworkDependenciesEndpoints/read")},
    {"GET", ACCOUNT "privateLinkResources", ROUTE_READS, arm_list_link_resources,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "privateLinkResources/read")},
    {"GET", ACCOUNT "privateLinkResources/{name}", ROUTE_READS, arm_get_link_resource,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "privateLinkResources/read")},
    {"GET", ACCOUNT "privateEndpointConnections", ROUTE_READS, arm_list_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "privateEndpointConnections/read")},
    {"GET", ACCOUNT "privateEndpointConnections/{name}", ROUTE_READS, arm_find_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "privateEndpointConnections/read")},
    {"PATCH", ACCOUNT "privateEndpointConnections/{name}", ROUTE_READS, arm_find_nothing,
        ARM_ROW_BODY(ARM_ACCOUNT, BATCH_ACCOUNTS "privateEndpointConnections/write")},
    {"DELETE", ACCOUNT "privateEndpointConnections/{name}", ROUTE_READS, arm_find_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "privateEndpointConnections/delete")},
    {"GET", ACCOUNT "networkSecurityPerimeterConfigurations", ROUTE_READS, arm_list_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "networkSecurityPerimeterConfigurations/read")},
    {"GET", ACCOUNT "networkSecurityPerimeterConfigurations/{name}", ROUTE_READS, arm_find_nothing,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "networkSecurityPerimeterConfigurations/read")},
    {"POST", ACCOUNT "networkSecurityPerimeterConfigurations/{name}/reconcile", ROUTE_READS,
        arm_find_nothing,
        ARM_ROW(
            ARM_ACCOUNT, BATCH_ACCOUNTS "networkSecurityPerimeterConfigurations/reconcile/action")},

    /* Certificates: taken away by Batch itself. */
    {"GET", ACCOUNT "certificates", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "certificates/read")},
    {"GET", ACCOUNT "certificates/{name}", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "certificates/read")},
    {"PUT", ACCOUNT "certificates/{name}", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "certificates/write")},
    {"PATCH", ACCOUNT "certificates/{name}", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "certificates/write")},
    {"DELETE", ACCOUNT "certificates/{name}", ROUTE_READS, arm_refuse_retired,
        ARM_ROW(ARM_ACCOUNT, BATCH_ACCOUNTS "certificates/delete")},
};

const struct route_table arm_batch_routes = {routes, sizeof routes / sizeof *routes};
