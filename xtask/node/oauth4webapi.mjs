// A relying party with `oauth4webapi`, which is lenient with nothing: `relying_party.mjs` says what it
// serves. It finds the provider by RFC 8414, whose address has the issuer's path at its end.
//
//     node oauth4webapi.mjs FOLDER
//
// FOLDER is where `cargo xtask setup` installed the packages.

import { SCOPE, installed, serve } from './relying_party.mjs';

const oauth = installed('oauth4webapi');

// The provider is on this machine.
const insecurely = { [oauth.allowInsecureRequests]: true };

serve(async ({ issuer, client_id, client_secret, method, algorithm, callback, out }) => {
  const issuerUrl = new URL(issuer);
  const found = await oauth.discoveryRequest(issuerUrl, { algorithm, ...insecurely });
  const as = await oauth.processDiscoveryResponse(issuerUrl, found);
  const client = { client_id };
  const proof = {
    basic: () => oauth.ClientSecretBasic(client_secret),
    post: () => oauth.ClientSecretPost(client_secret),
    none: () => oauth.None(),
  }[method]();
  let begun;

  /** The tokens of a response whose ID token is signed with a key of the provider. */
  async function told(response, tokens) {
    await oauth.validateApplicationLevelSignature(as, response, insecurely);
    return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) };
  }

  return {
    async begin() {
      begun = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
      };
      const url = new URL(as.authorization_endpoint);
      url.search = new URLSearchParams({
        client_id,
        response_type: 'code',
        redirect_uri: callback,
        scope: SCOPE,
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      return url;
    },
    async finish(url) {
      const answer = oauth.validateAuthResponse(as, client, url, begun.state);
      const response = await oauth.authorizationCodeGrantRequest(
        as, client, proof, answer, callback, begun.verifier, insecurely,
      );
      const expected = { expectedNonce: begun.nonce, requireIdToken: true };
      const tokens = oauth.processAuthorizationCodeResponse(as, client, response, expected);
      return told(response, await tokens);
    },
    async refresh(token) {
      const response = await oauth.refreshTokenGrantRequest(as, client, proof, token, insecurely);
      return told(response, await oauth.processRefreshTokenResponse(as, client, response));
    },
    async userinfo(token, sub) {
      const response = await oauth.userInfoRequest(as, client, token, insecurely);
      return oauth.processUserInfoResponse(as, client, sub, response);
    },
    async introspect(token) {
      const response = await oauth.introspectionRequest(as, client, proof, token, insecurely);
      return oauth.processIntrospectionResponse(as, client, response);
    },
    async revoke(token) {
      const response = await oauth.revocationRequest(as, client, proof, token, insecurely);
      return oauth.processRevocationResponse(response);
    },
    logout(token) {
      const url = new URL(as.end_session_endpoint);
      url.search = new URLSearchParams({
        client_id, id_token_hint: token, post_logout_redirect_uri: out,
      });
      return url;
    },
  };
});
