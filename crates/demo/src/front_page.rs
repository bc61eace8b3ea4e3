//! `GET /`: what this is.

use axum::extract::State;

use crate::api::DEMO_API_KEY;
use crate::provider::DemoProvider;
use crate::settings::DEMO_APP_SECRET;
use crate::user::{DEMO_APP, DEMO_PASSWORD, DEMO_USERS};

/// For a newcomer who opens the address in a browser.
pub(crate) async fn show(State(provider): State<DemoProvider>) -> String {
    let issuer = provider.issuer();
    let users = DEMO_USERS.join(", ");
    let password = DEMO_PASSWORD;
    format!(
        "\
The demo provider of Procura: a small authorization server and a small API, for trying things out.
Its secrets are public and its memory ends with the process. Do not use it for anything real.

Authorization server
  issuer            {issuer}
  metadata          GET  {issuer}/.well-known/openid-configuration
  key set           GET  {issuer}/jwks
  authorization     GET  {issuer}/authorize    (code with PKCE; the password of every user: {password})
  token endpoint    POST {issuer}/token    (authorization_code, refresh_token, client_credentials)
  revocation        POST {issuer}/revoke
  user info         GET  {issuer}/userinfo    Authorization: Bearer TOKEN, with the scope openid
  a user's token    GET  {issuer}/users/NAME/token    (NAME: {users})
  sign-in           of applications on this machine: client {DEMO_APP}, secret {DEMO_APP_SECRET},
                    back to http://127.0.0.1:PORT/signed-in

API
  who am I          GET  {issuer}/api/whoami          Authorization: Bearer TOKEN
  user              GET  {issuer}/api/user            the same, with a user's token and the scope repo or read
  repositories      GET  {issuer}/api/repositories    the same, with or without a user
  weather           GET  {issuer}/api/weather         X-Api-Key: {DEMO_API_KEY}
"
    )
}
