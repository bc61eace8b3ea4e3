//! What a verified token says, read where its issuer writes it.

use serde_json::Value;

use super::Refused;
use crate::inbound::issuer_profile::{Reading, TokenKind};
use crate::jose::jwt::{Claims, Verified};

/// Claims that ID tokens have and access tokens have not (OpenID Connect Core §3.1.3.6, §3.3.2.11).
const ID_TOKEN_MARKS: [&str; 3] = ["at_hash", "c_hash", "s_hash"];
/// What some issuers write into the claim `typ` of tokens that are no access tokens.
const OTHER_KINDS: [&str; 4] = ["ID", "Refresh", "Offline", "Logout"];

/// A text claim, whether the verifier has read it or left it as it was.
pub(super) fn text<'c>(
    claims: &'c Claims,
    claim: &'static str,
) -> Result<Option<&'c str>, Refused> {
    match claim {
        "azp" => Ok(claims.authorized_party.as_deref()),
        "client_id" => Ok(claims.client_id.as_deref()),
        "token_use" => Ok(claims.token_use.as_deref()),
        other => match claims.other(other) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::ClaimType(claim)),
        },
    }
}

/// SECURITY: attack 62; held by `an_id_token_is_no_access_token`.
pub(super) fn check_kind(kind: TokenKind, token: &Verified) -> Result<(), Refused> {
    let claims = token.claims();
    let is_access_token = match kind {
        TokenKind::Says { claim, value } => text(claims, claim)? == Some(value),
        TokenKind::HasOneOf(names) => {
            let mut found = false;
            for name in names {
                found |= text(claims, name)?.is_some();
            }
            found && !has_id_token_mark(token)
        }
        TokenKind::NoIdTokenMark => {
            let uses_access = text(claims, "token_use")?.is_none_or(|word| word == "access");
            let typ = text(claims, "typ")?;
            let is_other = typ.is_some_and(|typ| OTHER_KINDS.contains(&typ));
            uses_access && !is_other && !has_id_token_mark(token)
        }
        // Their audience is the client that signed the user in: who accepts it allows that client.
        TokenKind::IdToken => true,
        TokenKind::Unusable => false,
    };
    if is_access_token {
        Ok(())
    } else {
        Err(Refused::NotAnAccessToken)
    }
}

/// A header that says `at+jwt` (RFC 9068 §2.1) settles it.
fn has_id_token_mark(token: &Verified) -> bool {
    let claims = token.claims();
    let is_marked = claims.nonce.is_some()
        || ID_TOKEN_MARKS
            .into_iter()
            .any(|mark| claims.other(mark).is_some());
    is_marked && token.typ() != Some("at+jwt")
}

/// The clients that the token names: one, unless the issuer contradicts itself.
pub(super) fn clients<'c>(reading: &Reading, claims: &'c Claims) -> Result<Vec<&'c str>, Refused> {
    let mut named = Vec::new();
    for claim in reading.client_claims {
        named.extend(text(claims, claim)?);
    }
    named.dedup();
    Ok(named)
}

/// The scopes of the token.
pub(super) fn scopes<'c>(reading: &Reading, claims: &'c Claims) -> Result<Vec<&'c str>, Refused> {
    let mut scopes = Vec::new();
    for claim in reading.scope_claims {
        if *claim == "scope" {
            // A string, or the verifier has refused the token.
            scopes.extend(claims.scope.as_deref().into_iter().flat_map(words));
            continue;
        }
        match claims.other(claim) {
            None => {}
            Some(Value::String(text)) => scopes.extend(words(text)),
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
                // An item is one scope: what has a space in it is none.
                scopes.extend(items.iter().filter_map(Value::as_str));
            }
            Some(_) => return Err(Refused::ClaimType(claim)),
        }
    }
    Ok(scopes)
}

/// RFC 6749 §3.3.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}
