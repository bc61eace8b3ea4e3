//! `POST /token` (RFC 6749 §3.2): the form is read, the client proves who it is, a grant gives what
//! it may, and the reply says so. A grant is a file below; [`grant`] is the one place that knows
//! them all.

mod assertion;
mod authentication;
mod authorization_code;
mod client_credentials;
mod exchange;
mod form;
mod interference;
mod issuing;
mod refresh;
mod refusal;
mod reply;

use axum::extract::rejection::FormRejection;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::HeaderMap;
use axum::response::Response;
use procura_protocol::jose::Algorithm;
use procura_protocol::oauth::authentication_method::AuthenticationMethod;

use crate::issued::Delivery;
use crate::line::Line;
use crate::misbehaviour::Misbehaviour;
use crate::provider::DemoProvider;
use crate::settings::DemoClient;

pub(crate) use self::assertion::UsedAssertions;
pub(crate) use self::authentication::authenticate;
pub(crate) use self::form::TokenForm;
pub use self::form::TokenRequestSeen;
pub(crate) use self::interference::{as_told, given, hang};
pub(crate) use self::refusal::Refusal;
use self::reply::Customs;

/// `grant_types_supported`.
pub(crate) const GRANT_TYPES: [&str; 5] = [
    authorization_code::GRANT_TYPE,
    refresh::GRANT_TYPE,
    client_credentials::GRANT_TYPE,
    exchange::TOKEN_EXCHANGE,
    exchange::JWT_BEARER_GRANT,
];
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

/// A request of a client that proved who it is.
struct Request<'a> {
    provider: &'a DemoProvider,
    client: &'a DemoClient,
    form: &'a TokenForm,
    misbehaviour: Option<&'a Misbehaviour>,
}

/// The pairs of a form in their order, or why there is none.
pub(crate) type Pairs = Result<Form<Vec<(String, String)>>, FormRejection>;

pub(crate) async fn answer(
    State(provider): State<DemoProvider>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Response {
    let form = TokenForm::read(pairs);
    count(&provider, &headers, form.as_ref().ok());
    let misbehaviour = provider.misbehaviour();
    if let Some(misbehaviour) = &misbehaviour
        && let Some(response) =
            interference::instead(&provider, misbehaviour, &line, &headers, form.as_ref().ok())
                .await
    {
        return response;
    }
    // What is to come behind a gate is said while it is closed.
    let misbehaviour = match misbehaviour {
        Some(Misbehaviour::Gate(_)) => provider.misbehaviour(),
        other => other,
    };
    let customs = Customs::of(
        &provider,
        &headers,
        form.as_ref().ok(),
        misbehaviour.as_ref(),
    );
    let granted = form.and_then(|form| {
        let client = authenticate(&provider, &headers, &form)?;
        grant(&Request {
            provider: &provider,
            client: &client,
            form: &form,
            misbehaviour: misbehaviour.as_ref(),
        })
    });
    if let Some(Misbehaviour::ReplyLost) = misbehaviour {
        line.cut();
    }
    match granted {
        Ok(delivery) => customs.token(delivery, misbehaviour.as_ref()),
        Err(refusal) => customs.refusal(&refusal),
    }
}

fn count(provider: &DemoProvider, headers: &HeaderMap, form: Option<&TokenForm>) {
    let counters = provider.counters();
    if let Some(form) = form {
        provider.saw_token_request(form.seen(headers));
        match form.one("grant_type") {
            Some(authorization_code::GRANT_TYPE) => counters.code_requests.add(),
            Some(refresh::GRANT_TYPE) => counters.refresh_requests.add(),
            Some(_) | None => {}
        }
    }
    counters.token_requests.add();
}

fn grant(request: &Request<'_>) -> Result<Delivery, Refusal> {
    match request.form.one("grant_type") {
        None => Err(Refusal::InvalidRequest("send grant_type")),
        Some(authorization_code::GRANT_TYPE) => authorization_code::grant(request),
        Some(refresh::GRANT_TYPE) => refresh::grant(request),
        Some(client_credentials::GRANT_TYPE) => client_credentials::grant(request),
        Some(exchange::TOKEN_EXCHANGE) => exchange::exchange(request),
        Some(exchange::JWT_BEARER_GRANT) => exchange::assertion(request),
        Some(_) => Err(Refusal::UnsupportedGrantType),
    }
}
