//! `procura audit`: read, take away, verify.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use procura_app::notes::{key_path, notes_of, notes_path};
use procura_core::audit::export::{CHECKPOINT_LINE, TITLE, Verified, Verifier};
use procura_core::audit::note::{Checkpoint, VerifierKey, note_hash};
use procura_core::audit::record::{Record, Verdict};
use procura_core::id::ChainId;
use serde::Deserialize;

use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

pub(super) mod account_export;
mod search;

use self::search::Search;

/// `procura audit`
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Print the newest records.
    Tail {
        /// How many.
        #[arg(short = 'n', long, default_value_t = 20)]
        lines: u32,
    },
    /// Look for records: those of which everything that is named is true, the newest first.
    Search(Box<Search>),
    /// Write records and the checkpoint that signs them into a file that can be verified offline:
    /// all records, or with `--account` those of one account, each with the proof that it stands in
    /// the chains.
    #[command(visible_alias = "prove")]
    Export {
        /// The file; it must not exist.
        file: PathBuf,
        /// Only the records of this account (12 decimal digits), and of others nothing but hashes.
        #[arg(long)]
        account: Option<String>,
        /// Prove as well that nothing was rewritten since this checkpoint: its number, or a file that
        /// ends with it.
        #[arg(long, requires = "account", value_name = "NUMBER|FILE")]
        since_checkpoint: Option<String>,
    },
    /// Verify an export, or the running service when no file is named.
    Verify {
        /// The export.
        file: Option<PathBuf>,
        /// The key that signed its checkpoint, or a file that holds it (checkpoints/*.key). Take
        /// it from the node, not from where the export came from.
        #[arg(long)]
        key: Option<String>,
        /// Checkpoints that were kept outside (checkpoints/*.notes): each must agree as well.
        #[arg(long)]
        notes: Option<PathBuf>,
    },
}

#[derive(Deserialize)]
struct Export {
    chains: Vec<Exported>,
    note: String,
    key: String,
}

#[derive(Deserialize)]
struct Exported {
    chain: ChainId,
    size: u64,
    state: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Audit,
) -> anyhow::Result<ExitCode> {
    match command {
        Audit::Tail { lines } => tail(data_dir, output, lines).await,
        Audit::Search(wanted) => search::run(data_dir, output, *wanted).await,
        Audit::Export {
            file,
            account: Some(account),
            since_checkpoint,
        } => account_export::write(data_dir, &file, &account, since_checkpoint.as_deref()).await,
        Audit::Export { file, .. } => export(data_dir, &file).await,
        Audit::Verify {
            file: Some(file),
            key: Some(key),
            notes: None,
        } if account_export::is_one(&file)? => {
            account_export::verify(&file, &read_key(&key)?, output)
        }
        Audit::Verify { file, key, notes } => {
            let verified = match &file {
                Some(file) => {
                    let Some(key) = key else {
                        bail!("name the key that signed it with --key (checkpoints/*.key)");
                    };
                    verify_file(file, &read_key(&key)?, notes.as_deref())?
                }
                None => verify_running(data_dir, key, notes.as_deref()).await?,
            };
            let Verified {
                checkpoint,
                chains,
                records,
            } = verified;
            print::line(&format!(
                "verified: records {records}, chains {chains}, up to checkpoint {} of {} ({})",
                checkpoint.number, checkpoint.node, checkpoint.at
            ))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn tail(data_dir: &DataDir, output: Output, lines: u32) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/audit/records?limit={lines}");
    let bytes = Local(data_dir).get_bytes(&path).await?;
    let text = std::str::from_utf8(&bytes)?;
    if output == Output::Json {
        for record in text.lines() {
            print::line(record)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let records: Vec<Record> = text
        .lines()
        .map(|line| Record::from_line(line.as_bytes()).map_err(anyhow::Error::from))
        .collect::<anyhow::Result<_>>()?;
    print_records(output, &records)?;
    Ok(ExitCode::SUCCESS)
}

/// Records as a table, or as they are.
fn print_records(output: Output, records: &[Record]) -> anyhow::Result<()> {
    let headings = [
        "TIME",
        "VERDICT",
        "OPERATION",
        "RESOURCE",
        "CALLER",
        "USER",
        "REASON",
    ];
    print::rows(output, records, &headings, |record| {
        let entry = &record.entry;
        let verdict = match entry.verdict {
            Verdict::Allow => "allow",
            Verdict::Deny => "DENY",
        };
        let user = entry.user.map(|user| user.to_string()).unwrap_or_default();
        vec![
            entry.at.to_string(),
            verdict.to_owned(),
            entry.operation.to_string(),
            entry.resource.clone().unwrap_or_default(),
            entry.caller.clone().unwrap_or_default(),
            user,
            entry.reason.to_string(),
        ]
    })
}

async fn export(data_dir: &DataDir, file: &Path) -> anyhow::Result<ExitCode> {
    let out = make(file).with_context(|| format!("{} cannot be made", file.display()))?;
    let mut out = BufWriter::new(out);
    let export = write_export(data_dir, &mut out).await?;
    out.into_inner()?.sync_all()?;
    print::line(&format!(
        "wrote {} records of {} chains to {}\nverify it anywhere with: procura audit verify {} \
         --key '{}'",
        export.chains.iter().map(|chain| chain.size).sum::<u64>(),
        export.chains.len(),
        file.display(),
        file.display(),
        export.key
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The records say who did what: they are for whoever exports them.
fn make(file: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
}

/// Puts an export together from its parts, in the form of `core::audit::export`.
async fn write_export(data_dir: &DataDir, out: &mut impl Write) -> anyhow::Result<Export> {
    let local = Local(data_dir);
    let export: Export = local.get("/v1/audit/export").await?;
    writeln!(out, "{TITLE}")?;
    for Exported { chain, size, .. } in &export.chains {
        let take = |line: &[u8]| Ok(out.write_all(line)?);
        each_line(&local, *chain, *size, take).await?;
    }
    write!(out, "{CHECKPOINT_LINE}\n{}", export.note)?;
    Ok(export)
}

/// Gives the first `size` records of a chain to `take`, each with its newline.
async fn each_line(
    local: &Local<'_>,
    chain: ChainId,
    size: u64,
    mut take: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut written = 0;
    while written < size {
        let path = format!("/v1/audit/chains/{chain}?from={written}");
        let lines = local.get_bytes(&path).await?;
        let before = written;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            // Records after the checkpoint belong to the next export.
            if written < size {
                take(line)?;
                written += 1;
            }
        }
        if written == before {
            bail!("{chain} ends after {written} records; the checkpoint signed {size}");
        }
    }
    Ok(())
}

/// How many records the running service has.
pub(super) async fn count_running(data_dir: &DataDir) -> anyhow::Result<u64> {
    let export: Export = Local(data_dir).get("/v1/audit/export").await?;
    Ok(export.chains.iter().map(|chain| chain.size).sum())
}

/// The key of the node of a data directory.
pub(super) fn own_key(data_dir: &DataDir) -> anyhow::Result<VerifierKey> {
    let path = key_path(&data_dir.checkpoints(), data_dir.node()?);
    read_key(&path.to_string_lossy())
}

/// Verifies the running service against what lies outside of its database: the notes and the key
/// in the data directory, or those that are named. The server's word for its key is not taken.
pub(super) async fn verify_running(
    data_dir: &DataDir,
    key: Option<String>,
    notes: Option<&Path>,
) -> anyhow::Result<Verified> {
    let node = data_dir.node()?;
    let directory = data_dir.checkpoints();
    let own_notes = notes_path(&directory, node);
    let key = match key {
        Some(key) => read_key(&key)?,
        None => own_key(data_dir)?,
    };
    let mut bytes = Vec::new();
    write_export(data_dir, &mut bytes).await?;
    // Read after the export, so that its closing note is among them.
    verify(
        &mut bytes.as_slice(),
        &key,
        Some(notes.unwrap_or(&own_notes)),
    )
}

fn verify_file(file: &Path, key: &VerifierKey, notes: Option<&Path>) -> anyhow::Result<Verified> {
    let input = File::open(file).with_context(|| format!("{}", file.display()))?;
    verify(&mut BufReader::new(input), key, notes)
}

fn verify(
    input: &mut impl std::io::BufRead,
    key: &VerifierKey,
    notes: Option<&Path>,
) -> anyhow::Result<Verified> {
    let mut verifier = Verifier::new();
    if let Some(notes) = notes {
        verifier.expect(&kept_checkpoints(notes, key)?)?;
    }
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        verifier.line(&line)?;
    }
    Ok(verifier.finish(key)?)
}

/// The notes of a file: each must be signed by the key and follow the one before it.
fn kept_checkpoints(path: &Path, key: &VerifierKey) -> anyhow::Result<Vec<Checkpoint>> {
    let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    let mut checkpoints = Vec::new();
    let mut previous = [0; 32];
    for note in notes_of(&bytes) {
        let checkpoint = key.open(note).context("a note of the file")?;
        if checkpoint.previous != previous {
            bail!(
                "note {} does not follow the note before it",
                checkpoint.number
            );
        }
        previous = note_hash(note);
        checkpoints.push(checkpoint);
    }
    Ok(checkpoints)
}

fn read_key(text: &str) -> anyhow::Result<VerifierKey> {
    let key = match text.parse() {
        Ok(key) => return Ok(key),
        Err(_) => std::fs::read_to_string(text)
            .with_context(|| format!("{text} is neither a verifier key nor a file"))?,
    };
    key.parse()
        .with_context(|| format!("{text} does not hold a verifier key"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn an_export_is_for_its_owner_only() {
        let path = std::env::temp_dir().join(format!("procura-export-{}", std::process::id()));
        let file = super::make(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
