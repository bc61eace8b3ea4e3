//! `procura signing-keys`: keys with which clients of an account sign for themselves.

use std::process::ExitCode;

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

/// `procura signing-keys`
#[derive(Debug, Subcommand)]
pub(crate) enum SigningKeys {
    /// Make a key; print its ARN and its public half as a JSON Web Key Set.
    Create {
        /// Whose it is: 12 decimal digits.
        #[arg(long)]
        account: String,
        /// What it signs with: ES256, RS256 or PS256.
        #[arg(long, default_value = "ES256")]
        algorithm: String,
    },
    /// List the keys of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
}

#[derive(Serialize, Deserialize)]
struct SigningKey {
    id: String,
    arn: String,
    algorithm: String,
    created_at: String,
    jwks: Value,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: SigningKeys,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        SigningKeys::Create { account, algorithm } => {
            let path = account_path(&account, "signing-keys")?;
            let new = serde_json::json!({ "algorithm": algorithm });
            let key: SigningKey = local.post(&path, &new).await?;
            show(output, std::slice::from_ref(&key))?;
            if output == Output::Table {
                print::line(&format!("\n{}", key.jwks))?;
                print::remark("Register this key set at the authorization server.");
            }
        }
        SigningKeys::List { account } => {
            let path = account_path(&account, "signing-keys")?;
            let keys: Vec<SigningKey> = local.get(&path).await?;
            show(output, &keys)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, keys: &[SigningKey]) -> anyhow::Result<()> {
    print::rows(output, keys, &["ARN", "ALGORITHM", "CREATED"], |key| {
        vec![
            key.arn.clone(),
            key.algorithm.clone(),
            key.created_at.clone(),
        ]
    })
}
