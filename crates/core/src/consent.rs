//! What a user has said of a consent since it was given: less, not now, or until then. It only ever
//! shrinks; what was taken away comes back with a new consent, for which the user is asked anew.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::connection::Consent;
use crate::digest::{Sha256, sha256, sha256_of_fields};
use crate::id::GrantId;
use crate::scope::Scopes;
use crate::time::Timestamp;
use crate::workload_identity::{AgentOwner, WorkloadIdentity};

/// Whether the user lets the agent act now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentState {
    /// Yes.
    Active,
    /// Not until the user says so again.
    Paused,
}

impl ConsentState {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }

    /// What a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What stands beside the scopes of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Whether the user lets the agent act now.
    pub state: ConsentState,
    /// From when on it covers nothing, if the user said so.
    pub ends_at: Option<Timestamp>,
    /// When the user last took scopes out of it, if ever.
    pub narrowed_at: Option<Timestamp>,
    /// What the agent was when the user consented; not known of consents from before this was kept.
    pub face: Option<AgentFace>,
    /// How often the user changed it, from 1; every change is a compare-and-set on it.
    pub version: u64,
}

impl Default for Terms {
    /// Those of a consent of which nothing was said since.
    fn default() -> Self {
        Self {
            state: ConsentState::Active,
            ends_at: None,
            narrowed_at: None,
            face: None,
            version: 1,
        }
    }
}

impl Terms {
    /// Those of a new consent to `agent` at `now`, in the place of one with the terms `before`. An end
    /// that is ahead stays: the provider's page did not speak of it.
    pub fn anew(agent: Option<&WorkloadIdentity>, before: Option<&Self>, now: Timestamp) -> Self {
        Self {
            ends_at: before.and_then(|before| before.ends_at.filter(|end| now < *end)),
            face: agent.map(AgentFace::of),
            ..Self::default()
        }
    }
}

/// How a consent stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStanding {
    /// It covers what it says.
    InForce,
    /// The user paused it. Nobody asks the user anew for it.
    Paused,
    /// Its time is over; the user can be asked anew.
    Ended,
    /// Another answers for the agent, or its users are sent to other places, than when the user
    /// consented; the user can be asked anew.
    AgentChanged,
}

/// What a user sees of an agent, in digests: who answers for it, and where it has its users sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentFace {
    owner: Sha256,
    return_urls: BTreeSet<Sha256>,
}

/// How many bytes one digest has.
const DIGEST_BYTES: usize = 32;

impl AgentFace {
    /// That of an agent as it is.
    pub fn of(agent: &WorkloadIdentity) -> Self {
        let owner = match agent.owner.as_ref().map(AgentOwner::as_str) {
            Some(owner) => sha256_of_fields(&[b"owner", owner.as_bytes()]),
            None => sha256_of_fields(&[b"nobody"]),
        };
        let urls = agent.return_urls.iter();
        Self {
            owner,
            return_urls: urls.map(|url| sha256(&[url.as_bytes()])).collect(),
        }
    }

    /// Whether somebody who knew this one would not know `agent` again: another answers for it, or it
    /// has users sent to a place that was not there. One that is there no more is no reason: addresses
    /// come and go while an agent is developed.
    pub fn is_changed_in(&self, agent: &WorkloadIdentity) -> bool {
        let now = Self::of(agent);
        self.owner != now.owner || !now.return_urls.is_subset(&self.return_urls)
    }

    /// What is stored: the digests, that of the owner first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let urls = self.return_urls.iter().flatten();
        self.owner.iter().chain(urls).copied().collect()
    }

    /// What stored bytes mean.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        let (digests, rest) = bytes.as_chunks::<DIGEST_BYTES>();
        let (owner, urls) = digests.split_first()?;
        rest.is_empty().then(|| Self {
            owner: *owner,
            return_urls: urls.iter().copied().collect(),
        })
    }
}

/// Which version of which consent somebody looked at: what is written in an entity tag (RFC 9110
/// §8.8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentTag {
    /// The consent.
    pub consent: GrantId,
    /// Its version.
    pub version: u64,
}

/// Why a text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the tag of a consent; use the ETag that the consent was answered with")]
pub struct InvalidTag;

impl ConsentTag {
    /// That of a consent as it is.
    pub const fn of(consent: &Consent) -> Self {
        Self {
            consent: consent.id,
            version: consent.terms.version,
        }
    }
}

impl fmt::Display for ConsentTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.consent, self.version)
    }
}

impl FromStr for ConsentTag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let (consent, version) = text.rsplit_once('-').ok_or(InvalidTag)?;
        Ok(Self {
            consent: consent.parse().map_err(|_| InvalidTag)?,
            version: version.parse().map_err(|_| InvalidTag)?,
        })
    }
}

/// What a user wants of a consent; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentChange {
    /// To let the agent have these and no others.
    pub scopes: Option<Scopes>,
    /// To pause it, or to let it go on.
    pub state: Option<ConsentState>,
    /// To end it then, or (with none) not at a time that is known now.
    pub ends_at: Option<Option<Timestamp>>,
}

/// A consent that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedConsent {
    /// What it is from now on.
    pub consent: Consent,
    /// Whether the agent has less by it: uses under way are decided on anew.
    pub restricts: bool,
}

/// Why a consent does not become what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unchangeable {
    /// A scope that is not in it.
    #[error(
        "a consent is only ever narrowed: name scopes that are in it; for more, the agent asks you \
         anew"
    )]
    Wider,
    /// No scope at all.
    #[error("name at least one scope; to let the agent have nothing, pause or delete the consent")]
    Nothing,
    /// An end that is over.
    #[error("expires_at is over; to end the consent now, delete it")]
    EndIsOver,
    /// It is over already.
    #[error("the consent has ended and does not come back; the agent asks you anew")]
    Ended,
}

impl Consent {
    /// How it stands at `now` toward `agent` as it is.
    pub fn standing(&self, agent: &WorkloadIdentity, now: Timestamp) -> ConsentStanding {
        let Terms {
            state,
            ends_at,
            face,
            ..
        } = &self.terms;
        if *state == ConsentState::Paused {
            return ConsentStanding::Paused;
        }
        if ends_at.is_some_and(|end| end <= now) {
            return ConsentStanding::Ended;
        }
        // A face that nobody kept is not compared: it is known from the next consent on.
        match face {
            Some(face) if face.is_changed_in(agent) => ConsentStanding::AgentChanged,
            Some(_) | None => ConsentStanding::InForce,
        }
    }

    /// What it is when the user has it changed at `now`; none when nothing changes.
    ///
    /// # Errors
    /// It would be more than it is, or nothing, or is over.
    pub fn changed(
        &self,
        wanted: &ConsentChange,
        now: Timestamp,
    ) -> Result<Option<ChangedConsent>, Unchangeable> {
        // SECURITY: whoever could lengthen what is over would have a consent that nobody was asked for.
        if self.terms.ends_at.is_some_and(|end| end <= now) {
            return Err(Unchangeable::Ended);
        }
        let mut consent = self.clone();
        let mut restricts = false;
        if let Some(scopes) = &wanted.scopes {
            if !scopes.is_subset(&self.scopes) {
                return Err(Unchangeable::Wider);
            }
            if scopes.is_empty() && !self.scopes.is_empty() {
                return Err(Unchangeable::Nothing);
            }
            if *scopes != self.scopes {
                consent.scopes = scopes.clone();
                consent.terms.narrowed_at = Some(now);
                restricts = true;
            }
        }
        if let Some(state) = wanted.state {
            restricts |= state == ConsentState::Paused && state != self.terms.state;
            consent.terms.state = state;
        }
        if let Some(ends_at) = wanted.ends_at {
            if ends_at.is_some_and(|end| end <= now) {
                return Err(Unchangeable::EndIsOver);
            }
            restricts |= match (self.terms.ends_at, ends_at) {
                (Some(before), Some(after)) => after < before,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            consent.terms.ends_at = ends_at;
        }
        if consent == *self {
            return Ok(None);
        }
        consent.terms.version = self.terms.version.saturating_add(1);
        Ok(Some(ChangedConsent { consent, restricts }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::id::{AgentId, ProviderId, UserId};
    use crate::scope::ScopeSeparator;
    use crate::tag::Tags;
    use crate::workload_identity::AgentState;

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    fn scopes(text: &str) -> Scopes {
        Scopes::from_text(text, ScopeSeparator::Space).unwrap()
    }

    fn agent() -> WorkloadIdentity {
        WorkloadIdentity {
            id: AgentId::generate(NOW, &mut OsEntropy),
            name: "mail".parse().unwrap(),
            state: AgentState::Active,
            state_reason: None,
            owner: Some("team mail".parse().unwrap()),
            expires_at: None,
            return_urls: vec!["https://a.example".to_owned()],
            tags: Tags::default(),
            created_at: NOW,
            updated_at: NOW,
            version: 1,
        }
    }

    fn consent(text: &str, agent: &WorkloadIdentity) -> Consent {
        Consent {
            id: GrantId::generate(NOW, &mut OsEntropy),
            agent: agent.id,
            user: UserId::generate(NOW, &mut OsEntropy),
            provider: ProviderId::generate(NOW, &mut OsEntropy),
            scopes: scopes(text),
            terms: Terms::anew(Some(agent), None, NOW),
        }
    }

    fn narrowed(to: &str) -> ConsentChange {
        ConsentChange {
            scopes: Some(scopes(to)),
            ..ConsentChange::default()
        }
    }

    fn ending(ends_at: Option<Timestamp>) -> ConsentChange {
        ConsentChange {
            ends_at: Some(ends_at),
            ..ConsentChange::default()
        }
    }

    fn set(state: ConsentState) -> ConsentChange {
        ConsentChange {
            state: Some(state),
            ..ConsentChange::default()
        }
    }

    #[test]
    fn a_consent_is_narrowed_and_never_widened() {
        let given = consent("read write", &agent());
        let less = given.changed(&narrowed("read"), NOW).unwrap().unwrap();
        assert!(less.restricts);
        assert_eq!(less.consent.scopes, scopes("read"));
        assert_eq!(less.consent.terms.narrowed_at, Some(NOW));
        assert_eq!(less.consent.terms.version, 2);
        let back = less.consent.changed(&narrowed("read write"), NOW);
        assert_eq!(back, Err(Unchangeable::Wider));
        assert_eq!(
            given.changed(&narrowed("admin"), NOW),
            Err(Unchangeable::Wider)
        );
        assert_eq!(
            given.changed(&narrowed(""), NOW),
            Err(Unchangeable::Nothing)
        );
        assert_eq!(given.changed(&narrowed("write read"), NOW), Ok(None));
    }

    #[test]
    fn a_paused_consent_goes_on_and_an_ended_one_does_not() {
        let agent = agent();
        let given = consent("read", &agent);
        let paused = given.changed(&set(ConsentState::Paused), NOW);
        let paused = paused.unwrap().unwrap();
        assert!(paused.restricts);
        assert_eq!(
            paused.consent.standing(&agent, NOW),
            ConsentStanding::Paused
        );
        let again = paused.consent.changed(&set(ConsentState::Active), NOW);
        let again = again.unwrap().unwrap();
        assert!(!again.restricts);
        assert_eq!(
            again.consent.standing(&agent, NOW),
            ConsentStanding::InForce
        );

        let end = NOW.plus_seconds(60);
        let ends = given.changed(&ending(Some(end)), NOW).unwrap().unwrap();
        assert!(ends.restricts);
        assert_eq!(ends.consent.standing(&agent, NOW), ConsentStanding::InForce);
        assert_eq!(ends.consent.standing(&agent, end), ConsentStanding::Ended);
        let later = ending(Some(end.plus_seconds(1)));
        assert!(
            !ends
                .consent
                .changed(&later, NOW)
                .unwrap()
                .unwrap()
                .restricts
        );
        for wanted in [later, ending(None), set(ConsentState::Active)] {
            assert_eq!(ends.consent.changed(&wanted, end), Err(Unchangeable::Ended));
        }
        let over = given.changed(&ending(Some(NOW)), NOW);
        assert_eq!(over, Err(Unchangeable::EndIsOver));
    }

    #[test]
    fn a_new_owner_or_an_added_return_url_is_another_face() {
        let before = agent();
        let given = consent("read", &before);
        let mut other = before.clone();
        other.owner = Some("team spam".parse().unwrap());
        assert_eq!(given.standing(&other, NOW), ConsentStanding::AgentChanged);
        other.owner = None;
        assert_eq!(given.standing(&other, NOW), ConsentStanding::AgentChanged);
        let mut other = before.clone();
        other.return_urls.push("https://evil.example".to_owned());
        assert_eq!(given.standing(&other, NOW), ConsentStanding::AgentChanged);
        // Fewer places, another end or another reason are no other face.
        let mut same = before;
        same.return_urls.clear();
        same.expires_at = Some(NOW.plus_seconds(60));
        same.version = 9;
        assert_eq!(given.standing(&same, NOW), ConsentStanding::InForce);
        let mut unknown = given;
        unknown.terms.face = None;
        assert_eq!(unknown.standing(&other, NOW), ConsentStanding::InForce);
    }

    #[test]
    fn a_face_is_read_as_it_was_stored() {
        let face = AgentFace::of(&agent());
        let bytes = face.to_bytes();
        assert_eq!(AgentFace::from_stored(&bytes), Some(face));
        assert_eq!(AgentFace::from_stored(&bytes[1..]), None);
        assert_eq!(AgentFace::from_stored(&[]), None);
    }

    #[test]
    fn a_tag_is_of_one_version_of_one_consent() {
        let given = consent("read", &agent());
        let tag = ConsentTag::of(&given);
        assert_eq!(tag.to_string().parse(), Ok(tag));
        for bad in [
            "",
            "x",
            "1",
            &format!("{}-", given.id),
            &given.id.to_string(),
        ] {
            assert_eq!(bad.parse::<ConsentTag>(), Err(InvalidTag), "{bad}");
        }
    }

    #[test]
    fn a_new_consent_keeps_the_end_that_is_ahead() {
        let before = Terms {
            ends_at: Some(NOW.plus_seconds(60)),
            state: ConsentState::Paused,
            narrowed_at: Some(NOW),
            face: None,
            version: 7,
        };
        let anew = Terms::anew(None, Some(&before), NOW);
        assert_eq!(anew.ends_at, before.ends_at);
        assert_eq!((anew.state, anew.version), (ConsentState::Active, 1));
        let late = Terms::anew(None, Some(&before), NOW.plus_seconds(60));
        assert_eq!(late, Terms::default());
    }
}
