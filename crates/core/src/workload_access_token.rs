//! Workload access tokens: who acts, for whom, until when; sealed, opaque to whoever carries one.
//!
//! They carry ids, never names, and are ≤ 2 KiB. Minting and checking need no database row.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::access_key::AccessKeyId;
use crate::account::AccountId;
use crate::id::{AgentId, DeploymentId, KeyId, SubjectTokenId, TokenId};
use crate::sealing::{self, Location, SealError, Sealed, SealingKey, Subject};
use crate::secret::{Plain, kind::TokenClaims};
use crate::time::Timestamp;
use crate::user::{OnBehalfOf, User};

/// What every workload access token begins with. Never change it: secret scanners know it.
pub const TOKEN_PREFIX: &str = "procura_wat_";
/// How long a token lives unless something of it ends earlier, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;
/// The longest text that can be a token of ours, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4096;

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
    /// The access key that asked for it; the token ends with that key.
    pub issued_by: AccessKeyId,
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
            issued_by,
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

    /// Whom the agent acts for.
    pub fn on_behalf_of(&self) -> OnBehalfOf {
        self.user.map_or(OnBehalfOf::NoUser, OnBehalfOf::User)
    }
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
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);
    const HERE: DeploymentId = DeploymentId::from_bytes([1; 16]);

    fn minted() -> (SealingKey, Claims, String) {
        let key = SealingKey::generate(KeyId::from_bytes([7; 16]), 1, &mut OsEntropy);
        let claims = Claims::new(
            TokenId::from_bytes([3; 16]),
            AccountId::DEV,
            AgentId::from_bytes([4; 16]),
            OnBehalfOf::NoUser,
            AccessKeyId::generate(&mut OsEntropy),
            0,
            NOW,
        );
        let token = mint(&mut OsEntropy, &key, HERE, &claims).unwrap();
        (key, claims, token)
    }

    #[test]
    fn a_token_says_what_was_minted_until_its_last_millisecond() {
        let (key, claims, token) = minted();
        assert!(token.len() <= 2048, "{} bytes", token.len());
        let presented = Presented::parse(&token).unwrap();
        let last = Timestamp::from_millis(claims.exp.millis() - 1);
        assert_eq!(presented.open(&key, HERE, last), Ok(claims.clone()));
        assert_eq!(
            presented.open(&key, HERE, claims.exp),
            Err(InvalidToken::Expired)
        );
    }

    #[test]
    fn a_token_of_another_deployment_or_with_a_changed_letter_is_unreadable() {
        let (key, _, token) = minted();
        let elsewhere = DeploymentId::from_bytes([2; 16]);
        let presented = Presented::parse(&token).unwrap();
        assert_eq!(
            presented.open(&key, elsewhere, NOW),
            Err(InvalidToken::Unreadable)
        );
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let opened = Presented::parse(&changed).and_then(|p| p.open(&key, HERE, NOW));
            assert_eq!(opened, Err(InvalidToken::Unreadable), "position {position}");
        }
    }
}
