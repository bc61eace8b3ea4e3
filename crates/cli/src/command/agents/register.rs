//! Agents: listed, shown, stopped, owned and bounded.

use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{NamedAgent, agent_path};
use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

/// `procura agents list`
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// Whose they are: 12 decimal digits.
    #[arg(long)]
    account: String,
    /// Only those that are so now.
    #[arg(long, value_parser = ["active", "expired", "suspended", "retired"])]
    state: Option<String>,
    /// Only those that got no token and no credential for so many days, and are older than that.
    #[arg(long, value_name = "DAYS")]
    unused_for: Option<u32>,
}

/// `procura agents suspend`, `resume` and `retire`
#[derive(Debug, Args)]
pub(crate) struct Stopped {
    #[command(flatten)]
    agent: NamedAgent,
    /// Why, for the record.
    #[arg(long)]
    reason: Option<String>,
}

/// `procura agents set-owner`
#[derive(Debug, Args)]
pub(crate) struct Owned {
    #[command(flatten)]
    agent: NamedAgent,
    /// The person or team who answers for it.
    owner: String,
}

/// `procura agents expire`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("end").required(true)))]
pub(crate) struct Bounded {
    #[command(flatten)]
    agent: NamedAgent,
    /// From when on it gets nothing: like 2027-01-31T23:59:00Z.
    #[arg(long, group = "end", value_name = "TIME")]
    at: Option<String>,
    /// It has no end.
    #[arg(long, group = "end")]
    never: bool,
}

#[derive(Serialize, Deserialize)]
struct Agent {
    id: String,
    name: String,
    state: String,
    reason: Option<String>,
    owner: Option<String>,
    expires_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Deserialize)]
struct Page {
    agents: Vec<Agent>,
    next: Option<String>,
}

/// Every agent that is meant, page by page.
pub(super) async fn list(
    data_dir: &DataDir,
    output: Output,
    which: &Register,
) -> anyhow::Result<ExitCode> {
    let state = which.state.as_ref().map(|state| format!("state={state}&"));
    let days = which
        .unused_for
        .map(|days| format!("unused_for_days={days}&"));
    let query = state.unwrap_or_default() + &days.unwrap_or_default();
    let path = account_path(&which.account, "agents")?;
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page: Page = Local(data_dir)
            .get(&format!("{path}?{query}{next}"))
            .await?;
        found.extend(page.agents);
        let Some(last) = page.next else { break };
        next = format!("next={last}");
    }
    rows(output, &found)
}

/// One agent, as lists have it.
fn rows(output: Output, agents: &[Agent]) -> anyhow::Result<ExitCode> {
    let columns = ["AGENT", "ID", "STATE", "OWNER", "EXPIRES", "LAST USED"];
    print::rows(output, agents, &columns, |agent| {
        vec![
            agent.name.clone(),
            agent.id.clone(),
            agent.state.clone(),
            or(agent.owner.as_deref(), "not known"),
            or(agent.expires_at.as_deref(), "never"),
            or(agent.last_used_at.as_deref(), "never"),
        ]
    })?;
    Ok(ExitCode::SUCCESS)
}

fn or(text: Option<&str>, absent: &str) -> String {
    text.unwrap_or(absent).to_owned()
}

pub(super) async fn show(
    data_dir: &DataDir,
    output: Output,
    named: &NamedAgent,
) -> anyhow::Result<ExitCode> {
    let shown: Value = Local(data_dir).get(&agent_path(named, "")?).await?;
    if output == Output::Json {
        print::line(&serde_json::to_string_pretty(&shown)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines: Vec<(String, String)> = Vec::new();
    for (what, is) in [
        ("agent", "name"),
        ("id", "id"),
        ("state", "state"),
        ("reason", "reason"),
        ("owner", "owner"),
        ("expires", "expires_at"),
        ("last used", "last_used_at"),
        ("created", "created_at"),
        ("changed", "updated_at"),
        ("role", "role_arn"),
        ("return URLs", "return_urls"),
        ("tags", "tags"),
        ("live temporary keys", "live_temporary_keys"),
    ] {
        lines.push((what.to_owned(), said(shown.get(is))));
    }
    let bindings = shown.get("trusted").and_then(Value::as_array);
    for binding in bindings.into_iter().flatten() {
        let of = |name: &str| said(binding.get("workload").and_then(|of| of.get(name)));
        let (subject, issuer, audience) = (of("subject"), of("issuer"), of("audience"));
        let workload = format!("{subject} of {issuer}, for {audience}");
        lines.push((format!("is {}", said(binding.get("id"))), workload));
    }
    print::rows(output, &lines, &["WHAT", "IS"], |(what, is)| {
        vec![what.clone(), is.clone()]
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A value in a line for people.
fn said(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| said(Some(item))).collect();
            items.join(" ")
        }
        Some(other) => other.to_string(),
    }
}

pub(super) async fn stop(
    data_dir: &DataDir,
    output: Output,
    stopped: &Stopped,
    change: &str,
) -> anyhow::Result<ExitCode> {
    let path = agent_path(&stopped.agent, change)?;
    let body = json!({ "reason": stopped.reason });
    let agent: Agent = Local(data_dir).post(&path, &body).await?;
    brief(output, agent)
}

pub(super) async fn set_owner(
    data_dir: &DataDir,
    output: Output,
    owned: &Owned,
) -> anyhow::Result<ExitCode> {
    let path = agent_path(&owned.agent, "owner")?;
    let body = json!({ "owner": owned.owner });
    let agent: Agent = Local(data_dir).post(&path, &body).await?;
    brief(output, agent)
}

pub(super) async fn expire(
    data_dir: &DataDir,
    output: Output,
    bounded: &Bounded,
) -> anyhow::Result<ExitCode> {
    let path = agent_path(&bounded.agent, "expiry")?;
    let body = json!({ "expires_at": bounded.at });
    let agent: Agent = Local(data_dir).post(&path, &body).await?;
    brief(output, agent)
}

/// What became of an agent.
fn brief(output: Output, agent: Agent) -> anyhow::Result<ExitCode> {
    let columns = ["AGENT", "ID", "STATE", "OWNER", "EXPIRES", "SINCE"];
    print::rows(output, &[agent], &columns, |agent| {
        vec![
            agent.name.clone(),
            agent.id.clone(),
            agent.state.clone(),
            or(agent.owner.as_deref(), "not known"),
            or(agent.expires_at.as_deref(), "never"),
            agent.updated_at.clone(),
        ]
    })?;
    Ok(ExitCode::SUCCESS)
}
