//! Small files that are there whole or not at all, also after a power cut.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Makes the file `path` (mode 0600) with `bytes` in it; fails when it exists already.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(path, bytes)?;
    // A link fails where a rename would replace: two that create at once cannot both succeed.
    let linked = std::fs::hard_link(&new, path);
    std::fs::remove_file(&new)?;
    linked?;
    sync_directory_of(path)
}

/// Makes or replaces the file `path` (mode 0600).
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(path, bytes)?;
    std::fs::rename(&new, path)?;
    sync_directory_of(path)
}

/// Gives the file `path` the further name `name`. When that is there already, it stays as it is.
pub fn keep_as(path: &Path, name: &Path) -> io::Result<()> {
    match std::fs::hard_link(path, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_directory_of(name)
}

/// Puts the file `from` in the place of `to`, in the same directory.
pub fn move_over(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_directory_of(to)
}

/// Gives a file that was written and synced beside it the name `path`; fails when that exists.
pub fn publish(written: &Path, path: &Path) -> io::Result<()> {
    std::fs::hard_link(written, path)?;
    std::fs::remove_file(written)?;
    sync_directory_of(path)
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    sync_directory_of(path)
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    // SECURITY: what lies there is of a writer that was cut off, or of somebody else: it is neither
    // followed nor filled, but made anew (test: what_lies_beside_is_not_written_through).
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(new)
}

/// The name of a file is durable when its directory is.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_lies_beside_is_not_written_through() {
        let directory =
            std::env::temp_dir().join(format!("procura-durable-file-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (path, beside) = (directory.join("file"), directory.join("file.new"));
        let victim = directory.join("victim");
        fs::write(&victim, "kept").unwrap();
        symlink(&victim, &beside).unwrap();
        create(&path, b"one").unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"kept");
        assert_eq!(fs::read(&path).unwrap(), b"one");

        fs::write(&beside, "a longer one of another mode").unwrap();
        fs::set_permissions(&beside, fs::Permissions::from_mode(0o666)).unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(&directory).unwrap();
    }
}
