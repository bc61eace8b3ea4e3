//! How each vendor's tokens of users live: what a request must say so that one can be renewed, what
//! a renewal does to the token that it was made with, and how one is taken back.
//!
//! Each fact has its own [`Evidence`]. What is decided on one that nobody read must be safe if it is
//! wrong: a rotation that is not known is handled as one that happens.

use procura_core::vendor::Vendor;

use super::{Evidence, Tally};

mod rows;
#[cfg(test)]
mod tests;

/// What a vendor wants in an authorization request beside the parameters of RFC 6749 §4.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// Parameters of each request. A caller may replace them.
    pub always: &'static [(&'static str, &'static str)],
    /// Parameters that have a user asked again who has consented before.
    pub force: &'static [(&'static str, &'static str)],
    /// A scope without which no refresh token is issued. It is asked for beside the others; a reply
    /// need not list it among what was granted.
    pub offline_scope: Option<&'static str>,
    /// The parameter that says the scopes of a user's token.
    pub scope_parameter: &'static str,
}

impl Switches {
    /// None.
    pub const STANDARD: Self = Self {
        always: &[],
        force: &[],
        offline_scope: None,
        scope_parameter: "scope",
    };
}

/// A value and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// What it rests on.
    pub evidence: Evidence,
}

/// Whether a renewal brings a new refresh token (RFC 6749 §6 leaves it open).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Each time.
    Always,
    /// It stays the same until it dies.
    Never,
    /// As the client is configured at the vendor, or as the vendor likes.
    Sometimes,
    /// Not known.
    Unknown,
}

/// What happens when a refresh token is presented that was renewed before (RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// All tokens of the user's grant die.
    RevokesFamily,
    /// For a while it is taken; after that it is refused or worse.
    GracePeriod {
        /// How long, in seconds, at most.
        seconds: u32,
    },
    /// It is refused, and nothing else dies.
    Refuses,
    /// It is as good as before.
    StaysGood,
    /// Not known.
    Unknown,
}

/// What a renewal that says no scopes brings (RFC 6749 §6: those that were granted).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalScopes {
    /// Those that were granted with the refresh token.
    AsGranted,
    /// All that the user ever allowed the client, whoever asked then. So who renews says the scopes
    /// that were granted, and [`Switches::offline_scope`] with them: without it no further refresh
    /// token comes.
    AllOfTheClient,
}

/// What a reply without `expires_in` means (RFC 6749 §5.1 leaves it open).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingLife {
    /// The token lives until somebody revokes it.
    Unlimited,
    /// Nothing.
    Unknown,
}

/// How a token is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationForm {
    /// RFC 7009, at the revocation endpoint.
    Standard,
    /// The same, with another word for the token.
    Named(&'static str),
    /// By an API of the vendor's own, which is not spoken here.
    Own,
    /// None that is known.
    Absent,
}

impl RevocationForm {
    /// The parameter that [`crate::oauth::revocation::request`] takes, where it can be asked.
    pub const fn token_parameter(self) -> Option<&'static str> {
        match self {
            Self::Standard => Some("token"),
            Self::Named(name) => Some(name),
            Self::Own | Self::Absent => None,
        }
    }
}

/// What is known of how a vendor's tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// What an authorization request says.
    pub switches: Switches,
    /// What [`Switches::always`], [`Switches::offline_scope`] and [`Switches::scope_parameter`] rest
    /// on.
    pub always: Evidence,
    /// What [`Switches::force`] rests on.
    pub force: Evidence,
    /// Whether a renewal brings a new refresh token.
    pub rotation: Fact<Rotation>,
    /// What becomes of who presents the old one.
    pub reuse: Fact<Reuse>,
    /// What a renewal that says no scopes brings.
    pub renewal_scopes: Fact<RenewalScopes>,
    /// What a reply without `expires_in` means.
    pub missing_life: Fact<MissingLife>,
    /// After how many days a refresh token dies that nobody used; none where that is not known, where
    /// it does not, or where each dies at a set time whatever is done with it. Days of which there may
    /// be more are counted low.
    pub refresh_idle_days: Fact<Option<u32>>,
    /// How a token is taken back.
    pub revocation: Fact<RevocationForm>,
}

impl Quirks {
    /// What each of its facts rests on.
    fn evidence(&self) -> [Evidence; 8] {
        [
            self.always,
            self.force,
            self.rotation.evidence,
            self.reuse.evidence,
            self.renewal_scopes.evidence,
            self.missing_life.evidence,
            self.refresh_idle_days.evidence,
            self.revocation.evidence,
        ]
    }
}

/// What is known of how a vendor's tokens live.
pub const fn quirks(vendor: Vendor) -> &'static Quirks {
    rows::quirks(vendor)
}

/// What a vendor wants in an authorization request.
pub const fn switches(vendor: Vendor) -> &'static Switches {
    &rows::quirks(vendor).switches
}

/// Whether a renewal ends the access token that was there before, so that none is made while somebody
/// may still work with it. GitHub says so on the page that its row names for renewals; of no other
/// vendor is it known.
pub const fn renewal_ends_token(vendor: Vendor) -> bool {
    matches!(vendor, Vendor::Github)
}

/// Counts the evidence of all facts.
pub fn quirks_tally() -> Tally {
    let facts = Vendor::ALL
        .into_iter()
        .flat_map(|vendor| quirks(vendor).evidence());
    Tally::of(facts)
}
