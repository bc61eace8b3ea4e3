//! The data directory: one server at a time, readable by its owner only.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use procura_core::id::NodeId;
use rustix::fs::{FlockOperation, flock};

use crate::exit::Exit;

/// The files of a data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

/// The lock of the one server; it ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lives as long as the file")] File);

impl DataDir {
    /// The directory at `path`, which need not exist.
    pub(crate) fn at(path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path)
            .with_context(|| format!("the data directory {} cannot be used", path.display()))?;
        Ok(Self(path))
    }

    /// Makes the directory if it is not there.
    pub(crate) fn create(&self) -> anyhow::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .with_context(|| format!("the data directory {} cannot be made", self.0.display()))
    }

    /// Takes the directory for this process, or says who has it.
    pub(crate) fn lock(&self) -> anyhow::Result<Lock> {
        let path = self.0.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            let text = format!(
                "the data directory {} is in use by process {}; stop it, or name another with \
                 --data-dir",
                self.0.display(),
                holder.trim()
            );
            return Err(Exit::busy(text).into());
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Lock(file))
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("procura.db")
    }

    /// The socket of the local operator.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("admin.sock")
    }

    /// What a running server says of itself.
    pub(crate) fn instance(&self) -> PathBuf {
        self.0.join("instance.json")
    }

    /// The node whose data directory this is.
    pub(crate) fn node(&self) -> anyhow::Result<NodeId> {
        let path = self.0.join("node");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{}: no server has run here", path.display()))?;
        text.trim()
            .parse()
            .with_context(|| format!("{}", path.display()))
    }

    /// The signed checkpoints.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.0.join("checkpoints")
    }
}
