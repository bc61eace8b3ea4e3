//! The Python environments: the service model that `gen` reads, the clients that check us, and what
//! an example imports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::{carry_out, folder, packages};
use crate::workspace::has_program;

const REQUIREMENTS: &str = "xtask/python/requirements.txt";
/// What users of the example install: all of it with hashes.
const OF_EXAMPLE: &str = "examples/fastapi-session-binding/requirements.txt";
/// In an environment: the requirements that were installed into it, all of them.
const MARKER: &str = "procura-requirements.txt";

/// Where the path of the example's environment is handed on, and what names another one.
pub(crate) const EXAMPLES_VARIABLE: &str = "PROCURA_EXAMPLES_VENV";

/// Sees to it that the environments hold what the requirements pin.
pub(super) fn ready() -> anyhow::Result<()> {
    holds(&environment()?, REQUIREMENTS, &[])?;
    holds(&examples_environment()?, OF_EXAMPLE, &["--require-hashes"])
}

fn holds(environment: &Path, requirements: &str, more: &[&str]) -> anyhow::Result<()> {
    let wanted = fs::read(requirements).with_context(|| format!("cannot read {requirements}"))?;
    let marker = environment.join(MARKER);
    let python = python_of(environment);
    if python.is_file() && fs::read(&marker).is_ok_and(|installed| installed == wanted) {
        println!("python: {}", environment.display());
        return Ok(());
    }
    create(environment)?;
    println!(
        "python: installing {requirements} into {}",
        environment.display()
    );
    let mut install = Command::new(python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    install.args(more).args(["--requirement", requirements]);
    carry_out(&mut install)?;
    // Last, so that an installation that broke off is done again.
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))
}

/// The Python that has the clients.
pub(crate) fn interpreter() -> anyhow::Result<PathBuf> {
    Ok(python_of(&environment()?))
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join("bin/python3")
}

/// `PROCURA_VENV`, or a folder of the user's cache.
pub(crate) fn environment() -> anyhow::Result<PathBuf> {
    folder("PROCURA_VENV", "venv")
}

/// `PROCURA_EXAMPLES_VENV`, or a folder of the user's cache.
pub(crate) fn examples_environment() -> anyhow::Result<PathBuf> {
    folder(EXAMPLES_VARIABLE, "examples-venv")
}

fn create(environment: &Path) -> anyhow::Result<()> {
    if has_program(python_of(environment), &["-m", "pip", "--version"]) {
        return Ok(());
    }
    let make = || {
        carry_out(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(environment),
        )
    };
    if make().is_err() {
        // Debian splits the module off.
        packages::install(&["python3-venv"], "Python's module venv")?;
        make()?;
    }
    Ok(())
}
