// @azure/arm-batch, unmodified, against azbd: each function is one story.
'use strict';
const assert = require('assert');
const https = require('https');
const path = require('path');
const { readFileSync } = require('fs');
const load = (name) => require(path.join(process.env.INTEROP_NODE_MODULES, name));
const { ClientSecretCredential } = load('@azure/identity');
const { BatchManagementClient } = load('@azure/arm-batch');

const { env } = process;
const group = env.AZURE_RESOURCE_GROUP;
const credential = new ClientSecretCredential(
    env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET,
    { authorityHost: env.AZURE_AUTHORITY_HOST, disableInstanceDiscovery: true });
const arm = new BatchManagementClient(credential, env.AZURE_SUBSCRIPTION_ID, {
    endpoint: env.AZB_ARM_ENDPOINT, credentialScopes: ['https://management.azure.com/.default'],
});

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

function put(url, file) {
    return new Promise((resolve, reject) => {
        const request = https.request(url, {
            method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' },
        }, (response) => resolve(response.resume().statusCode));
        request.on('error', reject);
        request.end(readFileSync(file));
    });
}

async function anAccountIsMade() {
    const free = await arm.location.checkNameAvailability('northeurope',
        { name: 'noder', type: 'Microsoft.Batch/batchAccounts' });
    assert.strictEqual(free.nameAvailable, true);
    const quotas = await arm.location.getQuotas('northeurope');
    assert.strictEqual(quotas.accountQuota, 50);
    const made = await arm.batchAccountOperations.beginCreateAndWait(group, 'noder',
        { location: 'northeurope', tags: { a: 'b' } });
    assert.strictEqual(made.provisioningState, 'Succeeded');
    assert.deepStrictEqual(made.tags, { a: 'b' });
    assert.deepStrictEqual((await all(arm.batchAccountOperations.listByResourceGroup(group)))
        .map((account) => account.name), ['azb', 'noder']);
    const changed = await arm.batchAccountOperations.update(group, 'noder',
        { allowedAuthenticationModes: ['AAD'] });
    assert.deepStrictEqual(changed.allowedAuthenticationModes, ['AAD']);
    await refused('Forbidden', arm.batchAccountOperations.getKeys(group, 'noder'));
    await arm.batchAccountOperations.update(group, 'noder',
        { allowedAuthenticationModes: ['AAD', 'SharedKey'] });
    const keys = await arm.batchAccountOperations.getKeys(group, 'noder');
    const other = await arm.batchAccountOperations.regenerateKey(group, 'noder',
        { keyName: 'Secondary' });
    assert(keys.primary === other.primary && keys.secondary !== other.secondary);
    await refused('LocationNotAvailableForResourceType',
        arm.batchAccountOperations.beginCreateAndWait(group, 'mars1', { location: 'mars' }));
}

async function applications() {
    await arm.applicationOperations.create(group, 'noder', 'tool',
        { parameters: { displayName: 'Tool', allowUpdates: true } });
    const made = await arm.applicationPackageOperations.create(group, 'noder', 'tool', '1');
    assert.strictEqual(made.state, 'Pending');
    assert.strictEqual(await put(made.storageUrl, env.INTEROP_PACKAGE), 201);
    const active = await arm.applicationPackageOperations.activate(group, 'noder', 'tool', '1',
        { format: 'zip' });
    assert.strictEqual(active.state, 'Active');
    assert.strictEqual((await all(arm.applicationOperations.list(group, 'noder'))).length, 1);
    await arm.applicationPackageOperations.delete(group, 'noder', 'tool', '1');
    await arm.applicationOperations.delete(group, 'noder', 'tool');
}

async function pools() {
    const made = await arm.poolOperations.create(group, 'noder', 'p', {
        vmSize: 'STANDARD_D2S_V3',
        deploymentConfiguration: {
            virtualMachineConfiguration: {
                imageReference: { publisher: 'debian', offer: 'debian-12', sku: '12' },
                nodeAgentSkuId: 'batch.node.debian 12',
            },
        },
        scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } },
    });
    assert.strictEqual(made.provisioningState, 'Succeeded');
    assert.strictEqual(made.scaleSettings.fixedScale.targetDedicatedNodes, 1);
    const changed = await arm.poolOperations.update(group, 'noder', 'p',
        { metadata: [{ name: 'a', value: 'b' }] });
    assert.deepStrictEqual(changed.metadata, [{ name: 'a', value: 'b' }]);
    await refused('UnsupportedProperty', arm.poolOperations.update(group, 'noder', 'p',
        { startTask: { commandLine: 'true' } }));
    assert.strictEqual((await all(arm.poolOperations.listByBatchAccount(group, 'noder'))).length, 1);
    await arm.poolOperations.beginDeleteAndWait(group, 'noder', 'p');
    assert.strictEqual((await all(arm.poolOperations.listByBatchAccount(group, 'noder'))).length, 0);
}

async function itGoes() {
    await arm.batchAccountOperations.beginDeleteAndWait(group, 'noder');
    await refused('ResourceNotFound', arm.batchAccountOperations.get(group, 'noder'));
}

(async () => {
    for (const story of [anAccountIsMade, applications, pools, itGoes]) {
        console.log('story:', story.name);
        await story();
    }
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
