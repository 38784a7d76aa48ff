/* What a pool may not ask for here: said clearly, never silently left out. */
#include "batch/pool.h"

#define NO_FORMULAS "Automatic scaling is not done by this service; give targetDedicatedNodes"

static const struct unsupported_property unsupported[] = {
    {"enableAutoScale", NO_FORMULAS},
    {"autoScaleFormula", NO_FORMULAS},
    {"autoScaleEvaluationInterval", NO_FORMULAS},
    {"startTask", "Start tasks are not run by this service"},
    {"networkConfiguration", "Nodes are processes of one host and have no network to join"},
    {"applicationPackageReferences", "Application packages are not brought to nodes"},
    {"userAccounts", "No user accounts are made on nodes"},
    {"mountConfiguration", "No file systems are mounted on nodes"},
    {"upgradePolicy", "Nodes have no image that could be upgraded"},
    {NULL, NULL},
};

static const struct unsupported_property unsupported_machine[] = {
    {"windowsConfiguration", "Nodes are processes of a Linux host"},
    {"containerConfiguration", "Tasks run as processes, not in containers"},
    {"extensions", "Nodes have no virtual machine that could be extended"},
    {"dataDisks", "Nodes have no virtual machine that disks could be attached to"},
    {"diskEncryptionConfiguration", "Nodes have no disks of their own"},
    {NULL, NULL},
};

/* "batch.node.windows amd64": the tasks of such a pool could not run here. */
static bool check_agent(
    const struct azb_virtual_machine_configuration *machine, struct azb_error *err)
{
    const char *agent = machine->node_agent_sku_id;

    if (!agent || !strcasestr(agent, "windows"))
        return true;
    return refuse_property(err, "UnsupportedProperty", "virtualMachineConfiguration.nodeAgentSKUId",
        agent, "Nodes are processes of a Linux host; GET /supportedimages lists what fits");
}

bool pool_check_supported(const struct azb_pool *pool, struct azb_error *err)
{
    const struct azb_virtual_machine_configuration *machine = pool->virtual_machine_configuration;

    if (!check_supported(model_pool(), pool, unsupported, "", err))
        return false;
    return !machine || (check_supported(model_virtual_machine_configuration(), machine,
                            unsupported_machine, "virtualMachineConfiguration.", err) &&
                           check_agent(machine, err));
}
