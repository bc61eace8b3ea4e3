//! `procura vault`: the encryption keys. (Access keys are `procura keys`.)

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{ArgGroup, Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura vault`
#[derive(Debug, Subcommand)]
pub(crate) enum Vault {
    /// Print the root key, the keys of accounts, and how much is still wrapped under older ones.
    Status,
    /// Replace keys and wrap everything below them anew, while the service runs.
    ///
    /// It goes on when this command or the server is killed: the next start takes it up. Account
    /// keys keep their older versions. The root key that was is kept as root.key.retired-<id>:
    /// backups of before the rotation need it.
    ///
    /// Several nodes on one PostgreSQL database: run `vault rotate --root --prepare` on one of them,
    /// copy its root.key.next into the data directory of all (mode 0600), then run `vault rotate
    /// --root --confirm-distributed`. No node is stopped; each finds the new key when it meets it.
    Rotate(Rotate),
}

/// `procura vault rotate`
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option; clap sees that only one of the group is given"
)]
#[command(group(
    ArgGroup::new("what").required(true).args(["root", "account", "all_accounts", "token_key"])
))]
pub(crate) struct Rotate {
    /// The root key, and with it everything that it wraps.
    #[arg(long)]
    pub(crate) root: bool,
    /// The key of this account: 12 decimal digits.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The key of each account.
    #[arg(long)]
    pub(crate) all_accounts: bool,
    /// The key of new workload access tokens; those under the older one stay good until they end.
    #[arg(long)]
    pub(crate) token_key: bool,
    /// Only make root.key.next, so that it can be copied to the other nodes.
    #[arg(long, conflicts_with_all = ["account", "all_accounts", "token_key"])]
    pub(crate) prepare: bool,
    /// root.key.next is in the data directory of every other node.
    #[arg(long, conflicts_with_all = ["account", "all_accounts", "token_key", "prepare"])]
    pub(crate) confirm_distributed: bool,
}

/// How often the server is asked whether a rotation is done.
const ASK_EVERY: Duration = Duration::from_millis(100);

#[derive(Serialize, Deserialize)]
struct Status {
    root_key: String,
    next_root_key: Option<String>,
    rotating: bool,
    rows: u64,
    under_older: u64,
    retired_root_keys: Vec<String>,
    token_key_version: Option<u32>,
    accounts: Vec<AccountKeys>,
}

#[derive(Serialize, Deserialize)]
struct AccountKeys {
    account: String,
    version: Option<u32>,
    rotating: bool,
    rows: u64,
    under_older: u64,
}

/// A rotation that was begun.
#[derive(Deserialize)]
struct Begun {
    name: String,
    to: String,
}

#[derive(Deserialize)]
struct UnderWay {
    under_way: Vec<String>,
    failing: bool,
}

#[derive(Deserialize)]
struct Account {
    id: String,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Vault,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Vault::Status => show(&local, output).await?,
        Vault::Rotate(rotate) => {
            let begun = begin(&local, &rotate).await?;
            if rotate.prepare {
                return prepared(data_dir, &begun);
            }
            wait(&local, &begun).await?;
            show(&local, output).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn prepared(data_dir: &DataDir, begun: &[Begun]) -> anyhow::Result<ExitCode> {
    let id = begun.first().map(|begun| begun.to.as_str());
    print::line(&format!(
        "prepared {} in {}\ncopy that file into the data directory of every other node (mode 0600), \
         then run: procura vault rotate --root --confirm-distributed",
        id.unwrap_or_default(),
        data_dir.path().join("root.key.next").display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn begin(local: &Local<'_>, rotate: &Rotate) -> anyhow::Result<Vec<Begun>> {
    let path = "/v1/vault/rotations";
    let new = if rotate.prepare {
        json!({ "of": "prepare-root" })
    } else if rotate.root {
        json!({ "of": "root", "confirm_distributed": rotate.confirm_distributed })
    } else if rotate.token_key {
        json!({ "of": "token-key" })
    } else if let Some(account) = &rotate.account {
        json!({ "of": "account", "account": account })
    } else if rotate.all_accounts {
        let accounts: Vec<Account> = local.get("/v1/accounts").await?;
        let mut begun = Vec::with_capacity(accounts.len());
        for account in accounts {
            let new = json!({ "of": "account", "account": account.id });
            begun.push(local.post(path, &new).await?);
        }
        return Ok(begun);
    } else {
        return Err(Exit::usage(
            "say what to rotate: --root, --account ID, --all-accounts or --token-key".to_owned(),
        )
        .into());
    };
    Ok(vec![local.post(path, &new).await?])
}

/// Until none of what was begun is under way. The server goes on with it when nobody waits.
async fn wait(local: &Local<'_>, begun: &[Begun]) -> anyhow::Result<()> {
    loop {
        let now: UnderWay = local.get("/v1/vault/rotations").await?;
        if begun
            .iter()
            .all(|begun| !now.under_way.contains(&begun.name))
        {
            return Ok(());
        }
        if now.failing {
            bail!(
                "the rotation is begun and does not go on; the log of the server says why. It is \
                 tried again every second, and everything is readable meanwhile"
            );
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn show(local: &Local<'_>, output: Output) -> anyhow::Result<()> {
    let keys: Status = local.get("/v1/vault/keys").await?;
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(&keys)?)?);
    }
    let state = |rotating: bool| if rotating { "rotating" } else { "" };
    let mut rows = vec![vec![
        "root".to_owned(),
        keys.root_key.clone(),
        keys.rows.to_string(),
        keys.under_older.to_string(),
        state(keys.rotating).to_owned(),
    ]];
    if let Some(version) = keys.token_key_version {
        let cells = ["token", &version.to_string(), "", "", ""];
        rows.push(cells.map(str::to_owned).to_vec());
    }
    for account in &keys.accounts {
        let version = account.version.map(|version| version.to_string());
        rows.push(vec![
            format!("account {}", account.account),
            version.unwrap_or_default(),
            account.rows.to_string(),
            account.under_older.to_string(),
            state(account.rotating).to_owned(),
        ]);
    }
    let headings = ["KEY", "NEWEST", "WRAPS", "UNDER OLDER", "STATE"];
    print::rows(output, &rows, &headings, Clone::clone)?;
    if let Some(next) = &keys.next_root_key {
        print::line(&format!("\nnext root key: {next} (root.key.next)"))?;
    }
    for id in &keys.retired_root_keys {
        print::line(&format!(
            "\nroot.key.retired-{id} is needed for backups of before its rotation; keep it as long \
             as you keep those"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::arguments::Arguments;

    #[test]
    fn one_kind_of_key_is_rotated_at_a_time() {
        let good = ["--root", "--root --prepare", "--root --confirm-distributed"];
        let good = good
            .into_iter()
            .chain(["--account 000000000000", "--all-accounts"]);
        let bad = [
            "",
            "--prepare",
            "--root --token-key",
            "--token-key --prepare",
        ];
        let bad = bad
            .into_iter()
            .chain(["--root --prepare --confirm-distributed"]);
        let wanted = good
            .map(|text| (text, true))
            .chain(bad.map(|text| (text, false)));
        for (text, is_good) in wanted {
            let words = ["procura", "vault", "rotate"].into_iter();
            let parsed = Arguments::try_parse_from(words.chain(text.split_ascii_whitespace()));
            assert_eq!(parsed.is_ok(), is_good, "{text}");
        }
    }
}
