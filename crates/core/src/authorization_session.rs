//! A flow in which a user lets an agent act at a provider (RFC 6749 §4.1): from the link that the
//! user is given to the tokens that are kept.
//!
//! ```text
//! created ──► called back ──► exchanging ──► done
//!    │             │              │
//!    └─────────────┴──────────────┴────────► failed
//! ```
//!
//! A session that is not over when its time is over counts as expired, whatever it is stored as.

mod uri;

use crate::digest::Sha256;
use crate::id::{AgentId, ProviderId, SessionId};
use crate::scope::Scopes;
use crate::time::Timestamp;
use crate::user::User;

pub use self::uri::{BrowserProof, SessionUri, URI_PREFIX};

/// How long a session lives, in seconds.
pub const LIFETIME_S: i64 = 10 * 60;
/// How long a session that is over is remembered, so that who asks for it is told why, in seconds.
pub const REMEMBERED_S: i64 = 60 * 60;
/// How many sessions of one user may be under way.
pub const SESSIONS_MAX: u64 = 100;
/// How many of them at one provider: nobody is sent away more often at a time, whoever asks.
pub const SESSIONS_AT_PROVIDER_MAX: u64 = 20;

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The user was not at the provider yet, or did not come back.
    Created,
    /// The provider sent the user back with a code. Who the user is, is not proved yet.
    CalledBack,
    /// The user is proved, and the code is being redeemed, once.
    Exchanging,
    /// The tokens are kept.
    Done,
    /// Nothing will come of it.
    Failed(Failure),
}

impl State {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::CalledBack => "called_back",
            Self::Exchanging => "exchanging",
            Self::Done => "done",
            Self::Failed(failure) => failure.as_str(),
        }
    }

    /// What a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        let plain = [
            Self::Created,
            Self::CalledBack,
            Self::Exchanging,
            Self::Done,
        ];
        let failed = Failure::ALL.into_iter().map(Self::Failed);
        plain
            .into_iter()
            .chain(failed)
            .find(|state| state.as_str() == text)
    }

    const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed(_))
    }
}

/// Why nothing came of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The user said no at the provider.
    NotConsented,
    /// The provider did not let the user choose.
    Refused,
    /// The answer came from another provider than the one that was asked.
    MixedUp,
    /// The provider took the code and gave no token.
    NotGranted,
    /// The provider gave less than was asked for.
    FewerScopes,
    /// The provider gave more than the user was asked for.
    MoreScopes,
    /// The user came back with another account at the provider than the one that is pinned.
    OtherAccount,
    /// An account is pinned, and the provider did not say with which one the user came back.
    AccountNotTold,
    /// The node stopped while the code was being redeemed; a code is never used twice.
    Interrupted,
    /// The agent, the provider or a policy changed meanwhile.
    Changed,
}

impl Failure {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::NotConsented,
        Self::Refused,
        Self::MixedUp,
        Self::NotGranted,
        Self::FewerScopes,
        Self::MoreScopes,
        Self::OtherAccount,
        Self::AccountNotTold,
        Self::Interrupted,
        Self::Changed,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::NotConsented => "not_consented",
            Self::Refused => "refused",
            Self::MixedUp => "mixed_up",
            Self::NotGranted => "not_granted",
            Self::FewerScopes => "fewer_scopes",
            Self::MoreScopes => "more_scopes",
            Self::OtherAccount => "other_account",
            Self::AccountNotTold => "account_not_told",
            Self::Interrupted => "interrupted",
            Self::Changed => "changed",
        }
    }

    /// What to say of it.
    pub const fn said(self) -> &'static str {
        match self {
            Self::NotConsented => "the user did not consent at the provider",
            Self::Refused => "the provider refused the authorization request",
            Self::MixedUp => "the answer came from another provider than the one that was asked",
            Self::NotGranted => "the provider did not give a token for the user's consent",
            Self::FewerScopes => {
                "the user or the provider granted fewer scopes than were asked for"
            }
            Self::MoreScopes => "the provider granted more scopes than the user was asked for",
            Self::OtherAccount => {
                "the user consented with another account at the provider than the one that is pinned \
                 for them"
            }
            Self::AccountNotTold => {
                "an account at the provider is pinned for the user, and the provider did not say with \
                 which one they consented; most say it to those who ask for the scope openid, too"
            }
            Self::Interrupted => "the exchange with the provider was interrupted",
            Self::Changed => "the agent, the provider or a policy changed meanwhile",
        }
    }
}

/// Why a session does not do what is asked of it. Each says which part did not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Its ten minutes are over.
    #[error("the authorization session has expired; ask for a token again to start another")]
    Expired,
    /// It was used already.
    #[error("the authorization session was already used; ask for a token again to start another")]
    Used,
    /// The provider did not send the user back yet.
    #[error("the user has not consented yet; open the authorization URL first")]
    NotConsented,
    /// Who finishes is not who began.
    #[error(
        "the authorization session was started for another user; only that user can complete it"
    )]
    OtherUser,
    /// The callback came from a browser that the link was not opened in.
    #[error("this is another browser than the one in which the authorization URL was opened")]
    OtherBrowser,
    /// Nothing came of it.
    #[error("the authorization session failed: {}; ask for a token again to start another", .0.said())]
    Failed(Failure),
}

/// What somebody who waits is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It may still become something.
    InProgress,
    /// The tokens are kept.
    Done,
    /// Nothing will come of it.
    Over(NotNow),
}

/// A session, without what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationSession {
    /// Its id, which opens nothing.
    pub id: SessionId,
    /// Who will act.
    pub agent: AgentId,
    /// For whom.
    pub user: User,
    /// Where.
    pub provider: ProviderId,
    /// The authorization server that the user was sent to, and as whose client
    /// ([`crate::oauth2_client::Configuration::destination`]).
    pub destination: Sha256,
    /// What is asked of the user: what the agent wants now, and what the user granted before.
    pub scopes: Scopes,
    /// Where the user's browser goes in the end.
    pub return_url: String,
    /// Where it is.
    pub state: State,
    /// How often the link was opened; what the last opening made is sealed for it.
    pub openings: u64,
    /// The hash of the proof of the browser in which the link was opened last.
    pub cookie: Option<Sha256>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it is over.
    pub expires_at: Timestamp,
    /// How often it was written; every change is a compare-and-set on it.
    pub version: u64,
}

impl AuthorizationSession {
    /// What somebody who waits for it is told at `now`.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.state {
            State::Done => Status::Done,
            State::Failed(failure) => Status::Over(NotNow::Failed(failure)),
            State::Created | State::CalledBack if now >= self.expires_at => {
                Status::Over(NotNow::Expired)
            }
            // What is being redeemed comes to an end of its own, whatever the time.
            State::Created | State::CalledBack | State::Exchanging => Status::InProgress,
        }
    }

    /// The session after the link was opened in a browser with this cookie. Opened again, the last
    /// one counts: programs look at links before people do.
    pub fn opened(self, cookie: Sha256, now: Timestamp) -> Result<Self, NotNow> {
        self.check_in_time(now)?;
        match self.state {
            State::Created => Ok(Self {
                openings: self.openings.saturating_add(1),
                cookie: Some(cookie),
                version: self.version.saturating_add(1),
                ..self
            }),
            State::CalledBack | State::Exchanging | State::Done => Err(NotNow::Used),
            State::Failed(failure) => Err(NotNow::Failed(failure)),
        }
    }

    /// Whether an answer of the provider that came with `cookie` is looked at.
    pub fn check_browser(&self, cookie: Option<&Sha256>) -> Result<(), NotNow> {
        match (&self.cookie, cookie) {
            (Some(own), Some(shown)) if crate::digest::constant_time_eq(own, shown) => Ok(()),
            _ => Err(NotNow::OtherBrowser),
        }
    }

    /// The session after the provider sent the user back with a code.
    pub fn called_back(self, now: Timestamp) -> Result<Self, NotNow> {
        self.check_in_time(now)?;
        match self.state {
            State::Created => Ok(self.moved(State::CalledBack)),
            State::CalledBack | State::Exchanging | State::Done => Err(NotNow::Used),
            State::Failed(failure) => Err(NotNow::Failed(failure)),
        }
    }

    /// The session in which the code is redeemed, for `user`, who is proved. SECURITY: this is the
    /// one way to the code, and only who began gets there.
    pub fn bound(self, user: User, now: Timestamp) -> Result<Self, NotNow> {
        // Whose it is comes first: another user learns nothing of how it stands.
        if user != self.user {
            return Err(NotNow::OtherUser);
        }
        self.check_in_time(now)?;
        match self.state {
            State::Created => Err(NotNow::NotConsented),
            State::CalledBack => Ok(self.moved(State::Exchanging)),
            State::Exchanging | State::Done => Err(NotNow::Used),
            State::Failed(failure) => Err(NotNow::Failed(failure)),
        }
    }

    /// The session whose code was not sent after all: it can be redeemed still.
    pub fn unsent(self) -> Self {
        self.moved(State::CalledBack)
    }

    /// The session whose tokens are kept.
    pub fn done(self) -> Self {
        self.moved(State::Done)
    }

    /// The session of which nothing came.
    pub fn failed(self, failure: Failure) -> Self {
        self.moved(State::Failed(failure))
    }

    fn moved(self, state: State) -> Self {
        Self {
            state,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    fn check_in_time(&self, now: Timestamp) -> Result<(), NotNow> {
        if !self.state.is_over() && now >= self.expires_at {
            Err(NotNow::Expired)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::id::UserId;
    use crate::user::UserKind;

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    fn user() -> User {
        User {
            id: UserId::generate(NOW, &mut OsEntropy),
            kind: UserKind::Verified,
        }
    }

    fn session(user: User) -> AuthorizationSession {
        AuthorizationSession {
            id: SessionId::generate(NOW, &mut OsEntropy),
            agent: AgentId::generate(NOW, &mut OsEntropy),
            user,
            provider: ProviderId::generate(NOW, &mut OsEntropy),
            destination: [0; 32],
            scopes: Scopes::NONE,
            return_url: "https://app.example/done".to_owned(),
            state: State::Created,
            openings: 0,
            cookie: None,
            created_at: NOW,
            expires_at: NOW.plus_seconds(LIFETIME_S),
            version: 1,
        }
    }

    #[test]
    fn a_flow_goes_its_way_once() {
        let user = user();
        let opened = session(user).opened([1; 32], NOW).unwrap();
        let back = opened.called_back(NOW).unwrap();
        assert_eq!(back.clone().called_back(NOW), Err(NotNow::Used));
        assert_eq!(back.clone().opened([2; 32], NOW), Err(NotNow::Used));
        let exchanging = back.bound(user, NOW).unwrap();
        assert_eq!(exchanging.clone().bound(user, NOW), Err(NotNow::Used));
        assert_eq!(exchanging.status(NOW), Status::InProgress);
        let done = exchanging.done();
        assert_eq!(done.status(NOW.plus_seconds(LIFETIME_S)), Status::Done);
        assert_eq!(done.version, 5);
    }

    #[test]
    fn only_who_began_ends_it_and_another_learns_nothing() {
        let (one, other) = (user(), user());
        let begun = session(one);
        assert_eq!(begun.clone().bound(other, NOW), Err(NotNow::OtherUser));
        assert_eq!(begun.clone().bound(one, NOW), Err(NotNow::NotConsented));
        let asserted = User {
            kind: UserKind::Asserted,
            ..one
        };
        let back = begun.called_back(NOW).unwrap();
        assert_eq!(back.clone().bound(asserted, NOW), Err(NotNow::OtherUser));
        assert!(back.bound(one, NOW).is_ok());
    }

    #[test]
    fn nothing_happens_after_its_time() {
        let user = user();
        let late = NOW.plus_seconds(LIFETIME_S);
        let begun = session(user);
        assert_eq!(begun.clone().opened([1; 32], late), Err(NotNow::Expired));
        assert_eq!(begun.clone().called_back(late), Err(NotNow::Expired));
        let back = begun.called_back(NOW).unwrap();
        assert_eq!(back.status(late), Status::Over(NotNow::Expired));
        assert_eq!(back.bound(user, late), Err(NotNow::Expired));
    }

    #[test]
    fn the_last_browser_in_which_the_link_was_opened_counts() {
        let begun = session(user());
        assert_eq!(
            begun.check_browser(Some(&[1; 32])),
            Err(NotNow::OtherBrowser)
        );
        let opened = begun.opened([1; 32], NOW).unwrap();
        assert_eq!(opened.check_browser(Some(&[1; 32])), Ok(()));
        assert_eq!(opened.check_browser(None), Err(NotNow::OtherBrowser));
        let again = opened.opened([2; 32], NOW).unwrap();
        assert_eq!(
            again.check_browser(Some(&[1; 32])),
            Err(NotNow::OtherBrowser)
        );
    }

    #[test]
    fn a_stored_word_means_one_state() {
        for failure in Failure::ALL {
            let state = State::Failed(failure);
            assert_eq!(State::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(State::from_stored("done"), Some(State::Done));
        assert_eq!(State::from_stored("failed"), None);
    }
}
