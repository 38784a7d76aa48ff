// MSAL Node against azbd: secret, certificate, cache, and Entra's own errors.
'use strict';
const assert = require('assert');
const { readFileSync } = require('fs');
const path = require('path');
const msal = require(path.join(process.env.INTEROP_NODE_MODULES, '@azure/msal-node'));

const host = process.env.AZURE_AUTHORITY_HOST.replace(/\/$/, '');
const authority = `${host}/${process.env.AZURE_TENANT_ID}`;
const scopes = ['https://batch.core.windows.net//.default'];
const env = process.env;

function application(clientId, credential, at = authority) {
    return new msal.ConfidentialClientApplication({
        auth: { clientId, authority: at, knownAuthorities: [new URL(host).host], ...credential },
    });
}

async function refused(app, word, wanted = scopes) {
    try {
        await app.acquireTokenByClientCredential({ scopes: wanted });
    } catch (error) {
        assert(String(error.errorMessage || error).includes(word), `${word}: ${error}`);
        return;
    }
    assert.fail(`not refused: ${word}`);
}

(async () => {
    const app = application(env.AZURE_CLIENT_ID, { clientSecret: env.AZURE_CLIENT_SECRET });
    const first = await app.acquireTokenByClientCredential({ scopes });
    assert(first.accessToken && !first.fromCache);
    assert((await app.acquireTokenByClientCredential({ scopes })).fromCache);

    const clientCertificate = {
        thumbprintSha256: env.INTEROP_THUMBPRINT_SHA256,
        privateKey: readFileSync(env.INTEROP_CERTIFICATE_KEY, 'utf8'),
    };
    const byCertificate = application(env.INTEROP_CERTIFICATE_ID, { clientCertificate });
    assert((await byCertificate.acquireTokenByClientCredential({ scopes })).accessToken);
    const withChain = application(env.INTEROP_CERTIFICATE_ID, {
        clientCertificate: { ...clientCertificate, x5c: readFileSync(env.INTEROP_CERTIFICATE, 'utf8') },
    });
    assert((await withChain.acquireTokenByClientCredential({ scopes })).accessToken);

    // The token works: list the jobs with it, as a program would.
    const answer = await fetch(`${env.AZURE_BATCH_ENDPOINT}/jobs?api-version=2025-06-01`, {
        headers: { Authorization: `Bearer ${first.accessToken}` },
    });
    assert.strictEqual(answer.status, 200);
    assert(Array.isArray((await answer.json()).value));

    const nothing = '11111111-2222-4333-8444-555555555555';
    await refused(application(env.AZURE_CLIENT_ID, { clientSecret: 'wrong' }), '7000215');
    await refused(application(nothing, { clientSecret: 'wrong' }), '700016');
    await refused(application(env.INTEROP_EXPIRED_ID,
        { clientSecret: env.INTEROP_EXPIRED_SECRET }), '7000222');
    await refused(app, '500011', ['https://nobody.example/.default']);
    await refused(application(env.AZURE_CLIENT_ID, { clientSecret: 'x' }, `${host}/${nothing}`),
        'endpoints_resolution_error');
    console.log('MSAL Node: done');
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
