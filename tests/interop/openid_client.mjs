// openid-client, which knows nothing of Entra, from the discovery document alone.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { env } = process;
const require = createRequire(env.INTEROP_NODE_MODULES + '/');
const oidc = await import(pathToFileURL(require.resolve('openid-client')));
const issuer = new URL(`${env.AZURE_AUTHORITY_HOST.replace(/\/$/, '')}/${env.AZURE_TENANT_ID}/v2.0`);
const scope = 'https://batch.core.windows.net//.default';
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

function person(...words) {
    return new Promise((done, failed) =>
        execFile(env.INTEROP_PERSON, words, (error, out, err) => error ? failed(new Error(err || error)) : done(out)));
}

const flows = {
    // Every way for an application to prove itself, as the document offers them.
    async secret() {
        for (const method of [oidc.ClientSecretPost, oidc.ClientSecretBasic]) {
            const config = await oidc.discovery(issuer, env.AZURE_CLIENT_ID, {}, method(env.AZURE_CLIENT_SECRET));
            const token = await oidc.clientCredentialsGrant(config, { scope });
            assert.strictEqual(claims(token.access_token).idtyp, 'app');
        }
    },
    async certificate() {
        const pem = readFileSync(env.INTEROP_CERTIFICATE_KEY);
        for (const [name, hash] of [['RSASSA-PKCS1-v1_5', 'SHA-256'], ['RSA-PSS', 'SHA-256']]) {
            const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
            const key = await webcrypto.subtle.importKey('pkcs8', der, { name, hash }, false, ['sign']);
            const kid = Buffer.from(env.INTEROP_THUMBPRINT, 'hex').toString('base64url');
            const config = await oidc.discovery(issuer, env.INTEROP_CERTIFICATE_ID, {},
                oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (header) => { header.x5t = kid; } }));
            const token = await oidc.clientCredentialsGrant(config, { scope });
            assert.strictEqual(claims(token.access_token).appid, env.INTEROP_CERTIFICATE_ID);
        }
    },
    // Code, PKCE, nonce, state, and the ID token's signature against the published keys.
    async code() {
        const config = await oidc.discovery(issuer, env.INTEROP_PUBLIC_ID, undefined, oidc.None());
        oidc.enableNonRepudiationChecks(config);
        assert(config.serverMetadata().supportsPKCE());
        let came;
        const arrived = new Promise((done) => { came = done; });
        const server = http.createServer((request, response) => {
            response.end('done');
            came(new URL(request.url, redirect_uri));
        });
        await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
        const redirect_uri = `http://localhost:${server.address().port}`;
        const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
        const expectedState = oidc.randomState();
        const expectedNonce = oidc.randomNonce();
        await person(oidc.buildAuthorizationUrl(config, { redirect_uri, state: expectedState, nonce: expectedNonce,
            scope: `openid profile email offline_access https://batch.core.windows.net//user_impersonation`,
            code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256' }).href);
        const tokens = await oidc.authorizationCodeGrant(config, await arrived, { pkceCodeVerifier, expectedState, expectedNonce });
        server.close();
        assert.strictEqual(claims(tokens.access_token).scp, 'user_impersonation');
        assert.strictEqual(tokens.claims().preferred_username, env.AZB_USERNAME);
        const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
        assert.strictEqual(claims(again.access_token).oid, tokens.claims().oid);
        const forUserinfo = await oidc.refreshTokenGrant(config, tokens.refresh_token, { scope: 'openid profile email' });
        const who = await oidc.fetchUserInfo(config, forUserinfo.access_token, oidc.skipSubjectCheck);
        assert(who.sub && who.name);
    },
    async device() {
        const config = await oidc.discovery(issuer, env.INTEROP_PUBLIC_ID, undefined, oidc.None());
        const code = await oidc.initiateDeviceAuthorization(config, { scope: `openid offline_access ${scope}` });
        await person('--device', code.verification_uri, code.user_code);
        const tokens = await oidc.pollDeviceAuthorizationGrant(config, code);
        assert.strictEqual(claims(tokens.access_token).upn, env.AZB_USERNAME);
    },
};

for (const name of process.argv.slice(2)) {
    await flows[name]();
    console.log('openid-client:', name);
}
process.exit(0);
