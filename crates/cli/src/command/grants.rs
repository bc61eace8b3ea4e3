//! `procura grants`: which agents may use a provider's own credential.

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

/// `procura grants`
#[derive(Debug, Subcommand)]
pub(crate) enum Grants {
    /// Grant a provider's own credential.
    Create(NewGrant),
    /// List the grants of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Take a grant back.
    Revoke {
        /// The grant (`gnt_…`).
        grant: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

/// `procura grants create`
#[derive(Debug, Args)]
pub(crate) struct NewGrant {
    /// The name of the credential provider.
    pub(crate) provider: String,
    /// Its kind: oauth2 or api-key.
    #[arg(long)]
    pub(crate) kind: String,
    /// Whose they are: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
    /// The agent; left out, every agent of the account.
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// A scope that is granted; left out, every one. May be given more than once.
    #[arg(long)]
    pub(crate) scope: Vec<String>,
    /// Whether the agent needs a user behind it: required, optional or never.
    #[arg(long, default_value = "optional")]
    pub(crate) with_user: String,
}

#[derive(Serialize, Deserialize)]
struct Grant {
    id: String,
    provider: String,
    agent: Option<String>,
    scopes: Option<String>,
    with_user: String,
    created_at: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Grants,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Grants::Create(new) => {
            let path = account_path(&new.account, "grants")?;
            let body = json!({
                "kind": new.kind,
                "provider": new.provider,
                "agent": new.agent,
                "scopes": (!new.scope.is_empty()).then_some(new.scope),
                "with_user": new.with_user,
            });
            let grant: Grant = local.post(&path, &body).await?;
            show(output, &[grant])?;
        }
        Grants::List { account } => {
            let grants: Vec<Grant> = local.get(&account_path(&account, "grants")?).await?;
            show(output, &grants)?;
        }
        Grants::Revoke { grant, account } => {
            let path = account_path(&account, "grants")?;
            if !grant
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            {
                return Err(Exit::usage(format!("{grant} is not the id of a grant")).into());
            }
            local.delete(&format!("{path}/{grant}")).await?;
            print::line(&format!("revoked {grant}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, grants: &[Grant]) -> anyhow::Result<()> {
    let columns = ["GRANT", "PROVIDER", "AGENT", "SCOPES", "WITH USER", "MADE"];
    print::rows(output, grants, &columns, |grant| {
        vec![
            grant.id.clone(),
            grant.provider.clone(),
            grant.agent.clone().unwrap_or_else(|| "every".to_owned()),
            grant.scopes.clone().unwrap_or_else(|| "every".to_owned()),
            grant.with_user.clone(),
            grant.created_at.clone(),
        ]
    })
}
