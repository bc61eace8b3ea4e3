//! What the provider has issued: codes, access tokens and refresh tokens. They are opaque texts;
//! here stands what each is good for.
//!
//! All that one code led to is a *family*: it can be ended as one (RFC 6749 §4.1.2, RFC 9700
//! §4.14.2). One lock holds all three kinds, so that nothing is issued into a family that is just
//! being ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::scope::Scopes;
use procura_core::time::Timestamp;

use crate::memory::Memory;

/// What every access token begins with.
const ACCESS_PREFIX: &str = "demo_at_";
/// What every refresh token begins with.
const REFRESH_PREFIX: &str = "demo_rt_";
/// What every code begins with.
const CODE_PREFIX: &str = "demo_code_";
/// Most access tokens, and most refresh tokens, that are remembered.
const TOKENS_MAX: usize = 10_000;
/// Most codes that are remembered.
const CODES_MAX: usize = 1_000;

/// All that came from one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Family(u64);

/// What an access token is good for.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) client_id: String,
    /// None: the client's own.
    pub(crate) user: Option<String>,
    pub(crate) family: Option<Family>,
    pub(crate) scopes: Scopes,
    /// The first moment at which it is over.
    pub(crate) expires_at: Option<Timestamp>,
}

/// What a user allowed a client.
#[derive(Debug, Clone)]
pub(crate) struct UserGrant {
    pub(crate) client_id: String,
    pub(crate) user: String,
    pub(crate) scopes: Scopes,
    /// Whether a refresh token belongs to it.
    pub(crate) offline: bool,
    /// `nonce` of the authorization request.
    pub(crate) nonce: Option<String>,
}

/// An authorization code (RFC 6749 §4.1.2).
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: UserGrant,
    pub(crate) redirect_uri: String,
    /// `code_challenge`, of the method S256.
    pub(crate) challenge: String,
    /// The first moment at which it is over.
    pub(crate) expires_at: Timestamp,
    /// What it was redeemed for.
    pub(crate) spent_on: Option<Family>,
}

/// A refresh token (RFC 6749 §1.5).
#[derive(Clone)]
pub(crate) struct RefreshToken {
    pub(crate) grant: UserGrant,
    pub(crate) family: Family,
    /// When it was replaced, and what was answered then.
    pub(crate) replaced: Option<(Timestamp, Delivery)>,
}

/// What a token request gave.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) access_token: String,
    /// In seconds.
    pub(crate) lifetime_s: Option<u32>,
    pub(crate) scopes: Scopes,
    /// Whose it is, if it is a user's.
    pub(crate) user: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
}

/// What a request to revoke did (RFC 7009 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// There is no such token.
    Nothing,
    /// It is another client's, and stays.
    Foreign,
    /// This access token is over.
    AccessToken,
    /// This refresh token is over, and all that came from the same code.
    Family,
}

/// Everything that one provider has issued.
pub(crate) struct IssuedTokens {
    pub(crate) codes: Memory<Code>,
    access: Memory<Issued>,
    pub(crate) refresh: Memory<RefreshToken>,
    families: u64,
}

impl Default for IssuedTokens {
    fn default() -> Self {
        Self {
            codes: Memory::new(CODES_MAX),
            access: Memory::new(TOKENS_MAX),
            refresh: Memory::new(TOKENS_MAX),
            families: 0,
        }
    }
}

impl IssuedTokens {
    /// A new access token.
    pub(crate) fn issue(&mut self, issued: Issued) -> String {
        let token = format!("{ACCESS_PREFIX}{}", random_text());
        self.access.keep(&token, issued);
        token
    }

    /// What an access token is good for at `now`, if anything.
    pub(crate) fn look_up(&self, token: &str, now: Timestamp) -> Option<Issued> {
        let issued = self.access.get(token)?;
        let is_over = issued.expires_at.is_some_and(|end| now >= end);
        (!is_over).then(|| issued.clone())
    }

    /// A new code.
    pub(crate) fn issue_code(&mut self, code: Code) -> String {
        let text = format!("{CODE_PREFIX}{}", random_text());
        self.codes.keep(&text, code);
        text
    }

    /// A new refresh token.
    pub(crate) fn issue_refresh(&mut self, grant: UserGrant, family: Family) -> String {
        let token = format!("{REFRESH_PREFIX}{}", random_text());
        let refresh = RefreshToken {
            grant,
            family,
            replaced: None,
        };
        self.refresh.keep(&token, refresh);
        token
    }

    /// A family in which nothing is issued yet.
    pub(crate) fn new_family(&mut self) -> Family {
        self.families = self.families.saturating_add(1);
        Family(self.families)
    }

    /// Ends a family; whether anything of it was left.
    pub(crate) fn end(&mut self, family: Family) -> bool {
        let access = self.access.retain(|issued| issued.family != Some(family));
        let refresh = self.refresh.retain(|token| token.family != family);
        access || refresh
    }

    /// Ends a token of this client.
    pub(crate) fn revoke(&mut self, token: &str, client_id: &str) -> Revoked {
        if let Some(refresh) = self.refresh.get(token) {
            if refresh.grant.client_id != client_id {
                return Revoked::Foreign;
            }
            let family = refresh.family;
            self.end(family);
            return Revoked::Family;
        }
        match self.access.get(token) {
            None => Revoked::Nothing,
            Some(issued) if issued.client_id != client_id => Revoked::Foreign,
            Some(_) => {
                self.access.take(token);
                Revoked::AccessToken
            }
        }
    }
}

/// 24 random bytes as text.
pub(crate) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<24>(&mut OsEntropy))
}
