//! `procura keys`: access keys. (Encryption keys are of the vault.)

use std::process::ExitCode;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura keys`
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make an access key and print its secret, once.
    Create {
        /// Whose it is: 12 decimal digits.
        #[arg(long)]
        account: String,
        /// What its holder is: admin, agent-host, binding, auditor, pool-admin,
        /// pool-reader. May be given more than once.
        #[arg(long, required = true)]
        role: Vec<String>,
    },
    /// List the access keys of an account, without secrets.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Revoke an access key; it is refused from then on.
    Revoke {
        /// The access key id (PRCA…).
        key: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Key {
    id: String,
    account: String,
    roles: Vec<String>,
    created_at: String,
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Keys,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Keys::Create { account, role } => {
            let path = account_path(&account, "keys")?;
            let new = serde_json::json!({ "roles": role });
            let key: Key = local.post(&path, &new).await?;
            show(output, std::slice::from_ref(&key))?;
            if output == Output::Table
                && let Some(secret) = &key.secret
            {
                print::line(&format!("\nAWS_ACCESS_KEY_ID={}", key.id))?;
                print::line(&format!("AWS_SECRET_ACCESS_KEY={secret}"))?;
                print::remark("The secret is not shown again.");
            }
        }
        Keys::List { account } => {
            let keys: Vec<Key> = local.get(&account_path(&account, "keys")?).await?;
            show(output, &keys)?;
        }
        Keys::Revoke { key, account } => {
            let path = account_path(&account, "keys")?;
            if !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(Exit::usage(format!("{key} is not an access key id")).into());
            }
            local.delete(&format!("{path}/{key}")).await?;
            print::line(&format!("revoked {key}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, keys: &[Key]) -> anyhow::Result<()> {
    print::rows(
        output,
        keys,
        &["KEY", "ACCOUNT", "ROLES", "CREATED", "REVOKED"],
        |key| {
            vec![
                key.id.clone(),
                key.account.clone(),
                key.roles.join(","),
                key.created_at.clone(),
                key.revoked_at.clone().unwrap_or_default(),
            ]
        },
    )
}
