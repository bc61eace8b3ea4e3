//! The two binaries that proofs run: the one that is released, and the one with seeded defects.
//!
//! The second is the positive control: `PROCURA_SABOTAGE` names the defect that it commits, and a
//! proof that does not notice is no proof.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::workspace::{cargo, members, variable};

/// Where the released binary's path is handed on, and that of the other.
pub(crate) const RELEASE_VARIABLE: &str = "PROCURA_BIN";
pub(crate) const SABOTAGE_VARIABLE: &str = "PROCURA_SABOTAGE_BIN";

/// The command line of cargo for the binary that is released.
pub(crate) const RELEASE_BUILD: &str = "build --locked --package procura --release";
const PLAIN_BUILD: &str = "build --locked --package procura";
const SABOTAGE_BUILD: &str = "build --locked --package procura --features procura-core/sabotage";

/// The released binary, as `PROCURA_BIN` names it or newly built.
pub(crate) fn release() -> anyhow::Result<PathBuf> {
    if let Some(path) = variable(RELEASE_VARIABLE) {
        return Ok(PathBuf::from(path));
    }
    build(RELEASE_BUILD)?;
    Ok(members()?.target_directory.join("release/procura"))
}

/// The binary with seeded defects, as `PROCURA_SABOTAGE_BIN` names it or newly built.
pub(crate) fn sabotage() -> anyhow::Result<PathBuf> {
    if let Some(path) = variable(SABOTAGE_VARIABLE) {
        return Ok(PathBuf::from(path));
    }
    let folder = members()?.target_directory.join("debug");
    let (plain, sabotage) = (folder.join("procura"), folder.join("procura-sabotage"));
    build(SABOTAGE_BUILD)?;
    fs::copy(&plain, &sabotage).with_context(|| format!("cannot copy {}", plain.display()))?;
    // SECURITY: the plain name never keeps a binary with defects.
    build(PLAIN_BUILD)?;
    Ok(sabotage)
}

/// Builds both and says where they are.
pub(super) fn build_both() -> anyhow::Result<()> {
    println!("{RELEASE_VARIABLE}={}", release()?.display());
    println!("{SABOTAGE_VARIABLE}={}", sabotage()?.display());
    Ok(())
}

fn build(line: &str) -> anyhow::Result<()> {
    let mut command = cargo();
    let status = command
        .args(line.split(' '))
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(())
}
