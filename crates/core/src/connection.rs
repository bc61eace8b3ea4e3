//! Connections: what a provider gave for a user to one agent, and the user's consent to it.
//!
//! There is one for each agent, user and provider. Every use of it is decided anew: the scopes that
//! are asked for must be among those that the user consented to *and* those that the provider
//! granted.

use crate::digest::Sha256;
use crate::id::{AgentId, ConnectionId, GrantId, ProviderId, UserId};
use crate::scope::Scopes;
use crate::time::Timestamp;
use crate::user::OnBehalfOf;

/// How long an access token is taken to live whose provider does not say, in seconds: ten years.
/// Such tokens live until somebody takes them back, and to ask the user every hour would be worse
/// than to find that out at the resource.
pub const UNSTATED_LIFETIME_S: i64 = 10 * 365 * 24 * 60 * 60;
/// How long before its end a token is not given out any more, in milliseconds; of a short-lived one
/// a tenth of its life.
const RESERVE_MS: i64 = 60_000;

/// Whether a connection works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As far as we know.
    Live,
    /// The user has to consent again: the provider does not renew the token any more.
    Ended,
}

impl Health {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }

    /// What a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::Live, Self::Ended]
            .into_iter()
            .find(|health| health.as_str() == text)
    }
}

/// A user's consent: to this agent, at this provider, for these scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: GrantId,
    /// Who may act.
    pub agent: AgentId,
    /// For whom.
    pub user: UserId,
    /// Where.
    pub provider: ProviderId,
    /// What the user agreed to.
    pub scopes: Scopes,
}

impl Consent {
    /// Whether a use of `provider` by `agent` for `whom` is what this user agreed to.
    pub fn covers(
        &self,
        agent: AgentId,
        provider: ProviderId,
        whom: OnBehalfOf,
        scopes: &Scopes,
    ) -> bool {
        let for_user = whom.user().is_some_and(|user| user.id == self.user);
        for_user
            && self.agent == agent
            && self.provider == provider
            && scopes.is_subset(&self.scopes)
    }
}

/// A connection, without its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// The user's consent, which says whose it is and where.
    pub consent: Consent,
    /// How often its tokens were replaced; they are sealed for it.
    pub generation: u64,
    /// The authorization server that the tokens are of, and as whose client they were got
    /// ([`crate::oauth2_client::Configuration::destination`]).
    pub destination: Sha256,
    /// Whether it works.
    pub health: Health,
    /// What the provider granted.
    pub granted: Scopes,
    /// Whether the provider gave a refresh token (RFC 6749 §1.5).
    pub refreshable: bool,
    /// When the access token was answered; its life counts from here.
    pub fetched_at: Timestamp,
    /// The first moment at which it is over.
    pub expires_at: Timestamp,
    /// When the user first consented.
    pub created_at: Timestamp,
    /// When the user last consented.
    pub consented_at: Timestamp,
}

impl Connection {
    /// Whether the tokens are good for each scope that is `asked` for: the user agreed to it and
    /// the provider granted it. SECURITY: tokens for more than the user agreed to are good for
    /// nothing, for they cannot be given out without the rest.
    pub fn covers(&self, asked: &Scopes) -> bool {
        missing(asked, &self.granted).is_empty()
            && asked.is_subset(&self.consent.scopes)
            && !self.is_grown()
    }

    /// Whether the provider granted more than the user agreed to, which it can do whenever it renews.
    fn is_grown(&self) -> bool {
        !excess(&self.consent.scopes, &self.granted).is_empty()
    }

    /// What is to be done about the life of the access token at `now`.
    pub fn due(&self, now: Timestamp) -> Due {
        let life = self.expires_at.millis() - self.fetched_at.millis();
        let reserve = RESERVE_MS.min(life / 10);
        // SECURITY: not a moment before its end is anybody given one that is about to end; nor do
        // all of a provider's come due at once (RFC 9700 says nothing of it, providers do).
        if now.millis() >= self.expires_at.millis() - reserve {
            Due::Now
        } else if now.millis_since(self.fetched_at) >= life / 100 * self.renewed_at_percent() {
            Due::Soon
        } else {
            Due::No
        }
    }

    /// At how much of its life a token is renewed: 70 to 89 %, another for each connection.
    fn renewed_at_percent(&self) -> i64 {
        let drawn = self.id.as_bytes().last().copied().unwrap_or_default();
        70 + i64::from(drawn % 20)
    }
}

/// What is to be done about the life of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    No,
    /// It is given out still, and renewed meanwhile.
    Soon,
    /// It is not given out any more.
    Now,
}

/// How long nobody tries again after so many failures in a row, in seconds: from five seconds to an
/// hour, or as long as the provider says.
pub fn cool_down_s(failures: u64, told_s: Option<u32>) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    let own = 5_i64.saturating_mul(1_i64.checked_shl(doublings.min(20)).unwrap_or(i64::MAX));
    own.max(told_s.map_or(0, i64::from)).min(3600)
}

/// What a user agreed to who was asked for these and whose provider granted those: what is in both.
/// Who was asked for nothing by name agreed to what the provider chose.
pub fn agreed(asked: &Scopes, granted: &Scopes) -> Scopes {
    if asked.is_empty() {
        return granted.clone();
    }
    let refused = missing(asked, granted);
    let agreed = asked.iter().filter(|scope| !refused.contains(scope));
    // Each was a scope before.
    Scopes::from_items(agreed).unwrap_or(Scopes::NONE)
}

/// What a provider granted beyond what the user was asked for.
pub fn excess<'a>(asked: &Scopes, granted: &'a Scopes) -> Vec<&'a str> {
    missing(granted, asked)
}

/// Which of the scopes that are `wanted` are not `had`. `openid` and `offline_access` do not count:
/// they open no resource, they say in what form the answer comes, and many servers do not list them.
fn missing<'a>(wanted: &'a Scopes, had: &Scopes) -> Vec<&'a str> {
    wanted
        .iter()
        .filter(|scope| !["openid", "offline_access"].contains(scope))
        .filter(|scope| !had.iter().any(|known| known == *scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::scope::ScopeSeparator;
    use crate::user::{User, UserKind};

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    fn scopes(text: &str) -> Scopes {
        Scopes::from_text(text, ScopeSeparator::Space).unwrap()
    }

    fn connection(consented: &str, granted: &str) -> Connection {
        Connection {
            id: ConnectionId::generate(NOW, &mut OsEntropy),
            consent: Consent {
                id: GrantId::generate(NOW, &mut OsEntropy),
                agent: AgentId::generate(NOW, &mut OsEntropy),
                user: UserId::generate(NOW, &mut OsEntropy),
                provider: ProviderId::generate(NOW, &mut OsEntropy),
                scopes: scopes(consented),
            },
            generation: 1,
            destination: [0; 32],
            health: Health::Live,
            granted: scopes(granted),
            refreshable: false,
            fetched_at: NOW,
            expires_at: NOW.plus_seconds(3600),
            created_at: NOW,
            consented_at: NOW,
        }
    }

    #[test]
    fn what_is_given_is_what_user_and_provider_both_allow() {
        assert!(connection("read write", "read write").covers(&scopes("read")));
        assert!(!connection("read write", "read").covers(&scopes("write")));
        assert!(connection("read openid", "read").covers(&scopes("read openid")));
    }

    #[test]
    fn a_consent_is_of_one_user_to_one_agent_at_one_provider() {
        let consent = connection("read", "read").consent;
        let user = |id| {
            OnBehalfOf::User(User {
                id,
                kind: UserKind::Verified,
            })
        };
        let (agent, provider, whom) = (consent.agent, consent.provider, user(consent.user));
        let read = scopes("read");
        assert!(consent.covers(agent, provider, whom, &read));
        let other = connection("read", "read").consent;
        assert!(!consent.covers(other.agent, provider, whom, &read));
        assert!(!consent.covers(agent, other.provider, whom, &read));
        assert!(!consent.covers(agent, provider, user(other.user), &read));
        assert!(!consent.covers(agent, provider, OnBehalfOf::NoUser, &read));
        assert!(!consent.covers(agent, provider, whom, &scopes("read write")));
    }

    #[test]
    fn a_token_is_renewed_before_its_end_and_not_given_out_at_its_end() {
        let live = connection("read", "read");
        assert_eq!(live.due(NOW.plus_seconds(3600 * 69 / 100)), Due::No);
        assert_eq!(live.due(NOW.plus_seconds(3600 * 90 / 100)), Due::Soon);
        assert_eq!(live.due(NOW.plus_seconds(3539)), Due::Soon);
        assert_eq!(live.due(NOW.plus_seconds(3540)), Due::Now);
    }

    #[test]
    fn who_fails_again_waits_longer() {
        assert_eq!(cool_down_s(1, None), 5);
        assert_eq!(cool_down_s(3, None), 20);
        assert_eq!(cool_down_s(1, Some(90)), 90);
        assert_eq!(cool_down_s(u64::MAX, None), 3600);
    }

    #[test]
    fn tokens_that_have_grown_are_good_for_nothing() {
        assert!(!connection("read", "read write").covers(&scopes("read")));
        assert!(!connection("", "read write").covers(&scopes("")));
    }

    #[test]
    fn a_user_who_strikes_a_scope_did_not_agree_to_it() {
        let (asked, granted) = (scopes("read write openid"), scopes("read"));
        assert_eq!(agreed(&asked, &granted), scopes("read openid"));
        assert_eq!(agreed(&Scopes::NONE, &granted), granted);
    }

    #[test]
    fn a_grant_of_more_is_seen() {
        let asked = scopes("read");
        let granted = scopes("read openid offline_access write");
        assert_eq!(excess(&asked, &granted), ["write"]);
        assert!(excess(&asked, &scopes("read openid")).is_empty());
    }
}
