// Managed identities by MSAL Node and @azure/identity, where the environment says that they run:
// `node managed_identity.js PLACE`, one process each, because clients keep what they found out.
'use strict';
const assert = require('assert');
const path = require('path');
const load = (name) => require(path.join(process.env.INTEROP_NODE_MODULES, name));
const { ManagedIdentityApplication } = load('@azure/msal-node');
const { DefaultAzureCredential, ManagedIdentityCredential } = load('@azure/identity');

const { env } = process;
const place = process.argv[2];
const BATCH = 'https://batch.core.windows.net/';
const userAssigned = env.INTEROP_IDENTITY_CLIENT_ID;
const systemAssigned = env.INTEROP_SYSTEM_CLIENT_ID;

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

function check(token, clientId, expires) {
    const c = claims(token);
    assert.strictEqual(c.aud, BATCH);
    assert.strictEqual(c.appid, clientId);
    assert.strictEqual(c.appidacr, '2');
    assert.match(c.xms_mirid, /\/providers\//);
    const left = expires / 1000 - Date.now() / 1000;
    assert(left > 23 * 3600 && left <= 24 * 3600 + 1, `${left} seconds left`);
}

// Its cache is the process's, so a new token is asked for.
async function byMsal(managedIdentityIdParams, clientId) {
    const app = new ManagedIdentityApplication({ managedIdentityIdParams });
    const first = await app.acquireToken({ resource: BATCH, forceRefresh: true });
    check(first.accessToken, clientId, first.expiresOn.getTime());
    assert(!first.fromCache);
    assert((await app.acquireToken({ resource: BATCH })).fromCache);
}

async function byCredential(credential, clientId) {
    const token = await credential.getToken(`${BATCH}/.default`);
    check(token.token, clientId, token.expiresOnTimestamp);
}

(async () => {
    await byCredential(new ManagedIdentityCredential(), systemAssigned);
    await byCredential(new DefaultAzureCredential(), systemAssigned);
    await byMsal(undefined, systemAssigned);
    if (place !== 'cloud-shell') { // it has no user-assigned identities
        await byCredential(new ManagedIdentityCredential({ clientId: userAssigned }), userAssigned);
        await byMsal({ userAssignedClientId: userAssigned }, userAssigned);
        const nobody = new ManagedIdentityCredential({ clientId: '00000000-0000-4000-8000-000000000000' });
        await assert.rejects(nobody.getToken(`${BATCH}/.default`));
    }
    if (place === 'imds' || place === 'app-service') {
        await byCredential(
            new ManagedIdentityCredential({ resourceId: env.INTEROP_IDENTITY_RESOURCE_ID }), userAssigned);
        await byCredential(
            new ManagedIdentityCredential({ objectId: env.INTEROP_IDENTITY_OBJECT_ID }), userAssigned);
    }
    console.log(`node: ${place}`);
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
