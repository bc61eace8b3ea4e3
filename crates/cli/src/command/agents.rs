//! `procura agents`: stop agents, and let them go on.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura agents`
#[derive(Debug, Subcommand)]
pub(crate) enum Agents {
    /// Stop an agent: it gets no token and no credential until it is resumed.
    Suspend(NamedAgent),
    /// Let a suspended agent act again.
    Resume(NamedAgent),
}

/// An agent of an account.
#[derive(Debug, Args)]
pub(crate) struct NamedAgent {
    /// The name of the workload identity.
    pub(crate) agent: String,
    /// Whose it is: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
}

#[derive(Serialize, Deserialize)]
struct Agent {
    id: String,
    name: String,
    state: String,
    updated_at: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Agents,
) -> anyhow::Result<ExitCode> {
    let (named, change) = match command {
        Agents::Suspend(named) => (named, "suspend"),
        Agents::Resume(named) => (named, "resume"),
    };
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if named.agent.is_empty() || !named.agent.bytes().all(is_name) {
        let text = format!("{} is not the name of a workload identity", named.agent);
        return Err(Exit::usage(text).into());
    }
    let path = account_path(&named.account, &format!("agents/{}/{change}", named.agent))?;
    let agent: Agent = Local(data_dir).post(&path, &json!({})).await?;
    print::rows(
        output,
        &[agent],
        &["AGENT", "ID", "STATE", "SINCE"],
        |agent| {
            vec![
                agent.name.clone(),
                agent.id.clone(),
                agent.state.clone(),
                agent.updated_at.clone(),
            ]
        },
    )?;
    Ok(ExitCode::SUCCESS)
}
