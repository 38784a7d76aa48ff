// The management libraries of JavaScript, unmodified, against azbd: each function is one story.
'use strict';
const assert = require('assert');
const { randomUUID } = require('crypto');
const path = require('path');
const load = (name) => require(path.join(process.env.INTEROP_NODE_MODULES, name));
const { ClientSecretCredential } = load('@azure/identity');
const { AuthorizationManagementClient } = load('@azure/arm-authorization');
const { ResourceManagementClient } = load('@azure/arm-resources');

const { env } = process;
const subscription = env.AZURE_SUBSCRIPTION_ID;
const group = env.AZURE_RESOURCE_GROUP;
const atSubscription = `/subscriptions/${subscription}`;
const atAccount = `${atSubscription}/resourceGroups/${group}/providers/Microsoft.Batch/batchAccounts/` +
    env.AZURE_BATCH_ACCOUNT;
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

const credential = new ClientSecretCredential(
    env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET,
    { authorityHost: env.AZURE_AUTHORITY_HOST, disableInstanceDiscovery: true });
const options = {
    endpoint: env.AZB_ARM_ENDPOINT, credentialScopes: ['https://management.azure.com/.default'],
};
const access = new AuthorizationManagementClient(credential, subscription, options);
const resources = new ResourceManagementClient(credential, subscription, options);

async function all(pages) {
    const items = [];
    for await (const item of pages)
        items.push(item);
    return items;
}

async function refused(code, promise) {
    const error = await promise.then(() => null, (reason) => reason);
    assert(error, `${code}: was not refused`);
    assert.strictEqual(error.code, code, String(error));
}

async function roleDefinitions() {
    const name = randomUUID();
    const body = {
        roleName: 'Interop Reader', description: 'Reads', roleType: 'CustomRole',
        assignableScopes: [atSubscription],
        permissions: [{ actions: ['Microsoft.Batch/batchAccounts/read'], dataActions: [] }],
    };
    const made = await access.roleDefinitions.createOrUpdate(atSubscription, name, body);
    assert.strictEqual(made.name, name);
    body.permissions[0].dataActions.push('Microsoft.Batch/batchAccounts/jobs/read');
    await access.roleDefinitions.createOrUpdate(atSubscription, name, body);
    const found = await access.roleDefinitions.getById(made.id);
    assert.deepStrictEqual(found.permissions[0].dataActions, body.permissions[0].dataActions);
    const filter = "roleName eq 'Interop Reader'";
    assert.strictEqual((await all(access.roleDefinitions.list(atAccount, { filter }))).length, 1);
    assert.strictEqual((await access.roleDefinitions.delete(atSubscription, name)).name, name);
    await refused('RoleDefinitionDoesNotExist', access.roleDefinitions.get(atSubscription, name));
}

async function roleAssignments() {
    const name = randomUUID();
    const body = {
        roleDefinitionId: `${atSubscription}/providers/Microsoft.Authorization/roleDefinitions/${READER}`,
        principalId: env.INTEROP_WORKER_OBJECT, principalType: 'ServicePrincipal',
    };
    const made = await access.roleAssignments.create(atAccount, name, body);
    assert.strictEqual(made.principalType, 'ServicePrincipal');
    await refused('RoleAssignmentExists', access.roleAssignments.create(atAccount, randomUUID(), body));
    await refused('InvalidRoleAssignmentConditionVersion', access.roleAssignments.create(
        atAccount, name, { ...body, condition: "@Resource[a:b] StringEquals 'c'" }));
    await refused('InvalidRoleAssignmentCondition', access.roleAssignments.create(
        atAccount, name, { ...body, condition: 'x ==', conditionVersion: '2.0' }));
    const filter = `atScope() and assignedTo('${env.INTEROP_WORKER_OBJECT}')`;
    const listed = await all(access.roleAssignments.listForScope(atAccount, { filter }));
    assert.deepStrictEqual(listed.map((one) => one.name), [name]);
    assert((await all(access.permissions.listForResourceGroup(group))).length > 0);
    assert.strictEqual((await all(access.denyAssignments.listForScope(atAccount))).length, 0);
    const batch = await access.providerOperationsMetadataOperations.get('Microsoft.Batch');
    assert(batch.resourceTypes.some((type) => type.name === 'batchAccounts/pools'));
    assert.strictEqual((await access.roleAssignments.delete(atAccount, name)).name, name);
}

async function resourceGroups() {
    const groups = resources.resourceGroups;
    assert.strictEqual((await groups.checkExistence('interop')).body, false);
    const made = await groups.createOrUpdate('interop', { location: 'westeurope', tags: { a: '1' } });
    assert.strictEqual(made.properties.provisioningState, 'Succeeded');
    const names = (await all(groups.list({ top: 1 }))).map((one) => one.name);
    assert.deepStrictEqual(names.sort(), [group, 'interop'].sort());
    await groups.beginDeleteAndWait('interop');
    await refused('ResourceGroupNotFound', groups.get('interop'));
    assert.strictEqual((await resources.providers.get('Microsoft.Batch')).registrationState, 'Registered');
    assert.strictEqual((await all(resources.resources.list())).length, 1);
}

(async () => {
    for (const story of [roleDefinitions, roleAssignments, resourceGroups]) {
        console.log('story:', story.name);
        await story();
    }
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
