//! What one claim must hold.

use serde_json::Value;

use super::ClaimFault;
use crate::jose::jwt::Claims;

/// A claim and what it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomClaim {
    /// The name of the claim, as a whole: a dot in it leads nowhere deeper.
    pub(super) name: String,
    pub(super) rule: ClaimRule,
}

/// The type of a claim together with what it is compared to, so that no rule can be written down that
/// has no meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClaimRule {
    /// `STRING`, `EQUALS`.
    Equals(String),
    /// `STRING_ARRAY`, `CONTAINS`.
    Contains(String),
    /// `STRING_ARRAY`, `CONTAINS_ANY`.
    ContainsAny(Vec<String>),
}

impl CustomClaim {
    /// The name of the claim.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a token with these claims has it.
    pub(super) fn check(&self, claims: &Claims) -> Result<(), ClaimFault> {
        let holds = match &self.rule {
            ClaimRule::Equals(wanted) => text(claims, &self.name)? == wanted,
            ClaimRule::Contains(wanted) => texts(claims, &self.name)?.any(|item| item == wanted),
            ClaimRule::ContainsAny(wanted) => {
                texts(claims, &self.name)?.any(|item| wanted.iter().any(|one| one == item))
            }
        };
        if holds {
            Ok(())
        } else {
            Err(ClaimFault::Other)
        }
    }
}

/// The text of a claim, whether the verifier has read it or left it as it was.
fn text<'c>(claims: &'c Claims, name: &str) -> Result<&'c str, ClaimFault> {
    let read = match name {
        "iss" => Some(claims.issuer.as_str()),
        "sub" => Some(claims.subject.as_str()),
        "azp" => claims.authorized_party.as_deref(),
        "client_id" => claims.client_id.as_deref(),
        "scope" => claims.scope.as_deref(),
        "token_use" => claims.token_use.as_deref(),
        "nonce" => claims.nonce.as_deref(),
        "jti" => claims.token_id.as_deref(),
        other => match claims.other(other) {
            None => None,
            Some(Value::String(text)) => Some(text.as_str()),
            Some(_) => return Err(ClaimFault::Type),
        },
    };
    read.ok_or_else(|| absent(claims, name))
}

/// The texts of a claim that is an array of nothing else.
fn texts<'c>(claims: &'c Claims, name: &str) -> Result<impl Iterator<Item = &'c str>, ClaimFault> {
    match claims.other(name) {
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            Ok(items.iter().filter_map(Value::as_str))
        }
        Some(_) => Err(ClaimFault::Type),
        // A claim that the verifier has read is a text.
        None if text(claims, name).is_ok() => Err(ClaimFault::Type),
        None => Err(absent(claims, name)),
    }
}

/// Whoever is in too many groups has a token that says where they could be asked for (OpenID Connect
/// Core §5.6.2); Entra ID does it above 200 groups.
fn absent(claims: &Claims, name: &str) -> ClaimFault {
    let elsewhere = claims
        .other("_claim_names")
        .and_then(|names| names.get(name))
        .is_some()
        || name == "groups" && claims.other("hasgroups").is_some();
    if elsewhere {
        ClaimFault::Elsewhere
    } else {
        ClaimFault::Absent
    }
}
