//! `cargo xtask setup`: what a machine needs beside the Rust toolchain and a C compiler.
//!
//! PostgreSQL's server programs (tests start their own server with them), a Python environment with
//! the unmodified clients and one with what an example needs, two authorization servers and
//! OpenID clients that are not ours, some with their Node.js, and a browser. Nothing is done when all is
//! there, so it is run whenever in doubt.

mod apache;
mod chromium;
mod glewlwyd;
pub(crate) mod node;
mod postgres;
mod python;
mod unpacked;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

pub(crate) use apache::{VARIABLE as APACHE_VARIABLE, unpacked as apache};
pub(crate) use glewlwyd::{VARIABLE as GLEWLWYD_VARIABLE, unpacked as glewlwyd};
pub(crate) use node::{VARIABLE as NODE_VARIABLE, packages as node_packages};
pub(crate) use postgres::programs as postgres_programs;
pub(crate) use python::{EXAMPLES_VARIABLE, environment, examples_environment, interpreter};

use crate::workspace::{cargo, has_program, members, variable};

/// Runs the command.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    if !args.is_empty() {
        bail!("`setup` takes no arguments");
    }
    postgres::ready()?;
    python::ready()?;
    node::ready()?;
    chromium::ready()?;
    glewlwyd::ready()?;
    apache::ready()?;
    println!(
        "test runner: {}",
        if has_nextest() {
            "cargo nextest"
        } else {
            "cargo test"
        }
    );
    Ok(())
}

/// Whether cargo-nextest is installed; without it, `cargo test` runs the tests.
pub(crate) fn has_nextest() -> bool {
    has_program(cargo().get_program(), &["nextest", "--version"])
}

/// The folder that a variable names, or else one of the user's cache, or, where there is no home, of
/// the target directory.
fn folder(named_by: &str, name: &str) -> anyhow::Result<PathBuf> {
    if let Some(folder) = variable(named_by) {
        return Ok(PathBuf::from(folder));
    }
    let in_home = || variable("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(in_home);
    match cache {
        Some(cache) => Ok(cache.join("procura").join(name)),
        None => Ok(members()?.target_directory.join(format!("procura-{name}"))),
    }
}

/// Runs a program to its end.
fn carry_out(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(())
}

/// Debian's packages.
mod packages {
    use std::process::Command;

    use anyhow::{Context as _, bail};

    use crate::workspace::has_program;

    /// Installs packages, or says what a person has to run.
    pub(super) fn install(packages: &[&str], why: &str) -> anyhow::Result<()> {
        let by_hand = format!(
            "apt-get update && apt-get install --yes {}",
            packages.join(" ")
        );
        if !has_program("apt-get", &["--version"]) {
            bail!(
                "{why} is missing, and this machine has no apt-get: install it, then run this again"
            );
        }
        let Some(prefix) = privilege() else {
            bail!(
                "{why} is missing and installing it needs root; run this, then `cargo xtask setup` \
                 again:\n\n    sudo sh -c '{by_hand}'\n"
            );
        };
        println!("installing: {}", packages.join(" "));
        // The package lists of the machine may be fresh enough.
        let install = [&["install", "--yes"], packages].concat();
        if apt_get(prefix, &install).is_err() {
            apt_get(prefix, &["update"])?;
            apt_get(prefix, &install)?;
        }
        Ok(())
    }

    /// Brings the lists of packages up to date, or says what a person has to run.
    pub(super) fn update(why: &str) -> anyhow::Result<()> {
        let Some(prefix) = privilege() else {
            bail!(
                "{why} is missing and the lists of packages do not have it; run this, then `cargo \
                 xtask setup` again:\n\n    sudo apt-get update\n"
            );
        };
        apt_get(prefix, &["update"])
    }

    /// The words before a command that needs root: none for root itself.
    fn privilege() -> Option<&'static [&'static str]> {
        let id = Command::new("id").arg("-u").output().ok()?;
        if id.stdout.trim_ascii() == b"0" {
            return Some(&[]);
        }
        has_program("sudo", &["-n", "true"]).then_some(&["sudo", "-n"])
    }

    fn apt_get(prefix: &[&str], arguments: &[&str]) -> anyhow::Result<()> {
        let fixed = [
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "--quiet",
        ];
        let mut words = prefix.iter().chain(&fixed).chain(arguments);
        let mut command = Command::new(words.next().context("no command")?);
        let status = command.args(words).status().context("cannot run apt-get")?;
        if !status.success() {
            bail!("{command:?} failed: {status}");
        }
        Ok(())
    }
}
