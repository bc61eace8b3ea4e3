//! `procura keys`: access keys. (Encryption keys are of the vault.)

use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::arguments::{Keys, Output};
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

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
            let path = keys_path(&account)?;
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
            let keys: Vec<Key> = local.get(&keys_path(&account)?).await?;
            show(output, &keys)?;
        }
        Keys::Revoke { key, account } => {
            let path = keys_path(&account)?;
            if !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(Exit::usage(format!("{key} is not an access key id")).into());
            }
            local.delete(&format!("{path}/{key}")).await?;
            print::line(&format!("revoked {key}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn keys_path(account: &str) -> anyhow::Result<String> {
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(format!("/v1/accounts/{account}/keys"));
    }
    Err(Exit::usage(
        "--account is 12 decimal digits; `procura accounts list` shows them".to_owned(),
    )
    .into())
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
