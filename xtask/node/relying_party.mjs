// What the relying parties of the checks have in common: a web server on a free port of 127.0.0.1 that
// logs users in. Which client does the work, `openid_client.mjs` and `oauth4webapi.mjs` say.
//
// It prints one line of JSON with its port, reads one with what it has to know (issuer, client_id,
// client_secret, method, url: where users find it), and prints an empty object when it is ready:
//
//     /login                 sends a browser to the provider
//     /cb                    is where it comes back: what is known of the user, and all tokens
//     /refresh?token=…       what a refresh token gives
//     /userinfo?token=…&sub=…, /introspect?token=…, /revoke?token=…
//     /logout?token=…        sends the browser of the user of this ID token to be signed out
//     /out                   is where it comes back from that
//
// What a client refuses is answered with 400 and the error's code. It ends when its input does.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An import would look beside this file, and the packages are not there. */
export const installed = createRequire(join(process.argv[2], 'package.json'));

export const SCOPE = 'openid email profile';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Serves with what `connect` makes of what it has to know. */
export function serve(connect) {
  let client;
  let told;
  const routes = {
    '/login': async () => ({ location: await client.begin() }),
    '/cb': async (url) => ({ body: await client.finish(url) }),
    '/refresh': async ({ searchParams: of }) => ({ body: await client.refresh(of.get('token')) }),
    '/userinfo': async ({ searchParams: of }) => ({
      body: await client.userinfo(of.get('token'), of.get('sub')),
    }),
    '/introspect': async ({ searchParams: of }) => ({
      body: await client.introspect(of.get('token')),
    }),
    '/revoke': async ({ searchParams: of }) => {
      await client.revoke(of.get('token'));
      return { body: {} };
    },
    '/logout': async ({ searchParams: of }) => ({ location: client.logout(of.get('token')) }),
    '/out': async () => ({ body: { out: true } }),
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, told.url);
    const route = routes[url.pathname];
    if (!route) return response.writeHead(404).end();
    try {
      const { location, body } = await route(url);
      if (location) return response.writeHead(302, { location: String(location) }).end();
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } catch (error) {
      const body = { error: error.error ?? error.code ?? error.name, said: error.message };
      return response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  server.listen(0, '127.0.0.1', async () => {
    say({ port: server.address().port });
    for await (const line of createInterface({ input: process.stdin })) {
      told = JSON.parse(line);
      client = await connect({ ...told, callback: `${told.url}/cb`, out: `${told.url}/out` });
      say({});
    }
    process.exit(0);
  });
}
