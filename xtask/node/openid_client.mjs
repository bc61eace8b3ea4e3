// A relying party with `openid-client`: `relying_party.mjs` says what it serves.
//
//     node openid_client.mjs FOLDER
//
// FOLDER is where `cargo xtask setup` installed the packages.

import { SCOPE, installed, serve } from './relying_party.mjs';

const oidc = installed('openid-client');

serve(async ({ issuer, client_id, client_secret, method, callback, out }) => {
  const proof = {
    basic: () => oidc.ClientSecretBasic(client_secret),
    post: () => oidc.ClientSecretPost(client_secret),
    none: () => oidc.None(),
  }[method]();
  const config = await oidc.discovery(new URL(issuer), client_id, {}, proof, {
    // The provider is on this machine; what it signs is looked at although it came from it directly.
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  let begun;
  const told = (tokens) => ({ ...tokens, claims: tokens.claims() });
  return {
    async begin() {
      begun = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: oidc.randomNonce(),
      };
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: SCOPE,
        state: begun.expectedState,
        nonce: begun.expectedNonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(begun.pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
    },
    finish: async (url) =>
      told(await oidc.authorizationCodeGrant(config, url, { ...begun, idTokenExpected: true })),
    refresh: async (token) => told(await oidc.refreshTokenGrant(config, token)),
    userinfo: (token, sub) => oidc.fetchUserInfo(config, token, sub),
    introspect: (token) => oidc.tokenIntrospection(config, token),
    revoke: (token) => oidc.tokenRevocation(config, token),
    logout: (token) =>
      oidc.buildEndSessionUrl(config, { id_token_hint: token, post_logout_redirect_uri: out }),
  };
});
