//! Access tokens as the provider remembers them: opaque texts, and what they are good for.

use std::collections::{BTreeMap, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::scope::Scopes;
use procura_core::time::Timestamp;

/// What every access token begins with.
const PREFIX: &str = "demo_at_";
/// Most tokens that are remembered; the oldest is forgotten first.
const TOKENS_MAX: usize = 10_000;

/// What an access token is good for.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) client_id: String,
    pub(crate) scopes: Scopes,
    /// The first moment at which it is over.
    pub(crate) expires_at: Option<Timestamp>,
}

/// The access tokens of one provider.
#[derive(Default)]
pub(crate) struct IssuedTokens {
    tokens: BTreeMap<String, Issued>,
    oldest_first: VecDeque<String>,
}

impl IssuedTokens {
    /// A new token.
    pub(crate) fn issue(&mut self, issued: Issued) -> String {
        if self.oldest_first.len() >= TOKENS_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.tokens.remove(&oldest);
        }
        let token = format!("{PREFIX}{}", random_text());
        self.oldest_first.push_back(token.clone());
        self.tokens.insert(token.clone(), issued);
        token
    }

    /// What a token is good for at `now`, if anything.
    pub(crate) fn look_up(&self, token: &str, now: Timestamp) -> Option<Issued> {
        let issued = self.tokens.get(token)?;
        let is_over = issued.expires_at.is_some_and(|end| now >= end);
        (!is_over).then(|| issued.clone())
    }
}

/// 24 random bytes as text.
pub(crate) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<24>(&mut OsEntropy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_token_is_forgotten_when_there_are_too_many() {
        let mut tokens = IssuedTokens::default();
        let issued = Issued {
            client_id: "c".to_owned(),
            scopes: Scopes::NONE,
            expires_at: None,
        };
        let first = tokens.issue(issued.clone());
        let second = tokens.issue(issued.clone());
        for _ in 2..=TOKENS_MAX {
            tokens.issue(issued.clone());
        }
        assert_eq!(tokens.tokens.len(), TOKENS_MAX);
        let now = Timestamp::default();
        assert!(tokens.look_up(&first, now).is_none());
        assert!(tokens.look_up(&second, now).is_some());
    }
}
