//! `procura revoke`: take back everything of an agent, a user or a provider.

use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura revoke`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["agent", "user", "provider"])))]
pub(crate) struct Revoke {
    /// Everything of this agent. It is suspended, too: `procura agents resume` lets it act again.
    #[arg(long)]
    agent: Option<String>,
    /// Everything of this user (`usr_…`), whatever the agent.
    #[arg(long)]
    user: Option<String>,
    /// Everything that this OAuth 2 credential provider gave.
    #[arg(long)]
    provider: Option<String>,
    /// Whose they are: 12 decimal digits.
    #[arg(long)]
    account: String,
    /// Say what would be revoked, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why, for the record: at most 200 characters.
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Report {
    dry_run: bool,
    suspends: bool,
    counts: Counts,
    to_revoke: Vec<ToRevoke>,
    revoked: Vec<Revoked>,
    left: Vec<Left>,
    more: bool,
    record: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Counts {
    connections: u64,
    flows: u64,
    temporary_keys: u64,
    sign_ins: u64,
    user_tokens: u64,
    machine_tokens: u64,
}

#[derive(Serialize, Deserialize)]
struct ToRevoke {
    id: String,
    agent: String,
    user: String,
    provider: String,
}

#[derive(Serialize, Deserialize)]
struct Revoked {
    id: String,
    agent: Named,
    user: Named,
    provider: Named,
    at_provider: AtProvider,
    record: String,
}

/// Something with an id and, unless it is a user, a name.
#[derive(Serialize, Deserialize)]
struct Named {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct AtProvider {
    outcome: String,
    said: String,
    advice: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Left {
    id: String,
    why: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    revoke: Revoke,
) -> anyhow::Result<ExitCode> {
    let is_named = |name: &Option<String>| name.as_deref() != Some("");
    if ![&revoke.agent, &revoke.user, &revoke.provider]
        .into_iter()
        .all(is_named)
    {
        let text = "--agent and --provider are names, --user is the id of a user";
        return Err(Exit::usage(text.to_owned()).into());
    }
    let path = account_path(&revoke.account, "revocations")?;
    let body = json!({
        "agent": revoke.agent,
        "user": revoke.user,
        "provider": revoke.provider,
        "dry_run": revoke.dry_run,
        "reason": revoke.reason,
    });
    let local = Local(data_dir);
    let mut report: Report = local.post(&path, &body).await?;
    while report.more && !report.dry_run {
        let next: Report = local.post(&path, &body).await?;
        let is_stuck = next.revoked.is_empty();
        report.revoked.extend(next.revoked);
        report.left = next.left;
        report.more = next.more && !is_stuck;
    }
    say(output, &report)?;
    let is_left = |one: &Revoked| matches!(&*one.at_provider.outcome, "failed" | "not_asked");
    let all_told = report.left.is_empty() && !report.revoked.iter().any(is_left);
    Ok(if all_told {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn say(output: Output, report: &Report) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(report)?)?);
    }
    let columns = ["CONNECTION", "AGENT", "USER", "PROVIDER", "AT THE PROVIDER"];
    let name = |named: &Named| named.name.clone().unwrap_or_else(|| named.id.clone());
    let mut rows: Vec<Vec<String>> = Vec::new();
    rows.extend(report.to_revoke.iter().map(|one| {
        let said = "would be asked, where it can be";
        let cells = [&one.id, &one.agent, &one.user, &one.provider];
        let cells = cells.into_iter().cloned();
        cells.chain([said.to_owned()]).collect()
    }));
    rows.extend(report.revoked.iter().map(|one| {
        vec![
            one.id.clone(),
            name(&one.agent),
            name(&one.user),
            name(&one.provider),
            one.at_provider.said.clone(),
        ]
    }));
    rows.extend(report.left.iter().map(|one| {
        let nobody = || "-".to_owned();
        let why = format!("not asked: {}; revoke again", one.why);
        vec![one.id.clone(), nobody(), nobody(), nobody(), why]
    }));
    print::rows(output, &rows, &columns, Clone::clone)?;
    print::remark(&summary(report));
    let mut advice = report.revoked.iter().map(|one| &one.at_provider.advice);
    if let Some(advice) = advice.find_map(Option::as_ref) {
        print::remark(advice);
    }
    Ok(())
}

fn summary(report: &Report) -> String {
    let Counts {
        connections,
        flows,
        temporary_keys,
        sign_ins,
        user_tokens,
        machine_tokens,
    } = &report.counts;
    let done = match (report.dry_run, report.suspends) {
        (true, true) => "would be revoked, and the agent suspended",
        (true, false) => "would be revoked",
        (false, true) => "revoked, and the agent suspended",
        (false, false) => "revoked",
    };
    format!(
        "{done}: {connections} connections, {flows} flows under way, {temporary_keys} temporary \
         keys, {sign_ins} sign-ins, {user_tokens} tokens of the user, {machine_tokens} tokens of \
         the client"
    )
}
