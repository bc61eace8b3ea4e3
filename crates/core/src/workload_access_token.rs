//! Workload access tokens: who acts, for whom, until when; sealed, opaque to whoever carries one.
//!
//! They carry ids, never names, and are ≤ 2 KiB, or ≤ 4 KiB where agents hand them on to each other.
//! Minting and checking need no database row, but for the uses of one that is good for so many.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::access_key::AccessKeyId;
use crate::account::AccountId;
use crate::id::{AgentId, DeploymentId, KeyId, SubjectTokenId, TaskUseId, TokenId};
use crate::sealing::{self, Location, SealError, Sealed, SealingKey, Subject};
use crate::secret::{Plain, kind::TokenClaims};
use crate::task::Task;
use crate::time::Timestamp;
use crate::user::{OnBehalfOf, User};

/// What every workload access token begins with. Never change it: secret scanners know it.
pub const TOKEN_PREFIX: &str = "procura_wat_";
/// How long a token lives unless something of it ends earlier, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;
/// The longest text that can be a token of ours, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// How many agents act through each other at most, the one of the token included.
pub const DEPTH_MAX: usize = 5;
/// How many access keys a token rests on at most.
pub const KEYS_MAX: usize = 8;
/// How many counts of uses a token is held to at most.
pub const USE_COUNTS_MAX: usize = 5;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The token's own id.
    pub jti: TokenId,
    /// The account of the agent.
    pub account: AccountId,
    /// The agent.
    pub agent: AgentId,
    /// The user, if the agent acts for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<User>,
    /// The token by which the user was proved, if they were.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject_token: Option<SubjectTokenId>,
    /// The token that it was made of, if it was handed on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub made_of: Option<TokenId>,
    /// The agents that it acts through: who began, first, and who handed the token on to it, last.
    /// Each of them has to have the right to what is done with it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub chain: Vec<AgentId>,
    /// What it is limited to.
    #[serde(skip_serializing_if = "Task::is_blank", default)]
    pub task: Task,
    /// The counts that each release takes one from.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub uses: Vec<TaskUseId>,
    /// The access key that asked for it; the token ends with that key.
    pub issued_by: AccessKeyId,
    /// The other access keys by which the tokens were had that it was made of. It ends with any.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keys: Vec<AccessKeyId>,
    /// The revocation epoch when it was made.
    pub epoch: u64,
    /// When it was made.
    pub iat: Timestamp,
    /// The first moment at which it is no longer valid.
    pub exp: Timestamp,
}

impl Claims {
    /// Claims of a token that `issued_by` asks for now.
    pub fn new(
        jti: TokenId,
        account: AccountId,
        agent: AgentId,
        whom: OnBehalfOf,
        issued_by: AccessKeyId,
        epoch: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            jti,
            account,
            agent,
            user: whom.user(),
            subject_token: None,
            made_of: None,
            chain: Vec::new(),
            task: Task::default(),
            uses: Vec::new(),
            issued_by,
            keys: Vec::new(),
            epoch,
            iat: now,
            exp: now.plus_seconds(LIFETIME_S),
        }
    }

    /// These claims, for a user who was proved by `token`, which is accepted until `until`: they do
    /// not outlive it.
    pub fn proved_by(mut self, token: SubjectTokenId, until: Timestamp) -> Self {
        self.subject_token = Some(token);
        self.exp = self.exp.min(until);
        self
    }

    /// Claims of a token that is made of one of these claims: for the same user, proved by the same
    /// token, cut by whatever cuts this one, over no later than this one.
    ///
    /// # Errors
    /// Too many agents would act through each other, or it would rest on too much else.
    pub fn handed_on(&self, to: HandedOn) -> Result<Self, HandedOnTooOften> {
        let mut chain = self.chain.clone();
        if to.agent != self.agent {
            chain.push(self.agent);
        }
        // Who acts is one more.
        if chain.len() >= DEPTH_MAX {
            return Err(HandedOnTooOften::Agents);
        }
        let mut keys = self.keys.clone();
        keys.push(self.issued_by);
        keys.retain(|key| *key != to.issued_by);
        keys.sort_unstable();
        keys.dedup();
        if keys.len() >= KEYS_MAX {
            return Err(HandedOnTooOften::Keys);
        }
        let mut uses = self.uses.clone();
        uses.extend(to.uses);
        if uses.len() > USE_COUNTS_MAX {
            return Err(HandedOnTooOften::Uses);
        }
        Ok(Self {
            jti: to.jti,
            account: self.account,
            agent: to.agent,
            user: self.user,
            subject_token: self.subject_token,
            made_of: Some(self.jti),
            chain,
            task: to.task,
            uses,
            issued_by: to.issued_by,
            keys,
            epoch: self.epoch,
            iat: to.now,
            exp: self.exp.min(to.until).min(to.now.plus_seconds(LIFETIME_S)),
        })
    }

    /// How many agents act through each other with it.
    pub fn depth(&self) -> usize {
        self.chain.len().saturating_add(1)
    }

    /// Whether more than its agent and its user may decide on what it is good for.
    pub const fn is_handed_on(&self) -> bool {
        self.made_of.is_some()
    }

    /// Every access key that it rests on.
    pub fn all_keys(&self) -> impl Iterator<Item = AccessKeyId> {
        std::iter::once(self.issued_by).chain(self.keys.iter().copied())
    }

    /// Whom the agent acts for.
    pub fn on_behalf_of(&self) -> OnBehalfOf {
        self.user.map_or(OnBehalfOf::NoUser, OnBehalfOf::User)
    }
}

/// What a token that is handed on becomes.
#[derive(Debug, Clone)]
pub struct HandedOn {
    /// The id of the new one.
    pub jti: TokenId,
    /// The agent of the new one.
    pub agent: AgentId,
    /// The access key that asks for it.
    pub issued_by: AccessKeyId,
    /// What it is limited to, which is within what the old one is limited to.
    pub task: Task,
    /// Until when it shall be good.
    pub until: Timestamp,
    /// The count of its own, if it has one.
    pub uses: Option<TaskUseId>,
    /// When it is made.
    pub now: Timestamp,
}

/// Why a token cannot be handed on once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandedOnTooOften {
    /// More than [`DEPTH_MAX`].
    #[error(
        "five agents act through each other with this token, and no more can; have one of the          agents before do this part"
    )]
    Agents,
    /// More than [`KEYS_MAX`].
    #[error(
        "the token was handed on with eight access keys, and no more can be; use one of them again"
    )]
    Keys,
    /// More than [`USE_COUNTS_MAX`].
    #[error("the token is held to five counts of uses, and no more can be; leave uses out")]
    Uses,
}

/// Why a token proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidToken {
    /// Not a token of this deployment, or changed on the way.
    #[error(
        "the workload access token is not one of this service; get one with \
         GetWorkloadAccessToken, GetWorkloadAccessTokenForJWT or GetWorkloadAccessTokenForUserId"
    )]
    Unreadable,
    /// Its time is over.
    #[error("the workload access token has expired; get a new one and repeat the call")]
    Expired,
}

/// A text that may be a token: it names the key that would open it.
#[derive(Debug)]
pub struct Presented(Sealed<TokenClaims>);

impl Presented {
    /// Reads the outside of a token.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(InvalidToken::Unreadable);
        }
        let sealed = text
            .strip_prefix(TOKEN_PREFIX)
            .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
            .ok_or(InvalidToken::Unreadable)?;
        let sealed = Sealed::<TokenClaims>::from_stored(sealed);
        sealed.key().map_err(|_| InvalidToken::Unreadable)?;
        Ok(Self(sealed))
    }

    /// The key that it is sealed under, and its version.
    pub fn key(&self) -> Result<(KeyId, u32), InvalidToken> {
        self.0.key().map_err(|_| InvalidToken::Unreadable)
    }

    /// What the token says, if `key` sealed it for `deployment` and its time is not over at `now`.
    pub fn open(
        &self,
        key: &SealingKey,
        deployment: DeploymentId,
        now: Timestamp,
    ) -> Result<Claims, InvalidToken> {
        let claims = self.open_at_any_time(key, deployment)?;
        if now >= claims.exp {
            Err(InvalidToken::Expired)
        } else {
            Ok(claims)
        }
    }

    /// The same of a token whose time may be over: good for the one flow that it began, and for
    /// nothing else.
    pub fn open_at_any_time(
        &self,
        key: &SealingKey,
        deployment: DeploymentId,
    ) -> Result<Claims, InvalidToken> {
        let plain = sealing::open(key, &place(deployment), &self.0)
            .map_err(|_| InvalidToken::Unreadable)?;
        serde_json::from_slice(plain.expose_secret()).map_err(|_| InvalidToken::Unreadable)
    }
}

/// The token that says `claims`.
pub fn mint(
    rng: &mut dyn CryptoRng,
    key: &SealingKey,
    deployment: DeploymentId,
    claims: &Claims,
) -> Result<String, SealError> {
    let json = serde_json::to_vec(claims).map_err(|_| SealError::Crypto)?;
    let plain = Plain::<TokenClaims>::new(json);
    let sealed = sealing::seal(rng, key, &place(deployment), &plain)?;
    Ok(format!(
        "{TOKEN_PREFIX}{}",
        URL_SAFE_NO_PAD.encode(sealed.as_bytes())
    ))
}

/// A token lies in no row: its place is its kind and its deployment.
fn place(deployment: DeploymentId) -> Location<'static> {
    Location {
        deployment,
        account: None,
        subject: Subject::Deployment,
        table: "workload_access_token",
        column: "claims",
        row: b"",
        row_version: 0,
        destination: None,
    }
}

#[cfg(test)]
mod tests;
