// MSAL Node and @azure/identity sign in interactively: their own listener, their own URL, and our
// pages in a real Chromium between.
'use strict';
const assert = require('assert');
const path = require('path');
const { visit } = require('./person.js');

const env = process.env;
const msal = require(path.join(env.INTEROP_NODE_MODULES, '@azure/msal-node'));
const { InteractiveBrowserCredential } = require(path.join(env.INTEROP_NODE_MODULES, '@azure/identity'));
const host = env.AZURE_AUTHORITY_HOST.replace(/\/$/, '');
const BATCH = 'https://batch.core.windows.net//user_impersonation';

function claims(token) {
    return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

function expect(token) {
    assert.strictEqual(claims(token).scp, 'user_impersonation');
    assert.strictEqual(claims(token).upn, env.AZB_USERNAME);
    assert.strictEqual(claims(token).appid, env.TEST_APP);
}

async function msalNode() {
    const app = new msal.PublicClientApplication({ auth: { clientId: env.TEST_APP,
        authority: `${host}/${env.AZURE_TENANT_ID}`, knownAuthorities: [new URL(host).host] } });
    const result = await app.acquireTokenInteractive({ scopes: [BATCH], openBrowser: visit });
    expect(result.accessToken);
    assert.strictEqual(result.account.username, env.AZB_USERNAME);
    const again = await app.acquireTokenSilent({ scopes: [BATCH], account: result.account, forceRefresh: true });
    expect(again.accessToken);
    assert.notStrictEqual(again.accessToken, result.accessToken);
}

// It opens what BROWSER names.
async function azureIdentity() {
    const credential = new InteractiveBrowserCredential({ clientId: env.TEST_APP, tenantId: env.AZURE_TENANT_ID,
        authorityHost: host, disableInstanceDiscovery: true });
    expect((await credential.getToken([BATCH])).token);
}

(async () => {
    await msalNode();
    console.log('browser: MSAL Node');
    await azureIdentity();
    console.log('browser: @azure/identity');
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
