//! The keys of this node: unwrapped once, held in memory, bounded.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_core::sealing::{self, Location, SealingKey, Subject};
use procura_core::secret::{Plain, kind::WrappedKey};
use procura_core::time::Timestamp;
use procura_store::{Inserted, Outcome};

use crate::App;
use crate::root_key::files;

/// How many unwrapped keys are held; the least used one goes first and is unwrapped again later.
const KEYS_MAX: u64 = 20_000;
/// How long it is believed which key is the newest: another node may have made a newer one.
const NEWEST_FOR: Duration = Duration::from_mins(1);
/// How often a new key is wrapped anew, because the key above it was rotated meanwhile.
const WRAPS_MAX: usize = 8;

type Owner = (Option<AccountId>, KeyPurpose);

/// Unwrapped keys by id, and which is the newest for a purpose.
pub(crate) struct Keyring {
    roots: RwLock<Roots>,
    data_dir: PathBuf,
    keys: Cache<(KeyId, u32), Arc<SealingKey>>,
    newest: Cache<Owner, Arc<SealingKey>>,
}

/// The root keys that anything is wrapped under: one, and two while it is rotated.
struct Roots {
    current: Arc<SealingKey>,
    others: Vec<Arc<SealingKey>>,
}

impl Roots {
    fn of(&self, id: KeyId) -> Option<Arc<SealingKey>> {
        let mut all = std::iter::once(&self.current).chain(&self.others);
        all.find(|key| key.id() == id).map(Arc::clone)
    }
}

impl Keyring {
    /// A keyring that can unwrap what `current` and `others` wrap. Keys that come later are looked
    /// for in `data_dir`.
    pub(crate) fn new(data_dir: &Path, current: SealingKey, others: Vec<SealingKey>) -> Self {
        Self {
            roots: RwLock::new(Roots {
                current: Arc::new(current),
                others: others.into_iter().map(Arc::new).collect(),
            }),
            data_dir: data_dir.to_owned(),
            keys: Cache::new(KEYS_MAX),
            newest: Cache::builder()
                .max_capacity(KEYS_MAX)
                .time_to_live(NEWEST_FOR)
                .build(),
        }
    }

    /// How many unwrapped keys are held.
    pub(crate) fn cached(&self) -> u64 {
        // The cache counts late, and of itself only when it is written to.
        self.keys.run_pending_tasks();
        self.keys.entry_count()
    }

    /// The root key of the deployment.
    pub(crate) fn root(&self) -> Arc<SealingKey> {
        // A panic of another holder leaves keys that are still good.
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&roots.current)
    }

    /// The root key of this id. One that is not known is looked for in the files once: a rotation
    /// on another node may have begun to use it, and the operator has put it here.
    pub(crate) fn root_of(&self, id: KeyId) -> Result<Arc<SealingKey>, Error> {
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        let known = roots.of(id);
        drop(roots);
        if let Some(known) = known {
            return Ok(known);
        }
        let found = files::all(&self.data_dir).map_err(Error::internal_source)?;
        let found = found.into_iter().find(|file| file.key.id() == id);
        let found = found.ok_or_else(|| {
            Error::internal(format!(
                "a row is wrapped under root key {id}, which is not in the data directory; copy \
                 root.key.next of the node that rotates the root key here"
            ))
        })?;
        Ok(self.add_root(found.key))
    }

    /// Every root key that is held.
    pub(crate) fn roots(&self) -> Vec<Arc<SealingKey>> {
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        let all = std::iter::once(&roots.current).chain(&roots.others);
        all.map(Arc::clone).collect()
    }

    /// Holds `key` as well.
    pub(crate) fn add_root(&self, key: SealingKey) -> Arc<SealingKey> {
        let mut roots = self.roots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = roots.of(key.id()) {
            return known;
        }
        let key = Arc::new(key);
        roots.others.push(Arc::clone(&key));
        key
    }

    /// Wraps under the root key of this id from now on, and puts the files right.
    pub(crate) fn switch_root(&self, id: KeyId) -> Result<(), Error> {
        let next = self.root_of(id)?;
        let mut roots = self.roots.write().unwrap_or_else(PoisonError::into_inner);
        // The one before is held on: a row that was read before the switch is wrapped under it.
        let before = std::mem::replace(&mut roots.current, next);
        roots.others.retain(|key| key.id() != id);
        if before.id() != id {
            roots.others.push(before);
        }
        drop(roots);
        files::settle(&self.data_dir, id).map_err(Error::internal_source)
    }

    /// Where the files of the root keys are.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Forgets which key is the newest of this owner.
    pub(crate) fn forget_newest(&self, account: Option<AccountId>, purpose: KeyPurpose) {
        self.newest.invalidate(&(account, purpose));
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
        let row = match self.store.look_up("newest_encryption_key", read).await? {
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
            .look_up("token_key", move |tx| tx.encryption_key(id, version))
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
            .look_up("key_of", move |tx| tx.encryption_key(id, version))
            .await?;
        let row = row.ok_or_else(|| Error::internal(format!("key {id} {version} is missing")))?;
        self.unwrap_key(row).await
    }

    async fn create_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<EncryptionKey, Error> {
        for _ in 0..WRAPS_MAX {
            let row = self.wrap_new_key(account, purpose, self.now()).await?;
            let committed = self
                .store
                .run_tx("create_key", move |tx| {
                    if tx.insert_encryption_key(&row)? == Inserted::Stale {
                        return Ok(Outcome::Unrecorded(None));
                    }
                    // Of two that create at once one wins, and both go on with the winner's.
                    tx.newest_encryption_key(account, purpose)
                        .map(Outcome::Unrecorded)
                })
                .await?;
            if let Some(row) = committed.value {
                return Ok(row);
            }
            self.forget_wrapping_key(account, purpose).await?;
        }
        Err(Error::internal("an encryption key vanished"))
    }

    /// After a new key was found to be wrapped under a key that was rotated meanwhile.
    pub(crate) async fn forget_wrapping_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<(), Error> {
        if purpose.is_under_root() {
            return self.follow_root_key().await;
        }
        self.keyring.forget_newest(account, KeyPurpose::Account);
        Ok(())
    }

    /// Takes the root key that the database names, if that is another than ours: another node has
    /// rotated it.
    pub(crate) async fn follow_root_key(&self) -> Result<(), Error> {
        let meta = self.store.run_read("root_key", |tx| tx.meta()).await?;
        let meta = meta.ok_or_else(|| Error::inconsistent("meta", "singleton"))?;
        let known = self.keyring.root().check_value() == meta.key_check;
        if known {
            return Ok(());
        }
        let next = self.keyring.root_of(meta.root_key)?;
        if next.check_value() != meta.key_check {
            return Err(Error::internal(format!(
                "the data directory has another key of the id {}",
                meta.root_key
            )));
        }
        self.keyring.switch_root(meta.root_key)
    }

    /// A new random key for `purpose`, wrapped, not yet stored.
    pub(crate) async fn wrap_new_key(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
        now: Timestamp,
    ) -> Result<EncryptionKey, Error> {
        let id = self.with_rng(|rng| KeyId::generate(now, rng));
        self.wrap_key_version(account, purpose, (id, 1), now).await
    }

    /// A new random key of this id and version, wrapped, not yet stored.
    pub(crate) async fn wrap_key_version(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
        (id, version): (KeyId, u32),
        now: Timestamp,
    ) -> Result<EncryptionKey, Error> {
        let above = self.key_above(account, purpose).await?;
        let place_id = *id.as_bytes();
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

    /// The same key, wrapped under `above`.
    pub(crate) async fn wrap_anew(
        &self,
        row: &EncryptionKey,
        above: &SealingKey,
    ) -> Result<sealing::Sealed<WrappedKey>, Error> {
        let before = self.key_that_wraps(row).await?;
        let id = *row.id.as_bytes();
        let place = wrap_place(self.deployment, row.account, row.purpose, &id, row.version);
        let plain = sealing::open(&before, &place, &row.wrapped).map_err(Error::internal_source)?;
        self.with_rng(|rng| sealing::seal(rng, above, &place, &plain))
            .map_err(Error::internal_source)
    }

    /// A key that was just wrapped and is not stored yet; not cached, for it may never be.
    pub(crate) async fn unwrap_new(&self, row: &EncryptionKey) -> Result<SealingKey, Error> {
        let above = self.key_that_wraps(row).await?;
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
        let above = self.key_that_wraps(&row).await?;
        let key = Arc::new(self.open_wrapped(&above, &row)?);
        self.keyring.keys.insert(at, Arc::clone(&key));
        Ok(key)
    }

    /// The key that new keys of `purpose` are wrapped under: an account's subjects hang under its
    /// account key, everything else under the root.
    async fn key_above(
        &self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<Arc<SealingKey>, Error> {
        if purpose.is_under_root() {
            return Ok(self.keyring.root());
        }
        Box::pin(self.newest_key(account, KeyPurpose::Account)).await
    }

    /// The key that this row is wrapped under; not the newest of its kind while it is rotated.
    async fn key_that_wraps(&self, row: &EncryptionKey) -> Result<Arc<SealingKey>, Error> {
        let (id, version) = row.wrapped.key().map_err(Error::internal_source)?;
        if row.purpose.is_under_root() {
            return self.keyring.root_of(id);
        }
        if let Some(key) = self.keyring.keys.get(&(id, version)) {
            return Ok(key);
        }
        let read = move |tx: &mut procura_store::Tx<'_>| tx.encryption_key(id, version);
        let above = self.store.run_read("key_that_wraps", read).await?;
        // One level up and no further: the key of an account hangs under the root.
        match above {
            Some(above) if above.purpose == KeyPurpose::Account && above.account == row.account => {
                Box::pin(self.unwrap_key(above)).await
            }
            _ => Err(Error::inconsistent("encryption_key", "wrapped")),
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
