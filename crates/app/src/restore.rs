//! Restoring: a backup becomes the database again, and the operator says so to the next start.
//!
//! The notes outside of the database are ahead of what is restored, which is also what an attack
//! looks like. What tells the two apart is a statement beside the notes, under a key of the root
//! key: for this node, this backup, this restore epoch, and the last note that was there. The next
//! start accepts it once and signs a note that says `restored`; after that note it fits no more.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use procura_core::audit::note::Restored;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::digest::{Sha256, constant_time_eq, hmac_sha256};
use procura_core::error::Error;
use procura_core::id::{DeploymentId, NodeId, RecordId};
use procura_core::sealing::SealingKey;
use procura_core::time::Clock;
use procura_store::{Config, Manifest, Outcome, Store};

use crate::App;
use crate::backup::{BackupError, Inspected, Lines, inspect};
use crate::durable_file;
use crate::notes;
use crate::root_key::files;
use crate::start::{in_words, read_or_create_node};

const TITLE: &str = "procura restore v1";
const MAC_LABEL: &[u8] = b"procura restore v1";

/// What is restored, and where.
#[derive(Debug)]
pub struct RestoreConfig {
    /// Where the root key is, and the notes.
    pub data_dir: PathBuf,
    /// The database; it must be empty.
    pub store: Config,
    /// The backup.
    pub file: PathBuf,
    /// The database was restored from the same backup by another node: only say so to this one.
    pub notes_only: bool,
}

/// Puts a backup into an empty database, in one transaction: all of it or nothing.
pub async fn restore(
    config: RestoreConfig,
    clock: Arc<dyn Clock>,
) -> Result<Manifest, BackupError> {
    let RestoreConfig {
        data_dir,
        store,
        file,
        notes_only,
    } = config;
    let (backup, root, node) = tokio::task::block_in_place(|| {
        let backup = inspect(&file)?;
        let root = root_of(&backup, &data_dir)?;
        let node = read_or_create_node(&data_dir, &*clock)?;
        if !notes_only {
            Store::migrate(&store)?;
        }
        Ok::<_, BackupError>((backup, root, node))
    })?;
    let store = tokio::task::block_in_place(|| Store::open(store))?;
    let epoch = backup.manifest.restore_epoch + 1;
    if notes_only {
        let meta = store.run_read("meta", |tx| tx.meta()).await?;
        let fits = |meta: procura_store::Meta| {
            meta.deployment == backup.manifest.deployment && meta.restore_epoch == epoch
        };
        if !meta.is_some_and(fits) {
            let error = Error::conflict("the database was not restored from this backup");
            return Err(BackupError::Failed(error));
        }
    }
    // INVARIANT: before the commit. A statement without its restore fits nothing; a restore without
    // its statement would be taken for an attack.
    let statement = Statement {
        deployment: backup.manifest.deployment,
        node,
        restored: Restored {
            epoch,
            backup: backup.sha256,
        },
        after: last_note(&data_dir, node)?,
    };
    let path = statement_path(&data_dir.join("checkpoints"), node);
    tokio::task::block_in_place(|| durable_file::replace(&path, statement.text(&root).as_bytes()))
        .map_err(BackupError::file(&path))?;
    if !notes_only {
        fill(&store, &file, &backup, clock).await?;
    }
    store.close().await?;
    Ok(backup.manifest)
}

async fn fill(
    store: &Store,
    file: &Path,
    backup: &Inspected,
    clock: Arc<dyn Clock>,
) -> Result<(), Error> {
    let (file, manifest, now) = (file.to_owned(), backup.manifest.clone(), clock.now());
    store
        .run_tx("restore", move |tx| {
            // The closure may run again: from the beginning.
            let lines = Lines::open(&file).map_err(|error| Error::conflict(error.to_string()));
            let mut lines = lines?;
            if lines.manifest != manifest {
                return Err(Error::conflict("the backup was changed while it was read"));
            }
            let epoch = tx.restore(&manifest, &mut || lines.next_line(), now)?;
            Ok(Outcome::Unrecorded(epoch))
        })
        .await
        .map(|_| ())
}

/// The root key of the backup's deployment; every other one that it needs is there, too.
fn root_of(backup: &Inspected, data_dir: &Path) -> Result<SealingKey, BackupError> {
    let found = files::all(data_dir)?;
    let manifest = &backup.manifest;
    for id in manifest.root_keys.iter().chain([&manifest.root_key]) {
        if found.iter().all(|file| file.key.id() != *id) {
            return Err(BackupError::OtherRootKey {
                expected: *id,
                found: in_words(&found),
            });
        }
    }
    // SECURITY: the hash at the end of the file is anybody's to make; the MAC is not (test:
    // a_backup_that_was_changed_or_lacks_its_key_is_refused).
    let root = found.into_iter().find(|file| backup.is_of(&file.key));
    let root = root.map(|file| file.key);
    root.filter(|key| key.id() == manifest.root_key)
        .ok_or(BackupError::Damaged(
            "it was changed, or made with another key of the same id",
        ))
}

fn last_note(data_dir: &Path, node: NodeId) -> Result<Sha256, BackupError> {
    let directory = data_dir.join("checkpoints");
    let failed = BackupError::file(&directory);
    std::fs::create_dir_all(&directory).map_err(&failed)?;
    notes::last_note_hash(&directory, node).map_err(&failed)
}

/// What the operator says to the next start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    deployment: DeploymentId,
    node: NodeId,
    restored: Restored,
    /// The last note of the node when it was said.
    after: Sha256,
}

impl Statement {
    fn text(&self, root: &SealingKey) -> String {
        let Self {
            deployment,
            node,
            restored,
            after,
        } = self;
        let text = format!(
            "{TITLE}\ndeployment {deployment}\nnode {node}\nrestore-epoch {}\nbackup {}\nafter {}\n",
            restored.epoch,
            hex::encode(restored.backup),
            hex::encode(after)
        );
        let mac = hmac_sha256(&root.derive_label(MAC_LABEL), text.as_bytes());
        format!("{text}mac {}\n", hex::encode(mac))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_prefix(TITLE)?.strip_prefix('\n')?.lines();
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        Some(Self {
            deployment: value("deployment")?.parse().ok()?,
            node: value("node")?.parse().ok()?,
            restored: Restored {
                epoch: value("restore-epoch")?.parse().ok()?,
                backup: hash(value("backup")?)?,
            },
            after: hash(value("after")?)?,
        })
    }
}

fn hash(text: &str) -> Option<Sha256> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

/// Where the statement for a node is.
fn statement_path(checkpoints: &Path, node: NodeId) -> PathBuf {
    checkpoints.join(format!("{node}.restored"))
}

/// What a start knows when it looks for a statement.
pub(crate) struct Expected {
    pub(crate) deployment: DeploymentId,
    pub(crate) node: NodeId,
    pub(crate) restore_epoch: u64,
    pub(crate) after: Sha256,
}

/// The restore that the operator has stated for exactly what is found, if there is one.
pub(crate) fn stated(
    checkpoints: &Path,
    root: &SealingKey,
    expected: &Expected,
) -> std::io::Result<Option<Restored>> {
    let text = match std::fs::read_to_string(statement_path(checkpoints, expected.node)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(statement) = Statement::parse(&text) else {
        return Ok(None);
    };
    // SECURITY: whoever can write here and has no root key cannot say that a rollback is a restore;
    // and what was said once says nothing after the next note (tests: of restore/tests.rs).
    let fits = constant_time_eq(statement.text(root).as_bytes(), text.as_bytes())
        && statement.deployment == expected.deployment
        && statement.node == expected.node
        && statement.restored.epoch == expected.restore_epoch
        && statement.after == expected.after;
    if !fits {
        tracing::warn!("there is a statement of a restore that is not of this database; ignored");
    }
    Ok(fits.then_some(statement.restored))
}

impl App {
    /// Records the restore that this start goes on from.
    pub(crate) async fn record_restore(&self, restored: Restored) -> Result<(), Error> {
        let now = self.now();
        let id = self.with_rng(|rng| RecordId::generate(now, rng));
        let reason = format!(
            "the operator put the database back from the backup of sha256 {}: restore epoch {}",
            hex::encode(restored.backup),
            restored.epoch
        );
        let entry = Entry::new(id, now, "restore", Verdict::Allow, reason);
        self.store
            .run_tx("record_restore", move |_| {
                Ok(Outcome::Done((), entry.clone()))
            })
            .await
            .map(|_| ())
    }

    /// The statement has been accepted: it is kept under another name.
    pub(crate) fn keep_statement(
        checkpoints: &Path,
        node: NodeId,
        epoch: u64,
    ) -> std::io::Result<()> {
        let kept = checkpoints.join(format!("{node}.restored-{epoch}"));
        durable_file::move_over(&statement_path(checkpoints, node), &kept)
    }
}

#[cfg(test)]
mod tests;
