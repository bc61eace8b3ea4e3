//! Debian's packages that are unpacked into a folder and not installed: a package of a server would
//! start it on a port of the machine, and nobody who runs our checks asked for that. Unpacking needs no
//! root either. What the machine lacks of the libraries lies beside the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{carry_out, folder, packages};
use crate::workspace::has_program;

/// Packages in a folder of their own.
pub(super) struct Unpacked {
    /// What the folder is called in the user's cache.
    pub(super) name: &'static str,
    /// Where the folder's path is handed on, and what names another one.
    pub(super) variable: &'static str,
    /// The program, in the folder, and what it says its version to.
    pub(super) program: &'static str,
    pub(super) version: &'static str,
    /// What else the folder holds when it is complete.
    pub(super) needed: &'static [&'static str],
    /// The packages by name.
    pub(super) packages: &'static [&'static str],
    /// What is unpacked even where the machine has it.
    pub(super) always: &'static [&'static str],
    /// What a person is told to install who has no Debian.
    pub(super) by_hand: &'static str,
    /// What it is for.
    pub(super) why: &'static str,
}

/// In the folder: that we made it, of these packages.
const MARKER: &str = "procura-packages";

impl Unpacked {
    /// Sees to it that the folder holds it.
    pub(super) fn ready(&self) -> anyhow::Result<()> {
        let unpacked = self.folder()?;
        if !self.is_complete(&unpacked) {
            self.unpack(&unpacked)?;
        }
        println!("{}: {}", self.name, unpacked.display());
        Ok(())
    }

    /// The folder that the variable names, or one of the user's cache. Paths in it are those of the
    /// packages.
    pub(super) fn folder(&self) -> anyhow::Result<PathBuf> {
        folder(self.variable, self.name)
    }

    fn is_complete(&self, unpacked: &Path) -> bool {
        self.needed.iter().all(|path| unpacked.join(path).is_file()) && self.runs(unpacked)
    }

    /// Whether it finds its libraries. They are in a folder that is named for the architecture.
    fn runs(&self, unpacked: &Path) -> bool {
        let libraries = fs::read_dir(unpacked.join("usr/lib"));
        let libraries = libraries.into_iter().flatten().flatten();
        let libraries: Vec<_> = libraries.map(|entry| entry.path()).collect();
        let path = std::env::join_paths(libraries).unwrap_or_default();
        let mut command = Command::new(unpacked.join(self.program));
        command.arg(self.version).env("LD_LIBRARY_PATH", path);
        command.output().is_ok_and(|output| output.status.success())
    }

    fn unpack(&self, unpacked: &Path) -> anyhow::Result<()> {
        let Self {
            variable,
            program,
            why,
            by_hand,
            ..
        } = self;
        // What somebody else put there is not ours to replace.
        if unpacked.exists() && !unpacked.join(MARKER).is_file() {
            bail!(
                "{} has no {program} that runs: set {variable} to another folder",
                unpacked.display()
            );
        }
        if !has_program("apt-get", &["--version"]) || !has_program("dpkg-deb", &["--version"]) {
            bail!(
                "{why} is missing, and this machine has no apt-get: install {by_hand}, set {variable} \
                 to the folder that has its {program}, which is `/` as a rule, then run this again"
            );
        }
        // The package lists of the machine may be old or absent.
        if self.missing().is_err() {
            packages::update(why)?;
        }
        let names = self.missing()?;
        println!("{}: unpacking into {}", self.name, unpacked.display());
        let parent = unpacked.parent().context("the folder has no parent")?;
        // Beside it, while it is made.
        let new = parent.join(format!(".procura-{}-new", self.name));
        remove(&new)?;
        fs::create_dir_all(&new).with_context(|| format!("cannot make {}", new.display()))?;
        extract(&names, &new)?;
        if !self.is_complete(&new) {
            bail!(
                "{why} does not run on this machine: {} with {}",
                new.join(program).display(),
                names.join(" ")
            );
        }
        fs::write(new.join(MARKER), names.join("\n")).context("cannot write the marker")?;
        // Last, so that what broke off is done again.
        remove(unpacked)?;
        fs::rename(&new, unpacked).with_context(|| format!("cannot make {}", unpacked.display()))
    }

    /// The packages that an installation would bring to this machine.
    fn missing(&self) -> anyhow::Result<Vec<String>> {
        let mut command = Command::new("apt-get");
        command
            .args(["--simulate", "--no-install-recommends", "install"])
            .args(self.packages)
            .env("LC_ALL", "C");
        let output = command.output().context("cannot run apt-get")?;
        if !output.status.success() {
            bail!(
                "{command:?} failed:\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(brought(
            self.always,
            &String::from_utf8_lossy(&output.stdout),
        ))
    }
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

/// `Inst name (version …)`; a package that is replaced by a newer one has the old version, in
/// brackets, after its name, and is good enough as it is.
fn brought(always: &[&str], simulation: &str) -> Vec<String> {
    let mut names: Vec<String> = always.iter().map(|name| (*name).to_owned()).collect();
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
        let always = ["glewlwyd", "glewlwyd-common"];
        let expected = ["glewlwyd", "glewlwyd-common", "libulfius2.7"];
        assert_eq!(brought(&always, simulation), expected);
    }
}
