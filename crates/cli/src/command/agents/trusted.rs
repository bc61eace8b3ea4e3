//! Which workloads an agent is.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{NamedAgent, agent_path};
use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura agents trust`
#[derive(Debug, Args)]
pub(crate) struct NewTrust {
    #[command(flatten)]
    agent: NamedAgent,
    /// Who issues the workload's tokens (`iss`): a Kubernetes cluster, GitHub Actions, a SPIFFE
    /// trust domain's issuer.
    #[arg(long)]
    issuer: String,
    /// For whom they have to be (`aud`), and for nobody else.
    #[arg(long)]
    audience: String,
    /// About whom they have to be (`sub`): a text, or how it begins, up to a `:` or `/`, and a `*`.
    #[arg(long)]
    subject: String,
    /// Another claim that they have to have, as NAME=VALUE. May be given more than once.
    #[arg(long, value_name = "NAME=VALUE")]
    claim: Vec<String>,
    /// Where the issuer's keys are; left out, its discovery document says.
    #[arg(long)]
    jwks_uri: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Workload {
    issuer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    audience: String,
    subject: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    claims: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Binding {
    id: String,
    role_arn: String,
    workload: Workload,
    created_at: String,
}

pub(super) async fn trust(
    data_dir: &DataDir,
    output: Output,
    new: NewTrust,
) -> anyhow::Result<ExitCode> {
    let mut claims = BTreeMap::new();
    for claim in new.claim {
        let Some((name, value)) = claim.split_once('=') else {
            let text = format!("--claim {claim}: write it as NAME=VALUE");
            return Err(Exit::usage(text).into());
        };
        if claims.insert(name.to_owned(), value.to_owned()).is_some() {
            let text = format!("--claim {name} is given twice");
            return Err(Exit::usage(text).into());
        }
    }
    let workload = Workload {
        issuer: new.issuer,
        jwks_uri: new.jwks_uri,
        audience: new.audience,
        subject: new.subject,
        claims,
    };
    let path = agent_path(&new.agent, "trusted")?;
    let binding: Binding = Local(data_dir).post(&path, &workload).await?;
    show(output, &[binding])
}

pub(super) async fn list(
    data_dir: &DataDir,
    output: Output,
    agent: &NamedAgent,
) -> anyhow::Result<ExitCode> {
    let path = agent_path(agent, "trusted")?;
    let bindings: Vec<Binding> = Local(data_dir).get(&path).await?;
    show(output, &bindings)
}

pub(super) async fn distrust(
    data_dir: &DataDir,
    agent: &NamedAgent,
    binding: &str,
) -> anyhow::Result<ExitCode> {
    let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if binding.is_empty() || !binding.bytes().all(is_id) {
        return Err(Exit::usage(format!("{binding} is not the id of a trust binding")).into());
    }
    let path = agent_path(agent, &format!("trusted/{binding}"))?;
    Local(data_dir).delete(&path).await?;
    print::line(&format!("{} trusts {binding} no more", agent.agent))?;
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, bindings: &[Binding]) -> anyhow::Result<ExitCode> {
    let columns = [
        "BINDING",
        "ISSUER",
        "AUDIENCE",
        "SUBJECT",
        "CLAIMS",
        "AWS_ROLE_ARN",
    ];
    print::rows(output, bindings, &columns, |binding| {
        let workload = &binding.workload;
        let claims = workload.claims.iter();
        let claims: Vec<String> = claims
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        vec![
            binding.id.clone(),
            workload.issuer.clone(),
            workload.audience.clone(),
            workload.subject.clone(),
            claims.join(","),
            binding.role_arn.clone(),
        ]
    })?;
    Ok(ExitCode::SUCCESS)
}
