// MSAL Node and @azure/identity with a person at the keyboard, and applications without a secret:
// `node clients_node.js FLOW...`, each a member of `flows`.
'use strict';
const assert = require('assert');
const { execFile } = require('child_process');
const { readFileSync } = require('fs');
const http = require('http');
const path = require('path');
const load = (name) => require(path.join(process.env.INTEROP_NODE_MODULES, name));
const msal = load('@azure/msal-node');
const identity = load('@azure/identity');

const { env } = process;
const host = env.AZURE_AUTHORITY_HOST.replace(/\/$/, '');
const authority = `${host}/${env.AZURE_TENANT_ID}`;
const BATCH = 'https://batch.core.windows.net/';
const ARM = 'https://management.core.windows.net/';
const scopes = [`${BATCH}/.default`];

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

function isUser(token, client, audience = BATCH) {
    const c = claims(token);
    assert.strictEqual(c.aud, audience);
    assert.strictEqual(c.appid, client);
    assert.strictEqual(c.scp, 'user_impersonation');
    assert.strictEqual(c.upn, env.AZB_USERNAME);
}

function isApplication(token, client) {
    const c = claims(token);
    assert.strictEqual(c.aud, BATCH);
    assert.strictEqual(c.idtyp, 'app');
    if (client)
        assert.strictEqual(c.appid, client);
}

// Signs in at `url`; what the pages said is in the error.
function person(...words) {
    return new Promise((done, failed) =>
        execFile(env.INTEROP_PERSON, words, (error, out, err) => error ? failed(new Error(err || error)) : done(out)));
}

const auth = (clientId, more = {}) =>
    ({ auth: { clientId, authority, knownAuthorities: [new URL(host).host], ...more } });
const publicClient = () => new msal.PublicClientApplication(auth(env.INTEROP_PUBLIC_ID));
const federated = () => readFileSync(env.INTEROP_FEDERATED_TOKEN_FILE, 'utf8').trim();

// From memory, then for another resource by the refresh token, then a new one though there is one.
async function silent(app, account) {
    const cached = await app.acquireTokenSilent({ account, scopes });
    assert(cached.fromCache);
    const other = await app.acquireTokenSilent({ account, scopes: [`${ARM}/.default`] });
    assert(!other.fromCache);
    isUser(other.accessToken, env.INTEROP_PUBLIC_ID, ARM);
    const fresh = await app.acquireTokenSilent({ account, scopes, forceRefresh: true });
    assert(!fresh.fromCache);
    isUser(fresh.accessToken, env.INTEROP_PUBLIC_ID);
}

// A listener as a web application has it: the query of the first request to it.
function listener() {
    return new Promise((ready) => {
        let got;
        const answer = new Promise((done) => { got = done; });
        const server = http.createServer((request, response) => {
            response.end('done');
            got(Object.fromEntries(new URL(request.url, 'http://localhost').searchParams));
            server.close();
        });
        server.listen(0, '127.0.0.1', () => ready({ answer, uri: `http://localhost:${server.address().port}` }));
    });
}

const flows = {
    async 'msal-device-code'() {
        const app = publicClient();
        const result = await app.acquireTokenByDeviceCode({
            scopes,
            deviceCodeCallback: (code) => {
                assert(code.message.includes(code.userCode) && code.message.includes(code.verificationUri));
                person('--device', code.verificationUri, code.userCode).catch((e) => { throw e; });
            },
        });
        isUser(result.accessToken, env.INTEROP_PUBLIC_ID);
        await silent(app, result.account);
    },

    async 'msal-device-declined'() {
        await assert.rejects(publicClient().acquireTokenByDeviceCode({
            scopes,
            deviceCodeCallback: (code) =>
                person('--answer', 'no', '--device', code.verificationUri, code.userCode).catch((e) => { throw e; }),
        }), (error) => /declined|denied/.test(String(error.errorCode) + error.message));
    },

    async 'msal-interactive'() {
        const app = publicClient();
        const result = await app.acquireTokenInteractive({ scopes, openBrowser: person, loginHint: env.AZB_USERNAME });
        isUser(result.accessToken, env.INTEROP_PUBLIC_ID);
        assert.strictEqual(result.account.username, env.AZB_USERNAME);
        await silent(app, result.account);
    },

    // The redirect URI, code and PKCE of a program that has its own listener.
    async 'msal-code'() {
        const app = publicClient();
        const { answer, uri } = await listener();
        const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
        const url = await app.getAuthCodeUrl({
            scopes, redirectUri: uri, responseMode: 'query', state: 'a b&c=é',
            codeChallenge: challenge, codeChallengeMethod: 'S256' });
        await person(url);
        const back = await answer;
        assert.strictEqual(back.state, 'a b&c=é');
        const request = { scopes, redirectUri: uri, code: back.code };
        await assert.rejects(app.acquireTokenByCode({ ...request, codeVerifier: 'x'.repeat(43) }),
            /AADSTS501481|AADSTS50148|invalid_grant/);
        const again = await listener();
        await person(url.replace(encodeURIComponent(uri), encodeURIComponent(again.uri)));
        const second = { scopes, redirectUri: again.uri, code: (await again.answer).code, codeVerifier: verifier };
        isUser((await app.acquireTokenByCode(second)).accessToken, env.INTEROP_PUBLIC_ID);
        await assert.rejects(app.acquireTokenByCode({ ...second }), /AADSTS54005/);
    },

    async 'msal-on-behalf-of'() {
        const user = await publicClient().acquireTokenInteractive({
            scopes: [`api://${env.INTEROP_API_ID}/access_as_user`], openBrowser: person });
        const service = new msal.ConfidentialClientApplication(
            auth(env.INTEROP_API_ID, { clientSecret: env.INTEROP_API_SECRET }));
        const result = await service.acquireTokenOnBehalfOf({ scopes, oboAssertion: user.accessToken });
        isUser(result.accessToken, env.INTEROP_API_ID);
    },

    async 'msal-federated'() {
        const app = new msal.ConfidentialClientApplication(
            auth(env.INTEROP_FEDERATED_ID, { clientAssertion: async () => federated() }));
        isApplication((await app.acquireTokenByClientCredential({ scopes })).accessToken, env.INTEROP_FEDERATED_ID);
    },

    async 'identity-secret'() {
        const credential = new identity.ClientSecretCredential(
            env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, options);
        isApplication((await credential.getToken(scopes)).token, env.AZURE_CLIENT_ID);
        const wrong = new identity.ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, 'wrong', options);
        await assert.rejects(wrong.getToken(scopes), /AADSTS7000215/);
    },

    async 'identity-certificate'() {
        for (const sendCertificateChain of [false, true]) {
            const credential = new identity.ClientCertificateCredential(env.AZURE_TENANT_ID, env.INTEROP_CERTIFICATE_ID,
                env.INTEROP_CERTIFICATE_BOTH, { ...options, sendCertificateChain });
            isApplication((await credential.getToken(scopes)).token, env.INTEROP_CERTIFICATE_ID);
        }
    },

    async 'identity-federated'() {
        const assertion = new identity.ClientAssertionCredential(
            env.AZURE_TENANT_ID, env.INTEROP_FEDERATED_ID, async () => federated(), options);
        isApplication((await assertion.getToken(scopes)).token, env.INTEROP_FEDERATED_ID);
        const workload = new identity.WorkloadIdentityCredential({ ...options, tenantId: env.AZURE_TENANT_ID,
            clientId: env.INTEROP_FEDERATED_ID, tokenFilePath: env.INTEROP_FEDERATED_TOKEN_FILE });
        isApplication((await workload.getToken(scopes)).token, env.INTEROP_FEDERATED_ID);
    },

    async 'identity-device-code'() {
        const credential = new identity.DeviceCodeCredential({ ...options, tenantId: env.AZURE_TENANT_ID,
            clientId: env.INTEROP_PUBLIC_ID,
            userPromptCallback: (code) => { person('--device', code.verificationUri, code.userCode).catch((e) => { throw e; }); } });
        isUser((await credential.getToken(scopes)).token, env.INTEROP_PUBLIC_ID);
        isUser((await credential.getToken(scopes)).token, env.INTEROP_PUBLIC_ID);
    },

    async 'identity-on-behalf-of'() {
        const user = await publicClient().acquireTokenInteractive({
            scopes: [`api://${env.INTEROP_API_ID}/access_as_user`], openBrowser: person });
        const credential = new identity.OnBehalfOfCredential({ ...options, tenantId: env.AZURE_TENANT_ID,
            clientId: env.INTEROP_API_ID, clientSecret: env.INTEROP_API_SECRET, userAssertionToken: user.accessToken });
        isUser((await credential.getToken(scopes)).token, env.INTEROP_API_ID);
    },

    // No option in code: the tenant "adfs" is what lets it in.
    async 'identity-default'() {
        isApplication((await new identity.EnvironmentCredential().getToken(scopes)).token, env.AZURE_CLIENT_ID);
        isApplication((await new identity.DefaultAzureCredential().getToken(scopes)).token, env.AZURE_CLIENT_ID);
    },
};
const options = { authorityHost: env.AZURE_AUTHORITY_HOST, disableInstanceDiscovery: true };

(async () => {
    for (const name of process.argv.slice(2)) {
        await flows[name]();
        console.log('node:', name);
    }
    process.exit(0);
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
