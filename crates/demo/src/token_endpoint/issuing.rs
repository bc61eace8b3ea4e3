//! What a grant is answered with: an access token, and for a user's what belongs to it.

use procura_core::scope::Scopes;
use procura_core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::Request;
use crate::issued::{Delivery, Family, Issued, IssuedTokens, UserGrant};
use crate::misbehaviour::Misbehaviour;
use crate::user::{email, full_name};

/// How long an id token is good, in seconds.
const ID_TOKEN_LIFETIME_S: i64 = 3600;

/// A token of the client's own.
pub(super) fn to_client(request: &Request<'_>, scopes: Scopes) -> Delivery {
    without_more(request, None, scopes)
}

/// A token of a user's to whom no grant of this server's leads, and nothing else.
pub(super) fn to_user_of(request: &Request<'_>, user: String, scopes: Scopes) -> Delivery {
    without_more(request, Some(user), scopes)
}

fn without_more(request: &Request<'_>, user: Option<String>, scopes: Scopes) -> Delivery {
    let scopes = granted(scopes, request.misbehaviour);
    let (lifetime_s, expires_at) = lifetime(request);
    let access_token = request.provider.tokens().issue(Issued {
        client_id: request.client.id.clone(),
        user: user.clone(),
        family: None,
        scopes: scopes.clone(),
        expires_at,
    });
    Delivery {
        access_token,
        lifetime_s,
        scopes,
        user,
        refresh_token: None,
        id_token: None,
    }
}

/// A token of a user's, with these scopes of the grant, and with a refresh token that was issued
/// already or none.
pub(super) fn to_user(
    request: &Request<'_>,
    tokens: &mut IssuedTokens,
    grant: &UserGrant,
    family: Family,
    scopes: Scopes,
    refresh_token: Option<String>,
) -> Delivery {
    let scopes = granted(scopes, request.misbehaviour);
    let (lifetime_s, expires_at) = lifetime(request);
    let access_token = tokens.issue(Issued {
        client_id: grant.client_id.clone(),
        user: Some(grant.user.clone()),
        family: Some(family),
        scopes: scopes.clone(),
        expires_at,
    });
    let id_token = id_token(request, grant, &scopes);
    Delivery {
        access_token,
        lifetime_s,
        scopes,
        user: Some(grant.user.clone()),
        refresh_token,
        id_token,
    }
}

/// In seconds from now, and as a moment.
fn lifetime(request: &Request<'_>) -> (Option<u32>, Option<Timestamp>) {
    let own = request.client.access_token_lifetime_s;
    let lifetime_s = own.or(request.provider.access_token_lifetime_s());
    let now = request.provider.now();
    let expires_at = lifetime_s.map(|life| now.plus_seconds(life.into()));
    (lifetime_s, expires_at)
}

/// OpenID Connect Core §2, if the scope `openid` was granted.
fn id_token(request: &Request<'_>, grant: &UserGrant, scopes: &Scopes) -> Option<String> {
    let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
    if !has("openid") {
        return None;
    }
    let provider = request.provider;
    let now_s = provider.now().millis().div_euclid(1000);
    let mut issuer = provider.issuer();
    let mut audience = grant.client_id.clone();
    match request.misbehaviour {
        Some(Misbehaviour::IdTokenIssuer(other)) => issuer.clone_from(other),
        Some(Misbehaviour::IdTokenAudience(other)) => audience.clone_from(other),
        _ => {}
    }
    let mut claims: Map<String, Value> = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("iss", issuer.into());
    claim("sub", grant.user.clone().into());
    claim("aud", audience.into());
    claim("iat", now_s.into());
    claim("exp", json!(now_s.saturating_add(ID_TOKEN_LIFETIME_S)));
    if let Some(Misbehaviour::IdTokenNonce(other)) = request.misbehaviour {
        claim("nonce", other.clone().into());
    } else if let Some(nonce) = &grant.nonce {
        claim("nonce", nonce.clone().into());
    }
    if has("profile") {
        claim("name", full_name(&grant.user).into());
    }
    if has("email") {
        claim("email", email(&grant.user).into());
    }
    Some(provider.id_token(&claims))
}

fn granted(asked: Scopes, misbehaviour: Option<&Misbehaviour>) -> Scopes {
    let other = match misbehaviour {
        Some(Misbehaviour::GrantsLess) => {
            Scopes::from_items(asked.iter().take(asked.len().saturating_sub(1)))
        }
        Some(Misbehaviour::GrantsMore) => Scopes::from_items(asked.iter().chain(["admin"])),
        _ => return asked,
    };
    other.unwrap_or(asked)
}
