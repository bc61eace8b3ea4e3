//! The export of one account: its records, each with the proof that it stands in the chains.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use procura_app::notes::{notes_of, notes_path};
use procura_core::account::AccountId;
use procura_core::audit::account_export::verifier::{AccountVerifier, Proved};
use procura_core::audit::account_export::{
    Note, ProvedChain, TITLE, all_are_there, ending, heading,
};
use procura_core::audit::note::{ChainState, VerifierKey};
use serde_json::json;

use super::{Export, each_line, make};
use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// Writes the export of an account, and says so.
pub(super) async fn write(
    data_dir: &DataDir,
    file: &Path,
    account: &str,
    since: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let (records, key) = export(data_dir, file, account, since).await?;
    let file = file.display();
    print::line(&format!(
        "wrote {records} records of account {account} to {file}\nverify it anywhere with: procura \
         audit verify {file} --key '{key}'"
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the export of an account: how many records, and the key that signed.
pub(in crate::command) async fn export(
    data_dir: &DataDir,
    file: &Path,
    account: &str,
    since: Option<&str>,
) -> anyhow::Result<(u64, VerifierKey)> {
    let account: AccountId = account.parse().map_err(|_| {
        Exit::usage("--account is 12 decimal digits; `procura accounts list` shows them".to_owned())
    })?;
    let local = Local(data_dir);
    let export: Export = local.get("/v1/audit/export").await?;
    let key: VerifierKey = export.key.parse()?;
    let now = Note {
        checkpoint: key.open(&export.note)?,
        text: export.note,
    };
    let since = since
        .map(|since| earlier(data_dir, &key, since))
        .transpose()?;
    let states = export.chains.iter().map(|chain| chain.state.parse());
    let states: Vec<ChainState> = states.collect::<Result<_, _>>()?;
    if let Some(since) = &since {
        all_are_there(&since.checkpoint, &states)?;
    }
    let is_open = |state: &&ChainState| {
        let mut open = now.checkpoint.open.iter();
        open.any(|open| open.chain == state.chain)
    };
    let ended: Vec<ChainState> = states.iter().filter(|s| !is_open(s)).copied().collect();
    let heading = heading(account, &now, since.as_ref(), &ended)?;
    let out = make(file).with_context(|| format!("{} cannot be made", file.display()))?;
    let mut out = BufWriter::new(out);
    out.write_all(heading.as_bytes())?;
    let mut records = 0;
    for state in &states {
        let mut chain = ProvedChain::new(account, state.chain);
        let take = |line: &[u8]| Ok(chain.line(line.strip_suffix(b"\n").unwrap_or(line))?);
        each_line(&local, state.chain, state.size, take).await?;
        let (part, own) = chain.finish(state, since.as_ref().map(|since| &since.checkpoint))?;
        out.write_all(&part)?;
        records += own;
    }
    out.write_all(ending(records).as_bytes())?;
    out.into_inner()?.sync_all()?;
    Ok((records, key))
}

/// The earlier checkpoint: the one of this number among those that the node kept, or the last one of
/// a file.
fn earlier(data_dir: &DataDir, key: &VerifierKey, named: &str) -> anyhow::Result<Note> {
    let number: Option<u64> = named.parse().ok();
    let path = match number {
        Some(_) => notes_path(&data_dir.checkpoints(), data_dir.node()?),
        None => named.into(),
    };
    let bytes = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
    let mut found = None;
    for text in notes_of(&bytes) {
        let checkpoint = key
            .open(text)
            .with_context(|| format!("{}", path.display()))?;
        if number.is_none_or(|number| number == checkpoint.number) {
            let text = text.to_owned();
            found = Some(Note { text, checkpoint });
        }
    }
    found.with_context(|| format!("{} has no checkpoint {named}", path.display()))
}

/// Whether a file is the export of an account.
pub(super) fn is_one(file: &Path) -> anyhow::Result<bool> {
    let input = File::open(file).with_context(|| format!("{}", file.display()))?;
    let mut line = Vec::new();
    // As much as the title, whatever is in the file.
    let length = u64::try_from(TITLE.len()).unwrap_or(u64::MAX);
    let mut begin = std::io::Read::take(BufReader::new(input), length);
    begin.read_until(b'\n', &mut line)?;
    Ok(line == TITLE.as_bytes())
}

/// Verifies the export of an account with nothing but the key, and says what that shows.
pub(super) fn verify(file: &Path, key: &VerifierKey, output: Output) -> anyhow::Result<ExitCode> {
    say(&prove(file, key)?, output)?;
    Ok(ExitCode::SUCCESS)
}

/// Verifies the export of an account with nothing but the key.
pub(in crate::command) fn prove(file: &Path, key: &VerifierKey) -> anyhow::Result<Proved> {
    let input = File::open(file).with_context(|| format!("{}", file.display()))?;
    let mut input = BufReader::new(input);
    let mut verifier = AccountVerifier::new(key.clone());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        verifier.line(&line)?;
    }
    Ok(verifier.finish()?)
}

/// What it does not show; it stands where it cannot be overlooked.
const NOT_SHOWN: &str = "not shown: that no record of the account was left out when the file was \
     made; only a whole export shows that (procura audit export, for the operator)";

fn say(proved: &Proved, output: Output) -> anyhow::Result<()> {
    let Proved {
        account,
        checkpoint,
        since,
        records,
        between,
    } = proved;
    if output == Output::Json {
        let said = json!({
            "account": account.to_string(),
            "records": records,
            "first": between.map(|(first, _)| first.to_string()),
            "last": between.map(|(_, last)| last.to_string()),
            "checkpoint": checkpoint.number,
            "node": checkpoint.node.to_string(),
            "at": checkpoint.at.to_string(),
            "since_checkpoint": since.as_ref().map(|since| since.number),
            "complete": null,
            "remark": NOT_SHOWN,
        });
        return Ok(print::line(&serde_json::to_string_pretty(&said)?)?);
    }
    let times = between.map_or_else(String::new, |(first, last)| {
        format!(", from {first} to {last}")
    });
    print::line(&format!(
        "verified: records {records} of account {account}{times}; each stands in a chain that \
         checkpoint {} of {} signed ({})",
        checkpoint.number, checkpoint.node, checkpoint.at
    ))?;
    if let Some(since) = since {
        print::line(&format!(
            "verified: nothing that checkpoint {} ({}) signed was changed or taken out since",
            since.number, since.at
        ))?;
    }
    Ok(print::line(NOT_SHOWN)?)
}
