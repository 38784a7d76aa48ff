/* The routes of Microsoft.Authorization, Microsoft.Resources and Microsoft.Management. */
#include "arm/arm.h"

#define AT "/{scope*}/providers/Microsoft.Authorization/"
#define AUTHORIZATION "/providers/Microsoft.Authorization/"
#define MANAGEMENT_GROUPS "/providers/Microsoft.Management/managementGroups"
#define SUBSCRIPTION "/subscriptions/{subscriptionId}"
#define GROUPS SUBSCRIPTION "/resourceGroups"
#define GROUP GROUPS "/{resourceGroup}"

#define ACCESS "Microsoft.Authorization/"
#define RESOURCES "Microsoft.Resources/subscriptions/"

/* Who may read a role depends on more than the scope; who may give one on what is given. */
static const struct arm_operation reads_roles = {
    ARM_SCOPE, NULL, false, arm_ask_role_definitions, false};
static const struct arm_operation gives_role = {
    ARM_SCOPE, NULL, true, arm_ask_write_assignment, false};
static const struct arm_operation takes_role = {
    ARM_SCOPE, NULL, false, arm_ask_delete_assignment, false};
static const struct arm_operation registers = {
    ARM_SUBSCRIPTION, NULL, false, arm_ask_register, false};
static const struct arm_operation unregisters = {
    ARM_SUBSCRIPTION, NULL, false, arm_ask_unregister, false};

static const struct route authorization[] = {
    {"GET", AT "roleDefinitions", ROUTE_READS, arm_list_role_definitions, &reads_roles},
    {"GET", AT "roleDefinitions/{roleDefinitionId}", ROUTE_READS, arm_get_role_definition,
        &reads_roles},
    {"PUT", AT "roleDefinitions/{roleDefinitionId}", ROUTE_WRITES, arm_put_role_definition,
        ARM_ROW_BODY(ARM_SCOPE, ACCESS "roleDefinitions/write")},
    {"DELETE", AT "roleDefinitions/{roleDefinitionId}", ROUTE_WRITES, arm_delete_role_definition,
        ARM_ROW(ARM_SCOPE, ACCESS "roleDefinitions/delete")},

    {"GET", AT "roleAssignments", ROUTE_READS, arm_list_role_assignments,
        ARM_ROW(ARM_SCOPE, ACCESS "roleAssignments/read")},
    {"GET", AT "roleAssignments/{roleAssignmentName}", ROUTE_READS, arm_get_role_assignment,
        ARM_ROW(ARM_SCOPE, ACCESS "roleAssignments/read")},
    {"PUT", AT "roleAssignments/{roleAssignmentName}", ROUTE_WRITES, arm_put_role_assignment,
        &gives_role},
    {"DELETE", AT "roleAssignments/{roleAssignmentName}", ROUTE_WRITES, arm_delete_role_assignment,
        &takes_role},
    {"GET", SUBSCRIPTION AUTHORIZATION "roleAssignmentsUsageMetrics", ROUTE_READS,
        arm_get_role_assignment_usage, ARM_ROW(ARM_SUBSCRIPTION, ACCESS "roleAssignments/read")},

    {"GET", AT "permissions", ROUTE_READS, arm_list_permissions, ARM_ROW(ARM_UNSEEN_SCOPE, NULL)},

    {"GET", AT "denyAssignments", ROUTE_READS, arm_list_deny_assignments,
        ARM_ROW(ARM_SCOPE, ACCESS "denyAssignments/read")},
    {"GET", AT "denyAssignments/{denyAssignmentId}", ROUTE_READS, arm_get_deny_assignment,
        ARM_ROW(ARM_SCOPE, ACCESS "denyAssignments/read")},
    {"PUT", AT "denyAssignments/{denyAssignmentId}", ROUTE_READS, arm_refuse_deny_assignment,
        ARM_ROW(ARM_SCOPE, ACCESS "denyAssignments/write")},
    {"DELETE", AT "denyAssignments/{denyAssignmentId}", ROUTE_READS, arm_refuse_deny_assignment,
        ARM_ROW(ARM_SCOPE, ACCESS "denyAssignments/delete")},

    {"GET", AUTHORIZATION "providerOperations", ROUTE_READS, arm_list_provider_operations,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AUTHORIZATION "providerOperations/{provider}", ROUTE_READS, arm_get_provider_operations,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/providers/{provider}/operations", ROUTE_READS, arm_list_operations,
        ARM_ROW(ARM_TENANT, NULL)},

    {"GET", SUBSCRIPTION AUTHORIZATION "classicAdministrators", ROUTE_READS,
        arm_list_classic_administrators,
        ARM_ROW(ARM_SUBSCRIPTION, ACCESS "classicAdministrators/read")},

    /* Known to ARM, not served: 501 says so, where 404 would send people looking for typos. */
    {"POST", AUTHORIZATION "elevateAccess", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleEligibilityScheduleInstances", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleEligibilitySchedules", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleAssignmentScheduleInstances", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleAssignmentSchedules", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleManagementPolicies", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", AT "roleManagementPolicyAssignments", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"PUT", AT "roleEligibilityScheduleRequests/{name}", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
    {"PUT", AT "roleAssignmentScheduleRequests/{name}", ROUTE_READS, arm_refuse_privileged,
        ARM_ROW(ARM_TENANT, NULL)},
};

const struct route_table arm_authorization_routes = {
    authorization, sizeof authorization / sizeof *authorization};

static const struct route resources[] = {
    {"GET", "/metadata/endpoints", ROUTE_READS, arm_get_endpoints, ARM_ROW(ARM_ANYBODY, NULL)},
    {"GET", "/tenants", ROUTE_READS, arm_list_tenants, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/subscriptions", ROUTE_READS, arm_list_subscriptions, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", SUBSCRIPTION, ROUTE_READS, arm_get_subscription,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "read")},
    {"GET", SUBSCRIPTION "/locations", ROUTE_READS, arm_list_locations,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "locations/read")},

    {"GET", GROUPS, ROUTE_READS, arm_list_groups,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "resourceGroups/read")},
    {"GET", GROUP, ROUTE_READS, arm_get_group, ARM_ROW(ARM_GROUP, RESOURCES "resourceGroups/read")},
    {"HEAD", GROUP, ROUTE_READS, arm_is_there, ARM_ROW(ARM_GROUP, RESOURCES "resourceGroups/read")},
    {"PUT", GROUP, ROUTE_WRITES, arm_put_group,
        ARM_ROW_BODY(ARM_NEW_GROUP, RESOURCES "resourceGroups/write")},
    {"PATCH", GROUP, ROUTE_WRITES, arm_patch_group,
        ARM_ROW_BODY(ARM_GROUP, RESOURCES "resourceGroups/write")},
    {"DELETE", GROUP, ROUTE_WRITES, arm_delete_group,
        ARM_ROW(ARM_GROUP, RESOURCES "resourceGroups/delete")},

    {"GET", SUBSCRIPTION "/resources", ROUTE_READS, arm_list_resources,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "resources/read")},
    {"GET", GROUP "/resources", ROUTE_READS, arm_list_resources,
        ARM_ROW(ARM_GROUP, RESOURCES "resourceGroups/resources/read")},

    {"GET", "/providers", ROUTE_READS, arm_list_tenant_providers, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/providers/{provider}", ROUTE_READS, arm_get_tenant_provider,
        ARM_ROW(ARM_TENANT, NULL)},
    {"GET", SUBSCRIPTION "/providers", ROUTE_READS, arm_list_providers,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "providers/read")},
    {"GET", SUBSCRIPTION "/providers/{provider}", ROUTE_READS, arm_get_provider,
        ARM_ROW(ARM_SUBSCRIPTION, RESOURCES "providers/read")},
    {"POST", SUBSCRIPTION "/providers/{provider}/register", ROUTE_WRITES, arm_register_provider,
        &registers},
    {"POST", SUBSCRIPTION "/providers/{provider}/unregister", ROUTE_WRITES, arm_unregister_provider,
        &unregisters},

    {"GET", MANAGEMENT_GROUPS, ROUTE_READS, arm_list_management_groups, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", MANAGEMENT_GROUPS "/{groupId}", ROUTE_READS, arm_get_management_group,
        ARM_ROW(ARM_MANAGEMENT_GROUP, "Microsoft.Management/managementGroups/read")},
    {"PUT", MANAGEMENT_GROUPS "/{groupId}", ROUTE_READS, arm_refuse_management_group,
        ARM_ROW(ARM_TENANT, NULL)},
    {"PATCH", MANAGEMENT_GROUPS "/{groupId}", ROUTE_READS, arm_refuse_management_group,
        ARM_ROW(ARM_TENANT, NULL)},
    {"DELETE", MANAGEMENT_GROUPS "/{groupId}", ROUTE_READS, arm_refuse_management_group,
        ARM_ROW(ARM_TENANT, NULL)},

    {"GET", "/{scope*}/providers/Microsoft.Resources/deployments", ROUTE_READS,
        arm_refuse_deployment, ARM_ROW(ARM_TENANT, NULL)},
    {"GET", "/{scope*}/providers/Microsoft.Resources/deployments/{deployment}", ROUTE_READS,
        arm_refuse_deployment, ARM_ROW(ARM_TENANT, NULL)},
    {"PUT", "/{scope*}/providers/Microsoft.Resources/deployments/{deployment}", ROUTE_READS,
        arm_refuse_deployment, ARM_ROW(ARM_TENANT, NULL)},
    {"POST", "/{scope*}/providers/Microsoft.Resources/deployments/{deployment}/validate",
        ROUTE_READS, arm_refuse_deployment, ARM_ROW(ARM_TENANT, NULL)},
    {"POST", "/{scope*}/providers/Microsoft.Resources/deployments/{deployment}/whatIf", ROUTE_READS,
        arm_refuse_deployment, ARM_ROW(ARM_TENANT, NULL)},
};

const struct route_table arm_resource_routes = {resources, sizeof resources / sizeof *resources};
