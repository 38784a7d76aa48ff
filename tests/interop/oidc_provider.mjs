// An OpenID provider that is not ours (npm oidc-provider), below /adfs, where a client that is given
// the tenant "adfs" looks for it. Whoever comes is ann@contoso.com and consents: its own pages are not
// what is tested. Prints its port once it serves.
//   node oidc_provider.mjs FOLDER   with server.pem, server-key.pem and client.jwk.json in it
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const require = createRequire(`${process.env.INTEROP_NODE_MODULES}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const server = https.createServer({
  cert: readFileSync(`${folder}/server.pem`),
  key: readFileSync(`${folder}/server-key.pem`),
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const provider = new Provider(`https://localhost:${port}/adfs`, {
  clients: [
    {
      client_id: 'public',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost/signed-in'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE],
    },
    {
      client_id: 'web',
      client_secret: 'web secret & more',
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: ['https://app.example/back'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    {
      client_id: 'certificate',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'PS256',
      jwks: { keys: [JSON.parse(readFileSync(`${folder}/client.jwk.json`, 'utf8'))] },
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  scopes: ['openid', 'offline_access', 'profile', 'jobs.read'],
  claims: { profile: ['name', 'preferred_username'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  issueRefreshToken: async (context, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
  },
  cookies: { keys: ['not a secret: a test'] },
  interactions: { url: (context, interaction) => `/adfs/person/${interaction.uid}` },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Ann', preferred_username: 'ann@contoso.com' }),
  }),
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope('openid offline_access profile jobs.read');
    await grant.save();
    return grant;
  },
});
for (const event of ['server_error', 'authorization.error', 'grant.error'])
  provider.on(event, (context, error) =>
    console.error(event, error.message, error.error_description ?? error.error_detail ?? error.stack));

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/adfs/')) {
    response.writeHead(404).end();
    return;
  }
  request.originalUrl = request.url;
  request.baseUrl = '/adfs';
  request.url = request.url.slice('/adfs'.length);
  if (request.url.startsWith('/person/'))
    await provider.interactionFinished(request, response, { login: { accountId: 'ann' }, consent: {} });
  else answer(request, response);
});
console.log(port);
