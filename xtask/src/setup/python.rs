//! The Python environment: the service model that `gen` reads, and the clients that check us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::{carry_out, folder, packages};
use crate::workspace::has_program;

const REQUIREMENTS: &str = "xtask/python/requirements.txt";
/// In the environment: the requirements that were installed into it, all of them.
const MARKER: &str = "procura-requirements.txt";

/// Sees to it that the environment holds what the requirements pin.
pub(super) fn ready() -> anyhow::Result<()> {
    let environment = environment()?;
    let wanted = fs::read(REQUIREMENTS).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let marker = environment.join(MARKER);
    if interpreter()?.is_file() && fs::read(&marker).is_ok_and(|installed| installed == wanted) {
        println!("python: {}", environment.display());
        return Ok(());
    }
    create(&environment)?;
    println!(
        "python: installing {REQUIREMENTS} into {}",
        environment.display()
    );
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ];
    carry_out(Command::new(interpreter()?).args(install).arg(REQUIREMENTS))?;
    // Last, so that an installation that broke off is done again.
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))
}

/// The Python that has the clients.
pub(crate) fn interpreter() -> anyhow::Result<PathBuf> {
    Ok(environment()?.join("bin/python3"))
}

/// `PROCURA_VENV`, or a folder of the user's cache.
pub(crate) fn environment() -> anyhow::Result<PathBuf> {
    folder("PROCURA_VENV", "venv")
}

fn create(environment: &Path) -> anyhow::Result<()> {
    if has_program(interpreter()?, &["-m", "pip", "--version"]) {
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
