/* The routes of Microsoft.Authorization, Microsoft.Resources and Microsoft.Management. */
#include "arm/arm.h"

#define AT "/{scope*}/providers/Microsoft.Authorization/"
#define SUBSCRIPTION "/subscriptions/{subscriptionId}"
#define GROUP "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"

static const struct route authorization[] = {
    {"GET", AT "roleDefinitions", ROUTE_READS, arm_list_role_definitions, ARM_ROW(ARM_SCOPE, NULL)},
    {"GET", AT "roleDefinitions/{roleDefinitionId}", ROUTE_READS, arm_get_role_definition,
        ARM_ROW(ARM_SCOPE, NULL)},
    {"PUT", AT "roleDefinitions/{roleDefinitionId}", ROUTE_WRITES, arm_put_role_definition,
        ARM_ROW_BODY(ARM_SCOPE, "Microsoft.Authorization/roleDefinitions/write")},
    {"DELETE", AT "roleDefinitions/{roleDefinitionId}", ROUTE_WRITES, arm_delete_role_definition,
        ARM_ROW(ARM_SCOPE, "Microsoft.Authorization/roleDefinitions/delete")},
    {"GET", AT "roleAssignments", ROUTE_READS, arm_list_role_assignments,
        ARM_ROW(ARM_SCOPE, "Microsoft.Authorization/roleAssignments/read")},
    {"GET", AT "roleAssignments/{roleAssignmentName}", ROUTE_READS, arm_get_role_assignment,
        ARM_ROW(ARM_SCOPE, "Microsoft.Authorization/roleAssignments/read")},
    {"PUT", AT "roleAssignments/{roleAssignmentName}", ROUTE_WRITES, arm_put_role_assignment,
        ARM_ROW_BODY(ARM_SCOPE, "Microsoft.Authorization/roleAssignments/write")},
    {"DELETE", AT "roleAssignments/{roleAssignmentName}", ROUTE_WRITES, arm_delete_role_assignment,
        ARM_ROW(ARM_SCOPE, "Microsoft.Authorization/roleAssignments/delete")},
    {"GET", AT "permissions", ROUTE_READS, arm_unserved, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "denyAssignments", ROUTE_READS, arm_unserved, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "providerOperations/{provider}", ROUTE_READS, arm_unserved,
        ARM_ROW(ARM_TENANT, NULL)},
};

const struct route_table arm_authorization_routes = {
    authorization, sizeof authorization / sizeof *authorization};

static const struct route resources[] = {
    {"GET", "/metadata/endpoints", ROUTE_READS, arm_get_endpoints, ARM_ROW(ARM_ANYBODY, NULL)},
    {"GET", "/tenants", ROUTE_READS, arm_list_tenants, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/subscriptions", ROUTE_READS, arm_list_subscriptions, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/subscriptions/{subscriptionId}", ROUTE_READS, arm_get_subscription,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Resources/subscriptions/read")},
    {"GET", "/subscriptions/{subscriptionId}/resourceGroups", ROUTE_READS, arm_list_groups,
        ARM_ROW(ARM_SUBSCRIPTION, "Microsoft.Resources/subscriptions/resourceGroups/read")},
    {"GET", GROUP, ROUTE_READS, arm_get_group,
        ARM_ROW(ARM_GROUP, "Microsoft.Resources/subscriptions/resourceGroups/read")},
    {"PUT", GROUP, ROUTE_READS, arm_unserved, ARM_ROW(ARM_TENANT, NULL)},
    {"DELETE", GROUP, ROUTE_READS, arm_unserved, ARM_ROW(ARM_TENANT, NULL)},
};

const struct route_table arm_resource_routes = {resources, sizeof resources / sizeof *resources};
