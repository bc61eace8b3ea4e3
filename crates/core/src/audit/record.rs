//! One record: one decision and its effect.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::id::{AgentId, ChainId, GrantId, ProviderId, RecordId};
use crate::time::Timestamp;
use crate::user::{User, UserKind};

use crate::digest::Sha256;
use crate::id::UserId;

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was done.
    Allow,
    /// It was refused.
    Deny,
}

/// Why the policies said no, as what was asked and read: the sentence of it is in the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denied {
    /// The first question that was answered with no: `call`, `agent`, `user` or `grant`.
    pub question: Cow<'static, str>,
    /// The action that was asked about; a use asks about more than its operation.
    pub action: Cow<'static, str>,
    /// The policies that forbade it, sorted. Empty and no errors: nothing permitted it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub policies: Vec<String>,
    /// What failed in the evaluation, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<String>,
    /// The grants and the consent that were looked at and do not cover it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub grants: Vec<GrantId>,
    /// What was read of who asked and of what was asked about, with the values that it had.
    pub attributes: BTreeMap<String, String>,
    /// What to do next, as the caller was told.
    pub advice: String,
}

/// What is recorded: ids and names of ours, never a secret, a token or a claim set. A user stands
/// here by id; the readable identity is sealed elsewhere and resolved when a person looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The record's id; it goes back to the caller as `x-procura-record`.
    pub id: RecordId,
    /// When the operation began, by the clock of the node.
    pub at: Timestamp,
    /// What was asked: the name of an [`crate::action::Action`], or of an event of the chain.
    pub operation: Cow<'static, str>,
    /// What came of it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: Cow<'static, str>,
    /// Whose it is; none for events of the deployment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountId>,
    /// Who asked: an access key id, or `operator` over the local socket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub caller: Option<String>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent: Option<AgentId>,
    /// The user for whom the agent acts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<UserId>,
    /// Whether that user was proved or only named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_kind: Option<UserKind>,
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<ProviderId>,
    /// The scopes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scopes: Vec<String>,
    /// The thing, as a reader would name it (`agent/my-agent`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resource: Option<String>,
    /// The version of the policies that decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<String>,
    /// The request, as it stands in the log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<String>,
    /// The address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub peer: Option<String>,
    /// The agents that the agent acts through, who began first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub through: Vec<AgentId>,
    /// What the agent's token is for, in the words of who handed it on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purpose: Option<String>,
    /// Why the policies said no, if it was they.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub denied: Option<Box<Denied>>,
}

impl Entry {
    /// An entry with everything optional absent.
    pub fn new(
        id: RecordId,
        at: Timestamp,
        operation: impl Into<Cow<'static, str>>,
        verdict: Verdict,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id,
            at,
            operation: operation.into(),
            verdict,
            reason: reason.into(),
            account: None,
            caller: None,
            agent: None,
            user: None,
            user_kind: None,
            provider: None,
            scopes: Vec::new(),
            resource: None,
            policy: None,
            request: None,
            peer: None,
            through: Vec::new(),
            purpose: None,
            denied: None,
        }
    }

    /// This entry about `user`.
    pub fn for_user(mut self, user: Option<User>) -> Self {
        self.user = user.map(|user| user.id);
        self.user_kind = user.map(|user| user.kind);
        self
    }
}

/// A record in its place: what is stored, hashed and exported, as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The format of the line: 1.
    pub v: u8,
    /// The chain.
    pub chain: ChainId,
    /// The place in the chain, from 0.
    pub seq: u64,
    /// The hash of the record before it; zeros for the first.
    #[serde(with = "hex_hash")]
    pub prev: Sha256,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What is durable now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the closure made.
    pub value: T,
    /// The record of it.
    pub record: Option<RecordId>,
}

/// The version that [`Record::v`] has.
pub const FORMAT: u8 = 1;

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    /// Not the JSON of a record.
    #[error("not the JSON of a record: {0}")]
    Json(#[from] serde_json::Error),
    /// Other bytes than we write for the same content.
    #[error("not in the one form that a record is written in")]
    NotCanonical,
    /// A version from after our time.
    #[error("a record of format {0}; this program knows 1")]
    Format(u8),
}

impl Record {
    /// The one line that this record is.
    pub fn to_line(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The record of a line. Only the very bytes of [`Record::to_line`] are taken, so that a
    /// change that keeps the meaning is still a change.
    pub fn from_line(line: &[u8]) -> Result<Self, InvalidRecord> {
        let record: Self = serde_json::from_slice(line)?;
        if record.v != FORMAT {
            return Err(InvalidRecord::Format(record.v));
        }
        if record.to_line()? != line {
            return Err(InvalidRecord::NotCanonical);
        }
        Ok(record)
    }
}

mod hex_hash {
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    use crate::digest::Sha256;

    pub(super) fn serialize<S: Serializer>(hash: &Sha256, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&hex::encode(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Sha256, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(input)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut hash).map_err(de::Error::custom)?;
        Ok(hash)
    }
}
