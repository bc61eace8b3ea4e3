//! Backups: everything that is stored, in one file that both engines can be filled from.
//!
//! ```text
//! procura backup v1
//! {…}                        the manifest, then tables and rows: see `store::backup`
//! sha256 HEX                 over every byte before this line
//! mac KEY HEX                the same, under the root key KEY
//! ```
//!
//! What is sealed stays sealed and the root key is not in it. The hash shows what broke, to
//! everybody; the MAC shows what was changed, to whoever has the root key.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use procura_authority::Target;
use procura_core::audit::record::Committed;
use procura_core::digest::{Sha256, Sha256Stream, constant_time_eq, hmac_sha256};
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_core::sealing::SealingKey;
use procura_core::time::{Clock, Timestamp};
use procura_store::{Manifest, Outcome, Store, Tx};

use crate::App;
use crate::durable_file;
use crate::operation::OpCx;
use crate::root_key::{RootKeyError, files};

/// The first line.
const TITLE: &str = "procura backup v1";
const MAC_LABEL: &[u8] = b"procura backup v1";
const HASH_LINE: &[u8] = b"sha256 ";
/// The longest line that is read, in bytes: a row of a few sealed values and texts.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// Why a backup cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// The file is not a backup, or not as it was written.
    #[error("the backup cannot be used: {0}; take another copy of it")]
    Damaged(&'static str),
    /// The root key that it needs is not here.
    #[error(
        "the backup is sealed under root key {expected}, and {found}; put the file that holds it \
         into the data directory (root.key, or root.key.retired-<id> of a rotation)"
    )]
    OtherRootKey {
        /// A root key that something in it is wrapped under.
        expected: KeyId,
        /// What is in the data directory instead.
        found: String,
    },
    /// A root key file cannot be used.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] procura_store::OpenError),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] crate::start::StartError),
    /// The store, or what it says of the backup.
    #[error("nothing was done")]
    Failed(#[from] Error),
}

impl BackupError {
    pub(crate) fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}

/// A backup whose hash is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// What it is of.
    pub manifest: Manifest,
    /// Its hash.
    pub sha256: Sha256,
    /// The root key that its MAC is made with.
    mac_key: KeyId,
    mac: Sha256,
}

impl Inspected {
    /// Whether whoever made it had `key`.
    pub(crate) fn is_of(&self, key: &SealingKey) -> bool {
        self.mac_key == key.id()
            && constant_time_eq(&self.mac, &mac_of(&mac_key(key), &self.sha256))
    }
}

fn mac_key(key: &SealingKey) -> Sha256 {
    key.derive_label(MAC_LABEL)
}

fn mac_of(key: &Sha256, sha256: &Sha256) -> Sha256 {
    hmac_sha256(key, sha256)
}

impl App {
    /// Writes a backup of this moment into the new file `path`, while everything goes on. The
    /// record of it is durable before the file has its name.
    pub async fn create_backup(
        &self,
        cx: &mut OpCx,
        path: PathBuf,
    ) -> Result<Committed<Manifest>, Error> {
        cx.about.resource = Some("backup".to_owned());
        self.authorize(cx, &Target::Deployment)?;
        let draft = draft_of(&path, &cx.request.to_string())?;
        let keys = self.keyring.roots();
        let keys = keys.iter().map(|key| (key.id(), mac_key(key))).collect();
        let written = write_draft(&self.store, draft.clone(), keys, cx.now).await;
        let published = match written {
            Ok((manifest, sha256)) => self.publish(cx, &draft, &path, manifest, &sha256).await,
            Err(error) => Err(error),
        };
        if published.is_err() {
            // What is left of it has no name that anybody would take for a backup.
            let _gone = durable_file::remove(&draft);
        }
        published
    }

    async fn publish(
        &self,
        cx: &OpCx,
        draft: &Path,
        path: &Path,
        manifest: Manifest,
        sha256: &Sha256,
    ) -> Result<Committed<Manifest>, Error> {
        let done = self.allowed(
            cx,
            format!("wrote a backup of sha256 {}", hex::encode(sha256)),
        );
        let committed = self
            .store
            .run_tx("create_backup", move |_| {
                Ok(Outcome::Done(manifest.clone(), done.clone()))
            })
            .await?;
        tokio::task::block_in_place(|| durable_file::publish(draft, path))
            .map_err(|error| not_made(path, &error))?;
        Ok(committed)
    }
}

/// Writes a backup of a database that no server of this data directory runs on. Nothing records it.
pub async fn create_beside(
    data_dir: &Path,
    config: procura_store::Config,
    path: &Path,
    clock: &dyn Clock,
) -> Result<Manifest, BackupError> {
    let keys = files::all(data_dir)?;
    let keys = keys
        .iter()
        .map(|found| (found.key.id(), mac_key(&found.key)));
    let keys = keys.collect();
    let store = tokio::task::block_in_place(|| Store::open(config))?;
    let draft = draft_of(path, "beside")?;
    let (manifest, _) = write_draft(&store, draft.clone(), keys, clock.now()).await?;
    store.close().await?;
    durable_file::publish(&draft, path).map_err(BackupError::file(path))?;
    Ok(manifest)
}

fn not_made(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::conflict(format!("{path} exists already; name a new file"))
        }
        _ => Error::conflict(format!("{path} cannot be made: {error}")),
    }
}

/// The file that is written before it gets its name.
fn draft_of(path: &Path, unique: &str) -> Result<PathBuf, Error> {
    if path.symlink_metadata().is_ok() {
        return Err(not_made(path, &io::ErrorKind::AlreadyExists.into()));
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    match name {
        Some(name) if path.is_absolute() => {
            Ok(path.with_file_name(format!(".{name}.{unique}.part")))
        }
        _ => Err(Error::field(
            "path",
            "path is the absolute path of a new file",
        )),
    }
}

/// Writes the whole backup, durably, on a reading thread of the store and from one snapshot.
async fn write_draft(
    store: &Store,
    draft: PathBuf,
    keys: Vec<(KeyId, Sha256)>,
    now: Timestamp,
) -> Result<(Manifest, Sha256), Error> {
    store
        .run_read("backup", move |tx| {
            // The closure may run again: from the beginning.
            durable_file::remove(&draft).map_err(|error| not_made(&draft, &error))?;
            let mut file = OpenOptions::new();
            let file = file.write(true).create_new(true).mode(0o600).open(&draft);
            let file = file.map_err(|error| not_made(&draft, &error))?;
            write(tx, file, &keys, now)
        })
        .await
}

fn write(
    tx: &mut Tx<'_>,
    file: File,
    keys: &[(KeyId, Sha256)],
    now: Timestamp,
) -> Result<(Manifest, Sha256), Error> {
    let mut out = Hashing {
        out: BufWriter::new(file),
        hash: Sha256Stream::new(),
    };
    let failed = |error: io::Error| Error::internal_source(error);
    writeln!(out, "{TITLE}").map_err(failed)?;
    let manifest = tx.back_up(&mut out, now)?;
    let sha256 = out.hash.value();
    let key = keys.iter().find(|(id, _)| *id == manifest.root_key);
    let (id, key) = key.ok_or_else(|| {
        Error::internal("the root key was rotated meanwhile, and its file is not here")
    })?;
    let mac = hex::encode(mac_of(key, &sha256));
    writeln!(out, "sha256 {}\nmac {id} {mac}", hex::encode(sha256)).map_err(failed)?;
    let file = out
        .out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok((manifest, sha256))
}

/// Writes on and hashes what passes.
struct Hashing<W> {
    out: W,
    hash: Sha256Stream,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads a backup line by line and hashes what passes.
pub(crate) struct Lines {
    input: BufReader<File>,
    hash: Sha256Stream,
    /// The manifest as it stands in the file.
    pub(crate) manifest: Manifest,
}

/// What comes next in a backup.
enum Next {
    Line(Vec<u8>),
    /// The hash is right; here is the line after it.
    End {
        sha256: Sha256,
        mac: String,
    },
}

impl Lines {
    /// Opens the file and reads up to the manifest.
    pub(crate) fn open(path: &Path) -> Result<Self, BackupError> {
        let failed = BackupError::file(path);
        let mut input = BufReader::new(File::open(path).map_err(&failed)?);
        let mut hash = Sha256Stream::new();
        let mut head = || -> Result<Option<Vec<u8>>, BackupError> {
            let line = read_line(&mut input).map_err(&failed)?;
            Ok(line.inspect(|line| hash.update(line)))
        };
        if head()?.as_deref() != Some(format!("{TITLE}\n").as_bytes()) {
            return Err(BackupError::Damaged("it does not begin like one"));
        }
        let manifest = head()?.and_then(|line| serde_json::from_slice(&line).ok());
        let manifest = manifest.ok_or(BackupError::Damaged("it has no manifest"))?;
        Ok(Self {
            input,
            hash,
            manifest,
        })
    }

    fn next(&mut self) -> Result<Next, BackupError> {
        let unread = |_| BackupError::Damaged("it cannot be read on");
        let line = read_line(&mut self.input).map_err(unread)?;
        let line = line.ok_or(BackupError::Damaged("its end is missing"))?;
        let Some(said) = line.strip_prefix(HASH_LINE) else {
            self.hash.update(&line);
            return Ok(Next::Line(line));
        };
        let sha256 = self.hash.value();
        if said != format!("{}\n", hex::encode(sha256)).as_bytes() {
            return Err(BackupError::Damaged("its hash is not the one at its end"));
        }
        let mac = read_line(&mut self.input).map_err(unread)?;
        let is_end = read_line(&mut self.input).map_err(unread)?.is_none();
        let mac = mac
            .filter(|_| is_end)
            .and_then(|mac| String::from_utf8(mac).ok());
        let mac = mac.ok_or(BackupError::Damaged("its end is not one"))?;
        Ok(Next::End { sha256, mac })
    }

    /// The next line of the store's; none at the end, when the hash is right.
    pub(crate) fn next_line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        match self.next() {
            Ok(Next::Line(line)) => Ok(Some(line)),
            Ok(Next::End { .. }) => Ok(None),
            Err(error) => Err(Error::conflict(error.to_string())),
        }
    }
}

/// A line with its newline; none at the end of the file.
fn read_line(input: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Reads a whole backup and checks its hash.
pub fn inspect(path: &Path) -> Result<Inspected, BackupError> {
    let mut lines = Lines::open(path)?;
    loop {
        let Next::End { sha256, mac } = lines.next()? else {
            continue;
        };
        let mut words = mac.trim_end().split(' ');
        let (word, id, text) = (words.next(), words.next(), words.next());
        let mut mac = [0; 32];
        let decoded = text.map(|text| hex::decode_to_slice(text, &mut mac));
        let id = id.and_then(|id| id.parse().ok());
        return match (word, id, decoded) {
            (Some("mac"), Some(mac_key), Some(Ok(()))) => Ok(Inspected {
                manifest: lines.manifest,
                sha256,
                mac_key,
                mac,
            }),
            _ => Err(BackupError::Damaged("its end is not one")),
        };
    }
}
