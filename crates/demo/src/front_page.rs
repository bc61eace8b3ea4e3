//! `GET /`: what this is.

use axum::extract::State;

use crate::api::DEMO_API_KEY;
use crate::provider::DemoProvider;
use crate::user::DEMO_USERS;

/// For a newcomer who opens the address in a browser.
pub(crate) async fn show(State(provider): State<DemoProvider>) -> String {
    let issuer = provider.issuer();
    let users = DEMO_USERS.join(", ");
    format!(
        "\
The demo provider of Procura: a small authorization server and a small API, for trying things out.
Its secrets are public and its memory ends with the process. Do not use it for anything real.

Authorization server
  issuer            {issuer}
  metadata          GET  {issuer}/.well-known/openid-configuration
  key set           GET  {issuer}/jwks
  token endpoint    POST {issuer}/token    (client_credentials)
  a user's token    GET  {issuer}/users/NAME/token    (NAME: {users})

API
  who am I          GET  {issuer}/api/whoami          Authorization: Bearer TOKEN
  repositories      GET  {issuer}/api/repositories    the same, with the scope repo or read
  weather           GET  {issuer}/api/weather         X-Api-Key: {DEMO_API_KEY}
"
    )
}
