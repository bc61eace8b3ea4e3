//! `procura policies`: what an operator wrote for one account, beside the rules.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura policies`
#[derive(Debug, Subcommand)]
pub(crate) enum Policies {
    /// List the policies of an account.
    List {
        /// Whose they are: 12 decimal digits.
        #[arg(long)]
        account: String,
    },
    /// Print a policy.
    Show {
        /// Its id.
        id: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
    /// Write a policy, in the place of the one of this id. It counts from the next request on.
    Put {
        /// Its id: 1 to 64 of a-z, 0-9 and `-`.
        id: String,
        /// The file with one Cedar policy.
        file: PathBuf,
        /// Whose it is.
        #[arg(long)]
        account: String,
        /// What it says goes into the records and changes nothing.
        #[arg(long)]
        log_only: bool,
        /// The version that is replaced, or 0 for none; if another is there, nothing is written.
        #[arg(long)]
        instead_of: Option<u64>,
    },
    /// Have a policy count.
    Activate {
        /// Its id.
        id: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
    /// Have what a policy says go into the records and change nothing.
    LogOnly {
        /// Its id.
        id: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
    /// Delete a policy; what it was is kept.
    Delete {
        /// Its id.
        id: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
    /// Tell how a policy was, newest first, also where it was deleted.
    History {
        /// Its id.
        id: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    id: Option<String>,
    version: u64,
    mode: String,
    updated_at: String,
    updated_by: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    policy: Option<String>,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Policies,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Policies::List { account } => {
            let path = account_path(&account, "policies")?;
            let policies: Vec<Shown> = local.get(&path).await?;
            list(output, &policies)?;
        }
        Policies::Show { id, account } => {
            let policy: Shown = local.get(&path_of(&account, &id)?).await?;
            match (output, &policy.policy) {
                (Output::Table, Some(text)) => print::line(text.trim_end())?,
                (Output::Table, None) | (Output::Json, _) => list(output, &[policy])?,
            }
        }
        Policies::Put {
            id,
            file,
            account,
            log_only,
            instead_of,
        } => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let body = json!({ "policy": text, "mode": mode(log_only) });
            let path = path_of(&account, &id)?;
            let put: Shown = local.put(&path, &body, instead_of).await?;
            list(output, &[put])?;
        }
        Policies::Activate { id, account } => {
            set_mode(&local, output, &path_of(&account, &id)?, false).await?;
        }
        Policies::LogOnly { id, account } => {
            set_mode(&local, output, &path_of(&account, &id)?, true).await?;
        }
        Policies::Delete { id, account } => {
            local.delete(&path_of(&account, &id)?).await?;
            print::line(&format!("deleted {id}"))?;
        }
        Policies::History { id, account } => {
            let path = format!("{}/history", path_of(&account, &id)?);
            let versions: Vec<Shown> = local.get(&path).await?;
            history(output, &versions)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn mode(log_only: bool) -> &'static str {
    if log_only { "log-only" } else { "active" }
}

async fn set_mode(
    local: &Local<'_>,
    output: Output,
    path: &str,
    log_only: bool,
) -> anyhow::Result<()> {
    let body = json!({ "mode": mode(log_only) });
    let policy: Shown = local.post(&format!("{path}/mode"), &body).await?;
    list(output, &[policy])
}

fn path_of(account: &str, id: &str) -> anyhow::Result<String> {
    let path = account_path(account, "policies")?;
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(format!("{path}/{id}"));
    }
    let text = "the id of a policy has 1 to 64 of the characters a-z, 0-9 and -";
    Err(Exit::usage(text.to_owned()).into())
}

fn list(output: Output, policies: &[Shown]) -> anyhow::Result<()> {
    let columns = ["POLICY", "VERSION", "MODE", "WRITTEN", "BY"];
    print::rows(output, policies, &columns, |policy| {
        vec![
            policy.id.clone().unwrap_or_default(),
            policy.version.to_string(),
            policy.mode.clone(),
            policy.updated_at.clone(),
            policy.updated_by.clone(),
        ]
    })
}

fn history(output: Output, versions: &[Shown]) -> anyhow::Result<()> {
    let columns = ["VERSION", "MODE", "WRITTEN", "BY", "POLICY"];
    print::rows(output, versions, &columns, |was| {
        vec![
            was.version.to_string(),
            was.mode.clone(),
            was.updated_at.clone(),
            was.updated_by.clone(),
            was.policy.clone().unwrap_or_default(),
        ]
    })
}
