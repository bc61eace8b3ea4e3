//! `glewlwyd`: the second OpenID provider that somebody else wrote, of Debian's packages.
//!
//! It is unpacked into a folder and not installed: its package would start a service on a port of
//! the machine and make a user and a database for it, and nobody who runs our checks asked for that.
//! Unpacking needs no root either. What the machine lacks of its libraries lies beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{carry_out, folder, packages};
use crate::workspace::has_program;

/// Where the folder's path is handed on, and what names another one.
pub(crate) const VARIABLE: &str = "PROCURA_GLEWLWYD";

/// What the folder holds when it is complete: the program, what makes it an OpenID provider, and the
/// statements that make its database.
const NEEDED: &[&str] = &[
    PROGRAM,
    "usr/lib/glewlwyd/plugin/libprotocol_oidc.so",
    "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3",
];
const PROGRAM: &str = "usr/bin/glewlwyd";

/// The packages by name. The second takes the place of one that would ask for a database server.
const PACKAGES: &[&str] = &["glewlwyd", "dbconfig-no-thanks"];
/// In the folder: that we made it, of these packages.
const MARKER: &str = "procura-packages";
/// Beside it, while it is made.
const NEW: &str = ".procura-glewlwyd-new";
const WHY: &str = "glewlwyd, an OpenID provider that the checks run,";

/// What is unpacked even where the machine has it.
const ALWAYS: &[&str] = &["glewlwyd", "glewlwyd-common"];

/// Sees to it that the folder holds it.
pub(super) fn ready() -> anyhow::Result<()> {
    let unpacked = unpacked()?;
    if !is_complete(&unpacked) {
        unpack(&unpacked)?;
    }
    println!("glewlwyd: {}", unpacked.display());
    Ok(())
}

/// `PROCURA_GLEWLWYD`, or a folder of the user's cache. Paths in it are those of the packages.
pub(crate) fn unpacked() -> anyhow::Result<PathBuf> {
    folder(VARIABLE, "glewlwyd")
}

fn is_complete(unpacked: &Path) -> bool {
    NEEDED.iter().all(|path| unpacked.join(path).is_file()) && runs(unpacked)
}

/// Whether it finds its libraries. They are in a folder that is named for the architecture.
fn runs(unpacked: &Path) -> bool {
    let libraries = fs::read_dir(unpacked.join("usr/lib"));
    let libraries = libraries.into_iter().flatten().flatten();
    let libraries: Vec<_> = libraries.map(|entry| entry.path()).collect();
    let path = std::env::join_paths(libraries).unwrap_or_default();
    let mut command = Command::new(unpacked.join(PROGRAM));
    command.arg("--version").env("LD_LIBRARY_PATH", path);
    command.output().is_ok_and(|output| output.status.success())
}

fn unpack(unpacked: &Path) -> anyhow::Result<()> {
    // What somebody else put there is not ours to replace.
    if unpacked.exists() && !unpacked.join(MARKER).is_file() {
        bail!(
            "{} has no {PROGRAM} that runs: set {VARIABLE} to another folder",
            unpacked.display()
        );
    }
    if !has_program("apt-get", &["--version"]) || !has_program("dpkg-deb", &["--version"]) {
        bail!(
            "{WHY} is missing, and this machine has no apt-get: install glewlwyd 2.7, set {VARIABLE} \
             to the folder that has its {PROGRAM}, which is `/` as a rule, then run this again"
        );
    }
    // The package lists of the machine may be old or absent.
    if missing().is_err() {
        packages::update(WHY)?;
    }
    let names = missing()?;
    println!("glewlwyd: unpacking into {}", unpacked.display());
    let parent = unpacked.parent().context("the folder has no parent")?;
    let new = parent.join(NEW);
    remove(&new)?;
    fs::create_dir_all(&new).with_context(|| format!("cannot make {}", new.display()))?;
    extract(&names, &new)?;
    if !is_complete(&new) {
        bail!(
            "{WHY} does not run on this machine: {} with {}",
            new.join(PROGRAM).display(),
            names.join(" ")
        );
    }
    fs::write(new.join(MARKER), names.join("\n")).context("cannot write the marker")?;
    // Last, so that what broke off is done again.
    remove(unpacked)?;
    fs::rename(&new, unpacked).with_context(|| format!("cannot make {}", unpacked.display()))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Downloads packages, which apt checks against the signed lists of the archive, and unpacks them.
fn extract(names: &[String], into: &Path) -> anyhow::Result<()> {
    let download = ["--quiet", "download"];
    carry_out(
        Command::new("apt-get")
            .args(download)
            .args(names)
            .current_dir(into),
    )?;
    let files = fs::read_dir(into).with_context(|| format!("cannot read {}", into.display()))?;
    let files: Vec<fs::DirEntry> = files.collect::<Result<_, _>>()?;
    for package in files.iter().map(fs::DirEntry::path) {
        let extract = [Path::new("--extract"), &package, into];
        carry_out(Command::new("dpkg-deb").args(extract))?;
        fs::remove_file(&package)
            .with_context(|| format!("cannot remove {}", package.display()))?;
    }
    Ok(())
}

/// The packages that an installation would bring to this machine.
fn missing() -> anyhow::Result<Vec<String>> {
    let mut command = Command::new("apt-get");
    command
        .args(["--simulate", "--no-install-recommends", "install"])
        .args(PACKAGES)
        .env("LC_ALL", "C");
    let output = command.output().context("cannot run apt-get")?;
    if !output.status.success() {
        bail!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(brought(&String::from_utf8_lossy(&output.stdout)))
}

/// `Inst name (version …)`; a package that is replaced by a newer one has the old version, in
/// brackets, after its name, and is good enough as it is.
fn brought(simulation: &str) -> Vec<String> {
    let mut names: Vec<String> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
    for line in simulation.lines() {
        let mut words = line.split(' ');
        if words.next() != Some("Inst") {
            continue;
        }
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        if version.starts_with('(') && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::brought;

    #[test]
    fn what_an_installation_would_bring_is_unpacked_and_nothing_is_replaced() {
        let simulation = "NOTE: this is only a simulation\n\
                          Inst libulfius2.7 (2.7.13-1 Debian:12 [amd64])\n\
                          Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])\n\
                          Inst glewlwyd (2.7.5-3 Debian:12 [amd64]) []\n\
                          Conf libulfius2.7 (2.7.13-1 Debian:12 [amd64])\n";
        let expected = ["glewlwyd", "glewlwyd-common", "libulfius2.7"];
        assert_eq!(brought(simulation), expected);
    }
}
