//! `procura connections pin`, `unpin` and `pins`: which accounts at providers users are held to.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Named, User, connection_id};
use crate::arguments::Output;
use crate::command::account_path;
use crate::local::Local;
use crate::print;

/// `procura connections pin`, and `unpin`
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The connection (`con_…`).
    connection: String,
    /// Whose it is: 12 decimal digits.
    #[arg(long)]
    account: String,
    /// Why, for the record: at most 200 characters.
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Pin {
    connection: String,
    user: User,
    provider: Named,
    pinned_at: String,
}

#[derive(Serialize, Deserialize)]
struct Changed {
    pin: Pin,
    pinned: bool,
    record: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    pins: Vec<Pin>,
    next: Option<String>,
}

/// Pins or unpins, as `change` says.
pub(super) async fn change(
    local: &Local<'_>,
    output: Output,
    which: &Which,
    change: &str,
) -> anyhow::Result<()> {
    let id = connection_id(&which.connection)?;
    let path = account_path(&which.account, &format!("connections/{id}/{change}"))?;
    let body = json!({ "reason": which.reason });
    let changed: Changed = local.post(&path, &body).await?;
    let columns = ["USER", "PROVIDER", "HELD TO THE ACCOUNT OF", "IS"];
    print::rows(output, &[changed], &columns, |changed| {
        vec![
            changed.pin.user.id.clone(),
            changed.pin.provider.name.clone(),
            changed.pin.connection.clone(),
            if changed.pinned { "pinned" } else { "unpinned" }.to_owned(),
        ]
    })
}

/// Page by page, everything that is pinned.
pub(super) async fn list(local: &Local<'_>, output: Output, account: &str) -> anyhow::Result<()> {
    let path = account_path(account, "connections/pins")?;
    let (mut found, mut query) = (Vec::new(), String::new());
    loop {
        let page: Page = local.get(&format!("{path}{query}")).await?;
        found.extend(page.pins);
        let Some(last) = page.next else { break };
        query = format!("?next={last}");
    }
    let columns = ["USER", "PROVIDER", "HELD TO THE ACCOUNT OF", "SINCE"];
    print::rows(output, &found, &columns, |pin| {
        vec![
            pin.user.id.clone(),
            pin.provider.name.clone(),
            pin.connection.clone(),
            pin.pinned_at.clone(),
        ]
    })
}

/// How the account of a connection stands to the one that is pinned, in words.
pub(super) fn said(standing: Option<&str>) -> &'static str {
    match standing {
        None => "no",
        Some("same") => "yes, this account",
        Some("other") => "yes, and NOT this account: this connection is of another one",
        Some(_) => "yes, and it is not known whether it is this account: the provider did not say",
    }
}
