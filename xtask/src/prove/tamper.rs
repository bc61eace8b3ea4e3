//! A real export, changed in every way that we can think of: each change is detected.

use std::path::Path;

use anyhow::{Context as _, bail};
use procura_core::audit::export::{Verified, Verifier};
use procura_core::audit::note::VerifierKey;
use serde_json::json;

use super::binary;
use super::client::Client;
use super::server::{Folder, Setup};

/// How often the server is started, which makes as many chains.
const INCARNATIONS: usize = 3;
/// Agents that each incarnation makes.
const AGENTS: usize = 12;
const AGENTS_FULL: usize = 60;

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let folder = Folder::new("tamper")?;
    let setup = Setup {
        binary: binary::release()?,
        directory: folder.path().join("data"),
        store: None,
        defect: None,
    };
    let agents = if full { AGENTS_FULL } else { AGENTS };
    let (file, key) = export(&setup, folder.path(), agents)?;
    let honest = std::fs::read(&file)?;
    let export = Export::new(&honest, key.parse()?);
    let verified = export.verify_from(0, &export.lines)?;
    let bits = flip_every_bit(&export, &honest)?;
    let edits = edit_structure(&export)?;
    control(&setup, &honest, &export, folder.path(), &key)?;
    println!(
        "figure: tamper records={} chains={} bit_flips={bits} structural_edits={edits} detected={}",
        verified.records,
        verified.chains,
        bits + edits
    );
    Ok(())
}

/// The export of a server that was killed once and stopped once, and has refused a few things.
fn export(setup: &Setup, folder: &Path, agents: usize) -> anyhow::Result<(String, String)> {
    for incarnation in 0..INCARNATIONS {
        let server = setup.start()?;
        let mut client = Client::connect(server.login.clone())?;
        for agent in 0..agents {
            let name = format!("agent-{incarnation}-{agent}");
            let path = "/identities/CreateWorkloadIdentity";
            client
                .post(path, &json!({ "name": name }))?
                .expect(&[201])?;
        }
        client
            .post("/identities/GetWorkloadIdentity", &json!({ "name": "x" }))?
            .expect(&[400])?;
        drop(client);
        match incarnation {
            0 => server.kill()?,
            1 => server.stop()?,
            _ => {
                let file = folder.join("export");
                let file = file.to_str().context("a path that is not text")?.to_owned();
                setup.run(&["audit", "export", &file])?;
                let key = std::fs::read_to_string(setup.checkpoint_file("key")?)?;
                server.stop()?;
                return Ok((file, key.trim().to_owned()));
            }
        }
    }
    bail!("no incarnation was the last")
}

/// An export by its lines, with the state of a verifier before each of them: a change of line 500
/// needs no reading of the 499 before it.
struct Export {
    lines: Vec<Vec<u8>>,
    before: Vec<Verifier>,
    key: VerifierKey,
}

impl Export {
    fn new(bytes: &[u8], key: VerifierKey) -> Self {
        let lines = split(bytes);
        let mut verifier = Verifier::new();
        let mut before = Vec::with_capacity(lines.len());
        for line in &lines {
            before.push(verifier.clone());
            // The honest file: an error shows when it is verified whole.
            let _ = verifier.line(line);
        }
        Self { lines, before, key }
    }

    /// Verifies `lines` as they follow the first `from` of the honest ones.
    fn verify_from(&self, from: usize, lines: &[Vec<u8>]) -> anyhow::Result<Verified> {
        let mut verifier = self.before.get(from).cloned().unwrap_or_default();
        for line in lines {
            verifier.line(line)?;
        }
        Ok(verifier.finish(&self.key)?)
    }

    fn must_fail(&self, from: usize, lines: &[Vec<u8>], what: &str) -> anyhow::Result<()> {
        if self.verify_from(from, lines).is_ok() {
            bail!("not detected: {what}");
        }
        Ok(())
    }
}

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn flip_every_bit(export: &Export, honest: &[u8]) -> anyhow::Result<u64> {
    let mut flips = 0;
    let mut start = 0;
    for (number, line) in export.lines.iter().enumerate() {
        for bit in 0..line.len() * 8 {
            // A flip in a newline joins two lines, one in a letter may make one: split anew.
            let mut rest = honest.get(start..).unwrap_or_default().to_vec();
            if let Some(byte) = rest.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            let what = format!("bit {bit} of line {}", number + 1);
            export.must_fail(number, &split(&rest), &what)?;
            flips += 1;
        }
        start += line.len();
    }
    Ok(flips)
}

fn edit_structure(export: &Export) -> anyhow::Result<u64> {
    let lines = &export.lines;
    let mut edits = 0;
    let mut check = |changed: Vec<Vec<u8>>, what: String| {
        if changed == *lines {
            return Ok(());
        }
        edits += 1;
        export.must_fail(0, &changed, &what)
    };
    for at in 0..lines.len() {
        let mut without = lines.clone();
        let line = without.remove(at);
        check(without.clone(), format!("line {} deleted", at + 1))?;
        let mut twice = lines.clone();
        twice.insert(at, line.clone());
        check(twice, format!("line {} doubled", at + 1))?;
        let mut swapped = lines.clone();
        swapped.swap(at, (at + 1) % lines.len());
        check(swapped, format!("line {} swapped with the next", at + 1))?;
        let mut moved = without;
        moved.insert(lines.len() / 2, line);
        check(moved, format!("line {} moved", at + 1))?;
        check(
            lines.iter().take(at).cloned().collect(),
            format!("cut before line {}", at + 1),
        )?;
        let tail: Vec<Vec<u8>> = lines.iter().skip(lines.len() - 10).cloned().collect();
        let cut = lines
            .iter()
            .take(at.min(lines.len() - 10))
            .cloned()
            .chain(tail)
            .collect();
        check(
            cut,
            format!("records from line {} to the note cut out", at + 1),
        )?;
    }
    Ok(edits)
}

/// A program that does not compare chains with the note accepts a shortened export, and this one
/// does not: the difference is seen.
fn control(
    setup: &Setup,
    honest: &[u8],
    export: &Export,
    folder: &Path,
    key: &str,
) -> anyhow::Result<()> {
    let record = export.lines.iter().rposition(|line| line.starts_with(b"{"));
    let mut shortened = split(honest);
    shortened.remove(record.context("no record")?);
    let file = folder.join("shortened");
    std::fs::write(&file, shortened.concat())?;
    let file = file.to_str().context("a path that is not text")?;
    let arguments = ["audit", "verify", file, "--key", key];
    if setup.try_run(&arguments)?.status.success() {
        bail!("the released binary accepts a shortened export");
    }
    let defective = Setup {
        binary: binary::sabotage()?,
        defect: Some("checkpoint-ignored"),
        ..setup.clone()
    };
    if !defective.try_run(&arguments)?.status.success() {
        bail!("the control did not commit its defect, so nothing is shown");
    }
    Ok(())
}
