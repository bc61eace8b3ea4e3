//! The keys of this node: unwrapped once, held in memory, bounded.

use std::sync::Arc;

use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_core::sealing::{self, Location, SealingKey, Subject};
use procura_core::secret::{Plain, kind::WrappedKey};
use procura_core::time::Timestamp;
use procura_store::Outcome;

use crate::App;

/// How many unwrapped keys are held; the least used one goes first and is unwrapped again later.
const KEYS_MAX: u64 = 20_000;

type Owner = (Option<AccountId>, KeyPurpose);

/// Unwrapped keys by id, and which is the newest for a purpose.
pub(crate) struct Keyring {
    root: Arc<SealingKey>,
    keys: Cache<(KeyId, u32), Arc<SealingKey>>,
    newest: Cache<Owner, Arc<SealingKey>>,
}

impl Keyring {
    /// A keyring that can unwrap what `root` wraps.
    pub(crate) fn new(root: SealingKey) -> Self {
        Self {
            root: Arc::new(root),
            keys: Cache::new(KEYS_MAX),
            newest: Cache::new(KEYS_MAX),
        }
    }

    /// The root key.
    pub(crate) fn root(&self) -> &SealingKey {
        &self.root
    }
}

impl App {
    /// The key for new writes of `purpose`; made at its first use.
    pub(crate) async fn newest_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<Arc<SealingKey>, Error> {
        if let Some(key) = self.keyring.newest.get(&(account, purpose)) {
            return Ok(key);
        }
        let read = move |tx: &mut procura_store::Tx<'_>| tx.newest_encryption_key(account, purpose);
        let row = match self.store.run_read("newest_encryption_key", read).await? {
            Some(row) => row,
            None => self.create_key(account, purpose).await?,
        };
        let key = self.unwrap_key(row).await?;
        self.keyring
            .newest
            .insert((account, purpose), Arc::clone(&key));
        Ok(key)
    }

    /// The token key of this id and version, if there is one: ids come from outside.
    pub(crate) async fn token_key(
        &self,
        id: KeyId,
        version: u32,
    ) -> Result<Option<Arc<SealingKey>>, Error> {
        let newest = self.newest_key(None, KeyPurpose::Token).await?;
        if newest.id() == id && newest.version() == version {
            return Ok(Some(newest));
        }
        let row = self
            .store
            .run_read("token_key", move |tx| tx.encryption_key(id, version))
            .await?;
        match row {
            Some(row) if row.purpose == KeyPurpose::Token => self.unwrap_key(row).await.map(Some),
            _ => Ok(None),
        }
    }

    /// The key that a stored value names.
    pub(crate) async fn key_of<K>(
        &self,
        sealed: &sealing::Sealed<K>,
    ) -> Result<Arc<SealingKey>, Error> {
        let (id, version) = sealed.key().map_err(Error::internal_source)?;
        if let Some(key) = self.keyring.keys.get(&(id, version)) {
            return Ok(key);
        }
        let row = self
            .store
            .run_read("key_of", move |tx| tx.encryption_key(id, version))
            .await?;
        let row = row.ok_or_else(|| Error::internal(format!("key {id} {version} is missing")))?;
        self.unwrap_key(row).await
    }

    async fn create_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<EncryptionKey, Error> {
        let row = self.wrap_new_key(account, purpose, self.now()).await?;
        let committed = self
            .store
            .run_tx("create_key", move |tx| {
                tx.insert_encryption_key(&row)?;
                // Of two that create at once one wins, and both go on with the winner's.
                tx.newest_encryption_key(account, purpose)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        committed
            .value
            .ok_or_else(|| Error::internal("an encryption key vanished"))
    }

    /// A new random key for `purpose`, wrapped, not yet stored.
    pub(crate) async fn wrap_new_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
        now: Timestamp,
    ) -> Result<EncryptionKey, Error> {
        let above = self.key_above(account, purpose).await?;
        let id = self.with_rng(|rng| KeyId::generate(now, rng));
        let (version, place_id) = (1, *id.as_bytes());
        let place = wrap_place(self.deployment, account, purpose, &place_id, version);
        let wrapped = self
            .with_rng(|rng| {
                let key = SealingKey::generate(id, version, rng);
                let plain = Plain::<WrappedKey>::new(key.expose_secret().to_vec());
                sealing::seal(rng, &above, &place, &plain)
            })
            .map_err(Error::internal_source)?;
        Ok(EncryptionKey {
            id,
            version,
            account,
            purpose,
            wrapped,
            created_at: now,
        })
    }

    /// A key that was just wrapped and is not stored yet; not cached, for it may never be.
    pub(crate) async fn unwrap_new(&self, row: &EncryptionKey) -> Result<SealingKey, Error> {
        let above = self.key_above(row.account, row.purpose).await?;
        self.open_wrapped(&above, row)
    }

    fn open_wrapped(&self, above: &SealingKey, row: &EncryptionKey) -> Result<SealingKey, Error> {
        let id = *row.id.as_bytes();
        let place = wrap_place(self.deployment, row.account, row.purpose, &id, row.version);
        let plain = sealing::open(above, &place, &row.wrapped).map_err(Error::internal_source)?;
        SealingKey::from_bytes(row.id, row.version, plain.expose_secret())
            .ok_or_else(|| Error::inconsistent("encryption_key", "wrapped"))
    }

    async fn unwrap_key(&self, row: EncryptionKey) -> Result<Arc<SealingKey>, Error> {
        let at = (row.id, row.version);
        if let Some(key) = self.keyring.keys.get(&at) {
            return Ok(key);
        }
        let above = self.key_above(row.account, row.purpose).await?;
        let key = Arc::new(self.open_wrapped(&above, &row)?);
        self.keyring.keys.insert(at, Arc::clone(&key));
        Ok(key)
    }

    /// The key that wraps keys of `purpose`: an account's subjects hang under its account key,
    /// everything else under the root.
    async fn key_above(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<Arc<SealingKey>, Error> {
        match purpose {
            KeyPurpose::Account | KeyPurpose::Token | KeyPurpose::Subject(Subject::Deployment) => {
                Ok(Arc::clone(&self.keyring.root))
            }
            KeyPurpose::UserIndex | KeyPurpose::Subject(Subject::Account | Subject::User(_)) => {
                Box::pin(self.newest_key(account, KeyPurpose::Account)).await
            }
        }
    }
}

/// Where a wrapped key lies. What it is for is bound by its subject and its column.
fn wrap_place(
    deployment: procura_core::id::DeploymentId,
    account: Option<AccountId>,
    purpose: KeyPurpose,
    id: &[u8; 16],
    version: u32,
) -> Location<'_> {
    let (subject, column) = match purpose {
        KeyPurpose::Account => (Subject::Account, "wrapped account key"),
        KeyPurpose::UserIndex => (Subject::Account, "wrapped user index key"),
        KeyPurpose::Token => (Subject::Deployment, "wrapped token key"),
        KeyPurpose::Subject(subject) => (subject, "wrapped subject key"),
    };
    Location {
        deployment,
        account,
        subject,
        table: "encryption_key",
        column,
        row: id,
        row_version: u64::from(version),
        destination: None,
    }
}
