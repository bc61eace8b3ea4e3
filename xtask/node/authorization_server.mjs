// `oidc-provider` for the checks: an authorization server and issuer that somebody else wrote.
//
//     node authorization_server.mjs FOLDER
//
// FOLDER is where `cargo xtask setup` installed the packages. The server listens on a free port of
// 127.0.0.1, prints one line of JSON with its addresses, and then answers each line of JSON on its
// input with one line on its output:
//
//     {"do": "clients", "clients": […], "token_life_s": 600}
//                           these are the clients from now on (client metadata), and so long do
//                           their access tokens live, in seconds
//     {"do": "rotate"}      a new set of keys; the old ones are gone
//     {"do": "requests"}    what was asked of the token endpoint since the last time
//
// Whoever opens its pages is the user whose name they enter, with any password.
//
// It ends when its input does.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// An import would look beside this file, and the packages are not there.
const installed = createRequire(join(process.argv[2], 'package.json'));
const { Provider, errors } = installed('oidc-provider');
const jose = installed('jose');

// Our output is the answers; the package's notices go where its warnings go.
console.info = console.warn;

/** The grant of the checks: a token of the user who is named, of no browser and no password. */
const USER_GRANT = 'urn:procura:check:user';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt';
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
const TOKEN_LIFE_S = 600;

let issuer;
let clients = [];
let tokenLifeS = TOKEN_LIFE_S;
let keys = await newKeys();
let requests = [];
/** What answers: a provider cannot be given other clients or keys, so that it is replaced. */
let answer;

async function newKeys() {
  const made = ALGORITHMS.map(async (alg) => {
    const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const jwk = await jose.exportJWK(privateKey);
    return { ...jwk, kid: await jose.calculateJwkThumbprint(jwk), use: 'sig', alg };
  });
  return Promise.all(made);
}

/** `https://es256.example`: a resource whose access tokens are signed with ES256, and so on. */
function resourceOf(identifier) {
  const alg = ALGORITHMS.find((name) => identifier === `https://${name.toLowerCase()}.example`);
  if (!alg) throw new errors.InvalidTarget();
  return {
    scope: 'read write',
    audience: identifier,
    accessTokenTTL: tokenLifeS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg } },
  };
}

function newProvider() {
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys },
    scopes: ['openid', 'offline_access', 'read', 'write'],
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_ctx, identifier) => resourceOf(identifier),
      },
    },
    // So that whoever reads the token sees what came along.
    extraTokenClaims: (ctx) => ({ audience_asked: ctx.oidc.body?.audience, act: ctx.oidc.act }),
    ttl: { ClientCredentials: tokenLifeS, AccessToken: tokenLifeS },
  });
  provider.registerGrantType(USER_GRANT, userToken, ['sub', 'resource', 'ended_s_ago']);
  const asked = ['resource', 'audience', 'scope'];
  const tokens = ['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'];
  provider.registerGrantType(TOKEN_EXCHANGE, exchange, [...tokens, ...asked], ['audience']);
  provider.registerGrantType(JWT_BEARER, byAssertion, ['assertion', ...asked], ['audience']);
  provider.use(remember);
  return provider;
}

/** A token of the provider's own model, signed with its own keys; one that has ended, on wish. */
async function userToken(ctx) {
  const { AccessToken, ResourceServer } = ctx.oidc.provider;
  const { sub, resource, ended_s_ago: ended } = ctx.oidc.params;
  const now = Math.floor(Date.now() / 1000);
  const times = ended ? { iat: now - Number(ended) - TOKEN_LIFE_S, exp: now - Number(ended) } : {};
  const token = new AccessToken({
    accountId: sub,
    client: ctx.oidc.client,
    gty: USER_GRANT,
    resourceServer: new ResourceServer(resource, resourceOf(resource)),
    scope: 'read',
    ...times,
  });
  ctx.body = { access_token: await token.save(), token_type: 'Bearer' };
}

/** RFC 8693 §2: a token of the user whose token comes, with who acts in `act` (§4.1). */
async function exchange(ctx) {
  const { subject_token: token, subject_token_type: type } = ctx.oidc.params;
  if (![JWT_TYPE, ACCESS_TOKEN_TYPE].includes(type)) {
    throw new errors.InvalidRequest('subject_token_type');
  }
  const sub = await userOf(token);
  ctx.oidc.act = await actorOf(ctx);
  ctx.body = { ...(await tokenOf(ctx, sub)), issued_token_type: ACCESS_TOKEN_TYPE };
}

/** RFC 7523 §2.1. */
async function byAssertion(ctx) {
  ctx.body = await tokenOf(ctx, await userOf(ctx.oidc.params.assertion));
}

/** The user of a token that this server signed. */
async function userOf(token) {
  const known = jose.createLocalJWKSet({ keys: keys.map(({ d, p, q, dp, dq, qi, ...pub }) => pub) });
  try {
    return (await jose.jwtVerify(token, known, { issuer })).payload.sub;
  } catch (error) {
    throw new errors.InvalidGrant(error.code);
  }
}

/** A client of this server, by a token of its own; or whom another issuer names, for this endpoint. */
async function actorOf(ctx) {
  const { actor_token: token, actor_token_type: type } = ctx.oidc.params;
  if (!token) return undefined;
  if (type === ACCESS_TOKEN_TYPE) {
    const found = await ctx.oidc.provider.ClientCredentials.find(token);
    if (!found?.isValid) throw new errors.InvalidRequest('actor_token');
    return { sub: found.clientId, scope: found.scope };
  }
  const { iss } = jose.decodeJwt(token);
  const theirs = jose.createRemoteJWKSet(new URL(`${iss}/.well-known/jwks.json`));
  const audience = `${issuer}/token`;
  const { payload } = await jose.jwtVerify(token, theirs, { issuer: iss, audience });
  return { sub: payload.sub, iss };
}

async function tokenOf(ctx, sub) {
  const { AccessToken, ResourceServer } = ctx.oidc.provider;
  const { resource = 'https://es256.example', scope: asked = 'read' } = ctx.oidc.params;
  const scope = asked.split(' ').filter((one) => ['read', 'write'].includes(one)).join(' ');
  const token = new AccessToken({
    accountId: sub,
    client: ctx.oidc.client,
    gty: TOKEN_EXCHANGE,
    resourceServer: new ResourceServer(resource, resourceOf(resource)),
    scope,
  });
  const life = { token_type: 'Bearer', expires_in: tokenLifeS };
  return { access_token: await token.save(), ...life, scope };
}

async function remember(ctx, next) {
  await next();
  if (ctx.oidc?.route !== 'token') return;
  const scheme = ctx.get('authorization').split(' ')[0];
  requests.push({ form: { ...ctx.oidc.body }, scheme, status: ctx.status });
}

function carryOut(command) {
  switch (command.do) {
    case 'clients':
      ({ clients, token_life_s: tokenLifeS = TOKEN_LIFE_S } = command);
      break;
    case 'requests': {
      const since = requests;
      requests = [];
      return { requests: since };
    }
    case 'rotate':
      return newKeys().then((made) => {
        keys = made;
        answer = newProvider().callback();
        return { kids: keys.map((key) => key.kid) };
      });
    default:
      throw new Error(`there is no ${command.do}`);
  }
  answer = newProvider().callback();
  return {};
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', async () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  answer = newProvider().callback();
  say({
    issuer,
    discovery_url: `${issuer}/.well-known/openid-configuration`,
    token_endpoint: `${issuer}/token`,
    authorization_endpoint: `${issuer}/auth`,
  });
  for await (const line of createInterface({ input: process.stdin })) {
    say(await carryOut(JSON.parse(line)));
  }
  process.exit(0);
});
