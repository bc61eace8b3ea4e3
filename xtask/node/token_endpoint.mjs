// `oidc-provider` for the benchmark: a token endpoint that somebody else wrote.
//
//     node token_endpoint.mjs FOLDER
//
// FOLDER is where `cargo xtask setup` installed the packages. The server listens on a free port of
// 127.0.0.1, prints it, and ends when its input does. Its one client gets tokens of its own that are
// JWTs signed with ES256; it keeps what it keeps in memory and no record.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const installed = createRequire(join(process.argv[2], 'package.json'));
const { Provider } = installed('oidc-provider');
const jose = installed('jose');

// Our output is the address.
console.info = console.warn;

const { privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
const key = { ...(await jose.exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' };

const server = createServer((request, response) => answer(request, response));
let answer;
server.listen(0, '127.0.0.1', () => {
  const address = `127.0.0.1:${server.address().port}`;
  const resource = {
    scope: 'read',
    audience: 'https://bench.example',
    accessTokenTTL: 3600,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
  const provider = new Provider(`http://${address}`, {
    clients: [
      {
        client_id: 'bench',
        client_secret: 'bench-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
        scope: 'read',
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [key] },
    scopes: ['read'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource.audience,
        getResourceServerInfo: () => resource,
      },
    },
  });
  answer = provider.callback();
  process.stdout.write(`${address}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
