//! The grant of a client that brings a refresh token (RFC 6749 §6), by the client's policy.

use procura_core::scope::{ScopeSeparator, Scopes};

use super::refusal::Refusal;
use super::{Request, issuing};
use crate::issued::{Delivery, RefreshToken};
use crate::misbehaviour::Misbehaviour;
use crate::settings::RefreshPolicy;

pub(super) const GRANT_TYPE: &str = "refresh_token";

const NOT_GOOD: Refusal = Refusal::InvalidRefreshToken("ask the user for a new code");

/// What the user allowed, or less of it.
pub(super) fn grant(request: &Request<'_>) -> Result<Delivery, Refusal> {
    let (provider, client) = (request.provider, request.client);
    let presented = request
        .form
        .one("refresh_token")
        .ok_or(Refusal::InvalidRequest("send refresh_token"))?;
    let now = provider.now();
    let mut tokens = provider.tokens();
    let known = tokens.refresh.get(presented).cloned();
    let known = known
        .filter(|token| token.grant.client_id == client.id)
        .ok_or(NOT_GOOD)?;
    let RefreshToken {
        grant,
        family,
        replaced,
    } = known;
    if let Some((replaced_at, answer)) = replaced {
        provider.counters().refresh_reuses.add();
        return match client.refresh {
            RefreshPolicy::Grace { seconds }
                if now < replaced_at.plus_seconds(i64::from(seconds)) =>
            {
                Ok(answer)
            }
            RefreshPolicy::RevokesFamily => {
                // SECURITY: one of two who know a token is an attacker, and nobody knows which
                // (RFC 9700 §4.14.2); held by `a_reuse_ends_the_family_where_the_policy_says_so`.
                if tokens.end(family) {
                    provider.counters().families_revoked.add();
                }
                Err(NOT_GOOD)
            }
            RefreshPolicy::Grace { .. }
            | RefreshPolicy::Strict
            | RefreshPolicy::Static
            | RefreshPolicy::None => Err(NOT_GOOD),
        };
    }
    let scopes = narrowed(request, &grant.scopes)?;
    let stays = matches!(request.misbehaviour, Some(Misbehaviour::RefreshTokenStays));
    let next = match client.refresh {
        RefreshPolicy::None => return Err(NOT_GOOD),
        _ if stays => Some(presented.to_owned()),
        RefreshPolicy::Static => None,
        RefreshPolicy::Strict | RefreshPolicy::Grace { .. } | RefreshPolicy::RevokesFamily => {
            // RFC 6749 §6: the new one is good for what the old one was.
            Some(tokens.issue_refresh(grant.clone(), family))
        }
    };
    let is_replaced = next.as_deref().is_some_and(|next| next != presented);
    let delivery = issuing::to_user(request, &mut tokens, &grant, family, scopes, next);
    if is_replaced && let Some(kept) = tokens.refresh.get_mut(presented) {
        kept.replaced = Some((now, delivery.clone()));
    }
    provider.counters().refresh_redemptions.add();
    Ok(delivery)
}

fn narrowed(request: &Request<'_>, granted: &Scopes) -> Result<Scopes, Refusal> {
    let Some(text) = request.form.one("scope") else {
        return Ok(granted.clone());
    };
    Scopes::from_text(text, ScopeSeparator::Space)
        .ok()
        .filter(|asked| asked.is_subset(granted))
        .ok_or(Refusal::InvalidScope(
            "ask for scopes that the user allowed",
        ))
}
