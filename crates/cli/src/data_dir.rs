//! The data directory: one server at a time, readable by its owner only.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use procura_core::id::NodeId;
use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;

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
        // A slash at the end would have a link followed.
        Ok(Self(path.components().collect()))
    }

    /// Makes the directory if it is not there, and refuses one that others can get at.
    pub(crate) fn create(&self) -> anyhow::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .with_context(|| format!("the data directory {} cannot be made", self.0.display()))?;
        self.refuse_shared()
    }

    // SECURITY: the root key and the socket of the operator are as safe as the directory that they
    // lie in; one that was there before us may be anybody's (tests: of this file).
    fn refuse_shared(&self) -> anyhow::Result<()> {
        let path = self.0.display();
        let found = std::fs::symlink_metadata(&self.0)
            .with_context(|| format!("the data directory {path} cannot be looked at"))?;
        let (user, mode) = (geteuid().as_raw(), found.mode() & 0o777);
        let text = if !found.is_dir() {
            format!(
                "the data directory {path} is not a directory itself (a link to one does not do); \
                 name another with --data-dir"
            )
        } else if found.uid() != user {
            format!(
                "the data directory {path} belongs to user {}, and this is user {user}; name \
                 another with --data-dir",
                found.uid()
            )
        } else if mode & 0o077 != 0 {
            format!(
                "the data directory {path} has mode {mode:03o}, so others can get at it; run \
                 `chmod 700 {path}`"
            )
        } else {
            return Ok(());
        };
        Err(Exit::configuration(text).into())
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

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    /// A directory of this test, which goes away with it.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("procura-data-dir-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn data_dir(&self, name: &str) -> DataDir {
            DataDir::at(&self.0.join(name)).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn refused(data_dir: &DataDir, because: &str) {
        let error = data_dir.create().unwrap_err();
        assert!(error.to_string().contains(because), "{error}");
        let code = crate::exit::code_of(&error);
        assert_eq!(code, crate::exit::CONFIGURATION_CODE);
    }

    #[test]
    fn a_directory_that_others_can_get_at_is_refused() {
        let scratch = Scratch::new("mode");
        let data_dir = scratch.data_dir("state");
        data_dir.create().unwrap();
        for mode in [0o750, 0o701, 0o720, 0o1777] {
            fs::set_permissions(data_dir.path(), Permissions::from_mode(mode)).unwrap();
            let advice = format!("chmod 700 {}", data_dir.path().display());
            refused(&data_dir, &advice);
        }
        fs::set_permissions(data_dir.path(), Permissions::from_mode(0o700)).unwrap();
        data_dir.create().unwrap();
    }

    #[test]
    fn a_link_to_a_directory_is_refused() {
        let scratch = Scratch::new("link");
        scratch.data_dir("state").create().unwrap();
        symlink(scratch.0.join("state"), scratch.0.join("link")).unwrap();
        for name in ["link", "link/", "link/."] {
            refused(&scratch.data_dir(name), "is not a directory");
        }
    }

    #[test]
    fn a_directory_of_somebody_else_is_refused() {
        // Only root can give a directory away.
        if geteuid().is_root() {
            let scratch = Scratch::new("owner");
            let data_dir = scratch.data_dir("state");
            data_dir.create().unwrap();
            chown(data_dir.path(), Some(65534), None).unwrap();
            refused(&data_dir, "belongs to user 65534");
        }
    }
}
