//! `procura agents`: which there are, who answers for them and until when, stop them, let them go on,
//! and say which workloads they are.

mod register;
mod trusted;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;

use self::register::{Bounded, Owned, Register, Stopped};
pub(crate) use self::trusted::NewTrust;

/// `procura agents`
#[derive(Debug, Subcommand)]
pub(crate) enum Agents {
    /// List agents, with who answers for them, until when they act and when they were used last.
    List(Register),
    /// Show an agent with everything that goes with it.
    Show(NamedAgent),
    /// Stop an agent: it gets no token and no credential until it is resumed.
    Suspend(Stopped),
    /// Let a suspended agent act again.
    Resume(Stopped),
    /// Stop an agent for good. It can be read and deleted, and nothing else.
    Retire(Stopped),
    /// Say who answers for an agent.
    SetOwner(Owned),
    /// Say until when an agent acts: it gets nothing from then on.
    Expire(Bounded),
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

/// The path of an agent, or one below it.
fn agent_path(named: &NamedAgent, rest: &str) -> anyhow::Result<String> {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if named.agent.is_empty() || !named.agent.bytes().all(is_name) {
        let text = format!("{} is not the name of a workload identity", named.agent);
        return Err(Exit::usage(text).into());
    }
    let slash = if rest.is_empty() { "" } else { "/" };
    let path = format!("agents/{}{slash}{rest}", named.agent);
    account_path(&named.account, &path)
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Agents,
) -> anyhow::Result<ExitCode> {
    match command {
        Agents::List(which) => register::list(data_dir, output, &which).await,
        Agents::Show(named) => register::show(data_dir, output, &named).await,
        Agents::Suspend(stopped) => register::stop(data_dir, output, &stopped, "suspend").await,
        Agents::Resume(stopped) => register::stop(data_dir, output, &stopped, "resume").await,
        Agents::Retire(stopped) => register::stop(data_dir, output, &stopped, "retire").await,
        Agents::SetOwner(owned) => register::set_owner(data_dir, output, &owned).await,
        Agents::Expire(bounded) => register::expire(data_dir, output, &bounded).await,
        Agents::Trust(new) => trusted::trust(data_dir, output, new).await,
        Agents::Trusted(named) => trusted::list(data_dir, output, &named).await,
        Agents::Distrust { binding, agent } => trusted::distrust(data_dir, &agent, &binding).await,
    }
}
