//! The grant of a client that acts in its own name (RFC 6749 §4.4).

use procura_core::scope::{ScopeSeparator, Scopes};

use super::refusal::Refusal;
use super::{Request, issuing};
use crate::issued::Delivery;

pub(super) const GRANT_TYPE: &str = "client_credentials";

/// What was asked for if the client may have all of it; all that it may have if nothing was.
pub(super) fn grant(request: &Request<'_>) -> Result<Delivery, Refusal> {
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
    Ok(issuing::to_client(request, scopes))
}
