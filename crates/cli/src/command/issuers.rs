//! `procura issuers`: whose tokens prove a user.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

/// `procura issuers`
#[derive(Debug, Subcommand)]
pub(crate) enum Issuers {
    /// Register an issuer: its tokens are taken when they are for the audience or client named.
    Register(NewIssuer),
    /// List the registered issuers of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Take a registration back.
    Remove {
        /// The issuer, as it stands in its tokens.
        issuer: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

/// `procura issuers register`
#[derive(Debug, Args)]
pub(crate) struct NewIssuer {
    /// The issuer, as it stands in its tokens (`iss`).
    pub(crate) issuer: String,
    /// Whose users it proves: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
    /// An audience (`aud`) that its tokens may have. May be given more than once.
    #[arg(long)]
    pub(crate) audience: Vec<String>,
    /// A client (`client_id` or `azp`) that its tokens may be of. May be given more than once.
    #[arg(long)]
    pub(crate) client: Vec<String>,
    /// An algorithm that it signs with; left out, every one that is verified here.
    #[arg(long)]
    pub(crate) algorithm: Vec<String>,
    /// Where its keys are; left out, its discovery document says.
    #[arg(long)]
    pub(crate) jwks_uri: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Issuer {
    #[serde(rename = "issuer")]
    name: String,
    policy: Policy,
    created_at: String,
}

#[derive(Serialize, Deserialize)]
struct Policy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(default)]
    algorithms: Vec<String>,
    #[serde(default)]
    audiences: Vec<String>,
    #[serde(default)]
    clients: Vec<String>,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Issuers,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Issuers::Register(new) => {
            let path = account_path(&new.account, "issuers")?;
            let policy = Policy {
                jwks_uri: new.jwks_uri,
                algorithms: new.algorithm,
                audiences: new.audience,
                clients: new.client,
            };
            let new = json!({ "issuer": new.issuer, "policy": policy });
            let registered: Issuer = local.post(&path, &new).await?;
            show(output, &[registered])?;
        }
        Issuers::List { account } => {
            let issuers: Vec<Issuer> = local.get(&account_path(&account, "issuers")?).await?;
            show(output, &issuers)?;
        }
        Issuers::Remove { issuer, account } => {
            let path = format!("{}/remove", account_path(&account, "issuers")?);
            local
                .post::<Value>(&path, &json!({ "issuer": issuer }))
                .await?;
            print::line(&format!("removed {issuer}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, issuers: &[Issuer]) -> anyhow::Result<()> {
    let columns = ["ISSUER", "AUDIENCES", "CLIENTS", "ALGORITHMS", "REGISTERED"];
    print::rows(output, issuers, &columns, |issuer| {
        let policy = &issuer.policy;
        vec![
            issuer.name.clone(),
            policy.audiences.join(","),
            policy.clients.join(","),
            policy.algorithms.join(","),
            issuer.created_at.clone(),
        ]
    })
}
