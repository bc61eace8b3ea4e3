//! Connections: what a provider gave for a user to one agent, and the user's consent to it.
//!
//! There is one for each agent, user and provider. Every use of it is decided anew: the scopes that
//! are asked for must be among those that the user consented to *and* those that the provider
//! granted.

use crate::access_key::AccessKeyId;
use crate::consent::{ConsentStanding, Terms};
use crate::digest::Sha256;
use crate::id::{AgentId, ConnectionId, GrantId, ProviderId, UserId};
use crate::scope::Scopes;
use crate::time::Timestamp;
use crate::user::OnBehalfOf;
use crate::workload_access_token::Claims;
use crate::workload_identity::WorkloadIdentity;

/// How long an access token is taken to live whose provider does not say, in seconds: ten years.
/// Such tokens live until somebody takes them back, and to ask the user every hour would be worse
/// than to find that out at the resource.
pub const UNSTATED_LIFETIME_S: i64 = 10 * 365 * 24 * 60 * 60;
/// How long before its end a token is not given out any more, in milliseconds; of a short-lived one
/// a tenth of its life.
const RESERVE_MS: i64 = 60_000;
/// How exactly it is known when a connection was used last, in milliseconds: a day.
const USE_KEPT_EVERY_MS: i64 = DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// After how many refusals in a row that say nothing a connection has ended. With the pauses between
/// them ([`cool_down_s`]) they are spread over ten minutes at least.
pub const WORDLESS_REFUSALS_MAX: u64 = 8;

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
    /// What the user agreed to, without what the user took out of it since.
    pub scopes: Scopes,
    /// What the user has said of it since.
    pub terms: Terms,
}

impl Consent {
    /// Whether a use of `provider` by `agent`, as it is at `now`, for `whom` is what this user agreed
    /// to.
    pub fn covers(
        &self,
        (agent, now): (&WorkloadIdentity, Timestamp),
        provider: ProviderId,
        whom: OnBehalfOf,
        scopes: &Scopes,
    ) -> bool {
        let for_user = whom.user().is_some_and(|user| user.id == self.user);
        for_user
            && self.agent == agent.id
            && self.provider == provider
            && scopes.is_subset(&self.scopes)
            && self.standing(agent, now) == ConsentStanding::InForce
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

    /// Whether the tokens are good for more than the user agrees to: the provider can grant more
    /// whenever it renews, and the user can have taken something back since.
    fn is_grown(&self) -> bool {
        !excess(&self.consent.scopes, &self.granted).is_empty()
    }

    /// Whether tokens for each scope that is `asked` for may be had from the provider without asking the
    /// user: those that are kept are good for more than the user agrees to since the user took something
    /// back, and a renewal can name less (RFC 6749 §6).
    pub fn can_be_narrowed(&self, asked: &Scopes) -> bool {
        let narrowed_at = self.consent.terms.narrowed_at;
        // A provider that does not narrow is asked once.
        narrowed_at.is_some_and(|at| self.fetched_at <= at)
            && self.refreshable
            && self.is_grown()
            && asked.is_subset(&self.consent.scopes)
    }

    /// What a renewal has to name, of a consent that the user narrowed: what is left of it.
    pub fn narrowed_scopes(&self) -> Option<Scopes> {
        let is_narrowed = self.consent.terms.narrowed_at.is_some();
        is_narrowed.then(|| agreed(&self.consent.scopes, &self.granted))
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

    /// Whether its refresh token, which dies of so many days without use, has to be used at `now` so
    /// that it does not: after 60 to 66 % of them, another moment for each connection. What is left is
    /// for a provider that is down for weeks, and for days that were counted wrong.
    pub fn is_idle_at(&self, now: Timestamp, idle_days: u32) -> bool {
        let idle_ms = i64::from(idle_days) * DAY_MS;
        let percent = IDLE_PERCENT_MIN + i64::from(self.drawn() % 7);
        now.millis_since(self.fetched_at) >= idle_ms / 100 * percent
    }

    /// At how much of its life a token is renewed: 70 to 89 %, another for each connection.
    fn renewed_at_percent(&self) -> i64 {
        70 + i64::from(self.drawn() % 20)
    }

    /// A byte that each connection has another of.
    fn drawn(&self) -> u8 {
        self.id.as_bytes().last().copied().unwrap_or_default()
    }
}

/// At how much of the time of which a refresh token dies unused it is used at the earliest.
const IDLE_PERCENT_MIN: i64 = 60;

/// Which connections may have to be kept alive at `now` whose refresh tokens die of so many days
/// without use: those with tokens no younger than the first, used no earlier than the second.
///
/// Used lately means within the time of which the token dies. So one that nobody uses any more is
/// kept alive once, and then dies.
pub fn kept_alive(now: Timestamp, idle_days: u32) -> (Timestamp, Timestamp) {
    let idle_ms = i64::from(idle_days) * DAY_MS;
    let ago = |ms: i64| Timestamp::from_millis(now.millis().saturating_sub(ms));
    (ago(idle_ms / 100 * IDLE_PERCENT_MIN), ago(idle_ms))
}

/// When and by whom a connection was used, kept once a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// The access key that asked.
    pub by: AccessKeyId,
    /// What the workload access token said that was presented.
    pub with: Claims,
}

/// Whether a use at `now` is written down where the last was written down `before`.
pub fn is_use_kept(before: Option<Timestamp>, now: Timestamp) -> bool {
    before.is_none_or(|before| now.millis_since(before) >= USE_KEPT_EVERY_MS)
}

/// Refusals in a row that said nothing, of a renewal of one generation by one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordlessRefusals {
    /// How many.
    pub count: u64,
    /// Of which generation of the tokens.
    pub generation: u64,
    /// With which version of the client's secret.
    pub secret_version: u64,
}

impl WordlessRefusals {
    /// With one more. Those of other tokens or of a client that was changed since say nothing of these.
    #[must_use]
    pub fn and_one(self, generation: u64, secret_version: u64) -> Self {
        let same = self.generation == generation && self.secret_version == secret_version;
        Self {
            count: if same { self.count } else { 0 }.saturating_add(1),
            generation,
            secret_version,
        }
    }

    /// Whether there is no use in asking once more.
    pub const fn are_final(self) -> bool {
        self.count >= WORDLESS_REFUSALS_MAX
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
pub fn missing<'a>(wanted: &'a Scopes, had: &Scopes) -> Vec<&'a str> {
    wanted
        .iter()
        .filter(|scope| !["openid", "offline_access"].contains(scope))
        .filter(|scope| !had.iter().any(|known| known == *scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::ConsentState;
    use crate::entropy::OsEntropy;
    use crate::scope::ScopeSeparator;
    use crate::tag::Tags;
    use crate::user::{User, UserKind};
    use crate::workload_identity::AgentState;

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
                terms: Terms::default(),
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
        let named = |id| WorkloadIdentity {
            id,
            name: "mail".parse().unwrap(),
            state: AgentState::Active,
            state_reason: None,
            owner: None,
            expires_at: None,
            return_urls: Vec::new(),
            tags: Tags::default(),
            created_at: NOW,
            updated_at: NOW,
            version: 1,
        };
        let (own, provider, whom) = (named(consent.agent), consent.provider, user(consent.user));
        let agent = (&own, NOW);
        let read = scopes("read");
        assert!(consent.covers(agent, provider, whom, &read));
        let other = connection("read", "read").consent;
        let another = named(other.agent);
        assert!(!consent.covers((&another, NOW), provider, whom, &read));
        assert!(!consent.covers(agent, other.provider, whom, &read));
        assert!(!consent.covers(agent, provider, user(other.user), &read));
        assert!(!consent.covers(agent, provider, OnBehalfOf::NoUser, &read));
        assert!(!consent.covers(agent, provider, whom, &scopes("read write")));
        let mut paused = consent.clone();
        paused.terms.state = ConsentState::Paused;
        assert!(!paused.covers(agent, provider, whom, &read));
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
    fn a_refresh_token_is_used_before_it_dies_of_idleness_and_not_for_ever() {
        let live = connection("read", "read");
        let day = |days: i64| NOW.plus_seconds(days * 24 * 3600);
        assert!(!live.is_idle_at(day(53), 90));
        assert!(live.is_idle_at(day(60), 90));
        let (fetched, used) = kept_alive(day(60), 90);
        assert!(NOW <= fetched && NOW >= used);
        // Kept alive at day 60 without having been used: not at day 114 any more.
        let (fetched, used) = kept_alive(day(114), 90);
        assert!(day(60) <= fetched && NOW < used);
        assert!(is_use_kept(None, NOW));
        assert!(!is_use_kept(Some(NOW), NOW.plus_seconds(86_399)));
        assert!(is_use_kept(Some(NOW), day(1)));
    }

    #[test]
    fn refusals_without_words_count_for_the_same_tokens_and_the_same_client() {
        let mut refusals = WordlessRefusals::default();
        for _ in 1..WORDLESS_REFUSALS_MAX {
            refusals = refusals.and_one(3, 2);
            assert!(!refusals.are_final());
        }
        assert!(refusals.and_one(3, 2).are_final());
        assert_eq!(refusals.and_one(4, 2).count, 1);
        assert_eq!(refusals.and_one(3, 3).count, 1);
        // However often somebody asks, they take ten minutes.
        let pauses = (1..WORDLESS_REFUSALS_MAX).map(|failures| cool_down_s(failures, None));
        assert!(pauses.sum::<i64>() >= 600);
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
    fn tokens_that_a_narrowed_consent_is_less_than_are_renewed_for_less() {
        let mut wide = connection("read", "read write");
        wide.refreshable = true;
        assert!(
            !wide.can_be_narrowed(&scopes("read")),
            "the provider's doing"
        );
        assert_eq!(wide.narrowed_scopes(), None);
        wide.consent.terms.narrowed_at = Some(NOW);
        assert!(!wide.covers(&scopes("read")));
        assert!(wide.can_be_narrowed(&scopes("read")));
        assert!(!wide.can_be_narrowed(&scopes("write")));
        assert_eq!(wide.narrowed_scopes(), Some(scopes("read")));
        wide.granted = scopes("read");
        assert!(wide.covers(&scopes("read")) && !wide.can_be_narrowed(&scopes("read")));
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
