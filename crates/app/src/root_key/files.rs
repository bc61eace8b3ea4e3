//! The root keys of a data directory: the one in force, the next one while it is rotated, and those
//! that only backups still need.
//!
//! `root.key` is the key that the database names; `root.key.next` the one that a rotation goes to;
//! `root.key.retired-<id>` one that was in force before. What counts is the database: whichever of
//! these it names is taken, and the files are put right after it ([`settle`]).

use std::path::{Path, PathBuf};

use procura_core::id::KeyId;
use procura_core::sealing::SealingKey;

use super::{RootKeyError, read};
use crate::durable_file;

/// The name of the key in force.
const CURRENT: &str = "root.key";
/// The name of the key that a rotation goes to.
const NEXT: &str = "root.key.next";
/// What the names of keys begin with that were in force.
const RETIRED: &str = "root.key.retired-";

/// A root key and the file that it is in.
#[derive(Debug)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// The key.
    pub key: SealingKey,
}

/// Where the key in force is.
pub fn current_path(data_dir: &Path) -> PathBuf {
    data_dir.join(CURRENT)
}

/// Where the next key is while the root key is rotated.
pub fn next_path(data_dir: &Path) -> PathBuf {
    data_dir.join(NEXT)
}

/// Where a key that was in force is kept.
pub fn retired_path(data_dir: &Path, id: KeyId) -> PathBuf {
    data_dir.join(format!("{RETIRED}{id}"))
}

/// Every root key that is there: the one in force first, then the next, then the retired ones.
pub fn all(data_dir: &Path) -> Result<Vec<Found>, RootKeyError> {
    let mut paths = vec![current_path(data_dir), next_path(data_dir)];
    let mut retired = Vec::new();
    for entry in std::fs::read_dir(data_dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        // A name that is no id is a copy of somebody's, or one that was cut off while it was made.
        let id = name.and_then(|name| name.strip_prefix(RETIRED));
        if id.is_some_and(|id| id.parse::<KeyId>().is_ok()) {
            retired.push(path);
        }
    }
    retired.sort_unstable();
    paths.extend(retired);
    let mut found = Vec::new();
    for path in paths {
        if let Some(key) = read(&path)? {
            found.push(Found { path, key });
        }
    }
    Ok(found)
}

/// The ids of the keys that were in force, and that only older backups need.
pub fn retired(data_dir: &Path) -> Result<Vec<KeyId>, RootKeyError> {
    let is_retired = |found: &Found| {
        found
            .path
            .file_name()
            .is_some_and(|name| name != CURRENT && name != NEXT)
    };
    let found = all(data_dir)?.into_iter().filter(is_retired);
    Ok(found.map(|found| found.key.id()).collect())
}

/// Makes `root.key` the key that the database names, `current`; what was there is kept as a
/// retired one. Each step leaves a directory that this function goes on from.
pub fn settle(data_dir: &Path, current: KeyId) -> Result<(), RootKeyError> {
    let found = all(data_dir)?;
    let in_force = current_path(data_dir);
    let main = found.iter().find(|file| file.path == in_force);
    if main.is_some_and(|file| file.key.id() == current) {
        let next = next_path(data_dir);
        let copy = found.iter().find(|file| file.path == next);
        if copy.is_some_and(|file| file.key.id() == current) {
            durable_file::remove(&next)?;
        }
        return Ok(());
    }
    let Some(source) = found.iter().find(|file| file.key.id() == current) else {
        // Whoever asks has that key in memory; a file that is gone is not made up.
        return Err(RootKeyError::Io(std::io::ErrorKind::NotFound.into()));
    };
    if let Some(main) = main {
        durable_file::keep_as(&main.path, &retired_path(data_dir, main.key.id()))?;
    }
    Ok(durable_file::move_over(&source.path, &in_force)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use procura_core::entropy::OsEntropy;

    use super::*;
    use crate::root_key::create;

    fn id(number: u8) -> KeyId {
        KeyId::from_bytes([number; 16])
    }

    fn names(directory: &Path) -> Vec<(String, KeyId)> {
        let found = all(directory).unwrap();
        let name = |found: &Found| {
            let name = found.path.file_name().unwrap().to_str().unwrap();
            (name.split('-').next().unwrap().to_owned(), found.key.id())
        };
        found.iter().map(name).collect()
    }

    /// A directory with the key 1 in force and 2 next.
    fn directory(name: &str) -> PathBuf {
        let name = format!("procura-root-keys-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        create(&current_path(&path), id(1), &mut OsEntropy).unwrap();
        create(&next_path(&path), id(2), &mut OsEntropy).unwrap();
        path
    }

    fn pairs<const N: usize>(of: [(&str, u8); N]) -> Vec<(String, KeyId)> {
        of.into_iter()
            .map(|(name, n)| (name.to_owned(), id(n)))
            .collect()
    }

    #[test]
    fn the_files_follow_the_database_there_and_back() {
        let path = directory("follow");
        settle(&path, id(1)).unwrap();
        assert_eq!(names(&path), pairs([("root.key", 1), ("root.key.next", 2)]));
        settle(&path, id(2)).unwrap();
        let settled = pairs([("root.key", 2), ("root.key.retired", 1)]);
        assert_eq!(names(&path), settled);
        settle(&path, id(2)).unwrap();
        assert_eq!(names(&path), settled);
        // An older backup was restored: the database names the older key again.
        settle(&path, id(1)).unwrap();
        assert_eq!(
            names(&path),
            pairs([("root.key", 1), ("root.key.retired", 2)])
        );
        assert!(settle(&path, id(3)).is_err());
        fs::remove_dir_all(&path).unwrap();
    }

    #[test]
    fn a_settling_that_was_killed_half_way_is_gone_on_with() {
        let path = directory("killed");
        durable_file::keep_as(&current_path(&path), &retired_path(&path, id(1))).unwrap();
        settle(&path, id(2)).unwrap();
        assert_eq!(
            names(&path),
            pairs([("root.key", 2), ("root.key.retired", 1)])
        );
        fs::remove_dir_all(&path).unwrap();
    }
}
