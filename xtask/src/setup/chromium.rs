//! A browser that people use: the pages are read in it, and attacked with two of it. Playwright, which
//! drives it, is a package of Python's and brings no browser that this machine would have to fetch.

use anyhow::bail;

use super::packages;
use crate::workspace::has_program;

const PROGRAM: &str = "chromium";

/// Sees to it that it is there.
pub(super) fn ready() -> anyhow::Result<()> {
    let is_there = || has_program(PROGRAM, &["--version"]);
    if !is_there() {
        packages::install(&[PROGRAM], "Chromium")?;
    }
    if !is_there() {
        bail!("the package chromium brought no `chromium` that runs");
    }
    println!("browser: {PROGRAM}");
    Ok(())
}
