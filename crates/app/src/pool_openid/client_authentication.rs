//! A client shows who it is (RFC 6749 §2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::digest::constant_time_eq;
use procura_core::pool_authorization::{ErrorCode, Parameters, Refusal};
use procura_core::secret::Plain;
use procura_core::secret::kind::PoolClientSecret;
use procura_core::user_pool::PoolId;

use super::OpenIdError;
use crate::App;
use crate::pool_sign_in::Admitted;

/// The longest header that is looked at, in bytes.
const HEADER_BYTES_MAX: usize = 2048;

/// Whatever is wrong.
const NOT_THE_CLIENT: Refusal = Refusal {
    code: ErrorCode::InvalidClient,
    text: "the client is not known, or did not show its secret in exactly one way",
};

/// Who a client says that it is, and the secret that it shows.
struct Shown {
    id: String,
    secret: Option<Plain<PoolClientSecret>>,
}

impl App {
    /// The client of a request, which has shown its secret, if it has one, in exactly one way.
    /// `authorization` is the header of that name.
    pub(super) async fn authenticate_client(
        &self,
        pool: &PoolId,
        authorization: Option<&str>,
        asked: &Parameters,
    ) -> Result<Admitted, OpenIdError> {
        let shown = shown(authorization, asked).ok_or(NOT_THE_CLIENT)?;
        let admitted = self.openid_client(pool, &shown.id).await?;
        let admitted = admitted.ok_or(NOT_THE_CLIENT)?;
        let is_client = match (&admitted.sealed.secret, &shown.secret) {
            (None, None) => true,
            (Some(sealed), Some(shown)) => {
                let id = &admitted.client().id;
                let known = self.open_pool_client_secret(admitted.account, id, sealed);
                // SECURITY: how much of it is right is not told by how long it takes.
                constant_time_eq(known.await?.expose_secret(), shown.expose_secret())
            }
            (None, Some(_)) | (Some(_), None) => false,
        };
        if is_client {
            Ok(admitted)
        } else {
            Err(NOT_THE_CLIENT.into())
        }
    }
}

/// SECURITY: "The client MUST NOT use more than one authentication method in each request" (RFC 6749
/// §2.3). Held by `a_client_shows_its_secret_in_one_way`.
fn shown(authorization: Option<&str>, asked: &Parameters) -> Option<Shown> {
    // Methods that are not here.
    if asked.get("client_assertion").is_some() || asked.get("client_assertion_type").is_some() {
        return None;
    }
    let (id, secret) = (asked.get("client_id"), asked.get("client_secret"));
    let Some(header) = authorization else {
        return Some(Shown {
            id: id?.to_owned(),
            secret: secret.map(|secret| Plain::new(secret.as_bytes().to_vec())),
        });
    };
    let shown = basic(header)?;
    let is_same = id.is_none_or(|id| id == shown.id);
    (secret.is_none() && is_same).then_some(shown)
}

/// Both halves are encoded as in a form before they are joined (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<Shown> {
    if header.len() > HEADER_BYTES_MAX {
        return None;
    }
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let both = STANDARD.decode(encoded.trim()).ok()?;
    let both = String::from_utf8(both).ok()?;
    let (id, secret) = both.split_once(':')?;
    let (id, secret) = (form_decoded(id)?, form_decoded(secret)?);
    (!secret.is_empty()).then(|| Shown {
        id,
        secret: Some(Plain::new(secret.into_bytes())),
    })
}

fn form_decoded(text: &str) -> Option<String> {
    if text.contains('&') {
        return None;
    }
    let pair = format!("v={text}");
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    Some(value.into_owned())
}
