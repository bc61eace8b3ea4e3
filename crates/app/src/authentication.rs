//! Who signed: an access key, proved by Signature Version 4.

use std::sync::Arc;

use moka::sync::Cache;
use procura_authority::{AccountPolicies, Caller};
use procura_core::access_key::{AccessKey, AccessKeyId};
use procura_core::digest::{Sha256, constant_time_eq, length_prefixed, sha256};
use procura_core::error::Error;
use procura_core::iam_role::IamRole;
use procura_core::id::DeploymentId;
use procura_core::sabotage::defect;
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::kind::AccessKeySecret;
use procura_core::temporary_key::{Holder, SESSION_TOKEN_BYTES_MAX, TemporaryKey};
use procura_core::time::Timestamp;
use procura_protocol::sigv4::{self, Expectation, Presented, SigV4Error, SigningKey};

use crate::App;
use crate::temporary_key;

/// The name of the service in the scope of a signature; both planes of the reference have it.
pub const SIGNING_NAME: &str = "bedrock-agentcore";

/// An API of ours, by the service that its requests are signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignedApi {
    /// The identity service, both planes, and what we have beside it.
    Identity,
    /// User pools.
    UserPools,
    /// Roles.
    AccessManagement,
    /// Putting roles on.
    SecurityTokens,
}

/// Where requests of access management are signed for, wherever they go: the reference has it in one
/// place only.
const ACCESS_MANAGEMENT_REGION: &str = "us-east-1";

impl SignedApi {
    /// The name of the service in the scope of a signature.
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::Identity => SIGNING_NAME,
            Self::UserPools => "cognito-idp",
            Self::AccessManagement => "iam",
            Self::SecurityTokens => "sts",
        }
    }

    /// The API of this signing name, of those that one way of asking leads to.
    pub fn of_forms(signing_name: &str) -> Option<Self> {
        [Self::AccessManagement, Self::SecurityTokens]
            .into_iter()
            .find(|api| api.signing_name() == signing_name)
    }
}

/// How many derived signing keys are held.
const SIGNING_KEYS_MAX: u64 = 10_000;

/// What a signing key was derived for: the row that held the secret and its version, and date,
/// service and region of the scope. A key that was given to another holder in the database is so
/// opened anew, and does not open.
type DerivedFor = (Vec<u8>, u64, String, SignedApi, String);

/// Derived signing keys, so that a warm request costs one HMAC and no unsealing.
pub(crate) struct SigningKeys(Cache<DerivedFor, Arc<SigningKey>>);

impl Default for SigningKeys {
    fn default() -> Self {
        Self(Cache::new(SIGNING_KEYS_MAX))
    }
}

/// Why a request is not taken.
#[derive(Debug)]
pub enum Unauthenticated {
    /// The signature or its form is wrong.
    Signature(SigV4Error),
    /// No such key, or it was revoked. Which of the two is not told.
    UnknownKey,
    /// A session token that is not that of the key, or none where there has to be one.
    SessionToken,
    /// A temporary key whose time is over.
    ExpiredKey,
    /// The signature was used moments ago: by a client that asks the same again, or by another.
    Repeated,
    /// The signature was used before.
    Replayed,
    /// We could not tell.
    Failed(Error),
}

/// A key id that exists and is not revoked; nothing is proved yet.
#[derive(Debug)]
pub struct Claimed {
    key: ClaimedKey,
    secret: Sealed<AccessKeySecret>,
    epoch: u64,
    /// What its account has of policies at that epoch.
    policies: Option<Arc<AccountPolicies>>,
}

/// Which of the two kinds of keys it is.
#[derive(Debug)]
enum ClaimedKey {
    Lasting(AccessKey),
    /// With its role, if its holder put one on.
    Temporary(TemporaryKey, Option<Box<IamRole>>),
}

/// Who signed, and the revocation epoch at which the key was good.
#[derive(Debug)]
pub struct Proved {
    pub(crate) caller: Caller,
    pub(crate) epoch: u64,
    /// The policies of its account at that epoch.
    pub(crate) policies: Option<Arc<AccountPolicies>>,
}

/// The row that the secret of an access key is bound to: its id and its roles. Whoever gives a key
/// another role in the database breaks its secret.
pub(crate) fn secret_row(key: &AccessKey) -> Vec<u8> {
    let roles: Vec<&str> = key.roles.iter().map(|role| role.as_str()).collect();
    length_prefixed(&[key.id.as_str().as_bytes(), roles.join(",").as_bytes()])
}

/// Where the secret of an access key lies.
pub(crate) fn secret_place<'a>(
    deployment: DeploymentId,
    key: &AccessKey,
    row: &'a [u8],
) -> Location<'a> {
    Location {
        deployment,
        account: Some(key.account),
        subject: Subject::Account,
        table: "access_key",
        column: "secret",
        row,
        row_version: key.version,
        destination: None,
    }
}

impl App {
    /// Whether a request is scoped to this API and to now: what can be refused without a look at the
    /// database.
    pub fn check_scope(
        &self,
        presented: &Presented<'_>,
        api: SignedApi,
        now: Timestamp,
    ) -> Result<(), Unauthenticated> {
        sigv4::check_scope_and_time(presented, now, self.expectation(presented, api))
            .map_err(Unauthenticated::Signature)
    }

    fn expectation(&self, presented: &Presented<'_>, api: SignedApi) -> Expectation<'_> {
        let is_global = api == SignedApi::AccessManagement
            && presented.scope().region == ACCESS_MANAGEMENT_REGION;
        Expectation {
            region: if is_global {
                ACCESS_MANAGEMENT_REGION
            } else {
                self.region.as_str()
            },
            service: api.signing_name(),
        }
    }

    /// The key that a request says it is signed with. Called before its body is read, so that a
    /// stranger costs no memory.
    pub async fn claimed_key(
        &self,
        presented: &Presented<'_>,
        now: Timestamp,
    ) -> Result<Claimed, Unauthenticated> {
        let id: AccessKeyId = presented
            .access_key_id()
            .parse()
            .map_err(|_| Unauthenticated::UnknownKey)?;
        if id.is_temporary() {
            return self.claimed_temporary_key(id, presented, now).await;
        }
        let known = self.held_policies.clone();
        let found = self
            .store
            .look_up("claimed_key", move |tx| {
                let epoch = tx.epoch()?;
                let found = tx.access_key_for_signature(id)?;
                let policies = match &found {
                    Some((key, _)) => Some(known.find(tx, key.account, epoch)?),
                    None => None,
                };
                Ok((found.zip(policies), epoch))
            })
            .await
            .map_err(Unauthenticated::Failed)?;
        let (Some(((key, secret), policies)), epoch) = found else {
            return Err(Unauthenticated::UnknownKey);
        };
        if key.revoked_at.is_some() && !defect("late-cut") {
            return Err(Unauthenticated::UnknownKey);
        }
        // A lasting key never carries one.
        if presented.session_token().is_some() {
            return Err(Unauthenticated::SessionToken);
        }
        let policies = self.policies_ready(key.account, epoch, policies).await;
        Ok(Claimed {
            key: ClaimedKey::Lasting(key),
            secret,
            epoch,
            policies: policies.map_err(Unauthenticated::Failed)?,
        })
    }

    /// The same of a temporary key, which is good together with its session token.
    async fn claimed_temporary_key(
        &self,
        id: AccessKeyId,
        presented: &Presented<'_>,
        now: Timestamp,
    ) -> Result<Claimed, Unauthenticated> {
        let shown = presented
            .session_token()
            .filter(|token| token.len() <= SESSION_TOKEN_BYTES_MAX)
            .ok_or(Unauthenticated::SessionToken)?;
        let known = self.held_policies.clone();
        let found = self
            .store
            .look_up("claimed_key", move |tx| {
                let epoch = tx.epoch()?;
                let found = tx.temporary_key_for_signature(id)?;
                let role = match found.as_ref().map(|found| &found.key) {
                    Some(TemporaryKey {
                        account,
                        holder: Holder::Role { role, .. },
                        ..
                    }) => tx.account(*account).iam_role(*role)?,
                    _ => None,
                };
                let policies = match &found {
                    Some(found) => Some(known.find(tx, found.key.account, epoch)?),
                    None => None,
                };
                let found = found.zip(policies);
                Ok((found.map(|found| (found, role)), epoch))
            })
            .await
            .map_err(Unauthenticated::Failed)?;
        let (Some(((found, policies), role)), epoch) = found else {
            return Err(Unauthenticated::UnknownKey);
        };
        if !constant_time_eq(&sha256(&[shown.as_bytes()]), &found.token_hash) {
            return Err(Unauthenticated::SessionToken);
        }
        if now >= found.key.expires_at {
            return Err(Unauthenticated::ExpiredKey);
        }
        let account = found.key.account;
        let policies = self.policies_ready(account, epoch, policies).await;
        Ok(Claimed {
            key: ClaimedKey::Temporary(found.key, role.map(Box::new)),
            secret: found.secret,
            epoch,
            policies: policies.map_err(Unauthenticated::Failed)?,
        })
    }

    /// The caller, if the signature is that of the claimed key over this very request to this API.
    pub async fn prove_caller(
        &self,
        claimed: Claimed,
        presented: &Presented<'_>,
        api: SignedApi,
        body: Sha256,
        now: Timestamp,
    ) -> Result<Proved, Unauthenticated> {
        let signing_key = self.signing_key(&claimed, presented, api).await?;
        let expectation = self.expectation(presented, api);
        sigv4::verify(presented, body, &signing_key, now, expectation)
            .map_err(Unauthenticated::Signature)?;
        let caller = match claimed.key {
            ClaimedKey::Lasting(key) => Caller::AccessKey {
                id: key.id,
                account: key.account,
                roles: key.roles,
            },
            ClaimedKey::Temporary(key, worn) => match key.holder {
                Holder::Agent { agent, .. } => Caller::Agent {
                    key: key.id,
                    account: key.account,
                    agent,
                },
                Holder::Role { role, .. } => Caller::Session {
                    key: key.id,
                    account: key.account,
                    role,
                    // A role that is gone gives nothing.
                    roles: worn.as_ref().map(|role| role.roles()).unwrap_or_default(),
                    inline: worn.map(|role| self.inline_of(&role)).unwrap_or_default(),
                },
            },
        };
        Ok(Proved {
            caller,
            epoch: claimed.epoch,
            policies: claimed.policies,
        })
    }

    async fn signing_key(
        &self,
        claimed: &Claimed,
        presented: &Presented<'_>,
        api: SignedApi,
    ) -> Result<Arc<SigningKey>, Unauthenticated> {
        let (row, version) = match &claimed.key {
            ClaimedKey::Lasting(key) => (secret_row(key), key.version),
            ClaimedKey::Temporary(key, _) => (temporary_key::secret_row(key), 1),
        };
        let date = presented.scope().date;
        let region = self.expectation(presented, api).region;
        let derived_for = (
            row.clone(),
            version,
            date.to_owned(),
            api,
            region.to_owned(),
        );
        if let Some(known) = self.signing_keys.0.get(&derived_for) {
            return Ok(known);
        }
        let failed = |error: Error| Unauthenticated::Failed(error);
        let sealing_key = self.key_of(&claimed.secret).await.map_err(failed)?;
        let place = match &claimed.key {
            ClaimedKey::Lasting(key) => secret_place(self.deployment, key, &row),
            ClaimedKey::Temporary(key, _) => {
                temporary_key::secret_place(self.deployment, key.account, &row)
            }
        };
        let secret = sealing::open(&sealing_key, &place, &claimed.secret)
            .map_err(|error| failed(Error::internal_source(error)))?;
        let service = api.signing_name();
        let derived = SigningKey::derive(secret.expose_secret(), date, region, service);
        let derived = Arc::new(derived);
        self.signing_keys
            .0
            .insert(derived_for, Arc::clone(&derived));
        Ok(derived)
    }
}
