//! `procura agents`: stop agents, let them go on, and say which workloads they are.

mod trusted;

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

pub(crate) use self::trusted::NewTrust;

/// `procura agents`
#[derive(Debug, Subcommand)]
pub(crate) enum Agents {
    /// Stop an agent: it gets no token and no credential until it is resumed.
    Suspend(NamedAgent),
    /// Let a suspended agent act again.
    Resume(NamedAgent),
    /// Say which workload an agent is, by the token of its platform: it needs no access key then.
    Trust(NewTrust),
    /// List the workloads that an agent is.
    Trusted(NamedAgent),
    /// Take such a trust back: keys that rest on it end.
    Distrust {
        /// The id of the trust binding, as `trusted` shows it.
        binding: String,
        #[command(flatten)]
        agent: NamedAgent,
    },
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

/// A path below an agent.
fn agent_path(named: &NamedAgent, rest: &str) -> anyhow::Result<String> {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if named.agent.is_empty() || !named.agent.bytes().all(is_name) {
        let text = format!("{} is not the name of a workload identity", named.agent);
        return Err(Exit::usage(text).into());
    }
    account_path(&named.account, &format!("agents/{}/{rest}", named.agent))
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Agents,
) -> anyhow::Result<ExitCode> {
    let (named, change) = match command {
        Agents::Suspend(named) => (named, "suspend"),
        Agents::Resume(named) => (named, "resume"),
        Agents::Trust(new) => return trusted::trust(data_dir, output, new).await,
        Agents::Trusted(named) => return trusted::list(data_dir, output, &named).await,
        Agents::Distrust { binding, agent } => {
            return trusted::distrust(data_dir, &agent, &binding).await;
        }
    };
    let path = agent_path(&named, change)?;
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
