//! Temporary access keys: given to whoever showed otherwise who they are.

use procura_core::access_key::{AccessKeyId, generate_secret};
use procura_core::account::AccountId;
use procura_core::digest::{length_prefixed, sha256};
use procura_core::encryption_key::KeyPurpose;
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_core::id::DeploymentId;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessKeySecret, SessionToken};
use procura_core::temporary_key::{AssumedBy, Holder, SESSION_TOKEN_PREFIX, TemporaryKey};
use procura_core::time::Timestamp;
use procura_store::{StoredTemporaryKey, Tx};

use crate::App;

/// How many temporary keys of one agent, or of one role, are good at a time.
pub const LIVE_KEYS_MAX: u64 = 5_000;

const TOO_MANY_KEYS: &str = "5000 temporary keys of this agent or role are good now, which is the most; \
    use one until it ends instead of asking for another each time, or ask for shorter ones";

/// A temporary key, whole: what SDKs sign with.
#[derive(Debug)]
pub struct TemporaryCredentials {
    /// The key.
    pub key: TemporaryKey,
    /// Its secret.
    pub secret: Plain<AccessKeySecret>,
    /// What goes with every request beside the signature.
    pub token: Plain<SessionToken>,
}

/// The row that the secret of a temporary key is bound to. Whoever gives a key to another holder, or
/// makes it last, in the database breaks its secret.
pub(crate) fn secret_row(key: &TemporaryKey) -> Vec<u8> {
    let holder: [&[u8]; 3] = match &key.holder {
        Holder::Agent { agent, binding } => [b"agent", agent.as_bytes(), binding.as_bytes()],
        Holder::Role { role, by } => match by {
            AssumedBy::AccessKey(by) => [b"role, by key", role.as_bytes(), by.as_str().as_bytes()],
            AssumedBy::Issuer(by) => [b"role, by issuer", role.as_bytes(), by.as_bytes()],
        },
    };
    let [kind, whose, why] = holder;
    let end = key.expires_at.millis().to_be_bytes();
    length_prefixed(&[key.id.as_str().as_bytes(), kind, whose, why, &end])
}

/// Where the secret of a temporary key lies.
pub(crate) fn secret_place(
    deployment: DeploymentId,
    account: AccountId,
    row: &[u8],
) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table: "temporary_key",
        column: "secret",
        row,
        row_version: 1,
        destination: None,
    }
}

impl App {
    /// A new temporary key, and what is kept of it. Whoever asks gives it to nobody before that is
    /// stored and on record.
    pub(crate) async fn new_temporary_key(
        &self,
        account: AccountId,
        holder: Holder,
        name: String,
        now: Timestamp,
        life_s: i64,
    ) -> Result<(TemporaryCredentials, StoredTemporaryKey), Error> {
        self.check_live_keys(account, &holder, now).await?;
        let key = TemporaryKey {
            id: self.with_rng(|rng| AccessKeyId::generate_temporary(rng)),
            account,
            holder,
            name,
            created_at: now,
            expires_at: now.plus_seconds(life_s),
        };
        let secret = self.with_rng(|rng| generate_secret(rng));
        let drawn = hex::encode(self.with_rng(random_bytes::<32>));
        let token = format!("{SESSION_TOKEN_PREFIX}{drawn}");
        let sealing_key = self
            .newest_key(Some(account), KeyPurpose::Subject(Subject::Account))
            .await?;
        let row = secret_row(&key);
        let place = secret_place(self.deployment, account, &row);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &sealing_key, &place, &secret))
            .map_err(Error::internal_source)?;
        let stored = StoredTemporaryKey {
            key: key.clone(),
            token_hash: sha256(&[token.as_bytes()]),
            secret: sealed,
        };
        let credentials = TemporaryCredentials {
            key,
            secret,
            token: Plain::new(token.into_bytes()),
        };
        Ok((credentials, stored))
    }

    /// SECURITY: whoever may get temporary keys gets no more of them than there is use for: each is a
    /// row until it ends. Asked before the transaction, so that those who ask at once do not wait for
    /// each other; as many as ask at once may be more.
    async fn check_live_keys(
        &self,
        account: AccountId,
        holder: &Holder,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (agent, role) = match holder {
            Holder::Agent { agent, .. } => (Some(*agent), None),
            Holder::Role { role, .. } => (None, Some(*role)),
        };
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let of_agent = agent.map(|agent| own.temporary_keys_of_agent(agent, now));
            let of_role = role.map(|role| own.temporary_keys_of_role(role, now));
            Ok(of_agent.transpose()?.or(of_role.transpose()?).unwrap_or(0))
        };
        let live = self.store.look_up("live_keys", read).await?;
        if live < LIVE_KEYS_MAX {
            Ok(())
        } else {
            Err(Error::new(Kind::Throttled, TOO_MANY_KEYS))
        }
    }
}
