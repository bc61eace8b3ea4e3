//! `POST /token` (RFC 6749 §3.2): the form is read, the client proves who it is, a grant gives what
//! it may, and the reply says so. A grant is a file below; [`grant`] is the one place that knows
//! them all.

mod assertion;
mod authentication;
mod client_credentials;
mod form;
mod interference;
mod refusal;
mod reply;

use axum::extract::rejection::FormRejection;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use procura_core::scope::Scopes;
use procura_protocol::jose::Algorithm;
use procura_protocol::oauth::authentication_method::AuthenticationMethod;

use crate::line::Line;
use crate::provider::DemoProvider;
use crate::settings::DemoClient;

pub(crate) use self::assertion::UsedAssertions;
use self::form::TokenForm;
pub use self::form::TokenRequestSeen;
use self::refusal::Refusal;

/// `grant_types_supported`.
pub(crate) const GRANT_TYPES: [&str; 1] = [client_credentials::GRANT_TYPE];
/// `token_endpoint_auth_methods_supported`.
pub(crate) const METHODS: [AuthenticationMethod; 3] = [
    AuthenticationMethod::SecretBasic,
    AuthenticationMethod::SecretPost,
    AuthenticationMethod::PrivateKeyJwt,
];
/// `token_endpoint_auth_signing_alg_values_supported`.
pub(crate) const ASSERTION_ALGORITHMS: [Algorithm; 5] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Rs256,
    Algorithm::Ps256,
    Algorithm::EdDsa,
];

/// What a grant gives: an access token for this client, good for these scopes.
struct Grant {
    client_id: String,
    scopes: Scopes,
}

/// The pairs of a form in their order, or why there is none.
type Pairs = Result<Form<Vec<(String, String)>>, FormRejection>;

pub(crate) async fn answer(
    State(provider): State<DemoProvider>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Response {
    let form = TokenForm::read(pairs);
    if let Ok(form) = &form {
        provider.remember(form.seen(&headers));
    }
    provider.count_token_request();
    let misbehaviour = provider.misbehaviour();
    if let Some(misbehaviour) = &misbehaviour
        && let Some(response) =
            interference::instead(&provider, misbehaviour, &line, &headers, form.as_ref().ok())
                .await
    {
        return response;
    }
    let granted = form.and_then(|form| {
        let client = authentication::authenticate(&provider, &headers, &form)?;
        grant(&client, &form)
    });
    match granted {
        Ok(grant) => reply::token(&provider, grant, misbehaviour.as_ref()),
        Err(refusal) => refusal.into_response(),
    }
}

fn grant(client: &DemoClient, form: &TokenForm) -> Result<Grant, Refusal> {
    match form.one("grant_type") {
        None => Err(Refusal::InvalidRequest("send grant_type")),
        Some(client_credentials::GRANT_TYPE) => client_credentials::grant(client, form),
        Some(_) => Err(Refusal::UnsupportedGrantType),
    }
}
