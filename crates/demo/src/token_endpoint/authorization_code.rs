//! The grant of a client that brings a user's code (RFC 6749 §4.1.3, RFC 7636 §4.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::digest::{constant_time_eq, sha256};

use super::refusal::Refusal;
use super::{Request, issuing};
use crate::issued::Delivery;
use crate::misbehaviour::Misbehaviour;

pub(super) const GRANT_TYPE: &str = "authorization_code";

/// Lengths that a verifier may have (RFC 7636 §4.1).
const VERIFIER_BYTES: std::ops::RangeInclusive<usize> = 43..=128;

/// What the user allowed, once; a code that comes again ends what it gave.
pub(super) fn grant(request: &Request<'_>) -> Result<Delivery, Refusal> {
    let (provider, form) = (request.provider, request.form);
    let text = form
        .one("code")
        .ok_or(Refusal::InvalidRequest("send code"))?;
    let now = provider.now();
    let mut tokens = provider.tokens();
    let code = tokens.codes.get(text).cloned();
    // Another client learns nothing of a code, and cannot use it up.
    let code = code
        .filter(|code| code.grant.client_id == request.client.id)
        .ok_or(Refusal::InvalidCode("ask the user for a new code"))?;
    let is_reusable = matches!(request.misbehaviour, Some(Misbehaviour::CodeReusable));
    if let Some(family) = code.spent_on
        && !is_reusable
    {
        // SECURITY: one of two who know a code is an attacker, and nobody knows which (RFC 6749
        // §4.1.2); held by `a_code_that_comes_again_ends_what_it_gave`.
        if tokens.end(family) {
            provider.counters().families_revoked.add();
        }
        return Err(Refusal::InvalidCode("use each code once"));
    }
    if now >= code.expires_at {
        return Err(Refusal::InvalidCode("use a code within a minute"));
    }
    if form.one("redirect_uri") != Some(&code.redirect_uri) {
        let hint = "send the redirect_uri that the code was asked for with";
        return Err(Refusal::InvalidCode(hint));
    }
    // SECURITY: held by `a_code_needs_the_verifier_of_its_own_request`.
    let verifier = form.one("code_verifier").unwrap_or_default();
    let is_long_enough = VERIFIER_BYTES.contains(&verifier.len());
    let challenge = URL_SAFE_NO_PAD.encode(sha256(&[verifier.as_bytes()]));
    if !is_long_enough || !constant_time_eq(challenge.as_bytes(), code.challenge.as_bytes()) {
        let hint = "send the code_verifier that the code was asked for with";
        return Err(Refusal::InvalidCode(hint));
    }

    let family = tokens.new_family();
    if let Some(kept) = tokens.codes.get_mut(text) {
        kept.spent_on = Some(family);
    }
    let mut grant = code.grant;
    let refresh_token = grant.offline.then(|| {
        // A nonce is of one login, which a refresh is not (OpenID Connect Core §12.2).
        let mut kept = grant.clone();
        kept.nonce = None;
        tokens.issue_refresh(kept, family)
    });
    let scopes = std::mem::take(&mut grant.scopes);
    let delivery = issuing::to_user(request, &mut tokens, &grant, family, scopes, refresh_token);
    provider.counters().code_redemptions.add();
    Ok(delivery)
}
