//! What the server answers to: one line for each endpoint.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::provider::DemoProvider;
use crate::{
    api, authorization_endpoint, consent, front_page, login, metadata, revocation, token_endpoint,
    user,
};

/// Largest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every endpoint.
pub(crate) fn router(provider: DemoProvider) -> Router {
    Router::new()
        .route("/", get(front_page::show))
        .route("/.well-known/openid-configuration", get(metadata::document))
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::document),
        )
        .route("/jwks", get(metadata::key_set))
        .route("/authorize", get(authorization_endpoint::begin))
        .route("/login", post(login::submit))
        .route("/consent", get(consent::show).post(consent::submit))
        .route("/token", post(token_endpoint::answer))
        .route("/revoke", post(revocation::answer))
        .route("/userinfo", get(api::userinfo))
        .route("/users/{name}/token", get(user::token))
        .route("/api/whoami", get(api::whoami))
        .route("/api/user", get(api::user))
        .route("/api/repositories", get(api::repositories))
        .route("/api/weather", get(api::weather))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(provider)
}
