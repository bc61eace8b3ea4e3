//! PostgreSQL's server programs. Tests run a server of their own; no service of the machine is used.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;

use super::packages;

/// Sees to it that they are there.
pub(super) fn ready() -> anyhow::Result<()> {
    if programs().is_none() {
        packages::install(&["postgresql"], "PostgreSQL's server")?;
    }
    let programs = programs()
        .context("the package postgresql brought no `initdb`, `pg_ctl` and `postgres`")?;
    println!("postgresql: {}", programs.display());
    Ok(())
}

const PROGRAMS: &[&str] = &["initdb", "pg_ctl", "postgres"];

/// The folder that has them all.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = crate::workspace::variable("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(installed(Path::new("/usr/lib/postgresql")));
    let has_all = |folder: &Path| PROGRAMS.iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(|folder| has_all(folder))
}

/// Debian keeps the versions side by side and none of them on the path. The newest comes first.
fn installed(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort();
    versions
        .into_iter()
        .rev()
        .map(|(_, folder)| folder.join("bin"))
        .collect()
}
