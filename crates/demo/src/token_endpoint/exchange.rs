//! The grants of a user's own token: token exchange (RFC 8693 §2.1), and the token as an assertion
//! (RFC 7523 §2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::jws;
pub(super) use procura_protocol::oauth::token_request::{JWT_BEARER_GRANT, TOKEN_EXCHANGE};
use serde::Deserialize;

use super::refusal::Refusal;
use super::{Request, issuing};
use crate::issued::Delivery;
use crate::key_ring::ALGORITHMS;
use crate::misbehaviour::Misbehaviour;

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// RFC 8693 §3.
const JWT_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";
/// RFC 8693 §3.
const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
/// RFC 8693 §2.2.1.
pub(super) const ISSUED: &str = ACCESS_TOKEN_TYPE;

/// What is looked at of a user's token.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
}

/// A token of the user whose token is the subject's.
pub(super) fn exchange(request: &Request<'_>) -> Result<Delivery, Refusal> {
    let form = request.form;
    let token = form.one("subject_token");
    let token = token.ok_or(Refusal::InvalidRequest("send subject_token"))?;
    match form.one("subject_token_type") {
        Some(JWT_TYPE | ACCESS_TOKEN_TYPE) => {}
        Some(_) => return Err(Refusal::InvalidRequest("send a JWT as subject_token")),
        None => return Err(Refusal::InvalidRequest("send subject_token_type")),
    }
    if form.one("actor_token").is_some() != form.one("actor_token_type").is_some() {
        return Err(Refusal::InvalidRequest(
            "send actor_token with its type, or neither",
        ));
    }
    grant(request, token)
}

/// A token of the user whose token is the assertion.
pub(super) fn assertion(request: &Request<'_>) -> Result<Delivery, Refusal> {
    let token = request.form.one("assertion");
    let token = token.ok_or(Refusal::InvalidRequest("send assertion"))?;
    grant(request, token)
}

fn grant(request: &Request<'_>, token: &str) -> Result<Delivery, Refusal> {
    let user = user_of(request, token).ok_or(Refusal::InvalidSubject(
        "send a token of a user that this server issued and that is not over",
    ))?;
    let allowed = Scopes::from_items(&request.client.scopes)
        .map_err(|_| Refusal::InvalidScope("the client is registered with scopes that are none"))?;
    let scopes = match request.form.one("scope") {
        None => allowed,
        Some(text) => Scopes::from_text(text, ScopeSeparator::Space)
            .ok()
            .filter(|asked| asked.is_subset(&allowed))
            .ok_or(Refusal::InvalidScope(
                "ask for scopes that the client is registered for",
            ))?,
    };
    Ok(issuing::to_user_of(request, user, scopes))
}

/// Whose token it is, if this server signed it and it is not over.
fn user_of(request: &Request<'_>, token: &str) -> Option<String> {
    let provider = request.provider;
    let believes = matches!(
        request.misbehaviour,
        Some(Misbehaviour::BelievesEveryIssuer)
    );
    let payload = if believes {
        URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?
    } else {
        let keys = provider.public_keys().to_string();
        let keys = KeySet::parse(keys.as_bytes()).ok()?;
        let token = jws::Unverified::parse(token, TOKEN_BYTES_MAX).ok()?;
        token.verify(&keys, &ALGORITHMS).ok()?.payload().to_vec()
    };
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let now_s = provider.now().millis().div_euclid(1000);
    (claims.exp > now_s).then_some(claims.sub)
}
