/* What Resource Manager has and azbd does not: refused by name, and with what to do instead. */
#include "arm/arm.h"
#include "base/error.h"

bool arm_unserved(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)reply;
    return fail_status(err, 501, "NotImplemented", "azbd does not serve %s %s.", request->method,
        request->route->path);
}

bool arm_refuse_privileged(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request, (void)reply;
    return fail_status(err, 501, "NotImplemented",
        "azbd has no Privileged Identity Management: roles are given by role assignments, at once "
        "and until they are removed.");
}

bool arm_refuse_deployment(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request, (void)reply;
    return fail_status(err, 501, "NotImplemented",
        "azbd runs no template deployments: make resource groups, Batch accounts, role definitions "
        "and role assignments by a PUT of their own.");
}

bool arm_refuse_management_group(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request, (void)reply;
    return fail_status(err, 501, "NotImplemented",
        "azbd makes management groups from its configuration only (managementGroups of azbd "
        "--config).");
}

bool arm_refuse_deny_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request, (void)reply;
    return fail_status(err, 405, "DenyAssignmentsAreSystemProtected",
        "Deny assignments are made by the system, not by a request. Here the configuration "
        "(denyAssignments) and the test control /_azb/denyAssignments make them.");
}
