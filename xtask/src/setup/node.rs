//! Node.js and the packages that it runs: an authorization server, OpenID clients and a suite of the
//! Model Context Protocol, all of which somebody else wrote.
//!
//! The Node.js of the machine may be too old for it, and one that is new enough is a package, too:
//! npm picks the one of this machine. What is installed is what the lock file pins, byte for byte, and
//! no package runs a program of its own while it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{carry_out, folder};
use crate::workspace::has_program;

const SOURCE: &str = "xtask/node";
const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
/// In the folder: the lock file whose packages were installed, all of them.
const MARKER: &str = "procura-package-lock.json";

/// Where the folder's path is handed on, and what names another one.
pub(crate) const VARIABLE: &str = "PROCURA_NODE";

/// Sees to it that the folder holds what the lock file pins.
pub(super) fn ready() -> anyhow::Result<()> {
    let packages = packages()?;
    let source = Path::new(SOURCE).join(LOCK);
    let wanted = fs::read(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let marker = packages.join(MARKER);
    if !has_node(&packages) || fs::read(&marker).ok().as_ref() != Some(&wanted) {
        install(&packages)?;
        // Last, so that an installation that broke off is done again.
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    println!("node: {}", packages.display());
    Ok(())
}

/// `PROCURA_NODE`, or a folder of the user's cache.
pub(crate) fn packages() -> anyhow::Result<PathBuf> {
    folder(VARIABLE, "node")
}

fn install(packages: &Path) -> anyhow::Result<()> {
    if !has_program("npm", &["--version"]) {
        bail!(
            "npm is missing, and the checks run a server and clients that it installs: install it with \
             Node.js (on Debian the packages nodejs and npm), then run this again"
        );
    }
    println!(
        "node: installing {SOURCE}/{LOCK} into {}",
        packages.display()
    );
    fs::create_dir_all(packages).with_context(|| format!("cannot make {}", packages.display()))?;
    for name in [MANIFEST, LOCK] {
        fs::copy(Path::new(SOURCE).join(name), packages.join(name))
            .with_context(|| format!("cannot write {name} into {}", packages.display()))?;
    }
    let quietly = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    carry_out(Command::new("npm").args(quietly).current_dir(packages))?;
    if !has_node(packages) {
        bail!(
            "{SOURCE}/{MANIFEST} has no Node.js for this machine: add the package that has it to \
             optionalDependencies"
        );
    }
    Ok(())
}

/// Whether the Node.js of the folder is there and runs.
fn has_node(packages: &Path) -> bool {
    has_program(program(packages), &["--version"])
}

/// The Node.js of the folder.
pub(crate) fn program(packages: &Path) -> PathBuf {
    packages.join("node_modules/.bin/node")
}
