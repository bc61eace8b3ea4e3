//! `procura accounts`

use std::process::ExitCode;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

/// `procura accounts`
#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Make an account.
    Create {
        /// What people call it.
        name: String,
        /// Its id: 12 decimal digits.
        #[arg(long)]
        id: String,
    },
    /// List the accounts.
    List,
}

#[derive(Debug, Serialize, Deserialize)]
struct Account {
    id: String,
    name: String,
    created_at: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Accounts,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    let accounts: Vec<Account> = match command {
        Accounts::Create { name, id } => {
            let new = serde_json::json!({ "id": id, "name": name });
            vec![local.post("/v1/accounts", &new).await?]
        }
        Accounts::List => local.get("/v1/accounts").await?,
    };
    print::rows(
        output,
        &accounts,
        &["ACCOUNT", "NAME", "CREATED"],
        |account| {
            vec![
                account.id.clone(),
                account.name.clone(),
                account.created_at.clone(),
            ]
        },
    )?;
    Ok(ExitCode::SUCCESS)
}
