//! `procura pools`: the keys that sign the tokens of user pools.

use std::process::ExitCode;

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura pools`
#[derive(Debug, Subcommand)]
pub(crate) enum Pools {
    /// List the keys of a pool that verify its tokens, and which of them signs.
    Keys {
        /// The id of the pool.
        pool: String,
    },
    /// Have another key take over: it is published at once and signs five minutes later.
    RotateKey {
        /// The id of the pool.
        pool: String,
        /// What it signs with: RS256 or ES256; what the newest does, if that is not said.
        #[arg(long)]
        algorithm: Option<String>,
        /// Sign at once: verifiers that keep the key set refuse its tokens until they read it again.
        #[arg(long)]
        now: bool,
    },
    /// Take a key back that leaked: nothing that it signed proves anybody from now on.
    RevokeKey {
        /// The id of the pool.
        pool: String,
        /// The name of the key, as `keys` shows it.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

#[derive(Serialize, Deserialize)]
struct PoolKey {
    kid: String,
    algorithm: String,
    state: String,
    since: String,
    signs_from: String,
    published_until: Option<String>,
}

fn path(pool: &str, rest: &str) -> anyhow::Result<String> {
    let is_id = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if pool.is_empty() || !pool.bytes().all(is_id) {
        return Err(Exit::usage("the first argument is the id of a user pool".to_owned()).into());
    }
    Ok(format!("/v1/pools/{pool}/keys{rest}"))
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Pools,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Pools::Keys { pool } => {
            let keys: Vec<PoolKey> = local.get(&path(&pool, "")?).await?;
            show(output, &keys)?;
        }
        Pools::RotateKey {
            pool,
            algorithm,
            now,
        } => {
            let how = json!({ "algorithm": algorithm, "at_once": now });
            let key: PoolKey = local.post(&path(&pool, "")?, &how).await?;
            show(output, &[key])?;
        }
        Pools::RevokeKey { pool, kid } => {
            let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
            if kid.is_empty() || !kid.bytes().all(is_name) {
                let text =
                    "the second argument is the name of a key; `procura pools keys` lists them";
                return Err(Exit::usage(text.to_owned()).into());
            }
            local.delete(&path(&pool, &format!("/{kid}"))?).await?;
            print::remark("Nothing that the key signed proves anybody any more.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, keys: &[PoolKey]) -> anyhow::Result<()> {
    let columns = ["KID", "ALGORITHM", "STATE", "SINCE", "SIGNS FROM", "UNTIL"];
    print::rows(output, keys, &columns, |key| {
        let until = key.published_until.clone();
        vec![
            key.kid.clone(),
            key.algorithm.clone(),
            key.state.clone(),
            key.since.clone(),
            key.signs_from.clone(),
            until.unwrap_or_else(|| "-".to_owned()),
        ]
    })
}
