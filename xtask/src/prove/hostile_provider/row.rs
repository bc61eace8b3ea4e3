//! What a row of the table is: one misbehaviour, and what is to come of it.

use std::fmt;

use anyhow::bail;
use procura_core::time::{Clock as _, SystemClock, Timestamp};
use procura_demo::Misbehaviour;

use super::scene::Scene;

/// What a provider is told to do; none where the scene did it itself.
pub(super) type Doing = anyhow::Result<Option<Misbehaviour>>;

/// One misbehaviour of a provider, and its specified outcome.
pub(super) struct Row {
    /// What the provider does.
    pub(super) name: &'static str,
    /// When it does it.
    pub(super) step: Step,
    /// How it is brought to that, once the flow has come so far.
    pub(super) does: fn(&mut Scene<'_>) -> Doing,
    /// What the agent asks for.
    pub(super) scopes: &'static [&'static str],
    /// What whoever is at that step is told.
    pub(super) answer: Told,
    /// What the agent that asks again is told while the provider is not cured. None where the answer
    /// was the agent's.
    pub(super) poll: Option<Told>,
    /// What becomes of it when the provider is cured.
    pub(super) cured: Cured,
    /// What a record of this provider says; empty where nothing is to be recorded: a browser that
    /// nobody knows brought something.
    pub(super) record: &'static str,
    /// How long the answer may take.
    pub(super) within: Within,
}

/// How far the flow has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing is known of the provider but its discovery URL; an agent asks.
    FirstUse,
    /// Its endpoints are found and kept; the whole flow follows.
    Found,
    /// The user opens the link and is sent to the provider.
    SentAway,
    /// The user says yes, and the provider sends the browser back.
    SentBack,
    /// The user came back, and the code is redeemed.
    Redeemed,
    /// The access token is over, and an agent asks.
    Renewed,
    /// The access token is good for a while still, and an agent asks; then it is over.
    RenewedEarly,
    /// The operator takes the connection back.
    TakenBack,
}

impl Row {
    /// A row of this step before it says anything.
    pub(super) const fn at(step: Step) -> Self {
        Self {
            name: "",
            step,
            does: |_| Ok(None),
            scopes: &["repo"],
            answer: Told::Done,
            poll: None,
            cured: Cured::Asks,
            record: "",
            within: Within::Soon,
        }
    }
}

impl Step {
    /// The endpoint, in the words of the standards.
    pub(super) const fn place(self) -> &'static str {
        match self {
            Self::FirstUse | Self::Found => "discovery",
            Self::SentAway => "authorize",
            Self::SentBack => "callback",
            Self::Redeemed => "token",
            Self::Renewed | Self::RenewedEarly => "refresh",
            Self::TakenBack => "revoke",
        }
    }
}

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// 200, with a token that opens the API of the provider, which it sent.
    Token,
    /// 200: the user has to consent, by a new link.
    Consent,
    /// 200: the session may still become something.
    Waits,
    /// 200: the session has ended well.
    Done,
    /// An error with this status, of this type, that says this. One with 429 says when to try again.
    Error(u16, &'static str, &'static str),
    /// A page with this status that says this.
    Page(u16, &'static str),
    /// The browser goes back to the application with this `error` of RFC 6749 §4.1.2.1.
    BackWith(&'static str),
    /// The browser is led elsewhere by the provider, and does not come back.
    LedAstray,
    /// The connection is gone, and this became of it at the provider, in these words.
    Gone(&'static str, &'static str),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token => write!(f, "200 token"),
            Self::Consent => write!(f, "200 consent"),
            Self::Waits => write!(f, "200 in progress"),
            Self::Done => write!(f, "200 done"),
            Self::Error(status, exception, says) => write!(f, "{status} {exception}: …{says}…"),
            Self::Page(status, says) => write!(f, "page {status}: …{says}…"),
            Self::BackWith(error) => write!(f, "back with {error}"),
            Self::LedAstray => write!(f, "the browser is led elsewhere"),
            Self::Gone(outcome, says) => write!(f, "gone; {outcome}: …{says}…"),
        }
    }
}

/// The honest flow after it, with the same server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cured {
    /// Who asks again, when told to, has a token; the user is not asked.
    LivesOn,
    /// The same, and so again when that token is over.
    Renews,
    /// The user is asked, anew, and then there is a token.
    Asks,
    /// The token that there is is given, and when it is over the user is asked.
    AsksWhenOver,
    /// The same link leads to a token.
    SameLink,
    /// The application says once more who came back, and then there is a token.
    SameCode,
    /// An administrator writes the configuration again; then the user is asked.
    Repaired,
}

impl Cured {
    /// Whether the user is asked again, and whether the connection lives on.
    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::LivesOn => "not asked; it lives on",
            Self::Renews => "not asked; it lives on and renews",
            Self::Asks => "asked",
            Self::AsksWhenOver => "asked when it is over",
            Self::SameLink => "the same link",
            Self::SameCode => "not asked; the same code",
            Self::Repaired => "asked, after a repair",
        }
    }
}

/// How long an answer may take: bounds of the product's own, with room for a slow machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Nothing is waited for.
    Soon,
    /// A call to a provider is given up after 15 s.
    OneCall,
    /// Who waits for the renewal of somebody else gives up after 10 s.
    AnothersCall,
}

impl Within {
    /// In seconds.
    const fn bound(self) -> i64 {
        match self {
            Self::Soon => 12,
            Self::OneCall => 25,
            Self::AnothersCall => 20,
        }
    }

    /// Fails for what began at `since` and took longer.
    pub(super) fn check(self, since: Timestamp) -> anyhow::Result<()> {
        if SystemClock.now() > since.plus_seconds(self.bound()) {
            bail!("it took longer than {} s", self.bound());
        }
        Ok(())
    }
}

/// What a row's provider is told to do, where that is all.
#[expect(clippy::unnecessary_wraps, reason = "rows give it as what they do")]
pub(super) fn is(misbehaviour: Misbehaviour) -> Doing {
    Ok(Some(misbehaviour))
}
