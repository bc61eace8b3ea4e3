//! How a client proves who it is: one method a request (RFC 6749 §2.3).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::digest::constant_time_eq;
use procura_protocol::oauth::token_request::JWT_BEARER;
use url::form_urlencoded;

use super::assertion;
use super::form::TokenForm;
use super::refusal::Refusal;
use crate::provider::DemoProvider;
use crate::settings::{DemoAuthentication, DemoClient};

const NOT_PROVED: Refusal =
    Refusal::InvalidClient("check the client id, its secret or key, and how it is registered");

/// What a request presents.
pub(super) enum Presented {
    /// An id and a secret, from the header or the form.
    Secret { client_id: String, secret: String },
    /// `client_assertion`; `client_id` may be left out beside it (RFC 7521 §4.2).
    Assertion {
        client_id: Option<String>,
        assertion: String,
    },
}

impl Presented {
    /// # Errors
    /// None, several, or one that is malformed.
    pub(super) fn read(headers: &HeaderMap, form: &TokenForm) -> Result<Self, Refusal> {
        let mut header = headers.get_all(AUTHORIZATION).iter();
        let (first, second) = (header.next(), header.next());
        let client_id = form.one("client_id");
        let assertion_type = form.one("client_assertion_type");
        match (
            first,
            form.one("client_secret"),
            form.one("client_assertion"),
        ) {
            _ if second.is_some() => Err(SEVERAL),
            (Some(header), None, None) if assertion_type.is_none() => {
                let (id, secret) = header.to_str().ok().and_then(basic).ok_or(NO_BASIC)?;
                // Another client than the one of the header is a second identity.
                if client_id.is_some_and(|other| other != id) {
                    return Err(SEVERAL);
                }
                Ok(Self::Secret {
                    client_id: id,
                    secret,
                })
            }
            (None, Some(secret), None) if assertion_type.is_none() => {
                let client_id = client_id.ok_or(Refusal::InvalidRequest("send client_id"))?;
                Ok(Self::Secret {
                    client_id: client_id.to_owned(),
                    secret: secret.to_owned(),
                })
            }
            (None, None, Some(assertion)) => {
                if assertion_type != Some(JWT_BEARER) {
                    return Err(Refusal::InvalidRequest(
                        "send the client_assertion_type of RFC 7523",
                    ));
                }
                Ok(Self::Assertion {
                    client_id: client_id.map(str::to_owned),
                    assertion: assertion.to_owned(),
                })
            }
            (None, None, None) => Err(Refusal::InvalidClient(
                "authenticate with client_secret_basic, client_secret_post or private_key_jwt",
            )),
            _ => Err(SEVERAL),
        }
    }

    /// Who it is that this is presented for, proved or not.
    pub(super) fn client_id(&self) -> Option<String> {
        match self {
            Self::Secret { client_id, .. } => Some(client_id.clone()),
            Self::Assertion { assertion, .. } => assertion::claimed_client(assertion),
        }
    }

    /// The secret or the assertion.
    pub(super) fn secret(&self) -> &str {
        match self {
            Self::Secret { secret, .. } => secret,
            Self::Assertion { assertion, .. } => assertion,
        }
    }
}

const SEVERAL: Refusal = Refusal::InvalidRequest("authenticate by one method, as one client");
const NO_BASIC: Refusal =
    Refusal::InvalidClient("send Basic with the base64 of the encoded id, a colon, the secret");

/// Who sends this request.
///
/// # Errors
/// Nobody that is known, or without proof.
pub(crate) fn authenticate(
    provider: &DemoProvider,
    headers: &HeaderMap,
    form: &TokenForm,
) -> Result<DemoClient, Refusal> {
    match Presented::read(headers, form)? {
        Presented::Secret { client_id, secret } => {
            let client = provider.client(&client_id).ok_or(NOT_PROVED)?;
            match &client.authentication {
                DemoAuthentication::Secret(known)
                    if constant_time_eq(known.as_bytes(), secret.as_bytes()) =>
                {
                    Ok(client)
                }
                _ => Err(NOT_PROVED),
            }
        }
        Presented::Assertion {
            client_id,
            assertion,
        } => {
            let claimed = assertion::claimed_client(&assertion).ok_or(NOT_PROVED)?;
            if client_id.is_some_and(|other| other != claimed) {
                return Err(NOT_PROVED);
            }
            let client = provider.client(&claimed).ok_or(NOT_PROVED)?;
            let DemoAuthentication::PrivateKeyJwt { jwks } = &client.authentication else {
                return Err(NOT_PROVED);
            };
            assertion::verify(provider, &client.id, jwks, &assertion)?;
            Ok(client)
        }
    }
}

/// Id and secret of a `Basic` header: both were form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let bytes = STANDARD.decode(credentials).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

/// A single value that was form-encoded. `&` and `=` stand for themselves in no encoded text, so a
/// text with one of them was not encoded, and is refused as a server that reads strictly would.
fn form_decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    Some(
        pairs
            .next()
            .map_or_else(String::new, |(name, _)| name.into_owned()),
    )
}
