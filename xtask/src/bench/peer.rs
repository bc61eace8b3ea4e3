//! A server that somebody else wrote, and what it is compared in.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::server::Process;
use crate::setup::node;

const SCRIPT: &str = "xtask/node/token_endpoint.mjs";

/// The peer and its address. It ends with its owner.
pub(super) fn start() -> anyhow::Result<(Process, String)> {
    let packages = node::packages()?;
    let mut command = Command::new(node::program(&packages));
    command.arg(Path::new(SCRIPT)).arg(&packages);
    // As it is run where it matters.
    command.env("NODE_ENV", "production");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::spawn(&mut command)?;
    let stdout = process.child().stdout.take().context("no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let address = line.trim().to_owned();
    if address.is_empty() {
        bail!("{SCRIPT} ended at once; run `cargo xtask setup` first");
    }
    Ok((process, address))
}
